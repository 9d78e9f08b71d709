//! Looks at a page, with a model that chooses from it where that is wished for.

use std::collections::{HashMap, HashSet};

use super::call::Call;
use crate::ports::SelectionWish;
use crate::{
    ElementId, Fitted, Observation, ObserveRequest, PageLine, Result, SeenLine, Weight, fit_told,
};

/// A model chooses among so many elements, shown within so many tokens: more than a screen holds, and as much as is read of a
/// page for data. Whoever asks for more of either gets it.
const ELEMENTS: usize = 1_000;
const TOKENS: usize = 25_000;

type Chosen = HashMap<ElementId, Option<String>>;

/// Looks at the page. A model chooses among all that is seen; what is told of it then keeps to the caller's bounds.
pub(super) async fn look(call: &Call, request: &ObserveRequest) -> Result<Observation> {
    let browser = &call.live.browser;
    if !request.needs_model() {
        return browser.observe(request, call.deadline).await;
    }
    let wide = ObserveRequest {
        max_actions: request.max_actions.map(|most| most.max(ELEMENTS)),
        ..request.clone()
    };
    let seen = browser.observe(&wide, call.deadline).await?;
    // Before a model reads it.
    let mut seen = call.live.gate.clean(seen);
    let lines = std::mem::take(&mut seen.lines);
    let tokens = request.max_tokens.unwrap_or_default().max(TOKENS);
    let shown: Vec<PageLine> = lines.iter().map(|it| it.line.clone()).collect();
    let shown = fit_told(&shown, Some(tokens));
    let ids: Vec<ElementId> = seen.elements.iter().map(|it| it.id.clone()).collect();
    let most = request.max_actions.unwrap_or(usize::MAX);
    let description = call.live.gate.clean(shown.text);
    let wish = SelectionWish {
        description: &description,
        elements: &ids,
        instructions: request.instructions.as_deref(),
        deep: request.deep,
        min: request.min_actions.unwrap_or(0),
        max: most,
    };
    let extractor = &call.shared.extractor;
    let selection = extractor
        .select(call.live.tenant, wish, call.deadline)
        .await?;
    let mut chosen: Chosen = selection.chosen.into_iter().collect();
    seen.description = match selection.summary {
        Some(summary) => summary,
        None => {
            let lines = told(lines, &ids, &chosen, most, shown.elements);
            let Fitted { text, .. } = fit_told(&lines, request.max_tokens);
            text
        }
    };
    seen.elements
        .retain_mut(|element| match chosen.remove(&element.id) {
            Some(Some(does)) => {
                element.markup = does;
                true
            }
            Some(None) => true,
            None => false,
        });
    seen.category = selection.category;
    Ok(seen)
}

/// The lines to tell the caller: those that were chosen matter most, others are there up to `most` elements.
fn told(
    lines: Vec<SeenLine>,
    elements: &[ElementId],
    chosen: &Chosen,
    most: usize,
    unread: usize,
) -> Vec<PageLine> {
    let elements: HashSet<&ElementId> = elements.iter().collect();
    let mut room = most.saturating_sub(chosen.len());
    let mut unlisted = 0;
    let mut told = Vec::with_capacity(lines.len());
    for SeenLine { id, mut line } in lines {
        match id {
            Some(id) if chosen.contains_key(&id) => line.weight = Weight::Chosen,
            Some(id) if elements.contains(&id) && room == 0 => {
                unlisted += 1;
                continue;
            }
            Some(id) if elements.contains(&id) => room -= 1,
            _ => {}
        }
        told.push(line);
    }
    let mut note = |text: String| {
        told.push(PageLine {
            text,
            weight: Weight::Heading,
        });
    };
    if unlisted > 0 {
        note(format!(
            "### Not listed: {unlisted} elements more than were asked for"
        ));
    }
    if unread > 0 {
        note(format!(
            "### Not read by the model that chose: {unread} elements. For a choice among them scroll"
        ));
    }
    told
}
