//! Envelopes: frozen ones, altered ones, moved ones.

use guise_core::TenantId;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::*;

/// Envelopes of the first version, one a line: key, key id, tenant, owner, kind, row, version, plain, envelope. They were
/// made once and must open for ever.
const FROZEN: &str = include_str!("../../tests/frozen/envelopes-v1.txt");

/// How many there must be.
const LEAST_FROZEN: usize = 30;

/// Altered and moved envelopes: all of them, and those that are tried unless `GUISE_TEST_SOAK` is set.
const FLIPS: usize = 100_000;
const MOVES: usize = 10_000;

fn share(whole: usize) -> usize {
    match std::env::var_os("GUISE_TEST_SOAK") {
        Some(_) => whole,
        None => whole / 10,
    }
}

fn key(byte: u8) -> Key {
    Key::from_slice(&[byte; 32]).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0);
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

struct Sample {
    key: Key,
    id: Uuid,
    tenant: Uuid,
    owner: Uuid,
    kind: String,
    row: Uuid,
    version: u64,
    plain: Vec<u8>,
}

impl Sample {
    fn random(random: &mut StdRng) -> Self {
        let mut id = || Uuid::from_u128(random.random());
        let (id, tenant, owner, row) = (id(), id(), id(), id());
        let length = random.random_range(0..200);
        Self {
            key: key(random.random()),
            id,
            tenant,
            owner,
            row,
            kind: ["credential", "card", "seed"][random.random_range(0..3)].to_owned(),
            version: random.random_range(1..1000),
            plain: (0..length).map(|_| random.random()).collect(),
        }
    }

    fn context(&self) -> Context<'_> {
        let tenant = TenantId::from_uuid(self.tenant);
        Context::value(tenant, self.owner, &self.kind, self.row, self.version)
    }

    fn seal(&self) -> Vec<u8> {
        seal(&self.key, self.id, &self.context(), &self.plain).unwrap()
    }

    fn open(&self, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        open(&self.key, self.id, &self.context(), envelope)
    }
}

#[test]
fn frozen_envelopes_open() {
    let lines = FROZEN
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut opened = 0;
    for line in lines {
        let parts: Vec<_> = line.split('\t').collect();
        let id = |at: usize| parts[at].parse().unwrap();
        let sample = Sample {
            key: Key::from_slice(&unhex(parts[0])).unwrap(),
            id: id(1),
            tenant: id(2),
            owner: id(3),
            kind: parts[4].to_owned(),
            row: id(5),
            version: parts[6].parse().unwrap(),
            plain: unhex(parts[7]),
        };
        let envelope = unhex(parts[8]);
        assert_eq!(envelope.len(), sample.plain.len() + ENVELOPE_OVERHEAD);
        assert_eq!(**sample.open(&envelope).unwrap(), *sample.plain, "{line}");
        opened += 1;
    }
    assert!(opened >= LEAST_FROZEN, "{opened}");
}

#[test]
fn the_form_is_the_one_that_is_documented() {
    let id = Uuid::from_u128(7);
    let context = Context::value(TenantId::from_uuid(id), id, "credential", id, 1);
    let salt = [5; SALT];
    let envelope = seal_salted(&key(1), id, &context, b"hunter2", &salt).unwrap();
    let same = seal_salted(&key(1), id, &context, b"hunter2", &salt).unwrap();
    assert_eq!(envelope, same);
    assert_eq!(envelope[..2], [1, 1]);
    assert_eq!(envelope[2..18], *id.as_bytes());
    assert_eq!(envelope[18..50], salt);
    assert_eq!(envelope.len(), 98 + 7);
    let other = seal(&key(1), id, &context, b"hunter2").unwrap();
    assert_ne!(
        envelope[18..50],
        other[18..50],
        "each has a salt of its own"
    );
    // The commitment depends on the key and the salt, and on nothing else.
    let elsewhere = Context::value(TenantId::from_uuid(id), id, "card", id, 2);
    let moved = seal_salted(&key(1), id, &elsewhere, b"another text", &salt).unwrap();
    assert_eq!(envelope[50..82], moved[50..82]);
    let rekeyed = seal_salted(&key(2), id, &context, b"hunter2", &salt).unwrap();
    assert_ne!(envelope[50..82], rekeyed[50..82]);
}

