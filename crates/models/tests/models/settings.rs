//! What the operator sets, and what is wrong with it.

use guise_core::{Error, Kind};
use guise_models::Provider;

use crate::support::{KEY, read};

#[test]
fn every_provider_is_read_from_its_variables() {
    for provider in Provider::all() {
        for key in provider.key_variables {
            let settings = read(&[(key, " a-key\n")]).unwrap();
            let read = settings.providers[provider.name].key.as_ref().unwrap();
            assert_eq!(read.expose(), "a-key");
        }
        for base_url in provider.base_url_variables {
            let settings = read(&[(base_url, "https://gateway.example/api")]).unwrap();
            let read = settings.providers[provider.name].base_url.as_ref().unwrap();
            assert_eq!(read.as_str(), "https://gateway.example/api");
        }
    }
}

#[test]
fn blank_variables_are_not_set() {
    let settings = read(&[
        ("OPENAI_API_KEY", " "),
        ("GUISE_MODEL", ""),
        ("OPENAI_BASE_URL", "\n"),
    ]);
    let settings = settings.unwrap();
    assert!(settings.providers.is_empty());
    assert_eq!(settings.model, None);
}

#[test]
fn ollamas_address_is_read_as_it_reads_it_itself() {
    let addresses = [
        ("10.0.0.5", "http://10.0.0.5:11434/"),
        ("10.0.0.5:8080", "http://10.0.0.5:8080/"),
        ("box.example", "http://box.example:11434/"),
        ("[::1]", "http://[::1]:11434/"),
        ("http://box.example", "http://box.example/"),
        ("https://box.example/ollama", "https://box.example/ollama"),
    ];
    for (text, expected) in addresses {
        let settings = read(&[("OLLAMA_HOST", text)]).unwrap();
        let read = settings.providers["ollama"].base_url.as_ref().unwrap();
        assert_eq!(read.as_str(), expected);
    }
}

#[test]
fn what_cannot_work_is_refused_by_the_name_of_its_variable() {
    let cases = [
        ("GUISE_MODEL", "gpt-4o", "expected provider/model"),
        ("GUISE_MODEL", "acme/one", "known are openai, anthropic"),
        (
            "OPENAI_BASE_URL",
            "not an address",
            "expected one such as https://api.openai.com/v1",
        ),
        (
            "OPENAI_BASE_URL",
            "ftp://host/v1",
            "neither http:// nor https://",
        ),
        (
            "OPENAI_BASE_URL",
            "https://me:hunter2@host/v1",
            "has a name or a password in it",
        ),
        (
            "OPENAI_BASE_URL",
            "http://me:hunter2@:x/v1",
            "its value is no address",
        ),
        ("OPENAI_BASE_URL", "https://host/v1#x", "has a # in it"),
        (
            "OPENAI_API_KEY",
            "hunter2\u{e9}",
            "other than visible ASCII characters",
        ),
        (
            "OPENAI_API_KEY",
            "hunter2 hunter2",
            "other than visible ASCII characters",
        ),
        ("OLLAMA_HOST", "a b", "is no address"),
        (
            "GUISE_MODEL_PRICES",
            "openai/gpt-4o",
            "provider/model=input/output",
        ),
    ];
    for (variable, value, expected) in cases {
        let error = Error::from(read(&[(variable, value)]).unwrap_err());
        assert_eq!(error.kind(), Kind::Unconfigured);
        assert!(
            error
                .message()
                .starts_with(&format!("{variable} is wrong: ")),
            "{error}"
        );
        assert!(error.message().contains(expected), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn keys_do_not_show() {
    let settings = read(&[
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_BASE_URL", "https://host.example/v1?key=hunter2"),
    ]);
    let shown = format!("{:?}", settings.unwrap());
    assert!(shown.contains("https://host.example"), "{shown}");
    assert!(
        !shown.contains(KEY) && !shown.contains("hunter2"),
        "{shown}"
    );
}
