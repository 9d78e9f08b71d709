//! Vaults that are taken out of one installation and brought to another, as an operator does it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use hyper::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::databases::{Backend, Schema};
use crate::support::{Client, Home, KEY, Ran, Server};

/// A pair of keys as `age-keygen` prints them.
const RECIPIENT: &str = "age1dh3sl6y28vkmnx4fph3xy8jxnsd6y5zq6a3ekr7cqrhfd6zp7uwqhxz5mf";
const IDENTITY: &str = "# public key: age1dh3sl6y28vkmnx4fph3xy8jxnsd6y5zq6a3ekr7cqrhfd6zp7uwqhxz5mf\n\
                        AGE-SECRET-KEY-1Y8VHZMKGPS7KXEUW59RQT9S6MZZD936X4ACYSL7UJCQK30H56DUSKZS0Y6\n";

/// A counter-based second factor, whose codes tell how many were taken (RFC 4226 appendix D).
const COUNTED: &str = "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0";

fn run(home: &Home, arguments: &[&str]) -> Ran {
    Ran::of(&mut home.command(arguments), "")
}

async fn made(client: &Client, path: &str, body: Value) -> Value {
    let answer = client.call(Method::POST, path, &body).await;
    assert!(answer.status < 300, "{answer:?}");
    answer.body
}

