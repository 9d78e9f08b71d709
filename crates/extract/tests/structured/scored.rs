//! The score over all pages: no wrong value, and few that are missed.

use guise_extract::{Frame, Options, structured};
use serde_json::Value;
use url::Url;

use crate::support::{cases, is_same, leaves};

/// So much of what pages state is found at least.
const RECALL: f64 = 0.98;

#[test]
fn nothing_wrong_is_found_and_little_is_missed() {
    let cases = cases();
    assert!(cases.len() >= 30, "only {} pages", cases.len());
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for case in &cases {
        let url = Url::parse(&case.url).unwrap();
        let part = Frame {
            url: &url,
            html: &case.html,
        };
        let found = structured(&[part], &case.schema, &Options::default());
        let data = found
            .data
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let (data, truth) = (leaves(&data), leaves(&case.truth));
        for (at, value) in &data {
            match truth.get(at) {
                Some(true_value) if is_same(value, true_value) => right += 1,
                other => wrong.push(format!("{} {at}: {value}, not {other:?}", case.name)),
            }
            assert!(
                found.sources.contains_key(at),
                "{} {at} has no source",
                case.name
            );
        }
        assert_eq!(data.len(), found.sources.len(), "{}", case.name);
        for (at, value) in truth.iter().filter(|(at, _)| !data.contains_key(*at)) {
            missed.push(format!("{} {at}: {value}", case.name));
        }
    }
    let (total, wrong_ones) = (right + missed.len(), wrong.len());
    let recall = right as f64 / total as f64;
    println!(
        "{} pages: {right} right, {wrong_ones} wrong, recall {recall:.3}",
        cases.len()
    );
    println!("missed:\n{}", missed.join("\n"));
    assert!(wrong.is_empty(), "wrong:\n{}", wrong.join("\n"));
    assert!(
        recall >= RECALL,
        "recall {recall:.3}; missed:\n{}",
        missed.join("\n")
    );
}
