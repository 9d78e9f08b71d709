use proptest::prelude::*;

use super::*;

const DUMMY: &str = "qZ7#mnop";
const SECRET: &str = "aB3&ö\"=%";

fn stand_in<'a>(
    part: SecretPart,
    dummy: &'a str,
    secret: &'a str,
    names: &'a [String],
) -> StandIn<'a> {
    StandIn {
        part,
        dummy,
        secret,
        names,
        boxes: &[],
        anywhere: false,
    }
}

fn swapped(part: SecretPart, dummy: &str, secret: &str, kind: &str, body: &str) -> Option<String> {
    let names = ["field".to_owned()];
    let stand_ins = [stand_in(part, dummy, secret, &names)];
    let swapped = swap(Some(kind), body.as_bytes(), &stand_ins)?;
    assert_eq!(swapped.which, [0]);
    Some(String::from_utf8(swapped.body.to_vec()).unwrap())
}

fn password(kind: &str, body: &str) -> Option<String> {
    swapped(SecretPart::Password, DUMMY, SECRET, kind, body)
}

const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
const JSON: &str = "application/json";
const MULTIPART: &str = "multipart/form-data; boundary=----Bound\"ary";

#[test]
fn forms_get_the_secret_in_their_own_encoding() {
    let body = "a=1&field=qZ7%23mnop&&b=qZ7%23mnop&field2=x&c";
    let given = password(FORM, body).unwrap();
    assert_eq!(
        given,
        "a=1&field=aB3%26%C3%B6%22%3D%25&&b=qZ7%23mnop&field2=x&c"
    );
    for body in [
        "a=1",
        "field=qZ7%23mnopX",
        "field=qZ7%23mno",
        "comment=qZ7%23mnop",
        "field=QZ7%23mnop",
        "qZ7%23mnop",
        "field",
        "",
    ] {
        assert_eq!(password(FORM, body), None, "{body}");
    }
    assert!(password(FORM, "user%5Bpassword%5D=qZ7%23mnop").is_some());
}

#[test]
fn json_is_changed_in_place() {
    let body = r#" {"user":"ada","n":1.50,"deep":[{"password":"qZ7#mn\u006fp","hint":"qZ7#mnop"}] ,"x":null}"#;
    let given = password(JSON, body).unwrap();
    let wanted =
        r#" {"user":"ada","n":1.50,"deep":[{"password":"aB3&ö\"=%","hint":"qZ7#mnop"}] ,"x":null}"#;
    assert_eq!(given, wanted);
    for kind in ["text/plain;charset=UTF-8", "application/vnd.api+json", ""] {
        assert!(password(kind, body).is_some(), "{kind}");
    }
    for body in [
        r#"{"password":"qZ7#mnop""#,
        r#"{"qZ7#mnop":"password"}"#,
        r#"{"comment":"qZ7#mnop"}"#,
        r#"["qZ7#mnop"]"#,
        r#""qZ7#mnop""#,
        r#"{"a":{"password":1},"comment":"qZ7#mnop"}"#,
        r#"{"password":["a"],"b":"qZ7#mnop"}"#,
        r#"{"password":"\ud800"}"#,
    ] {
        assert_eq!(password(JSON, body), None, "{body}");
    }
    let list = r#"{"password":["qZ7#mnop"]}"#;
    assert!(password(JSON, list).is_some());
}

