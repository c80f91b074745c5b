//! Bodies that come packed, as what ships logs sends them.

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
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
            Packing::Deflate if has_zlib_header(body) => Box::new(ZlibDecoder::new(body)),
            // Some send what zlib packs without what it puts around it.
            Packing::Deflate => Box::new(DeflateDecoder::new(body)),
        }
    }
}

/// Whether a body begins as zlib says (RFC 1950): a method, a window, and both a multiple of 31.
fn has_zlib_header(body: &[u8]) -> bool {
    let [method, flags, ..] = *body else { return false };
    method & 0x0f == 8 && method >> 4 <= 7 && u16::from_be_bytes([method, flags]).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn unpacked(encoding: &str, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        Packing::of(encoding).unwrap().reader(body).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn deflate_is_read_with_and_without_the_header_of_zlib() {
        let bodies = [r#"{"title": "Disk full"}"#.to_owned(), "x".repeat(70_000), "[]".to_owned()];
        let levels = [Compression::none(), Compression::fast(), Compression::best()];
        for (body, level) in bodies.iter().flat_map(|body| levels.map(|level| (body, level))) {
            let body = body.as_bytes();
            let mut zlib = ZlibEncoder::new(Vec::new(), level);
            zlib.write_all(body).unwrap();
            let mut raw = DeflateEncoder::new(Vec::new(), level);
            raw.write_all(body).unwrap();
            let mut gzip = GzEncoder::new(Vec::new(), level);
            gzip.write_all(body).unwrap();
            assert_eq!(unpacked("deflate", &zlib.finish().unwrap()), body);
            assert_eq!(unpacked("Deflate", &raw.finish().unwrap()), body);
            assert_eq!(unpacked("x-gzip", &gzip.finish().unwrap()), body);
        }
        assert!(Packing::of("br").is_none());
        let broken = Packing::Deflate.reader(b"\xff\xff").read_to_end(&mut Vec::new());
        assert!(broken.is_err());
    }
}
