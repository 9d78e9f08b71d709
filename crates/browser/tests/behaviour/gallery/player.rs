//! Who plays the widgets: looks, picks an element by what is said of it, acts.

use std::future::Future;
use std::io::Cursor;
use std::time::Duration;

use guise_core::ports::Browser as _;
use guise_core::{
    Action, Drop, Element, ElementId, FillStyle, Interaction, NodeSelectors, Observation,
};
use tokio::time::{Instant, sleep};

use crate::stage::{Stage, by_id, soon};

/// What went wrong, if anything.
pub(crate) type Step<T = ()> = Result<T, String>;

/// How long a page is looked at again until it has what is looked for, as after a request of its own.
const LOOKS: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(50);

/// One browser that plays several widgets.
pub(crate) struct Round {
    stage: Stage,
    wrong: Vec<String>,
}

impl Round {
    pub(crate) async fn begin() -> Self {
        Self {
            stage: Stage::new().await,
            wrong: Vec::new(),
        }
    }

    pub(crate) async fn open(&self, name: &str) -> Player<'_> {
        // The mouse of the widget before may not lie over this one.
        self.stage.goto("/gallery-none").await;
        self.stage.goto(&format!("/gallery/{name}")).await;
        Player { stage: &self.stage }
    }

    pub(crate) fn note(&mut self, name: &str, played: Step) {
        if let Err(reason) = played {
            self.wrong.push(format!("{name}: {reason}"));
        }
    }

    pub(crate) async fn end(self) {
        self.stage.end().await;
        assert!(self.wrong.is_empty(), "\n{}", self.wrong.join("\n\n"));
    }
}

/// A player on the page of one widget.
#[derive(Clone, Copy)]
pub(crate) struct Player<'a> {
    stage: &'a Stage,
}

/// The one element of that role and name.
fn pick<'a>(seen: &'a Observation, role: &str, label: &str) -> Step<&'a Element> {
    let fits = |element: &&Element| element.role == role && element.label == label;
    let mut found = seen.elements.iter().filter(fits);
    match (found.next(), found.count()) {
        (Some(element), 0) => Ok(element),
        (None, _) => Err(format!("no {role} '{label}' in\n{}", told(seen))),
        (Some(_), others) => Err(format!(
            "{} of {role} '{label}' in\n{}",
            others + 1,
            told(seen)
        )),
    }
}

fn told(seen: &Observation) -> String {
    let mut text = seen.description.clone();
    for element in &seen.elements {
        text += &format!(
            "{} {} '{}' {:?}\n",
            element.id, element.role, element.label, element.states
        );
    }
    text
}

/// Asks again until there is an answer, for a while.
async fn again<T, F: Future<Output = Step<T>>>(ask: impl Fn() -> F) -> Step<T> {
    let until = Instant::now() + LOOKS;
    loop {
        match ask().await {
            Err(_) if Instant::now() < until => sleep(AGAIN).await,
            answer => return answer,
        }
    }
}

