//! Sessions of other tenants do not exist.

use guise_core::{Error, Kind, ObserveRequest, PageRequest, ScrapeOptions};

use crate::support::{House, goto, somebody};

#[tokio::test(start_paused = true)]
async fn another_tenants_session_is_found_nowhere() {
    let house = House::new();
    let (running, _) = house.start().await;
    let (ended, _) = house.start().await;
    house.stop(&ended).await;
    let stranger = somebody();
    let sessions = &house.sessions;
    for id in [running.as_str(), &ended, "no-id", &stranger.key.to_string()] {
        let who = &stranger;
        let (look, read) = (ObserveRequest::default(), ScrapeOptions::default());
        let errors: Vec<Option<Error>> = vec![
            sessions.get(who, id).await.err(),
            sessions.stop(who, id).await.err(),
            sessions.offset(who, id).await.err(),
            sessions.execute(who, id, goto("a"), true).await.err(),
            sessions.observe(who, id, &look, true).await.err(),
            sessions.scrape(who, id, &read, true).await.err(),
            sessions.screenshot(who, id, true).await.err(),
            sessions.cookies(who, id, true).await.err(),
            sessions.set_cookies(who, id, &[], true).await.err(),
            sessions.debug(who, id, true).await.err(),
        ];
        for (place, error) in errors.into_iter().enumerate() {
            let error = error.unwrap_or_else(|| panic!("call {place} on {id} found something"));
            assert_eq!(error.kind(), Kind::NotFound, "call {place} on {id}");
            assert!(error.message().contains(id));
        }
    }
    assert!(house.browsers.last().done().is_empty());
    let page = PageRequest::default();
    let list = sessions.list(&stranger, false, false, page).await.unwrap();
    assert!(list.items.is_empty());
}

#[tokio::test(start_paused = true)]
async fn lists_are_narrowed_to_what_is_active_and_to_the_callers_key() {
    let house = House::new();
    let (first, _) = house.start().await;
    let (second, _) = house.start().await;
    house.stop(&first).await;
    let mut colleague = house.caller.clone();
    colleague.key = somebody().key;

    let ids = async |caller, only_active, only_key| {
        let page = PageRequest::default();
        let list = house.sessions.list(caller, only_active, only_key, page);
        let items = list.await.unwrap().items;
        items
            .iter()
            .map(|item| item.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(&house.caller, false, true).await,
        [second.clone(), first.clone()]
    );
    assert_eq!(ids(&colleague, true, false).await, [second]);
    assert_eq!(ids(&colleague, false, true).await, [""; 0]);
}