#[test]
fn what_is_wrong_is_named() {
    let mut random = StdRng::seed_from_u64(3);
    let sample = Sample::random(&mut random);
    let envelope = sample.seal();
    let changed = |at: usize| {
        let mut changed = envelope.clone();
        changed[at] ^= 0x80;
        changed
    };
    let refusal = |envelope: &[u8]| sample.open(envelope).unwrap_err();
    assert_eq!(refusal(&changed(0)), EnvelopeError::Version(0x81));
    assert_eq!(refusal(&changed(1)), EnvelopeError::Algorithm(0x81));
    assert!(matches!(
        refusal(&changed(2)),
        EnvelopeError::OtherKey { expected, .. } if expected == sample.id
    ));
    for at in [18, 50, 82, envelope.len() - 1] {
        assert_eq!(refusal(&changed(at)), EnvelopeError::Refused, "{at}");
    }
    for length in [0, 1, 17, 81, ENVELOPE_OVERHEAD - 1] {
        assert_eq!(refusal(&envelope[..length]), EnvelopeError::Short(length));
    }
    let other = Sample {
        key: key(9),
        ..sample
    };
    assert_eq!(other.open(&envelope).unwrap_err(), EnvelopeError::Refused);
}

#[test]
fn no_altered_envelope_opens() {
    let mut random = StdRng::seed_from_u64(1);
    let mut left = share(FLIPS);
    while left > 0 {
        let sample = Sample::random(&mut random);
        let mut envelope = sample.seal();
        for bit in 0..(envelope.len() * 8).min(left) {
            envelope[bit / 8] ^= 1 << (bit % 8);
            assert!(sample.open(&envelope).is_err(), "bit {bit}");
            envelope[bit / 8] ^= 1 << (bit % 8);
            left -= 1;
        }
        assert!(sample.open(&envelope).is_ok());
    }
}

#[test]
fn no_moved_envelope_opens() {
    let mut random = StdRng::seed_from_u64(2);
    for number in 0..share(MOVES) {
        let mut sample = Sample::random(&mut random);
        let envelope = sample.seal();
        let other = Sample::random(&mut random);
        match number % 5 {
            0 => sample.tenant = other.tenant,
            1 => sample.owner = other.owner,
            2 => sample.row = other.row,
            3 => sample.version += 1 + other.version,
            _ => sample.kind.push('s'),
        }
        assert_eq!(sample.open(&envelope), Err(EnvelopeError::Refused));
        // Two parts that change places are a move, too.
        std::mem::swap(&mut sample.owner, &mut sample.row);
        assert_eq!(sample.open(&envelope), Err(EnvelopeError::Refused));
    }
}

proptest! {
    #[test]
    fn what_is_sealed_comes_back(plain: Vec<u8>, kind in ".{0,40}", version: u64, seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let sample = Sample { plain, kind, version, ..Sample::random(&mut random) };
        let envelope = sample.seal();
        prop_assert_eq!(envelope.len(), sample.plain.len() + ENVELOPE_OVERHEAD);
        prop_assert_eq!(&**sample.open(&envelope).unwrap(), &sample.plain);
    }

    #[test]
    fn nothing_made_up_opens_or_panics(envelope: Vec<u8>) {
        let sample = Sample::random(&mut StdRng::seed_from_u64(4));
        prop_assert!(sample.open(&envelope).is_err());
        let mut headed = vec![1, 1];
        headed.extend_from_slice(sample.id.as_bytes());
        headed.extend_from_slice(&envelope);
        prop_assert!(sample.open(&headed).is_err());
    }
}
