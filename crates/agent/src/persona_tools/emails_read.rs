//! `emails_read`: the mails of a persona's own address, and of mailboxes that are attached to the run.

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::ports::{RunTool, Tool};
use guise_core::services::Correspondence;
use guise_core::{Action, Credential, CredentialKind, Outcome, Placeholders, Result, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Keychain, text};

/// So many mails at once when the model does not say.
const LIMIT: u32 = 10;

/// The tool.
pub(super) struct EmailsRead {
    pub(super) keychain: Arc<Keychain>,
    /// The persona's own address first.
    pub(super) readable: Vec<Correspondence>,
}

#[async_trait]
impl RunTool for EmailsRead {
    fn describe(&self) -> Tool {
        Tool {
            name: "emails_read".to_owned(),
            description: format!(
                "Reads mails, with the codes and sign-in links in them. It can read {}. Where no mail is there yet, it waits a \
                 moment for one.",
                self.addresses()
            ),
            parameters: json!({
                "type": "object",
                "properties": {
                    "address": {"type": "string", "description": "Whose mails; yours when absent."},
                    "limit": {"type": "integer", "description": "At most so many, 1 to 100."},
                    "timedelta": {
                        "type": "string",
                        "description": "Not older than this, as an ISO 8601 duration such as PT5M, which it is when absent.",
                    },
                    "only_unread": {"type": "boolean", "description": "Only those not read before; true when absent."},
                },
                "required": [],
            }),
        }
    }

    fn replaces(&self) -> &'static [&'static str] {
        &["email_read", "email_verification_read"]
    }

    async fn call(
        &self,
        arguments: &Value,
        _: Option<&Placeholders>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Outcome> {
        let wish = match Wish::read(arguments) {
            Ok(wish) => wish,
            Err(wrong) => return Ok(Outcome::failed(wrong)),
        };
        let credentials = match self.keychain.credentials().await? {
            Ok(credentials) => credentials,
            Err(wrong) => return Ok(Outcome::failed(wrong)),
        };
        match self.mailbox(wish.address.as_deref(), &credentials) {
            Ok(mailbox) => mailbox.read(&wish.action, now, deadline).await,
            Err(wrong) => Ok(Outcome::failed(wrong)),
        }
    }
}

impl EmailsRead {
    /// Whose mails are meant; the error is for the model.
    fn mailbox(
        &self,
        address: Option<&str>,
        credentials: &[Credential],
    ) -> Result<&Correspondence, String> {
        let Some(address) = address else {
            return self
                .readable
                .first()
                .ok_or_else(|| "There is no address whose mails could be read".to_owned());
        };
        let is_meant = |other: &str| other.eq_ignore_ascii_case(address);
        // First of all, and also where it happens to be an address of this server's (contract §7): it is somebody else's.
        let external = credentials.iter().find(|it| {
            it.kind == CredentialKind::External && it.email.as_deref().is_some_and(is_meant)
        });
        if let Some(external) = external {
            return Err(format!(
                "The mails of {address} cannot be read: it belongs to the external credential '{}', whose mails do not come \
                 here; only {} can be read",
                external.label,
                self.addresses()
            ));
        }
        let found = self.readable.iter().find(|it| is_meant(&it.address()));
        found.ok_or_else(|| {
            format!(
                "The mails of {address} cannot be read: only {} can be",
                self.addresses()
            )
        })
    }

    fn addresses(&self) -> String {
        let addresses: Vec<_> = self.readable.iter().map(Correspondence::address).collect();
        addresses.join(", ")
    }
}

/// What the model asks for.
struct Wish {
    address: Option<String>,
    action: Action,
}

impl Wish {
    fn read(arguments: &Value) -> Result<Self, String> {
        let limit = match arguments.get("limit") {
            None | Some(Value::Null) => LIMIT,
            Some(limit) => limit
                .as_u64()
                .and_then(|limit| u32::try_from(limit).ok())
                .filter(|limit| (1..=100).contains(limit))
                .ok_or_else(|| {
                    format!("Invalid limit {limit}: expected a whole number from 1 to 100")
                })?,
        };
        let only_unread = match arguments.get("only_unread") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                return Err(format!(
                    "Invalid only_unread {other}: expected true or false"
                ));
            }
        };
        Ok(Self {
            address: text(arguments, "address")?,
            action: Action::EmailRead {
                limit,
                timedelta: text(arguments, "timedelta")?,
                only_unread,
            },
        })
    }
}
