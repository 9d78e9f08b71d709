//! Scrapes that ask for data: a model reads the page, and what it says is checked.

use serde_json::json;

use crate::house::House;
use crate::support::model::{Asked, Say};

const SCHEMA: &str = r#"{"type": "object", "properties": {"title": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["title", "count"], "additionalProperties": false}"#;

async fn house(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> House {
    let house = House::new(script).await;
    let goto = json!({"type": "goto", "url": house.url("/shop")});
    let done = house.execute(goto).await;
    assert_eq!(done["success"], true, "{done}");
    house
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_given_back_once() {
    let house = house(|asked| match asked.number % 2 {
        0 => Say::words("```json\n{\"title\": \"Catalogue\", \"count\": \"twelve\"}\n```"),
        _ => Say::words(r#"{"title": "Catalogue", "count": 12}"#),
    })
    .await;
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let wish = json!({"response_format": schema, "instructions": "How many products are there?"});
    let path = house.path("/page/scrape");
    let read = house.client.post(&path).json(wish.clone()).ok().await;
    let data = json!({"title": "Catalogue", "count": 12});
    assert_eq!(
        read["structured"],
        json!({"success": true, "error": null, "data": data}),
        "{read}"
    );
    assert!(read["markdown"].as_str().unwrap().contains("Catalogue"));

    let first = house.model.asked(0);
    assert!(first.text.contains("How many products are there?"));
    assert!(first.quoted("page").contains("Catalogue"), "{}", first.text);
    assert_eq!(first.body["response_format"]["type"], "json_schema");
    let second = house.model.asked(1);
    assert!(second.quoted("check").contains("count"), "{}", second.text);

    // The action and the call that does everything at once give the same.
    let mut action = wish.clone();
    action["type"] = json!("scrape");
    let done = house.execute(action).await;
    assert_eq!(done["data"]["structured"]["data"], data, "{done}");
    let mut once = wish;
    once["url"] = json!(house.url("/shop"));
    let read = house.client.post("/scrape").json(once).ok().await;
    assert_eq!(read["structured"]["data"], data, "{read}");
}

#[tokio::test]
async fn what_goes_wrong_is_told_beside_the_page() {
    let house = house(|asked| match asked.number {
        0 | 1 => Say::words("I would rather not"),
        2 => Say::Status(400),
        _ => Say::words("{\"free\": \"form\"}"),
    })
    .await;
    let path = house.path("/page/scrape");
    let scrape = async |body| house.client.post(&path).json(body).ok().await;
    let wish = json!({"instructions": "the prices"});
    for why in ["no JSON", "400"] {
        let read = scrape(wish.clone()).await;
        let structured = &read["structured"];
        assert_eq!(structured["success"], false, "{read}");
        let error = structured["error"].as_str().unwrap();
        assert!(error.contains(why), "{error}");
        assert!(!read["markdown"].as_str().unwrap().is_empty());
    }
    let read = scrape(wish).await;
    assert_eq!(read["structured"]["data"], json!({"free": "form"}));
    let asked = house.model.count();
    let read = scrape(json!({"response_format": {"type": 5}})).await;
    let error = read["structured"]["error"].as_str().unwrap();
    assert!(error.contains("response_format"), "{error}");
    assert_eq!(
        house.model.count(),
        asked,
        "a schema that is none costs nothing"
    );
}
