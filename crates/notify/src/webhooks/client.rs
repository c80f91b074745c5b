//! One request and its answer, both bounded. It connects to the addresses that were checked
//! and to no other, follows nobody, and keeps no connection.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use kernel::{Outward, Timestamp};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Bytes of an answer that are read; the rest stays where it is.
const ANSWER_BYTES: usize = 4_096;
/// Bytes of an answer's head.
const HEAD_BYTES: usize = 64 * 1_024;
/// How long one address may take to take a connection: what is dead leaves time for the others.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How this instance calls itself.
const AGENT: &str = concat!("Evenkeel/", env!("CARGO_PKG_VERSION"));

/// What is sent.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) to: Outward,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// For how many seconds the other end asks to be left alone.
    pub(crate) retry_after: Option<i64>,
    /// The beginning of the answer.
    pub(crate) text: String,
}

/// Whom we trust at other ends beside those that this machine trusts. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Trust(Arc<[CertificateDer<'static>]>);

/// There is no certificate in what was to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("holds no certificate in PEM")]
pub struct NoCertificate;

impl Trust {
    /// Those whose certificates are in this file, or were signed by one of them.
    ///
    /// # Errors
    ///
    /// [`NoCertificate`] when there is none, or one that cannot be read.
    pub fn of(pem: &[u8]) -> Result<Trust, NoCertificate> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = certificates.map_err(|_| NoCertificate)?;
        let mut roots = RootCertStore::empty();
        let mut known =
            |certificate: &CertificateDer<'static>| roots.add(certificate.clone()).is_ok();
        if certificates.is_empty() || !certificates.iter().all(&mut known) {
            return Err(NoCertificate);
        }
        Ok(Trust(certificates.into()))
    }

    /// Their certificates in DER, for whoever else asks programs elsewhere.
    pub fn certificates(&self) -> Vec<Vec<u8>> {
        self.0.iter().map(|certificate| certificate.to_vec()).collect()
    }
}

/// Sends requests.
#[derive(Default)]
pub(crate) struct Client {
    trust: Trust,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Client {
    /// One that trusts these, too.
    pub(crate) fn trusting(trust: Trust) -> Self {
        Client { trust, config: OnceLock::new() }
    }

    /// Sends one, to the first of these addresses that takes a connection. How long all of it
    /// may take is the caller's to bound.
    pub(crate) async fn send(
        &self,
        outgoing: Outgoing,
        addresses: &[SocketAddr],
        now: Timestamp,
    ) -> Result<Reply, String> {
        let stream = connect(addresses).await?;
        if !outgoing.to.encrypted {
            return exchange(stream, outgoing, now).await;
        }
        let config = self.config.get_or_init(|| trusting(&self.trust)).clone()?;
        let name = ServerName::try_from(outgoing.to.host.clone()).map_err(|_| {
            format!("{} is no name that a certificate could have", outgoing.to.host)
        })?;
        let stream = TlsConnector::from(config).connect(name, stream).await;
        let stream = stream.map_err(|error| format!("no encrypted connection: {error}"))?;
        exchange(stream, outgoing, now).await
    }

    /// Reads what stands at an address, which has to be an encrypted one: all of it, and not more
    /// than `most` bytes. How long all of it may take is the caller's to bound.
    pub(crate) async fn read(
        &self,
        to: Outward,
        addresses: &[SocketAddr],
        most: usize,
    ) -> Result<Vec<u8>, String> {
        if !to.encrypted {
            return Err("must begin with https://".to_owned());
        }
        let config = self.config.get_or_init(|| trusting(&self.trust)).clone()?;
        let name = ServerName::try_from(to.host.clone())
            .map_err(|_| format!("{} is no name that a certificate could have", to.host))?;
        let stream = TlsConnector::from(config).connect(name, connect(addresses).await?).await;
        let stream = stream.map_err(|error| format!("no encrypted connection: {error}"))?;
        let request = request(Outgoing { method: Method::GET, to, headers: vec![], body: vec![] })?;
        let mut builder = http1::Builder::new();
        builder.max_buf_size(HEAD_BYTES);
        let failed = |error: hyper::Error| format!("no answer: {}", in_words(&error));
        let (mut sender, connection) =
            builder.handshake(TokioIo::new(stream)).await.map_err(failed)?;
        let mut driving = JoinSet::new();
        driving.spawn(desk::boxed(connection));
        let answer = sender.send_request(request).await.map_err(failed)?;
        match answer.status().as_u16() {
            200 => whole(answer, most).await,
            status @ 300..400 => Err(format!(
                "leads elsewhere (status {status}), and nobody is followed; write the address that it leads to"
            )),
            status => Err(format!("answers with status {status}")),
        }
    }
}

/// All of an answer; an error where it breaks off or is larger.
async fn whole(
    mut answer: Response<hyper::body::Incoming>,
    most: usize,
) -> Result<Vec<u8>, String> {
    let mut found = Vec::new();
    while let Some(frame) = answer.body_mut().frame().await {
        let frame = frame.map_err(|error| format!("breaks off: {}", in_words(&error)))?;
        if let Some(data) = frame.data_ref() {
            if found.len() + data.len() > most {
                return Err(format!("holds more than {most} bytes"));
            }
            found.extend_from_slice(data);
        }
    }
    Ok(found)
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut wrong = "there is no address".to_owned();
    for address in in_turns(addresses) {
        wrong = match timeout(CONNECT_WITHIN, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => format!("{address} takes no connection: {error}"),
            Err(_) => {
                let seconds = CONNECT_WITHIN.as_secs();
                format!("{address} takes no connection within {seconds} seconds")
            }
        };
    }
    Err(wrong)
}

/// The two kinds of addresses in turns, beginning with the kind of the first: where one kind leads
/// nowhere, often all of its kind do.
fn in_turns(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let is_first = |address: &&SocketAddr| Some(address.is_ipv6()) == first_is_ipv6(addresses);
    let mut first = addresses.iter().filter(is_first);
    let mut second = addresses.iter().filter(|address| !is_first(address));
    let mut all = Vec::with_capacity(addresses.len());
    while all.len() < addresses.len() {
        all.extend(first.next());
        all.extend(second.next());
    }
    all
}

fn first_is_ipv6(addresses: &[SocketAddr]) -> Option<bool> {
    addresses.first().map(SocketAddr::is_ipv6)
}

/// Trusts whom this machine trusts, so that an authority of the house counts, too.
fn trusting(trust: &Trust) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(trust.0.iter().cloned());
    if roots.is_empty() {
        return Err("this machine trusts no certificates; install them (on Debian: ca-certificates), or name a file with SSL_CERT_FILE".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    outgoing: Outgoing,
    now: Timestamp,
) -> Result<Reply, String> {
    let request = request(outgoing)?;
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES);
    let failed = |error: hyper::Error| format!("no answer: {}", in_words(&error));
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(failed)?;
    // It ends with this function, whatever happens here.
    let mut driving = JoinSet::new();
    driving.spawn(desk::boxed(connection));
    let answer = sender.send_request(request).await.map_err(failed)?;
    let status = answer.status().as_u16();
    let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| seconds_of(value, now));
    let text = String::from_utf8_lossy(&beginning(answer).await).into_owned();
    Ok(Reply { status, retry_after, text })
}

