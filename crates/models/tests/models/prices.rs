//! What models cost.

use guise_core::ModelUsage;
use guise_models::{Price, Prices};

fn usage(input_tokens: u64, cached_tokens: u64, output_tokens: u64) -> ModelUsage {
    ModelUsage {
        input_tokens,
        cached_tokens,
        output_tokens,
        cost_micros: None,
    }
}

#[test]
fn prices_are_read() {
    let prices: Prices =
        "openai/gpt-x=0.15/0.60, vertex_ai/gemini-x = 1.25/0.125/10 ,openrouter/a/b:free=0/0,"
            .parse()
            .unwrap();
    assert_eq!(prices.len(), 3);
    let price = |input, cached, output| {
        Some(Price {
            input,
            cached,
            output,
        })
    };
    assert_eq!(
        prices.of("openai/gpt-x").copied(),
        price(150_000, 150_000, 600_000)
    );
    assert_eq!(
        prices.of("gemini/gemini-x").copied(),
        price(1_250_000, 125_000, 10_000_000)
    );
    assert_eq!(prices.of("openrouter/a/b:free").copied(), price(0, 0, 0));
    assert_eq!(prices.of("openai/gpt-y"), None);
    assert!("".parse::<Prices>().unwrap().is_empty());
}

#[test]
fn what_is_no_price_is_said_with_its_form() {
    let cases = [
        (
            "openai/gpt-x",
            "\"openai/gpt-x\" is no price: expected provider/model=input/output",
        ),
        ("openai/gpt-x=1", "such as openai/gpt-4o=2.50/1.25/10"),
        ("openai/gpt-x=1/2/3/4", "is no price"),
        ("openai/gpt-x=-1/2", "is no price"),
        ("openai/gpt-x=1/2e3", "is no price"),
        ("openai/gpt-x=1./2", "is no price"),
        ("openai/gpt-x=.5/2", "is no price"),
        ("openai/gpt-x=0.1234567/2", "at most 6 decimal places"),
        ("openai/gpt-x=1234567/2", "is no price"),
        ("openai/gpt-x=NaN/2", "is no price"),
        ("gpt-x=1/2", "\"gpt-x\" names no model"),
        ("acme/one=1/2", "\"acme/one=1/2\" is of no known provider"),
        ("openai/a=1/2,openai/a=1/3", "second price"),
        ("google/a=1/2,gemini/a=1/3", "second price"),
    ];
    for (text, expected) in cases {
        let problem = text.parse::<Prices>().unwrap_err();
        assert!(problem.contains(expected), "{text}: {problem}");
    }
}

#[test]
fn a_price_is_that_of_all_tokens() {
    let price = Price {
        input: 3_000_000,
        cached: 300_000,
        output: 15_000_000,
    };
    assert_eq!(price.of(&usage(1000, 0, 100)), 3000 + 1500);
    assert_eq!(price.of(&usage(1000, 600, 100)), 1200 + 180 + 1500);
    // More from the cache than there was.
    assert_eq!(price.of(&usage(10, 600, 0)), 3);
    assert_eq!(price.of(&usage(0, 0, 0)), 0);
    let cheap = Price {
        input: 1,
        cached: 1,
        output: 0,
    };
    assert_eq!(cheap.of(&usage(499_999, 0, 7)), 0);
    assert_eq!(cheap.of(&usage(500_000, 0, 7)), 1);
    let dear = Price {
        input: u64::MAX,
        cached: u64::MAX,
        output: u64::MAX,
    };
    assert_eq!(dear.of(&usage(u64::MAX, 1, u64::MAX)), u64::MAX);
}
