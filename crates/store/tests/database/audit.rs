//! Rows of the audit, on both databases.

use guise_core::ports::{AuditHead, AuditRow, AuditRows as _};
use rstest::rstest;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

/// The row after `head`. Its hash shows what it follows.
fn next(head: &AuditHead) -> AuditRow {
    let mut hash = head.hash;
    hash[0] += 1;
    AuditRow {
        chain: head.chain,
        sequence: head.sequence + 1,
        at: at(head.sequence),
        actor: "operator".to_owned(),
        deed: "rotate".to_owned(),
        subject: "Ünïcode \u{1F600}".to_owned(),
        details: r#"[["a","text","00"]]"#.to_owned(),
        hash,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_row_follows_the_one_before_however_many_write(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, fresh| {
            let chains = [Uuid::nil(), Uuid::from_u128(7)];
            let mut tasks = JoinSet::new();
            for number in 0..8 {
                let other = fresh.connect().await;
                tasks.spawn(async move {
                    for _ in 0..5 {
                        other.append(chains[number % 2], &next).await.unwrap();
                    }
                    other.close().await;
                });
            }
            tasks.join_all().await;
            for chain in chains {
                let rows = db.rows(chain, 0, 100).await.unwrap();
                assert_eq!(rows.len(), 20);
                for (index, row) in rows.iter().enumerate() {
                    assert_eq!(row.sequence, index as u64 + 1);
                    assert_eq!(u64::from(row.hash[0]), row.sequence);
                }
                assert_eq!(db.rows(chain, 18, 100).await.unwrap(), rows[18..]);
                assert_eq!(db.rows(chain, 5, 3).await.unwrap(), rows[5..8]);
            }
            let heads = db.heads().await.unwrap();
            let seen: Vec<_> = heads
                .iter()
                .map(|head| (head.chain, head.sequence))
                .collect();
            assert_eq!(seen, chains.map(|chain| (chain, 20)));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_row_that_is_not_kept_moves_nothing(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            db.append(Uuid::nil(), &next).await.unwrap();
            let twice = |head: &AuditHead| AuditRow {
                sequence: head.sequence,
                ..next(head)
            };
            db.append(Uuid::nil(), &twice).await.unwrap_err();
            db.append(Uuid::nil(), &next).await.unwrap();
            assert_eq!(db.rows(Uuid::nil(), 0, 9).await.unwrap().len(), 2);
            assert_eq!(db.heads().await.unwrap()[0].sequence, 2);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_chain_without_a_noted_end_is_listed(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            db.append(Uuid::nil(), &next).await.unwrap();
            fresh.meddle("DELETE FROM audit_heads").await;
            let heads = db.heads().await.unwrap();
            assert_eq!((heads.len(), heads[0].sequence), (1, 0));
        })
        .await;
}