#[test]
fn forms_in_parts_get_the_secret_as_it_is() {
    let part = |head: &str, value: &str| format!("------Bound\"ary\r\n{head}\r\n\r\n{value}\r\n");
    let field = r#"Content-Disposition: form-data; name="field""#;
    let file = r#"Content-Disposition: form-data; name="field"; filename="a.txt""#;
    let body = |value: &str| {
        let parts = [
            part(r#"Content-Disposition: form-data; name="note""#, DUMMY),
            part(file, DUMMY),
            part(field, value),
        ];
        format!("{}------Bound\"ary--\r\n", parts.concat())
    };
    assert_eq!(password(MULTIPART, &body(DUMMY)), Some(body(SECRET)));
    assert_eq!(password(MULTIPART, &body("other")), None);
    assert_eq!(password("multipart/form-data", &body(DUMMY)), None);
    assert_eq!(password(MULTIPART, "------Bound\"ary"), None);
}

#[test]
fn unknown_forms_carry_it_only_where_that_is_allowed() {
    let names = [];
    let mut stand_in = stand_in(SecretPart::Password, DUMMY, SECRET, &names);
    let body = format!("\0\x01{DUMMY}|{DUMMY}");
    let kind = Some("application/octet-stream");
    assert!(swap(kind, body.as_bytes(), &[StandIn { ..stand_in }]).is_none());
    stand_in.anywhere = true;
    let swapped = swap(kind, body.as_bytes(), &[stand_in]).unwrap();
    assert_eq!(
        *swapped.body,
        format!("\0\x01{SECRET}|{SECRET}").into_bytes()
    );
}

#[test]
fn numbers_are_known_in_other_spellings() {
    let card = |body: &str| {
        let (dummy, secret) = ("4242 4200 1111 2222", "4242 4242 4242 4242");
        swapped(SecretPart::CardNumber, dummy, secret, JSON, body)
    };
    for (sent, got) in [
        (
            r#"{"cardNumber":"4242420011112222"}"#,
            r#"{"cardNumber":"4242424242424242"}"#,
        ),
        (
            r#"{"number":"4242-4200-1111-2222"}"#,
            r#"{"number":"4242-4242-4242-4242"}"#,
        ),
        (r#"{"pan":4242420011112222}"#, r#"{"pan":4242424242424242}"#),
    ] {
        assert_eq!(card(sent).as_deref(), Some(got));
    }
    for sent in [
        r#"{"number":"424242001111222"}"#,
        r#"{"number":"no. 4242420011112222"}"#,
        r#"{"amount":4242420011112222}"#,
    ] {
        assert_eq!(card(sent), None, "{sent}");
    }
    let code = |body: &str| swapped(SecretPart::Code, "482913", "012345", JSON, body);
    assert_eq!(
        code(r#"{"code":"482 913"}"#).as_deref(),
        Some(r#"{"code":"012 345"}"#)
    );
    // No number begins with a zero.
    assert_eq!(code(r#"{"code":482913}"#), None);
}

#[test]
fn expiries_are_known_in_parts() {
    let sent = |body: &str| swapped(SecretPart::CardExpiry, "11/33", "07/29", FORM, body);
    for (body, given) in [
        ("field=11%2F33", "field=07%2F29"),
        ("expiry=11+%2F+2033", "expiry=07+%2F+2029"),
        ("exp_month=11&exp_year=2033", "exp_month=07&exp_year=2029"),
        ("exp_month=11&exp_year=33", "exp_month=07&exp_year=29"),
        ("expMonth=11&qty=11", "expMonth=07&qty=11"),
    ] {
        assert_eq!(sent(body).as_deref(), Some(given));
    }
    for body in ["exp_month=12&exp_year=2034", "day=1133", "note=11%2F33"] {
        assert_eq!(sent(body), None, "{body}");
    }
}

#[test]
fn a_code_in_boxes_is_put_together_from_all_of_them() {
    // There may be more of them than the code is long.
    let boxes: Vec<String> = (1..=6).map(|number| format!("d{number}")).collect();
    let names = [];
    let given = |body: &str| {
        let stand_in = StandIn {
            boxes: &boxes,
            ..stand_in(SecretPart::Code, "4829", "0157", &names)
        };
        let swapped = swap(Some(FORM), body.as_bytes(), &[stand_in])?;
        Some(String::from_utf8(swapped.body.to_vec()).unwrap())
    };
    assert_eq!(
        given("d1=4&d2=8&d3=2&d4=9").as_deref(),
        Some("d1=0&d2=1&d3=5&d4=7")
    );
    assert_eq!(given("d1=4&d2=8&d3=2"), None);
    assert_eq!(given("d1=4&d2=8&d3=2&d4=8"), None);
    assert_eq!(given("code=4829").as_deref(), Some("code=0157"));
}

#[test]
fn several_secrets_go_into_one_body() {
    let names = [["n".to_owned()], ["c".to_owned()]];
    let stand_ins = [
        stand_in(
            SecretPart::CardNumber,
            "4242420011112222",
            "4242424242424242",
            &names[0],
        ),
        stand_in(SecretPart::CardCode, "999", "123", &names[1]),
    ];
    let swapped = swap(Some(FORM), b"c=999&n=4242420011112222&q=999", &stand_ins).unwrap();
    assert_eq!(*swapped.body, b"c=123&n=4242424242424242&q=999");
    assert_eq!(swapped.which, [0, 1]);
}

#[test]
fn a_secret_that_was_filled_in_twice_is_replaced_twice() {
    let names = [["one".to_owned()], ["two".to_owned()]];
    let stand_in = |names| stand_in(SecretPart::Password, DUMMY, "pa55", names);
    let stand_ins = [stand_in(&names[0]), stand_in(&names[1])];
    for (body, given) in [
        (
            &b"one=qZ7%23mnop&two=qZ7%23mnop"[..],
            &b"one=pa55&two=pa55"[..],
        ),
        (b"password=qZ7%23mnop", b"password=pa55"),
    ] {
        let swapped = swap(Some(FORM), body, &stand_ins).unwrap();
        assert_eq!(*swapped.body, given);
        assert_eq!(swapped.which, [0, 1]);
    }
}

proptest! {
    #[test]
    fn every_secret_arrives_as_it_is(secret in "\\PC{1,30}") {
        let form = password_of(&secret, FORM, "field=qZ7%23mnop");
        let read = url::form_urlencoded::parse(form.as_bytes()).next().unwrap().1.into_owned();
        prop_assert_eq!(&read, &secret);
        let json = password_of(&secret, JSON, r#"{"field":"qZ7#mnop"}"#);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read["field"].as_str(), Some(secret.as_str()));
    }

    #[test]
    fn never_panics(kind in prop::sample::select(vec![FORM, JSON, MULTIPART, "text/plain", "x"]), body: Vec<u8>) {
        let names = ["field".to_owned()];
        let _ = swap(Some(kind), &body, &[stand_in(SecretPart::Password, DUMMY, SECRET, &names)]);
    }

    #[test]
    fn json_like_bodies_never_panic(body in prop::collection::vec(prop::sample::select(b"{}[]\":,\\ 1a-.".to_vec()), 0..40)) {
        let names = ["a".to_owned()];
        let _ = swap(Some(JSON), &body, &[stand_in(SecretPart::Code, "111", "222", &names)]);
    }

    #[test]
    fn what_has_no_stand_in_is_left_alone(body in "[a-z=&%+0-9]{0,80}") {
        prop_assert_eq!(password(FORM, &body), None);
    }
}

fn password_of(secret: &str, kind: &str, body: &str) -> String {
    swapped(SecretPart::Password, DUMMY, secret, kind, body).unwrap()
}
