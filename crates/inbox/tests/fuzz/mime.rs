//! Mails of any structure, and of none.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use guise_inbox::{Message, find};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases;

fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "Subject: =?UTF-8?Q?h=C3=A9?=\r\n",
        "Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\r\n",
        "From: A <a@example.com>, \"b, c\" <b@example.com>\r\n",
        "To: Team: a@example.com, b@example.com;\r\n",
        "From: (((((x)))) <<>>\r\n",
        "Date: Tue, 1 Jul 2025 10:52:37 +0200\r\n",
        "Date: 99 Xxx 99999999999999999999 99:99:99 +9999\r\n",
        "Message-ID: <a@b>\r\n",
        "References: <a@b> <c@d>\r\n",
        "In-Reply-To: a@b\r\n",
        "Content-Type: multipart/mixed; boundary=x\r\n",
        "Content-Type: multipart/alternative; boundary=\"y\"\r\n",
        "Content-Type: multipart/digest; boundary=x\r\n",
        "Content-Type: multipart/mixed\r\n",
        "Content-Type: multipart/mixed; boundary=\"\"\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
        "Content-Type: text/plain; charset=utf-7\r\n",
        "Content-Type: text/plain; charset=utf-16\r\n",
        "Content-Type: text/plain; charset=iso-2022-jp\r\n",
        "Content-Type: message/rfc822\r\n",
        "Content-Type: ;;;=\r\n",
        "Content-Type: image/png; name*0*=UTF-8''a%20; name*1=b\r\n",
        "Content-Disposition: attachment; filename*=UTF-8''%FF%FE\r\n",
        "Content-Disposition: inline\r\n",
        "Content-ID: <c@d>\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n",
        "\r\n",
        "\n",
        "\r\n\r\n",
        "--x\r\n",
        "--x--\r\n",
        "--y\r\n",
        "--y--\r\n",
        "--\r\n",
        "aGVsbG8=\r\n",
        "=C3=A9=\r\n",
        "=\r\n",
        "=Z",
        "<p>Your code is <b>123 456</b>",
        "<a href='https://example.com/verify?t=1'>",
        "</a>",
        "<!--",
        "<script>",
        "<td style=\"display:none\">",
        "&amp;",
        "&#x1F600;",
        "Your code: 482915\r\n",
        "> quoted\r\n",
        "https://example.com/login/abc123 ",
        "\u{200b}",
        "１２３４",
        "\u{1b}$B",
        "+AGE-",
        " ",
        "\t",
    ])
    .prop_map(|text| text.as_bytes().to_vec());
    prop_oneof![10 => known, 1 => vec(any::<u8>(), 0..60)]
}

/// The mails of the corpus.
fn corpus() -> Vec<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/known");
    let mut files: Vec<PathBuf> = ["verification", "ordinary"]
        .iter()
        .flat_map(|kind| fs::read_dir(root.join(kind)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|file| fs::read(file).unwrap())
        .collect()
}

/// Reads a mail as a server does, and checks what must hold of every one.
fn read(raw: Vec<u8>) -> Result<(), TestCaseError> {
    let size = raw.len();
    let message = Message::parse(&Bytes::from(raw));
    prop_assert!(message.attachments.len() <= 500);
    let attached: usize = message
        .attachments
        .iter()
        .map(guise_inbox::Attachment::size)
        .sum();
    prop_assert!(attached <= size);
    prop_assert!(!message.subject.contains(['\r', '\n']));
    let found = find(&message);
    for code in &found.codes {
        prop_assert!((4..=10).contains(&code.value.len()));
        prop_assert!(code.value.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        prop_assert!((1..=100).contains(&code.confidence));
    }
    for link in &found.links {
        let url = link.url.to_ascii_lowercase();
        prop_assert!(
            url.starts_with("http://") || url.starts_with("https://"),
            "{url}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn any_structure_is_read(pieces in vec(fragment(), 0..60)) {
        read(pieces.concat())?;
    }

    /// Mails that were good until something happened to them.
    #[test]
    fn damaged_mails_are_read(
        mail in prop::sample::select(corpus()),
        hits in vec((any::<usize>(), any::<u8>(), 0_usize..200), 0..10),
    ) {
        let mut mail = mail;
        for (at, byte, cut) in hits {
            let at = at % mail.len().max(1);
            match byte % 4 {
                0 => mail.truncate(at),
                1 => drop(mail.drain(at..(at + cut).min(mail.len()))),
                2 => mail.insert(at.min(mail.len()), byte),
                _ => {
                    if let Some(hit) = mail.get_mut(at) {
                        *hit = byte;
                    }
                }
            }
        }
        read(mail)?;
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn noise_is_read(raw in vec(any::<u8>(), 0..3000)) {
        read(raw)?;
    }
}

/// How the lines end makes no difference to what is read.
#[test]
fn line_ends_do_not_matter() {
    for mail in corpus() {
        let with_lf = String::from_utf8_lossy(&mail).replace("\r\n", "\n");
        let with_cr_lf = with_lf.replace('\n', "\r\n");
        let one = Message::parse(&Bytes::from(with_lf));
        let other = Message::parse(&Bytes::from(with_cr_lf));
        assert_eq!(find(&one), find(&other));
        assert_eq!(one.subject, other.subject);
    }
}
