//! Webhooks signed as Standard Webhooks says, and every way to spoil them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guise_core::{Secret, Timestamp};
use guise_phone::standard_webhooks::{Headers, verify};
use guise_phone::{Refusal, sms};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::Sha256;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SENT: i64 = 1_614_265_330;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn check(
    secret: &str,
    id: &str,
    timestamp: &str,
    signatures: &str,
    body: &[u8],
    now: i64,
) -> Result<(), Refusal> {
    let headers = Headers {
        id,
        timestamp,
        signatures,
    };
    verify(&Secret::new(secret.to_owned()), headers, body, at(now))
}

fn sign(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(&secret[6..]).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The examples of the reference libraries' tests.
#[test]
fn signatures_are_those_of_the_reference() {
    for (secret, id, timestamp, body, signature) in [
        (
            SECRET,
            ID,
            "1614265330",
            r#"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            "1649367553",
            r#"{"email":"test@example.com","username":"test_user"}"#,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ] {
        let now = timestamp.parse().unwrap();
        assert_eq!(
            check(secret, id, timestamp, signature, body.as_bytes(), now),
            Ok(())
        );
    }
}

#[test]
fn one_valid_signature_of_several_is_enough() {
    let body = b"{}";
    let sent = SENT.to_string();
    let valid = sign(SECRET, ID, &sent, body);
    let old = sign("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", ID, &sent, body);
    let passes = |signatures: &str| check(SECRET, ID, &sent, signatures, body, SENT).is_ok();
    for signatures in [
        format!("{old} {valid}"),
        format!("{valid} {old}"),
        format!("v1a,AAAA {valid} v2,AAAA"),
        format!("  {valid} "),
        format!("nonsense v1, , {valid}"),
    ] {
        assert!(passes(&signatures), "{signatures}");
    }
    let digest = valid.trim_start_matches("v1,");
    for signatures in [
        String::new(),
        old.clone(),
        digest.to_owned(),
        format!("v1a,{digest}"),
        format!("v2,{digest}"),
        format!("V1,{digest}"),
        format!("v1,{old},{digest}"),
        valid.trim_end_matches('=').to_owned(),
        format!("{valid}="),
    ] {
        assert!(!passes(&signatures), "{signatures}");
    }
}

#[test]
fn it_must_have_been_sent_within_five_minutes() {
    let sent = SENT.to_string();
    let signature = sign(SECRET, ID, &sent, b"x");
    let at = |now| check(SECRET, ID, &sent, &signature, b"x", now);
    for now in [SENT - 300, SENT, SENT + 300] {
        assert_eq!(at(now), Ok(()));
    }
    for distance in [301, 3600, 86_400, 400_000_000] {
        for now in [SENT - distance, SENT + distance] {
            assert!(
                matches!(at(now), Err(Refusal::Time { seconds, .. }) if seconds == distance.unsigned_abs())
            );
        }
    }
    // A recorded one with a new time is signed for the old.
    let new = (SENT + 3600).to_string();
    assert_eq!(
        check(SECRET, ID, &new, &signature, b"x", SENT + 3600),
        Err(Refusal::Signature)
    );
}

#[test]
fn headers_and_secrets_of_a_wrong_form_are_refused() {
    let sent = SENT.to_string();
    // Signed all the same: the form alone is the reason.
    for id in ["", "a.b", "a b", "ä", &"a".repeat(257)] {
        let signature = sign(SECRET, id, &sent, b"x");
        let refusal = check(SECRET, id, &sent, &signature, b"x", SENT);
        assert!(
            matches!(
                refusal,
                Err(Refusal::Header {
                    name: "webhook-id",
                    ..
                })
            ),
            "{id}"
        );
    }
    for timestamp in [
        "",
        "+1614265330",
        "-1",
        " 1614265330",
        "1614265330.0",
        "1e9",
        "99999999999999999999",
    ] {
        let signature = sign(SECRET, ID, timestamp, b"x");
        let refusal = check(SECRET, ID, timestamp, &signature, b"x", SENT);
        assert!(
            matches!(
                refusal,
                Err(Refusal::Header {
                    name: "webhook-timestamp",
                    ..
                })
            ),
            "{timestamp}"
        );
    }
    for timestamp in ["0", "9223372036854775807"] {
        assert!(matches!(
            check(SECRET, ID, timestamp, "", b"x", SENT),
            Err(Refusal::Time { .. })
        ));
    }
    // The second is an example that is found in documentation: 18 bytes.
    for secret in [
        "",
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_!",
    ] {
        let error = check(secret, ID, &sent, "", b"x", SENT).unwrap_err();
        assert_eq!(error, Refusal::Secret);
        assert!(secret.is_empty() || !error.to_string().contains(secret));
    }
}

/// Every bit of id, time, body and signature, one by one.
#[test]
fn no_bit_can_be_changed() {
    let body = br#"{"id":"1","from":"ACME","to":"+12025550123","body":"482913 is your code"}"#;
    let sent = SENT.to_string();
    let signature = sign(SECRET, ID, &sent, body);
    let parts: [&[u8]; 4] = [ID.as_bytes(), sent.as_bytes(), signature.as_bytes(), body];
    let mut tried = 0;
    for (index, part) in parts.iter().enumerate() {
        for bit in 0..part.len() * 8 {
            let mut changed = parts.map(<[u8]>::to_vec);
            changed[index][bit / 8] ^= 1 << (bit % 8);
            let [id, time, signature] = [0, 1, 2].map(|it| String::from_utf8_lossy(&changed[it]));
            assert!(
                check(SECRET, &id, &time, &signature, &changed[3], SENT).is_err(),
                "part {index}, bit {bit}"
            );
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn no_other_change_passes_either() {
    let body = br#"{"id":"1","from":"ACME","to":"+12025550123","body":"482913 is your code"}"#;
    let sent = SENT.to_string();
    let signature = sign(SECRET, ID, &sent, body);
    let parts = [ID.as_bytes(), sent.as_bytes(), signature.as_bytes(), body];
    let mut random = StdRng::seed_from_u64(12);
    let mut tried = 0;
    while tried < 10_000 {
        let mut changed = parts.map(<[u8]>::to_vec);
        let index = random.random_range(0..4);
        let part = &mut changed[index];
        let at = random.random_range(0..part.len());
        let octet = b".,v1=+/ 0\0\xff{}"[random.random_range(0..13)];
        match random.random_range(0..4) {
            0 => part[at] = octet,
            1 => part.insert(at, octet),
            2 => _ = part.remove(at),
            _ => part.truncate(at),
        }
        // A space around the signature parts nothing.
        if changed[index] == parts[index] || (index == 2 && changed[2].trim_ascii() == parts[2]) {
            continue;
        }
        let [id, time, signature] = [0, 1, 2].map(|it| String::from_utf8_lossy(&changed[it]));
        assert!(
            check(SECRET, &id, &time, &signature, &changed[3], SENT).is_err(),
            "{changed:?}"
        );
        tried += 1;
    }
    // What moves from one part to the next, so that the same bytes are signed.
    let moved = [
        (format!("{ID}.{sent}"), "x"),
        (ID.to_owned(), "1614265330."),
    ];
    for (id, time) in moved {
        assert!(check(SECRET, &id, time, &signature, body, SENT).is_err());
    }
}

#[test]
fn the_same_event_twice_has_one_id() {
    let body = br#"{"from":"ACME","to":"+12025550123","text":"482913"}"#;
    let ids = [SENT, SENT + 60].map(|sent| {
        let signature = sign(SECRET, ID, &sent.to_string(), body);
        check(SECRET, ID, &sent.to_string(), &signature, body, sent).unwrap();
        sms::read(body, ID, at(sent)).unwrap().message_id
    });
    assert_eq!(ids, [ID, ID]);
}

/// A modest number of cases, the same ones each time; a hundred times as many others with `GUISE_TEST_SOAK`.
fn cases() -> Config {
    let (cases, rng_seed) = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        (25_600, RngSeed::Random)
    } else {
        (256, RngSeed::Fixed(0))
    };
    Config {
        cases,
        rng_seed,
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_made_up_passes_or_panics(
        id in "msg_[a-zA-Z0-9]{0,30}|\\PC{0,30}",
        timestamp in "16142653[0-9]{2}|\\PC{0,20}",
        signatures in "(v1,[A-Za-z0-9+/]{43}= ){0,4}|\\PC{0,80}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assert!(check(SECRET, &id, &timestamp, &signatures, &body, SENT).is_err());
    }

    #[test]
    fn what_was_signed_passes_and_nothing_else(
        id in "[!-\\-/-~]{1,60}",
        body in proptest::collection::vec(any::<u8>(), 1..200),
        (at, bit) in (any::<prop::sample::Index>(), 0..8_u8),
    ) {
        let signature = sign(SECRET, &id, "1614265330", &body);
        prop_assert_eq!(check(SECRET, &id, "1614265330", &signature, &body, SENT), Ok(()));
        let mut altered = body;
        let at = at.index(altered.len());
        altered[at] ^= 1 << bit;
        prop_assert!(check(SECRET, &id, "1614265330", &signature, &altered, SENT).is_err());
    }

    #[test]
    fn no_secret_makes_it_panic(secret in "whsec_[A-Za-z0-9+/=]{0,100}|\\PC{0,40}") {
        let _ = check(&secret, ID, "1614265330", "v1,AAAA", b"", SENT);
    }
}
