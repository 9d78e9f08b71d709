//! By wire nobody can tell what the secret is, whatever the page does with its field.

use guise_testsite::Site;
use rstest::rstest;
use serde_json::{Value, json};

use super::compare::{nothing_leaks, odd_pixel, read};
use super::run::{twice, vault};
use super::script::{Kind, Plan, TWO, Way};
use super::support::client::Client;
use super::support::server::Server;
use super::{channels, holes};

fn plan(kind: Kind) -> Plan {
    Plan {
        kind,
        way: Way::Wire,
        mirrors: true,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_channel_tells_one_secret_from_another(
    #[values(Kind::Password, Kind::Code)] kind: Kind,
) {
    let (one, other) = twice(plan(kind)).await;
    channels::all_were_read(&one, &[]);
    nothing_leaks(&one, &other);
    holes::are_found(&one, &other);
}

/// Fills a value into the page that shows it everywhere, and gives what the page has and a picture.
async fn fills(client: &Client, session: &str, url: &str, value: &str) -> (String, Vec<u8>) {
    let does = async |action: Value| {
        let path = format!("/sessions/{session}/page/execute");
        let done = client.post(&path).json(action).ok().await;
        assert_eq!(done["success"], true, "{done}");
        done["data"]["markdown"].as_str().map(str::to_owned)
    };
    does(json!({"type": "goto", "url": url})).await;
    does(json!({"type": "fill", "selector": "#field", "value": value})).await;
    let code = "document.activeElement.blur(), document.querySelector('#field').value";
    let shown = does(json!({"type": "evaluate_js", "code": code})).await;
    let path = format!("/sessions/{session}/page/screenshot");
    let picture = client.post(&path).send().await;
    (shown.unwrap(), picture.body.to_vec())
}

/// The comparison leaves out where the page shows its stand-in, which is another one each time. So what is seen there must be
/// the stand-in and nothing else: what is seen of a page into which somebody typed it who has no vault.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_page_shows_is_the_stand_in_alone(
    #[values(Kind::Password, Kind::Code)] kind: Kind,
) {
    let site = Site::start().await.unwrap();
    let server = Server::start().await;
    let client = server.client().await;
    let vault = vault(&client, Way::Wire, TWO[0]).await;
    let (plan, url) = (plan(kind), plan(kind).url(&site));
    let with = client.start(json!({"vault_id": vault})).await;
    let (stand_in, picture) = fills(&client, &with, &url, plan.placeholder()).await;
    assert_ne!(stand_in, plan.placeholder());
    let without = client.start(json!({})).await;
    let (typed, same) = fills(&client, &without, &url, &stand_in).await;
    assert_eq!(typed, stand_in);
    assert_eq!(odd_pixel(&read(&picture), &read(&same)), None);
    // Another text is seen as another.
    let other: String = stand_in.chars().rev().collect();
    let again = client.start(json!({})).await;
    let (_, differs) = fills(&client, &again, &url, &other).await;
    assert_ne!(odd_pixel(&read(&picture), &read(&differs)), None);
}
