//! The images of a page and what each is for.

use std::collections::HashSet;

use dom_query::{Element, NodeData, NodeRef, local_name};
use serde::Serialize;
use url::Url;

use crate::attribute::attribute;
use crate::main_content::main_content;
use crate::page::chosen;
use crate::parse::parse;
use crate::references::{base_of, image_url, link_url, picture_source, picture_url};
use crate::visibility::{is_hidden, style_property};
use crate::{Error, Options};

/// The largest side of an icon, in CSS pixels.
const MAX_ICON: f64 = 64.0;
/// The largest side of a picture that only counts visits or takes up room.
const MAX_SPACER: f64 = 3.0;

/// What an image is for (Notte API: `ImageData`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Stands for the site in a browser's tab.
    Favicon,
    /// A small sign, a logo, a picture on a button.
    Icon,
    /// Belongs to what the page says.
    ContentImage,
    /// Says nothing: spacers, backgrounds, pictures that their page describes as empty.
    Decorative,
    /// A sign drawn as SVG.
    SvgIcon,
    /// A larger SVG: a diagram, an illustration.
    SvgContent,
}

/// An image of a page (Notte API: `ImageData`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// The absolute address; `None` for a drawing inside the page.
    pub url: Option<Url>,
    /// What it is for.
    pub category: Category,
    /// What it shows, by its alternative text, label, title or caption.
    pub description: Option<String>,
}

/// Lists a page's images in the order of the page, each address once, without hidden ones.
///
/// Of the options these act: `selector`, `ignored_tags` and `only_main_content`. With the last one a page's own icons stay,
/// since they are in its head.
///
/// # Errors
/// [`Error::NoMatch`] when the options name a selector that nothing fits, [`Error::TooMuch`] when looking takes too long.
pub fn images(html: &str, url: &Url, options: &Options) -> Result<Vec<Image>, Error> {
    let document = parse(html).document;
    let base = base_of(&document, url);
    let mut found = Found::default();
    if let Some(chosen) = chosen(&document, options)? {
        for root in chosen.outermost {
            collect(root, &base, &mut found);
        }
    } else if options.only_main_content {
        if let Some(head) = document.head() {
            collect(head, &base, &mut found);
        }
        if let Some(root) = main_content(&document, url, true).root() {
            collect(root, &base, &mut found);
        }
    } else {
        collect(document.root(), &base, &mut found);
    }
    Ok(found.images)
}

#[derive(Default)]
struct Found {
    images: Vec<Image>,
    seen: HashSet<Url>,
}

impl Found {
    fn add(&mut self, url: Option<Url>, category: Category, description: Option<String>) {
        let is_new = url.as_ref().is_none_or(|url| self.seen.insert(url.clone()));
        if is_new {
            self.images.push(Image {
                url,
                category,
                description,
            });
        }
    }
}

/// Walks over an element and all below it, without recursion, and leaves out what is hidden.
fn collect(root: NodeRef<'_>, base: &Url, found: &mut Found) {
    let mut parents: Vec<NodeRef<'_>> = Vec::new();
    let mut at = Some(root);
    loop {
        let Some(node) = at else {
            let Some(parent) = parents.pop() else {
                return;
            };
            at = if parents.is_empty() {
                None
            } else {
                parent.next_sibling()
            };
            continue;
        };
        let descends = node.query_or(false, |inner| match &inner.data {
            NodeData::Element(element) => !is_hidden(element) && visit(node, element, base, found),
            NodeData::Document | NodeData::Fragment => true,
            _ => false,
        });
        at = if descends {
            parents.push(node);
            node.first_child()
        } else if parents.is_empty() {
            None
        } else {
            node.next_sibling()
        };
    }
}

/// Notes what an element shows. Whether there may be more inside.
fn visit(node: NodeRef<'_>, element: &Element, base: &Url, found: &mut Found) -> bool {
    match &*element.name.local {
        "script" | "style" | "template" | "noscript" => return false,
        "link" => {
            let is_icon = attribute(element, "rel").is_some_and(|rel| {
                rel.split_ascii_whitespace().any(|word| {
                    matches!(
                        word.to_ascii_lowercase().as_str(),
                        "icon" | "apple-touch-icon" | "mask-icon"
                    )
                })
            });
            let url = attribute(element, "href").and_then(|href| link_url(href, base));
            if let (true, Some(url)) = (is_icon, url) {
                found.add(Some(url), Category::Favicon, None);
            }
        }
        "img" => {
            if let Some(url) = image_url(element, base).or_else(|| picture_source(node, base)) {
                let category = category(node, element, &url);
                found.add(Some(url), category, description(node, element));
            }
        }
        "input" => {
            let is_image =
                attribute(element, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("image"));
            if let (true, Some(url)) = (is_image, image_url(element, base)) {
                found.add(Some(url), Category::Icon, description(node, element));
            }
        }
        "video" => {
            if let Some(url) =
                attribute(element, "poster").and_then(|poster| picture_url(poster, base))
            {
                found.add(
                    Some(url),
                    Category::ContentImage,
                    description(node, element),
                );
            }
        }
        "svg" => {
            found.add(
                None,
                svg_category(node, element),
                svg_description(node, element),
            );
            return false;
        }
        _ => {}
    }
    if let Some(url) = background(element).and_then(|source| picture_url(source, base)) {
        found.add(Some(url), Category::Decorative, description(node, element));
    }
    true
}

