use guise_core::{Error, Kind, Secret};
use guise_phone::{Twilio, TwilioSettings};

use crate::counterpart::{ACCOUNT, SMS_URL, TOKEN};

fn settings() -> TwilioSettings {
    TwilioSettings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: Secret::new(TOKEN.to_owned()),
        sms_url: SMS_URL.parse().unwrap(),
        base_url: TwilioSettings::BASE_URL.parse().unwrap(),
    }
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_sent() {
    type Change = fn(&mut TwilioSettings);
    let changes: [(Change, &str); 9] = [
        (|it| it.account_sid = "AC1".to_owned(), "AC and 32"),
        (
            |it| it.account_sid = format!("SK{}", "a".repeat(32)),
            "AC and 32",
        ),
        (
            |it| it.auth_token = Secret::new(String::new()),
            "auth token",
        ),
        (
            |it| it.auth_token = Secret::new("with space".to_owned()),
            "auth token",
        ),
        (
            |it| it.base_url = "http://api.example/".parse().unwrap(),
            "https://",
        ),
        (
            |it| it.base_url = "ftp://api.example/".parse().unwrap(),
            "https://",
        ),
        (
            |it| it.sms_url = "http://localhost:3000/x".parse().unwrap(),
            "public_url",
        ),
        (
            |it| it.sms_url = "https://[::1]/x".parse().unwrap(),
            "public_url",
        ),
        (
            |it| it.sms_url = "mailto:a@b.example".parse().unwrap(),
            "public_url",
        ),
    ];
    for (change, expected) in changes {
        let mut settings = settings();
        change(&mut settings);
        let error = Error::from(Twilio::new(settings).unwrap_err());
        assert_eq!(error.kind(), Kind::Unconfigured);
        assert!(error.message().contains(expected), "{error}");
        assert!(!error.message().contains("with space"), "{error}");
    }
    assert_eq!(
        format!("{:?}", Twilio::new(settings()).unwrap()),
        "Twilio(…)"
    );
}
