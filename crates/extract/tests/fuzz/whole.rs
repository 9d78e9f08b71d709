//! Pages that are made of known parts: nothing of them is lost, broken or added.

use guise_extract::{Options, page};
use proptest::prelude::*;
use url::Url;

use crate::cases;

#[derive(Debug, Clone)]
enum Block {
    Heading(u8, String),
    Text(String),
    Link { text: String, href: &'static str },
    List(Vec<String>),
    Table(Vec<Vec<String>>),
}

fn words() -> impl Strategy<Value = String> {
    "[a-z]{1,8}( [a-z]{1,8}){2,12}"
}

fn cell() -> impl Strategy<Value = String> {
    "[a-z0-9|*_`<&.-]{1,8}( [a-z|]{1,6})?"
}

fn block() -> impl Strategy<Value = Block> {
    let href = prop::sample::select(vec![
        "a",
        "/b?c=d",
        "../e",
        "#f",
        "?g",
        "//h.example/i",
        "https://j.example/",
        "k (l).html",
        "m%20n",
    ]);
    prop_oneof![
        (1_u8..5, words()).prop_map(|(level, text)| Block::Heading(level, text)),
        words().prop_map(Block::Text),
        (words(), href).prop_map(|(text, href)| Block::Link { text, href }),
        prop::collection::vec(words(), 1..5).prop_map(Block::List),
        (2_usize..5, 1_usize..5).prop_flat_map(|(columns, rows)| {
            prop::collection::vec(prop::collection::vec(cell(), columns), rows + 1)
                .prop_map(Block::Table)
        }),
    ]
}

fn html(blocks: &[Block]) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut out = String::from("<nav><a href=/>home</a></nav><main>");
    for block in blocks {
        out.push_str(&match block {
            Block::Heading(level, text) => format!("<h{level}>{text}</h{level}>"),
            Block::Text(text) => format!("<p>{text}</p>"),
            Block::Link { text, href } => format!("<p>see <a href=\"{href}\">{text}</a></p>"),
            Block::List(items) => {
                items
                    .iter()
                    .fold("<ul>".to_owned(), |list, item| format!("{list}<li>{item}"))
                    + "</ul>"
            }
            Block::Table(rows) => {
                let row = |tag: &str, cells: &[String]| {
                    cells.iter().fold("<tr>".to_owned(), |row, cell| {
                        format!("{row}<{tag}>{}</{tag}>", escaped(cell))
                    }) + "</tr>"
                };
                let mut table = format!("<table>{}", row("th", &rows[0]));
                rows[1..]
                    .iter()
                    .for_each(|cells| table.push_str(&row("td", cells)));
                table + "</table>"
            }
        });
    }
    out + "</main><footer>end</footer>"
}

/// The cells of a row of a Markdown table.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = line.trim_start_matches('|').chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => cells.last_mut().unwrap().extend(chars.next()),
            '|' => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells.pop();
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn pages_come_out_whole(blocks in prop::collection::vec(block(), 1..10)) {
        let base = Url::parse("https://site.example/dir/page").unwrap();
        let options = Options { only_main_content: true, ..Options::default() };
        let html = html(&blocks);
        let whole = page(&html, &base, &Options::default()).unwrap().markdown;
        let main = page(&html, &base, &options).unwrap().markdown;
        prop_assert!(!main.is_empty());

        for block in &blocks {
            match block {
                Block::Heading(level, text) => {
                    let line = format!("{} {text}", "#".repeat(usize::from(*level)));
                    prop_assert!(whole.lines().any(|it| it == line), "{line} is not in\n{whole}");
                }
                Block::Text(text) => prop_assert!(whole.lines().any(|it| it == text)),
                Block::Link { text, .. } => {
                    let at = whole.find(&format!("[{text}](")).map(|at| at + text.len() + 3);
                    let rest = at.and_then(|at| whole.get(at..)).unwrap_or_default();
                    let target = rest.split([')', ' ', '\n']).next().unwrap_or_default();
                    prop_assert!(Url::parse(target).is_ok(), "{target} is not absolute");
                }
                Block::List(items) => {
                    for item in items {
                        prop_assert!(whole.lines().any(|it| it.strip_prefix("- ") == Some(item)));
                    }
                }
                Block::Table(rows) => {
                    for row in rows {
                        let found = whole.lines().filter(|line| line.starts_with('|')).any(|line| cells(line) == *row);
                        prop_assert!(found, "{row:?} is not in\n{whole}");
                    }
                }
            }
        }
    }
}
