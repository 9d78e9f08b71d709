//! What is dragged onto something.

use super::widgets;

widgets! { gallery_dragging:
    "sortable-html5" => async |it| {
        it.drags_onto(("listitem", "Third"), ("listitem", "First")).await?;
    }
    "kanban-pointer" => async |it| {
        it.drags_onto_text("group", "Write tests", "Done").await?;
    }
    "basket-drop" => async |it| {
        it.drags_onto_text("group", "Mug", "Gift box").await?;
        it.reads("Mug").await?;
    }
}
