//! Files in an S3-compatible store, by its four simplest requests. The hash that names
//! a file is also what S3 wants to know of a body, so the store itself refuses bytes
//! that were damaged on their way.

mod sign;

use super::arriving::Partial;
use super::hash::hex;
use super::{FileHash, Shelf};
use crate::Failure;
use kernel::Timestamp;
use sha2::{Digest, Sha256};
use sign::{Signed, Signer};
use std::fmt;
use std::io::{Read, Seek};
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Request, Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long one request may take: 25 MB over a slow line.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);
/// How often a request is tried; each may be repeated without harm.
const TRIES: u32 = 3;
/// How long to wait before trying again, longer each time.
const PAUSE: Duration = Duration::from_millis(200);
/// Bytes of an answer that says what is wrong.
const TROUBLE_BYTES: u64 = 16 * 1024;
/// What is written and removed to see whether that works.
const TRIAL: &str = "trial";

/// Which S3-compatible store, and how to sign in there.
#[derive(Clone, PartialEq, Eq)]
pub struct S3 {
    /// Its address, `https://s3.company.example`, without bucket.
    pub endpoint: String,
    /// The region it says it is in.
    pub region: String,
    /// The bucket, which must exist.
    pub bucket: String,
    /// What names in the bucket begin with, such as `evenkeel/`; may be empty.
    pub prefix: String,
    /// Id of the access key.
    pub access_key: String,
    /// The secret that belongs to it.
    pub secret_key: String,
}

/// A client of the store.
pub(super) struct Client {
    agent: Agent,
    signer: Signer,
    /// `https://s3.company.example`
    origin: String,
    /// `s3.company.example`
    host: String,
    /// `/bucket/prefix`
    start: String,
    now: fn() -> Timestamp,
}

/// What a request brings.
enum Brings<'a> {
    Nothing,
    Bytes(&'a [u8]),
    File(&'a std::fs::File),
}

/// A request, but for its date and signature.
struct Wish<'a> {
    method: &'static str,
    name: &'a str,
    range: Option<String>,
    brings: Brings<'a>,
    /// SHA-256 of what it brings, in hex.
    payload: &'a str,
    /// What readers of it are told, where others read it than we.
    shown: Option<Shown<'a>>,
}

/// What the store tells those who read a published file.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) media_type: &'a str,
    pub(super) cache_control: &'a str,
}

