//! The requests that the documents show which the product was asked for from: sent as they stand there, they work.

use http::Method;
use serde_json::{Map, Value, json};

use crate::support::client::Client;
use crate::world::{NOBODY, World, members};

/// One request. `{name}` in path or body stands for what an earlier one gave.
struct Step {
    method: Method,
    path: &'static str,
    body: Value,
    status: u16,
    /// The members of the answer, or of each item below the named member; nothing where there is no body.
    shape: Shape,
    /// What later ones call the answer's id.
    keeps: Option<&'static str>,
}

enum Shape {
    Nothing,
    /// An object with these members.
    Object(&'static [&'static str]),
    /// A list below this member, and the members that stand beside it.
    ListIn(&'static str, &'static [&'static str]),
    /// A bare list.
    List,
}
use Shape::{List, ListIn, Nothing, Object};

const ERROR: &[&str] = &["message"];
const STUDIO_ERROR: &[&str] = &["error"];

fn step(method: &str, path: &'static str, body: Value, status: u16, shape: Shape) -> Step {
    Step {
        method: method.parse().unwrap(),
        path,
        body,
        status,
        shape,
        keeps: None,
    }
}

impl Step {
    fn keeps(mut self, name: &'static str) -> Self {
        self.keeps = Some(name);
        self
    }
}

/// Puts what was kept in the place of its name.
fn filled(text: &str, kept: &Map<String, Value>) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value.as_str().unwrap())
    })
}

async fn play(client: &Client, steps: Vec<Step>) {
    let mut kept = Map::new();
    kept.insert("nobody".to_owned(), json!(NOBODY));
    for step in steps {
        let path = filled(step.path, &kept);
        let mut call = client.call(step.method.clone(), &path);
        if !step.body.is_null() {
            call = call.body("application/json", filled(&step.body.to_string(), &kept));
        }
        let what = format!("{} {path}", step.method);
        let answer = call.send().await;
        assert_eq!(answer.status, step.status, "{what}: {answer}");
        match step.shape {
            Nothing => assert!(answer.body.is_empty(), "{what}: {answer}"),
            Object(names) => assert_eq!(members(&answer.json()), names, "{what}"),
            List => assert!(answer.json().is_array(), "{what}: {answer}"),
            ListIn(name, others) => {
                let body = answer.json();
                assert!(body[name].is_array(), "{what}: {answer}");
                let mut names = members(&body);
                names.retain(|it| *it != name);
                assert_eq!(names, others, "{what}");
            }
        }
        if let Some(name) = step.keeps {
            kept.insert(name.to_owned(), answer.json()["id"].clone());
        }
    }
}

/// Ours has the address besides what is printed.
const PERSONA: &[&str] = &[
    "created_at",
    "email",
    "id",
    "is_default",
    "name",
    "tenant_id",
    "updated_at",
];

/// Ours says besides what is printed whether there is a second factor.
const CREDENTIAL: &[&str] = &[
    "created_at",
    "cred_type",
    "email",
    "has_mfa",
    "id",
    "label",
    "persona_id",
    "updated_at",
];

#[tokio::test]
async fn the_tenants_keychain() {
    let world = World::new().await;
    let staging =
        json!({"label": "Staging login", "cred_type": "username_password", "password": "hunter2!"});
    let notes = json!({"label": "Link", "cred_type": "magic_link"});
    let external = json!({"label": "Customer", "cred_type": "external", "email": "c@customer.example", "password": "hunter2!"});
    let unknown = "/api/v1/personas/{nobody}";
    play(
        &world.client,
        vec![
            step(
                "POST",
                "/api/v1/personas",
                json!({"name": "Sarah"}),
                201,
                Object(PERSONA),
            )
            .keeps("sarah"),
            step(
                "POST",
                "/api/v1/personas",
                json!({"name": "Sarah"}),
                409,
                Object(ERROR),
            ),
            step("POST", "/api/v1/personas", json!({}), 400, Object(ERROR)),
            step(
                "GET",
                "/api/v1/personas",
                Value::Null,
                200,
                ListIn("personas", &["next_cursor"]),
            ),
            step(
                "GET",
                "/api/v1/personas?limit=1",
                Value::Null,
                200,
                ListIn("personas", &["next_cursor"]),
            ),
            step(
                "GET",
                "/api/v1/personas/{sarah}",
                Value::Null,
                200,
                Object(PERSONA),
            ),
            step(
                "GET",
                "/api/v1/personas/sarah",
                Value::Null,
                400,
                Object(ERROR),
            ),
            step("GET", unknown, Value::Null, 404, Object(ERROR)),
            step(
                "POST",
                "/api/v1/personas/{sarah}/credentials",
                staging.clone(),
                201,
                Object(CREDENTIAL),
            )
            .keeps("staging"),
            step(
                "POST",
                "/api/v1/personas/{sarah}/credentials",
                notes,
                201,
                Object(CREDENTIAL),
            ),
            step(
                "POST",
                "/api/v1/personas/{sarah}/credentials",
                external,
                201,
                Object(CREDENTIAL),
            ),
            step(
                "POST",
                "/api/v1/personas/{sarah}/credentials",
                json!({"label": "x"}),
                400,
                Object(ERROR),
            ),
            step(
                "POST",
                "/api/v1/personas/{nobody}/credentials",
                staging,
                404,
                Object(ERROR),
            ),
            step(
                "GET",
                "/api/v1/personas/{sarah}/credentials",
                Value::Null,
                200,
                ListIn("credentials", &[]),
            ),
            step(
                "GET",
                "/api/v1/personas/{nobody}/credentials",
                Value::Null,
                404,
                Object(ERROR),
            ),
            step(
                "DELETE",
                "/api/v1/personas/{sarah}/credentials/{staging}",
                Value::Null,
                204,
                Nothing,
            ),
            step(
                "DELETE",
                "/api/v1/personas/{sarah}/credentials/{staging}",
                Value::Null,
                404,
                Object(ERROR),
            ),
            step(
                "PUT",
                "/api/v1/personas/{sarah}/default",
                Value::Null,
                200,
                Object(PERSONA),
            ),
            step(
                "PUT",
                "/api/v1/personas/{nobody}/default",
                Value::Null,
                404,
                Object(ERROR),
            ),
            step(
                "DELETE",
                "/api/v1/personas/{sarah}",
                Value::Null,
                409,
                Object(ERROR),
            ),
            step(
                "POST",
                "/api/v1/personas",
                json!({"name": "Tom"}),
                201,
                Object(PERSONA),
            )
            .keeps("tom"),
            step(
                "PUT",
                "/api/v1/personas/{tom}/default",
                Value::Null,
                200,
                Object(PERSONA),
            ),
            step(
                "DELETE",
                "/api/v1/personas/{sarah}",
                Value::Null,
                204,
                Nothing,
            ),
            step("DELETE", unknown, Value::Null, 404, Object(ERROR)),
        ],
    )
    .await;
}

