//! A news article of the usual size, with all that stands around one.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::Query;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use crate::shared::Shared;

#[derive(Deserialize)]
struct Size {
    #[serde(default = "forty")]
    paragraphs: u32,
}

fn forty() -> u32 {
    40
}

/// More paragraphs than this are not made, whatever is asked.
const MOST: u32 = 5_000;

const SENTENCES: [&str; 7] = [
    "The harbour was quiet when the first boats came back from the outer banks on Tuesday.",
    "According to the council, the new wall will be finished before the storms of next winter.",
    "\u{201c}We have waited eleven years for this,\u{201d} said Ines Keller, who runs the ferry with her brother.",
    "The cost, first put at four million, has grown to almost seven since the work began.",
    "Engineers found soft ground under the eastern pier and had to drive the piles twice as deep.",
    "Visitors will notice little of it: the promenade stays open, and the market moves by one street only.",
    "A decision about the lighthouse is expected in March, after the hearing of the heritage board.",
];

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/news", get(news))
}

async fn news(Query(size): Query<Size>) -> Html<String> {
    let mut article = String::new();
    for paragraph in 0..size.paragraphs.min(MOST) as usize {
        let text: Vec<&str> = (0..5)
            .map(|sentence| SENTENCES[(paragraph * 3 + sentence) % SENTENCES.len()])
            .collect();
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(article, "<p>{}</p>", text.join(" "));
        if paragraph % 8 == 7 {
            let _: std::fmt::Result = writeln!(
                article,
                "<h2>What happens next ({paragraph})</h2><aside class=\"ad\">Advertisement</aside>"
            );
        }
    }
    let links = |class: &str, count: usize| {
        (0..count).fold(String::new(), |mut links, number| {
            let _: std::fmt::Result = write!(
                links,
                "<li class=\"{class}-item\"><a class=\"{class}-link\" href=\"/article?from={class}&amp;number={number}\">\
                 {class} headline number {number}</a></li>"
            );
            links
        })
    };
    let style: String = (0..400).fold(String::new(), |mut style, number| {
        let _: std::fmt::Result =
            write!(style, ".c{number}{{margin:{number}px;color:#{number:03x}}}");
        style
    });
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Harbour wall to be finished by winter | The Daily</title>\
         <meta name=\"author\" content=\"Ruth Okafor\"><meta property=\"og:site_name\" content=\"The Daily\">\
         <link rel=\"stylesheet\" href=\"/style.css\"><style>{style}</style></head><body>\
         <header><a href=\"/\">The Daily</a><nav><ul>{}</ul></nav></header><main><article>\
         <h1>Harbour wall to be finished by winter</h1><p class=\"byline\">By Ruth Okafor, 12 March 2026</p>{article}</article>\
         <section class=\"related\"><h2>Related</h2><ul>{}</ul></section></main>\
         <aside><h2>Most read</h2><ul>{}</ul></aside><footer><ul>{}</ul></footer>\
         <script>document.querySelectorAll('.related-link').forEach(link => {{ link.dataset.seen = '1'; }});</script></body></html>",
        links("menu", 60),
        links("related", 40),
        links("popular", 40),
        links("footer", 80),
    ))
}
