//! The mail server: where it is, and what it says to a letter.

mod address;
mod connections;

use crate::dkim::Dkim;
use address::{Address, Encryption};
use connections::{Broken, Connections};
use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::error::Error;
use std::sync::Arc;

/// Connections at once, each kept for the next letter.
pub(crate) const CONNECTIONS: u32 = 8;
/// Answers that say that whoever sends has to sign in (RFC 4954): to this letter, or to all.
const ABOUT_US: [u16; 5] = [454, 530, 534, 535, 538];
/// The service ends, for this letter or for all (RFC 5321).
const CLOSING: u16 = 421;

/// What is wrong with the settings of the mail server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The address of the server.
    #[error(
        "is not an address such as smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host; signs other than letters and digits in a password are written %40"
    )]
    Url,
    /// The address of the sender.
    #[error("is not a sender such as Service Desk <help@company.example>")]
    From,
    /// The certificates that are trusted.
    #[error("holds no certificate in PEM")]
    Certificates,
}

/// A mail server and who letters are from. Cheap to clone.
#[derive(Clone)]
pub struct Smtp {
    connections: Arc<Connections>,
    from: Mailbox,
    dkim: Option<Arc<Dkim>>,
}

/// Why a letter is not on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// The server does not take it now.
    Later(String),
    /// The server will never take it.
    Never(String),
    /// The server takes no letter at all.
    NoServer(String),
}

impl Smtp {
    /// The server at this address, for letters from this sender. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`Wrong`] when one of them is no address.
    pub fn of(url: &str, from: &str) -> Result<Smtp, Wrong> {
        Smtp::trusting(None, url, from)
    }

    /// The same, for a server whose certificate is one of those in `pem`, or signed by one of
    /// them; those that the system trusts are trusted, too.
    ///
    /// # Errors
    ///
    /// [`Wrong`] when one of the addresses is none, or there is no certificate.
    pub fn trusting(pem: Option<&[u8]>, url: &str, from: &str) -> Result<Smtp, Wrong> {
        let from: Mailbox = from.parse().map_err(|_| Wrong::From)?;
        let address = Address::of(url).ok_or(Wrong::Url)?;
        let trusted = pem.map_or(Some(vec![]), certificates).ok_or(Wrong::Certificates)?;
        let tls = match address.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => {
                let parameters = TlsParameters::builder(address.host.clone());
                let parameters = trusted
                    .into_iter()
                    .fold(parameters, |all, certificate| all.add_root_certificate(certificate));
                Some(parameters.build().map_err(|_| Wrong::Certificates)?)
            }
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let connections = Arc::new(Connections::new(address, tls, hello));
        Ok(Smtp { connections, from, dkim: None })
    }

    /// Signs what leaves from now on.
    #[must_use]
    pub fn signing(self, dkim: Dkim) -> Smtp {
        Smtp { dkim: Some(Arc::new(dkim)), ..self }
    }

    /// Whether the server answers and lets this instance in.
    ///
    /// # Errors
    ///
    /// What it says, or why it cannot be reached.
    pub async fn answers(&self) -> Result<(), String> {
        self.connections.answers().await.map_err(|broken| words(&broken))
    }

    /// Ends connections that were not used for a while.
    pub(crate) async fn rest(&self) {
        self.connections.rest().await;
    }

    /// Who letters are from.
    pub(crate) fn from(&self) -> &Mailbox {
        &self.from
    }

