//! What waits until somebody has allowed it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use guise_core::ports::{Deed, Foreseen, Post};
use guise_core::services::{Actor, Approvals, SessionRequest};
use guise_core::{
    Action, Approval, ApprovalKind, ApprovalPolicy, ApprovalState, Area, Execution, Interaction,
    Kind, NodeSelectors, RunId, Scope, Scopes, Target,
};

use crate::support::{FakeBrowser, House, goto, seconds, settle, somebody};

const ALL: ApprovalPolicy = ApprovalPolicy {
    purchases: true,
    posts_elsewhere: true,
    uploads: true,
};

fn interact(interaction: Interaction) -> Action {
    Action::Interact {
        target: Target {
            selectors: Some(NodeSelectors {
                css_selector: "#it".to_owned(),
                ..NodeSelectors::default()
            }),
            ..Target::default()
        },
        interaction,
    }
}

fn upload() -> Action {
    interact(Interaction::UploadFile {
        file_path: "cv.pdf".to_owned(),
    })
}

/// Sends a form of one site to the address.
fn sends_to(address: &str) -> Foreseen {
    Foreseen {
        document: "https://shop.example/basket?id=1".to_owned(),
        page: "https://shop.example/".to_owned(),
        sends_to: vec![address.to_owned()],
        presses: vec!["Send".to_owned()],
    }
}

/// A session that lasts a day, and half an hour when nobody uses it.
async fn started(house: &House) -> (String, Arc<FakeBrowser>) {
    let request = SessionRequest {
        max_duration_minutes: Some(1440),
        idle_timeout_minutes: Some(30),
        ..SessionRequest::default()
    };
    let session = house.sessions.start(&house.caller, request).await.unwrap();
    (session.id.to_string(), house.browsers.last())
}

async fn ask_about(house: &House, policy: ApprovalPolicy) {
    let set = house.approvals.set_policy(&house.caller, policy);
    assert_eq!(set.await.unwrap(), policy);
}

fn waiting(house: &House) -> Vec<Approval> {
    house.kept_approvals.all(house.now())
}

/// The approval that an execution waits for.
fn waited_for(house: &House, execution: &Execution) -> Approval {
    let id = execution.outcome.waits_for.unwrap();
    let outcome = &execution.outcome;
    assert!(!outcome.success && outcome.message.contains(&id.to_string()));
    assert_eq!(outcome.exception.as_ref(), Some(&outcome.message));
    let mut all = waiting(house).into_iter();
    all.find(|approval| approval.id == id).unwrap()
}

async fn decide(house: &House, approval: &Approval, allowed: bool) -> Approval {
    let id = approval.id.to_string();
    let decided = house.approvals.decide(&house.caller, &id, allowed).await;
    decided.unwrap()
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_and_nothing_is_looked_at_unless_the_tenant_says_so() {
    let house = House::new();
    let (id, browser) = started(&house).await;
    *browser.foreseen.lock().unwrap() = sends_to("https://evil.example/");
    for action in [
        interact(Interaction::Click),
        Action::PressKey {
            key: "Enter".to_owned(),
        },
    ] {
        let done = house.execute(&id, action).await.unwrap();
        assert!(done.outcome.success, "{done:?}");
    }
    assert_eq!(browser.foresaw.load(Ordering::Relaxed), 0);
    assert_eq!(waiting(&house), []);
}

#[tokio::test(start_paused = true)]
async fn a_form_to_another_site_waits_and_is_sent_once_it_is_allowed() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    for address in [
        "https://pay.shop.example/x",
        "mailto:a@b.example",
        "javascript:1",
    ] {
        *browser.foreseen.lock().unwrap() = sends_to(address);
        let done = house.execute(&id, interact(Interaction::Click)).await;
        assert!(done.unwrap().outcome.success, "{address}");
    }
    *browser.foreseen.lock().unwrap() = sends_to("https://evil.example/take?what=correct-horse");
    let done = browser.done().len();
    let click = interact(Interaction::Click);
    let waits = house.execute(&id, click.clone()).await.unwrap();
    assert_eq!(browser.done().len(), done);
    let approval = waited_for(&house, &waits);
    assert_eq!(approval.wish.kind, ApprovalKind::PostElsewhere);
    assert_eq!(approval.wish.site, "evil.example");
    let subject = "form of shop.example to https://evil.example/take";
    assert_eq!(approval.wish.subject, subject);
    assert_eq!(approval.wish.run, None);
    // Asking again is the same approval.
    let again = house.execute(&id, click.clone()).await.unwrap();
    assert_eq!(waited_for(&house, &again), approval);

    decide(&house, &approval, true).await;
    let sent = house.execute(&id, click.clone()).await.unwrap();
    assert!(sent.outcome.success, "{sent:?}");
    assert_eq!(browser.done().len(), done + 1);
    seconds(599).await;
    assert!(
        house
            .execute(&id, click.clone())
            .await
            .unwrap()
            .outcome
            .success
    );
    seconds(1).await;
    let later = house.execute(&id, click).await.unwrap();
    assert_ne!(waited_for(&house, &later).id, approval.id);
}

