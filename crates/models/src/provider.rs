//! Who provides models, where, and by which protocol.

use crate::protocol::Protocol;

/// A provider of models.
#[derive(Debug)]
pub struct Provider {
    /// What it is called in the names of models.
    pub name: &'static str,
    /// What else it is called there.
    pub aliases: &'static [&'static str],
    /// The variables that its key may come in; the first one that is set counts.
    pub key_variables: &'static [&'static str],
    /// The variables that its base address may come in; likewise.
    pub base_url_variables: &'static [&'static str],
    /// Its own base address.
    pub base_url: &'static str,
    /// Whether it is a program of the operator's own, which needs no key.
    pub keyless: bool,
    pub(crate) protocol: Protocol,
}

impl Provider {
    /// The provider that is called `name`, in letters of either case.
    pub fn find(name: &str) -> Option<&'static Self> {
        PROVIDERS.iter().find(|provider| {
            let mut names = std::iter::once(&provider.name).chain(provider.aliases);
            names.any(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// All of them.
    pub fn all() -> &'static [Self] {
        PROVIDERS
    }

    /// What to set so that it answers.
    pub(crate) fn remedy(&self) -> &'static str {
        let variables = if self.keyless {
            self.base_url_variables
        } else {
            self.key_variables
        };
        variables.first().copied().unwrap_or_default()
    }
}

/// The names of all, for messages.
pub(crate) fn known() -> String {
    let names: Vec<_> = PROVIDERS.iter().map(|provider| provider.name).collect();
    names.join(", ")
}

/// One that speaks OpenAI's protocol.
const fn like_openai(
    name: &'static str,
    aliases: &'static [&'static str],
    key_variables: &'static [&'static str],
    base_url_variables: &'static [&'static str],
    base_url: &'static str,
) -> Provider {
    Provider {
        name,
        aliases,
        key_variables,
        base_url_variables,
        base_url,
        keyless: false,
        protocol: Protocol::OpenAi,
    }
}

/// Base addresses come from each provider's own documentation of its API.
static PROVIDERS: &[Provider] = &[
    like_openai(
        "openai",
        &[],
        &["OPENAI_API_KEY"],
        &["OPENAI_BASE_URL"],
        "https://api.openai.com/v1",
    ),
    Provider {
        name: "anthropic",
        aliases: &[],
        key_variables: &["ANTHROPIC_API_KEY"],
        base_url_variables: &["ANTHROPIC_BASE_URL"],
        base_url: "https://api.anthropic.com",
        keyless: false,
        protocol: Protocol::Anthropic,
    },
    Provider {
        name: "gemini",
        // Vertex serves the same models; here Gemini's own API answers for it.
        aliases: &["google", "vertex_ai"],
        key_variables: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        base_url_variables: &["GEMINI_BASE_URL"],
        base_url: "https://generativelanguage.googleapis.com",
        keyless: false,
        protocol: Protocol::Gemini,
    },
    like_openai(
        "openrouter",
        &[],
        &["OPENROUTER_API_KEY"],
        &["OPENROUTER_BASE_URL"],
        "https://openrouter.ai/api/v1",
    ),
    Provider {
        name: "ollama",
        aliases: &[],
        key_variables: &["OLLAMA_API_KEY"],
        base_url_variables: &["OLLAMA_HOST"],
        base_url: "http://127.0.0.1:11434",
        keyless: true,
        protocol: Protocol::Ollama,
    },
    like_openai(
        "groq",
        &[],
        &["GROQ_API_KEY"],
        &["GROQ_BASE_URL"],
        "https://api.groq.com/openai/v1",
    ),
    like_openai(
        "deepseek",
        &[],
        &["DEEPSEEK_API_KEY"],
        &["DEEPSEEK_BASE_URL"],
        "https://api.deepseek.com/v1",
    ),
    like_openai(
        "mistral",
        &[],
        &["MISTRAL_API_KEY"],
        &["MISTRAL_BASE_URL"],
        "https://api.mistral.ai/v1",
    ),
    like_openai(
        "xai",
        &[],
        &["XAI_API_KEY"],
        &["XAI_BASE_URL"],
        "https://api.x.ai/v1",
    ),
    like_openai(
        "cerebras",
        &[],
        &["CEREBRAS_API_KEY"],
        &["CEREBRAS_BASE_URL"],
        "https://api.cerebras.ai/v1",
    ),
    like_openai(
        "perplexity",
        &[],
        &["PERPLEXITY_API_KEY"],
        &["PERPLEXITY_BASE_URL"],
        "https://api.perplexity.ai",
    ),
    like_openai(
        "together_ai",
        &["together"],
        &["TOGETHER_API_KEY", "TOGETHERAI_API_KEY"],
        &["TOGETHER_BASE_URL"],
        "https://api.together.xyz/v1",
    ),
    like_openai(
        "moonshot",
        &[],
        &["MOONSHOT_API_KEY"],
        &["MOONSHOT_BASE_URL"],
        "https://api.moonshot.ai/v1",
    ),
    like_openai(
        "minimax",
        &[],
        &["MINIMAX_API_KEY"],
        &["MINIMAX_BASE_URL"],
        "https://api.minimax.io/v1",
    ),
];
