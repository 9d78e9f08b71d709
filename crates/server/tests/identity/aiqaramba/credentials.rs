//! Credentials: labels, sizes, whose they are, second factors.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::world::{NOBODY, World, tenant_persona, text, texts};

/// A persona's keychain.
struct Keychain<'w> {
    client: &'w Client,
    path: String,
}

impl<'w> Keychain<'w> {
    async fn new(world: &'w World, name: &str) -> Self {
        let persona = tenant_persona(&world.client, name).await;
        Self {
            client: &world.client,
            path: format!("/api/v1/personas/{}/credentials", text(&persona, "id")),
        }
    }

    async fn add(&self, body: Value) -> Value {
        self.client.post(&self.path).json(body).created().await
    }

    async fn refuses(&self, body: Value) -> String {
        self.client.post(&self.path).json(body).refused(400).await
    }

    async fn labels(&self) -> Vec<String> {
        let list = self.client.get(&self.path).ok().await;
        texts(&list["credentials"], "label")
    }
}

fn secret(label: &str) -> Value {
    json!({"label": label, "cred_type": "secret", "value": "sk_0123456789"})
}

#[tokio::test]
async fn labels_say_something_and_need_not_be_unique() {
    let world = World::new().await;
    let keychain = Keychain::new(&world, "Sarah").await;
    assert_eq!(keychain.labels().await, [""; 0]);
    let long = "é".repeat(200);
    for label in [
        "Staging login",
        "Staging login",
        " padded ",
        "佐藤 😀",
        &long,
    ] {
        assert_eq!(keychain.add(secret(label)).await["label"], label);
    }
    let expected = [
        "Staging login",
        "Staging login",
        " padded ",
        "佐藤 😀",
        &long,
    ];
    assert_eq!(keychain.labels().await, expected, "oldest first");
    for label in [
        json!(""),
        json!("  "),
        json!("\u{3000}"),
        json!("é".repeat(201)),
        json!(null),
        json!(7),
    ] {
        let mut body = secret("x");
        body["label"] = label;
        assert!(keychain.refuses(body).await.contains("label"));
    }
    assert_eq!(keychain.labels().await.len(), 5);
}

#[tokio::test]
async fn members_have_a_largest_size() {
    let world = World::new().await;
    let keychain = Keychain::new(&world, "Sarah").await;
    let with = |kind: &str, more: Value| {
        let mut body = json!({"label": "x", "cred_type": kind});
        for (name, member) in more.as_object().unwrap() {
            body[name] = member.clone();
        }
        body
    };
    // Bytes count here, because bytes are what is sealed.
    let largest = "é".repeat(32_768);
    let larger = format!("{largest}x");
    for (kind, name) in [("username_password", "password"), ("secret", "value")] {
        keychain.add(with(kind, json!({name: largest}))).await;
        let message = keychain.refuses(with(kind, json!({name: larger}))).await;
        assert!(message.contains(name) && message.len() < 200, "{message}");
        let message = keychain.refuses(with(kind, json!({name: ""}))).await;
        assert!(message.contains(name), "{message}");
    }
    let notes = "é".repeat(10_000);
    let made = keychain
        .add(with("magic_link", json!({"auth_notes": notes})))
        .await;
    assert_eq!(made["auth_notes"], *notes);
    let notes = json!({"auth_notes": format!("{notes}x")});
    assert!(
        keychain
            .refuses(with("magic_link", notes))
            .await
            .contains("auth_notes")
    );
    // A whole body that is too large is not even read.
    let huge = with("secret", json!({"value": "x".repeat(1024 * 1024)}));
    keychain
        .client
        .post(&keychain.path)
        .json(huge)
        .refused(413)
        .await;
}

