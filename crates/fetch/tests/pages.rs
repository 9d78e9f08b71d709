//! Pages from real sockets: redirects, encodings, bounds, closed ways, and what sites ask for.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};
use guise_egress::{AllowList, Guard, OwnPorts, Resolver};
use guise_fetch::{
    Client, Error, Fetched, MAX_BYTES, Options, Patience, Politeness, Request, SitemapBounds,
    Wanted,
};
use rstest::rstest;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use url::Url;

/// A site that answers each path with bytes as they are, and notes what it was asked.
struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn start<const N: usize>(pages: [(&str, Vec<u8>); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let pages: HashMap<_, _> = pages
            .into_iter()
            .map(|(path, answer)| (path.to_owned(), answer))
            .collect();
        let pages = Arc::new(pages);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&pages), Arc::clone(&noted)));
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> Url {
        format!("http://127.0.0.1:{}{path}", self.port)
            .parse()
            .unwrap()
    }

    fn paths(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let paths = asked
            .iter()
            .map(|head| head.split(' ').nth(1).unwrap().to_owned());
        paths.collect()
    }
}

async fn serve(
    stream: TcpStream,
    pages: Arc<HashMap<String, Vec<u8>>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(head);
    match pages.get(&path) {
        // Never ends.
        Some(answer) if answer.ends_with(b"...") => {
            let _ = stream.write_all(answer).await;
            std::future::pending::<()>().await;
        }
        Some(answer) => {
            // The client may have had enough.
            let _ = stream.write_all(answer).await;
        }
        None => {
            let _ = stream
                .write_all(&page("404 Not Found", "", b"nothing"))
                .await;
        }
    }
}

/// An answer whose connection ends with it.
fn page(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{fields}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn ok(body: &str) -> Vec<u8> {
    page(
        "200 OK",
        "Content-Type: text/html; charset=utf-8\r\n",
        body.as_bytes(),
    )
}

fn to(location: &str) -> Vec<u8> {
    page("302 Found", &format!("Location: {location}\r\n"), b"")
}

fn client_that_may(allow: &str) -> Client {
    let allow: AllowList = allow.parse().unwrap();
    let resolver = Resolver::new(|name| match name {
        "inside.test" => Ok(vec!["10.0.0.1".parse().unwrap()]),
        _ => Ok(vec!["127.0.0.1".parse().unwrap()]),
    });
    Client::new(Options {
        guard: Guard::new(allow, OwnPorts::default(), resolver),
        user_agent: "Guise/1".to_owned(),
        robot: "guise".to_owned(),
        politeness: Politeness {
            at_once: 4,
            gap: Duration::ZERO,
        },
        max_pdf_bytes: MAX_BYTES + 1_000,
    })
    .unwrap()
}

/// As long as any of them takes.
fn soon() -> Patience {
    within(Duration::from_secs(20))
}

fn within(reading: Duration) -> Patience {
    Patience {
        turn_by: Instant::now() + Duration::from_secs(20),
        reading,
    }
}

fn plain(url: &Url) -> Request<'_> {
    Request {
        url,
        user_agent: None,
        respect_robots: false,
    }
}

async fn get(site: &Site, path: &str) -> Result<Fetched, Error> {
    let url = site.url(path);
    let client = client_that_may("127.0.0.1");
    let got = client.get(plain(&url), soon()).await;
    got.map_err(|it| it.error)
}

