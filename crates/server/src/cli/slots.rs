//! How many browsers may run at once.

use guise_chromium::doctor::recommended_slots;

use crate::config::Settings;

/// The configured number, or what memory and uids have room for.
///
/// # Errors
/// When it is to be counted from memory, and the system does not tell how much there is.
pub(super) fn in_force(settings: &Settings) -> Result<usize, guise_chromium::Error> {
    match settings.slots {
        Some(slots) => Ok(slots),
        None => Ok(recommended_slots()?.min(by_uid(settings)).max(1)),
    }
}

/// How many sessions there are uids for, beside the browsers that wait in pools. Without root none is needed.
pub(super) fn by_uid(settings: &Settings) -> usize {
    if !rustix::process::geteuid().is_root() {
        return usize::MAX;
    }
    let uids = usize::try_from(settings.uids.size()).unwrap_or(usize::MAX);
    let waiting = settings
        .pool_headless_shell
        .saturating_add(settings.pool_chrome);
    uids.saturating_sub(waiting)
}
