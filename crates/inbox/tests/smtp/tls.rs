//! STARTTLS, as far as the protocol goes.

use crate::support::Peer;

#[test]
fn what_was_sent_ahead_is_dropped() {
    let mut peer = Peer::greeted();
    let ahead =
        "MAIL FROM:<eve@example.net>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\ninjected\r\n.\r\n";
    assert_eq!(
        peer.send(format!("STARTTLS\r\n{ahead}")),
        "220 2.0.0 Go ahead\r\n"
    );
    assert!(peer.wants_tls);
    assert_eq!(peer.send(ahead), "", "nothing counts until TLS is on");
    peer.encrypted();
    assert_eq!(peer.send(""), "");
    assert!(peer.mails.is_empty());
}

#[test]
fn what_was_said_in_the_clear_is_forgotten() {
    let mut peer = Peer::greeted();
    peer.send("MAIL FROM:<eve@example.net>\r\nRCPT TO:<ada@example.com>\r\nSTARTTLS\r\n");
    peer.encrypted();
    assert_eq!(peer.code("DATA"), "503");
    assert_eq!(
        peer.code("MAIL FROM:<eve@example.net>"),
        "503",
        "even the hello"
    );
    assert!(!peer.send("EHLO client.example\r\n").contains("STARTTLS"));
    assert_eq!(peer.code("STARTTLS"), "503");
    peer.send("MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nhi\r\n.\r\n");
    assert!(peer.mails[0].tls);
}
