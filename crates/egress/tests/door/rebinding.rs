//! Names that change what they resolve to between one look-up and the next.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guise_egress::{
    AllowList, Class, Error, Guard, Host, Options, OwnPorts, Policy, Resolver, classify,
};
use proptest::prelude::*;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::support::{Browser, Origin, open, until};

/// How often an answer flips.
const FLIPS: usize = 1_000;

/// An address that may be reached, and one that may not: this machine, by two of its names.
const GOOD: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 5));
const BAD: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Good and bad take turns, and the good one is not always alone. `asked` counts.
fn flipping(asked: &Arc<AtomicUsize>) -> Resolver {
    let asked = Arc::clone(asked);
    Resolver::new(move |_| {
        let good = [vec![GOOD], vec![GOOD, BAD], vec![BAD, GOOD]];
        match asked.fetch_add(1, Ordering::SeqCst) {
            turn if turn % 2 == 0 => Ok(good[turn / 2 % good.len()].clone()),
            _ => Ok(vec![BAD]),
        }
    })
}

#[tokio::test]
async fn a_name_that_flips_leads_nowhere_else() {
    let bad = Origin::raw(|_| async {}).await;
    let port = bad.port();
    let listener = TcpListener::bind((GOOD, port)).await.unwrap();
    let reached = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reached);
    let good = tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let asked = Arc::default();
    let options = Options {
        resolver: flipping(&asked),
        ..Options::default()
    };
    let mut refused = 0;
    for flip in 0..FLIPS {
        // A new door keeps no answer of the one before.
        let door = open(options.clone()).await;
        let allow = format!("{GOOD}:{port}").parse().unwrap();
        door.assign(Policy {
            allow,
            upstream: None,
        });
        let host = format!("flip.test:{port}");
        let line = match flip / 2 % 2 {
            0 => format!("CONNECT {host}"),
            _ => format!("GET http://{host}/"),
        };
        let mut browser = Browser::connect(door.port()).await;
        browser
            .send(format!(
                "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            ))
            .await;
        // Both close every connection at once.
        let answer = String::from_utf8(browser.rest().await).unwrap();
        refused += usize::from(answer.starts_with("HTTP/1.1 403 "));
    }
    assert_eq!(bad.connections(), 0);
    assert_eq!(refused, FLIPS / 2);
    until(|| reached.load(Ordering::SeqCst) == FLIPS / 2).await;
    // Whoever looked twice would have got another answer.
    assert_eq!(asked.load(Ordering::SeqCst), FLIPS);
    good.abort();
}

proptest! {
    /// Whatever names resolve to: only public addresses are dialled.
    #[test]
    fn of_any_answer_only_public_addresses_are_left(
        answers in proptest::collection::vec(any::<u32>().prop_map(Ipv4Addr::from), 0..6),
        private in proptest::collection::vec(prop_oneof![Just("10.0.0.1"), Just("127.0.0.1"), Just("169.254.169.254"), Just("::1"), Just("fd00::1"), Just("::ffff:192.168.0.1")], 0..4),
    ) {
        let private = private.into_iter().map(|text| text.parse().unwrap());
        let mut all: Vec<IpAddr> = answers.into_iter().map(IpAddr::V4).chain(private).collect();
        let middle = all.len() / 2;
        all.rotate_left(middle);
        let has_public = all.iter().any(|address| classify(*address) == Class::Global);
        let answer = all.clone();
        let resolver = Resolver::new(move |_| Ok(answer.clone()));
        let guard = Guard::new(AllowList::default(), OwnPorts::default(), resolver);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let host = Host::parse("any.test").unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        match runtime.block_on(guard.resolve(&host, 80, deadline)) {
            Ok(open) => prop_assert!(!open.is_empty() && open.iter().all(|address| classify(address.ip()) == Class::Global)),
            Err(Error::Refused(_)) => prop_assert!(!has_public && !all.is_empty()),
            Err(Error::Unresolved { .. }) => prop_assert!(all.is_empty()),
            Err(other) => panic!("{other}"),
        }
    }
}
