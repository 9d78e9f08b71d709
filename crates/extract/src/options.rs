//! What of a page is wanted.

use crate::{Css, Selector};

/// What of a page is wanted, and how (Notte API: `ScrapeRequest`). The default is the API's.
#[derive(Debug, Clone)]
pub struct Options {
    /// Leave out navigation, headers, footers and the like.
    pub only_main_content: bool,
    /// Keep links; without it their text stays.
    pub links: bool,
    /// Keep images; without it they are left out.
    pub images: bool,
    /// Elements to drop with all they hold; a plain tag name is a selector too. With a `selector` these are the ones inside what
    /// it chooses: what it names stays, whatever is around it.
    pub ignored_tags: Vec<Css>,
    /// Only what is inside these elements. Frames are left out then.
    pub selector: Option<Selector>,
    /// Write `link1`, `image1` … in place of addresses; [`crate::Page::placeholders`] resolves them.
    pub link_placeholders: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only_main_content: false,
            links: true,
            images: false,
            ignored_tags: Vec::new(),
            selector: None,
            link_placeholders: false,
        }
    }
}
