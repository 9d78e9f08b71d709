//! Passwords that are made up.

use guise_core::Secret;
use rand::TryRngCore;
use rand::rngs::OsRng;
use secrecy::zeroize::Zeroizing;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// What nearly every site takes. Quotes, brackets, backslash and `<>` are left out: they are what sites forbid and what
/// gets lost in shells and configuration files.
const SYMBOLS: &str = "!#$%&*+-.:=?@^_~";
/// What people mistake for each other when they read or type it.
const AMBIGUOUS: &str = "0Oo1lI";

/// What a password is made of.
///
/// Each class that is on occurs at least once, and nothing else occurs. Of all passwords that fit, each is equally
/// likely. The default, 20 characters of all four classes, is one of about 2^125; see [`PasswordPolicy::entropy_bits`].
///
/// ```
/// use guise_secrets::PasswordPolicy;
///
/// let policy = PasswordPolicy { length: 12, symbols: false, ..PasswordPolicy::default() };
/// assert_eq!(policy.generate().unwrap().expose().len(), 12);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Characters: [`PasswordPolicy::MIN_LENGTH`] to [`PasswordPolicy::MAX_LENGTH`].
    pub length: usize,
    /// Letters `a` to `z`.
    pub lower: bool,
    /// Letters `A` to `Z`.
    pub upper: bool,
    /// Digits.
    pub digits: bool,
    /// Punctuation: ``!#$%&*+-.:=?@^_~``.
    pub symbols: bool,
    /// Characters that must not occur.
    pub excluded: String,
    /// Leave out what looks alike: `0`, `O`, `o`, `1`, `l`, `I`.
    pub unambiguous: bool,
}

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error(
        "a password of {length} characters: expected {} to {}",
        PasswordPolicy::MIN_LENGTH,
        PasswordPolicy::MAX_LENGTH
    )]
    Length {
        /// How many characters were asked for.
        length: usize,
    },
    /// No class is on.
    #[error("a password of nothing: turn on lower, upper, digits or symbols")]
    NoClass,
    /// A class must occur, but all its characters are left out.
    #[error(
        "a password must have {class}, but all of them are excluded: exclude fewer, or turn {class} off"
    )]
    EmptyClass {
        /// Which class.
        class: &'static str,
    },
    /// There is no random source.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] rand::rand_core::OsError),
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            length: 20,
            lower: true,
            upper: true,
            digits: true,
            symbols: true,
            excluded: String::new(),
            unambiguous: false,
        }
    }
}

impl PasswordPolicy {
    /// The shortest password: NIST SP 800-63B §5.1.1.2 has sites refuse shorter ones.
    pub const MIN_LENGTH: usize = 8;
    /// The longest: hardly a site takes more.
    pub const MAX_LENGTH: usize = 128;

    /// A password from the system's random source.
    ///
    /// # Errors
    /// When no password can fit, saying what to change, or when the system gives no random bytes.
    pub fn generate(&self) -> Result<Secret, PasswordError> {
        self.generate_with(&mut OsRng)
    }

    /// How hard the password is to guess for someone who knows the policy: the binary logarithm of how many fit.
    ///
    /// # Errors
    /// When none can fit.
    pub fn entropy_bits(&self) -> Result<f64, PasswordError> {
        let sizes: Vec<usize> = self.classes()?.iter().map(Vec::len).collect();
        let pool: usize = sizes.iter().sum();
        let length = i32::try_from(self.length).unwrap_or(i32::MAX);
        // Inclusion and exclusion over the classes that do not occur, as a share of all texts over the pool.
        let share: f64 = (0_u32..1 << sizes.len())
            .map(|absent| {
                let missing: usize = (0..sizes.len())
                    .filter(|class| absent >> class & 1 == 1)
                    .map(|class| sizes[class])
                    .sum();
                let sign = if absent.count_ones() % 2 == 0 {
                    1.0
                } else {
                    -1.0
                };
                sign * ((pool - missing) as f64 / pool as f64).powi(length)
            })
            .sum();
        Ok(self.length as f64 * (pool as f64).log2() + share.log2())
    }

