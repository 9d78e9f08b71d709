//! Markup and the exact Markdown for it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up shall fail"
)]

use guise_extract::{Css, Error, Frame, Options, Placeholder, Selector, frames, page};
use rstest::rstest;
use url::Url;

fn base() -> Url {
    Url::parse("https://shop.example/dir/page").unwrap()
}

fn markdown(html: &str) -> String {
    with(
        html,
        &Options {
            images: true,
            ..Options::default()
        },
    )
}

fn with(html: &str, options: &Options) -> String {
    page(html, &base(), options).unwrap().markdown
}

#[rstest]
#[case::empty("", "")]
#[case::words("<p>one\n  two\t&nbsp; three</p>", "one two three")]
#[case::paragraphs("<p>a<p>b", "a\n\nb")]
#[case::blocks("<div>a<div>b</div>c</div>", "a\n\nb\n\nc")]
#[case::inline_space("<span>a</span> <span>b</span><span>c</span>", "a bc")]
#[case::invisible("a\u{200b}b&shy;c", "abc")]
#[case::line_break("a<br>b", "a  \nb")]
#[case::two_breaks("a<br><br>b<br>", "a\n\nb")]
#[case::rule("a<hr>b", "a\n\n---\n\nb")]
#[case::custom_elements("<x-a>one</x-a><x-b>two</x-b>", "one two")]
#[case::styled_block("<span style='display:block'>a</span><span>b</span>", "a\n\nb")]
#[case::buttons("<button>Save</button><button>Cancel</button>", "Save Cancel")]
fn text_and_space(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("<b>x</b>", "**x**")]
#[case("a<b> x </b>c", "a **x** c")]
#[case("<b>a</b><b>b</b> <b>c</b>", "**ab c**")]
#[case("<b></b>a<i> </i>b", "a b")]
#[case("<b><strong>x</strong></b>", "**x**")]
#[case("<b>a <i>b</i></b>", "**a *b***")]
#[case("<b><p>a</p><p>b</p></b>c", "**a**\n\n**b**\n\nc")]
#[case("<del>old</del> <s>x</s> <ins>new</ins>", "~~old x~~ new")]
#[case("x<sup>2</sup> H<sub>2</sub>O", "x<sup>2</sup> H<sub>2</sub>O")]
#[case("<q>hi</q>", "\u{201c}hi\u{201d}")]
#[case("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)")]
fn emphasis(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("<h1>A</h1><h3>B <b>c</b></h3>", "# A\n\n### B **c**")]
#[case("<h2><div>a</div><div>b</div></h2>x", "## a b\n\nx")]
#[case("<h2>a<br>b</h2>", "## a b")]
#[case("<h2></h2>a", "a")]
#[case("<h2>C #</h2>", "## C \\#")]
#[case("<h2>T<a href='#t' class=anchor>#</a></h2>", "## T")]
#[case("<h2>T<a href='#t' aria-hidden=true>link</a></h2>", "## T")]
fn headings(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case::plain("<ul><li>a<li>b</ul>", "- a\n- b")]
#[case::nested(
    "<ul><li>a<ul><li>b<ul><li>c</ul></ul><li>d</ul>",
    "- a\n  - b\n    - c\n- d"
)]
#[case::start("<ol start=9><li>a<li>b<li value=20>c</ol>", "9. a\n10. b\n20. c")]
#[case::mixed("<ol><li>a<ul><li>b</ul></ol>", "1. a\n   - b")]
#[case::paragraphs("<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n\n  b\n- c")]
#[case::between("<p>x</p><ul><li>a</ul><p>y</p>", "x\n\n- a\n\ny")]
#[case::empty_items("<ul><li></li><li>a</li><li> </li></ul>", "- a")]
#[case::list_in_list("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c")]
#[case::tasks(
    "<ul><li><input type=checkbox checked> done<li><input type=checkbox> open</ul>",
    "- [x] done\n- [ ] open"
)]
#[case::code_in_item("<ul><li>a<pre>x\ny</pre></ul>", "- a\n\n  ```\n  x\n  y\n  ```")]
#[case::no_list("<li>a</li>", "- a")]
#[case::definitions(
    "<dl><dt>T<dd>one<dd>two<dt>U<dd>three</dl>",
    "**T**\n: one\n: two\n\n**U**\n: three"
)]
#[case::details(
    "<details><summary>More</summary><p>text</p></details>",
    "**More**\n\ntext"
)]
fn lists(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc")]
#[case(
    "<blockquote>a<blockquote>b</blockquote></blockquote>",
    "> a\n>\n> > b"
)]
#[case("<blockquote><ul><li>a<li>b</ul></blockquote>", "> - a\n> - b")]
#[case("<ul><li><blockquote>q</blockquote>x</ul>", "- > q\n\n  x")]
fn quotes(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case::plain("<pre>a\n  b</pre>", "```\na\n  b\n```")]
#[case::language(
    "<pre><code class='language-rust'>fn x() {}\n</code></pre>",
    "```rust\nfn x() {}\n```"
)]
#[case::highlighted("<pre><code class='hljs python'>x</code></pre>", "```python\nx\n```")]
#[case::data_lang("<pre data-lang=js>x</pre>", "```js\nx\n```")]
#[case::around(
    "<div class='highlight highlight-source-shell'><pre>ls</pre></div>",
    "```shell\nls\n```"
)]
#[case::fence("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````")]
#[case::breaks("<pre>a<br>b <b>c</b></pre>", "```\na\nb c\n```")]
#[case::empty("<pre> \n</pre>x", "x")]
#[case::span("use <code>a  *b*</code> now", "use `a *b*` now")]
#[case::backticks("<code>a`b</code> <code>`</code>", "``a`b`` `` ` ``")]
#[case::link_in_code(
    "<code>f(<a href='/T'>T</a>)</code>",
    "`f(`[`T`](https://shop.example/T)`)`"
)]
fn code(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case::relative("<a href=x?a=1>t</a>", "[t](https://shop.example/dir/x?a=1)")]
#[case::space("a<a href=/x> t </a>b", "a [t](https://shop.example/x) b")]
#[case::script(
    "<a href='javascript:void(0)'>t</a> <a href=' JavaScript:x'>u</a> <a href='#'>v</a>",
    "t u v"
)]
#[case::inline_data("<a href='data:text/html,x'>t</a>", "t")]
#[case::mail("<a href='mailto:a@b.c'>t</a>", "[t](mailto:a@b.c)")]
#[case::empty("a<a href=/x></a>b", "ab")]
#[case::label(
    "<a href=/x aria-label='Cart'><svg><title>c</title></svg></a>",
    "[Cart](https://shop.example/x)"
)]
#[case::brackets("<a href='/x)y'>a]b</a>", "[a\\]b](https://shop.example/x%29y)")]
#[case::card(
    "<a href=/x><h3>T</h3><p>d</p></a>e",
    "### [T](https://shop.example/x)\n\nd\n\ne"
)]
#[case::card_with_image(
    "<a href=/x><div><img src=/i.png alt=i></div><h3>T</h3><p>d</p></a>",
    "[![i](https://shop.example/i.png)](https://shop.example/x)\n\n### [T](https://shop.example/x)\n\nd"
)]
#[case::bold("<b><a href=/x>t</a></b>", "**[t](https://shop.example/x)**")]
#[case::bold_inside("<a href=/x><b>t</b></a>", "[**t**](https://shop.example/x)")]
#[case::exclamation("hi!<a href=/x>t</a>", "hi\\![t](https://shop.example/x)")]
#[case::no_address("<a name=x>t</a>", "t")]
#[case::base(
    "<base href='https://cdn.example/b/'><a href=x>t</a>",
    "[t](https://cdn.example/b/x)"
)]
fn links(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case(
    "<img src=a.png alt='A [b]'>",
    "![A \\[b\\]](https://shop.example/dir/a.png)"
)]
#[case(
    "<img src='data:image/gif;base64,R0' data-src=/lazy.png alt=x>",
    "![x](https://shop.example/lazy.png)"
)]
#[case("<img src='data:image/gif;base64,R0' alt='only text'>", "only text")]
#[case(
    "<img srcset='/s.png 1x, /l.png 2x' alt=x>",
    "![x](https://shop.example/l.png)"
)]
#[case(
    "<picture><source srcset='/p.webp'><img alt=x></picture>",
    "![x](https://shop.example/p.webp)"
)]
#[case(
    "<a href=/x><img src=/i.png alt=i></a>",
    "[![i](https://shop.example/i.png)](https://shop.example/x)"
)]
#[case("<img class=emoji src=/e.png alt='😀'>", "😀")]
fn pictures(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[test]
fn links_and_images_can_be_left_out() {
    let html =
        "<a href=/x><b>t</b></a> <a href=/y><img src=/i.png alt=icon></a> <img src=/z.png alt=z>";
    let none = Options {
        links: false,
        ..Options::default()
    };
    assert_eq!(with(html, &none), "**t**");
    assert_eq!(
        with(html, &Options::default()),
        "[**t**](https://shop.example/x) [icon](https://shop.example/y)"
    );
    assert_eq!(page(html, &base(), &none).unwrap().links.len(), 2);
}

#[rstest]
#[case::header(
    "<table><tr><th>A<th>B<tr><td>1<td>2</table>",
    "| A | B |\n| --- | --- |\n| 1 | 2 |"
)]
#[case::no_header(
    "<table><tr><td>1<td>2<tr><td>3<td></table>",
    "| | |\n| --- | --- |\n| 1 | 2 |\n| 3 | |"
)]
#[case::pipes(
    "<table><tr><th>A|B<th><code>c|d</code></table>",
    "| A\\|B | `c\\|d` |\n| --- | --- |"
)]
#[case::spans(
    "<table><tr><th colspan=2>A<th>B<tr><td rowspan=2>1<td>2<td>3<tr><td>4<td>5</table>",
    "| A | A | B |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 1 | 4 | 5 |"
)]
#[case::blocks_in_cells(
    "<table><tr><th>A<th>B<tr><td><p>x</p><p>y</p><td><ul><li>a<li>b</ul></table>",
    "| A | B |\n| --- | --- |\n| x<br>y | - a<br>- b |"
)]
#[case::caption(
    "<table><caption>Prices</caption><tr><th>A<tr><td>1</table>",
    "Prices\n\n| A |\n| --- |\n| 1 |"
)]
#[case::nested(
    "<table><tr><th>A<th>B<tr><td>1<td><table><tr><td>x<td>y<tr><td>z</table></table>",
    "| A | B |\n| --- | --- |\n| 1 | x y<br>z |"
)]
#[case::layout("<table><tr><td><h2>A</h2><p>x<td>side</table>", "## A\n\nx\n\nside")]
#[case::layout_role("<table role=presentation><tr><td>a<td>b<tr><td>c</table>", "a b\n\nc")]
#[case::layout_nested(
    "<table><tr><td><table><tr><td>a<td>b</table></table>",
    "| | |\n| --- | --- |\n| a | b |"
)]
#[case::in_list(
    "<ul><li>t<table><tr><th>A<th>B</table></ul>",
    "- t\n\n  | A | B |\n  | --- | --- |"
)]
#[case::row_header(
    "<table><tr><th>A<td>1<tr><th>B<td>2</table>",
    "| | |\n| --- | --- |\n| A | 1 |\n| B | 2 |"
)]
#[case::rows_and_columns(
    "<table><tr><th rowspan=2>A<th colspan=2>B<tr><th>C<th>D<tr><td>1<td rowspan=2>2<td>3<tr><td colspan=1>4<td>5</table>",
    "| A | B | B |\n| --- | --- | --- |\n| A | C | D |\n| 1 | 2 | 3 |\n| 4 | 2 | 5 |"
)]
#[case::beyond_the_end(
    "<table><tr><th>A<th>B<tr><td rowspan=9>1<td colspan=3>2</table>",
    "| A | B | | |\n| --- | --- | --- | --- |\n| 1 | 2 | 2 | 2 |"
)]
#[case::code_with_line_numbers(
    "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre><td class=code><pre data-lang=py>a\nb</pre></table>",
    "```py\na\nb\n```"
)]
#[case::break_in_cell("<table><tr><th>A<br>b<th>C</table>", "| A<br>b | C |\n| --- | --- |")]
fn tables(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("<p hidden>x</p>a")]
#[case("<p style='color:red; display: none'>x</p>a")]
#[case("<p style='visibility:hidden'>x<b>y</b></p>a")]
#[case("<template><p>x</p></template>a")]
#[case("<script>x</script><style>y</style><noscript><p>z</p></noscript>a")]
#[case("<dialog>x</dialog>a")]
#[case("<svg><text>x</text></svg>a")]
#[case("<head><title>t</title></head><body>a")]
#[case("<!-- x -->a")]
#[case("<iframe src=x>fallback</iframe>a")]
fn what_is_not_seen_is_left_out(#[case] html: &str) {
    assert_eq!(markdown(html), "a");
}

