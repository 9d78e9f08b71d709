//! The channels in which a secret might come out, and how each is read. `docs/LEAKS.md` has the same table.

use super::record::Record;

/// What becomes of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// It is the same for both secrets, but for what differs by itself and is searched.
    Compared,
    /// There is no such thing in the product.
    NotBuilt,
}

/// A channel: its number in the list of ways by which secrets come out of agents, its name, and how it is read, or why not.
pub struct Channel {
    pub number: u8,
    pub name: &'static str,
    pub read: Read,
    pub how: &'static str,
}

macro_rules! channels {
    ($($number:literal $name:literal $read:ident $how:literal;)+) => {
        /// All of them.
        pub const CHANNELS: &[Channel] = &[$(Channel { number: $number, name: $name, read: Read::$read, how: $how },)+];
    };
}

channels! {
    1 "system prompt" Compared "the first message of every question to the model";
    2 "task message" Compared "everything else of every question";
    3 "observation" Compared "`/page/observe`, and the page in every question";
    4 "Markdown, and what the page says about itself" Compared "`/page/scrape`";
    5 "structured data, parts of a page" Compared "`/page/scrape` with a schema and with a selector, and the question to the model";
    6 "action result" Compared "`/page/execute`";
    7 "error texts" Compared "actions that fail, fields that a secret is not for, unknown actions, a session that has ended";
    8 "picture of what is in view" Compared "every pixel of every picture in answers, steps, events and questions";
    9 "picture of a whole page or an element" NotBuilt "pictures are of what is in view";
    10 "page as PDF" NotBuilt "nothing prints; by wire an outside client may, and prints what the page has";
    11 "address, title, tabs" Compared "`/debug`, `/debug/tab`, and every observation";
    12 "console and dialogs" Compared "a press that opens an alert and a question; the console is told to outside clients only (C26)";
    13 "result of a script" Compared "`evaluate_js` by a caller without `vault:reveal`";
    14 "clipboard" Compared "the page copies, the caller pastes: on the page and on another one";
    15 "history" Compared "the steps in every question";
    16 "final answer" Compared "of a model that answers with all that it sees";
    17 "steps" Compared "of the session, of the agent, and its trace";
    18 "status and events" Compared "both log sockets to their end, lists, the stop";
    19 "replay, pictures" NotBuilt "there is no replay; pictures in steps are C08";
    20 "replay, page events" NotBuilt "there is no replay";
    21 "network log, addresses" NotBuilt "there is no network log; what an outside client is told is C26";
    22 "network log, request bodies" NotBuilt "as C21";
    23 "network log, answers" NotBuilt "as C21";
    24 "headers and cookies" Compared "`/cookies`; there is no network log";
    25 "live view" Compared "the first picture for who begins to watch a page that stands still (filled, pasted into, the next one), and the viewer with its headers; every picture of a recording of all of the session is searched";
    26 "outside client without `vault:reveal`" Compared "by wire: script, markup, accessibility tree, cookies, picture, the request that signs in; all events are searched. In the page: the refusal";
    27 "script of what was done" Compared "`/workflow/code` of session and agent";
    28 "webhooks" NotBuilt "none are sent";
    29 "MCP" NotBuilt "there is no MCP server";
    30 "files" Compared "the list, and a file that the page made, with its headers";
    31 "audit" Compared "its deeds and what `guise audit verify` says; the rows, whose facts are keyed hashes, are searched";
    32 "log" Compared "what sorts of lines there are at `trace`; all of it is searched";
    33 "panic" Compared "none is in the log";
    34 "metrics" Compared "names and labels";
    35 "spans" Compared "every span in the log";
    36 "console pages and their caching" NotBuilt "there is no console; the viewer is C25";
}

/// Fails unless every channel that is read has been read, and no other. Some plans are `without` some: which, and why.
pub fn all_were_read(record: &Record, without: &[(u8, &str)]) {
    for channel in CHANNELS {
        let pieces = record.pieces.iter();
        let seen = pieces.filter(|it| it.channel == channel.number).count();
        let number = channel.number;
        let why = without.iter().find(|(without, _)| *without == number);
        assert_eq!(
            seen > 0,
            channel.read != Read::NotBuilt && why.is_none(),
            "C{number:02}: {seen} times, {why:?}"
        );
    }
}

/// A line of the table.
fn line(channel: &Channel) -> String {
    let read = match channel.read {
        Read::Compared => "compared",
        Read::NotBuilt => "not built",
    };
    let (number, name, how) = (channel.number, channel.name, channel.how);
    format!("| C{number:02} | {name} | {read} | {how} |")
}

#[test]
fn the_document_has_the_same_table() {
    let document = include_str!("../../../../docs/LEAKS.md");
    let written: Vec<_> = document
        .lines()
        .filter(|it| it.starts_with("| C"))
        .collect();
    let meant: Vec<_> = CHANNELS.iter().map(line).collect();
    assert_eq!(written, meant, "expected\n{}\n", meant.join("\n"));
    let numbers: Vec<_> = CHANNELS.iter().map(|it| it.number).collect();
    assert!(numbers.into_iter().eq(1..=36));
}
