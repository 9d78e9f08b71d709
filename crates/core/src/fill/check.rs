//! Whether a secret may go into a field.

use super::{Control, Destination, Field, FillRules, SiteRules};
use crate::{FormField, SecretPart, Site};

/// What is smaller is not seen.
const SMALLEST: f64 = 4.0;
/// What is fainter is not seen.
const FAINTEST: f64 = 0.1;
/// The longest field that is short, in characters: codes of up to eight digits, with separators.
const SHORT: u32 = 12;

/// Checks a part of a site's credential, and tells where it may be sent from the field.
///
/// # Errors
/// The reason why it may not go there, to stand after "because".
pub fn check(part: SecretPart, field: &Field, rules: &SiteRules) -> Result<Destination, String> {
    let destination = Destination::of(&field.document, rules)?;
    for address in &field.around {
        if !destination.admits(address) {
            return Err(format!(
                "its frame is in a page that is not of {destination}: {}",
                called(address)
            ));
        }
    }
    check_use(part, field, &destination)?;
    Ok(destination)
}

/// Checks a part of a card: every document around the field must be of a site that the card is allowed on.
///
/// # Errors
/// As [`check`].
pub fn check_card(
    part: SecretPart,
    field: &Field,
    rules: &FillRules,
) -> Result<Destination, String> {
    let allowed = |address: &str| {
        let site =
            Site::of(address).map_err(|_| "it is in a document without a site".to_owned())?;
        if !rules.card_sites.contains(&site) {
            return Err(format!(
                "{site} is not among the sites that the vault allows its card on"
            ));
        }
        Destination::of(address, &rules.of(&site))
    };
    let destination = allowed(&field.document)?;
    for address in &field.around {
        allowed(address)?;
    }
    check_use(part, field, &destination)?;
    Ok(destination)
}

