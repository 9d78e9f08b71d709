//! Reading a page as Markdown, or its images.

use futures_util::future::{BoxFuture, join_all};
use guise_cdp::FrameId;
use guise_core::{DataSpace, Error, ImageData, Kind, ScrapeOptions};
use guise_extract::{Category, Css, Frame, Image, Options};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::core::Core;
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::locate;

/// Frames in frames are read to this depth.
const DEEPEST: usize = 20;

/// What the page script tells of one document.
#[derive(Deserialize)]
struct Html {
    html: String,
    url: String,
    frames: Vec<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    handle: Handle,
}

/// A document's address and markup.
type Part = (Url, String);

/// Reads the current page.
pub(crate) async fn scrape(
    core: &Core,
    options: &ScrapeOptions,
    deadline: Instant,
) -> Result<DataSpace, Error> {
    let wanted = wanted(options)?;
    let parts = read(core, options.selector.as_deref(), deadline).await?;
    let only_images = options.only_images;
    let reading = tokio::task::spawn_blocking(move || {
        if only_images {
            Ok(images(&parts))
        } else {
            markdown(&parts, &wanted)
        }
    });
    reading
        .await
        .map_err(|error| Error::internal("a page could not be read", error))?
}

fn wanted(options: &ScrapeOptions) -> Result<Options, Error> {
    let ignored_tags = options
        .ignored_tags
        .iter()
        .map(|tag| Css::new(tag))
        .collect::<Result<_, _>>()
        .map_err(|error| Error::refused(error.to_string()))?;
    Ok(Options {
        only_main_content: options.only_main_content,
        links: options.scrape_links,
        images: options.scrape_images,
        ignored_tags,
        // The page script has cut it out already, in the language of page selectors.
        selector: None,
        link_placeholders: options.use_link_placeholders,
    })
}

/// The markup of the page and the frames in it, or of the one element that is asked for.
async fn read(core: &Core, selector: Option<&str>, deadline: Instant) -> Result<Vec<Part>> {
    let tab = core.current()?;
    match selector.filter(|selector| !selector.trim().is_empty()) {
        None => documents(core, tab.main_frame(), DEEPEST, deadline).await,
        Some(selector) => {
            let nothing = || Fault::told(format!("The selector '{selector}' matches no element"));
            let (frame, rest) = locate::first(core, &tab, selector, deadline)
                .await?
                .ok_or_else(nothing)?;
            let (html, _) = document(core, &frame, Some(&rest), deadline).await?;
            Ok(vec![part(html)])
        }
    }
}

/// A document and, in their order, those in its frames. A frame that goes away meanwhile is left out.
fn documents<'a>(
    core: &'a Core,
    frame: FrameId,
    depth: usize,
    deadline: Instant,
) -> BoxFuture<'a, Result<Vec<Part>>> {
    Box::pin(async move {
        let (html, world) = document(core, &frame, None, deadline).await?;
        let inner = html.frames.iter().map(|inner| {
            let place = Place {
                frame: frame.clone(),
                world: std::sync::Arc::clone(&world),
                handle: inner.handle,
            };
            async move {
                if depth == 0 {
                    return Ok(Vec::new());
                }
                let frame = locate::enter(core, &place, deadline).await?;
                documents(core, frame, depth - 1, deadline).await
            }
        });
        let inner = join_all(inner).await;
        let mut parts = vec![part(html)];
        for read in inner {
            match read {
                Ok(read) => parts.extend(
                    read.into_iter()
                        .filter(|(url, _)| url.as_str() != "about:blank"),
                ),
                Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
                Err(fault) => tracing::debug!(%fault, "a frame could not be read"),
            }
        }
        Ok(parts)
    })
}

async fn document(
    core: &Core,
    frame: &FrameId,
    selector: Option<&str>,
    deadline: Instant,
) -> Result<(Html, std::sync::Arc<crate::world::World>)> {
    let world = core.world(frame, deadline).await?;
    let arguments = json!({ "selector": selector });
    let html = locate::run(core, frame, &world, "html", &arguments, deadline).await?;
    Ok((html, world))
}

fn part(html: Html) -> Part {
    let url = Url::parse(&html.url).unwrap_or_else(|_| blank());
    (url, html.html)
}

#[expect(clippy::expect_used, reason = "a constant that parses")]
fn blank() -> Url {
    Url::parse("about:blank").expect("about:blank is an address")
}

fn markdown(parts: &[Part], wanted: &Options) -> Result<DataSpace, Error> {
    let frames: Vec<Frame<'_>> = parts
        .iter()
        .map(|(url, html)| Frame { url, html })
        .collect();
    let page = guise_extract::frames(&frames, wanted)
        .map_err(|error| Error::new(Kind::Refused, error.to_string()))?;
    Ok(DataSpace {
        markdown: page.markdown,
        ..Default::default()
    })
}

fn images(parts: &[Part]) -> DataSpace {
    let found = parts
        .iter()
        .flat_map(|(url, html)| guise_extract::images(html, url));
    DataSpace {
        images: Some(found.map(image).collect()),
        ..Default::default()
    }
}

fn image(image: Image) -> ImageData {
    let category = match image.category {
        Category::Favicon => "favicon",
        Category::Icon => "icon",
        Category::ContentImage => "content_image",
        Category::Decorative => "decorative",
        Category::SvgIcon => "svg_icon",
        Category::SvgContent => "svg_content",
    };
    ImageData {
        url: image.url.map(String::from),
        category: Some(category.to_owned()),
        description: image.description,
    }
}

/// Reads given HTML: frames as address and markup, the main one first. No browser is needed.
///
/// # Errors
/// Kind `Refused` when a selector is none or matches nothing.
pub fn read_html(
    frames: Vec<(String, String)>,
    options: &ScrapeOptions,
) -> Result<DataSpace, Error> {
    let mut wanted = wanted(options)?;
    wanted.selector = options
        .selector
        .as_deref()
        .map(Css::new)
        .transpose()
        .map_err(|error| Error::refused(error.to_string()))?;
    let parts: Vec<Part> = frames
        .into_iter()
        .map(|(url, html)| {
            part(Html {
                html,
                url,
                frames: Vec::new(),
            })
        })
        .collect();
    if options.only_images {
        Ok(images(&parts))
    } else {
        markdown(&parts, &wanted)
    }
}