#[tokio::test]
async fn a_page_comes_with_its_type_over_redirects() {
    let site = Site::start([
        ("/a", to("/b#there")),
        ("/b", to("c?x=1")),
        ("/c?x=1", ok("hello")),
        ("/gone", page("410 Gone", "", b"gone")),
        ("/nowhere", page("302 Found", "", b"no address")),
    ])
    .await;
    let found = get(&site, "/a").await.unwrap();
    assert_eq!(found.url, site.url("/c?x=1"));
    assert_eq!((found.status, &found.body[..]), (200, &b"hello"[..]));
    assert_eq!(
        found.content_type.as_deref(),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(get(&site, "/gone").await.unwrap().status, 410);
    assert_eq!(get(&site, "/nowhere").await.unwrap().body, "no address");
    let asked = site.asked.lock().unwrap().join("");
    assert!(asked.contains("user-agent: Guise/1\r\n"), "{asked}");
    assert!(!asked.to_lowercase().contains("cookie"), "{asked}");
}

#[tokio::test]
async fn no_cookie_is_kept_and_a_session_may_name_itself() {
    let site = Site::start([
        (
            "/in",
            page("302 Found", "Set-Cookie: a=b\r\nLocation: /out\r\n", b""),
        ),
        ("/out", ok("out")),
    ])
    .await;
    let url = site.url("/in");
    let request = Request {
        user_agent: Some("Somebody/2"),
        ..plain(&url)
    };
    client_that_may("localhost")
        .get(request, soon())
        .await
        .unwrap();
    let asked = site.asked.lock().unwrap().join("");
    assert_eq!(
        asked.matches("user-agent: Somebody/2\r\n").count(),
        2,
        "{asked}"
    );
    assert!(!asked.to_lowercase().contains("cookie"), "{asked}");
}

#[rstest]
#[case("http://inside.test/", "10.0.0.1")]
#[case("http://169.254.169.254/latest", "169.254.169.254")]
#[case("http://[::ffff:10.0.0.1]/", "10.0.0.1")]
#[case("http://0x0a000001/", "10.0.0.1")]
#[tokio::test]
async fn what_is_closed_is_not_dialled_also_after_a_redirect(
    #[case] closed: &str,
    #[case] named: &str,
) {
    let site = Site::start([("/", to(closed))]).await;
    let client = client_that_may("127.0.0.1");
    for url in [closed.parse().unwrap(), site.url("/")] {
        let error = client.get(plain(&url), soon()).await.unwrap_err().error;
        assert!(error.is_refused(), "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
    // Without the switch, this machine is closed, too.
    let url = site.url("/");
    let error = client_that_may("")
        .get(plain(&url), soon())
        .await
        .unwrap_err()
        .error;
    assert!(error.is_refused(), "{error}");
}

#[rstest]
#[case("file:///etc/passwd")]
#[case("ftp://127.0.0.1/")]
#[case("http://me:secret@127.0.0.1/")]
#[case("data:text/html,hi")]
#[tokio::test]
async fn other_addresses_are_refused(#[case] address: &str) {
    let site = Site::start([("/", to(address))]).await;
    for url in [address.parse().unwrap(), site.url("/")] {
        let error = client_that_may("127.0.0.1")
            .get(plain(&url), soon())
            .await
            .unwrap_err()
            .error;
        assert!(matches!(error, Error::Address(_)), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn redirects_end() {
    let site = Site::start([("/", to("/"))]).await;
    let error = get(&site, "/").await.unwrap_err();
    assert!(
        matches!(error, Error::Redirects { most: 10, .. }),
        "{error}"
    );
    assert_eq!(site.paths().len(), 11);
}

async fn encoded(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    match kind {
        "gzip" => GzipEncoder::new(body).read_to_end(&mut bytes).await,
        "deflate" => ZlibEncoder::new(body).read_to_end(&mut bytes).await,
        "br" => BrotliEncoder::new(body).read_to_end(&mut bytes).await,
        _ => ZstdEncoder::new(body).read_to_end(&mut bytes).await,
    }
    .unwrap();
    bytes
}

#[rstest]
#[tokio::test]
async fn bodies_are_decoded_and_bombs_are_not(
    #[values("gzip", "deflate", "br", "zstd")] kind: &str,
) {
    let small = encoded(kind, "grün".repeat(1_000).as_bytes()).await;
    let bomb = encoded(kind, &vec![b' '; 12_000_000]).await;
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let fields = format!("Content-Encoding: {kind}\r\n");
    let site = Site::start([
        ("/small", page("200 OK", &fields, &small)),
        ("/bomb", page("200 OK", &fields, &bomb)),
        ("/broken", page("200 OK", &fields, b"not at all")),
        ("/cut", page("200 OK", &fields, &small[..small.len() / 2])),
    ])
    .await;
    assert_eq!(
        get(&site, "/small").await.unwrap().body,
        "grün".repeat(1_000)
    );
    let error = get(&site, "/bomb").await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLarge {
                most: MAX_BYTES,
                ..
            }
        ),
        "{error}"
    );
    for path in ["/broken", "/cut"] {
        let error = get(&site, path).await.unwrap_err();
        assert!(matches!(error, Error::Answer { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn what_is_too_long_or_no_answer_is_an_error() {
    let fields: String = (0..150).map(|n| format!("X-{n}: a\r\n")).collect();
    let long_field = format!("X: {}\r\n", "a".repeat(200_000));
    let site = Site::start([
        ("/long", page("200 OK", "", &vec![b'a'; 6_000_000])),
        ("/fields", page("200 OK", &fields, b"")),
        ("/field", page("200 OK", &long_field, b"")),
        (
            "/other",
            page("200 OK", "Content-Encoding: rot13\r\n", b"uryyb"),
        ),
        ("/noise", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        (
            "/short",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".to_vec(),
        ),
        ("/nothing", Vec::new()),
    ])
    .await;
    let error = get(&site, "/long").await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    for path in [
        "/fields", "/field", "/other", "/noise", "/short", "/nothing",
    ] {
        let error = get(&site, path).await.unwrap_err();
        assert!(matches!(error, Error::Answer { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_pdf_may_be_longer_than_a_page_within_its_own_bound() {
    let named = |name: &str, more: usize| {
        let body = vec![b'a'; usize::try_from(MAX_BYTES).unwrap() + more];
        page("200 OK", &format!("Content-Type: {name}\r\n"), &body)
    };
    let site = Site::start([
        ("/pdf", named("Application/PDF ;x=y", 1_000)),
        ("/longer", named("application/pdf", 1_001)),
        ("/page", named("text/html", 1)),
    ])
    .await;
    let found = get(&site, "/pdf").await.unwrap();
    assert_eq!(found.body.len() as u64, MAX_BYTES + 1_000);
    for path in ["/longer", "/page"] {
        let error = get(&site, path).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_site_that_never_ends_is_left_at_the_deadline() {
    let site = Site::start([
        ("/head", b"HTTP/1.1 200 OK\r\nX: ...".to_vec()),
        (
            "/body",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin...".to_vec(),
        ),
    ])
    .await;
    for path in ["/head", "/body"] {
        let url = site.url(path);
        let short = within(Duration::from_millis(300));
        let error = client_that_may("127.0.0.1")
            .get(plain(&url), short)
            .await
            .unwrap_err()
            .error;
        assert!(matches!(error, Error::Late { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn robots_are_honoured_where_the_request_says_so() {
    let rules = ok("User-agent: *\nAllow: /\nUser-agent: guise\nDisallow: /closed");
    let site = Site::start([
        ("/robots.txt", rules),
        ("/open", ok("open")),
        ("/closed", ok("closed")),
        ("/way", to("/closed")),
    ])
    .await;
    let client = client_that_may("127.0.0.1");
    let get = async |path: &str, respect_robots| {
        let url = site.url(path);
        let request = Request {
            respect_robots,
            ..plain(&url)
        };
        client.get(request, soon()).await
    };
    assert!(get("/open", true).await.is_ok());
    for path in ["/closed", "/way"] {
        let failed = get(path, true).await.unwrap_err();
        assert!(matches!(failed.error, Error::Robots { .. }), "{failed}");
        // Where it was led to, not where it began.
        assert_eq!(failed.url, site.url("/closed").as_str(), "{path}");
    }
    assert!(!site.paths().contains(&"/closed".to_owned()));
    assert!(get("/way", false).await.is_ok());
    let asked = site.paths();
    assert_eq!(
        asked.iter().filter(|path| *path == "/robots.txt").count(),
        1,
        "kept: {asked:?}"
    );
    let closed = site.url("/closed/x");
    assert!(!client.rules(&closed, soon()).await.unwrap().allows(&closed));
}

#[tokio::test]
async fn pauses_that_a_site_asks_for_take_nothing_of_the_time_for_reading() {
    let rules = ok("User-agent: *\nCrawl-delay: 2");
    let site = Site::start([("/robots.txt", rules), ("/", ok("page"))]).await;
    let client = client_that_may("127.0.0.1");
    let url = site.url("/");
    let request = Request {
        respect_robots: true,
        ..plain(&url)
    };
    // Each of three waits for those before, longer than it may read.
    let begun = Instant::now();
    let one = || client.get(request, within(Duration::from_millis(1_500)));
    let (first, second, third) = tokio::join!(one(), one(), one());
    for got in [first, second, third] {
        assert_eq!(got.unwrap().body, "page");
    }
    assert!(begun.elapsed() >= Duration::from_secs(4));
    // A turn that does not come in time is no answer that came late, and says why.
    let impatient = Patience {
        turn_by: Instant::now(),
        ..soon()
    };
    let error = client.get(request, impatient).await.unwrap_err().error;
    assert!(matches!(error, Error::NoTurn { .. }), "{error}");
    let words = error.to_string();
    assert!(
        words.contains("2 s") && words.contains("try again"),
        "{words}"
    );
    // Whoever goes there by other means waits like anybody.
    let turn = client.turn(&url, Duration::ZERO, Instant::now()).await;
    assert!(matches!(turn, Err(Error::NoTurn { .. })));
    assert_eq!(site.paths().len(), 4);
}

#[tokio::test]
async fn a_site_whose_robots_fail_is_left_alone_and_one_without_is_not() {
    let failing = Site::start([
        ("/robots.txt", page("503 Busy", "", b"")),
        ("/", ok("page")),
    ])
    .await;
    let without = Site::start([("/", ok("page"))]).await;
    let client = client_that_may("127.0.0.1");
    for (site, fails) in [(&failing, true), (&without, false)] {
        let url = site.url("/");
        let request = Request {
            respect_robots: true,
            ..plain(&url)
        };
        assert_eq!(client.get(request, soon()).await.is_err(), fails);
    }
}

#[tokio::test]
async fn sitemaps_are_found_followed_and_bounded() {
    let index = |names: &[&str]| {
        let parts: String = names
            .iter()
            .map(|name| format!("<sitemap><loc>{name}</loc></sitemap>"))
            .collect();
        ok(&format!("<sitemapindex>{parts}</sitemapindex>"))
    };
    let list = |paths: &[&str]| {
        let parts: String = paths
            .iter()
            .map(|path| format!("<url><loc>{path}</loc></url>"))
            .collect();
        format!("<urlset>{parts}</urlset>")
    };
    let zipped = encoded("gzip", list(&["/d", "/a"]).as_bytes()).await;
    let bomb = encoded("gzip", &vec![b' '; 60_000_000]).await;
    let site = Site::start([
        ("/robots.txt", ok("Sitemap: /index.xml")),
        (
            "/index.xml",
            index(&[
                "/one.xml",
                "/two.xml.gz",
                "/index.xml",
                "/missing.xml",
                "/bomb.xml.gz",
            ]),
        ),
        (
            "/one.xml",
            ok(&list(&["/a", "/b", "http://elsewhere.test/c"])),
        ),
        (
            "/two.xml.gz",
            page("200 OK", "Content-Type: application/gzip\r\n", &zipped),
        ),
        ("/bomb.xml.gz", page("200 OK", "", &bomb)),
    ])
    .await;
    let client = client_that_may("127.0.0.1");
    let any: Wanted = Arc::new(|_| true);
    let found_of = async |wanted: &Wanted, files, addresses| {
        let bounds = SitemapBounds {
            files,
            addresses,
            respect_robots: true,
        };
        let found = client
            .site_addresses(&site.url("/start"), wanted, bounds, soon())
            .await;
        found
            .iter()
            .map(|url| url.path().to_owned())
            .collect::<Vec<_>>()
    };
    let found = async |files, addresses| found_of(&any, files, addresses).await;
    assert_eq!(found(10, 100).await, ["/a", "/b", "/c", "/d"]);
    assert_eq!(found(10, 2).await, ["/a", "/b"]);
    assert_eq!(found(2, 100).await, ["/a", "/b", "/c"]);
    // What is not wanted takes nobody's place.
    let late: Wanted = Arc::new(|url| url.path() >= "/c");
    assert_eq!(found_of(&late, 10, 2).await, ["/c", "/d"]);
    // Without any there are none.
    let bare = Site::start([]).await;
    let bounds = SitemapBounds {
        files: 5,
        addresses: 5,
        respect_robots: true,
    };
    assert!(
        client
            .site_addresses(&bare.url("/"), &any, bounds, soon())
            .await
            .is_empty()
    );
    assert_eq!(bare.paths(), ["/robots.txt", "/sitemap.xml"]);
}

#[tokio::test]
async fn sitemaps_are_asked_for_like_pages_where_the_rules_count() {
    let list = |path: &str| ok(&format!("<urlset><url><loc>{path}</loc></url></urlset>"));
    let rules = "Sitemap: /one.xml\nSitemap: /closed.xml\nSitemap: /two.xml\nUser-agent: *\nCrawl-delay: 1\nDisallow: /closed.xml";
    let site = Site::start([
        ("/robots.txt", ok(rules)),
        ("/one.xml", list("/a")),
        ("/closed.xml", list("/b")),
        ("/two.xml", list("/c")),
    ])
    .await;
    let client = client_that_may("127.0.0.1");
    let any: Wanted = Arc::new(|_| true);
    let found = async |respect_robots, patience| {
        let bounds = SitemapBounds {
            files: 10,
            addresses: 10,
            respect_robots,
        };
        let start = site.url("/");
        let found = client.site_addresses(&start, &any, bounds, patience).await;
        let paths = found.iter().map(|url| url.path().to_owned());
        paths.collect::<Vec<_>>()
    };
    assert_eq!(found(false, soon()).await, ["/a", "/b", "/c"]);
    let begun = Instant::now();
    assert_eq!(found(true, soon()).await, ["/a", "/c"]);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(site.paths()[4..], ["/one.xml", "/two.xml"]);
    // Whoever comes next waits, too; what is not read until then is left out.
    let impatient = Patience {
        turn_by: Instant::now(),
        ..soon()
    };
    assert!(found(true, impatient).await.is_empty());
}
