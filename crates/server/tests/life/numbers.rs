//! Phone numbers whose provider is not there when they are to be given back.

use hyper::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::{Home, KEY, Server, within};

/// How many numbers wait to be given back.
async fn pending(home: &Home) -> i64 {
    let address = format!("sqlite:{}", home.data().join("guise.db").display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    let count = sqlx::query_scalar(
        "SELECT COUNT(*) FROM phone_numbers WHERE released_at IS NOT NULL AND given_back_at IS NULL",
    );
    let count = count.fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    count
}

#[tokio::test]
async fn a_persona_goes_and_its_number_is_given_back_later() {
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "0");
    let with_provider = ["--phone-provider", "loopback"];
    let server = Server::start_with(&home, with_provider);
    let mut made = Vec::new();
    for _ in 0..2 {
        let wanted = json!({"create_phone_number": true});
        let persona = server
            .client()
            .call(Method::POST, "/personas/create", &wanted)
            .await;
        assert_eq!(persona.status, 200, "{persona:?}");
        made.push(persona.body["persona_id"].as_str().unwrap().to_owned());
    }
    let delete = async |server: &Server, path: &str| {
        let client = server.client();
        client.call(Method::DELETE, path, &Value::Null).await.status
    };
    assert_eq!(
        delete(&server, &format!("/personas/{}", made[0])).await,
        200
    );
    assert_eq!(pending(&home).await, 0);
    drop(server);

    let server = Server::start(&home);
    let path = format!("/personas/{}", made[1]);
    assert_eq!(delete(&server, &path).await, 200);
    assert_eq!(server.client().get(&path).await.status, 404);
    assert!(server.log().contains("could not be given back yet"));
    assert_eq!(pending(&home).await, 1);
    drop(server);

    let server = Server::start_with(&home, with_provider);
    within(
        std::time::Duration::from_secs(10),
        "it is given back",
        async || pending(&home).await == 0,
    )
    .await;
    drop(server);
}
