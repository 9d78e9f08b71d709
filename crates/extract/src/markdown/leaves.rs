//! Elements that the walk does not go into: pictures, form controls, formulas, preformatted text.

use dom_query::{Element, NodeRef};

use super::code::{fenced, language, plain_text};
use super::controls;
use super::escape::text_into;
use super::inline::{Mark, collapsed};
use super::walk::Renderer;
use crate::attribute::attribute;
use crate::references::{image_url, picture_source};

impl Renderer<'_> {
    pub(super) fn image(&mut self, node: NodeRef<'_>, element: &Element) {
        let alt = attribute(element, "alt").map(collapsed).unwrap_or_default();
        let is_emoji =
            !alt.is_empty() && !alt.is_ascii() && alt.chars().count() <= 8 && !alt.contains(' ');
        let is_emoji =
            is_emoji && attribute(element, "class").is_some_and(|class| class.contains("emoji"));
        if is_emoji {
            self.run.text(&alt);
            return;
        }
        if !self.wanted.images {
            if !alt.is_empty() {
                self.run.offer_link_text(&alt);
            }
            return;
        }
        let url =
            image_url(element, self.wanted.base).or_else(|| picture_source(node, self.wanted.base));
        match url {
            Some(url) => {
                let destination = self.references.image(&url);
                let mut markdown = String::from("![");
                text_into(&mut markdown, &alt, true);
                markdown.push_str("](");
                markdown.push_str(&destination);
                markdown.push(')');
                self.run.image(markdown);
            }
            None => self.run.text(&alt),
        }
    }

    pub(super) fn input(&mut self, element: &Element) {
        let Some(text) = controls::input(element) else {
            return;
        };
        if controls::is_tick(element) {
            self.run.space();
            self.run.ready(text);
            self.run.space();
        } else {
            self.apart(&text);
        }
    }

    pub(super) fn select(&mut self, node: &NodeRef<'_>) {
        let choices = controls::choices(node);
        let is_choice = choices.len() > 1;
        for (index, (text, is_chosen)) in choices.iter().enumerate() {
            self.run.text(if index > 0 { " / " } else { " " });
            let is_marked = is_choice && *is_chosen && self.run.open(Mark::Strong);
            self.run.text(text);
            if is_marked {
                self.run.close();
            }
        }
        self.run.space();
    }

    pub(super) fn math(&mut self, node: &NodeRef<'_>, element: &Element) {
        let annotation = || {
            let annotation = node.descendants_it().find(|below| {
                below.has_name("annotation")
                    && below
                        .attr("encoding")
                        .is_some_and(|encoding| &*encoding == "application/x-tex")
            })?;
            Some(collapsed(&annotation.text()))
        };
        let tex = attribute(element, "alttext")
            .map(collapsed)
            .or_else(annotation)
            .filter(|tex| !tex.is_empty());
        match tex {
            Some(tex) => self.run.ready(format!("${tex}$")),
            None => self.run.text(&plain_text(node)),
        }
    }

    pub(super) fn preformatted(&mut self, node: &NodeRef<'_>) {
        let text = plain_text(node);
        if self.one_line > 0 || self.page().is_cell() {
            self.flush();
            self.run.code(&text);
            self.flush();
            return;
        }
        self.flush();
        let block = fenced(&text, &language(node));
        self.page().block(&block);
    }

    pub(super) fn apart(&mut self, text: &str) {
        self.run.space();
        self.run.text(text);
        self.run.space();
    }
}
