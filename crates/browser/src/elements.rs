//! The names of elements: a letter for the role and a number, given on first sight and kept for the document's life, also by what
//! the page renders in an element's place (`page_script/fingerprints.js`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guise_cdp::{FrameId, LoaderId};
use guise_core::ElementId;

use crate::about::About;
use crate::world::World;

/// An element's number within one page script.
pub(crate) type Handle = u64;

/// Where a named element is.
#[derive(Clone)]
pub(crate) struct Place {
    /// The frame that it is in.
    pub(crate) frame: FrameId,
    /// The page script that knows it.
    pub(crate) world: Arc<World>,
    /// Its number there.
    pub(crate) handle: Handle,
}

/// What a name that is not known is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The page was not looked at since it was loaded or became current.
    NotObserved,
    /// It was given to no element of this document.
    NoSuchId,
}

/// The names of one tab's elements.
///
/// They belong to one document of the main frame: a new document forgets them all and starts from 1 again.
#[derive(Default)]
pub(crate) struct Elements {
    document: Option<LoaderId>,
    counters: HashMap<char, u32>,
    places: HashMap<ElementId, Place>,
    names: HashMap<(Arc<str>, Handle), ElementId>,
    abouts: HashMap<ElementId, Arc<About>>,
    found_again: HashSet<ElementId>,
}

impl Elements {
    /// Starts anew when `document` is another one than before.
    pub(crate) fn in_document(&mut self, document: &LoaderId) -> &mut Self {
        if self.document.as_ref() != Some(document) {
            *self = Self {
                document: Some(document.clone()),
                ..Self::default()
            };
        }
        self
    }

    /// The name of an element, a new one if it has none yet.
    pub(crate) fn name(&mut self, letter: char, place: Place) -> ElementId {
        let key = (place.world.key(), place.handle);
        if let Some(known) = self.names.get(&key) {
            return known.clone();
        }
        let counter = self.counters.entry(letter).or_default();
        *counter += 1;
        let id = ElementId::new(&format!("{letter}{counter}"));
        self.names.insert(key, id.clone());
        self.places.insert(id.clone(), place);
        id
    }

    /// Keeps what the last observation said about an element.
    pub(crate) fn describe(&mut self, id: &ElementId, about: Arc<About>) {
        self.abouts.insert(id.clone(), about);
    }

    /// What the last observation said about an element.
    pub(crate) fn about(&self, id: &ElementId) -> Option<Arc<About>> {
        self.abouts.get(id).cloned()
    }

    /// Keeps what is said about an element that was rendered anew, in the place of what was said before.
    pub(crate) fn found_again(
        &mut self,
        place: &Place,
        about: impl FnOnce(Option<&About>) -> About,
    ) {
        let Some(id) = self.names.get(&(place.world.key(), place.handle)).cloned() else {
            return;
        };
        let now = about(self.abouts.get(&id).map(Arc::as_ref));
        self.abouts.insert(id.clone(), Arc::new(now));
        self.found_again.insert(id);
    }

    /// What is known of an element that was found again since this was last asked.
    pub(crate) fn take_found_again(&mut self, id: &ElementId) -> Option<Arc<About>> {
        if self.found_again.remove(id) {
            self.about(id)
        } else {
            None
        }
    }

    /// The element called `id`.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn find(&self, id: &ElementId) -> Result<Place, Unknown> {
        if self.places.is_empty() {
            return Err(Unknown::NotObserved);
        }
        self.places.get(id).cloned().ok_or(Unknown::NoSuchId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(world: &Arc<World>, handle: Handle) -> Place {
        Place {
            frame: "F".into(),
            world: Arc::clone(world),
            handle,
        }
    }

    #[test]
    fn names_stay_with_their_element_and_are_never_reused() {
        let mut elements = Elements::default();
        let document = LoaderId::from("L1");
        let world = Arc::new(World::for_test("1"));
        let other = Arc::new(World::for_test("2"));
        let table = elements.in_document(&document);
        assert_eq!(table.name('B', place(&world, 1)).as_str(), "B1");
        assert_eq!(table.name('B', place(&world, 7)).as_str(), "B2");
        assert_eq!(table.name('L', place(&world, 8)).as_str(), "L1");
        assert_eq!(table.name('B', place(&world, 1)).as_str(), "B1");
        assert_eq!(table.name('B', place(&other, 1)).as_str(), "B3");
        assert_eq!(table.find(&ElementId::new("B2")).unwrap().handle, 7);
        assert_eq!(
            table.find(&ElementId::new("B9")).err(),
            Some(Unknown::NoSuchId)
        );
    }

    #[test]
    fn a_new_document_starts_anew() {
        let mut elements = Elements::default();
        let (old, new) = (LoaderId::from("L1"), LoaderId::from("L2"));
        let world = Arc::new(World::for_test("1"));
        elements.in_document(&old).name('B', place(&world, 1));
        assert_eq!(
            elements.in_document(&new).find(&ElementId::new("B1")).err(),
            Some(Unknown::NotObserved)
        );
        assert_eq!(
            elements
                .in_document(&new)
                .name('B', place(&world, 5))
                .as_str(),
            "B1"
        );
        assert_eq!(elements.find(&ElementId::new("B1")).unwrap().handle, 5);
    }
}
