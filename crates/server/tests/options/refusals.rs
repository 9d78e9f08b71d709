//! What cannot be granted is refused by name, with what would work, and all of it at once.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn what_cannot_be_granted_is_refused_by_name() {
    let house = House::new().await;
    let refused: &[(Value, &str, &str)] = &[
        (
            json!({"cdp_url": "wss://a.example/x", "user_agent": "me"}),
            "user_agent",
            "leave user_agent out",
        ),
        (
            json!({"profile": {"id": "p"}}),
            "profile",
            "set cookies on the session instead",
        ),
        (
            json!({"vault_id": "v"}),
            "vault_id",
            "the id of one of your vaults",
        ),
        (json!({"auth_ids": ["a"]}), "auth_ids", "send an empty list"),
        (json!({"web_bot_auth": true}), "web_bot_auth", "send false"),
        (json!({"block_ads": true}), "block_ads", "send false"),
        (
            json!({"advanced_stealth": true}),
            "advanced_stealth",
            "send false",
        ),
        (
            json!({"proxies": true}),
            "proxies",
            "send false, or one of yours",
        ),
        (
            json!({"proxies": [{"type": "notte"}]}),
            "proxies",
            "send false, or one of yours",
        ),
        (
            json!({"proxies": [{"type": "tailnet", "oauth_client_id": "c"}]}),
            "proxies",
            "type external instead",
        ),
        (
            json!({"proxies": [{"type": "external", "server": "ftp://a.example:1"}]}),
            "server",
            "http://host:port or socks5://host:port",
        ),
        (json!({"viewport_width": 800}), "viewport", "or neither"),
        (
            json!({"viewport_width": 99, "viewport_height": 800}),
            "viewport_width",
            "100 to 7680",
        ),
        (
            json!({"viewport_width": 800, "viewport_height": 4321}),
            "viewport_height",
            "100 to 4320",
        ),
        (json!({"aspect_ratio": "4:3"}), "aspect_ratio", "5:4, 16:9"),
        (
            json!({"aspect_ratio": "5:4", "viewport_width": 800, "viewport_height": 600}),
            "aspect_ratio",
            "not both",
        ),
        (json!({"user_agent": ""}), "user_agent", "printable text"),
        (
            json!({"user_agent": "a\r\nb: c"}),
            "user_agent",
            "printable text",
        ),
        (
            json!({"extra_http_headers": {"a b": "c"}}),
            "extra_http_headers",
            "a token as name",
        ),
        (
            json!({"extra_http_headers": {"a": "b\r\nc: d"}}),
            "extra_http_headers",
            "without control characters",
        ),
        (
            json!({"screenshot_type": "half"}),
            "screenshot_type",
            "last_action",
        ),
        (json!({"shoe_size": 42}), "shoe_size", "expected one of"),
        (
            json!({"chrome_args": ["--no-sandbox"]}),
            "--no-sandbox",
            "stays on",
        ),
        (
            json!({"chrome_args": ["--remote-debugging-port=9222"]}),
            "--remote-debugging-port=9222",
            "cdp_url",
        ),
        (
            json!({"chrome_args": ["--proxy-server=http://a.example"]}),
            "--proxy-server",
            "option proxies",
        ),
        (
            json!({"chrome_args": ["--user-agent=x"]}),
            "--user-agent",
            "option user_agent",
        ),
        (
            json!({"chrome_args": ["--disable-features=IsolateOrigins"]}),
            "--disable-features",
            "--disable-blink-features",
        ),
        (
            json!({"chrome_args": ["--made-up"]}),
            "--made-up",
            "not among the harmless ones",
        ),
    ];
    for (options, member, instead) in refused {
        let message = house.refused(options.clone()).await;
        assert!(
            message.contains(member) && message.contains(instead),
            "{options}: {message}"
        );
    }
    let list = house.client.get("/sessions").ok().await;
    assert_eq!(list["items"], json!([]), "nothing was started");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let options = json!({"vault_id": "v", "max_duration_minutes": 0, "aspect_ratio": "4:3"});
    let message = House::new().await.refused(options).await;
    for member in ["vault_id", "max_duration_minutes", "aspect_ratio"] {
        assert!(message.contains(member), "{message}");
    }
}
