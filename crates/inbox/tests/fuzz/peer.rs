//! A session whose mailboxes take everything at `example.com`.

use std::sync::Arc;

use guise_inbox::smtp::{Event, Memory, Session, Terms};
use guise_inbox::{Limits, Verdict};

/// What a session did with its input.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub replies: Vec<u8>,
    /// Recipients and content of each mail.
    pub mails: Vec<(Vec<String>, Vec<u8>)>,
    /// Whether it closed the connection or went over to TLS; nothing counts after that.
    pub over: bool,
}

/// Feeds a fresh session these pieces, one after the other.
pub fn run<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let limits = Limits {
        mail_bytes: 2000,
        memory_bytes: 4000,
        line_bytes: 200,
        recipients: 3,
        mails_per_connection: 5,
        ..Limits::default()
    };
    let terms = Terms {
        hostname: "mx.example.com".to_owned(),
        tls: true,
        memory: Memory::new(limits.memory_bytes),
        limits,
    };
    let mut session = Session::new(Arc::new(terms), "192.0.2.1:25".parse().unwrap());
    let mut outcome = Outcome {
        replies: session.replies(),
        ..Outcome::default()
    };
    for piece in pieces {
        let mut input = piece;
        while let Some(event) = session.feed(&mut input) {
            match event {
                Event::Recipient(address) if address.domain() == "example.com" => {
                    session.recipient(Verdict::Accept)
                }
                Event::Recipient(_) => session.recipient(Verdict::UnknownUser),
                Event::Mail(mail) => {
                    let recipients = mail.recipients.iter().map(ToString::to_string).collect();
                    outcome.mails.push((recipients, mail.raw.to_vec()));
                    session.delivered(&Ok(()));
                }
                Event::StartTls | Event::Close => {
                    outcome.over = true;
                    break;
                }
            }
        }
        outcome.replies.extend(session.replies());
        if outcome.over {
            break;
        }
    }
    outcome
}

/// Cuts the input at these places.
pub fn pieces<'a>(input: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (input.len() + 1)).collect();
    cuts.extend([0, input.len()]);
    cuts.sort_unstable();
    cuts.windows(2)
        .map(|pair| &input[pair[0]..pair[1]])
        .collect()
}
