//! By what people are paged: the settings, and what may be wrong with them.

use super::check::{Finding, Level};
use super::mail::OfNoUse;
use super::{Setting, Settings, Source};
use crate::failed::Failed;
use kernel::{Network, Outward};
use notify::Smtp;
use notify::paging::{Gateway, Ntfy, Providers, Telegram, Twilio};

/// What has to be said with an account.
const ALL_NEEDED: &str = "also needs twilio_token and twilio_from";
/// What cannot be done where people cannot reach this instance.
const NO_LINKS: &str = "without public_url pages carry no links, calls take no keys, and nobody hears whether text messages arrived";

/// A setting by its key, with what may be shown of it.
type Shown<'a> = (&'static str, &'a Setting<Option<String>>, Option<String>);

/// The settings of what pages people besides mail.
#[derive(Debug, Clone)]
pub(crate) struct PagingSettings {
    pub(super) twilio_account: Setting<Option<String>>,
    pub(super) twilio_token: Setting<Option<String>>,
    pub(super) twilio_from: Setting<Option<String>>,
    pub(super) twilio_url: Setting<Option<String>>,
    pub(super) gateway_url: Setting<Option<String>>,
    pub(super) gateway_method: Setting<Option<String>>,
    pub(super) gateway_body: Setting<Option<String>>,
    pub(super) gateway_header: Setting<Option<String>>,
    pub(super) gateway_id: Setting<Option<String>>,
    pub(super) ntfy_url: Setting<Option<String>>,
    pub(super) ntfy_token: Setting<Option<String>>,
    pub(super) telegram_token: Setting<Option<String>>,
    pub(super) telegram_url: Setting<Option<String>>,
    /// What pages may reach besides the internet.
    pub(crate) allow: Setting<Vec<Network>>,
}

impl PagingSettings {
    /// As `served` finds each by its key.
    pub(super) fn of(
        served: impl Fn(&str) -> Setting<Option<String>>,
        allow: Setting<Vec<Network>>,
    ) -> Self {
        PagingSettings {
            twilio_account: served("twilio_account"),
            twilio_token: served("twilio_token"),
            twilio_from: served("twilio_from"),
            twilio_url: served("twilio_url"),
            gateway_url: served("sms_gateway_url"),
            gateway_method: served("sms_gateway_method"),
            gateway_body: served("sms_gateway_body"),
            gateway_header: served("sms_gateway_header"),
            gateway_id: served("sms_gateway_id"),
            ntfy_url: served("ntfy_url"),
            ntfy_token: served("ntfy_token"),
            telegram_token: served("telegram_token"),
            telegram_url: served("telegram_url"),
            allow,
        }
    }

    /// By what people are reached here; `smtp` is the mail server.
    pub(crate) fn chosen(
        &self,
        public_url: Option<&str>,
        smtp: Option<Smtp>,
    ) -> Result<Providers, Failed> {
        self.read(public_url, smtp).map_err(|OfNoUse(key, why)| {
            Failed::usage(format!("--{} {why}", str::replace(key, "_", "-")))
        })
    }

    fn read(&self, public_url: Option<&str>, smtp: Option<Smtp>) -> Result<Providers, OfNoUse> {
        Ok(Providers {
            public_url: public_url.map(str::to_owned),
            smtp,
            twilio: self.twilio()?,
            gateway: self.gateway()?,
            ntfy: self.ntfy()?,
            telegram: self.telegram()?,
            ..Providers::default()
        })
    }

