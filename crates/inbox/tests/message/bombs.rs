//! Mails that are built to exhaust whoever reads them.

use std::fmt::Write as _;

use bytes::Bytes;
use guise_inbox::Message;

const LARGEST: usize = 25 * 1024 * 1024;

fn read(raw: impl Into<Bytes>) -> Message {
    Message::parse(&raw.into())
}

#[test]
fn multiparts_ten_thousand_deep() {
    let mut raw = String::new();
    for n in 0..10_000 {
        write!(
            raw,
            "Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
        )
        .unwrap();
    }
    raw.push_str("\r\nthe bottom\r\n");
    let message = read(raw);
    assert!(message.truncated);
    assert_eq!(message.text, "");
}

#[test]
fn mails_in_mails_ten_thousand_deep() {
    let raw = format!(
        "{}the bottom",
        "Content-Type: message/rfc822\r\n\r\n".repeat(10_000)
    );
    let message = read(raw);
    assert_eq!(message.attachments.len(), 1);
}

#[test]
fn encoded_mails_in_encoded_mails() {
    let mut raw = b"Subject: bottom\r\n\r\nx".to_vec();
    for _ in 0..20 {
        let body: String = raw.iter().map(|byte| format!("={byte:02X}")).collect();
        let head =
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
        raw = format!("{head}{body}").into_bytes();
        if raw.len() > LARGEST / 3 {
            break;
        }
    }
    assert_eq!(read(raw).attachments.len(), 1);
}

#[test]
fn a_million_headers() {
    let message = read(format!(
        "{}Subject: late\r\n\r\nhello",
        "A: b\r\n".repeat(1_000_000)
    ));
    assert!(message.truncated);
    assert_eq!(
        (message.subject.as_str(), message.text.as_str()),
        ("", "hello")
    );
}

#[test]
fn one_header_of_many_megabytes() {
    let message = read(format!(
        "Subject: {}\r\n\r\nhello",
        "x ".repeat(LARGEST / 2 - 100)
    ));
    assert!(message.truncated && message.subject.len() <= 64 * 1024);
    for name in [
        "From",
        "To",
        "References",
        "Content-Type",
        "Date",
        "Received",
        "Content-Disposition",
    ] {
        for filler in [
            "(",
            "<",
            "\"",
            ",",
            ";",
            "=?",
            "=?UTF-8?Q?",
            "=?aa?q? ",
            "a;b=",
            ":",
            "\r\n ",
            "=?utf-8?B?",
            "\\",
        ] {
            let value = filler.repeat(100_000 / filler.len());
            read(format!("{name}: {value}\r\n\r\nhello"));
        }
    }
}

#[test]
fn a_hundred_thousand_parts() {
    let part = "--x\r\nContent-Disposition: attachment\r\n\r\na\r\n";
    let message = read(format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n{}",
        part.repeat(100_000)
    ));
    assert!(message.truncated);
    assert_eq!(message.attachments.len(), 500);
}

#[test]
fn text_that_grows_when_it_is_decoded() {
    let head = "Content-Type: text/plain; charset=windows-1252\r\n\r\n";
    let raw = [head.as_bytes(), &vec![0x80; LARGEST - head.len()]].concat();
    let message = read(raw);
    assert!(message.truncated);
    assert!(message.text.len() <= 8 * 1024 * 1024);
}

#[test]
fn html_that_is_hard_to_read() {
    for piece in [
        "<div>",
        "<a>",
        "<table>",
        "<a href=x>",
        "<p a=1 b=2 ",
        "&amp",
        "<!-",
        "<![CDATA[",
    ] {
        let body = piece.repeat(4 * 1024 * 1024 / piece.len());
        read(format!("Content-Type: text/html\r\n\r\n{body}"));
    }
}

/// The parser of fields takes time in proportion to the square of their length, so long ones are cut; what stands behind them is
/// read all the same.
#[test]
fn long_fields_are_cut() {
    let long = "=?aa?q? ".repeat(7_000);
    let message = read(format!(
        "Subject: {long}\r\nFrom: eve@example.com\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\nContent-Disposition: attachment; filename=\"{long}\"\r\nContent-ID: <a@b>\r\n\r\nabc\r\n--x--\r\n"
    ));
    assert!(message.truncated);
    assert!(
        message.subject.len() <= 8 * 1024,
        "{}",
        message.subject.len()
    );
    assert_eq!(message.from.unwrap().address, "eve@example.com");
    let [attachment] = message.attachments.as_slice() else {
        panic!("{:?}", message.attachments);
    };
    assert!(
        attachment
            .name
            .as_ref()
            .is_none_or(|name| name.len() <= 1024)
    );
    assert_eq!(attachment.content_id.as_deref(), Some("a@b"));
    assert_eq!(&attachment.bytes[..], b"abc");
    let short = read("Subject: hi\r\n\r\nhello".to_owned());
    assert!(!short.truncated);
}