/// Checks what holds beyond the other rules for a secret that goes into the page itself: the browser must not send it in an
/// address when the form is submitted.
///
/// # Errors
/// As [`check`].
pub fn check_in_page(field: &Field) -> Result<(), String> {
    match &field.form {
        Some(form) if form.by_get => {
            Err("its form is sent by GET, which puts what is in it into an address".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_use(part: SecretPart, field: &Field, destination: &Destination) -> Result<(), String> {
    if field.sandboxed {
        return Err("its document is sandboxed, so it may be anybody's".to_owned());
    }
    if let Some(reason) = &field.disabled {
        return Err(format!("it cannot be used: {reason}"));
    }
    // Neither is a secret, and forms ask for them in fields of every sort (Notte API: no check of the element).
    if !part.is_secret() {
        return Ok(());
    }
    check_kind(part, field)?;
    check_sight(field)?;
    let targets = field.form.iter().flat_map(|form| &form.targets);
    for target in targets {
        if !destination.admits(target) {
            return Err(format!("its form is sent to {}", called(target)));
        }
    }
    Ok(())
}

fn check_sight(field: &Field) -> Result<(), String> {
    let sight = field.sight;
    let reason = if sight.width < SMALLEST || sight.height < SMALLEST {
        format!(
            "{} × {} pixels of it are in view",
            sight.width.round(),
            sight.height.round()
        )
    } else if sight.opacity <= FAINTEST {
        "it is transparent".to_owned()
    } else if !sight.hit {
        "something lies over it".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("it cannot be seen: {reason}"))
}

/// Whether the field says, or looks as if, it is for that part of a card.
pub fn is_for_card(part: SecretPart, field: &Field) -> bool {
    match part {
        SecretPart::CardHolder => field.purpose == Some(FormField::CardName),
        SecretPart::CardNumber => field.purpose == Some(FormField::CardNumber),
        SecretPart::CardCode => field.purpose == Some(FormField::CardCode),
        SecretPart::CardExpiry => matches!(
            field.purpose,
            Some(FormField::CardExpiry | FormField::CardExpiryMonth | FormField::CardExpiryYear)
        ),
        _ => false,
    }
}

fn check_kind(part: SecretPart, field: &Field) -> Result<(), String> {
    let Control::Input(kind) = &field.control else {
        return Err(format!(
            "a {} goes into an input field only, and this is a <{}>",
            part.name(),
            match &field.control {
                Control::Input(_) => "input",
                Control::Other(tag) => tag,
            }
        ));
    };
    let kind = kind.as_str();
    let fits = match part {
        SecretPart::Email | SecretPart::Username => true,
        SecretPart::Password => kind == "password",
        SecretPart::Code => is_for_code(kind, field),
        _ => matches!(kind, "text" | "tel" | "number" | "password") && is_for_card(part, field),
    };
    if fits {
        return Ok(());
    }
    Err(match part {
        SecretPart::Password => {
            format!(
                "a password goes into a field of type password only, and this one is of type {kind}"
            )
        }
        SecretPart::Code => format!(
            "a one-time code goes into a field for one or into a short one only, and this one is of type {kind}{}",
            match field.max_length {
                Some(length) => format!(" for {length} characters"),
                None => String::new(),
            }
        ),
        part => format!(
            "it neither says nor looks as if it were for a {}",
            part.name()
        ),
    })
}

fn is_for_code(kind: &str, field: &Field) -> bool {
    let takes_digits = matches!(kind, "text" | "tel" | "number" | "password");
    let declared = field
        .autocomplete
        .iter()
        .any(|token| token == "one-time-code")
        || field.purpose == Some(FormField::Totp);
    let short = field.max_length.is_some_and(|length| length <= SHORT);
    // A field that declares to be for something else is for that.
    let for_another = field
        .autocomplete
        .iter()
        .any(|token| !matches!(token.as_str(), "one-time-code" | "off" | "on"));
    takes_digits && (declared || short && !for_another && kind != "password")
}

/// An address in a message: its site, or what sort it is.
fn called(address: &str) -> String {
    match Site::of(address) {
        Ok(_) if !address.contains("://") => "a document without a site".to_owned(),
        Ok(site) => match url::Url::parse(address).ok().and_then(|url| url.port()) {
            Some(port) => format!("{site}, port {port}"),
            None => site.to_string(),
        },
        Err(_) => "a document without a site".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldForm, Sight};

    fn field() -> Field {
        Field {
            document: "https://login.bank.example/in".to_owned(),
            around: Vec::new(),
            sandboxed: false,
            control: Control::Input("password".to_owned()),
            autocomplete: Vec::new(),
            purpose: Some(FormField::CurrentPassword),
            max_length: None,
            form: None,
            sight: Sight {
                width: 200.0,
                height: 20.0,
                opacity: 1.0,
                hit: true,
            },
            disabled: None,
        }
    }

    fn refused(change: impl FnOnce(&mut Field)) -> String {
        let mut field = field();
        change(&mut field);
        check(SecretPart::Password, &field, &SiteRules::default()).unwrap_err()
    }

    #[test]
    fn a_plain_password_field_of_the_site_is_fine() {
        let destination = check(SecretPart::Password, &field(), &SiteRules::default()).unwrap();
        assert_eq!(destination.site().as_str(), "bank.example");
    }

    #[test]
    fn every_document_around_must_be_of_the_site() {
        let reason = refused(|field| field.around = vec!["https://evil.example/".to_owned()]);
        assert!(reason.contains("evil.example"), "{reason}");
        for around in [
            "http://bank.example/",
            "https://bank.example:444/",
            "about:blank",
            "",
        ] {
            refused(|field| field.around = vec![around.to_owned()]);
        }
        let mut inside = field();
        inside.around = vec!["https://www.bank.example/".to_owned()];
        check(SecretPart::Password, &inside, &SiteRules::default()).unwrap();
    }

    #[test]
    fn what_cannot_be_seen_or_used_is_left_alone() {
        for (change, word) in [
            ((|field| field.sight.width = 3.9) as fn(&mut Field), "seen"),
            (|field| field.sight.height = 0.0, "seen"),
            (|field| field.sight.opacity = 0.1, "transparent"),
            (|field| field.sight.hit = false, "over it"),
            (
                |field| field.disabled = Some("it is disabled".to_owned()),
                "disabled",
            ),
            (|field| field.sandboxed = true, "sandboxed"),
        ] {
            let reason = refused(change);
            assert!(reason.contains(word), "{reason}");
        }
    }

    #[test]
    fn forms_must_send_to_the_site() {
        for target in [
            "https://evil.example/",
            "http://bank.example/",
            "javascript:send()",
            "mailto:x@bank.example",
        ] {
            let reason = refused(|field| {
                field.form = Some(FieldForm {
                    targets: vec![target.to_owned()],
                    by_get: false,
                });
            });
            assert!(reason.contains("form"), "{reason}");
        }
    }

    #[test]
    fn no_form_that_is_sent_by_get_gets_a_secret_into_the_page() {
        let form = |by_get| Field {
            form: Some(FieldForm {
                targets: vec!["https://bank.example/".to_owned()],
                by_get,
            }),
            ..field()
        };
        assert!(check_in_page(&form(false)).is_ok());
        assert!(check_in_page(&field()).is_ok());
        let reason = check_in_page(&form(true)).unwrap_err();
        assert!(reason.contains("GET"), "{reason}");
    }

    #[test]
    fn each_part_goes_into_its_kind_of_field() {
        let input = |kind: &str, purpose, max_length| Field {
            control: Control::Input(kind.to_owned()),
            purpose,
            max_length,
            ..field()
        };
        let fits = |part, field: &Field| check(part, field, &SiteRules::default()).is_ok();
        for kind in ["text", "search", "email", "hidden", "url"] {
            assert!(
                !fits(SecretPart::Password, &input(kind, None, None)),
                "{kind}"
            );
            assert!(
                fits(SecretPart::Username, &input(kind, None, None)),
                "{kind}"
            );
        }
        for (kind, purpose, length, fitting) in [
            ("text", None, Some(6), true),
            ("tel", None, Some(1), true),
            ("text", None, None, false),
            ("text", None, Some(200), false),
            ("text", Some(FormField::Totp), None, true),
            ("password", None, Some(6), false),
            ("password", Some(FormField::Totp), None, true),
            ("search", Some(FormField::Totp), Some(6), false),
        ] {
            let field = input(kind, purpose, length);
            assert_eq!(fits(SecretPart::Code, &field), fitting, "{field:?}");
        }
        let textarea = Field {
            control: Control::Other("textarea".to_owned()),
            ..field()
        };
        assert!(!fits(SecretPart::Password, &textarea));
    }

    #[test]
    fn cards_go_to_allowed_sites_into_card_fields() {
        let number = Field {
            control: Control::Input("tel".to_owned()),
            purpose: Some(FormField::CardNumber),
            document: "https://pay.example/".to_owned(),
            around: vec!["https://shop.example/".to_owned()],
            ..field()
        };
        let rules = |sites: &[&str]| FillRules {
            card_sites: sites.iter().map(|site| Site::of(site).unwrap()).collect(),
            ..FillRules::default()
        };
        let check = |part, field: &Field, sites: &[&str]| check_card(part, field, &rules(sites));
        let both = ["pay.example", "shop.example"];
        assert!(check(SecretPart::CardNumber, &number, &both).is_ok());
        assert!(check(SecretPart::CardNumber, &number, &["pay.example"]).is_err());
        assert!(check(SecretPart::CardNumber, &number, &["shop.example"]).is_err());
        assert!(check(SecretPart::CardNumber, &number, &[]).is_err());
        assert!(check(SecretPart::CardCode, &number, &both).is_err());
        let comment = Field {
            purpose: None,
            ..number
        };
        assert!(check(SecretPart::CardNumber, &comment, &both).is_err());
    }
}
