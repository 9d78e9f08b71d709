//! What a thief of the data folder finds: nothing that was secret.

use std::fs;
use std::path::{Path, PathBuf};

use guise_core::Secret;
use guise_secrets::Scrubber;
use serde_json::json;

use crate::support::server::Server;
use crate::support::smtp::send;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test]
async fn no_secret_lies_in_the_data_folder_or_the_log() {
    let mut server = Server::start().await;
    let client = server.client().await;
    let persona = client
        .post("/personas/create")
        .json(json!({"create_vault": true}))
        .ok()
        .await;
    let text = |name: &str| persona[name].as_str().unwrap().to_owned();
    let (id, email, vault) = (text("persona_id"), text("email"), text("vault_id"));

    let secrets = [
        "correct-horse-battery-1",
        "GEZDGNBVGY3TQOJQGEZDGNBV",
        "Ottilie Q. Kreditkarte",
        "4929123498761234567",
        "cvv-70319",
        "expiry-1129-2031",
        "tenant-password-secret",
        "sk-live-9f8e7d6c5b4a3f2e1d",
        "otpauth://totp/x?secret=NNXXE3DEEBQWY3DF",
        "external-password-7788",
        "the body of a very private mail 271828",
        "subject-of-a-private-mail-314159",
    ];
    let credentials = json!({"url": "https://shop.example", "credentials":
        {"email": email, "password": secrets[0], "mfa_secret": secrets[1]}});
    client
        .post(&format!("/vaults/{vault}/credentials"))
        .json(credentials)
        .ok()
        .await;
    let card = json!({"credit_card": {"card_holder_name": secrets[2], "card_number": secrets[3],
        "card_cvv": secrets[4], "card_full_expiration": secrets[5]}});
    client
        .post(&format!("/vaults/{vault}/card"))
        .json(card)
        .ok()
        .await;
    for credential in [
        json!({"label": "a", "cred_type": "username_password", "password": secrets[6]}),
        json!({"label": "b", "cred_type": "secret", "value": secrets[7]}),
        json!({"label": "c", "cred_type": "external", "email": "x@y.example", "password": secrets[9],
            "mfa_secret": secrets[8]}),
    ] {
        let path = format!("/api/v1/personas/{id}/credentials");
        let answer = client.post(&path).json(credential).send().await;
        assert_eq!(answer.status.as_u16(), 201, "{answer}");
    }
    let mail = format!(
        "From: a@b.example\nSubject: {}\n\n{}\n",
        secrets[11], secrets[10]
    );
    assert_eq!(send(server.mail(), &[&email], &mail).await, 250);
    // Reading leaves no trace either.
    client
        .get(&format!("/vaults/{vault}/credentials?url=shop.example"))
        .ok()
        .await;
    client.get(&format!("/vaults/{vault}/card")).ok().await;
    client.get(&format!("/personas/{id}/emails")).ok().await;

    let named = secrets.map(|secret| (Secret::new(secret.to_owned()), format!("<<{secret}>>")));
    let scrubber = Scrubber::new(named);
    let look = |when: &str, server: &Server| {
        let mut contents: Vec<_> = files(server.folder())
            .into_iter()
            .filter_map(|path| Some((path.display().to_string(), fs::read(&path).ok()?)))
            .collect();
        contents.push(("the log".to_owned(), server.log().into_bytes()));
        assert!(
            contents.len() > 5,
            "too little was looked at: {}",
            contents.len()
        );
        for (name, content) in contents {
            let scrubbed = scrubber.scrub_bytes(&content);
            let mut pairs = scrubbed.iter().zip(&content);
            let differs = pairs.position(|(one, other)| one != other).unwrap_or(0);
            let found = &scrubbed[differs..scrubbed.len().min(differs + 60)];
            let found = String::from_utf8_lossy(found);
            assert!(
                *scrubbed == content,
                "{when}: a secret lies in {name}: {found}"
            );
        }
    };
    look("while it runs", &server);
    // What can be found is found: an address is no secret.
    scrubber.add(Secret::new("x@y.example".to_owned()), "<<address>>");
    let found = files(server.folder()).into_iter().any(|path| {
        let content = fs::read(path).unwrap_or_default();
        *scrubber.scrub_bytes(&content) != content
    });
    assert!(found);
    scrubber.remove("<<address>>");
    server.kill();
    look("after it was killed", &server);
}
