//! Reading a page as Markdown, or its images, and what it states of the data that a schema asks for.

use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use guise_cdp::FrameId;
use guise_core::ports::Scraped;
use guise_core::{
    DataSource, DataSpace, Error, ImageData, Kind, PageContent, PageFacts, PageMetadata,
    ScrapeOptions, SourcePage,
};
use guise_extract::{Category, Css, Found, Frame, Image, Metadata, Options, Page, Selector};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::act::download::{self, Document, Whole};
use crate::core::{Core, CurrentTab};
use crate::elements::Handle;
use crate::fault::{Fault, Result};
use crate::locate;
use crate::world::World;

/// Frames in frames are read to this depth.
const DEEPEST: usize = 20;

/// What a selector chose, in the document that the page script makes of it: each in an element below the body.
const CHOSEN: &str = "body > guise-part, body > guise-part > *";

/// What the page script tells of one document.
#[derive(Deserialize)]
struct Html {
    html: String,
    base_url: Option<String>,
    frames: Vec<Inner>,
    #[serde(flatten)]
    document: Document,
}

#[derive(Deserialize)]
struct Inner {
    handle: Handle,
}

/// A document's address and markup.
type Part = (Url, String);

/// Reads the current page, or has the PDF that is in its place downloaded.
pub(crate) async fn scrape(
    core: &Core,
    options: &ScrapeOptions,
    deadline: Instant,
) -> Result<Scraped, Error> {
    let mut wanted = wanted(options)?;
    let tab = core.current()?;
    let selector = options.selector.as_deref();
    let selector = selector.filter(|selector| !selector.trim().is_empty());
    let (at, parts) = match read(core, &tab, selector, deadline).await? {
        Read::Pdf(whole) => {
            let file = download::pdf(core, &tab, whole, deadline).await?;
            return Ok(Scraped::Pdf(file));
        }
        Read::Page(at, parts) => (at, parts),
    };
    if selector.is_some() {
        let chosen = Selector::new(CHOSEN).map_err(|error| Error::internal("a selector", error))?;
        wanted.selector = Some(chosen);
    }
    let selects = selector.is_some();
    let selector = selector.unwrap_or_default().to_owned();
    let options = options.clone();
    let is_json = !selects && guise_extract::is_json(&[], Some(&at.content_type));
    let reading = tokio::task::spawn_blocking(move || said(&parts, &wanted, &options, is_json));
    let content = reading
        .await
        .map_err(|error| Error::internal("a page could not be read", error))?;
    let content = content.map_err(|error| error.reworded(|told| told.replace(CHOSEN, &selector)));
    let mut content = content?;
    content.data.source = Some(source(content.data.source, at, selects));
    Ok(Scraped::Page(Box::new(content)))
}

/// Where what was read came from: the page as a whole, also where a frame of it or its images alone were read.
fn source(read: Option<SourcePage>, at: Document, selects: bool) -> SourcePage {
    match read {
        Some(read) if !selects => SourcePage {
            status: at.status,
            ..read
        },
        read => {
            let (title, links) = read.map_or_else(Default::default, |it| (it.title, it.links));
            SourcePage {
                url: at.url,
                status: at.status,
                title,
                links,
            }
        }
    }
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
        // It may be in the language of page selectors, which the page script alone knows.
        selector: None,
        link_placeholders: options.use_link_placeholders,
    })
}

/// What a tab is at.
enum Read {
    Pdf(Whole),
    Page(Document, Vec<Part>),
}

/// The markup of the page and the frames in it, or of the elements that are asked for.
async fn read(
    core: &Core,
    tab: &CurrentTab,
    selector: Option<&str>,
    deadline: Instant,
) -> Result<Read> {
    if let Some(whole) = download::sent_pdf(core, tab, deadline).await {
        return Ok(Read::Pdf(whole));
    }
    match selector {
        None => {
            let (at, parts) = documents(core, tab.main_frame(), DEEPEST, deadline).await?;
            Ok(at.as_pdf().map_or_else(|| Read::Page(at, parts), Read::Pdf))
        }
        Some(selector) => {
            let at = download::shown(core, tab, deadline).await?;
            if let Some(whole) = at.as_pdf() {
                return Ok(Read::Pdf(whole));
            }
            let nothing = || Fault::told(format!("The selector '{selector}' matches no element"));
            let (frame, rest) = locate::first(core, tab, selector, deadline)
                .await?
                .ok_or_else(nothing)?;
            let (html, _) = document(core, &frame, Some(&rest), deadline).await?;
            Ok(Read::Page(at, vec![part(html).1]))
        }
    }
}

