//! A small Twilio: the three resources that are used, with its statuses, bodies and error numbers, and faults on
//! demand.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{delete, get};
use axum::{Form, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guise_core::Secret;
use guise_core::ports::PhoneWish;
use guise_phone::{Twilio, TwilioSettings};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::time::Instant;

pub const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const TOKEN: &str = "not-a-real-token-0123456789";
pub const SMS_URL: &str = "https://guise.example/webhooks/twilio?tenant=1";

/// What goes wrong with the next request that changes something.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Somebody else is quicker.
    Snatch,
    /// It is done, but the answer breaks off.
    BreakOff,
    /// It is done, but nothing is answered.
    Silence,
    /// It is not done, and the answer is of this status.
    Status(u16),
    /// It is refused with this error number.
    Refuse(u32),
    /// It is refused with what was in the header.
    Echo,
    /// The answer says to ask elsewhere.
    Redirect,
    /// The answer is not JSON.
    Garbage,
    /// The answer does not end.
    Flood,
}

/// A number that was sold.
#[derive(Clone, Debug)]
pub struct Sold {
    pub sid: String,
    pub sms_url: String,
    pub sms_method: String,
}

#[derive(Default)]
pub struct Books {
    /// By country and kind, such as `US/Local`.
    pub for_sale: HashMap<String, Vec<String>>,
    pub sold: BTreeMap<String, Sold>,
    pub faults: VecDeque<Fault>,
    /// Method and path of each request.
    pub requests: Vec<String>,
    sids: u32,
}

#[derive(Clone, Default)]
pub struct Counterpart {
    books: Arc<Mutex<Books>>,
    address: String,
}

