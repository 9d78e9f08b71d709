//! Identities to keep.

use guise_core::ports::{
    Added, ArrivedMail, KeyRows as _, MailboxStore, PersonaNumber, PersonaStore, ProjectStore,
    Sealed, SealedMail, VaultStore,
};
use guise_core::{
    Credential, CredentialId, CredentialKind, Facet, FillRules, InboxFilter, KeyId, Mail,
    MailContent, MailId, Mailbox, MailboxId, Persona, PersonaId, Project, ProjectId, Result, Sms,
    SmsContent, SmsId, TenantId, Timestamp, Vault, VaultId,
};
use guise_store::Database;
use uuid::Uuid;

use crate::keyring::{data_key, instance, tenant_key};
use crate::support::{at, kept_tenant};

/// What everything of these tests is sealed under.
const DATA_KEY: Uuid = Uuid::from_u128(0xda7a);

/// A tenant that is kept, and a key for what is sealed.
pub(crate) async fn keyed_tenant(database: &Database, name: &str) -> TenantId {
    let tenant = kept_tenant(database, name).await;
    let root = instance(1);
    // One key serves all: nothing is opened here.
    if database.found(&root).await.unwrap() {
        let parent = tenant_key(tenant, root.id, 1);
        assert!(database.add_tenant_key(&parent).await.unwrap());
        let mut key = data_key(tenant, parent.id, 1);
        key.id = DATA_KEY;
        assert!(database.add_data_key(&key).await.unwrap());
    }
    tenant
}

/// A tenant with its default project and its default persona.
pub(crate) struct Home {
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectId,
    pub(crate) default: PersonaId,
}

impl Home {
    /// Makes it.
    pub(crate) async fn new(database: &Database, name: &str) -> Self {
        let tenant = keyed_tenant(database, name).await;
        let project = project(tenant, "default");
        let persona = persona(tenant, project.id, "default");
        database
            .seed(&project, &persona, MailboxId::new())
            .await
            .unwrap();
        Self {
            tenant,
            project: project.id,
            default: persona.id,
        }
    }

    /// A persona of the default project that is kept.
    pub(crate) async fn persona(&self, database: &Database, handle: &str) -> Persona {
        kept_persona(database, persona(self.tenant, self.project, handle)).await
    }
}

