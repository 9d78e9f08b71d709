//! How much memory hostile mails take. It is the whole process that is measured: each test is to have one of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use guise_inbox::{
    Address, DeliverError, Delivery, Incoming, Message, Options, Server, Verdict, find,
};

const GIB: usize = 1024 * 1024 * 1024;
const LARGEST: usize = 25 * 1024 * 1024;

struct Everybody;

#[async_trait]
impl Delivery for Everybody {
    async fn recipient(&self, _: &Address) -> Verdict {
        Verdict::Accept
    }

    async fn deliver(&self, mail: Incoming) -> Result<(), DeliverError> {
        black_box(find(&Message::parse(&mail.raw)));
        Ok(())
    }
}

/// The most memory that this process has had, in MiB.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<usize>()
        .unwrap()
        / 1024
}

/// Sends a mail of one GiB as fast as it goes. Gives the last reply, and how much was sent.
fn send_a_gibibyte(to: SocketAddr) -> (String, usize) {
    let mut stream = TcpStream::connect(to).unwrap();
    stream
        .write_all(b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n")
        .unwrap();
    let line = [vec![b'x'; 998], b"\r\n".to_vec()].concat();
    let part = line.repeat(64);
    let mut sent = 0;
    while sent < GIB && stream.write_all(&part).is_ok() {
        sent += part.len();
    }
    let mut replies = Vec::new();
    // The rest may be cut off by the other side, which has stopped to listen.
    let _ = stream.read_to_end(&mut replies);
    (String::from_utf8_lossy(&replies).into_owned(), sent)
}

#[test]
fn a_mail_without_end_takes_a_hundred_mib_at_most() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            ..Options::default()
        };
        let server = Server::bind(options)
            .await
            .unwrap()
            .start(Arc::new(Everybody))
            .unwrap();
        let address = server.local_addr();
        let (replies, sent) = tokio::task::spawn_blocking(move || send_a_gibibyte(address))
            .await
            .unwrap();
        assert!(!replies.contains("250 2.0.0 The mail is kept"), "{replies}");
        println!(
            "one GiB: cut off after {} MiB, peak {} MiB",
            sent / 1024 / 1024,
            peak()
        );
        server.stop().await;
    });
    drop(runtime);
    assert!(peak() <= 100, "{} MiB", peak());
}

#[test]
fn hostile_structures_take_a_hundred_mib_at_most() {
    read(structures());
}

#[test]
fn hostile_texts_take_a_hundred_mib_at_most() {
    read(texts());
}

#[expect(clippy::print_stdout, reason = "it says what it measured")]
fn read(bombs: Vec<Bomb>) {
    for (name, raw) in bombs {
        // Built when it is its turn: it is one mail's memory that is measured.
        let raw = raw();
        assert!(raw.len() <= LARGEST);
        let message = Message::parse(&raw);
        black_box(find(&message));
        println!("{name}: peak {} MiB", peak());
    }
    assert!(peak() <= 100, "{} MiB", peak());
}

type Bomb = (&'static str, Box<dyn Fn() -> Bytes>);

/// A mail of the largest size: its head, a piece again and again, its end.
fn filled(
    name: &'static str,
    head: &'static str,
    piece: &'static [u8],
    end: &'static [u8],
) -> Bomb {
    let build = move || {
        let mut raw = Vec::with_capacity(LARGEST);
        raw.extend_from_slice(head.as_bytes());
        while raw.len() + piece.len() + end.len() <= LARGEST {
            raw.extend_from_slice(piece);
        }
        raw.extend_from_slice(end);
        Bytes::from(raw)
    };
    (name, Box::new(build))
}

/// A mail of parts, each with as many headers as are read, and then of text.
fn parts_of_headers(name: &'static str, start: &'static str, piece: &'static [u8]) -> Bomb {
    let build = move || {
        let mut raw = Vec::with_capacity(LARGEST);
        raw.extend_from_slice(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n");
        let headers = piece.repeat((64 * 1024 - start.len()) / piece.len());
        let part = [b"--x\r\n", start.as_bytes(), &headers, b"\r\n\r\na\r\n"].concat();
        while raw.len() + part.len() <= LARGEST {
            raw.extend_from_slice(&part);
        }
        Bytes::from(raw)
    };
    (name, Box::new(build))
}

/// An attachment, and then as much HTML as is read, of characters that take three bytes instead of one when decoded.
fn attachment_and_text(name: &'static str, before: &'static str, piece: &'static [u8]) -> Bomb {
    let build = move || {
        let text = [
            before.as_bytes(),
            &piece.repeat((8 * 1024 * 1024 - before.len()) / piece.len()),
        ]
        .concat();
        let mut raw = Vec::with_capacity(LARGEST);
        raw.extend_from_slice(
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
            Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        );
        while raw.len() + text.len() + 200 <= LARGEST {
            raw.extend_from_slice(b"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\r\n");
        }
        raw.extend_from_slice(b"--x\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n");
        raw.extend_from_slice(&text);
        Bytes::from(raw)
    };
    (name, Box::new(build))
}

fn structures() -> Vec<Bomb> {
    let deep = || {
        let levels = (0..10_000)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"));
        Bytes::from(levels.collect::<String>())
    };
    let mixed = "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
    vec![
        ("multiparts 10,000 deep", Box::new(deep)),
        filled(
            "mails in mails",
            "",
            b"Content-Type: message/rfc822\r\n\r\n",
            b"",
        ),
        filled("headers", "", b"A: b\r\n", b"\r\nhello"),
        filled("one long header", "Subject: ", b"x ", b"\r\n\r\n"),
        filled("parts", mixed, b"--x\r\n\r\na\r\n", b""),
        parts_of_headers("headers in all parts", "", b"A:\r\n"),
        parts_of_headers(
            "names that grow",
            "Content-Type: image/png; name=\"",
            b"\xff",
        ),
        parts_of_headers(
            "ids that grow",
            "Content-Type: image/png\r\nContent-ID: <",
            b"\xff",
        ),
    ]
}

fn texts() -> Vec<Bomb> {
    let plain = "Content-Type: text/plain\r\n\r\n";
    let html = "Content-Type: text/html\r\n\r\n";
    let legacy = "Content-Type: text/plain; charset=windows-1252\r\n\r\n";
    vec![
        filled("codes", plain, b"code 123456\r\n", b""),
        filled("numbers", plain, b"1 ", b""),
        filled(
            "markup",
            html,
            b"<a href=https://example.com/login?t=1>code</a> 123456 ",
            b"",
        ),
        filled("links", plain, b"https://example.com/login?t=1 ", b""),
        filled("plain text that grows", legacy, b"\x80\x80\r\n", b""),
        filled("HTML that grows", html, b"\x80", b""),
        attachment_and_text("an attachment and HTML", "", b"\x80"),
        attachment_and_text("an attachment and references", "", b"&\x80"),
        attachment_and_text(
            "an attachment and a link",
            "<a href=https://example.com/a>",
            b"\x80",
        ),
    ]
}
