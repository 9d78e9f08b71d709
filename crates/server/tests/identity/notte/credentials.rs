//! Credentials by site: kept once a site, shown without secrets, revealed to whoever may see them.

use serde_json::{Value, json};

use crate::support::client::{Call, Client};
use crate::world::{World, text, vault};

/// A vault's credentials.
struct Vault<'w> {
    client: &'w Client,
    path: String,
}

impl<'w> Vault<'w> {
    async fn new(client: &'w Client) -> Self {
        let path = format!("/vaults/{}", vault(client).await);
        Self { client, path }
    }

    fn put(&self, url: &str, credentials: Value) -> Call {
        let call = self.client.post(&format!("{}/credentials", self.path));
        call.json(json!({"url": url, "credentials": credentials}))
    }

    fn at(&self, url: &str) -> String {
        let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        format!("{}/credentials?url={url}", self.path)
    }

    fn reveal(&self, url: &str) -> Call {
        self.client.get(&self.at(url))
    }

    fn delete(&self, url: &str) -> Call {
        self.client.delete(&self.at(url))
    }

    async fn list(&self) -> Value {
        self.client.get(&self.path).ok().await["credentials"].clone()
    }
}

fn joe() -> Value {
    json!({"username": "joe", "password": "hunter2!"})
}

#[tokio::test]
async fn what_is_revealed_is_exactly_what_was_kept() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    for (number, credentials) in [
        json!({"email": "a@b.example", "password": "hunter2!"}),
        joe(),
        json!({"username": "joe", "password": "hunter2!", "mfa_secret": "mysecret"}),
        json!({"username": " ", "password": " \t\n\u{0}\u{1F600}\"'\\ "}),
        json!({"email": "a@b.example", "password": "x".repeat(65_536)}),
    ]
    .into_iter()
    .enumerate()
    {
        let site = format!("site{number}.example");
        let kept = vault.put(&site, credentials.clone()).ok().await;
        assert_eq!(kept, json!({"status": "success"}));
        let answer = vault.reveal(&site).send().await;
        assert_eq!(answer.json(), json!({"credentials": credentials}));
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
    // What is null counts as absent, and comes back as absent.
    let credentials =
        json!({"username": null, "email": "a@b.example", "password": "p", "mfa_secret": null});
    vault.put("nulls.example", credentials).ok().await;
    let revealed = vault.reveal("nulls.example").ok().await;
    let expected = json!({"credentials": {"email": "a@b.example", "password": "p"}});
    assert_eq!(revealed, expected);
}

#[tokio::test]
async fn lists_show_no_secrets() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    let secret =
        json!({"username": "joe", "password": "Zyklop-8841", "mfa_secret": "ZYKLOPSEED234567"});
    vault.put("a.example", secret).ok().await;
    let secret = json!({"email": "a@b.example", "password": "Zyklop-8841"});
    vault.put("https://login.b.example/in", secret).ok().await;
    let answer = world.client.get(&vault.path).send().await;
    let expected = json!({"credentials": [
        {"url": "a.example", "email": null, "username": "joe"},
        {"url": "b.example", "email": "a@b.example", "username": null},
    ]});
    assert_eq!(answer.json(), expected, "oldest first");
    for path in ["/vaults", "/vaults?only_active=false"] {
        let answer = world.client.get(path).send().await.to_string();
        assert!(
            !answer.contains("Zyklop") && !answer.contains("ZYKLOP"),
            "{answer}"
        );
    }
    let log = world.server.log();
    assert!(!log.contains("Zyklop") && !log.contains("ZYKLOP"));
}

