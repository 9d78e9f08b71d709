//! What can be done in a running session.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::Instant;

use super::live::{Live, LiveEvent};
use super::{Debug, Sessions, Shared};
use crate::ports::{Browser, BrowserVersion, Channel, StagedFile};
use crate::{
    Action, Area, Caller, Cookie, DataSpace, Error, Execution, Interaction, Kind, Observation,
    ObserveRequest, Outcome, Result, ScrapeOptions, Screenshot, SessionId, Step, StructuredData,
};

/// Whether a call counts as use of the session, which keeps it from timing out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Counts,
    DoesNot,
}

impl Use {
    fn from_flag(counts: bool) -> Self {
        if counts { Self::Counts } else { Self::DoesNot }
    }
}

impl Sessions {
    /// Does one action. One that does not succeed is an answer too: see [`Outcome`].
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended; `Browser` when the action cannot be tried at all.
    pub async fn execute(
        &self,
        caller: &Caller,
        id: &str,
        action: Action,
        keep_alive: bool,
    ) -> Result<Execution> {
        let deadline = self.shared.deadline();
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        check_possible(&live, &action)?;
        let _turn = live.turn(deadline).await?;

        let started_at = self.shared.clock.now();
        let mut execution = Execution {
            action,
            outcome: Outcome::default(),
            started_at,
            ended_at: started_at,
        };
        let intent = Step::Execution(Box::new(execution.clone()));
        let place = self
            .shared
            .store
            .begin_step(live.id, &intent, started_at)
            .await?;
        let outcome = live
            .while_running(self.shared.carry_out(&live, &execution.action, deadline))
            .await;
        execution.ended_at = self.shared.clock.now();
        // A step that failed as a whole is kept as failed: its effect is known to be none that could be told.
        let (outcome, error) = match outcome {
            Ok(outcome) => (outcome, None),
            Err(error) => (Outcome::failed(error.message()), Some(error)),
        };
        execution.outcome = outcome;
        let step = Step::Execution(Box::new(execution.clone()));
        self.shared
            .store
            .finish_step(live.id, place, &step, None)
            .await?;
        live.tell(LiveEvent::Step(Arc::new(step)));
        live.touch(if keep_alive {
            execution.ended_at
        } else {
            started_at
        });
        error.map_or(Ok(execution), Err)
    }

    /// Looks at the current page.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended; `Browser` when the page cannot be read.
    pub async fn observe(
        &self,
        caller: &Caller,
        id: &str,
        request: &ObserveRequest,
        keep_alive: bool,
    ) -> Result<Observation> {
        let deadline = self.shared.deadline();
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        let _turn = live.turn(deadline).await?;
        let observation = live
            .while_running(live.browser.observe(request, deadline))
            .await?;
        // Blob first, row second.
        let picture = format!("steps/{}/{}.jpg", live.id, uuid::Uuid::now_v7().simple());
        self.shared
            .blobs
            .put(&picture, observation.screenshot.jpeg.clone())
            .await?;
        let step = Step::Observation(Box::new(observation.clone()));
        self.shared
            .store
            .add_step(live.id, &step, Some(&picture), observation.started_at)
            .await?;
        live.tell(LiveEvent::Step(Arc::new(step)));
        Ok(observation)
    }

    /// Reads the current page.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended or the selector is none.
    pub async fn scrape(
        &self,
        caller: &Caller,
        id: &str,
        options: &ScrapeOptions,
        keep_alive: bool,
    ) -> Result<DataSpace> {
        let deadline = self.shared.deadline();
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        let _turn = live.turn(deadline).await?;
        live.while_running(read(&live, options, deadline)).await
    }

    /// A picture of what is in view, drawn on as the session was asked to.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub async fn screenshot(
        &self,
        caller: &Caller,
        id: &str,
        keep_alive: bool,
    ) -> Result<Screenshot> {
        let deadline = self.shared.deadline();
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        let _turn = live.turn(deadline).await?;
        live.while_running(
            live.browser
                .screenshot(live.options.screenshot_type, deadline),
        )
        .await
    }

    /// All cookies of a session.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub async fn cookies(
        &self,
        caller: &Caller,
        id: &str,
        keep_alive: bool,
    ) -> Result<Vec<Cookie>> {
        let deadline = self.shared.deadline();
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        live.while_running(live.browser.cookies(deadline)).await
    }

    /// Adds cookies to a session, all or none.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended; `Invalid` for a cookie that is none.
    pub async fn set_cookies(
        &self,
        caller: &Caller,
        id: &str,
        cookies: &[Cookie],
        keep_alive: bool,
    ) -> Result<()> {
        let deadline = self.shared.deadline();
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        live.while_running(live.browser.set_cookies(cookies, deadline))
            .await
    }

    /// The session's tabs.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub async fn debug(&self, caller: &Caller, id: &str, keep_alive: bool) -> Result<Debug> {
        let live = self
            .shared
            .used(caller, id, Use::from_flag(keep_alive))
            .await?;
        let (tabs, current) = live.while_running(live.browser.tabs()).await?;
        Ok(Debug {
            tabs,
            current,
            notes: live.notes.clone(),
        })
    }

    /// Lets an outside client speak to the session's browser until either is gone. Its messages count as use.
    ///
    /// The caller has checked the token that names the session.
    ///
    /// # Errors
    /// Kind `NotFound` when no such session runs.
    pub async fn serve_client(&self, id: SessionId, channel: Channel) -> Result<()> {
        let live = self.shared.by_token(id)?;
        live.while_running(live.browser.serve_client(channel)).await
    }

    /// Notes that a session is used by an outside client.
    pub fn touch(&self, id: SessionId) {
        if let Some(live) = self.shared.table().get(&id) {
            live.touch(self.shared.clock.now());
        }
    }

    /// What the session's browser says about itself.
    ///
    /// # Errors
    /// Kind `NotFound` when no such session runs.
    pub fn version(&self, id: SessionId) -> Result<BrowserVersion> {
        Ok(self.shared.by_token(id)?.browser.version())
    }

    /// The session's browser, for watching it.
    ///
    /// # Errors
    /// Kind `NotFound` when no such session runs.
    pub fn browser(&self, id: SessionId) -> Result<Arc<dyn Browser>> {
        Ok(Arc::clone(&self.shared.by_token(id)?.browser))
    }

    /// What happens in the session from now on.
    ///
    /// # Errors
    /// Kind `NotFound` when no such session runs.
    pub fn events(&self, id: SessionId) -> Result<broadcast::Receiver<LiveEvent>> {
        Ok(self.shared.by_token(id)?.events.subscribe())
    }
}

