//! Data by a schema: what the page states by itself, the model for the rest, and what is told of both.

use serde_json::{Value, json};

use crate::house::House;
use crate::support::model::{Asked, Say};

/// A page that states a name, a price and where it was made.
const PAGE: &str = r#"<html lang="en"><head><title>Kettle | Shop</title><script type="application/ld+json">
    {"@type": "Product", "name": "Kettle", "offers": {"@type": "Offer", "price": "29.90"}}</script></head>
    <body><main><h1>Kettle</h1><dl><dt>Made in</dt><dd>Leeds</dd></dl><p>It boils in no time, says Ada.</p></main></body></html>"#;

fn schema() -> Value {
    json!({"title": "Product", "type": "object", "required": ["name", "price"], "properties": {
        "name": {"type": "string"},
        "price": {"type": "number"},
        "made_in": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null},
        "praised_by": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null},
    }})
}

/// Reads the page without a browser.
async fn read(house: &House, more: Value) -> Value {
    read_page(house, PAGE, more).await
}

async fn read_page(house: &House, html: &str, more: Value) -> Value {
    let mut body =
        json!({"frames": [{"frameData": html, "frameUrl": "https://shop.example/kettle"}]});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let read = house.client.post("/scrape_from_html").json(body).ok().await;
    read["scrape"].clone()
}

