//! A tenant's own keys for providers of models: an addition to the Notte API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key for a provider of models.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ModelKey)]
pub struct ModelKeyBody {
    /// The key, as the provider gave it. It is never shown again.
    #[schema(write_only, format = "password")]
    pub key: String,
}

/// For which providers the tenant has brought a key.
#[derive(Serialize, ToSchema)]
#[schema(as = ModelKeyList)]
pub struct ModelKeyListBody {
    /// Their names, in alphabetical order.
    pub providers: Vec<&'static str>,
}

/// What became of a key.
#[derive(Serialize, ToSchema)]
#[schema(as = ModelKeyStatus)]
pub struct ModelKeyStatusBody {
    /// Whose key it is.
    pub provider: &'static str,
    /// `saved` or `deleted`.
    pub status: &'static str,
}
