//! Assignments, on both databases.

use guise_core::ports::{AssignmentStore, JourneyStore, PersonaStore, RunStore};
use guise_core::{
    Assignment, AssignmentEnd, AssignmentFilter, AssignmentId, AssignmentOptions, AssignmentState,
    BrowserType, Journey, JourneyId, KeyId, MailboxId, Priority, PromptTemplate, RoleId, Summary,
    Verdict,
};
use guise_store::Database;
use rstest::rstest;

use crate::identity::Home;
use crate::roles::kept_role;
use crate::runs::run;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_session};

/// Whose assignments they are, and how they go about them.
struct Place {
    home: Home,
    role: RoleId,
}

impl Place {
    async fn new(database: &Database, name: &str) -> Self {
        let home = Home::new(database, name).await;
        let role = kept_role(database, home.tenant, "quick").await.id;
        Self { home, role }
    }

    /// One that waits.
    fn assignment(&self, name: &str) -> Assignment {
        Assignment {
            id: AssignmentId::new(),
            tenant: self.home.tenant,
            key: KeyId::new(),
            name: name.to_owned(),
            prompt: "Buy a \"teapot\" \u{1F600}\n".to_owned(),
            project: self.home.project,
            journey: None,
            persona: self.home.default,
            role: self.role,
            options: AssignmentOptions {
                browser_type: BrowserType::Chrome,
                model: Some("gemini/gemini-3-flash-preview".to_owned()),
                max_steps: 100,
                max_tokens: 2_000_000,
                clean_session: true,
                files: vec!["tea.csv".to_owned()],
                url: Some("https://shop.test/".to_owned()),
                instructions: "Be \"quick\"\n".to_owned(),
                mailboxes: vec![MailboxId::new()],
            },
            state: AssignmentState::Pending,
            session: None,
            run: None,
            result: None,
            created_at: at(1),
            started_at: None,
            ended_at: None,
            summary: None,
            verdict: None,
        }
    }

    /// One that is kept.
    async fn kept(&self, database: &Database, name: &str, node: &str) -> Assignment {
        let assignment = self.assignment(name);
        database.add_assignment(&assignment, node).await.unwrap();
        assignment
    }
}

fn end(completed: bool) -> AssignmentEnd {
    AssignmentEnd {
        at: at(9),
        completed,
        result: "39, says the \"page\"".to_owned(),
    }
}

