//! How a connection to PostgreSQL is protected: `sslmode` and `sslrootcert` of its URL.
//!
//! `disable`, `prefer` (the default) and `require` mean what they mean to
//! PostgreSQL's own programs: with the last two the line is encrypted, but whoever
//! answers is believed. `verify-full` checks the server's certificate and name against
//! the certificates in the file `sslrootcert`.

use crate::Failure;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What the URL says about protection, and the URL without what only we understand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Protection {
    pub(super) url: String,
    /// The file of certificates to trust; without one whoever answers is believed.
    roots: Option<String>,
}

impl Protection {
    /// Reads the URL.
    pub(super) fn of(url: &str) -> Result<Self, Failure> {
        let Some((address, query)) = url.split_once('?') else {
            return Ok(Protection { url: url.to_owned(), roots: None });
        };
        let (mut kept, mut roots, mut verify) = (Vec::new(), None, false);
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslrootcert", file)) => {
                    roots = Some(file.replace("%2F", "/").replace("%20", " "))
                }
                Some(("sslmode", "verify-full" | "verify-ca")) => {
                    verify = true;
                    kept.push("sslmode=require");
                }
                _ => kept.push(pair),
            }
        }
        if verify && roots.is_none() {
            let words = "sslmode=verify-full needs sslrootcert=FILE, the certificates to trust, in PEM form";
            return Err(Failure::Unusable(words.into()));
        }
        Ok(Protection { url: format!("{address}?{}", kept.join("&")), roots })
    }

    /// Makes encrypted connections.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, Failure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::Unusable(format!("TLS cannot be set up: {error}")))?;
        let config = match &self.roots {
            Some(file) => builder.with_root_certificates(read_roots(file)?).with_no_client_auth(),
            None => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
                .with_no_client_auth(),
        };
        Ok(MakeRustlsConnect::new(config))
    }
}

fn read_roots(file: &str) -> Result<RootCertStore, Failure> {
    let unusable = |error: &dyn std::fmt::Display| {
        Failure::Unusable(format!("the certificates in {file} cannot be read: {error}"))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))? {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() {
        return Err(unusable(&"it holds none"));
    }
    Ok(roots)
}

/// Believes any certificate, but checks that its owner is the one who answers.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_whom_to_believe() {
        let plain = Protection::of("postgres://db/desk?sslmode=require&connect_timeout=3").unwrap();
        assert_eq!(plain.url, "postgres://db/desk?sslmode=require&connect_timeout=3");
        assert_eq!(plain.roots, None);
        assert!(plain.connector().is_ok());
        let verified =
            Protection::of("postgres://db/desk?sslmode=verify-full&sslrootcert=%2Fetc%2Fnone.pem")
                .unwrap();
        assert_eq!(verified.url, "postgres://db/desk?sslmode=require");
        assert_eq!(verified.roots.as_deref(), Some("/etc/none.pem"));
        assert!(matches!(verified.connector(), Err(Failure::Unusable(_))));
        assert!(matches!(
            Protection::of("postgres://db/desk?sslmode=verify-full"),
            Err(Failure::Unusable(_))
        ));
    }
}
