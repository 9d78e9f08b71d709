//! Twilio's REST API: three resources, JSON back.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guise_core::{Country, PhoneNumber, Secret};
use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode, redirect};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{TwilioError, TwilioSettings};

/// How long one request may take, of the caller's time.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Octets of the longest answer; real ones have a few thousand.
const MAX_ANSWER: usize = 1 << 20;
/// Characters of Twilio's own words that are passed on.
const MAX_WORDS: usize = 300;
/// How many numbers are looked at before it is given up.
const OFFERS: &str = "5";
/// Twilio's number for "there is no such thing".
const NOT_FOUND: u32 = 20404;

pub(super) struct Client {
    http: reqwest::Client,
    settings: TwilioSettings,
}

#[derive(Deserialize)]
struct Offers {
    available_phone_numbers: Vec<Offer>,
}

#[derive(Deserialize)]
struct Offer {
    phone_number: PhoneNumber,
}

#[derive(Deserialize)]
struct OwnList {
    incoming_phone_numbers: Vec<Own>,
}

/// A number of the account.
#[derive(Deserialize)]
pub(super) struct Own {
    pub sid: String,
    pub phone_number: PhoneNumber,
}

#[derive(Deserialize)]
struct Problem {
    code: u32,
    #[serde(default)]
    message: String,
}

impl Client {
    pub(super) fn new(settings: TwilioSettings) -> Result<Self, TwilioError> {
        settings.check()?;
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Fails only if another thread was quicker; then there is one, too.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let http = reqwest::Client::builder()
            // It would give the auth token to somebody else.
            .redirect(redirect::Policy::none())
            // A proxy would come from the environment, which is not this crate's to read.
            .no_proxy()
            .connect_timeout(CONNECT)
            .build()
            .map_err(TwilioError::Unreachable)?;
        Ok(Self { http, settings })
    }

    pub(super) fn auth_token(&self) -> &Secret {
        &self.settings.auth_token
    }

    /// Numbers for text messages that are for sale, without papers. `kind` is `Local` or `Mobile`; not every country
    /// has both.
    pub(super) async fn offers(
        &self,
        country: Country,
        kind: &str,
        area_code: Option<&str>,
        deadline: Instant,
    ) -> Result<Vec<PhoneNumber>, TwilioError> {
        let url = self.url(&[
            "AvailablePhoneNumbers",
            country.as_str(),
            &format!("{kind}.json"),
        ]);
        let mut request = self.http.get(url).query(&[
            ("SmsEnabled", "true"),
            ("ExcludeAllAddressRequired", "true"),
            ("PageSize", OFFERS),
        ]);
        if let Some(area_code) = area_code {
            request = request.query(&[("AreaCode", area_code)]);
        }
        let offers: Offers = match self.send(request, deadline).await {
            Err(TwilioError::Refused {
                code: NOT_FOUND, ..
            }) => return Ok(Vec::new()),
            answer => answer?.json()?,
        };
        let numbers = offers.available_phone_numbers.into_iter();
        Ok(numbers.map(|offer| offer.phone_number).collect())
    }

    /// Buys `number`, and has its messages sent to us.
    pub(super) async fn buy(
        &self,
        number: &PhoneNumber,
        deadline: Instant,
    ) -> Result<Own, TwilioError> {
        let request = self
            .http
            .post(self.url(&["IncomingPhoneNumbers.json"]))
            .form(&[
                ("PhoneNumber", number.as_str()),
                ("SmsUrl", self.settings.sms_url.as_str()),
                ("SmsMethod", "POST"),
            ]);
        self.send(request, deadline).await?.json()
    }

    /// The account's own entry for `number`, if it has it.
    pub(super) async fn find(
        &self,
        number: &PhoneNumber,
        deadline: Instant,
    ) -> Result<Option<Own>, TwilioError> {
        let request = self
            .http
            .get(self.url(&["IncomingPhoneNumbers.json"]))
            .query(&[("PhoneNumber", number.as_str())]);
        let list: OwnList = self.send(request, deadline).await?.json()?;
        let mut own = list.incoming_phone_numbers.into_iter();
        Ok(own.find(|own| own.phone_number == *number))
    }

    /// Gives back what Twilio calls `sid`.
    pub(super) async fn release(&self, sid: &str, deadline: Instant) -> Result<(), TwilioError> {
        let url = self.url(&["IncomingPhoneNumbers", &format!("{sid}.json")]);
        match self.send(self.http.delete(url), deadline).await {
            Ok(_)
            | Err(TwilioError::Refused {
                code: NOT_FOUND, ..
            }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.settings.base_url.clone();
        // Only an address without a host has no segments, and `check` refuses those.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(["2010-04-01", "Accounts", &self.settings.account_sid])
                .extend(path);
        }
        url
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        deadline: Instant,
    ) -> Result<Answer, TwilioError> {
        let token = self.settings.auth_token.expose();
        let request = request.basic_auth(&self.settings.account_sid, Some(token));
        let exchange = async { Answer::read(request.send().await.map_err(unreachable)?).await };
        let deadline = deadline.min(Instant::now() + PATIENCE);
        let answer = timeout_at(deadline, exchange)
            .await
            .map_err(|_| TwilioError::Deadline)??;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(self.problem(&answer))
    }

    /// What an answer means that is no success.
    fn problem(&self, answer: &Answer) -> TwilioError {
        let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
        match (answer.status, problem) {
            (StatusCode::UNAUTHORIZED, _) => TwilioError::Credentials,
            (StatusCode::TOO_MANY_REQUESTS, _) => TwilioError::TooMany {
                retry_after: answer.retry_after,
            },
            (status, Some(problem)) if status.is_client_error() => TwilioError::Refused {
                code: problem.code,
                message: self.presentable(&problem.message),
            },
            _ => answer.odd("with an error"),
        }
    }

    /// Twilio's words, unless whoever stands in for it repeats what only it should know.
    fn presentable(&self, words: &str) -> String {
        let token = self.settings.auth_token.expose();
        let pair = format!("{}:{token}", self.settings.account_sid);
        let basic = Zeroizing::new(STANDARD.encode(Zeroizing::new(pair).as_bytes()));
        if words.contains(token) || words.contains(basic.as_str()) {
            return "its reason cannot be shown, for it has the auth token in it".to_owned();
        }
        words
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_WORDS)
            .collect()
    }
}

/// The address names the account; nobody needs it twice.
fn unreachable(error: reqwest::Error) -> TwilioError {
    // Where no connection came about, nothing was sent: that leaves no doubt.
    if error.is_timeout() && !error.is_connect() {
        return TwilioError::Deadline;
    }
    TwilioError::Unreachable(error.without_url())
}

struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Answer {
    async fn read(mut response: Response) -> Result<Self, TwilioError> {
        let status = response.status();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let mut answer = Self {
            status,
            retry_after,
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.body.len() + chunk.len() > MAX_ANSWER {
                return Err(answer.odd("more than there could be to say"));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn json<T: DeserializeOwned>(&self) -> Result<T, TwilioError> {
        serde_json::from_slice(&self.body)
            .map_err(|_| self.odd("something other than its API promises"))
    }

    fn odd(&self, what: &'static str) -> TwilioError {
        TwilioError::Answer {
            status: self.status.as_u16(),
            what,
        }
    }
}
