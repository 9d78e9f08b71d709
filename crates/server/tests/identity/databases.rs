//! The databases that a server can run on.

use sqlx::{Connection as _, PgConnection};

use crate::world::World;

/// Which database a server of a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// Runs `test` on a server with an empty database of this kind. When the test fails, a PostgreSQL schema stays for a
    /// look at it.
    pub async fn run(self, test: impl AsyncFnOnce(&World)) {
        match self {
            Self::Sqlite => test(&World::new().await).await,
            Self::Postgres => {
                let schema = Schema::make().await;
                let world = World::with(&[("database_url", &schema.address())]).await;
                test(&world).await;
                drop(world);
                schema.remove().await;
            }
        }
    }
}

/// A schema of its own in the tests' PostgreSQL.
struct Schema {
    cluster: String,
    name: String,
}

impl Schema {
    async fn make() -> Self {
        let cluster = std::env::var("GUISE_TEST_POSTGRES").expect(
            "GUISE_TEST_POSTGRES is not set: run `make test`, or this command below scripts/with-postgres.sh",
        );
        let name = format!("identity_{}", uuid::Uuid::now_v7().simple());
        let schema = Self { cluster, name };
        schema.run(format!("CREATE SCHEMA {}", schema.name)).await;
        schema
    }

    fn address(&self) -> String {
        let mark = if self.cluster.contains('?') { '&' } else { '?' };
        format!("{}{mark}options[search_path]={}", self.cluster, self.name)
    }

    async fn remove(self) {
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
