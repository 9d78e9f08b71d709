//! `proxies`: all traffic goes through the caller's proxy, with its credentials, except what it is to be spared.

use rstest::rstest;
use serde_json::{Value, json};

use crate::house::House;
use crate::proxy_server::{Kind, PASSWORD, Proxy, USER};

fn options(proxy: &Proxy, password: &str, bypass: Option<&str>) -> Value {
    json!({"proxies": [{
        "type": "external", "server": proxy.server(), "username": USER, "password": password, "bypass": bypass,
    }]})
}

fn authority(origin: &str) -> &str {
    origin.trim_start_matches("http://")
}

#[rstest]
#[tokio::test]
async fn traffic_goes_through_the_proxy(#[values(Kind::Http, Kind::Socks5)] kind: Kind) {
    let house = House::new().await;
    let proxy = Proxy::start(kind).await;
    let session = house.open(options(&proxy, PASSWORD, None)).await;
    assert_eq!(session.status().await["proxies"], true);
    session.goto(&house.site.url("/article")).await;
    assert_eq!(session.evaluate("document.title").await, "The slow letter");
    let seen = proxy.seen();
    assert!(
        seen.opened
            .contains(&authority(house.site.origin()).to_owned()),
        "{seen:?}"
    );
    assert_eq!(seen.refused, 0);
}

#[rstest]
#[tokio::test]
async fn what_is_to_be_spared_goes_out_directly(#[values(Kind::Http, Kind::Socks5)] kind: Kind) {
    let house = House::new().await;
    let proxy = Proxy::start(kind).await;
    let spared = house.site.other_origin();
    let bypass = format!("a.example, {}", authority(spared));
    let session = house.open(options(&proxy, PASSWORD, Some(&bypass))).await;
    session.goto(&format!("{spared}/login")).await;
    assert_eq!(proxy.seen().opened, Vec::<String>::new());
    session.goto(&house.site.url("/login")).await;
    assert!(!proxy.seen().opened.is_empty());
    assert!(!proxy.seen().opened.contains(&authority(spared).to_owned()));
}

#[rstest]
#[tokio::test]
async fn wrong_credentials_are_told(#[values(Kind::Http, Kind::Socks5)] kind: Kind) {
    let house = House::new().await;
    let proxy = Proxy::start(kind).await;
    let session = house.open(options(&proxy, "wrong", None)).await;
    let url = house.site.url("/article");
    let message = session.fails(json!({"type": "goto", "url": url})).await;
    assert!(
        message.contains("proxy") && message.contains("refuses the credentials"),
        "{message}"
    );
    assert!(!message.contains("wrong"), "{message}");
    assert!(proxy.seen().refused > 0);
    assert_eq!(house.site.hits_of("/article").len(), 0);
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told() {
    let house = House::new().await;
    let proxy = Proxy::start(Kind::Http).await;
    let options = options(&proxy, PASSWORD, None);
    drop(proxy);
    let session = house.open(options).await;
    let url = house.site.url("/article");
    let message = session.fails(json!({"type": "goto", "url": url})).await;
    assert!(message.contains("upstream proxy"), "{message}");
    assert_eq!(house.site.hits_of("/article").len(), 0);
}

#[tokio::test]
async fn two_proxies_are_refused() {
    let proxy = json!({"type": "external", "server": "http://a.example:1"});
    let message = House::new()
        .await
        .refused(json!({"proxies": [proxy, proxy]}))
        .await;
    assert!(message.contains("at most one, got 2"), "{message}");
}
