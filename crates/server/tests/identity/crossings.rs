//! One persona, three faces: made in one dialect it is seen, used and closed in the others.

use serde_json::{Value, json};

use crate::support::client::{Call, Client};
use crate::world::{
    World, members, notte_persona, project, project_persona, tenant_persona, text, texts,
};

/// Every address of one persona, with the project that it is in.
fn faces(client: &Client, id: &str, project: &str) -> [(Call, Call); 4] {
    [
        format!("/personas/{id}"),
        format!("/api/v1/personas/{id}"),
        format!("/api/personas/{id}"),
        format!("/api/projects/{project}/personas/{id}"),
    ]
    .map(|path| (client.get(&path), client.delete(&path)))
}

/// Fails unless a persona is gone in every dialect.
async fn assert_gone(client: &Client, id: &str, project: &str) {
    for (get, delete) in faces(client, id, project) {
        get.refused(404).await;
        delete.refused(404).await;
    }
    let path = format!("/api/v1/personas/{id}");
    client.put(&format!("{path}/default")).refused(404).await;
    client
        .get(&format!("{path}/credentials"))
        .refused(404)
        .await;
    client.get(&format!("{path}/emails")).refused(404).await;
    client
        .get(&format!("/personas/{id}/emails"))
        .refused(404)
        .await;
    let all = client.get("/api/v1/personas?limit=100").ok().await;
    assert!(!texts(&all["personas"], "id").contains(&id.to_owned()));
    let all = client.get("/api/personas").ok().await;
    assert!(!texts(&all, "id").contains(&id.to_owned()));
    let all = client.get("/personas?page_size=100").ok().await;
    assert!(!texts(&all["items"], "persona_id").contains(&id.to_owned()));
}

#[tokio::test]
async fn the_default_persona_is_there_in_every_dialect_and_stays() {
    // Whichever is asked first, all agree.
    for first in [
        "/personas",
        "/api/v1/personas",
        "/api/personas",
        "/api/projects",
    ] {
        let world = World::new().await;
        let client = &world.client;
        client.get(first).ok().await;
        let default = world.default_persona().await;
        let id = text(&default, "id");
        let home = world.default_project().await;
        assert_eq!(default["name"], "default");
        let notte = client.get("/personas").ok().await;
        assert_eq!(texts(&notte["items"], "persona_id"), [&id[..]]);
        assert_eq!(notte["items"][0]["name"], "default");
        assert_eq!(notte["items"][0]["email"], default["email"]);
        let studio = client.get("/api/personas").ok().await;
        assert_eq!(texts(&studio, "id"), [&id[..]]);
        assert_eq!(
            (&studio[0]["name"], &studio[0]["projectId"]),
            (&json!("default"), &json!(home))
        );
        for (get, delete) in faces(client, &id, &home) {
            get.ok().await;
            let message = delete.refused(409).await;
            assert!(message.contains("default"), "{message}");
        }
        assert_eq!(world.default_persona().await, default);
    }
}

#[tokio::test]
async fn each_tenant_has_defaults_of_its_own() {
    let world = World::new().await;
    let stranger = world.stranger().await;
    let ours = world.default_persona().await;
    let theirs = stranger.get("/api/v1/personas").ok().await["personas"][0].clone();
    assert_eq!(theirs["is_default"], true);
    for member in ["id", "tenant_id", "email"] {
        assert_ne!(theirs[member], ours[member]);
    }
    let project = stranger.get("/api/projects").ok().await;
    assert_ne!(project[0]["id"], world.default_project().await);
}

/// Makes a persona that every dialect can delete: in the default project, by a handle.
async fn sarah(world: &World) -> (Value, Value) {
    let made = tenant_persona(&world.client, "Sarah").await;
    let id = text(&made, "id");
    let credential =
        json!({"label": "x", "cred_type": "username_password", "password": "hunter2!"});
    let call = world
        .client
        .post(&format!("/api/v1/personas/{id}/credentials"));
    call.json(credential).created().await;
    let notte = world.client.get(&format!("/personas/{id}")).ok().await;
    let vault = text(&notte, "vault_id");
    let login =
        json!({"url": "a.example", "credentials": {"username": "joe", "password": "hunter2!"}});
    let call = world.client.post(&format!("/vaults/{vault}/credentials"));
    call.json(login).ok().await;
    (made, notte)
}