const STUDIO_PERSONA: &[&str] = &[
    "createdAt",
    "description",
    "id",
    "name",
    "projectId",
    "systemPrompt",
    "updatedAt",
];

fn of_projects() -> Vec<Step> {
    let whole = json!({"projectId": "{project}", "name": "impatient", "description": "Wants answers",
        "systemPrompt": "You are in a hurry."});
    let detailed = json!({"systemPrompt": "You want every detail."});
    let nowhere = json!({"projectId": "{nobody}", "name": "impatient"});
    vec![
        step(
            "POST",
            "/api/projects",
            json!({"name": "shop"}),
            201,
            Object(&["createdAt", "id", "name", "updatedAt"]),
        )
        .keeps("project"),
        step("GET", "/api/personas", Value::Null, 200, List),
        step(
            "GET",
            "/api/personas?projectId={project}",
            Value::Null,
            200,
            List,
        ),
        step(
            "GET",
            "/api/personas?projectId={nobody}",
            Value::Null,
            200,
            List,
        ),
        step(
            "POST",
            "/api/personas",
            whole.clone(),
            201,
            Object(STUDIO_PERSONA),
        )
        .keeps("persona"),
        step("POST", "/api/personas", whole, 409, Object(STUDIO_ERROR)),
        step(
            "POST",
            "/api/personas",
            json!({"name": "x"}),
            400,
            Object(STUDIO_ERROR),
        ),
        step(
            "POST",
            "/api/personas",
            json!({"projectId": "{project}"}),
            400,
            Object(STUDIO_ERROR),
        ),
        step("POST", "/api/personas", nowhere, 404, Object(STUDIO_ERROR)),
        step(
            "GET",
            "/api/personas/{persona}",
            Value::Null,
            200,
            Object(STUDIO_PERSONA),
        ),
        step(
            "GET",
            "/api/personas/{nobody}",
            Value::Null,
            404,
            Object(STUDIO_ERROR),
        ),
        step(
            "PUT",
            "/api/personas/{persona}",
            detailed.clone(),
            200,
            Object(STUDIO_PERSONA),
        ),
        step(
            "PUT",
            "/api/personas/{nobody}",
            detailed,
            404,
            Object(STUDIO_ERROR),
        ),
        step(
            "DELETE",
            "/api/personas/{persona}",
            Value::Null,
            204,
            Nothing,
        ),
        step(
            "DELETE",
            "/api/personas/{persona}",
            Value::Null,
            404,
            Object(STUDIO_ERROR),
        ),
    ]
}

#[tokio::test]
async fn the_projects_personas_with_a_key() {
    let world = World::new().await;
    play(&world.client, of_projects()).await;
}

/// As they are printed: without a key, on the machine itself.
#[tokio::test]
async fn the_projects_personas_without_a_key() {
    let world = World::with(&[("evalstudio_keyless", "true")]).await;
    play(&world.client.with_key(None), of_projects()).await;
}

#[tokio::test]
async fn the_list_of_the_notte_api() {
    const ENVELOPE: &[&str] = &["has_next", "has_previous", "page", "page_size"];
    let world = World::new().await;
    let list = |path| step("GET", path, Value::Null, 200, ListIn("items", ENVELOPE));
    let invalid = |path| {
        step(
            "GET",
            path,
            Value::Null,
            422,
            Object(&["detail", "message", "status"]),
        )
    };
    let steps = vec![
        list("/personas"),
        list("/personas?page=1&page_size=10&only_active=true&only_current_token=false"),
        list("/personas?page=2&page_size=100"),
        invalid("/personas?page=0"),
        invalid("/personas?page_size=101"),
        invalid("/personas?page_size=0"),
    ];
    play(&world.client, steps).await;
    // These headers come with every call of the official clients.
    let call = world
        .client
        .get("/personas")
        .header("x-notte-request-origin", "sdk");
    call.header("x-notte-sdk-version", "1.4.4").ok().await;
    let items = world.client.get("/personas").ok().await["items"].clone();
    for name in [
        "persona_id",
        "status",
        "first_name",
        "last_name",
        "email",
        "vault_id",
        "phone_number",
    ] {
        assert!(items[0].get(name).is_some(), "{name}");
    }
}
