//! How well and how fast main content is found.
//!
//! `cargo run --release -p guise-extract --example article_benchmark` reads our own pages in `tests/main_content`. With
//! `ARTICLE_BENCH` it reads a checkout of Scrapinghub's article extraction benchmark instead (`ground-truth.json`,
//! `html/*.html.gz`), scored as its `evaluate.py` does. The first argument `json` prints one line of JSON.
//!
//! That benchmark's truth is the body of an article without its headline, so a first line that is the main heading is left
//! out there.

#![expect(clippy::print_stdout, reason = "a program that is run to be read")]

#[path = "../tests/support/scoring.rs"]
mod scoring;

use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::read::GzDecoder;
use guise_extract::{Options, document};
use scoring::{Score, f1, plain};
use serde_json::{Value, json};
use url::Url;

/// How often all pages are read; of each page the quickest time counts.
const PASSES: usize = 3;

struct Case {
    url: Url,
    html: Vec<u8>,
    truth: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let checkout = std::env::var_os("ARTICLE_BENCH").map(PathBuf::from);
    let has_headline = checkout.is_none();
    let cases = match &checkout {
        Some(folder) => benchmark(folder)?,
        None => ours(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/main_content"))?,
    };
    let options = Options {
        only_main_content: true,
        links: false,
        ..Options::default()
    };
    let read = |case: &Case| {
        document(&case.html, Some("text/html"), &case.url, &options)
            .map(|page| page.markdown)
            .unwrap_or_default()
    };

    let scores: Vec<Score> = cases
        .iter()
        .map(|case| {
            let markdown = read(case);
            let body = match markdown.split_once('\n') {
                Some((first, rest)) if !has_headline && first.starts_with("# ") => rest,
                _ => &markdown,
            };
            Score::of(&case.truth, &plain(body))
        })
        .collect();
    let mean = |part: fn(Score) -> f64| {
        scores.iter().copied().map(part).sum::<f64>() / scores.len().max(1) as f64
    };
    let (precision, recall) = (mean(Score::precision), mean(Score::recall));

    // Per page the quickest of all passes, in seconds.
    let mut times = vec![f64::INFINITY; cases.len()];
    for _ in 0..PASSES {
        for (case, time) in cases.iter().zip(&mut times) {
            let began = Instant::now();
            black_box(read(case));
            *time = time.min(began.elapsed().as_secs_f64());
        }
    }
    let total: f64 = times.iter().sum();
    times.sort_by(f64::total_cmp);
    let milliseconds = |part: f64| {
        let place = (times.len() as f64 * part) as usize;
        times
            .get(place)
            .or(times.last())
            .map_or(0.0, |time| rounded(time * 1e3))
    };
    let bytes: usize = cases.iter().map(|case| case.html.len()).sum();
    let figures = json!({
        "pages": cases.len(),
        "f1": rounded(f1(precision, recall)),
        "f1_of_pages": rounded(mean(Score::f1)),
        "precision": rounded(precision),
        "recall": rounded(recall),
        "pages_per_core_second": (cases.len() as f64 / total).round(),
        "megabytes_per_core_second": (bytes as f64 / 1e5 / total).round() / 10.0,
        "page_ms": { "runs": cases.len(), "p50": milliseconds(0.5), "p95": milliseconds(0.95), "p99": milliseconds(0.99) },
    });
    if std::env::args().nth(1).as_deref() == Some("json") {
        println!("{figures}");
    } else {
        println!("{figures:#}");
    }
    Ok(())
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn benchmark(folder: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    let truth: Value = serde_json::from_reader(File::open(folder.join("ground-truth.json"))?)?;
    let truth = truth
        .as_object()
        .ok_or("ground-truth.json holds no object")?;
    truth
        .iter()
        .map(|(id, known)| {
            let mut html = Vec::new();
            GzDecoder::new(File::open(folder.join(format!("html/{id}.html.gz")))?)
                .read_to_end(&mut html)?;
            let text = |member: &str| {
                known
                    .get(member)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            Ok(Case {
                url: Url::parse(text("url")).or_else(|_| Url::parse("https://site.example/"))?,
                html,
                truth: text("articleBody").to_owned(),
            })
        })
        .collect()
}

fn ours(folder: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "html") {
            cases.push(Case {
                url: Url::parse("https://site.example/section/page")?,
                html: fs::read(&path)?,
                truth: fs::read_to_string(path.with_extension("txt"))?,
            });
        }
    }
    Ok(cases)
}
