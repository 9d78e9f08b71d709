//! The main path on each database.

use guise_testsite::Site;
use hyper::Method;
use rstest::rstest;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::support::{Home, Server};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A schema of its own in the tests' PostgreSQL.
pub(crate) struct Schema {
    cluster: String,
    name: String,
}

impl Schema {
    pub(crate) async fn make() -> Self {
        let cluster = std::env::var("GUISE_TEST_POSTGRES").expect(
            "GUISE_TEST_POSTGRES is not set: run `make test`, or this command below scripts/with-postgres.sh",
        );
        let nanos = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let schema = Self {
            cluster,
            name: format!("life_{}_{nanos}", std::process::id()),
        };
        schema.run(format!("CREATE SCHEMA {}", schema.name)).await;
        schema
    }

    pub(crate) fn address(&self) -> String {
        let mark = if self.cluster.contains('?') { '&' } else { '?' };
        format!("{}{mark}options[search_path]={}", self.cluster, self.name)
    }

    pub(crate) async fn remove(self) {
        self.run(format!("DROP SCHEMA {} CASCADE", self.name)).await;
    }

    async fn run(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.cluster).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_path(#[case] backend: Backend) {
    let site = Site::start().await.unwrap();
    let mut home = Home::new().set("GUISE_ALLOW_HOSTS", "localhost,127.0.0.1");
    let schema = match backend {
        Backend::Sqlite => None,
        Backend::Postgres => Some(Schema::make().await),
    };
    if let Some(schema) = &schema {
        home = home.set("GUISE_DATABASE_URL", schema.address());
    }
    let mut server = Server::start(&home);
    assert_eq!(
        home.data().join("guise.db").exists(),
        backend == Backend::Sqlite
    );
    let key = home.run(["keys", "create", "--scopes", "sessions"]).ok();
    let key = key.trim_end();
    let client = server.client_with(key);

    let id = client.start(json!({})).await;
    client.visit(&id, &site.url("/shop")).await;
    let path = format!("/sessions/{id}/page/observe");
    let seen = client.call(Method::POST, &path, &Value::Null).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.body["metadata"]["url"], site.url("/shop"));
    let lost = client.start(json!({})).await;
    let list = client.get("/sessions").await.body;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    let stopped = client.stop(&id).await;
    assert_eq!(
        (stopped.status, &stopped.body["status"]),
        (200, &json!("closed"))
    );

    // Everything is still there for the next server, and what the last one could not finish is told.
    server.kill();
    let mut server = Server::start(&home);
    let client = server.client_with(key);
    let ended = client.session(&id).await;
    assert_eq!(ended["status"], "closed");
    assert_eq!(ended["steps"].as_array().unwrap().len(), 2, "{ended}");
    let ended = client.session(&lost).await;
    assert_eq!(ended["status"], "error", "{ended}");
    assert!(
        ended["error"].as_str().unwrap().contains("restarted"),
        "{ended}"
    );
    let list = client.get("/sessions?only_active=false").await.body;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    assert!(home.run(["keys", "list"]).ok().contains(&key[..9]));
    assert!(
        home.run(["doctor"])
            .ok()
            .contains("instance key belongs to it")
    );
    server.term();

    // Another folder has another key: it may not touch this database.
    if let Some(schema) = schema {
        let other = Home::new().set("GUISE_DATABASE_URL", schema.address());
        let line = other.run(["serve", "--listen", "127.0.0.1:0"]).refused(1);
        assert!(
            line.contains("instance.key") && line.contains("nothing was changed"),
            "{line}"
        );
        assert!(!other.data().join("instance.key").exists());
        schema.remove().await;
    }
    site.stop().await;
}