/// What a document is, its markup and, in their order, that of those in its frames. A frame that goes away meanwhile is left out.
fn documents<'a>(
    core: &'a Core,
    frame: FrameId,
    depth: usize,
    deadline: Instant,
) -> BoxFuture<'a, Result<(Document, Vec<Part>)>> {
    Box::pin(async move {
        let (html, world) = document(core, &frame, None, deadline).await?;
        // What shows a PDF is not read.
        let is_pdf = html.document.as_pdf().is_some();
        let inner = html.frames.iter().filter(|_| !is_pdf).map(|inner| {
            let (world, handle) = (Arc::clone(&world), inner.handle);
            async move {
                if depth == 0 {
                    return Ok(Vec::new());
                }
                let frame = world.frame_in(handle, deadline).await?;
                let (_, parts) = documents(core, frame, depth - 1, deadline).await?;
                Ok(parts)
            }
        });
        let inner = join_all(inner).await;
        let (at, own) = part(html);
        let mut parts = vec![own];
        for read in inner {
            match read {
                Ok(read) => parts.extend(read),
                Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
                Err(fault) => tracing::debug!(%fault, "a frame could not be read"),
            }
        }
        Ok((at, parts))
    })
}

async fn document(
    core: &Core,
    frame: &FrameId,
    selector: Option<&str>,
    deadline: Instant,
) -> Result<(Html, Arc<World>)> {
    let world = match selector {
        None => core.reader(frame, deadline).await?,
        Some(_) => core.world(frame, deadline).await?,
    };
    let arguments = json!({ "selector": selector });
    let html = locate::run(core, frame, &world, "html", &arguments, deadline).await?;
    Ok((html, world))
}

fn part(html: Html) -> (Document, Part) {
    let own = markup(&html.document.url, html.html, html.base_url);
    (html.document, own)
}

fn markup(url: &str, html: String, base_url: Option<String>) -> Part {
    let url = Url::parse(url).unwrap_or_else(|_| blank());
    // A document without a place of its own, such as that of a `srcdoc`, takes over that of the document around it.
    let base = base_url.and_then(|base| Url::parse(&base).ok());
    let markup = match base.filter(|base| url.cannot_be_a_base() && !base.cannot_be_a_base()) {
        Some(base) => {
            let base = base.as_str().replace('&', "&amp;").replace('"', "&quot;");
            format!("<base href=\"{base}\">{html}")
        }
        None => html,
    };
    (url, markup)
}

#[expect(clippy::expect_used, reason = "a constant that parses")]
fn blank() -> Url {
    Url::parse("about:blank").expect("about:blank is an address")
}

/// What a page says, and what of it is data that a schema asks for. JSON is a page of the browser's own making.
fn said(
    parts: &[Part],
    wanted: &Options,
    options: &ScrapeOptions,
    is_json: bool,
) -> Result<PageContent, Error> {
    // Who asks for data has a model read the text, whatever else is wanted.
    let mut data = match options.only_images && !options.wants_data() {
        true => DataSpace::default(),
        false => markdown(parts, wanted, options.all_links)?,
    };
    if options.only_images {
        data.images = Some(images(parts, wanted)?);
    }
    let schema = options.response_format.as_ref();
    let found = schema.map(|schema| match parts.first().filter(|_| is_json) {
        Some((url, html)) => {
            let text = guise_extract::viewed_text(html);
            guise_extract::structured_json(&text, url, schema)
        }
        None => guise_extract::structured(&frames(parts), schema, wanted),
    });
    let facts = found.map(facts);
    Ok(PageContent { data, facts })
}

fn facts(found: Found) -> PageFacts {
    let source = |source: guise_extract::Source| DataSource {
        kind: source.kind.name().to_owned(),
        place: source.place,
    };
    PageFacts {
        data: found.data,
        sources: found
            .sources
            .into_iter()
            .map(|(at, it)| (at, source(it)))
            .collect(),
        missing: found.missing,
    }
}

