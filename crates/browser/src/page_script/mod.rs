//! The script that runs in an isolated world of every frame: what is on the page, which element a
//! selector means, whether it can be acted on, and how text gets into it.
//!
//! [`whole`] is one expression. Evaluate it once per document in the isolated world and keep the
//! object that it returns; then call `run` on it with a command's name, one argument object and a limit: until when
//! the caller waits, in milliseconds since the epoch; without one it waits for ever. Behind its limit a command is not
//! run, nor goes one on that has begun: what its caller gave up is not done to the page later. The
//! answer is a JSON text, or a promise of one (await it): `{"ok": value}` or
//! `{"error": {"kind": …, "message": …}}`. `run` never throws, whatever the page does.
//!
//! Beside `run` the object has `element(handle)` and `handle(element)`, which translate between handles and the objects
//! that the protocol's own commands take, and `adopt(handle, root)`, which takes a closed shadow root on.
//!
//! `then` is a list of further commands, `[name, arguments]` without a handle, for the one element that was found. They run
//! one after the other until one does not succeed; each answer is `{"ok": …}` or `{"error": …}`.
//!
//! Elements are named by handles: positive integers that belong to one element for the life of its
//! document, or to what the page rendered in its place, and are never used again. All coordinates are CSS pixels in the viewport of the frame.
//!
//! | command | arguments | answer |
//! | --- | --- | --- |
//! | `observe` | `viewportOnly`, `offset`, `clip`, `max` | `{title, url, content_type, viewport, role, dialogs, truncated, closed, items}` |
//! | `stillThere` | `handles` | those of them whose elements the page shows, in view or not |
//! | `resolve` | `selector`, `then` | `{count, handles, matches, visible, then}` or `{enterFrame: {handle, rest}}` |
//! | `nodeSelectors` | `css`, `xpath`, `then` | `{handle, by, tried, then}` |
//! | `chain` | `handle`, `then` | the answers of the commands `then` |
//! | `describe` | `handle` | selectors, label, role, markup and state of one element |
//! | `actionable` | `handle`, `for`, `until`, `position`, `settle`, `arm` | `{ok: true, x, y, box, found}` or `{ok: false, reason, message, by, found}` |
//! | `hit` | `handle`, `x`, `y` | `{hit, by}` |
//! | `landed`, `release` | | where the press landed that an armed `actionable` waited for, once its page had a turn; run behind the limit, too |
//! | `frameBox` | `handle`, `points`, `arm` | `{box, scale, visible, rendered, opacity, hits}` |
//! | `fill` | `handle`, `value`, `clear` | `{needsText, needsDelete}` |
//! | `paste` | `handle`, `value` | |
//! | `selectText`, `focus`, `click` | `handle` | |
//! | `blurActive` | | |
//! | `valueOf`, `isChecked` | `handle` | `{value, secret, empty}`, `{checked, radio, option}` |
//! | `selectOption` | `handle`, `value` | `{clickInstead, changed, value, label}` |
//! | `toggleOption` | `handle` | |
//! | `optionParent` | `handle` | `{handle, value, label}` |
//! | `scrollBy`, `scrollPosition` | `dx`, `dy` | positions before and after, of the document or what fills its window |
//! | `calm` | | waits until nothing scrolls |
//! | `watchDrag`, `dragBegun` | | `{begun}`: whether the page has had the browser begin a drag since |
//! | `formFields` | | `{fields}` with the guessed form-fill key of each |
//! | `submissions` | `handle`, `press`, `enter`, `position` | `{frame, targets, labels}`: to where the browser would send forms, and the names of the controls that would act |
//! | `fieldFacts` | `handle` | `{facts, sight}`: what a field is before a secret goes into it |
//! | `fillSecret` | `handle`, `value`, `facts`, `sight`, `sockets` | puts a secret in, if the field is still as it was found; the document's sockets lead to `sockets` only then |
//! | `secretBoxes` | | `{boxes}` of the fields that secrets were put into, and of all else that shows one |
//! | `shownTexts` | | `{look, texts}`: all that the document may show as text, and the number of this look |
//! | `shownBoxes` | `look`, `parts` | `{boxes}` of parts of the texts of a look, `[text, start, end]` each; ends the look |
//! | `html`, `text` | `selector`, `includeShadow` | the document for reading; `html` answers what `document` does, too |
//! | `document` | | `{contentType, url, status}` |
//! | `saveDocument` | | downloads a document that is a file and no page |
//!
//! Items of `observe` are, by `k`: `e` an element that can be used (`h` handle, `letter`, `role`,
//! `tag`, `html` with cut attribute values, `full` where the uncut rendering differs, `label`,
//! `states`, `box`, `action`, `css`, `xpath`, `inShadow`, `inView`), `t` a text, `f` an iframe (`h`, `box` of
//! its content, `scale`, `visible` in the frame's own viewport, `src`), `s` something that scrolls (`h`, `tag`, `label`, `above`,
//! `below`, `left`, `right` in pixels, `css`, `xpath`), `x` a control that cannot be used (`role`, `tag`, `html`, `states`). `d` is an index into
//! `dialogs` for what lies in a dialog.
//!
//! `closed` are the handles of elements that may have closed shadow roots, each told once.
//!
//! [`reading`] is the part of it that knows `html` without a selector and `document`, and nothing else: a document that is only
//! read need not wait for the rest.
//!
//! Error kinds: `argument`, `stale`, `selector`, `ambiguous`, `no_match`, `not_editable`,
//! `not_checkable`, `disabled`, `value`, `no_option`, `changed`, `late`, `internal`.

