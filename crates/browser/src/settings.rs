//! Applying a session's options to one target.

use guise_cdp::protocol::emulation::{SetDeviceMetricsOverride, SetFocusEmulationEnabled};
use guise_cdp::protocol::network::{self, SetExtraHttpHeaders};
use guise_cdp::{Error, Session};
use tokio::time::Instant;

use crate::host::Settings;
use crate::targets::Kind;
use crate::user_agent;

/// Sends what applies to a target of that kind. All of it is queued at the first poll, before anything that is queued later.
///
/// A worker takes the user agent only: Chromium does not add extra headers to what workers fetch.
pub(crate) async fn apply(
    session: &Session,
    kind: Kind,
    settings: &Settings,
    deadline: Instant,
) -> Result<(), Error> {
    let agent = async {
        match &settings.user_agent {
            Some(agent) if kind != Kind::Other => {
                let command = user_agent::override_for(agent);
                session.call(&command, deadline).await.map(drop)
            }
            _ => Ok(()),
        }
    };
    let viewport = async {
        match settings.viewport {
            Some(viewport) if kind == Kind::Page => {
                let (width, height) = (i64::from(viewport.width), i64::from(viewport.height));
                let command = SetDeviceMetricsOverride {
                    width,
                    height,
                    device_scale_factor: 1.0,
                    mobile: false,
                    screen_width: Some(width),
                    screen_height: Some(height),
                };
                session.call(&command, deadline).await.map(drop)
            }
            _ => Ok(()),
        }
    };
    let headers = async {
        if settings.extra_headers.is_empty() || !matches!(kind, Kind::Page | Kind::Frame) {
            return Ok(());
        }
        let command = SetExtraHttpHeaders {
            headers: settings.extra_headers.clone(),
        };
        // Headers are only added while the network agent is on.
        let enable = network_events();
        let (enabled, set) = tokio::join!(
            session.call(&enable, deadline),
            session.call(&command, deadline)
        );
        enabled.and(set).map(drop)
    };
    let focus = async {
        if kind != Kind::Page {
            return Ok(());
        }
        // A tab behind another one must take keys like the one in front.
        let command = SetFocusEmulationEnabled { enabled: true };
        session.call(&command, deadline).await.map(drop)
    };
    let (agent, viewport, headers, focus) = tokio::join!(agent, viewport, headers, focus);
    agent.and(viewport).and(headers).and(focus)
}

/// Turns the network agent on, without any body kept.
pub(crate) fn network_events() -> network::Enable {
    network::Enable {
        max_total_buffer_size: Some(0),
        max_resource_buffer_size: Some(0),
        max_post_data_size: Some(0),
    }
}
