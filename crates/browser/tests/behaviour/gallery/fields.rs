//! Fields that take text, numbers, colours and files.

use super::widgets;

widgets! { gallery_fields:
    "masked-phone" => async |it| {
        it.fills("textbox", "Phone", "4155550132").await?;
        it.clicks("button", "Save").await?;
    }
    "masked-card" => async |it| {
        it.types("textbox", "Card number", "4242424242424242").await?;
        it.types("textbox", "Expiry date", "1230").await?;
        it.clicks("button", "Continue").await?;
    }
    "otp-boxes" => async |it| {
        it.types_code("textbox", "Digit 1", "730192").await?;
    }
    "tag-input" => async |it| {
        it.clicks("button", "Remove kitchen").await?;
        it.fills("textbox", "Add a tag", "tools").await?;
        it.presses("Enter").await?;
    }
    "rich-text" => async |it| {
        it.fills("textbox", "Note", "Ship it today").await?;
        it.presses("Control+A").await?;
        it.clicks("button", "Bold").await?;
        it.finds_it("button", "Bold", "pressed").await?;
        it.clicks("button", "Save note").await?;
    }
    "chat-composer" => async |it| {
        it.fills("textbox", "Message", "Hello").await?;
        it.presses("Shift+Enter").await?;
        for letter in ["B", "o", "b"] {
            it.presses(letter).await?;
        }
        it.presses("Enter").await?;
    }
    "spinner" => async |it| {
        it.clicks("spinbutton", "Guests").await?;
        it.presses("PageUp").await?;
        it.finds_it("spinbutton", "Guests", "value 7").await?;
    }
    "quantity-stepper" => async |it| {
        it.clicks("button", "More apples").await?;
        it.clicks("button", "More apples").await?;
        it.clicks("button", "Fewer pears").await?;
        it.clicks("button", "Fewer pears").await?;
    }
    "native-color" => async |it| {
        it.fills("textbox", "Accent colour", "#1e90ff").await?;
    }
    "file-dropzone" => async |it| {
        it.uploads("button", "Drop files here or browse", "report.txt", "quarterly figures").await?;
        it.reads("report.txt").await?;
    }
    "search-suggest" => async |it| {
        it.fills("combobox", "Town", "Red").await?;
        it.reads("Redhill").await?;
        it.fills("combobox", "Town", "Rea").await?;
        it.clicks("option", "Reading").await?;
        it.reads("Reading chosen").await?;
    }
    "password-reveal" => async |it| {
        it.fills("textbox", "New password", "Correct-horse-7").await?;
        it.clicks("button", "Show password").await?;
        it.clicks("button", "Save password").await?;
    }
    "datalist" => async |it| {
        it.fills("textbox", "Browser", "Konqueror").await?;
        it.clicks("button", "Save").await?;
        it.reads("Saved").await?;
    }
}
