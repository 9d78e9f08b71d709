//! A provider of language models that says what a test wants it to say, behind the real protocol.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guise_testmodel::{RecordedRequest, Reply, TestModel};
use serde_json::{Value, json};

/// What the model was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which question it is, from 0.
    pub number: usize,
    /// All that was said to it, the rules first.
    pub text: String,
    /// How many pictures went with it.
    pub pictures: usize,
    /// The whole request.
    pub body: Value,
}

/// What it says.
#[derive(Clone, Debug)]
pub enum Say {
    /// Words, and a call of a tool where there is one.
    Answer(String, Option<(String, Value)>),
    /// A failure.
    Status(u16),
    /// Something that is no answer.
    Garbage,
    /// Half an answer.
    Cut,
    /// Nothing, for ever.
    Hang,
}

/// A provider that answers as a script says.
pub struct ScriptedModel {
    provider: TestModel,
}

impl ScriptedModel {
    /// Starts it.
    pub async fn start(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let answer = move |request: &RecordedRequest| {
            let number = count.fetch_add(1, Ordering::Relaxed);
            script(&Asked::new(number, request)).into()
        };
        Self {
            provider: TestModel::answering(answer).await.unwrap(),
        }
    }

    /// What makes a server ask it: settings and variables.
    pub fn settings(&self) -> Vec<(String, String)> {
        vec![
            ("OPENAI_BASE_URL".to_owned(), self.provider.openai_url()),
            (
                "OPENAI_API_KEY".to_owned(),
                "sk-of-the-tests-123".to_owned(),
            ),
            ("model".to_owned(), "openai/some-model".to_owned()),
        ]
    }

    /// How often it was asked.
    pub fn count(&self) -> usize {
        self.provider.requests().len()
    }

    /// Whether an answer of it was left before it had ended.
    pub fn was_left(&self) -> bool {
        use futures_util::FutureExt as _;
        self.provider.until_left(1).now_or_never().is_some()
    }

    /// How a question was authorised.
    pub fn key(&self, number: usize) -> String {
        self.provider.requests()[number].headers["authorization"].clone()
    }

    /// All that it was asked.
    pub fn all_asked(&self) -> Vec<Asked> {
        let requests = self.provider.requests();
        let requests = requests.iter().enumerate();
        requests
            .map(|(number, request)| Asked::new(number, request))
            .collect()
    }

    /// What it was asked.
    pub fn asked(&self, number: usize) -> Asked {
        Asked::new(number, &self.provider.requests()[number])
    }
}

impl Say {
    /// A call of a tool.
    pub fn call(name: &str, arguments: Value) -> Self {
        Self::text("", name, arguments)
    }

    /// Words and a call of a tool.
    pub fn text(words: &str, name: &str, arguments: Value) -> Self {
        Self::Answer(words.to_owned(), Some((name.to_owned(), arguments)))
    }

    /// Words.
    pub fn words(words: &str) -> Self {
        Self::Answer(words.to_owned(), None)
    }
}

impl From<Say> for Reply {
    fn from(say: Say) -> Self {
        match say {
            Say::Answer(words, None) => Self::text(words),
            Say::Answer(words, Some((name, arguments))) => {
                Self::text(words).and_call(&name, arguments.to_string())
            }
            Say::Status(status) => {
                let body = json!({"error": {"message": "not like this", "type": "some_error"}});
                Self::status(status, body.to_string())
            }
            Say::Garbage => Self::octets(
                "text/event-stream",
                *b"data: {\xff\xfe]\n\ndata: nonsense\n\n",
            ),
            Say::Cut => Self::text("Half an answ").then_cut(),
            Say::Hang => Self::silence(),
        }
    }
}

impl Asked {
    fn new(number: usize, request: &RecordedRequest) -> Self {
        let mut text = String::new();
        let mut pictures = 0;
        for message in request.body["messages"].as_array().into_iter().flatten() {
            let content = &message["content"];
            if let Some(words) = content.as_str() {
                text.push_str(words);
                text.push('\n');
            }
            for part in content.as_array().into_iter().flatten() {
                match part["text"].as_str() {
                    Some(words) => text.push_str(words),
                    None => pictures += usize::from(part["type"] == "image_url"),
                }
                text.push('\n');
            }
        }
        Self {
            number,
            text,
            pictures,
            body: request.body.clone(),
        }
    }

    /// Which step of its run it is, from 1, for runs of 20 steps.
    pub fn turn(&self) -> usize {
        let (_, left) = self.text.split_once("Steps left: ").unwrap();
        let (left, _) = left.split_once('.').unwrap();
        21 - left.parse::<usize>().unwrap()
    }

    /// The first word that begins so.
    pub fn word(&self, beginning: &str) -> &str {
        let mut words = self.text.split_whitespace();
        words.find(|word| word.starts_with(beginning)).unwrap()
    }

    /// What stands behind a mark, up to the next quotation mark.
    pub fn after(&self, mark: &str) -> &str {
        let (_, rest) = self
            .text
            .split_once(mark)
            .unwrap_or_else(|| panic!("{}", self.text));
        rest.split('"').next().unwrap()
    }

    /// What is quoted from a source, without its marks.
    pub fn quoted(&self, source: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(&format!("from=\"{source}\">\n"))
            .unwrap();
        rest.split_once("\n</untrusted ").unwrap().0.to_owned()
    }

    /// The id of the element of that role whose label begins so.
    pub fn element(&self, role: &str, label: &str) -> String {
        let page = self.quoted("page");
        let mut lines = page.lines();
        let mark = format!(" {role} \"{label}");
        let line = lines.find(|line| line.contains(&mark));
        let line = line.unwrap_or_else(|| panic!("no {role} {label} in {page}"));
        line.split(' ').next().unwrap().to_owned()
    }

    /// The names of the tools.
    pub fn tools(&self) -> Vec<String> {
        let tools = self.body["tools"].as_array().into_iter().flatten();
        tools
            .map(|tool| tool["function"]["name"].as_str().unwrap().to_owned())
            .collect()
    }
}
