//! The audit: what is in it, that it is one chain, and that changes are found.

use std::sync::Arc;

use guise_core::ports::{Actor, Audit, AuditEvent, AuditRows, Deed};
use guise_core::{KeyId, Kind, TenantId};
use guise_secrets::AuditTrail;
use rstest::rstest;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{House, clock};

pub(crate) async fn trail(house: &House) -> AuditTrail {
    AuditTrail::new(
        house.open().await,
        Arc::clone(&house.database) as _,
        clock(),
    )
}

pub(crate) fn event(tenant: Option<TenantId>, subject: &str) -> AuditEvent {
    AuditEvent {
        tenant,
        actor: Actor::Key(KeyId::from_uuid(Uuid::nil())),
        deed: Deed::Reveal,
        subject: subject.to_owned(),
        details: vec![
            ("site", "https://shop.test".to_owned()),
            ("port", "8443".to_owned()),
        ],
    }
}

#[rstest]
#[tokio::test]
async fn a_row_has_hashes_of_facts_and_not_the_facts(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let trail = trail(house).await;
            for subject in ["one", "two"] {
                let event = event(Some(house.tenant), subject);
                trail.record(&event).await.unwrap();
            }
            trail.record(&event(None, "three")).await.unwrap();
            let rows = house.database.rows(house.tenant.as_uuid(), 0, 10).await;
            let rows = rows.unwrap();
            let seen: Vec<_> = rows
                .iter()
                .map(|row| (row.sequence, &*row.subject))
                .collect();
            assert_eq!(seen, [(1, "one"), (2, "two")]);
            assert_eq!(rows[0].deed, "reveal");
            assert!(rows[0].actor.starts_with("key:"));
            // The same facts, the same hashes: they can be looked for.
            assert_eq!(rows[0].details, rows[1].details);
            assert!(rows[0].details.starts_with(r#"[["site","text",""#));
            assert!(rows[0].details.contains(r#"["port","number",""#));
            assert!(!rows[0].details.contains("shop") && !rows[0].details.contains("8443"));
            let others = house.database.rows(Uuid::nil(), 0, 10).await.unwrap();
            assert_eq!(others.len(), 1);
            assert_ne!(others[0].details, rows[0].details);
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_has_no_gap_and_no_fork_however_many_write_at_once(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let trails = [trail(house).await, trail(house).await];
            let tenants = [Some(house.tenant), None];
            let writes = (0..60).map(|number: usize| {
                let event = event(tenants[number / 2 % 2], &number.to_string());
                let trail = &trails[number % 2];
                async move { trail.record(&event).await.unwrap() }
            });
            futures_util::future::join_all(writes).await;
            for chain in [house.tenant.as_uuid(), Uuid::nil()] {
                let rows = house.database.rows(chain, 0, 100).await.unwrap();
                let sequences: Vec<_> = rows.iter().map(|row| row.sequence).collect();
                assert_eq!(sequences, (1..=30).collect::<Vec<_>>());
                let heads = house.database.heads().await.unwrap();
                let head = heads.iter().find(|head| head.chain == chain).unwrap();
                assert_eq!((head.sequence, head.hash), (30, rows[29].hash));
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_kept_is_an_error(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let tree = house.open().await;
            let rows = Arc::clone(&house.database) as Arc<dyn AuditRows>;
            let trail = AuditTrail::new(Arc::clone(&tree), rows, clock());
            house.meddle("ALTER TABLE audit RENAME TO elsewhere").await;
            trail.record(&event(None, "x")).await.unwrap_err();
            house.meddle("ALTER TABLE elsewhere RENAME TO audit").await;
            trail.record(&event(None, "x")).await.unwrap();
            tree.wipe();
            let sealed = trail.record(&event(None, "x")).await.unwrap_err();
            assert_eq!(sealed.kind(), Kind::Sealed);
            let rows = house.database.rows(Uuid::nil(), 0, 10).await.unwrap();
            assert_eq!(rows.len(), 1);
        })
        .await;
}

/// What is done behind the audit's back, and what is found.
const CHANGES: &[(&str, &str)] = &[
    (
        "UPDATE audit SET subject = 'x' WHERE sequence = 5",
        "row 5 is not as",
    ),
    (
        "UPDATE audit SET at = at + 1 WHERE sequence = 5",
        "row 5 is not as",
    ),
    (
        "UPDATE audit SET actor = 'operator' WHERE sequence = 5",
        "row 5 is not as",
    ),
    (
        "UPDATE audit SET deed = 'fill' WHERE sequence = 1",
        "row 1 is not as",
    ),
    (
        "UPDATE audit SET details = '[]' WHERE sequence = 20",
        "row 20 is not as",
    ),
    (
        "UPDATE audit SET hash = (SELECT hash FROM audit AS o WHERE o.sequence = 6) WHERE sequence = 5",
        "row 5 is not as",
    ),
    ("DELETE FROM audit WHERE sequence = 5", "row 5 is missing"),
    (
        "DELETE FROM audit WHERE sequence BETWEEN 1 AND 4",
        "rows 1 to 4 are missing",
    ),
    (
        "DELETE FROM audit WHERE sequence > 17",
        "rows 18 to 20 are missing at its end",
    ),
    ("DELETE FROM audit", "rows 1 to 20 are missing at its end"),
    ("DELETE FROM audit_heads", "noted end is missing"),
    ("UPDATE audit_heads SET sequence = 19", "noted end is not"),
    // Swaps of two rows' contents, and a removal that closes the gap.
    (
        "UPDATE audit SET subject = CASE sequence WHEN 5 THEN '6' ELSE '5' END WHERE sequence IN (5, 6)",
        "row 5 is not as",
    ),
    (
        "UPDATE audit SET sequence = CASE sequence WHEN 5 THEN -1 ELSE sequence END;
         UPDATE audit SET sequence = 5 WHERE sequence = 6;
         UPDATE audit SET sequence = 6 WHERE sequence = -1",
        "row 5 is not as",
    ),
    (
        "DELETE FROM audit WHERE sequence = 20; UPDATE audit_heads SET sequence = 19,
         hash = (SELECT hash FROM audit WHERE sequence = 19)",
        "row 20 is missing, which was there when",
    ),
    (
        "DELETE FROM audit; DELETE FROM audit_heads",
        "whole chain is missing",
    ),
];

/// Rows can be changed after this, as by whoever owns the database.
async fn unlock(house: &House, backend: Backend) {
    for trigger in ["audit_rows_stay_as_they_are", "audit_rows_stay"] {
        let on = if backend == Postgres { " ON audit" } else { "" };
        house.meddle(format!("DROP TRIGGER {trigger}{on}")).await;
    }
}

#[rstest]
#[tokio::test]
async fn every_change_is_found(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let trail = trail(house).await;
            for number in 1..=20 {
                trail
                    .record(&event(None, &number.to_string()))
                    .await
                    .unwrap();
            }
            let good = trail.verify("").await.unwrap();
            assert_eq!(good.faults, []);
            assert_eq!((good.chains, good.rows, good.anchors), (1, 20, 0));
            let anchors = good.due;
            assert_eq!(anchors.lines().count(), 1);
            let again = trail.verify(&anchors).await.unwrap();
            assert_eq!((again.anchors, &*again.due), (1, ""), "one a day");

            unlock(house, backend).await;
            house
                .meddle("CREATE TABLE audit_copy AS SELECT * FROM audit")
                .await;
            house
                .meddle("CREATE TABLE heads_copy AS SELECT * FROM audit_heads")
                .await;
            for (change, found) in CHANGES {
                for statement in change.split(';') {
                    house.meddle(statement).await;
                }
                let verified = trail.verify(&anchors).await.unwrap();
                let faults: Vec<_> = verified.faults.iter().map(ToString::to_string).collect();
                assert!(
                    faults.iter().any(|fault| fault.contains(found)),
                    "{change}: {faults:?}"
                );
                assert_eq!(verified.due, "");
                for restore in [
                    "DELETE FROM audit",
                    "DELETE FROM audit_heads",
                    "INSERT INTO audit SELECT * FROM audit_copy",
                    "INSERT INTO audit_heads SELECT * FROM heads_copy",
                ] {
                    house.meddle(restore).await;
                }
            }
            assert_eq!(trail.verify(&anchors).await.unwrap().faults, []);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn rows_cannot_be_changed_by_accident(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let trail = trail(house).await;
            trail.record(&event(None, "x")).await.unwrap();
            for change in ["UPDATE audit SET subject = 'y'", "DELETE FROM audit"] {
                let refused = house.try_meddle(change).await.unwrap_err();
                assert!(refused.contains("are never"), "{refused}");
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn anchors_are_chained_and_told_when_they_were_changed(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let trail = trail(house).await;
            let tenants = [None, Some(house.tenant), Some(house.new_tenant("b").await)];
            for tenant in tenants {
                trail.record(&event(tenant, "x")).await.unwrap();
            }
            let anchors = trail.verify("").await.unwrap().due;
            let lines: Vec<_> = anchors.lines().collect();
            assert_eq!(lines.len(), 3);
            let found = async |text: String| {
                let verified = trail.verify(&text).await.unwrap();
                verified
                    .faults
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
            };
            assert_eq!(found(anchors.clone()).await, [""; 0]);
            let edited = anchors.replacen(" 1 ", " 9 ", 1);
            assert!(found(edited).await[0].contains("line 1"));
            let removed = format!("{}\n{}\n", lines[0], lines[2]);
            assert!(found(removed).await[0].contains("line 2"));
            let swapped = format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]);
            assert_eq!(found(swapped).await.len(), 3);
            assert!(found(format!("{anchors}rubbish\n")).await[0].contains("line 4"));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn ten_thousand_rows_hide_no_change(#[values(Sqlite, Postgres)] backend: Backend) {
    let whole = std::env::var_os("GUISE_TEST_SOAK").is_some();
    let count: u64 = if whole { 10_000 } else { 1_000 };
    backend
        .run(async |house| {
            let trail = trail(house).await;
            for number in 0..count {
                trail
                    .record(&event(None, &number.to_string()))
                    .await
                    .unwrap();
            }
            let good = trail.verify("").await.unwrap();
            assert_eq!((good.rows, good.faults.len()), (count, 0));
            unlock(house, backend).await;
            for sequence in [1, 2, 999, 1000, count / 2, count] {
                house
                    .meddle(format!(
                        "UPDATE audit SET subject = subject || 'x' WHERE sequence = {sequence}"
                    ))
                    .await;
            }
            let bad = trail.verify("").await.unwrap();
            assert!(bad.faults.len() >= 5, "{:?}", bad.faults);
        })
        .await;
}
