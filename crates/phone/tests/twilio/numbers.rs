use std::time::Duration;

use guise_core::ports::{BoughtNumber, PhoneProvider};
use guise_core::{Error, Kind};
use tokio::time::Instant;

use crate::counterpart::{ACCOUNT, Counterpart, Fault, SMS_URL, TOKEN, soon, wish};

const NUMBER: &str = "+12025550123";
const OTHER: &str = "+12125550145";

async fn selling(numbers: &[&str]) -> Counterpart {
    let counterpart = Counterpart::start().await;
    counterpart.sell("US/Local", numbers);
    counterpart
}

async fn buy(counterpart: &Counterpart) -> Result<BoughtNumber, Error> {
    counterpart.twilio().buy(&wish("US"), soon()).await
}

#[tokio::test]
async fn a_number_is_bought_with_our_address_and_given_back() {
    let counterpart = selling(&[NUMBER, OTHER]).await;
    let twilio = counterpart.twilio();
    assert_eq!(twilio.name(), "twilio");

    let bought = twilio.buy(&wish("US"), soon()).await.unwrap();
    assert_eq!(bought.number.as_str(), NUMBER);
    let sold = counterpart.books().sold[NUMBER].clone();
    assert_eq!(bought.provider_id, sold.sid);
    assert_eq!(
        (sold.sms_url.as_str(), sold.sms_method.as_str()),
        (SMS_URL, "POST")
    );

    twilio.release(&bought, soon()).await.unwrap();
    assert!(counterpart.books().sold.is_empty());
    // It is gone: no reason to complain.
    twilio.release(&bought, soon()).await.unwrap();
    let requests = counterpart.books().requests.clone();
    let deleted = format!("DELETE {}.json", sold.sid);
    assert_eq!(
        requests,
        ["GET US/Local", "POST +12025550123", &deleted, &deleted]
    );
}

#[tokio::test]
async fn an_area_code_is_asked_for() {
    let counterpart = selling(&[NUMBER, OTHER]).await;
    let mut wish = wish("US");
    wish.area_code = Some("212".to_owned());
    let bought = counterpart.twilio().buy(&wish, soon()).await.unwrap();
    assert_eq!(bought.number.as_str(), OTHER);

    let error = counterpart.twilio().buy(&wish, soon()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("US, area code 212"), "{error}");
}

#[tokio::test]
async fn mobile_numbers_are_taken_where_there_are_no_others() {
    let counterpart = Counterpart::start().await;
    counterpart.sell("GB/Mobile", &["+447700900123"]);
    let bought = counterpart.twilio().buy(&wish("GB"), soon()).await.unwrap();
    assert_eq!(bought.number.as_str(), "+447700900123");

    let error = counterpart
        .twilio()
        .buy(&wish("GB"), soon())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("GB"), "{error}");
}

#[tokio::test]
async fn the_next_number_is_bought_when_somebody_was_quicker() {
    let counterpart = selling(&[NUMBER, OTHER]).await;
    counterpart.fail(Fault::Snatch);
    assert_eq!(buy(&counterpart).await.unwrap().number.as_str(), OTHER);
}

#[tokio::test]
async fn a_number_whose_sale_was_not_confirmed_is_found() {
    let counterpart = selling(&[NUMBER]).await;
    counterpart.fail(Fault::BreakOff);
    let bought = buy(&counterpart).await.unwrap();
    assert_eq!(bought.provider_id, counterpart.books().sold[NUMBER].sid);
    assert_eq!(counterpart.books().requests.len(), 3);
}

#[tokio::test]
async fn a_doubtful_sale_is_named() {
    for fault in [
        Fault::Silence,
        Fault::Status(500),
        Fault::Garbage,
        Fault::Flood,
        Fault::Redirect,
    ] {
        let counterpart = selling(&[NUMBER, OTHER]).await;
        counterpart.fail(fault);
        let patience = match fault {
            Fault::Silence => Duration::from_millis(500),
            _ => Duration::from_secs(30),
        };
        let twilio = counterpart.twilio();
        let error = twilio
            .buy(&wish("US"), Instant::now() + patience)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{fault:?}: {error}");
        assert!(error.message().contains(NUMBER), "{fault:?}: {error}");
        assert!(
            error.message().contains("may or may not"),
            "{fault:?}: {error}"
        );
        // It was not tried with another number on top.
        let sales = counterpart
            .books()
            .requests
            .iter()
            .filter(|it| it.starts_with("POST"))
            .count();
        assert_eq!(sales, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_twilio_refuses_is_told_with_what_to_do() {
    for (fault, kind, expected) in [
        (Fault::Refuse(21631), Kind::Refused, "docs/errors/21631"),
        (Fault::Refuse(20003), Kind::Refused, "The wordsof Twilio"),
        (Fault::Status(401), Kind::Unconfigured, "console"),
        (Fault::Status(429), Kind::Quota, "later"),
    ] {
        let counterpart = selling(&[NUMBER]).await;
        counterpart.fail(fault);
        let error = buy(&counterpart).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        assert!(error.message().contains(expected), "{fault:?}: {error}");
        if kind == Kind::Quota {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
        assert!(counterpart.books().sold.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_token_is_said_to_be_wrong_and_never_shown() {
    let counterpart = selling(&[NUMBER]).await;
    let mut settings = counterpart.settings();
    settings.auth_token = guise_core::Secret::new("wrong-token-987".to_owned());
    let twilio = guise_phone::Twilio::new(settings).unwrap();
    let error = twilio.buy(&wish("US"), soon()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unconfigured);
    assert!(error.message().contains("auth token"), "{error}");
    assert!(!format!("{error:?}").contains("wrong-token"));

    counterpart.fail(Fault::Echo);
    let error = buy(&counterpart).await.unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(
            !shown.contains(TOKEN) && !shown.contains("Basic"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_leaves_no_doubt() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let mut settings = Counterpart::start().await.settings();
    settings.base_url = format!("http://{address}/").parse().unwrap();
    let twilio = guise_phone::Twilio::new(settings).unwrap();
    let error = twilio.buy(&wish("US"), soon()).await.unwrap_err();
    assert!(error.message().contains("cannot be reached"), "{error}");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(
            !shown.contains(ACCOUNT) && !shown.contains(TOKEN),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_costs_no_more_than_the_deadline() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = Counterpart::start().await.settings();
    settings.base_url = format!("http://{}/", silent.local_addr().unwrap())
        .parse()
        .unwrap();
    let twilio = guise_phone::Twilio::new(settings).unwrap();
    let deadline = Instant::now() + Duration::from_millis(300);
    let error = twilio.buy(&wish("US"), deadline).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
}

#[tokio::test]
async fn a_release_that_fails_is_told_and_a_foreign_number_is_not_tried() {
    let counterpart = selling(&[NUMBER]).await;
    let mut bought = buy(&counterpart).await.unwrap();
    let twilio = counterpart.twilio();
    // A 404 that is not Twilio's says nothing about the number.
    for status in [503, 404] {
        counterpart.fail(Fault::Status(status));
        let error = twilio.release(&bought, soon()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(counterpart.books().sold.contains_key(NUMBER));
    }

    for id in ["../../x", "+12025550123", ""] {
        bought.provider_id = id.to_owned();
        let error = twilio.release(&bought, soon()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
    }
    assert_eq!(counterpart.books().requests.len(), 4);
}
