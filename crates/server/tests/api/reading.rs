//! Reading a page in one call: by HTTP where that says it all, by a browser where it does not.

use serde_json::{Value, json};

use crate::support::Stage;

/// A stage whose client reads pages of the library.
struct Library(Stage);

impl Library {
    async fn new() -> Self {
        Self(Stage::new().await)
    }

    fn url(&self, path: &str) -> String {
        self.0.site.url(path)
    }

    async fn read(&self, path: &str, more: Value) -> Value {
        self.call(path, more).ok().await
    }

    async fn refused(&self, path: &str, more: Value, status: u16) -> String {
        self.call(path, more).refused(status).await
    }

    fn call(&self, path: &str, mut more: Value) -> crate::support::client::Call {
        more["url"] = json!(self.url(path));
        self.0.client.post("/scrape").json(more)
    }

    /// All sessions, those that have ended, too.
    async fn sessions(&self) -> usize {
        let listed = self.0.client.get("/sessions?only_active=false").ok().await;
        listed["items"].as_array().unwrap().len()
    }

    /// Who asked for a path last.
    fn agent(&self, path: &str) -> String {
        let hits = self.0.site.hits_of(path);
        hits.last().unwrap().headers["user-agent"].clone()
    }
}

fn text(read: &Value) -> &str {
    read["markdown"].as_str().unwrap()
}

#[tokio::test]
async fn a_page_without_need_of_scripts_is_read_by_http_and_takes_no_session() {
    let library = Library::new().await;
    let read = library.read("/library", json!({})).await;
    assert_eq!(read["read_by"], "http", "{read}");
    assert!(
        text(&read).contains("# Library") && text(&read).contains("three floors"),
        "{read}"
    );
    assert!(
        text(&read).contains(&format!("]({})", library.url("/library/books/1"))),
        "{read}"
    );
    assert_eq!(read["content"], read["markdown"]);
    assert!(library.agent("/library").starts_with("Guise/"));
    // Over a redirect, and only what is wished for.
    let read = library
        .read(
            "/library/moved",
            json!({"selector": "h1", "scrape_links": false}),
        )
        .await;
    assert_eq!(
        (text(&read), &read["read_by"]),
        ("# Book 1", &json!("http"))
    );
    let read = library
        .read("/library/books/2", json!({"only_main_content": true}))
        .await;
    assert!(!text(&read).contains("[Library]"), "{read}");
    // A page that is not there says so itself, as in a browser.
    let read = library.read("/library/missing", json!({})).await;
    assert!(text(&read).contains("Page not found"), "{read}");
    let read = library
        .read("/library/books/1", json!({"user_agent": "Reader/3"}))
        .await;
    assert_eq!(read["read_by"], "http");
    assert_eq!(library.agent("/library/books/1"), "Reader/3");
    assert_eq!(library.sessions().await, 1, "only the stage's own");
}

#[tokio::test]
async fn a_page_that_needs_a_browser_gets_one_and_no_session_stays() {
    let library = Library::new().await;
    for (path, says) in [
        ("/library/app", "three floors"),
        ("/library/guarded", "Guarded"),
        ("/frames", "IFRAME"),
    ] {
        let read = library.read(path, json!({})).await;
        assert_eq!(read["read_by"], "browser", "{path}: {read}");
        assert!(text(&read).contains(says), "{path}: {read}");
        assert!(library.agent(path).contains("Chrome"), "{path}");
    }
    assert_eq!(library.sessions().await, 4);
    let active = library.0.client.get("/sessions").ok().await;
    assert_eq!(active["items"].as_array().unwrap().len(), 1, "{active}");
}

#[tokio::test]
async fn what_matters_of_a_session_takes_a_browser() {
    let library = Library::new().await;
    for more in [
        json!({"viewport_width": 800, "viewport_height": 600}),
        json!({"extra_http_headers": {"X-Reader": "1"}}),
        json!({"read_by": "browser"}),
        json!({"selector": "text=three floors"}),
    ] {
        let read = library.read("/library/books/1", more.clone()).await;
        assert_eq!(read["read_by"], "browser", "{more}: {read}");
        assert!(
            library.agent("/library/books/1").contains("Chrome"),
            "{more}"
        );
    }
    // What does not matter does not.
    let more = json!({"headless": true, "idle_timeout_minutes": 5, "proxies": false});
    let read = library.read("/library/books/1", more).await;
    assert_eq!(read["read_by"], "http");
    // Wrong wishes are wrong before anything is asked.
    library.0.site.reset();
    for (more, names) in [
        (json!({"idle_timeout_minutes": 99}), "idle_timeout_minutes"),
        (json!({"block_ads": true}), "block_ads"),
        (json!({"read_by": "pigeon"}), "read_by"),
        (json!({"respect_robots": "perhaps"}), "respect_robots"),
        (
            json!({"read_by": "http", "viewport_width": 800, "viewport_height": 600}),
            "viewport_width",
        ),
    ] {
        let message = library.refused("/library/books/1", more, 422).await;
        assert!(message.contains(names), "{message}");
    }
    assert!(library.0.site.hits().is_empty());
}

