//! What arrives for a persona, as an agent reads it: mails and text messages, answered as the content of a page is.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Inbox;
use crate::{
    Action, DataSpace, InboxFilter, Mail, Mailbox, Outcome, Persona, Result, Sms, StructuredData,
    Timestamp,
};

/// Where nothing has arrived yet, it is waited for this long (Notte contract §3.4: three looks, five seconds apart).
const PATIENCE: Duration = Duration::from_secs(10);

/// A mail with a code is waited for this long: sites take their time, and callers have room for it.
const LONG_PATIENCE: Duration = Duration::from_secs(30);

/// How old messages may be when the reader does not say (Notte contract §3.3).
const RECENT: &str = "PT5M";

/// The longest text of a message that is given, in characters.
const LONGEST: usize = 20_000;

/// At most so many messages at once.
const MOST: u32 = 100;

/// A persona's mails and text messages.
pub struct Correspondence {
    persona: Persona,
    mailbox: Mailbox,
    inbox: Arc<Inbox>,
}

impl Correspondence {
    /// What arrives for `persona`.
    ///
    /// # Errors
    /// Kind `NotFound` when the persona is not there any more.
    pub async fn of(inbox: Arc<Inbox>, persona: Persona) -> Result<Self> {
        Ok(Self {
            mailbox: inbox.of_persona(&persona).await?,
            persona,
            inbox,
        })
    }

    /// What arrives at `mailbox`, which `persona` may read although it is not its own.
    pub fn at(inbox: Arc<Inbox>, persona: Persona, mailbox: Mailbox) -> Self {
        Self {
            persona,
            mailbox,
            inbox,
        }
    }

    /// The address of the mailbox, such as `ada@mail.example`.
    pub fn address(&self) -> String {
        format!("{}@{}", self.mailbox.name, self.inbox.domain())
    }

    /// What `action` asks for, the newest first. Where there is none, it is waited for one, at most until `deadline`.
    ///
    /// # Errors
    /// Kind `Sealed`, or when the store fails.
    pub async fn read(
        &self,
        action: &Action,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Outcome> {
        match action {
            Action::EmailRead {
                limit,
                timedelta,
                only_unread,
            } => {
                let filter = match wanted(*limit, timedelta.as_deref(), *only_unread, now) {
                    Ok(filter) => filter,
                    Err(why) => return Ok(Outcome::failed(why)),
                };
                let until = Some(deadline.min(Instant::now() + PATIENCE));
                let mails = self.inbox.read(&self.mailbox, filter, until).await?;
                let list = mails.into_iter().map(mail).collect();
                Ok(listed("emails", "email", list))
            }
            Action::SmsRead {
                limit,
                timedelta,
                only_unread,
            } => {
                let filter = match wanted(*limit, timedelta.as_deref(), *only_unread, now) {
                    Ok(filter) => filter,
                    Err(why) => return Ok(Outcome::failed(why)),
                };
                let until = Some(deadline.min(Instant::now() + PATIENCE));
                let messages = self.inbox.read_sms(&self.persona, filter, until).await?;
                let list = messages.into_iter().map(sms).collect();
                Ok(listed("sms", "text message", list))
            }
            Action::EmailVerificationRead {
                mailbox_id,
                sender_domain,
                max_age_seconds,
            } => {
                if let Some(id) = mailbox_id
                    && ![self.mailbox.id.to_string(), self.persona.id.to_string()].contains(id)
                {
                    return Ok(Outcome::failed(format!(
                        "Mailbox {id} is not {}'s: leave mailbox_id out",
                        self.persona.name
                    )));
                }
                let age = Duration::from_secs(u64::from(*max_age_seconds));
                let domain = sender_domain.as_deref().filter(|it| !it.trim().is_empty());
                self.verification(domain, before(now, age), deadline).await
            }
            _ => Ok(Outcome::failed(format!(
                "Action {} reads no messages",
                action.name()
            ))),
        }
    }

    /// The newest unread mail with a code or a link that arrived since, or the next one that does: newer than any that was read, because
    /// sites take the last code they sent. If none arrives, the one that was read.
    async fn verification(
        &self,
        domain: Option<&str>,
        since: Timestamp,
        deadline: Instant,
    ) -> Result<Outcome> {
        let mut filter = InboxFilter {
            limit: MOST,
            since: Some(since),
            only_unread: false,
        };
        let fits =
            |mail: &Mail| verifies(mail) && domain.is_none_or(|domain| is_from(mail, domain));
        let before = self.inbox.newest(&self.mailbox, filter, fits).await?;
        let before = before.filter(|mail| mail.read_at.is_some());
        let mut patience = LONG_PATIENCE;
        if let Some(before) = &before {
            patience = PATIENCE;
            filter.since = Some(before.received_at);
        }
        let until = deadline.min(Instant::now() + patience);
        let taken = self.inbox.take(&self.mailbox, filter, fits, until).await?;
        let Some(found) = taken.or(before) else {
            return Ok(Outcome::failed(
                "No mail with a code or a sign-in link has arrived",
            ));
        };
        let read_before = found.read_at.is_some();
        let mut outcome = listed("verification", "email", vec![mail(found)]);
        if read_before {
            outcome.message += ". It was read before, and no newer one has arrived";
        }
        Ok(outcome)
    }
}

fn verifies(mail: &Mail) -> bool {
    !mail.content.codes.is_empty() || !mail.content.links.is_empty()
}

fn is_from(mail: &Mail, domain: &str) -> bool {
    let domain = domain.trim().trim_matches('.').to_lowercase();
    let sender = mail.content.sender_email.as_deref().unwrap_or_default();
    let host = sender.rsplit('@').next().unwrap_or_default().to_lowercase();
    host == domain
        || host
            .strip_suffix(&domain)
            .is_some_and(|rest| rest.ends_with('.'))
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    let age = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.as_micros().saturating_sub(age))
}

