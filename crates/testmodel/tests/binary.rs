//! The binary prints its addresses, takes replies over HTTP, and ends cleanly.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// Ends the program, whatever becomes of the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_is_prepared_over_http_and_ends_on_term() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let child = Command::new(env!("CARGO_BIN_EXE_guise-testmodel"))
        .stdout(Stdio::piped())
        .spawn();
    let mut program = Program(child.unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let addresses: Value = serde_json::from_str(&line).unwrap();
    let url = addresses["url"].as_str().unwrap();
    assert_eq!(addresses["openai"], format!("{url}/v1"));

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = |path: &str, body: Value| http.post(format!("{url}{path}")).json(&body).send();
    let replies = json!([
        {"text": "Hi", "calls": [{"name": "click", "arguments": {"id": "B1"}}], "usage": {"input": 3, "output": 1}, "cost": 0.5},
        {"status": 503, "headers": {"retry-after": "1"}, "body": "busy"},
    ]);
    assert_eq!(post("/_replies", replies).await.unwrap().status(), 204);
    assert_eq!(
        post("/_replies", json!([{"txt": "Hi"}]))
            .await
            .unwrap()
            .status(),
        422
    );

    let question = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]});
    let answer = post("/v1/chat/completions", question.clone())
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "Hi");
    assert_eq!(answer["usage"]["cost"], 0.5);
    let refusal = post("/v1/chat/completions", question.clone())
        .await
        .unwrap();
    assert_eq!(
        (refusal.status().as_u16(), &refusal.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );

    let requests = || async {
        let shown = http.get(format!("{url}/_requests")).send().await.unwrap();
        shown.json::<Vec<Value>>().await.unwrap()
    };
    let seen = requests().await;
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0]["protocol"], "openai");
    assert_eq!(seen[0]["path"], "/v1/chat/completions");
    assert_eq!(seen[0]["body"], question);
    post("/_reset", Value::Null).await.unwrap();
    assert_eq!(requests().await.len(), 0);

    let killed = Command::new("kill")
        .args(["-TERM", &program.0.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(program.0.wait().unwrap().code(), Some(0));
}
