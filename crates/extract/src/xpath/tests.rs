use rstest::rstest;

use super::XPath;
use crate::Error;
use crate::parse::parse;

const PAGE: &str = r#"<html lang=en><head><title>T</title></head><body>
<nav id=n><a href="/a" id=a1>One</a><a href="/b" id=a2 class="x y">Two</a></nav>
<div id=d1 data-n=3>  red
 lamp <!-- c --></div><div id=d2 data-n=12 lang=de-AT><p id=p1>10</p><p id=p2>9</p><p id=p3>ten</p></div>
<svg id=s><rect id=r width=5 xlink:href="q"/></svg>
<ul id=u><li id=l1>a</li><li id=l2>b</li><li id=l3>c</li></ul></body></html>"#;

/// The ids of what an expression finds, the names of what has none.
fn found(html: &str, expression: &str) -> String {
    let document = parse(html).document;
    let found = XPath::new(expression).unwrap().elements(&document).unwrap();
    let named = found.iter().map(|node| match node.attr("id") {
        Some(id) => id.to_string(),
        None => node.node_name().unwrap().to_string(),
    });
    named.collect::<Vec<_>>().join(" ")
}

#[rstest]
// Paths and axes.
#[case("/html/body/div", "d1 d2")]
#[case("//A", "a1 a2")]
#[case("//body/*[1]", "n")]
#[case("//li[2]", "l2")]
#[case("//li[last()]", "l3")]
#[case("(//a | //li)[3]", "l1")]
#[case("//li | //a", "a1 a2 l1 l2 l3")]
#[case("//li[@id='l2']/following-sibling::*", "l3")]
#[case("//li[@id='l3']/preceding-sibling::li[1]", "l2")]
#[case("//p[1]/ancestor::*[1]", "d2")]
#[case("//p[1]/ancestor-or-self::*", "html body d2 p1")]
#[case("//p[1]/preceding::a[1]", "a2")]
#[case("//a[2]/following::p", "p1 p2 p3")]
#[case("//p[1]/@id/following::p", "p2 p3")]
#[case("//a/../..", "body")]
#[case("//a/@href/..", "a1 a2")]
#[case("//@href", "")]
#[case("//div/text()", "")]
#[case("//div[comment()]", "d1")]
#[case("//div/node()/self::p", "p1 p2 p3")]
#[case("//ul/descendant-or-self::*[self::ul or position() = 2]", "u l1")]
#[case("/descendant::li[2]", "l2")]
#[case("/", "")]
#[case("..", "")]
#[case("//ul/namespace::*", "")]
#[case("//processing-instruction()", "")]
// Names: those of HTML in whatever case; others have a namespace that no name here means.
#[case("//*[local-name()='rect']", "r")]
#[case("//rect", "")]
#[case(
    "//*[name()='svg'][namespace-uri()='http://www.w3.org/2000/svg']/*",
    "r"
)]
#[case("//*[@width=5]", "r")]
#[case("//*[@href]", "a1 a2")]
#[case("//*[name(@*[2])='href']", "")]
// Texts.
#[case("//div[normalize-space()='red lamp']", "d1")]
#[case(
    "//a[contains(concat(' ', normalize-space(@class), ' '), ' y ')]",
    "a2"
)]
#[case("//a[starts-with(@href, '/a')]", "a1")]
#[case("//a[substring-after(@href, '/')='b']", "a2")]
#[case("//a[substring-before(., 'w')='T']", "a2")]
#[case("//a[substring(., 2, 2)='ne']", "a1")]
#[case("//a[substring('12345', 1.5, 2.6)='234']", "a1 a2")]
#[case(
    "//a[substring('12345', 0 div 0)='' and substring('12345', -1 div 0, 1 div 0)='']",
    "a1 a2"
)]
#[case("//a[translate(., 'OTen', 'ot')='ot']", "")]
#[case("//a[translate(., 'nOe', 'no')='on']", "a1")]
#[case("//li[string-length(.)=1][string()='b']", "l2")]
#[case("//p[text()='ten']", "p3")]
#[case("//p[lang('de')]", "p1 p2 p3")]
#[case("//p[lang('d')]", "")]
#[case("id('l3 nothing a1')", "a1 l3")]
#[case("id(//nav/@id)/a[1]", "a1")]
// Numbers.
#[case("//p[. > 9]", "p1")]
#[case("//p[number(.) != number(.)]", "p3")]
#[case("//div[count(p) = 3]", "d2")]
#[case("//div[sum(p[. > 0]) = 19]", "d2")]
#[case("//li[position() mod 2 = 1]", "l1 l3")]
#[case("//li[position() >= 2 and not(position() = last())]", "l2")]
#[case("//li[floor(2.7) - ceiling(0.2)]", "l1")]
#[case("//li[round(2.5)]", "l3")]
#[case("//li[-(-2)]", "l2")]
#[case("//li[4 div 2]", "l2")]
#[case(
    "//li[string(1 div 0)='Infinity' and string(-0)='0' and string(0.5)='0.5' and string(0 div 0)='NaN']",
    "l1 l2 l3"
)]
#[case("//li[number('1e1') = 10 or number('+1') = 1 or number('') = 0]", "")]
#[case("//li[number(' -.5 ') = -0.5][number(true()) = 1][2]", "l2")]
// Comparing sets of nodes.
#[case("//div[p = '9']", "d2")]
#[case("//div[p != '9']", "d2")]
#[case("//div[p = 9]", "d2")]
#[case("//ul[li = //p]", "")]
#[case("//ul[li != //p]", "u")]
#[case("//ul[li[1] != li[1]]", "")]
#[case("//ul[li = //li[2]]", "u")]
#[case("//div[p < p]", "d2")]
#[case("//div[p[1] < p[2]]", "")]
#[case("//div[p = true()]", "d2")]
#[case("//ul[p = false()]", "u")]
#[case("//ul[p < //p]", "")]
#[case("//ul[p < true()]", "u")]
#[case("//ul['a' != 'b'][boolean(li)][not(false())]", "u")]
fn what_expressions_find(#[case] expression: &str, #[case] expected: &str) {
    assert_eq!(found(PAGE, expression), expected);
}