impl Player<'_> {
    async fn score(self) -> String {
        let code = "Promise.resolve(window.score()).then(String)";
        self.stage.evaluate(code).await
    }

    /// The page says what is to be reached, and it is not reached yet.
    pub(crate) async fn sees_its_goal(self) -> Step {
        let score = self.score().await;
        if score != "false" {
            return Err(format!("the goal is reached from the beginning ({score})"));
        }
        let goal = self
            .stage
            .evaluate("document.querySelector('h1 + p').textContent")
            .await;
        let seen = self.stage.observe().await;
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match words(&seen.description).contains(&words(&goal)) {
            true => Ok(()),
            // A dialog stands for the page where one is open from the beginning.
            false if seen.description.contains("'dialog'") => Ok(()),
            false => Err(format!("the goal is not told in\n{}", told(&seen))),
        }
    }

    pub(crate) async fn reaches_its_goal(self) -> Step {
        again(async || match self.score().await.as_str() {
            "true" => Ok(()),
            score => Err(format!(
                "the goal was not reached ({score}):\n{}",
                told(&self.stage.observe().await)
            )),
        })
        .await
    }

    /// Looks until the one element of that role and name is there.
    pub(crate) async fn finds(self, role: &str, label: &str) -> Step<Element> {
        again(async || {
            let seen = self.stage.observe().await;
            pick(&seen, role, label).cloned()
        })
        .await
    }

    /// Looks until an element is as that word says.
    pub(crate) async fn finds_it(self, role: &str, label: &str, state: &str) -> Step {
        again(async || {
            let seen = self.stage.observe().await;
            let found = pick(&seen, role, label)?;
            match found.states.iter().any(|it| it == state) {
                true => Ok(()),
                false => Err(format!("{role} '{label}' is {:?}", found.states)),
            }
        })
        .await
    }

    /// Looks until the page says something.
    pub(crate) async fn reads(self, text: &str) -> Step {
        again(async || {
            let seen = self.stage.observe().await;
            match seen.description.contains(text) {
                true => Ok(()),
                false => Err(format!("'{text}' is not in\n{}", told(&seen))),
            }
        })
        .await
    }

    /// Whether the page says something now.
    pub(crate) async fn shows(self, text: &str) -> bool {
        self.stage.observe().await.description.contains(text)
    }

    pub(crate) async fn acts(self, action: Action) -> Step {
        let what = format!("{action:?}");
        let outcome = self.stage.perform(action).await.outcome;
        match outcome.success {
            true => Ok(()),
            false => Err(format!("{what}: {}", outcome.message)),
        }
    }

    async fn does(self, role: &str, label: &str, interaction: Interaction) -> Step {
        let id = self.finds(role, label).await?.id;
        self.acts(on(&id, interaction)).await
    }

    pub(crate) async fn clicks(self, role: &str, label: &str) -> Step {
        self.does(role, label, Interaction::Click).await
    }

    pub(crate) async fn fills(self, role: &str, label: &str, value: &str) -> Step {
        self.does(role, label, text(value, FillStyle::AtOnce)).await
    }

    /// Types key by key.
    pub(crate) async fn types(self, role: &str, label: &str, value: &str) -> Step {
        self.does(role, label, text(value, FillStyle::Typed)).await
    }

    pub(crate) async fn types_code(self, role: &str, label: &str, value: &str) -> Step {
        self.does(role, label, text(value, FillStyle::OneByOne))
            .await
    }

    pub(crate) async fn checks(self, role: &str, label: &str, value: bool) -> Step {
        self.does(role, label, Interaction::Check { value }).await
    }

    pub(crate) async fn selects(self, role: &str, label: &str, value: &str) -> Step {
        let value = value.to_owned();
        self.does(role, label, Interaction::SelectDropdownOption { value })
            .await
    }

    pub(crate) async fn hovers(self, role: &str, label: &str) -> Step {
        self.does(role, label, Interaction::Hover).await
    }

    pub(crate) async fn double_clicks(self, role: &str, label: &str) -> Step {
        self.does(role, label, Interaction::DoubleClick).await
    }

    pub(crate) async fn right_clicks(self, role: &str, label: &str) -> Step {
        self.does(role, label, Interaction::RightClick).await
    }

    pub(crate) async fn holds(self, role: &str, label: &str, time_ms: u32) -> Step {
        self.does(role, label, Interaction::PressAndHold { time_ms })
            .await
    }

    pub(crate) async fn clicks_at(self, role: &str, label: &str, (x, y): (u32, u32)) -> Step {
        self.does(role, label, Interaction::ClickAt { x, y }).await
    }

    pub(crate) async fn drags_by(self, role: &str, label: &str, (x, y): (i32, i32)) -> Step {
        let to = Drop::By { x, y };
        self.does(role, label, Interaction::DragAndDrop { to: to.into() })
            .await
    }

    pub(crate) async fn drags_onto(self, what: (&str, &str), onto: (&str, &str)) -> Step {
        let to = Drop::Element {
            id: Some(self.finds(onto.0, onto.1).await?.id),
            selectors: None,
        };
        self.does(what.0, what.1, Interaction::DragAndDrop { to: to.into() })
            .await
    }

    /// Drags onto a text that the page says: what things are dropped on is often nothing but a place with a heading.
    pub(crate) async fn drags_onto_text(self, role: &str, label: &str, text: &str) -> Step {
        self.reads(text).await?;
        let to = Drop::Element {
            id: None,
            selectors: Some(NodeSelectors::from_text(&format!("text=\"{text}\""))),
        };
        self.does(role, label, Interaction::DragAndDrop { to: to.into() })
            .await
    }

    pub(crate) async fn turns_wheel(self, role: &str, label: &str, delta_y: i32) -> Step {
        let interaction = Interaction::Wheel {
            delta_x: 0,
            delta_y,
        };
        self.does(role, label, interaction).await
    }

    pub(crate) async fn presses(self, key: &str) -> Step {
        let key = key.to_owned();
        self.acts(Action::PressKey { key }).await
    }

    pub(crate) async fn scrolls_down(self) -> Step {
        // Where the page loads more at its end, there is nothing to scroll to for a moment.
        again(async || {
            self.acts(Action::ScrollDown {
                amount: None,
                of: None,
            })
            .await
        })
        .await
    }

    pub(crate) async fn uploads(self, role: &str, label: &str, name: &str, content: &str) -> Step {
        let bytes = Box::pin(Cursor::new(content.as_bytes().to_vec()));
        let staged = self.stage.browser.stage(name, bytes).await;
        let staged = staged.map_err(|error| error.to_string())?;
        let interaction = Interaction::UploadFile {
            file_path: name.to_owned(),
        };
        let action = on(&self.finds(role, label).await?.id, interaction);
        let browser = &self.stage.browser;
        let performed = browser.perform(&action, Some(&staged), None, soon()).await;
        let outcome = performed.map_err(|error| error.to_string())?.outcome;
        match outcome.success {
            true => Ok(()),
            false => Err(outcome.message),
        }
    }
}

fn on(id: &ElementId, interaction: Interaction) -> Action {
    Action::Interact {
        target: by_id(id),
        interaction,
    }
}

fn text(value: &str, style: FillStyle) -> Interaction {
    Interaction::Fill {
        value: value.to_owned(),
        clear_before_fill: true,
        style,
    }
}
