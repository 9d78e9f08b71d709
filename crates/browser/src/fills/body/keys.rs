//! Names in bodies that say what a value is.

use guise_core::SecretPart;

/// Words that a name may hold anywhere, and words that it must be as a whole, in small letters and digits only.
struct Words {
    within: &'static [&'static str],
    whole: &'static [&'static str],
}

const PASSWORD: Words = Words {
    within: &[
        "password",
        "passwd",
        "passwort",
        "passphrase",
        "passcode",
        "pwd",
        "kennwort",
        "contrasen",
        "senha",
        "motdepasse",
        "wachtwoord",
        "loginpass",
        "userpass",
    ],
    whole: &["pass", "pw", "pin", "secret"],
};

const CODE: Words = Words {
    within: &[
        "otp",
        "mfa",
        "2fa",
        "twofactor",
        "onetime",
        "verificationcode",
        "verifycode",
        "securitycode",
        "authcode",
        "authenticatorcode",
        "authenticationcode",
        "confirmationcode",
        "smscode",
        "passcode",
        "einmalcode",
        "challengecode",
    ],
    whole: &["code", "token", "pin", "verification", "challenge"],
};

const CARD_HOLDER: Words = Words {
    within: &[
        "cardholder",
        "holdername",
        "nameoncard",
        "cardname",
        "ccname",
        "cardowner",
        "karteninhaber",
    ],
    whole: &["holder", "name", "owner"],
};

const CARD_NUMBER: Words = Words {
    within: &[
        "cardnum",
        "cardno",
        "ccnum",
        "ccno",
        "creditcard",
        "kartennummer",
        "numerotarjeta",
        "accountnumber",
    ],
    whole: &["number", "pan", "card", "cc", "primaryaccountnumber"],
};

const CARD_CODE: Words = Words {
    within: &[
        "cvv",
        "cvc",
        "csc",
        "cvn",
        "securitycode",
        "verificationvalue",
        "verificationcode",
        "cardcode",
        "prufnummer",
    ],
    whole: &["cid"],
};

const CARD_EXPIRY: Words = Words {
    within: &["exp", "validthru", "validuntil", "gultigbis", "ablauf"],
    whole: &["month", "year", "mm", "yy", "yyyy", "cardmonth", "cardyear"],
};

/// Whether a value under that name is the part: it is called like the filled field, or like the part.
pub(super) fn fit(part: SecretPart, names: &[String], key: &str) -> bool {
    if names.iter().any(|name| name == key) {
        return true;
    }
    let words = match part {
        SecretPart::Password => &PASSWORD,
        SecretPart::Code => &CODE,
        SecretPart::CardHolder => &CARD_HOLDER,
        SecretPart::CardNumber => &CARD_NUMBER,
        SecretPart::CardCode => &CARD_CODE,
        SecretPart::CardExpiry => &CARD_EXPIRY,
        SecretPart::Email | SecretPart::Username => return false,
    };
    let plain = plain(key);
    let last = plain_of_last(key);
    words
        .whole
        .iter()
        .any(|word| *word == plain || *word == last)
        || words
            .within
            .iter()
            .any(|word| last.contains(word) || plain.contains(word))
}

/// Whether a name is one for the month of a date.
pub(super) fn is_month(key: &str) -> bool {
    let plain = plain(key);
    plain.contains("mon") || plain.contains("mm")
}

/// Whether a name is one for the year of a date.
pub(super) fn is_year(key: &str) -> bool {
    let plain = plain(key);
    plain.contains("year") || plain.contains("yy") || plain.contains("jahr")
}

/// The small letters and digits of a name.
fn plain(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The same of the last part of a name in parts, as in `user[password]` or `account.pin`.
fn plain_of_last(key: &str) -> String {
    let last = key
        .rsplit(['[', '.', ':', '/', '-', '_'])
        .map(plain)
        .find(|part| !part.is_empty());
    last.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_value_is() {
        let none: &[String] = &[];
        for (part, key, fits) in [
            (SecretPart::Password, "password", true),
            (SecretPart::Password, "user[password]", true),
            (SecretPart::Password, "j_password", true),
            (SecretPart::Password, "Passwd", true),
            (SecretPart::Password, "credentials.pin", true),
            (SecretPart::Password, "comment", false),
            (SecretPart::Password, "passenger", false),
            (SecretPart::Password, "description", false),
            (SecretPart::Password, "", false),
            (SecretPart::Code, "otpCode", true),
            (SecretPart::Code, "mfa_token", true),
            (SecretPart::Code, "postcode", false),
            (SecretPart::Code, "promoCode", false),
            (SecretPart::CardNumber, "card[number]", true),
            (SecretPart::CardNumber, "cc-number", true),
            (SecretPart::CardNumber, "comment", false),
            (SecretPart::CardCode, "cvc", true),
            (SecretPart::CardExpiry, "card[exp_month]", true),
            (SecretPart::CardHolder, "cardholderName", true),
            (SecretPart::CardHolder, "username", false),
        ] {
            assert_eq!(fit(part, none, key), fits, "{part:?} {key}");
        }
        let own = ["Kontonummer".to_owned()];
        assert!(fit(SecretPart::Password, &own, "Kontonummer"));
        assert!(!fit(SecretPart::Password, &own, "kontonummer2"));
    }
}
