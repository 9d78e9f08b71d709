//! The content of a mail, beside a second way to read it.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases;
use crate::peer::run;

const START: &[u8] =
    b"EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n";

/// What becomes of a mail's content.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// It has not ended.
    Unfinished,
    /// It is delivered, and this follows.
    Mail(Vec<u8>),
    /// It has a bare line end.
    Refused,
}

/// As RFC 5321, 4.1.1.4 and 4.5.2 have it, read off the whole instead of byte by byte.
fn expected(content: &[u8]) -> Expected {
    let with_start = [b"\r\n", content].concat();
    let Some(end) = with_start
        .windows(5)
        .position(|window| window == b"\r\n.\r\n")
    else {
        return Expected::Unfinished;
    };
    let content = &with_start[..end + 2];
    let mut lines = Vec::new();
    let mut rest = content;
    while let Some(at) = rest.windows(2).position(|window| window == b"\r\n") {
        lines.push(&rest[..at]);
        rest = &rest[at + 2..];
    }
    if lines
        .iter()
        .any(|line| line.contains(&b'\r') || line.contains(&b'\n'))
    {
        return Expected::Refused;
    }
    // The first is what DATA's own line end made.
    let mail = lines[1..]
        .iter()
        .flat_map(|line| [line.strip_prefix(b".").unwrap_or(line), b"\r\n"].concat());
    Expected::Mail(mail.collect())
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "\r\n",
        "\r",
        "\n",
        ".",
        "a",
        "\r\n.",
        ".\r\n",
        "\r\n.\r\n",
        "..",
        "\0",
        "hello",
    ]);
    // Most have only whole line ends.
    let tame = prop::sample::select(vec![
        "\r\n",
        ".",
        "a",
        "\r\n.",
        ".\r\n",
        "..",
        "hello",
        "\r\n..\r\n",
    ]);
    prop_oneof![vec(piece, 0..30), vec(tame, 0..30)].prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn content_is_read_right(content in content(), finish in any::<bool>()) {
        let mut content = content;
        if finish {
            content.extend(b"\r\n.\r\n");
        }
        let input = [START, &content].concat();
        let outcome = run([input.as_slice()]);
        match expected(&content) {
            Expected::Unfinished => prop_assert!(outcome.mails.is_empty()),
            Expected::Mail(mail) => {
                prop_assert_eq!(outcome.mails.len(), 1);
                prop_assert_eq!(&outcome.mails[0].1, &mail);
            }
            Expected::Refused => {
                prop_assert!(outcome.over && outcome.mails.is_empty());
                let replies = String::from_utf8(outcome.replies).unwrap();
                prop_assert!(replies.contains("550 5.6.0 "));
            }
        }
    }

    /// What a client stuffs comes out as it was.
    #[test]
    fn dots_survive_the_transport(lines in vec("[.a ]{0,5}", 0..20)) {
        let stuffed: String = lines
            .iter()
            .map(|line| if line.starts_with('.') { format!(".{line}\r\n") } else { format!("{line}\r\n") })
            .collect();
        let input = [START, stuffed.as_bytes(), b".\r\n"].concat();
        let plain: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let outcome = run([input.as_slice()]);
        prop_assert_eq!(&outcome.mails[0].1, plain.as_bytes());
    }
}
