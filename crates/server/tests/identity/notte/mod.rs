//! Personas and vaults as the Notte API has them, rule by rule.

mod cards;
mod credentials;
mod factors;
mod fill_rules;
mod persona_vaults;
mod personas;
mod reveals;
mod vaults;
