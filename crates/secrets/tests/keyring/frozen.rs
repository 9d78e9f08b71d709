//! A whole installation of the first version: its keys, a value and its audit must open for ever.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use guise_core::ports::{
    AuditHead, AuditRow, AuditRows as _, InstanceKeyRow, KeyRows as _, Keyring as _, Place,
    RootWrap, Sealed, TenantStore as _, WrappedKey,
};
use guise_core::{Secret, Tenant, TenantId, Timestamp};
use guise_secrets::{AuditTrail, Passphrase, RootSource};
use rstest::rstest;
use serde_json::Value;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::clock;

/// Bytes are hexadecimal digits, times microseconds. Made once; never changed.
const INSTALLATION: &str = include_str!("../frozen/installation-v1.json");

const PASSPHRASE: &str = "correct horse battery";

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn time(value: &Value) -> Timestamp {
    Timestamp::from_micros(value.as_i64().unwrap())
}

fn instance(value: &Value) -> InstanceKeyRow {
    let wraps = value["wraps"].as_array().unwrap().iter();
    InstanceKeyRow {
        id: id(&value["id"]),
        check: array(&value["check"]),
        pepper: bytes(&value["pepper"]),
        made_at: time(&value["made_at"]),
        wraps: wraps
            .map(|wrap| RootWrap {
                source_kind: text(&wrap["kind"]),
                source_id: text(&wrap["id"]),
                wrapped: bytes(&wrap["wrapped"]),
            })
            .collect(),
    }
}

fn wrapped(value: &Value, tenant: TenantId) -> WrappedKey {
    WrappedKey {
        id: id(&value["id"]),
        parent: id(&value["parent"]),
        tenant,
        owner: id(&value["owner"]),
        wrapped: bytes(&value["wrapped"]),
        check: array(&value["check"]),
        made_at: time(&value["made_at"]),
    }
}

#[rstest]
#[tokio::test]
async fn an_installation_of_the_first_version_opens(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let frozen: Value = serde_json::from_str(INSTALLATION).unwrap();
            let db = &house.database;
            let tenant = TenantId::from_uuid(id(&frozen["tenant"]));
            let named = Tenant {
                id: tenant,
                name: "frozen".to_owned(),
                created_at: Timestamp::from_micros(0),
            };
            assert!(db.add_tenant(&named).await.unwrap());
            assert!(db.found(&instance(&frozen["instance_key"])).await.unwrap());
            let tenant_key = wrapped(&frozen["tenant_key"], tenant);
            assert!(db.add_tenant_key(&tenant_key).await.unwrap());
            let data_key = wrapped(&frozen["data_key"], tenant);
            assert!(db.add_data_key(&data_key).await.unwrap());
            for row in frozen["audit"].as_array().unwrap() {
                let next = |head: &AuditHead| AuditRow {
                    chain: head.chain,
                    sequence: head.sequence + 1,
                    at: time(&row["at"]),
                    actor: text(&row["actor"]),
                    deed: text(&row["deed"]),
                    subject: text(&row["subject"]),
                    details: text(&row["details"]),
                    hash: array(&row["hash"]),
                };
                db.append(id(&row["chain"]), &next).await.unwrap();
            }

            let path = house.path("frozen.key");
            fs::write(&path, bytes(&frozen["key_file"])).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let passphrase = Passphrase::new(Some(Secret::new(PASSPHRASE.to_owned())));
            let sources: [Arc<dyn RootSource>; 2] =
                [house.file("frozen.key"), Arc::new(passphrase)];
            let value = &frozen["value"];
            let place = Place {
                tenant,
                owner: data_key.owner,
                kind: "credential",
                row: id(&value["row"]),
                version: value["version"].as_u64().unwrap(),
            };
            let sealed = Sealed {
                data_key: data_key.id,
                envelope: bytes(&value["envelope"]),
            };
            for source in sources {
                let tree = house.try_open(&[source]).await.unwrap();
                let plain = tree.open(&place, &sealed).await.unwrap();
                assert_eq!(**plain, *bytes(&value["plain"]));
                let digest = tree.digest("an-api-key-of-the-first-version").unwrap();
                assert_eq!(digest.0, array(&frozen["digest"]));
                let trail = AuditTrail::new(tree, Arc::clone(db) as _, clock());
                let anchors = frozen["anchors"].as_str().unwrap();
                let verified = trail.verify(anchors).await.unwrap();
                assert_eq!(verified.faults, []);
                assert!(verified.rows >= 3 && verified.anchors >= 2);
            }
        })
        .await;
}