#[rstest]
#[case("<div aria-hidden=true>a</div>", "a")]
#[case("<dialog open>a</dialog>", "a")]
#[case("<div aria-hidden=false>a</div>", "a")]
#[case(
    "<x-a><template shadowrootmode=open><slot></slot></template>a</x-a>",
    "a"
)]
fn what_is_seen_stays(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("<label>Name <input value='Ada'></label>", "Name Ada")]
#[case("<input type=password value=hunter2>", "")]
#[case("<input type=hidden value=x><input type=file value=x>", "")]
#[case(
    "<input name=otp_code value=123456><input autocomplete=cc-number value=4111>",
    ""
)]
#[case("<input type=submit value='Buy now'>", "Buy now")]
#[case(
    "<label><input type=radio checked>A</label><label><input type=radio>B</label>",
    "(x) A ( ) B"
)]
#[case(
    "<select><option>S<option selected>M<option>L</select>",
    "S / **M** / L"
)]
#[case("<textarea>a\nb</textarea>", "a b")]
fn controls(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("1. not a list", "1\\. not a list")]
#[case("- not a list", "\\- not a list")]
#[case("a<br># b", "a  \n\\# b")]
#[case("a # b - c", "a # b - c")]
#[case("2 &lt; 3 &amp;&amp; x &lt;b&gt;", "2 < 3 && x \\<b>")]
fn text_is_not_taken_for_markdown(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected);
}