fn category(node: NodeRef<'_>, image: &Element, url: &Url) -> Category {
    let is_svg = url.path().to_ascii_lowercase().ends_with(".svg");
    let size = size(image);
    if size.is_some_and(|size| size <= MAX_SPACER) || is_declared_empty(image) {
        return Category::Decorative;
    }
    let is_icon = match size {
        Some(size) => size <= MAX_ICON,
        None => is_named_icon(image, url) || is_on_control(node),
    };
    match (is_svg, is_icon) {
        (true, true) => Category::SvgIcon,
        (true, false) => Category::SvgContent,
        (false, true) => Category::Icon,
        (false, false) => Category::ContentImage,
    }
}

fn svg_category(node: NodeRef<'_>, svg: &Element) -> Category {
    let is_icon = size(svg).map_or_else(
        || {
            let view = attribute(svg, "viewbox").or_else(|| attribute(svg, "viewBox"));
            let side = view.and_then(|view| {
                view.split([' ', ','])
                    .filter_map(|part| part.parse::<f64>().ok())
                    .skip(2)
                    .reduce(f64::max)
            });
            side.is_none_or(|side| side <= MAX_ICON) || is_on_control(node)
        },
        |size| size <= MAX_ICON,
    );
    if is_icon {
        Category::SvgIcon
    } else {
        Category::SvgContent
    }
}

/// Whether the page itself says that the picture carries nothing.
fn is_declared_empty(image: &Element) -> bool {
    attribute(image, "alt").is_some_and(|alt| alt.trim().is_empty())
        || attribute(image, "role")
            .is_some_and(|role| matches!(role.trim(), "presentation" | "none"))
        || attribute(image, "aria-hidden").is_some_and(|hidden| hidden.trim() == "true")
}

fn is_named_icon(image: &Element, url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    [
        attribute(image, "class"),
        attribute(image, "id"),
        Some(name),
    ]
    .into_iter()
    .flatten()
    .flat_map(|words| words.split(|c: char| !c.is_ascii_alphanumeric()))
    .any(|word| {
        ["icon", "icons", "ico", "logo", "sprite", "badge", "emoji"]
            .iter()
            .any(|icon| word.eq_ignore_ascii_case(icon))
    })
}

fn is_on_control(node: NodeRef<'_>) -> bool {
    node.ancestors_it(Some(3)).any(|above| {
        above.has_name("button") || above.attr("role").is_some_and(|role| &*role == "button")
    })
}

/// The longer side in CSS pixels, as far as attributes or the inline style tell.
fn size(element: &Element) -> Option<f64> {
    let style = attribute(element, "style").unwrap_or_default();
    ["width", "height"]
        .into_iter()
        .filter_map(|side| {
            let text = style_property(style, side)
                .or_else(|| attribute(element, side))?
                .trim();
            let number = text.strip_suffix("px").unwrap_or(text);
            number
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|side| side.is_finite())
        })
        .reduce(f64::max)
}

fn description(node: NodeRef<'_>, element: &Element) -> Option<String> {
    let own = ["alt", "aria-label", "title"]
        .into_iter()
        .filter_map(|name| attribute(element, name));
    own.map(words).find(|text| !text.is_empty()).or_else(|| {
        let figure = node
            .ancestors_it(Some(4))
            .find(|above| above.has_name("figure"))?;
        let caption = figure
            .descendants_it()
            .find(|below| below.has_name("figcaption"))?;
        Some(words(&caption.text())).filter(|text| !text.is_empty())
    })
}

fn svg_description(node: NodeRef<'_>, svg: &Element) -> Option<String> {
    let title = || {
        node.children_it(false)
            .find(|child| child.has_name("title"))
            .map(|title| words(&title.text()))
    };
    attribute(svg, "aria-label")
        .map(words)
        .or_else(title)
        .filter(|text| !text.is_empty())
}

/// The address in `background` or `background-image: url(…)`.
fn background(element: &Element) -> Option<&str> {
    let style = element.attr_ref(local_name!("style"))?;
    // An address may hold semicolons and colons, so the style is not taken apart here.
    let at = style.find("background")?;
    let (_, after) = style.get(at..)?.split_once("url(")?;
    let (address, _) = after.split_once(')')?;
    Some(address.trim().trim_matches(['"', '\'']))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
