//! Approvals, on both databases.

use std::time::Duration;

use guise_core::ports::{ApprovalStore, KeyStore, RunStore, SessionEnd, SessionStore};
use guise_core::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalId, ApprovalKind, ApprovalPolicy,
    ApprovalState, ApprovalWish, CloseReason, KeyId, PageRequest, RunEnd, SessionId, Status,
    TenantId, Timestamp,
};
use guise_store::Database;
use rstest::rstest;

use crate::runs::run;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_session, kept_tenant, key};

fn wish(tenant: TenantId, session: SessionId) -> ApprovalWish {
    ApprovalWish {
        tenant,
        session,
        run: None,
        kind: ApprovalKind::Upload,
        subject: "résumé \"1\".pdf".to_owned(),
        site: "jobs.example".to_owned(),
    }
}

async fn asked(db: &Database, wish: &ApprovalWish, now: Timestamp) -> Approval {
    let asked = db.ask_for_approval(ApprovalId::new(), wish, now).await;
    asked.unwrap()
}

fn decision(allowed: bool, at: Timestamp) -> ApprovalDecision {
    let by = KeyId::new();
    ApprovalDecision { allowed, by, at }
}

async fn pending(db: &Database, tenant: TenantId, now: Timestamp) -> Vec<ApprovalId> {
    let filter = ApprovalFilter {
        tenant,
        only_pending: true,
    };
    let page = db.approvals(filter, now, PageRequest::default());
    let page = page.await.unwrap();
    page.items.into_iter().map(|approval| approval.id).collect()
}

