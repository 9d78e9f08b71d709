//! From what a caller wishes an assignment to be to what it becomes: defaults, bounds, and wishes that cannot be granted.

use std::collections::HashSet;

use bytes::Bytes;

use super::files;
use crate::prompt_template::MAX_PROMPT_BYTES;
use crate::readable::{MAX_NAME, check_name, check_words};
use crate::{AssignmentOptions, BrowserType, Error, Result, Violation};

/// What an assignment gets when nothing is said (AIQaramba contract §2.2).
const DEFAULT_STEPS: i64 = 100;
const DEFAULT_TOKENS: i64 = 2_000_000;

/// The most that can be asked for.
const MAX_STEPS: i64 = 150;
const MAX_TOKENS: i64 = 1_000_000_000;

/// So many files may come with one, and so many bytes may be in all of them together.
const MAX_FILES: usize = 50;
const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// A request as a dialect read it: types are right, nothing else is checked (AIQaramba contract §2.2, `POST /api/v1/agents`).
#[derive(Clone, Debug, Default)]
#[expect(
    missing_docs,
    reason = "named as on the wire, where they are described"
)]
pub struct AssignmentRequest {
    pub name: Option<String>,
    pub prompt: String,
    /// Written `provider/model`.
    pub model: Option<String>,
    pub browser_type: Option<String>,
    pub max_tokens: Option<i64>,
    pub max_iterations: Option<i64>,
    pub record_video: bool,
    pub clean_session: bool,
    pub files: Vec<AttachedFile>,
}

/// A file that comes with an assignment.
#[derive(Clone, Debug)]
pub struct AttachedFile {
    /// Its name, or a path that ends with it.
    pub path: String,
    /// What is in it.
    pub content: Bytes,
}

impl AttachedFile {
    /// What it is called among the tenant's uploads: the last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}

impl AssignmentRequest {
    /// How it will be worked on; what comes from a role, a project or a journey is empty yet.
    ///
    /// # Errors
    /// Kind `Invalid` with every member that is out of bounds or cannot be granted.
    pub fn check(&self) -> Result<AssignmentOptions> {
        let mut wrong = Wrong(Vec::new());
        if let Some(name) = &self.name {
            wrong.note(check_name("name", name));
        }
        wrong.note(check_words("prompt", &self.prompt));
        if self.prompt.len() > MAX_PROMPT_BYTES {
            let length = self.prompt.len();
            let message = format!(
                "Invalid prompt: it has {length} bytes; expected at most {MAX_PROMPT_BYTES}"
            );
            wrong.add("prompt", "string_too_long", message);
        }
        let browser_type = match self.browser_type.as_deref() {
            None | Some("chrome") => BrowserType::Chrome,
            Some("chromium") => BrowserType::Chromium,
            Some(other) => {
                let shown: String = other.chars().take(80).collect();
                let message = format!(
                    "Unsupported browser_type '{shown}': this server runs Chromium only; send chrome or chromium"
                );
                wrong.add("browser_type", "unsupported", message);
                BrowserType::Chrome
            }
        };
        if self.record_video {
            let message = "Unsupported option record_video: videos are not recorded; send false, and look at the pictures in \
                           the steps of the agent's session";
            wrong.add("record_video", "unsupported", message.to_owned());
        }
        let steps = self.max_iterations.unwrap_or(DEFAULT_STEPS);
        let steps = wrong.bounded("max_iterations", steps, MAX_STEPS);
        let tokens = self.max_tokens.unwrap_or(DEFAULT_TOKENS);
        let tokens = wrong.bounded("max_tokens", tokens, MAX_TOKENS);
        self.check_files(&mut wrong);
        if !wrong.0.is_empty() {
            return Err(Error::invalid(wrong.0));
        }
        Ok(AssignmentOptions {
            browser_type,
            model: self.model.clone(),
            max_steps: u32::try_from(steps).unwrap_or(u32::MAX),
            max_tokens: u64::try_from(tokens).unwrap_or_default(),
            clean_session: self.clean_session,
            files: self
                .files
                .iter()
                .map(|file| file.name().to_owned())
                .collect(),
            url: None,
            instructions: String::new(),
            mailboxes: Vec::new(),
        })
    }

