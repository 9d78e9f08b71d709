//! Removing what an earlier run left behind.

use std::{collections::HashSet, fs, os::unix::fs::MetadataExt};

use tokio::{task::spawn_blocking, time::Instant};

use crate::{
    Error,
    cull::{Bearers, Mark, cull},
    residue,
    runtime::{self, Instance},
    uid::{Uids, subfolders},
};

/// What a sweep found and removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Processes killed, crash handlers and X servers included.
    pub processes: usize,
    /// Browser folders removed.
    pub folders: usize,
}

/// Kills all processes of earlier runs of this instance and removes their folders.
///
/// As root a folder names the uid by its group, and the uid names the processes; where folders are gone, processes of
/// the range are known by their folder's path in the command line or environment. A uid that another server holds by
/// now has none of our processes: who takes a uid makes sure of that. Without root the path alone decides.
pub(crate) async fn sweep(
    instance: &Instance,
    uids: Option<&Uids>,
    deadline: Instant,
) -> Result<Swept, Error> {
    let folders = subfolders(instance.folder())?;
    let mut held = Vec::new();
    let bearers = match uids {
        None => Bearers::Uid(rustix::process::geteuid().as_raw()),
        Some(uids) => {
            let mut foreign = HashSet::new();
            for folder in &folders {
                let uid = fs::symlink_metadata(folder)
                    .map_err(Error::folder("read", folder))?
                    .gid();
                // A start that was cut off before the folder was given away leaves group 0.
                if uid == 0
                    || held
                        .iter()
                        .any(|lease: &crate::uid::Lease| lease.uid == uid)
                {
                    continue;
                }
                match uids.claim(uid)? {
                    Some(lease) => held.push(lease),
                    None => {
                        foreign.insert(uid);
                    }
                }
            }
            Bearers::Range {
                range: uids.range(),
                foreign,
            }
        }
    };
    let processes = cull(
        Mark {
            uids: held.iter().map(|lease| lease.uid).collect(),
            sessions: Vec::new(),
            path: instance.mark(),
            bearers,
        },
        deadline,
    )
    .await?;
    let swept = Swept {
        processes,
        folders: folders.len(),
    };
    spawn_blocking(move || {
        for folder in &folders {
            runtime::remove(folder)?;
        }
        held.iter().try_for_each(|lease| residue::remove(lease.uid))
    })
    .await
    .map_err(|error| Error::Leftover(error.to_string()))??;
    Ok(swept)
}