fn request(outgoing: Outgoing) -> Result<Request<Full<Bytes>>, String> {
    let Outgoing { method, to, headers, body } = outgoing;
    let mut request = Request::builder()
        .method(method)
        .uri(&to.path)
        .header(HOST, to.authority())
        .header(USER_AGENT, AGENT);
    for (name, value) in headers {
        let value =
            HeaderValue::try_from(value).map_err(|_| format!("the header {name} is odd"))?;
        request = request.header(HeaderName::from_static(name), value);
    }
    request.body(Full::new(body.into())).map_err(|error| error.to_string())
}

/// The beginning of an answer. That it is cut short is nobody's failure: its status stands.
async fn beginning(mut answer: Response<hyper::body::Incoming>) -> Vec<u8> {
    let mut found = Vec::new();
    while found.len() < ANSWER_BYTES
        && let Some(Ok(frame)) = answer.body_mut().frame().await
    {
        if let Some(data) = frame.data_ref() {
            found.extend_from_slice(&data[..data.len().min(ANSWER_BYTES - found.len())]);
        }
    }
    found
}

/// What `Retry-After` says: seconds, or a date.
fn seconds_of(value: &str, now: Timestamp) -> Option<i64> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(i64::from(seconds));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Timestamp::from_jiff(at).seconds_since(now)).filter(|seconds| *seconds > 0)
}

fn in_words(error: &hyper::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tried_in_turns_of_their_kinds() {
        let [a, b, c, d]: [SocketAddr; 4] =
            ["[2001:db8::1]:443", "[2001:db8::2]:443", "192.0.2.1:443", "192.0.2.2:443"]
                .map(|text| text.parse().unwrap());
        assert_eq!(in_turns(&[a, b, c, d]), [a, c, b, d]);
        assert_eq!(in_turns(&[c, d, b]), [c, b, d]);
        assert_eq!(in_turns(&[a, b]), [a, b]);
        assert_eq!(in_turns(&[]), []);
    }

    #[tokio::test]
    async fn an_address_that_takes_nothing_leads_on_to_the_next_one() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = listener.local_addr().unwrap();
        let closed = {
            let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let stream = connect(&[closed, alive]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), alive);
        assert!(connect(&[closed]).await.unwrap_err().contains("takes no connection"));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            (" 5 ", Some(5)),
            ("Mon, 23 Nov 2026 12:01:00 GMT", Some(60)),
            ("Mon, 23 Nov 2026 11:00:00 GMT", None),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            assert_eq!(seconds_of(value, now), seconds, "{value}");
        }
    }
}