    fn twilio(&self) -> Result<Option<Twilio>, OfNoUse> {
        let Some(account) = self.twilio_account.value.clone() else { return Ok(None) };
        let said = (self.twilio_token.value.clone(), self.twilio_from.value.clone());
        let (Some(token), Some(from)) = said else {
            return Err(OfNoUse("twilio_account", ALL_NEEDED.to_owned()));
        };
        if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(OfNoUse("twilio_account", "is letters and digits".to_owned()));
        }
        let url = address("twilio_url", &self.twilio_url.value)?;
        Ok(Some(Twilio { url, account, token, from }))
    }

    fn gateway(&self) -> Result<Option<Gateway>, OfNoUse> {
        let Some(url) = &self.gateway_url.value else { return Ok(None) };
        let of = |setting: &Setting<Option<String>>| setting.value.clone().unwrap_or_default();
        let of_no_use = |error: kernel::Invalid| OfNoUse("sms_gateway_url", error.to_string());
        let gateway = Gateway::new(url, &of(&self.gateway_method), &of(&self.gateway_body));
        let mut gateway = gateway.map_err(of_no_use)?;
        if let Some(line) = &self.gateway_header.value {
            let header = gateway.with_header(line);
            gateway = header.map_err(|error| OfNoUse("sms_gateway_header", error.to_string()))?;
        }
        if let Some(pointer) = &self.gateway_id.value {
            gateway = gateway.with_id_at(pointer);
        }
        Ok(Some(gateway))
    }

    fn ntfy(&self) -> Result<Option<Ntfy>, OfNoUse> {
        if self.ntfy_url.value.is_none() {
            return Ok(None);
        }
        let url = address("ntfy_url", &self.ntfy_url.value)?;
        Ok(Some(Ntfy { url, token: self.ntfy_token.value.clone() }))
    }

    fn telegram(&self) -> Result<Option<Telegram>, OfNoUse> {
        let Some(token) = self.telegram_token.value.clone() else { return Ok(None) };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_');
        if token.is_empty() || !token.bytes().all(plain) {
            return Err(OfNoUse("telegram_token", "is not the token of a bot".to_owned()));
        }
        Ok(Some(Telegram { url: address("telegram_url", &self.telegram_url.value)?, token }))
    }

    /// Something that means nothing without something else.
    fn said_in_vain(&self) -> Option<(&'static str, &'static str)> {
        let given = |setting: &Setting<Option<String>>| setting.source != Source::Default;
        let vain = [
            (given(&self.twilio_token), &self.twilio_account, "twilio_token", "twilio_account"),
            (given(&self.twilio_from), &self.twilio_account, "twilio_from", "twilio_account"),
            (given(&self.twilio_url), &self.twilio_account, "twilio_url", "twilio_account"),
            (
                given(&self.gateway_method),
                &self.gateway_url,
                "sms_gateway_method",
                "sms_gateway_url",
            ),
            (given(&self.gateway_body), &self.gateway_url, "sms_gateway_body", "sms_gateway_url"),
            (
                given(&self.gateway_header),
                &self.gateway_url,
                "sms_gateway_header",
                "sms_gateway_url",
            ),
            (given(&self.gateway_id), &self.gateway_url, "sms_gateway_id", "sms_gateway_url"),
            (given(&self.ntfy_token), &self.ntfy_url, "ntfy_token", "ntfy_url"),
            (given(&self.telegram_url), &self.telegram_token, "telegram_url", "telegram_token"),
        ];
        let found = vain.into_iter().find(|(given, needs, ..)| *given && needs.value.is_none());
        found.map(|(_, _, key, needs)| (key, needs))
    }

    /// Whether somebody would be paged by something that reaches the world.
    pub(super) fn keep_apart(&mut self) {
        for setting in [
            &mut self.twilio_account,
            &mut self.gateway_url,
            &mut self.ntfy_url,
            &mut self.telegram_token,
        ] {
            if setting.source != Source::Flag {
                *setting = Setting { value: None, source: Source::Default };
            }
        }
    }

    /// Each setting with what may be shown of it.
    pub(super) fn shown(&self) -> [Shown<'_>; 13] {
        let open = |setting: &Setting<Option<String>>| setting.value.clone();
        let hidden = |setting: &Setting<Option<String>>| {
            setting.value.as_ref().map(|_| "(hidden)".to_owned())
        };
        [
            ("twilio_account", &self.twilio_account, open(&self.twilio_account)),
            ("twilio_token", &self.twilio_token, hidden(&self.twilio_token)),
            ("twilio_from", &self.twilio_from, open(&self.twilio_from)),
            ("twilio_url", &self.twilio_url, open(&self.twilio_url)),
            ("sms_gateway_url", &self.gateway_url, origin(&self.gateway_url)),
            ("sms_gateway_method", &self.gateway_method, open(&self.gateway_method)),
            ("sms_gateway_body", &self.gateway_body, hidden(&self.gateway_body)),
            ("sms_gateway_header", &self.gateway_header, hidden(&self.gateway_header)),
            ("sms_gateway_id", &self.gateway_id, open(&self.gateway_id)),
            ("ntfy_url", &self.ntfy_url, open(&self.ntfy_url)),
            ("ntfy_token", &self.ntfy_token, hidden(&self.ntfy_token)),
            ("telegram_token", &self.telegram_token, hidden(&self.telegram_token)),
            ("telegram_url", &self.telegram_url, open(&self.telegram_url)),
        ]
    }
}

/// An address without a slash at the end.
fn address(key: &'static str, value: &Option<String>) -> Result<String, OfNoUse> {
    let text = value.as_deref().unwrap_or_default().trim_end_matches('/');
    let outward = text.parse::<Outward>();
    outward.map_err(|error| OfNoUse(key, error.to_string()))?;
    Ok(text.to_owned())
}

/// An address without what may be secret in it.
fn origin(setting: &Setting<Option<String>>) -> Option<String> {
    let url = setting.value.as_deref()?;
    // What is not understood is not shown at all.
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = &rest[..end];
    // A name and password may stand before the host.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Some(if host.is_empty() { "…".to_owned() } else { format!("{scheme}://{host}/…") })
}

/// Says what is wrong.
pub(super) fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let paging = &settings.paging;
    let mut say = |level, key, what: String| findings.push(Finding { level, key: Some(key), what });
    if let Some((key, needs)) = paging.said_in_vain() {
        say(Level::Warning, key, format!("means nothing without {needs}"));
    }
    let everybody = paging.allow.value.iter().find(|network| network.is_everybody());
    if let Some(network) = everybody {
        let what = format!(
            "{network} is everything; everybody who may be paged may reach by it what only this machine reaches"
        );
        say(Level::Warning, "paging_allow", what);
    }
    match paging.read(None, None) {
        Err(OfNoUse(key, why)) => say(Level::Error, key, why),
        Ok(there) if settings.public_url.value.is_none() && there.twilio.is_some() => {
            say(Level::Warning, "twilio_account", NO_LINKS.to_owned());
        }
        Ok(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_host_alone_is_shown() {
        for (address, shown) in [
            ("https://sms.example/send/SECRET", "https://sms.example/…"),
            ("https://sms.example?key=SECRET", "https://sms.example/…"),
            ("https://sms.example:8443#SECRET", "https://sms.example:8443/…"),
            ("https://name:SECRET@sms.example/", "https://sms.example/…"),
            ("SECRET", "…"),
        ] {
            let setting = Setting { value: Some(address.to_owned()), source: Source::Flag };
            assert_eq!(origin(&setting).as_deref(), Some(shown), "{address}");
        }
    }
}
