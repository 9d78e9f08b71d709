//! Mails hidden in mails: what another server may take for the end of one, and we must not.

use crate::support::Peer;

/// What some server takes for the end of a mail. Only the last line is one.
const ENDS: [&str; 24] = [
    "\n.\n",
    "\n.\r\n",
    "\r\n.\n",
    "\r.\r",
    "\r.\r\n",
    "\r\n.\r",
    "\n.\r",
    "\r.\n",
    "\r\r\n.\r\r\n",
    "\r\n\r.\r\n",
    "\n\n.\r\n",
    "\r\n.\r\r\n",
    "\r\r\n.\r\n",
    "\r\n\n.\n\r\n",
    "\r\n\0.\r\n",
    "\r\n.\0\r\n",
    "\r\n .\r\n",
    "\r\n. \r\n",
    "\r\n..\r\n",
    "\r\n.\t\r\n",
    "\r\n\u{feff}.\r\n",
    "\u{85}.\u{85}",
    "\u{2028}.\u{2028}",
    "\r\n=2E\r\n",
];

const SECOND: &str = "MAIL FROM:<admin@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nFrom: admin@example.com\r\n\r\nsmuggled";

#[test]
fn nothing_but_the_end_is_the_end() {
    let mut refused = 0;
    for end in ENDS {
        let mut peer = Peer::in_data();
        let replies = peer.send(format!("Subject: first\r\n\r\nhello{end}{SECOND}\r\n.\r\n"));
        assert!(peer.mails.len() <= 1, "{end:?} ended a mail: {replies}");
        let has_bare = end.replace("\r\n", "").contains(['\r', '\n']);
        if has_bare {
            assert!(replies.starts_with("550 5.6.0 "), "{end:?}: {replies}");
            assert!(peer.closed && peer.mails.is_empty(), "{end:?} was taken");
            refused += 1;
        } else {
            let mail = peer.mails.pop().expect("it is text like any other");
            assert!(
                mail.raw.ends_with(b"smuggled\r\n"),
                "{end:?}: the second mail is a part of the first"
            );
        }
    }
    println!(
        "{} forms, {refused} refused, the rest harmless; 0 second mails",
        ENDS.len()
    );
}

#[test]
fn the_same_in_any_pieces() {
    for end in ENDS {
        let whole = format!("hello{end}{SECOND}\r\n.\r\n");
        let mut at_once = Peer::in_data();
        let expected = at_once.send(&whole);
        let mut in_bytes = Peer::in_data();
        let replies: String = whole
            .as_bytes()
            .iter()
            .map(|byte| in_bytes.send([*byte]))
            .collect();
        assert_eq!(replies, expected, "{end:?}");
        assert_eq!(in_bytes.mails.len(), at_once.mails.len());
    }
}

#[test]
fn a_command_ends_with_cr_lf() {
    for command in [
        "NOOP\n",
        "NOOP\rNOOP\r\n",
        "MAIL FROM:<>\nRCPT TO:<ada@example.com>\r\n",
    ] {
        let mut peer = Peer::greeted();
        let replies = peer.send(command);
        assert_eq!(
            replies,
            "500 5.5.2 A line ends with CR and LF together, nothing else\r\n"
        );
        assert!(peer.closed);
    }
}

#[test]
fn an_address_brings_no_command() {
    for line in [
        "RCPT TO:<ada@example.com\r\nRCPT TO:<nobody@example.net>",
        "MAIL FROM:<\"eve\r\nRCPT TO:<ada@example.com>\"@example.net>",
    ] {
        let mut peer = Peer::greeted();
        peer.send(format!("{line}\r\nDATA\r\n"));
        assert!(peer.mails.is_empty());
    }
}