fn frames(parts: &[Part]) -> Vec<Frame<'_>> {
    parts
        .iter()
        .map(|(url, html)| Frame { url, html })
        .collect()
}

fn markdown(parts: &[Part], wanted: &Options, all_links: bool) -> Result<DataSpace, Error> {
    let frames = frames(parts);
    let page = guise_extract::frames(&frames, wanted)
        .map_err(|error| Error::new(Kind::Refused, error.to_string()))?;
    let mut links = page.links.clone();
    if all_links && (wanted.only_main_content || !wanted.links || !wanted.ignored_tags.is_empty()) {
        let whole = guise_extract::frames(&frames, &Options::default());
        links = whole.map(|page| page.links).unwrap_or_default();
    }
    let url = parts.first().map(|(url, _)| url);
    Ok(told(Page { links, ..page }, url))
}

/// A page that was read from an address, as it is told.
fn told(page: Page, url: Option<&Url>) -> DataSpace {
    let source = url.map(|url| SourcePage {
        url: url.to_string(),
        status: None,
        title: page.title,
        links: page.links.into_iter().map(String::from).collect(),
    });
    let named = page.placeholders.into_iter();
    DataSpace {
        markdown: page.markdown,
        link_placeholders: named.map(|it| (it.name, it.url)).collect(),
        metadata: (!page.metadata.is_empty()).then(|| metadata(page.metadata)),
        source,
        ..Default::default()
    }
}

fn metadata(found: Metadata) -> PageMetadata {
    let Metadata {
        title,
        author,
        published,
        modified,
        language,
        canonical,
        site_name,
        description,
        image,
    } = found;
    PageMetadata {
        title,
        author,
        published,
        modified,
        language,
        canonical: canonical.map(String::from),
        site_name,
        description,
        image: image.map(String::from),
    }
}

fn images(parts: &[Part], wanted: &Options) -> Result<Vec<ImageData>, Error> {
    let mut found = Vec::new();
    for (index, (url, html)) in parts.iter().enumerate() {
        // A selector is one for the page, not for what is in its frames.
        if index > 0 && wanted.selector.is_some() {
            break;
        }
        let images = guise_extract::images(html, url, wanted)
            .map_err(|error| Error::new(Kind::Refused, error.to_string()))?;
        found.extend(images.into_iter().map(image));
    }
    Ok(found)
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

/// Reads what a server sent that is no page: a feed, JSON, XML, a text.
///
/// # Errors
/// Kind `Refused` for what is no text.
pub fn read_document(
    bytes: &[u8],
    content_type: Option<&str>,
    url: &Url,
    options: &ScrapeOptions,
) -> Result<PageContent, Error> {
    let page = guise_extract::document(bytes, content_type, url, &wanted(options)?)
        .map_err(|error| Error::refused(error.to_string()))?;
    let data = DataSpace {
        images: options.only_images.then(Vec::new),
        ..told(page, Some(url))
    };
    let schema = options.response_format.as_ref();
    let schema = schema.filter(|_| guise_extract::is_json(bytes, content_type));
    let found = schema.map(|schema| {
        let text = guise_extract::decode(bytes, content_type).text;
        guise_extract::structured_json(&text, url, schema)
    });
    let facts = found.map(facts);
    Ok(PageContent { data, facts })
}

/// Reads given HTML: frames as address and markup, the main one first. No browser is needed.
///
/// # Errors
/// Kind `Refused` when a selector is none or matches nothing.
pub fn read_html(
    frames: Vec<(String, String)>,
    options: &ScrapeOptions,
) -> Result<PageContent, Error> {
    let mut wanted = wanted(options)?;
    wanted.selector = options
        .selector
        .as_deref()
        .map(Selector::new)
        .transpose()
        .map_err(|error| {
            Error::refused(format!(
                "{error}. Without a browser selectors are CSS or XPath: 'text=' and the like are not understood"
            ))
        })?;
    let parts: Vec<Part> = frames
        .into_iter()
        .map(|(url, html)| markup(&url, html, None))
        .collect();
    said(&parts, &wanted, options, false)
}
