//! The client against a real browser.

mod support;

use std::time::Duration;

use guise_cdp::Error;
use guise_cdp::protocol::{browser, page, runtime, target};
use support::{Browser, evaluate, open, soon, within};
use tokio::time::Instant;

#[tokio::test]
async fn answers_refusals_and_unknown_methods() {
    let browser = Browser::start();
    let version = browser
        .root()
        .call(&browser::GetVersion {}, soon())
        .await
        .unwrap();
    assert!(
        version.product.starts_with("HeadlessChrome/"),
        "{}",
        version.product
    );

    let missing = target::CloseTarget {
        target_id: "nothing".into(),
    };
    let Err(Error::Protocol {
        code,
        message,
        method,
    }) = browser.root().call(&missing, soon()).await
    else {
        panic!("a target that is not there was closed");
    };
    assert_eq!(
        (code, &*method),
        (-32602, "Target.closeTarget"),
        "{message}"
    );

    let params = serde_json::value::to_raw_value(&serde_json::json!({})).unwrap();
    let refused = browser
        .root()
        .call_raw("No.such", &params, soon())
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Error::Protocol { code: -32601, .. }),
        "{refused}"
    );
    let refused = browser
        .root()
        .call_raw("Broken\"", &params, soon())
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Encode { .. }), "{refused}");
}

#[tokio::test]
async fn joined_calls_are_sent_in_order() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let push = |number: u32| evaluate(format!("(globalThis.seen ??= []).push({number})"));
    let commands: Vec<_> = (0..200).map(push).collect();
    let calls = commands.iter().map(|command| page.call(command, soon()));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    let seen: Vec<u32> = page
        .call(&evaluate("seen"), soon())
        .await
        .unwrap()
        .result
        .decode()
        .unwrap();
    assert_eq!(seen, (0..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_64_mb_message_passes_both_ways() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let reply = page
        .call(&evaluate("'x'.repeat(64 << 20)"), soon())
        .await
        .unwrap();
    assert_eq!(reply.result.decode::<String>().unwrap().len(), 64 << 20);
    let source = format!("'{}'.length", "y".repeat(64 << 20));
    let reply = page.call(&evaluate(source), soon()).await.unwrap();
    assert_eq!(reply.result.decode::<u64>().unwrap(), 64 << 20);
}

#[tokio::test]
async fn text_that_rust_cannot_hold_is_repaired() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let reply = page
        .call(&evaluate("'half \\ud83d of 😀'"), soon())
        .await
        .unwrap();
    assert_eq!(
        reply.result.decode::<String>().unwrap(),
        "half \u{fffd} of 😀"
    );
}

#[tokio::test]
async fn a_deadline_ends_one_call_and_nothing_else() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let never = runtime::Evaluate {
        await_promise: Some(true),
        ..evaluate("new Promise(() => globalThis.asked = true)")
    };
    let late = page
        .call(&never, Instant::now() + Duration::from_millis(200))
        .await
        .unwrap_err();
    assert_eq!(
        late,
        Error::Timeout {
            method: "Runtime.evaluate".into()
        }
    );
    assert!(
        page.call(&evaluate("asked"), soon())
            .await
            .unwrap()
            .result
            .decode::<bool>()
            .unwrap()
    );
}

#[tokio::test]
async fn closing_a_target_ends_its_waiters_and_streams() {
    let browser = Browser::start();
    let (page, target_id) = browser.page("about:blank").await;
    let (other, _) = browser.page("about:blank").await;
    let mut events = page.subscribe(&["Page.loadEventFired"]);
    let never = runtime::Evaluate {
        await_promise: Some(true),
        ..evaluate("new Promise(() => {})")
    };
    let root = browser.root();
    let close = target::CloseTarget { target_id };
    let (waiter, closed) = within(futures_util::future::join(
        page.call(&never, soon()),
        root.call(&close, soon()),
    ))
    .await;
    closed.unwrap();
    assert_eq!(waiter.unwrap_err(), Error::TargetClosed);
    assert_eq!(
        within(events.next()).await.unwrap_err(),
        Error::TargetClosed
    );
    assert_eq!(
        page.call(&evaluate("1"), soon()).await.unwrap_err(),
        Error::TargetClosed
    );
    assert_eq!(
        within(page.subscribe(&["Page.loadEventFired"]).next())
            .await
            .unwrap_err(),
        Error::TargetClosed
    );
    other.call(&evaluate("1"), soon()).await.unwrap();
}

