//! What can be done in a running session.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::Instant;

use super::call::Call;
use super::live::{Live, LiveEvent};
use super::look::look;
use super::{Debug, Sessions, Shared};
use crate::ports::{
    Browser, BrowserVersion, Channel, DownloadedFile, ExtractionWish, RunTool, Scraped, StagedFile,
};
use crate::services::Correspondence;
use crate::{
    Action, Area, Caller, Cookie, DataSpace, Error, Execution, Interaction, Kind, Observation,
    ObserveRequest, Outcome, PageContent, Result, ScrapeOptions, Screenshot, SessionId, Step,
    TenantId,
};

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
        let call = self.call(caller, id, keep_alive).await?;
        check_possible(&call, &action)?;
        call.in_turn(|call| act(call, action)).await
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
        let request = request.clone();
        let call = self.call(caller, id, keep_alive).await?;
        call.in_turn(|call| observe(call, request)).await
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
        let options = options.clone();
        let call = self.call(caller, id, keep_alive).await?;
        call.in_turn(|call| async move { call.bounded(read(&call, &options)).await })
            .await
    }

    /// Adds the data that the options ask for to a page that was read without a session.
    pub async fn with_data(
        &self,
        caller: &Caller,
        read: PageContent,
        options: &ScrapeOptions,
    ) -> DataSpace {
        let deadline = self.shared.deadline();
        with_data(&self.shared, caller.tenant, read, options, None, deadline).await
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
        let call = self.call(caller, id, keep_alive).await?;
        call.in_turn(|call| async move {
            let kind = call.live.options.screenshot_type;
            let picture = call.live.browser.screenshot(kind, call.deadline);
            call.bounded(picture).await
        })
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
        let call = self.call(caller, id, keep_alive).await?;
        call.bounded(call.live.browser.cookies(call.deadline)).await
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
        let call = self.call(caller, id, keep_alive).await?;
        call.bounded(call.live.browser.set_cookies(cookies, call.deadline))
            .await
    }

    /// The session's tabs.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub async fn debug(&self, caller: &Caller, id: &str, keep_alive: bool) -> Result<Debug> {
        let call = self.call(caller, id, keep_alive).await?;
        let (tabs, current) = call.bounded(call.live.browser.tabs()).await?;
        Ok(Debug {
            tabs,
            current,
            notes: call.live.notes.clone(),
        })
    }

    /// Lets an outside client speak to the session's browser until either is gone. Its messages count as use. `reveals` says
    /// whether it may read secrets.
    ///
    /// The caller has checked the token that names the session.
    ///
    /// # Errors
    /// Kind `NotFound` when no such session runs, `Refused` while a page holds a secret that the client may not read.
    pub async fn serve_client(&self, id: SessionId, channel: Channel, reveals: bool) -> Result<()> {
        let live = self.shared.by_token(id)?;
        live.while_running(live.browser.serve_client(channel, reveals))
            .await
    }

    /// Whether a page of the session holds a secret, so that only those may look into it who may read secrets.
    ///
    /// # Errors
    /// Kind `NotFound` when no such session runs.
    pub fn secrets_live(&self, id: SessionId) -> Result<bool> {
        Ok(self.shared.by_token(id)?.browser.secrets_live())
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
    fn by_token(&self, id: SessionId) -> Result<Arc<Live>> {
        self.table()
            .get(&id)
            .cloned()
            .ok_or_else(|| Error::not_found("Session", id))
    }
}

/// Does one action in the session's turn: the intent is noted, then its effect happens, then what became of it is noted.
pub(super) async fn act(call: Call, action: Action) -> Result<Execution> {
    let Call { shared, live, .. } = &call;
    let started_at = shared.clock.now();
    let mut execution = Execution {
        action,
        outcome: Outcome::default(),
        started_at,
        ended_at: started_at,
    };
    let intent = Step::Execution(Box::new(call.kept(execution.clone())));
    let place = call.place();
    let store = &shared.store;
    if execution.action.is_safe() {
        store
            .begin_step_in_haste(place, &intent, started_at)
            .await?;
    } else {
        store.begin_step(place, &intent, started_at).await?;
    }
    let outcome = call.bounded(carry_out(&call, &execution.action)).await;
    execution.ended_at = shared.clock.now();
    // A step that failed as a whole is kept as failed: its effect is known to be none that could be told.
    let (outcome, error) = match outcome {
        Ok(outcome) => (outcome, None),
        Err(error) => (Outcome::failed(error.message()), Some(error)),
    };
    execution.outcome = outcome;
    let step = Step::Execution(Box::new(call.kept(execution.clone())));
    shared
        .store
        .finish_step(live.id, place.sequence, &step, None)
        .await?;
    live.tell(LiveEvent::Step(Arc::new(step)));
    error.map_or(Ok(execution), Err)
}

