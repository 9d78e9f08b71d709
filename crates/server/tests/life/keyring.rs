//! The keys that seal: what opens them, how they are replaced, locked and audited, as an operator meets it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use guise_core::TenantId;
use guise_core::ports::{
    Clock, Keyring as _, Place, RotationRows as _, SystemClock, TenantStore as _,
};
use guise_secrets::{KeyFile, KeyTree, RootSource};
use guise_store::Database;
use rstest::rstest;
use sqlx::{Connection as _, SqliteConnection};
use uuid::Uuid;

use crate::databases::{Backend, Schema};
use crate::support::{Client, Home, KEY, Ran, Server};

/// What a server takes that does not start, at most.
const REFUSAL: Duration = Duration::from_secs(2);

const PASSPHRASE: &str = "correct horse battery staple";

/// Everything in the data folder, byte by byte.
fn contents(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = home.modes().into_iter().map(|(path, _)| path);
    let files = paths.filter(|path| path.is_file());
    files
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

async fn status(client: &Client) -> u16 {
    client.get("/sessions").await.status
}

#[test]
fn fifty_starts_with_a_wrong_or_missing_root_key_change_nothing() {
    let home = Home::new();
    home.run(["keys", "create"]).ok();
    let key = home.data().join("instance.key");
    for round in 0..50_u8 {
        fs::remove_file(&key).ok();
        if round % 2 == 0 {
            fs::write(&key, [round; 32]).unwrap();
            fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let before = contents(&home);
        let began = Instant::now();
        let line = home.run(["serve", "--listen", "127.0.0.1:0"]).refused(1);
        let took = began.elapsed();
        assert!(took <= REFUSAL, "{took:?}");
        assert!(line.contains("nothing was changed"), "{line}");
        let after = contents(&home);
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&before), names(&after));
        assert!(before == after, "bytes changed in round {round}");
    }
}

