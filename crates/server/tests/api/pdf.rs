//! PDFs read as pages: what they say, why some cannot be read, and what the process that reads one can still do.

use std::io::Write as _;
use std::process::{Command, Stdio};

use guise_testsite::Site;
use serde_json::{Value, json};

use crate::support::client::{Call, Client};
use crate::support::eventually;
use crate::support::server::Server;

/// A server, and a site with documents.
struct House {
    client: Client,
    site: Site,
    _server: Server,
}

impl House {
    async fn new() -> Self {
        let server = Server::start().await;
        Self {
            client: server.client().await,
            site: Site::start().await.unwrap(),
            _server: server,
        }
    }

    fn scrape(&self, name: &str, mut more: Value) -> Call {
        more["url"] = json!(self.site.url(&format!("/pdf/{name}")));
        self.client.post("/scrape").json(more)
    }

    async fn read(&self, name: &str, more: Value) -> Value {
        let read = self.scrape(name, more).ok().await;
        assert_eq!(read["read_by"], "http", "{read}");
        read
    }

    async fn sessions(&self) -> usize {
        let listed = self.client.get("/sessions?only_active=false").ok().await;
        listed["items"].as_array().unwrap().len()
    }
}

const REPORT: &str = "# Report of the harbour office

In March the harbour took in four hundred and twelve ships, more than in any March before. Most of them brought coffee \
and left with paper. The crane at the northern quay stood still for nine days, since nobody could find the key to its \
cabin. It was in the pilot's coat.

## What has to be done

- Paint the lighthouse
- Count the buoys
- Thank the night watch

## Ships by quay

|Quay|Ships|Days|
|---|---|---|
|North|118|22|
|South|203|31|
|West|91|30|";

#[tokio::test]
async fn a_document_is_its_text_and_what_it_says_about_itself() {
    let house = House::new().await;
    let about = json!({
        "title": "Häfen im März",
        "author": "Ada Brook",
        "published": "2026-04-02T08:30:00+02:00",
        "modified": "2026-04-03",
        "language": "en-GB",
        "canonical": null,
        "site_name": null,
        "description": "Ships, quays and a key",
        "image": null,
    });
    // By its content type, and by how it begins where that says nothing.
    for name in ["report", "unnamed"] {
        let read = house.read(name, json!({})).await;
        assert_eq!(read["markdown"], REPORT, "{name}");
        assert_eq!(read["metadata"], about, "{name}");
    }
    let read = house.read("report", json!({"only_images": true})).await;
    assert_eq!(read["images"], json!([]));
    let read = house.read("blank", json!({})).await;
    assert_eq!(
        (&read["markdown"], &read["metadata"]),
        (&json!(""), &Value::Null)
    );
    assert_eq!(house.sessions().await, 0, "no browser was asked");
}