pub(super) async fn observe(call: Call, request: ObserveRequest) -> Result<Observation> {
    let Call { shared, live, .. } = &call;
    let observation = call.bounded(look(&call, &request)).await?;
    // Blob first, row second. An observation has no effect that must be known of: neither waits for the disk.
    let picture = format!("steps/{}/{}.jpg", live.id, uuid::Uuid::now_v7().simple());
    let jpeg = observation.screenshot.jpeg.clone();
    shared.blobs.put_in_haste(&picture, jpeg).await?;
    let step = Step::Observation(Box::new(observation.clone()));
    let added = shared
        .store
        .add_step(call.place(), &step, Some(&picture), observation.started_at)
        .await;
    if let Err(error) = added {
        if let Err(error) = shared.blobs.delete(&picture).await {
            tracing::warn!(session = %live.id, error = ?error, "a picture stays behind that no step names");
        }
        return Err(error);
    }
    live.tell(LiveEvent::Step(Arc::new(step)));
    Ok(observation)
}

async fn carry_out(call: &Call, action: &Action) -> Result<Outcome> {
    match action {
        Action::Wait { time_ms } => {
            let wake = Instant::now() + Duration::from_millis(u64::from(*time_ms));
            if call.deadline < wake {
                return Ok(Outcome::failed(format!(
                    "Cannot wait for {time_ms} milliseconds: the calls before this one left it less time; try again"
                )));
            }
            tokio::time::sleep_until(wake).await;
            Ok(Outcome::done(format!("Waited for {time_ms} milliseconds")))
        }
        Action::Help { reason } => Ok(Outcome::unsuccessful(format!(
            "Clarification is needed: {reason}"
        ))),
        Action::Completion { answer, .. } => Ok(Outcome::done(answer.clone())),
        Action::CaptchaSolve { .. } => Ok(Outcome::failed(
            "Captchas cannot be solved: no captcha service is set up on this server",
        )),
        Action::Scrape(options) => match read(call, options).await {
            Ok(data) => Ok(Outcome::read("Scraped the current page", data)),
            Err(error) if error.kind() == Kind::Refused => Ok(Outcome::failed(error.message())),
            Err(error) => Err(error),
        },
        action if action.reads_messages() => match correspondence(call) {
            Some(messages) => {
                messages
                    .read(action, call.shared.clock.now(), call.deadline)
                    .await
            }
            None => Ok(Outcome::failed(
                "There is no persona whose messages could be read",
            )),
        },
        Action::Tool { name, arguments } => match tool(call, name) {
            Some(tool) => {
                let purse = call.actor.as_ref().and_then(|it| it.purse.as_ref());
                let placeholders = purse.map(|purse| &purse.placeholders);
                let now = call.shared.clock.now();
                tool.call(arguments, placeholders, now, call.deadline).await
            }
            None => Ok(Outcome::failed(no_tool(name))),
        },
        Action::Interact {
            interaction: Interaction::UploadFile { file_path },
            ..
        } => upload(call, action, file_path).await,
        _ => perform(call, action, None).await,
    }
}

fn correspondence(call: &Call) -> Option<&Correspondence> {
    call.actor.as_ref()?.correspondence.as_deref()
}

fn tool<'c>(call: &'c Call, name: &str) -> Option<&'c dyn RunTool> {
    let tools = &call.actor.as_ref()?.tools;
    let found = tools.iter().find(|tool| tool.describe().name == name);
    found.map(|tool| &**tool)
}

fn no_tool(name: &str) -> String {
    format!("There is no tool '{name}': only an agent that was given it can call it")
}

async fn perform(call: &Call, action: &Action, upload: Option<&StagedFile>) -> Result<Outcome> {
    let consent = call.consent();
    if let Some(outcome) = consent.to_commit(call, action).await? {
        return Ok(outcome);
    }
    let browser = &call.live.browser;
    let secrets = call.secrets(&consent);
    let performed = browser
        .perform(action, upload, Some(&secrets), call.deadline)
        .await?;
    let mut outcome = consent.told(performed.outcome);
    if let Some(file) = &performed.download {
        match call.shared.keep_download(&call.live, file).await {
            Ok(name) => outcome.message = format!("Downloaded the file '{name}'"),
            Err(error) if error.kind() == Kind::TooLarge => {
                outcome = Outcome::failed(error.message());
            }
            Err(error) => return Err(error),
        }
    }
    // Whatever else became of it.
    consent.tell_held(&mut outcome, call.deadline).await;
    Ok(outcome)
}

