//! The gallery of widgets: pages with one widget each, a goal in words, and a score of their own.
//!
//! `window.score()` tells whether the goal is reached, from what the widget has come to in the end. Nothing on the page shows it.

use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::shared::Shared;

/// A widget.
struct Widget {
    path: &'static str,
    about: &'static str,
    text: &'static str,
}

macro_rules! widgets {
    ($($name:literal $about:literal)*) => {
        /// All of them, in the order of their names.
        static WIDGETS: &[Widget] = &[$(Widget {
            path: concat!("/gallery/", $name),
            about: concat!("Widget: ", $about),
            text: include_str!(concat!("../pages/gallery/", $name, ".html")),
        },)*];

        /// The names of the widgets: each one's page is `/gallery/` with its name.
        pub const GALLERY: &[&str] = &[$($name),*];
    };
}

widgets! {
    "accordion" "Accordion"
    "basket-drop" "Things dragged into a box"
    "canvas-fallback" "Canvas with controls inside"
    "carousel" "Carousel"
    "cascader" "Cascader"
    "chat-composer" "Chat"
    "closed-root" "Web component with a closed root"
    "color-picker" "Colour picker"
    "combobox-async" "Autocomplete"
    "command-palette" "Command palette"
    "context-menu" "Context menu"
    "cookie-banner" "Cookie banner"
    "custom-select" "Custom select"
    "datalist" "Field with a native list"
    "date-picker" "Date picker"
    "dialog-native" "Native dialog"
    "drawer" "Drawer"
    "dual-list" "Two lists"
    "file-dropzone" "Upload"
    "filter-chips" "Filter chips"
    "form-component" "Web component in a form"
    "hold-to-confirm" "Hold to confirm"
    "hover-menu" "Menu on hover"
    "image-map" "Image map"
    "infinite-scroll" "Endless list"
    "inline-edit" "Table edited in place"
    "kanban-pointer" "Board with cards"
    "keyboard-listbox" "List by keyboard only"
    "knob-canvas" "Knob on a canvas"
    "map-pan-zoom" "Map with pan and zoom"
    "masked-card" "Card number with a mask"
    "masked-phone" "Phone with a mask"
    "master-detail" "Rows that open"
    "mega-menu" "Mega menu"
    "modal-trap" "Dialog over a dialog"
    "month-grid" "Month and year"
    "multiselect-popover" "Filter with check boxes"
    "native-color" "Native colour field"
    "native-dates" "Native date fields"
    "nested-frames" "Widget in frames"
    "otp-boxes" "One-time code in boxes"
    "pagination" "Pages of a list"
    "password-reveal" "Password with rules"
    "popover-native" "Native popover"
    "quantity-stepper" "Quantity"
    "radio-cards" "Radio cards"
    "range-native" "Native slider"
    "range-picker" "Date range"
    "range-two-thumbs" "Slider with two thumbs"
    "rich-text" "Rich text"
    "search-suggest" "Search with suggestions"
    "seat-map" "Seat map on a canvas"
    "segmented" "Segmented control"
    "select-multiple" "Native list of several"
    "select-optgroup" "Native list with groups"
    "signature-pad" "Signature pad"
    "slider-pointer" "Slider by pointer"
    "sortable-html5" "List sorted by drag and drop"
    "sortable-table" "Table that can be sorted"
    "spinner" "Spinner"
    "split-button" "Split button"
    "splitter" "Splitter"
    "spreadsheet" "Spreadsheet"
    "star-rating" "Star rating"
    "tabs" "Tabs"
    "tag-input" "Tags"
    "time-columns" "Time in columns"
    "toast-undo" "Toast with undo"
    "toggle-switch" "Switches"
    "tooltip" "Tooltip"
    "tree-checkbox" "Tree of check boxes"
    "tree-lazy" "Tree that loads"
    "video-controls" "Video player"
    "virtual-listbox" "List that draws only what is in view"
    "virtual-scroller" "Table that draws only what is in view"
    "wizard" "Steps of a form"
}

pub(crate) fn list() -> impl Iterator<Item = (&'static str, &'static str)> {
    WIDGETS.iter().map(|widget| (widget.path, widget.about))
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    WIDGETS.iter().fold(Router::new(), |router, widget| {
        router.route(widget.path, get(async move || Html(widget.text)))
    })
}
