//! What arrives for personas and mailboxes: kept sealed, read, waited for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use crate::ports::{
    Added, ArrivedMail, Clock, IdentityStore, Keyring, PersonaNumber, Place, Retention, SealedMail,
};
use crate::{
    Caller, Error, InboundSms, InboxFilter, Kind, Mail, MailId, Mailbox, MailboxId, Persona,
    Result, Sms, SmsContent, SmsId, TenantId, Timestamp,
};

/// What the content of a mail is sealed as, and the whole of it.
const MAIL: &str = "mail";
const RAW: &str = "mail_raw";
/// What a text message is sealed as.
const SMS: &str = "sms";

/// Mails that wait to be written. Beyond it, whoever delivers waits.
const QUEUE: usize = 256;

/// So many mails share one write to disk.
const BATCH: usize = 64;

/// Arrivals that a slow waiter may miss before it looks again by itself.
const ARRIVALS: usize = 1024;

/// The longest name of a mailbox of its own (AIQaramba contract §2.2).
const MAX_MAILBOX: usize = 40;

/// Keeps mail and messages.
pub struct Inbox {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    keyring: Arc<dyn Keyring>,
    rules: InboxRules,
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    arrivals: broadcast::Sender<Uuid>,
}

/// What the operator decides about inboxes.
#[derive(Clone, Debug)]
pub struct InboxRules {
    /// What stands behind the `@`, in lower case.
    pub domain: String,
    /// How much a mailbox may hold; the oldest mails go.
    pub retention: Retention,
    /// Mails and messages go when they are older.
    pub max_age: Duration,
}

/// A mail that is being delivered.
pub struct ArrivingMail {
    /// Where it goes.
    pub mailbox: Mailbox,
    /// What is in it.
    pub content: crate::MailContent,
    /// The whole as it came.
    pub raw: Bytes,
}

/// A mail in the queue, and who waits for it to be on disk.
struct Waiting {
    mail: ArrivedMail,
    kept: oneshot::Sender<Result<()>>,
}

impl Inbox {
    /// A service on `store`, with the task that writes.
    pub fn start(
        store: Arc<dyn IdentityStore>,
        clock: Arc<dyn Clock>,
        keyring: Arc<dyn Keyring>,
        rules: InboxRules,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (arrivals, _) = broadcast::channel(ARRIVALS);
        let writer = tokio::spawn(write(
            Arc::clone(&store),
            rules.retention,
            waiting,
            arrivals.clone(),
        ));
        Self {
            store,
            clock,
            keyring,
            rules,
            queue: Mutex::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
            arrivals,
        }
    }