#[tokio::test]
async fn a_crash_is_told_apart_and_can_be_survived() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let (other, _) = browser.page("data:text/html,other").await;
    let mut events = page.subscribe(&["Inspector.targetCrashed"]);
    page.call(&page::Enable {}, soon()).await.unwrap();
    let never = runtime::Evaluate {
        await_promise: Some(true),
        ..evaluate("new Promise(() => {})")
    };
    let crash = page::Navigate {
        url: "chrome://crash".to_owned(),
        ..Default::default()
    };
    let short = Instant::now() + Duration::from_secs(2);
    let (waiter, _) = within(futures_util::future::join(
        page.call(&never, soon()),
        page.call(&crash, short),
    ))
    .await;
    assert_eq!(waiter.unwrap_err(), Error::Crashed);
    within(events.next()).await.unwrap();
    assert_eq!(
        page.call(&evaluate("1"), soon()).await.unwrap_err(),
        Error::Crashed
    );
    other.call(&evaluate("1"), soon()).await.unwrap();

    let mut loaded = page.subscribe(&["Page.loadEventFired"]);
    let again = page::Navigate {
        url: "data:text/html,again".to_owned(),
        ..Default::default()
    };
    page.call(&again, soon()).await.unwrap();
    within(loaded.next()).await.unwrap();
    let text: String = page
        .call(&evaluate("document.body.textContent"), soon())
        .await
        .unwrap()
        .result
        .decode()
        .unwrap();
    assert_eq!(text, "again");
}

#[tokio::test]
async fn a_dead_browser_ends_everything_at_once() {
    let mut browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let mut events = page.subscribe(&["Page.loadEventFired"]);
    let never = runtime::Evaluate {
        await_promise: Some(true),
        ..evaluate("new Promise(() => {})")
    };
    let (waiter, killed) = within(futures_util::future::join(
        page.call(&never, soon()),
        browser.process.child.kill(),
    ))
    .await;
    killed.unwrap();
    assert!(matches!(waiter, Err(Error::Disconnected(_))), "{waiter:?}");
    assert!(matches!(
        within(events.next()).await,
        Err(Error::Disconnected(_))
    ));
    assert!(matches!(
        within(browser.connection.closed()).await,
        Error::Disconnected(_)
    ));
    let after = browser.root().call(&browser::GetVersion {}, soon()).await;
    assert!(matches!(after, Err(Error::Disconnected(_))), "{after:?}");
}

#[tokio::test]
async fn dropping_the_last_handle_ends_the_browser() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let Browser {
        connection,
        mut process,
    } = browser;
    drop(connection);
    page.call(&evaluate("1"), soon()).await.unwrap();
    drop(page);
    within(process.child.wait()).await.unwrap();
}

#[tokio::test]
async fn events_of_a_new_session_wait_for_its_first_subscriber() {
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let (enabled, _) = futures_util::future::join(
        page.call(&runtime::Enable {}, soon()),
        page.call(&evaluate("console.log('early')"), soon()),
    )
    .await;
    enabled.unwrap();
    let mut events = page.subscribe(&[
        "Runtime.executionContextCreated",
        "Runtime.consoleAPICalled",
    ]);
    let created: runtime::ExecutionContextCreated =
        within(events.next()).await.unwrap().parse().unwrap();
    let event = within(events.next()).await.unwrap();
    assert_eq!(
        (event.method(), event.session()),
        ("Runtime.consoleAPICalled", page.id())
    );
    assert!(event.parse::<page::LoadEventFired>().is_err());
    let logged: runtime::ConsoleApiCalled = event.parse().unwrap();
    assert_eq!(logged.execution_context_id, created.context.id);
    assert_eq!(logged.args[0].decode::<String>().unwrap(), "early");
}

