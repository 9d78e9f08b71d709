//! Pages of both kinds, as they come from servers.

use proptest::prelude::*;
use rstest::rstest;

use super::NeedsBrowser::{self, *};
use super::needs_browser;

const TEXT: &str = "<p>The lamp has a shade of linen and a foot of oak. It is made in small numbers, in a workshop by the \
    river, and each of them takes a day. The linen comes from a mill that is older than the town, and the oak from trees that \
    fell by themselves. Who buys one gets a letter with the name of whoever made it, and may send it back within a year.</p>";

fn judged(html: &str) -> Option<NeedsBrowser> {
    needs_browser(html, &"https://shop.test/lamp".parse().unwrap())
}

fn around(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Lamps</title>{head}</head><body>{body}</body></html>"
    )
}

/// Pages that their markup says it all of.
#[rstest]
#[case::plain("", "<h1>Lamp</h1>{text}")]
#[case::tiny_without_scripts("", "<p>It works!</p>")]
#[case::nothing_without_scripts("", "")]
#[case::scripts_beside_the_text("<script src=/analytics.js async></script>", "<main>{text}</main>")]
#[case::rendered_on_the_server(
    "<script id=__NEXT_DATA__ type=application/json>{\"props\":{}}</script>",
    "<div id=__next><main><h1>Lamp</h1>{text}</main></div><script src=/_next/app.js></script>"
)]
#[case::rendered_by_nuxt(
    "",
    "<div id=__nuxt data-server-rendered=true>{text}</div><script>window.__NUXT__={a:1}</script>"
)]
#[case::noscript_that_counts(
    "",
    "{text}<script>count()</script><noscript><img src=/count.gif width=1 height=1></noscript>"
)]
#[case::noscript_that_warns_beside_plenty(
    "",
    "{text}{text}{text}<script>a()</script><noscript>Some parts need JavaScript.</noscript>"
)]
#[case::data_is_no_script(
    "<script type=application/ld+json>{\"@type\":\"Product\"}</script>",
    "<p>Short.</p>"
)]
#[case::embedded_video_beside_plenty(
    "",
    "{text}{text}<iframe src=https://video.test/embed/1></iframe>"
)]
#[case::invisible_frame(
    "",
    "{text}<iframe src=/track width=0 height=0></iframe><iframe hidden src=/x></iframe>"
)]
#[case::captcha_on_a_form(
    "<script src=https://www.google.com/recaptcha/api.js></script>",
    "{text}{text}<form><div class=g-recaptcha></div></form>"
)]
#[case::refresh_of_itself("<meta http-equiv=refresh content=60>", "{text}")]
#[case::speaks_of_challenges(
    "<script src=/a.js></script>",
    "<h1>What 'Just a moment' means</h1>{text}{text}{text}{text}{text}"
)]
#[case::busy_once(
    "<script src=/a.js></script>",
    "<div aria-busy=true></div>{text}{text}{text}"
)]
#[case::declared_shadow_roots(
    "",
    "{text}<x-card><template shadowrootmode=open><p>Price: 5</p></template></x-card>"
)]
fn by_http(#[case] head: &str, #[case] body: &str) {
    assert_eq!(judged(&around(head, &body.replace("{text}", TEXT))), None);
}