impl Counterpart {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let counterpart = Self {
            address: format!("http://{}/", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let numbers = "/2010-04-01/Accounts/{account}/IncomingPhoneNumbers";
        let router = Router::new()
            .route(
                "/2010-04-01/Accounts/{account}/AvailablePhoneNumbers/{country}/{kind}",
                get(available),
            )
            .route(&format!("{numbers}.json"), get(list).post(buy))
            .route(&format!("{numbers}/{{sid}}"), delete(release))
            .with_state(counterpart.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        counterpart
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub fn sell(&self, kind: &str, numbers: &[&str]) {
        let numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
        self.books().for_sale.insert(kind.to_owned(), numbers);
    }

    pub fn fail(&self, fault: Fault) {
        self.books().faults.push_back(fault);
    }

    pub fn settings(&self) -> TwilioSettings {
        TwilioSettings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: Secret::new(TOKEN.to_owned()),
            sms_url: SMS_URL.parse().unwrap(),
            base_url: self.address.parse().unwrap(),
        }
    }

    pub fn twilio(&self) -> Twilio {
        Twilio::new(self.settings()).unwrap()
    }

    /// Address, form and signature of the webhook for a message to a number that was sold.
    pub fn deliver(&self, to: &str, body: &str) -> (String, String, String) {
        let url = self.books().sold[to].sms_url.clone();
        let mut params = vec![
            ("ToCountry", "US"),
            ("MessageSid", "SM0123456789abcdef0123456789ABCDEF"),
            ("SmsSid", "SM0123456789abcdef0123456789ABCDEF"),
            ("AccountSid", ACCOUNT),
            ("From", "+14158675309"),
            ("To", to),
            ("Body", body),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("ApiVersion", "2010-04-01"),
        ];
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&params)
            .finish();
        params.sort_unstable();
        let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
        mac.update(url.as_bytes());
        for (name, value) in params {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        (url, form, STANDARD.encode(mac.finalize().into_bytes()))
    }
}

pub fn wish(country: &str) -> PhoneWish {
    PhoneWish {
        country: country.parse().unwrap(),
        area_code: None,
        taken: Default::default(),
    }
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

type Answer = Response<Body>;

fn answer(status: u16, body: Value) -> Answer {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn refusal(status: u16, code: u32, message: &str) -> Answer {
    let more_info = format!("https://www.twilio.com/docs/errors/{code}");
    answer(
        status,
        json!({"code": code, "message": message, "more_info": more_info, "status": status}),
    )
}

/// The answer to somebody who may not ask, or not for this account.
fn turned_away(headers: &HeaderMap, account: &str) -> Option<Answer> {
    let expected = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if given != Some(expected.as_str()) || account != ACCOUNT {
        return Some(refusal(401, 20003, "Authenticate"));
    }
    None
}

async fn available(
    State(twilio): State<Counterpart>,
    Path((account, country, kind)): Path<(String, String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let path = format!("{country}/{}", kind.trim_end_matches(".json"));
    twilio.books().requests.push(format!("GET {path}"));
    if let Some(refused) = turned_away(&headers, &account) {
        return refused;
    }
    if query.get("SmsEnabled").map(String::as_str) != Some("true") {
        return refusal(400, 20001, "this test wants numbers for text messages");
    }
    let books = twilio.books();
    let Some(numbers) = books.for_sale.get(&path) else {
        return refusal(404, 20404, "The requested resource was not found");
    };
    let prefix = format!("+1{}", query.get("AreaCode").map_or("", String::as_str));
    let fitting = |number: &&String| !query.contains_key("AreaCode") || number.starts_with(&prefix);
    let size = query
        .get("PageSize")
        .map_or(50, |size| size.parse().unwrap());
    let page: Vec<_> = numbers
        .iter()
        .filter(fitting)
        .take(size)
        .map(|number| {
            json!({
                "friendly_name": number, "phone_number": number, "iso_country": country, "beta": false,
                "capabilities": {"voice": true, "SMS": true, "MMS": false},
            })
        })
        .collect();
    answer(
        200,
        json!({"available_phone_numbers": page, "uri": "/2010-04-01"}),
    )
}

fn entry(number: &str, sold: &Sold) -> Value {
    json!({
        "sid": sold.sid, "account_sid": ACCOUNT, "phone_number": number, "friendly_name": number,
        "sms_url": sold.sms_url, "sms_method": sold.sms_method, "status": "in-use",
    })
}

async fn list(
    State(twilio): State<Counterpart>,
    Path(account): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    twilio.books().requests.push("GET numbers".to_owned());
    if let Some(refused) = turned_away(&headers, &account) {
        return refused;
    }
    let books = twilio.books();
    let fitting = books.sold.iter().filter(|(number, _)| {
        query
            .get("PhoneNumber")
            .is_none_or(|wanted| wanted == *number)
    });
    let page: Vec<_> = fitting.map(|(number, sold)| entry(number, sold)).collect();
    answer(200, json!({"incoming_phone_numbers": page, "page": 0}))
}

async fn buy(
    State(twilio): State<Counterpart>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let number = form.get("PhoneNumber").cloned().unwrap_or_default();
    twilio.books().requests.push(format!("POST {number}"));
    if let Some(refused) = turned_away(&headers, &account) {
        return refused;
    }
    let fault = twilio.books().faults.pop_front();
    if let Some(answer) = fault.and_then(|fault| instead(fault, &headers)) {
        return answer;
    }
    if matches!(fault, Some(Fault::Snatch)) {
        for numbers in twilio.books().for_sale.values_mut() {
            numbers.retain(|other| *other != number);
        }
    }
    let sold = {
        let mut books = twilio.books();
        let kind = books
            .for_sale
            .iter()
            .find(|(_, numbers)| numbers.contains(&number))
            .map(|(kind, _)| kind.clone());
        let Some(kind) = kind else {
            return refusal(400, 21422, "PhoneNumber is not available");
        };
        if let Some(numbers) = books.for_sale.get_mut(&kind) {
            numbers.retain(|other| *other != number);
        }
        books.sids += 1;
        let sold = Sold {
            sid: format!("PN{:032x}", books.sids),
            sms_url: form.get("SmsUrl").cloned().unwrap_or_default(),
            sms_method: form.get("SmsMethod").cloned().unwrap_or_default(),
        };
        books.sold.insert(number.clone(), sold.clone());
        sold
    };
    match fault {
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::BreakOff) => {
            let start = Ok(Bytes::from_static(b"{\"sid\":"));
            let end = Err(std::io::Error::other("the wire broke"));
            Response::new(Body::from_stream(futures_util::stream::iter([start, end])))
        }
        _ => answer(201, entry(&number, &sold)),
    }
}

/// What is answered instead of doing it.
fn instead(fault: Fault, headers: &HeaderMap) -> Option<Answer> {
    Some(match fault {
        Fault::Status(429) => Response::builder()
            .status(429)
            .header("retry-after", "7")
            .body(Body::from(
                "{\"code\":20429,\"message\":\"Too Many Requests\",\"status\":429}",
            ))
            .unwrap(),
        Fault::Status(status) => answer(status, json!({})),
        Fault::Refuse(code) => refusal(400, code, "The words\nof Twilio"),
        Fault::Echo => {
            let header = headers["authorization"].to_str().unwrap();
            refusal(400, 20001, &format!("you sent {header} ({TOKEN})"))
        }
        Fault::Redirect => Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header("location", "http://127.0.0.1:9/elsewhere")
            .body(Body::empty())
            .unwrap(),
        Fault::Garbage => Response::new(Body::from("<html>")),
        Fault::Flood => {
            let chunk = Bytes::from(vec![b' '; 1 << 16]);
            let chunks = std::iter::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
            Response::new(Body::from_stream(futures_util::stream::iter(chunks)))
        }
        Fault::Snatch | Fault::BreakOff | Fault::Silence => return None,
    })
}

async fn release(
    State(twilio): State<Counterpart>,
    Path((account, sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    twilio.books().requests.push(format!("DELETE {sid}"));
    if let Some(refused) = turned_away(&headers, &account) {
        return refused;
    }
    let mut books = twilio.books();
    if let Some(answer) = books
        .faults
        .pop_front()
        .and_then(|fault| instead(fault, &headers))
    {
        return answer;
    }
    let before = books.sold.len();
    books
        .sold
        .retain(|_, sold| format!("{}.json", sold.sid) != sid);
    if books.sold.len() == before {
        return refusal(404, 20404, "The requested resource was not found");
    }
    Response::builder().status(204).body(Body::empty()).unwrap()
}
