//! A made-up person.

use jiff::ToSpan;
use jiff::civil::Date;
use rand::Rng;

use crate::Locale;
use crate::slug::{MAX_SLUG, slug};

/// The years of age of a made-up person: grown up everywhere, and of an age to work.
const AGES: std::ops::RangeInclusive<i32> = 21..=65;

/// Which given names and forms of family names fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gender {
    /// A woman.
    Female,
    /// A man.
    Male,
}

/// A made-up person whose facts fit each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Where they are from.
    pub locale: Locale,
    /// Woman or man; the names fit.
    pub gender: Gender,
    /// Given name, in the locale's script.
    pub first_name: String,
    /// Family name, in the locale's script.
    pub last_name: String,
    /// The beginning of a mail address that belongs to the name, such as `maria.lopez` or `misaki.sato`: 40 octets of
    /// `a` to `z`, `0` to `9`, `.` and `-` at most. Others may have the same name: see [`Identity::mailbox_names`].
    pub slug: String,
    /// 21 to 65 years before the day that was given.
    pub date_of_birth: Date,
}

impl Identity {
    /// Makes a person of `locale`, or of any where there is none. `today` is what the age is reckoned from.
    ///
    /// ```
    /// use guise_identity::{Identity, Locale};
    ///
    /// let today = jiff::civil::date(2026, 11, 29);
    /// let person = Identity::generate(Some(Locale::EsEs), today, &mut rand::rng());
    /// assert!(person.slug.contains('.'));
    /// ```
    pub fn generate<R: Rng + ?Sized>(locale: Option<Locale>, today: Date, random: &mut R) -> Self {
        let locale = locale.unwrap_or_else(|| *pick(Locale::ALL, random));
        let names = locale.names();
        let family = pick(&names.family, random);
        let (gender, given, family) = if random.random() {
            (Gender::Female, pick(&names.female, random), &family.female)
        } else {
            (Gender::Male, pick(&names.male, random), &family.male)
        };
        let mut slug = format!("{}.{}", joined(&given.ascii), joined(&family.ascii));
        slug.truncate(MAX_SLUG);
        slug.truncate(slug.trim_end_matches(['.', '-']).len());
        Self {
            locale,
            gender,
            first_name: given.native.to_owned(),
            last_name: family.native.to_owned(),
            slug,
            date_of_birth: birthday(today, random),
        }
    }

    /// Local parts for the person's mailbox, most natural first: the slug, then the slug with a random number that gets
    /// longer (`maria.lopez`, `maria.lopez47`, `maria.lopez385` …, nine digits at most). It never ends; take the first
    /// that is free. 49 octets at most.
    pub fn mailbox_names<'a, R: Rng + ?Sized>(
        &'a self,
        random: &'a mut R,
    ) -> impl Iterator<Item = String> + 'a {
        let numbers = (2..).map(move |digits: u32| {
            let least = 10_u32.pow(digits.min(9) - 1);
            format!("{}{}", self.slug, random.random_range(least..least * 10))
        });
        std::iter::once(self.slug.clone()).chain(numbers)
    }
}

/// Names of several words become one: `van den Berg` is `vandenberg`. Hyphens stay.
fn joined(ascii: &str) -> String {
    slug(&ascii.replace(' ', ""))
}

/// Every list of names has some; a test looks.
fn pick<'a, T, R: Rng + ?Sized>(from: &'a [T], random: &mut R) -> &'a T {
    &from[random.random_range(0..from.len())]
}

/// A day such that the person is of an age in [`AGES`]; each is equally likely.
fn birthday<R: Rng + ?Sized>(today: Date, random: &mut R) -> Date {
    let youngest = today.saturating_sub(AGES.start().years());
    let oldest = today
        .saturating_sub((AGES.end() + 1).years())
        .saturating_add(1.day());
    let days = oldest.until(youngest).map_or(0, |span| span.get_days());
    oldest.saturating_add(random.random_range(0..=days.max(0)).days())
}
