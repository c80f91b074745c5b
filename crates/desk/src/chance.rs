//! The one place that draws random ids and secrets.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A fresh id, ordered by time so that indexes stay dense.
#[allow(clippy::disallowed_methods)] // The one place that draws.
pub fn fresh() -> Uuid {
    Uuid::now_v7()
}

/// Random bytes.
#[allow(clippy::disallowed_methods)] // The one place that draws.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A secret of 192 bits in hex, behind a prefix that tells what it is for.
pub fn secret(prefix: &str) -> String {
    let hex: String = bytes::<24>().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{hex}")
}

/// A secret of an API token. They all begin alike, so that scanners for leaked secrets know them.
pub fn token_secret() -> String {
    secret("evk_")
}

/// A key of an integration.
pub fn integration_key() -> kernel::IntegrationKey {
    kernel::IntegrationKey::of(bytes())
}

/// What is stored of a secret. Secrets are long and random, so one round of sha256 does.
pub fn secret_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
