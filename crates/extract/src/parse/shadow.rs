//! Declarative shadow roots, laid out as a reader sees them: the shadow tree in its host, with the host's children in its
//! slots (HTML standard, 4.12.3 and DOM standard, 4.2.2).

use std::collections::HashMap;

use dom_query::{Document, NodeRef};

use crate::attribute::attribute;

/// The most shadow roots of a page; those beyond are left out.
const MAX_ROOTS: usize = 5_000;
/// The deepest host: slots put trees into trees, and those would grow beyond any depth.
const MAX_HOST_DEPTH: usize = 256;

/// Puts the content of `template` elements with a `shadowrootmode` where it is seen.
pub(super) fn flatten(document: &Document) {
    let mut waiting: Vec<NodeRef<'_>> = roots_below(document.root());
    let mut flattened = 0_usize;
    while let Some(template) = waiting.pop() {
        let Some(host) = template.parent().filter(NodeRef::is_element) else {
            continue;
        };
        let contents = template
            .element_ref()
            .and_then(|element| element.template_contents)
            .and_then(|id| document.tree.get(&id));
        template.remove_from_parent();
        let Some(contents) = contents else { continue };
        flattened += 1;
        if flattened > MAX_ROOTS
            || host.ancestors_it(Some(MAX_HOST_DEPTH + 1)).count() > MAX_HOST_DEPTH
        {
            continue;
        }
        let mut light: HashMap<String, Vec<NodeRef<'_>>> = HashMap::new();
        for child in host.children() {
            child.remove_from_parent();
            let slot = child
                .attr("slot")
                .map(|name| name.trim().to_owned())
                .unwrap_or_default();
            light.entry(slot).or_default().push(child);
        }
        for child in contents.children() {
            child.remove_from_parent();
            host.append_child(&child);
        }
        for slot in host
            .descendants_it()
            .filter(|node| node.has_name("slot"))
            .collect::<Vec<_>>()
        {
            let name = slot
                .element_ref()
                .and_then(|element| attribute(&element, "name").map(|name| name.trim().to_owned()))
                .unwrap_or_default();
            let Some(assigned) = light.remove(&name) else {
                continue;
            };
            slot.remove_children();
            for child in assigned {
                slot.append_child(&child);
            }
        }
        waiting.extend(roots_below(host));
    }
}

fn roots_below(node: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    node.descendants_it()
        .filter(|node| node.has_name("template") && node.has_attr("shadowrootmode"))
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::parse::parse;

    #[rstest]
    #[case::slots(
        "<x-a><template shadowrootmode=open>[<slot name=t>none</slot>|<slot></slot>]</template>one<b slot=t>T</b><i slot=u>lost</i></x-a>",
        "[T|one]"
    )]
    #[case::fallback(
        "<x-a><template shadowrootmode=open>[<slot>nothing</slot>]</template></x-a>",
        "[nothing]"
    )]
    #[case::nested(
        "<x-a><template shadowrootmode=open>1<x-b><template shadowrootmode=closed>2<slot></slot>4</template><slot></slot></x-b>5</template>3</x-a>",
        "12345"
    )]
    #[case::plain("<x-a><template>hidden</template>shown</x-a>", "shown")]
    fn shadow_trees_are_seen(#[case] html: &str, #[case] expected: &str) {
        assert_eq!(&*parse(html).document.text(), expected);
    }

    #[test]
    fn nesting_is_bounded() {
        let one =
            "<x-a><template shadowrootmode=open><div><div><slot></slot></div></div></template>";
        parse(&one.repeat(20_000));
        let inner = "<x-a><template shadowrootmode=open><p>".repeat(20_000);
        parse(&inner);
    }
}
