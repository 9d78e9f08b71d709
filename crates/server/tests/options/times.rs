//! `max_duration_minutes`, `idle_timeout_minutes` and what else the answer repeats.

use rstest::rstest;
use serde_json::{Value, json};

use crate::house::House;

#[rstest]
#[case(json!({}), 15, 3)]
#[case(json!({"max_duration_minutes": 60, "idle_timeout_minutes": 20}), 60, 20)]
#[case(json!({"max_duration_minutes": 60, "timeout_minutes": 20}), 60, 20)]
#[case(json!({"max_duration_minutes": 2}), 2, 2)]
#[case(json!({"max_duration_minutes": 1440, "idle_timeout_minutes": 30}), 1440, 30)]
#[case(json!({"max_duration_minutes": null, "idle_timeout_minutes": null}), 15, 3)]
#[tokio::test]
async fn the_answer_holds_the_times(#[case] options: Value, #[case] max: u32, #[case] idle: u32) {
    let house = House::new().await;
    let session = house.open(options).await;
    let status = session.status().await;
    assert_eq!(status["max_duration_minutes"], max);
    assert_eq!(status["idle_timeout_minutes"], idle);
    assert_eq!(status["timeout_minutes"], idle);
}

#[rstest]
#[case(json!({"max_duration_minutes": 0}), "max_duration_minutes 0: expected 1 to 1440")]
#[case(json!({"max_duration_minutes": 1441}), "max_duration_minutes 1441: expected 1 to 1440")]
#[case(json!({"idle_timeout_minutes": 0}), "idle_timeout_minutes 0: expected 1 to 30")]
#[case(json!({"max_duration_minutes": 60, "idle_timeout_minutes": 31}), "idle_timeout_minutes 31: expected 1 to 30")]
#[case(json!({"max_duration_minutes": 10, "idle_timeout_minutes": 20}), "expected at most max_duration_minutes, which is 10")]
#[tokio::test]
async fn times_out_of_bounds_are_refused(#[case] options: Value, #[case] why: &str) {
    let message = House::new().await.refused(options).await;
    assert!(message.contains(why), "{message}");
}

#[tokio::test]
async fn captchas_are_accepted_and_answered_as_unsolved() {
    let house = House::new().await;
    let session = house.open(json!({"solve_captchas": true})).await;
    assert_eq!(session.status().await["solve_captchas"], false);
    let message = session.fails(json!({"type": "captcha_solve"})).await;
    assert!(message.contains("no captcha service"), "{message}");
}

#[tokio::test]
async fn what_the_older_client_sends_by_itself_is_accepted() {
    let options = json!({
        "headless": false, "solve_captchas": true, "max_duration_minutes": 15, "idle_timeout_minutes": 3,
        "proxies": false, "browser_type": "chromium", "use_file_storage": true, "screenshot_type": "last_action",
        "web_bot_auth": false, "auth_ids": [], "wait_for_authentication": true,
    });
    let session = House::new().await;
    let session = session.open(options).await;
    let status = session.status().await;
    assert_eq!(status["proxies"], false);
    assert_eq!(status["web_bot_auth"], false);
    assert_eq!(status["auth_ids"], json!([]));
}
