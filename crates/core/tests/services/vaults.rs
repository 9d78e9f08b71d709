//! Sessions that hold a vault.

use guise_core::services::SessionRequest;
use guise_core::{Kind, Scope, Scopes, VaultId};

use crate::support::{House, goto};

fn with_vault(id: &str) -> SessionRequest {
    SessionRequest {
        vault_id: Some(id.to_owned()),
        ..SessionRequest::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_keeps_its_vault_and_hands_it_to_its_browser() {
    let house = House::new();
    let request = with_vault(&house.vault.id.to_string());
    let session = house.sessions.start(&house.caller, request).await.unwrap();
    assert_eq!(session.options.vault, Some(house.vault.id));
    let id = session.id.to_string();
    assert_eq!(house.get(&id).await.options.vault, Some(house.vault.id));

    house.goto(&id, "https://a.example/").await.unwrap();
    let browser = house.browsers.last();
    assert_eq!(*browser.given.lock().unwrap(), Some(true));
    let mut other = house.caller.clone();
    other.scopes = Scopes::only(Scope::Sessions);
    let there = goto("https://b.example/");
    let went = house.sessions.execute(&other, &id, there, true).await;
    went.unwrap();
    assert_eq!(*browser.given.lock().unwrap(), Some(false));
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_vault_has_no_secrets() {
    let house = House::new();
    let (id, browser) = house.start().await;
    assert_eq!(house.get(&id).await.options.vault, None);
    house.goto(&id, "https://a.example/").await.unwrap();
    assert_eq!(*browser.given.lock().unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_is_not_there_is_named_before_a_browser_starts() {
    let house = House::new();
    for id in [
        VaultId::new().to_string(),
        "nonsense".to_owned(),
        String::new(),
    ] {
        let started = house.sessions.start(&house.caller, with_vault(&id)).await;
        let error = started.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert_eq!(error.violations()[0].path, ["vault_id"]);
        assert!(error.message().contains(&format!("'{id}'")), "{error}");
    }
    assert_eq!(house.browsers.started(), 0);
}
