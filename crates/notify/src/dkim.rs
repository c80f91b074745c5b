//! Signs letters (DKIM, RFC 6376 and 8463), so that whoever gets one can tell that it is from
//! the sender's domain and as it was sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKey;
use ring::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use std::fmt::Write;

/// Characters of a line of the signature.
const LINE: usize = 70;
/// What a public RSA key of the standards (RFC 8017) is wrapped in to be one of any kind (RFC
/// 5280), as DNS has it: the algorithm, without parameters.
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Why letters cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// There is no key in the file, or none that can sign.
    #[error(
        "is not a private key in PEM, RSA with at least 2048 bits or Ed25519; make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out dkim.pem"
    )]
    Key,
    /// The selector is not part of a name in DNS.
    #[error("is not part of a name in DNS, such as evenkeel or mail2026")]
    Selector,
}

/// A key to sign letters with, and where its other half is found.
pub struct Dkim {
    key: Key,
    selector: String,
}

enum Key {
    Rsa(Box<RsaKey>),
    Ed25519(Ed25519KeyPair),
}

impl Dkim {
    /// The key of this PEM file; `selector` names it in DNS.
    ///
    /// # Errors
    ///
    /// [`Unsigned`] when one of them is of no use.
    pub fn of(pem: &[u8], selector: &str) -> Result<Dkim, Unsigned> {
        let label = |label: &str| {
            let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
            (1..=63).contains(&label.len())
                && label.chars().all(inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if selector.len() > 200 || !selector.split('.').all(label) {
            return Err(Unsigned::Selector);
        }
        let key = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| Unsigned::Key)? {
            PrivateKeyDer::Pkcs1(der) => RsaKey::from_der(der.secret_pkcs1_der()).map(Key::rsa),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Key::Ed25519);
                RsaKey::from_pkcs8(der).map(Key::rsa).or_else(|_| ed25519())
            }
            _ => return Err(Unsigned::Key),
        };
        Ok(Dkim { key: key.map_err(|_| Unsigned::Key)?, selector: selector.to_owned() })
    }

    /// What DNS has to say for letters of this domain: the name, and the text of its TXT record.
    pub fn record(&self, domain: &str) -> (String, String) {
        let (kind, public) = match &self.key {
            Key::Rsa(key) => ("rsa", any_kind_of_key(key.public().as_ref())),
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
        };
        let name = format!("{}._domainkey.{domain}", self.selector);
        (name, format!("v=DKIM1; k={kind}; p={}", BASE64.encode(public)))
    }

    /// The message with the signature of this domain before it; as it was if the key does not
    /// sign, which then matters less than that it arrives.
    pub(crate) fn sign(&self, domain: &str, message: Vec<u8>) -> Vec<u8> {
        match self.signature(domain, &message) {
            Some(header) => [header.as_bytes(), b"\r\n", &message].concat(),
            None => {
                tracing::error!("a letter could not be signed and leaves without a signature");
                message
            }
        }
    }

    /// The header that signs every other one and the body; `From` once more, so that nobody
    /// adds another.
    fn signature(&self, domain: &str, message: &[u8]) -> Option<String> {
        let message = std::str::from_utf8(message).ok()?;
        let (head, body) = message.split_once("\r\n\r\n")?;
        let headers = headers(head);
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let mut names = String::new();
        // Where a name stands several times, the last one is meant first.
        for header in headers.iter().rev() {
            let (name, _) = header.split_once(':')?;
            write!(names, "{name}:\r\n ").ok()?;
        }
        let body_hash = BASE64.encode(digest(&SHA256, relaxed_body(body).as_bytes()));
        let unsigned = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={domain};\r\n s={};\r\n h={names}from;\r\n bh={body_hash};\r\n b=",
            self.selector
        );
        let mut signed = String::new();
        for header in headers.iter().rev() {
            write!(signed, "{}\r\n", relaxed_header(header)).ok()?;
        }
        signed.push_str(&relaxed_header(&unsigned));
        let signature = BASE64.encode(self.sign_bytes(signed.as_bytes())?);
        let mut header = unsigned;
        for (at, sign) in signature.chars().enumerate() {
            if at > 0 && at % LINE == 0 {
                header.push_str("\r\n ");
            }
            header.push(sign);
        }
        Some(header)
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let random = SystemRandom::new();
                key.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).ok()?;
                Some(signature)
            }
            // This kind signs what is to be signed by its hash (RFC 8463).
            Key::Ed25519(key) => Some(key.sign(digest(&SHA256, bytes).as_ref()).as_ref().to_vec()),
        }
    }
}

impl Key {
    fn rsa(key: RsaKey) -> Key {
        Key::Rsa(Box::new(key))
    }
}

/// The headers, each with the lines it goes on in.
fn headers(head: &str) -> Vec<String> {
    let mut headers: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match headers.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            Some(header) => {
                header.push_str("\r\n");
                header.push_str(line);
            }
            None => headers.push(line.to_owned()),
        }
    }
    headers
}

