//! Mail that comes in by SMTP and LMTP: the settings, and what may be wrong with them.

use super::check::{Finding, Level};
use super::{LMTP_LISTEN, SMTP_LISTEN, Setting, Settings, Source};
use crate::failed::Failed;
use std::net::ToSocketAddrs;
use std::path::PathBuf;

/// What has to be said together.
const BOTH: &str = "TLS needs both smtp_tls_cert and smtp_tls_key";
/// How this instance presents itself when it has no name.
const NAMELESS: &str = "localhost";

/// The settings of the listener for mail.
#[derive(Debug, Clone)]
pub(crate) struct InboundSettings {
    /// Where SMTP is spoken.
    pub(super) smtp: Setting<Option<String>>,
    /// Where LMTP is spoken.
    pub(super) lmtp: Setting<Option<String>>,
    /// The certificate to offer TLS with.
    pub(super) certificate: Setting<Option<PathBuf>>,
    /// Its key.
    pub(super) key: Setting<Option<PathBuf>>,
    /// Whose word on senders is believed.
    pub(super) auth_server: Setting<Option<String>>,
}

impl InboundSettings {
    /// What working on incoming mail needs to know; `own` is the address of letters.
    pub(crate) fn working(&self, own: Option<String>) -> intake::Options {
        let auth_server = self.auth_server.value.as_ref().map(|name| name.to_lowercase());
        intake::Options { auth_server, ..intake::Options::new(own.into_iter().collect()) }
    }

    /// The listener as the settings want it, if it is to listen anywhere. `public_url` is
    /// that of the instance.
    pub(crate) fn chosen(
        &self,
        public_url: Option<&str>,
    ) -> Result<Option<intake::Listen>, Failed> {
        if self.smtp.value.is_none() && self.lmtp.value.is_none() {
            return Ok(None);
        }
        let tls = match (&self.certificate.value, &self.key.value) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            _ => return Err(Failed::usage(BOTH)),
        };
        let uri = public_url.and_then(|url| url.parse::<axum::http::Uri>().ok());
        let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or(NAMELESS).to_owned();
        Ok(Some(intake::Listen {
            smtp: self.smtp.value.clone(),
            lmtp: self.lmtp.value.clone(),
            tls,
            host,
        }))
    }
}

/// Says what is wrong, without taking the places: a server may listen there.
pub(super) fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let inbound = &settings.inbound;
    let mut say = |level, key, what: String| findings.push(Finding { level, key: Some(key), what });
    for (key, at) in [(SMTP_LISTEN, &inbound.smtp.value), (LMTP_LISTEN, &inbound.lmtp.value)] {
        let Some(at) = at.as_deref().filter(|at| !at.starts_with(['/', '.'])) else { continue };
        if let Err(error) = at.to_socket_addrs() {
            let what =
                format!("`{at}` is not an address with a port such as 127.0.0.1:2525 ({error})");
            say(Level::Error, key, what);
        }
    }
    let tls = [("smtp_tls_cert", &inbound.certificate), ("smtp_tls_key", &inbound.key)];
    let said = tls.iter().find(|(_, setting)| setting.source != Source::Default);
    if let (Some((key, _)), None, None) = (said, &inbound.smtp.value, &inbound.lmtp.value) {
        let what = "means nothing without smtp_listen or lmtp_listen".to_owned();
        return say(Level::Warning, key, what);
    }
    match (&inbound.certificate.value, &inbound.key.value) {
        (Some(certificate), Some(key)) => {
            if let Err(what) = intake::acceptor(certificate, key) {
                say(Level::Error, "smtp_tls_cert", what);
            }
        }
        (None, None) => {}
        _ => say(Level::Error, "smtp_tls_cert", BOTH.to_owned()),
    }
}
