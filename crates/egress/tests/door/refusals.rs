//! What a door refuses, in every spelling, before anything is dialled.

use crate::support::{Origin, ask, connect, door, get, options, text};
use guise_egress::{Class, Denial, Door, Error, Host, Options, OwnPorts, Policy};
use tokio::time::Instant;

/// Spellings and the class they must be refused for by a door without an allow-list.
const SPELLINGS: &[(&str, &str)] = &[
    ("127.0.0.1", "loopback"),
    ("127.1", "loopback"),
    ("127.0.1", "loopback"),
    ("2130706433", "loopback"),
    ("017700000001", "loopback"),
    ("0x7f000001", "loopback"),
    ("0x7f.0.0.1", "loopback"),
    ("0177.0.0.1", "loopback"),
    ("0x7f.1", "loopback"),
    ("127.0.0.1.", "loopback"),
    ("127.255.255.255", "loopback"),
    ("localhost", "loopback"),
    ("LOCALHOST", "loopback"),
    ("localhost.", "loopback"),
    ("app.localhost", "loopback"),
    ("site.test", "loopback"),
    ("mapped.test", "loopback"),
    ("[::1]", "loopback"),
    ("[0:0:0:0:0:0:0:1]", "loopback"),
    ("[::ffff:127.0.0.1]", "loopback"),
    ("[::ffff:7f00:1]", "loopback"),
    ("[::127.0.0.1]", "loopback"),
    ("[64:ff9b::127.0.0.1]", "loopback"),
    ("[2002:7f00:1::]", "loopback"),
    ("0", "unspecified"),
    ("0.0.0.0", "unspecified"),
    ("0x0", "unspecified"),
    ("[::]", "unspecified"),
    ("[::ffff:0.0.0.0]", "unspecified"),
    ("10.0.0.1", "private"),
    ("10.1", "private"),
    ("167772161", "private"),
    ("012.0.0.1", "private"),
    ("ten.test", "private"),
    ("ten.test.", "private"),
    ("TEN.test", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("0xac.0x10.1", "private"),
    ("192.168.1.1", "private"),
    ("0xc0a80101", "private"),
    ("[::ffff:c0a8:101]", "private"),
    ("[fc00::1]", "private"),
    ("[fd12:3456::1]", "private"),
    ("[fec0::1]", "private"),
    ("169.254.1.1", "link-local"),
    ("[fe80::1]", "link-local"),
    ("100.64.0.1", "carrier-nat"),
    ("192.0.2.1", "documentation"),
    ("[2001:db8::1]", "documentation"),
    ("198.18.0.1", "benchmarking"),
    ("224.0.0.1", "multicast"),
    ("[ff02::1]", "multicast"),
    ("255.255.255.255", "broadcast"),
    ("240.0.0.1", "reserved"),
    ("192.0.0.1", "reserved"),
    ("[100::1]", "reserved"),
    ("[2001:20::1]", "identifier"),
    ("[2002:808:808::1]", "tunnelled"),
    ("[2001:0:808:808::1]", "reserved"),
    ("update.googleapis.com", "vendor"),
    ("Clients2.Google.com.", "vendor"),
];

/// Spellings of metadata services, refused whatever is allowed.
const METADATA: &[&str] = &[
    "169.254.169.254",
    "169.254.169.254.",
    "169.254.43518",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "025177524776",
    "169.0xfea9fe",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[fe80::a9fe:a9fe]",
    "meta.test",
    "META.test.",
    "metadata",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
    "instance-data",
    "169.254.170.2",
    "169.254.170.23",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "[fd00:ec2::254]",
    "[fd00:0ec2:0:0::254]",
    "[fd20:ce::254]",
];

async fn refused_as(door: &Door, host: &str, port: u16) -> String {
    let start = Instant::now();
    let plain = ask(door, get(&format!("http://{host}:{port}/"))).await;
    let tunnel = ask(door, connect(&format!("{host}:{port}"))).await;
    assert_eq!(
        (plain.status, tunnel.status),
        (403, 403),
        "{host}: {}",
        plain.text()
    );
    assert_eq!(
        plain.header("x-guise-refused"),
        tunnel.header("x-guise-refused")
    );
    let host = Host::parse(host).unwrap();
    let Some(Error::Refused(denial)) = door.failure(&host, port, start) else {
        panic!("{host}: no refusal was kept");
    };
    let class = denial.class.token().to_owned();
    let header = format!("class={class}; host={host}");
    assert_eq!(plain.header("x-guise-refused"), Some(header.as_str()));
    let body = plain.text();
    let switch = format!("--allow-hosts {host}");
    assert_eq!(
        body.contains(&switch),
        denial.class.can_be_allowed(),
        "{body}"
    );
    assert!(
        body.contains(&host.to_string()) && body.contains(&denial.class.to_string()),
        "{body}"
    );
    class
}

#[tokio::test]
async fn no_spelling_of_a_special_address_passes() {
    let origin = Origin::http(|_| async { text("reached") }).await;
    let door = door("").await;
    for (host, class) in SPELLINGS {
        assert_eq!(
            refused_as(&door, host, origin.port()).await,
            *class,
            "{host}"
        );
    }
    for host in METADATA {
        assert_eq!(
            refused_as(&door, host, origin.port()).await,
            "metadata",
            "{host}"
        );
    }
    assert_eq!(origin.connections(), 0);
    assert_eq!(door.traffic(), Default::default());
}

#[tokio::test]
async fn metadata_stays_closed_whatever_is_allowed() {
    let door =
        door("0.0.0.0/0,::/0,*.test,*.internal,*.google.internal,169.254.0.0/16,fd00::/8").await;
    for host in METADATA {
        assert_eq!(refused_as(&door, host, 80).await, "metadata", "{host}");
    }
}

#[tokio::test]
async fn what_is_allowed_passes_in_every_spelling_but_our_own_ports_never() {
    let origin = Origin::http(|_| async { text("reached") }).await;
    let own = Origin::http(|_| async { text("reached") }).await;
    let own_ports = OwnPorts::default();
    let _held = own_ports.hold(own.port());
    let options = Options {
        own_ports: own_ports.clone(),
        ..options()
    };
    let door = crate::support::open(options.clone()).await;
    let neighbour = crate::support::open(options).await;
    door.assign(Policy {
        allow: "127.0.0.1,0.0.0.0/8".parse().unwrap(),
        upstream: None,
    });
    let spellings = [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:7f00:1]",
        "site.test",
        "a.localhost",
    ];
    for host in spellings {
        let answer = ask(&door, get(&format!("http://{host}:{}/", origin.port()))).await;
        assert_eq!(answer.text(), "reached", "{host}");
    }
    for host in spellings
        .into_iter()
        .chain(["127.9.9.9", "0.0.0.0", "0", "[::1]"])
    {
        for port in [own.port(), door.port(), neighbour.port()] {
            assert_eq!(refused_as(&door, host, port).await, "own-port", "{host}");
        }
    }
    assert_eq!(own.connections(), 0);
    let port = neighbour.port();
    drop(neighbour);
    assert!(!own_ports.contain([127, 0, 0, 1].into(), port));
}

#[tokio::test]
async fn before_it_is_assigned_a_door_refuses_everything() {
    let door = crate::support::open(options()).await;
    for host in ["example.com", "127.0.0.1", "site.test"] {
        assert_eq!(refused_as(&door, host, 80).await, "unassigned");
    }
}

#[test]
fn refusals_read_well() {
    let denial = Denial {
        host: Host::parse("intranet.test").unwrap(),
        port: 80,
        address: Some([10, 0, 0, 5].into()),
        class: Class::Private,
    };
    assert_eq!(
        denial.to_string(),
        "intranet.test:80 is refused: it resolves to 10.0.0.5, a private address; \
         the operator can allow it with --allow-hosts intranet.test"
    );
    let denial = Denial {
        host: Host::parse("metadata").unwrap(),
        address: None,
        class: Class::Metadata,
        ..denial
    };
    assert_eq!(
        denial.to_string(),
        "metadata:80 is refused: it is a cloud metadata service; no switch allows it"
    );
}
