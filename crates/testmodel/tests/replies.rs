//! What is answered, over each protocol.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guise_testmodel::{Protocol, Reply, TestModel};
use reqwest::{Client, Response};
use serde_json::{Value, json};

fn client() -> Client {
    // Fails only where there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

async fn post(url: String, body: &Value) -> Response {
    let request = client().post(url).json(body);
    let request = request
        .header("x-api-key", "k")
        .header("x-goog-api-key", "k");
    request
        .header("anthropic-version", "2023-06-01")
        .send()
        .await
        .unwrap()
}

async fn whole(url: String, body: Value) -> Value {
    let response = post(url, &body).await;
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json().await.unwrap()
}

#[tokio::test]
async fn without_a_stream_the_answer_is_one_piece_of_json() {
    let provider = TestModel::answering(|_| {
        let reply = Reply::text("Hi").and_call("click", "{\"id\":\"B1\"}");
        reply.tokens(9, 3, 4)
    });
    let provider = provider.await.unwrap();
    let user = json!([{"role": "user", "content": "Hello"}]);

    let answer = whole(
        format!("{}/chat/completions", provider.openai_url()),
        json!({"model": "m", "messages": user}),
    );
    let answer = answer.await;
    assert_eq!(answer["choices"][0]["message"]["content"], "Hi");
    let call = &answer["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!(
        *call,
        json!({"name": "click", "arguments": "{\"id\":\"B1\"}"})
    );
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(answer["usage"]["total_tokens"], 13);

    let answer = whole(
        format!("{}/v1/messages", provider.url()),
        json!({"model": "m", "messages": user, "max_tokens": 5}),
    );
    let answer = answer.await;
    assert_eq!(answer["content"][0], json!({"type": "text", "text": "Hi"}));
    assert_eq!(answer["content"][1]["input"], json!({"id": "B1"}));
    assert_eq!(answer["usage"]["cache_read_input_tokens"], 3);

    let answer = whole(
        format!("{}/v1beta/models/m:generateContent", provider.url()),
        json!({"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}),
    );
    let answer = answer.await;
    let parts = &answer["candidates"][0]["content"]["parts"];
    assert_eq!(parts[0]["text"], "Hi");
    assert_eq!(parts[1]["functionCall"]["args"], json!({"id": "B1"}));

    let answer = whole(
        format!("{}/api/chat", provider.url()),
        json!({"model": "m", "messages": user, "stream": false}),
    );
    let answer = answer.await;
    assert_eq!(answer["message"]["content"], "Hi");
    assert_eq!(answer["done"], true);

    let protocols: Vec<_> = provider
        .requests()
        .iter()
        .map(|request| request.protocol)
        .collect();
    assert_eq!(
        protocols,
        [
            Protocol::OpenAi,
            Protocol::Anthropic,
            Protocol::Gemini,
            Protocol::Ollama
        ]
    );
    let texts: Vec<_> = provider
        .requests()
        .iter()
        .map(|request| request.last_text())
        .collect();
    assert_eq!(texts, ["Hello"; 4]);
}

#[tokio::test]
async fn pieces_are_cut_where_it_was_told() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("世").torn(1));
    let url = format!("{}/chat/completions", provider.openai_url());
    let body =
        json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": true});
    let mut response = post(url, &body).await;
    let (mut all, mut largest, mut cut) = (Vec::new(), 0, false);
    while let Some(chunk) = response.chunk().await.unwrap() {
        largest = largest.max(chunk.len());
        all.extend_from_slice(&chunk);
        cut |= std::str::from_utf8(&all).is_err();
    }
    assert_eq!(largest, 1);
    assert!(cut);
    let text = String::from_utf8(all).unwrap();
    assert!(
        text.contains("\"content\":\"世\"") && text.ends_with("data: [DONE]\n\n"),
        "{text}"
    );
}

#[tokio::test]
async fn what_the_real_one_would_not_take_is_refused_with_the_reason() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let openai = format!("{}/chat/completions", provider.openai_url());
    let anthropic = format!("{}/v1/messages", provider.url());
    let gemini = format!(
        "{}/v1beta/models/m:streamGenerateContent?alt=sse",
        provider.url()
    );
    let ollama = format!("{}/api/chat", provider.url());
    let user = json!([{"role": "user", "content": "Hello"}]);
    let open = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let closed = json!({"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}, "additionalProperties": false});
    let strict = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": open, "strict": true}});
    let png = json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}}]}]);
    let output = |schema: &Value| json!({"format": {"type": "json_schema", "schema": schema}});
    let cases = [
        (&openai, json!([]), "must be a JSON object"),
        (&openai, json!({"messages": user}), "model must be"),
        (
            &openai,
            json!({"model": "m", "messages": []}),
            "messages must be a list",
        ),
        (
            &openai,
            json!({"model": "m", "messages": user, "system": "x"}),
            "system is no member",
        ),
        (
            &openai,
            json!({"model": "m", "messages": user, "stream_options": {"include_usage": true}}),
            "only for streams",
        ),
        (
            &openai,
            json!({"model": "m", "messages": user, "tools": []}),
            "tools must be a list",
        ),
        (
            &openai,
            json!({"model": "gpt-5", "messages": user, "max_tokens": 1}),
            "use max_completion_tokens",
        ),
        (
            &openai,
            json!({"model": "m", "messages": user, "response_format": strict}),
            "with strict",
        ),
        (
            &openai,
            json!({"model": "m", "messages": png}),
            "must be a JPEG",
        ),
        (
            &anthropic,
            json!({"model": "m", "messages": user}),
            "max_tokens",
        ),
        (
            &anthropic,
            json!({"model": "m", "messages": [{"role": "user", "content": ""}], "max_tokens": 1}),
            "non-empty",
        ),
        (
            &anthropic,
            json!({"model": "m", "messages": [{"role": "assistant", "content": "x"}], "max_tokens": 1}),
            "first message",
        ),
        (
            &anthropic,
            json!({"model": "m", "messages": user, "max_tokens": 1, "output_config": output(&open)}),
            "additionalProperties",
        ),
        (
            &anthropic,
            json!({"model": "m", "messages": user, "max_tokens": 1, "output_config": output(&closed)}),
            "minLength",
        ),
        (
            &gemini,
            json!({"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]}),
            "valid role",
        ),
        (
            &gemini,
            json!({"contents": [{"role": "user", "parts": []}]}),
            "parts must be a list",
        ),
        (
            &ollama,
            json!({"model": "m", "messages": [{"role": "user", "content": []}]}),
            "is a text",
        ),
        (
            &ollama,
            json!({"model": "m", "messages": user, "format": "json"}),
            "format is a JSON Schema",
        ),
    ];
    for (url, body, expected) in cases {
        let response = post(url.clone(), &body).await;
        assert_eq!(response.status(), 400, "{body}");
        let words = response.text().await.unwrap();
        assert!(words.contains(expected), "{body}: {words}");
    }
    for (url, status) in [(&anthropic, 401), (&gemini, 403)] {
        let response = client().post(url).json(&json!({})).send().await.unwrap();
        assert_eq!(response.status(), status);
    }
    let response = post(format!("{}/v1/embeddings", provider.url()), &json!({})).await;
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn without_a_reply_it_says_so() {
    let provider = TestModel::start().await.unwrap();
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]});
    let response = post(format!("{}/chat/completions", provider.openai_url()), &body).await;
    assert_eq!(response.status(), 400);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("no reply was prepared")
    );
}

#[tokio::test]
async fn a_status_has_its_headers_and_its_body() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::status(429, "slow down").header("retry-after", "7"));
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]});
    let response = post(format!("{}/chat/completions", provider.openai_url()), &body).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(response.text().await.unwrap(), "slow down");
}
