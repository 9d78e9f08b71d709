//! The OpenAPI document of each dialect, made from the very routes that are served.

use utoipa::openapi::OpenApi;

use crate::dialects::aiqaramba::{self, Message};
use crate::dialects::evalstudio::{self, ErrorText, FrameworkError};
use crate::dialects::notte::{self, ErrorResponse, ValidationErrorResponse};
use crate::openapi::{Refusals, finish, require_key, require_nothing, tell_put_from_patch};

/// The Notte API.
pub fn notte() -> OpenApi {
    let (_, mut document) = notte::sessions().split_for_parts();
    let (_, identity) = notte::identity().split_for_parts();
    document.merge(identity);
    let (_, approvals) = notte::approvals().split_for_parts();
    document.merge(approvals);
    let refusals = Refusals::new::<ErrorResponse>()
        .with::<ValidationErrorResponse>("422", "A parameter is wrong.")
        .with_bodies::<ErrorResponse>();
    require_key(&mut document, &refusals);
    let (_, mut public) = notte::public().split_for_parts();
    require_nothing(&mut public);
    document.merge(public);
    finish(
        &mut document,
        "Guise: Notte API",
        "Browser sessions, pages, files, personas and vaults as the official Notte clients speak them.",
    );
    document
}

/// The AIQaramba API.
pub fn aiqaramba() -> OpenApi {
    let (_, mut document) = aiqaramba::protected().split_for_parts();
    tell_put_from_patch(&mut document);
    let refusals = Refusals::new::<Message>()
        .with::<Message>("400", "A parameter is wrong.")
        .with_bodies::<Message>();
    require_key(&mut document, &refusals);
    finish(
        &mut document,
        "Guise: AIQaramba API",
        "A tenant's personas with their keychains and inboxes, mailboxes, roles, projects, journeys and agents.",
    );
    document
}

/// The EvalStudio API.
pub fn evalstudio() -> OpenApi {
    let (_, mut document) = evalstudio::protected().split_for_parts();
    let refusals = Refusals::new::<ErrorText>()
        .with::<FrameworkError>("400", "The address or the body cannot be read.")
        .with::<FrameworkError>("413", "The body is too large.")
        .with::<FrameworkError>("415", "The body has another media type.");
    require_key(&mut document, &refusals);
    finish(
        &mut document,
        "Guise: EvalStudio API",
        "Projects and their personas.",
    );
    document
}

/// All of them in one.
pub fn whole() -> OpenApi {
    let mut document = notte();
    document.merge(aiqaramba());
    document.merge(evalstudio());
    finish(
        &mut document,
        "Guise",
        "Everything that this server speaks: the Notte, AIQaramba and EvalStudio APIs.",
    );
    document
}
