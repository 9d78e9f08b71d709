//! Attempts to have a mail passed on. None is: an address is ours exactly as it stands, or it is unknown.

use crate::support::Peer;

/// Recipients, in the forms that relays have been tricked by.
const FORMS: [&str; 32] = [
    "<victim@example.net>",
    "<victim@EXAMPLE.NET>",
    "<victim@example.net.>",
    "<victim@[192.0.2.9]>",
    "<victim@[127.0.0.1]>",
    "<victim@[IPv6:2001:db8::9]>",
    "<victim@localhost>",
    "<victim@mx.example.com>",
    "<victim@sub.example.com>",
    "<victim@example.com.example.net>",
    "<victim@example.comexample.net>",
    "<ada@example.com@example.net>",
    "<victim@example.net@example.com>",
    "<\"victim@example.net\"@example.com>",
    "<\"victim@example.net\">",
    "<victim%example.net@example.com>",
    "<victim%example.net@[127.0.0.1]>",
    "<\"victim%example.net\"@example.com>",
    "<example.net!victim>",
    "<example.net!victim@example.com>",
    "<\"example.net!victim\"@example.com>",
    "<@example.com:victim@example.net>",
    "<@example.com,@example.org:victim@example.net>",
    "<@mx.example.com:victim%example.org@example.net>",
    "<victim@example.net,ada@example.com>",
    "<victim@example.net> <ada@example.com>",
    "victim@example.net",
    "<victim>",
    "<victim@>",
    "<@example.com>",
    "<victim@example.com\\@example.net>",
    "<|/bin/true@example.com>",
];

#[test]
fn nothing_is_relayed() {
    let senders = [
        "<eve@example.net>",
        "<ada@example.com>",
        "<>",
        "<root@localhost>",
    ];
    let mut tried = 0;
    for sender in senders {
        for form in FORMS {
            let mut peer = Peer::greeted();
            assert_eq!(peer.code(&format!("MAIL FROM:{sender}")), "250");
            let code = peer.code(&format!("RCPT TO:{form}"));
            assert!(code.starts_with('5'), "{sender} to {form}: {code}");
            assert_eq!(peer.code("DATA"), "554");
            assert!(peer.mails.is_empty());
            tried += 1;
        }
    }
    println!("{} forms, {tried} tries, 0 accepted", FORMS.len());
}

#[test]
fn a_route_is_forgotten() {
    let mut peer = Peer::greeted();
    peer.code("MAIL FROM:<@example.org:eve@example.net>");
    assert_eq!(
        peer.code("RCPT TO:<@example.net,@example.org:ada@example.com>"),
        "250"
    );
    peer.send("DATA\r\nhi\r\n.\r\n");
    assert_eq!(peer.mails[0].recipients[0].to_string(), "ada@example.com");
    assert_eq!(
        peer.mails[0].sender.as_ref().unwrap().to_string(),
        "eve@example.net"
    );
}
