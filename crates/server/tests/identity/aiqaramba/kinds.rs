//! What each type of credential needs and refuses: every combination of members.

use serde_json::{Value, json};

use crate::world::{World, members, tenant_persona, text};

const PASSWORD: &str = "correct horse battery staple";
const VALUE: &str = "sk_live_0123456789abcdef";
const SEED: &str = "JBSWY3DPEHPK3PXP";
const EMAIL: &str = "somebody@elsewhere.example";

/// What may be sent besides label and type.
const OPTIONAL: [(&str, &str); 4] = [
    ("email", EMAIL),
    ("password", PASSWORD),
    ("value", VALUE),
    ("mfa_secret", SEED),
];

/// How a type takes a member.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    /// It must be there.
    Needs,
    /// It may be there.
    May,
    /// It may be there, and does not count.
    Ignores,
    /// It must not be there.
    Refuses,
}
use Takes::{Ignores, May, Needs, Refuses};

/// How each type takes email, password, value and `mfa_secret`.
const KINDS: [(&str, [Takes; 4]); 4] = [
    ("username_password", [Ignores, Needs, Refuses, May]),
    ("magic_link", [Ignores, Refuses, Refuses, Refuses]),
    ("secret", [Ignores, Refuses, Needs, Refuses]),
    ("external", [Needs, Needs, Refuses, May]),
];

#[tokio::test]
async fn every_combination_of_members_is_taken_or_refused_by_the_type() {
    let world = World::new().await;
    let sarah = tenant_persona(&world.client, "Sarah").await;
    let path = format!("/api/v1/personas/{}/credentials", text(&sarah, "id"));
    let mut kept = Vec::new();
    for (kind, takes) in KINDS {
        for sent in 0..16_u32 {
            let there = |place: usize| sent & (1 << place) != 0;
            let mut body = json!({"label": "a label", "cred_type": kind});
            for (place, (name, text)) in OPTIONAL.into_iter().enumerate() {
                // Null is as good as absent.
                body[name] = if there(place) {
                    json!(text)
                } else {
                    Value::Null
                };
            }
            // The first member that does not fit, if any.
            let problem = (0..4).find(|&place| match takes[place] {
                Needs => !there(place),
                Refuses => there(place),
                May | Ignores => false,
            });
            let answer = world.client.post(&path).json(body.clone()).send().await;
            let raw = String::from_utf8_lossy(&answer.body).into_owned();
            for secret in [PASSWORD, VALUE, SEED] {
                assert!(!raw.contains(secret), "{raw}");
            }
            if problem.is_some() {
                assert_eq!(answer.status, 400, "{body}: {answer}");
                let message = answer.message();
                let named = (0..4).any(|place| {
                    let fits = match takes[place] {
                        Needs => there(place),
                        Refuses => !there(place),
                        May | Ignores => true,
                    };
                    !fits && message.contains(OPTIONAL[place].0)
                });
                assert!(named, "{body}: {message}");
                continue;
            }
            assert_eq!(answer.status, 201, "{body}: {answer}");
            let made = answer.json();
            assert_eq!(made["cred_type"], kind);
            assert_eq!(made["label"], "a label");
            assert_eq!(made["persona_id"], sarah["id"]);
            assert_eq!(made["has_mfa"], there(3));
            assert_eq!(made["created_at"], made["updated_at"]);
            // The address is the persona's own where mail can be read, the customer's where it cannot.
            let email = match kind {
                "secret" => Value::Null,
                "external" => json!(EMAIL),
                _ => sarah["email"].clone(),
            };
            assert_eq!(made.get("email").cloned().unwrap_or_default(), email);
            let mut expected = vec![
                "created_at",
                "cred_type",
                "has_mfa",
                "id",
                "label",
                "persona_id",
                "updated_at",
            ];
            if kind != "secret" {
                expected.insert(2, "email");
            }
            assert_eq!(members(&made), expected, "{made}");
            kept.push(made);
        }
    }
    assert_eq!(kept.len(), 4 + 2 + 2 + 2);
    let list = world.client.get(&path).ok().await;
    assert_eq!(
        list,
        json!({"credentials": kept}),
        "oldest first, no cursor"
    );
}

#[tokio::test]
async fn a_type_is_one_of_four_by_its_exact_name() {
    let world = World::new().await;
    let sarah = tenant_persona(&world.client, "Sarah").await;
    let path = format!("/api/v1/personas/{}/credentials", text(&sarah, "id"));
    for wrong in [
        json!("password"),
        json!("Secret"),
        json!("secret "),
        json!(""),
        json!(null),
        json!(4),
        json!(["secret"]),
        json!("x".repeat(10_000)),
    ] {
        let body = json!({"label": "x", "cred_type": wrong, "value": VALUE});
        let message = world.client.post(&path).json(body).refused(400).await;
        assert!(message.contains("cred_type"), "{message}");
        assert!(message.len() < 1000, "it repeats everything");
    }
    let missing = json!({"label": "x", "value": VALUE});
    let message = world.client.post(&path).json(missing).refused(400).await;
    assert!(message.contains("cred_type"), "{message}");
}
