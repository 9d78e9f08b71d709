//! What a reader sees.

use bytes::Bytes;
use guise_inbox::Message;

fn read(raw: &str) -> Message {
    Message::parse(&Bytes::from(raw.replace('\n', "\r\n")))
}

#[test]
fn headers_are_decoded() {
    let message = read(
        "Subject: =?UTF-8?Q?Ihr_Best=C3=A4tigungscode?=
 =?UTF-8?B?IMO8YmVy?=
From: =?ISO-8859-1?Q?Andr=E9?= <andre@example.com>, second@example.com
To: \"Ada, of Example\" <ada@example.com>, Team: bob@example.com, eve@example.net;
Cc: nobody@example.org
Reply-To: answers@example.com
Date: Tue, 1 Jul 2025 10:52:37 +0200
Message-ID: <third@example.com>
In-Reply-To: <second@example.com>
References: <first@example.com> <second@example.com>

hello
",
    );
    assert_eq!(message.subject, "Ihr Bestätigungscode über");
    assert_eq!(
        message.from.as_ref().unwrap().to_string(),
        "André <andre@example.com>"
    );
    let to: Vec<_> = message.to.iter().map(ToString::to_string).collect();
    assert_eq!(
        to,
        [
            "Ada, of Example <ada@example.com>",
            "bob@example.com",
            "eve@example.net"
        ]
    );
    assert_eq!(message.cc[0].address, "nobody@example.org");
    assert_eq!(message.reply_to[0].address, "answers@example.com");
    assert_eq!(message.date.unwrap().to_string(), "2025-07-01T08:52:37Z");
    assert_eq!(message.message_id.as_deref(), Some("third@example.com"));
    assert_eq!(message.in_reply_to.as_deref(), Some("second@example.com"));
    assert_eq!(
        message.references,
        ["first@example.com", "second@example.com"]
    );
    assert_eq!(message.thread(), Some("first@example.com"));
    assert_eq!(message.text, "hello\n");
    assert!(message.html.is_none() && !message.truncated);
}

#[test]
fn a_mail_without_anything_is_a_mail() {
    for raw in ["", "\n", "hello", "\nhello\n", "Subject\n\n", ":\n\n"] {
        let message = read(raw);
        assert_eq!(message.subject, "");
        assert!(message.attachments.is_empty());
    }
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=related

--related
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+Y2Fmw6kgPGEgaHJlZj0iaHR0cHM6Ly9leGFtcGxlLmNvbS8iPmdvPC9hPjwvcD4=
--inner--
--related
Content-Type: image/png
Content-ID: <logo@example.com>
Content-Disposition: inline
Content-Transfer-Encoding: base64

iVBORw0K
--related--
--outer
Content-Type: application/pdf; name=\"=?UTF-8?Q?Rechnung_f=C3=BCr_Ada=2Epdf?=\"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

JVBERi0x
--outer
Content-Type: text/plain
Content-Disposition: attachment; filename*=UTF-8''na%C3%AFve.txt

attached
--outer
Content-Type: message/rfc822

Subject: inside

inner text
--outer--
";

#[test]
fn parts_are_told_apart() {
    let message = read(MIXED);
    assert_eq!(message.text, "café");
    assert_eq!(
        message.html.as_deref(),
        Some("<p>café <a href=\"https://example.com/\">go</a></p>")
    );
    let attachments: Vec<_> = message
        .attachments
        .iter()
        .map(|a| {
            (
                a.name.as_deref(),
                a.content_type.as_str(),
                a.size(),
                a.inline,
            )
        })
        .collect();
    assert_eq!(
        attachments,
        [
            (None, "image/png", 6, true),
            (Some("Rechnung für Ada.pdf"), "application/pdf", 6, false),
            (Some("naïve.txt"), "text/plain", 8, false),
            (None, "message/rfc822", 29, false),
        ]
    );
    assert_eq!(
        message.attachments[0].content_id.as_deref(),
        Some("logo@example.com")
    );
    assert_eq!(message.attachments[1].bytes, "%PDF-1");
    assert_eq!(message.attachments[2].bytes, "attached");
    let inside = Message::parse(&message.attachments[3].bytes);
    assert_eq!(
        (inside.subject.as_str(), inside.text.as_str()),
        ("inside", "inner text")
    );
    assert!(!message.truncated);
}

#[test]
fn text_is_made_from_html_where_there_is_none() {
    let message = read(
        "Content-Type: text/html; charset=utf-8

<title>No</title><p style='display:none'>hidden</p>
<p>Hello&nbsp;Ada,</p><div>confirm <a href=\"https://example.com/x?a=1&amp;b=2\">here</a></div>
",
    );
    assert_eq!(
        message.text,
        "Hello Ada,\n\nconfirm here <https://example.com/x?a=1&b=2>"
    );
}

#[test]
fn text_beside_html_that_is_no_alternative_is_kept() {
    let message = read(
        "Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html

<b>news</b>
--x
Content-Type: text/plain

-- 
the list
--x--
",
    );
    assert_eq!(message.text, "news\n-- \nthe list");
}

#[test]
fn an_empty_alternative_is_no_alternative() {
    let message = read(
        "Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain


--x
Content-Type: text/html

<b>news</b>
--x--
",
    );
    assert_eq!(message.text, "news");
}
