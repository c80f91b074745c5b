//! Bodies that come packed, as what ships logs sends them.

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Deflate,
}

impl Packing {
    /// By the value of `Content-Encoding`; nothing for a body that is not packed, and for ways of
    /// packing that are not known here.
    pub(super) fn of(encoding: &str) -> Option<Self> {
        match encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Packing::Gzip),
            "deflate" => Some(Packing::Deflate),
            _ => None,
        }
    }

    /// What reads a body as it was before it was packed.
    pub(super) fn reader(self, body: &[u8]) -> Box<dyn Read + Send + '_> {
        match self {
            Packing::Gzip => Box::new(MultiGzDecoder::new(body)),
            Packing::Deflate => Box::new(ZlibDecoder::new(body)),
        }
    }
}
