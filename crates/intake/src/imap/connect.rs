//! The way to an IMAP server: connected, secret where it should be, signed in.

use super::bounded::Bounded;
use super::token;
use super::{Failed, within};
use async_imap::{Authenticator, Client, Session};
use desk::Desk;
use kernel::IntegrationId;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use store::directory::integrations::{self, Imap, Secrets, Security};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long connecting and signing in may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(30);

/// A session with a server.
pub(super) type Signed = Session<Bounded>;

/// What one signs in with.
pub(super) enum Sign {
    Password(String),
    Token(String),
}

/// What to sign in with; a token is asked for. A secret that is used up by asking is replaced at
/// once, even if whoever asked is gone by then: without the new one nobody can sign in again.
pub(super) async fn sign(
    desk: &Desk,
    mailbox: IntegrationId,
    imap: &Imap,
    secrets: Secrets,
) -> Result<Sign, Failed> {
    let Some(oauth) = imap.oauth.clone() else {
        return Ok(Sign::Password(secrets.password.unwrap_or_default()));
    };
    let desk = desk.clone();
    let asked = desk::beside(async move {
        let (token, renewed) = token::fresh(oauth, secrets.clone()).await?;
        if let Some(new) = renewed {
            let used = secrets.refresh_token;
            let keep = desk.write(move |sql| {
                Ok(integrations::renew_token(sql, mailbox, used.as_deref(), &new)?)
            });
            keep.await?;
        }
        Ok::<_, Failed>(Sign::Token(token))
    });
    asked.await.map_err(|_| Failed("asking for a token failed".to_owned()))?
}

/// Connects and signs in.
pub(super) async fn connect(imap: &Imap, sign: Sign) -> Result<Signed, Failed> {
    let client = within(CONNECT_WITHIN, "connecting", reach(imap)).await?;
    within(CONNECT_WITHIN, "signing in", sign_in(client, &imap.user, sign)).await
}

async fn reach(imap: &Imap) -> Result<Client<Bounded>, Failed> {
    let stream = TcpStream::connect((imap.host.as_str(), imap.port)).await?;
    stream.set_nodelay(true)?;
    match imap.security {
        Security::None => greeted(Client::new(Bounded::new(Box::new(stream)))).await,
        Security::Tls => greeted(Client::new(secret(imap, stream).await?)).await,
        Security::Starttls => {
            let mut plain = greeted(Client::new(Bounded::new(Box::new(stream)))).await?;
            plain.run_command_and_check_ok("STARTTLS", None).await?;
            // What else was said in the clear is gone with the client.
            Ok(Client::new(secret(imap, plain.into_inner()).await?))
        }
    }
}

async fn greeted(mut client: Client<Bounded>) -> Result<Client<Bounded>, Failed> {
    match client.read_response().await? {
        Some(_) => Ok(client),
        None => Err(Failed("the server hung up".to_owned())),
    }
}

/// Trusts whom this machine trusts, so that an authority of the house counts, too.
async fn secret<S>(imap: &Imap, stream: S) -> Result<Bounded, Failed>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Failed("this machine trusts no certificates; install them (on Debian: ca-certificates), or name a file with SSL_CERT_FILE".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failed(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(imap.host.clone())
        .map_err(|_| Failed(format!("{} is no name of a server", imap.host)))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    Ok(Bounded::new(Box::new(stream.map_err(|error| Failed(format!("TLS: {error}")))?)))
}

async fn sign_in(client: Client<Bounded>, user: &str, sign: Sign) -> Result<Signed, Failed> {
    let signed = match sign {
        Sign::Password(password) => client.login(user, password).await,
        Sign::Token(token) => {
            let words = format!("user={user}\x01auth=Bearer {token}\x01\x01");
            client.authenticate("XOAUTH2", Bearer(Some(words))).await
        }
    };
    signed.map_err(|(error, _)| Failed(format!("signing in: {error}")))
}

/// Says the token once; what the server says about one it does not take is answered with
/// nothing, so that it comes to its end.
struct Bearer(Option<String>);

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}
