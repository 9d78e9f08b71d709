//! What is slid, turned, drawn and pointed at.

use super::widgets;

widgets! { gallery_sliders:
    "range-native" => async |it| {
        it.fills("textbox", "Volume", "35").await?;
        it.finds_it("textbox", "Volume", "value 35").await?;
    }
    "slider-pointer" => async |it| {
        it.finds_it("slider", "Price", "value 300").await?;
        it.drags_by("slider", "Price", (126, 0)).await?;
        it.reads("Up to 720").await?;
    }
    "range-two-thumbs" => async |it| {
        it.clicks("slider", "From").await?;
        it.presses("PageUp").await?;
        it.finds_it("slider", "From", "value 20").await?;
        it.clicks("slider", "To").await?;
        for _ in 0..3 {
            it.presses("PageDown").await?;
        }
        it.finds_it("slider", "To", "value 60").await?;
    }
    "color-picker" => async |it| {
        it.drags_by("slider", "Colour", (150, -90)).await?;
        it.drags_by("slider", "Hue", (133, 0)).await?;
        it.finds_it("slider", "Hue", "value 239").await?;
    }
    "knob-canvas" => async |it| {
        it.clicks("slider", "Gain, arrow keys turn it").await?;
        for _ in 0..5 {
            it.presses("ArrowUp").await?;
        }
        it.finds_it("slider", "Gain, arrow keys turn it", "value 8").await?;
    }
    "signature-pad" => async |it| {
        it.drags_by("canvas", "Signature", (180, 40)).await?;
        it.clicks("button", "Accept").await?;
    }
    "seat-map" => async |it| {
        it.clicks_at("canvas", "Seats, 8 in each of 5 rows", (135, 75)).await?;
        it.reads("Row 3, number 5").await?;
    }
    "image-map" => async |it| {
        it.clicks("link", "North").await?;
    }
    "map-pan-zoom" => async |it| {
        while !it.shows("Zoom 3").await {
            it.turns_wheel("group", "Map", -100).await?;
        }
        it.drags_by("group", "Map", (-180, 0)).await?;
        it.drags_by("group", "Map", (-180, 0)).await?;
        it.drags_by("group", "Map", (-180, 0)).await?;
        it.clicks("button", "Harbour").await?;
        it.reads("Harbour chosen").await?;
    }
    "splitter" => async |it| {
        it.drags_by("separator", "Width of the left pane", (180, 0)).await?;
        it.finds_it("separator", "Width of the left pane", "value 330").await?;
    }
}
