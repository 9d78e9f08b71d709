//! What is taken for the content of pages of many kinds, beside what a person takes for it.
//!
//! Each page lies in `tests/main_content` with the true text beside it, which was made by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up shall fail"
)]

#[path = "support/scoring.rs"]
mod scoring;

use std::fs;
use std::path::Path;

use guise_extract::{Css, Options, page};
use scoring::{Score, plain};
use url::Url;

/// The least F1 of any page.
const FLOOR: f64 = 0.9;
/// The least mean.
const MEAN: f64 = 0.965;

fn main_content() -> Options {
    Options {
        only_main_content: true,
        ..Options::default()
    }
}

fn pages() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/main_content");
    let mut pages: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "html"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let html = fs::read_to_string(&path).unwrap();
            let truth = fs::read_to_string(path.with_extension("txt")).unwrap();
            (name, html, truth)
        })
        .collect();
    pages.sort();
    pages
}

#[test]
fn pages_of_many_kinds_are_read_as_a_person_would() {
    let base = Url::parse("https://site.example/section/page").unwrap();
    let pages = pages();
    assert!(pages.len() >= 60);
    let mut low = Vec::new();
    let mut sum = 0.0;
    let mut table = String::new();
    for (name, html, truth) in &pages {
        let markdown = page(html, &base, &main_content()).unwrap().markdown;
        let score = Score::of(truth, &plain(&markdown));
        sum += score.f1();
        table.push_str(&format!(
            "{name:24} {:.3}  precision {:.3}  recall {:.3}\n",
            score.f1(),
            score.precision(),
            score.recall()
        ));
        if score.f1() < FLOOR {
            low.push(format!(
                "{name}: {:.3}\n--- found\n{markdown}\n--- true\n{truth}\n",
                score.f1()
            ));
        }
    }
    let mean = sum / pages.len() as f64;
    println!("{table}mean {mean:.4}");
    assert!(
        low.is_empty(),
        "below {FLOOR}:\n{}\n{table}",
        low.join("\n")
    );
    assert!(mean >= MEAN, "the mean is {mean:.4}\n{table}");
}

fn read(html: &str) -> String {
    with(html, &main_content())
}

fn with(html: &str, options: &Options) -> String {
    let base = Url::parse("https://site.example/section/page").unwrap();
    page(html, &base, options).unwrap().markdown
}

/// Several sentences.
fn text(about: &str) -> String {
    format!("<p>{about} is what this is about, and it is told at some length so that nobody takes it for a caption. </p>").repeat(5)
}

#[test]
fn comments_are_content_where_there_is_little_else() {
    let comments = "<div class=comments><h2>Comments</h2><p>I have tried it and it works, though it took me a whole day.</p></div>";
    let article = format!(
        "<meta property=og:type content=article><h1>Lamps</h1>{}{comments}",
        text("A lamp")
    );
    assert!(!read(&article).contains("tried"));
    let link = format!("<h1>Lamps</h1><p>lamps.example</p>{comments}");
    assert!(read(&link).contains("tried"));
    let forum = format!(
        "<meta name=generator content='phpBB 3.3'><h1>Lamps</h1>{}{comments}",
        text("A lamp")
    );
    assert!(read(&forum).contains("tried"));
}

#[test]
fn what_asks_for_consent_is_never_content() {
    let question = format!(
        "<div id=onetrust-consent-sdk><h2>Your privacy</h2>{}</div>",
        text("Your privacy")
    );
    let page = format!("{question}<main><h1>Lamps</h1><p>A lamp gives light.</p></main>");
    assert_eq!(read(&page), "# Lamps\n\nA lamp gives light.");
}

#[test]
fn notes_are_content_and_asides_are_not() {
    let page = format!(
        "<main><h1>Lamps</h1>{}<aside class=note><p>Never touch a hot bulb.</p></aside><aside><a href=/1>More lamps</a></aside></main>\
         <aside><p>Our shop is open.</p></aside>",
        text("A lamp")
    );
    let found = read(&page);
    assert!(found.contains("hot bulb"));
    assert!(!found.contains("More lamps") && !found.contains("open"));
}

#[test]
fn a_page_of_nothing_but_navigation_is_that() {
    assert_eq!(
        read("<nav><ul><li><a href=/a>Lamps</a><li><a href=/b>Bulbs</a></ul></nav>"),
        "- [Lamps](https://site.example/a)\n- [Bulbs](https://site.example/b)"
    );
}

#[test]
fn words_in_classes_do_not_take_content_away() {
    let page = format!(
        "<div class='layout has-sidebar with-ad nav-fixed'><div class='story social-story'><h1>Lamps</h1>{}<div class='part ad-free'>{}</div></div></div>",
        text("A lamp"),
        text("A bulb")
    );
    assert_eq!(read(&page).matches("is what this is about").count(), 10);
}

#[test]
fn questions_on_buttons_and_states_stay() {
    let page = "<main><h1>Help</h1><h3><button>May I bring a dog to the hotel?</button></h3><p>Yes, and it gets a bowl of water.</p>\
        <button disabled>Sold out</button><button>Add to basket</button><input type=submit value=Send></main>";
    assert_eq!(
        read(page),
        "# Help\n\n### May I bring a dog to the hotel?\n\nYes, and it gets a bowl of water.\n\nSold out"
    );
}

#[test]
fn captions_come_with_their_pictures() {
    let page = format!(
        "<main><h1>Lamps</h1>{}<figure><img src=/l.jpg alt=Lamp><figcaption>A lamp of 1920</figcaption></figure>\
         <figure><table><tr><th>Lamp<th>Watt<tr><td>A<td>5</table><figcaption>Power</figcaption></figure></main>",
        text("A lamp")
    );
    let without = read(&page);
    assert!(!without.contains("1920") && without.contains("Power"));
    let pictures = Options {
        images: true,
        ..main_content()
    };
    assert!(
        with(&page, &pictures).contains("![Lamp](https://site.example/l.jpg)\n\nA lamp of 1920")
    );
}

#[test]
fn other_options_act_beside_it() {
    let page = format!(
        "<nav>menu</nav><main><h1>Lamps</h1>{}<section class=x><p>Left <a href=/x>out</a></p></section></main>",
        text("A <a href=b>lamp</a>")
    );
    let options = Options {
        links: false,
        ignored_tags: vec![Css::new(".x").unwrap()],
        ..main_content()
    };
    let found = with(&page, &options);
    assert!(
        found.contains("A lamp is what") && !found.contains("Left") && !found.contains("menu"),
        "{found}"
    );
    let named = Options {
        link_placeholders: true,
        ..main_content()
    };
    assert!(with(&page, &named).contains("A [lamp](link1) is what"));
}

/// Each took minutes if anything here grew with the square of the page.
#[test]
fn hostile_pages_take_their_share_of_time() {
    for piece in [
        "<span>share</span>",
        "<span>share this</span>",
        "<h2>Related articles</h2><ul><li><a href=/a>a</a></ul>",
        "<main><p>x</main>",
        "<div class=nav><header><h1>x</h1>",
        "<figure><figcaption>x</figcaption>",
        "<p><b></b>",
        "<div class='comments sidebar'>",
        "<div><p>share this",
    ] {
        let page = format!("<body>{}", piece.repeat(100_000 / piece.len()));
        with(&page, &main_content());
    }
}
