//! Where the chains ended on some day, in a file outside the database: what tells that rows were cut off at the end.
//!
//! One line for one chain on one day: time, chain, sequence, hash of that row, and a keyed hash over the line and the
//! line before it.

use std::fmt::Write as _;

use guise_core::Timestamp;
use guise_core::ports::AuditHead;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::row::hex;
use crate::key::keyed_hash;
use crate::tree::AuditKeys;

/// The end of a chain at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) chain: Uuid,
    pub(super) sequence: u64,
    pub(super) hash: [u8; 32],
}

/// A line, by its number, that is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineError(pub(super) usize);

/// The anchors in a file's text. After a line that is wrong, the next one is judged by what stands there.
pub(super) fn read<'t>(
    keys: &'t AuditKeys,
    text: &'t str,
) -> impl Iterator<Item = Result<Anchor, LineError>> + 't {
    let mut before = "";
    text.lines().enumerate().map(move |(index, line)| {
        let (facts, mac) = line.rsplit_once(' ').unwrap_or((line, ""));
        let right = seal(keys, before, facts).as_bytes().ct_eq(mac.as_bytes());
        before = mac;
        let anchor = parse(facts).filter(|_| right.into());
        anchor.ok_or(LineError(index + 1))
    })
}

/// The lines to append: one for each chain that went on since its last anchor, and that has none of this day.
pub(super) fn due(keys: &AuditKeys, text: &str, heads: &[AuditHead], now: Timestamp) -> String {
    let today = day(&now.to_string()).to_owned();
    let mut before = text
        .lines()
        .last()
        .and_then(|line| line.rsplit_once(' '))
        .map_or("", |(_, mac)| mac)
        .to_owned();
    let mut lines = String::new();
    for head in heads {
        let known = text.lines().any(|line| {
            parse(line).is_some_and(|anchor| {
                anchor.chain == head.chain
                    && (anchor.sequence >= head.sequence || day(line) == today)
            })
        });
        if known {
            continue;
        }
        let facts = format!("{now} {} {} {}", head.chain, head.sequence, hex(&head.hash));
        before = seal(keys, &before, &facts);
        // Writing to a text does not fail.
        let _ = writeln!(lines, "{facts} {before}");
    }
    lines
}

/// The day in a time or a line that begins with one.
fn day(text: &str) -> &str {
    text.split('T').next().unwrap_or_default()
}

fn seal(keys: &AuditKeys, before: &str, facts: &str) -> String {
    let parts = [before.as_bytes(), b"\n", facts.as_bytes()];
    hex(&keyed_hash(&keys.anchors, &parts)[..16])
}

fn parse(line: &str) -> Option<Anchor> {
    let mut parts = line.split(' ').skip(1);
    let chain = parts.next()?.parse().ok()?;
    let sequence = parts.next()?.parse().ok()?;
    let digits = parts.next().filter(|digits| digits.is_ascii())?;
    let mut hash = [0; 32];
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(Anchor {
        chain,
        sequence,
        hash,
    })
}
