//! Who may reach what, tried with real pages.

use std::time::Duration;

use guise_testsite::Site;
use rstest::rstest;
use serde_json::json;
use tokio::time::timeout;

use crate::support::{Client, Home, KEY, Process, Server, within};

/// A refusal comes well before the deadline of a call, which is 40 s.
const PROMPTLY: Duration = Duration::from_secs(10);

fn home(allow: &str) -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", allow)
}

/// Goes where it must be refused. Answers the message.
async fn refusal(client: &Client, id: &str, url: &str) -> String {
    let went = timeout(PROMPTLY, client.goto(id, url)).await;
    let went = went.unwrap_or_else(|_| panic!("{url} was not refused promptly"));
    assert_eq!(went["success"], false, "{url}: {went}");
    went["message"].as_str().unwrap().to_owned()
}

#[rstest]
#[case::headless_shell(json!({}))]
#[case::chrome(json!({"browser_type": "chrome"}))]
#[tokio::test]
async fn private_addresses_are_refused_with_host_class_and_switch(
    #[case] options: serde_json::Value,
) {
    let home = home("");
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(options).await;
    for (host, class) in [
        ("127.0.0.1", "loopback"),
        ("127.9.9.9", "loopback"),
        ("localhost", "loopback"),
        ("[::1]", "loopback"),
        ("[::ffff:127.0.0.1]", "loopback"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("[fd00::1]", "private"),
        ("169.254.1.1", "link-local"),
        ("[fe80::1]", "link-local"),
        ("100.64.0.1", "carrier"),
    ] {
        let message = refusal(&client, &id, &format!("http://{host}:8099/")).await;
        for part in [class, "--allow-hosts"] {
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
        let bare = host.trim_matches(['[', ']']);
        assert!(
            message.contains(bare) || host.contains("ffff"),
            "{host} is not in: {message}"
        );
    }
    for url in [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://0/",
        "https://127.0.0.1/",
        "http://user:word@127.0.0.1/",
    ] {
        let message = refusal(&client, &id, url).await;
        assert!(message.contains("refused"), "{url}: {message}");
    }
    assert_eq!(client.evaluate(&id, "6 * 7").await.trim(), "42");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_services_are_refused_in_every_spelling_and_through_redirects() {
    let site = Site::start().await.unwrap();
    // Even to an operator who allows everything.
    let home = home("localhost,127.0.0.1,0.0.0.0/0,::/0");
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(json!({})).await;
    for host in [
        "169.254.169.254",
        "2852039166",
        "0xA9FEA9FE",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.16689662",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[fd00:ec2::254]",
        "169.254.169.254.",
        "100.100.100.200",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "metadata",
    ] {
        let direct = format!("http://{host}/latest/meta-data/");
        let redirect = site.url(&format!("/redirect?to={direct}"));
        for url in [direct, redirect] {
            let message = refusal(&client, &id, &url).await;
            assert!(message.contains("metadata"), "{url}: {message}");
            assert!(message.contains("no switch"), "{url}: {message}");
        }
    }
    client.visit(&id, &site.url("/article")).await;
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_own_ports_stay_closed_where_loopback_is_open() {
    let site = Site::start().await.unwrap();
    let home = home("localhost,127.0.0.1,::1,0.0.0.0");
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(json!({})).await;
    client.visit(&id, &site.url("/article")).await;
    client
        .visit(&id, &format!("{}/article", site.cross_site()))
        .await;

    let ports = Process::find(server.pid()).unwrap().listens_on();
    assert!(ports.contains(&server.address.port()), "{ports:?}");
    assert!(ports.len() >= 2, "the doors listen, too: {ports:?}");
    for port in ports {
        for host in [
            "127.0.0.1",
            "localhost",
            "127.0.0.2",
            "0.0.0.0",
            "[::ffff:127.0.0.1]",
            "2130706433",
        ] {
            let message = refusal(&client, &id, &format!("http://{host}:{port}/health")).await;
            assert!(message.contains("refused"), "{host}:{port}: {message}");
        }
        let redirect = site.url(&format!("/redirect?to=http://127.0.0.1:{port}/health"));
        let message = refusal(&client, &id, &redirect).await;
        assert!(message.contains("port of this server"), "{message}");
    }
    assert!(
        !server.log().contains("/health"),
        "a page has reached the server"
    );
    site.stop().await;
}

#[tokio::test]
async fn only_http_addresses_are_open() {
    let home = home("localhost,127.0.0.1");
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(json!({})).await;
    let secret = home.data().join("instance.key");
    for url in [
        "file:///etc/passwd".to_owned(),
        format!("file://{}", secret.display()),
        "FILE:///etc/passwd".to_owned(),
        " file:///etc/passwd".to_owned(),
        "fi\tle:///etc/passwd".to_owned(),
        "chrome://version".to_owned(),
        "chrome://settings/passwords".to_owned(),
        "devtools://devtools/bundled/inspector.html".to_owned(),
        "view-source:file:///etc/passwd".to_owned(),
        "view-source:http://127.0.0.1/".to_owned(),
        "chrome-untrusted://terminal/".to_owned(),
        "filesystem:http://127.0.0.1/temporary/".to_owned(),
        "blob:file:///x".to_owned(),
        "javascript:alert(1)".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
    ] {
        for action in ["goto", "goto_new_tab"] {
            let asked = client.execute(&id, json!({"type": action, "url": url}));
            let answer = timeout(PROMPTLY, asked).await.unwrap();
            assert!(
                answer.status >= 400 || answer.body["success"] == false,
                "{action} {url}: {answer:?}"
            );
        }
    }
    assert_eq!(
        client
            .evaluate(
                &id,
                "document.body.innerText.includes('root:') ? 'leaked' : 'kept'"
            )
            .await
            .trim(),
        "kept"
    );
}

/// Every way that a page has to reach an address, towards the first argument; none waits for an answer.
const WAYS: &str = r"
const base = BASE;
const http = base.replace(/^http/, 'http');
const ws = base.replace(/^http/, 'ws');
fetch(http + '/way/fetch', {mode: 'no-cors'}).catch(() => {});
const request = new XMLHttpRequest(); request.open('GET', http + '/way/xhr'); request.send();
navigator.sendBeacon(http + '/way/beacon', 'x');
new Image().src = http + '/way/image';
new EventSource(http + '/way/events');
new WebSocket(ws + '/way/socket');
const add = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
add('iframe', {src: http + '/way/frame'});
add('script', {src: http + '/way/script'});
add('link', {rel: 'stylesheet', href: http + '/way/style'});
add('link', {rel: 'prefetch', href: http + '/way/prefetch'});
add('video', {src: http + '/way/video', preload: 'auto'});
add('object', {data: http + '/way/object'});
window.open(http + '/way/popup');
new Worker(URL.createObjectURL(new Blob([`fetch('${http}/way/worker', {mode: 'no-cors'})`])));
const form = add('form', {}) || document.forms[document.forms.length - 1];
const last = document.forms[document.forms.length - 1];
last.action = http + '/way/form'; last.target = '_blank'; last.method = 'post'; last.submit();
'done'
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_no_other_way() {
    let site = Site::start().await.unwrap();
    let ways = |base: &str| WAYS.replace("BASE", &format!("'{base}'"));
    let hits = || {
        site.hits()
            .into_iter()
            .filter(|hit| hit.path.starts_with("/way/"))
            .collect::<Vec<_>>()
    };

    // Where the other port is open, the ways lead there: this page can tell.
    {
        let home = home("127.0.0.1");
        let server = Server::start(&home);
        let client = server.client();
        let id = client.start(json!({})).await;
        client.visit(&id, &site.url("/article")).await;
        client.evaluate(&id, &ways(site.other_origin())).await;
        within(
            Duration::from_secs(20),
            "the ways lead to an open port",
            async || {
                let mut paths: Vec<_> = hits().into_iter().map(|hit| hit.path).collect();
                paths.sort();
                paths.dedup();
                paths.len() >= 12
            },
        )
        .await;
    }
    site.reset();

    let home = home(&site.origin().replace("http://", ""));
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(json!({})).await;
    let own = format!("http://{}", server.address);
    for base in [site.other_origin(), &own, "http://169.254.169.254"] {
        client.visit(&id, &site.url("/article")).await;
        let read = format!(
            "fetch('{base}/way/read').then(answer => answer.text()).catch(error => 'closed')"
        );
        let read = client.evaluate(&id, &read).await;
        assert!(read.contains("closed"), "{base}: {read}");
        // The last, since some of them open another tab.
        client.evaluate(&id, &ways(base)).await;
    }
    // The last page's requests have been made by the time that another page has loaded over the same door.
    client.visit(&id, &site.url("/shop")).await;
    assert!(hits().is_empty(), "{:?}", hits());
    assert!(
        !server.log().contains("/way/"),
        "a page has reached the server"
    );
    site.stop().await;
}
