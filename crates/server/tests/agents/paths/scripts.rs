//! What a model does on its way into an account. It knows the page by its lines, and secrets by the words that stand for them.

use serde_json::json;

use crate::house::placeholder;
use crate::support::model::{Asked, Say};

/// The id of the element with that label.
fn named(asked: &Asked, label: &str) -> String {
    let page = asked.quoted("page");
    let mark = format!(" \"{label}\"");
    let line = page.lines().find(|line| line.contains(&mark));
    let line = line.unwrap_or_else(|| panic!("nothing is called {label} in {page}"));
    line.split(' ').next().unwrap().to_owned()
}

fn fill(asked: &Asked, label: &str, value: impl Into<String>) -> Say {
    let value: String = value.into();
    Say::call("fill", json!({"id": named(asked, label), "value": value}))
}

fn press(asked: &Asked, label: &str) -> Say {
    Say::call("click", json!({"id": named(asked, label)}))
}

/// A part of the one credential.
fn secret(asked: &Asked, label: &str, part: &str) -> Say {
    fill(asked, label, placeholder(asked, part))
}

/// Something about the persona, such as `Mail address`.
fn own(asked: &Asked, what: &str) -> String {
    let (_, rest) = asked.text.split_once(&format!("{what}: ")).unwrap();
    rest.split(['\n', ' '])
        .next()
        .unwrap()
        .trim_matches('.')
        .to_owned()
}

/// Says what only the owner's page has. Where that is not there yet, it waits for it: pages that sign in by a script take a moment
/// before they go on.
fn tells_the_number(asked: &Asked) -> Say {
    match asked.quoted("page").split_once("Member number ") {
        Some((_, rest)) => {
            let answer = rest.split_whitespace().next();
            Say::call("completion", json!({"success": true, "answer": answer}))
        }
        None => Say::call("wait", json!({"time_ms": 500})),
    }
}

fn signs_up(asked: &Asked, turn: usize, login: Say) -> Say {
    match turn {
        1 => fill(asked, "Your name", "Ada King"),
        2 => login,
        3 => secret(asked, "Password", "password"),
        4 => secret(asked, "Password again", "password"),
        _ => press(asked, "Create account"),
    }
}

pub fn signs_up_and_in(asked: &Asked) -> Say {
    match asked.turn() {
        2 => secret(asked, "Mail address", "mail address"),
        turn @ 1..=5 => signs_up(asked, turn, Say::Hang),
        6 => Say::call("email_verification_read", json!({})),
        7 => fill(asked, "Code", asked.after("\"codes\":[\"")),
        8 => press(asked, "Confirm"),
        9 => press(asked, "Sign out"),
        turn => sign_in(asked, turn - 9),
    }
}

pub fn signs_up_by_phone(asked: &Asked) -> Say {
    match asked.turn() {
        2 => fill(asked, "Phone number", own(asked, "Phone number")),
        turn @ 1..=5 => signs_up(asked, turn, Say::Hang),
        6 => Say::call("sms_read", json!({})),
        7 => fill(asked, "Code", asked.after("\"codes\":[\"")),
        8 => press(asked, "Confirm"),
        _ => tells_the_number(asked),
    }
}

fn sign_in(asked: &Asked, turn: usize) -> Say {
    match turn {
        1 => secret(asked, "Mail address", "mail address"),
        2 => secret(asked, "Password", "password"),
        3 => press(asked, "Sign in"),
        _ => tells_the_number(asked),
    }
}

pub fn signs_in(asked: &Asked) -> Say {
    sign_in(asked, asked.turn())
}

pub fn signs_in_with_a_code(asked: &Asked) -> Say {
    match asked.turn() {
        turn @ 1..=3 => sign_in(asked, turn),
        4 => secret(asked, "Authenticator code", "one-time code"),
        5 => press(asked, "Continue"),
        _ => tells_the_number(asked),
    }
}

pub fn signs_in_on_two_pages(asked: &Asked) -> Say {
    match asked.turn() {
        1 => secret(asked, "Mail address", "mail address"),
        2 => press(asked, "Next"),
        turn => sign_in(asked, turn - 1),
    }
}

pub fn follows_a_link(asked: &Asked) -> Say {
    match asked.turn() {
        1 => fill(asked, "Mail address", own(asked, "Mail address")),
        2 => press(asked, "Send me a link"),
        3 => Say::call("email_verification_read", json!({})),
        4 => Say::call("goto", json!({"url": asked.after("\"links\":[\"")})),
        _ => tells_the_number(asked),
    }
}

/// The first try fails, since the page sends a hash of what stands there; what the page says is reason to try again.
pub fn tries_twice(asked: &Asked) -> Say {
    let turn = asked.turn();
    if turn <= 3 {
        return sign_in(asked, turn);
    }
    let presses = asked.quoted("steps").matches(". click ").count();
    let told = asked.text.contains("itself is in the page now");
    let wrong = asked
        .quoted("page")
        .contains("Wrong mail address or password");
    match (presses, wrong, told) {
        (1, true, false) => secret(asked, "Password", "password"),
        (1, _, true) => press(asked, "Sign in"),
        _ => tells_the_number(asked),
    }
}
