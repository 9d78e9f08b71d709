//! Mail that comes in by SMTP, on its way to the inbox.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use guise_core::services::{ArrivingMail, Inbox};
use guise_core::{Attachment, MailContent};
use guise_inbox::{
    Address, Authenticate, DeliverError, Delivery, DnsChecks, Handle, Incoming, Message, Options,
    Server, Tls, Verdict,
};
use tokio::sync::Semaphore;

use crate::config::Settings;

/// How long the DNS may be asked about one mail.
const DNS: Duration = Duration::from_secs(10);

/// Starts to receive, if the configuration says where.
///
/// # Errors
/// When the port is taken, or the certificate cannot be used.
pub async fn receive(settings: &Settings, inbox: Arc<Inbox>) -> Result<Option<Handle>> {
    let Some(listen) = settings.smtp_listen else {
        return Ok(None);
    };
    let tls = match (&settings.smtp_certificate, &settings.smtp_certificate_key) {
        (Some(chain), Some(key)) => {
            let read = |path: &std::path::Path| {
                std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
            };
            Tls::from_pem(&read(chain)?, &read(key)?)
        }
        _ => Tls::self_made(&settings.mail_domain),
    };
    let authenticate: Option<Arc<dyn Authenticate>> = if settings.mail_authentication {
        let checks = DnsChecks::system(DNS).context("mail_authentication needs the DNS")?;
        Some(Arc::new(checks))
    } else {
        None
    };
    let options = Options {
        listen,
        hostname: settings.mail_domain.clone(),
        tls: Some(tls.context("mail cannot be received with the configured certificate")?),
        authenticate,
        ..Options::default()
    };
    let server = Server::bind(options).await.with_context(|| {
        format!("cannot receive mail on {listen}: choose another address with --smtp-listen, or none with --smtp-listen ''")
    })?;
    let handle = server
        .start(Arc::new(Mailboxes {
            inbox,
            reading: Reading::new(),
        }))
        .context("cannot start to receive mail")?;
    Ok(Some(handle))
}

/// The mailboxes of personas and those of their own.
struct Mailboxes {
    inbox: Arc<Inbox>,
    reading: Reading,
}

#[async_trait]
impl Delivery for Mailboxes {
    async fn recipient(&self, address: &Address) -> Verdict {
        match self.inbox.recipient(&written(address)).await {
            Ok(Some(_)) => Verdict::Accept,
            Ok(None) => Verdict::UnknownUser,
            Err(error) => {
                tracing::error!(error = ?error, "a recipient could not be looked up");
                Verdict::TemporaryFailure
            }
        }
    }

    async fn deliver(&self, mail: Incoming) -> Result<(), DeliverError> {
        let read = self.reading.read(&mail).await?;
        let mut kept: Vec<_> = Vec::new();
        for address in &mail.recipients {
            let recipient = written(address);
            let mailbox = self
                .inbox
                .recipient(&recipient)
                .await
                .map_err(DeliverError::new)?;
            // Removed since it was accepted, or the same mailbox under another of its addresses: once is enough.
            let Some(mailbox) = mailbox.filter(|mailbox| !kept.contains(&mailbox.id)) else {
                continue;
            };
            kept.push(mailbox.id);
            let arriving = ArrivingMail {
                mailbox,
                content: MailContent {
                    recipient,
                    ..read.clone()
                },
                raw: mail.raw.clone(),
            };
            self.inbox
                .deliver(arriving)
                .await
                .map_err(DeliverError::new)?;
        }
        Ok(())
    }
}

fn written(address: &Address) -> String {
    format!("{}@{}", address.local_part(), address.domain())
}

/// A link of less confidence is likely a page that is the same for everybody.
const LIKELY: u8 = 50;

/// Text and HTML of a mail that are kept to be read, in bytes each; the mail itself is kept whole.
const MOST_TEXT: usize = 512 * 1024;

/// Takes mails apart, apart from everything else: hostile ones take a while.
struct Reading {
    /// As many at once as there are processors.
    places: Semaphore,
}

impl Reading {
    fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            places: Semaphore::new(processors),
        }
    }

    /// What of a mail is kept to be read, for no recipient yet.
    async fn read(&self, mail: &Incoming) -> Result<MailContent, DeliverError> {
        let _place = self.places.acquire().await.map_err(DeliverError::new)?;
        let mail = mail.clone();
        tokio::task::spawn_blocking(move || content(&Message::parse(&mail.raw), &mail))
            .await
            .map_err(DeliverError::new)
    }
}

/// A text as it is kept: without control characters, which JSON would make six times as long, and not too long.
fn kept(text: &str) -> String {
    let mut kept = String::with_capacity(text.len().min(MOST_TEXT));
    for character in text.chars() {
        if character < ' ' && !matches!(character, '\n' | '\r' | '\t') {
            continue;
        }
        if kept.len() + character.len_utf8() > MOST_TEXT {
            break;
        }
        kept.push(character);
    }
    kept
}

/// What of a mail is kept to be read.
fn content(message: &Message, mail: &Incoming) -> MailContent {
    let found = guise_inbox::find(message);
    let sender = message.from.as_ref();
    let checks = [
        ("spf", mail.authentication.spf),
        ("dkim", mail.authentication.dkim),
        ("dmarc", mail.authentication.dmarc),
    ];
    MailContent {
        subject: message.subject.clone(),
        sender_email: sender
            .map(|sender| sender.address.clone())
            .or_else(|| mail.sender.as_ref().map(written)),
        sender_name: sender.and_then(|sender| sender.name.clone()),
        recipient: String::new(),
        message_id: message.message_id.clone(),
        thread: message.thread().map(str::to_owned),
        text: (!message.text.is_empty()).then(|| kept(&message.text)),
        html: message.html.as_deref().map(kept),
        codes: found.codes.into_iter().map(|code| code.value).collect(),
        links: found
            .links
            .into_iter()
            .filter(|link| link.confidence >= LIKELY)
            .map(|link| link.url)
            .collect(),
        attachments: message
            .attachments
            .iter()
            .map(|attachment| Attachment {
                name: attachment
                    .name
                    .clone()
                    .unwrap_or_else(|| "attachment".to_owned()),
                content_type: attachment.content_type.clone(),
                size: attachment.size() as u64,
            })
            .collect(),
        authentication: checks
            .into_iter()
            .filter_map(|(check, outcome)| Some((check.to_owned(), outcome.as_str()?.to_owned())))
            .collect(),
    }
}
