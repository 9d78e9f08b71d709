//! Second factors: loose seeds, kept as they came, and codes that need no seed.

use serde_json::json;

use crate::world::{World, text, vault};

#[tokio::test]
async fn seeds_are_taken_loosely_and_kept_as_they_came() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/vaults/{}/credentials", vault(client).await);
    for (number, seed) in [
        "mysecret",
        "MYSECRET",
        "AAAAAAAAAAAA",
        "EXAMPLEMFASECRET",
        "jbsw y3dp ehpk 3pxp",
        "JBSWY3DPEHPK3PXP====",
        "otpauth://totp/Shop:joe?secret=JBSWY3DPEHPK3PXP&issuer=Shop",
    ]
    .into_iter()
    .enumerate()
    {
        let url = format!("site{number}.example");
        let credentials = json!({"username": "joe", "password": "hunter2!", "mfa_secret": seed});
        let body = json!({"url": url, "credentials": credentials});
        client.post(&path).json(body).ok().await;
        let kept = client.get(&format!("{path}?url={url}")).ok().await;
        assert_eq!(kept["credentials"]["mfa_secret"], seed);
        let answer = client.get(&format!("{path}/code?url={url}")).send().await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        let code = answer.json();
        let digits = text(&code, "code");
        assert!(
            digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_digit()),
            "{code}"
        );
        assert!(
            (1..=30).contains(&code["valid_for_seconds"].as_u64().unwrap()),
            "{code}"
        );
        assert!(!answer.to_string().contains(seed), "{answer}");
    }
    // What the official clients refuse, and what is not base32 at all.
    for seed in [
        "999777",
        "1",
        "!",
        "pässword",
        "otpauth://totp/x?secret=",
        "otpauth://x/y?secret=AAAA",
    ] {
        let credentials = json!({"username": "joe", "password": "hunter2!", "mfa_secret": seed});
        let body = json!({"url": "a.example", "credentials": credentials});
        let answer = client.post(&path).json(body).send().await;
        assert_eq!(answer.status, 422, "{seed}: {answer}");
        let loc = &answer.json()["detail"][0]["loc"];
        assert_eq!(
            *loc,
            json!(["body", "credentials", "mfa_secret"]),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn there_is_no_code_without_a_seed() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/vaults/{}/credentials", vault(client).await);
    let body =
        json!({"url": "a.example", "credentials": {"username": "joe", "password": "hunter2!"}});
    client.post(&path).json(body).ok().await;
    let message = client
        .get(&format!("{path}/code?url=a.example"))
        .refused(400)
        .await;
    assert!(message.contains("second factor"), "{message}");
    client
        .get(&format!("{path}/code?url=b.example"))
        .refused(404)
        .await;
    client.get(&format!("{path}/code")).refused(422).await;
}

/// RFC 4226 appendix D.
#[tokio::test]
async fn a_counter_gives_each_code_once_and_begins_anew_with_a_new_seed() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/vaults/{}/credentials", vault(client).await);
    let put = async |counter: u32| {
        let seed =
            format!("otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter={counter}");
        let credentials = json!({"username": "joe", "password": "hunter2!", "mfa_secret": seed});
        let body = json!({"url": "a.example", "credentials": credentials});
        client.post(&path).json(body).ok().await;
    };
    let next = async || client.get(&format!("{path}/code?url=a.example")).ok().await;
    put(0).await;
    for expected in ["755224", "287082", "359152"] {
        assert_eq!(
            next().await,
            json!({"code": expected, "valid_for_seconds": null})
        );
    }
    put(3).await;
    for expected in ["969429", "338314"] {
        assert_eq!(next().await["code"], expected);
    }
    // Whoever asks at the same time gets another one.
    put(0).await;
    let asked: Vec<_> = (0..10)
        .map(|_| tokio::spawn(client.get(&format!("{path}/code?url=a.example")).ok()))
        .collect();
    let mut codes = Vec::new();
    for code in asked {
        codes.push(text(&code.await.unwrap(), "code"));
    }
    codes.sort();
    let mut expected = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ];
    expected.sort_unstable();
    assert_eq!(codes, expected);
}
