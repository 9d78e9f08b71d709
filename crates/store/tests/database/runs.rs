//! Runs and their steps, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_session, kept_tenant, place, step};
use guise_core::ports::{RunStore, StepStore};
use guise_core::{
    KeyId, ModelUsage, PageRequest, PersonaId, Run, RunEnd, RunFilter, RunId, RunOptions,
    SessionId, StepPlace, TenantId,
};
use rstest::rstest;
use serde_json::json;

pub(crate) fn run(tenant: TenantId, session: SessionId, begun: u64) -> Run {
    Run {
        id: RunId::new(),
        tenant,
        key: KeyId::new(),
        session,
        task: "Buy a \"teapot\" \u{1F600}".to_owned(),
        options: RunOptions {
            url: Some("https://shop.test/".to_owned()),
            response_format: Some(json!({"type": "object"})),
            session_offset: Some(3),
            use_vision: true,
            max_steps: 20,
            max_tokens: Some(5_000),
            instructions: Some("Be \"quick\"\n".to_owned()),
            files: vec!["tea.csv".to_owned()],
            persona: Some(PersonaId::new()),
            vault: None,
        },
        model: "openai/some-model".to_owned(),
        note: Some("another model was wished for".to_owned()),
        usage: ModelUsage::default(),
        created_at: at(begun),
        end: None,
    }
}

fn end(success: bool) -> RunEnd {
    RunEnd {
        at: at(9),
        success,
        answer: "done".to_owned(),
    }
}

#[rstest]
#[tokio::test]
async fn a_run_is_kept_whole_and_ends_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let session = kept_session(db, tenant).await.id;
            let mut one = run(tenant, session, 1);
            db.add_run(&one, "node-1").await.unwrap();
            assert_eq!(db.run(tenant, one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(db.run(other, one.id).await.unwrap(), None);

            one.usage = ModelUsage {
                input_tokens: 1_000,
                cached_tokens: 200,
                output_tokens: 30,
                cost_micros: Some(42),
            };
            assert!(db.note_usage(one.id, &one.usage).await.unwrap());
            one.end = Some(end(true));
            assert_eq!(
                db.end_run(one.id, &end(true)).await.unwrap(),
                Some(one.clone())
            );
            assert_eq!(db.end_run(one.id, &end(false)).await.unwrap(), None);
            assert!(!db.note_usage(one.id, &ModelUsage::default()).await.unwrap());
            assert_eq!(db.run(tenant, one.id).await.unwrap(), Some(one));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_filtered_and_newest_first(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let runs: Vec<_> = (0..3).map(|begun| run(tenant, session, begun)).collect();
            for run in &runs {
                db.add_run(run, "node-1").await.unwrap();
            }
            db.end_run(runs[2].id, &end(true)).await.unwrap();
            let list = async |key, only_active| {
                let filter = RunFilter {
                    tenant,
                    key,
                    only_active,
                };
                let page = PageRequest { page: 1, size: 10 };
                let page = db.runs(&filter, page).await.unwrap();
                page.items.iter().map(|run| run.id).collect::<Vec<_>>()
            };
            assert_eq!(
                list(None, false).await,
                [runs[2].id, runs[1].id, runs[0].id]
            );
            assert_eq!(list(None, true).await, [runs[1].id, runs[0].id]);
            assert_eq!(list(Some(runs[0].key), true).await, [runs[0].id]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_node_finds_its_own_runs_only(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let (mine, theirs) = (run(tenant, session, 1), run(tenant, session, 2));
            db.add_run(&mine, "node-1").await.unwrap();
            db.add_run(&theirs, "node-2").await.unwrap();
            let found = db.runs_of_node("node-1").await.unwrap();
            assert_eq!(found, std::slice::from_ref(&mine));
            assert!(db.end_run(mine.id, &end(false)).await.unwrap().is_some());
            assert_eq!(db.runs_of_node("node-1").await.unwrap(), []);
            assert_eq!(db.runs_of_node("node-2").await.unwrap(), [theirs]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn steps_of_a_run_are_told_apart(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let run = run(tenant, session, 1);
            db.add_run(&run, "node-1").await.unwrap();
            let of_run = |sequence| StepPlace {
                run: Some(run.id),
                ..place(session, sequence)
            };
            db.add_step(place(session, 0), &step(0), None, at(1))
                .await
                .unwrap();
            db.begin_step(of_run(1), &step(100), at(2)).await.unwrap();
            db.add_step(of_run(2), &step(2), None, at(3)).await.unwrap();
            db.begin_step(of_run(3), &step(3), at(4)).await.unwrap();
            db.finish_step(session, 1, &step(1), None).await.unwrap();
            let steps = db.steps_of_run(run.id).await.unwrap();
            let steps: Vec<_> = steps.into_iter().map(|it| it.step.unwrap()).collect();
            assert_eq!(steps, [step(1), step(2)]);
            assert_eq!(db.count_steps(session).await.unwrap(), 3);
        })
        .await;
}