#[tokio::test]
async fn every_level_is_replaced_beside_a_running_server() {
    let home = Home::new().set("GUISE_API_KEY", KEY);
    let server = Server::start(&home);
    let made = home.run(["keys", "create"]).ok();
    let client = server.client_with(made.trim_end());
    let tenant = home.run(["tenants", "create", "acme"]).ok();
    let values = Values::fill(&home, &sqlite(&home), 20).await;
    let before = fs::read(home.data().join("instance.key")).unwrap();
    for arguments in [
        &["keys", "rotate", "root"][..],
        &["keys", "rotate", "instance"],
        &["keys", "rotate", "tenant", "default"],
        &["keys", "rotate", "tenant"],
        &["keys", "rotate", "data"],
    ] {
        let out = Ran::of(&mut home.command(arguments), "").ok();
        assert!(!out.is_empty(), "{arguments:?}");
        assert_eq!(status(&client).await, 200, "{arguments:?}");
        assert_eq!(status(&server.client()).await, 200, "{arguments:?}");
        values.read_all().await;
    }
    assert_ne!(fs::read(home.data().join("instance.key")).unwrap(), before);
    let another = home.run(["keys", "create", "--tenant", "acme"]).ok();
    assert_eq!(status(&server.client_with(another.trim_end())).await, 200);
    let refused = home.run(["keys", "rotate", "tenant", "nobody"]).refused(1);
    assert!(refused.contains("'nobody' not found"), "{refused}");
    drop(server);
    let server = Server::start(&home);
    assert_eq!(status(&server.client_with(made.trim_end())).await, 200);
    assert!(!tenant.is_empty());
    values.end().await;
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replacement_of_data_keys_survives_kills_at_any_moment(#[case] backend: Backend) {
    let whole = std::env::var_os("GUISE_TEST_SOAK").is_some();
    let kills: u64 = if whole { 100 } else { 10 };
    let (mut home, mut schema) = (Home::new(), None);
    if backend == Backend::Postgres {
        let made = Schema::make().await;
        home = home.set("GUISE_DATABASE_URL", made.address());
        schema = Some(made);
    }
    home.run(["keys", "create"]).ok();
    let address = schema
        .as_ref()
        .map_or_else(|| sqlite(&home), Schema::address);
    let values = Values::fill(&home, &address, 3_000).await;
    let mut in_the_middle = 0;
    for kill in 0..kills {
        let mut command = home.command(["keys", "rotate", "data"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // It works by now. What it does until the kill differs from round to round.
        let first = lines.next().unwrap().unwrap();
        assert!(first.contains(':'), "{first}");
        tokio::time::sleep(Duration::from_millis(kill * 37 % 400)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        values.read_some(kill).await;
        let left = values.database.count_under_retired().await.unwrap();
        in_the_middle += u32::from(left > 0);
    }
    assert!(in_the_middle > 0, "no kill came before the end");
    values.read_all().await;
    let out = home.run(["keys", "rotate", "data"]).ok();
    assert!(out.contains("All data keys are new ones"), "{out}");
    values.read_all().await;
    let left = values.database.remove_retired_data_keys().await.unwrap();
    assert_eq!(left, 0, "old keys are left");
    values.end().await;
    if let Some(schema) = schema {
        schema.remove().await;
    }
}

#[tokio::test]
async fn a_sealed_server_waits_for_its_passphrase_and_can_be_sealed_again() {
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ROOT_KEY_SOURCE", "passphrase");
    let listen = free_address();
    let arguments = ["serve", "--listen", &listen];
    // Nobody makes the first keys without a secret.
    let refused = home.run(arguments).refused(1);
    assert!(refused.contains("GUISE_ROOT_PASSPHRASE"), "{refused}");
    let with_passphrase = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env("GUISE_ROOT_PASSPHRASE", PASSPHRASE);
        command
    };
    Ran::of(&mut with_passphrase(&["keys", "create"]), "").ok();
    assert!(!home.data().join("instance.key").exists());
    let refused = home.run(arguments).refused(1);
    assert!(refused.contains("nothing was changed"), "{refused}");

    let mut command = home.command(arguments);
    command.env("GUISE_START_SEALED", "true");
    let mut server = Server::of(&home, command);
    let client = server.client();
    let sealed = async || {
        let answer = client.get("/sessions").await;
        assert_eq!(answer.status, 503, "{answer:?}");
        let message = answer.body["message"].as_str().unwrap();
        assert!(message.contains("guise keys unseal"), "{message}");
        assert_eq!(client.get("/ready").await.status, 503);
        let health = client.get("/health").await;
        assert_eq!(health.status, 200);
        assert!(health.body.to_string().contains("sealed"), "{health:?}");
    };
    sealed().await;
    let unseal = |input: &str| {
        let arguments = ["keys", "unseal", "--listen", &listen];
        Ran::of(&mut home.command(arguments), input)
    };
    let wrong = unseal("correct horse bottery staple\n").refused(1);
    assert!(wrong.contains("does not belong"), "{wrong}");
    sealed().await;
    // Who cannot read the data folder cannot even try.
    let passphrase = serde_json::json!({"passphrase": PASSPHRASE});
    let stranger = client
        .call(hyper::Method::POST, "/operator/unseal", &passphrase)
        .await;
    assert_eq!(stranger.status, 403, "{stranger:?}");
    sealed().await;
    unseal(PASSPHRASE).ok();
    assert_eq!(status(&client).await, 200);
    assert_eq!(client.get("/ready").await.status, 200);

    let seal = ["keys", "seal", "--listen", &listen];
    let stranger = client
        .call(
            hyper::Method::POST,
            "/operator/seal",
            &serde_json::Value::Null,
        )
        .await;
    assert_eq!(
        stranger.status, 403,
        "an API key is not enough: {stranger:?}"
    );
    Ran::of(&mut with_passphrase(&seal), "").ok();
    sealed().await;
    // Ten bad tries, and nobody may try for a while.
    for _ in 0..10 {
        unseal("wrong passphrase\n").refused(1);
    }
    let locked = unseal(PASSPHRASE).refused(1);
    assert!(locked.contains("too many bad tries"), "{locked}");
    let log = server.term();
    assert!(!log.contains(PASSPHRASE), "{log}");
    assert_eq!(home.files_with(PASSPHRASE), Vec::<PathBuf>::new());

    let verified = Ran::of(&mut with_passphrase(&["audit", "verify"]), "").ok();
    assert!(verified.contains("as it was written"), "{verified}");
}

#[tokio::test]
async fn a_root_key_moves_from_a_file_to_a_variable_and_a_passphrase() {
    let home = Home::new();
    let made = home.run(["keys", "create"]).ok();
    let file = home.data().join("instance.key");
    let to = |arguments: &[&str], input: &str| {
        let mut command = home.command(arguments);
        command
            .env("GUISE_ROOT_KEY_SOURCE", "env:MY_ROOT_KEY,passphrase")
            .env("MY_ROOT_KEY", "5a".repeat(32))
            .env("GUISE_ROOT_PASSPHRASE", PASSPHRASE);
        Ran::of(&mut command, input)
    };
    let refused = to(&["keys", "list"], "").refused(1);
    assert!(
        refused.contains("MY_ROOT_KEY") && refused.contains("passphrase"),
        "{refused}"
    );
    to(&["keys", "rotate", "root", "--from", "file"], "").ok();
    assert!(to(&["keys", "list"], "").ok().contains(&made[..9]));
    let doctor = to(&["doctor", "--listen", "127.0.0.1:0"], "").ok();
    assert!(
        doctor.contains("MY_ROOT_KEY opens the keys") && doctor.contains("the passphrase opens"),
        "{doctor}"
    );
    let old = home.run(["keys", "list"]).refused(1);
    assert!(old.contains("does not belong"), "{old}");

    // Back to a new file, with what is known by heart.
    fs::remove_file(&file).unwrap();
    let from = ["keys", "rotate", "root", "--from", "passphrase"];
    let wrong = home.run_reading(from, "wrong one\n").refused(1);
    assert!(wrong.contains("does not belong"), "{wrong}");
    assert!(!file.exists());
    home.run_reading(from, &format!("{PASSPHRASE}\n")).ok();
    assert!(home.run(["keys", "list"]).ok().contains(&made[..9]));
    to(&["keys", "list"], "").refused(1);
}

#[tokio::test]
async fn the_audit_tells_what_was_done_and_whether_it_was_changed() {
    let home = Home::new();
    home.run(["keys", "create"]).ok();
    home.run(["keys", "rotate", "root"]).ok();
    let verified = home.run(["audit", "verify"]).ok();
    assert!(
        verified.contains("rows: 2, chains: 2, anchors: 0"),
        "{verified}"
    );
    let anchors = home.data().join("audit.anchors");
    assert_eq!(fs::read_to_string(&anchors).unwrap().lines().count(), 2);
    let mode = fs::metadata(&anchors).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = home.run(["audit", "verify"]).ok();
    assert!(again.contains("anchors: 2"), "{again}");

    let list = home.run(["keys", "list"]).ok();
    let id = list
        .lines()
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    home.run(["keys", "revoke", &id]).ok();
    let verified = home.run(["audit", "verify"]).ok();
    assert!(verified.contains("rows: 3"), "{verified}");

    let mut connection = SqliteConnection::connect(&sqlite(&home)).await.unwrap();
    for meddling in [
        "DROP TRIGGER audit_rows_stay",
        "DELETE FROM audit WHERE deed = 'key_revoked'",
    ] {
        sqlx::query(meddling)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
    let found = home.run(["audit", "verify"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("missing at its end"), "{found:?}");
}

#[tokio::test]
async fn a_key_that_cannot_be_audited_is_not_made() {
    let home = Home::new();
    home.run(["keys", "create"]).ok();
    let before = home.run(["keys", "list"]).ok();
    let mut connection = SqliteConnection::connect(&sqlite(&home)).await.unwrap();
    let refuse =
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(refuse).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let refused = home.run(["keys", "create"]).refused(1);
    assert!(refused.contains("cannot write the audit"), "{refused}");
    assert_eq!(home.run(["keys", "list"]).ok(), before);
}

/// Sealed values in a home's database, written and read beside its servers and commands.
struct Values {
    tree: KeyTree,
    database: Arc<Database>,
    tenant: TenantId,
    count: u128,
}

impl Values {
    async fn fill(home: &Home, address: &str, count: u128) -> Self {
        let database = Arc::new(Database::connect(address).await.unwrap());
        let source: Arc<dyn RootSource> = Arc::new(KeyFile::at(&home.data().join("instance.key")));
        let clock = Arc::new(SystemClock) as Arc<dyn Clock>;
        let rows = Arc::clone(&database) as _;
        let tree = KeyTree::open_or_found(rows, clock, &[source], None).await;
        let tenant = database
            .tenant_by_name("default")
            .await
            .unwrap()
            .unwrap()
            .id;
        let values = Self {
            tree: tree.unwrap(),
            database,
            tenant,
            count,
        };
        for number in 0..count {
            let place = Place {
                tenant,
                owner: Uuid::from_u128(number % 50),
                kind: "credential",
                row: Uuid::from_u128(number),
                version: 1,
            };
            let sealed = values.tree.seal(&place, &text(number)).await.unwrap();
            values
                .database
                .put_sealed_value(&place, &sealed)
                .await
                .unwrap();
        }
        values
    }

    async fn read(&self, number: u128) {
        let row = Uuid::from_u128(number);
        let found = self.database.sealed_value(self.tenant, row, "credential");
        let (place, sealed) = found.await.unwrap().unwrap();
        let plain = self.tree.open(&place, &sealed).await.unwrap();
        assert_eq!(**plain, *text(number));
    }

    async fn read_some(&self, seed: u64) {
        for number in 0..self.count / 10 {
            self.read((number * 10 + u128::from(seed)) % self.count)
                .await;
        }
    }

    async fn read_all(&self) {
        for number in 0..self.count {
            self.read(number).await;
        }
    }

    async fn end(self) {
        self.database.close().await;
    }
}

fn text(number: u128) -> Vec<u8> {
    format!("the secret of row {number}").into_bytes()
}

fn sqlite(home: &Home) -> String {
    format!("sqlite:{}", home.data().join("guise.db").display())
}

/// An address that nobody listens on.
fn free_address() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().to_string()
}
