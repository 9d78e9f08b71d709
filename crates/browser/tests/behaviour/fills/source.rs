//! A source of secrets that keeps to the rules of the product, on credentials in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use guise_core::ports::{Release, SecretFill, SecretSource};
use guise_core::{
    Field, FillRules, Placeholder, Placeholders, Result, Secret, SecretPart, Site, check_card_fill,
    check_fill, is_for_card,
};

/// What is kept for one site.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) username: &'static str,
    pub(super) password: String,
    pub(super) code: String,
}

/// What is kept of a card.
pub(super) const CARD: [(SecretPart, &str); 4] = [
    (SecretPart::CardHolder, "Ada Lovelace King"),
    (SecretPart::CardNumber, "4539148803436467"),
    (SecretPart::CardCode, "731"),
    (SecretPart::CardExpiry, "07/29"),
];

#[derive(Default)]
pub(super) struct Source {
    pub(super) logins: BTreeMap<String, Login>,
    pub(super) rules: FillRules,
    pub(super) card: bool,
    pub(super) reveals: AtomicBool,
    pub(super) released: Mutex<Vec<SecretPart>>,
}

impl Source {
    fn secret(
        &self,
        part: SecretPart,
        text: &str,
        destination: guise_core::Destination,
    ) -> Release {
        self.released.lock().unwrap().push(part);
        let rules = self.rules.of(destination.site());
        Release::Secret(SecretFill {
            part,
            secret: Secret::new(text.to_owned()),
            destination,
            way: rules.way,
            any_body: rules.any_body,
        })
    }
}

#[async_trait]
impl SecretSource for Source {
    fn read(&self, value: &str) -> Option<Placeholder> {
        Placeholders::default().read(value)
    }

    async fn release(&self, placeholder: &Placeholder, field: &Field) -> Result<Release> {
        let part = placeholder.part;
        if part.is_of_card() {
            if !self.card || part == SecretPart::CardHolder && !is_for_card(part, field) {
                return Ok(Release::Unchanged);
            }
            let text = CARD.iter().find(|(kept, _)| *kept == part).unwrap().1;
            return Ok(match check_card_fill(part, field, &self.rules) {
                Ok(destination) => self.secret(part, text, destination),
                Err(reason) => Release::Refused(reason),
            });
        }
        let addresses = std::iter::once(&field.document).chain(&field.around);
        let sites = addresses.filter(|address| address.contains("://"));
        let mut sites = sites.filter_map(|address| Site::of(address).ok());
        let kept = sites.find_map(|site| Some((self.logins.get(site.as_str())?, site)));
        let Some((login, site)) = kept else {
            return Ok(Release::Unchanged);
        };
        let destination = match check_fill(part, field, &self.rules.of(&site)) {
            Ok(destination) if *destination.site() == site => destination,
            Ok(destination) => return Ok(Release::Refused(format!("it is of {destination}"))),
            Err(reason) => return Ok(Release::Refused(reason)),
        };
        Ok(match part {
            SecretPart::Password => self.secret(part, &login.password, destination),
            SecretPart::Code => self.secret(part, &login.code, destination),
            _ => Release::Open(login.username.to_owned()),
        })
    }

    fn reveals(&self) -> bool {
        self.reveals.load(Ordering::SeqCst)
    }
}
