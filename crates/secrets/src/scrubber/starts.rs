//! Where one of many patterns may begin.

use std::ops::Range;

use secrecy::zeroize::Zeroizing;

/// How many bytes of a pattern are looked for; none is shorter.
pub(super) const START: usize = 4;

/// Bits for each start in the filter: so few of the other texts pass that looking them up takes no time.
const BITS_EACH: usize = 64;

/// The first bytes of all patterns.
///
/// An automaton (Aho-Corasick) was measured beside it, with 200 secrets: as an NFA it takes more than twice as long for
/// a page, as a DFA ten times as long to make after each change; and both hold copies of the secrets that nobody wipes.
pub(super) struct Starts {
    /// A bit for the hash of each start: a Bloom filter with one hash function.
    filter: Zeroizing<Vec<u64>>,
    /// By how many bits a hash is too long for the filter.
    shift: u32,
    /// In order.
    starts: Zeroizing<Vec<u32>>,
    /// Which patterns begin with each start.
    groups: Vec<Range<usize>>,
}

impl Starts {
    /// Those of `patterns`, which are sorted.
    pub(super) fn of<'a>(patterns: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut starts = Zeroizing::new(Vec::new());
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (index, pattern) in patterns.enumerate() {
            // None is shorter; one that were would be found where it is followed by zeros.
            let mut start = [0; START];
            start
                .iter_mut()
                .zip(pattern)
                .for_each(|(to, from)| *to = *from);
            let start = u32::from_be_bytes(start);
            match groups.last_mut() {
                Some(group) if starts.last() == Some(&start) => group.end = index + 1,
                _ => {
                    starts.push(start);
                    groups.push(index..index + 1);
                }
            }
        }
        let bits = (starts.len() * BITS_EACH).next_power_of_two();
        let shift = u32::BITS.saturating_sub(bits.trailing_zeros());
        let mut filter = Zeroizing::new(vec![0; (bits / 64).max(1)]);
        for start in starts.iter() {
            let (word, bit) = place(*start, shift);
            filter[word] |= bit;
        }
        Self {
            filter,
            shift,
            starts,
            groups,
        }
    }

    /// Where a start stands in `bytes`, and the patterns that begin with it.
    pub(super) fn places<'a>(
        &'a self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let (filter, shift) = (self.filter.as_slice(), self.shift);
        bytes
            .array_windows::<START>()
            .map(|window| u32::from_be_bytes(*window))
            .enumerate()
            .filter(move |(_, start)| {
                let (word, bit) = place(*start, shift);
                filter[word] & bit != 0
            })
            .filter_map(|(at, start)| {
                let found = self.starts.binary_search(&start).ok()?;
                Some((at, self.groups[found].clone()))
            })
    }
}

/// Where the filter has the bit of a start: the topmost bits of a multiplicative hash (Knuth).
fn place(start: u32, shift: u32) -> (usize, u64) {
    let hash = start.wrapping_mul(0x9e37_79b1) >> shift;
    ((hash / 64) as usize, 1 << (hash % 64))
}
