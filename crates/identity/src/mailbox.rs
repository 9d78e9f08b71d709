//! The address that belongs to a handle.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;
use uuid::Uuid;

use crate::slug::slug;

/// Octets of the hash that go into a name. 80 bits: to hit an address someone would have to try 2^79 of them, each a
/// conversation with our mail server, and of a million addresses two are the same with a probability of 2^-41. More
/// would only make addresses longer, and they are read and typed.
const HASH: usize = 10;

/// The local part of the address that belongs to a tenant's `handle`.
///
/// It is what of the handle can be read, `-`, and 16 characters of HMAC-SHA-256 over tenant and handle in lower-case
/// base32 (RFC 4648 §6); where nothing can be read, the 16 characters alone. At most 57 octets of `a` to `z`, `0` to
/// `9` and `-`.
///
/// It is always the same for a handle, different for every handle (`Sarah`, `sarah` and `Sarah!` are three), and nobody
/// without `key` can tell it. No name from [`Identity::mailbox_names`](crate::Identity::mailbox_names) is like it:
/// those have a dot.
///
/// ```
/// let tenant = uuid::Uuid::from_u128(1);
/// let name = guise_identity::mailbox_name(&[7; 32], tenant, "Sarah Connor");
/// assert_eq!(name, "sarah-connor-vbp7jgiu5lomve5m");
/// ```
pub fn mailbox_name(key: &[u8; 32], tenant: Uuid, handle: &str) -> String {
    // A key shorter than SHA-256's block is padded with zeros (RFC 2104 §2).
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    mac.update(b"guise mailbox v1\0");
    // All tenants are of one length, so that no other pair of tenant and handle gives the same message.
    mac.update(tenant.as_bytes());
    mac.update(handle.as_bytes());
    let hash = mac.finalize().into_bytes();
    let hash = BASE32_NOPAD.encode(&hash[..HASH]).to_ascii_lowercase();
    match slug(handle) {
        slug if slug.is_empty() => hash,
        slug => format!("{slug}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    /// Computed by another implementation of HMAC; addresses that were given out must never change.
    #[test]
    fn addresses_stay_as_they_are() {
        for (tenant, handle, name) in [
            (1, "Sarah Connor", "sarah-connor-vbp7jgiu5lomve5m"),
            (1, "sarah connor", "sarah-connor-6dol23cgkfvvixtl"),
            (2, "Sarah Connor", "sarah-connor-xrxaycvilr7isrca"),
            (1, "\u{e000}", "cv4dwgxkm66x7tbf"),
        ] {
            assert_eq!(mailbox_name(&KEY, Uuid::from_u128(tenant), handle), name);
        }
    }

    /// Handles that differ in one respect, over many tenants: no address twice, none of a wrong form.
    #[test]
    fn no_two_handles_have_one_address() {
        let rounds = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
            100_000
        } else {
            10_000
        };
        let mut random = StdRng::seed_from_u64(1);
        let alphabet: Vec<char> = "abAB01 -_.!'éßЯ佐😀\u{301}\u{e000}".chars().collect();
        let mut pairs = HashSet::new();
        let mut names = HashSet::new();
        for _ in 0..rounds {
            let tenant = Uuid::from_u128(random.random_range(0..50));
            let handle: String = (0..random.random_range(0..=40))
                .map(|_| alphabet[random.random_range(0..alphabet.len())])
                .collect();
            let name = mailbox_name(&KEY, tenant, &handle);
            assert_form(&name);
            assert_eq!(name, mailbox_name(&KEY, tenant, &handle));
            if pairs.insert((tenant, handle)) {
                assert!(names.insert(name.clone()), "{name} twice");
            } else {
                assert!(names.contains(&name));
            }
        }
        assert!(pairs.len() > rounds * 9 / 10);
    }

    fn assert_form(name: &str) {
        assert!((16..=57).contains(&name.len()), "{name}");
        assert!(
            name.bytes()
                .all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-')),
            "{name}"
        );
        assert!(!name.starts_with('-') && !name.contains("--"), "{name}");
    }

    proptest! {
        #[test]
        fn any_handle_has_an_address_of_its_own(
            handle in "\\PC{0,40}", other in "\\PC{0,40}", key: [u8; 32], tenant: u128, bit in 0_usize..256,
        ) {
            let tenant = Uuid::from_u128(tenant);
            let name = mailbox_name(&key, tenant, &handle);
            assert_form(&name);
            if other != handle {
                prop_assert_ne!(&mailbox_name(&key, tenant, &other), &name);
            }
            let mut other_key = key;
            other_key[bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(&mailbox_name(&other_key, tenant, &handle), &name);
            let other_tenant = Uuid::from_u128(tenant.as_u128() ^ 1 << (bit % 128));
            prop_assert_ne!(&mailbox_name(&key, other_tenant, &handle), &name);
        }
    }
}
