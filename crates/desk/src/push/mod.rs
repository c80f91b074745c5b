//! Push to browsers: who allowed it where, the key by which the vendors' servers know this
//! instance (VAPID, RFC 8292), and the secrets that are drawn for each message (RFC 8291).

mod key;

pub use key::{Agreement, PushKey, agree};

use crate::contacts::{SUBJECT, Traced};
use crate::{Desk, Trouble, fresh};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use incident::Refusal;
use kernel::{Actor, DeviceId, Outward, PersonId, Timestamp, limits};
use store::Sql;
use store::deliveries::push;
use store::directory::contacts;
use store::directory::devices::{self, Device, EndedDevice};

/// Bytes of a browser's public key: a point of P-256, not compressed.
pub const PUBLIC_BYTES: usize = 65;
/// Bytes of the secret that a browser shares with us.
pub const AUTH_BYTES: usize = 16;
/// Why a way to page somebody by a browser is not used any more.
const GONE: &str = "the browser does not take push any more";
/// What a point that is not compressed begins with.
const UNCOMPRESSED: u8 = 4;

/// What a browser says of itself when its person allows push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The address at its vendor's server.
    pub endpoint: String,
    /// Its public key, base64url.
    pub p256dh: String,
    /// The secret that it shares with us, base64url.
    pub auth: String,
    /// How its person knows it.
    pub label: String,
}

/// A browser's keys as bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Its public key.
    pub public: [u8; PUBLIC_BYTES],
    /// The secret that it shares with us.
    pub auth: [u8; AUTH_BYTES],
}

impl Recipient {
    /// The keys as base64url says them; the field that is none.
    ///
    /// # Errors
    ///
    /// The name of the field that cannot be a key.
    pub fn of(p256dh: &str, auth: &str) -> Result<Self, &'static str> {
        let public: [u8; PUBLIC_BYTES] = decoded(p256dh).ok_or("p256dh")?;
        if public[0] != UNCOMPRESSED {
            return Err("p256dh");
        }
        Ok(Recipient { public, auth: decoded(auth).ok_or("auth")? })
    }
}

/// Some browsers pad, others do not.
fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok()?.try_into().ok()
}

