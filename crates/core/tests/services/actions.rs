//! Actions that need no browser, and those that need files.

use guise_core::{
    Action, Area, Interaction, Kind, ScrapeOptions, Target, services::SessionRequest,
};
use tokio::time::Instant;

use crate::support::{House, seconds};

fn upload(name: &str) -> Action {
    Action::Interact {
        target: Target::default(),
        interaction: Interaction::UploadFile {
            file_path: name.to_owned(),
        },
    }
}

#[tokio::test(start_paused = true)]
async fn some_actions_never_reach_the_browser() {
    let house = House::new();
    let (id, browser) = house.start().await;
    let began = Instant::now();
    let wait = Action::Wait { time_ms: 1500 };
    let waited = house.execute(&id, wait).await.unwrap();
    assert!(waited.outcome.success);
    assert_eq!(began.elapsed().as_millis(), 1500);
    assert_eq!(waited.ended_at.since(waited.started_at).as_millis(), 1500);

    let help = Action::Help {
        reason: "which one?".to_owned(),
    };
    let outcome = house.execute(&id, help).await.unwrap().outcome;
    assert!(!outcome.success && outcome.exception.is_none());
    assert!(outcome.message.contains("which one?"));

    let completion = Action::Completion {
        success: true,
        answer: "42".to_owned(),
    };
    let outcome = house.execute(&id, completion).await.unwrap().outcome;
    assert_eq!((outcome.success, outcome.message.as_str()), (true, "42"));

    let captcha = Action::CaptchaSolve { captcha_type: None };
    let outcome = house.execute(&id, captcha).await.unwrap().outcome;
    assert!(outcome.exception.unwrap().contains("no captcha service"));

    assert!(browser.done().is_empty());
    assert_eq!(house.told(&id).await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_no_longer_fits_says_so() {
    let house = House::new();
    let (id, browser) = house.start().await;
    browser.takes(20);
    let wait = house.execute(&id, Action::Wait { time_ms: 30_000 });
    let (first, second) = tokio::join!(house.goto(&id, "a"), wait);
    first.unwrap();
    let outcome = second.unwrap().outcome;
    assert!(!outcome.success);
    assert!(
        outcome.message.contains("Cannot wait"),
        "{}",
        outcome.message
    );
}

#[tokio::test(start_paused = true)]
async fn readers_of_a_persona_are_refused() {
    let house = House::new();
    let (id, _) = house.start().await;
    let (limit, timedelta, only_unread) = (1, None, false);
    let readers = [
        Action::EmailRead {
            limit,
            timedelta: timedelta.clone(),
            only_unread,
        },
        Action::SmsRead {
            limit,
            timedelta,
            only_unread,
        },
    ];
    for action in readers {
        let name = action.name();
        let error = house.execute(&id, action).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Browser);
        assert!(error.message().contains(name), "{error}");
    }
    assert_eq!(house.store.begun(), 0);
}

#[tokio::test(start_paused = true)]
async fn reading_answers_or_says_why_not() {
    let house = House::new();
    let (id, browser) = house.start().await;
    let options = ScrapeOptions {
        instructions: Some("the price".to_owned()),
        ..ScrapeOptions::default()
    };
    let scrape = Action::Scrape(options.clone());
    let data = house
        .execute(&id, scrape)
        .await
        .unwrap()
        .outcome
        .data
        .unwrap();
    assert_eq!(data.markdown, "# A page");
    assert!(data.structured.unwrap().error.unwrap().contains("no"));

    browser
        .finds_nothing
        .store(true, std::sync::atomic::Ordering::Relaxed);
    let scrape = Action::Scrape(options.clone());
    let outcome = house.execute(&id, scrape).await.unwrap().outcome;
    assert_eq!(outcome.exception.unwrap(), "The selector matches nothing");
    let direct = house
        .sessions
        .scrape(&house.caller, &id, &options, true)
        .await;
    assert_eq!(direct.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_staged_and_handed_to_the_browser() {
    let house = House::new();
    let (id, browser) = house.start().await;
    let bytes = Box::pin(&b"content"[..]);
    let tenant = house.caller.tenant;
    house
        .files
        .put(tenant, Area::Uploads, "cv.pdf", bytes)
        .await
        .unwrap();
    let outcome = house.execute(&id, upload("cv.pdf")).await.unwrap().outcome;
    assert!(outcome.success);
    assert_eq!(
        browser.staged(),
        [("cv.pdf".to_owned(), b"content".to_vec())]
    );
    assert_eq!(browser.done(), ["/staged/cv.pdf"]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_upload_fails_with_its_name() {
    let house = House::new();
    let (id, browser) = house.start().await;
    // Another tenant's file is no file of ours.
    let stranger = crate::support::somebody().tenant;
    let bytes = Box::pin(&b"secret"[..]);
    house
        .files
        .put(stranger, Area::Uploads, "cv.pdf", bytes)
        .await
        .unwrap();
    let outcome = house.execute(&id, upload("cv.pdf")).await.unwrap().outcome;
    assert!(
        outcome
            .exception
            .unwrap()
            .contains("'cv.pdf' was not found")
    );
    assert!(browser.done().is_empty() && browser.staged().is_empty());
}

#[tokio::test(start_paused = true)]
async fn files_need_file_storage() {
    let house = House::new();
    let request = SessionRequest {
        use_file_storage: Some(false),
        ..SessionRequest::default()
    };
    let session = house.sessions.start(&house.caller, request).await.unwrap();
    let id = session.id.to_string();
    let download = Action::Interact {
        target: Target::default(),
        interaction: Interaction::DownloadFile,
    };
    for action in [upload("cv.pdf"), download] {
        let error = house.execute(&id, action).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Browser);
        assert!(error.message().contains("use_file_storage"), "{error}");
    }
    seconds(1).await;
    assert_eq!(house.store.begun(), 0);
}
