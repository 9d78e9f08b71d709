//! What is asked again, when, and what is not.

use std::time::Duration;

use guise_core::TenantId;
use guise_core::ports::{Answer, ModelError, Models};
use guise_testmodel::{Reply, TestModel};
use serde_json::json;
use tokio::time::Instant;

use crate::support::{NAMES, as_time_passes, directory, model_at, question};

/// Asks a provider with these replies; gives the outcome, how often it was asked, and the time that passed.
async fn ask(
    name: &str,
    replies: impl IntoIterator<Item = Reply>,
    patience: Duration,
) -> (Result<Answer, ModelError>, usize, Duration) {
    let provider = TestModel::start().await.unwrap();
    for reply in replies {
        provider.push(reply);
    }
    let model = model_at(&provider, name).await;
    let (question, started) = (question("Hello"), Instant::now());
    let outcome = as_time_passes(model.ask(&question, started + patience)).await;
    (outcome, provider.requests().len(), started.elapsed())
}

const MINUTES: Duration = Duration::from_secs(600);

#[tokio::test]
async fn what_may_pass_is_asked_again() {
    for name in NAMES {
        for status in [408, 409, 429, 500, 502, 503, 529] {
            let replies = [Reply::status(status, "busy"), Reply::text("Hi")];
            let (outcome, requests, passed) = ask(name, replies, MINUTES).await;
            let answer = outcome.unwrap();
            assert_eq!(
                (answer.text.as_str(), answer.attempts, requests),
                ("Hi", 2, 2)
            );
            assert!(passed >= Duration::from_millis(500), "{passed:?}");
            assert!(answer.took >= Duration::from_millis(500), "{passed:?}");
        }
    }
}

#[tokio::test]
async fn broken_connections_and_reports_on_the_way_are_asked_again() {
    for name in NAMES {
        for reply in [
            Reply::text("Half an ans").then_cut(),
            Reply::text("").then_cut(),
            Reply::text("Half an ans").then_error(529),
        ] {
            let (outcome, requests, _) = ask(name, [reply, Reply::text("Hi")], MINUTES).await;
            // Nothing of the first attempt is left.
            assert_eq!(outcome.unwrap().text, "Hi", "{name}");
            assert_eq!(requests, 2);
        }
    }
}

