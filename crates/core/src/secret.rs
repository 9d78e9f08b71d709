//! A text that nobody may see by accident.

use secrecy::zeroize::Zeroizing;

/// A secret text: a password, a seed, a card number.
///
/// It can be shown only by [`Secret::expose`], which is easy to search for: there is no `Debug`, no `Display`, no
/// `Serialize`, no `Clone`. Its memory is wiped when it is dropped.
///
/// ```compile_fail
/// let secret = guise_core::Secret::new("hunter2".to_owned());
/// println!("{secret:?}");
/// ```
///
/// ```compile_fail
/// let secret = guise_core::Secret::new("hunter2".to_owned());
/// println!("{secret}");
/// ```
///
/// ```compile_fail
/// let secret = guise_core::Secret::new("hunter2".to_owned());
/// serde_json::to_string(&secret).unwrap();
/// ```
///
/// ```compile_fail
/// let secret = guise_core::Secret::new("hunter2".to_owned());
/// let copy = secret.clone();
/// ```
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text that is secret from now on.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}
