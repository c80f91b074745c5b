//! A small S3-compatible store on this machine: the four requests of a bucket that
//! Evenkeel makes, every signature checked.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The bucket that there is.
pub const BUCKET: &str = "attachments";
/// The region it says it is in.
pub const REGION: &str = "eu-central-1";
/// The access key that may use it.
pub const ACCESS_KEY: &str = "AKIDTEST";
/// The secret of that key, with what secrets of Amazon have in them.
pub const SECRET_KEY: &str = "s3cret/with+signs";

/// A store with one bucket. It answers until the test's process ends.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    endpoint: String,
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Requests still to be answered with "slow down".
    busy: AtomicU32,
    asked: AtomicU32,
}

/// A request as it was received.
struct Asked {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

type Answer = (u16, Vec<(&'static str, String)>, Vec<u8>);

impl Bucket {
    /// Starts one on a free port.
    pub fn start() -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let bucket = Bucket(Arc::new(Inner {
            endpoint,
            objects: Mutex::default(),
            busy: AtomicU32::new(0),
            asked: AtomicU32::new(0),
        }));
        let serving = bucket.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let bucket = serving.clone();
                std::thread::spawn(move || bucket.talk(&stream));
            }
        });
        bucket
    }

    /// Where it is.
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// What it holds, by name.
    pub fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the next requests with "slow down".
    pub fn be_busy(&self, times: u32) {
        self.0.busy.store(times, Ordering::SeqCst);
    }

    /// How many requests came so far.
    pub fn asked(&self) -> u32 {
        self.0.asked.load(Ordering::SeqCst)
    }

    fn talk(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(asked) = read(&mut reader) {
            self.0.asked.fetch_add(1, Ordering::SeqCst);
            let (status, mut headers, body) = self.answer(&asked);
            headers.push(("content-length", body.len().to_string()));
            let head: String =
                headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let mut stream = stream;
            let written = stream
                .write_all(format!("HTTP/1.1 {status} Answer\r\n{head}\r\n").as_bytes())
                .and_then(|()| stream.write_all(&body));
            if written.is_err() {
                return;
            }
        }
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let less = |left: u32| left.checked_sub(1);
        if self.0.busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return refusal(503, "SlowDown");
        }
        if asked.header("authorization") != signed(asked) {
            return refusal(403, "SignatureDoesNotMatch");
        }
        if asked.header("x-amz-content-sha256") != hex(&Sha256::digest(&asked.body)) {
            return refusal(400, "XAmzContentSHA256Mismatch");
        }
        let Some(name) = asked.path.strip_prefix(&format!("/{BUCKET}/")) else {
            return refusal(404, "NoSuchBucket");
        };
        let mut objects = self.objects();
        match asked.method.as_str() {
            "PUT" => {
                objects.insert(name.to_owned(), asked.body.clone());
                (200, vec![], vec![])
            }
            "DELETE" => {
                objects.remove(name);
                (204, vec![], vec![])
            }
            "GET" => match objects.get(name) {
                Some(object) => part(object, asked.header("range")),
                None => refusal(404, "NoSuchKey"),
            },
            _ => refusal(405, "MethodNotAllowed"),
        }
    }
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

fn refusal(status: u16, code: &str) -> Answer {
    let words = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>In words: {code}</Message></Error>"
    );
    (status, vec![("content-type", "application/xml".to_owned())], words.into_bytes())
}

/// `bytes=FROM-TO`, as far as there are any.
fn part(object: &[u8], range: &str) -> Answer {
    let asked = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let ends = asked.and_then(|(from, to)| Some((from.parse().ok()?, to.parse::<usize>().ok()?)));
    match ends {
        None => (200, vec![], object.to_vec()),
        Some((from, _)) if from >= object.len() => refusal(416, "InvalidRange"),
        Some((from, to)) => {
            let bytes = object[from..object.len().min(to + 1)].to_vec();
            let range = format!("bytes {from}-{}/{}", from + bytes.len() - 1, object.len());
            (206, vec![("content-range", range)], bytes)
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut first = lines.first()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<_, _> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body })
}

/// The header `authorization` that the request should have: AWS Signature Version 4.
fn signed(asked: &Asked) -> String {
    let authorization = asked.header("authorization");
    let names = authorization
        .split_once("SignedHeaders=")
        .and_then(|(_, rest)| rest.split_once(','))
        .map_or("", |(names, _)| names);
    let must = ["host", "x-amz-content-sha256", "x-amz-date"];
    if !must.iter().all(|name| names.split(';').any(|signed| signed == *name)) {
        return "what must be signed is not".to_owned();
    }
    let mut canonical = format!("{}\n{}\n\n", asked.method, asked.path);
    for name in names.split(';') {
        canonical.push_str(&format!("{name}:{}\n", asked.header(name)));
    }
    canonical.push_str(&format!("\n{names}\n{}", asked.header("x-amz-content-sha256")));
    let at = asked.header("x-amz-date");
    let day = at.get(..8).unwrap_or_default();
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    let digest = hex(&Sha256::digest(canonical));
    let keyed = |key: &[u8], text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
    for part in [day, REGION, "s3", "aws4_request"] {
        key = keyed(&key, part);
    }
    let signature = hex(&keyed(&key, &format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}")));
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