#[tokio::test(start_paused = true)]
async fn a_press_that_buys_waits_and_is_done_once_it_is_allowed() {
    let house = House::new();
    let purchases = ApprovalPolicy {
        purchases: true,
        ..ApprovalPolicy::default()
    };
    ask_about(&house, purchases).await;
    let (id, browser) = started(&house).await;
    let presses = |name: &str| Foreseen {
        presses: vec!["Search".to_owned(), name.to_owned()],
        ..sends_to("https://evil.example/")
    };
    let click = || interact(Interaction::Click);
    *browser.foreseen.lock().unwrap() = presses("Add to basket");
    let done = house.execute(&id, click()).await.unwrap();
    assert!(done.outcome.success, "{done:?}");

    *browser.foreseen.lock().unwrap() = presses("Pay $20");
    let before = browser.done().len();
    let approval = waited_for(&house, &house.execute(&id, click()).await.unwrap());
    assert_eq!(approval.wish.kind, ApprovalKind::Purchase);
    assert_eq!(approval.wish.subject, "'Pay $20'");
    assert_eq!(approval.wish.site, "shop.example");
    assert_eq!(browser.done().len(), before);
    decide(&house, &approval, true).await;
    let done = house.execute(&id, click()).await.unwrap();
    assert!(done.outcome.success, "{done:?}");
    // Another amount is another deed.
    *browser.foreseen.lock().unwrap() = presses("Pay $2000");
    let waits = house.execute(&id, click()).await.unwrap();
    assert_ne!(waited_for(&house, &waits).id, approval.id);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_send_a_form_is_not_looked_at() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    *browser.foreseen.lock().unwrap() = sends_to("https://evil.example/");
    let fill = |value: &str, style| Interaction::Fill {
        value: value.to_owned(),
        clear_before_fill: true,
        style,
    };
    use guise_core::FillStyle::{AtOnce, Typed};
    for action in [
        goto("https://evil.example/"),
        interact(fill("a\n", AtOnce)),
        interact(fill("a", Typed)),
    ] {
        assert!(house.execute(&id, action).await.unwrap().outcome.success);
    }
    assert_eq!(browser.foresaw.load(Ordering::Relaxed), 0);
    let typed = house.execute(&id, interact(fill("a\n", Typed))).await;
    waited_for(&house, &typed.unwrap());
}

