//! Tables, lists and feeds.

use super::widgets;

widgets! { gallery_data:
    "infinite-scroll" => async |it| {
        while !it.shows("Like post 37\"").await {
            it.scrolls_down().await?;
        }
        it.clicks("button", "Like post 37").await?;
        it.finds_it("button", "Like post 37", "pressed").await?;
    }
    "virtual-scroller" => async |it| {
        it.turns_wheel("button", "Flag invoice 3", 2043 * 40).await?;
        it.clicks("button", "Flag invoice 2044").await?;
    }
    "sortable-table" => async |it| {
        it.clicks("button", "Price").await?;
        it.clicks("button", "Price").await?;
        it.clicks("button", "Pick Sofa").await?;
    }
    "inline-edit" => async |it| {
        it.double_clicks("gridcell", "Price of tea").await?;
        it.fills("textbox", "New price of tea", "4.20").await?;
        it.presses("Enter").await?;
    }
    "spreadsheet" => async |it| {
        it.clicks("gridcell", "B2").await?;
        for key in ["1", "2", "Enter", "3", "0", "Enter"] {
            it.presses(key).await?;
        }
        it.reads("Sum of B: 42").await?;
    }
    "master-detail" => async |it| {
        it.clicks("row", "▸ Order 1002").await?;
        it.clicks("button", "Cancel delivery of 1002").await?;
    }
}
