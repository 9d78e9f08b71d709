//! What lies over the page.

use super::widgets;

widgets! { gallery_overlays:
    "modal-trap" => async |it| {
        it.clicks("button", "Settings").await?;
        it.clicks("button", "Delete account").await?;
        it.fills("textbox", "Type DELETE", "DELETE").await?;
        it.clicks("button", "Delete for good").await?;
    }
    "cookie-banner" => async |it| {
        it.clicks("button", "Choose").await?;
        it.checks("checkbox", "Marketing", false).await?;
        it.clicks("button", "Save choice").await?;
        it.clicks("button", "Follow the newsletter").await?;
    }
    "toast-undo" => async |it| {
        it.clicks("button", "Archive the mail from Bob").await?;
        it.clicks("button", "Undo").await?;
    }
    "hold-to-confirm" => async |it| {
        it.holds("button", "Hold to transfer", 1300).await?;
        it.reads("Transferred").await?;
    }
    "popover-native" => async |it| {
        it.clicks("button", "Status: Online").await?;
        it.clicks("button", "Away").await?;
    }
    "dialog-native" => async |it| {
        it.clicks("button", "Add note").await?;
        it.fills("textbox", "Text", "Call Ada").await?;
        it.clicks("button", "Add").await?;
    }
}