impl Shared {
    /// The running session, noted as used if the call counts.
    async fn used(&self, caller: &Caller, id: &str, counts: Use) -> Result<Arc<Live>> {
        let live = self.running(caller.tenant, id).await?;
        if counts == Use::Counts {
            live.touch(self.clock.now());
        }
        Ok(live)
    }

    fn by_token(&self, id: SessionId) -> Result<Arc<Live>> {
        self.table()
            .get(&id)
            .cloned()
            .ok_or_else(|| Error::not_found("Session", id))
    }

    async fn carry_out(&self, live: &Live, action: &Action, deadline: Instant) -> Result<Outcome> {
        match action {
            Action::Wait { time_ms } => {
                let wake = Instant::now() + Duration::from_millis(u64::from(*time_ms));
                tokio::time::sleep_until(wake.min(deadline)).await;
                Ok(Outcome::done(format!("Waited for {time_ms} milliseconds")))
            }
            Action::Help { reason } => Ok(Outcome::unsuccessful(format!(
                "Clarification is needed: {reason}"
            ))),
            Action::Completion { answer, .. } => Ok(Outcome::done(answer.clone())),
            Action::CaptchaSolve { .. } => Ok(Outcome::failed(
                "Captchas cannot be solved: no captcha service is set up on this server",
            )),
            Action::Scrape(options) => match read(live, options, deadline).await {
                Ok(data) => Ok(Outcome::read("Scraped the current page", data)),
                Err(error) if error.kind() == Kind::Refused => Ok(Outcome::failed(error.message())),
                Err(error) => Err(error),
            },
            Action::Interact {
                interaction: Interaction::UploadFile { file_path },
                ..
            } => match self.stage_upload(live, file_path).await? {
                Some(staged) => self.perform(live, action, Some(&staged), deadline).await,
                None => Ok(Outcome::failed(format!(
                    "File '{file_path}' was not found among the uploads: upload it first, then name it without any path"
                ))),
            },
            _ => self.perform(live, action, None, deadline).await,
        }
    }

    async fn perform(
        &self,
        live: &Live,
        action: &Action,
        upload: Option<&StagedFile>,
        deadline: Instant,
    ) -> Result<Outcome> {
        let performed = live.browser.perform(action, upload, deadline).await?;
        let mut outcome = performed.outcome;
        if let Some(file) = &performed.download {
            let name = self.keep_download(live, file).await?;
            outcome.message = format!("Downloaded the file '{name}'");
        }
        Ok(outcome)
    }

    async fn stage_upload(&self, live: &Live, name: &str) -> Result<Option<StagedFile>> {
        let Some(file) = self.store.file(live.tenant, Area::Uploads, name).await? else {
            return Ok(None);
        };
        let bytes = self.files.open(&file).await?;
        live.browser.stage(name, bytes).await.map(Some)
    }
}

/// Refuses what cannot be tried in this session at all.
fn check_possible(live: &Live, action: &Action) -> Result<()> {
    let needs_storage = matches!(
        action,
        Action::Interact {
            interaction: Interaction::UploadFile { .. } | Interaction::DownloadFile,
            ..
        }
    );
    if needs_storage && !live.options.use_file_storage {
        return Err(Error::browser(format!(
            "Action {} needs file storage: start the session with use_file_storage true",
            action.name()
        )));
    }
    if matches!(action, Action::EmailRead { .. } | Action::SmsRead { .. }) {
        return Err(Error::browser(format!(
            "Action {} needs a persona: this session has none, and this server keeps none",
            action.name()
        )));
    }
    Ok(())
}

async fn read(live: &Live, options: &ScrapeOptions, deadline: Instant) -> Result<DataSpace> {
    let mut data = live.browser.scrape(options, deadline).await?;
    if options.response_format.is_some() || options.instructions.is_some() {
        data.structured = Some(StructuredData {
            success: false,
            error: Some(
                "Structured answers need a language model, and none is set up on this server"
                    .to_owned(),
            ),
            data: None,
        });
    }
    Ok(data)
}