#[tokio::test(start_paused = true)]
async fn an_upload_waits_before_the_page_gets_anything() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    *browser.foreseen.lock().unwrap() = Foreseen {
        document: "https://jobs.example/apply".to_owned(),
        page: "https://firm.example/".to_owned(),
        sends_to: Vec::new(),
        presses: Vec::new(),
    };
    // A file that is not there needs no approval.
    let missing = house.execute(&id, upload()).await.unwrap();
    assert!(missing.outcome.message.contains("not found"), "{missing:?}");
    assert_eq!(waiting(&house), []);

    let tenant = house.caller.tenant;
    let put = house
        .files
        .put(tenant, Area::Uploads, "cv.pdf", Box::pin(&b"me"[..]));
    put.await.unwrap();
    let waits = house.execute(&id, upload()).await.unwrap();
    let approval = waited_for(&house, &waits);
    let subject = "file 'cv.pdf', in a page of firm.example";
    assert_eq!(approval.wish.subject, subject);
    assert_eq!(approval.wish.site, "jobs.example");
    assert_eq!(browser.staged(), []);
    decide(&house, &approval, false).await;
    let denied = house.execute(&id, upload()).await.unwrap();
    assert!(denied.outcome.message.contains("was denied"), "{denied:?}");
    assert_eq!(denied.outcome.waits_for, None);
    assert_eq!(browser.staged(), []);

    // The denial counts for as long as an approval would.
    seconds(600).await;
    let waits = house.execute(&id, upload()).await.unwrap();
    decide(&house, &waited_for(&house, &waits), true).await;
    assert!(house.execute(&id, upload()).await.unwrap().outcome.success);
    assert_eq!(browser.staged(), [("cv.pdf".to_owned(), b"me".to_vec())]);
}

/// Who may decide is the scope `approve`, and every decision is in the audit before it is made.
#[tokio::test(start_paused = true)]
async fn deciding_needs_its_scope_and_is_written_down_first() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    *browser.foreseen.lock().unwrap() = sends_to("https://evil.example/");
    let waits = house.execute(&id, interact(Interaction::Click)).await;
    let approval = waited_for(&house, &waits.unwrap());
    let name = approval.id.to_string();

    let mut starter = house.caller.clone();
    starter.scopes = Scopes::of([Scope::Sessions, Scope::Personas, Scope::VaultReveal]);
    let error = house.approvals.decide(&starter, &name, true).await;
    assert_eq!(error.unwrap_err().kind(), Kind::Denied);
    let error = house.approvals.set_policy(&starter, ALL).await;
    assert_eq!(error.unwrap_err().kind(), Kind::Denied);
    assert_eq!(
        house.approvals.get(&starter, &name).await.unwrap(),
        approval
    );
    for unknown in [name.as_str(), "nonsense"] {
        let error = house.approvals.decide(&somebody(), unknown, true).await;
        assert_eq!(error.unwrap_err().kind(), Kind::NotFound);
    }

    let deeds = || {
        let events = house.audit.events().into_iter();
        events.map(|event| event.deed).collect::<Vec<_>>()
    };
    assert_eq!(deeds(), [Deed::ApprovalPolicy]);
    decide(&house, &approval, true).await;
    let decided = decide(&house, &approval, true).await;
    assert_eq!(decided.decided_by, Some(house.caller.key));
    assert_eq!(deeds(), [Deed::ApprovalPolicy, Deed::Approved]);
    let error = house.approvals.decide(&house.caller, &name, false).await;
    assert_eq!(error.unwrap_err().kind(), Kind::Conflict);

    // What cannot be written down does not happen.
    seconds(600).await;
    let waits = house.execute(&id, interact(Interaction::Click)).await;
    let second = waited_for(&house, &waits.unwrap());
    house.audit.fails();
    let name = second.id.to_string();
    assert!(
        house
            .approvals
            .decide(&house.caller, &name, true)
            .await
            .is_err()
    );
    let policy = ApprovalPolicy::default();
    assert!(
        house
            .approvals
            .set_policy(&house.caller, policy)
            .await
            .is_err()
    );
    assert_eq!(waited_for_state(&house, &second), ApprovalState::Pending);
    assert_eq!(house.approvals.policy(&house.caller).await.unwrap(), ALL);
}

