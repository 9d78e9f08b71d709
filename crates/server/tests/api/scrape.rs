//! Reading pages: in a session, in one call, and from HTML at hand.

use serde_json::{Value, json};

use crate::support::Stage;

#[tokio::test]
async fn a_page_is_read_as_markdown_under_both_names() {
    let stage = Stage::configured(&[("model", "")]).await;
    let url = format!("{}/shop", stage.site.origin());
    stage.execute(json!({"type": "goto", "url": url})).await;
    let read = async |body: Value| {
        stage
            .client
            .post(&stage.path("/page/scrape"))
            .json(body)
            .ok()
            .await
    };
    let plain = read(json!({})).await;
    assert_eq!(plain["markdown"], plain["content"]);
    assert_eq!(plain["success"], true);
    assert_eq!(
        (&plain["structured"], &plain["images"]),
        (&json!(null), &json!(null))
    );
    let text = plain["markdown"].as_str().unwrap();
    assert!(text.contains("](http"), "links are kept by default: {text}");
    assert!(!text.contains("!["), "images are not: {text}");
    assert!(plain["metadata"]["title"].is_string(), "{plain}");
    let bare = read(json!({"scrape_links": false, "scrape_images": true})).await;
    let text = bare["markdown"].as_str().unwrap();
    assert!(text.contains("![") && !text.contains("[Cart]("), "{text}");
    let scoped = read(json!({"selector": "h1", "response_format": null})).await;
    assert!(scoped["markdown"].as_str().unwrap().len() < 100, "{scoped}");
    let images = read(json!({"only_images": true})).await;
    assert!(
        images["images"].as_array().is_some_and(|it| !it.is_empty()),
        "{images}"
    );

    // Without a language model a structured answer is a failure inside a success.
    for body in [
        json!({"instructions": "the prices"}),
        json!({"response_format": {"type": "object", "properties": {"a": {"enum": [null]}}}}),
    ] {
        let structured = read(body).await["structured"].clone();
        assert_eq!(
            (&structured["success"], &structured["data"]),
            (&json!(false), &json!(null))
        );
        assert!(
            structured["error"]
                .as_str()
                .unwrap()
                .contains("language model")
        );
    }
    for body in [
        json!({"instructions": "the cart"}),
        json!({"perception_type": "deep"}),
    ] {
        let call = stage.client.post(&stage.path("/page/observe"));
        let message = call.json(body).refused(400).await;
        assert!(message.contains("GUISE_MODEL"), "{message}");
    }
    let action = stage
        .execute(json!({"type": "scrape", "selector": "h1"}))
        .await;
    assert_eq!(action["data"]["markdown"], scoped["markdown"]);
    for selector in ["#nothing-like-this", ":::"] {
        let call = stage.client.post(&stage.path("/page/scrape"));
        let message = call.json(json!({"selector": selector})).refused(400).await;
        assert!(message.contains(selector), "{message}");
    }
}

#[tokio::test]
async fn ignored_tags_are_bounded() {
    let stage = Stage::with_page().await;
    let frames = json!([{"frameData": "<p>Lamp</p><b>new</b>", "frameUrl": "https://a.example/"}]);
    let tags = |count: usize, tag: &str| json!(vec![tag; count]);
    let scrape = stage.path("/page/scrape");
    let execute = stage.path("/page/execute");
    let calls = [
        (scrape.as_str(), json!({})),
        (execute.as_str(), json!({"type": "scrape"})),
        ("/scrape", json!({"url": stage.site.url("/library")})),
        ("/scrape_from_html", json!({"frames": frames})),
    ];
    for (path, body) in calls {
        for wrong in [tags(101, "b"), tags(9, &"b,".repeat(500))] {
            let mut body = body.clone();
            body["ignored_tags"] = wrong;
            let message = stage.client.post(path).json(body).refused(422).await;
            assert!(message.contains("ignored_tags"), "{path}: {message}");
        }
    }
    let most = json!({"frames": frames, "ignored_tags": tags(100, "b")});
    let read = stage.client.post("/scrape_from_html").json(most).ok().await;
    assert_eq!(read["markdown"], "Lamp", "{read}");
}

#[tokio::test]
async fn without_a_model_the_page_itself_is_the_answer() {
    let stage = Stage::configured(&[("model", "")]).await;
    let html = "<main><dl><dt>Name</dt><dd>Kettle</dd><dt>Price</dt><dd>29,90 €</dd></dl></main>";
    let read = async |schema: &Value, more: Value| {
        let mut body = json!({"frames": [{"frameData": html, "frameUrl": "https://a.example/"}], "response_format": schema});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let read = stage.client.post("/scrape_from_html").json(body).ok().await;
        assert_eq!(read["model_schema"]["model_schema"], *schema);
        read["scrape"].clone()
    };
    let text = json!({"type": "string"});
    let properties = json!({"name": text, "price": {"type": "number"}, "color": text});
    let mut schema =
        json!({"type": "object", "properties": properties, "required": ["name", "price"]});
    let data = json!({"name": "Kettle", "price": 29.9});
    let found = read(&schema, json!({})).await;
    assert_eq!(
        (&found["success"], &found["error"], &found["data"]),
        (&json!(true), &json!(null), &data),
        "{found}"
    );
    assert_eq!(found["missing"], json!(["/color"]), "{found}");
    assert_eq!(found["sources"]["/price"]["kind"], "definition-list");
    assert_eq!(
        found["sources"]["/price"]["where"],
        "body > main > dl > dd:nth-of-type(2)"
    );

    // Instructions are a model's to follow.
    let told = read(&schema, json!({"instructions": "in dollars"})).await;
    assert_eq!(
        (&told["success"], &told["data"]),
        (&json!(false), &data),
        "{told}"
    );

    schema["required"] = json!(["name", "color"]);
    let lacking = read(&schema, json!({})).await;
    assert_eq!(
        (&lacking["success"], &lacking["data"]),
        (&json!(false), &json!(null)),
        "{lacking}"
    );
    assert_eq!(lacking["partial"], data, "{lacking}");
    let error = lacking["error"].as_str().unwrap();
    assert!(
        error.contains("/color") && error.contains("GUISE_MODEL"),
        "{error}"
    );
}

