//! Tokens to sign in with, from whoever gives them (RFC 6749, section 6).

use super::Failed;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use store::directory::integrations::{Oauth, Secrets};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long it may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Bytes of an answer.
const ANSWER_BYTES: u64 = 65_536;
/// Characters of what is told about one that helps nobody.
const WORDS_CHARS: usize = 200;

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// A fresh token; and what the next one is asked for with, where that is another secret.
pub(super) async fn fresh(
    oauth: Oauth,
    secrets: Secrets,
) -> Result<(String, Option<String>), Failed> {
    let known = secrets.refresh_token.clone();
    let asked = desk::on_a_thread(move || ask(&oauth, &secrets)).await;
    let answer = asked.map_err(|_| Failed("asking for a token failed".to_owned()))??;
    let renewed = answer.refresh_token.filter(|new| known.as_ref() != Some(new));
    Ok((answer.access_token, renewed))
}

fn ask(oauth: &Oauth, secrets: &Secrets) -> Result<Answer, Failed> {
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("client_id", oauth.client_id.as_str()),
        ("refresh_token", secrets.refresh_token.as_deref().unwrap_or_default()),
    ];
    form.extend(secrets.client_secret.as_deref().map(|secret| ("client_secret", secret)));
    form.extend(oauth.scope.as_deref().map(|scope| ("scope", scope)));
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent("evenkeel")
        .timeout_global(Some(ANSWER_WITHIN));
    let config = match oauth.token_url.starts_with("http://") {
        true => config,
        false => config.tls_config(trusted()),
    };
    let failed = |error: ureq::Error| Failed(format!("asking for a token: {error}"));
    let mut answer =
        config.build().new_agent().post(&oauth.token_url).send_form(form).map_err(failed)?;
    let status = answer.status();
    let text =
        answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_string().map_err(failed)?;
    if status.is_success() {
        return serde_json::from_str(&text)
            .map_err(|_| Failed("asking for a token: the answer holds none".to_owned()));
    }
    let words = match serde_json::from_str::<Refusal>(&text) {
        Ok(refusal) => {
            format!("{} {}", refusal.error, refusal.error_description.unwrap_or_default())
        }
        Err(_) => status.to_string(),
    };
    let words: String = words.trim().chars().take(WORDS_CHARS).collect();
    Err(Failed(format!("asking for a token: {words}")))
}

fn trusted() -> TlsConfig {
    let known = rustls_native_certs::load_native_certs().certs;
    let known = known.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::from(known))
        .build()
}