    /// The characters of each class that is on.
    fn classes(&self) -> Result<Vec<Vec<u8>>, PasswordError> {
        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&self.length) {
            return Err(PasswordError::Length {
                length: self.length,
            });
        }
        let classes = [
            (self.lower, "lower-case letters", LOWER),
            (self.upper, "upper-case letters", UPPER),
            (self.digits, "digits", DIGITS),
            (self.symbols, "symbols", SYMBOLS),
        ];
        let mut allowed = Vec::with_capacity(classes.len());
        for (_, class, characters) in classes.into_iter().filter(|(on, ..)| *on) {
            let left: Vec<u8> = characters
                .chars()
                .filter(|c| !self.excluded.contains(*c))
                .filter(|c| !self.unambiguous || !AMBIGUOUS.contains(*c))
                .filter_map(|c| u8::try_from(c).ok())
                .collect();
            if left.is_empty() {
                return Err(PasswordError::EmptyClass { class });
            }
            allowed.push(left);
        }
        if allowed.is_empty() {
            return Err(PasswordError::NoClass);
        }
        Ok(allowed)
    }

    /// Draws whole passwords until one has every class: what is drawn character by character and kept only if it fits
    /// is as likely as any other that fits. Putting the classes in place first would favour some.
    fn generate_with<R>(&self, random: &mut R) -> Result<Secret, PasswordError>
    where
        R: TryRngCore,
        PasswordError: From<R::Error>,
    {
        let classes = self.classes()?;
        let pool = classes.concat();
        loop {
            let mut password = Zeroizing::new(Vec::with_capacity(self.length));
            draw(&pool, self.length, &mut password, random)?;
            let fits = classes
                .iter()
                .all(|class| password.iter().any(|octet| class.contains(octet)));
            if fits {
                return Ok(Secret::new(
                    password.iter().copied().map(char::from).collect(),
                ));
            }
        }
    }
}

