//! Where settings come from, and what happens to those that cannot be.

use std::fs;
use std::os::unix::ffi::OsStringExt as _;

use rstest::rstest;

use crate::support::{Home, Ran};

/// The line of a setting in `guise config`.
fn shown(home: &Home, flags: &[&str], setting: &str) -> String {
    let ran = Ran::of(&mut home.command(["config"].iter().chain(flags)), "").ok();
    let line = ran
        .lines()
        .find(|line| line.starts_with(&format!("{setting} = ")));
    line.unwrap_or_else(|| panic!("{setting} is not in:\n{ran}"))
        .to_owned()
}

fn write(home: &Home, text: &str) {
    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.data().join("guise.toml"), text).unwrap();
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let home = Home::new();
    assert_eq!(
        shown(&home, &[], "slots"),
        "slots = \"0\" # from the default"
    );
    write(
        &home,
        "slots = 3\nallow_hosts = [\"localhost\", \"127.0.0.1\"]\n",
    );
    assert!(shown(&home, &[], "slots").starts_with("slots = \"3\" # from /"));
    assert!(shown(&home, &[], "allow_hosts").starts_with("allow_hosts = \"localhost,127.0.0.1\""));
    let home = home.set("GUISE_SLOTS", "4");
    assert_eq!(
        shown(&home, &[], "slots"),
        "slots = \"4\" # from GUISE_SLOTS"
    );
    assert_eq!(
        shown(&home, &["--slots", "5"], "slots"),
        "slots = \"5\" # from --slots"
    );

    let file = home.beside("other.toml");
    fs::write(&file, "log_format = \"json\"\n").unwrap();
    let flag = format!("--config={}", file.display());
    assert!(shown(&home, &[&flag], "log_format").contains("json"));
    assert!(shown(&home, &[], "log_format").contains("text"));
}

#[test]
fn what_config_shows_is_a_configuration() {
    let home = Home::new();
    let whole = home.run(["config"]).ok();
    write(&home, &whole.replace("data_dir", "# data_dir"));
    assert_eq!(
        shown(&home, &[], "listen").split(" #").next(),
        Some("listen = \"127.0.0.1:3000\"")
    );
}

#[test]
fn secrets_are_masked() {
    let home = Home::new()
        .set("GUISE_API_KEY", "geheim-geheim-geheim")
        .set(
            "GUISE_DATABASE_URL",
            "postgres://me:geheim@db.test/x?password=geheim",
        );
    let whole = home.run(["config"]).ok();
    assert!(!whole.contains("geheim"), "{whole}");
    assert!(
        whole.contains("api_key = \"********\" # from GUISE_API_KEY"),
        "{whole}"
    );
    assert!(whole.contains("@db.test/x"), "{whole}");
}

#[rstest]
#[case::listen("listen", "here", "such as 127.0.0.1:3000")]
#[case::public_url("public_url", "ftp://x", "http://")]
#[case::database_url("database_url", "mysql://x", "postgres://")]
#[case::slots("slots", "many", "whole number")]
#[case::negative("slots_waiting", "-1", "whole number")]
#[case::huge("slots_wait_seconds", "99999999999999999999", "whole number")]
#[case::rate("rate_limit_per_minute", "1.5", "whole number")]
#[case::hosts("allow_hosts", "http://localhost/", "expected")]
#[case::metadata("allow_hosts", "localhost,169.254.169.254", "never allowed")]
#[case::pool("pool_headless_shell", "two", "whole number")]
#[case::uids("uids", "0-10", "between 1000")]
#[case::format("log_format", "xml", "text or json")]
#[case::level("log_level", "a=b=c", "error, warn, info")]
fn a_bad_value_stops_the_start_wherever_it_stands(
    #[case] setting: &str,
    #[case] value: &str,
    #[case] allowed: &str,
) {
    let home = Home::new();
    let flag = format!("--{}={value}", setting.replace('_', "-"));
    let variable = format!("GUISE_{}", setting.to_uppercase());
    let by_flag = home.run(["serve", &flag]).refused(1);
    let by_variable = Ran::of(home.command(["serve"]).env(variable, value), "").refused(1);
    write(&home, &format!("{setting} = '{value}'\n"));
    let mut command = home.command(["serve"]);
    command.env_remove("GUISE_UIDS");
    let by_file = Ran::of(&mut command, "").refused(1);
    for line in [by_flag, by_variable, by_file] {
        for part in [setting, value, allowed] {
            assert!(line.contains(part), "{part} is not in: {line}");
        }
    }
}

#[test]
fn unknown_settings_stop_the_start_and_unknown_variables_are_told_once() {
    let home = Home::new();
    let flag = Ran::of(&mut home.command(["serve", "--lissten", "x"]), "").refused(2);
    assert!(
        flag.contains("'--lissten'") && flag.contains("'--listen'"),
        "{flag}"
    );
    assert!(
        flag.contains("--slots-waiting"),
        "what is allowed is not in: {flag}"
    );

    let mut command = home.command(["keys", "list"]);
    command
        .env("GUISE_LISSTEN", "x")
        .env("GUISE_TEST_ANYTHING", "1");
    let ran = Ran::of(&mut command, "");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    assert!(ran.err.contains("GUISE_LISSTEN"), "{ran:?}");
    ran.ok();

    write(&home, "lissten = 'x'\n");
    let file = home.run(["serve"]).refused(1);
    assert!(
        file.contains("'lissten'") && file.contains("guise.toml") && file.contains("listen,"),
        "{file}"
    );
    write(&home, "slots = 1\nlisten = here\n");
    let broken = home.run(["serve"]).refused(1);
    assert!(
        broken.contains("guise.toml") && broken.contains("line 2"),
        "{broken}"
    );
    let missing = home
        .run(["config", "--config", "/nonexistent.toml"])
        .refused(1);
    assert!(missing.contains("/nonexistent.toml"), "{missing}");
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_matter() {
    let home = Home::new();
    let bytes = std::ffi::OsString::from_vec(vec![0xff, 0xfe]);
    Ran::of(home.command(["config"]).env("SOMETHING_ELSE", &bytes), "").ok();
    let refused = Ran::of(home.command(["config"]).env("GUISE_LISTEN", &bytes), "").refused(1);
    assert!(refused.contains("GUISE_LISTEN"), "{refused}");
}

#[test]
fn help_names_every_command_and_setting() {
    let home = Home::new();
    let help = home.run(["--help"]).ok();
    for word in [
        "serve",
        "doctor",
        "keys",
        "tenants",
        "config",
        "--allow-hosts",
        "GUISE_ALLOW_HOSTS",
    ] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
    let help = home.run(["keys", "create", "--help"]).ok();
    for word in ["--tenant", "--scopes", "--expires", "--key", "30d"] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
    assert!(!home.data().exists(), "asking for help makes nothing");
}