async fn upload(call: &Call, action: &Action, name: &str) -> Result<Outcome> {
    let Call { shared, live, .. } = call;
    let not_found = || {
        Outcome::failed(format!(
            "File '{name}' was not found among the uploads: upload it first, then name it without any path, or by its file_id as the list of \
             uploads, or that of the session's downloads, has it"
        ))
    };
    let assignment = live.options.assignment;
    let file = shared
        .files
        .to_give(live.tenant, live.id, assignment, name)
        .await?;
    let Some(file) = file else {
        return Ok(not_found());
    };
    let name = file.name.as_str();
    if let Some(outcome) = call.consent().to_upload(call, action, name).await? {
        return Ok(outcome);
    }
    let bytes = match shared.files.open(&file).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == Kind::NotFound => return Ok(not_found()),
        Err(error) => return Err(error),
    };
    let staged = live.browser.stage(name, bytes).await?;
    perform(call, action, Some(&staged)).await
}

/// Refuses what cannot be tried in this session at all.
pub(super) fn check_possible(call: &Call, action: &Action) -> Result<()> {
    let needs_storage = matches!(
        action,
        Action::Interact {
            interaction: Interaction::UploadFile { .. } | Interaction::DownloadFile,
            ..
        }
    );
    if needs_storage && !call.live.options.use_file_storage {
        return Err(Error::browser(format!(
            "Action {} needs file storage: start the session with use_file_storage true",
            action.name()
        )));
    }
    if action.reads_messages() && correspondence(call).is_none() {
        return Err(Error::browser(format!(
            "Action {} needs a persona: only an agent that was started with a persona_id can do it",
            action.name()
        )));
    }
    if let Action::Tool { name, .. } = action
        && tool(call, name).is_none()
    {
        return Err(Error::browser(no_tool(name)));
    }
    Ok(())
}

/// Reads the current page in the session's turn.
pub(super) async fn read(call: &Call, options: &ScrapeOptions) -> Result<DataSpace> {
    let read = match call.live.browser.scrape(options, call.deadline).await? {
        Scraped::Page(read) => *read,
        Scraped::Pdf(file) => read_pdf(call, &file, options).await?,
    };
    if !options.wants_data() {
        return Ok(read.data);
    }
    // Before a model reads it.
    let read = call.live.gate.clean(read);
    let (shared, tenant) = (&call.shared, call.live.tenant);
    let actor = call.actor.as_ref();
    let model = actor.and_then(|actor| actor.model.as_deref());
    Ok(with_data(shared, tenant, read, options, model, call.deadline).await)
}

/// Reads a PDF from where the session's downloads are kept.
async fn read_pdf(
    call: &Call,
    file: &DownloadedFile,
    options: &ScrapeOptions,
) -> Result<PageContent> {
    let (shared, live) = (&call.shared, &call.live);
    if !live.options.use_file_storage {
        return Err(Error::refused(
            "This tab is at a PDF, which is read from its download: start the session with use_file_storage true",
        ));
    }
    let name = shared.keep_download(live, file).await?;
    let area = Area::Downloads(live.id);
    let kept = shared.files.get(live.tenant, area, &name).await?;
    let bytes = shared.files.open(&kept).await?;
    let read = shared.pdfs.read(bytes, &file.url, options, call.deadline);
    read.await
}

/// Adds the data that is asked for to what was read; `model` is asked where the wish names none.
async fn with_data(
    shared: &Shared,
    tenant: TenantId,
    read: PageContent,
    options: &ScrapeOptions,
    model: Option<&str>,
    deadline: Instant,
) -> DataSpace {
    let PageContent { mut data, facts } = read;
    if options.wants_data() {
        let wish = ExtractionWish {
            markdown: &data.markdown,
            schema: options.response_format.as_ref(),
            instructions: options.instructions.as_deref(),
            model: options.model.as_deref().or(model),
            facts: facts.as_ref(),
            placeholders: Some(&data.link_placeholders),
        };
        data.structured = Some(shared.extractor.extract(tenant, wish, deadline).await);
    }
    data
}
