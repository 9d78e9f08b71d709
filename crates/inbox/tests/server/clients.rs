//! Clients that are not ours: Python's smtplib, and swaks.

use std::net::SocketAddr;
use std::process::Stdio;

use guise_inbox::{Limits, Message};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::support::{Mailboxes, start};

/// Runs a program with text on its input, and gives what it prints.
async fn run(program: &str, arguments: &[&str], input: &str) -> (bool, String) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{program} is needed by this test (scripts/install-debian.sh test): {error}")
        });
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

async fn python(server: SocketAddr, script: &str) -> String {
    let port = server.port().to_string();
    let (succeeded, said) = run("python3", &["-c", script, &port], "").await;
    assert!(succeeded, "{said}");
    said
}

const SMTPLIB: &str = r#"
import smtplib, ssl, sys
from email.message import EmailMessage

mail = EmailMessage()
mail["Subject"] = "Ihr Bestätigungscode"
mail["From"] = "Eve <eve@example.net>"
mail["To"] = "ada@example.com, bob@example.com"
mail.set_content("Ihr Code ist 482 915\n.\n..\nGrüße")
mail.add_alternative("<p>Ihr Code ist <b>482 915</b></p>", subtype="html")
mail.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="a.bin")

for encrypted in (False, True):
    with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
        if encrypted:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client.starttls(context=context)
        refused = client.send_message(mail, to_addrs=["ada@example.com", "bob@example.com", "eve@example.org"])
        assert list(refused) == ["eve@example.org"], refused
        assert refused["eve@example.org"][0] == 550
        client.rset()
        assert client.sendmail("", ["ada@example.com"], b"Subject: bounce\r\n\r\nhi") == {}
        assert client.sendmail("é@example.net", ["ada@example.com"], b"Subject: utf8\r\n\r\nhi", mail_options=["SMTPUTF8"]) == {}
        assert client.verify("ada")[0] == 252
        assert client.noop()[0] == 250
        try:
            client.sendmail("eve@example.net", ["ada@example.com"], b"x" * (26 * 1024 * 1024))
            raise SystemExit("a mail that is too large was taken")
        except smtplib.SMTPSenderRefused as error:
            assert error.smtp_code == 552, error
"#;

#[tokio::test(flavor = "multi_thread")]
async fn pythons_smtplib() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    python(server.local_addr(), SMTPLIB).await;
    let mails = mailboxes.mails();
    assert_eq!(mails.len(), 6);
    assert_eq!(mails.iter().filter(|mail| mail.tls).count(), 3);
    for mail in mails.iter().filter(|mail| mail.recipients.len() == 2) {
        let message = Message::parse(&mail.raw);
        assert_eq!(message.subject, "Ihr Bestätigungscode");
        assert_eq!(message.text, "Ihr Code ist 482 915\n.\n..\nGrüße\n");
        assert_eq!(message.attachments[0].bytes, &b"\x00\x01"[..]);
        assert_eq!(guise_inbox::find(&message).codes[0].value, "482915");
    }
    server.stop().await;
}

const RELAY: &str = r#"
import smtplib, sys

forms = """victim@example.net
victim@EXAMPLE.NET
victim@example.net.
victim@[192.0.2.9]
victim@[127.0.0.1]
victim@[IPv6:2001:db8::9]
victim@localhost
victim@mx.example.com
victim@sub.example.com
victim@example.com.example.net
victim@example.comexample.net
ada@example.com@example.net
victim@example.net@example.com
"victim@example.net"@example.com
"victim@example.net"
"victim%example.net"@example.net
victim%example.net@[127.0.0.1]
victim%example.net@localhost
example.net!victim
example.net!victim@localhost
"example.net!victim"@example.net
@example.com:victim@example.net
@example.com,@example.org:victim@example.net
@mx.example.com:victim%example.org@example.net
victim@example.net,ada@example.com
victim
victim@
@example.com
victim@example.com\\@example.net
victim@example.net> <ada@example.com
victim@example.net\tada@example.com
ada@example.com.net""".splitlines()

accepted = []
for form in forms:
    client = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
    client.ehlo("relay.example")
    client.mail("eve@example.net")
    client.putcmd("RCPT", "TO:<%s>" % form)
    code, text = client.getreply()
    if not 500 <= code < 600:
        accepted.append((form, code))
    code, text = client.docmd("DATA")
    assert code == 554, (form, code)
    client.close()
print(len(forms), "forms,", len(accepted), "accepted", accepted)
"#;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_relayed() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let said = python(server.local_addr(), RELAY).await;
    assert_eq!(said.trim(), "32 forms, 0 accepted []");
    assert!(mailboxes.mails().is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn swaks() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let address = server.local_addr().to_string();
    let common = [
        "--server",
        &address,
        "--from",
        "eve@example.net",
        "--helo",
        "client.example",
        "--timeout",
        "20",
    ];
    let attachment = "--attach-body=Your code is 730164";
    for (options, works) in [
        (&["--to", "ada@example.com", "--pipeline"][..], true),
        (&["--to", "ada@example.com", "--tls", attachment], true),
        (
            &[
                "--to",
                "ada@example.com,bob@example.com",
                "--tls-protocol",
                "tlsv1_2",
                "--tls",
            ],
            true,
        ),
        (&["--to", "ada@example.com", "--protocol", "SMTP"], true),
        (&["--to", "victim@example.org"], false),
        (
            &[
                "--to",
                "ada@example.com",
                "--auth-user",
                "ada",
                "--auth-password",
                "x",
                "--auth",
                "PLAIN",
            ],
            false,
        ),
    ] {
        let (succeeded, said) = run("swaks", &[&common[..], options].concat(), "").await;
        assert_eq!(succeeded, works, "{options:?}: {said}");
    }
    let mails = mailboxes.mails();
    assert_eq!(
        mails.iter().map(|mail| mail.tls).collect::<Vec<_>>(),
        [false, true, true, false]
    );
    assert_eq!(
        guise_inbox::find(&Message::parse(&mails[1].raw)).codes[0].value,
        "730164"
    );
    server.stop().await;
}
