//! Blobs on disk.

#![expect(clippy::unwrap_used, reason = "a failure ends the test")]

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use guise_core::Kind;
use guise_core::ports::{Blobs, ByteStream};
use guise_store::DiskBlobs;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::task::JoinSet;

fn stream(bytes: impl Into<Vec<u8>>) -> ByteStream {
    Box::pin(io::Cursor::new(bytes.into()))
}

/// All files below a folder but the lock.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name() != Some("lock".as_ref()) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn bytes_come_back_until_they_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DiskBlobs::open(folder.path()).await.unwrap();
    for key in ["a", "pictures/0190/7.jpeg", "a/b", "a-b_c.d"] {
        assert_eq!(blobs.get(key).await.unwrap(), None);
        assert!(blobs.open(key).await.unwrap().is_none());
        blobs
            .put(key, Bytes::from(format!("first {key}")))
            .await
            .unwrap();
        blobs
            .put(key, Bytes::from(format!("of {key}")))
            .await
            .unwrap();
    }
    for key in ["a", "pictures/0190/7.jpeg", "a/b", "a-b_c.d"] {
        let expected = format!("of {key}");
        assert_eq!(
            blobs.get(key).await.unwrap(),
            Some(Bytes::from(expected.clone()))
        );
        let mut read = String::new();
        blobs
            .open(key)
            .await
            .unwrap()
            .unwrap()
            .read_to_string(&mut read)
            .await
            .unwrap();
        assert_eq!(read, expected);
        blobs.delete(key).await.unwrap();
        blobs.delete(key).await.unwrap();
        assert_eq!(blobs.get(key).await.unwrap(), None);
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_stream_is_measured_and_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DiskBlobs::open(folder.path()).await.unwrap();
    // The hash of "abc" is the example of FIPS 180-4.
    let abc = blobs.put_stream("abc", stream("abc"), 3).await.unwrap();
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(abc, (3, hash.to_owned()));
    let (length, hash) = blobs.put_stream("none", stream(""), 0).await.unwrap();
    assert_eq!((length, &hash[..8]), (0, "e3b0c442"));

    let long: Vec<u8> = (0..1_000_003_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let (length, _) = blobs
        .put_stream("long", stream(long.clone()), 1_000_003)
        .await
        .unwrap();
    assert_eq!(length, 1_000_003);
    assert_eq!(blobs.get("long").await.unwrap(), Some(Bytes::from(long)));
}

#[tokio::test]
async fn too_many_bytes_leave_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DiskBlobs::open(folder.path()).await.unwrap();
    blobs
        .put("key", Bytes::from_static(b"before"))
        .await
        .unwrap();
    let endless: ByteStream = Box::pin(tokio::io::repeat(7));
    let error = blobs
        .put_stream("key", endless, 1_000_000)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::TooLarge);
    assert!(error.message().contains("1000000 bytes"), "{error}");
    assert_eq!(
        blobs.get("key").await.unwrap(),
        Some(Bytes::from_static(b"before"))
    );
    assert_eq!(files(folder.path()).len(), 1);
}

/// Gives some bytes, then fails or waits for ever.
struct Breaking {
    left: usize,
    fails: bool,
}

impl AsyncRead for Breaking {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let part = self.left.min(buffer.remaining());
        buffer.put_slice(&vec![1; part]);
        self.left -= part;
        match (part, self.fails) {
            (0, true) => Poll::Ready(Err(io::Error::other("the client went away"))),
            (0, false) => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DiskBlobs::open(folder.path()).await.unwrap();
    let breaking = Box::pin(Breaking {
        left: 600_000,
        fails: true,
    });
    let error = blobs
        .put_stream("key", breaking, u64::MAX)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("the client went away"), "{error}");

    let waiting = Box::pin(Breaking {
        left: 600_000,
        fails: false,
    });
    let call = blobs.put_stream("key", waiting, u64::MAX);
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(200), call).await;
    assert!(given_up.is_err());
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("blobs");
    let blobs = DiskBlobs::open(&root).await.unwrap();
    let long = "x".repeat(201);
    for key in [
        "", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "a..b", ".", ".a", "a/.b", "a b",
        "a+b", "a\\b", "a\0b", "ä", "a\nb", &long,
    ] {
        let errors = [
            blobs.put(key, Bytes::new()).await.err(),
            blobs.put_stream(key, stream(""), 1).await.err(),
            blobs.get(key).await.err(),
            blobs.open(key).await.err(),
            blobs.delete(key).await.err(),
        ];
        for error in errors {
            assert_eq!(
                error.map(|error| error.kind()),
                Some(Kind::Internal),
                "{key:?}"
            );
        }
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    blobs.put(&long[1..], Bytes::new()).await.unwrap();
}

#[tokio::test]
async fn nobody_else_may_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data/blobs");
    fs::create_dir_all(&root).unwrap();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
    let blobs = DiskBlobs::open(&root).await.unwrap();
    blobs.put("a/b", Bytes::from_static(b"x")).await.unwrap();
    blobs.put_stream("c", stream("x"), 1).await.unwrap();

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let kept = files(&root);
    assert_eq!(kept.len(), 2);
    for path in &kept {
        assert_eq!(mode(path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
    assert_eq!(mode(&root), 0o700);
    assert_eq!(mode(&root.join("lock")), 0o600);
}

#[tokio::test]
async fn leftovers_go_only_when_nobody_may_be_writing_them() {
    let folder = tempfile::tempdir().unwrap();
    let running = DiskBlobs::open(folder.path()).await.unwrap();
    running.put("kept", Bytes::from_static(b"x")).await.unwrap();
    let leftover = folder.path().join("unfinished/leftover");
    fs::write(&leftover, "half").unwrap();

    let beside = DiskBlobs::open(folder.path()).await.unwrap();
    assert!(leftover.exists(), "the first may still be writing it");
    drop((running, beside));

    let again = DiskBlobs::open(folder.path()).await.unwrap();
    assert!(!leftover.exists());
    assert_eq!(
        again.get("kept").await.unwrap(),
        Some(Bytes::from_static(b"x"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_one_blob_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Arc::new(DiskBlobs::open(folder.path()).await.unwrap());
    blobs
        .put("key", Bytes::from(vec![0; 300_000]))
        .await
        .unwrap();
    let mut tasks = JoinSet::new();
    for number in 1..=4_u8 {
        let blobs = Arc::clone(&blobs);
        tasks.spawn(async move {
            for _ in 0..10 {
                blobs
                    .put("key", Bytes::from(vec![number; 300_000]))
                    .await
                    .unwrap();
                let read = blobs.get("key").await.unwrap().unwrap();
                assert_eq!(read.len(), 300_000);
                assert!(read.iter().all(|byte| *byte == read[0]));
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = DiskBlobs::open(file.join("blobs")).await.err().unwrap();
    assert!(
        error.message().contains(&file.display().to_string()),
        "{error}"
    );
}
