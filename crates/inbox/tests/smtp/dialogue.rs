//! What is said to which command.

use rstest::rstest;

use crate::support::Peer;

#[test]
fn a_mail_comes_in() {
    let mut peer = Peer::new();
    assert_eq!(peer.send(""), "220 mx.example.com ESMTP\r\n");
    assert_eq!(
        peer.send("EHLO client.example\r\n"),
        "250-mx.example.com greets you\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n\
         250-SIZE 26214400\r\n250-SMTPUTF8\r\n250 STARTTLS\r\n"
    );
    assert_eq!(
        peer.code("MAIL FROM:<Eve@Example.NET> SIZE=100 BODY=8BITMIME"),
        "250"
    );
    assert_eq!(peer.code("RCPT TO:<ada@EXAMPLE.com>"), "250");
    assert_eq!(peer.code("RCPT TO:<bob@example.com>"), "250");
    assert_eq!(peer.code("RCPT TO:<ada@example.com>"), "250");
    assert_eq!(peer.code("DATA"), "354");
    assert_eq!(
        peer.send("Subject: hi\r\n\r\n..\r\nhello\r\n.\r\n"),
        "250 2.0.0 The mail is kept\r\n"
    );
    assert_eq!(peer.code("QUIT"), "221");
    assert!(peer.closed);

    let [mail] = peer.mails.as_slice() else {
        panic!("one mail");
    };
    assert_eq!(mail.peer.to_string(), "192.0.2.1:2500");
    assert_eq!(mail.helo, "client.example");
    assert!(!mail.tls);
    assert_eq!(mail.sender.as_ref().unwrap().to_string(), "Eve@example.net");
    let recipients: Vec<_> = mail.recipients.iter().map(ToString::to_string).collect();
    assert_eq!(recipients, ["ada@example.com", "bob@example.com"]);
    assert_eq!(mail.raw, "Subject: hi\r\n\r\n.\r\nhello\r\n");
}

#[test]
fn several_mails_on_one_connection_all_in_one_piece() {
    let mail = "MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nhi\r\n.\r\n";
    let mut peer = Peer::greeted();
    let replies = peer.send(format!("{mail}{mail}QUIT\r\n"));
    let codes: Vec<_> = replies.lines().map(|line| &line[..3]).collect();
    assert_eq!(
        codes,
        [
            "250", "250", "354", "250", "250", "250", "354", "250", "221"
        ]
    );
    assert_eq!(peer.mails.len(), 2);
    assert!(peer.mails[0].sender.is_none());
}

#[rstest]
#[case("NOOP", "250")]
#[case("noop and more", "250")]
#[case("RSET", "250")]
#[case("VRFY ada", "252")]
#[case("HELP", "214")]
#[case("HELO client.example", "250")]
#[case("EHLO", "501")]
#[case("EXPN list", "502")]
#[case("AUTH PLAIN AGEAYg==", "502")]
#[case("ETRN example.com", "502")]
#[case("LHLO client.example", "502")]
#[case("XYZZY", "500")]
#[case("", "500")]
#[case("MAIL", "501")]
#[case("MAIL FROM:eve@example.net", "501")]
#[case("MAIL FROM:<eve>", "501")]
#[case("MAIL FROM:<eve@@example.net>", "501")]
#[case("MAIL FROM:<eve@[192.0.2.1]>", "501")]
#[case("MAIL FROM:<\"a@b\"@example.net>", "553")]
#[case("MAIL FROM:<eve@example.net> SIZE=26214401", "552")]
#[case("MAIL FROM:<eve@example.net> SIZE=999999999999", "552")]
#[case("MAIL FROM:<eve@example.net> BODY=BINARYMIME", "555")]
#[case("MAIL FROM:<eve@example.net> BODY=X", "501")]
#[case("MAIL FROM:<eve@example.net> RET=FULL", "555")]
#[case("MAIL FROM:<eve@example.net> REQUIRETLS", "555")]
#[case("MAIL FROM:<eve@example.net> AUTH=<>", "555")]
#[case("MAIL FROM:<eve@example.net> NONSENSE=1", "555")]
#[case("MAIL FROM:<évé@example.net>", "553")]
#[case("MAIL FROM:<évé@example.net> SMTPUTF8", "250")]
#[case("MAIL FROM:<eve@example.net>", "250")]
#[case("RCPT TO:<ada@example.com>", "503")]
#[case("DATA", "503")]
fn before_a_mail(#[case] command: &str, #[case] code: &str) {
    let mut peer = Peer::greeted();
    assert_eq!(peer.code(command), code);
    assert!(!peer.closed);
}