#[tokio::test]
async fn an_outside_address_looks_like_one() {
    let world = World::new().await;
    let keychain = Keychain::new(&world, "Sarah").await;
    let with = |email: Value| json!({"label": "x", "cred_type": "external", "email": email, "password": "hunter2!"});
    for fine in [
        "a@b",
        "Some.One+tag@Sub.Example.com",
        "佐藤@例え.jp",
        // Although it is on our domain it is the customer's: what it says counts.
        &format!("sarah@{}", crate::world::DOMAIN),
        &format!("{}@b.example", "a".repeat(310)),
    ] {
        assert_eq!(keychain.add(with(json!(fine))).await["email"], fine);
    }
    for wrong in [
        json!(""),
        json!("a"),
        json!("@b"),
        json!("a@"),
        json!("a b@c"),
        json!("a@b\n"),
        json!(7),
        json!(format!("{}@b.example", "a".repeat(311))),
    ] {
        let message = keychain.refuses(with(wrong)).await;
        assert!(message.contains("email"), "{message}");
    }
}

#[tokio::test]
async fn a_credential_belongs_to_one_persona() {
    let world = World::new().await;
    let client = &world.client;
    let sarah = Keychain::new(&world, "Sarah").await;
    let tom = Keychain::new(&world, "Tom").await;
    let with_factor = json!({"label": "x", "cred_type": "username_password", "password": "hunter2!",
        "mfa_secret": "mysecret"});
    let hers = text(&sarah.add(with_factor).await, "id");
    // Whether the other one has a vault of its own or not.
    for _ in 0..2 {
        let path = format!("{}/{hers}", tom.path);
        client.delete(&path).refused(404).await;
        client.get(&format!("{path}/code")).refused(404).await;
        tom.add(secret("his")).await;
    }
    assert_eq!(sarah.labels().await, ["x"]);
    let path = format!("{}/{hers}", sarah.path);
    client.get(&format!("{path}/code")).ok().await;
    let unknown = format!("/api/v1/personas/{NOBODY}/credentials/{hers}");
    client.delete(&unknown).refused(404).await;

    client.delete(&path).done().await;
    client.delete(&path).refused(404).await;
    client.get(&format!("{path}/code")).refused(404).await;
    client
        .delete(&format!("{}/{NOBODY}", sarah.path))
        .refused(404)
        .await;
    assert_eq!(sarah.labels().await, [""; 0]);
    assert_eq!(tom.labels().await, ["his", "his"]);
}

#[tokio::test]
async fn codes_come_without_their_seed() {
    let world = World::new().await;
    let keychain = Keychain::new(&world, "Sarah").await;
    let add = |seed: &str| {
        keychain.add(json!({"label": "x", "cred_type": "username_password", "password": "hunter2!", "mfa_secret": seed}))
    };
    let code_of = |credential: &Value| {
        let path = format!("{}/{}/code", keychain.path, text(credential, "id"));
        keychain.client.get(&path)
    };
    for seed in [
        "mysecret",
        "AAAAAAAAAAAA",
        "EXAMPLEMFASECRET",
        "jbsw y3dp ehpk 3pxp",
    ] {
        let credential = add(seed).await;
        let answer = code_of(&credential).send().await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        let code = answer.json();
        let digits = text(&code, "code");
        assert!(
            digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_digit()),
            "{code}"
        );
        let left = code["valid_for_seconds"].as_u64().unwrap();
        assert!((1..=30).contains(&left), "{code}");
        assert!(!answer.to_string().contains(seed), "{answer}");
    }
    // RFC 4226 appendix D: each code of a counter is given once.
    let seed = "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0";
    let counted = add(seed).await;
    for expected in ["755224", "287082", "359152", "969429"] {
        let code = code_of(&counted).ok().await;
        assert_eq!(code, json!({"code": expected, "valid_for_seconds": null}));
    }
    let plain = keychain.add(secret("plain")).await;
    let message = code_of(&plain).refused(400).await;
    assert!(message.contains("second factor"), "{message}");

    for seed in [
        "999777",
        "",
        "not base32!",
        "otpauth://totp/x",
        "otpauth://smtp/x?secret=AAAA",
    ] {
        let body = json!({"label": "x", "cred_type": "username_password", "password": "hunter2!", "mfa_secret": seed});
        let message = keychain.refuses(body).await;
        assert!(message.contains("mfa_secret"), "{message}");
        assert!(seed.is_empty() || !message.contains(seed), "{message}");
    }
}
