//! The mail server: where it is, and what it says to a letter.

use crate::dkim::Dkim;
use lettre::message::Mailbox;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Connections at once, each kept for the next letter.
pub(crate) const CONNECTIONS: u32 = 8;
/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
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
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    dkim: Option<Arc<Dkim>>,
}

/// Where the server is, and how it is spoken to.
struct Address {
    encryption: Encryption,
    /// Whether a password is sent.
    signs_in: bool,
    host: String,
    /// The address in the form of the library, which says STARTTLS otherwise.
    url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    None,
    StartTls,
    Tls,
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
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&address.url)
            .map_err(|_| Wrong::Url)?
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some(pem) = pem {
            let trusted = trusting(address.host, pem).ok_or(Wrong::Certificates)?;
            builder = match address.encryption {
                Encryption::None => builder,
                Encryption::StartTls => builder.tls(Tls::Required(trusted)),
                Encryption::Tls => builder.tls(Tls::Wrapper(trusted)),
            };
        }
        Ok(Smtp { transport: builder.build(), from, dkim: None })
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
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server closes the connection".to_owned()),
            Err(error) => Err(words(&error)),
        }
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
        let sent = self.transport.send_raw(message.envelope(), &bytes).await;
        let Err(error) = sent else { return Ok(()) };
        let said = words(&error);
        match error.status().map(u16::from) {
            Some(code) if code != CLOSING && error.is_transient() && !ABOUT_US.contains(&code) => {
                Err(Unsent::Later(said))
            }
            // It may be this letter, which must not keep the others, or everything.
            code => Err(match self.answers().await {
                Err(_) => Unsent::NoServer(said),
                Ok(()) if error.is_client() => Unsent::Never(said),
                Ok(()) if error.is_permanent() && is_for_good(code.unwrap_or_default(), &said) => {
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

/// What it takes to trust this host by the certificates of a PEM file, if there are any.
fn trusting(host: String, pem: &[u8]) -> Option<TlsParameters> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    if certificates.is_empty() {
        return None;
    }
    let mut parameters = TlsParameters::builder(host);
    for certificate in certificates {
        let certificate = Certificate::from_der(certificate.to_vec()).ok()?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().ok()
}

/// Whether a password would be sent to another machine for everybody on the way to read.
pub fn tells_password(url: &str) -> bool {
    Address::of(url).is_some_and(|address| {
        let ip = address.host.parse::<IpAddr>();
        let is_here = address.host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
        address.encryption == Encryption::None && address.signs_in && !is_here
    })
}

impl Address {
    fn of(url: &str) -> Option<Address> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.trim_end_matches('/');
        let (user, server) = rest.rsplit_once('@').unwrap_or((":", rest));
        let host = match server.strip_prefix('[') {
            Some(ip) => ip.split(']').next()?,
            None => server.split(':').next()?,
        };
        // A name without a password would not be used.
        if !user.contains(':') || host.is_empty() || rest.contains(['/', '?', '#']) {
            return None;
        }
        let (encryption, url) = match scheme {
            "smtp" => (Encryption::None, format!("smtp://{rest}")),
            "smtp+starttls" => (Encryption::StartTls, format!("smtp://{rest}?tls=required")),
            "smtps" => (Encryption::Tls, format!("smtps://{rest}")),
            _ => return None,
        };
        Some(Address { encryption, signs_in: rest.contains('@'), host: host.to_owned(), url })
    }
}

/// An error with what caused it, in one line.
fn words(error: &lettre::transport::smtp::Error) -> String {
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
    fn servers_are_named_by_addresses() {
        for (url, read) in [
            ("smtp://mail.example:25", Some("smtp://mail.example:25")),
            ("smtp://mail.example/", Some("smtp://mail.example")),
            (
                "smtp+starttls://me:p%40ss@mail.example",
                Some("smtp://me:p%40ss@mail.example?tls=required"),
            ),
            ("smtps://me:pass@mail.example:465", Some("smtps://me:pass@mail.example:465")),
            ("smtps://me@mail.example", None),
            ("smtps://me:pa/ss@mail.example", None),
            ("smtp://mail.example?tls=none", None),
            ("http://mail.example", None),
            ("smtp://", None),
            ("smtp://:25", None),
            ("mail.example", None),
            ("smtp://[::1]:25", Some("smtp://[::1]:25")),
            ("smtp://[]:25", None),
        ] {
            assert_eq!(Address::of(url).map(|address| address.url).as_deref(), read, "{url}");
        }
    }

    #[test]
    fn a_password_is_told_where_nothing_encrypts_it_on_its_way() {
        for (url, told) in [
            ("smtp://me:pass@mail.example:25", true),
            ("smtp://me:pass@127.0.0.1.mail.example", true),
            ("smtp://me:pass@localhost.example", true),
            ("smtp://me:pass@[2001:db8::1]", true),
            ("smtp://mail.example:25", false),
            ("smtp://me:pass@127.0.0.2:25", false),
            ("smtp://me:p%40@localhost", false),
            ("smtp://me:pass@[::1]:25", false),
            ("smtp+starttls://me:pass@mail.example", false),
            ("smtps://me:pass@mail.example", false),
        ] {
            assert_eq!(tells_password(url), told, "{url}");
        }
    }

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