#[tokio::test]
async fn one_call_reads_a_page_and_leaves_no_session_behind() {
    let stage = Stage::new().await;
    let url = format!("{}/shop", stage.site.origin());
    let read = stage
        .client
        .post("/scrape")
        .json(json!({"url": url, "selector": "h1", "headless": true, "viewport_width": 800, "viewport_height": 600}))
        .ok()
        .await;
    assert!(read["markdown"].as_str().unwrap().contains('#'), "{read}");
    let refused = [
        (json!({"url": "http://127.0.0.1:9/"}), 400),
        (json!({"url": "http://169.254.169.254/"}), 400),
        (json!({"url": url, "selector": "#nothing-like-this"}), 400),
        (json!({"url": url, "proxies": true}), 422),
        (json!({"url": url, "scrape_links": "x"}), 422),
        (json!({"url": 5}), 422),
        (json!({}), 422),
    ];
    for (body, status) in refused {
        stage
            .client
            .post("/scrape")
            .json(body)
            .refused(status)
            .await;
    }
    let active = stage.client.get("/sessions").ok().await;
    assert_eq!(
        active["items"].as_array().unwrap().len(),
        1,
        "only the stage's own: {active}"
    );
}

#[tokio::test]
async fn html_at_hand_is_read_in_both_spellings() {
    let stage = Stage::new().await;
    let read = async |body: Value| stage.client.post("/scrape_from_html").json(body).ok().await;
    let html = "<h1>Lamp</h1><p>Warm <a href='/buy'>buy</a></p><img src='/l.png' alt='A lamp'>";
    let new =
        read(json!({"frames": [{"frameData": html, "frameUrl": "https://a.example/x"}]})).await;
    let old = read(json!({"frames": [{"html": html, "url": "https://a.example/x"}]})).await;
    assert_eq!(new, old);
    assert_eq!(new["markdown"], new["content"]);
    assert!(
        new["markdown"]
            .as_str()
            .unwrap()
            .contains("(https://a.example/buy)"),
        "{new}"
    );
    assert_eq!(new["scrape"], json!(null));
    assert_eq!(new["metadata"]["title"], "Lamp", "{new}");
    assert_eq!(new["metadata"]["author"], json!(null));
    let two = read(json!({"only_images": true, "frames": [
        {"frameData": html, "frameUrl": "https://a.example/x"},
        {"frameData": "<p>inner</p>", "frameUrl": "https://b.example/"},
    ]}))
    .await;
    assert_eq!(two["images"][0]["url"], "https://a.example/l.png", "{two}");
    let asked =
        read(json!({"frames": [{"html": html, "url": ""}], "instructions": "the price"})).await;
    assert_eq!(asked["scrape"]["success"], false);
    let chosen = |selector: &str| json!({"frames": [{"html": html, "url": "https://a.example/"}], "selector": selector});
    assert_eq!(read(chosen("//h1")).await["markdown"], "# Lamp");
    assert_eq!(
        read(chosen("xpath=//p/a")).await["markdown"],
        read(chosen("p > a")).await["markdown"]
    );
    for (selector, why) in [
        ("//h1[", "XPath"),
        ("h1..x", "CSS"),
        ("text=Lamp", "CSS or XPath"),
        ("//h2", "no element"),
    ] {
        let call = stage
            .client
            .post("/scrape_from_html")
            .json(chosen(selector));
        let message = call.refused(400).await;
        assert!(
            message.contains(&format!("`{selector}`")) && message.contains(why),
            "{message}"
        );
    }
    for wrong in [
        json!({}),
        json!({"frames": []}),
        json!({"frames": [{}]}),
        json!({"frames": [{"frameData": 1, "frameUrl": "x"}]}),
        json!({"frames": "x"}),
        json!({"frames": [{"html": html, "url": "https://a.example/"}], "headless": true}),
    ] {
        stage
            .client
            .post("/scrape_from_html")
            .json(wrong)
            .refused(422)
            .await;
    }
    // A lot of it, and hostile.
    for html in [
        "<div>".repeat(300_000),
        "<b>a</i>".repeat(50_000),
        "\u{1F600}".repeat(500_000),
    ] {
        read(json!({"frames": [{"html": html, "url": "https://a.example/"}]})).await;
    }
}
