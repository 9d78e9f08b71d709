//! Keys do not come out again.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use guise_core::ports::{ModelError, Models};
use guise_core::{Error, TenantId};
use guise_testmodel::{Reply, TestModel};
use serde_json::json;
use tokio::time::Instant;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{KEY, NAMES, as_time_passes, directory, model_at, question, soon};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The key as somebody might write it who wants it to be seen.
fn disguises() -> Vec<String> {
    let (head, tail) = KEY.split_at(9);
    vec![
        KEY.to_owned(),
        KEY.to_uppercase(),
        format!("Bearer {KEY}."),
        format!("{KEY}{KEY}"),
        format!("{head}\u{200b}{tail}"),
        format!("{head}\u{7}{tail}"),
        format!("{}{KEY}", "x".repeat(290)),
        format!("{}{KEY}", "x".repeat(64 * 1024 - 20)),
        KEY.repeat(3000),
    ]
}

fn replies(key: &str) -> Vec<Reply> {
    let odd = json!({"problem": [{"for": key}, key]}).to_string();
    let told =
        json!({"error": {"message": format!("the key {key} is bad"), "code": 401}}).to_string();
    let busy =
        json!({"error": {"message": format!("{key} asks too often"), "metadata": {"raw": key}}})
            .to_string();
    let event = |data: String| Reply::octets("text/event-stream", format!("data: {data}\n\n"));
    vec![
        Reply::status(401, told.clone()),
        Reply::status(401, key),
        Reply::status(400, odd),
        Reply::status(401, format!("<html>{key}")).without_end(),
        Reply::status(429, busy.clone()),
        Reply::status(307, key).header("location", &format!("http://127.0.0.1:9/{key}")),
        event(told),
        event(busy),
        event(key.to_owned()),
        event(json!({"choices": [{"delta": {}, "finish_reason": key}]}).to_string()),
        event(json!({"promptFeedback": {"blockReason": key}}).to_string()),
        event(json!({"candidates": [{"finishReason": key}]}).to_string()),
        Reply::octets(&format!("text/{KEY}"), ""),
        Reply::octets("application/x-ndjson", json!({"error": key}).to_string()),
    ]
}

/// What somebody sees, or puts together: `Debug` writes what does not show as an escape.
fn seen(text: &str) -> String {
    let text = text
        .replace("\\u{200b}", "")
        .replace("\\u{7}", "")
        .replace("\\u0007", "");
    let visible = text.chars().filter(char::is_ascii_graphic);
    visible.collect::<String>().to_lowercase()
}

#[tokio::test]
async fn a_long_key_is_not_shown_where_a_long_refusal_is_cut() {
    let provider = TestModel::start().await.unwrap();
    let long = format!("sk-test-{}", "0123456789".repeat(500));
    let directory = directory(&[
        ("OPENAI_BASE_URL", &provider.openai_url()),
        ("OPENAI_API_KEY", &long),
    ]);
    let model = directory
        .choose(TenantId::new(), Some(NAMES[0]))
        .await
        .unwrap()
        .model;
    provider.push(Reply::status(401, long.repeat(3)).without_end());
    let error = model.ask(&question("Hello"), soon()).await.unwrap_err();
    assert!(!error.to_string().contains("sk-test"), "{error}");
    assert!(error.to_string().ends_with("[key][key]"), "{error}");
}

#[tokio::test]
async fn a_key_that_the_provider_repeats_is_not_shown_or_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut shown = 0;
    for name in NAMES {
        let provider = TestModel::start().await.unwrap();
        let model = model_at(&provider, name).await;
        for key in disguises() {
            for reply in replies(&key) {
                provider.answer_with(move |_| reply.clone());
                let (question, deadline) =
                    (question("Hello"), Instant::now() + Duration::from_secs(600));
                let error = as_time_passes(model.ask(&question, deadline))
                    .await
                    .unwrap_err();
                assert!(!matches!(error, ModelError::Late { .. }), "{error:?}");
                let texts = [
                    format!("{error}"),
                    format!("{error:?}"),
                    format!("{:?}", Error::from(error)),
                ];
                for text in texts {
                    assert!(!seen(&text).contains(&KEY[..12]), "{name}: {text}");
                    shown += usize::from(text.contains("[key]"));
                }
            }
        }
    }
    // The words around it are shown, or nothing was proved.
    assert!(shown > 100, "{shown}");
    let log = log.text();
    assert!(log.contains("asking again after"), "nothing was logged");
    let found = log
        .to_lowercase()
        .find(KEY)
        .map(|at| log[at.saturating_sub(200)..at].to_owned());
    assert_eq!(found, None);
}