/// A header in the form that is signed: in one line, one space where there were several.
fn relaxed_header(header: &str) -> String {
    let (name, value) = header.split_once(':').unwrap_or((header, ""));
    let value = relaxed_line(&value.replace("\r\n", ""));
    format!("{}:{}", name.trim_end().to_ascii_lowercase(), value.trim_start())
}

/// The body in the form that is signed: without spaces at ends of lines, and empty lines at
/// its own.
fn relaxed_body(body: &str) -> String {
    let lines: Vec<String> = body.split("\r\n").map(relaxed_line).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines[..end]
        .iter()
        .fold(String::with_capacity(body.len()), |so_far, line| so_far + line + "\r\n")
}

/// Spaces and tabs as one space, none at the end. Only these: others are signs like any other.
fn relaxed_line(line: &str) -> String {
    let is_space = |c: char| c == ' ' || c == '\t';
    let mut relaxed = String::with_capacity(line.len());
    let mut spaced = false;
    for c in line.chars() {
        if is_space(c) {
            spaced = true;
            continue;
        }
        if std::mem::take(&mut spaced) {
            relaxed.push(' ');
        }
        relaxed.push(c);
    }
    relaxed
}

/// A public RSA key as one of any kind (RFC 5280): a sequence of its algorithm and its bits.
fn any_kind_of_key(rsa: &[u8]) -> Vec<u8> {
    let bits = der(0x03, &[&[0], rsa].concat());
    der(0x30, &[&RSA_ALGORITHM[..], &bits].concat())
}

/// A tagged value of DER; keys are shorter than 64 kB.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = match content.len() {
        0..128 => vec![length[7]],
        128..256 => vec![0x81, length[7]],
        _ => vec![0x82, length[6], length[7]],
    };
    [&[tag], &length[..], content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

    /// The key of the example of RFC 8463.
    fn key() -> Dkim {
        // What an Ed25519 key without its public half begins with (RFC 8410).
        let begin = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let seed = BASE64.decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            BASE64.encode([&begin[..], &seed].concat())
        );
        Dkim::of(pem.as_bytes(), "brisbane").ok().unwrap()
    }

    #[test]
    fn the_record_holds_the_public_key() {
        let (name, text) = key().record("football.example.com");
        assert_eq!(name, "brisbane._domainkey.football.example.com");
        assert_eq!(text, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    #[test]
    fn what_cannot_sign_is_refused() {
        for selector in ["", "a b", "-a", "a..b", "ä", "a;b", "a."] {
            assert_eq!(Dkim::of(b"", selector).err(), Some(Unsigned::Selector), "{selector}");
        }
        let empty = b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n";
        for pem in [&b""[..], b"not a key", empty] {
            assert_eq!(Dkim::of(pem, "a.b-1").err(), Some(Unsigned::Key));
        }
    }

    #[test]
    fn bodies_and_headers_are_signed_in_a_form_that_spaces_do_not_change() {
        // The example of RFC 8463.
        let body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n\r\n\r\n";
        let hash = BASE64.encode(digest(&SHA256, relaxed_body(body).as_bytes()));
        assert_eq!(hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
        // The examples of RFC 6376, section 3.4.5.
        assert_eq!(relaxed_header("A: X"), "a:X");
        assert_eq!(relaxed_header("B : Y\t\r\n\tZ  "), "b:Y Z");
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_body(""), "");
        assert_eq!(relaxed_body("\r\n \r\n"), "");
    }

    #[test]
    fn lengths_of_der_are_as_short_as_they_can_be() {
        assert_eq!(der(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(der(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(der(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
    }

    proptest! {
        /// The signature is one of what was sent, whatever it is, and of nothing else.
        #[test]
        fn signatures_are_of_the_letter(
            subject in "[ -~]{0,60}", body in "(?:[ -~\t]{0,20}\r\n){0,6}", other in "[a-z]{1,8}"
        ) {
            let (dkim, d) = (key(), "company.example");
            let message = format!("From: a@b\r\nSubject: {subject}\r\n\r\n{body}");
            let signed = String::from_utf8(dkim.sign(d, message.clone().into_bytes())).unwrap();
            prop_assert!(signed.ends_with(&message));
            let header = signed.strip_suffix(&message).unwrap();
            prop_assert!(header.lines().all(|line| line.len() <= 100), "{}", header);
            let unfolded = relaxed_header(header.trim_end());
            let (unsigned, signature) = unfolded.rsplit_once(" b=").unwrap();
            let signature = BASE64.decode(signature.replace(' ', "")).unwrap();
            let holds = |subject: &str| {
                let subject = relaxed_header(&format!("Subject: {subject}"));
                let text = format!("{subject}\r\nfrom:a@b\r\n{unsigned} b=");
                let Key::Ed25519(key) = &dkim.key else { panic!("another key") };
                let public = UnparsedPublicKey::new(&ED25519, key.public_key().as_ref());
                public.verify(digest(&SHA256, text.as_bytes()).as_ref(), &signature).is_ok()
            };
            prop_assert!(holds(&subject));
            prop_assert!(!holds(&(subject + &other)));
            let bh = BASE64.encode(digest(&SHA256, relaxed_body(&body).as_bytes()));
            prop_assert!(unfolded.contains(&[" bh=", &bh, ";"].concat()));
        }
    }
}
