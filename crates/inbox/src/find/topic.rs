//! What a message is about.

use std::collections::HashSet;

use super::segment::View;
use super::words::Meaning;

/// How much in a message speaks of signing in, and how much of buying and sending things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Topic {
    pub(super) access: usize,
    pub(super) trade: usize,
    /// Whether it invites to a meeting, where a passcode is the meeting's.
    pub(super) meeting: bool,
}

impl Topic {
    /// Counts each word once, however often it is said.
    pub(super) fn of(views: &[View]) -> Self {
        let mut seen = HashSet::new();
        let mut topic = Self::default();
        let labels = views
            .iter()
            .flat_map(|view| &view.segments)
            .flat_map(|segment| &segment.labels);
        for label in labels {
            if !seen.insert(label.entry) {
                continue;
            }
            match label.meaning {
                Meaning::Code => topic.access += 2,
                Meaning::Access | Meaning::Dual => topic.access += 1,
                Meaning::Trade | Meaning::Trading => topic.trade += 1,
                Meaning::Meeting => topic.meeting = true,
                _ => {}
            }
        }
        topic
    }

    /// Whether it speaks of signing in more than of trade.
    pub(super) fn is_access(self) -> bool {
        self.access > self.trade && !self.meeting
    }

    /// Whether nothing speaks of trade or meetings.
    pub(super) fn is_open(self) -> bool {
        self.trade == 0 && !self.meeting
    }
}
