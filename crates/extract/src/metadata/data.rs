//! What JSON-LD says about the page itself, among all that it says.

use serde_json::{Map, Value};

use crate::json_ld::{JsonLd, types};

/// Types of things that are on many pages and are no page's subject.
const AROUND: &[&str] = &[
    "Organization",
    "NewsMediaOrganization",
    "Corporation",
    "LocalBusiness",
    "WebSite",
    "BreadcrumbList",
    "ListItem",
    "Person",
    "ImageObject",
    "SearchAction",
    "SiteNavigationElement",
    "WPHeader",
    "WPFooter",
    "ItemList",
    "CollectionPage",
];

/// The thing that a page describes, with the others for what it refers to.
pub(super) struct Described<'j> {
    things: Vec<&'j Map<String, Value>>,
    main: Vec<&'j Map<String, Value>>,
}

impl<'j> Described<'j> {
    pub(super) fn by(data: &'j JsonLd) -> Self {
        let things = data.things();
        let is = |thing: &Map<String, Value>, names: &[&str]| {
            types(thing).iter().any(|kind| names.contains(kind))
        };
        // A page is described by its subject first, and where that is silent by itself.
        let (pages, subjects): (Vec<_>, Vec<_>) = things
            .iter()
            .copied()
            .filter(|thing| !types(thing).is_empty() && !is(thing, AROUND))
            .partition(|thing| types(thing).iter().any(|kind| kind.ends_with("Page")));
        Self {
            main: subjects.into_iter().take(1).chain(pages).collect(),
            things,
        }
    }

    /// The first text among these members.
    pub(super) fn text(&self, members: &[&str]) -> Option<String> {
        members
            .iter()
            .flat_map(|member| self.main.iter().map(move |thing| thing.get(*member)))
            .flatten()
            .find_map(text)
    }

    /// The names of those that a member is about, separated by commas.
    pub(super) fn names(&self, member: &str) -> Option<String> {
        let found = self.main.iter().find_map(|thing| {
            let names: Vec<String> = one_or_many(thing.get(member)?)
                .take(20)
                .filter_map(|who| self.name(who))
                .collect();
            (!names.is_empty()).then_some(names)
        })?;
        Some(found.join(", "))
    }

    /// The name of the site: that of the web site, else of its publisher.
    pub(super) fn site(&self) -> Option<String> {
        let site = self
            .things
            .iter()
            .filter(|thing| types(thing).contains(&"WebSite"))
            .find_map(|thing| text(thing.get("name")?));
        site.or_else(|| self.names("publisher"))
    }

    /// The addresses of its pictures.
    pub(super) fn images(&self) -> Vec<String> {
        let images = self.main.iter().flat_map(|thing| {
            ["image", "thumbnailUrl"]
                .into_iter()
                .filter_map(|member| thing.get(member))
        });
        images
            .flat_map(one_or_many)
            .take(20)
            .filter_map(|image| match image {
                Value::Object(image) => self
                    .resolved(image)
                    .and_then(|image| text(image.get("url").or_else(|| image.get("contentUrl"))?)),
                other => text(other),
            })
            .collect()
    }

    fn name(&self, who: &Value) -> Option<String> {
        match who {
            Value::Object(who) => text(self.resolved(who)?.get("name")?),
            other => text(other).filter(|name| !name.starts_with("http")),
        }
    }

    /// The thing that an object stands for, when it only names its `@id`.
    fn resolved<'s>(&'s self, thing: &'s Map<String, Value>) -> Option<&'s Map<String, Value>> {
        match thing.get("@id") {
            Some(id) if thing.len() == 1 => self
                .things
                .iter()
                .copied()
                .find(|other| other.len() > 1 && other.get("@id") == Some(id)),
            _ => Some(thing),
        }
    }
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(many) => many.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// A text, a list that begins with one, or what JSON-LD writes for a text with a language.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Array(list) => {
            return list
                .first()
                .filter(|first| !first.is_array())
                .and_then(text);
        }
        Value::Object(object) => object.get("@value")?.as_str()?,
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
