//! The binary prints its origins and ends cleanly.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

#[test]
fn prints_its_origins_and_ends_on_term() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_guise-testsite"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let origins: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(
        origins["origin"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert!(
        origins["cross_site"]
            .as_str()
            .unwrap()
            .starts_with("http://localhost:")
    );
    let killed = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
