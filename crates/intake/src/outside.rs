//! Requests to programs elsewhere: sources that are asked what they know, and Amazon's servers that
//! confirm and prove. Bounded in size and time, only to addresses that the guard of webhooks let
//! pass, and nobody is followed elsewhere.

use desk::Desk;
use futures_util::future::BoxFuture;
use kernel::Outward;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long all of a request may take: less than SNS waits for our own answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Where.
    pub url: String,
    /// What is said about who asks.
    pub authorization: Option<String>,
    /// Bytes of an answer at most; a longer one is none.
    pub bytes: u64,
}

/// Whoever asks programs elsewhere with GET.
pub trait Outside: Send + Sync + 'static {
    /// The answer, or in words why there is none.
    fn ask(&self, question: Question) -> BoxFuture<'static, Result<Answer, String>>;
}

/// Asks nobody.
pub struct Nobody;

impl Outside for Nobody {
    fn ask(&self, _: Question) -> BoxFuture<'static, Result<Answer, String>> {
        Box::pin(async { Err("nobody elsewhere is asked".to_owned()) })
    }
}

/// Asks whom the guard lets be asked.
pub struct Guarded {
    desk: Desk,
    /// Certificates in DER that are trusted beside those of this machine.
    trusted: Arc<[Vec<u8>]>,
}

impl Guarded {
    /// One with the guard of this desk.
    pub fn by(desk: Desk) -> Self {
        Guarded { desk, trusted: Arc::default() }
    }

    /// The same trusting these certificates in DER, too, and whom they signed.
    #[must_use]
    pub fn trusting(self, certificates: Vec<Vec<u8>>) -> Self {
        Guarded { trusted: certificates.into(), ..self }
    }
}

impl Outside for Guarded {
    fn ask(&self, question: Question) -> BoxFuture<'static, Result<Answer, String>> {
        let (desk, own) = (self.desk.clone(), self.trusted.clone());
        Box::pin(async move {
            let to: Outward = question
                .url
                .parse()
                .map_err(|rule: kernel::Invalid| format!("the address {rule}"))?;
            let addresses = desk.reach(&to).await.map_err(|wrong| wrong.to_string())?;
            let asked = desk::on_a_thread(move || get(&to, addresses, &own, &question));
            asked.await.map_err(|_| "asking failed".to_owned())?
        })
    }
}

/// The addresses that were let pass, whatever the name leads to by now.
#[derive(Debug)]
struct LetPass(Vec<SocketAddr>);

impl Resolver for LetPass {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut found = self.empty();
        // The guard gives sixteen at most, which is what there is room for.
        for address in self.0.iter().take(16) {
            found.push(*address);
        }
        match found.is_empty() {
            true => Err(ureq::Error::HostNotFound),
            false => Ok(found),
        }
    }
}

fn get(
    to: &Outward,
    addresses: Vec<SocketAddr>,
    own: &[Vec<u8>],
    question: &Question,
) -> Result<Answer, String> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent("evenkeel")
        .timeout_global(Some(ANSWER_WITHIN));
    let config = if to.encrypted { config.tls_config(trusted(own)) } else { config };
    let agent = Agent::with_parts(config.build(), DefaultConnector::default(), LetPass(addresses));
    let mut request = agent.get(to.to_string());
    if let Some(authorization) = &question.authorization {
        request = request.header("authorization", authorization.as_str());
    }
    let failed = |error: ureq::Error| error.to_string();
    let mut answer = request.call().map_err(failed)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(question.bytes).read_to_vec();
    Ok(Answer { status, body: body.map_err(failed)? })
}

/// Trusts whom this machine trusts, so that an authority of the house counts, and these.
fn trusted(own: &[Vec<u8>]) -> TlsConfig {
    let known = rustls_native_certs::load_native_certs().certs;
    let known = known.iter().map(|certificate| &**certificate);
    let known = known.chain(own.iter().map(Vec::as_slice));
    let known = known.map(|certificate| Certificate::from_der(certificate).to_owned());
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::from(known))
        .build()
}
