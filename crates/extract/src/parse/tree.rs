//! The tree under construction, with the depth of each of its nodes.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use dom_query::{Document, NodeId};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName, tendril::StrTendril};

/// A document that knows how deep its newest node lies.
#[derive(Default)]
pub(super) struct MeasuredTree {
    document: Document,
    /// Per node made here.
    measures: RefCell<Vec<Measure>>,
    /// How deep a node would be that came next, as far as the last addition and end tags since tell.
    depth: Cell<u16>,
    /// The same, end tags left aside: they may have closed nothing.
    placed: Cell<u16>,
}

#[derive(Clone, Copy, Default)]
struct Measure {
    depth: u16,
    is_void: bool,
}

/// A node of the tree and the place of its measure.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    id: NodeId,
    measure: usize,
}

impl MeasuredTree {
    /// How deep a node would be that came next, as far as the last addition and end tags since tell.
    pub(super) fn depth(&self) -> u16 {
        self.depth.get()
    }

    /// The most elements that can be open now.
    pub(super) fn open_at_most(&self) -> usize {
        usize::from(self.placed.get())
    }

    /// Takes an end tag for granted, until the next addition tells more.
    pub(super) fn assume_one_closed(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.document.tree.len()
    }

    fn handle(&self, id: NodeId, measure: Measure) -> Handle {
        let mut measures = self.measures.borrow_mut();
        measures.push(measure);
        Handle {
            id,
            measure: measures.len() - 1,
        }
    }

    fn measure(&self, handle: Handle) -> Measure {
        self.measures
            .borrow()
            .get(handle.measure)
            .copied()
            .unwrap_or_default()
    }

    fn now_at(&self, depth: u16) {
        self.depth.set(depth);
        self.placed.set(depth);
    }

    /// Notes that `child` now lies below a node of this depth, and gives what the tree is to add.
    fn place(&self, depth: u16, child: NodeOrText<Handle>) -> NodeOrText<NodeId> {
        match child {
            NodeOrText::AppendText(text) => {
                self.now_at(depth);
                NodeOrText::AppendText(text)
            }
            NodeOrText::AppendNode(node) => {
                let own = depth.saturating_add(1);
                if let Some(measure) = self.measures.borrow_mut().get_mut(node.measure) {
                    measure.depth = own;
                    self.now_at(if measure.is_void { depth } else { own });
                }
                NodeOrText::AppendNode(node.id)
            }
        }
    }
}

impl TreeSink for MeasuredTree {
    type Handle = Handle;
    type Output = Document;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Document {
        self.document
    }

    /// Every page has errors, and nobody reads them.
    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.handle(self.document.get_document(), Measure::default())
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Ref<'a, QualName> {
        self.document.elem_name(&target.id)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let is_void = is_void(&name.local);
        let id = self.document.create_element(name, attrs, flags);
        self.handle(id, Measure { depth: 0, is_void })
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.handle(
            self.document.create_comment(text),
            Measure {
                depth: 0,
                is_void: true,
            },
        )
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Handle {
        self.handle(
            self.document.create_pi(target, data),
            Measure {
                depth: 0,
                is_void: true,
            },
        )
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let child = self.place(self.measure(*parent).depth, child);
        self.document.append(&parent.id, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        prev_element: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let child = self.place(self.measure(*element).depth, child);
        self.document
            .append_based_on_parent_node(&element.id, &prev_element.id, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.document
            .append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        let depth = self.measure(*target).depth.saturating_add(1);
        let contents = self.document.get_template_contents(&target.id);
        self.handle(
            contents,
            Measure {
                depth,
                is_void: false,
            },
        )
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.document.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        let depth = self.measure(*sibling).depth.saturating_sub(1);
        let new_node = self.place(depth, new_node);
        self.document.append_before_sibling(&sibling.id, new_node);
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        self.document.add_attrs_if_missing(&target.id, attrs);
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.document.remove_from_parent(&target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.document.reparent_children(&node.id, &new_parent.id);
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        self.document
            .is_mathml_annotation_xml_integration_point(&handle.id)
    }
}

/// Elements that hold nothing.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}
