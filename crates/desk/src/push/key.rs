//! The key of the instance, and what is drawn for one message. Both need chance, so they are
//! made here and nowhere else.

use super::PUBLIC_BYTES;
use crate::chance::bytes;
use crate::{Desk, Trouble};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use std::sync::Arc;
use store::Failure;
use store::directory::settings;

/// The key, in the database, so that every node and a restored backup know it: browsers that
/// were allowed under one key take nothing under another.
const KEY: &str = "push_key";
/// Bytes of a shared secret.
const SECRET_BYTES: usize = 32;
/// Bytes of the salt of a message.
const SALT_BYTES: usize = 16;

/// Signs for this instance (ES256). Cheap to clone.
#[derive(Clone)]
pub struct PushKey(Arc<EcdsaKeyPair>);

impl PushKey {
    /// The public half, as browsers and servers want it: base64url without padding.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// The signature of these bytes, as JSON Web Signatures have it; `None` when there is no
    /// chance to be had.
    pub fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let signature = self.0.sign(&SystemRandom::new(), bytes).ok()?;
        Some(signature.as_ref().to_vec())
    }

    fn read(text: &str) -> Option<Self> {
        let document = URL_SAFE_NO_PAD.decode(text).ok()?;
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &document,
            &SystemRandom::new(),
        );
        Some(PushKey(Arc::new(pair.ok()?)))
    }
}

/// What is agreed with a browser for one message and never again.
#[derive(Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Our public half, which the message carries.
    pub public: [u8; PUBLIC_BYTES],
    /// What only the two of us can compute.
    pub secret: [u8; SECRET_BYTES],
    /// The salt of the message.
    pub salt: [u8; SALT_BYTES],
}

/// Agrees with whoever has this public key; `None` when it is none.
pub fn agree(theirs: &[u8; PUBLIC_BYTES]) -> Option<Agreement> {
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
    let public = ours.compute_public_key().ok()?.as_ref().try_into().ok()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
    let secret = agree_ephemeral(ours, &theirs, |secret| secret.try_into().ok()).ok()??;
    Some(Agreement { public, secret, salt: bytes() })
}

impl Desk {
    /// The key by which servers that hand on push know this instance; made when it is first
    /// needed.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn push_key(&self) -> Result<PushKey, Trouble> {
        if let Some(key) = self.0.push_key.get() {
            return Ok(key.clone());
        }
        let stored = self.read(|sql| settings::get::<String>(sql, KEY)).await?;
        let key = match stored {
            Some(setting) => setting.value,
            None => {
                let made = EcdsaKeyPair::generate_pkcs8(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &SystemRandom::new(),
                );
                let made = made.map_err(|_| Failure::damaged("the system gives no chance"))?;
                let fresh = URL_SAFE_NO_PAD.encode(made.as_ref());
                self.write(move |sql| {
                    // Another node may have been first; its key is the one then.
                    settings::put(sql, KEY, &fresh, 0)?;
                    let stored = settings::get::<String>(sql, KEY)?;
                    Ok(stored.map_or(fresh, |setting| setting.value))
                })
                .await?
            }
        };
        let key = PushKey::read(&key).ok_or_else(|| Failure::damaged("the push key is not one"))?;
        Ok(self.0.push_key.get_or_init(|| key).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_who_agree_have_the_same_secret() {
        let random = SystemRandom::new();
        let theirs = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let public = theirs.compute_public_key().unwrap().as_ref().try_into().unwrap();
        let agreement = agree(&public).unwrap();
        let ours = UnparsedPublicKey::new(&ECDH_P256, agreement.public);
        let same = agree_ephemeral(theirs, &ours, |secret| secret == agreement.secret);
        assert!(same.unwrap());
        assert!(agree(&public).unwrap() != agreement, "never the same again");
        let mut no_point = public;
        no_point[64] ^= 1;
        assert!(agree(&no_point).is_none());
    }
}