/// They are in one browser, which tells each reader of the downloads of all.
#[tokio::test]
async fn of_documents_that_browsers_read_at_once_each_is_its_own() {
    let house = House::new().await;
    let scrape = |name| house.scrape(name, json!({"read_by": "browser"}));
    scrape("report").ok().await;
    for _ in 0..3 {
        let (first, blank, second) = tokio::join!(
            scrape("report").ok(),
            scrape("blank").ok(),
            scrape("report").ok()
        );
        assert_eq!(first["markdown"], REPORT);
        assert_eq!(blank["markdown"], "");
        assert_eq!(second["markdown"], REPORT);
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_read_says_why() {
    let house = House::new().await;
    for (name, why) in [
        ("locked", "password"),
        ("broken", "damaged"),
        ("scan", "only pictures"),
        ("bomb", "256 MiB"),
    ] {
        // Neither by HTTP alone, nor where a browser might be asked, which would read no more of it.
        for more in [json!({"read_by": "http"}), json!({})] {
            let message = house.scrape(name, more).refused(400).await;
            assert!(message.contains(why), "{name}: {message}");
        }
    }
    assert_eq!(house.sessions().await, 0, "no browser was asked");
    // It goes on with the next one, several at once.
    let reads = (0..5).map(|_| house.read("report", json!({})));
    for read in futures_util::future::join_all(reads).await {
        assert_eq!(read["markdown"], REPORT);
    }
}

#[tokio::test]
async fn crawls_read_documents_too() {
    let house = House::new().await;
    let wish = json!({"url": house.site.url("/pdf")});
    let crawl = house.client.post("/crawl").json(wish).ok().await;
    let path = format!("/crawl/{}", crawl["crawl_id"].as_str().unwrap());
    eventually("the crawl has ended", async || {
        let crawl = house.client.get(&path).ok().await;
        (crawl["status"] == "completed").then_some(())
    })
    .await;
    let pages = house.client.get(&format!("{path}/pages")).ok().await;
    let of = |name: &str| {
        let url = house.site.url(&format!("/pdf/{name}"));
        let mut pages = pages["items"].as_array().unwrap().iter();
        let found = pages.find(|page| page["url"] == url);
        found.unwrap_or_else(|| panic!("{name}: {pages:?}"))
    };
    for name in ["report", "unnamed"] {
        let page = of(name);
        assert_eq!(page["read_by"], "http", "{page}");
        assert_eq!(page["title"], "Häfen im März", "{page}");
        assert_eq!(page["markdown"], REPORT, "{page}");
    }
    for (name, why) in [("locked", "password"), ("scan", "only pictures")] {
        let page = of(name);
        assert_eq!(page["status"], "failed", "{page}");
        assert!(page["reason"].as_str().unwrap().contains(why), "{page}");
    }
}

#[tokio::test]
async fn a_tab_at_a_document_is_read_as_its_text() {
    let house = House::new().await;
    // One engine has a viewer, the other downloads it.
    for engine in ["chromium", "chrome"] {
        let session = house.client.start(json!({"browser_type": engine})).await;
        let path = |rest: &str| format!("/sessions/{session}/page/{rest}");
        let go = async |to: &str| {
            let action = json!({"type": "goto", "url": house.site.url(to)});
            let done = house.client.post(&path("execute")).json(action).ok().await;
            assert_eq!(done["success"], true, "{engine}: {done}");
        };
        let read = || house.client.post(&path("scrape")).json(json!({}));
        go("/pdf/report").await;
        let text = read().ok().await;
        assert_eq!(text["markdown"], REPORT, "{engine}");
        assert_eq!(text["metadata"]["author"], "Ada Brook", "{engine}");
        go("/pdf/locked").await;
        let message = read().refused(400).await;
        assert!(message.contains("password"), "{engine}: {message}");
        // A page is a page again, and so is one from which something else was downloaded.
        go("/pdf").await;
        go("/download/report.csv").await;
        let text = read().ok().await["markdown"].clone();
        assert!(
            text.as_str().unwrap().starts_with("# Documents"),
            "{engine}: {text}"
        );
        house.client.stop(&session).await;
    }
    let more = json!({"read_by": "browser"});
    let read = house.scrape("report", more.clone()).ok().await;
    assert_eq!(
        (&read["markdown"], &read["read_by"]),
        (&json!(REPORT), &json!("browser"))
    );
    let message = house.scrape("scan", more).refused(400).await;
    assert!(message.contains("only pictures"), "{message}");
}

/// A field of `/proc/…/status` or a line of `/proc/…/limits`, without its name.
fn field(pid: u32, file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    value
        .unwrap_or_else(|| panic!("{name}: {text}"))
        .trim()
        .to_owned()
}

#[tokio::test]
async fn the_process_that_waits_for_a_document_has_given_up_everything_else() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_guise"))
        .arg("read-pdf")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    eventually("it waits behind its filter", async || {
        (field(pid, "status", "Seccomp:") == "2").then_some(())
    })
    .await;
    for (name, value) in [
        ("NoNewPrivs:", "1"),
        ("Threads:", "1"),
        ("CapPrm:", "0000000000000000"),
        ("CapEff:", "0000000000000000"),
        ("CapInh:", "0000000000000000"),
    ] {
        assert_eq!(field(pid, "status", name), value, "{name}");
    }
    if rustix::process::geteuid().is_root() {
        let nobody = "65534\t65534\t65534\t65534";
        assert_eq!(field(pid, "status", "Uid:"), nobody);
        assert_eq!(field(pid, "status", "Gid:"), nobody);
        assert_eq!(field(pid, "status", "Groups:"), "");
    }
    for (name, most) in [
        ("Max data size", 256 << 20),
        ("Max cpu time", 10),
        ("Max core file size", 0),
        ("Max file size", 0),
        ("Max open files", 0),
        ("Max processes", 0),
    ] {
        let limits = field(pid, "limits", name);
        let limits: Vec<_> = limits.split_whitespace().take(2).collect();
        let most = most.to_string();
        assert_eq!(limits, [&most, &most], "{name}");
    }
    // It still reads.
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"%PDF-1.7\n").unwrap();
    drop(input);
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success(), "{said:?}");
    let answer: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert!(answer["Unreadable"]["Broken"].is_string(), "{answer}");
}
