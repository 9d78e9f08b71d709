//! How well this machine's kernel holds browsers in, beside what the operator requires.

use anyhow::{Context as _, Result};
use guise_chromium::doctor::{Check, Status};
use guise_chromium::{Isolation, Tier};

use super::doctor::{bad, fine};

/// For the start, before anything is touched: browsers that are not held in as they should be are worse than none.
///
/// # Errors
/// When the kernel has less than `required`.
pub(super) fn check(required: Tier) -> Result<()> {
    let isolation = Isolation::of_this_machine();
    isolation.require(required).with_context(|| {
        let lower = isolation.tier().map_or_else(String::new, |tier| {
            format!(", or set require_isolation (GUISE_REQUIRE_ISOLATION) to {tier}")
        });
        format!("browsers cannot be held in as required; use another kernel{lower}")
    })?;
    Ok(())
}

/// For the log of a server that has started.
pub(super) fn tell() {
    let missing = Isolation::of_this_machine().missing(Tier::B);
    if missing.is_empty() {
        tracing::info!("browsers run in isolation tier B");
    } else {
        let missing = missing.join("; ");
        tracing::warn!(missing, "browsers run in isolation tier A, not B");
    }
}

/// For people who ask.
pub(super) fn report(required: Tier) -> Check {
    const NAME: &str = "isolation";
    let isolation = Isolation::of_this_machine();
    let missing = |tier| isolation.missing(tier).join("; ");
    let tier = isolation.tier();
    let reached = match tier {
        Some(Tier::B) => {
            "tier B: nothing but TCP to a browser's own door passes the kernel".to_owned()
        }
        Some(Tier::A) => format!(
            "tier A: unprivileged uid, sandbox, pipe, door and flags; not tier B: {}",
            missing(Tier::B)
        ),
        None => format!("no tier: {}", missing(Tier::A)),
    };
    if tier >= Some(required) {
        return fine(NAME, reached);
    }
    let fix = match tier {
        Some(tier) => format!(
            "use a kernel that has it, or set require_isolation (GUISE_REQUIRE_ISOLATION) to {tier}"
        ),
        None => "see to what stands above with FAIL".to_owned(),
    };
    let detail = format!("{reached}; but require_isolation is {required}");
    bad(NAME, Status::Fail, detail, &fix)
}
