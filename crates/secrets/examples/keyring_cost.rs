//! What keys cost: sealing, opening and replacing, on a SQLite file of its own.
//!
//! `--values N` (100000 when absent) over one owner for each ten of them. Prints one line of JSON: rates a second,
//! microseconds, seconds.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for measuring: it ends at the first thing that goes wrong, and prints what it found"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use guise_core::ports::{Audit, Clock, Keyring as _, Place, SystemClock, TenantStore as _};
use guise_core::{Tenant, TenantId};
use guise_secrets::{AuditTrail, KeyFile, KeyTree, RootSource, Rotation};
use guise_store::Database;
use serde_json::json;
use uuid::Uuid;

const KIND: &str = "credential";
const PLAIN: &[u8] =
    br#"{"username":"ada@example.test","password":"correct horse battery staple"}"#;

#[tokio::main]
async fn main() {
    let values = values();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", folder.path().join("guise.db").display());
    let database = Arc::new(Database::connect(&address).await.unwrap());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let tenant = TenantId::new();
    let named = Tenant {
        id: tenant,
        name: "acme".to_owned(),
        created_at: clock.now(),
    };
    assert!(database.add_tenant(&named).await.unwrap());
    let source: Arc<dyn RootSource> = Arc::new(KeyFile::at(&folder.path().join("instance.key")));
    let sources = [source];
    let open = async || {
        let rows = Arc::clone(&database) as _;
        let tree = KeyTree::open_or_found(rows, Arc::clone(&clock), &sources, None).await;
        Arc::new(tree.unwrap())
    };
    let tree = open().await;

    let began = Instant::now();
    for number in 0..values {
        let place = place(tenant, number);
        let sealed = tree.seal(&place, PLAIN).await.unwrap();
        database.put_sealed_value(&place, &sealed).await.unwrap();
    }
    let filled = began.elapsed();

    let opened = opening(&tree, &database, tenant, values).await;
    let trail = AuditTrail::new(open().await, Arc::clone(&database) as _, Arc::clone(&clock));
    let audit = Arc::new(trail) as Arc<dyn Audit>;
    let rotation = Rotation::new(open().await, Arc::clone(&database) as _, audit);

    let began = Instant::now();
    rotation.root(&sources).await.unwrap();
    let root = began.elapsed();
    let began = Instant::now();
    rotation.instance(&sources).await.unwrap();
    let instance = began.elapsed();
    let began = Instant::now();
    rotation.tenant(tenant, &mut |_| ()).await.unwrap();
    let of_tenant = began.elapsed();

    let stop = Arc::new(AtomicBool::new(false));
    let reads = Arc::new(AtomicU64::new(0));
    let reader = tokio::spawn({
        let (tree, database) = (open().await, Arc::clone(&database));
        let (stop, reads) = (Arc::clone(&stop), Arc::clone(&reads));
        async move {
            while !stop.load(Ordering::Relaxed) {
                let number = reads.fetch_add(1, Ordering::Relaxed) * 7919 % values;
                read(&tree, &database, tenant, number).await;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    let began = Instant::now();
    let rotated = rotation.data(&mut |_| ()).await.unwrap();
    let data = began.elapsed();
    stop.store(true, Ordering::Relaxed);
    reader.await.unwrap();
    assert_eq!(rotated.unreadable, 0);
    database.close().await;

    let result = json!({
        "values": values,
        "sealed_and_kept_per_second": values as f64 / filled.as_secs_f64(),
        "open": opened,
        "rotate_root_seconds": root.as_secs_f64(),
        "rotate_instance_seconds": instance.as_secs_f64(),
        "rotate_tenant_seconds": of_tenant.as_secs_f64(),
        "rotate_data_seconds": data.as_secs_f64(),
        "rotate_data_values": rotated.values,
        "reads_meanwhile": reads.load(Ordering::Relaxed),
    });
    println!("{result}");
}

/// Opening alone on one thread, and reading from the database beside it.
async fn opening(
    tree: &KeyTree,
    database: &Database,
    tenant: TenantId,
    values: u64,
) -> serde_json::Value {
    let (place, sealed) = found(database, tenant, 0).await;
    let count = 20_000;
    let began = Instant::now();
    for _ in 0..count {
        tree.open(&place, &sealed).await.unwrap();
    }
    let alone = began.elapsed();
    let mut times: Vec<_> = Vec::new();
    for number in 0..20_000 {
        let began = Instant::now();
        read(tree, database, tenant, number * 7919 % values).await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let micros = |share: f64| times[(times.len() as f64 * share) as usize].as_micros();
    json!({
        "alone_per_second": f64::from(count) / alone.as_secs_f64(),
        "with_reading_p50_us": micros(0.5),
        "with_reading_p95_us": micros(0.95),
        "with_reading_p99_us": micros(0.99),
    })
}

async fn read(tree: &KeyTree, database: &Database, tenant: TenantId, number: u64) {
    let (place, sealed) = found(database, tenant, number).await;
    assert_eq!(**tree.open(&place, &sealed).await.unwrap(), *PLAIN);
}

async fn found(
    database: &Database,
    tenant: TenantId,
    number: u64,
) -> (Place, guise_core::ports::Sealed) {
    let row = place(tenant, number).row;
    let found = database.sealed_value(tenant, row, KIND).await.unwrap();
    found.expect("it was kept")
}

fn place(tenant: TenantId, number: u64) -> Place {
    Place {
        tenant,
        owner: Uuid::from_u128(u128::from(number / 10)),
        kind: KIND,
        row: Uuid::from_u128(u128::from(number)),
        version: 1,
    }
}

fn values() -> u64 {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => 100_000,
        Some("--values") => {
            let count = arguments.next().expect("--values takes a number");
            count.parse().expect("--values takes a number")
        }
        Some(other) => panic!("unknown argument {other}: expected --values N"),
    }
}
