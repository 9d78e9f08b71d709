//! Files that leave the installation, in the age format (<https://age-encryption.org/v1>): any tool that knows it opens them.

use std::io::{self, Read, Write};
use std::iter;

use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt, x25519};
use guise_core::Secret;
use secrecy::SecretString;

use crate::root::MIN_PASSPHRASE_LENGTH;

/// What a guess of the passphrase costs: scrypt with N = 2^18 (256 MiB), as other tools for age have it.
const WORK: u8 = 18;

/// A file that asks for more was made to keep us busy.
const MOST_WORK: u8 = 22;

/// For whom a file is encrypted.
pub enum FileLock {
    /// For those who know a passphrase.
    Passphrase(Secret),
    /// For the holders of these keys, as `age-keygen` prints them: `age1…`.
    Recipients(Vec<String>),
}

/// With what a file is decrypted.
pub enum FileUnlock {
    /// The passphrase.
    Passphrase(Secret),
    /// The secret key, as `age-keygen` prints it: `AGE-SECRET-KEY-1…`.
    Identity(Secret),
}

/// Why a file cannot be encrypted or decrypted. No text has a secret in it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A new passphrase is too short.
    #[error("the passphrase has {0} characters: expected {MIN_PASSPHRASE_LENGTH} or more")]
    Short(usize),
    /// A recipient is none.
    #[error(
        "'{0}' is no recipient: expected age1 and 58 more characters, as 'age-keygen' prints them"
    )]
    Recipient(String),
    /// There is nobody to encrypt for.
    #[error("there is no recipient: name one or more")]
    Nobody,
    /// A secret key is none.
    #[error("this is no secret key: expected AGE-SECRET-KEY-1 and 58 more characters")]
    Identity,
    /// The file is for others.
    #[error("this passphrase or key does not open the file")]
    Wrong,
    /// The file is none, or was altered or cut.
    #[error("the file is no age file, or was altered or cut: {0}")]
    Damaged(String),
    /// It cannot be read or written.
    #[error("cannot read or write the file: {0}")]
    Io(#[from] io::Error),
}

/// Encrypts all of `plain` into `sealed`. Returns the number of plain bytes.
///
/// # Errors
/// When the lock cannot be used, or reading or writing fails.
pub fn encrypt_file(
    lock: FileLock,
    plain: &mut dyn Read,
    sealed: &mut dyn Write,
) -> Result<u64, FileError> {
    let recipients: Vec<Box<dyn Recipient>> = match lock {
        FileLock::Passphrase(passphrase) => {
            let length = passphrase.expose().chars().count();
            if length < MIN_PASSPHRASE_LENGTH {
                return Err(FileError::Short(length));
            }
            let mut recipient = scrypt::Recipient::new(text(&passphrase));
            recipient.set_work_factor(WORK);
            vec![Box::new(recipient)]
        }
        FileLock::Recipients(keys) => keys
            .into_iter()
            .map(|key| match key.trim().parse::<x25519::Recipient>() {
                Ok(recipient) => Ok(Box::new(recipient) as Box<dyn Recipient>),
                Err(_) => Err(FileError::Recipient(key)),
            })
            .collect::<Result<_, _>>()?,
    };
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|recipient| &**recipient))
        .map_err(|_| FileError::Nobody)?;
    let mut writer = encryptor.wrap_output(sealed)?;
    let length = io::copy(plain, &mut writer)?;
    writer.finish()?.flush()?;
    Ok(length)
}

/// Decrypts all of `sealed` into `plain`. Returns the number of plain bytes.
///
/// # Errors
/// When it does not open, was altered or cut, or reading or writing fails. What was written until then is not to be used.
pub fn decrypt_file(
    unlock: FileUnlock,
    sealed: &mut dyn Read,
    plain: &mut dyn Write,
) -> Result<u64, FileError> {
    let identity: Box<dyn Identity> = match unlock {
        FileUnlock::Passphrase(passphrase) => {
            let mut identity = scrypt::Identity::new(text(&passphrase));
            identity.set_max_work_factor(MOST_WORK);
            Box::new(identity)
        }
        FileUnlock::Identity(key) => {
            let key = key.expose().trim().parse::<x25519::Identity>();
            Box::new(key.map_err(|_| FileError::Identity)?)
        }
    };
    let decryptor = Decryptor::new(sealed).map_err(unopened)?;
    let mut reader = decryptor
        .decrypt(iter::once(&*identity))
        .map_err(unopened)?;
    io::copy(&mut reader, plain).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            FileError::Damaged(error.to_string())
        }
        _ => FileError::Io(error),
    })
}

