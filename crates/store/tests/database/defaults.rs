//! A tenant has exactly one default persona, whatever happens in whichever order.

use std::collections::BTreeMap;

use guise_core::ports::{Added, Closed, PersonaStore};
use guise_core::{MailboxId, PersonaId};
use guise_store::Database;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rstest::rstest;
use tokio::task::JoinSet;

use crate::identity::{Home, persona};
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

/// Handles to choose among: few, so that they meet.
const HANDLES: usize = 5;

/// What may happen. A number chooses among the personas that ever were.
#[derive(Clone, Debug)]
enum Deed {
    Create { handle: usize },
    Close(usize),
    SetDefault(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (0..HANDLES).prop_map(|handle| Deed::Create { handle }),
        (0..100_usize).prop_map(Deed::Close),
        (0..100_usize).prop_map(Deed::SetDefault),
    ]
}

/// What must be there.
struct Model {
    /// Active personas by handle.
    active: BTreeMap<String, PersonaId>,
    /// All that ever were.
    ever: Vec<PersonaId>,
    default: PersonaId,
}

impl Model {
    fn is_active(&self, id: PersonaId) -> bool {
        self.active.values().any(|it| *it == id)
    }

    async fn does(&mut self, database: &Database, home: &Home, deed: &Deed, seconds: u64) {
        match *deed {
            Deed::Create { handle } => {
                let handle = format!("h{handle}");
                let one = persona(home.tenant, home.project, &handle);
                let added = database.add_persona(&one, MailboxId::new()).await.unwrap();
                let free = !self.active.contains_key(&handle);
                assert_eq!(added == Added::Added, free);
                if free {
                    self.active.insert(handle, one.id);
                    self.ever.push(one.id);
                } else {
                    assert_eq!(added, Added::HandleTaken);
                }
            }
            Deed::Close(choice) => {
                let id = self.ever[choice % self.ever.len()];
                let closed = database.close_persona(home.tenant, id, at(seconds)).await;
                let expected = if id == self.default {
                    Closed::IsDefault
                } else if self.is_active(id) {
                    Closed::Closed
                } else {
                    Closed::NotFound
                };
                assert_eq!(closed.unwrap(), expected);
                if expected == Closed::Closed {
                    self.active.retain(|_, it| *it != id);
                }
            }
            Deed::SetDefault(choice) => {
                let id = self.ever[choice % self.ever.len()];
                let set = database
                    .set_default(home.tenant, id, at(seconds))
                    .await
                    .unwrap();
                assert_eq!(set.is_some(), self.is_active(id));
                if let Some(set) = set {
                    assert!(set.is_default && set.id == id);
                    self.default = id;
                }
            }
        }
    }

    async fn check(&self, database: &Database, home: &Home) {
        let there = database.personas_of(home.tenant, None).await.unwrap();
        let mut expected: Vec<_> = self.active.values().copied().collect();
        expected.sort_unstable();
        assert_eq!(there.iter().map(|it| it.id).collect::<Vec<_>>(), expected);
        let defaults: Vec<_> = there
            .iter()
            .filter(|it| it.is_default)
            .map(|it| it.id)
            .collect();
        assert_eq!(defaults, [self.default]);
        for id in &self.ever {
            let closed = database.was_closed(home.tenant, *id).await.unwrap();
            assert_eq!(closed, !self.is_active(*id));
        }
    }
}

#[rstest]
#[tokio::test]
async fn any_row_of_deeds_leaves_one_default(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let mut runner = TestRunner::new_with_rng(
                Config::default(),
                TestRng::from_seed(RngAlgorithm::ChaCha, b"the same cases on every machine!"),
            );
            let rows = proptest::collection::vec(deed(), 1..40);
            let cases = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
                300
            } else {
                30
            };
            for case in 0..cases {
                let home = Home::new(db, &format!("tenant {case}")).await;
                let mut model = Model {
                    active: BTreeMap::from([("default".to_owned(), home.default)]),
                    ever: vec![home.default],
                    default: home.default,
                };
                let row = rows.new_tree(&mut runner).unwrap().current();
                for (seconds, deed) in (10..).zip(&row) {
                    model.does(db, &home, deed, seconds).await;
                    model.check(db, &home).await;
                }
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn the_one_that_is_set_is_touched_and_a_second_time_changes_nothing(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let made = home.persona(db, "sarah").await;
            let set = db
                .set_default(home.tenant, made.id, at(5))
                .await
                .unwrap()
                .unwrap();
            assert!(set.is_default);
            assert_eq!(set.updated_at, at(5));
            let again = db.set_default(home.tenant, made.id, at(6)).await.unwrap();
            assert_eq!(again, Some(set));
            let before = db
                .persona(home.tenant, home.default)
                .await
                .unwrap()
                .unwrap();
            assert!(!before.is_default);
            assert_eq!(before.updated_at, at(1), "the one before was not changed");
        })
        .await;
}

/// Two processes change the default and close what may be it.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_contend_leave_one_default(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let home = Home::new(db, "acme").await;
            let rounds = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
                500
            } else {
                50
            };
            let processes = [fresh.connect().await, fresh.connect().await].map(std::sync::Arc::new);
            for round in 0..rounds {
                let one = home.persona(db, &format!("a{round}")).await.id;
                let two = home.persona(db, &format!("b{round}")).await.id;
                let tenant = home.tenant;
                let mut contending = JoinSet::new();
                for (process, [set, close]) in processes.iter().zip([[one, two], [two, one]]) {
                    let process = std::sync::Arc::clone(process);
                    contending.spawn(async move {
                        process.set_default(tenant, set, at(9)).await.unwrap();
                        process.close_persona(tenant, close, at(9)).await.unwrap()
                    });
                }
                contending.join_all().await;
                let there = db.personas_of(tenant, None).await.unwrap();
                assert_eq!(
                    there.iter().filter(|it| it.is_default).count(),
                    1,
                    "{there:?}"
                );
            }
            for process in processes {
                process.close().await;
            }
        })
        .await;
}