    /// Writes what waits and ends the task that writes. Nothing is taken in any more.
    pub async fn stop(&self) {
        lock(&self.queue).take();
        let writer = lock(&self.writer).take();
        if let Some(writer) = writer
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the task that keeps mails failed");
        }
    }

    /// What stands behind the `@` of every address here.
    pub fn domain(&self) -> &str {
        &self.rules.domain
    }

    /// The mailbox that an address belongs to. What stands behind a plus does not count; neither does case. Every address
    /// below a mailbox's own domain is that mailbox's: `anything@NAME.DOMAIN` goes where `NAME@DOMAIN` goes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recipient(&self, address: &str) -> Result<Option<Mailbox>> {
        let address = address.to_lowercase();
        let Some((local, domain)) = address.rsplit_once('@') else {
            return Ok(None);
        };
        let domain = domain.trim_end_matches('.');
        let name = if domain == self.rules.domain {
            local.split('+').next().unwrap_or(local)
        } else {
            match domain
                .strip_suffix(&self.rules.domain)
                .and_then(|rest| rest.strip_suffix('.'))
            {
                Some(name) if !local.is_empty() => name,
                _ => return Ok(None),
            }
        };
        if name.is_empty() {
            return Ok(None);
        }
        self.store.mailbox_by_name(name).await
    }

    /// Keeps a mail. When this returns it survives a crash, and whoever waits for it is awake.
    ///
    /// # Errors
    /// Kind `Sealed` while the keyring is locked, `Internal` when the store fails.
    pub async fn deliver(&self, arriving: ArrivingMail) -> Result<MailId> {
        let ArrivingMail {
            mailbox,
            content,
            raw,
        } = arriving;
        let id = MailId::new();
        let plain = serde_json::to_vec(&content)
            .map_err(|error| Error::internal("cannot write a mail as JSON", error))?;
        let content = self
            .keyring
            .seal(&mail_place(&mailbox, id, MAIL), &plain)
            .await?;
        let size = raw.len() as u64;
        let raw = self
            .keyring
            .seal(&mail_place(&mailbox, id, RAW), &raw)
            .await?;
        let mail = ArrivedMail {
            mail: Mail {
                id,
                tenant: mailbox.tenant,
                mailbox: mailbox.id,
                received_at: self.clock.now(),
                read_at: None,
                size,
                content: crate::MailContent::default(),
            },
            content,
            raw,
        };
        let (kept, written) = oneshot::channel();
        let queue = lock(&self.queue).clone().ok_or_else(stopping)?;
        queue
            .send(Waiting { mail, kept })
            .await
            .map_err(|_| stopping())?;
        written.await.map_err(|_| stopping())??;
        Ok(id)
    }

    /// The mailbox of a persona.
    ///
    /// # Errors
    /// Kind `NotFound` when the persona is not there any more.
    pub async fn of_persona(&self, persona: &Persona) -> Result<Mailbox> {
        self.store
            .mailbox_of(persona.tenant, persona.id)
            .await?
            .ok_or_else(|| Error::not_found("Persona", persona.id))
    }

    /// The newest mails that fit, newest first; they count as read from now on. Where there are none, it waits for one
    /// until `deadline`.
    ///
    /// # Errors
    /// Kind `Sealed` while the keyring is locked.
    pub async fn read(
        &self,
        mailbox: &Mailbox,
        filter: InboxFilter,
        deadline: Option<Instant>,
    ) -> Result<Vec<Mail>> {
        // Listening first: what arrives after the look is heard.
        let mut arrivals = self.arrivals.subscribe();
        loop {
            let mut mails = Vec::new();
            for mail in self.store.mails(mailbox, filter).await? {
                mails.push(self.open(mailbox, mail).await?);
            }
            // Only what can be given counts as read.
            let unread: Vec<_> = mails
                .iter()
                .filter(|mail| mail.read_at.is_none())
                .map(|mail| mail.id)
                .collect();
            if !unread.is_empty() {
                let now = self.clock.now();
                let marked = self.store.mark_mails(mailbox, &unread, now).await?;
                // Whoever asks at the same time may have got some of them first.
                mails.retain(|mail| !filter.only_unread || marked.contains(&mail.id));
            }
            if !mails.is_empty() || !heard(&mut arrivals, mailbox.id.as_uuid(), deadline).await {
                return Ok(mails);
            }
        }
    }

    /// The newest unread mail since then that is wanted; it alone counts as read from now on. Where there is none, it waits for one until
    /// `deadline`.
    ///
    /// # Errors
    /// Kind `Sealed` while the keyring is locked.
    pub async fn take(
        &self,
        mailbox: &Mailbox,
        filter: InboxFilter,
        wanted: impl Fn(&Mail) -> bool,
        deadline: Instant,
    ) -> Result<Option<Mail>> {
        let filter = InboxFilter {
            only_unread: true,
            ..filter
        };
        let mut arrivals = self.arrivals.subscribe();
        loop {
            for mail in self.store.mails(mailbox, filter).await? {
                let mail = self.open(mailbox, mail).await?;
                if !wanted(&mail) {
                    continue;
                }
                let now = self.clock.now();
                let marked = self.store.mark_mails(mailbox, &[mail.id], now).await?;
                // Whoever asks at the same time may have got it first.
                if !marked.is_empty() {
                    return Ok(Some(mail));
                }
            }
            if !heard(&mut arrivals, mailbox.id.as_uuid(), Some(deadline)).await {
                return Ok(None);
            }
        }
    }

    /// The newest mail that is wanted, read or not. It does not count as read by this.
    ///
    /// # Errors
    /// Kind `Sealed` while the keyring is locked.
    pub async fn newest(
        &self,
        mailbox: &Mailbox,
        filter: InboxFilter,
        wanted: impl Fn(&Mail) -> bool,
    ) -> Result<Option<Mail>> {
        for mail in self.store.mails(mailbox, filter).await? {
            let mail = self.open(mailbox, mail).await?;
            if wanted(&mail) {
                return Ok(Some(mail));
            }
        }
        Ok(None)
    }

    /// A mail. It does not count as read by this.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn mail(&self, mailbox: &Mailbox, id: &str) -> Result<Mail> {
        let mail = match id.parse() {
            Ok(id) => self.store.mail(mailbox, id).await?,
            Err(_) => None,
        };
        let mail = mail.ok_or_else(|| Error::not_found("Email", id))?;
        self.open(mailbox, mail).await
    }

    /// A mail as it came, for its attachments.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn raw(&self, mailbox: &Mailbox, mail: &Mail) -> Result<Bytes> {
        let row = mail.id.as_uuid();
        let kept = self.store.sealed(mailbox.tenant, RAW, row).await?;
        let (_, sealed) = kept.ok_or_else(|| Error::not_found("Email", mail.id))?;
        let place = mail_place(mailbox, mail.id, RAW);
        let plain = self.keyring.open(&place, &sealed).await?;
        Ok(Bytes::copy_from_slice(&plain))
    }

    async fn open(&self, mailbox: &Mailbox, sealed: SealedMail) -> Result<Mail> {
        let SealedMail { mut mail, content } = sealed;
        let place = mail_place(mailbox, mail.id, MAIL);
        let plain = self.keyring.open(&place, &content).await?;
        mail.content = serde_json::from_slice(&plain)
            .map_err(|error| Error::internal("a kept mail cannot be read", error))?;
        Ok(mail)
    }

    /// Keeps a text message to a number of ours; `codes` were found in it. `false` when it came before.
    ///
    /// # Errors
    /// Kind `NotFound` when the number is nobody's, or not the tenant's where one is named.
    pub async fn receive_sms(
        &self,
        tenant: Option<TenantId>,
        message: InboundSms,
        codes: Vec<String>,
    ) -> Result<bool> {
        let owner = self.store.number(&message.to).await?;
        let owner = owner.filter(|owner| tenant.is_none_or(|tenant| tenant == owner.tenant));
        let Some(PersonaNumber {
            tenant,
            persona,
            provider,
            ..
        }) = owner
        else {
            let message = format!("The number {} belongs to no persona", message.to);
            return Err(Error::new(Kind::NotFound, message));
        };
        let content = SmsContent {
            sender: Some(message.from),
            body: message.body,
            codes,
        };
        let sms = Sms {
            id: SmsId::new(),
            tenant,
            persona,
            received_at: self.clock.now(),
            read_at: None,
            content: SmsContent::default(),
        };
        let plain = serde_json::to_vec(&content)
            .map_err(|error| Error::internal("cannot write a message as JSON", error))?;
        let sealed = self.keyring.seal(&sms_place(&sms), &plain).await?;
        // Identifiers are unique for whoever gave them, not in the installation: no message keeps another persona's out.
        let unique = format!("{provider}:{persona}:{}", message.message_id);
        let kept = self.store.add_sms(&sms, &unique, &sealed).await?;
        if kept {
            let _ = self.arrivals.send(persona.as_uuid());
        }
        Ok(kept)
    }

    /// The newest text messages that fit, newest first; they count as read from now on. Where there are none, it waits for
    /// one until `deadline`.
    ///
    /// # Errors
    /// Kind `Sealed` while the keyring is locked.
    pub async fn read_sms(
        &self,
        persona: &Persona,
        filter: InboxFilter,
        deadline: Option<Instant>,
    ) -> Result<Vec<Sms>> {
        let (tenant, id) = (persona.tenant, persona.id);
        let mut arrivals = self.arrivals.subscribe();
        loop {
            let mut messages = Vec::new();
            for (mut sms, sealed) in self.store.sms(tenant, id, filter).await? {
                let plain = self.keyring.open(&sms_place(&sms), &sealed).await?;
                sms.content = serde_json::from_slice(&plain)
                    .map_err(|error| Error::internal("a kept message cannot be read", error))?;
                messages.push(sms);
            }
            let unread: Vec<_> = messages
                .iter()
                .filter(|sms| sms.read_at.is_none())
                .map(|sms| sms.id)
                .collect();
            if !unread.is_empty() {
                let marked = self.store.mark_sms(id, &unread, self.clock.now()).await?;
                messages.retain(|sms| !filter.only_unread || marked.contains(&sms.id));
            }
            if !messages.is_empty() || !heard(&mut arrivals, id.as_uuid(), deadline).await {
                return Ok(messages);
            }
        }
    }

    /// Makes a mailbox of its own.
    ///
    /// # Errors
    /// Kind `Invalid` for a name that cannot be one, `Conflict` when it is taken on this server.
    pub async fn create_mailbox(&self, caller: &Caller, name: &str) -> Result<Mailbox> {
        check_mailbox_name(name)?;
        let mailbox = Mailbox {
            id: MailboxId::new(),
            tenant: caller.tenant,
            persona: None,
            name: name.to_owned(),
            created_at: self.clock.now(),
        };
        match self.store.add_mailbox(&mailbox).await? {
            Added::Added => Ok(mailbox),
            _ => {
                let message = format!("A mailbox named '{name}' exists already");
                Err(Error::new(Kind::Conflict, message))
            }
        }
    }

    /// A mailbox of its own.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn mailbox(&self, caller: &Caller, id: MailboxId) -> Result<Mailbox> {
        let mailbox = self.store.mailbox(caller.tenant, id).await?;
        mailbox
            .filter(|mailbox| mailbox.persona.is_none())
            .ok_or_else(|| Error::not_found("Mailbox", id))
    }

    /// Up to `limit` mailboxes of their own older than `after`, newest first; whether there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mailboxes(
        &self,
        caller: &Caller,
        after: Option<MailboxId>,
        limit: u32,
    ) -> Result<(Vec<Mailbox>, bool)> {
        let mut mailboxes = self
            .store
            .mailboxes_after(caller.tenant, after, limit + 1)
            .await?;
        let more = mailboxes.len() > limit as usize;
        mailboxes.truncate(limit as usize);
        Ok((mailboxes, more))
    }

    /// Removes a mailbox of its own with its mails; its name is free again.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn close_mailbox(&self, caller: &Caller, id: MailboxId) -> Result<()> {
        let now = self.clock.now();
        if self.store.close_mailbox(caller.tenant, id, now).await? {
            Ok(())
        } else {
            Err(Error::not_found("Mailbox", id))
        }
    }

    /// Lets go of what is older than it may be. Returns how many mails and messages went.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn expire(&self) -> Result<u64> {
        let age = i64::try_from(self.rules.max_age.as_micros()).unwrap_or(i64::MAX);
        let now = self.clock.now().as_micros();
        let before = Timestamp::from_micros(now.saturating_sub(age));
        self.store.expire_mails(before).await
    }
}

