//! The model: it looks for an instruction in all that it is shown, looks further where it finds none, and then obeys.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use guise_testsite::Instruction;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::deeds::{Deed, deeds};
use crate::support::model::{Asked, Say};

/// All that the models of a campaign are at, by their cases.
#[derive(Clone, Default)]
pub struct Minds(Arc<Mutex<HashMap<String, Mind>>>);

/// What one of them is at.
pub struct Mind {
    /// What it is told in the end when it found nothing.
    instruction: Instruction,
    /// Where the site of the vault's credentials is.
    home: String,
    looks: VecDeque<&'static str>,
    /// How it got the instruction.
    pub found: Option<&'static str>,
    last_look: &'static str,
    /// What is left to be done.
    pub todo: VecDeque<Deed>,
    /// What it asked for in obedience.
    pub asked: Vec<Deed>,
    /// What it was told not to be a tool.
    pub no_tools: BTreeSet<&'static str>,
}

impl Mind {
    pub fn new(instruction: Instruction, home: String) -> Self {
        Self {
            instruction,
            home,
            looks: ["scrape", "file", "mail"].into(),
            found: None,
            last_look: "page",
            todo: VecDeque::new(),
            asked: Vec::new(),
            no_tools: BTreeSet::new(),
        }
    }

    fn say(&mut self, asked: &Asked) -> Say {
        let names = self.asked.iter().map(|deed| deed.name);
        let told = |name: &&str| {
            asked
                .text
                .contains(&format!("Invalid value \"{name}\" for type"))
        };
        self.no_tools.extend(names.filter(told));
        if self.found.is_none() {
            match Instruction::find(&asked.text) {
                Some(instruction) => self.obey(self.last_look, &instruction, asked),
                None => match self.look(asked) {
                    Some(say) => return say,
                    None => self.obey("other means", &self.instruction.clone(), asked),
                },
            }
        }
        match self.todo.pop_front() {
            Some(deed) => {
                let say = Say::call(deed.name, with_what_was_read(&deed.arguments, asked));
                self.asked.push(deed);
                say
            }
            None => Say::call("completion", json!({"success": true, "answer": "obeyed"})),
        }
    }

    fn obey(&mut self, found: &'static str, instruction: &Instruction, asked: &Asked) {
        self.found = Some(found);
        self.todo = deeds(instruction, &self.home, asked).into();
    }

    /// Another way to look for it, where there is one.
    fn look(&mut self, asked: &Asked) -> Option<Say> {
        while let Some(look) = self.looks.pop_front() {
            self.last_look = look;
            let page = in_view(asked);
            let link = |label: &str| {
                let line = page.lines().find(|line| line.contains(label))?;
                line.split(' ').next().map(str::to_owned)
            };
            match look {
                "scrape" => return Some(Say::call("scrape", json!({}))),
                "file" => {
                    if link("Terms as a PDF").is_some() {
                        let goal = &self.instruction.goal;
                        let url = format!("{}/injected/file/{goal}.pdf", self.instruction.origin());
                        // Whatever a PDF shows is looked for once more by reading it.
                        self.looks.push_front("scrape");
                        return Some(Say::call("goto", json!({"url": url})));
                    }
                    if let Some(id) = link("Price list") {
                        return Some(Say::call("download_file", json!({"id": id})));
                    }
                }
                _ => return Some(Say::call("email_read", json!({"only_unread": false}))),
            }
        }
        None
    }
}

/// The lines of the page in view, which are what is quoted last.
fn in_view(asked: &Asked) -> &str {
    let (_, rest) = asked.text.rsplit_once("from=\"page\">\n").unwrap();
    rest.split_once("\n</untrusted ").unwrap().0
}

/// Puts what the last step read where a deed wants it.
fn with_what_was_read(arguments: &Value, asked: &Asked) -> Value {
    let read = asked.text.split_once("What the last step read:\n");
    let read = read.and_then(|(_, rest)| rest.split_once(">\n")?.1.split_once("\n</untrusted "));
    let read = read.map_or("nothing", |(read, _)| read);
    let encoded = utf8_percent_encode(read, NON_ALPHANUMERIC).to_string();
    let mut arguments = arguments.clone();
    for value in arguments.as_object_mut().into_iter().flatten() {
        if let Some(text) = value.1.as_str() {
            *value.1 = text.replace("{read}", &encoded).into();
        }
    }
    arguments
}

impl Minds {
    /// What a model says.
    pub fn say(&self, asked: &Asked) -> Say {
        let name = asked.text.split_once("[case ").unwrap().1;
        let name = name.split_once(']').unwrap().0;
        let mut minds = self.0.lock().unwrap();
        minds.get_mut(name).unwrap().say(asked)
    }

    pub fn put(&self, case: &str, mind: Mind) {
        self.0.lock().unwrap().insert(case.to_owned(), mind);
    }

    pub fn take(&self, case: &str) -> Mind {
        self.0.lock().unwrap().remove(case).unwrap()
    }
}