impl Client {
    pub(super) fn new(settings: &S3, now: fn() -> Timestamp) -> Result<Self, Failure> {
        let (secure, host) = address(&settings.endpoint)?;
        check_name("bucket", &settings.bucket, b"-._")?;
        check_name("prefix", &settings.prefix, b"-._/")?;
        check_name("region", &settings.region, b"-")?;
        if settings.bucket.is_empty() || settings.region.is_empty() {
            return Err(unusable("bucket and region are needed"));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // Files of the house go where the settings say, whatever else is configured.
            .proxy(None)
            .user_agent("evenkeel")
            .timeout_connect(Some(CONNECT_WITHIN))
            .timeout_global(Some(ANSWER_WITHIN));
        let config = if secure { config.tls_config(protected()?) } else { config };
        let scheme = if secure { "https" } else { "http" };
        Ok(Client {
            agent: config.build().new_agent(),
            signer: Signer {
                access_key: settings.access_key.clone(),
                secret_key: settings.secret_key.clone(),
                region: settings.region.clone(),
            },
            origin: format!("{scheme}://{host}"),
            host,
            start: format!("/{}/{}", settings.bucket, settings.prefix.trim_start_matches('/')),
            now,
        })
    }

    /// Asks until there is an answer that asking again would not change.
    fn ask(&self, wish: &Wish<'_>) -> Result<Response<Body>, Failure> {
        let mut tried = 1;
        loop {
            let answer = self.ask_once(wish);
            let again = match &answer {
                Ok(answer) => answer.status().is_server_error(),
                Err(_) => true,
            };
            if !again || tried == TRIES {
                return answer.map_err(|words| self.failed(wish, &words));
            }
            std::thread::sleep(PAUSE * tried);
            tried += 1;
        }
    }

    fn ask_once(&self, wish: &Wish<'_>) -> Result<Response<Body>, String> {
        let at = (self.now)().to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string();
        let path = format!("{}{}", self.start, wish.name);
        // In the order of their names, as they are signed.
        let mut headers = Vec::new();
        if let Some(shown) = wish.shown {
            headers.push(("cache-control", shown.cache_control));
            headers.push(("content-type", shown.media_type));
        }
        headers.push(("host", self.host.as_str()));
        headers.extend(wish.range.as_deref().map(|range| ("range", range)));
        headers.extend([("x-amz-content-sha256", wish.payload), ("x-amz-date", &at)]);
        let authorization = self.signer.authorization(&Signed {
            method: wish.method,
            path: &path,
            headers: &headers,
            payload: wish.payload,
            at: &at,
        });
        let mut request = Request::builder()
            .method(wish.method)
            .uri(format!("{}{path}", self.origin))
            .header("authorization", authorization);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let wrong = |error: ureq::http::Error| error.to_string();
        let sent = match wish.brings {
            Brings::Nothing => self.agent.run(request.body(()).map_err(wrong)?),
            Brings::Bytes(bytes) => self.agent.run(request.body(bytes).map_err(wrong)?),
            Brings::File(mut file) => {
                file.rewind().map_err(|error| error.to_string())?;
                self.agent.run(request.body(file).map_err(wrong)?)
            }
        };
        sent.map_err(|error| error.to_string())
    }

    fn put(&self, name: &str, payload: &str, brings: Brings<'_>) -> Result<(), Failure> {
        self.put_shown(Wish { method: "PUT", name, range: None, brings, payload, shown: None })
    }

    /// Puts what others read under its name.
    pub(super) fn publish(
        &self,
        name: &str,
        payload: &str,
        bytes: &[u8],
        shown: Shown<'_>,
    ) -> Result<(), Failure> {
        let (brings, shown) = (Brings::Bytes(bytes), Some(shown));
        self.put_shown(Wish { method: "PUT", name, range: None, brings, payload, shown })
    }

    fn put_shown(&self, wish: Wish<'_>) -> Result<(), Failure> {
        let answer = self.ask(&wish)?;
        if answer.status().is_success() { Ok(()) } else { Err(self.refused(&wish, answer).0) }
    }

    pub(super) fn get(
        &self,
        name: &str,
        from: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let last = from.saturating_add(max as u64).saturating_sub(1);
        let range = Some(format!("bytes={from}-{last}"));
        let nothing = empty();
        let wish = Wish {
            method: "GET",
            name,
            range,
            brings: Brings::Nothing,
            payload: &nothing,
            shown: None,
        };
        let mut answer = self.ask(&wish)?;
        let skipped = match answer.status().as_u16() {
            206 => 0,
            // All of it, from the beginning.
            200 => from,
            // There is nothing from there on.
            416 => return Ok(Some(Vec::new())),
            _ => {
                return match self.refused(&wish, answer) {
                    (_, code) if code == "NoSuchKey" => Ok(None),
                    (failure, _) => Err(failure),
                };
            }
        };
        let mut bytes = Vec::new();
        let mut reader = answer.body_mut().as_reader();
        std::io::copy(&mut reader.by_ref().take(skipped), &mut std::io::sink())
            .and_then(|_| reader.take(max as u64).read_to_end(&mut bytes))
            .map_err(|error| self.failed(&wish, &error.to_string()))?;
        Ok(Some(bytes))
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), Failure> {
        let nothing = empty();
        let wish = Wish {
            method: "DELETE",
            name,
            range: None,
            brings: Brings::Nothing,
            payload: &nothing,
            shown: None,
        };
        let answer = self.ask(&wish)?;
        if answer.status().is_success() {
            return Ok(());
        }
        match self.refused(&wish, answer) {
            (_, code) if code == "NoSuchKey" => Ok(()),
            (failure, _) => Err(failure),
        }
    }

    /// Why the store did not do it, and its own word for that.
    fn refused(&self, wish: &Wish<'_>, mut answer: Response<Body>) -> (Failure, String) {
        let status = answer.status();
        let mut words = Vec::new();
        // What cannot be read says nothing more.
        let _ = answer.body_mut().as_reader().take(TROUBLE_BYTES).read_to_end(&mut words);
        let words = String::from_utf8_lossy(&words);
        let (code, message) = (tagged(&words, "Code"), tagged(&words, "Message"));
        let told = format!("{status} {code} {message}");
        (self.failed(wish, told.trim()), code.to_owned())
    }

    fn failed(&self, wish: &Wish<'_>, words: &str) -> Failure {
        let Wish { method, name, .. } = wish;
        Failure::Files(format!("{method} {}{}{name}: {words}", self.origin, self.start))
    }
}

impl Shelf for Client {
    fn keep(&self, hash: &FileHash, bytes: Partial) -> Result<(), Failure> {
        self.put(hash.as_str(), hash.as_str(), Brings::File(&bytes.file))
    }

    fn read(&self, hash: &FileHash, from: u64, max: usize) -> Result<Option<Vec<u8>>, Failure> {
        self.get(hash.as_str(), from, max)
    }

    fn remove(&self, hash: &FileHash) -> Result<(), Failure> {
        self.delete(hash.as_str())
    }

