//! A request, taken apart as far as reading it needs it.

use super::Doors;
use super::packing::Packing;
use crate::pace::Pace;
use crate::room::{Held, Room};
use alert::doors::Request;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use desk::Raw;
use futures_util::StreamExt;
use kernel::Timestamp;
use std::io::Read;
use tokio::time::{Instant, timeout_at};

/// Characters of a header's value that are looked at.
const HEADER_CHARS: usize = 1_000;

/// Bytes that are unpacked at once.
const PIECE_BYTES: usize = 65_536;

/// A request, with its body once that was read.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    now: Timestamp,
    fresh: String,
    held: Held,
}

/// Why a body is not whole.
pub(super) enum Cut {
    /// It is larger than what is taken; its beginning.
    TooLarge(Vec<u8>),
    /// It did not arrive.
    Broken,
    /// There is no room for it at present.
    NoRoom,
}

impl Asked {
    /// A request without its body, which is still to come: whose it is stands in its address or
    /// its headers, and nothing is read of strangers.
    pub(super) fn begin(doors: &Doors, request: axum::extract::Request) -> (Self, Body) {
        let (parts, body) = request.into_parts();
        let asked = Asked {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().trim_start_matches('/').to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: plain_headers(&parts.headers),
            body: vec![],
            now: doors.desk.now(),
            fresh: desk::fresh().to_string(),
            held: Held::default(),
        };
        (asked, body)
    }

    /// Reads the body, at most so many bytes, packed and unpacked.
    pub(super) async fn read(&mut self, room: &Room, body: Body, most: usize) -> Result<(), Cut> {
        let said = self.header(CONTENT_LENGTH.as_str()).and_then(|value| value.parse().ok());
        let mut pace = Pace::start(Instant::now());
        let mut pieces = body.into_data_stream();
        if said.is_some_and(|bytes: u64| bytes > most as u64) {
            // What it begins with is kept, and may say whose it is.
            let begin = timeout_at(pace.until(), pieces.next()).await.ok().flatten();
            let begin = begin.and_then(Result::ok).unwrap_or_default();
            return Err(Cut::TooLarge(begin.to_vec()));
        }
        loop {
            let Ok(piece) = timeout_at(pace.until(), pieces.next()).await else {
                return Err(Cut::Broken);
            };
            let Some(piece) = piece else { return self.unpack(room, most).await };
            let Ok(piece) = piece else { return Err(Cut::Broken) };
            if self.body.len() + piece.len() > most {
                let mut begin = std::mem::take(&mut self.body);
                if begin.is_empty() {
                    begin.extend_from_slice(&piece);
                }
                return Err(Cut::TooLarge(begin));
            }
            let came = Instant::now();
            if !room.make(&mut self.held, self.body.len() + piece.len()).await {
                return Err(Cut::NoRoom);
            }
            self.body.extend_from_slice(&piece);
            pace.waited(came.elapsed());
            pace.came(Instant::now(), self.body.len());
        }
    }

    /// Takes a packed body apart. One that is broken stays as it came, and is no alert that can be
    /// read.
    async fn unpack(&mut self, room: &Room, most: usize) -> Result<(), Cut> {
        let packing = self.header(CONTENT_ENCODING.as_str()).and_then(Packing::of);
        let Some(packing) = packing else { return Ok(()) };
        let packed = std::mem::take(&mut self.body);
        let mut reader = packing.reader(&packed);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let bytes = match reader.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(bytes) => bytes,
                Err(_) => {
                    drop(reader);
                    self.body = packed;
                    return Ok(());
                }
            };
            if self.body.len() + bytes > most {
                return Err(Cut::TooLarge(std::mem::take(&mut self.body)));
            }
            let held = packed.len() + self.body.len() + bytes;
            if !room.make(&mut self.held, held).await {
                return Err(Cut::NoRoom);
            }
            self.body.extend_from_slice(&piece[..bytes]);
        }
    }

    /// As what reads it wants it, with the path behind the door's own address.
    pub(super) fn with<T>(&self, path: &str, read: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        read(&Request {
            method: &self.method,
            path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
            now: self.now,
            fresh: &self.fresh,
        })
    }

    /// A random word, by which this request is known.
    pub(super) fn fresh(&self) -> &str {
        &self.fresh
    }

    /// The body as it is kept.
    pub(super) fn raw(&self, door: &str) -> Raw {
        let content_type = self.header(CONTENT_TYPE.as_str()).unwrap_or_default().to_owned();
        Raw { door: door.to_owned(), content_type, bytes: self.body.clone() }
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// What follows a word in the authorization header, as `Bearer` or `GenieKey`.
    pub(super) fn authorization(&self, scheme: &str) -> Option<&str> {
        let value = self.header(AUTHORIZATION.as_str())?.trim();
        let (word, rest) = value.split_once(' ')?;
        word.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }
}

fn plain_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.chars().take(HEADER_CHARS).collect()))
    });
    texts.collect()
}