#[rstest]
#[case("</p></div></b>a<", "\n\na<")]
#[case("<b>x<i>a</b> b</i>", "**x*a*** *b*")]
#[case("<table>x<tr><td>a</table>", "x\n\na")]
#[case("<p>a<div>b</p>c", "a\n\nb\n\nc")]
#[case(
    "<a href=/x>a<a href=/y>b",
    "[a](https://shop.example/x)[b](https://shop.example/y)"
)]
#[case("<ul><li><b>a</ul>c", "- **a**\n\n**c**")]
fn broken_markup(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(markdown(html), expected.trim_start());
}

#[test]
fn deep_markup_keeps_its_text() {
    let html = format!(
        "{}deep{}",
        "<div><b><ul><li>".repeat(10_000),
        "</li></ul></b></div>".repeat(10_000)
    );
    assert!(markdown(&html).ends_with("**deep**"));
    let tables = "<table><tr><td>".repeat(10_000);
    assert_eq!(markdown(&format!("{tables}deep")), "deep");
    let quotes = "<blockquote>".repeat(10_000);
    assert_eq!(markdown(&format!("{quotes}deep")).len(), 24 * 2 + 4);
}

#[test]
fn sloppy_but_honest_pages_stay_whole() {
    let html = "<p><a name=x><b>word</b> <font color=red>and".repeat(5_000);
    let page = page(&html, &base(), &Options::default()).unwrap();
    assert!(!page.truncated);
    assert_eq!(page.markdown.matches("word").count(), 5_000);
}

