//! Ways through a page.

use super::widgets;

widgets! { gallery_navigation:
    "tabs" => async |it| {
        it.clicks("tab", "Billing").await?;
        it.finds_it("tab", "Billing", "selected").await?;
        it.checks("radio", "Yearly invoices", true).await?;
    }
    "accordion" => async |it| {
        it.clicks("generic", "Shipping").await?;
        it.reads("islands 11 euros").await?;
        it.clicks("button", "Answer").await?;
        it.fills("textbox", "Cost in euros", "11").await?;
    }
    "pagination" => async |it| {
        it.clicks("button", "Page 5").await?;
        it.finds_it("button", "Page 5", "current").await?;
        it.clicks("button", "Delete Zebra").await?;
    }
    "carousel" => async |it| {
        for city in ["Rome", "Lisbon"] {
            it.clicks("button", "Next slide").await?;
            it.finds("button", &format!("Book {city}")).await?;
        }
        it.clicks("button", "Book Lisbon").await?;
    }
    "wizard" => async |it| {
        it.selects("combobox", "Number of tickets", "2").await?;
        it.clicks("button", "Next").await?;
        it.fills("textbox", "Name", "Ada").await?;
        it.fills("textbox", "E-mail", "ada@example.org").await?;
        it.clicks("button", "Next").await?;
        it.checks("checkbox", "I have read the conditions", true).await?;
        it.clicks("button", "Order").await?;
        it.reads("Thank you").await?;
    }
    "drawer" => async |it| {
        it.clicks("button", "Open menu").await?;
        it.checks("checkbox", "Large print", true).await?;
        it.clicks("button", "Close menu").await?;
    }
    "tree-lazy" => async |it| {
        it.clicks("treeitem", "Projects").await?;
        it.clicks("treeitem", "2027").await?;
        it.clicks("treeitem", "budget.xlsx").await?;
        it.finds_it("treeitem", "budget.xlsx", "selected").await?;
    }
}