use std::sync::LazyLock;

/// Everything; see the module's documentation for its commands.
const WHOLE: &str = concat!(
    "(() => {\n'use strict';\n",
    include_str!("dom.js"),
    include_str!("limit.js"),
    include_str!("handles.js"),
    include_str!("memo.js"),
    include_str!("style.js"),
    include_str!("geometry.js"),
    include_str!("hit.js"),
    include_str!("visibility.js"),
    include_str!("roles.js"),
    include_str!("names.js"),
    include_str!("fields.js"),
    include_str!("state.js"),
    include_str!("describe.js"),
    include_str!("paths.js"),
    include_str!("frames.js"),
    include_str!("dialogs.js"),
    include_str!("fingerprints.js"),
    include_str!("readable.js"),
    include_str!("closed.js"),
    include_str!("ahead.js"),
    include_str!("walk.js"),
    include_str!("observe.js"),
    include_str!("selectors/chain.js"),
    include_str!("selectors/css.js"),
    include_str!("selectors/text.js"),
    include_str!("selectors/role.js"),
    include_str!("selectors/engines.js"),
    include_str!("chain.js"),
    include_str!("selectors/resolve.js"),
    include_str!("actionable.js"),
    include_str!("guard.js"),
    include_str!("edit.js"),
    include_str!("choose.js"),
    include_str!("submit.js"),
    include_str!("secret.js"),
    include_str!("secret_boxes.js"),
    include_str!("shown_texts.js"),
    include_str!("page.js"),
    include_str!("html.js"),
    include_str!("commands.js"),
    include_str!("main.js"),
    "return api;\n})()"
);

/// What `html` and `document` need.
const READING: &str = concat!(
    "(() => {\n'use strict';\n",
    include_str!("dom.js"),
    include_str!("limit.js"),
    include_str!("handles.js"),
    include_str!("memo.js"),
    include_str!("visibility.js"),
    include_str!("closed.js"),
    include_str!("html.js"),
    include_str!("reading_commands.js"),
    include_str!("main.js"),
    "return api;\n})()"
);

/// The whole script as one JavaScript expression; see the module's documentation for its commands.
pub fn whole() -> &'static str {
    static SOURCE: LazyLock<String> = LazyLock::new(|| without_comments(WHOLE));
    &SOURCE
}

/// The part of it that only reads documents, as one JavaScript expression.
pub fn reading() -> &'static str {
    static SOURCE: LazyLock<String> = LazyLock::new(|| without_comments(READING));
    &SOURCE
}

/// Every document is sent the script and has to read it, so what no machine needs is left out: lines that are comments, and
/// indentation. No text of the scripts goes over more than one line.
fn without_comments(source: &str) -> String {
    let lines = source.lines().map(str::trim_start);
    let code = lines.filter(|line| {
        !line.is_empty()
            && !["//", "/**", "* ", "*/"]
                .iter()
                .any(|mark| line.starts_with(mark))
    });
    code.flat_map(|line| [line, "\n"]).collect()
}