#[tokio::test]
async fn closed_in_one_dialect_it_is_gone_in_all_and_its_successor_begins_anew() {
    for way in 0..4 {
        let world = World::new().await;
        let client = &world.client;
        let home = world.default_project().await;
        let (made, notte) = sarah(&world).await;
        let id = text(&made, "id");
        let (_, delete) = faces(client, &id, &home).into_iter().nth(way).unwrap();
        let answer = delete.send().await;
        assert!(answer.status.is_success(), "{answer}");
        assert_gone(client, &id, &home).await;
        let vault = format!("/vaults/{}", text(&notte, "vault_id"));
        client.get(&vault).refused(404).await;
        client
            .get(&format!("{vault}/credentials?url=a.example"))
            .refused(404)
            .await;
        // Who asks the Notte API for closed ones still sees it.
        let all = client.get("/personas?only_active=false").ok().await;
        let closed = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["persona_id"] == *id);
        assert_eq!(closed.unwrap()["status"], "closed");

        // Its names are free again: for the same API and for the others.
        let again = tenant_persona(client, "Sarah").await;
        assert_ne!(again["id"], made["id"]);
        assert_eq!(
            again["email"], made["email"],
            "the address comes from the name"
        );
        let successor = text(&again, "id");
        let path = format!("/api/v1/personas/{successor}");
        let keychain = client.get(&format!("{path}/credentials")).ok().await;
        assert_eq!(keychain, json!({"credentials": []}));
        let inbox = client.get(&format!("{path}/emails")).ok().await;
        assert_eq!(inbox, json!({"emails": []}));
        let face = client.get(&format!("/personas/{successor}")).ok().await;
        assert_eq!(face["vault_id"], Value::Null);
        let face = client.get(&format!("/api/personas/{successor}")).ok().await;
        assert_eq!(
            (&face["name"], &face["projectId"]),
            (&json!("Sarah"), &json!(home))
        );
        client.delete(&path).done().await;
        project_persona(client, &home, "Sarah").await;
    }
}

#[tokio::test]
async fn who_names_no_project_is_in_the_default_one() {
    let world = World::new().await;
    let client = &world.client;
    let home = world.default_project().await;
    let notte = text(
        &notte_persona(client, json!({"name": "N"})).await,
        "persona_id",
    );
    let tenant = text(&tenant_persona(client, "T").await, "id");
    let shop = project(client, "shop").await;
    let studio = text(&project_persona(client, &shop, "S").await, "id");
    let list = client
        .get(&format!("/api/personas?projectId={home}"))
        .ok()
        .await;
    assert_eq!(texts(&list, "id")[1..], [notte.clone(), tenant.clone()]);
    for id in [&notte, &tenant] {
        let below = client.get(&format!("/api/projects/{home}/personas/{id}"));
        below.ok().await;
    }
    let elsewhere = client.get(&format!("/api/projects/{home}/personas/{studio}"));
    elsewhere.refused(404).await;
}