#[test]
fn spans_do_not_blow_up() {
    let row = format!(
        "<tr>{}</tr>",
        "<td colspan=1000 rowspan=65534>x</td>".repeat(1_000)
    );
    let html = format!(
        "<table>{row}{}</table>",
        "<tr><td>y</td></tr>".repeat(20_000)
    );
    assert!(markdown(&html).len() < 40 * html.len());
}

#[test]
fn placeholders_stand_for_addresses() {
    let html = "<a href=/a>a</a> <a href=/b>b</a> <a href=/a>again</a> <img src=/i.png alt=i>";
    let options = Options {
        images: true,
        link_placeholders: true,
        ..Options::default()
    };
    let page = page(html, &base(), &options).unwrap();
    assert_eq!(
        page.markdown,
        "[a](link1) [b](link2) [again](link1) ![i](image1)"
    );
    let named = |name: &str, url: &str| Placeholder {
        name: name.into(),
        url: url.into(),
    };
    assert_eq!(
        page.placeholders,
        [
            named("link1", "https://shop.example/a"),
            named("link2", "https://shop.example/b"),
            named("image1", "https://shop.example/i.png")
        ]
    );
}

#[test]
fn selectors_scope_and_ignored_tags_drop() {
    let html = "<nav>n</nav><div class=a>one<p class=a>two</p><nav>m</nav></div><p>x</p><div class=a>three</div>";
    let scoped = Options {
        selector: Some(Selector::new(".a").unwrap()),
        ..Options::default()
    };
    assert_eq!(with(html, &scoped), "one\n\ntwo\n\nm\n\nthree");
    let main = Options {
        only_main_content: true,
        ..scoped.clone()
    };
    assert_eq!(with(html, &main), "one\n\ntwo\n\nthree");
    let dropped = Options {
        ignored_tags: vec![Css::new("nav").unwrap(), Css::new(".a").unwrap()],
        ..Options::default()
    };
    assert_eq!(with(html, &dropped), "x");
    let none = Options {
        selector: Some(Selector::new("#no").unwrap()),
        ..Options::default()
    };
    assert_eq!(
        page(html, &base(), &none),
        Err(Error::NoMatch {
            selector: "#no".into()
        })
    );
}

