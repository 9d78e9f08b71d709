//! Everything has an end.

use guise_inbox::Limits;

use crate::support::Peer;

fn greeted(limits: Limits) -> Peer {
    let mut peer = Peer::with(limits);
    peer.send("EHLO client.example\r\n");
    peer
}

#[test]
fn a_mail_that_is_too_large_is_refused_while_it_comes() {
    let limits = Limits {
        mail_bytes: 1000,
        ..Limits::default()
    };
    let mut peer = greeted(limits.clone());
    peer.send("MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n");
    let line = format!("{}\r\n", "x".repeat(98));
    assert_eq!(peer.send(line.repeat(11)), "");
    assert_eq!(peer.code("."), "552");
    assert!(!peer.closed && peer.mails.is_empty());

    // Who goes on and on is not waited for.
    let mut peer = greeted(limits);
    peer.send("MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n");
    assert!(peer.send(line.repeat(30)).starts_with("552 5.3.4 "));
    assert!(peer.closed);
}

#[test]
fn a_gigabyte_takes_no_room() {
    let mut peer = Peer::in_data();
    let part = vec![b'x'; 1024 * 1024];
    let mut sent = 0;
    while !peer.closed && sent < 1024 {
        peer.send(&part);
        sent += 1;
    }
    assert!(
        sent <= 51,
        "closed after twice the limit, not after {sent} MiB"
    );
    assert!(peer.mails.is_empty());
}

#[test]
fn recipients_are_put_off_beyond_the_limit() {
    let mut peer = greeted(Limits {
        recipients: 2,
        ..Limits::default()
    });
    peer.code("MAIL FROM:<>");
    assert_eq!(peer.code("RCPT TO:<ada@example.com>"), "250");
    assert_eq!(peer.code("RCPT TO:<bob@example.com>"), "250");
    assert_eq!(peer.code("RCPT TO:<ada@example.com>"), "452");
    assert_eq!(peer.code("DATA"), "354");
}

#[test]
fn a_connection_has_so_many_mails() {
    let mut peer = greeted(Limits {
        mails_per_connection: 2,
        ..Limits::default()
    });
    let mail = "MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nhi\r\n.\r\n";
    assert!(
        peer.send(mail.repeat(3))
            .contains("421 4.7.0 Enough mails for one connection")
    );
    assert!(peer.closed);
    assert_eq!(peer.mails.len(), 2);
}

#[test]
fn errors_are_counted() {
    let mut peer = Peer::greeted();
    peer.code("MAIL FROM:<>");
    for _ in 0..10 {
        assert_eq!(peer.code("RCPT TO:<guess@example.com>"), "550");
    }
    assert!(
        peer.send("RCPT TO:<guess@example.com>\r\n")
            .contains("421 4.7.0 Too many errors")
    );
    assert!(peer.closed);
}

#[test]
fn commands_that_lead_to_nothing_are_counted() {
    let mut peer = Peer::greeted();
    let replies = peer.send("NOOP\r\n".repeat(1000));
    assert!(replies.ends_with("421 4.7.0 Too many commands without a mail\r\n"));
    assert!(peer.closed && replies.lines().count() <= 102);
}

#[test]
fn a_command_has_its_length() {
    let mut peer = Peer::greeted();
    assert_eq!(peer.code(&format!("NOOP {}", "x".repeat(4089))), "250");
    assert_eq!(peer.code(&format!("NOOP {}", "x".repeat(4090))), "500");
    assert_eq!(peer.code(&format!("NOOP {}", "x".repeat(1_000_000))), "500");
    assert_eq!(peer.code("NOOP"), "250");
}

#[test]
fn all_mails_share_one_memory() {
    let mut peer = greeted(Limits {
        memory_bytes: 1000,
        ..Limits::default()
    });
    let mail = |size: usize| {
        format!(
            "MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n{}\r\n.\r\n",
            "x".repeat(size)
        )
    };
    assert!(peer.send(mail(2000)).contains("452 4.3.1 "));
    assert!(peer.send(mail(900)).contains("250 2.0.0 "));
    assert!(
        peer.send(mail(900)).contains("250 2.0.0 "),
        "what was delivered takes no room"
    );
}