#[tokio::test]
async fn a_slow_reader_learns_how_much_it_missed() {
    const SENT: u64 = 10_000;
    let browser = Browser::start();
    let (page, _) = browser.page("about:blank").await;
    let mut slow = page.subscribe(&["Runtime.consoleAPICalled"]);
    let mut quick = page.subscribe(&["Runtime.consoleAPICalled"]);
    page.call(&runtime::Enable {}, soon()).await.unwrap();
    let numbers = async |events: &mut guise_cdp::Events, until: u64| {
        let (mut read, mut missed) = (Vec::new(), 0);
        while read.len() as u64 + missed < until {
            match within(events.next()).await {
                Ok(event) => {
                    let logged: runtime::ConsoleApiCalled = event.parse().unwrap();
                    read.push(logged.args[0].decode::<u64>().unwrap());
                }
                Err(Error::Lagged(count)) => missed += count,
                Err(error) => panic!("{error}"),
            }
        }
        (read, missed)
    };
    let flood = evaluate(format!("for (let i = 0; i < {SENT}; i++) console.log(i)"));
    let (answer, (read, missed)) =
        futures_util::future::join(page.call(&flood, soon()), numbers(&mut quick, SENT)).await;
    answer.unwrap();
    assert_eq!(
        (read, missed),
        ((0..SENT).collect(), 0),
        "who reads misses nothing"
    );

    let (read, missed) = numbers(&mut slow, SENT).await;
    assert_eq!(read.len() as u64 + missed, SENT);
    assert!(missed > 0);
    assert_eq!(
        read,
        (0..SENT - missed).collect::<Vec<_>>(),
        "in order, up to the gap"
    );
    page.call(&evaluate("console.log(77)"), soon())
        .await
        .unwrap();
    assert_eq!(
        numbers(&mut slow, 1).await,
        (vec![77], 0),
        "the stream goes on after a gap"
    );
}

#[tokio::test]
async fn what_a_page_starts_is_a_session_below_it() {
    let browser = Browser::start();
    let (page, _) = open(&browser.root(), "about:blank").await;
    let mut attached = page.subscribe(&["Target.attachedToTarget", "Target.detachedFromTarget"]);
    let auto = target::SetAutoAttach {
        auto_attach: true,
        wait_for_debugger_on_start: true,
        flatten: true,
        filter: None,
    };
    page.call(&auto, soon()).await.unwrap();
    let worker = "globalThis.worker = new Worker('data:text/javascript,1'); 0";
    page.call(&evaluate(worker), soon()).await.unwrap();
    let child: target::AttachedToTarget = within(attached.next()).await.unwrap().parse().unwrap();
    assert_eq!(
        (
            child.target_info.r#type.as_str(),
            child.waiting_for_debugger
        ),
        ("worker", true)
    );
    let worker = browser.connection.session(&child.session_id);
    worker
        .call(&runtime::RunIfWaitingForDebugger {}, soon())
        .await
        .unwrap();
    let kind = worker
        .call(&evaluate("self.constructor.name"), soon())
        .await
        .unwrap();
    assert_eq!(
        kind.result.decode::<String>().unwrap(),
        "DedicatedWorkerGlobalScope"
    );
    let (answer, ended) = within(futures_util::future::join(
        worker.call(
            &runtime::Evaluate {
                await_promise: Some(true),
                ..evaluate("new Promise(() => {})")
            },
            soon(),
        ),
        page.call(&evaluate("worker.terminate()"), soon()),
    ))
    .await;
    ended.unwrap();
    assert_eq!(answer.unwrap_err(), Error::TargetClosed);
    let gone: target::DetachedFromTarget = within(attached.next()).await.unwrap().parse().unwrap();
    assert_eq!(gone.session_id, child.session_id);
}
