//! What has an end although the provider gives it none.

use std::time::Duration;

use guise_core::ports::{Model, ModelError, Models};
use guise_core::{TenantId, ports::Answer};
use guise_testmodel::{Flood, Reply, TestModel};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

use crate::support::{NAMES, as_time_passes, ask_once, directory, model_at, question, soon};

#[tokio::test]
async fn an_endless_answer_is_unreadable() {
    let floods = [
        (Flood::Text, "its text and arguments have more than 1 MiB"),
        (
            Flood::Arguments,
            "its text and arguments have more than 1 MiB",
        ),
        (Flood::Calls, "it calls more than 128 tools at once"),
        (Flood::Reasoning, "it has more than 64 MiB"),
        (Flood::Nothing, "it has more than 64 MiB"),
        (Flood::Line, "one event of it has more than 4 MiB"),
    ];
    for name in NAMES {
        for (flood, expected) in floods {
            let provider = TestModel::start().await.unwrap();
            provider.push(Reply::endless(flood));
            let model = model_at(&provider, name).await;
            // Some of these last longer than a moment, none as long as a minute should.
            let error = model.ask(&question("Go on"), soon()).await.unwrap_err();
            let ModelError::Unreadable { why, .. } = &error else {
                panic!("{name} {flood:?}: {error:?}");
            };
            assert_eq!(why, expected, "{name} {flood:?}");
            provider.until_left(1).await;
            assert_eq!(provider.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_of_the_largest_size_is_read() {
    let most = 1 << 20;
    for name in NAMES {
        let answer = ask_once(name, Reply::text("x".repeat(most)), &question("Go on")).await;
        assert_eq!(answer.unwrap().text.len(), most);
        let answer = ask_once(name, Reply::text("x".repeat(most + 1)), &question("Go on")).await;
        assert!(matches!(answer, Err(ModelError::Unreadable { .. })));
    }
}

#[tokio::test]
async fn an_event_of_the_largest_size_is_read() {
    let event = |octets: usize| {
        let (before, after) = (
            "{\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],\"padding\":\"",
            "\"}",
        );
        let padding = "x".repeat(octets - before.len() - after.len());
        let reply = format!("data:{before}{padding}{after}\n\n");
        Reply::octets("text/event-stream", reply)
    };
    let answer = ask_once(NAMES[0], event(4 << 20), &question("Hello")).await;
    assert_eq!(answer.unwrap().text, "Hi");
    let outcome = ask_once(NAMES[0], event((4 << 20) + 1), &question("Hello")).await;
    assert!(
        matches!(outcome, Err(ModelError::Unreadable { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_refusal_without_an_end_is_a_refusal() {
    let reply = Reply::status(
        400,
        "<p>This server is broken in a way that takes long to tell. ".repeat(100),
    );
    let error = ask_once(NAMES[0], reply.without_end(), &question("Hello"))
        .await
        .unwrap_err();
    let ModelError::Refused {
        status: 400, why, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert!(why.starts_with("<p>This server is broken"), "{why}");
    assert!(why.chars().count() <= 301, "{why}");
}

async fn ask(model: &dyn Model, deadline: Instant) -> (Result<Answer, ModelError>, Duration) {
    let started = Instant::now();
    let question = question("Hello");
    let outcome = as_time_passes(model.ask(&question, deadline)).await;
    (outcome, started.elapsed())
}

fn late(outcome: Result<Answer, ModelError>) -> String {
    match outcome {
        Err(ModelError::Late { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_model_that_says_nothing_for_a_minute_is_late() {
    for name in NAMES {
        for reply in [Reply::no_response(), Reply::silence()] {
            let provider = TestModel::start().await.unwrap();
            provider.push(reply);
            let model = model_at(&provider, name).await;
            let (outcome, passed) = ask(&*model, Instant::now() + Duration::from_secs(1000)).await;
            assert_eq!(late(outcome), "no word came within 60 s");
            assert!(passed >= Duration::from_secs(60), "{passed:?}");
            provider.until_left(1).await;
            assert_eq!(provider.requests().len(), 1, "it was asked again");
        }
    }
}

#[tokio::test]
async fn signs_of_life_are_no_words() {
    let signs = ": OPENROUTER PROCESSING\n\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("").then_silence());
    let model = model_at(&provider, NAMES[0]).await;
    let (outcome, _) = ask(&*model, Instant::now() + Duration::from_secs(1000)).await;
    assert_eq!(late(outcome), "no word came within 60 s");
    // Without a word, but with an end, it is something else.
    let outcome = ask_once(
        NAMES[0],
        Reply::octets("text/event-stream", signs),
        &question("Hello"),
    )
    .await;
    assert!(
        matches!(outcome, Err(ModelError::Unreadable { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_model_that_has_begun_may_take_all_the_time_there_is() {
    for name in NAMES {
        let begun = [
            Reply::text("Half an ans").then_silence(),
            Reply::text("").after_reasoning("Hm.").then_silence(),
        ];
        for reply in begun {
            let provider = TestModel::start().await.unwrap();
            provider.push(reply);
            let model = model_at(&provider, name).await;
            let (outcome, passed) = ask(&*model, Instant::now() + Duration::from_secs(90)).await;
            assert_eq!(
                late(outcome),
                "its time was over before the answer was complete",
                "{name}"
            );
            assert!(passed >= Duration::from_secs(90), "{passed:?}");
            provider.until_left(1).await;
        }
    }
}

#[tokio::test]
async fn the_caller_may_have_less_time_than_that() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::silence());
    let model = model_at(&provider, NAMES[0]).await;
    let (outcome, passed) = ask(&*model, Instant::now() + Duration::from_secs(5)).await;
    assert_eq!(late(outcome), "its time was over before the first word");
    assert!(passed < Duration::from_secs(60), "{passed:?}");
}

#[tokio::test]
async fn who_does_not_wait_any_longer_closes_the_connection() {
    for reply in [
        Reply::no_response(),
        Reply::silence(),
        Reply::text("Half an ans").then_silence(),
    ] {
        let provider = TestModel::start().await.unwrap();
        provider.push(reply);
        let model = model_at(&provider, NAMES[0]).await;
        let asking = tokio::spawn(async move { model.ask(&question("Hello"), soon()).await });
        provider.until_requests(1).await;
        asking.abort();
        provider.until_left(1).await;
    }
}

#[tokio::test]
async fn connecting_has_an_end_too() {
    // A queue for connections that is full, so that the kernel answers nobody any more.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let _first = TcpStream::connect(address).await.unwrap();
    let _second = TcpStream::connect(address).await.unwrap();
    let base_url = format!("http://{address}/v1");
    let directory = directory(&[("OPENAI_BASE_URL", &base_url)]);
    let model = directory
        .choose(TenantId::new(), Some(NAMES[0]))
        .await
        .unwrap()
        .model;
    let (outcome, passed) = ask(&*model, soon()).await;
    let Err(ModelError::Unreachable {
        address: shown,
        why,
        ..
    }) = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(shown, format!("http://{address}"));
    assert_eq!(why, "no connection within 10 s (tried 4 times)");
    assert!(passed >= Duration::from_secs(40), "{passed:?}");
}
