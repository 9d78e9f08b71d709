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
    let structured = &read["structured"];
    assert_eq!(
        (
            &structured["success"],
            &structured["error"],
            &structured["data"]
        ),
        (&json!(true), &json!(null), &data),
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

#[tokio::test]
async fn a_model_chooses_from_what_is_observed() {
    let house = house(|asked| match asked.number {
        0 => Say::words("the first ones"),
        1 => Say::words("{\"elements\": [{\"id\": \"L2\"}, {\"id\": \"X77\"}]}"),
        _ => Say::words("{\"elements\": [{\"id\": \"L1\", \"does\": \"Opens the cart\"}], \"summary\": \"A shop.\", \"category\": \"data-feed\"}"),
    })
    .await;
    let path = house.path("/page/observe");
    let observe = async |body| house.client.post(&path).json(body).ok().await;
    let whole = observe(json!({})).await;
    let seen = observe(json!({"instructions": "open a product"})).await;
    let space = &seen["space"];
    assert_eq!(
        space["interaction_actions"].as_array().unwrap().len(),
        1,
        "{space}"
    );
    assert_eq!(space["interaction_actions"][0]["id"], "L2");
    assert_eq!(space["category"], json!(null));
    assert!(
        space["description"]
            .as_str()
            .unwrap()
            .starts_with("### Content")
    );
    let first = house.model.asked(0);
    assert!(first.text.contains("open a product"), "{}", first.text);
    assert!(first.quoted("page").contains("L2[:]"), "{}", first.text);
    assert!(
        house
            .model
            .asked(1)
            .quoted("check")
            .contains("form that was asked for")
    );

    let deep = observe(json!({"perception_type": "deep", "min_nb_actions": 2})).await;
    let space = &deep["space"];
    let actions = space["interaction_actions"].as_array().unwrap();
    assert_eq!(actions.len(), 2, "{space}");
    assert!(
        actions
            .iter()
            .any(|it| it["description"] == "Opens the cart")
    );
    assert_eq!(space["description"], "A shop.");
    assert_eq!(space["category"], "data-feed");
    assert_eq!(
        deep["metadata"],
        json!({"title": whole["metadata"]["title"], "url": whole["metadata"]["url"], "viewport": whole["metadata"]["viewport"], "tabs": whole["metadata"]["tabs"], "timestamp": deep["metadata"]["timestamp"]})
    );
}

/// The ids of the elements that a page's lines name, in their order.
fn ids(lines: &str) -> Vec<String> {
    let ids = lines.lines().filter_map(|line| line.split_once("[:]"));
    ids.map(|(id, _)| id.to_owned())
        .filter(|id| id != "_" && !id.starts_with('M'))
        .collect()
}

#[tokio::test]
async fn a_model_chooses_among_all_that_is_seen_and_the_answer_keeps_to_the_budget() {
    let house = house(|asked| {
        let last = ids(&asked.quoted("page")).pop().unwrap();
        Say::words(&json!({"elements": [{"id": last}]}).to_string())
    })
    .await;
    let path = house.path("/page/observe");
    let observe = async |body| house.client.post(&path).json(body).ok().await;
    let whole = observe(json!({})).await;
    let whole = whole["space"]["description"].as_str().unwrap().to_owned();
    let all = ids(&whole);
    assert!(all.len() > 5, "{whole}");
    let last = all.last().unwrap();

    let few = observe(json!({"max_tokens": 120})).await;
    let few = few["space"]["description"].as_str().unwrap();
    assert!(!few.contains(&format!("{last}[:]")), "{few}");
    let wish = json!({"instructions": "what comes last", "max_tokens": 120, "max_nb_actions": 3});
    let seen = observe(wish).await;
    assert_eq!(ids(&house.model.asked(0).quoted("page")), all);
    let space = &seen["space"];
    let actions = space["interaction_actions"].as_array().unwrap();
    assert_eq!(actions.len(), 1, "{space}");
    assert_eq!(actions[0]["id"], json!(last));
    let told = space["description"].as_str().unwrap();
    assert!(told.chars().count() <= 480, "{told}");
    assert!(told.contains(&format!("{last}[:]")), "{told}");
    assert!(told.contains("### Not listed: "), "{told}");
    assert!(ids(told).len() <= 3, "{told}");

    // What was chosen by its place is told as well when all others have room.
    let wide = observe(json!({"instructions": "what comes last"})).await;
    let told = wide["space"]["description"].as_str().unwrap();
    assert!(told.contains(&format!("{last}[:]")), "{told}");
}
