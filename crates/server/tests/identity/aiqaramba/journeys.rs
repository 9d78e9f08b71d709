//! Journeys: their members, what they name, and to which project they belong.

use http::Method;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::world::{
    NOBODY, World, journey, mailbox, members, role, tenant_persona, tenant_project, text, texts,
};

/// What a journey can name.
struct Named {
    project: String,
    role: String,
    persona: String,
    mailboxes: [String; 2],
}

impl Named {
    async fn new(client: &Client, name: &str) -> Self {
        Self {
            project: text(&tenant_project(client, json!({"name": name})).await, "id"),
            role: text(&role(client, name).await, "id"),
            persona: text(&tenant_persona(client, name).await, "id"),
            mailboxes: [
                mailbox(client, &format!("{name}-1")).await,
                mailbox(client, &format!("{name}-2")).await,
            ],
        }
    }

    /// A journey that names all of it.
    fn full(&self) -> Value {
        json!({"name": "buy", "description": "Buys\nsomething", "prompt_template": "Buy {{ what }} as {{ who }}, {{ what }}!",
            "project_id": self.project, "role_id": self.role, "persona_id": self.persona,
            "mailboxes": [self.mailboxes[1], self.mailboxes[0]], "priority": 7})
    }

    /// The addresses by which it is deleted, and the members that name it.
    fn deletions(&self) -> [(String, &'static str); 3] {
        [
            (format!("/api/v1/roles/{}", self.role), "role_id"),
            (format!("/api/v1/personas/{}", self.persona), "persona_id"),
            (format!("/api/v1/projects/{}", self.project), "project_id"),
        ]
    }
}

/// The names of the journeys of a project.
async fn of_project(client: &Client, project: &str) -> Vec<String> {
    let path = format!("/api/v1/journeys?project_id={project}");
    texts(&client.get(&path).ok().await["journeys"], "name")
}

#[tokio::test]
async fn a_journey_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let named = Named::new(client, "shop").await;
    let wanted = named.full();
    let made = journey(client, wanted.clone()).await;
    let expected = [
        "created_at",
        "description",
        "id",
        "mailboxes",
        "name",
        "persona_id",
        "priority",
        "project_id",
        "prompt_template",
        "role_id",
        "tenant_id",
        "updated_at",
        "variables",
    ];
    assert_eq!(members(&made), expected, "{made}");
    for (member, value) in wanted.as_object().unwrap() {
        assert_eq!(&made[member], value);
    }
    assert_eq!(made["variables"], json!(["what", "who"]));
    assert_eq!(made["created_at"], made["updated_at"]);
    assert_eq!(
        made["tenant_id"],
        world.default_persona().await["tenant_id"]
    );
    let path = format!("/api/v1/journeys/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);

    // What is needed is a name and a prompt; several may have one name.
    let bare = journey(client, json!({"name": "buy"})).await;
    for member in ["description", "project_id", "role_id", "persona_id"] {
        assert_eq!(bare[member], Value::Null);
    }
    assert_eq!(
        (&bare["mailboxes"], &bare["variables"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(bare["priority"], 50);

    let list = client.get("/api/v1/journeys").ok().await;
    let expected = json!({"journeys": [bare, made], "next_cursor": null});
    assert_eq!(list, expected);
    client.delete(&path).done().await;
    for call in [
        client.get(&path),
        client.delete(&path),
        client.patch(&path).json(json!({})),
        client.put(&path).json(json!({})),
    ] {
        let message = call.refused(404).await;
        assert!(message.contains(&text(&made, "id")), "{message}");
    }
    let list = client.get("/api/v1/journeys").ok().await;
    assert_eq!(list["journeys"], json!([bare]));
}

#[tokio::test]
async fn what_is_absent_stays_and_null_removes() {
    let world = World::new().await;
    let client = &world.client;
    let named = Named::new(client, "shop").await;
    let full = named.full();
    let mut one = journey(client, json!({})).await;
    let path = format!("/api/v1/journeys/{}", text(&one, "id"));
    for method in [Method::PATCH, Method::PUT] {
        for (member, value) in full.as_object().unwrap() {
            let emptied = match &member[..] {
                // These cannot be empty: null changes nothing.
                "name" | "prompt_template" | "priority" => value.clone(),
                "mailboxes" => json!([]),
                _ => Value::Null,
            };
            for (sent, kept) in [(value, value), (&Value::Null, &emptied), (value, value)] {
                let change = json!({member: sent});
                let changed = client.call(method.clone(), &path).json(change).ok().await;
                one[member] = kept.clone();
                if member == "prompt_template" {
                    one["variables"] = json!(["what", "who"]);
                }
                one["updated_at"] = changed["updated_at"].clone();
                assert_eq!(changed, one, "{method} {member}");
                assert_eq!(client.get(&path).ok().await, one);
            }
        }
        let same = client.call(method, &path).json(json!({})).ok().await;
        assert_eq!(same["mailboxes"], full["mailboxes"]);
        let empty = json!({"description": null, "project_id": null, "role_id": null, "persona_id": null, "mailboxes": []});
        one = client.put(&path).json(empty).ok().await;
        assert_eq!(
            (&one["mailboxes"], &one["persona_id"]),
            (&json!([]), &Value::Null)
        );
    }
}

#[tokio::test]
async fn members_that_cannot_be_are_named() {
    let world = World::new().await;
    let client = &world.client;
    let theirs = Named::new(&world.stranger().await, "theirs").await;
    let gone = Named::new(client, "gone").await;
    for (path, _) in gone.deletions() {
        client.delete(&path).done().await;
    }
    let [gone_mailbox, _] = &gone.mailboxes;
    client
        .delete(&format!("/api/v1/mailboxes/{gone_mailbox}"))
        .done()
        .await;
    let made = journey(client, json!({})).await;
    let path = format!("/api/v1/journeys/{}", text(&made, "id"));

    let no_text = [
        json!(7),
        json!(["x"]),
        json!({"a": 1}),
        json!(true),
        json!(""),
        json!(" "),
        json!("a\u{0}b"),
    ];
    let no_number = [
        json!("7"),
        json!(1.5),
        json!(-1),
        json!(101),
        json!(u64::MAX),
        json!([7]),
        json!(true),
    ];
    let no_list = [
        json!("x"),
        json!(7),
        json!({"a": 1}),
        json!([[]]),
        json!([null]),
        json!([7]),
    ];
    let many: Vec<_> = (0..21)
        .map(|number| uuid::Uuid::from_u128(number).to_string())
        .collect();
    for (member, wrong, always) in [
        (
            "name",
            vec![json!("x".repeat(101)), json!(" x"), json!("x\n")],
            &no_text[..],
        ),
        (
            "description",
            vec![json!("x".repeat(20_001)), json!("\u{1b}")],
            &no_text,
        ),
        (
            "prompt_template",
            vec![
                json!("x".repeat(64 * 1024 + 1)),
                json!("{{ a"),
                json!("{{ }}"),
                json!("{{ a b }}"),
                json!("{{.Vars.a}}"),
                json!("x\u{8}"),
            ],
            &no_text,
        ),
        (
            "project_id",
            vec![
                json!("x"),
                json!(NOBODY),
                json!(gone.project),
                json!(theirs.project),
            ],
            &no_text,
        ),
        (
            "role_id",
            vec![
                json!("x"),
                json!(NOBODY),
                json!(gone.role),
                json!(theirs.role),
            ],
            &no_text,
        ),
        (
            "persona_id",
            vec![
                json!("x"),
                json!(NOBODY),
                json!(gone.persona),
                json!(theirs.persona),
            ],
            &no_text,
        ),
        ("priority", Vec::new(), &no_number),
        (
            "mailboxes",
            vec![
                json!(["x"]),
                json!([NOBODY]),
                json!([gone_mailbox]),
                json!([theirs.mailboxes[0]]),
                json!([gone.mailboxes[1], theirs.mailboxes[0]]),
                json!(many),
            ],
            &no_list,
        ),
    ] {
        for value in wrong.iter().chain(always) {
            let mut body = json!({"name": "x", "prompt_template": "x"});
            body[member] = value.clone();
            let change = json!({member: value});
            for call in [
                client.post("/api/v1/journeys").json(body),
                client.patch(&path).json(change.clone()),
                client.put(&path).json(change),
            ] {
                let message = call.refused(400).await;
                assert!(message.contains(member), "{value}: {message}");
            }
        }
    }
    for (missing, body) in [
        ("name", json!({"prompt_template": "x"})),
        ("name", json!({"prompt_template": "x", "name": null})),
        ("prompt_template", json!({"name": "x"})),
        (
            "prompt_template",
            json!({"name": "x", "prompt_template": null}),
        ),
    ] {
        let message = client
            .post("/api/v1/journeys")
            .json(body)
            .refused(400)
            .await;
        assert!(message.contains(missing), "{message}");
    }
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/v1/journeys").ok().await;
    assert_eq!(list["journeys"], json!([made]));
}

#[tokio::test]
async fn a_mailbox_that_is_named_twice_counts_once() {
    let world = World::new().await;
    let client = &world.client;
    let [a, b] = [mailbox(client, "a").await, mailbox(client, "b").await];
    let made = journey(client, json!({"mailboxes": [b, a, b]})).await;
    assert_eq!(made["mailboxes"], json!([b, a]));
    let path = format!("/api/v1/journeys/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await["mailboxes"], json!([b, a]));
    let change = client.patch(&path).json(json!({"mailboxes": [a, a]}));
    assert_eq!(change.ok().await["mailboxes"], json!([a]));
}

#[tokio::test]
async fn what_a_journey_names_goes_with_a_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let named = Named::new(client, "shop").await;
    let mut one = journey(client, named.full()).await;
    let path = format!("/api/v1/journeys/{}", text(&one, "id"));
    for (gone, member) in named.deletions() {
        client.delete(&gone).done().await;
        one[member] = Value::Null;
        assert_eq!(client.get(&path).ok().await, one);
        let list = client.get("/api/v1/journeys").ok().await;
        assert_eq!(list["journeys"], json!([one]));
    }
    let mailbox = format!("/api/v1/mailboxes/{}", named.mailboxes[1]);
    client.delete(&mailbox).done().await;
    one["mailboxes"] = json!([named.mailboxes[0]]);
    assert_eq!(client.get(&path).ok().await, one);
    // It can still be changed, and belongs to the default project.
    let change = client.patch(&path).json(json!({"name": "still there"}));
    assert_eq!(change.ok().await["project_id"], Value::Null);
    let home = world.default_project().await;
    assert_eq!(of_project(client, &home).await, ["still there"]);
}

#[tokio::test]
async fn lists_are_of_all_projects_or_of_one() {
    let world = World::new().await;
    let client = &world.client;
    let home = world.default_project().await;
    let shop = text(&tenant_project(client, json!({"name": "shop"})).await, "id");
    let empty = text(
        &tenant_project(client, json!({"name": "empty"})).await,
        "id",
    );
    for (name, project) in [
        ("a", None),
        ("b", Some(&shop)),
        ("c", Some(&home)),
        ("d", Some(&shop)),
    ] {
        journey(client, json!({"name": name, "project_id": project})).await;
    }
    assert_eq!(of_project(client, &shop).await, ["d", "b"]);
    assert_eq!(of_project(client, &home).await, ["c", "a"]);
    assert_eq!(of_project(client, &empty).await, [""; 0]);
    assert_eq!(of_project(client, NOBODY).await, [""; 0]);
    assert_eq!(of_project(client, "").await, ["d", "c", "b", "a"]);
    // The other name of the parameter, and both.
    for query in [
        format!("project={shop}"),
        format!("project={shop}&project_id={shop}"),
    ] {
        let list = client.get(&format!("/api/v1/journeys?{query}")).ok().await;
        assert_eq!(texts(&list["journeys"], "name"), ["d", "b"]);
    }
    let both = format!("/api/v1/journeys?project={shop}&project_id={home}");
    assert!(client.get(&both).refused(400).await.contains("project"));
    for name in ["project", "project_id"] {
        for id in ["x", "0", "%20", "%FF", &NOBODY[1..]] {
            let path = format!("/api/v1/journeys?{name}={id}");
            assert!(client.get(&path).refused(400).await.contains(name));
        }
    }
    // In pages.
    let path = format!("/api/v1/journeys?limit=1&project_id={shop}");
    let first = client.get(&path).ok().await;
    assert_eq!(texts(&first["journeys"], "name"), ["d"]);
    let path = format!("{path}&cursor={}", text(&first, "next_cursor"));
    let second = client.get(&path).ok().await;
    assert_eq!(texts(&second["journeys"], "name"), ["b"]);
    assert_eq!(second["next_cursor"], Value::Null);
    // Another tenant asks for ours.
    let stranger = world.stranger().await;
    assert_eq!(of_project(&stranger, &shop).await, [""; 0]);
}

#[tokio::test]
async fn a_strangers_journey_is_not_there() {
    let world = World::new().await;
    let stranger = world.stranger().await;
    let made = journey(&world.client, json!({})).await;
    for id in [text(&made, "id"), NOBODY.to_owned()] {
        let path = format!("/api/v1/journeys/{id}");
        stranger.get(&path).refused(404).await;
        stranger.delete(&path).refused(404).await;
        let change = json!({"name": "buy"});
        stranger
            .patch(&path)
            .json(change.clone())
            .refused(404)
            .await;
        stranger.put(&path).json(change).refused(404).await;
    }
    for id in ["x", "0", "%20", &NOBODY[1..]] {
        let path = format!("/api/v1/journeys/{id}");
        for call in [
            stranger.get(&path),
            stranger.delete(&path),
            stranger.patch(&path).json(json!({})),
            stranger.put(&path).json(json!({})),
        ] {
            assert!(call.refused(400).await.contains("journey"));
        }
    }
    let path = format!("/api/v1/journeys/{}", text(&made, "id"));
    assert_eq!(world.client.get(&path).ok().await, made);
    let theirs = stranger.get("/api/v1/journeys").ok().await;
    assert_eq!(theirs, json!({"journeys": [], "next_cursor": null}));
}
