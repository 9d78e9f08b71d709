//! Which model answers, and with whose key.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guise_core::ports::{ChosenModel, Models, TenantModelKeys};
use guise_core::{Error, Kind, Result, Secret, TenantId};
use guise_models::ModelDirectory;
use guise_testmodel::{Reply, TestModel};

use crate::support::{KEY, directory, question, read, soon};

async fn choose(variables: &[(&str, &str)], wish: Option<&str>) -> Result<ChosenModel> {
    directory(variables).choose(TenantId::new(), wish).await
}

async fn refused(variables: &[(&str, &str)], wish: Option<&str>) -> Error {
    choose(variables, wish).await.err().unwrap()
}

#[tokio::test]
async fn without_a_wish_the_operators_own_model_answers() {
    let chosen = choose(
        &[("GUISE_MODEL", "openai/gpt-4o"), ("OPENAI_API_KEY", KEY)],
        None,
    );
    let chosen = chosen.await.unwrap();
    assert_eq!(chosen.model.name(), "openai/gpt-4o");
    assert_eq!(chosen.note, None);
}

#[tokio::test]
async fn a_wish_whose_provider_has_a_key_is_fulfilled() {
    let keys = [
        ("OPENAI_API_KEY", KEY),
        ("ANTHROPIC_API_KEY", KEY),
        ("GEMINI_API_KEY", KEY),
        ("OPENROUTER_API_KEY", KEY),
        ("OLLAMA_HOST", "127.0.0.1"),
        ("GROQ_API_KEY", KEY),
        ("DEEPSEEK_API_KEY", KEY),
        ("CEREBRAS_API_KEY", KEY),
        ("PERPLEXITY_API_KEY", KEY),
        ("TOGETHER_API_KEY", KEY),
        ("MOONSHOT_API_KEY", KEY),
        ("XAI_API_KEY", KEY),
        ("MINIMAX_API_KEY", KEY),
        ("MISTRAL_API_KEY", KEY),
    ];
    // The models that the Notte API names, and some more.
    let wishes = [
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("gemini/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
        ("vertex_ai/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
        ("google/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
        (
            "openrouter/google/gemma-3-27b-it",
            "openrouter/google/gemma-3-27b-it",
        ),
        ("cerebras/gpt-oss-120b", "cerebras/gpt-oss-120b"),
        ("groq/gpt-oss-120b", "groq/gpt-oss-120b"),
        ("perplexity/sonar-pro", "perplexity/sonar-pro"),
        ("deepseek/deepseek-r1", "deepseek/deepseek-r1"),
        (
            "together_ai/meta-llama/llama-3.3-70b-instruct",
            "together_ai/meta-llama/llama-3.3-70b-instruct",
        ),
        (
            "anthropic/claude-sonnet-4-5-20250929",
            "anthropic/claude-sonnet-4-5-20250929",
        ),
        ("moonshot/kimi-k2.5", "moonshot/kimi-k2.5"),
        (
            "xai/grok-4-1-fast-non-reasoning",
            "xai/grok-4-1-fast-non-reasoning",
        ),
        ("minimax/minimax-m2.5", "minimax/minimax-m2.5"),
        ("ollama/qwen3:0.6b", "ollama/qwen3:0.6b"),
        ("mistral/mistral-medium", "mistral/mistral-medium"),
        ("OpenAI/gpt-4o", "openai/gpt-4o"),
        (" openai/gpt-4o ", "openai/gpt-4o"),
    ];
    let directory = directory(&keys);
    for (wish, name) in wishes {
        let chosen = directory.choose(TenantId::new(), Some(wish)).await.unwrap();
        assert_eq!(chosen.model.name(), name);
        assert_eq!(chosen.note, None, "{wish}");
    }
}

#[tokio::test]
async fn without_a_key_the_operators_model_answers_and_the_note_says_so() {
    let own = [("GUISE_MODEL", "openai/gpt-4o"), ("OPENAI_API_KEY", KEY)];
    let expected = [
        (
            "anthropic/claude-x",
            "the wished model anthropic/claude-x has no key here; openai/gpt-4o answers instead; set ANTHROPIC_API_KEY to use it",
        ),
        (
            "vertex_ai/gemini-2.5-flash",
            "the wished model vertex_ai/gemini-2.5-flash has no key here; openai/gpt-4o answers instead; set GEMINI_API_KEY to \
             use it",
        ),
        // What listens on this machine is not a tenant's to decide.
        (
            "ollama/qwen3",
            "the wished model ollama/qwen3 has no key here; openai/gpt-4o answers instead; set OLLAMA_HOST to use it",
        ),
    ];
    for (wish, note) in expected {
        let chosen = choose(&own, Some(wish)).await.unwrap();
        assert_eq!(chosen.model.name(), "openai/gpt-4o");
        assert_eq!(chosen.note.as_deref(), Some(note));
    }
    let note = choose(&own, Some("acme/one")).await.unwrap().note.unwrap();
    let begin = "the wished model acme/one is of no provider that is known here; openai/gpt-4o answers instead; known are openai, ";
    assert!(note.starts_with(begin), "{note}");
}

#[tokio::test]
async fn without_any_model_it_says_what_to_set() {
    let cases = [
        (
            &[][..],
            None,
            "no language model is set up: set GUISE_MODEL",
        ),
        (&[][..], None, "OPENAI_BASE_URL"),
        (
            &[][..],
            Some("anthropic/claude-x"),
            "the wished model anthropic/claude-x has no key here (set ANTHROPIC_API_KEY to use it), and no language model",
        ),
        (
            &[][..],
            Some("acme/one"),
            "is of no provider that is known here",
        ),
        (
            &[("GUISE_MODEL", "anthropic/claude-x")][..],
            None,
            "GUISE_MODEL is anthropic/claude-x, for which there is no key: set ANTHROPIC_API_KEY",
        ),
        (
            &[
                ("GUISE_MODEL", "anthropic/claude-x"),
                ("OPENAI_API_KEY", KEY),
            ][..],
            Some("groq/gpt-oss-120b"),
            "set GROQ_API_KEY to use it), and GUISE_MODEL is anthropic/claude-x",
        ),
    ];
    for (variables, wish, expected) in cases {
        let error = refused(variables, wish).await;
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_wish_of_another_form_is_invalid() {
    let variables = [("GUISE_MODEL", "openai/gpt-4o"), ("OPENAI_API_KEY", KEY)];
    let long = format!("openai/{}", "x".repeat(300));
    let wishes = [
        "",
        " ",
        "gpt-4o",
        "/gpt-4o",
        "openai/",
        "open ai/x",
        "openai/a\nb",
        "openai/\0",
        &long,
    ];
    for wish in wishes {
        let error = refused(&variables, Some(wish)).await;
        assert_eq!(error.kind(), Kind::Invalid, "{wish:?}");
        assert!(
            error.message().contains("expected provider/model"),
            "{error}"
        );
        let shown = format!("{:?}", wish.chars().take(80).collect::<String>());
        assert!(error.message().contains(&shown), "{error}");
        assert_eq!(error.violations().len(), 1);
    }
}

#[tokio::test]
async fn a_server_of_the_operators_own_needs_no_key() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let variables = [
        ("OPENAI_BASE_URL", provider.openai_url()),
        ("OLLAMA_HOST", provider.url()),
    ];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    for wish in ["openai/local", "ollama/local"] {
        let chosen = choose(&variables, Some(wish)).await.unwrap();
        let answer = chosen.model.ask(&question("Hello"), soon()).await.unwrap();
        assert_eq!(answer.text, "Hi");
        assert_eq!(
            provider.last_request().unwrap().header("authorization"),
            None
        );
    }
}

#[tokio::test]
async fn ollama_on_this_machine_is_there_when_the_operator_names_it() {
    let chosen = choose(&[("GUISE_MODEL", "ollama/qwen3")], None)
        .await
        .unwrap();
    assert_eq!(chosen.model.name(), "ollama/qwen3");
}

/// One tenant's key, for Anthropic.
struct Brought {
    tenant: TenantId,
    key: String,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl TenantModelKeys for Brought {
    async fn key(&self, tenant: TenantId, provider: &str) -> Result<Option<Secret>> {
        self.asked.lock().unwrap().push(provider.to_owned());
        let fits = tenant == self.tenant && provider == "anthropic";
        Ok(fits.then(|| Secret::new(self.key.clone())))
    }
}

fn with_brought(key: &str, variables: &[(&str, &str)]) -> (TenantId, Arc<Brought>, ModelDirectory) {
    let tenant = TenantId::new();
    let brought = Arc::new(Brought {
        tenant,
        key: key.to_owned(),
        asked: Mutex::default(),
    });
    let settings = read(variables).unwrap();
    let keys: Arc<dyn TenantModelKeys> = Arc::<Brought>::clone(&brought);
    let directory = ModelDirectory::new(settings, Some(keys)).unwrap();
    (tenant, brought, directory)
}

#[tokio::test]
async fn a_tenants_own_key_comes_first_and_goes_to_its_provider_only() {
    let theirs = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let others = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let (theirs_url, others_url) = (theirs.url(), others.openai_url());
    let (tenant, brought, directory) = with_brought(
        "brought-key",
        &[
            ("GUISE_MODEL", "openai/gpt-4o"),
            ("OPENAI_BASE_URL", &others_url),
            ("OPENAI_API_KEY", KEY),
            ("ANTHROPIC_BASE_URL", &theirs_url),
            ("ANTHROPIC_API_KEY", KEY),
        ],
    );
    for (asker, wish, expected) in [
        (tenant, "anthropic/claude-x", "brought-key"),
        (TenantId::new(), "anthropic/claude-x", KEY),
    ] {
        let model = directory.choose(asker, Some(wish)).await.unwrap().model;
        model.ask(&question("Hello"), soon()).await.unwrap();
        let request = theirs.last_request().unwrap();
        assert_eq!(request.header("x-api-key"), Some(expected));
    }
    let model = directory.choose(tenant, None).await.unwrap().model;
    model.ask(&question("Hello"), soon()).await.unwrap();
    let request = others.last_request().unwrap();
    assert!(!format!("{request:?}").contains("brought-key"));
    // Whatever the wish calls the provider, its key is kept under one name.
    directory
        .choose(tenant, Some("vertex_ai/gemini-x"))
        .await
        .unwrap();
    assert_eq!(
        *brought.asked.lock().unwrap(),
        ["anthropic", "anthropic", "openai", "gemini", "openai"]
    );
}

#[tokio::test]
async fn a_tenants_own_key_is_enough() {
    let (tenant, _, directory) = with_brought("brought-key", &[]);
    let chosen = directory
        .choose(tenant, Some("anthropic/claude-x"))
        .await
        .unwrap();
    assert_eq!(chosen.model.name(), "anthropic/claude-x");
    let other = directory
        .choose(TenantId::new(), Some("anthropic/claude-x"))
        .await;
    assert_eq!(other.err().unwrap().kind(), Kind::Refused);
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_refused_and_not_shown() {
    let (tenant, _, directory) = with_brought("brought\nkey", &[]);
    let error = directory
        .choose(tenant, Some("anthropic/claude-x"))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(
        error.message().contains("your own key for anthropic"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("brought"), "{error:?}");
}
