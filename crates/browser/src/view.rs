//! What the page script's `observe` tells of one document. Its members are explained in `page_script/mod.rs`.

use serde::Deserialize;

use crate::about::Rect;
use crate::elements::Handle;

/// What the page script tells of one document.
#[derive(Deserialize)]
pub(crate) struct View {
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) viewport: Viewport,
    pub(crate) role: String,
    pub(crate) dialogs: Vec<Dialog>,
    pub(crate) items: Vec<Item>,
    #[serde(default)]
    pub(crate) content_type: String,
    #[serde(default)]
    pub(crate) truncated: bool,
    #[serde(default)]
    pub(crate) closed: Vec<Handle>,
}

/// What is in view of a document, in CSS pixels.
#[derive(Deserialize)]
pub(crate) struct Viewport {
    pub(crate) scroll_x: f64,
    pub(crate) scroll_y: f64,
    pub(crate) viewport_width: f64,
    pub(crate) viewport_height: f64,
    pub(crate) total_width: f64,
    pub(crate) total_height: f64,
}

/// An open dialog.
#[derive(Deserialize)]
pub(crate) struct Dialog {
    pub(crate) role: String,
    pub(crate) text: String,
}

/// One thing on a page, in document order.
#[derive(Deserialize)]
#[serde(tag = "k")]
pub(crate) enum Item {
    #[serde(rename = "e")]
    Element(Listed),
    #[serde(rename = "t")]
    Text {
        text: String,
        #[serde(default)]
        d: Option<usize>,
    },
    #[serde(rename = "f")]
    Frame(Framed),
    #[serde(rename = "s")]
    Scroller(Scroller),
    #[serde(rename = "x")]
    Unusable {
        html: String,
        #[serde(default)]
        states: Vec<String>,
        #[serde(default)]
        d: Option<usize>,
    },
}

/// Something that scrolls, with what is out of its view in pixels.
#[derive(Deserialize)]
pub(crate) struct Scroller {
    pub(crate) h: Handle,
    pub(crate) tag: String,
    pub(crate) label: String,
    pub(crate) above: i64,
    pub(crate) below: i64,
    pub(crate) left: i64,
    pub(crate) right: i64,
    pub(crate) css: String,
    pub(crate) xpath: String,
    #[serde(default, rename = "inShadow")]
    pub(crate) in_shadow: bool,
    #[serde(default)]
    pub(crate) d: Option<usize>,
}

impl Scroller {
    /// As a line of the description writes it.
    pub(crate) fn markup(&self) -> String {
        let Self {
            tag,
            label,
            above,
            below,
            left,
            right,
            ..
        } = self;
        let label = match label.as_str() {
            "" => String::new(),
            label => format!(" aria_label=\"{}\"", label.replace('"', "&quot;")),
        };
        let mut ways = Vec::new();
        if above + below > 0 {
            ways.push(format!("{above} pixels above, {below} below"));
        }
        if left + right > 0 {
            ways.push(format!("{left} to the left, {right} to the right"));
        }
        format!("<{tag}{label}>scrolls: {}</{tag}>", ways.join("; "))
    }
}

/// Something to act on.
#[derive(Deserialize)]
pub(crate) struct Listed {
    pub(crate) h: Handle,
    pub(crate) letter: char,
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) label: String,
    pub(crate) html: String,
    pub(crate) full: Option<String>,
    #[serde(default)]
    pub(crate) states: Vec<String>,
    #[serde(default)]
    pub(crate) action: String,
    pub(crate) r#box: Rect,
    #[serde(default)]
    pub(crate) css: String,
    #[serde(default)]
    pub(crate) xpath: String,
    #[serde(default, rename = "inShadow")]
    pub(crate) in_shadow: bool,
    #[serde(default)]
    pub(crate) d: Option<usize>,
}

/// A frame.
#[derive(Deserialize)]
pub(crate) struct Framed {
    pub(crate) h: Handle,
    pub(crate) r#box: Rect,
    pub(crate) scale: Scale,
    pub(crate) visible: serde_json::Value,
    #[serde(default, rename = "inView")]
    pub(crate) in_view: bool,
    #[serde(default)]
    pub(crate) d: Option<usize>,
}

/// How much larger a frame is drawn than its own viewport.
#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Scale {
    pub(crate) x: f64,
    pub(crate) y: f64,
}
