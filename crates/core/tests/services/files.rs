//! Files that callers hand in.

use std::sync::atomic::Ordering;

use guise_core::ports::ByteStream;
use guise_core::services::MAX_FILE_BYTES;
use guise_core::{Area, Kind};
use tokio::io::AsyncReadExt as _;

use crate::support::{House, somebody};

fn bytes(content: &'static str) -> ByteStream {
    Box::pin(content.as_bytes())
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_put() {
    let house = House::new();
    let tenant = house.caller.tenant;
    let put = house
        .files
        .put(tenant, Area::Uploads, "ä b.txt", bytes("one"));
    let file = put.await.unwrap();
    assert_eq!(file.size, 3);
    let got = house
        .files
        .get(tenant, Area::Uploads, "ä b.txt")
        .await
        .unwrap();
    assert_eq!(got, file);
    let mut content = String::new();
    let mut stream = house.files.open(&got).await.unwrap();
    stream.read_to_string(&mut content).await.unwrap();
    assert_eq!(content, "one");
    assert_eq!(
        house.files.list(tenant, Area::Uploads).await.unwrap(),
        [file]
    );
}

#[tokio::test]
async fn a_replaced_files_bytes_are_forgotten() {
    let house = House::new();
    let tenant = house.caller.tenant;
    let put = async |content| {
        let put = house.files.put(tenant, Area::Uploads, "a", bytes(content));
        put.await.unwrap()
    };
    let first = put("one").await;
    put("two").await;
    assert_eq!(house.blobs.count(), 1);
    let gone = house.files.open(&first).await.err().unwrap();
    assert_eq!(gone.kind(), Kind::NotFound);
}

#[tokio::test]
async fn another_tenants_file_is_not_found() {
    let house = House::new();
    let tenant = house.caller.tenant;
    house
        .files
        .put(tenant, Area::Uploads, "a", bytes("one"))
        .await
        .unwrap();
    let stranger = somebody().tenant;
    let error = house
        .files
        .get(stranger, Area::Uploads, "a")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(house.files.list(stranger, Area::Uploads).await.unwrap(), []);
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let house = House::new();
    let tenant = house.caller.tenant;
    let long = "a".repeat(256);
    for name in ["", ".", "..", "a/b", "a\\b", "a\nb", &long] {
        let put = house.files.put(tenant, Area::Uploads, name, bytes("one"));
        assert_eq!(put.await.unwrap_err().kind(), Kind::Invalid, "{name:?}");
    }
    assert_eq!(house.blobs.count(), 0);
}

#[tokio::test]
async fn a_file_that_is_too_large_leaves_nothing() {
    let house = House::new();
    let tenant = house.caller.tenant;
    let endless = Box::pin(tokio::io::repeat(0).take(MAX_FILE_BYTES + 1));
    let put = house.files.put(tenant, Area::Uploads, "a", endless).await;
    assert_eq!(put.unwrap_err().kind(), Kind::TooLarge);
    assert_eq!(house.blobs.count(), 0);
}

#[tokio::test]
async fn bytes_whose_row_cannot_be_written_are_forgotten() {
    let house = House::new();
    let tenant = house.caller.tenant;
    house.store.fails("put_file");
    let put = house
        .files
        .put(tenant, Area::Uploads, "a", bytes("one"))
        .await;
    assert_eq!(put.unwrap_err().kind(), Kind::Internal);
    assert_eq!(house.blobs.count(), 0);
    house.blobs.fails.store(true, Ordering::Relaxed);
    let put = house
        .files
        .put(tenant, Area::Uploads, "a", bytes("one"))
        .await;
    assert_eq!(put.unwrap_err().message(), "blobs");
}
