//! What leaves the house and comes back: message ids, marks in subjects and links in
//! mails. Each carries a seal that only this instance can make, so whoever merely writes
//! a number into a subject reaches nothing by it.

mod link;
mod mail;
mod page;
mod subscriber;

pub use link::{Link, Uncollect, Unfollow, Unmail, Unusable};
pub use mail::{Mark, OwnMessage, Seen};
pub use subscriber::{Asking, OutsideMessage};

use crate::chance::bytes;
use crate::{Desk, Trouble};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::directory::settings;

/// The key of all seals, in the database, so that every node and a restored backup know it.
const KEY: &str = "signing_key";

/// Makes and reads seals. Cheap to clone.
#[derive(Clone)]
pub struct Seals([u8; 32]);

impl Seals {
    /// Seals under this key.
    pub fn of(key: [u8; 32]) -> Self {
        Seals(key)
    }

    fn mac(&self, purpose: &str, data: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        mac
    }

    /// So many bytes of the seal of this, in hex.
    fn seal<const N: usize>(&self, purpose: &str, data: &[u8]) -> String {
        let bytes = self.mac(purpose, data).finalize().into_bytes();
        hex(&bytes[..N])
    }

    /// Whether it is that seal, found out in the same time whatever is wrong with it.
    fn fits<const N: usize>(&self, purpose: &str, data: &[u8], seal: &str) -> bool {
        let Some(seal) = unhex(seal).filter(|seal| seal.len() == N) else { return false };
        self.mac(purpose, data).verify_truncated_left(&seal).is_ok()
    }
}

impl Desk {
    /// The seals of this instance; their key is made when it is first needed.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn seals(&self) -> Result<Seals, Trouble> {
        if let Some(seals) = self.0.seals.get() {
            return Ok(seals.clone());
        }
        let stored = self.read(|sql| settings::get::<String>(sql, KEY)).await?;
        let key = match stored {
            Some(setting) => setting.value,
            None => {
                let fresh = hex(&bytes::<32>());
                self.write(move |sql| {
                    // Another node may have been first; its key is the one then.
                    settings::put(sql, KEY, &fresh, 0)?;
                    let stored = settings::get::<String>(sql, KEY)?;
                    Ok(stored.map_or(fresh, |setting| setting.value))
                })
                .await?
            }
        };
        let key = unhex(&key).and_then(|key| key.try_into().ok());
        let key = key.ok_or_else(|| store::Failure::damaged("the signing key is not one"))?;
        Ok(self.0.seals.get_or_init(|| Seals(key)).clone())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
