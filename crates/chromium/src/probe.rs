//! A real start, to see that this machine can run a browser as it should.

use std::{fs, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, interval, timeout_at},
};

use crate::{Browser, Confinement, Error, Launcher, Pipes, Spec, procfs};

/// What a probe learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The browser's answer to `Browser.getVersion`, as JSON.
    pub answer: String,
    /// From the order to start until that answer.
    pub first_answer: Duration,
    /// What holds it in from outside.
    pub confinement: Confinement,
    /// How many renderers there were; all of them have seccomp filters of Chromium's, or the probe fails.
    pub renderers: usize,
}

/// Starts a browser, asks its version over the pipe, opens a page, checks that every renderer runs behind seccomp
/// filters of Chromium's, and ends it.
///
/// # Errors
/// Those of [`Launcher::launch`] and [`Browser::end`]; [`Error::Probe`] with the end of the browser's standard error when
/// it gives no sensible answer, or when a renderer is not sandboxed.
pub async fn probe(launcher: &Launcher, spec: Spec, deadline: Instant) -> Result<Probe, Error> {
    let started = Instant::now();
    let browser = launcher.launch(spec, deadline).await?;
    let examined = examine(&browser, started, deadline).await;
    let ended = browser.end(Duration::ZERO, deadline).await;
    let mut examined = examined;
    if let Err(Error::Probe(problem)) = &mut examined {
        let exit = browser.exited().await?;
        if !exit.stderr.is_empty() {
            problem.push_str("; it wrote: ");
            problem.push_str(&exit.stderr);
        }
    }
    ended.and(examined)
}

async fn examine(browser: &Browser, started: Instant, deadline: Instant) -> Result<Probe, Error> {
    let mut pipes = browser.take_pipes()?;
    let answer = ask(&mut pipes, 1, r#""method":"Browser.getVersion""#, deadline).await?;
    let first_answer = started.elapsed();
    ask(
        &mut pipes,
        2,
        r#""method":"Target.createTarget","params":{"url":"about:blank"}"#,
        deadline,
    )
    .await?;
    Ok(Probe {
        answer,
        first_answer,
        confinement: browser.confinement(),
        renderers: filtered_renderers(browser, deadline).await?,
    })
}

/// How many renderers there are, once all of them run behind a filter of Chromium's. A renderer puts it up itself, a
/// moment after its start, and the kernel tells nobody of it.
async fn filtered_renderers(browser: &Browser, deadline: Instant) -> Result<usize, Error> {
    let mut look = interval(Duration::from_millis(10));
    let ours = u32::from(browser.confinement().seccomp);
    loop {
        look.tick().await;
        let filters = renderer_filters(browser)?;
        if !filters.is_empty() && filters.iter().all(|count| *count > ours) {
            return Ok(filters.len());
        }
        if Instant::now() >= deadline {
            return Err(Error::Probe(format!(
                "its renderers have {filters:?} seccomp filters, but at least one with more than {ours} was expected"
            )));
        }
    }
}

/// One question and its answer; events in between are passed over.
async fn ask(
    pipes: &mut Pipes,
    id: u32,
    question: &str,
    deadline: Instant,
) -> Result<String, Error> {
    let gone = |error: std::io::Error| Error::Probe(format!("its pipe broke: {error}"));
    let message = format!("{{\"id\":{id},{question}}}\0");
    timeout_at(deadline, pipes.writer.write_all(message.as_bytes()))
        .await
        .map_err(|_| Error::Probe("it does not read its pipe".to_owned()))?
        .map_err(gone)?;
    let start = format!("{{\"id\":{id},");
    let mut received = Vec::new();
    loop {
        let read = timeout_at(deadline, pipes.reader.read_buf(&mut received))
            .await
            .map_err(|_| Error::Probe("it gave no answer before the deadline".to_owned()))?
            .map_err(gone)?;
        if read == 0 {
            return Err(Error::Probe("it closed its pipe".to_owned()));
        }
        while let Some(end) = received.iter().position(|byte| *byte == 0) {
            let message: Vec<u8> = received.drain(..=end).take(end).collect();
            let message = String::from_utf8_lossy(&message).into_owned();
            if message.starts_with(&start) {
                if message.contains(r#""error":{"#) {
                    return Err(Error::Probe(format!("it refused a command: {message}")));
                }
                return Ok(message);
            }
        }
    }
}

/// How many filters of system calls each renderer has.
fn renderer_filters(browser: &Browser) -> Result<Vec<u32>, Error> {
    let session = browser.pid().cast_signed();
    let processes = procfs::processes().map_err(Error::system("look through /proc"))?;
    Ok(processes
        .iter()
        .filter(|entry| entry.session == session && !entry.zombie)
        .filter_map(|entry| {
            let folder = format!("/proc/{}", entry.pid.as_raw_nonzero());
            let arguments = fs::read(format!("{folder}/cmdline")).ok()?;
            String::from_utf8_lossy(&arguments)
                .split(['\0', ' '])
                .any(|argument| argument == "--type=renderer")
                .then_some(())?;
            filters(&fs::read_to_string(format!("{folder}/status")).ok()?)
        })
        .collect())
}

/// The number of filters in a process's status (`proc_pid_status(5)`). Before Linux 5.9 there is only the mode, from which
/// ours cannot be told apart.
fn filters(status: &str) -> Option<u32> {
    let field = |name: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim().parse::<u32>().ok()
    };
    field("Seccomp_filters:").or_else(|| field("Seccomp:"))
}

#[cfg(test)]
mod tests {
    use super::filters;

    #[test]
    fn filters_are_counted_where_the_kernel_does() {
        let status = "Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(filters(status), Some(3));
        assert_eq!(filters("Name:\tx\nSeccomp:\t2\n"), Some(2));
        assert_eq!(filters("Name:\tx\n"), None);
    }
}
