//! Why a webhook is not taken.

/// Why a webhook is not taken. What came in is not repeated in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is signed by nobody we know, or was changed on the way.
    #[error(
        "the signature is not valid: check that both sides have the same secret, and that the address is exactly the one \
         that was called"
    )]
    Signature,
    /// The time of its sending is too far from now; perhaps it was recorded and is sent again.
    #[error(
        "the webhook was sent {seconds} seconds {direction}: expected at most 300; check the clocks of both sides"
    )]
    Time {
        /// How many.
        seconds: u64,
        /// Before or after now.
        direction: &'static str,
    },
    /// A header that it needs is missing or has an impossible form.
    #[error("the header {name} is wrong: expected {expected}")]
    Header {
        /// Which header.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The secret that it is to be checked with is none.
    #[error(
        "the webhook secret is wrong: expected whsec_ and 24 to 64 random bytes in base64, such as from: \
         echo whsec_$(openssl rand -base64 32)"
    )]
    Secret,
    /// It is genuine but not a text message as it should be.
    #[error("this is no text message: {member} {problem}")]
    Content {
        /// Which member or parameter.
        member: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl Refusal {
    /// Whether it is a matter of who sent it (401 or 403), not of what it says (400 or 422).
    pub fn is_about_the_sender(&self) -> bool {
        !matches!(self, Self::Content { .. } | Self::Secret)
    }

    pub(crate) fn content(member: &'static str, problem: impl Into<String>) -> Self {
        Self::Content {
            member,
            problem: problem.into(),
        }
    }
}