#[tokio::test]
async fn made_by_aiqaramba_it_is_used_and_extended_by_the_others() {
    let world = World::new().await;
    let client = &world.client;
    let home = world.default_project().await;
    let made = tenant_persona(client, "Sarah").await;
    let id = text(&made, "id");
    let notte = client.get(&format!("/personas/{id}")).ok().await;
    assert_eq!(
        (&notte["name"], &notte["email"]),
        (&json!("Sarah"), &made["email"])
    );
    assert!(!text(&notte, "first_name").is_empty() && !text(&notte, "last_name").is_empty());
    assert_eq!(notte["vault_id"], Value::Null);
    let studio = client.get(&format!("/api/personas/{id}")).ok().await;
    assert_eq!(
        members(&studio),
        ["createdAt", "id", "name", "projectId", "updatedAt"]
    );
    assert_eq!(
        (&studio["name"], &studio["projectId"]),
        (&json!("Sarah"), &json!(home))
    );

    // A credential brings a vault; the Notte API adds to it, and each lists what it can speak of.
    let keychain = format!("/api/v1/personas/{id}/credentials");
    let token = json!({"label": "token", "cred_type": "secret", "value": "sk_1"});
    let token = client.post(&keychain).json(token).created().await;
    let notte = client.get(&format!("/personas/{id}")).ok().await;
    let vault = format!("/vaults/{}", text(&notte, "vault_id"));
    assert_eq!(client.get(&vault).ok().await, json!({"credentials": []}));
    let login = json!({"email": made["email"], "password": "hunter2!"});
    let body = json!({"url": "https://a.example/in", "credentials": login});
    client
        .post(&format!("{vault}/credentials"))
        .json(body)
        .ok()
        .await;
    let outside = json!({"username": "joe", "password": "hunter2!", "mfa_secret": "mysecret"});
    let body = json!({"url": "b.example", "credentials": outside});
    client
        .post(&format!("{vault}/credentials"))
        .json(body)
        .ok()
        .await;
    let list = client.get(&keychain).ok().await["credentials"].clone();
    assert_eq!(list[0], token);
    let own = &list[1];
    assert_eq!(
        (&own["label"], &own["site"]),
        (&json!("a.example"), &json!("a.example"))
    );
    assert_eq!(
        (&own["cred_type"], &own["email"]),
        (&json!("username_password"), &made["email"])
    );
    let joe = &list[2];
    assert_eq!(
        (&joe["username"], &joe["has_mfa"]),
        (&json!("joe"), &json!(true))
    );
    assert_eq!(
        (&joe["cred_type"], joe.get("email")),
        (&json!("external"), None)
    );
    let code = client.get(&format!("{keychain}/{}/code", text(joe, "id")));
    assert_eq!(text(&code.ok().await, "code").len(), 6);
    client
        .delete(&format!("{keychain}/{}", text(own, "id")))
        .done()
        .await;
    let gone = client.get(&format!("{vault}/credentials?url=a.example"));
    gone.refused(404).await;
    let gone = client.delete(&format!("{vault}/credentials?url=b.example"));
    gone.ok().await;
    assert_eq!(
        client.get(&keychain).ok().await["credentials"],
        json!([token])
    );

    // A new name in a project, or a new label, is not a new name in the tenant: the address comes from that.
    let path = format!("/api/personas/{id}");
    let change = json!({"name": "Sally", "systemPrompt": "Be brief."});
    client.put(&path).json(change).ok().await;
    assert_eq!(
        client.get(&format!("/personas/{id}")).ok().await["name"],
        "Sally"
    );
    let label = json!({"name": "S."});
    client
        .patch(&format!("/personas/{id}"))
        .json(label)
        .ok()
        .await;
    assert_eq!(client.get(&path).ok().await["name"], "Sally");
    let still = client.get(&format!("/api/v1/personas/{id}")).ok().await;
    assert_eq!(
        (&still["name"], &still["email"]),
        (&json!("Sarah"), &made["email"])
    );
    // The name in the project is free again, the one in the tenant is not.
    project_persona(client, &home, "Sarah").await;
    let call = client
        .post("/api/v1/personas")
        .json(json!({"name": "Sarah"}));
    call.refused(409).await;
}

#[tokio::test]
async fn made_by_notte_it_is_used_and_extended_by_the_others() {
    let world = World::new().await;
    let client = &world.client;
    let made = notte_persona(client, json!({"create_vault": true})).await;
    let id = text(&made, "persona_id");
    let path = format!("/api/v1/personas/{id}");
    let tenant = client.get(&path).ok().await;
    assert_eq!(tenant["email"], made["email"]);
    let handle = text(&tenant, "name");
    assert!((1..=40).contains(&handle.chars().count()), "{handle}");
    let taken = client
        .post("/api/v1/personas")
        .json(json!({"name": handle}));
    taken.refused(409).await;
    let login = json!({"label": "x", "cred_type": "magic_link"});
    let login = client
        .post(&format!("{path}/credentials"))
        .json(login)
        .created()
        .await;
    assert_eq!(login["email"], made["email"], "it is one address");
    // The vault is the one that it has.
    let again = client.get(&format!("/personas/{id}")).ok().await;
    assert_eq!(again["vault_id"], made["vault_id"]);
    client.put(&format!("{path}/default")).ok().await;
    let message = client.delete(&format!("/personas/{id}")).refused(409).await;
    assert!(message.contains("default"), "{message}");
    let studio = format!("/api/personas/{id}");
    let change = json!({"description": "Tests the shop"});
    let changed = client.put(&studio).json(change).ok().await;
    assert_eq!(changed["name"], *handle);
    assert_eq!(changed["projectId"], world.default_project().await);
}