#[tokio::test]
async fn a_site_has_one_entry_however_its_address_is_spelled() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    let spellings = [
        "peeple.com",
        "PEEPLE.COM",
        "test.peeple.com",
        "https://peeple.com/x",
        "http://a.b.peeple.com:8080/x?y=z#w",
        " peeple.com ",
        "peeple.com.",
        "peeple.com/login",
    ];
    for (number, writing) in spellings.into_iter().enumerate() {
        let password = format!("password {number}");
        let credentials = json!({"username": "joe", "password": password});
        vault.put(writing, credentials.clone()).ok().await;
        // Not all by all: a key may reveal sixty a minute.
        let reading = spellings[(number * 3 + 1) % spellings.len()];
        let revealed = vault.reveal(reading).ok().await;
        assert_eq!(revealed["credentials"], credentials, "{writing} {reading}");
        let listed = json!([{"url": "peeple.com", "email": null, "username": "joe"}]);
        assert_eq!(vault.list().await, listed);
    }
    for deleting in spellings {
        vault.put("peeple.com", joe()).ok().await;
        let deleted = vault.delete(deleting).ok().await;
        let expected = json!({"status": "success", "message": "Credentials deleted successfully"});
        assert_eq!(deleted, expected);
        for reading in spellings {
            vault.delete(reading).refused(404).await;
        }
        vault.reveal(deleting).refused(404).await;
        assert_eq!(vault.list().await, json!([]));
    }
    // These only look alike.
    let distinct = [
        "a.github.io",
        "b.github.io",
        "a.co.uk",
        "127.0.0.1",
        "localhost",
        "peeple.org",
        "[::1]:80",
    ];
    for site in distinct {
        let credentials = json!({"username": "joe", "password": site});
        vault.put(site, credentials).ok().await;
    }
    for site in distinct {
        let revealed = vault.reveal(site).ok().await;
        assert_eq!(revealed["credentials"]["password"], site);
    }
    assert_eq!(vault.list().await.as_array().unwrap().len(), distinct.len());
}

#[tokio::test]
async fn a_later_entry_takes_the_place_of_the_whole_one_before() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    let first = json!({"username": "joe", "password": "one", "mfa_secret": "mysecret"});
    vault.put("a.example", first).ok().await;
    let second = json!({"email": "joe@b.example", "password": "two"});
    vault.put("a.example", second.clone()).ok().await;
    let revealed = vault.reveal("a.example").ok().await;
    assert_eq!(
        revealed["credentials"], second,
        "nothing of the first is left"
    );
    let code = format!("{}/credentials/code?url=a.example", vault.path);
    world.client.get(&code).refused(400).await;
    let listed = json!([{"url": "a.example", "email": "joe@b.example", "username": null}]);
    assert_eq!(vault.list().await, listed);
}

#[tokio::test]
async fn addresses_without_a_host_are_refused() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    for wrong in [
        "",
        " ",
        "https://",
        "://",
        "mailto:a@b.example",
        "a b",
        "a.example@evil.example",
    ] {
        let answer = vault.put(wrong, joe()).send().await;
        assert_eq!(answer.status, 422, "{wrong}: {answer}");
        assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "url"]));
        for call in [vault.reveal(wrong), vault.delete(wrong)] {
            let answer = call.send().await;
            assert_eq!(answer.status, 422, "{wrong}: {answer}");
            assert_eq!(answer.json()["detail"][0]["loc"], json!(["query", "url"]));
        }
    }
    for path in [
        "credentials",
        "credentials/code",
        "credentials?URL=a.example",
    ] {
        let path = format!("{}/{path}", vault.path);
        let message = world.client.get(&path).refused(422).await;
        assert!(message.contains("url"), "{message}");
    }
    // Who pastes a password into an address does not read it in an error.
    let message = vault
        .put("https://joe:hunter2@a.example", joe())
        .refused(422)
        .await;
    assert!(!message.contains("hunter2"), "{message}");
    assert_eq!(vault.list().await, json!([]));
}

#[tokio::test]
async fn there_is_one_name_to_log_in_with_and_a_password() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    for (credentials, name) in [
        (json!({"password": "p"}), "email"),
        (
            json!({"email": "a@b.example", "username": "joe", "password": "p"}),
            "username",
        ),
        (json!({"username": "joe"}), "password"),
        (json!({"username": "joe", "password": null}), "password"),
        (json!({"username": "joe", "password": ""}), "password"),
        (
            json!({"username": "joe", "password": "x".repeat(65_537)}),
            "password",
        ),
        (json!({"email": "joe", "password": "p"}), "email"),
        (
            json!({"username": "x".repeat(321), "password": "p"}),
            "username",
        ),
        (json!({"username": 7, "password": "p"}), "username"),
        (
            json!({"username": "joe", "password": "p", "colour": "red"}),
            "colour",
        ),
        (
            json!({"username": "joe", "password": "p", "mfa_secret": "999777"}),
            "mfa_secret",
        ),
        (
            json!({"username": "joe", "password": "p", "mfa_secret": ""}),
            "mfa_secret",
        ),
        (json!([]), "credentials"),
        (json!(null), "credentials"),
    ] {
        let message = vault
            .put("a.example", credentials.clone())
            .refused(422)
            .await;
        assert!(message.contains(name), "{credentials}: {message}");
    }
    assert_eq!(vault.list().await, json!([]));
    // What it refuses it does not repeat.
    for credentials in [
        json!({"username": "joe", "password": 884_377_884_377_u64}),
        json!({"username": "joe", "password": ["884377884377"]}),
        json!({"username": "joe", "password": "p", "mfa_secret": 884_377_884_377_u64}),
        json!({"username": "joe", "pasword": "884377884377"}),
        json!("884377884377"),
        json!(884_377_884_377_u64),
    ] {
        let answer = vault.put("a.example", credentials).send().await;
        assert_eq!(answer.status, 422, "{answer}");
        assert!(!answer.to_string().contains("884377884377"), "{answer}");
    }
}

