//! Which secrets of a vault are released for which fields, by the service itself on a real database: also by placeholders of a
//! run, which no operation of the APIs makes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guise_core::ports::{
    Actor, Audit, AuditEvent, Clock, Deed, IdentityStore, OneTimeCode, OneTimeCodes, PurchaseGate,
    Release, SecretSource, SecretSources as _, Store, SystemClock,
};
use guise_core::services::{Access, Fills, SiteCredential, VaultRules, Vaults};
use guise_core::{
    Caller, Card, Control, Error, Field, FillRules, FormField, Placeholder, Placeholders, Result,
    Scope, Scopes, Secret, SecretPart, Sight, Site, Timestamp, Vault, Whose,
};
use guise_secrets::{KeyFile, KeyTree};
use guise_store::Database;
use tempfile::TempDir;

/// An audit that keeps what it is told, and fails when it is to.
#[derive(Default)]
struct Notes {
    events: Mutex<Vec<AuditEvent>>,
    fails: AtomicBool,
}

#[async_trait]
impl Audit for Notes {
    async fn record(&self, event: &AuditEvent) -> Result<()> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::internal("cannot write the audit", "it is to fail"));
        }
        self.events.lock().unwrap().push(event.clone());
        Ok(())
    }
}

/// One code, whatever the seed.
struct OneCode;

impl OneTimeCodes for OneCode {
    fn counts(&self, _seed: &Secret) -> Result<bool> {
        Ok(false)
    }

    fn code(&self, _seed: &Secret, _at: Timestamp, _counter: Option<u64>) -> Result<OneTimeCode> {
        Ok(OneTimeCode {
            code: Secret::new("730451".to_owned()),
            valid_for: None,
        })
    }
}

/// Has nothing against purchases until it is told to.
#[derive(Default)]
struct Purchases {
    refuses: AtomicBool,
}

#[async_trait]
impl PurchaseGate for Purchases {
    async fn against(&self, vault: &Vault, site: &Site, _: &Field) -> Result<Option<String>> {
        let refuses = self.refuses.load(Ordering::SeqCst);
        Ok(refuses.then(|| format!("{} is not to buy on {site}", vault.name)))
    }
}

struct House {
    vaults: Arc<Vaults>,
    fills: Fills,
    audit: Arc<Notes>,
    purchases: Arc<Purchases>,
    caller: Caller,
    vault: Vault,
    _folder: TempDir,
}

impl House {
    /// With a vault that has a login for bank.example and a card.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("guise.db");
        let address = format!("sqlite://{}", file.display());
        let database = Arc::new(Database::connect(&address).await.unwrap());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let sources = [Arc::new(KeyFile::at(&folder.path().join("key"))) as _];
        let keys = KeyTree::open_or_found(
            Arc::clone(&database) as _,
            Arc::clone(&clock),
            &sources,
            None,
        );
        let keys = Arc::new(keys.await.unwrap());
        let audit = Arc::new(Notes::default());
        let store: Arc<dyn Store> = Arc::clone(&database) as _;
        let access = Access::new(store, Arc::clone(&audit) as _, Arc::clone(&clock));
        let tenant = access.default_tenant().await.unwrap();
        let identities: Arc<dyn IdentityStore> = database;
        let rules = VaultRules {
            mail_domain: "mail.example".to_owned(),
            reveal: true,
        };
        let vaults = Vaults::new(
            identities,
            clock,
            keys,
            Arc::clone(&audit) as _,
            Arc::new(OneCode),
            rules,
        );
        let vaults = Arc::new(vaults);
        let caller = Caller {
            tenant: tenant.id,
            key: guise_core::KeyId::new(),
            scopes: Scopes::all(),
        };
        let vault = vaults.create(&caller, "a vault".to_owned()).await.unwrap();
        let login = SiteCredential {
            email: None,
            username: Some("ada".to_owned()),
            password: Secret::new("pa55".to_owned()),
            seed: Some(Secret::new("JBSWY3DPEHPK3PXP".to_owned())),
        };
        vaults
            .put_for_site(&vault, "bank.example", login)
            .await
            .unwrap();
        let card = Card {
            holder: "Ada King".to_owned().into(),
            number: "4539148803436467".to_owned().into(),
            cvv: "731".to_owned().into(),
            expiration: "07/31".to_owned().into(),
        };
        vaults.put_card(&vault, &card).await.unwrap();
        audit.events.lock().unwrap().clear();
        Self {
            fills: Fills::new(Arc::clone(&vaults)),
            vaults,
            audit,
            purchases: Arc::default(),
            caller,
            vault,
            _folder: folder,
        }
    }

    fn source(&self, placeholders: Placeholders) -> Arc<dyn SecretSource> {
        let purchases = Arc::clone(&self.purchases) as _;
        let vault = self.vault.id;
        self.fills.of(&self.caller, vault, placeholders, purchases)
    }

    async fn literal(&self, part: SecretPart, field: &Field) -> Told {
        let placeholder = Placeholder {
            whose: Whose::Site,
            part,
            literal: true,
        };
        let source = self.source(Placeholders::default());
        Told::from(source.release(&placeholder, field).await.unwrap())
    }

    fn deeds(&self) -> Vec<Deed> {
        let events = self.audit.events.lock().unwrap();
        events.iter().map(|event| event.deed).collect()
    }
}

