//! Where a vault's secrets may be filled in: an addition to the Notte API.

use std::collections::BTreeMap;

use guise_core::{Error, FillRules, FillWay, Result, Site, SiteRules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a vault's secrets may be filled in, and how, beyond what holds for all.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FillRules)]
pub struct FillRulesBody {
    /// The sites that the card may be filled in on, such as `shop.example`. Frames count, too: a form of a payment service in a shop's
    /// page needs both. None when absent.
    #[serde(default)]
    card_sites: Vec<String>,
    /// What differs for the credentials of single sites, by site.
    #[serde(default)]
    sites: BTreeMap<String, SiteRulesBody>,
}

/// What differs for the credentials of one site.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SiteFillRules)]
pub struct SiteRulesBody {
    /// The only hosts of the site that they may be filled in on and sent to; all when absent or empty.
    #[serde(default)]
    hosts: Vec<String>,
    /// The site's port; 443 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    port: Option<u16>,
    /// How they get there; `wire_then_page` when absent.
    #[serde(default)]
    way: FillWayBody,
    /// Whether requests in unknown formats may carry them; false when absent.
    #[serde(default)]
    any_body: bool,
}

/// How a secret gets to its site: put into the request that the page sends, or into the page itself.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FillWay)]
pub enum FillWayBody {
    /// Into the request; into the page where that turned out not to work.
    #[default]
    WireThenPage,
    /// Into the request only.
    Wire,
    /// Into the page.
    Page,
}

impl FillRulesBody {
    /// In the domain's form.
    ///
    /// # Errors
    /// Kind `Invalid` for a site that has no host.
    pub fn into_domain(self) -> Result<FillRules> {
        let card_sites = self.card_sites.iter().map(|name| site("card_sites", name));
        let sites = self.sites.into_iter().map(|(name, rules)| {
            let rules = SiteRules {
                hosts: rules.hosts,
                port: rules.port,
                way: rules.way.into(),
                any_body: rules.any_body,
            };
            Ok((site("sites", &name)?, rules))
        });
        Ok(FillRules {
            card_sites: card_sites.collect::<Result<_>>()?,
            sites: sites.collect::<Result<_>>()?,
        })
    }
}

fn site(member: &str, name: &str) -> Result<Site> {
    Site::of(name).map_err(|_| {
        let shown: String = name.chars().take(200).collect();
        let message =
            format!("Invalid value '{shown}' for {member}: expected a site such as shop.example");
        Error::invalid_member(&[member], "url_parsing", message)
    })
}

impl From<FillRules> for FillRulesBody {
    fn from(rules: FillRules) -> Self {
        let sites = rules.sites.into_iter().map(|(site, rules)| {
            let rules = SiteRulesBody {
                hosts: rules.hosts,
                port: rules.port,
                way: rules.way.into(),
                any_body: rules.any_body,
            };
            (site.to_string(), rules)
        });
        Self {
            card_sites: rules.card_sites.iter().map(Site::to_string).collect(),
            sites: sites.collect(),
        }
    }
}

impl From<FillWayBody> for FillWay {
    fn from(way: FillWayBody) -> Self {
        match way {
            FillWayBody::WireThenPage => Self::WireThenPage,
            FillWayBody::Wire => Self::Wire,
            FillWayBody::Page => Self::Page,
        }
    }
}

impl From<FillWay> for FillWayBody {
    fn from(way: FillWay) -> Self {
        match way {
            FillWay::WireThenPage => Self::WireThenPage,
            FillWay::Wire => Self::Wire,
            FillWay::Page => Self::Page,
        }
    }
}
