//! Sign-in forms as sites build them: what reaches the site is the secret, what the page has is not.

use std::collections::BTreeMap;

use guise_core::{Action, FormField};
use serde_json::Value;

use super::world::{CODE, PASSWORD, USER, World};

const HOST: &str = "login.bank.example";

/// The value of a form's member.
fn member(form: &str, name: &str) -> String {
    url::form_urlencoded::parse(form.as_bytes())
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("no {name} in {form}"))
        .1
        .into_owned()
}

/// Fills user name and password in and sends them.
async fn sign_in(world: &World, page: &str) {
    world.page(HOST, page).await;
    world.fills("#user", USER).await;
    let outcome = world.fills("#password", PASSWORD).await;
    assert!(
        outcome.message.contains("bank.example"),
        "{}",
        outcome.message
    );
    assert!(outcome.message.contains("stand-in"), "{}", outcome.message);
    world.click("#send").await;
}

async fn value_of(world: &World, selector: &str) -> String {
    world
        .stage
        .evaluate(&format!("document.querySelector('{selector}').value"))
        .await
}

/// Twelve ways in which sites take a password or a code, and how the secret got there at the first try.
const SHAPES: [&str; 12] = [
    "classic",
    "multipart",
    "json",
    "xhr",
    "two-steps",
    "identifier",
    "code",
    "worker",
    "shadow",
    "frame",
    "hashed",
    "socket",
];

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_twelve_shapes_go_by_wire() {
    let mut world = World::new().await;
    let mut by_wire = Vec::new();
    for shape in SHAPES {
        if matches!(shape, "hashed" | "socket") {
            // That a site sends nothing that could carry a secret is remembered.
            world.end().await;
            world = World::new().await;
        }
        world.stage.site.reset();
        let inner = format!("https://{HOST}/sign-in/page/classic");
        let (page, frame) = match shape {
            "frame" => (
                format!("frame?src={inner}"),
                "iframe >> internal:control=enter-frame >> ",
            ),
            name => (name.to_owned(), ""),
        };
        world.page(HOST, &page).await;
        let (field, placeholder, secret) = match shape {
            "code" => ("#code", CODE, world.code()),
            _ => ("#password", PASSWORD, world.password()),
        };
        if matches!(shape, "two-steps" | "identifier") {
            world.fills("#user", USER).await;
            world.click("#send").await;
        }
        let outcome = world.fills(&format!("{frame}{field}"), placeholder).await;
        // None of them has it in the page at the first try.
        let message = outcome.message;
        assert!(message.contains("has a stand-in"), "{shape}: {message}");
        world.click(&format!("{frame}#send")).await;
        let take = world.taken(|take| !take.body.is_empty()).await;
        let form: Vec<_> = url::form_urlencoded::parse(take.body.as_bytes()).collect();
        let json = serde_json::to_string(secret).unwrap();
        let sent = form.iter().any(|(_, value)| value == secret)
            || take.body.contains(&json)
            || take.body.contains(&format!("\r\n{secret}\r\n"));
        if sent {
            by_wire.push(shape);
        }
    }
    // A hash is none of the secret's spellings, and messages over sockets do not stop.
    assert_eq!(by_wire, SHAPES[..10]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form() {
    let world = World::new().await;
    world.page(HOST, "classic").await;
    world.fills("#user", USER).await;
    world.fills("#password", PASSWORD).await;
    assert_eq!(value_of(&world, "#user").await, "ada@bank.example");
    let shown = value_of(&world, "#password").await;
    assert_ne!(shown, world.password());
    assert_ne!(shown, PASSWORD);
    assert_eq!(shown.chars().count(), world.password().chars().count());
    world.click("#send").await;
    let take = world.sent_to("classic").await;
    assert_eq!(member(&take.body, "username"), "ada@bank.example");
    assert_eq!(member(&take.body, "password"), world.password());
    assert_eq!(take.content_length, Some(take.body.len().to_string()));
    assert_eq!(
        world
            .stage
            .evaluate("document.querySelector('h1').textContent")
            .await,
        "Welcome"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_in_parts() {
    let world = World::new().await;
    sign_in(&world, "multipart").await;
    let take = world.sent_to("multipart").await;
    let part = format!("name=\"password\"\r\n\r\n{}\r\n", world.password());
    assert!(take.body.contains(&part), "{}", take.body);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_by_fetch() {
    let world = World::new().await;
    sign_in(&world, "json").await;
    let take = world.sent_to("json").await;
    let body: Value = serde_json::from_str(&take.body).unwrap();
    assert_eq!(body["user"]["login"], "ada@bank.example");
    assert_eq!(body["password"], world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_by_xmlhttprequest() {
    let world = World::new().await;
    sign_in(&world, "xhr").await;
    let take = world.sent_to("xhr").await;
    assert_eq!(member(&take.body, "j_password"), world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_steps_on_one_page() {
    let world = World::new().await;
    world.page(HOST, "two-steps").await;
    world.fills("#user", USER).await;
    world.click("#send").await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    let take = world.sent_to("two-steps").await;
    assert_eq!(member(&take.body, "password"), world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_steps_on_two_pages() {
    let world = World::new().await;
    world.page(HOST, "identifier").await;
    world.fills("#user", USER).await;
    world.click("#send").await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    let take = world.sent_to("password-only").await;
    assert_eq!(member(&take.body, "password"), world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code() {
    let world = World::new().await;
    world.page(HOST, "code").await;
    world.fills("#code", CODE).await;
    let shown = value_of(&world, "#code").await;
    assert!(shown != world.code() && shown != CODE, "{shown}");
    assert_eq!(shown.len(), 6);
    world.click("#send").await;
    let take = world.sent_to("code").await;
    assert_eq!(member(&take.body, "otp"), world.code());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_boxes() {
    let world = World::new().await;
    world.page(HOST, "boxes").await;
    world.fills("input[name=d1]", CODE).await;
    let take = world.sent_to("boxes").await;
    let digits: String = (1..=6)
        .map(|number| member(&take.body, &format!("d{number}")))
        .collect();
    assert_eq!(digits, world.code());

    world.stage.site.reset();
    world.page(HOST, "boxes?joined").await;
    world.fills("input[name=d1]", CODE).await;
    let take = world.sent_to("boxes").await;
    let body: Value = serde_json::from_str(&take.body).unwrap();
    assert_eq!(body["code"], world.code());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_another_origin() {
    let world = World::new().await;
    let inner = format!("https://{HOST}/sign-in/page/classic");
    world
        .page("www.bank.example", &format!("frame?src={inner}"))
        .await;
    let field = |id: &str| format!("iframe >> internal:control=enter-frame >> #{id}");
    world.fills(&field("user"), USER).await;
    world.fills(&field("password"), PASSWORD).await;
    world.click(&field("send")).await;
    let take = world.sent_to("classic").await;
    assert_eq!(take.host, HOST);
    assert_eq!(member(&take.body, "password"), world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker() {
    let world = World::new().await;
    sign_in(&world, "worker").await;
    let take = world.sent_to("worker").await;
    let body: Value = serde_json::from_str(&take.body).unwrap();
    assert_eq!(body["password"], world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_root() {
    let world = World::new().await;
    sign_in(&world, "shadow").await;
    let take = world.sent_to("shadow").await;
    let body: Value = serde_json::from_str(&take.body).unwrap();
    assert_eq!(body["variables"]["password"], world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_filled_as_a_whole() {
    let world = World::new().await;
    world.page(HOST, "classic").await;
    let value = BTreeMap::from([
        (FormField::Username, USER.to_owned()),
        (FormField::CurrentPassword, PASSWORD.to_owned()),
        (FormField::City, "London".to_owned()),
    ]);
    let outcome = world.perform(Action::FormFill { value }).await.outcome;
    assert!(outcome.success, "{}", outcome.message);
    world.says_nothing(&outcome.message);
    world.click("#send").await;
    let take = world.sent_to("classic").await;
    assert_eq!(member(&take.body, "username"), "ada@bank.example");
    assert_eq!(member(&take.body, "password"), world.password());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card() {
    use super::source::CARD;
    let site = guise_core::Site::of("bank.example").unwrap();
    let rules = guise_core::FillRules {
        card_sites: [site].into(),
        ..Default::default()
    };
    let world = World::with(rules).await;
    world.page(HOST, "card").await;
    let value = BTreeMap::from([
        (FormField::CardName, "John Doe".to_owned()),
        (FormField::CardNumber, "4242 4242 4242 4242".to_owned()),
        (
            FormField::CardExpiry,
            "[CardExpirationPlaceholder]".to_owned(),
        ),
        (FormField::CardCode, "[CardCVVPlaceholder]".to_owned()),
        (FormField::FullName, "John Doe".to_owned()),
    ]);
    let outcome = world.perform(Action::FormFill { value }).await.outcome;
    assert!(outcome.success, "{}", outcome.message);
    for (selector, (_, secret)) in ["#holder", "#number", "#cvc", "#expiry"].iter().zip(CARD) {
        let shown = value_of(&world, selector).await;
        assert_ne!(shown, secret, "{selector}");
        assert_eq!(shown.len(), secret.len(), "{selector}");
    }
    assert!(value_of(&world, "#number").await.starts_with("453914"));
    world.click("#send").await;
    let take = world.sent_to("card").await;
    for (name, (_, secret)) in ["holder", "number", "cvc", "expiry"].iter().zip(CARD) {
        assert_eq!(member(&take.body, name), secret);
    }
    assert_eq!(member(&take.body, "recipient"), "John Doe");

    // Month and year in fields of their own.
    world.stage.site.reset();
    let parts = "<form method=post action=/sign-in/to/parts>
        <input name=exp_month autocomplete=cc-exp-month maxlength=2><input name=exp_year autocomplete=cc-exp-year>
        <button id=send>Pay</button></form>";
    world.made(HOST, parts).await;
    let expiry = "[CardExpirationPlaceholder]".to_owned();
    let value = BTreeMap::from([(FormField::CardExpiry, expiry)]);
    let outcome = world.perform(Action::FormFill { value }).await.outcome;
    assert!(outcome.success, "{}", outcome.message);
    world.click("#send").await;
    let take = world.sent_to("parts").await;
    assert_eq!(
        (
            member(&take.body, "exp_month"),
            member(&take.body, "exp_year")
        ),
        ("07".to_owned(), "2029".to_owned())
    );

    // Where it is not allowed it stays away, whatever the field.
    world.stage.site.reset();
    for (host, selector) in [("shop.example", "#number"), (HOST, "#note")] {
        world.page(host, "card").await;
        world.refuses(selector, "4242 4242 4242 4242").await;
        assert_eq!(value_of(&world, selector).await, "");
    }
    world.leaks_nothing();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_repeated() {
    let world = World::new().await;
    let form = "<form id=form method=post action=/sign-in/to/new>
        <input id=one name=pw1 type=password autocomplete=new-password><input id=two name=pw2 type=password autocomplete=new-password>
        <button id=send>Join</button></form>
        <script>form.onsubmit = () => document.getElementById('one').value === document.getElementById('two').value</script>";
    world.made(HOST, form).await;
    world.fills("#one", PASSWORD).await;
    world.fills("#two", PASSWORD).await;
    world.click("#send").await;
    let take = world.sent_to("new").await;
    for name in ["pw1", "pw2"] {
        assert_eq!(member(&take.body, name), world.password());
    }
    world.end().await;
}
