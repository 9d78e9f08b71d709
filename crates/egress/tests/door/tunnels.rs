//! Tunnels through a door.

use crate::support;
use crate::support::{Origin, door, tunnel};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn every_byte_passes_and_counts_and_halves_close_apart() {
    const SIZE: usize = 8 << 20;
    let origin = Origin::raw(|mut socket| async move {
        let mut got = Vec::new();
        // The end of the browser's half is seen, and the other half still works.
        socket.read_to_end(&mut got).await.unwrap();
        socket.write_all(&got).await.unwrap();
        socket.write_all(b"end").await.unwrap();
    })
    .await;
    let door = door("localhost").await;
    let mut browser = tunnel(&door, &format!("site.test:{}", origin.port())).await;
    let data: Vec<u8> = (0..SIZE).map(|i| (i % 251) as u8).collect();
    browser.send(&data).await;
    browser.socket.shutdown().await.unwrap();
    let back = browser.rest().await;
    assert_eq!(back.len(), SIZE + 3);
    assert!(back.starts_with(&data) && back.ends_with(b"end"));
    let traffic = door.traffic();
    assert_eq!(
        (traffic.request_bytes, traffic.response_bytes),
        (SIZE as u64, SIZE as u64 + 3)
    );
}

#[tokio::test]
async fn small_messages_pass_at_once() {
    let origin = Origin::raw(|mut socket| async move {
        let (mut read, mut write) = socket.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
    })
    .await;
    let door = door("localhost").await;
    let mut browser = tunnel(&door, &format!("[::ffff:127.0.0.1]:{}", origin.port())).await;
    for i in 0..200_u32 {
        browser.send(i.to_be_bytes()).await;
        assert_eq!(browser.exact(4).await, i.to_be_bytes());
    }
}

#[tokio::test]
async fn what_the_browser_sends_with_the_request_is_not_lost() {
    let origin = Origin::raw(|mut socket| async move {
        let mut got = [0; 5];
        socket.read_exact(&mut got).await.unwrap();
        socket.write_all(&got).await.unwrap();
    })
    .await;
    let door = door("localhost").await;
    let mut browser = support::Browser::connect(door.port()).await;
    browser
        .send(support::connect(&format!("site.test:{}", origin.port())) + "early")
        .await;
    assert!(browser.head().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(browser.rest().await, b"early");
}