#[test]
fn selectors_are_css_or_xpath() {
    let html = "<nav>n</nav><ul><li>one<li class=a>two<li>three</ul><h1>End</h1>";
    for (selector, expected) in [
        ("//li[@class='a']/following-sibling::li", "- three"),
        ("(//li)[last()]", "- three"),
        ("xpath=/html/body/h1", "# End"),
        ("//LI[contains(., 'tw')] | //h1", "- two\n\n# End"),
        ("h1", "# End"),
    ] {
        let options = Options {
            selector: Some(Selector::new(selector).unwrap()),
            ..Options::default()
        };
        assert_eq!(with(html, &options), expected, "{selector}");
    }
    let none = Options {
        selector: Some(Selector::new("//h2").unwrap()),
        ..Options::default()
    };
    let selector = "//h2".to_owned();
    assert_eq!(page(html, &base(), &none), Err(Error::NoMatch { selector }));
    let wrong = Selector::new("//h2[").unwrap_err().to_string();
    assert!(
        wrong.contains("`//h2[` is not an XPath") && wrong.contains("character 6"),
        "{wrong}"
    );
    let endless = "//*[//*[//*[//*[//*[//*]]]]]";
    let wide = "<p>x".repeat(3_000);
    let options = Options {
        selector: Some(Selector::new(endless).unwrap()),
        ..Options::default()
    };
    let selector = endless.to_owned();
    assert_eq!(
        page(&wide, &base(), &options),
        Err(Error::TooMuch { selector })
    );
}