/// Fills `password` with `length` characters of `pool`, each equally likely.
fn draw<R: TryRngCore>(
    pool: &[u8],
    length: usize,
    password: &mut Vec<u8>,
    random: &mut R,
) -> Result<(), R::Error> {
    let mut octets = Zeroizing::new([0; PasswordPolicy::MAX_LENGTH]);
    // The largest multiple of the pool's size that an octet can express: what lies beyond would favour the first ones.
    let limit = 256 / pool.len() * pool.len();
    while password.len() < length {
        let left = length - password.len();
        // Twice as many as are needed: few are thrown away.
        let octets = &mut octets[..(2 * left).min(PasswordPolicy::MAX_LENGTH)];
        random.try_fill_bytes(octets)?;
        let fair = octets.iter().map(|octet| usize::from(*octet));
        password.extend(
            fair.filter(|octet| *octet < limit)
                .take(left)
                .map(|octet| pool[octet % pool.len()]),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    impl From<std::convert::Infallible> for PasswordError {
        fn from(never: std::convert::Infallible) -> Self {
            match never {}
        }
    }

    fn count(password: &str, class: &str) -> usize {
        password.chars().filter(|c| class.contains(*c)).count()
    }

    #[test]
    fn the_default_has_all_classes_and_differs_each_time() {
        let policy = PasswordPolicy::default();
        let made: std::collections::HashSet<String> = (0..1000)
            .map(|_| policy.generate().unwrap().expose().to_owned())
            .collect();
        assert_eq!(made.len(), 1000);
        for password in made {
            assert_eq!(password.len(), 20);
            for class in [LOWER, UPPER, DIGITS, SYMBOLS] {
                assert!(count(&password, class) > 0, "{password}");
            }
        }
        let bits = policy.entropy_bits().unwrap();
        assert!((125.0..126.0).contains(&bits), "{bits}");
    }

    #[test]
    fn what_cannot_fit_is_refused_with_a_reason() {
        let refusal = |policy: PasswordPolicy| match policy.generate() {
            Ok(_) => panic!("{policy:?} gave a password"),
            Err(error) => error.to_string(),
        };
        for length in [0, 7, 129] {
            let policy = PasswordPolicy {
                length,
                ..PasswordPolicy::default()
            };
            assert!(refusal(policy).contains("expected 8 to 128"));
        }
        let nothing = PasswordPolicy {
            lower: false,
            upper: false,
            digits: false,
            symbols: false,
            ..PasswordPolicy::default()
        };
        assert!(refusal(nothing).contains("turn on"));
        let no_digit = PasswordPolicy {
            excluded: "23456789".to_owned(),
            unambiguous: true,
            ..PasswordPolicy::default()
        };
        assert!(refusal(no_digit).contains("turn digits off"));
    }

    /// Few enough passwords to count them: one digit, one capital letter and six of a letter or more.
    #[test]
    fn every_password_that_fits_is_equally_likely() {
        let policy = PasswordPolicy {
            length: 8,
            symbols: false,
            upper: false,
            excluded: "bcdefghijklmnopqrstuvwxyz23456789".to_owned(),
            ..PasswordPolicy::default()
        };
        // Texts of length 8 over {a, 0, 1} without those that lack a letter or a digit.
        let fitting = 3_usize.pow(8) - 2_usize.pow(8) - 1;
        let bits = policy.entropy_bits().unwrap();
        assert!((bits - (fitting as f64).log2()).abs() < 1e-9);

        let mut random = StdRng::seed_from_u64(7);
        let rounds = fitting * 20;
        let mut seen: HashMap<String, f64> = HashMap::new();
        for _ in 0..rounds {
            let password = policy.generate_with(&mut random).unwrap();
            *seen.entry(password.expose().to_owned()).or_default() += 1.0;
        }
        assert_eq!(seen.len(), fitting);
        let square: f64 = seen.values().map(|n| (n - 20.0).powi(2) / 20.0).sum();
        // Chi-squared with 6,303 degrees of freedom: mean 6,303, deviation 112; six deviations.
        assert!((square - fitting as f64).abs() < 6.0 * 112.3, "{square}");
    }

    /// Gives out all octets in turn.
    struct InTurn(u8);

    impl rand::RngCore for InTurn {
        fn next_u32(&mut self) -> u32 {
            self.0 = self.0.wrapping_add(1);
            u32::from(self.0.wrapping_sub(1))
        }

        fn next_u64(&mut self) -> u64 {
            u64::from(self.next_u32())
        }

        fn fill_bytes(&mut self, octets: &mut [u8]) {
            octets.fill_with(|| self.next_u32() as u8);
        }
    }

    #[test]
    fn no_character_is_favoured() {
        let pool = [LOWER, UPPER, DIGITS, SYMBOLS].concat().into_bytes();
        let fair = 256 / pool.len();
        let mut drawn = Vec::new();
        draw(&pool, 2 * fair * pool.len(), &mut drawn, &mut InTurn(0)).unwrap();
        for character in pool {
            let times = drawn.iter().filter(|other| **other == character).count();
            assert_eq!(times, 2 * fair, "{}", char::from(character));
        }
    }

    prop_compose! {
        fn any_policy()(
            length in 8_usize..=128,
            classes in 1_u8..16,
            excluded in "[!-~é]{0,12}",
            unambiguous in any::<bool>(),
        ) -> PasswordPolicy {
            PasswordPolicy {
                length,
                lower: classes & 1 != 0,
                upper: classes & 2 != 0,
                digits: classes & 4 != 0,
                symbols: classes & 8 != 0,
                excluded,
                unambiguous,
            }
        }
    }

    proptest! {
        #[test]
        fn every_password_keeps_its_policy(policy in any_policy(), seed in any::<u64>()) {
            let made = policy.generate_with(&mut StdRng::seed_from_u64(seed));
            let bits = policy.entropy_bits();
            prop_assert_eq!(made.is_ok(), bits.is_ok());
            let (Ok(password), Ok(bits)) = (made, bits) else {
                return Ok(());
            };
            let password = password.expose();
            prop_assert_eq!(password.chars().count(), policy.length);
            let classes = [(policy.lower, LOWER), (policy.upper, UPPER), (policy.digits, DIGITS), (policy.symbols, SYMBOLS)];
            for (on, class) in classes {
                prop_assert_eq!(count(password, class) > 0, on);
            }
            let known: usize = classes.iter().map(|(_, class)| count(password, class)).sum();
            prop_assert_eq!(known, policy.length);
            prop_assert!(!password.contains(|c| policy.excluded.contains(c)));
            prop_assert!(!policy.unambiguous || count(password, AMBIGUOUS) == 0);
            prop_assert!(bits >= 0.0 && bits <= policy.length as f64 * 78_f64.log2());
        }
    }
}
