//! Whether a message of SNS is signed with the key of a certificate of SNS.

use alert::doors::sns::{Signed, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use webpki::EndEntityCert;

/// RSA with SHA-1, which version 1 of these signatures is made with and nothing else here.
#[derive(Debug)]
struct RsaSha1;

impl SignatureVerificationAlgorithm for RsaSha1 {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        // sha1WithRSAEncryption, 1.2.840.113549.1.1.5, without parameters.
        AlgorithmIdentifier::from_slice(&[
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
        ])
    }

    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}

/// Whether the words of a message are signed with the key of this certificate. That it is one of
/// SNS says the address it was fetched from, over a connection that proves it.
///
/// # Errors
///
/// In words, what is wrong.
pub(super) fn check(pem: &[u8], signed: &Signed) -> Result<(), &'static str> {
    let certificate =
        CertificateDer::from_pem_slice(pem).map_err(|_| "its certificate cannot be read")?;
    let certificate =
        EndEntityCert::try_from(&certificate).map_err(|_| "its certificate cannot be read")?;
    let signature = STANDARD.decode(signed.signature.as_bytes()).map_err(|_| "is no Base64")?;
    let algorithm: &dyn SignatureVerificationAlgorithm = match signed.version {
        Version::One => &RsaSha1,
        Version::Two => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
    };
    certificate
        .verify_signature(algorithm, signed.words.as_bytes(), &signature)
        .map_err(|_| "is not the one of SNS")
}

#[cfg(test)]
#[path = "signature/tests.rs"]
mod tests;