pub(crate) fn project(tenant: TenantId, name: &str) -> Project {
    Project {
        id: ProjectId::new(),
        tenant,
        name: name.to_owned(),
        description: Facet::Unset,
        entry_url: None,
        default_role: None,
        default_persona: None,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// A persona whose name and address are its handle's.
pub(crate) fn persona(tenant: TenantId, project: ProjectId, handle: &str) -> Persona {
    Persona {
        id: PersonaId::new(),
        tenant,
        project,
        key: KeyId::from_uuid(Uuid::nil()),
        handle: handle.to_owned(),
        name: handle.to_owned(),
        label: Some("Ünïcode \u{1F600}".to_owned()),
        first_name: "Zoë".to_owned(),
        last_name: "O'Neill".to_owned(),
        description: Facet::Unset,
        system_prompt: Facet::Null,
        mailbox: format!("{handle}.{}", tenant.as_uuid().simple()),
        vault: None,
        phone: None,
        is_default: false,
        created_at: at(1),
        updated_at: at(1),
        closed_at: None,
    }
}

/// A persona that is kept.
pub(crate) async fn kept_persona(database: &Database, persona: Persona) -> Persona {
    let added = database.add_persona(&persona, MailboxId::new()).await;
    assert_eq!(added.unwrap(), Added::Added);
    persona
}

/// What a persona's mailbox is kept as.
pub(crate) async fn mailbox_of(database: &Database, persona: &Persona) -> Mailbox {
    let found = database.mailbox_of(persona.tenant, persona.id).await;
    found.unwrap().unwrap()
}

/// A mailbox of its own that is kept.
pub(crate) async fn kept_mailbox(database: &Database, tenant: TenantId, name: &str) -> Mailbox {
    let mailbox = Mailbox {
        id: MailboxId::new(),
        tenant,
        persona: None,
        name: name.to_owned(),
        created_at: at(0),
    };
    let added = database.add_mailbox(&mailbox).await.unwrap();
    assert_eq!(added, Added::Added);
    mailbox
}

pub(crate) fn vault(tenant: TenantId, persona: Option<PersonaId>) -> Vault {
    Vault {
        id: VaultId::new(),
        tenant,
        persona,
        key: KeyId::from_uuid(Uuid::nil()),
        name: "a vault".to_owned(),
        fill_rules: FillRules::default(),
        created_at: at(2),
        closed_at: None,
    }
}

/// A vault that is kept.
pub(crate) async fn kept_vault(
    database: &Database,
    tenant: TenantId,
    persona: Option<PersonaId>,
) -> Vault {
    let vault = vault(tenant, persona);
    let added = database.add_vault(&vault).await.unwrap();
    assert_eq!(added.as_ref(), Some(&vault));
    vault
}

/// The first version of a credential, for a site or for none.
pub(crate) fn credential(vault: &Vault, site: Option<&str>) -> Credential {
    Credential {
        id: CredentialId::new(),
        tenant: vault.tenant,
        vault: vault.id,
        label: "Staging \u{1F600}".to_owned(),
        kind: CredentialKind::External,
        site: site.map(str::to_owned),
        email: None,
        username: Some("joe".to_owned()),
        notes: Some("ask Zoë".to_owned()),
        one_time: true,
        codes_given: 0,
        version: 1,
        created_at: at(3),
        updated_at: at(3),
    }
}

/// The next version of a credential.
pub(crate) fn next(credential: &Credential) -> Credential {
    Credential {
        version: credential.version + 1,
        updated_at: at(3 + credential.version),
        ..credential.clone()
    }
}

/// A text as if it were sealed.
pub(crate) fn sealed(text: &str) -> Sealed {
    Sealed {
        data_key: DATA_KEY,
        envelope: text.as_bytes().to_vec(),
    }
}

/// A mail of so many bytes that arrived so many seconds after the first. Its content is its id.
pub(crate) fn mail(mailbox: &Mailbox, seconds: u64, size: u64) -> ArrivedMail {
    let id = MailId::new();
    ArrivedMail {
        mail: Mail {
            id,
            tenant: mailbox.tenant,
            mailbox: mailbox.id,
            received_at: at(seconds),
            read_at: None,
            size,
            content: MailContent::default(),
        },
        content: sealed(&id.to_string()),
        raw: sealed(&format!("raw {id}")),
    }
}

pub(crate) fn sms(persona: &Persona, seconds: u64) -> Sms {
    Sms {
        id: SmsId::new(),
        tenant: persona.tenant,
        persona: persona.id,
        received_at: at(seconds),
        read_at: None,
        content: SmsContent::default(),
    }
}

pub(crate) fn number(persona: &Persona, number: &str) -> PersonaNumber {
    PersonaNumber {
        tenant: persona.tenant,
        persona: persona.id,
        number: number.parse().unwrap(),
        provider: "loopback".to_owned(),
        provider_id: format!("PN {number}"),
        created_at: at(4),
    }
}

/// What is sealed at a place, and its version.
pub(crate) async fn sealed_at(
    database: &Database,
    tenant: TenantId,
    owner: Uuid,
    kind: &'static str,
    row: Uuid,
) -> Option<(u64, Sealed)> {
    let (place, sealed) = database.sealed(tenant, kind, row).await.unwrap()?;
    assert_eq!(place.owner, owner);
    Some((place.version, sealed))
}

/// Reads mails as a service does: a look, then marks.
pub(crate) async fn read_mails(
    database: &Database,
    mailbox: &Mailbox,
    filter: InboxFilter,
    at: Timestamp,
) -> Result<Vec<SealedMail>> {
    let mut mails = database.mails(mailbox, filter).await?;
    let ids: Vec<_> = mails.iter().map(|mail| mail.mail.id).collect();
    let marked = database.mark_mails(mailbox, &ids, at).await?;
    mails.retain(|mail| !filter.only_unread || marked.contains(&mail.mail.id));
    Ok(mails)
}

/// The same for text messages.
pub(crate) async fn read_sms(
    database: &Database,
    tenant: TenantId,
    persona: PersonaId,
    filter: InboxFilter,
    at: Timestamp,
) -> Result<Vec<(Sms, Sealed)>> {
    let mut messages = database.sms(tenant, persona, filter).await?;
    let ids: Vec<_> = messages.iter().map(|(sms, _)| sms.id).collect();
    let marked = database.mark_sms(persona, &ids, at).await?;
    messages.retain(|(sms, _)| !filter.only_unread || marked.contains(&sms.id));
    Ok(messages)
}
