//! Frames, components, players and pictures with controls of their own.

use super::widgets;

widgets! { gallery_embedded:
    "nested-frames" => async |it| {
        it.fills("textbox", "Code", "5566").await?;
        it.clicks("button", "Confirm").await?;
    }
    "closed-root" => async |it| {
        for _ in 0..3 {
            it.clicks("button", "More").await?;
        }
        it.checks("checkbox", "As a gift", true).await?;
        it.clicks("button", "Add to list").await?;
    }
    "form-component" => async |it| {
        it.checks("radio", "Good", true).await?;
        it.clicks("button", "Send").await?;
    }
    "video-controls" => async |it| {
        it.hovers("application", "Film, space plays and pauses").await?;
        it.clicks("button", "Play").await?;
        it.clicks("button", "Mute").await?;
        it.finds_it("button", "Mute", "pressed").await?;
        it.fills("textbox", "Position in seconds", "40").await?;
        it.reads("0:40").await?;
    }
    "canvas-fallback" => async |it| {
        it.finds("canvas", "Start Stop").await?;
        it.presses("Tab").await?;
        it.reads("Start has the focus").await?;
        it.presses("Enter").await?;
        it.reads("The machine runs").await?;
    }
}
