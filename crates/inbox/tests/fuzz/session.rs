//! Whole connections.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases;
use crate::peer::{pieces, run};

/// What clients send, and what they had better not send.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "EHLO client.example\r\n",
        "HELO x\r\n",
        "EHLO\r\n",
        "MAIL FROM:<eve@example.net>\r\n",
        "MAIL FROM:<>\r\n",
        "MAIL FROM:<eve@example.net> SIZE=5000\r\n",
        "MAIL FROM:<eve@example.net> SIZE=10 BODY=8BITMIME SMTPUTF8\r\n",
        "RCPT TO:<ada@example.com>\r\n",
        "RCPT TO:<bob@example.com>\r\n",
        "RCPT TO:<ada@example.net>\r\n",
        "RCPT TO:<@a,@b:ada@example.com>\r\n",
        "DATA\r\n",
        "DATA\r\n.\r\n",
        "\r\n.\r\n",
        ".\r\n",
        "..\r\n",
        ".",
        "\r\n",
        "\r",
        "\n",
        "\r\n.\n",
        "\n.\r\n",
        "\r.\r",
        "RSET\r\n",
        "NOOP\r\n",
        "VRFY ada\r\n",
        "HELP\r\n",
        "STARTTLS\r\n",
        "QUIT\r\n",
        "BDAT 5 LAST\r\n",
        "AUTH LOGIN\r\n",
        "GET / HTTP/1.1\r\n",
        "Subject: hello\r\n\r\n",
        "hello",
        "\0",
        "\u{fe0f}",
        "MAIL FROM:<\"a b\"@example.net>\r\n",
        "RCPT TO:<",
        ">",
        "\"",
        "\\",
        "@",
        " ",
    ])
    .prop_map(|text| text.as_bytes().to_vec());
    prop_oneof![
        12 => known,
        1 => vec(any::<u8>(), 0..40),
        1 => (1_usize..3000).prop_map(|length| vec![b'x'; length]),
    ]
}

/// A connection that often gets as far as a mail.
fn connection() -> impl Strategy<Value = Vec<u8>> {
    let start = prop_oneof![
        3 => Just(&b"EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n"[..]),
        1 => Just(&b"EHLO client.example\r\n"[..]),
        1 => Just(&b""[..]),
    ];
    (start, vec(fragment(), 0..30)).prop_map(|(start, rest)| [start, &rest.concat()].concat())
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Where the network cuts the bytes makes no difference.
    #[test]
    fn pieces_do_not_matter(input in connection(), cuts in vec(any::<usize>(), 0..20)) {
        let whole = run([input.as_slice()]);
        prop_assert_eq!(&run(pieces(&input, &cuts)), &whole);
        prop_assert_eq!(&run(input.chunks(1)), &whole);
    }

    /// A mail takes an end, and its recipients were accepted.
    #[test]
    fn no_mail_without_its_end(input in connection()) {
        let outcome = run([input.as_slice()]);
        let ends = input.windows(5).filter(|window| window == b"\r\n.\r\n").count();
        prop_assert!(outcome.mails.len() <= ends);
        for (recipients, raw) in &outcome.mails {
            prop_assert!(!recipients.is_empty() && recipients.len() <= 3);
            prop_assert!(recipients.iter().all(|recipient| recipient.ends_with("@example.com")));
            prop_assert!(raw.len() <= 2000);
            prop_assert!(raw.is_empty() || raw.ends_with(b"\r\n"));
            let text = String::from_utf8_lossy(raw).replace("\r\n", "");
            prop_assert!(!text.contains(['\r', '\n']), "a bare line end was taken");
        }
    }

    /// Replies are lines, each with a code, and none is endless.
    #[test]
    fn replies_are_replies(input in connection()) {
        let replies = String::from_utf8(run([input.as_slice()]).replies).unwrap();
        prop_assert!(replies.is_empty() || replies.ends_with("\r\n"));
        for line in replies.split_terminator("\r\n") {
            prop_assert!(line.len() <= 510 && !line.contains(['\r', '\n']));
            prop_assert!(line[..3].bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert!(matches!(line.as_bytes()[3], b' ' | b'-'));
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Bytes that make no sense at all.
    #[test]
    fn noise_is_survived(input in vec(any::<u8>(), 0..5000), cuts in vec(any::<usize>(), 0..5)) {
        prop_assert_eq!(run(pieces(&input, &cuts)), run([input.as_slice()]));
    }
}
