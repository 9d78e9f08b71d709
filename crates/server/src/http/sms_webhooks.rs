//! Text messages that come in: from Twilio, or from any gateway that has a key or signs as Standard Webhooks says.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use guise_core::{Error, InboundSms, Kind, Scope, TenantId};
use guise_phone::{Refusal, sms, standard_webhooks, twilio};

use super::caller;
use crate::app::App;
use crate::dialects::notte::Failure;

/// Takes a message from Twilio, which signs with the account's own token.
pub async fn from_twilio(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let account = app.twilio.as_ref().ok_or_else(|| {
        let message = "No Twilio account is configured: set phone_provider to twilio";
        Error::new(Kind::Unconfigured, message)
    })?;
    let public = app
        .settings
        .public_url
        .as_ref()
        .map_or("", |url| url.as_str());
    let url = format!("{}{uri}", public.trim_end_matches('/'));
    let params = twilio::Params::read(&body);
    let signature = text(&headers, "x-twilio-signature");
    account
        .verify(&url, &params, signature)
        .map_err(|refusal| refused(&refusal))?;
    let message = twilio::message(&params, app.now()).map_err(|refusal| refused(&refusal))?;
    keep(&app, None, message).await
}

/// Takes a message from a gateway: with an API key it may be for numbers of the key's tenant, signed with the secret of
/// the configuration for any.
pub async fn from_gateway(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let signed = standard_webhooks::Headers {
        id: text(&headers, "webhook-id"),
        timestamp: text(&headers, "webhook-timestamp"),
        signatures: text(&headers, "webhook-signature"),
    };
    let tenant = match (caller::presented(&headers), &app.sms_webhook_secret) {
        (Some(key), _) => {
            let caller = app.recognise(key).await?;
            caller::allow(&caller, Scope::Personas)?;
            Some(caller.tenant)
        }
        (None, Some(secret)) => {
            standard_webhooks::verify(secret, signed, &body, app.now())
                .map_err(|refusal| refused(&refusal))?;
            None
        }
        (None, None) => return Err(caller::missing().into()),
    };
    // Without an id of either kind a repeated message would count as another one, which loses nothing.
    let unnamed = uuid::Uuid::now_v7().to_string();
    let id = if signed.id.is_empty() {
        &unnamed
    } else {
        signed.id
    };
    let message = sms::read(&body, id, app.now()).map_err(|refusal| refused(&refusal))?;
    keep(&app, tenant, message).await
}

/// A message that came before is fine: gateways send again when they did not hear the answer.
async fn keep(
    app: &App,
    tenant: Option<TenantId>,
    message: InboundSms,
) -> Result<StatusCode, Failure> {
    let found = guise_inbox::find_in_text(&message.body);
    let codes = found.codes.into_iter().map(|code| code.value).collect();
    app.inbox.receive_sms(tenant, message, codes).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(refusal: &Refusal) -> Error {
    let kind = if refusal.is_about_the_sender() {
        Kind::Unauthenticated
    } else {
        Kind::Refused
    };
    Error::new(kind, refusal.to_string())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