/// Which messages are wanted, or what is wrong with the wish.
fn wanted(
    limit: u32,
    timedelta: Option<&str>,
    only_unread: bool,
    now: Timestamp,
) -> Result<InboxFilter, String> {
    let text = timedelta.unwrap_or(RECENT);
    let age = duration(text).ok_or_else(|| {
        format!("Invalid timedelta '{text}': expected an ISO 8601 duration such as {RECENT}")
    })?;
    Ok(InboxFilter {
        limit: limit.clamp(1, MOST),
        since: Some(before(now, age)),
        only_unread,
    })
}

/// An ISO 8601 duration; days and weeks have 24 hours each day.
fn duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.trim().parse().ok()?;
    let duration = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .ok()?;
    Duration::try_from(duration).ok()
}

/// Notte contract §3.4: the list stands in the structured part.
fn listed(member: &str, noun: &str, list: Vec<Value>) -> Outcome {
    let message = match list.len() {
        0 => format!("No {noun} has arrived"),
        1 => format!("Read one {noun}"),
        count => format!("Read {count} {noun}s"),
    };
    let data = DataSpace {
        markdown: message.clone(),
        structured: Some(StructuredData {
            success: true,
            error: None,
            data: Some(json!({ member: list })),
            ..StructuredData::default()
        }),
        ..DataSpace::default()
    };
    Outcome::read(message, data)
}

/// The beginning of a long text: who sends it is a stranger, and it is kept with the step.
fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn mail(mail: Mail) -> Value {
    let content = mail.content;
    json!({
        "subject": content.subject,
        // First, so that whoever reads only the beginning has them.
        "codes": content.codes,
        "links": content.links,
        "created_at": mail.received_at.to_string(),
        "sender_email": content.sender_email.unwrap_or_else(|| "unknown".to_owned()),
        "content": shortened(content.text.unwrap_or_else(|| "no content".to_owned())),
    })
}

fn sms(sms: Sms) -> Value {
    json!({
        "codes": sms.content.codes,
        "created_at": sms.received_at.to_string(),
        "sender_number": sms.content.sender.unwrap_or_else(|| "unknown".to_owned()),
        "content": shortened(sms.content.body),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601() {
        assert_eq!(duration("PT5M"), Some(Duration::from_mins(5)));
        assert_eq!(duration("P1D"), Some(Duration::from_hours(24)));
        assert_eq!(duration("PT1.5S"), Some(Duration::from_millis(1500)));
        for wrong in ["", "5", "soon", "-PT5M", "P1Y"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