#[tokio::test]
async fn http_alone_says_why_it_is_not_enough() {
    let library = Library::new().await;
    let only = json!({"read_by": "http"});
    for (path, why) in [
        ("/library/app", "scripts"),
        ("/library/guarded", "403"),
        ("/frames", "frames"),
        ("/library/picture", "image/png"),
    ] {
        let message = library.refused(path, only.clone(), 400).await;
        assert!(message.contains(why), "{path}: {message}");
    }
    let mut selector = only.clone();
    selector["selector"] = json!("#nothing-like-this");
    let message = library.refused("/library", selector, 400).await;
    assert!(message.contains("#nothing-like-this"), "{message}");
    assert_eq!(library.sessions().await, 1);
}

#[tokio::test]
async fn selectors_and_ignored_tags_mean_the_same_by_http_and_in_a_browser() {
    let library = Library::new().await;
    for (selector, ignored, expected) in [
        ("nav a", "nav", "Library"),
        ("//nav/a", "nav", "Library"),
        ("nav", "nav", "Library"),
        ("//main/h1", "main", "# Book 1"),
        ("xpath=/html/body/main", "p", "# Book 1"),
    ] {
        let mut both = Vec::new();
        for read_by in ["http", "browser"] {
            let more = json!({"selector": selector, "ignored_tags": [ignored], "scrape_links": false, "read_by": read_by});
            let read = library.read("/library/books/1", more).await;
            both.push(text(&read).to_owned());
        }
        assert_eq!(both[0], both[1], "{selector}");
        assert!(both[0].starts_with(expected), "{selector}: {both:?}");
    }
}

#[tokio::test]
async fn texts_are_read_as_they_are() {
    let library = Library::new().await;
    let read = library.read("/library/leaflet.txt", json!({})).await;
    assert_eq!(
        (text(&read), &read["read_by"]),
        ("```\nGeöffnet\n```", &json!("http"))
    );
    let read = library.read("/library/hours.json", json!({})).await;
    assert_eq!(text(&read), "```json\n{\n  \"opens\": 7\n}\n```");
}

#[tokio::test]
async fn robots_count_where_the_caller_says_so() {
    let library = Library::new().await;
    let closed = "/library/closed/archive";
    for more in [
        json!({"respect_robots": true}),
        json!({"respect_robots": true, "read_by": "browser"}),
    ] {
        let message = library.refused(closed, more, 400).await;
        assert!(message.contains("robots.txt"), "{message}");
    }
    assert!(library.0.site.hits_of(closed).is_empty());
    library
        .read("/library/books/1", json!({"respect_robots": true}))
        .await;
    let read = library.read(closed, json!({})).await;
    assert_eq!(read["read_by"], "http");
}

#[tokio::test]
async fn addresses_that_are_closed_to_pages_are_closed_to_the_server_too() {
    let library = Library::new().await;
    let away = |to: &str| format!("/redirect?to={to}");
    let own = format!("http%3A%2F%2F{}%2Fhealth", library.0.server.address());
    for to in [
        "http%3A%2F%2F169.254.169.254%2Flatest",
        "http%3A%2F%2F%5B%3A%3Affff%3A10.0.0.1%5D",
        &own,
    ] {
        let message = library.refused(&away(to), json!({}), 400).await;
        assert!(message.contains("is refused"), "{message}");
    }
    assert_eq!(library.sessions().await, 1, "no browser was tried");
    for to in ["file%3A%2F%2F%2Fetc%2Fpasswd", "gopher%3A%2F%2F127.0.0.1"] {
        library
            .refused(&away(to), json!({"read_by": "http"}), 400)
            .await;
    }
}
