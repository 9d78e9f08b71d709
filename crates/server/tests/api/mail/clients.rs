//! Programs that others send mail with: Python's smtplib, and swaks.

use std::net::SocketAddr;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use super::inbox::{emails, persona};
use crate::support::server::Server;

/// Sends a mail to `sys.argv[2]`, in the clear and by STARTTLS, then one to nobody.
const SMTPLIB: &str = r#"
import smtplib, ssl, sys
from email.message import EmailMessage

mail = EmailMessage()
mail["Subject"] = "Ihr Bestätigungscode"
mail["From"] = "Händler <eve@shop.example>"
mail["To"] = sys.argv[2]
mail.set_content("Ihr Code ist 482 915\n.\n..\nGrüße")
mail.add_alternative("<p>Ihr Code ist <b>482 915</b></p>", subtype="html")
mail.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="a.bin")

for encrypted in (False, True):
    with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
        if encrypted:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client.starttls(context=context)
        assert client.send_message(mail) == {}
        try:
            client.sendmail("eve@shop.example", ["nobody@elsewhere.example"], b"Subject: relay\r\n\r\nx")
            raise SystemExit("a mail for others was taken")
        except smtplib.SMTPRecipientsRefused as error:
            assert error.recipients["nobody@elsewhere.example"][0] == 550, error
"#;

async fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap_or_else(|error| {
            panic!(
                "{program} is needed by this test (scripts/install-debian.sh tools test): {error}"
            )
        });
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{program}: {said}");
    said
}

fn port(server: SocketAddr) -> String {
    server.port().to_string()
}

#[tokio::test]
async fn a_mail_of_pythons_smtplib_is_read_by_the_persona() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    run("python3", &["-c", SMTPLIB, &port(server.mail()), &address]).await;
    let mails = emails(&client, &id, "").await;
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert_eq!(mail["subject"], "Ihr Bestätigungscode");
        assert_eq!(mail["sender_name"], "Händler");
        assert_eq!(mail["codes"], json!(["482915"]));
        let text = mail["text_content"].as_str().unwrap().trim_end();
        assert_eq!(text, "Ihr Code ist 482 915\n.\n..\nGrüße");
        assert_eq!(mail["attachments"][0]["name"], "a.bin");
        let path = format!(
            "/personas/{id}/emails/{}/attachments/0",
            mail["email_id"].as_str().unwrap()
        );
        let answer = client.get(&path).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(&answer.body[..], b"\x00\x01");
    }
}

#[tokio::test]
async fn a_mail_of_swaks_is_read_by_the_persona() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    let port = port(server.mail());
    let mut arguments = vec!["--server", "127.0.0.1", "--port", &port];
    arguments.extend(["--from", "no-reply@shop.example", "--to", &address]);
    arguments.extend(["--header", "Subject: Sign in", "--body"]);
    arguments.push("Open https://shop.example/login?token=5f1d2c3b to sign in.");
    run("swaks", &arguments).await;
    arguments.push("--tls");
    run("swaks", &arguments).await;
    let mails = emails(&client, &id, "").await;
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert_eq!(mail["subject"], "Sign in");
        assert_eq!(mail["sender_email"], "no-reply@shop.example");
        assert_eq!(
            mail["links"],
            json!(["https://shop.example/login?token=5f1d2c3b"])
        );
        assert_eq!(mail["html_content"], Value::Null);
    }
}