/// Waits until something arrives for `whose`. `false` when nothing does before `deadline`, or there is none.
async fn heard(
    arrivals: &mut broadcast::Receiver<Uuid>,
    whose: Uuid,
    deadline: Option<Instant>,
) -> bool {
    let Some(deadline) = deadline else {
        return false;
    };
    let heard = async {
        loop {
            match arrivals.recv().await {
                Ok(id) if id != whose => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return true,
                Err(broadcast::error::RecvError::Closed) => return false,
            }
        }
    };
    matches!(tokio::time::timeout_at(deadline, heard).await, Ok(true))
}

/// Writes mails until nobody can hand any in: those that wait together share one write to disk.
async fn write(
    store: Arc<dyn IdentityStore>,
    retention: Retention,
    mut waiting: mpsc::Receiver<Waiting>,
    arrivals: broadcast::Sender<Uuid>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // Whose sender was told to come again is not kept twice.
        batch.retain(|waiting| !waiting.kept.is_closed());
        if batch.is_empty() {
            continue;
        }
        let (mails, kept): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|waiting| (waiting.mail, waiting.kept))
            .unzip();
        let mut written = vec![store.add_mails(&mails, retention).await];
        if written[0].is_err() && mails.len() > 1 {
            // One that cannot be kept must not stand in the way of the others.
            written.clear();
            for mail in &mails {
                let one = std::slice::from_ref(mail);
                written.push(store.add_mails(one, retention).await);
            }
        } else if written[0].is_ok() {
            written = mails.iter().map(|_| Ok(())).collect();
        }
        for ((mail, kept), written) in mails.iter().zip(kept).zip(written) {
            if written.is_ok() {
                // Nobody listening is fine.
                let _ = arrivals.send(mail.mail.mailbox.as_uuid());
            }
            // Whoever delivered may have gone.
            let _ = kept.send(written);
        }
    }
}

