//! What is found out about which mail.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use guise_inbox::{Authenticate, Authentication, DnsChecks, Incoming, Outcome};
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use mail_parser::decoders::base64::base64_decode;
use rstest::rstest;

use crate::dns::{Known, NameServer};

/// The key pair of RFC 8463, A.2.
const SECRET: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

const MAIL: &str =
    "From: Eve <eve@example.net>\r\nTo: ada@example.com\r\nSubject: hi\r\n\r\nhello\r\n";

fn text(text: &str) -> Known {
    Known::Text(text.to_owned())
}

fn signed() -> String {
    let key = Ed25519Key::from_seed_and_public_key(
        &base64_decode(SECRET.as_bytes()).unwrap(),
        &base64_decode(PUBLIC.as_bytes()).unwrap(),
    )
    .unwrap();
    let signer = DkimSigner::from_key(key)
        .domain("example.net")
        .selector("s1")
        .headers(["From", "To", "Subject"]);
    let signature = signer.sign(MAIL.as_bytes()).unwrap().to_header();
    format!("{signature}{MAIL}")
}

fn incoming(sender: Option<&str>, raw: &str) -> Incoming {
    Incoming {
        peer: "203.0.113.7:2500".parse().unwrap(),
        helo: "mx.example.net".to_owned(),
        tls: false,
        sender: sender.map(|sender| sender.parse().unwrap()),
        recipients: vec!["ada@example.com".parse().unwrap()],
        raw: Bytes::from(raw.to_owned()),
        authentication: Authentication::default(),
    }
}

async fn check(records: &[(&str, Known)], mail: &Incoming) -> Authentication {
    let server = NameServer::start(records).await;
    let checks = DnsChecks::with_servers(&[server.address], Duration::from_secs(10)).unwrap();
    checks.authenticate(mail).await
}

#[rstest]
#[case(text("v=spf1 ip4:203.0.113.0/24 -all"), Outcome::Pass)]
#[case(text("v=spf1 a:out.example.net -all"), Outcome::Pass)]
#[case(text("v=spf1 ip4:198.51.100.0/24 -all"), Outcome::Fail)]
#[case(text("v=spf1 ~all"), Outcome::SoftFail)]
#[case(text("v=spf1 ?all"), Outcome::Neutral)]
#[case(text("nothing of the kind"), Outcome::None)]
#[case(text("v=spf1 ip4:nonsense -all"), Outcome::PermError)]
#[case(Known::Failure, Outcome::TempError)]
#[tokio::test]
async fn spf(#[case] record: Known, #[case] outcome: Outcome) {
    let records = [
        ("example.net", record),
        ("out.example.net", Known::Address([203, 0, 113, 7])),
    ];
    let found = check(&records, &incoming(Some("eve@example.net"), MAIL)).await;
    assert_eq!(found.spf, outcome);
    assert_eq!((found.dkim, found.dmarc), (Outcome::None, Outcome::None));
}

#[tokio::test]
async fn a_notice_is_judged_by_the_name_that_the_peer_gave_itself() {
    let records = [("mx.example.net", text("v=spf1 ip4:203.0.113.7 -all"))];
    assert_eq!(
        check(&records, &incoming(None, MAIL)).await.spf,
        Outcome::Pass
    );
}

#[tokio::test]
async fn a_good_signature() {
    let key = text(&format!("v=DKIM1; k=ed25519; p={PUBLIC}"));
    let records = [
        ("s1._domainkey.example.net", key),
        ("_dmarc.example.net", text("v=DMARC1; p=reject")),
    ];
    let found = check(&records, &incoming(Some("bounce@example.org"), &signed())).await;
    assert_eq!(found.dkim, Outcome::Pass);
    assert_eq!(found.dkim_domains, ["example.net"]);
    assert_eq!(found.dmarc, Outcome::Pass);
    assert_eq!(found.spf, Outcome::None);
}

#[tokio::test]
async fn a_signature_of_another_mail() {
    let key = text(&format!("v=DKIM1; k=ed25519; p={PUBLIC}"));
    let records = [
        ("s1._domainkey.example.net", key),
        ("_dmarc.example.net", text("v=DMARC1; p=none")),
    ];
    for changed in [
        signed().replace("hello", "hullo"),
        signed().replace("Subject: hi", "Subject: ho"),
    ] {
        let found = check(&records, &incoming(Some("eve@example.net"), &changed)).await;
        assert_eq!(found.dkim, Outcome::Fail);
        assert!(found.dkim_domains.is_empty());
        assert_eq!(found.dmarc, Outcome::Fail);
    }
}

#[rstest]
#[case(None, Outcome::PermError)]
#[case(Some(Known::Failure), Outcome::TempError)]
#[case(Some(text("v=DKIM1; k=ed25519; p=")), Outcome::PermError)]
#[tokio::test]
async fn a_signature_whose_key_is_not_there(#[case] key: Option<Known>, #[case] outcome: Outcome) {
    let records: Vec<_> = key
        .into_iter()
        .map(|key| ("s1._domainkey.example.net", key))
        .collect();
    let found = check(&records, &incoming(Some("eve@example.net"), &signed())).await;
    assert_eq!(found.dkim, outcome);
}

#[tokio::test]
async fn a_domain_that_is_not_the_senders() {
    let records = [
        ("example.org", text("v=spf1 ip4:203.0.113.7 -all")),
        ("_dmarc.example.net", text("v=DMARC1; p=quarantine")),
    ];
    let found = check(&records, &incoming(Some("eve@example.org"), MAIL)).await;
    assert_eq!((found.spf, found.dmarc), (Outcome::Pass, Outcome::Fail));
}

#[tokio::test]
async fn a_name_server_that_says_nothing_costs_the_limit() {
    let server = NameServer::start(&[("example.net", Known::Silence)]).await;
    let checks = DnsChecks::with_servers(&[server.address], Duration::from_millis(200)).unwrap();
    let before = Instant::now();
    let found = checks
        .authenticate(&incoming(Some("eve@example.net"), MAIL))
        .await;
    assert_eq!(
        (found.spf, found.dkim, found.dmarc),
        (Outcome::TempError, Outcome::TempError, Outcome::TempError)
    );
    assert!(before.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_mail_full_of_signatures_asks_a_bounded_number_of_questions() {
    let signatures: String = (0..1000)
        .map(|n| {
            let signature = signed();
            let header = signature.split("From: ").next().unwrap_or_default();
            header.replace("s1", &format!("s{n}"))
        })
        .take(100)
        .collect();
    let server = NameServer::start(&[]).await;
    let checks = DnsChecks::with_servers(&[server.address], Duration::from_secs(10)).unwrap();
    let found = checks
        .authenticate(&incoming(
            Some("eve@example.net"),
            &format!("{signatures}{MAIL}"),
        ))
        .await;
    assert_ne!(found.dkim, Outcome::Pass);
    let asked = server.asked.load(Ordering::Relaxed);
    assert!(asked <= 40, "{asked} questions");
}

#[tokio::test]
async fn headers_without_end_are_not_gone_through() {
    let raw = format!("{}{MAIL}", "A: b\r\n".repeat(100_000));
    let found = check(&[], &incoming(Some("eve@example.net"), &raw)).await;
    assert_eq!(
        (found.dkim, found.dmarc),
        (Outcome::PermError, Outcome::PermError)
    );
}