async fn got(client: &Client, path: &str) -> Value {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.body
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A persona's id in the AIQaramba API.
async fn persona(client: &Client, name: &str) -> String {
    let made = made(client, "/api/v1/personas", json!({"name": name})).await;
    text(&made["id"]).to_owned()
}

/// The id of the only vault that is called so.
async fn vault(client: &Client, name: &str) -> String {
    let vaults = got(client, "/vaults").await;
    let mut found = vaults["items"].as_array().unwrap().iter();
    let found = found.find(|vault| vault["name"] == name).unwrap();
    text(&found["vault_id"]).to_owned()
}

/// Sarah with every kind of credential, and a vault of nobody's with a credential and a card.
async fn fill(client: &Client) {
    let sarah = persona(client, "Sarah").await;
    let keychain = format!("/api/v1/personas/{sarah}/credentials");
    for credential in [
        json!({"label": "mail", "cred_type": "username_password", "password": "pa55-of-mail", "mfa_secret": COUNTED}),
        json!({"label": "link", "cred_type": "magic_link", "auth_notes": "press the button"}),
        json!({"label": "token", "cred_type": "secret", "value": "va1ue-of-token"}),
        json!({"label": "crm", "cred_type": "external", "email": "s@crm.example", "password": "pa55-of-crm"}),
    ] {
        made(client, &keychain, credential).await;
    }
    made(client, "/vaults/create", json!({"name": "team"})).await;
    let team = vault(client, "team").await;
    let login = json!({
        "url": "https://shop.example",
        "credentials": {"username": "joe", "password": "pa55-of-shop", "mfa_secret": "JBSWY3DPEHPK3PXP"},
    });
    made(client, &format!("/vaults/{team}/credentials"), login).await;
    made(client, &format!("/vaults/{team}/card"), card()).await;
    let path = format!("/vaults/{team}/fill_rules");
    let set = client.call(Method::PUT, &path, &fill_rules()).await;
    assert_eq!(set.status, 200, "{set:?}");
}

fn fill_rules() -> Value {
    json!({"card_sites": ["shop.example"], "sites": {}})
}

fn card() -> Value {
    json!({"credit_card": {"card_holder_name": "Joe Doe", "card_number": "4242424242424242", "card_cvv": "017",
                           "card_full_expiration": "12/31"}})
}

/// The next code of Sarah's first credential.
async fn code(client: &Client) -> String {
    let personas = got(client, "/api/v1/personas").await;
    let all = personas["personas"].as_array().unwrap();
    let sarah = all.iter().find(|it| it["name"] == "Sarah").unwrap();
    let keychain = format!("/api/v1/personas/{}/credentials", text(&sarah["id"]));
    let credentials = got(client, &keychain).await;
    let all = credentials["credentials"].as_array().unwrap();
    let mail = all.iter().find(|it| it["label"] == "mail").unwrap();
    let code = got(client, &format!("{keychain}/{}/code", text(&mail["id"]))).await;
    text(&code["code"]).to_owned()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vaults_come_to_another_installation(#[case] backend: Backend) {
    let from = Home::new().set("GUISE_API_KEY", KEY);
    let server = Server::start(&from);
    let client = server.client();
    fill(&client).await;
    assert_eq!(code(&client).await, "755224");
    let file = from.beside("vaults.age");
    let file = file.to_str().unwrap();
    // Beside the running server.
    run(&from, &["vault", "export", file, "--to", RECIPIENT]).ok();
    let mode = fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let sealed = fs::read(file).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    for secret in ["pa55-of", "va1ue-of", "4242", "Sarah", "shop.example"] {
        let found = sealed
            .windows(secret.len())
            .any(|it| it == secret.as_bytes());
        assert!(!found, "{secret}");
    }
    drop(server);

    let (mut to, mut schema) = (Home::new().set("GUISE_API_KEY", KEY), None);
    if backend == Backend::Postgres {
        let made = Schema::make().await;
        to = to.set("GUISE_DATABASE_URL", made.address());
        schema = Some(made);
    }
    let identity = to.beside("identity.txt");
    fs::write(&identity, IDENTITY).unwrap();
    let server = Server::start(&to);
    let client = server.client();
    persona(&client, "Sarah").await;
    let import = |more: &[&str]| {
        let identity = identity.to_str().unwrap();
        let arguments = [&["vault", "import", file, "--identity", identity], more].concat();
        run(&to, &arguments).ok()
    };
    let told = import(&[]);
    assert!(
        told.contains("persona Sarah): 4 added, 0 replaced, 0 kept"),
        "{told}"
    );
    assert!(
        told.contains("a vault of its own): 2 added, 0 replaced, 0 kept"),
        "{told}"
    );
    assert!(
        told.contains(&format!("Vaults brought from {file}: 2")),
        "{told}"
    );

    // The counter goes on where it was.
    assert_eq!(code(&client).await, "287082");
    let team = vault(&client, "team").await;
    let login = got(
        &client,
        &format!("/vaults/{team}/credentials?url=https://shop.example"),
    )
    .await;
    let expected =
        json!({"username": "joe", "password": "pa55-of-shop", "mfa_secret": "JBSWY3DPEHPK3PXP"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(login["credentials"][name], *value, "{login}");
    }
    assert_eq!(got(&client, &format!("/vaults/{team}/card")).await, card());
    let rules = format!("/vaults/{team}/fill_rules");
    assert_eq!(got(&client, &rules).await, fill_rules());

    // Once more: nothing changes, unless it is to be replaced.
    let told = import(&[]);
    assert!(
        told.contains("persona Sarah): 0 added, 0 replaced, 4 kept"),
        "{told}"
    );
    assert!(
        told.contains("its own): 0 added, 0 replaced, 2 kept"),
        "{told}"
    );
    assert_eq!(code(&client).await, "359152");
    let told = import(&["--replace"]);
    assert!(
        told.contains("persona Sarah): 0 added, 4 replaced, 0 kept"),
        "{told}"
    );
    assert_eq!(code(&client).await, "287082");
    assert_eq!(vault(&client, "team").await, team);

    // One whose persona is nobody here.
    to.run(["tenants", "create", "acme"]).ok();
    let told = import(&["--tenant", "acme"]);
    assert!(
        told.contains("own: there is no persona Sarah): 4 added"),
        "{told}"
    );
    let listed = to.run(["vault", "list", "--tenant", "acme"]).ok();
    assert_eq!(listed.lines().count(), 3, "{listed}");
    assert!(!listed.contains("pa55"), "{listed}");

    let verified = to.run(["audit", "verify"]).ok();
    assert!(verified.contains("as it was written"), "{verified}");
    drop(server);
    if let Some(schema) = schema {
        schema.remove().await;
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_and_changes_nothing() {
    let home = Home::new().set("GUISE_API_KEY", KEY);
    let server = Server::start(&home);
    let client = server.client();
    fill(&client).await;
    drop(server);
    let path = |name: &str| home.beside(name).to_str().unwrap().to_owned();
    let file = path("vaults.age");
    let cases: [(&[&str], &str, &str); 8] = [
        (&["export", &file], "", "--to age1…, or --passphrase -"),
        (
            &["export", &file, "--to", "age1x"],
            "",
            "'age1x' is no recipient",
        ),
        (
            &["export", &file, "--passphrase", "secret"],
            "",
            "takes only '-'",
        ),
        (
            &["export", &file, "--passphrase", "-"],
            "short\n",
            "expected 12 or more",
        ),
        (
            &["export", &file, "--to", RECIPIENT, "--vault", "x"],
            "",
            "invalid vault id 'x'",
        ),
        (
            &[
                "export",
                &file,
                "--to",
                RECIPIENT,
                "--vault",
                "00000000-0000-0000-0000-000000000001",
            ],
            "",
            "not found",
        ),
        (
            &["export", &file, "--to", RECIPIENT, "--tenant", "nobody"],
            "",
            "'nobody' not found",
        ),
        (
            &["import", "-", "--passphrase", "-"],
            "",
            "cannot both come from standard input",
        ),
    ];
    for (arguments, input, expected) in cases {
        let mut all = vec!["vault"];
        all.extend(arguments);
        let line = Ran::of(&mut home.command(&all), input).refused(1);
        assert!(line.contains(expected), "{arguments:?}: {line}");
        assert!(!home.beside("vaults.age").exists(), "{arguments:?}");
    }

    run(&home, &["vault", "export", &file, "--to", RECIPIENT]).ok();
    let line = run(&home, &["vault", "export", &file, "--to", RECIPIENT]).refused(1);
    assert!(line.contains("is there already"), "{line}");

    let identity = path("identity.txt");
    fs::write(&identity, IDENTITY).unwrap();
    let import = |file: &str, tenant: &str| {
        run(
            &home,
            &[
                "vault",
                "import",
                file,
                "--identity",
                &identity,
                "--tenant",
                tenant,
            ],
        )
    };
    home.run(["tenants", "create", "acme"]).ok();
    let sealed = fs::read(&file).unwrap();
    let damaged = path("damaged.age");
    let mut altered = sealed.clone();
    *altered.last_mut().unwrap() ^= 1;
    for bytes in [&altered[..], &sealed[..sealed.len() - 1], b"no age file"] {
        fs::write(&damaged, bytes).unwrap();
        let line = import(&damaged, "acme").refused(1);
        assert!(line.contains("altered or cut"), "{line}");
    }
    let stranger = IDENTITY.replace("Y8VHZ", "Y8VHX");
    fs::write(path("stranger.txt"), stranger).unwrap();
    let line = run(
        &home,
        &[
            "vault",
            "import",
            &file,
            "--identity",
            &path("stranger.txt"),
        ],
    )
    .refused(1);
    assert!(line.contains("no secret key"), "{line}");
    // Archives that were made by hand: the last of two vaults breaks a rule, so neither comes.
    for (wrong, expected) in [
        (
            "{\"format\": \"other/1\", \"vaults\": []}".to_owned(),
            "expected 'guise-vaults/1'",
        ),
        (
            "{\"password\": \"hunter2".to_owned(),
            "no archive of vaults",
        ),
        (
            with(json!({"label": "x", "kind": "key", "value": "hunter2"})),
            "Invalid value 'key' for kind",
        ),
        (
            with(json!({"label": "x", "kind": "secret"})),
            "value is required",
        ),
        (
            with(
                json!({"label": "x", "kind": "secret", "value": "hunter2", "password": "hunter2"}),
            ),
            "does not belong",
        ),
        (
            with(json!({"label": " ", "kind": "secret", "value": "hunter2"})),
            "Invalid label",
        ),
        (
            with(
                json!({"label": "x", "kind": "external", "site": "", "email": "a@b.example", "password": "hunter2"}),
            ),
            "url",
        ),
        (
            with(
                json!({"label": "x", "kind": "external", "email": "nobody", "password": "hunter2"}),
            ),
            "Invalid value 'nobody'",
        ),
        (
            with(
                json!({"label": "x", "kind": "external", "email": "a@b.example", "password": "hunter2", "seed": "!"}),
            ),
            "mfa_secret",
        ),
    ] {
        let made_by_hand = path("by-hand.age");
        fs::remove_file(&made_by_hand).ok();
        encrypt(&wrong, &made_by_hand);
        let line = import(&made_by_hand, "acme").refused(1);
        assert!(line.contains(expected), "{wrong}: {line}");
        assert!(line.contains("nothing was changed"), "{wrong}: {line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
    let listed = home.run(["vault", "list", "--tenant", "acme"]).ok();
    assert_eq!(listed.lines().count(), 1, "{listed}");
}

/// An archive of a good vault and one with that credential.
fn with(credential: Value) -> String {
    let good = json!({"label": "good", "kind": "secret", "value": "v"});
    json!({
        "format": "guise-vaults/1",
        "vaults": [{"name": "one", "credentials": [good]}, {"name": "two", "credentials": [credential]}],
    })
    .to_string()
}

fn encrypt(text: &str, file: &str) {
    let lock = guise_secrets::FileLock::Recipients(vec![RECIPIENT.to_owned()]);
    let mut sealed = Vec::new();
    guise_secrets::encrypt_file(lock, &mut text.as_bytes(), &mut sealed).unwrap();
    fs::write(file, sealed).unwrap();
}

#[test]
fn a_passphrase_does_too() {
    let home = Home::new();
    home.run(["keys", "create"]).ok();
    let file = home.beside("vaults.age").to_str().unwrap().to_owned();
    home.run_reading(
        ["vault", "export", &file, "--passphrase", "-"],
        "correct horse battery staple\n",
    )
    .ok();
    let wrong = home
        .run_reading(
            ["vault", "import", &file, "--passphrase", "-"],
            "correct horse bottery staple\n",
        )
        .refused(1);
    assert!(wrong.contains("does not open the file"), "{wrong}");
    let told = home
        .run_reading(
            ["vault", "import", &file, "--passphrase", "-"],
            "correct horse battery staple\n",
        )
        .ok();
    assert!(told.contains("Vaults brought from"), "{told}");
}
