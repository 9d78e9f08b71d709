//! In the page, what nobody may see is in the field. A page that keeps it there shows nothing of it; one that writes it elsewhere
//! shows it to nobody either.

use rstest::rstest;

use super::channels::all_were_read;
use super::compare::nothing_leaks;
use super::run::twice;
use super::script::{Kind, Plan, Way};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_keeps_it_in_its_field_tells_nothing(
    #[values(Kind::Password, Kind::Code)] kind: Kind,
) {
    let plan = Plan {
        kind,
        way: Way::Page,
        mirrors: false,
    };
    let (one, other) = twice(plan).await;
    all_were_read(&one, &[(30, "the page makes no file")]);
    nothing_leaks(&one, &other);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_writes_it_everywhere_tells_nothing(
    #[values(Kind::Password, Kind::Code)] kind: Kind,
) {
    let plan = Plan {
        kind,
        way: Way::Page,
        mirrors: true,
    };
    let (one, other) = twice(plan).await;
    all_were_read(&one, &[]);
    nothing_leaks(&one, &other);
}
