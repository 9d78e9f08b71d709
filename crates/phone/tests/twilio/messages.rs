//! A message from the counterpart's wire to ours, and every way to spoil it.

use guise_core::ports::PhoneProvider;
use guise_core::{Secret, Timestamp};
use guise_phone::Refusal;
use guise_phone::twilio::{Params, message, verify, verify_body};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::counterpart::{Counterpart, TOKEN, soon, wish};

const NUMBER: &str = "+12025550123";
const TEXT: &str = "482913 is your code. Do not share it: É & = + 100%";

fn now() -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000)
}

fn token(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn form(pairs: &[(&str, &str)]) -> Params {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    Params::read(body.as_bytes())
}

/// Address, form and signature as they come in.
async fn delivered() -> (String, Vec<u8>, String) {
    let counterpart = Counterpart::start().await;
    counterpart.sell("US/Local", &[NUMBER]);
    let twilio = counterpart.twilio();
    twilio.buy(&wish("US"), soon()).await.unwrap();
    let (url, body, signature) = counterpart.deliver(NUMBER, TEXT);
    let params = Params::read(body.as_bytes());
    twilio.verify(&url, &params, &signature).unwrap();
    (url, body.into_bytes(), signature)
}

#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    let (url, body, signature) = delivered().await;
    let params = Params::read(&body);
    verify(&token(TOKEN), &url, &params, &signature).unwrap();
    let sms = message(&params, now()).unwrap();
    assert_eq!(sms.message_id, "SM0123456789abcdef0123456789ABCDEF");
    assert_eq!(
        (sms.from.as_str(), sms.to.as_str()),
        ("+14158675309", NUMBER)
    );
    assert_eq!((sms.body.as_str(), sms.at), (TEXT, now()));
    assert!(!format!("{params:?}{sms:?}").contains("482913"));
}