fn mail_place(mailbox: &Mailbox, id: MailId, kind: &'static str) -> Place {
    Place {
        tenant: mailbox.tenant,
        owner: mailbox.id.as_uuid(),
        kind,
        row: id.as_uuid(),
        version: 1,
    }
}

fn sms_place(sms: &Sms) -> Place {
    Place {
        tenant: sms.tenant,
        owner: sms.persona.as_uuid(),
        kind: SMS,
        row: sms.id.as_uuid(),
        version: 1,
    }
}

/// Who reads these is taken for the owner of the domain, by issuers of certificates among others (RFC 2142; CA/Browser Forum
/// Baseline Requirements §3.2.2.4.4).
const RESERVED: [&str; 11] = [
    "abuse",
    "admin",
    "administrator",
    "hostmaster",
    "mailer-daemon",
    "noc",
    "postmaster",
    "root",
    "security",
    "ssladmin",
    "webmaster",
];

/// 1 to 40 lower-case letters, digits and hyphens, no hyphen at either end (AIQaramba contract §2.2).
fn check_mailbox_name(name: &str) -> Result<()> {
    if RESERVED.contains(&name) {
        let message = format!(
            "Invalid name '{name}': mail for whoever runs a domain goes there, so nobody gets it"
        );
        return Err(Error::invalid_member(&["name"], "value_error", message));
    }
    let fits = (1..=MAX_MAILBOX).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    if fits {
        return Ok(());
    }
    let shown: String = name.chars().take(80).collect();
    let message = format!(
        "Invalid name '{shown}': expected 1 to {MAX_MAILBOX} lower-case letters, digits and hyphens, with no hyphen at either end"
    );
    Err(Error::invalid_member(&["name"], "string_pattern", message))
}

fn stopping() -> Error {
    Error::new(Kind::Full, "The server is stopping; try again later")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