#[tokio::test]
async fn the_model_gets_what_was_found_and_fills_the_rest() {
    let house = House::without_session(|_: &Asked| {
        // It is wrong about the price, which the page states.
        Say::words(r#"{"name": "Kettle", "price": 1, "praised_by": "Ada"}"#)
    })
    .await;
    let read = read(&house, json!({"response_format": schema()})).await;
    assert_eq!(read["success"], true, "{read}");
    let data = json!({"name": "Kettle", "price": 29.9, "made_in": "Leeds", "praised_by": "Ada"});
    assert_eq!(read["data"], data, "{read}");
    assert_eq!(
        read["sources"]["/price"],
        json!({"kind": "json-ld", "where": "ld+json[0]#/offers/price"})
    );
    assert_eq!(read["sources"]["/made_in"]["kind"], "definition-list");
    assert!(
        read["sources"].get("/praised_by").is_none(),
        "it is the model's: {read}"
    );
    assert!(
        read.get("missing").is_none() && read.get("partial").is_none(),
        "{read}"
    );

    let asked = house.model.asked(0);
    let found: Value = serde_json::from_str(&asked.quoted("found")).unwrap();
    assert_eq!(
        found,
        json!({"name": "Kettle", "price": 29.9, "made_in": "Leeds"})
    );
    assert!(asked.quoted("page").contains("says Ada"), "{}", asked.text);
}

#[tokio::test]
async fn a_model_is_not_asked_for_what_the_page_states_unless_there_are_instructions() {
    let house =
        House::without_session(|_: &Asked| Say::words(r#"{"name": "Kettle", "price": 30}"#)).await;
    let whole = json!({"title": "Product", "type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}});
    let stated = read(&house, json!({"response_format": whole})).await;
    assert_eq!(stated["data"], json!({"name": "Kettle", "price": 29.9}));
    assert_eq!(house.model.count(), 0);

    let wish = json!({"response_format": whole, "instructions": "The price rounded up."});
    let told = read(&house, wish).await;
    assert_eq!(house.model.count(), 1);
    assert!(house.model.asked(0).quoted("found").contains("29.9"));
    // What was asked for in words is the model's to tell.
    assert_eq!(told["data"], json!({"name": "Kettle", "price": 30}));
    let sources: Vec<&String> = told["sources"].as_object().unwrap().keys().collect();
    assert_eq!(sources, ["/name"], "{told}");
}

#[tokio::test]
async fn a_model_reads_the_text_when_images_are_listed() {
    let house = House::without_session(|_: &Asked| Say::words(r#"{"praised_by": "Ada"}"#)).await;
    let body = json!({"frames": [{"frameData": format!("{PAGE}<img src=/k.png>"), "frameUrl": "https://shop.example/kettle"}],
        "only_images": true, "instructions": "Who praises it?"});
    let read = house.client.post("/scrape_from_html").json(body).ok().await;
    assert_eq!(read["scrape"]["data"], json!({"praised_by": "Ada"}));
    assert_eq!(read["images"][0]["url"], "https://shop.example/k.png");
    let page = house.model.asked(0).quoted("page");
    assert!(page.contains("says Ada"), "{page}");
}

#[tokio::test]
async fn the_wished_model_is_asked_where_it_has_a_key() {
    let house = House::without_session(|_: &Asked| Say::words(r#"{"praised_by": "Ada"}"#)).await;
    let wish = |model| json!({"instructions": "Who praises it?", "model": model});
    let other = read(&house, wish("openai/other-model")).await;
    assert_eq!(other["data"], json!({"praised_by": "Ada"}), "{other}");
    assert_eq!(house.model.asked(0).body["model"], "other-model");
    assert!(other.get("note").is_none(), "{other}");

    let keyless = read(&house, wish("gemini/gemini-2.5-flash")).await;
    assert_eq!(keyless["data"], json!({"praised_by": "Ada"}), "{keyless}");
    assert_eq!(house.model.asked(1).body["model"], "some-model");
    let note = keyless["note"].as_str().unwrap();
    assert!(
        note.contains("gemini/gemini-2.5-flash has no key") && note.contains("openai/some-model"),
        "{note}"
    );

    let wrong = read(&house, wish("no-slash")).await;
    assert_eq!(wrong["success"], false, "{wrong}");
    let error = wrong["error"].as_str().unwrap();
    assert!(error.contains("no-slash"), "{error}");
    assert_eq!(house.model.count(), 2);
}

#[tokio::test]
async fn short_names_for_addresses_are_resolved() {
    let house = House::new(|_: &Asked| {
        Say::words(r#"{"buy": "link2", "all": ["[Home](link1)", "image1"]}"#)
    })
    .await;
    let html =
        "<p><a href='/'>Home</a> <a href='/buy?a=1'>Buy</a> <img src='/k.png' alt=Kettle></p>";
    // What does not look like an address is refused, so the names are resolved before.
    let url = json!({"type": "string", "pattern": "^https://"});
    let properties = json!({"buy": url, "all": {"type": "array", "items": {"type": "string"}}});
    let body = json!({"frames": [{"frameData": html, "frameUrl": "https://shop.example/kettle"}],
        "use_link_placeholders": true, "scrape_images": true,
        "response_format": {"type": "object", "properties": properties, "required": ["buy", "all"]}});
    let read = house.client.post("/scrape_from_html").json(body).ok().await;
    let markdown = read["markdown"].as_str().unwrap();
    assert!(markdown.contains("[Buy](link2)"), "{read}");
    let (home, buy, image) = (
        "https://shop.example/",
        "https://shop.example/buy?a=1",
        "https://shop.example/k.png",
    );
    assert_eq!(
        read["link_placeholders"],
        json!({"link1": home, "link2": buy, "image1": image}),
        "{read}"
    );
    let data = json!({"buy": buy, "all": [format!("[Home]({home})"), image]});
    assert_eq!(read["scrape"]["data"], data, "{read}");
    assert_eq!(house.model.count(), 1);
    assert!(house.model.asked(0).quoted("page").contains("(link2)"));

    // In a session, too.
    let goto = json!({"type": "goto", "url": house.url("/shop")});
    assert_eq!(house.execute(goto).await["success"], true);
    let path = house.path("/page/scrape");
    let wish = json!({"use_link_placeholders": true});
    let read = house.client.post(&path).json(wish).ok().await;
    assert!(read["markdown"].as_str().unwrap().contains("](link1)"));
    let first = read["link_placeholders"]["link1"].as_str().unwrap();
    assert!(first.starts_with(house.site.origin()), "{read}");
    let plain = house.client.post(&path).json(json!({})).ok().await;
    assert!(plain.get("link_placeholders").is_none(), "{plain}");
}

#[tokio::test]
async fn a_model_that_fails_leaves_what_was_found() {
    let house = House::without_session(|_: &Asked| Say::Status(400)).await;
    let fitting = read(&house, json!({"response_format": schema()})).await;
    assert_eq!(fitting["success"], false, "{fitting}");
    assert!(
        fitting["error"].as_str().unwrap().contains("400"),
        "{fitting}"
    );
    let data = json!({"name": "Kettle", "price": 29.9, "made_in": "Leeds"});
    assert_eq!(fitting["data"], data, "it fits: {fitting}");

    let mut more = schema();
    more["required"] = json!(["name", "praised_by"]);
    let lacking = read(&house, json!({"response_format": more})).await;
    assert_eq!(
        lacking["data"],
        Value::Null,
        "what does not fit is not data: {lacking}"
    );
    assert_eq!(lacking["partial"], data, "{lacking}");
    assert_eq!(lacking["missing"], json!(["/praised_by"]));
    assert_eq!(lacking["sources"]["/name"]["kind"], "json-ld");
}

#[tokio::test]
async fn long_pages_are_cut_by_what_matters() {
    let house = House::without_session(|_: &Asked| Say::words(r#"{"praised_by": "Ada"}"#)).await;
    let filler =
        "<p>Water runs down the hill, over stones, under the bridge and on.</p>".repeat(4_000);
    let html = format!(
        "<h1>River</h1>{filler}<h2>Reception</h2><p>The kettle was praised by Ada.</p>{filler}"
    );
    let wanted = json!({"type": "object", "properties": {"praised_by": {"type": "string"}}});
    let read = read_page(&house, &html, json!({"response_format": wanted})).await;
    assert_eq!(read["data"], json!({"praised_by": "Ada"}), "{read}");
    let page = house.model.asked(0).quoted("page");
    assert!(page.chars().count() <= 100_000, "{}", page.chars().count());
    assert!(page.contains("## Reception\n\nThe kettle was praised by Ada."));
    assert!(page.starts_with("# River") && page.contains("characters left out"));
}

#[tokio::test]
async fn a_page_in_a_browser_is_read_alike() {
    let house = House::new(|_: &Asked| Say::words(r#"{"praised_by": "Ada"}"#)).await;
    let goto = json!({"type": "goto", "url": house.url("/shop")});
    assert_eq!(house.execute(goto).await["success"], true);
    let script = format!(
        "document.open(); document.write({}); document.close()",
        json!(PAGE)
    );
    let written = house
        .execute(json!({"type": "evaluate_js", "code": script}))
        .await;
    assert_eq!(written["success"], true, "{written}");
    let path = house.path("/page/scrape");
    let wish = json!({"response_format": schema()});
    let read = house.client.post(&path).json(wish.clone()).ok().await;
    let data = json!({"praised_by": "Ada", "name": "Kettle", "price": 29.9, "made_in": "Leeds"});
    assert_eq!(read["structured"]["data"], data, "{read}");
    assert_eq!(read["structured"]["sources"]["/price"]["kind"], "json-ld");
    let mut action = wish;
    action["type"] = json!("scrape");
    let done = house.execute(action).await;
    assert_eq!(done["data"]["structured"], read["structured"], "{done}");
}

#[tokio::test]
async fn a_json_document_states_its_members() {
    let house = House::new(|_: &Asked| Say::words(r#"{"opens": 8, "closes": 18}"#)).await;
    let url = house.url("/library/hours.json");
    let opens = json!({"type": "object", "required": ["opens"], "properties": {"opens": {"type": "integer"}}});
    let mut closes = opens.clone();
    closes["properties"]["closes"] = json!({"type": "integer"});
    let stated = json!({"opens": 7});
    let source = json!({"/opens": {"kind": "json", "where": "/opens"}});
    for way in ["http", "browser"] {
        let wish = json!({"url": url, "read_by": way, "response_format": opens});
        let read = house.client.post("/scrape").json(wish).ok().await;
        assert_eq!(read["structured"]["data"], stated, "{read}");
        assert_eq!(read["structured"]["sources"], source, "{read}");
    }
    let goto = json!({"type": "goto", "url": url});
    assert_eq!(house.execute(goto).await["success"], true);
    let path = house.path("/page/scrape");
    let read = house.client.post(&path);
    let read = read.json(json!({"response_format": opens})).ok().await;
    assert_eq!(read["structured"]["data"], stated, "{read}");
    assert_eq!(read["structured"]["sources"], source, "{read}");
    assert_eq!(house.model.count(), 0, "the document says it all");

    let wish = json!({"url": url, "read_by": "http", "response_format": closes});
    let read = house.client.post("/scrape").json(wish).ok().await;
    let data = json!({"opens": 7, "closes": 18});
    assert_eq!(read["structured"]["data"], data, "{read}");
    assert_eq!(read["structured"]["sources"], source, "{read}");
    let found = house.model.asked(0).quoted("found");
    assert_eq!(serde_json::from_str::<Value>(&found).unwrap(), stated);
}

#[tokio::test]
async fn what_a_json_document_lacks_is_told_where_no_model_answers() {
    let house = House::without_session(|_: &Asked| Say::Status(400)).await;
    let schema = json!({"type": "object", "properties": {"Opens": {"type": "integer"}, "closes": {"type": "integer"}}});
    let wish = json!({"url": house.url("/library/hours.json"), "response_format": schema});
    let read = house.client.post("/scrape").json(wish).ok().await;
    let structured = &read["structured"];
    assert_eq!(structured["success"], false, "{read}");
    assert_eq!(structured["data"], json!({"Opens": 7}), "{read}");
    assert_eq!(structured["missing"], json!(["/closes"]), "{read}");
}
