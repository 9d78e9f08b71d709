//! Telling the commands apart.

use smtp_proto::{Error, Request};

use super::session::{Event, Session};

/// How requests of HTTP begin. A web page can make a browser send one to any port, with commands for us in its body;
/// the first of its lines is the last that is read.
const HTTP: [&[u8]; 6] = [
    b"GET ",
    b"POST ",
    b"PUT ",
    b"HEAD ",
    b"OPTIONS ",
    b"CONNECT ",
];

impl Session {
    /// Obeys a command; `line` includes its CR LF.
    pub(super) fn command(&mut self, line: &[u8]) -> Option<Event> {
        if HTTP.iter().any(|verb| line.starts_with(verb)) {
            self.end("521 5.5.1 This is a mail server");
            return None;
        }
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        if std::str::from_utf8(text).is_err() || text.iter().any(u8::is_ascii_control) {
            return self.refuse("500 5.5.2 A command is printable text, beyond ASCII in UTF-8");
        }
        match Request::parse(&mut line.iter()) {
            Ok(Request::Ehlo { host }) => self.ehlo(&host),
            Ok(Request::Helo { host }) => self.helo(&host),
            Ok(Request::Mail { from }) => self.mail(&from),
            Ok(Request::Rcpt { to }) => self.rcpt(&to, text),
            Ok(Request::Data) => self.data(),
            Ok(Request::Rset) => self.rset(),
            Ok(Request::Noop { .. }) => self.noop(),
            Ok(Request::Quit) => self.quit(),
            Ok(Request::Vrfy { .. }) => self.vrfy(),
            Ok(Request::Help { .. }) => self.help(),
            Ok(Request::StartTls) => self.starttls(),
            Ok(Request::Bdat { .. } | Request::Burl { .. }) => self.bdat(),
            Ok(other) => self.not_here(other.name()),
            Err(error) => self.misunderstood(&error),
        }
    }

    fn misunderstood(&mut self, error: &Error) -> Option<Event> {
        match error {
            Error::UnknownCommand => self.refuse("500 5.5.2 There is no such command"),
            Error::InvalidSenderAddress => {
                self.refuse("501 5.1.7 The sender's address is not one: MAIL FROM:<name@domain>")
            }
            Error::InvalidRecipientAddress => {
                self.refuse("501 5.1.3 The recipient's address is not one: RCPT TO:<name@domain>")
            }
            Error::SyntaxError { syntax } => self.refuse(&format!("501 5.5.4 Expected: {syntax}")),
            Error::InvalidParameter { param } => self.refuse(&format!(
                "501 5.5.4 The value of {param} is not one that it can have"
            )),
            Error::UnsupportedParameter { .. } => {
                self.refuse("555 5.5.4 A parameter is not supported")
            }
            Error::NeedsMoreData { .. }
            | Error::ResponseTooLong
            | Error::InvalidResponse { .. } => self.refuse("501 5.5.2 The command is not complete"),
        }
    }
}
