//! Whether the audit is as it was written.

use std::collections::HashMap;
use std::fmt;

use guise_core::Result;
use guise_core::ports::{AuditHead, AuditRow, AuditRows};
use uuid::Uuid;

use super::AuditTrail;
use super::anchors::{self, Anchor, LineError};
use super::row::hash;
use crate::tree::AuditKeys;

/// How many rows are read at once.
const BATCH: u64 = 1000;

/// What a look at the whole audit found.
#[derive(Debug)]
pub struct Verified {
    /// How many chains there are.
    pub chains: u64,
    /// How many rows.
    pub rows: u64,
    /// How many anchors were compared.
    pub anchors: u64,
    /// What is wrong; nothing when the audit is as it was written.
    pub faults: Vec<Fault>,
    /// Lines to be appended to the anchors; empty when something is wrong, or nothing is due.
    pub due: String,
}

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The chain; none for the anchors themselves.
    pub chain: Option<Uuid>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.chain {
            None => write!(f, "anchors: {}", self.what),
            Some(chain) if chain.is_nil() => write!(f, "installation: {}", self.what),
            Some(chain) => write!(f, "tenant {chain}: {}", self.what),
        }
    }
}

impl AuditTrail {
    /// Looks at every row, and at what `anchors` says about the chains: the text of a file outside the database, empty at
    /// first. What [`Verified::due`] holds belongs at its end.
    ///
    /// An edit, a removal and a swap of rows are found in any case; that rows at the end were removed and the chain's
    /// noted end was set back is found if an anchor was made in between.
    ///
    /// # Errors
    /// When the server is sealed or the database fails.
    pub async fn verify(&self, anchors: &str) -> Result<Verified> {
        let keys = self.tree.audit_keys()?;
        let mut verified = Verified {
            chains: 0,
            rows: 0,
            anchors: 0,
            faults: Vec::new(),
            due: String::new(),
        };
        let mut by_chain: HashMap<Uuid, Vec<Anchor>> = HashMap::new();
        for line in anchors::read(&keys, anchors) {
            match line {
                Ok(anchor) => {
                    verified.anchors += 1;
                    by_chain.entry(anchor.chain).or_default().push(anchor);
                }
                Err(LineError(number)) => verified.faults.push(Fault {
                    chain: None,
                    what: format!(
                        "line {number} is not as it was written, or the one before is missing"
                    ),
                }),
            }
        }
        let heads = self.rows.heads().await?;
        for head in &heads {
            let mut chain = Chain::new(&keys, head, by_chain.remove(&head.chain));
            while let Some(last) = chain.next(&*self.rows).await? {
                verified.rows += last;
            }
            verified.chains += 1;
            verified.faults.extend(chain.faults());
        }
        for (chain, anchors) in by_chain {
            verified.faults.push(Fault {
                chain: Some(chain),
                what: format!(
                    "the whole chain is missing: an anchor knows {}",
                    in_words(&anchors)
                ),
            });
        }
        if verified.faults.is_empty() {
            verified.due = anchors::due(&keys, anchors, &heads, self.clock.now());
        }
        Ok(verified)
    }
}

fn in_words(anchors: &[Anchor]) -> String {
    let last = anchors.iter().map(|anchor| anchor.sequence).max();
    format!("{} rows", last.unwrap_or_default())
}

/// One chain while it is read.
struct Chain<'k> {
    keys: &'k AuditKeys,
    head: AuditHead,
    anchors: Vec<Anchor>,
    sequence: u64,
    hash: [u8; 32],
    head_seen: bool,
    found: Vec<String>,
}

impl<'k> Chain<'k> {
    fn new(keys: &'k AuditKeys, head: &AuditHead, anchors: Option<Vec<Anchor>>) -> Self {
        Self {
            keys,
            head: *head,
            anchors: anchors.unwrap_or_default(),
            sequence: 0,
            hash: [0; 32],
            head_seen: false,
            found: Vec::new(),
        }
    }

    /// Reads some more rows, and tells how many; none when there are no more.
    async fn next(&mut self, rows: &dyn AuditRows) -> Result<Option<u64>> {
        let rows = rows.rows(self.head.chain, self.sequence, BATCH).await?;
        for row in &rows {
            self.look(row);
        }
        Ok((!rows.is_empty()).then_some(rows.len() as u64))
    }

    fn look(&mut self, row: &AuditRow) {
        let expected = self.sequence + 1;
        if row.sequence != expected {
            let missing = match row.sequence - 1 {
                last if last == expected => format!("row {last} is missing"),
                last => format!("rows {expected} to {last} are missing"),
            };
            self.found.push(missing);
        } else if hash(self.keys, row, &self.hash) != row.hash {
            let sequence = row.sequence;
            self.found
                .push(format!("row {sequence} is not as it was written"));
        }
        // The next row is judged by what stands here: one change is one fault.
        self.sequence = row.sequence;
        self.hash = row.hash;
        if row.sequence == self.head.sequence {
            self.head_seen = row.hash == self.head.hash;
        }
        self.anchors.retain(|anchor| {
            if anchor.sequence != row.sequence {
                return true;
            }
            if anchor.hash != row.hash {
                self.found.push(format!(
                    "row {} is another one than when its anchor was made",
                    row.sequence
                ));
            }
            false
        });
    }

    fn faults(self) -> impl Iterator<Item = Fault> {
        let mut found = self.found;
        if self.head.sequence == 0 {
            found.push("its noted end is missing".to_owned());
        } else if self.head.sequence > self.sequence {
            found.push(format!(
                "rows {} to {} are missing at its end",
                self.sequence + 1,
                self.head.sequence
            ));
        } else if !self.head_seen {
            found.push("its noted end is not that of its last row".to_owned());
        }
        found.extend(self.anchors.iter().map(|anchor| {
            format!(
                "row {} is missing, which was there when its anchor was made",
                anchor.sequence
            )
        }));
        let chain = self.head.chain;
        found.into_iter().map(move |what| Fault {
            chain: Some(chain),
            what,
        })
    }
}