#[tokio::test]
async fn it_is_asked_four_times_at_most_each_time_later() {
    let busy = || Reply::status(503, r#"{"error":{"message":"Try\nlater."}}"#);
    let (outcome, requests, passed) =
        ask(NAMES[0], [busy(), busy(), busy(), busy(), busy()], MINUTES).await;
    let Err(ModelError::Failing { attempts, why, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((attempts, requests), (4, 4));
    assert_eq!(why, "status 503: Try later.");
    // Half a second, one, and two, and at most half as long again; and what the steps of time add.
    assert!(passed >= Duration::from_millis(3500), "{passed:?}");
    assert!(passed < Duration::from_secs(30), "{passed:?}");
    let (outcome, requests, _) = ask(
        NAMES[1],
        [
            busy(),
            Reply::text("Half").then_cut(),
            Reply::text("").then_cut(),
            Reply::text("Hi"),
        ],
        MINUTES,
    )
    .await;
    assert_eq!((outcome.unwrap().attempts, requests), (4, 4));
}

#[tokio::test]
async fn what_will_not_pass_is_not_asked_again() {
    for name in NAMES {
        for status in [400, 401, 402, 403, 404, 413, 422] {
            let reply = Reply::status(status, json!({"error": {"message": "No."}}).to_string());
            let (outcome, requests, _) = ask(name, [reply, Reply::text("Hi")], MINUTES).await;
            let Err(ModelError::Refused {
                status: told, why, ..
            }) = outcome
            else {
                panic!("{outcome:?}");
            };
            assert_eq!((told, why.as_str(), requests), (status, "No.", 1));
        }
        let nothing_comes_of_it = [
            Reply::octets("text/html", "<html>Welcome to the hotel's network</html>"),
            Reply::octets("text/event-stream", ""),
            Reply::octets("text/event-stream", "data: {\"choices\": [\n\n"),
            Reply::text("Half an ans").then_stop(),
        ];
        for reply in nothing_comes_of_it {
            let (outcome, requests, _) = ask(name, [reply, Reply::text("Hi")], MINUTES).await;
            assert!(
                matches!(outcome, Err(ModelError::Unreadable { .. })),
                "{name} {outcome:?}"
            );
            assert_eq!(requests, 1);
        }
    }
    let (outcome, requests, _) = ask(
        "anthropic/claude-x",
        [Reply::text("Half").then_error(400), Reply::text("Hi")],
        MINUTES,
    )
    .await;
    assert!(
        matches!(outcome, Err(ModelError::Refused { status: 400, .. })),
        "{outcome:?}"
    );
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn the_provider_may_say_when() {
    // The date is by the clock on the wall, on which time passes meanwhile.
    let date = httpdate_in(500);
    let headers = [
        ("retry-after", "40", 40),
        ("retry-after", " 40 ", 40),
        ("retry-after", date.as_str(), 400),
        ("retry-after-ms", "40000", 40),
    ];
    for (name, value, seconds) in headers {
        let busy = Reply::status(429, "").header(name, value);
        let (outcome, requests, passed) = ask(NAMES[0], [busy, Reply::text("Hi")], MINUTES).await;
        assert_eq!((outcome.unwrap().text.as_str(), requests), ("Hi", 2));
        assert!(
            passed >= Duration::from_secs(seconds),
            "{value}: {passed:?}"
        );
    }
    for value in ["soon", "-5", "NaN", ""] {
        let busy = Reply::status(429, "").header("retry-after", value);
        let (outcome, requests, passed) = ask(NAMES[0], [busy, Reply::text("Hi")], MINUTES).await;
        assert_eq!((outcome.unwrap().text.as_str(), requests), ("Hi", 2));
        assert!(passed >= Duration::from_millis(500), "{value}: {passed:?}");
    }
}

/// A date so many seconds from now, as HTTP writes it.
fn httpdate_in(seconds: u64) -> String {
    httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(seconds))
}

#[tokio::test]
async fn what_does_not_fit_into_the_time_is_not_waited_for() {
    let busy = Reply::status(429, "full").header("retry-after", "120");
    let (outcome, requests, passed) = ask(
        NAMES[0],
        [busy, Reply::text("Hi")],
        Duration::from_secs(100),
    )
    .await;
    let Err(ModelError::Failing {
        attempts: 1, why, ..
    }) = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        why,
        "status 429: full; it asks to wait 120 s, for which there is no time"
    );
    assert_eq!(requests, 1);
    assert!(passed < Duration::from_secs(100), "{passed:?}");
    // Nor what never fits.
    let busy = Reply::status(429, "full").header("retry-after", "18446744073709551615");
    let (outcome, requests, _) = ask(NAMES[0], [busy, Reply::text("Hi")], MINUTES).await;
    assert!(
        matches!(outcome, Err(ModelError::Failing { .. })),
        "{outcome:?}"
    );
    assert_eq!(requests, 1);
    let busy = || Reply::status(503, "");
    let (outcome, requests, _) = ask(
        NAMES[0],
        [busy(), busy(), busy()],
        Duration::from_millis(400),
    )
    .await;
    assert!(
        matches!(outcome, Err(ModelError::Failing { attempts: 1, .. })),
        "{outcome:?}"
    );
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn nobody_there_is_told_with_the_address() {
    // A port that was free a moment ago, and on which nobody listens.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let base_url = format!("http://{address}/v1?secret=hunter2");
    let directory = directory(&[("OPENAI_BASE_URL", &base_url)]);
    let model = directory
        .choose(TenantId::new(), Some(NAMES[0]))
        .await
        .unwrap()
        .model;
    let (question, deadline) = (question("Hello"), Instant::now() + MINUTES);
    let error = as_time_passes(model.ask(&question, deadline))
        .await
        .unwrap_err();
    let expected = format!(
        "The model openai/gpt-4o cannot be reached at http://{address}: Connection refused (os error 111) (tried 4 times)"
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let elsewhere = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let target = format!("{}/chat/completions", elsewhere.openai_url());
    for status in [301, 302, 303, 307, 308] {
        let reply = Reply::status(status, "").header("location", &target);
        let (outcome, requests, _) = ask(NAMES[0], [reply], MINUTES).await;
        let Err(ModelError::Refused { why, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(why.starts_with("it says to ask elsewhere"), "{why}");
        assert_eq!(requests, 1);
    }
    assert_eq!(elsewhere.requests().len(), 0);
}
