//! Personas that get into an account, from a form to the page that only its owner sees, in all the ways that sites have; and that
//! nobody but the site gets to know what they got in with.

mod kept;
mod scripts;
mod town;

use futures_util::StreamExt as _;
use rstest::rstest;

use town::{Path, Start, Town};

/// So many at a time.
const AT_ONCE: usize = 3;

const SIGNING_UP: &[Path] = &[
    Path {
        name: "mailed-code",
        page: "sign-up",
        start: Start::Nothing,
        script: scripts::signs_up_and_in,
        entries: &["code", "password"],
        refused: 0,
    },
    Path {
        name: "texted-code",
        page: "sign-up/phone",
        start: Start::Phone,
        script: scripts::signs_up_by_phone,
        entries: &["code"],
        refused: 0,
    },
];

const SIGNING_IN: &[Path] = &[
    Path {
        name: "hashed",
        page: "sign-in/hashed",
        start: Start::Account,
        script: scripts::tries_twice,
        entries: &["password"],
        refused: 1,
    },
    Path {
        name: "form",
        page: "sign-in/form",
        start: Start::Account,
        script: scripts::signs_in,
        entries: &["password"],
        refused: 0,
    },
    Path {
        name: "second-factor",
        page: "sign-in/form",
        start: Start::SecondFactor,
        script: scripts::signs_in_with_a_code,
        entries: &["password, code"],
        refused: 0,
    },
    Path {
        name: "link",
        page: "sign-in/link",
        start: Start::Account,
        script: scripts::follows_a_link,
        entries: &["link"],
        refused: 0,
    },
    Path {
        name: "two-steps",
        page: "sign-in/two-steps",
        start: Start::Account,
        script: scripts::signs_in_on_two_pages,
        entries: &["password"],
        refused: 0,
    },
    Path {
        name: "frame",
        page: "sign-in/frame",
        start: Start::Account,
        script: scripts::signs_in,
        entries: &["password"],
        refused: 0,
    },
    Path {
        name: "json",
        page: "sign-in/json",
        start: Start::Account,
        script: scripts::signs_in,
        entries: &["password"],
        refused: 0,
    },
    Path {
        name: "multipart",
        page: "sign-in/multipart",
        start: Start::Account,
        script: scripts::signs_in,
        entries: &["password"],
        refused: 0,
    },
];

#[rstest]
#[case::signing_up(SIGNING_UP)]
#[case::signing_in(SIGNING_IN)]
#[tokio::test]
async fn a_persona_gets_to_the_page_that_only_it_sees(#[case] paths: &[Path]) {
    let town = Town::start(paths).await;
    let walks = futures_util::stream::iter(paths).map(|path| town.walk(path));
    let walked: Vec<_> = walks.buffer_unordered(AT_ONCE).collect().await;
    // What one of them was told or left behind holds nothing of the others either.
    let log = town.server.log();
    for walk in &walked {
        walk.secrets.are_not_in("the server's log", &log);
    }
}
