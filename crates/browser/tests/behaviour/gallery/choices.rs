//! Choosing one or several of many.

use super::widgets;

widgets! { gallery_choices:
    "select-optgroup" => async |it| {
        it.selects("combobox", "Port", "Harwich").await?;
    }
    "select-multiple" => async |it| {
        it.checks("option", "Butter", false).await?;
        for name in ["Tea", "Milk", "Sugar"] {
            it.checks("option", name, true).await?;
        }
        it.finds_it("option", "Tea", "selected").await?;
    }
    "custom-select" => async |it| {
        it.clicks("button", "Size Small").await?;
        it.clicks("option", "Large").await?;
    }
    "combobox-async" => async |it| {
        it.fills("combobox", "Assignee", "grace").await?;
        it.reads("Grace Kelly").await?;
        it.clicks("option", "Grace Hopper").await?;
    }
    "multiselect-popover" => async |it| {
        it.clicks("button", "Brand").await?;
        it.checks("checkbox", "Acme", true).await?;
        it.checks("checkbox", "Umbrella", true).await?;
        it.clicks("button", "Apply").await?;
    }
    "radio-cards" => async |it| {
        it.checks("radio", "Team ten seats", true).await?;
        it.clicks("button", "Go on").await?;
    }
    "toggle-switch" => async |it| {
        it.checks("switch", "Notifications", true).await?;
        it.checks("switch", "Marketing", false).await?;
    }
    "star-rating" => async |it| {
        it.checks("radio", "4 stars", true).await?;
    }
    "dual-list" => async |it| {
        it.clicks("option", "Editor").await?;
        it.clicks("button", "Give selected").await?;
        it.clicks("option", "Owner").await?;
        it.finds_it("option", "Owner", "selected").await?;
        it.clicks("button", "Take selected away").await?;
    }
    "segmented" => async |it| {
        it.clicks("radio", "Week").await?;
        it.finds_it("radio", "Week", "checked").await?;
    }
    "tree-checkbox" => async |it| {
        it.checks("checkbox", "Europe", true).await?;
        it.checks("checkbox", "France", false).await?;
        it.finds_it("checkbox", "Europe", "half checked").await?;
    }
    "filter-chips" => async |it| {
        it.clicks("button", "Vegan").await?;
        it.clicks("button", "Spicy").await?;
        it.finds_it("button", "Spicy", "pressed").await?;
    }
    "virtual-listbox" => async |it| {
        while !it.shows("+598 (Uruguay)</div>").await {
            it.turns_wheel("listbox", "Country code", 4000).await?;
        }
        it.clicks("option", "+598 (Uruguay)").await?;
    }
    "keyboard-listbox" => async |it| {
        it.clicks("listbox", "Colour").await?;
        it.presses("End").await?;
        it.presses("Enter").await?;
        it.reads("Violet chosen").await?;
    }
}
