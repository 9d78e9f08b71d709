//! Parts of a card in the spelling that a field takes.

use guise_core::ports::SecretFill;
use guise_core::{Control, Field, FormField, Secret, SecretPart};

use super::expiry::{Digits, Expiry, digits};

/// The same secret as the field takes it: a number without separators, an expiry cut or in parts.
pub(crate) fn fitted(fill: SecretFill, field: &Field) -> SecretFill {
    let secret = match fill.part {
        SecretPart::CardNumber => number(fill.secret.expose(), field),
        SecretPart::CardExpiry => expiry(fill.secret.expose(), field),
        _ => None,
    };
    match secret {
        Some(text) => SecretFill {
            secret: Secret::new(text),
            ..fill
        },
        None => fill,
    }
}

fn number(secret: &str, field: &Field) -> Option<String> {
    let digits_only = field.control == Control::Input("number".to_owned());
    let too_long = field
        .max_length
        .is_some_and(|most| usize::try_from(most).is_ok_and(|most| secret.chars().count() > most));
    (digits_only || too_long).then(|| digits(secret))
}

fn expiry(secret: &str, field: &Field) -> Option<String> {
    let (Expiry { month, year }, _) = Expiry::read(secret)?;
    let short = year % 100;
    match (field.purpose, field.max_length) {
        (Some(FormField::CardExpiryMonth), _) => Some(format!("{month:02}")),
        (Some(FormField::CardExpiryYear), Some(2)) => Some(format!("{short:02}")),
        (Some(FormField::CardExpiryYear), _) => Some(year.to_string()),
        (_, Some(4)) => Some(Expiry { month, year }.digits(Digits::MonthYear)),
        (_, Some(5)) => Some(format!("{month:02}/{short:02}")),
        (_, Some(7)) => Some(format!("{month:02}/{year}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use guise_core::{Destination, FillWay, Sight, SiteRules};

    use super::*;

    fn text(
        part: SecretPart,
        secret: &str,
        kind: &str,
        purpose: Option<FormField>,
        most: Option<u32>,
    ) -> String {
        let field = Field {
            document: String::new(),
            around: Vec::new(),
            sandboxed: false,
            control: Control::Input(kind.to_owned()),
            autocomplete: Vec::new(),
            purpose,
            max_length: most,
            form: None,
            sight: Sight {
                width: 1.0,
                height: 1.0,
                opacity: 1.0,
                hit: true,
            },
            disabled: None,
        };
        let fill = SecretFill {
            part,
            secret: Secret::new(secret.to_owned()),
            destination: Destination::of("https://a.example/", &SiteRules::default()).unwrap(),
            way: FillWay::Wire,
            any_body: false,
        };
        fitted(fill, &field).secret.expose().to_owned()
    }

    #[test]
    fn numbers_lose_their_separators_where_there_is_no_room() {
        let number = |kind: &str, most| {
            text(
                SecretPart::CardNumber,
                "4242 4242 4242 4242",
                kind,
                None,
                most,
            )
        };
        assert_eq!(number("text", None), "4242 4242 4242 4242");
        assert_eq!(number("text", Some(19)), "4242 4242 4242 4242");
        assert_eq!(number("text", Some(16)), "4242424242424242");
        assert_eq!(number("number", None), "4242424242424242");
    }

    #[test]
    fn expiries_come_in_parts() {
        let month = Some(FormField::CardExpiryMonth);
        let year = Some(FormField::CardExpiryYear);
        for (secret, purpose, most, given) in [
            ("07/29", None, None, "07/29"),
            ("07/2029", None, Some(5), "07/29"),
            ("07/29", None, Some(7), "07/2029"),
            ("07/29", None, Some(4), "0729"),
            ("07/29", month, Some(2), "07"),
            ("07/29", year, Some(2), "29"),
            ("07/29", year, None, "2029"),
            ("soon", month, None, "soon"),
        ] {
            let part = SecretPart::CardExpiry;
            assert_eq!(text(part, secret, "text", purpose, most), given, "{secret}");
        }
    }
}
