//! Numbers that nobody has.

use async_trait::async_trait;
use guise_core::ports::{BoughtNumber, PhoneProvider, PhoneWish};
use guise_core::{Error, Kind, PhoneNumber, Result};
use rand::Rng;
use tokio::time::Instant;

use crate::area_codes::{CANADA, UNITED_STATES};

/// Lines 555-0100 to 555-0199 of every area code are for fiction: they are never given to anybody (ATIS-0300115, the
/// industry's guidelines for 555 numbers).
const LINES: u32 = 100;

/// Makes numbers up: `+1`, an area code, `555-01` and two digits.
///
/// It needs no account and no network, and there are some 27,000. Nothing is kept here: a number is free unless the
/// wish says that it is taken, and there is nothing to release.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loopback;

#[async_trait]
impl PhoneProvider for Loopback {
    fn name(&self) -> &'static str {
        "loopback"
    }

    async fn buy(&self, wish: &PhoneWish, _deadline: Instant) -> Result<BoughtNumber> {
        let codes = area_codes(wish)?;
        let all = u32::try_from(codes.len()).unwrap_or(u32::MAX) * LINES;
        let first = rand::rng().random_range(0..all);
        (0..all)
            .filter_map(|step| number(&codes, (first + step) % all))
            .find(|number| !wish.taken.contains(number))
            .map(|number| BoughtNumber {
                provider_id: number.to_string(),
                number,
            })
            .ok_or_else(|| {
                Error::refused(format!(
                    "all {all} made-up numbers of {} are in use: release some, or ask for another area code",
                    wish.area_code.as_deref().unwrap_or(wish.country.as_str())
                ))
            })
    }

    async fn release(&self, _number: &BoughtNumber, _deadline: Instant) -> Result<()> {
        Ok(())
    }
}

fn number(codes: &[u16], index: u32) -> Option<PhoneNumber> {
    let code = codes.get(usize::try_from(index / LINES).ok()?)?;
    format!("+1{code}55501{:02}", index % LINES).parse().ok()
}

/// The area codes that fit the wish.
fn area_codes(wish: &PhoneWish) -> Result<Vec<u16>> {
    let codes = match wish.country.as_str() {
        "US" => UNITED_STATES,
        "CA" => CANADA,
        other => {
            return Err(Error::refused(format!(
                "there are no made-up numbers for {other}: expected US or CA, or a provider of real numbers"
            )));
        }
    };
    let Some(wanted) = &wish.area_code else {
        return Ok(codes.to_vec());
    };
    codes
        .iter()
        .find(|code| code.to_string() == *wanted)
        .map(|code| vec![*code])
        .ok_or_else(|| {
            Error::new(
                Kind::Refused,
                format!(
                    "there is no area code {wanted:?} in {}: expected three digits, such as {}",
                    wish.country, codes[0]
                ),
            )
        })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn wish(country: &str) -> PhoneWish {
        PhoneWish {
            country: country.parse().unwrap(),
            area_code: None,
            taken: HashSet::new(),
        }
    }

    async fn buy(wish: &PhoneWish) -> Result<BoughtNumber> {
        Loopback.buy(wish, Instant::now()).await
    }

    fn is_for_fiction(number: &PhoneNumber) -> bool {
        let digits = number.as_str();
        digits.len() == 12 && digits.starts_with("+1") && &digits[5..10] == "55501"
    }

    #[tokio::test]
    async fn numbers_are_for_fiction_and_never_given_twice() {
        let mut wish = wish("US");
        for _ in 0..2000 {
            let bought = buy(&wish).await.unwrap();
            assert!(is_for_fiction(&bought.number), "{bought:?}");
            Loopback.release(&bought, Instant::now()).await.unwrap();
            assert!(wish.taken.insert(bought.number));
        }
    }

    #[tokio::test]
    async fn an_area_code_has_a_hundred_numbers() {
        let mut wish = wish("CA");
        wish.area_code = Some("604".to_owned());
        for _ in 0..100 {
            let number = buy(&wish).await.unwrap().number;
            assert!(number.as_str().starts_with("+160455501"), "{number}");
            assert!(wish.taken.insert(number));
        }
        let error = buy(&wish).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains("all 100"), "{error}");
    }

    #[tokio::test]
    async fn what_is_not_there_is_refused_by_name() {
        let error = buy(&wish("GB")).await.unwrap_err();
        assert!(error.message().contains("GB"), "{error}");
        let mut nowhere = wish("US");
        for code in ["999", "0", "2x2", ""] {
            nowhere.area_code = Some(code.to_owned());
            assert_eq!(buy(&nowhere).await.unwrap_err().kind(), Kind::Refused);
        }
    }

    #[test]
    fn area_codes_are_in_order_and_of_one_country() {
        for codes in [UNITED_STATES, CANADA] {
            assert!(codes.is_sorted_by(|one, two| one < two));
            // No area code has a 9 in the middle, nor begins with 0 or 1 (NANP numbering plan, "N9X" codes are for
            // expansion).
            assert!(
                codes
                    .iter()
                    .all(|code| (200..1000).contains(code) && code / 10 % 10 != 9)
            );
        }
        assert!(UNITED_STATES.iter().all(|code| !CANADA.contains(code)));
        assert!(UNITED_STATES.len() > 250);
    }
}