    /// What it is called where no name is given: the beginning of the first line of its prompt.
    pub fn name_or_prompt(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => {
                let line = self.prompt.trim().lines().next().unwrap_or_default();
                let line: String = line.chars().filter(|c| !c.is_control()).collect();
                let cut: String = line.chars().take(MAX_NAME).collect();
                cut.trim().to_owned()
            }
        }
    }

    fn check_files(&self, wrong: &mut Wrong) {
        if self.files.len() > MAX_FILES {
            let message = format!(
                "Invalid files: there are {}; expected at most {MAX_FILES}",
                self.files.len()
            );
            wrong.add("files", "too_long", message);
        }
        let bytes: usize = self.files.iter().map(|file| file.content.len()).sum();
        if bytes > MAX_FILE_BYTES {
            let message = format!(
                "Invalid files: they have {bytes} bytes together; expected at most {MAX_FILE_BYTES}"
            );
            wrong.add("files", "too_long", message);
        }
        let mut names = HashSet::new();
        for (index, file) in self.files.iter().enumerate() {
            let place = index.to_string();
            let path = ["files", &place, "path"];
            wrong.note(files::check_name(&path, file.name()));
            if !names.insert(file.name()) {
                let message = format!(
                    "Invalid files: two are called '{}'; expected a name of its own for each, whatever folder it is in",
                    file.name()
                );
                wrong.add("files", "value_error", message);
            }
        }
    }
}

/// The members that are wrong.
struct Wrong(Vec<Violation>);

impl Wrong {
    fn note(&mut self, checked: Result<()>) {
        if let Err(error) = checked {
            self.0.extend(error.violations().iter().cloned());
        }
    }

    fn add(&mut self, member: &str, code: &'static str, message: String) {
        self.0.push(Violation {
            path: vec![member.to_owned()],
            code,
            message,
            input: None,
        });
    }

    fn bounded(&mut self, member: &str, number: i64, most: i64) -> i64 {
        if !(1..=most).contains(&number) {
            let message = format!("Invalid {member} {number}: expected 1 to {most}");
            self.add(member, "range", message);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AssignmentRequest {
        AssignmentRequest {
            prompt: " Buy a teapot.\nQuickly.".to_owned(),
            ..AssignmentRequest::default()
        }
    }

    fn file(path: &str, bytes: usize) -> AttachedFile {
        AttachedFile {
            path: path.to_owned(),
            content: vec![0; bytes].into(),
        }
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let options = request().check().unwrap();
        assert_eq!(options.browser_type, BrowserType::Chrome);
        assert_eq!((options.max_steps, options.max_tokens), (100, 2_000_000));
        assert_eq!(request().name_or_prompt(), "Buy a teapot.");
    }

    #[test]
    fn every_member_that_is_wrong_is_named() {
        let error = AssignmentRequest {
            name: Some(" ".to_owned()),
            prompt: " ".to_owned(),
            browser_type: Some("firefox".to_owned()),
            max_iterations: Some(151),
            max_tokens: Some(0),
            record_video: true,
            files: vec![
                file("a/..", 1),
                file("a/x.csv", 1),
                file("b/x.csv", MAX_FILE_BYTES),
            ],
            ..request()
        }
        .check()
        .unwrap_err();
        let named: Vec<_> = error
            .violations()
            .iter()
            .map(|it| it.path.join("."))
            .collect();
        let expected = [
            "name",
            "prompt",
            "browser_type",
            "record_video",
            "max_iterations",
            "max_tokens",
            "files",
            "files.0.path",
            "files",
        ];
        assert_eq!(named, expected, "{error}");
        assert!(error.message().contains("chromium"), "{error}");
    }

    #[test]
    fn files_are_called_by_the_end_of_their_path() {
        let options = AssignmentRequest {
            files: vec![file("docs/a.csv", MAX_FILE_BYTES), file("b.csv", 0)],
            ..request()
        };
        assert_eq!(options.check().unwrap().files, ["a.csv", "b.csv"]);
    }
}
