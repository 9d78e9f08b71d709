//! What leaves a session: every text in it, so that none is forgotten.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::ports::{Scrub, StagedFile};
use crate::{
    Asked, Cookie, DataSource, DataSpace, Element, ImageData, NodeSelectors, Observation, Offer,
    Outcome, PageContent, PageFacts, PageMetadata, Screenshot, SeenLine, SourcePage,
    StructuredData, Tab,
};

/// What leaves a session, with every text in it.
pub(super) trait Leaves {
    /// Puts labels in the places of secrets.
    fn scrub(&mut self, scrub: &dyn Scrub);
}

impl Leaves for String {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        if let Cow::Owned(clean) = scrub.text(self) {
            *self = clean;
        }
    }
}

impl Leaves for () {
    fn scrub(&mut self, _: &dyn Scrub) {}
}

impl Leaves for usize {
    fn scrub(&mut self, _: &dyn Scrub) {}
}

/// It names a place on this machine, for the browser alone.
impl Leaves for StagedFile {
    fn scrub(&mut self, _: &dyn Scrub) {}
}

impl Leaves for Value {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        scrub.json(self);
    }
}

impl<T: Leaves> Leaves for Option<T> {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        self.iter_mut().for_each(|it| it.scrub(scrub));
    }
}

impl<T: Leaves> Leaves for Vec<T> {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        self.iter_mut().for_each(|it| it.scrub(scrub));
    }
}

impl<A: Leaves, B: Leaves> Leaves for (A, B) {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        self.0.scrub(scrub);
        self.1.scrub(scrub);
    }
}

impl Leaves for Outcome {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            success: _,
            message,
            exception,
            data,
            selectors,
            text_label,
            waits_for: _,
            held_for: _,
        } = self;
        message.scrub(scrub);
        exception.scrub(scrub);
        data.scrub(scrub);
        selectors.scrub(scrub);
        text_label.scrub(scrub);
    }
}

impl Leaves for DataSpace {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            markdown,
            images,
            structured,
            source,
            metadata,
            link_placeholders,
        } = self;
        markdown.scrub(scrub);
        images.scrub(scrub);
        structured.scrub(scrub);
        source.scrub(scrub);
        metadata.scrub(scrub);
        link_placeholders.scrub(scrub);
    }
}

/// Its keys are names that were given to addresses.
impl Leaves for BTreeMap<String, String> {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        self.values_mut().for_each(|it| it.scrub(scrub));
    }
}

impl Leaves for PageMetadata {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            title,
            author,
            published,
            modified,
            language,
            canonical,
            site_name,
            description,
            image,
        } = self;
        title.scrub(scrub);
        author.scrub(scrub);
        published.scrub(scrub);
        modified.scrub(scrub);
        language.scrub(scrub);
        canonical.scrub(scrub);
        site_name.scrub(scrub);
        description.scrub(scrub);
        image.scrub(scrub);
    }
}

impl Leaves for SourcePage {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            url,
            status: _,
            title,
            links,
        } = self;
        url.scrub(scrub);
        title.scrub(scrub);
        links.scrub(scrub);
    }
}

impl Leaves for ImageData {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            url,
            category: _,
            description,
        } = self;
        url.scrub(scrub);
        description.scrub(scrub);
    }
}

impl Leaves for StructuredData {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            success: _,
            error,
            data,
            partial,
            sources,
            missing,
            note,
            asked,
        } = self;
        asked.scrub(scrub);
        note.scrub(scrub);
        error.scrub(scrub);
        data.scrub(scrub);
        partial.scrub(scrub);
        sources.scrub(scrub);
        missing.scrub(scrub);
    }
}

/// Its keys are JSON pointers made of a schema, which a model may have made up.
impl Leaves for BTreeMap<String, DataSource> {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let sources = std::mem::take(self).into_iter();
        self.extend(sources.map(|(mut at, mut source)| {
            let DataSource { kind: _, place } = &mut source;
            at.scrub(scrub);
            place.scrub(scrub);
            (at, source)
        }));
    }
}

/// What a model was asked; its text is what was wrong with an answer.
impl Leaves for Asked {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            model: _,
            prompt_characters: _,
            pictures: _,
            attempts: _,
            usage: _,
            took_ms: _,
            repaired,
        } = self;
        repaired.scrub(scrub);
    }
}

impl Leaves for PageContent {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self { data, facts } = self;
        data.scrub(scrub);
        facts.scrub(scrub);
    }
}

impl Leaves for PageFacts {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            data,
            sources,
            missing,
        } = self;
        data.scrub(scrub);
        sources.scrub(scrub);
        missing.scrub(scrub);
    }
}

impl Leaves for Observation {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            started_at: _,
            ended_at: _,
            timestamp: _,
            title,
            url,
            viewport: _,
            tabs,
            description,
            lines,
            elements,
            changes: _,
            category,
            screenshot,
            timing: _,
        } = self;
        category.scrub(scrub);
        title.scrub(scrub);
        url.scrub(scrub);
        tabs.scrub(scrub);
        description.scrub(scrub);
        lines.scrub(scrub);
        elements.scrub(scrub);
        screenshot.scrub(scrub);
    }
}

impl Leaves for SeenLine {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self { id: _, line } = self;
        line.text.scrub(scrub);
    }
}

impl Leaves for Element {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            id: _,
            role,
            label,
            states,
            markup,
            offer,
            selectors,
            bbox: _,
        } = self;
        role.scrub(scrub);
        label.scrub(scrub);
        states.scrub(scrub);
        markup.scrub(scrub);
        if let Offer::Select { value } = offer {
            value.scrub(scrub);
        }
        selectors.scrub(scrub);
    }
}

impl Leaves for NodeSelectors {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            css_selector,
            xpath_selector,
            notte_selector,
            in_iframe: _,
            in_shadow_root: _,
            iframe_parent_css_selectors,
            playwright_selector,
            python_selector,
        } = self;
        css_selector.scrub(scrub);
        xpath_selector.scrub(scrub);
        notte_selector.scrub(scrub);
        iframe_parent_css_selectors.scrub(scrub);
        playwright_selector.scrub(scrub);
        python_selector.scrub(scrub);
    }
}

impl Leaves for Tab {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            index: _,
            title,
            url,
        } = self;
        title.scrub(scrub);
        url.scrub(scrub);
    }
}

impl Leaves for Cookie {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            name,
            value,
            domain: _,
            path,
            http_only: _,
            secure: _,
            expires: _,
            same_site: _,
            partition_key,
            url,
        } = self;
        name.scrub(scrub);
        value.scrub(scrub);
        path.scrub(scrub);
        partition_key.scrub(scrub);
        url.scrub(scrub);
    }
}

/// Bytes of a picture, which are not read: what must not be seen the browser paints over.
impl Leaves for Screenshot {
    fn scrub(&mut self, _: &dyn Scrub) {}
}
