//! The month in which a card expires, in its spellings.

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// 1 to 12.
    pub(crate) month: u32,
    /// With its century.
    pub(crate) year: u32,
}

/// The order and length of an expiry's digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    /// `0731`
    MonthYear,
    /// `072031`
    MonthLongYear,
    /// `3107`
    YearMonth,
    /// `203107`
    LongYearMonth,
}

impl Digits {
    /// All of them, the usual ones first.
    pub(crate) const ALL: [Self; 4] = [
        Self::MonthYear,
        Self::MonthLongYear,
        Self::YearMonth,
        Self::LongYearMonth,
    ];
}

impl Expiry {
    /// Reads an expiry however it is separated.
    pub(crate) fn read(text: &str) -> Option<(Self, Digits)> {
        let digits = digits(text);
        let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
        Digits::ALL.into_iter().find_map(|order| {
            let (month, year) = match (order, digits.len()) {
                (Digits::MonthYear, 4) => (number(0, 2)?, number(2, 4)? + 2000),
                (Digits::MonthLongYear, 6) => (number(0, 2)?, number(2, 6)?),
                (Digits::YearMonth, 4) => (number(2, 4)?, number(0, 2)? + 2000),
                (Digits::LongYearMonth, 6) => (number(4, 6)?, number(0, 4)?),
                _ => return None,
            };
            let plausible = (1..=12).contains(&month) && (2000..2100).contains(&year);
            plausible.then_some((Self { month, year }, order))
        })
    }

    /// Its digits in an order.
    pub(crate) fn digits(self, order: Digits) -> String {
        let Self { month, year } = self;
        match order {
            Digits::MonthYear => format!("{month:02}{:02}", year % 100),
            Digits::MonthLongYear => format!("{month:02}{year}"),
            Digits::YearMonth => format!("{:02}{month:02}", year % 100),
            Digits::LongYearMonth => format!("{year}{month:02}"),
        }
    }
}

/// The digits of a text.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A text with other digits: as many as it has.
pub(crate) fn with_digits(text: &str, digits: &str) -> String {
    let mut digits = digits.chars();
    text.chars()
        .map(|character| match character {
            '0'..='9' => digits.next().unwrap_or(character),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_month_are_one_month() {
        let july = Expiry {
            month: 7,
            year: 2031,
        };
        for text in ["07/31", "07 / 2031", "0731", "2031-07", "07.31"] {
            let (read, order) = Expiry::read(text).unwrap();
            assert_eq!(read, july, "{text}");
            assert_eq!(with_digits(text, &read.digits(order)), text);
        }
        assert_eq!(Expiry::read("31/07").unwrap().0, july);
        for text in ["", "7/31", "99/99", "July 2031", "1234567"] {
            assert_eq!(Expiry::read(text), None, "{text}");
        }
    }
}
