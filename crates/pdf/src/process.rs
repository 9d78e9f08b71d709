//! The process that reads one document.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use crate::answer::Answer;
use crate::reader::MAX_BYTES;
use crate::{Unreadable, confine, document};

/// Reads the document on standard input and writes what became of it to standard output. The process can do nothing else from
/// then on, and must have had no other thread before.
#[must_use]
pub fn run() -> ExitCode {
    let answer = match confine::confine() {
        Ok(()) => read(),
        Err(error) => Answer::Unconfined(error.to_string()),
    };
    let Ok(answer) = serde_json::to_vec(&answer) else {
        return ExitCode::FAILURE;
    };
    let mut out = std::io::stdout().lock();
    match out.write_all(&answer).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever asked is gone.
        Err(_) => ExitCode::FAILURE,
    }
}

fn read() -> Answer {
    // The library works on as many threads as there are processors, and there is to be none but this.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    if let Err(error) = pool.build_global() {
        return Answer::Unconfined(error.to_string());
    }
    let mut bytes = Vec::new();
    let input = std::io::stdin().lock().take(MAX_BYTES + 1);
    if let Err(error) = { input }.read_to_end(&mut bytes) {
        return Answer::Unreadable(Unreadable::Broken(error.to_string()));
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Answer::Unreadable(Unreadable::TooLarge);
    }
    // A panic's message may hold what the document says, and nobody reads it.
    std::panic::set_hook(Box::new(|_| {}));
    match std::panic::catch_unwind(|| document::read(&bytes)) {
        Ok(Ok(document)) => Answer::Read(document),
        Ok(Err(why)) => Answer::Unreadable(why),
        Err(_) => {
            let why = "reading it ran into a contradiction";
            Answer::Unreadable(Unreadable::Broken(why.to_owned()))
        }
    }
}