#[rstest]
#[case("RCPT TO:<ada@example.com>", "250")]
#[case("rcpt to:<ada@example.com>", "250")]
#[case("RCPT TO:<postmaster>", "250")]
#[case("RCPT TO:<Postmaster>", "250")]
#[case("RCPT TO:<nobody@example.com>", "550")]
#[case("RCPT TO:<full@example.com>", "452")]
#[case("RCPT TO:<later@example.com>", "451")]
#[case("RCPT TO:<>", "553")]
#[case("RCPT TO:ada@example.com", "501")]
#[case("RCPT TO:<ädä@example.com>", "553")]
#[case("RCPT TO:<ada@example.com> NOTIFY=NEVER", "555")]
#[case("RCPT TO:<ada@example.com> ORCPT=rfc822;ada@example.com", "555")]
#[case("DATA", "554")]
#[case("MAIL FROM:<mallory@example.net>", "503")]
fn inside_a_mail(#[case] command: &str, #[case] code: &str) {
    let mut peer = Peer::greeted();
    assert_eq!(peer.code("MAIL FROM:<eve@example.net>"), "250");
    assert_eq!(peer.code(command), code);
}

#[test]
fn addresses_beyond_ascii_need_to_be_announced() {
    let mut peer = Peer::greeted();
    peer.code("MAIL FROM:<> SMTPUTF8");
    assert_eq!(peer.code("RCPT TO:<ädä@example.com>"), "250");
    assert_eq!(
        peer.send(b"RCPT TO:<\xff@example.com>\r\n"),
        "500 5.5.2 A command is printable text, beyond ASCII in UTF-8\r\n"
    );
}

#[test]
fn hello_comes_first_and_begins_anew() {
    let mut peer = Peer::new();
    assert_eq!(peer.code("MAIL FROM:<eve@example.net>"), "503");
    peer.code("EHLO client.example");
    peer.code("MAIL FROM:<eve@example.net>");
    peer.code("EHLO client.example");
    assert_eq!(peer.code("RCPT TO:<ada@example.com>"), "503");
    peer.code("MAIL FROM:<eve@example.net>");
    peer.code("RSET");
    assert_eq!(peer.code("RCPT TO:<ada@example.com>"), "503");
}

#[test]
fn a_mail_that_cannot_be_kept_is_put_off() {
    let mut peer = Peer::in_data();
    peer.keeps = false;
    assert_eq!(peer.code("hi\r\n."), "451");
    assert!(peer.mails.is_empty());
    assert_eq!(peer.code("NOOP"), "250", "the next may be better off");
}

#[test]
fn content_that_could_be_taken_for_commands_ends_it() {
    for command in ["BDAT 10 LAST", "BURL imap://example.net LAST"] {
        let mut peer = Peer::greeted();
        assert_eq!(peer.code(command), "502");
        assert!(peer.closed);
    }
}

#[test]
fn a_browser_is_sent_away() {
    let mut peer = Peer::new();
    let body = "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nhi\r\n.\r\n";
    let replies = peer.send(format!(
        "POST / HTTP/1.1\r\nHost: mx.example.com:25\r\n\r\n{body}"
    ));
    assert!(
        replies.ends_with("521 5.5.1 This is a mail server\r\n"),
        "{replies}"
    );
    assert!(peer.closed && peer.mails.is_empty());
}
