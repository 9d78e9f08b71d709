//! Words and names that tell what a page is waiting for.

use super::look::Look;

/// Titles and first words of pages that ask visitors to prove what they are.
const CHALLENGE_WORDS: &[&str] = &[
    "access denied",
    "are you a human",
    "are you a robot",
    "are you human",
    "attention required",
    "bot verification",
    "checking if the site connection is secure",
    "checking your browser",
    "ddos protection by",
    "just a moment",
    "please wait while we verify",
    "pardon our interruption",
    "performing security verification",
    "press & hold",
    "security check",
    "verify you are human",
    "verify that you are human",
    "verify that you're not a robot",
    "verifying you are human",
];

/// What the scripts and frames of challenges are called, whoever makes them. On a page with text of its own they only
/// protect a form.
const CHALLENGE_MARKS: &[&str] = &[
    "/_incapsula_resource",
    "/cdn-cgi/challenge-platform/",
    "_cf_chl_opt",
    "awswafintegration",
    "captcha-delivery.com",
    "challenges.cloudflare.com",
    "client-api.arkoselabs.com",
    "google.com/recaptcha/",
    "gokuprops",
    "h-captcha",
    "hcaptcha.com/1/api.js",
    "px-captcha",
    "recaptcha.net/recaptcha/",
    "sgcaptcha",
];

/// Less text than this beside the mark of a challenge is the challenge, in characters.
const LITTLE: usize = 300;

/// Elements that frameworks put a page's content into, by their id.
const ROOTS: &[&str] = &[
    "___gatsby",
    "__next",
    "__nuxt",
    "app",
    "app-root",
    "application",
    "ember-app",
    "main-app",
    "mount",
    "q-app",
    "react-app",
    "react-root",
    "reactroot",
    "root",
    "svelte",
    "vue-app",
];

/// Attributes of such elements.
const ROOT_ATTRIBUTES: &[&str] = &[
    "data-reactroot",
    "data-server-rendered",
    "data-v-app",
    "ng-app",
    "ng-version",
    "ng-view",
    "ui-view",
    "v-cloak",
];

/// Parts of class names of grey boxes.
const PLACEHOLDER_CLASSES: &[&str] = &["skeleton", "shimmer", "placeholder-glow", "content-loader"];

/// With less text than this, a word for loading is what the page says, in characters.
const ONLY_LOADING: usize = 400;

/// Types of scripts that run (HTML standard §4.12.1: JavaScript MIME types, and modules); data blocks do not.
pub(super) fn is_script(kind: Option<&str>) -> bool {
    let kind = kind.unwrap_or_default().trim().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.is_empty()
        || kind == "module"
        || kind.ends_with("javascript")
        || kind.ends_with("ecmascript")
        || kind.ends_with("-text/javascript")
}

/// Whether this is where a page's content goes.
pub(super) fn is_root<'a>(
    name: &str,
    id: Option<&str>,
    role: &str,
    mut attributes: impl Iterator<Item = &'a str>,
) -> bool {
    name == "main"
        || role == "main"
        || name == "app-root"
        || id.is_some_and(|id| ROOTS.iter().any(|root| id.eq_ignore_ascii_case(root)))
        || (name != "html" && attributes.any(|attribute| ROOT_ATTRIBUTES.contains(&attribute)))
}

/// Whether this stands where something is to come.
pub(super) fn is_placeholder(class: Option<&str>, busy: Option<&str>) -> bool {
    let class = class.unwrap_or_default().to_ascii_lowercase();
    busy.is_some_and(|busy| busy.trim() == "true")
        || PLACEHOLDER_CLASSES.iter().any(|part| class.contains(part))
}

/// Whether the visible text says that there is more to come, or has the places of values in it.
pub(super) fn says_loading(beginning: &str, text: usize) -> bool {
    let words = [
        "loading",
        "please wait",
        "one moment",
        "wird geladen",
        "chargement",
        "cargando",
        "carregando",
        "caricamento",
        "загрузка",
        "加载中",
        "読み込み中",
        "로딩",
    ];
    (text < ONLY_LOADING && words.iter().any(|word| beginning.contains(word)))
        || (beginning.contains("{{") && beginning.contains("}}"))
}

/// Whether a `noscript` says that scripts are needed. Pictures that count visits say nothing.
pub(super) fn warns(noscript: &str) -> bool {
    let text = noscript.to_ascii_lowercase();
    text.contains("javascript") || text.contains("java script") || text.contains("enable js")
}

/// Whether a page that says little is a challenge.
pub(super) fn is_challenge(html: &str, look: &Look) -> bool {
    let title = look.title.to_lowercase();
    let says = |text: &str| CHALLENGE_WORDS.iter().any(|words| text.contains(words));
    if look.scripts && (says(&title) || (look.text < LITTLE && says(&look.beginning))) {
        return true;
    }
    if look.own_text >= LITTLE {
        return false;
    }
    let html = html.to_ascii_lowercase();
    CHALLENGE_MARKS.iter().any(|mark| html.contains(mark))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, true)]
    #[case(Some(""), true)]
    #[case(Some("module"), true)]
    #[case(Some("Text/JavaScript; charset=utf-8"), true)]
    #[case(Some("application/ecmascript"), true)]
    #[case(Some("0a1b-text/javascript"), true)]
    #[case(Some("application/ld+json"), false)]
    #[case(Some("application/json"), false)]
    #[case(Some("text/template"), false)]
    #[case(Some("speculationrules"), false)]
    fn scripts(#[case] kind: Option<&str>, #[case] expected: bool) {
        assert_eq!(is_script(kind), expected);
    }
}