#[rstest]
#[tokio::test]
async fn one_waits_begins_and_ends_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let place = Place::new(db, "acme").await;
            let other = Home::new(db, "other").await.tenant;
            let tenant = place.home.tenant;
            let mut one = place.kept(db, "one", "node-1").await;
            let kept = async || db.assignment(tenant, one.id).await.unwrap();
            assert_eq!(kept().await, Some(one.clone()));
            assert_eq!(db.assignment(other, one.id).await.unwrap(), None);

            let session = kept_session(db, tenant).await.id;
            assert!(db.begin_assignment(one.id, session, at(2)).await.unwrap());
            assert!(!db.begin_assignment(one.id, session, at(3)).await.unwrap());
            let run = run(tenant, session, 2);
            db.add_run(&run, "node-1").await.unwrap();
            db.note_run(one.id, run.id).await.unwrap();
            one.state = AssignmentState::Running;
            one.session = Some(session);
            one.started_at = Some(at(2));
            one.run = Some(run.id);
            let kept = db.assignment(tenant, one.id).await.unwrap();
            assert_eq!(kept, Some(one.clone()));

            one.state = AssignmentState::Completed;
            one.result = Some(end(true).result);
            one.ended_at = Some(at(9));
            let ended = db.end_assignment(one.id, &end(true)).await.unwrap();
            assert_eq!(ended, Some(one.clone()));
            let again = db.end_assignment(one.id, &end(false)).await.unwrap();
            assert_eq!(again, None);
            assert!(!db.begin_assignment(one.id, session, at(3)).await.unwrap());

            for words in ["first", "second"] {
                let summary = Summary {
                    text: words.to_owned(),
                    at: at(10),
                };
                let verdict = Verdict {
                    passed: words == "first",
                    reason: words.to_owned(),
                    at: at(11),
                };
                db.keep_summary(one.id, &summary).await.unwrap();
                db.keep_verdict(one.id, &verdict).await.unwrap();
                one.summary = Some(summary);
                one.verdict = Some(verdict);
                let kept = db.assignment(tenant, one.id).await.unwrap();
                assert_eq!(kept, Some(one.clone()));
            }

            assert!(!db.delete_assignment(other, one.id).await.unwrap());
            assert!(db.delete_assignment(tenant, one.id).await.unwrap());
            assert!(!db.delete_assignment(tenant, one.id).await.unwrap());
            assert_eq!(db.assignment(tenant, one.id).await.unwrap(), None);
            let run = db.run(tenant, run.id).await.unwrap();
            assert!(run.is_some(), "its work stays");
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_node_takes_up_its_own(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let place = Place::new(db, "acme").await;
            let tenant = place.home.tenant;
            let session = kept_session(db, tenant).await.id;
            let [first, working, second] = [
                place.kept(db, "first", "node-1").await,
                place.kept(db, "working", "node-1").await,
                place.kept(db, "second", "node-1").await,
            ];
            let theirs = place.kept(db, "theirs", "node-2").await;
            for id in [working.id, theirs.id] {
                assert!(db.begin_assignment(id, session, at(2)).await.unwrap());
            }
            assert_eq!(db.count_pending(tenant).await.unwrap(), 2);
            let of = async |state| db.assignments_of("node-1", state).await.unwrap();
            let waiting = of(AssignmentState::Pending).await;
            assert_eq!(waiting, [(tenant, first.id), (tenant, second.id)]);
            let at_work = of(AssignmentState::Running).await;
            assert_eq!(at_work, [(tenant, working.id)]);
            let ended = db.end_assignment(working.id, &end(false)).await.unwrap();
            assert_eq!(ended.unwrap().state, AssignmentState::Failed);
            assert_eq!(of(AssignmentState::Running).await, []);
            for (id, state) in [
                (first.id, AssignmentState::Pending),
                (working.id, AssignmentState::Failed),
                (theirs.id, AssignmentState::Running),
            ] {
                let kept = db.assignment(tenant, id).await.unwrap().unwrap();
                assert_eq!(kept.state, state, "{}", kept.name);
            }
            // One that waits can end without having begun.
            let ended = db.end_assignment(first.id, &end(false)).await.unwrap();
            assert_eq!(ended.unwrap().started_at, None);
            let waiting = of(AssignmentState::Pending).await;
            assert_eq!(waiting, [(tenant, second.id)]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_filtered_and_newest_first(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let place = Place::new(db, "acme").await;
            let tenant = place.home.tenant;
            let journey = Journey {
                id: JourneyId::new(),
                tenant,
                project: None,
                role: None,
                persona: None,
                name: "buy".to_owned(),
                description: None,
                prompt: PromptTemplate::parse("Buy".to_owned()).unwrap(),
                priority: Priority::default(),
                mailboxes: Vec::new(),
                created_at: at(0),
                updated_at: at(0),
            };
            db.add_journey(&journey).await.unwrap();
            let one = place.kept(db, "one", "node-1").await;
            let two = Assignment {
                journey: Some(journey.id),
                ..place.assignment("two")
            };
            db.add_assignment(&two, "node-1").await.unwrap();
            let three = place.kept(db, "three", "node-1").await;
            db.end_assignment(three.id, &end(true)).await.unwrap();
            let list = async |filter, after, limit| {
                let list = db.assignments_after(tenant, filter, after, limit).await;
                let names = list.unwrap().into_iter().map(|it| it.name);
                names.collect::<Vec<_>>()
            };
            let all = AssignmentFilter::default();
            assert_eq!(list(all, None, 9).await, ["three", "two", "one"]);
            assert_eq!(list(all, None, 2).await, ["three", "two"]);
            assert_eq!(list(all, Some(two.id), 9).await, ["one"]);
            let of_journey = AssignmentFilter {
                journey: Some(journey.id),
                ..all
            };
            assert_eq!(list(of_journey, None, 9).await, ["two"]);
            let pending = AssignmentFilter {
                state: Some(AssignmentState::Pending),
                project: Some(place.home.project),
                ..all
            };
            assert_eq!(list(pending, None, 9).await, ["two", "one"]);
            let elsewhere = AssignmentFilter {
                project: Some(guise_core::ProjectId::new()),
                ..all
            };
            assert_eq!(list(elsewhere, None, 9).await, [""; 0]);
            let stranger = Home::new(db, "other").await.tenant;
            let theirs = db.assignments_after(stranger, all, None, 9).await.unwrap();
            assert_eq!(theirs, []);

            // What it names may go; it stays as it was.
            db.close_journey(tenant, journey.id, at(5)).await.unwrap();
            let kept = db.assignment(tenant, two.id).await.unwrap().unwrap();
            assert_eq!(kept.journey, Some(journey.id));
            let sarah = place.home.persona(db, "Sarah").await;
            db.set_default(tenant, sarah.id, at(5)).await.unwrap();
            db.close_persona(tenant, place.home.default, at(6))
                .await
                .unwrap();
            let kept = db.assignment(tenant, one.id).await.unwrap();
            assert_eq!(kept, Some(one));
        })
        .await;
}
