#![doc = include_str!("../README.md")]
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use guise_testmodel::{Reply, TestModel};
//!
//! let provider = TestModel::start().await?;
//! provider.push(Reply::call("click", serde_json::json!({"id": "B1"})));
//! provider.push(Reply::text("Done."));
//! println!("ask {} twice", provider.openai_url());
//! provider.until_requests(2).await;
//! assert_eq!(provider.requests()[0].at("/messages/0/role"), "system");
//! # Ok(())
//! # }
//! ```

mod body;
mod control;
mod protocol;
mod record;
mod reply;
mod script;
mod server;

pub use protocol::Protocol;
pub use record::RecordedRequest;
pub use reply::{Flood, Reply};
pub use server::TestModel;