fn unopened(error: DecryptError) -> FileError {
    match error {
        DecryptError::NoMatchingKeys
        | DecryptError::KeyDecryptionFailed
        | DecryptError::DecryptionFailed => FileError::Wrong,
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            FileError::Io(error)
        }
        other => FileError::Damaged(other.to_string()),
    }
}

fn text(secret: &Secret) -> SecretString {
    secret.expose().to_owned().into()
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret as _;
    use proptest::prelude::*;

    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn encrypt(lock: FileLock, plain: &[u8]) -> Result<Vec<u8>, FileError> {
        let mut sealed = Vec::new();
        encrypt_file(lock, &mut &*plain, &mut sealed).map(|_| sealed)
    }

    fn decrypt(unlock: FileUnlock, sealed: &[u8]) -> Result<Vec<u8>, FileError> {
        let mut plain = Vec::new();
        decrypt_file(unlock, &mut &*sealed, &mut plain).map(|_| plain)
    }

    /// A key pair as `age-keygen` prints it.
    fn pair() -> (String, Secret) {
        let identity = x25519::Identity::generate();
        let key = secret(identity.to_string().expose_secret());
        (identity.to_public().to_string(), key)
    }

    #[test]
    fn a_passphrase_opens_and_another_one_does_not() {
        let lock = || FileLock::Passphrase(secret("correct horse battery"));
        let sealed = encrypt(lock(), b"all secrets").unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
        let right = FileUnlock::Passphrase(secret("correct horse battery"));
        assert_eq!(decrypt(right, &sealed).unwrap(), b"all secrets");
        let wrong = FileUnlock::Passphrase(secret("correct horse bottery"));
        assert!(matches!(decrypt(wrong, &sealed), Err(FileError::Wrong)));
        let (_, key) = pair();
        let other = decrypt(FileUnlock::Identity(key), &sealed);
        assert!(matches!(other, Err(FileError::Wrong)));
        let short = encrypt(FileLock::Passphrase(secret("too short")), b"");
        assert!(matches!(short, Err(FileError::Short(9))));
    }

    #[test]
    fn each_recipient_opens_and_nobody_else() {
        let ((one, one_key), (two, two_key), (_, other_key)) = (pair(), pair(), pair());
        let lock = FileLock::Recipients(vec![one, format!(" {two}\n")]);
        let plain: Vec<u8> = (0..200_000_u32).map(|number| number as u8).collect();
        let sealed = encrypt(lock, &plain).unwrap();
        for key in [one_key, two_key] {
            assert_eq!(decrypt(FileUnlock::Identity(key), &sealed).unwrap(), plain);
        }
        let other = decrypt(FileUnlock::Identity(other_key), &sealed);
        assert!(matches!(other, Err(FileError::Wrong)));
    }

    #[test]
    fn what_is_no_key_is_said() {
        let none = encrypt(FileLock::Recipients(Vec::new()), b"");
        assert!(matches!(none, Err(FileError::Nobody)));
        let wrong = encrypt(FileLock::Recipients(vec!["age1nobody".to_owned()]), b"");
        assert!(wrong.unwrap_err().to_string().contains("'age1nobody'"));
        let key = decrypt(FileUnlock::Identity(secret("AGE-SECRET-KEY-1NO")), b"");
        let text = key.unwrap_err().to_string();
        assert!(
            text.contains("no secret key") && !text.contains("1NO"),
            "{text}"
        );
    }

    #[test]
    fn an_altered_or_cut_file_does_not_open() {
        let (recipient, key) = pair();
        let sealed = encrypt(FileLock::Recipients(vec![recipient]), &[7; 70_000]).unwrap();
        let open = |sealed: &[u8]| {
            let unlock = FileUnlock::Identity(secret(key.expose()));
            decrypt(unlock, sealed).map(|plain| plain.len())
        };
        assert_eq!(open(&sealed).unwrap(), 70_000);
        for length in [0, 10, 100, 300, sealed.len() - 1] {
            open(&sealed[..length]).unwrap_err();
        }
        for at in (0..sealed.len()).step_by(997) {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(open(&altered).is_err(), "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encrypted_comes_back(plain: Vec<u8>) {
            let (recipient, key) = pair();
            let sealed = encrypt(FileLock::Recipients(vec![recipient]), &plain).unwrap();
            prop_assert_eq!(decrypt(FileUnlock::Identity(key), &sealed).unwrap(), plain);
        }
    }
}