    /// The domain of the sender, for message ids and signatures.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// Hands a letter to the server.
    pub(crate) async fn send(&self, message: Message) -> Result<(), Unsent> {
        let mut bytes = message.formatted();
        if let Some(dkim) = &self.dkim {
            bytes = dkim.sign(self.domain(), bytes);
        }
        let sent = self.connections.send(message.envelope(), &bytes).await;
        let Err(broken) = sent else { return Ok(()) };
        let said = words(&broken);
        let error = match &broken {
            Broken::Smtp(error) => Some(error),
            Broken::Unreachable(_) | Broken::Silent(_) => None,
        };
        match error.and_then(|error| error.status()).map(u16::from) {
            Some(code) if code != CLOSING && code < 500 && !ABOUT_US.contains(&code) => {
                Err(Unsent::Later(said))
            }
            // It may be this letter, which must not keep the others, or everything.
            code => Err(match self.answers().await {
                Err(_) => Unsent::NoServer(said),
                Ok(()) if error.is_some_and(|error| error.is_client()) => Unsent::Never(said),
                Ok(()) if code.is_some_and(|code| code >= 500 && is_for_good(code, &said)) => {
                    Unsent::Never(said)
                }
                Ok(()) => Unsent::Later(said),
            }),
        }
    }
}

/// Whether a refusal is about the address or the letter itself (RFC 3463: 5.1.x but for the
/// sender's, 5.2.x, 5.6.x). Any other may be about this instance, its sender or its quota, and is tried
/// again; without such a status the plain words for a mailbox that is not there (RFC 5321) decide.
fn is_for_good(code: u16, said: &str) -> bool {
    let status = said.split([' ', ':']).find_map(|word| {
        let (class, rest) = word.split_once('.')?;
        let (subject, detail) = rest.split_once('.')?;
        let number = |text: &str| text.parse::<u16>().ok();
        (class == "5").then_some((number(subject)?, number(detail)?))
    });
    match status {
        Some((1, detail)) => !matches!(detail, 7 | 8),
        Some((subject, _)) => matches!(subject, 2 | 6),
        None => matches!(code, 550 | 551) && !ABOUT_US.contains(&code),
    }
}

/// The certificates of a PEM file, if there are any.
fn certificates(pem: &[u8]) -> Option<Vec<Certificate>> {
    let certificates: Vec<Certificate> = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| Certificate::from_der(certificate.ok()?.to_vec()).ok())
        .collect::<Option<_>>()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// Whether a password would be sent to another machine for everybody on the way to read.
pub fn tells_password(url: &str) -> bool {
    Address::of(url).is_some_and(|address| address.tells_password())
}

/// An error with what caused it, in one line.
fn words(error: &Broken) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !said.contains(&cause_words) {
            said = format!("{said}: {cause_words}");
        }
        source = cause.source();
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_a_letter_are_told_from_refusals_of_the_sender() {
        for (code, said, for_good) in [
            (550, "permanent error (550): 5.1.1 no such mailbox", true),
            (550, "permanent error (550): no such user", true),
            (552, "permanent error (552): 5.2.2 mailbox full", true),
            (554, "permanent error (554): 5.6.0 not a letter", true),
            (550, "permanent error (550): 5.7.60 client may not send as this sender", false),
            (550, "permanent error (550): 5.4.5 daily quota exceeded", false),
            (553, "permanent error (553): 5.1.8 sender rejected", false),
            (553, "permanent error (553): sender rejected", false),
            (530, "permanent error (530): sign in first", false),
            (554, "permanent error (554): 10.1.2.3 is listed", false),
        ] {
            assert_eq!(is_for_good(code, said), for_good, "{said}");
        }
    }

    #[tokio::test]
    async fn both_addresses_are_read() {
        let from = "Service Desk <help@company.example>";
        let smtp = Smtp::of("smtp://127.0.0.1:25", from).ok().unwrap();
        assert_eq!(smtp.domain(), "company.example");
        assert!(Smtp::of("smtps://me:pass@127.0.0.1", "help@company.example").is_ok());
        assert_eq!(Smtp::of("smtp://h", "nobody").err(), Some(Wrong::From));
        assert_eq!(Smtp::of("smtp://h:x", from).err(), Some(Wrong::Url));
        assert_eq!(Smtp::of("ftp://h", from).err(), Some(Wrong::Url));
        for pem in [&b""[..], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let trusting = Smtp::trusting(Some(pem), "smtps://h", from);
            assert_eq!(trusting.err(), Some(Wrong::Certificates));
        }
    }
}
