//! HTTPS of our own: the settings, and what may be wrong with them.

use super::check::{Finding, Level};
use super::{Setting, Settings};
use crate::failed::Failed;
use std::path::PathBuf;

/// What has to be said together.
const BOTH: &str = "HTTPS needs both tls_cert and tls_key";
/// What people lack where the instance does not know that they come encrypted.
const NAMELESS: &str = "say public_url, https://…, too: without it letters and pages carry no links, \
    and cookies are not kept for encrypted connections";
const PLAIN: &str = "begins with http://, but with tls_cert only https:// is answered";

/// The settings of HTTPS.
#[derive(Debug, Clone)]
pub(crate) struct TlsSettings {
    /// The certificate that is shown.
    pub(super) certificate: Setting<Option<PathBuf>>,
    /// Its key.
    pub(super) key: Setting<Option<PathBuf>>,
}

impl TlsSettings {
    /// The files of certificate and key, if HTTPS is to be spoken.
    pub(crate) fn chosen(&self) -> Result<Option<(PathBuf, PathBuf)>, Failed> {
        match (&self.certificate.value, &self.key.value) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some((certificate.clone(), key.clone()))),
            _ => Err(Failed::usage(BOTH)),
        }
    }

    /// Whether HTTPS is to be spoken.
    pub(super) fn speaks(&self) -> bool {
        self.certificate.value.is_some() && self.key.value.is_some()
    }
}

/// Says what is wrong.
pub(super) fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let mut say = |level, key, what: &str| {
        findings.push(Finding { level, key: Some(key), what: what.to_owned() })
    };
    match (&settings.tls.certificate.value, &settings.tls.key.value) {
        (None, None) => {}
        (Some(certificate), Some(key)) => {
            if let Err(what) = intake::acceptor(certificate, key) {
                say(Level::Error, "tls_cert", &what);
            }
            match settings.public_url.value.as_deref() {
                None => say(Level::Warning, "tls_cert", NAMELESS),
                Some(url) if url.starts_with("http://") => say(Level::Warning, "public_url", PLAIN),
                Some(_) => {}
            }
        }
        _ => say(Level::Error, "tls_cert", BOTH),
    }
}
