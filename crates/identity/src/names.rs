//! The files of names, read once.

use std::sync::LazyLock;

use crate::Locale;

/// A name in its own script, and how it is written in ASCII.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub native: &'static str,
    pub ascii: String,
}

/// The form of a family name for women and the one for men; mostly the same.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct FamilyName {
    pub female: Name,
    pub male: Name,
}

/// The names of one locale.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub female: Vec<Name>,
    pub male: Vec<Name>,
    pub family: Vec<FamilyName>,
}

static NAMES: LazyLock<Vec<Names>> = LazyLock::new(|| {
    Locale::ALL
        .iter()
        .map(|locale| read(locale.file()))
        .collect()
});

impl Locale {
    pub(crate) fn names(self) -> &'static Names {
        // `ALL` has them in the order in which they are declared.
        &NAMES[self as usize]
    }
}

fn read(file: &'static str) -> Names {
    let mut names = Names::default();
    let mut part = "";
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            part = line;
            continue;
        }
        let entries = line
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        match part {
            "[female]" => names.female.extend(entries.map(name)),
            "[male]" => names.male.extend(entries.map(name)),
            _ => names.family.extend(entries.map(family_name)),
        }
    }
    names
}

fn family_name(entry: &'static str) -> FamilyName {
    let (female, male) = entry.split_once('/').unwrap_or((entry, entry));
    FamilyName {
        female: name(female),
        male: name(male),
    }
}

fn name(entry: &'static str) -> Name {
    match entry.split_once('=') {
        Some((native, ascii)) => Name {
            native,
            ascii: ascii.to_owned(),
        },
        None => Name {
            native: entry,
            ascii: deunicode::deunicode(entry),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_locale_has_enough_names_and_none_twice() {
        for locale in Locale::ALL {
            let names = locale.names();
            for given in [&names.female, &names.male] {
                assert!(given.len() >= 40, "{locale}");
                assert_eq!(
                    given.iter().collect::<HashSet<_>>().len(),
                    given.len(),
                    "{locale}"
                );
            }
            assert!(names.family.len() >= 50, "{locale}");
            assert_eq!(
                names.family.iter().collect::<HashSet<_>>().len(),
                names.family.len(),
                "{locale}"
            );
        }
    }

    #[test]
    fn a_file_has_the_three_parts_and_nothing_odd() {
        for locale in Locale::ALL {
            let parts: Vec<_> = locale
                .file()
                .lines()
                .filter(|line| line.starts_with('['))
                .collect();
            assert_eq!(parts, ["[female]", "[male]", "[family]"], "{locale}");
            let names = locale.names();
            let family = names
                .family
                .iter()
                .flat_map(|name| [&name.female, &name.male]);
            for name in names.female.iter().chain(&names.male).chain(family) {
                assert!(
                    !name.native.is_empty() && name.native == name.native.trim(),
                    "{locale}: {name:?}"
                );
                assert!(!name.native.contains(['=', '/', '[']), "{locale}: {name:?}");
                let ascii = |c: char| c.is_ascii_alphabetic() || " -'".contains(c);
                assert!(name.ascii.chars().all(ascii), "{locale}: {name:?}");
            }
        }
    }
}