#[tokio::test]
async fn made_by_evalstudio_it_is_used_and_extended_by_the_others() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    for name in ["hasty", " ", "\u{1}\n", &"佐".repeat(5000)] {
        let made = project_persona(client, &shop, name).await;
        let id = text(&made, "id");
        let path = format!("/api/v1/personas/{id}");
        let tenant = client.get(&path).ok().await;
        let handle = text(&tenant, "name");
        assert!((1..=40).contains(&handle.chars().count()), "{handle}");
        assert!(
            !handle.trim().is_empty() && handle.trim() == handle,
            "{handle:?}"
        );
        assert!(!handle.chars().any(char::is_control), "{handle:?}");
        let notte = client.get(&format!("/personas/{id}")).ok().await;
        assert_eq!(
            (&notte["name"], &notte["email"]),
            (&json!(name), &tenant["email"])
        );
        let login = json!({"label": "x", "cred_type": "magic_link"});
        client
            .post(&format!("{path}/credentials"))
            .json(login)
            .created()
            .await;
        client.put(&format!("{path}/default")).ok().await;
        for (_, delete) in faces(client, &id, &shop) {
            delete.refused(409).await;
        }
    }
    // A name that is taken in the tenant is another one there, and the same in the project.
    tenant_persona(client, "calm").await;
    let made = project_persona(client, &shop, "calm").await;
    let path = format!("/api/v1/personas/{}", text(&made, "id"));
    let tenant = client.get(&path).ok().await;
    assert!(text(&tenant, "name").starts_with("calm-"), "{tenant}");
}

#[tokio::test]
async fn a_vault_that_goes_alone_is_made_anew() {
    let world = World::new().await;
    let client = &world.client;
    let (made, notte) = sarah(&world).await;
    let id = text(&made, "id");
    client
        .delete(&format!("/vaults/{}", text(&notte, "vault_id")))
        .ok()
        .await;
    let keychain = format!("/api/v1/personas/{id}/credentials");
    assert_eq!(client.get(&keychain).ok().await, json!({"credentials": []}));
    let token = json!({"label": "token", "cred_type": "secret", "value": "sk_1"});
    let token = client.post(&keychain).json(token).created().await;
    assert_eq!(
        client.get(&keychain).ok().await,
        json!({"credentials": [token]})
    );
    let again = client.get(&format!("/personas/{id}")).ok().await;
    assert_ne!(again["vault_id"], notte["vault_id"]);
    assert!(again["vault_id"].is_string(), "{again}");
}

#[tokio::test]
async fn a_restart_changes_nothing() {
    let world = World::new().await;
    let (made, notte) = sarah(&world).await;
    let id = text(&made, "id");
    let paths = [
        format!("/personas/{id}"),
        format!("/api/v1/personas/{id}"),
        format!("/api/personas/{id}"),
        format!("/api/v1/personas/{id}/credentials"),
        format!("/vaults/{}", text(&notte, "vault_id")),
        format!(
            "/vaults/{}/credentials?url=a.example",
            text(&notte, "vault_id")
        ),
        "/api/projects".to_owned(),
        "/api/v1/personas".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &paths {
        before.push(world.client.get(path).ok().await);
    }
    let server = world.server.restart().await;
    let client = server.client().await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(client.get(path).ok().await, before, "{path}");
    }
    // Addresses come from a key that is kept.
    client.delete(&format!("/personas/{id}")).ok().await;
    assert_eq!(
        tenant_persona(&client, "Sarah").await["email"],
        made["email"]
    );
}
