//! Mail that goes out: the settings, and what may be wrong with them.

use super::check::{Finding, Level, PATIENCE, without_password};
use super::{Setting, Settings, Source};
use crate::failed::Failed;
use notify::{Dkim, Smtp, Unsigned, Wrong};
use std::io::Read;

/// What has to be said with a mail server.
const NEEDED: &str = "also needs mail_from, such as Service Desk <help@company.example>, and public_url for the links in letters";

/// What is odd about a password in the clear.
const TELLS_PASSWORD: &str = "the password travels unencrypted; use smtp+starttls:// or smtps://";
/// What has to be said to sign letters.
const BOTH_NEEDED: &str = "takes both: dkim_key, the file of the private key, and dkim_selector, the name of the public one in DNS";
/// Bytes of a file of keys or certificates that are read.
const FILE_BYTES: u64 = 1 << 20;

/// The settings of mail that goes out.
#[derive(Debug, Clone)]
pub(crate) struct MailSettings {
    /// The mail server: without it nobody is told by mail.
    pub(super) smtp_url: Setting<Option<String>>,
    /// A file with certificates that are trusted beside those of the system.
    pub(super) smtp_ca: Setting<Option<String>>,
    /// Who letters are from, and who gets the answers.
    pub(super) from: Setting<Option<String>>,
    /// A file with the key that signs letters.
    pub(super) dkim_key: Setting<Option<String>>,
    /// Where the other half of the key is found in DNS.
    pub(super) dkim_selector: Setting<Option<String>>,
}

/// Mail as the settings want it.
pub(crate) struct Mail {
    /// For whoever sends.
    pub(crate) letters: notify::Options,
    /// For the screen that says so.
    pub(crate) shown: web::Mail,
}

/// A setting that is of no use, by its key, and why.
pub(super) struct OfNoUse(pub(super) &'static str, pub(super) String);

impl MailSettings {
    /// The address from which letters are sent, in lower case.
    pub(crate) fn own_address(&self) -> Option<String> {
        let from = self.from.value.as_ref()?;
        let address = from.rsplit_once('<').map_or(from.as_str(), |(_, address)| address);
        Some(address.trim_end_matches('>').trim().to_lowercase())
    }

    /// What letters need, if there is a mail server. `public_url` is that of the instance.
    pub(crate) fn chosen(&self, public_url: Option<&str>) -> Result<Option<Mail>, Failed> {
        let Some(url) = &self.smtp_url.value else { return Ok(None) };
        let (Some(from), Some(public_url)) = (&self.from.value, public_url) else {
            return Err(Failed::usage(format!("--smtp-url {NEEDED}")));
        };
        let usage =
            |OfNoUse(key, why)| Failed::usage(format!("--{} {why}", str::replace(key, "_", "-")));
        let mut smtp = self.server(url, from).map_err(usage)?;
        if let Some(dkim) = self.dkim().map_err(usage)? {
            smtp = smtp.signing(dkim);
        }
        if notify::tells_password(url) {
            tracing::warn!("smtp_url: {TELLS_PASSWORD}");
        }
        let letters = notify::Options { smtp, public_url: public_url.to_owned() };
        let shown = web::Mail { server: without_password(url), from: from.clone() };
        Ok(Some(Mail { letters, shown }))
    }

    fn server(&self, url: &str, from: &str) -> Result<Smtp, OfNoUse> {
        let pem = self.smtp_ca.value.as_deref().map(|path| read("smtp_ca", path)).transpose()?;
        Smtp::trusting(pem.as_deref(), url, from).map_err(|wrong| {
            let key = match wrong {
                Wrong::Url => "smtp_url",
                Wrong::From => "mail_from",
                Wrong::Certificates => "smtp_ca",
            };
            OfNoUse(key, wrong.to_string())
        })
    }

    fn dkim(&self) -> Result<Option<Dkim>, OfNoUse> {
        let (key, selector) = (&self.dkim_key.value, &self.dkim_selector.value);
        let (path, selector) = match (key, selector) {
            (None, None) => return Ok(None),
            (Some(path), Some(selector)) => (path, selector),
            (Some(_), None) => return Err(OfNoUse("dkim_key", BOTH_NEEDED.to_owned())),
            (None, Some(_)) => return Err(OfNoUse("dkim_selector", BOTH_NEEDED.to_owned())),
        };
        let dkim = Dkim::of(&read("dkim_key", path)?, selector).map_err(|unsigned| {
            let key = match unsigned {
                Unsigned::Key => "dkim_key",
                Unsigned::Selector => "dkim_selector",
            };
            OfNoUse(key, unsigned.to_string())
        })?;
        Ok(Some(dkim))
    }

    /// Something that means nothing without a mail server.
    fn said_in_vain(&self) -> Option<&'static str> {
        let said = [
            ("mail_from", &self.from.source),
            ("smtp_ca", &self.smtp_ca.source),
            ("dkim_key", &self.dkim_key.source),
            ("dkim_selector", &self.dkim_selector.source),
        ];
        said.into_iter().find(|(_, source)| **source != Source::Default).map(|(key, _)| key)
    }
}

/// The file that a setting names.
pub(super) fn read(key: &'static str, path: &str) -> Result<Vec<u8>, OfNoUse> {
    let of_no_use = |error: std::io::Error| OfNoUse(key, format!("cannot read {path}: {error}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(of_no_use)?;
    file.take(FILE_BYTES).read_to_end(&mut bytes).map_err(of_no_use)?;
    Ok(bytes)
}

/// Says what is wrong, and tries whether the mail server lets this instance in.
pub(super) async fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let mut say = |level, key, what: String| findings.push(Finding { level, key: Some(key), what });
    let (mail, smtp_url) = (&settings.mail, "smtp_url");
    let Some(url) = &mail.smtp_url.value else {
        if let Some(key) = mail.said_in_vain() {
            let what = "means nothing without smtp_url; nobody is told by mail".to_owned();
            say(Level::Warning, key, what);
        }
        return;
    };
    let Some(from) = mail.from.value.as_ref().filter(|_| settings.public_url.value.is_some())
    else {
        return say(Level::Error, smtp_url, NEEDED.to_owned());
    };
    let smtp = match mail.server(url, from) {
        Ok(smtp) => smtp,
        Err(OfNoUse(key, why)) => return say(Level::Error, key, why),
    };
    match mail.dkim() {
        Ok(dkim) => {
            if let Some(dkim) = dkim {
                let (name, text) = dkim.record(smtp.domain());
                let what = format!("letters are signed; DNS needs a TXT record {name} with {text}");
                say(Level::Note, "dkim_key", what);
            }
        }
        Err(OfNoUse(key, why)) => say(Level::Error, key, why),
    }
    if notify::tells_password(url) {
        say(Level::Warning, smtp_url, TELLS_PASSWORD.to_owned());
    }
    let wrong = match tokio::time::timeout(PATIENCE, smtp.answers()).await {
        Ok(answer) => answer.err().map(|error| format!("the mail server: {error}")),
        Err(_) => {
            Some(format!("the mail server does not answer within {} seconds", PATIENCE.as_secs()))
        }
    };
    if let Some(what) = wrong {
        say(Level::Error, smtp_url, what);
    }
}
