//! Services that Chromium calls on its own behalf. A browser that is lent out has no use for them: they tell the
//! vendor about it, cost traffic and blur the byte counts. Pages for people on the vendor's other hosts stay open,
//! so hosts that serve both (`www.google.com`, `accounts.google.com`, `www.googleapis.com`) are not listed.

const HOSTS: &[&str] = &[
    // Push messaging check-in.
    "android.clients.google.com",
    // Reliability reports.
    "beacons.gcp.gvt2.com",
    // Reliability reports.
    "beacons.gvt2.com",
    // Enterprise reports.
    "chromereporting-pa.googleapis.com",
    // Password sync.
    "chromesyncpasswords-pa.googleapis.com",
    // Certificate and suggestion services.
    "clients1.google.com",
    // Extension updates, crash and reliability reports.
    "clients2.google.com",
    // Extension downloads.
    "clients2.googleusercontent.com",
    // Profile sync and usage reports.
    "clients4.google.com",
    // Field trials.
    "clientservices.googleapis.com",
    // Form descriptions.
    "content-autofill.googleapis.com",
    // Component downloads.
    "edgedl.me.gvt1.com",
    // Push messaging.
    "mtalk.google.com",
    // Page hints and models.
    "optimizationguide-pa.googleapis.com",
    // Password leak check.
    "passwordsleakcheck-pa.googleapis.com",
    // Component downloads.
    "redirector.gvt1.com",
    // Lists of dangerous sites.
    "safebrowsing.googleapis.com",
    // Lists of dangerous sites.
    "safebrowsingohttpgateway.googleapis.com",
    // Download check.
    "sb-ssl.google.com",
    // Browser and component updates.
    "update.googleapis.com",
];

/// Whether `name` (lower case, no trailing dot) is one of the vendor's services.
pub(crate) fn is_name(name: &str) -> bool {
    HOSTS.contains(&name)
}