    fn try_out(&self) -> Result<(), Failure> {
        let bytes = b"Evenkeel tries whether it may write here.\n";
        self.put(TRIAL, &hex(&Sha256::digest(bytes)), Brings::Bytes(bytes))?;
        let read = self.get(TRIAL, 0, bytes.len())?;
        self.delete(TRIAL)?;
        match read {
            Some(read) if read == bytes => Ok(()),
            _ => Err(Failure::Files("what was just written is not there".into())),
        }
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let S3 { endpoint, region, bucket, prefix, .. } = self;
        f.debug_struct("S3")
            .field("endpoint", endpoint)
            .field("region", region)
            .field("bucket", bucket)
            .field("prefix", prefix)
            .finish_non_exhaustive()
    }
}

fn unusable(words: impl fmt::Display) -> Failure {
    Failure::Unusable(format!("the S3-compatible store cannot be used: {words}"))
}

/// Whether it is reached by TLS, and host and port as programs write them.
fn address(endpoint: &str) -> Result<(bool, String), Failure> {
    let wrong = || unusable(format!("{endpoint} is no address such as https://s3.company.example"));
    let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
    let (secure, usual_port) = match uri.scheme_str() {
        Some("https") => (true, 443),
        Some("http") => (false, 80),
        _ => return Err(wrong()),
    };
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    let alone = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none();
    if !alone {
        return Err(unusable(format!(
            "{endpoint} says more than scheme, host and port; bucket and key have settings of their own"
        )));
    }
    match uri.port_u16().filter(|port| *port != usual_port) {
        Some(port) => Ok((secure, format!("{host}:{port}"))),
        None => Ok((secure, host.to_owned())),
    }
}

/// Only what needs no encoding, anywhere.
fn check_name(what: &str, name: &str, others: &[u8]) -> Result<(), Failure> {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte)) {
        return Ok(());
    }
    let others = String::from_utf8_lossy(others);
    Err(unusable(format!("the {what} {name} may have letters, digits and {others} alone")))
}

/// Trusts whom this machine trusts, so that an authority of the house counts, too.
fn protected() -> Result<TlsConfig, Failure> {
    let trusted = rustls_native_certs::load_native_certs().certs;
    if trusted.is_empty() {
        return Err(unusable(
            "this machine trusts no certificates; install them (on Debian: ca-certificates), or name a file with SSL_CERT_FILE",
        ));
    }
    let trusted = trusted.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    Ok(TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::from(trusted))
        .build())
}

/// The SHA-256 of nothing, in hex.
fn empty() -> String {
    hex(&Sha256::digest(b""))
}

/// What stands in the first element of this name.
fn tagged<'a>(xml: &'a str, tag: &str) -> &'a str {
    let (start, end) = (format!("<{tag}>"), format!("</{tag}>"));
    let after = xml.split_once(start.as_str()).map_or("", |(_, after)| after);
    after.split_once(end.as_str()).map_or("", |(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(change: impl FnOnce(&mut S3)) -> Result<Client, Failure> {
        let mut settings = S3 {
            endpoint: "http://127.0.0.1:9000".into(),
            region: "eu-central-1".into(),
            bucket: "files".into(),
            prefix: "evenkeel/".into(),
            access_key: "key".into(),
            secret_key: "s3cret".into(),
        };
        change(&mut settings);
        assert!(!format!("{settings:?}").contains("s3cret"));
        Client::new(&settings, || Timestamp::from_micros(0))
    }

    #[test]
    fn addresses_are_written_as_they_are_signed() {
        for (endpoint, host) in [
            ("http://127.0.0.1:9000", "127.0.0.1:9000"),
            ("http://127.0.0.1:9000/", "127.0.0.1:9000"),
            ("http://s3.example:80", "s3.example"),
            ("http://s3.example", "s3.example"),
        ] {
            let client = client(|s3| s3.endpoint = endpoint.into()).unwrap();
            assert_eq!((client.host.as_str(), client.start.as_str()), (host, "/files/evenkeel/"));
        }
    }

    #[test]
    fn settings_that_cannot_be_right_are_refused_in_words() {
        type Change = fn(&mut S3);
        let wrong: [(Change, &str); 8] = [
            (|s3| s3.endpoint = "s3.example".into(), "no address"),
            (|s3| s3.endpoint = "ftp://s3.example".into(), "no address"),
            (|s3| s3.endpoint = "http://s3.example/files".into(), "settings of their own"),
            (|s3| s3.endpoint = "http://key:secret@s3.example".into(), "settings of their own"),
            (|s3| s3.bucket = "fi les".into(), "bucket"),
            (|s3| s3.bucket = String::new(), "needed"),
            (|s3| s3.prefix = "a?b".into(), "prefix"),
            (|s3| s3.region = "eu/1".into(), "region"),
        ];
        for (change, words) in wrong {
            let told = client(change).err().unwrap().to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}