/// Pages that only come about in a browser.
#[rstest]
#[case::react(
    "",
    "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/static/js/main.js></script>",
    EmptyRoot
)]
#[case::vite(
    "<script type=module src=/src/main.ts></script>",
    "<div id=app></div>",
    EmptyRoot
)]
#[case::angular(
    "",
    "<app-root>Loading…</app-root><script src=main.js type=module></script>",
    EmptyRoot
)]
#[case::angularjs(
    "<script src=angular.js></script>",
    "<div ng-app=shop>{{ lamp.name }} {{ lamp.price }}</div>",
    EmptyRoot
)]
#[case::empty_between_header_and_footer(
    "<script src=/app.js defer></script>",
    "<header><a href=/>Lamps and more of them</a></header><main id=content></main><footer>{text}</footer>",
    EmptyRoot
)]
#[case::skeletons(
    "<script src=/app.js></script>",
    "<p>{text}</p><div class='card skeleton'></div><div class='card skeleton'></div><div class='card skeleton'></div>",
    EmptyRoot
)]
#[case::loading(
    "",
    "<div class=spinner>Loading, please wait</div><script>start()</script>",
    EmptyRoot
)]
#[case::noscript(
    "<script src=/app.js></script>",
    "<noscript><p>Please enable JavaScript.</p></noscript><div class=page>{text}</div>",
    Noscript
)]
#[case::only_navigation(
    "<script src=/app.js></script>",
    "<nav>{text}{text}</nav><div class=view></div>",
    LittleText
)]
#[case::written_by_a_script(
    "",
    "<h1>Prices</h1><script>document.write(prices())</script>",
    LittleText
)]
#[case::hidden_until_it_runs(
    "<script src=/a.js></script>",
    "<div style='display:none'>{text}</div>",
    LittleText
)]
#[case::refresh(
    "<meta http-equiv='Refresh' content=\"0; url='https://shop.test/en/lamp'\">",
    "<p>One moment</p>",
    Refresh
)]
#[case::own_frame("", "{text}{text}<iframe src=/reviews></iframe>", Frames)]
#[case::frame_in_an_attribute("", "{text}{text}<iframe srcdoc='<p>Hello</p>'></iframe>", Frames)]
#[case::little_beside_a_frame(
    "",
    "<h1>Book a table</h1><iframe src=https://tables.test/book></iframe>",
    Frames
)]
#[case::cloudflare(
    "<script>window._cf_chl_opt={}</script>",
    "<div class=main-wrapper><h2>Verify you are human by completing the action below.</h2></div>",
    Challenge
)]
#[case::datadome(
    "",
    "<p>Please enable JS and disable any ad blocker</p><script src=https://ct.captcha-delivery.com/c.js></script>",
    Challenge
)]
#[case::hcaptcha("", "<h1>One more step</h1><div class=h-captcha></div>", Challenge)]
#[case::incapsula("", "<iframe src='/_Incapsula_Resource?x'></iframe>", Challenge)]
fn by_browser(#[case] head: &str, #[case] body: &str, #[case] expected: NeedsBrowser) {
    assert_eq!(
        judged(&around(head, &body.replace("{text}", TEXT))),
        Some(expected)
    );
}

#[test]
fn a_page_made_of_frames() {
    let html = "<html><head><title>Lamps</title></head><frameset cols='20%,80%'><frame src=/menu></frameset></html>";
    assert_eq!(judged(html), Some(Frames));
}

#[test]
fn the_title_of_a_challenge_is_enough() {
    let html = around("<script src=/x.js></script>", TEXT).replace("Lamps", "Just a moment...");
    assert_eq!(judged(&html), Some(Challenge));
    assert!(Challenge.to_string().starts_with("it "));
}

#[test]
fn hostile_markup_is_judged_in_time() {
    for part in [
        "<div>",
        "<main>",
        "<noscript>",
        "<script>",
        "<iframe src=/x>",
        "<b>a</i>",
        "<template shadowrootmode=open>",
        "{{",
    ] {
        let _ = judged(&part.repeat(100_000));
    }
}

proptest! {
    #[test]
    fn answers_for_any_text(text in "(<main>|</main>|<script>|</script>|<noscript>|<meta http-equiv=refresh content='0;|<iframe |>|a |\\PC){0,30}") {
        let _ = judged(&text);
    }

    #[test]
    fn without_scripts_and_frames_markup_is_all(text in "[a-z ]{0,400}") {
        prop_assert_eq!(judged(&around("", &format!("<main><p>{text}</p></main>"))), None);
    }
}
