//! Reading a page in one call: a session that lives as long as the call.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::Sessions;
use super::admission::Patience;
use super::call::Call;
use super::lifecycle::Own;
use super::page::{act, read};
use crate::ports::EndReason;
use crate::services::SessionRequest;
use crate::{Action, Caller, CloseReason, DataSpace, Error, Kind, Result, ScrapeOptions, Status};

/// How soon after a failure that comes of a browser's death its death is known.
const KNOWN: Duration = Duration::from_secs(1);

impl Sessions {
    /// Starts a session, goes to `url`, reads the page, and stops the session whatever happens, also when the caller hangs up.
    /// Going there and reading share the time of one call. On a full machine half of it is spent waiting.
    ///
    /// The browser may be one in which the tenant reads other pages, too. When it dies under them, this one is read once more, in
    /// a browser of its own.
    ///
    /// # Errors
    /// As [`Sessions::start`] and [`Sessions::scrape`]; kind `Browser` with the reason when the page cannot be reached.
    pub async fn one_shot(
        &self,
        caller: &Caller,
        request: SessionRequest,
        url: String,
        options: ScrapeOptions,
    ) -> Result<DataSpace> {
        let deadline = self.shared.deadline();
        let wish = (&request, url.as_str(), &options);
        match self.read_in(Own::Context, caller, wish, deadline).await? {
            Read::Said(data) => Ok(*data),
            Read::BrowserDied(_) => match self.read_in(Own::Browser, caller, wish, deadline).await?
            {
                Read::Said(data) => Ok(*data),
                Read::BrowserDied(error) => Err(error),
            },
        }
    }

    async fn read_in(
        &self,
        own: Own,
        caller: &Caller,
        (request, url, options): (&SessionRequest, &str, &ScrapeOptions),
        deadline: Instant,
    ) -> Result<Read> {
        let patience = Patience::Until(deadline - self.shared.settings.call / 2);
        let started = self
            .shared
            .start(caller, request.clone(), patience, own)
            .await?;
        let call = Call {
            live: started.1,
            shared: Arc::clone(&self.shared),
            caller: caller.clone(),
            deadline,
            keep_alive: true,
            actor: None,
        };
        let (url, options) = (url.to_owned(), options.clone());
        let hung_up = CancellationToken::new();
        let _hangs_up = hung_up.clone().drop_guard();
        self.shared
            .see_through(&self.shared.tasks, async move {
                let result = tokio::select! {
                    result = visit(&call, url, options) => result,
                    () = hung_up.cancelled() => Err(Error::refused("The caller hung up")),
                };
                let died = match &result {
                    Err(error) => died(&call, error).await,
                    Ok(_) => false,
                };
                if let Err(error) = call
                    .shared
                    .end(&call.live, Status::Closed, CloseReason::Manual, None)
                    .await
                {
                    tracing::error!(session = %call.live.id, error = ?error, "cannot note the end of a session");
                }
                match result {
                    Err(error) if died => Ok(Read::BrowserDied(error)),
                    result => result?.map(|data| Read::Said(Box::new(data))),
                }
            })
            .await
    }
}

/// What came of reading a page.
enum Read {
    Said(Box<DataSpace>),
    /// It was not read, because the browser died.
    BrowserDied(Error),
}

/// Whether a page was not read because the browser died.
async fn died(call: &Call, error: &Error) -> bool {
    let possible = error.kind() == Kind::Browser || call.live.ended.is_cancelled();
    let ended = timeout(KNOWN, call.live.browser.ended());
    possible && matches!(ended.await, Ok(EndReason::Died(_)))
}

/// Goes to a page and reads it. The inner error says that it cannot be reached.
async fn visit(call: &Call, url: String, options: ScrapeOptions) -> Result<Result<DataSpace>> {
    let goto = Action::Goto { url };
    let execution = call.clone().in_turn(|call| act(call, goto)).await?;
    if !execution.outcome.success {
        return Ok(Err(Error::browser(execution.outcome.message)));
    }
    let read = call
        .clone()
        .in_turn(|call| async move { call.bounded(read(&call, &options)).await });
    Ok(Ok(read.await?))
}
