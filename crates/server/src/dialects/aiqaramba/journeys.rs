//! Journeys.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::{Error, JourneyId, ProjectId};

use super::error::{Failure, Message};
use super::extract::{Body, Change, Cursor, id};
use super::wire::{JourneyBody, JourneyList, JourneyUpdate, NewJourney};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;
use crate::http::query::{self, Query};

/// Makes a journey.
#[utoipa::path(post, path = "/api/v1/journeys", tag = "journeys", operation_id = "journey_create",
    request_body = NewJourney,
    responses(
        (status = 201, description = "The journey.", body = JourneyBody),
        (status = 400, description = "A member is missing or wrong, or names what is not there.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NewJourney>,
) -> Result<(StatusCode, Json<JourneyBody>), Failure> {
    let journey = app.journeys.create(&caller, request.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(journey.into())))
}

/// Lists the tenant's journeys, newest first.
#[utoipa::path(get, path = "/api/v1/journeys", tag = "journeys", operation_id = "journey_list",
    params(
        ("project_id" = Option<String>, Query, description = "Only those of this project."),
        ("project" = Option<String>, Query, description = "Another name of `project_id`."),
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = JourneyList),
        (status = 400, description = "A parameter is wrong.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
    cursor: Cursor<JourneyId>,
) -> Result<Json<JourneyList>, Failure> {
    let (journeys, more) = app
        .journeys
        .list_after(&caller, project(&query)?, cursor.after, cursor.limit)
        .await?;
    let last = journeys.last().map(|journey| journey.id.to_string());
    Ok(Json(JourneyList {
        journeys: journeys.into_iter().map(Into::into).collect(),
        next_cursor: last.filter(|_| more),
    }))
}

/// The project that a list is asked of.
pub(super) fn project(query: &Query) -> Result<Option<ProjectId>, Error> {
    id_in_query(query, ["project", "project_id"])
}

/// What a list is asked of. The API's own lists name projects in both ways (contract §7), and so all is named in both.
pub(super) fn id_in_query<T: FromStr + PartialEq>(
    query: &Query,
    names: [&str; 2],
) -> Result<Option<T>, Error> {
    let mut asked = None;
    for name in names {
        let Some(text) = query.text(name).filter(|text| !text.is_empty()) else {
            continue;
        };
        let found: T = text
            .parse()
            .map_err(|_| query::invalid(name, "uuid_parsing", text, "a UUID"))?;
        if asked.as_ref().is_some_and(|other| *other != found) {
            let [one, other] = names;
            let message = format!("Invalid query parameters: {one} and {other} are different");
            return Err(Error::invalid_member(
                &["query", one],
                "value_error",
                message,
            ));
        }
        asked = Some(found);
    }
    Ok(asked)
}

/// A journey.
#[utoipa::path(get, path = "/api/v1/journeys/{id}", tag = "journeys", operation_id = "journey_get",
    params(("id" = String, Path, description = "The journey.")),
    responses(
        (status = 200, description = "The journey.", body = JourneyBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such journey.", body = Message),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<JourneyBody>, Failure> {
    let journey = app.journeys.get(&caller, id("journey", &text)?).await?;
    Ok(Json(journey.into()))
}

/// Changes a journey; what is absent stays, and null removes what may be absent.
#[utoipa::path(method(patch, put), path = "/api/v1/journeys/{id}", tag = "journeys", operation_id = "journey_change",
    params(("id" = String, Path, description = "The journey.")),
    request_body = JourneyUpdate,
    responses(
        (status = 200, description = "The journey.", body = JourneyBody),
        (status = 400, description = "The id is no UUID, or a member is wrong or names what is not there.", body = Message),
        (status = 404, description = "No such journey.", body = Message),
    ))]
pub(super) async fn change(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    Change(request): Change<JourneyUpdate>,
) -> Result<Json<JourneyBody>, Failure> {
    let id = id("journey", &text)?;
    let journey = app
        .journeys
        .change(&caller, id, request.try_into()?)
        .await?;
    Ok(Json(journey.into()))
}

/// Deletes a journey.
#[utoipa::path(delete, path = "/api/v1/journeys/{id}", tag = "journeys", operation_id = "journey_delete",
    params(("id" = String, Path, description = "The journey.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such journey.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<StatusCode, Failure> {
    app.journeys.close(&caller, id("journey", &text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
