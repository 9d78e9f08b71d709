//! Secrets on their way into pages: into which field one may go, and to where the page may send it.
//!
//! [`check()`], [`check_card`] and [`check_in_page`] hold the rules. What they are told of a field ([`Field`]) no script of the page can make up;
//! what a user allows beyond the rules is [`FillRules`]. A secret that may go comes with its [`Destination`].

mod check;
mod destination;
mod field;
mod rules;

pub use check::{check, check_card, check_in_page, is_for_card};
pub use destination::Destination;
pub use field::{Control, Field, FieldForm, Sight};
pub use rules::{FillRules, FillWay, SiteRules};
