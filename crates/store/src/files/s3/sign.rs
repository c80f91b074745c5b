//! How requests to an S3-compatible store are signed: AWS Signature Version 4, for the
//! few requests there are. Paths are plain and there are no queries, so nothing needs
//! encoding.

use super::super::hash::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who signs, for where.
pub(super) struct Signer {
    pub(super) access_key: String,
    pub(super) secret_key: String,
    pub(super) region: String,
}

/// What is signed.
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// Names in small letters and in order, with their values.
    pub(super) headers: &'a [(&'a str, &'a str)],
    /// The SHA-256 of the body in hex.
    pub(super) payload: &'a str,
    /// The instant as `20261123T080000Z`.
    pub(super) at: &'a str,
}

impl Signer {
    /// The value of the header `authorization`.
    pub(super) fn authorization(&self, request: &Signed<'_>) -> String {
        let names: Vec<_> = request.headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String =
            request.headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let canonical = format!(
            "{}\n{}\n\n{lines}\n{names}\n{}",
            request.method, request.path, request.payload
        );
        let day = request.at.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let digest = hex(&Sha256::digest(canonical));
        let to_sign = format!("{ALGORITHM}\n{}\n{scope}\n{digest}", request.at);
        let secret = format!("AWS4{}", self.secret_key).into_bytes();
        let key = [day, &self.region, "s3", "aws4_request"]
            .into_iter()
            .fold(secret, |key, part| keyed(&key, part));
        let signature = hex(&keyed(&key, &to_sign));
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.access_key
        )
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    // Keys of any length are taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(signer: &Signer, host: &str, path: &str, at: &str) -> String {
        let nothing = hex(&Sha256::digest(b""));
        let headers = [
            ("host", host),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", &nothing),
            ("x-amz-date", at),
        ];
        let request = Signed { method: "GET", path, headers: &headers, payload: &nothing, at };
        signer.authorization(&request)
    }

    /// The example that Amazon's documentation works out, "GET Object".
    #[test]
    fn the_published_example_is_signed_as_published() {
        let signer = Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            region: "us-east-1".into(),
        };
        let host = "examplebucket.s3.amazonaws.com";
        assert_eq!(
            signed(&signer, host, "/test.txt", "20130524T000000Z"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    /// As Amazon's own client for Python signs it.
    #[test]
    fn a_file_is_asked_for_as_others_ask() {
        let signer = Signer {
            access_key: "AKIDTEST".into(),
            secret_key: "s3cret/with+signs".into(),
            region: "eu-central-1".into(),
        };
        let path = "/attachments/evenkeel/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            signed(&signer, "127.0.0.1:9000", path, "20261123T080000Z"),
            "AWS4-HMAC-SHA256 Credential=AKIDTEST/20261123/eu-central-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=3d5bbd1eae23afff1b412190f6df641ad22366e83de482df5c92801ddb0cb16d"
        );
    }
}
