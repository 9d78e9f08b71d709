//! Made-up people, a thousand of each locale.

use std::collections::HashSet;

use guise_identity::{Gender, Identity, Locale};
use jiff::Unit;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

const TODAY: Date = date(2026, 11, 29);

fn thousand(locale: Locale) -> Vec<Identity> {
    let mut random = StdRng::seed_from_u64(7);
    (0..1000)
        .map(|_| Identity::generate(Some(locale), TODAY, &mut random))
        .collect()
}

fn is_of_the_script(locale: Locale, c: char) -> bool {
    match locale {
        Locale::HiIn => matches!(c, '\u{900}'..='\u{97f}'),
        Locale::JaJp => {
            matches!(c, '\u{3040}'..='\u{309f}' | '\u{30a0}'..='\u{30ff}' | '\u{3005}' | '\u{4e00}'..='\u{9fff}')
        }
        Locale::KoKr => matches!(c, '\u{ac00}'..='\u{d7a3}'),
        Locale::RuRu => matches!(c, '\u{400}'..='\u{4ff}'),
        Locale::ZhCn => matches!(c, '\u{4e00}'..='\u{9fff}'),
        _ => matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{17f}' | ' ' | '-' | '\''),
    }
}

fn is_grown_up(person: &Identity, today: Date) -> bool {
    let lived = person.date_of_birth.until((Unit::Year, today));
    lived.is_ok_and(|span| (21..=65).contains(&span.get_years()))
}

fn is_a_slug(slug: &str) -> bool {
    let plain = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9');
    slug.len() <= 40
        && slug.bytes().all(|c| plain(c) || c == b'.' || c == b'-')
        && slug.bytes().next().is_some_and(plain)
        && slug.bytes().last().is_some_and(plain)
        && !slug.contains("..")
}

#[test]
fn names_are_of_their_script_and_slugs_of_their_name() {
    for locale in Locale::ALL {
        for person in thousand(*locale) {
            assert_eq!(person.locale, *locale);
            for name in [&person.first_name, &person.last_name] {
                assert!(!name.is_empty());
                assert!(
                    name.chars().all(|c| is_of_the_script(*locale, c)),
                    "{locale}: {name}"
                );
            }
            assert!(is_a_slug(&person.slug), "{person:?}");
            let (first, last) = person.slug.split_once('.').unwrap();
            assert!(!first.is_empty() && !last.is_empty(), "{person:?}");
            assert!(is_grown_up(&person, TODAY), "{person:?}");
        }
    }
}

#[test]
fn a_thousand_people_of_a_locale_have_a_thousand_addresses() {
    for locale in Locale::ALL {
        let mut random = StdRng::seed_from_u64(8);
        let mut taken = HashSet::new();
        let (mut bare, mut most_tries) = (0, 0);
        for person in thousand(*locale) {
            let (tries, name) = person
                .mailbox_names(&mut random)
                .enumerate()
                .find(|(_, name)| !taken.contains(name))
                .unwrap();
            assert!(name.len() <= 49 && name.starts_with(&person.slug), "{name}");
            most_tries = most_tries.max(tries + 1);
            bare += usize::from(tries == 0);
            taken.insert(name);
        }
        assert_eq!(taken.len(), 1000);
        assert!(bare > 700, "{locale}: only {bare} with their bare name");
        assert!(most_tries <= 3, "{locale}: {most_tries} tries");
    }
}

#[test]
fn a_name_that_everybody_has_is_still_enough() {
    let mut random = StdRng::seed_from_u64(9);
    let person = Identity::generate(Some(Locale::EsEs), TODAY, &mut random);
    let mut taken = HashSet::new();
    for _ in 0..1000 {
        let name = person
            .mailbox_names(&mut random)
            .find(|name| !taken.contains(name));
        taken.insert(name.unwrap());
    }
    assert_eq!(taken.len(), 1000);
}

#[test]
fn family_names_follow_the_gender() {
    for (locale, female) in [(Locale::PlPl, "ska"), (Locale::RuRu, "ова")] {
        let people = thousand(locale);
        let women = people
            .iter()
            .filter(|person| person.last_name.ends_with(female));
        assert!(women.clone().count() > 100);
        for person in women {
            assert_eq!(person.gender, Gender::Female, "{person:?}");
        }
    }
}

#[test]
fn spellings_are_the_ones_people_use() {
    let slugs = |locale| -> HashSet<String> {
        thousand(locale)
            .into_iter()
            .flat_map(|person| {
                person
                    .slug
                    .split('.')
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    for (locale, part) in [
        (Locale::DeDe, "mueller"),
        (Locale::DeDe, "weiss"),
        (Locale::EsEs, "nunez"),
        (Locale::FrFr, "jean-baptiste"),
        (Locale::FrFr, "legall"),
        (Locale::ItIt, "dangelo"),
        (Locale::JaJp, "sato"),
        (Locale::KoKr, "lee"),
        (Locale::NlNl, "vandenberg"),
        (Locale::PlPl, "wisniewska"),
        (Locale::RuRu, "ekaterina"),
        (Locale::SvSe, "palsson"),
        (Locale::TrTr, "yildirim"),
        (Locale::ZhCn, "lyu"),
    ] {
        assert!(slugs(locale).contains(part), "{locale}: {part}");
    }
}

#[test]
fn without_a_locale_all_of_them_occur_and_both_genders() {
    let mut random = StdRng::seed_from_u64(10);
    let people: Vec<_> = (0..1000)
        .map(|_| Identity::generate(None, TODAY, &mut random))
        .collect();
    let locales: HashSet<_> = people.iter().map(|person| person.locale).collect();
    assert_eq!(locales.len(), Locale::ALL.len());
    let women = people
        .iter()
        .filter(|person| person.gender == Gender::Female)
        .count();
    assert!((400..600).contains(&women), "{women}");
}

proptest! {
    #[test]
    fn everybody_is_grown_up(seed: u64, year in 1970_i16..=2100, month in 1_i8..=12, day in 1_i8..=31) {
        let Ok(today) = Date::new(year, month, day) else {
            return Ok(());
        };
        let person = Identity::generate(None, today, &mut StdRng::seed_from_u64(seed));
        prop_assert!(is_grown_up(&person, today), "{:?} on {}", person, today);
        prop_assert!(is_a_slug(&person.slug));
    }
}