#[tokio::test]
async fn a_host_that_is_longer_than_any_is_refused() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    // Letters that hardly repeat: databases compress what does.
    let long: String = (0_u32..4000)
        .map(|n| char::from(b'a' + u8::try_from(n.wrapping_mul(2_654_435_761) >> 16 & 15).unwrap()))
        .collect();
    for host in [format!("{long}.com"), format!("{}.com", "a.".repeat(200))] {
        let message = vault.put(&host, joe()).refused(422).await;
        assert!(message.contains("url"), "{message}");
    }
    assert_eq!(vault.list().await, json!([]));
}

#[tokio::test]
async fn what_is_sent_under_a_wrong_name_is_not_repeated() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    let path = format!("{}/credentials", vault.path);
    for body in [
        json!({"url": "a.example", "passwd": "hunter2!"}),
        json!({"url": "a.example", "otp_secret": "hunter2!", "credentials": joe()}),
    ] {
        let answer = vault.client.post(&path).json(body).unchecked().await;
        assert_eq!(answer.status.as_u16(), 422, "{answer}");
        assert!(!answer.to_string().contains("hunter2!"), "{answer}");
    }
}

#[tokio::test]
async fn a_password_is_made_by_a_policy_and_not_shown() {
    let world = World::new().await;
    let vault = Vault::new(&world.client).await;
    let generate = |body: Value| {
        let call = vault
            .client
            .post(&format!("{}/credentials/generate", vault.path));
        call.json(body)
    };
    let made = generate(json!({"url": "a.example", "username": "joe"}))
        .ok()
        .await;
    assert_eq!(made, json!({"status": "success"}));
    let first = vault.reveal("a.example").ok().await["credentials"].clone();
    assert_eq!(first["username"], "joe");
    let password = text(&first, "password");
    assert_eq!(password.len(), 20);
    for class in [
        char::is_lowercase as fn(char) -> bool,
        char::is_uppercase,
        char::is_numeric,
        |c| c.is_ascii_punctuation(),
    ] {
        assert!(password.contains(class), "{password}");
    }

    // Anew, and as this site wants it.
    let policy = json!({"length": 64, "symbols": false, "upper": false, "excluded": "abc", "unambiguous": true});
    let again = json!({"url": "a.example", "email": "joe@b.example", "policy": policy});
    generate(again).ok().await;
    let second = vault.reveal("a.example").ok().await["credentials"].clone();
    let password = text(&second, "password");
    assert_eq!(password.len(), 64);
    let fits = |c: char| "defghijkmnpqrstuvwxyz23456789".contains(c);
    assert!(password.chars().all(fits), "{password}");

    for (policy, expected) in [
        (json!({"length": 7}), "expected 8 to 128"),
        (json!({"length": 129}), "expected 8 to 128"),
        (
            json!({"lower": false, "upper": false, "digits": false, "symbols": false}),
            "of nothing",
        ),
        (json!({"excluded": "0123456789"}), "digits"),
        (json!({"length": -1}), "policy.length"),
        (json!({"colour": "blue"}), "colour"),
    ] {
        let body = json!({"url": "a.example", "username": "joe", "policy": policy});
        let message = generate(body).refused(422).await;
        assert!(message.contains(expected), "{message}");
    }
    for body in [
        json!({"url": "a.example"}),
        json!({"url": "a.example", "email": "a@b.example", "username": "joe"}),
    ] {
        generate(body).refused(422).await;
    }
    // What was refused changed nothing.
    let kept = vault.reveal("a.example").ok().await["credentials"].clone();
    assert_eq!(kept, second);
}
