//! Whoever sends mail: the few lines of SMTP that it takes.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

/// Sends one mail; gives the code of the first refusal, or 250.
pub async fn send(server: SocketAddr, to: &[&str], mail: &str) -> u16 {
    let mut stream = BufStream::new(TcpStream::connect(server).await.unwrap());
    assert_eq!(reply(&mut stream).await, 220);
    let mut lines = vec![
        ("EHLO sender.example".to_owned(), 250),
        ("MAIL FROM:<shop@sender.example>".to_owned(), 250),
    ];
    lines.extend(to.iter().map(|to| (format!("RCPT TO:<{to}>"), 250)));
    lines.push(("DATA".to_owned(), 354));
    for (line, expected) in lines {
        let code = say(&mut stream, &line).await;
        if code != expected {
            return code;
        }
    }
    let text: Vec<&str> = mail.lines().collect();
    let code = say(&mut stream, &format!("{}\r\n.", text.join("\r\n"))).await;
    say(&mut stream, "QUIT").await;
    code
}

/// A mail with a code in it.
pub fn code_mail(code: &str) -> String {
    format!(
        "From: The Shop <no-reply@shop.example>\nTo: you\nSubject: Your code\nMessage-ID: <{code}@shop.example>\n\n\
         Hello,\nyour verification code is {code}.\nIt is valid for ten minutes.\n"
    )
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str) -> u16 {
    stream.write_all(line.as_bytes()).await.unwrap();
    stream.write_all(b"\r\n").await.unwrap();
    stream.flush().await.unwrap();
    reply(stream).await
}

async fn reply(stream: &mut BufStream<TcpStream>) -> u16 {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.get(..3).unwrap_or_default().parse().unwrap();
        }
    }
}