/// What was released, for comparing.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Unchanged,
    Open(String),
    Secret(String, String),
    Refused(String),
}

impl From<Release> for Told {
    fn from(release: Release) -> Self {
        match release {
            Release::Unchanged => Self::Unchanged,
            Release::Open(text) => Self::Open(text),
            Release::Refused(reason) => Self::Refused(reason),
            Release::Secret(fill) => {
                let site = fill.destination.to_string();
                Self::Secret(fill.secret.expose().to_owned(), site)
            }
        }
    }
}

impl Told {
    #[track_caller]
    fn is_refused(&self, word: &str) {
        match self {
            Self::Refused(reason) => assert!(reason.contains(word), "{reason}"),
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn field(host: &str, kind: &str, purpose: Option<FormField>) -> Field {
    Field {
        document: format!("https://{host}/"),
        around: Vec::new(),
        sandboxed: false,
        control: Control::Input(kind.to_owned()),
        autocomplete: Vec::new(),
        purpose,
        max_length: None,
        form: None,
        sight: Sight {
            width: 100.0,
            height: 20.0,
            opacity: 1.0,
            hit: true,
        },
        disabled: None,
    }
}

fn secret(text: &str, site: &str) -> Told {
    Told::Secret(text.to_owned(), site.to_owned())
}

#[tokio::test]
async fn each_part_is_released_for_its_field_and_written_down_before() {
    let house = House::new().await;
    let password = field("login.bank.example", "password", None);
    let code = field("bank.example", "text", Some(FormField::Totp));
    let text = field("bank.example", "text", None);
    for (part, field, told, deeds) in [
        (
            SecretPart::Password,
            &password,
            secret("pa55", "bank.example"),
            vec![Deed::Fill],
        ),
        (
            SecretPart::Code,
            &code,
            secret("730451", "bank.example"),
            vec![Deed::Fill, Deed::OneTimeCode],
        ),
        (
            SecretPart::Username,
            &text,
            Told::Open("ada".to_owned()),
            vec![Deed::Fill],
        ),
        (
            SecretPart::Email,
            &text,
            Told::Open("ada".to_owned()),
            vec![Deed::Fill],
        ),
    ] {
        assert_eq!(house.literal(part, field).await, told, "{part:?}");
        assert_eq!(house.deeds(), deeds, "{part:?}");
        let events = std::mem::take(&mut *house.audit.events.lock().unwrap());
        assert_eq!(events[0].actor, Actor::Key(house.caller.key));
        assert_eq!(events[0].details, [("site", "bank.example".to_owned())]);
    }
    // What is refused was not begun.
    house
        .literal(SecretPart::Password, &text)
        .await
        .is_refused("type password");
    assert_eq!(house.deeds(), []);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_released() {
    let house = House::new().await;
    let rules = FillRules {
        card_sites: [Site::of("bank.example").unwrap()].into(),
        ..FillRules::default()
    };
    let id = house.vault.id.to_string();
    house
        .vaults
        .set_fill_rules(&house.caller, &id, &rules)
        .await
        .unwrap();
    house.audit.fails.store(true, Ordering::SeqCst);
    let source = house.source(Placeholders::default());
    for (part, kind, purpose) in [
        (SecretPart::Password, "password", None),
        (SecretPart::Code, "text", Some(FormField::Totp)),
        (SecretPart::Username, "text", None),
        (SecretPart::CardNumber, "text", Some(FormField::CardNumber)),
    ] {
        let placeholder = Placeholder {
            whose: Whose::Site,
            part,
            literal: true,
        };
        let field = field("bank.example", kind, purpose);
        assert!(
            source.release(&placeholder, &field).await.is_err(),
            "{part:?}"
        );
    }
}

#[tokio::test]
async fn literals_mean_themselves_and_tokens_nothing_where_there_is_nothing() {
    let house = House::new().await;
    let elsewhere = field("shop.example", "password", None);
    assert_eq!(
        house.literal(SecretPart::Password, &elsewhere).await,
        Told::Unchanged
    );
    // A page of the bank's around it makes it the bank's business.
    let mut inside = elsewhere.clone();
    inside.around = vec!["https://www.bank.example/".to_owned()];
    house
        .literal(SecretPart::Password, &inside)
        .await
        .is_refused("frame");
    let placeholders = Placeholders::default();
    let token = placeholders.add(Whose::Site, SecretPart::Password);
    let source = house.source(placeholders);
    let read = source.read(&token).unwrap();
    let told = Told::from(source.release(&read, &elsewhere).await.unwrap());
    told.is_refused("has nothing");
    let bank = field("bank.example", "password", None);
    let told = Told::from(source.release(&read, &bank).await.unwrap());
    assert_eq!(told, secret("pa55", "bank.example"));
    // Another run does not know what it stood for, and does not type it either.
    let other = house.source(Placeholders::default());
    let read = other.read(&token).unwrap();
    let told = Told::from(other.release(&read, &bank).await.unwrap());
    told.is_refused("stands for nothing");
}

#[tokio::test]
async fn a_credential_of_its_own_stays_on_its_site() {
    let house = House::new().await;
    let bank = house
        .vaults
        .of_site(&house.vault, "bank.example")
        .await
        .unwrap();
    let placeholders = Placeholders::default();
    let token = placeholders.add(Whose::Credential(bank.id), SecretPart::Password);
    let unknown = placeholders.add(
        Whose::Credential(guise_core::CredentialId::new()),
        SecretPart::Password,
    );
    let source = house.source(placeholders);
    let release = async |token: &str, host: &str| {
        let read = source.read(token).unwrap();
        let field = field(host, "password", None);
        Told::from(source.release(&read, &field).await.unwrap())
    };
    assert_eq!(
        release(&token, "bank.example").await,
        secret("pa55", "bank.example")
    );
    release(&token, "evil.example")
        .await
        .is_refused("evil.example");
    release(&token, "bank.example.evil.example")
        .await
        .is_refused("evil.example");
    release(&unknown, "bank.example")
        .await
        .is_refused("has nothing");
}

#[tokio::test]
async fn a_card_is_released_on_allowed_sites_into_its_fields() {
    let house = House::new().await;
    let number = field("shop.example", "tel", Some(FormField::CardNumber));
    let holder = field("shop.example", "text", Some(FormField::CardName));
    let name = field("shop.example", "text", Some(FormField::FullName));
    house
        .literal(SecretPart::CardNumber, &number)
        .await
        .is_refused("allows its card");
    assert_eq!(
        house.literal(SecretPart::CardHolder, &name).await,
        Told::Unchanged
    );
    house
        .literal(SecretPart::CardHolder, &holder)
        .await
        .is_refused("allows its card");
    let rules = FillRules {
        card_sites: [Site::of("shop.example").unwrap()].into(),
        ..FillRules::default()
    };
    let id = house.vault.id.to_string();
    house
        .vaults
        .set_fill_rules(&house.caller, &id, &rules)
        .await
        .unwrap();
    let told = house.literal(SecretPart::CardNumber, &number).await;
    assert_eq!(told, secret("4539148803436467", "shop.example"));
    let told = house.literal(SecretPart::CardHolder, &holder).await;
    assert_eq!(told, secret("Ada King", "shop.example"));
    assert_eq!(house.deeds(), [Deed::FillRules, Deed::Fill, Deed::Fill]);
    house.vaults.delete_card(&house.vault).await.unwrap();
    assert_eq!(
        house.literal(SecretPart::CardNumber, &number).await,
        Told::Unchanged
    );
}

#[tokio::test]
async fn a_card_is_neither_opened_nor_told_of_while_somebody_has_something_against_it() {
    let house = House::new().await;
    let rules = FillRules {
        card_sites: [Site::of("shop.example").unwrap()].into(),
        ..FillRules::default()
    };
    let id = house.vault.id.to_string();
    let set = house.vaults.set_fill_rules(&house.caller, &id, &rules);
    set.await.unwrap();
    house.audit.events.lock().unwrap().clear();
    house.purchases.refuses.store(true, Ordering::SeqCst);
    let number = field("shop.example", "text", Some(FormField::CardNumber));
    let told = house.literal(SecretPart::CardNumber, &number).await;
    told.is_refused("because a vault is not to buy on shop.example");
    // The rules come first, and logins are no purchases.
    let elsewhere = field("other.example", "text", Some(FormField::CardNumber));
    let told = house.literal(SecretPart::CardNumber, &elsewhere).await;
    told.is_refused("not among the sites");
    assert_eq!(house.deeds(), []);
    let bank = field("bank.example", "password", None);
    let told = house.literal(SecretPart::Password, &bank).await;
    assert_eq!(told, secret("pa55", "bank.example"));
    house.purchases.refuses.store(false, Ordering::SeqCst);
    let told = house.literal(SecretPart::CardNumber, &number).await;
    assert_eq!(told, secret("4539148803436467", "shop.example"));
}

#[tokio::test]
async fn keys_that_may_not_use_vaults_get_nothing() {
    let house = House::new().await;
    let mut fewer = house.caller.clone();
    fewer.scopes = Scopes::only(Scope::Sessions);
    let source = house.fills.of(
        &fewer,
        house.vault.id,
        Placeholders::default(),
        Arc::clone(&house.purchases) as _,
    );
    let placeholder = source.read("mycoolpassword").unwrap();
    let bank = field("bank.example", "password", None);
    let told = Told::from(source.release(&placeholder, &bank).await.unwrap());
    told.is_refused("personas");
    assert!(!source.reveals());
    assert!(house.source(Placeholders::default()).reveals());
    assert_eq!(house.deeds(), []);
}