/// The examples of Twilio's documentation and of its libraries' tests.
#[test]
fn signatures_are_those_of_twilio() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let params = |from| {
        form(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", from),
            ("Digits", "1234"),
            ("From", from),
            ("To", "+18005551212"),
        ])
    };
    let documented = params("+12349013030");
    let tested = params("+14158675309");
    let twice = form(&[
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
    ]);
    let with_port = url.replace(".com", ".com:1234");
    let plain = url.replace("https", "http");
    for (url, params, signature) in [
        (url, &documented, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
        (url, &tested, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        // Signed with a port that the address does not have, or without one that it has.
        (url, &tested, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (&plain, &tested, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (&with_port, &tested, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (
            &with_port.replace("https", "http"),
            &tested,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
        (url, &twice, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    ] {
        assert_eq!(
            verify(&token("12345"), url, params, signature),
            Ok(()),
            "{url}"
        );
        assert_eq!(
            verify(&token("12346"), url, params, signature),
            Err(Refusal::Signature)
        );
    }

    let body = br#"{"property": "value", "boolean": true}"#;
    let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let url = format!("{url}&bodySHA256={hash}");
    let signature = "a9nBmqA0ju/hNViExpshrM61xv4=";
    assert_eq!(verify_body(&token("12345"), &url, body, signature), Ok(()));
    for bit in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            verify_body(&token("12345"), &url, &changed, signature),
            Err(Refusal::Signature)
        );
    }
    let other = url.replace(hash, &"0".repeat(64));
    assert_eq!(
        verify_body(&token("12345"), &other, body, signature),
        Err(Refusal::Signature)
    );
}

/// Signed as it should be, but without a hash of the body, or with two.
#[test]
fn a_body_must_be_named_once() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    for (url, signature) in [
        (url.to_owned(), "zYQTYrRWXE7LtzbG4PfP7/bkkGo="),
        (
            format!("{url}&bodySHA256={0}&bodySHA256={0}", "0".repeat(64)),
            "jfOM90zMowFAWFACh1ebUgI50TI=",
        ),
    ] {
        assert_eq!(
            verify(&token("12345"), &url, &Params::default(), signature),
            Ok(())
        );
        assert_eq!(
            verify_body(&token("12345"), &url, b"", signature),
            Err(Refusal::Signature)
        );
    }
}

#[tokio::test]
async fn no_bit_can_be_changed() {
    let (url, body, signature) = delivered().await;
    let params = Params::read(&body);
    let mut tried = 0;
    for bit in 0..body.len() * 8 {
        let mut changed = body.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = Params::read(&changed);
        // `%2b` and `%2B` say the same.
        if changed != params {
            assert_eq!(
                verify(&token(TOKEN), &url, &changed, &signature),
                Err(Refusal::Signature),
                "bit {bit}"
            );
            tried += 1;
        }
    }
    for bit in 0..signature.len() * 8 {
        let mut changed = signature.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = String::from_utf8_lossy(&changed);
        assert_eq!(
            verify(&token(TOKEN), &url, &params, &changed),
            Err(Refusal::Signature),
            "bit {bit}"
        );
        tried += 1;
    }
    for bit in 0..url.len() * 8 {
        let mut changed = url.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = String::from_utf8_lossy(&changed);
        assert_eq!(
            verify(&token(TOKEN), &changed, &params, &signature),
            Err(Refusal::Signature),
            "bit {bit}"
        );
        tried += 1;
    }
    assert!(tried > 3000, "{tried}");
}

/// Anything else that can happen to bytes. What the signature cannot see, a parameter cut elsewhere, must not pass for
/// another message.
#[tokio::test]
async fn no_change_makes_another_message() {
    let (url, body, signature) = delivered().await;
    let original = message(&Params::read(&body), now()).unwrap();
    let mut random = StdRng::seed_from_u64(11);
    let (mut refused, mut same) = (0, 0);
    for _ in 0..20_000 {
        let mut changed = body.clone();
        for _ in 0..random.random_range(1..4) {
            mutate(&mut changed, &mut random);
        }
        let params = Params::read(&changed);
        match verify(&token(TOKEN), &url, &params, &signature)
            .and_then(|()| message(&params, now()))
        {
            Ok(sms) => {
                assert_eq!(sms.message_id, original.message_id);
                same += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(
        refused > 19_000,
        "{refused} refused, {same} the same message"
    );
}

fn mutate(bytes: &mut Vec<u8>, random: &mut StdRng) {
    let at = random.random_range(0..bytes.len());
    let interesting = b"&=+%;#\0 aZ09\xff";
    let octet = interesting[random.random_range(0..interesting.len())];
    match random.random_range(0..5) {
        0 => bytes[at] = octet,
        1 => bytes.insert(at, octet),
        2 => _ = bytes.remove(at),
        3 => {
            let other = random.random_range(0..bytes.len());
            bytes.swap(at, other);
        }
        _ => {
            let end = (at + random.random_range(1..20)).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            let to = random.random_range(0..bytes.len());
            bytes.splice(to..to, piece);
        }
    }
}

#[test]
fn what_is_no_message_is_refused_by_parameter() {
    let good = [
        ("MessageSid", "MM0123456789abcdef0123456789abcdef"),
        ("From", "ACME"),
        ("To", NUMBER),
        ("Body", ""),
    ];
    assert_eq!(message(&form(&good), now()).unwrap().body, "");
    for (name, value) in [
        ("MessageSid", None),
        (
            "MessageSid",
            Some("SM0123456789abcdef0123456789abcdefNumMedia0"),
        ),
        ("MessageSid", Some("CA0123456789abcdef0123456789abcdef")),
        ("From", None),
        ("To", None),
        ("Body", None),
        ("To", Some("whatsapp:+12025550123")),
    ] {
        let pairs: Vec<_> = good
            .into_iter()
            .filter_map(|(known, old)| {
                if known == name {
                    Some((known, value?))
                } else {
                    Some((known, old))
                }
            })
            .collect();
        let error = message(&form(&pairs), now()).unwrap_err();
        assert!(!error.is_about_the_sender());
        assert!(
            error
                .to_string()
                .to_lowercase()
                .contains(&name.to_lowercase()),
            "{name}: {error}"
        );
    }
    let mut twice = good.to_vec();
    twice.push(("Body", "x"));
    assert!(
        message(&form(&twice), now())
            .unwrap_err()
            .to_string()
            .contains("twice")
    );
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
    fn nothing_made_up_passes_or_panics(url in "\\PC{0,60}", body in proptest::collection::vec(any::<u8>(), 0..200), signature in "[A-Za-z0-9+/]{27}=|\\PC{0,40}") {
        let params = Params::read(&body);
        prop_assert_eq!(verify(&token(TOKEN), &url, &params, &signature), Err(Refusal::Signature));
        prop_assert_eq!(verify_body(&token(TOKEN), &url, &body, &signature), Err(Refusal::Signature));
        let _ = message(&params, now());
    }
}