#[rstest]
#[case("", "character 1")]
#[case("//", "character 3")]
#[case("//a[", "character 5")]
#[case("//é[@", "character 6")]
#[case("//a >> b", "character 6")]
#[case("//a]", "trailing")]
#[case("count(//a)", "no nodes")]
#[case("//a = 1", "no nodes")]
#[case("//a | 1", "right of `|`")]
#[case("'a'/b", "no nodes")]
#[case("//a[count('x')]", "`count`")]
#[case("//a[nothing()]", "`nothing`")]
#[case("//a[x:not(1)]", "no function")]
#[case("//a[contains(.)]", "`contains`")]
#[case("//svg:rect", "`svg`")]
#[case("//svg:*", "`svg`")]
#[case("//a[$x]", "`$x`")]
fn what_is_no_xpath_for_elements_is_refused(#[case] expression: &str, #[case] why: &str) {
    let Err(Error::XPath { value, reason }) = XPath::new(expression) else {
        panic!("`{expression}` was accepted");
    };
    assert_eq!(value, expression);
    assert!(reason.contains(why), "{reason}");
}

#[test]
fn length_nesting_and_chains_are_bounded() {
    for expression in [
        "a/".repeat(100_000),
        "//a[".repeat(100_000),
        "(".repeat(2_000),
        "-".repeat(2_000) + "1",
        format!("//a[{}1]", "-".repeat(2_000)),
        format!("//a[1{}]", "+1".repeat(1_000)),
        format!("//a{}", "|a".repeat(1_000)),
        format!("//a[1{}]", " or 1".repeat(400)),
    ] {
        assert!(XPath::new(&expression).is_err(), "{expression}");
    }
    let many = format!("//a[{}@id='a2']", "@id='x' or ".repeat(180));
    assert_eq!(found(PAGE, &many), "a2");
    let deep = format!("//ul{}", "/li/..".repeat(300));
    assert_eq!(found(PAGE, &deep), "u");
    let brackets = format!("//ul{}{}", "[self::ul".repeat(16), "]".repeat(16));
    assert_eq!(found(PAGE, &brackets), "u");
}

#[test]
fn hostile_expressions_end_soon() {
    let wide = format!("<main>{}</main>", "<p a=1 b=2>some text</p>".repeat(20_000));
    let deep = "<div>x".repeat(500);
    let long = format!("<p>{}", "ab ".repeat(500_000));
    for (html, expressions) in [
        (
            &wide,
            [
                "//*[//* = //*[. = 'no']]",
                "//p[preceding-sibling::p[. = following::p]]",
                "//p/following-sibling::p/preceding-sibling::p[1+1+1+1=4]",
                "//*[id(//@a)]",
            ],
        ),
        (
            &deep,
            [
                "//*//*//*//*//*//*//*//*//*[.//*]",
                "//div//div//div/ancestor::*/descendant::*[contains(., 'y')]",
                "//*[following::* | preceding::* | //*//*]",
                "//*[lang('x')]",
            ],
        ),
        (
            &long,
            [
                "//*[translate(., ., .) = concat(., ., ., ., ., ., ., ., ., ., ., ., ., ., ., .)]",
                "//*[contains(., concat(., 'c'))]",
                "//*[concat(concat(., ., .), concat(., ., .), concat(concat(., ., .), .))]",
                "//*[id(normalize-space(.)) = substring(., 3)]",
            ],
        ),
    ] {
        let document = parse(html).document;
        for expression in expressions {
            // It may be too much, but it ends.
            drop(XPath::new(expression).unwrap().elements(&document));
        }
    }
}
