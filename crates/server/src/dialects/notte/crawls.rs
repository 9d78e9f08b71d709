//! Reading whole sites: an addition to the Notte API.

use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use guise_core::services::CrawlRequest;
use guise_core::{Caller, Error};
use serde::Serialize;
use tokio::sync::mpsc;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::crawl::{CrawlBody, CrawlPage, CrawlRequestBody, CrawledPageBody, CrawledPages};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// An answer with contents has no more of them, in bytes, than this and the last one.
const MOST_CONTENT: usize = 16 * 1024 * 1024;

/// How many addresses one answer, or one look for a listener, has at most, and where the caller does not say.
const MOST: u64 = 100;
const USUAL: u64 = 20;

/// Events that wait for a listener who is slow.
const WAITING: usize = 32;

/// Begins to read a site: its first page, what that links to, what its sitemaps list, and so on. It goes on in the background, also
/// after a restart of the server. Pages are read by HTTP where that says it all, else in a browser.
#[utoipa::path(post, path = "/crawl", tag = "crawl", operation_id = "crawl_start",
    request_body = CrawlRequestBody,
    responses(
        (status = 200, description = "It has begun.", body = CrawlBody),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 429, description = "The tenant has as many crawls under way as it may.", body = ErrorResponse),
        (status = 529, description = "Too many crawls are under way.", body = ErrorResponse),
    ))]
pub(super) async fn crawl_start(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<CrawlRequestBody>,
) -> Result<Json<CrawlBody>, Failure> {
    let request = CrawlRequest::from(request);
    Ok(Json(app.crawls.start(&caller, request).await?.into()))
}

/// Lists the tenant's crawls, newest first.
#[utoipa::path(get, path = "/crawl", tag = "crawl", operation_id = "crawl_list",
    params(
        ("page" = Option<u32>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "1 to 100; 10 when absent."),
        ("only_active" = Option<bool>, Query, description = "Only those that are under way; false when absent."),
    ),
    responses((status = 200, description = "A page of the list.", body = CrawlPage)))]
pub(super) async fn crawl_list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Json<CrawlPage>, Failure> {
    let page = query.page()?;
    let only_active = query.flag("only_active", false)?;
    Ok(Json(
        app.crawls.list(&caller, only_active, page).await?.into(),
    ))
}

/// How far a crawl came.
#[utoipa::path(get, path = "/crawl/{crawl_id}", tag = "crawl", operation_id = "crawl_status",
    params(("crawl_id" = String, Path, description = "The crawl.")),
    responses(
        (status = 200, description = "The crawl.", body = CrawlBody),
        (status = 404, description = "No such crawl.", body = ErrorResponse),
    ))]
pub(super) async fn crawl_status(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<CrawlBody>, Failure> {
    Ok(Json(app.crawls.get(&caller, &id).await?.into()))
}

/// Stops a crawl. What it read stays; one that has ended stays as it is.
#[utoipa::path(delete, path = "/crawl/{crawl_id}", tag = "crawl", operation_id = "crawl_stop",
    params(("crawl_id" = String, Path, description = "The crawl.")),
    responses(
        (status = 200, description = "The crawl as it is now.", body = CrawlBody),
        (status = 404, description = "No such crawl.", body = ErrorResponse),
    ))]
pub(super) async fn crawl_stop(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<CrawlBody>, Failure> {
    Ok(Json(app.crawls.stop(&caller, &id).await?.into()))
}

/// What a crawl is done with so far, with what the pages say.
#[utoipa::path(get, path = "/crawl/{crawl_id}/pages", tag = "crawl", operation_id = "crawl_pages",
    params(
        ("crawl_id" = String, Path, description = "The crawl."),
        ("after" = Option<u64>, Query, description = "Only what comes after this number; 0 when absent."),
        ("limit" = Option<u64>, Query, description = "At most so many, 1 to 100; 20 when absent."),
        ("content" = Option<bool>, Query, description = "With what the pages say; true when absent."),
    ),
    responses(
        (status = 200, description = "The addresses, and what became of them.", body = CrawledPages),
        (status = 404, description = "No such crawl.", body = ErrorResponse),
    ))]
