//! Every type of action: its effect on the page, or why it cannot be done.

use serde_json::{Value, json};

use crate::house::{House, Opened};

/// An action with what leads up to it and what is so afterwards.
struct Row {
    name: &'static str,
    /// Where it is done.
    path: &'static str,
    /// What is done before.
    before: Vec<Value>,
    action: Value,
    /// Whether it succeeds, and a part of its message.
    told: (bool, &'static str),
    /// What a script in the page gives afterwards.
    after: Option<(&'static str, Value)>,
}

/// Has a page tell in its title how far the mouse went while its button was down.
const WAY: &str = "addEventListener('mousedown', (down) => addEventListener('mouseup', (up) => \
    { document.title = String(up.clientX - down.clientX); }))";

fn row(name: &'static str, path: &'static str, members: Value, told: &'static str) -> Row {
    let mut action = members;
    action["type"] = name.into();
    Row {
        name,
        path,
        before: Vec::new(),
        action,
        told: (true, told),
        after: None,
    }
}

impl Row {
    fn before(mut self, actions: impl IntoIterator<Item = Value>) -> Self {
        self.before.extend(actions);
        self
    }

    fn after(mut self, code: &'static str, gives: impl Into<Value>) -> Self {
        self.after = Some((code, gives.into()));
        self
    }

    fn fails(mut self) -> Self {
        self.told.0 = false;
        self
    }
}

fn rows(origin: &str) -> Vec<Row> {
    let to = |path: &str| json!({"url": format!("{origin}{path}")});
    let goto = |path: &str| json!({"type": "goto", "url": format!("{origin}{path}")});
    let new_tab = |path: &str| json!({"type": "goto_new_tab", "url": format!("{origin}{path}")});
    let path = "location.pathname";
    let value_of = |id: &str| format!("document.getElementById('{id}').value").leak() as &str;
    vec![
        row("goto", "/article", to("/login"), "Navigated to").after(path, "/login"),
        row("goto_new_tab", "/article", to("/login"), "in new tab").after(path, "/login"),
        row("close_tab", "/article", json!({}), "Closed")
            .before([new_tab("/login")])
            .after(path, "/article"),
        row(
            "switch_tab",
            "/article",
            json!({"tab_index": 0}),
            "Switched",
        )
        .before([new_tab("/login")])
        .after(path, "/article"),
        row("go_back", "/article", json!({}), "Navigated back")
            .before([goto("/login")])
            .after(path, "/article"),
        row("go_forward", "/article", json!({}), "Navigated forward")
            .before([goto("/login"), json!({"type": "go_back"})])
            .after(path, "/login"),
        row("reload", "/article", json!({}), "Reloaded")
            .before([json!({"type": "evaluate_js", "code": "window.mark = 1"})])
            .after("typeof window.mark", "undefined"),
        row(
            "wait",
            "/article",
            json!({"time_ms": 30}),
            "Waited for 30 milliseconds",
        ),
        row("press_key", "/keys", json!({"key": "Shift+x"}), "Pressed")
            .before([json!({"type": "click", "selector": "#field"})])
            .after(value_of("field"), "X"),
        row(
            "scroll_down",
            "/scroll",
            json!({"amount": 300}),
            "Scrolled down by 300",
        )
        .after("Math.round(scrollY)", 300),
        row(
            "scroll_up",
            "/scroll",
            json!({"amount": 200}),
            "Scrolled up by 200",
        )
        .before([json!({"type": "scroll_down", "amount": 500})])
        .after("Math.round(scrollY)", 300),
        row(
            "captcha_solve",
            "/article",
            json!({}),
            "no captcha service is set up",
        )
        .fails(),
        row(
            "help",
            "/article",
            json!({"reason": "Which of them?"}),
            "Clarification is needed: Which of them?",
        )
        .fails(),
        row(
            "completion",
            "/article",
            json!({"success": true, "answer": "All of it"}),
            "All of it",
        ),
        row("scrape", "/article", json!({}), "Scraped"),
        row(
            "evaluate_js",
            "/article",
            json!({"code": "document.body.id = 'changed'"}),
            "",
        )
        .after("document.body.id", "changed"),
        row(
            "form_fill",
            "/login",
            json!({"value": {"username": "ada", "password": "engine"}}),
            "",
        )
        .after("[username.value, password.value].join()", "ada,engine"),
        row(
            "click",
            "/inputs",
            json!({"selector": "#checkbox"}),
            "Clicked",
        )
        .after("document.getElementById('checkbox').checked", true),
        row(
            "fill",
            "/inputs",
            json!({"selector": "#filled", "value": "new"}),
            "Filled",
        )
        .after(value_of("filled"), "new"),
        row(
            "multi_factor_fill",
            "/inputs",
            json!({"selector": "#text", "value": "123456"}),
            "Typed into",
        )
        .after(value_of("text"), "123456"),
        row(
            "fallback_fill",
            "/inputs",
            json!({"selector": "#typed", "value": "by keys"}),
            "Typed into",
        )
        .after(value_of("typed"), "by keys"),
        row(
            "check",
            "/inputs",
            json!({"selector": "#checked", "value": false}),
            "",
        )
        .after("document.getElementById('checked').checked", false),
        row(
            "select_dropdown_option",
            "/inputs",
            json!({"selector": "#select", "value": "Medium"}),
            "Selected",
        )
        .after(value_of("select"), "m"),
        row(
            "upload_file",
            "/upload",
            json!({"selector": "#single", "file_path": "kept.txt"}),
            "Uploaded the file 'kept.txt'",
        )
        .after("document.getElementById('single').files[0].text()", "kept"),
        row(
            "download_file",
            "/download",
            json!({"selector": "#attachment"}),
            "report.csv",
        ),
        row(
            "hover",
            "/inputs",
            json!({"selector": "#checkbox"}),
            "Moved the mouse over",
        )
        .after(
            "document.getElementById('checkbox').matches(':hover')",
            true,
        ),
        row(
            "double_click",
            "/inputs",
            json!({"selector": "#checkbox"}),
            "Double-clicked",
        )
        .after("document.getElementById('checkbox').checked", false),
        row(
            "right_click",
            "/inputs",
            json!({"selector": "#checkbox"}),
            "with the right button",
        )
        .after("document.getElementById('checkbox').checked", false),
        row(
            "click_at",
            "/inputs",
            json!({"selector": "#checkbox", "x": 4, "y": 4}),
            "Clicked at 4, 4",
        )
        .after("document.getElementById('checkbox').checked", true),
        row(
            "press_and_hold",
            "/inputs",
            json!({"selector": "#checkbox", "time_ms": 50}),
            "Held the mouse button down for 50 ms",
        )
        .after("document.getElementById('checkbox').checked", true),
        row(
            "drag_and_drop",
            "/article",
            json!({"selector": "h1", "by_x": 120, "by_y": 0}),
            "Dragged",
        )
        .before([json!({"type": "evaluate_js", "code": WAY})])
        .after("document.title", "120"),
        row(
            "wheel",
            "/scroll",
            json!({"selector": "h1", "delta_y": 300}),
            "Turned the mouse wheel by 0, 300",
        )
        .after("Math.round(scrollY)", 300),
    ]
}

/// Actions that this server has nothing for are refused before the page is touched.
const REFUSED: &[(&str, &str)] = &[
    ("email_read", "needs a persona"),
    ("email_verification_read", "needs a persona"),
    ("sms_read", "needs a persona"),
];

async fn check(house: &House, session: &Opened, row: Row) {
    let name = row.name;
    // An address of its own for each, so that the page is a new one.
    let url = house.site.url(&format!("{}?row={name}", row.path));
    session.goto(&url).await;
    for action in row.before {
        session.done(action).await;
    }
    let result = session.execute(row.action.clone()).await;
    let (success, told) = row.told;
    assert_eq!(result["success"], success, "{name}: {result}");
    let message = result["message"].as_str().unwrap();
    assert!(message.contains(told), "{name}: {message}");
    assert_eq!(result["action"]["type"], name);
    assert_eq!(
        result["exception"].is_null(),
        success || name == "help",
        "{name}: {result}"
    );
    if name == "scrape" {
        let text = result["data"]["markdown"].as_str().unwrap();
        assert!(text.contains("# The slow letter"), "{text}");
    }
    if let Some((code, expected)) = row.after {
        let given = session.evaluate_json(code).await;
        assert_eq!(given, expected, "{name}");
    }
}

/// The names of all types, as the server tells them to whoever gets one wrong.
async fn all_types(session: &Opened) -> Vec<String> {
    let call = session.post("/page/execute").json(json!({"type": "dance"}));
    let message = call.refused(422).await;
    let (_, names) = message.split_once("expected one of ").unwrap();
    names.split(", ").map(str::to_owned).collect()
}

#[tokio::test]
async fn every_action_has_its_effect_or_a_reason() {
    let house = House::new().await;
    let upload = house.client.post("/storage/uploads/kept.txt");
    upload.file("file", "kept").ok().await;
    let session = house.open(json!({})).await;
    let rows = rows(house.site.origin());
    let mut names: Vec<_> = rows.iter().map(|row| row.name).collect();
    names.extend(REFUSED.iter().map(|(name, _)| name));
    names.sort_unstable();
    let mut all = all_types(&session).await;
    all.sort_unstable();
    assert_eq!(names, all);
    assert_eq!(all.len(), 35);
    for row in rows {
        check(&house, &session, row).await;
    }
    for (name, why) in REFUSED {
        let call = session.post("/page/execute").json(json!({"type": name}));
        let message = call.refused(400).await;
        assert!(message.contains(why), "{name}: {message}");
    }
}
