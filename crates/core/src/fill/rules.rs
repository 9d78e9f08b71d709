//! What a vault's owner decides about fills.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Site;

/// The rules of one vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FillRules {
    /// Where the vault's card may be filled in. Nowhere else.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub card_sites: BTreeSet<Site>,
    /// What differs for the credentials of single sites.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sites: BTreeMap<Site, SiteRules>,
}

impl FillRules {
    /// The rules for a site.
    pub fn of(&self, site: &Site) -> SiteRules {
        self.sites.get(site).cloned().unwrap_or_default()
    }
}

/// What differs for one site's credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteRules {
    /// Its secrets go to these hosts only, not to all of the site.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The port that it is on, where that is not 443.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How its secrets get to it.
    pub way: FillWay,
    /// A body of which the form is not known may carry them, too.
    pub any_body: bool,
}

/// How a secret gets from the vault to the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillWay {
    /// By wire; where the page turned out to send nothing that could carry it, into the page.
    #[default]
    WireThenPage,
    /// Put into the request that the page sends; the page itself has a stand-in only.
    Wire,
    /// Put into the page.
    Page,
}

impl FillWay {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::WireThenPage, Self::Wire, Self::Page];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_kept_as_json() {
        let rules = FillRules {
            card_sites: [Site::of("shop.example").unwrap()].into(),
            sites: [(
                Site::of("nas.example").unwrap(),
                SiteRules {
                    port: Some(5001),
                    way: FillWay::Wire,
                    ..SiteRules::default()
                },
            )]
            .into(),
        };
        let text = serde_json::to_string(&rules).unwrap();
        assert_eq!(
            text,
            r#"{"card_sites":["shop.example"],"sites":{"nas.example":{"port":5001,"way":"wire","any_body":false}}}"#
        );
        assert_eq!(serde_json::from_str::<FillRules>(&text).unwrap(), rules);
        assert_eq!(
            serde_json::from_str::<FillRules>("{}").unwrap(),
            FillRules::default()
        );
        assert!(serde_json::from_str::<FillRules>(r#"{"card_sites":["a b"]}"#).is_err());
    }
}
