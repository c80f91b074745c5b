//! HTTPS of our own: the certificate that is shown, read again when its files change.

use crate::failed::Failed;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at. Certificates are renewed days before they end.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// A certificate and its key, as they are shown to whoever connects. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Certificate(Arc<Inner>);

struct Inner {
    certificate: PathBuf,
    key: PathBuf,
    shown: RwLock<TlsAcceptor>,
    /// What was in the files when they were last looked at.
    seen: RwLock<Option<Seen>>,
}

type Seen = (Vec<u8>, Vec<u8>);

impl Certificate {
    /// Reads the files.
    pub(crate) fn read((certificate, key): (PathBuf, PathBuf)) -> Result<Certificate, Failed> {
        let seen = contents(&certificate, &key).ok();
        let acceptor = intake::acceptor(&certificate, &key).map_err(Failed::new)?;
        let (shown, seen) = (RwLock::new(acceptor), RwLock::new(seen));
        Ok(Certificate(Arc::new(Inner { certificate, key, shown, seen })))
    }

    /// What takes connections now.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.0.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the files again and again; never ends by itself.
    pub(super) async fn keep_fresh(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let own = self.clone();
            if let Err(error) = desk::on_a_thread(move || own.look()).await {
                tracing::error!(%error, "the certificate could not be looked at");
            }
        }
    }

    /// Reads the files again if there is something else in them. What cannot be used is told
    /// once, and the certificate before stays: it may be that only one file is written yet.
    fn look(&self) {
        let Inner { certificate, key, shown, seen } = &*self.0;
        let found = match contents(certificate, key) {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::warn!(%error, "certificate or key cannot be read; the one before stays");
                return;
            }
        };
        if *seen.read().unwrap_or_else(PoisonError::into_inner) == found {
            return;
        }
        match intake::acceptor(certificate, key) {
            Ok(acceptor) => {
                *shown.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
                tracing::info!("the certificate was read again");
            }
            Err(why) => {
                tracing::warn!(why, "the new certificate is of no use; the one before stays")
            }
        }
        *seen.write().unwrap_or_else(PoisonError::into_inner) = found;
    }
}

fn contents(certificate: &PathBuf, key: &PathBuf) -> std::io::Result<Seen> {
    Ok((std::fs::read(certificate)?, std::fs::read(key)?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::path::Path;

    const GIVEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../notify/tests/tls");

    fn given(name: &str) -> String {
        std::fs::read_to_string(Path::new(GIVEN).join(name)).unwrap()
    }

    /// A certificate that no test changes.
    pub(in crate::serve) fn certificate() -> Certificate {
        let files = (Path::new(GIVEN).join("host.pem"), Path::new(GIVEN).join("key.pem"));
        Certificate::read(files).unwrap()
    }

    #[test]
    fn a_new_certificate_is_shown_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&cert, given("host.pem")).unwrap();
        std::fs::write(&key, given("key.pem")).unwrap();
        let shown = Certificate::read((cert.clone(), key.clone())).unwrap();
        let at_first = shown.acceptor().config().clone();
        let is_as_before = || Arc::ptr_eq(shown.acceptor().config(), &at_first);
        shown.look();
        assert!(is_as_before(), "nothing changed");
        std::fs::write(&cert, "half a certificate").unwrap();
        shown.look();
        assert!(is_as_before(), "it is of no use");
        std::fs::remove_file(&cert).unwrap();
        shown.look();
        assert!(is_as_before(), "it is gone");
        std::fs::write(&cert, given("host.pem") + &given("authority.pem")).unwrap();
        shown.look();
        assert!(!is_as_before(), "it is a new one");
        assert!(Certificate::read((key, cert)).is_err(), "they were swapped");
    }
}
