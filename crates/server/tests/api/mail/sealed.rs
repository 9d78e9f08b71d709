//! What a thief of the data folder finds: nothing that was secret.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::json;

use crate::support::server::Server;
use crate::support::smtp::send;

/// The spellings that a secret could be left in.
fn spellings(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let utf16 = |order: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(order).collect();
    let mut all = vec![
        bytes.to_vec(),
        bytes.iter().rev().copied().collect(),
        secret.to_uppercase().into_bytes(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        percent.to_lowercase().into_bytes(),
        percent.into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    // In base64 a text looks different by where it begins among three bytes.
    for skipped in 0..3 {
        let shifted = [vec![b' '; skipped], bytes.to_vec()].concat();
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let coded = engine.encode(&shifted);
            let whole = (skipped * 8).div_ceil(6)..(shifted.len() * 8 / 6);
            all.push(coded.as_bytes()[whole].to_vec());
        }
    }
    all
}

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

    let look = |when: &str, server: &Server| {
        let mut seen = 0;
        let mut contents: Vec<_> = files(server.folder())
            .into_iter()
            .filter_map(|path| Some((path.display().to_string(), fs::read(&path).ok()?)))
            .collect();
        contents.push(("the log".to_owned(), server.log().into_bytes()));
        for (name, content) in contents {
            for secret in secrets {
                for spelling in spellings(secret) {
                    let hit = content
                        .windows(spelling.len())
                        .any(|window| window == spelling);
                    assert!(!hit, "{when}: '{secret}' lies in {name}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 1000, "too little was looked at: {seen}");
    };
    look("while it runs", &server);
    // What can be found is found: an address is no secret.
    let found = files(server.folder()).into_iter().any(|path| {
        let content = fs::read(path).unwrap_or_default();
        content.windows(11).any(|window| window == b"x@y.example")
    });
    assert!(found);
    server.kill();
    look("after it was killed", &server);
}