pub(super) async fn crawl_pages(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<CrawledPages>, Failure> {
    let after = query
        .within("after", 0..=i64::MAX.unsigned_abs())?
        .unwrap_or(0);
    let limit = query.within("limit", 1..=MOST)?.unwrap_or(USUAL);
    let with_content = query.flag("content", true)?;
    let crawl = app.crawls.get(&caller, &id).await?;
    let mut pages = app.crawls.pages(&crawl, after, limit + 1).await?;
    let more = pages.len() as u64 > limit;
    pages.truncate(usize::try_from(limit).unwrap_or_default());
    let mut items = Vec::with_capacity(pages.len());
    let mut told = 0;
    for page in pages {
        let content = match with_content && told < MOST_CONTENT {
            true => app.crawls.content(&page).await?,
            false => None,
        };
        let mut body = CrawledPageBody::from(page);
        if let Some(content) = content {
            told += content.len();
            body.markdown = Some(String::from_utf8_lossy(&content).into_owned());
        }
        items.push(body);
    }
    let last = items.last().map(|page| page.number);
    Ok(Json(CrawledPages {
        items,
        next: last.filter(|_| more),
    }))
}

/// Tells what a crawl is done with as it happens, as server-sent events: `page` with the number of the page as its id and a
/// `CrawledPage` without content, from the first on or from the one after `Last-Event-ID` or `after`; at the end `end` with the
/// `Crawl`. A stream that ends without it can be taken up again.
#[utoipa::path(get, path = "/crawl/{crawl_id}/events", tag = "crawl", operation_id = "crawl_events",
    params(
        ("crawl_id" = String, Path, description = "The crawl."),
        ("after" = Option<u64>, Query, description = "Only what comes after this number; 0 when absent."),
        ("Last-Event-ID" = Option<String>, Header, description = "The same, as browsers say it; it counts before `after`."),
    ),
    responses(
        (status = 200, description = "The events.", content_type = "text/event-stream", body = String),
        (status = 404, description = "No such crawl.", body = ErrorResponse),
    ))]
pub(super) async fn crawl_events(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Failure> {
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let after = query.within("after", 0..=i64::MAX.unsigned_abs())?;
    let after = last.or(after).unwrap_or(0);
    // Whether it is there is said by the status.
    app.crawls.get(&caller, &id).await?;
    let (events, told) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let stopping = app.stopping.clone();
        tokio::select! {
            () = stopping.cancelled() => {}
            () = events.closed() => {}
            result = tell(&app, &caller, &id, after, &events) => if let Err(error) = result {
                tracing::warn!(crawl = id, error = ?error, "cannot tell what a crawl does");
            },
        }
    });
    let stream = futures_util::stream::unfold(told, |mut told| async move {
        told.recv().await.map(|event| (Ok(event), told))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

async fn tell(
    app: &App,
    caller: &Caller,
    id: &str,
    mut after: u64,
    events: &mpsc::Sender<Event>,
) -> Result<(), Error> {
    loop {
        // Listening first: what happens after the look at the record is heard. The end is looked for before the pages: it comes last.
        let crawl = app.crawls.get(caller, id).await?;
        let progress = app.crawls.progress(crawl.id);
        let crawl = match progress {
            Some(_) => crawl,
            None => app.crawls.get(caller, id).await?,
        };
        loop {
            let pages = app.crawls.pages(&crawl, after, MOST).await?;
            let Some(last) = pages.last() else {
                break;
            };
            after = last.number;
            for page in pages {
                let number = page.number.to_string();
                let event = event("page", &CrawledPageBody::from(page))?.id(number);
                if events.send(event).await.is_err() {
                    return Ok(());
                }
            }
        }
        if crawl.end.is_some() {
            // Who is gone needs no end.
            let _ = events.send(event("end", &CrawlBody::from(crawl))?).await;
            return Ok(());
        }
        let Some(mut progress) = progress else {
            // Nobody works on it: the server is sealed, or another one does.
            return Ok(());
        };
        // An end closes it.
        let _ = progress.wait_for(|number| *number > after).await;
    }
}

fn event(name: &str, data: &impl Serialize) -> Result<Event, Error> {
    let event = Event::default().event(name);
    event
        .json_data(data)
        .map_err(|error| Error::internal("writing an event", error))
}
