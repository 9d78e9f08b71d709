//! What a page believes about the machine it runs on.

use super::Empty;
use super::macros::{commands, objects};

objects! {
    /// A brand of the browser and its version.
    UserAgentBrandVersion {
        /// Brand.
        brand: String,
        /// Version.
        version: String,
    };

    /// What `navigator.userAgentData` tells. Without it an override leaves that object empty.
    UserAgentMetadata {
        /// For example `Linux`.
        platform: String,
        /// Its version.
        platform_version: String,
        /// For example `x86`.
        architecture: String,
        /// Device model; empty on desktops.
        model: String,
        /// Whether it is a phone.
        mobile: bool,
    } optional {
        /// Brands with major versions.
        brands: Vec<UserAgentBrandVersion>,
        /// Brands with full versions.
        full_version_list: Vec<UserAgentBrandVersion>,
        /// `64` or `32`.
        bitness: String,
        /// 32-bit program on a 64-bit system.
        wow64: bool,
    };
}

commands! {
    /// Sets the user agent of a page, frame or worker.
    SetUserAgentOverride = "Emulation.setUserAgentOverride" {
        /// The user agent; empty takes the override away.
        user_agent: String,
    } optional {
        /// `Accept-Language` and `navigator.languages`.
        accept_language: String,
        /// `navigator.platform`.
        platform: String,
        /// `navigator.userAgentData`.
        user_agent_metadata: UserAgentMetadata,
    } -> Empty;

    /// Sets the size of the viewport.
    SetDeviceMetricsOverride = "Emulation.setDeviceMetricsOverride" {
        /// Width in CSS pixels; 0 leaves it.
        width: i64,
        /// Height in CSS pixels; 0 leaves it.
        height: i64,
        /// Picture pixels per CSS pixel; 0 leaves it.
        device_scale_factor: f64,
        /// Whether it is a phone.
        mobile: bool,
    } optional {
        /// Width of the screen.
        screen_width: i64,
        /// Height of the screen.
        screen_height: i64,
    } -> Empty;

    /// Takes that override away.
    ClearDeviceMetricsOverride = "Emulation.clearDeviceMetricsOverride" {} -> Empty;

    /// Makes a page believe that it has the focus, also behind others.
    SetFocusEmulationEnabled = "Emulation.setFocusEmulationEnabled" {
        /// Whether it does.
        enabled: bool,
    } -> Empty;
}