impl Desk {
    /// The browsers of somebody, in the order in which they allowed them.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn devices(&self, person: PersonId) -> Result<Vec<Device>, Trouble> {
        self.read(move |sql| devices::of_person(sql, person)).await
    }

    /// Sends somebody news to this browser from now on.
    ///
    /// # Errors
    ///
    /// A field that breaks a rule, with words about it; more browsers than one can have.
    pub async fn allow_device(&self, person: PersonId, draft: Draft) -> Result<(), Trouble> {
        let device = self.checked(person, draft).await?;
        let endpoint = device.endpoint.clone();
        let before = self.read(move |sql| devices::at(sql, &endpoint)).await?;
        let put = move |sql: &mut dyn Sql| -> Result<(), Trouble> {
            let others = devices::of_person(sql, person)?;
            let others = others.iter().filter(|other| other.endpoint != device.endpoint);
            if others.count() >= limits::PUSH_DEVICES {
                let most = limits::PUSH_DEVICES;
                let words = format!("is one too many: you have {most} browsers; remove one first");
                return Err(invalid("endpoint", words));
            }
            Ok(devices::put(sql, &device)?)
        };
        // Somebody else used the browser before.
        match before.filter(|before| before.person != person) {
            Some(before) => self.losing(before.id, put).await,
            None => self.write(put).await,
        }
    }

    /// What a browser says of itself, if it can be true.
    async fn checked(&self, person: PersonId, draft: Draft) -> Result<Device, Trouble> {
        let Draft { endpoint, p256dh, auth, label } = draft;
        let to: Outward = endpoint.parse().map_err(|wrong| invalid("endpoint", wrong))?;
        if let Err(crate::webhooks::Unreachable::Refused(words)) = self.reach_push(&to).await {
            return Err(invalid("endpoint", words));
        }
        let keys = Recipient::of(&p256dh, &auth)
            .map_err(|field| invalid(field, "is no key that a browser makes"))?;
        if agree(&keys.public).is_none() {
            return Err(invalid("p256dh", "is no key that a browser makes"));
        }
        Ok(Device {
            id: DeviceId(fresh()),
            person,
            endpoint: to.to_string(),
            p256dh: URL_SAFE_NO_PAD.encode(keys.public),
            auth: URL_SAFE_NO_PAD.encode(keys.auth),
            label: label.trim().chars().take(limits::PUSH_LABEL_CHARS).collect(),
            created_at: self.now(),
            ok_at: None,
            failing_since: None,
            error: None,
        })
    }

    /// Puts the address that a browser was given in the place of the one that it had: it stays
    /// the same browser, and whoever is paged by it goes on to be.
    ///
    /// # Errors
    ///
    /// As [`Desk::allow_device`]; that it had none that is known.
    pub async fn renew_device(
        &self,
        person: PersonId,
        before: String,
        draft: Draft,
    ) -> Result<(), Trouble> {
        let given = self.checked(person, draft).await?;
        self.write(move |sql| {
            let known = devices::at(sql, &before)?.filter(|known| known.person == person);
            Ok(devices::renew(sql, known.ok_or_else(missing)?.id, &given)?)
        })
        .await
    }

    /// Sends no news to one of somebody's browsers any more.
    ///
    /// # Errors
    ///
    /// There is no such browser.
    pub async fn remove_device(&self, person: PersonId, id: DeviceId) -> Result<(), Trouble> {
        self.losing(id, move |sql| match devices::delete(sql, person, id)? {
            true => Ok(()),
            false => Err(missing().into()),
        })
        .await
    }

    /// Forgets a browser that takes nothing any more. Its person is told of it once, on their
    /// pages.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn forget_device(&self, id: DeviceId) -> Result<(), Trouble> {
        let now = self.now();
        self.losing(id, move |sql| Ok(devices::forget(sql, id, now)?)).await
    }

    /// Browsers of somebody that take nothing any more, until they have heard of it.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn ended_devices(&self, person: PersonId) -> Result<Vec<EndedDevice>, Trouble> {
        self.read(move |sql| devices::ended(sql, person)).await
    }

    /// Somebody has heard of browsers of theirs that ended until an instant.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn heard_of_devices(
        &self,
        person: PersonId,
        until: Timestamp,
    ) -> Result<(), Trouble> {
        self.write(move |sql| Ok(devices::heard(sql, person, until)?)).await
    }

    /// Does something after which a browser takes nothing any more. A way to page somebody that
    /// leads there is not used from then on, so that nobody trusts in it.
    async fn losing(
        &self,
        id: DeviceId,
        f: impl FnOnce(&mut dyn Sql) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<(), Trouble> {
        if self.read(move |sql| contacts::by_browser(sql, id)).await?.is_empty() {
            return self.write(f).await;
        }
        self.change(Actor::system(), move |sql, audit| {
            f(sql)?;
            for before in contacts::by_browser(sql, id)? {
                contacts::unverify(sql, before.id, GONE, audit.now())?;
                let after = contacts::get(sql, before.id)?;
                let after = after.as_ref().map(Traced::of);
                audit.changed(sql, SUBJECT, before.id, &Traced::of(&before), &after)?;
            }
            Ok(())
        })
        .await
    }

    /// Sends a word to one of somebody's browsers that tries it out.
    ///
    /// # Errors
    ///
    /// There is no such browser.
    pub async fn try_device(&self, person: PersonId, id: DeviceId) -> Result<(), Trouble> {
        let now = self.now();
        self.write(move |sql| {
            let device = devices::get(sql, id)?.filter(|device| device.person == person);
            Ok(push::try_out(sql, &device.ok_or_else(missing)?, now)?)
        })
        .await
    }
}

fn missing() -> Refusal {
    Refusal::not_found("there is no such browser")
}

fn invalid(field: &'static str, words: impl ToString) -> Trouble {
    Refusal::invalid(field, words.to_string()).into()
}
