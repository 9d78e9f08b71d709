//! Reading a page in one call: a session that lives as long as the call.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Sessions;
use super::admission::Patience;
use super::call::Call;
use super::page::{act, read};
use crate::services::SessionRequest;
use crate::{Action, Caller, CloseReason, DataSpace, Error, Result, ScrapeOptions, Status};

impl Sessions {
    /// Starts a session, goes to `url`, reads the page, and stops the session whatever happens, also when the caller hangs up.
    /// Going there and reading share the time of one call.
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
        let started = self.shared.start(caller, request, Patience::OfCaller);
        let call = Call {
            live: started.await?.1,
            shared: Arc::clone(&self.shared),
            caller: caller.clone(),
            deadline,
            keep_alive: true,
            actor: None,
        };
        let hung_up = CancellationToken::new();
        let _hangs_up = hung_up.clone().drop_guard();
        self.shared
            .see_through(&self.shared.tasks, async move {
                let result = tokio::select! {
                    result = visit(&call, url, options) => result,
                    () = hung_up.cancelled() => Err(Error::refused("The caller hung up")),
                };
                if let Err(error) = call
                    .shared
                    .end(&call.live, Status::Closed, CloseReason::Manual, None)
                    .await
                {
                    tracing::error!(session = %call.live.id, error = ?error, "cannot note the end of a session");
                }
                result
            })
            .await
    }
}

async fn visit(call: &Call, url: String, options: ScrapeOptions) -> Result<DataSpace> {
    let goto = Action::Goto { url };
    let execution = call.clone().in_turn(|call| act(call, goto)).await?;
    if !execution.outcome.success {
        return Err(Error::browser(execution.outcome.message));
    }
    call.clone()
        .in_turn(|call| async move { call.bounded(read(&call, &options)).await })
        .await
}