fn waited_for_state(house: &House, approval: &Approval) -> ApprovalState {
    let mut all = waiting(house).into_iter();
    all.find(|one| one.id == approval.id).unwrap().state
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_without_keeping_anybody_else_from_the_session() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    *browser.foreseen.lock().unwrap() = sends_to("https://evil.example/");
    let hands = async || {
        let actor = Actor {
            model: None,
            run: RunId::new(),
            correspondence: None,
            purse: None,
            tools: Vec::new(),
        };
        house
            .sessions
            .hands(&house.caller, &id, actor)
            .await
            .unwrap()
    };
    for allowed in [true, false] {
        let hands = hands().await;
        let click = interact(Interaction::Click);
        let work = tokio::spawn(async move { hands.execute_when_allowed(click).await });
        settle().await;
        let approval = waiting(&house).pop().unwrap();
        assert!(approval.wish.run.is_some());
        // Longer than the session may be idle and than a call may take, and others get their turn.
        seconds(50 * 60).await;
        assert!(!work.is_finished());
        assert!(
            house
                .goto(&id, "https://a.example/")
                .await
                .unwrap()
                .outcome
                .success
        );
        // By another server that shares the database: nothing tells this one.
        let elsewhere = Approvals::new(
            Arc::clone(&house.kept_approvals) as _,
            Arc::clone(&house.audit) as _,
            Arc::clone(&house.clock) as _,
        );
        let id = approval.id.to_string();
        elsewhere.decide(&house.caller, &id, allowed).await.unwrap();
        let outcome = work.await.unwrap().unwrap().outcome;
        assert_eq!(outcome.success, allowed, "{outcome:?}");
        assert_eq!(outcome.message.contains("was denied"), !allowed);
        let clicks = browser
            .done()
            .iter()
            .filter(|done| *done == "click")
            .count();
        assert_eq!(clicks, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_when_nobody_decides_and_ends_with_its_session() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    *browser.foreseen.lock().unwrap() = sends_to("https://evil.example/");
    let actor = || Actor {
        model: None,
        run: RunId::new(),
        correspondence: None,
        purse: None,
        tools: Vec::new(),
    };
    let hands = house
        .sessions
        .hands(&house.caller, &id, actor())
        .await
        .unwrap();
    let click = interact(Interaction::Click);
    let outcome = hands
        .execute_when_allowed(click.clone())
        .await
        .unwrap()
        .outcome;
    assert!(
        !outcome.success && outcome.message.contains("in time"),
        "{outcome:?}"
    );
    assert_eq!(outcome.waits_for, None);

    let work = tokio::spawn(async move { hands.execute_when_allowed(click).await });
    settle().await;
    house.stop(&id).await;
    let error = work.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
}

fn post(to: &str) -> Post {
    Post {
        from: "https://shop.example/basket?id=1".to_owned(),
        to: to.to_owned(),
        form: false,
        beacon: false,
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_page_sends_elsewhere_is_held_until_it_is_decided_and_goes_on_by_itself() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    let send = |posts: Vec<Post>| *browser.posts.lock().unwrap() = posts;
    let done = |what: &str| browser.done().iter().filter(|done| *done == what).count();

    send(vec![post("https://pay.shop.example/x")]);
    let outcome = house.execute(&id, interact(Interaction::Click)).await;
    assert_eq!(outcome.unwrap().outcome.held_for, []);
    settle().await;
    assert_eq!(done("sent: https://pay.shop.example/x"), 1);

    for allowed in [true, false] {
        let to = format!("https://evil.example/{allowed}?what=correct-horse");
        // Twice the same is one thing to decide about.
        send(vec![post(&to), post(&to)]);
        let outcome = house.execute(&id, interact(Interaction::Click)).await;
        let outcome = outcome.unwrap().outcome;
        assert!(outcome.success, "{outcome:?}");
        let approval = waiting(&house).pop().unwrap();
        assert_eq!(outcome.held_for, [approval.id]);
        assert_eq!(outcome.waits_for, None);
        for part in [
            "evil.example",
            &approval.id.to_string(),
            "'approve'",
            "without doing anything again",
        ] {
            assert!(outcome.message.contains(part), "{outcome:?}");
        }
        assert_eq!(approval.wish.kind, ApprovalKind::PostElsewhere);
        assert_eq!(approval.wish.site, "evil.example");
        let subject = format!("request of shop.example to https://evil.example/{allowed}");
        assert_eq!(approval.wish.subject, subject);
        seconds(600).await;
        assert_eq!(
            done(&format!("sent: {to}")) + done(&format!("not sent: {to}")),
            0
        );
        // It was told, and is not told again.
        let outcome = house.execute(&id, interact(Interaction::Click)).await;
        assert_eq!(outcome.unwrap().outcome.held_for, []);

        decide(&house, &approval, allowed).await;
        settle().await;
        let what = if allowed { "sent" } else { "not sent" };
        assert_eq!(done(&format!("{what}: {to}")), 2);
        // As long as that counts nobody is asked.
        send(vec![post(&to)]);
        let outcome = house.execute(&id, interact(Interaction::Click)).await;
        assert_eq!(outcome.unwrap().outcome.held_for, []);
        settle().await;
        assert_eq!(done(&format!("{what}: {to}")), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_given_up_in_time_and_let_go_where_nobody_wants_to_be_asked_any_more() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    let to = "https://evil.example/take";
    *browser.posts.lock().unwrap() = vec![post(to)];
    let outcome = house.execute(&id, interact(Interaction::Click)).await;
    assert_eq!(outcome.unwrap().outcome.held_for.len(), 1);
    for _ in 0..4 {
        // The session is used meanwhile.
        seconds(15 * 60).await;
        house.goto(&id, "https://a.example/").await.unwrap();
    }
    seconds(2).await;
    assert!(browser.done().contains(&format!("not sent: {to}")));

    ask_about(&house, ApprovalPolicy::default()).await;
    *browser.posts.lock().unwrap() = vec![post(to)];
    let outcome = house.execute(&id, interact(Interaction::Click)).await;
    assert_eq!(outcome.unwrap().outcome.held_for, []);
    settle().await;
    assert_eq!(browser.done().last().unwrap(), &format!("sent: {to}"));
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_for_what_a_page_sends_because_of_it_but_for_no_beacon() {
    let house = House::new();
    ask_about(&house, ALL).await;
    let (id, browser) = started(&house).await;
    let actor = Actor {
        model: None,
        run: RunId::new(),
        correspondence: None,
        purse: None,
        tools: Vec::new(),
    };
    let hands = house.sessions.hands(&house.caller, &id, actor).await;
    let hands = Arc::new(hands.unwrap());
    let click = || {
        let hands = Arc::clone(&hands);
        let click = interact(Interaction::Click);
        tokio::spawn(async move { hands.execute_when_allowed(click).await })
    };
    *browser.posts.lock().unwrap() = vec![Post {
        beacon: true,
        ..post("https://stats.example/")
    }];
    let outcome = click().await.unwrap().unwrap().outcome;
    assert_eq!(outcome.held_for, []);
    assert_eq!(waiting(&house).len(), 1);

    for allowed in [true, false] {
        let to = format!("https://evil.example/{allowed}");
        *browser.posts.lock().unwrap() = vec![post(&to)];
        let before = browser.done().len();
        let work = click();
        settle().await;
        seconds(20 * 60).await;
        assert!(!work.is_finished());
        let approval = waiting(&house).pop().unwrap();
        assert!(approval.wish.run.is_some());
        decide(&house, &approval, allowed).await;
        let outcome = work.await.unwrap().unwrap().outcome;
        assert!(outcome.success, "{outcome:?}");
        assert_eq!(
            outcome.message.contains("was denied"),
            !allowed,
            "{outcome:?}"
        );
        settle().await;
        // Pressed once.
        let what = if allowed { "sent" } else { "not sent" };
        assert_eq!(
            browser.done()[before..],
            ["click".to_owned(), format!("{what}: {to}")]
        );
    }
}
