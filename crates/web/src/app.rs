//! What every page can reach: the desk, the options, and what is kept between requests.

use crate::error::PageError;
use crate::incident::{Drawn, Timelines};
use crate::live::Hub;
use crate::mail::Original;
use crate::queue::counts::Counts;
use crate::queue::listed::Shelf;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use desk::Desk;
use jiff::tz::TimeZone;
use kernel::Network;
use std::sync::{Arc, PoisonError, RwLock};
use store::directory::letters::LetterText;

/// What the screens are told when they start.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The address people use, such as `https://help.example.org`. Cookies are
    /// for encrypted connections only when it begins with `https`.
    pub public_url: Option<String>,
    /// Whether this program encrypts connections itself.
    pub encrypted: bool,
    /// Who may say in `X-Forwarded-For` for whom they speak.
    pub trusted_proxies: Vec<Network>,
    /// How people are told by mail; `None` when they are not.
    pub mail: Option<Mail>,
    /// How messages that came in are read, to be shown as they were sent; `None` when they
    /// are not.
    pub original: Option<fn(&[u8]) -> Original>,
    /// Draws letters for whoever edits their words; without it there is nothing to look at.
    pub draw_letter: Option<DrawLetter>,
}

impl Options {
    /// Where others find this server, without a slash at its end: the address people use, else the
    /// one by which this request came.
    pub(crate) fn base(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.encrypted { "https" } else { "http" };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        format!("{scheme}://{}", host.unwrap_or("localhost"))
    }
}

/// Draws a letter with an administrator's words and with values in their places.
#[derive(Clone)]
pub struct DrawLetter(pub Arc<Draw>);

/// See [`DrawLetter`].
pub type Draw = dyn Fn(&LetterText, &dyn Fn(&str) -> Option<String>) -> DrawnLetter + Send + Sync;

impl std::fmt::Debug for DrawLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DrawLetter")
    }
}

/// A letter in both of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnLetter {
    /// The subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// How people are told by mail, as an administrator reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The mail server, without its password.
    pub server: String,
    /// Who letters are from.
    pub from: String,
}

/// How the instance calls itself, and the key under which that is stored.
pub(crate) use store::directory::settings::{
    INSTANCE as INSTANCE_SETTING, Instance as InstanceSetting,
};

/// The instance as pages use it.
#[derive(Debug)]
pub(crate) struct Instance {
    /// As stored.
    pub(crate) setting: InstanceSetting,
    /// The zone of people who chose none.
    pub(crate) zone: TimeZone,
    policy_version: i64,
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) desk: Desk,
    pub(crate) options: Arc<Options>,
    /// Counts of views, kept for a second.
    pub(crate) counts: Arc<Counts>,
    /// Pages of rows, kept while they are true.
    pub(crate) shelf: Arc<Shelf>,
    /// Timelines that were read before.
    pub(crate) timelines: Arc<Timelines>,
    /// Parts of incidents' pages that were drawn before.
    pub(crate) drawn: Arc<Drawn>,
    /// Where live streams hear what changed.
    pub(crate) hub: Arc<Hub>,
    instance: Arc<RwLock<Option<Arc<Instance>>>>,
}

impl App {
    pub(crate) fn new(desk: Desk, options: Options) -> App {
        App {
            desk,
            options: Arc::new(options),
            counts: Arc::default(),
            shelf: Arc::default(),
            timelines: Arc::default(),
            drawn: Arc::default(),
            hub: Arc::default(),
            instance: Arc::default(),
        }
    }

    /// Whether people reach it over an encrypted connection only.
    pub(crate) fn is_https(&self) -> bool {
        desk::cookie::is_encrypted(self.options.public_url.as_deref())
    }

    /// The instance's name, zone and telephone, read again when configuration changed.
    pub(crate) async fn instance(&self) -> Result<Arc<Instance>, PageError> {
        let version = self.desk.policy().version;
        let kept = self.instance.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.policy_version == version) {
            return Ok(kept);
        }
        let stored = self
            .desk
            .read(|sql| store::directory::settings::get::<InstanceSetting>(sql, INSTANCE_SETTING))
            .await?;
        let setting = stored.map(|stored| stored.value).unwrap_or_default();
        let zone = zone_named(&setting.time_zone).unwrap_or(TimeZone::UTC);
        let fresh = Arc::new(Instance { setting, zone, policy_version: version });
        *self.instance.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }
}

/// The time zone with this IANA name.
pub(crate) fn zone_named(name: &str) -> Option<TimeZone> {
    (!name.is_empty()).then(|| TimeZone::get(name).ok()).flatten()
}
