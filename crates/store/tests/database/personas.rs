//! Personas, on both databases.

use guise_core::ports::{
    Added, Changed, Closed, MailboxStore, PersonaStore, ProjectStore, VaultStore,
};
use guise_core::{
    Facet, InboxFilter, KeyId, MailboxId, PageRequest, Persona, PersonaChange, PersonaFilter,
    PersonaId, ProjectId,
};
use rstest::rstest;

use crate::identity::{
    Home, credential, kept_mailbox, kept_persona, kept_vault, keyed_tenant, mail, mailbox_of,
    number, persona, project, read_mails, read_sms, sealed, sealed_at, sms,
};
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

/// More than anybody asks for here.
pub(crate) const ALL: InboxFilter = InboxFilter {
    limit: 10_000,
    since: None,
    only_unread: false,
};

fn ids(personas: &[Persona]) -> Vec<PersonaId> {
    personas.iter().map(|persona| persona.id).collect()
}

#[rstest]
#[tokio::test]
async fn a_persona_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let mut made = persona(home.tenant, home.project, "Zoë \u{1F600}");
            made.name = "佐".repeat(5000);
            made.key = KeyId::new();
            made.label = None;
            made.description = Facet::Text("\"ü\"\n\u{0}".to_owned());
            made.system_prompt = Facet::Unset;
            made.updated_at = at(9);
            let made = kept_persona(db, made).await;
            assert_eq!(
                db.persona(home.tenant, made.id).await.unwrap(),
                Some(made.clone())
            );
            let listed = db.personas_of(home.tenant, None).await.unwrap();
            assert_eq!(listed[1], made);
            let mailbox = mailbox_of(db, &made).await;
            assert_eq!(
                (mailbox.name, mailbox.persona),
                (made.mailbox.clone(), Some(made.id))
            );

            // What it gets later shows, too.
            let vault = kept_vault(db, home.tenant, Some(made.id)).await;
            db.add_number(&number(&made, "+4930123")).await.unwrap();
            db.set_default(home.tenant, made.id, at(10)).await.unwrap();
            let expected = Persona {
                vault: Some(vault.id),
                phone: Some("+4930123".to_owned()),
                is_default: true,
                updated_at: at(10),
                ..made
            };
            let seen = db.persona(home.tenant, expected.id).await.unwrap();
            assert_eq!(seen, Some(expected));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_is_taken_is_told_and_nothing_is_left_behind(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let shop = project(home.tenant, "shop");
            db.add_project(&shop).await.unwrap();
            let closed = project(home.tenant, "closed");
            db.add_project(&closed).await.unwrap();
            db.close_project(home.tenant, closed.id, at(1))
                .await
                .unwrap();
            let other = Home::new(db, "other").await;
            home.persona(db, "sarah").await;
            kept_mailbox(db, other.tenant, "taken").await;

            let with = |project: ProjectId, handle: &str, name: &str, mailbox: &str| {
                let mut one = persona(home.tenant, project, handle);
                one.name = name.to_owned();
                one.mailbox = mailbox.to_owned();
                one
            };
            for (one, expected) in [
                (with(closed.id, "h1", "n1", "m1"), Added::NoParent),
                (with(other.project, "h1", "n1", "m1"), Added::NoParent),
                (with(ProjectId::new(), "h1", "n1", "m1"), Added::NoParent),
                (with(shop.id, "sarah", "n1", "m1"), Added::HandleTaken),
                (
                    with(home.project, "sarah", "sarah", "m1"),
                    Added::HandleTaken,
                ),
                (with(home.project, "h1", "sarah", "m1"), Added::NameTaken),
                (with(home.project, "h1", "n1", "taken"), Added::AddressTaken),
            ] {
                let added = db.add_persona(&one, MailboxId::new()).await.unwrap();
                assert_eq!(added, expected);
                assert_eq!(db.persona(home.tenant, one.id).await.unwrap(), None);
                assert!(!db.was_closed(home.tenant, one.id).await.unwrap());
                assert_eq!(db.mailbox_by_name("m1").await.unwrap(), None);
            }
            assert_eq!(db.personas_of(home.tenant, None).await.unwrap().len(), 2);
            // None of the names was used up by that; handles and names are apart.
            kept_persona(db, with(home.project, "h1", "n1", "m1")).await;
            kept_persona(db, with(shop.id, "n1", "sarah", "m2")).await;
            kept_persona(db, persona(other.tenant, other.project, "sarah")).await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn closing_takes_everything_along(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let made = home.persona(db, "sarah").await;
            let bystander = home.persona(db, "tom").await;
            let mut kept = Vec::new();
            for persona in [&made, &bystander] {
                let mailbox = mailbox_of(db, persona).await;
                let arrived = mail(&mailbox, 1, 10);
                let retention = guise_core::ports::Retention {
                    mails: 10,
                    bytes: 1000,
                };
                db.add_mails(std::slice::from_ref(&arrived), retention)
                    .await
                    .unwrap();
                let vault = kept_vault(db, home.tenant, Some(persona.id)).await;
                let login = credential(&vault, Some("a.example"));
                assert!(db.put_credential(&login, &sealed("login")).await.unwrap());
                assert!(db.put_card(&vault, 1, &sealed("card")).await.unwrap());
                let digits = format!("+4930000{}", kept.len());
                db.add_number(&number(persona, &digits)).await.unwrap();
                let text = sms(persona, 1);
                db.add_sms(&text, &digits, &sealed("text")).await.unwrap();
                kept.push((mailbox, arrived, vault, login, digits, text));
            }
            assert_eq!(
                db.close_persona(home.tenant, made.id, at(5)).await.unwrap(),
                Closed::Closed
            );

            for (persona, (mailbox, arrived, vault, login, digits, text)) in
                [&made, &bystander].into_iter().zip(&kept)
            {
                let there = persona.id == bystander.id;
                let found = db.persona(home.tenant, persona.id).await.unwrap();
                assert_eq!(found.is_some(), there);
                let found = db.mailbox_of(home.tenant, persona.id).await.unwrap();
                assert_eq!(found.is_some(), there);
                let found = db.mailbox_by_name(&mailbox.name).await.unwrap();
                assert_eq!(found.is_some(), there);
                let mails = read_mails(db, mailbox, ALL, at(6)).await.unwrap();
                assert_eq!(mails.len(), usize::from(there));
                let found = db.mail(mailbox, arrived.mail.id).await.unwrap();
                assert_eq!(found.is_some(), there);
                let found = db.vault(home.tenant, vault.id).await.unwrap();
                assert_eq!(found.is_some(), there);
                let found = db.credentials(home.tenant, vault.id).await.unwrap();
                assert_eq!(found.len(), usize::from(there));
                let found = db.card_version(home.tenant, vault.id).await.unwrap();
                assert_eq!(found.is_some(), there);
                let found = db.number(&digits.parse().unwrap()).await.unwrap();
                assert_eq!(found.is_some(), there);
                let found = read_sms(db, home.tenant, persona.id, ALL, at(6))
                    .await
                    .unwrap();
                assert_eq!(found.len(), usize::from(there));
                // What could open any of it is gone.
                for (owner, kind, row) in [
                    (mailbox.id.as_uuid(), "mail", arrived.mail.id.as_uuid()),
                    (mailbox.id.as_uuid(), "mail_raw", arrived.mail.id.as_uuid()),
                    (vault.id.as_uuid(), "credential", login.id.as_uuid()),
                    (vault.id.as_uuid(), "card", vault.id.as_uuid()),
                    (persona.id.as_uuid(), "sms", text.id.as_uuid()),
                ] {
                    let found = sealed_at(db, home.tenant, owner, kind, row).await;
                    assert_eq!(found.is_some(), there, "{kind}");
                }
            }

            // Its names are free; what comes for its successor is not mixed up with what came for it.
            let again = home.persona(db, "sarah").await;
            assert_eq!(again.mailbox, made.mailbox);
            let mailbox = mailbox_of(db, &again).await;
            assert_ne!(mailbox.id, kept[0].0.id);
            assert_eq!(read_mails(db, &mailbox, ALL, at(7)).await.unwrap(), []);
            let late = mail(&kept[0].0, 8, 10);
            let retention = guise_core::ports::Retention {
                mails: 10,
                bytes: 1000,
            };
            db.add_mails(&[late], retention).await.unwrap();
            assert_eq!(read_mails(db, &mailbox, ALL, at(9)).await.unwrap(), []);
            db.add_number(&number(&again, &kept[0].4)).await.unwrap();
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn only_what_is_there_and_no_default_can_be_closed(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let made = home.persona(db, "sarah").await;
            for (tenant, id, expected) in [
                (home.tenant, home.default, Closed::IsDefault),
                (home.tenant, PersonaId::new(), Closed::NotFound),
                (other.tenant, made.id, Closed::NotFound),
                (other.tenant, home.default, Closed::NotFound),
                (home.tenant, made.id, Closed::Closed),
                (home.tenant, made.id, Closed::NotFound),
            ] {
                let closed = db.close_persona(tenant, id, at(5)).await.unwrap();
                assert_eq!(closed, expected);
            }
            assert!(db.was_closed(home.tenant, made.id).await.unwrap());
            assert!(!db.was_closed(other.tenant, made.id).await.unwrap());
            assert!(!db.was_closed(home.tenant, home.default).await.unwrap());
            // A tenant that was given none yet has no persona either.
            let empty = keyed_tenant(db, "empty").await;
            let closed = db.close_persona(empty, made.id, at(5)).await.unwrap();
            assert_eq!(closed, Closed::NotFound);
            assert_eq!(db.set_default(empty, made.id, at(5)).await.unwrap(), None);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_change_leaves_what_it_does_not_name(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let mut made = home.persona(db, "sarah").await;
            let tom = home.persona(db, "tom").await;
            let mut seconds = 10;
            let mut changes = Vec::new();
            for (name, label, description, prompt) in [
                (None, None, None, None),
                (Some("sally"), None, None, None),
                (Some("sally"), Some("S."), None, None),
                (None, None, Some(""), None),
                (Some(""), Some(""), Some("\u{0}"), Some("x")),
            ] {
                changes.push(PersonaChange {
                    name: name.map(str::to_owned),
                    label: label.map(str::to_owned),
                    description: description.map(str::to_owned),
                    system_prompt: prompt.map(str::to_owned),
                });
            }
            for change in &changes {
                seconds += 1;
                made.updated_at = at(seconds);
                if let Some(name) = &change.name {
                    made.name.clone_from(name);
                }
                if change.label.is_some() {
                    made.label.clone_from(&change.label);
                }
                if let Some(text) = &change.description {
                    made.description = Facet::Text(text.clone());
                }
                if let Some(text) = &change.system_prompt {
                    made.system_prompt = Facet::Text(text.clone());
                }
                let changed = db
                    .change_persona(home.tenant, made.id, change, at(seconds))
                    .await;
                assert_eq!(changed.unwrap(), Changed::Changed(made.clone()));
                let seen = db.persona(home.tenant, made.id).await.unwrap();
                assert_eq!(seen.as_ref(), Some(&made));
            }
            let taken = PersonaChange {
                name: Some("tom".to_owned()),
                label: Some("other".to_owned()),
                ..PersonaChange::default()
            };
            let changed = db
                .change_persona(home.tenant, made.id, &taken, at(50))
                .await;
            assert_eq!(changed.unwrap(), Changed::NameTaken);
            let seen = db.persona(home.tenant, made.id).await.unwrap();
            assert_eq!(seen, Some(made.clone()));
            // The handle was never changed; the name that it had is free.
            assert_eq!(made.handle, "sarah");
            let mut free = persona(home.tenant, home.project, "another");
            free.name = "sarah".to_owned();
            kept_persona(db, free).await;

            let other = keyed_tenant(db, "other").await;
            let changed = db.change_persona(other, tom.id, &changes[0], at(51)).await;
            assert_eq!(changed.unwrap(), Changed::NotFound);
            db.close_persona(home.tenant, tom.id, at(52)).await.unwrap();
            let changed = db
                .change_persona(home.tenant, tom.id, &changes[0], at(53))
                .await;
            assert_eq!(changed.unwrap(), Changed::NotFound);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_come_in_their_order_and_filtered(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let shop = project(home.tenant, "shop");
            db.add_project(&shop).await.unwrap();
            let key = KeyId::new();
            let mut all = vec![home.default];
            let (mut mine, mut of_shop) = (Vec::new(), Vec::new());
            for number in 0..14 {
                let mut one = persona(home.tenant, home.project, &format!("n{number}"));
                if number % 3 == 0 {
                    one.key = key;
                    mine.push(one.id);
                }
                if number % 2 == 0 {
                    one.project = shop.id;
                    of_shop.push(one.id);
                }
                all.push(kept_persona(db, one).await.id);
            }
            // Two are closed: one of the key's, one of the project's.
            let closed = [mine[1], of_shop[2]];
            for id in closed {
                db.close_persona(home.tenant, id, at(5)).await.unwrap();
            }
            let open = |ids: &[PersonaId]| -> Vec<PersonaId> {
                ids.iter()
                    .filter(|id| !closed.contains(id))
                    .copied()
                    .collect()
            };
            let reversed =
                |ids: &[PersonaId]| -> Vec<PersonaId> { ids.iter().rev().copied().collect() };

            for (key, include_closed, expected) in [
                (None, true, reversed(&all)),
                (None, false, reversed(&open(&all))),
                (Some(key), true, reversed(&mine)),
                (Some(key), false, reversed(&open(&mine))),
                (Some(KeyId::new()), true, Vec::new()),
            ] {
                let filter = PersonaFilter {
                    tenant: home.tenant,
                    key,
                    include_closed,
                };
                for size in [1, 4, 100] {
                    let mut seen = Vec::new();
                    for page in 1.. {
                        let got = db
                            .personas(&filter, PageRequest { page, size })
                            .await
                            .unwrap();
                        seen.extend(ids(&got.items));
                        if !got.has_next {
                            break;
                        }
                    }
                    assert_eq!(seen, expected);
                }
            }
            assert_eq!(
                ids(&db.personas_of(home.tenant, None).await.unwrap()),
                open(&all)
            );
            let seen = db.personas_of(home.tenant, Some(shop.id)).await.unwrap();
            assert_eq!(ids(&seen), open(&of_shop));
            let seen = db
                .personas_of(home.tenant, Some(other.project))
                .await
                .unwrap();
            assert_eq!(ids(&seen), []);
            assert_eq!(
                ids(&db.personas_of(other.tenant, None).await.unwrap()),
                [other.default]
            );

            // Behind any id, whether it is there, closed, or was never.
            let newest = reversed(&open(&all));
            let seen = db.personas_after(home.tenant, None, 5).await.unwrap();
            assert_eq!(ids(&seen), newest[..5]);
            for after in all.iter().copied().chain([other.default, PersonaId::new()]) {
                let expected: Vec<_> = newest
                    .iter()
                    .filter(|id| **id < after)
                    .take(5)
                    .copied()
                    .collect();
                let seen = db
                    .personas_after(home.tenant, Some(after), 5)
                    .await
                    .unwrap();
                assert_eq!(ids(&seen), expected);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn another_tenant_sees_nothing_of_it(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let made = home.persona(db, "sarah").await;
            assert_eq!(db.persona(other.tenant, made.id).await.unwrap(), None);
            assert_eq!(db.mailbox_of(other.tenant, made.id).await.unwrap(), None);
            let seen = db
                .personas_of(other.tenant, Some(home.project))
                .await
                .unwrap();
            assert_eq!(seen, []);
            assert_eq!(
                db.set_default(other.tenant, made.id, at(9)).await.unwrap(),
                None
            );
            let still = db.persona(home.tenant, home.default).await.unwrap();
            assert!(still.unwrap().is_default);
        })
        .await;
}
