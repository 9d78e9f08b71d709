//! STARTTLS with a client that encrypts.

use std::sync::Arc;

use guise_inbox::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use crate::support::{Client, Mailboxes, start};

#[tokio::test]
async fn a_mail_is_received_encrypted() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let mut client = Client::greeted(&server).await;
    assert_eq!(client.say("STARTTLS").await, "220 2.0.0 Go ahead");
    let stream = connector()
        .connect(
            "mx.example.com".try_into().unwrap(),
            client.stream.into_inner(),
        )
        .await
        .unwrap();
    let mut client = Client {
        stream: BufReader::new(stream),
    };
    assert_eq!(client.say("EHLO client.example").await, "250 SMTPUTF8");
    assert_eq!(client.send_mail("hi").await, "250 2.0.0 The mail is kept");
    assert_eq!(client.say("QUIT").await, "221 2.0.0 Goodbye");
    assert!(client.is_closed().await);
    assert!(mailboxes.mails()[0].tls);
    server.stop().await;
}

#[tokio::test]
async fn commands_ahead_of_the_negotiation_do_not_count() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let mut client = Client::greeted(&server).await;
    client.write("STARTTLS\r\nRSET\r\nNOOP\r\n").await;
    assert_eq!(client.reply().await, "220 2.0.0 Go ahead");
    let mut stream = connector()
        .connect(
            "mx.example.com".try_into().unwrap(),
            client.stream.into_inner(),
        )
        .await
        .unwrap();
    stream.write_all(b"QUIT\r\n").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "221 2.0.0 Goodbye\r\n");
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_tls_ends_the_connection() {
    let server = start(&Mailboxes::new(), Limits::default()).await;
    let mut client = Client::greeted(&server).await;
    client.say("STARTTLS").await;
    client.write("EHLO client.example\r\n").await;
    let mut rest = Vec::new();
    // An alert of TLS, or nothing; in any case no reply, and the end.
    let _ = client.stream.read_to_end(&mut rest).await;
    assert!(!rest.windows(3).any(|part| part == b"250"));
    server.stop().await;
}

fn connector() -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Takes any certificate, as servers that send mail do.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