#[rstest]
#[tokio::test]
async fn a_policy_asks_for_nothing_until_it_is_set(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let policy = async |tenant| db.approval_policy(tenant).await.unwrap();
            assert_eq!(policy(tenant).await, ApprovalPolicy::default());
            for (purchases, posts_elsewhere, uploads) in [
                (true, false, false),
                (false, true, false),
                (false, false, true),
            ] {
                let wanted = ApprovalPolicy {
                    purchases,
                    posts_elsewhere,
                    uploads,
                };
                db.set_approval_policy(tenant, wanted).await.unwrap();
                assert_eq!(policy(tenant).await, wanted);
            }
            assert_eq!(policy(other).await, ApprovalPolicy::default());
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn one_deed_has_one_approval_that_counts(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let session = kept_session(db, tenant).await.id;
            let wish = wish(tenant, session);
            let first = asked(db, &wish, at(0)).await;
            assert_eq!(
                first,
                Approval {
                    id: first.id,
                    wish: wish.clone(),
                    state: ApprovalState::Pending,
                    created_at: at(0),
                    decided_at: None,
                    decided_by: None,
                }
            );
            assert_eq!(asked(db, &wish, at(5)).await, first);
            assert_eq!(
                db.approval(tenant, first.id, at(5)).await.unwrap().as_ref(),
                Some(&first)
            );
            assert_eq!(db.approval(other, first.id, at(5)).await.unwrap(), None);

            // Whatever differs is something else.
            let kind = ApprovalKind::PostElsewhere;
            let elsewhere = kept_session(db, tenant).await.id;
            for differing in [
                ApprovalWish {
                    kind,
                    ..wish.clone()
                },
                ApprovalWish {
                    subject: "cv.pdf".to_owned(),
                    ..wish.clone()
                },
                ApprovalWish {
                    site: "other.example".to_owned(),
                    ..wish.clone()
                },
                ApprovalWish {
                    session: elsewhere,
                    ..wish.clone()
                },
            ] {
                assert_ne!(asked(db, &differing, at(6)).await.id, first.id);
            }

            let decide = async |tenant, allowed, at| {
                let decision = decision(allowed, at);
                db.decide_approval(tenant, first.id, decision)
                    .await
                    .unwrap()
            };
            assert_eq!(decide(other, true, at(7)).await, None);
            let decided = decide(tenant, true, at(7)).await.unwrap();
            assert_eq!(decided.state, ApprovalState::Approved);
            assert_eq!(decided.decided_at, Some(at(7)));
            assert_eq!(decide(tenant, false, at(8)).await, None);

            // It counts for a while, and then the deed is asked about again.
            let end = at(7).plus(Approval::COUNTS);
            let before = Timestamp::from_micros(end.as_micros() - 1);
            assert_eq!(asked(db, &wish, before).await, decided);
            let second = asked(db, &wish, end).await;
            assert_eq!(second.state, ApprovalState::Pending);
            assert_ne!(second.id, first.id);
            let denied = decision(false, end);
            let denied = db.decide_approval(tenant, second.id, denied).await.unwrap();
            assert_eq!(denied.as_ref().unwrap().state, ApprovalState::Denied);
            assert_eq!(Some(asked(db, &wish, end).await), denied);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn those_that_ask_at_once_get_the_same_approval(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let wish = wish(tenant, session);
            let ask = || asked(db, &wish, at(0));
            let (first, second, third) = tokio::join!(ask(), ask(), ask());
            assert_eq!((&first, &first), (&second, &third));
            assert_eq!(pending(db, tenant, at(0)).await, [first.id]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_nobody_decides_expires_by_itself(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let wish = wish(tenant, session);
            let first = asked(db, &wish, at(0)).await;
            let end = at(0).plus(Approval::WAITS);
            let before = Timestamp::from_micros(end.as_micros() - 1);
            assert_eq!(pending(db, tenant, before).await, [first.id]);
            assert_eq!(pending(db, tenant, end).await, []);
            let kept = async |id, now| db.approval(tenant, id, now).await.unwrap().unwrap();
            assert_eq!(kept(first.id, end).await.state, ApprovalState::Expired);
            let late = db.decide_approval(tenant, first.id, decision(true, end));
            assert_eq!(late.await.unwrap(), None);

            // The same deed is asked about anew, and with its session it is given up.
            let second = asked(db, &wish, end).await;
            assert_ne!(second.id, first.id);
            assert_eq!(second.state, ApprovalState::Pending);
            let closed = SessionEnd {
                status: Status::Closed,
                reason: CloseReason::Manual,
                error: None,
                at: end,
                usage: None,
            };
            db.end_session(session, &closed).await.unwrap().unwrap();
            assert_eq!(pending(db, tenant, end).await, []);
            assert_eq!(kept(second.id, end).await.state, ApprovalState::Expired);
            let late = db.decide_approval(tenant, second.id, decision(true, end));
            assert_eq!(late.await.unwrap(), None);
            assert_eq!(asked(db, &wish, end).await.state, ApprovalState::Expired);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_a_run_waited_for_goes_with_the_run(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let run = run(tenant, session, 0);
            db.add_run(&run, "node-1").await.unwrap();
            let mut wish = wish(tenant, session);
            wish.run = Some(run.id);
            let first = asked(db, &wish, at(0)).await;
            assert_eq!(first.wish.run, Some(run.id));
            assert_eq!(pending(db, tenant, at(1)).await, [first.id]);
            let end = RunEnd {
                at: at(2),
                success: false,
                answer: "stopped".to_owned(),
            };
            db.end_run(run.id, &end).await.unwrap().unwrap();
            assert_eq!(pending(db, tenant, at(3)).await, []);
            wish.run = None;
            let second = asked(db, &wish, at(3)).await;
            assert_ne!(second.id, first.id);
            assert_eq!(pending(db, tenant, at(3)).await, [second.id]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_newest_first_and_in_pages(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let session = kept_session(db, tenant).await.id;
            let mut ids = Vec::new();
            for number in 0..3 {
                let mut wish = wish(tenant, session);
                wish.subject = format!("{number}.pdf");
                ids.push(asked(db, &wish, at(number)).await.id);
            }
            ids.reverse();
            let list = async |tenant, page| {
                let filter = ApprovalFilter {
                    tenant,
                    only_pending: false,
                };
                let now = at(0).plus(Duration::from_hours(3));
                let request = PageRequest { page, size: 2 };
                let page = db.approvals(filter, now, request).await.unwrap();
                let ids = page.items.iter().map(|one| one.id).collect::<Vec<_>>();
                (ids, page.has_next)
            };
            assert_eq!(list(tenant, 1).await, (ids[..2].to_vec(), true));
            assert_eq!(list(tenant, 2).await, (ids[2..].to_vec(), false));
            assert_eq!(list(other, 1).await, (Vec::new(), false));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn keys_that_could_do_everything_still_can(#[values(Sqlite, Postgres)] backend: Backend) {
    let fresh = backend.fresh().await;
    let db = fresh.connect().await;
    let tenant = kept_tenant(&db, "acme").await;
    let keys = [key(tenant, 1), key(tenant, 2)];
    for one in &keys {
        assert!(db.add_key(one).await.unwrap());
    }
    db.close().await;
    // As an earlier version left it.
    for sql in [
        "UPDATE api_keys SET scopes = 'sessions,personas,metrics,vault:reveal'",
        "UPDATE api_keys SET scopes = 'sessions,personas'
         WHERE CAST(id AS TEXT) = (SELECT MAX(CAST(id AS TEXT)) FROM api_keys)",
        "DROP TABLE crawl_pages",
        "DROP TABLE crawls",
        "DROP TABLE approvals",
        "DROP TABLE approval_policies",
        "DELETE FROM _sqlx_migrations WHERE version >= 9",
    ] {
        fresh.meddle(sql).await;
    }
    let db = fresh.connect().await;
    let scopes = async |id| db.key(id).await.unwrap().unwrap().scopes;
    assert_eq!(scopes(keys[0].id).await, guise_core::Scopes::all());
    assert_eq!(scopes(keys[1].id).await.to_string(), "sessions,personas");
    db.close().await;
    fresh.remove().await;
}
