//! Menus that open by hovering, by either button and by keys.

use super::widgets;

widgets! { gallery_menus:
    "hover-menu" => async |it| {
        it.hovers("link", "Products").await?;
        it.hovers("link", "Audio").await?;
        it.clicks("link", "Headphones").await?;
    }
    "mega-menu" => async |it| {
        it.hovers("button", "Shoes").await?;
        it.clicks("link", "Winter boots").await?;
        it.reads("Winter boots: 12 articles").await?;
    }
    "cascader" => async |it| {
        it.clicks("button", "Choose a city").await?;
        it.hovers("menuitem", "Asia").await?;
        it.hovers("menuitem", "Japan").await?;
        it.clicks("menuitem", "Osaka").await?;
    }
    "context-menu" => async |it| {
        it.right_clicks("option", "notes.txt").await?;
        it.clicks("menuitem", "Rename").await?;
        it.fills("textbox", "New name", "ideas.txt").await?;
        it.presses("Enter").await?;
    }
    "command-palette" => async |it| {
        it.presses("Control+k").await?;
        it.fills("combobox", "Command", "dark").await?;
        it.finds_it("option", "Toggle dark mode", "selected").await?;
        it.presses("Enter").await?;
    }
    "split-button" => async |it| {
        it.clicks("button", "More ways to save").await?;
        it.clicks("menuitem", "Save as draft").await?;
    }
    "tooltip" => async |it| {
        it.hovers("button", "What is this?").await?;
        it.reads("KX-4417").await?;
        it.fills("textbox", "Code", "KX-4417").await?;
    }
}
