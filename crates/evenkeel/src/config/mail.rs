//! Mail that goes out: the settings, and what may be wrong with them.

use super::check::{Finding, Level, PATIENCE, without_password};
use super::{Setting, Settings, Source};
use crate::failed::Failed;
use notify::{Smtp, Wrong};

/// What has to be said with a mail server.
const NEEDED: &str = "also needs mail_from, such as Service Desk <help@company.example>, and public_url for the links in letters";

/// The settings of mail that goes out.
#[derive(Debug, Clone)]
pub(crate) struct MailSettings {
    /// The mail server: without it nobody is told by mail.
    pub(super) smtp_url: Setting<Option<String>>,
    /// Who letters are from, and who gets the answers.
    pub(super) from: Setting<Option<String>>,
}

/// Mail as the settings want it.
pub(crate) struct Mail {
    /// For whoever sends.
    pub(crate) letters: notify::Options,
    /// For the screen that says so.
    pub(crate) shown: web::Mail,
}

impl MailSettings {
    /// What letters need, if there is a mail server. `public_url` is that of the instance.
    pub(crate) fn chosen(&self, public_url: Option<&str>) -> Result<Option<Mail>, Failed> {
        let Some(url) = &self.smtp_url.value else { return Ok(None) };
        let (Some(from), Some(public_url)) = (&self.from.value, public_url) else {
            return Err(Failed::usage(format!("--smtp-url {NEEDED}")));
        };
        let smtp = Smtp::of(url, from).map_err(|wrong| {
            let (key, _) = key_of(&wrong);
            Failed::usage(format!("{key} {wrong}"))
        })?;
        let letters = notify::Options { smtp, public_url: public_url.to_owned(), mailbox: None };
        let shown = web::Mail { server: without_password(url), from: from.clone() };
        Ok(Some(Mail { letters, shown }))
    }
}

/// The setting that is wrong, as a flag and as a key.
fn key_of(wrong: &Wrong) -> (&'static str, &'static str) {
    match wrong {
        Wrong::Url => ("--smtp-url", "smtp_url"),
        Wrong::From => ("--mail-from", "mail_from"),
    }
}

/// Says what is wrong, and tries whether the mail server lets this instance in.
pub(super) async fn check(settings: &Settings, findings: &mut Vec<Finding>) {
    let mut say = |level, key, what: String| findings.push(Finding { level, key: Some(key), what });
    let (mail, smtp_url) = (&settings.mail, "smtp_url");
    let Some(url) = &mail.smtp_url.value else {
        if mail.from.source != Source::Default {
            let what = "means nothing without smtp_url; nobody is told by mail".to_owned();
            say(Level::Warning, "mail_from", what);
        }
        return;
    };
    let Some(from) = mail.from.value.as_ref().filter(|_| settings.public_url.value.is_some())
    else {
        return say(Level::Error, smtp_url, NEEDED.to_owned());
    };
    let smtp = match Smtp::of(url, from) {
        Ok(smtp) => smtp,
        Err(wrong) => return say(Level::Error, key_of(&wrong).1, wrong.to_string()),
    };
    let in_the_clear = url.starts_with("smtp://") && url.contains('@');
    if in_the_clear && !["@127.0.0.1", "@localhost"].iter().any(|near| url.contains(near)) {
        let what = "the password travels unencrypted; use smtp+starttls:// or smtps://".to_owned();
        say(Level::Warning, smtp_url, what);
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