#[test]
fn what_is_ignored_is_inside_what_is_chosen() {
    let html = "<nav><div class=a>one<nav>two</nav><p>three</p></div></nav><nav class=b>four<nav>five</nav></nav>";
    for (selector, expected) in [
        (".a", "one\n\nthree"),
        ("//div", "one\n\nthree"),
        (".b", "four"),
        ("nav p", "three"),
    ] {
        let options = Options {
            selector: Some(Selector::new(selector).unwrap()),
            ignored_tags: vec![Css::new("nav").unwrap()],
            ..Options::default()
        };
        assert_eq!(with(html, &options), expected, "{selector}");
        let main = Options {
            ignored_tags: Vec::new(),
            only_main_content: true,
            ..options
        };
        assert_eq!(with(html, &main), expected, "{selector}");
    }
}

#[test]
fn chosen_parts_of_tables_stay_tables() {
    let html = "<table><thead><tr><th>Lamp<th>Price<tbody><tr><td>Desk<td>10<tr><td>Floor<td>25</table>\
        <p>and</p><table><tr><td>Other<td>1</table>";
    let rows = "| | |\n| --- | --- |\n| Desk | 10 |\n| Floor | 25 |";
    let head = "| Lamp | Price |\n| --- | --- |\n| Desk | 10 |\n| Floor | 25 |";
    let other = "| | |\n| --- | --- |\n| Other | 1 |";
    for (selector, expected) in [
        ("tbody:has(+ tbody), thead + tbody", rows.to_owned()),
        ("thead + tbody > tr", rows.to_owned()),
        ("thead + tbody td", rows.to_owned()),
        ("tr", format!("{head}\n\n{other}")),
        ("thead, tbody, p", format!("{head}\n\nand\n\n{other}")),
    ] {
        let options = Options {
            selector: Some(Selector::new(selector).unwrap()),
            ..Options::default()
        };
        assert_eq!(with(html, &options), expected, "{selector}");
    }
}

#[test]
fn what_is_dropped_is_found_in_the_page_as_it_came() {
    let dropped = Options {
        ignored_tags: vec![
            Css::new("li:first-child").unwrap(),
            // Unclosed, which CSS allows; it leaves the next one alone.
            Css::new("[title=\"a").unwrap(),
            Css::new("li:first-child").unwrap(),
        ],
        ..Options::default()
    };
    let html = "<ul><li>one<li>two<li title=a>three<li>four</ul>";
    assert_eq!(with(html, &dropped), "- two\n- four");
}

#[test]
fn frames_follow_their_page() {
    let inner = Url::parse("https://ads.example/f/").unwrap();
    let data = Url::parse("data:text/html,x").unwrap();
    let page = base();
    let parts = [
        Frame {
            url: &page,
            html: "<title>T</title><p>main",
        },
        Frame {
            url: &inner,
            html: "<a href=x>inner</a>",
        },
        Frame {
            url: &data,
            html: "secret",
        },
    ];
    let whole = frames(&parts, &Options::default()).unwrap();
    assert_eq!(whole.title.as_deref(), Some("T"));
    assert_eq!(
        whole.markdown,
        "main\n\nIFRAME https://ads.example/f/:\n[inner](https://ads.example/f/x)"
    );
    let scoped = Options {
        selector: Some(Selector::new("p").unwrap()),
        ..Options::default()
    };
    assert_eq!(frames(&parts, &scoped).unwrap().markdown, "main");
}

#[rstest]
#[case("<title> A \n b </title><h1>x</h1>", Some("A b"))]
#[case("<meta property=og:title content='OG'><h1>x</h1>", Some("OG"))]
#[case("<svg><title>no</title></svg><h1>x</h1>", Some("x"))]
#[case("<p>x", None)]
fn titles(#[case] html: &str, #[case] expected: Option<&str>) {
    let page = page(html, &base(), &Options::default()).unwrap();
    assert_eq!(page.title.as_deref(), expected);
}
