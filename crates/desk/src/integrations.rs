//! The rules that integrations keep, whoever changes them.

use crate::Trouble;
use alert::AlertSettings;
use alert::mapping::Mapping;
use incident::Policy;
use incident::policy::Fault;
use kernel::{Outward, Timestamp, limits};
use std::collections::BTreeMap;
use store::Sql;
use store::directory::integrations::{self, Ask, Imap, Secrets};
use store::directory::{Integration, IntegrationKind};

/// An address as mailboxes keep it: in lower case, without names or signs around it.
///
/// # Errors
///
/// The rule that it breaks.
pub fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    let fits = text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !local.contains('@')
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    if !fits || text.contains(odd) || text.chars().count() > limits::EMAIL_CHARS {
        let shown: String = text.chars().take(limits::EMAIL_CHARS).collect();
        return Err(format!("“{shown}” is no e-mail address such as help@company.example"));
    }
    Ok(text.to_lowercase())
}

/// Whether an integration may be kept as it is; for the transaction that keeps it.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(sql: &mut dyn Sql, wanted: &Integration) -> Result<(), Trouble> {
    if wanted.archived {
        return Ok(());
    }
    let mut faults = vec![];
    let others = integrations::list(sql)?;
    let others: Vec<&Integration> = others.iter().filter(|one| one.id != wanted.id).collect();
    if others.len() >= limits::INTEGRATIONS {
        let words =
            format!("would be more than {} integrations; delete one first", limits::INTEGRATIONS);
        faults.push(Fault::new("name", words));
    }
    if wanted.addresses.len() > limits::MAILBOX_ADDRESSES {
        let words = format!("are more than {}", limits::MAILBOX_ADDRESSES);
        faults.push(Fault::new("addresses", words));
    }
    for text in &wanted.addresses {
        if let Err(words) = address(text) {
            faults.push(Fault::new("addresses", words));
        }
        if let Some(other) = others.iter().find(|one| one.addresses.contains(text)) {
            let words = format!("{text} belongs to the mailbox {}", other.name);
            faults.push(Fault::new("addresses", words));
        }
    }
    let silences = limits::SILENCE_SECONDS_MIN..=limits::SILENCE_SECONDS_MAX;
    if wanted.settings.silence_after_seconds.is_some_and(|seconds| !silences.contains(&seconds)) {
        let words = format!(
            "must be at least {} minutes and at most {} days",
            silences.start() / 60,
            silences.end() / 86_400
        );
        faults.push(Fault::new("silence_after_seconds", words));
    }
    check_alerts(&wanted.settings.alerts, &mut faults);
    if let Some(imap) = &wanted.settings.imap {
        check_imap(imap, &mut faults);
        let before = integrations::get(sql, wanted.id)?.and_then(|before| before.settings.imap);
        if before.is_some_and(|before| !imap.may_keep_secrets_of(&before)) {
            check_secrets(imap, wanted.new_secrets.as_ref(), &mut faults);
        }
    }
    if let Some(ask) = &wanted.settings.ask {
        check_ask(sql, wanted, ask, &mut faults)?;
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// Minutes between two questions to a source.
const ASK_MINUTES: std::ops::RangeInclusive<u32> = 1..=1_440;

fn check_ask(
    sql: &mut dyn Sql,
    wanted: &Integration,
    ask: &Ask,
    faults: &mut Vec<Fault>,
) -> Result<(), Trouble> {
    if wanted.kind != IntegrationKind::Alertmanager {
        faults.push(Fault::new("ask.url", "is for the kind alertmanager alone"));
    }
    match ask.url.parse::<Outward>() {
        Err(rule) => faults.push(Fault::new("ask.url", rule.to_string())),
        Ok(to) if to.path.contains('?') => {
            faults.push(Fault::new("ask.url", "must be the address of the source without “?”"));
        }
        Ok(_) => {}
    }
    if !ASK_MINUTES.contains(&ask.every_minutes) {
        let words = format!("must be {} to {} minutes", ASK_MINUTES.start(), ASK_MINUTES.end());
        faults.push(Fault::new("ask.every_minutes", words));
    }
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
    let odd =
        |user: &String| !plain(user) || user.contains(':') || user.len() > limits::EMAIL_CHARS;
    if ask.user.as_ref().is_some_and(odd) {
        faults.push(Fault::new("ask.user", "may have only visible ASCII characters and no colon"));
    }
    let given = wanted.new_secrets.as_ref().and_then(|secrets| secrets.password.as_deref());
    let long = |secret: &str| !plain(secret) || secret.len() > limits::REASON_CHARS;
    if given.is_some_and(long) {
        faults.push(Fault::new("ask.secret", "may have only visible ASCII characters"));
    }
    let before = integrations::get(sql, wanted.id)?.and_then(|before| before.settings.ask);
    let elsewhere = before.is_some_and(|before| !ask.may_keep_secrets_of(&before));
    let kept = integrations::secrets(sql, wanted.id)?.password.is_some();
    if elsewhere && kept && given.is_none_or(str::is_empty) {
        let words = "must be given anew, because it would go to another server than before";
        faults.push(Fault::new("ask.secret", words));
    }
    Ok(())
}

fn check_alerts(settings: &AlertSettings, faults: &mut Vec<Fault>) {
    let broken = settings.faults().into_iter();
    faults.extend(broken.map(|(field, words)| Fault::new(format!("alerts.{field}"), words)));
    faults.extend(mapping_faults(&settings.mapping));
}

/// What is wrong with the expressions of a mapping.
pub(crate) fn mapping_faults(texts: &BTreeMap<String, String>) -> Vec<Fault> {
    let wrong = Mapping::parse(texts).err().unwrap_or_default().into_iter();
    let fault = |(field, fault): (String, alert::mapping::Fault)| {
        Fault::new(format!("alerts.mapping.{field}"), fault.to_string())
    };
    wrong.map(fault).collect()
}

fn check_imap(imap: &Imap, faults: &mut Vec<Fault>) {
    let mut check = |field: &str, text: &str, what: &str| {
        let plain = (1..=limits::EMAIL_CHARS).contains(&text.chars().count())
            && text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if !plain {
            faults.push(Fault::new(format!("imap.{field}"), format!("must be {what}")));
        }
    };
    check("host", &imap.host, "the name of a server");
    check("user", &imap.user, "the name to sign in with");
    check("folder", &imap.folder, "the name of a folder, such as INBOX");
    if let Some(folder) = &imap.move_to {
        check("move_to", folder, "the name of another folder");
    }
    if let Some(oauth) = &imap.oauth {
        check("oauth.client_id", &oauth.client_id, "the id of this program at the provider");
        if !gives_tokens(&oauth.token_url) {
            faults.push(Fault::new(
                "imap.oauth.token_url",
                "must be an address that begins with https://",
            ));
        }
    }
    if imap.move_to.as_ref() == Some(&imap.folder) {
        faults.push(Fault::new("imap.move_to", "must be another folder"));
    }
    if imap.port == 0 {
        faults.push(Fault::new("imap.port", "must be 1 to 65535"));
    }
}

/// Whether a password or refresh token may be sent there: secretly, or to this machine.
fn gives_tokens(url: &str) -> bool {
    let here = ["127.0.0.1", "::1", "localhost"];
    url.len() <= limits::REASON_CHARS
        && url.trim() == url
        && url.parse::<Outward>().is_ok_and(|to| to.encrypted || here.contains(&to.host.as_str()))
}

/// What was given for another server is not sent to this one.
fn check_secrets(imap: &Imap, given: Option<&Secrets>, faults: &mut Vec<Fault>) {
    let given = given.cloned().unwrap_or_default();
    let (field, secret) = match imap.oauth {
        Some(_) => ("imap.oauth.refresh_token", given.refresh_token),
        None => ("imap.password", given.password),
    };
    if secret.is_none_or(|secret| secret.is_empty()) {
        let words = "must be given anew, because it would go to another server than before";
        faults.push(Fault::new(field, words));
    }
}

/// Since when a mailbox is silent, and for how many seconds of its team's hours, if that is
/// longer than it should be. `since` is when the last message came, or since when it is
/// watched if none ever did.
pub fn silent_for(
    policy: &Policy,
    mailbox: &Integration,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Option<(Timestamp, i64)> {
    let (most, since) = mailbox.settings.silence_after_seconds.zip(since)?;
    let of_service = || policy.services.get(&mailbox.service?)?.team;
    let team = mailbox.team.or_else(of_service).and_then(|team| policy.teams.get(&team));
    let hours = team.and_then(|team| policy.calendars.newest(team.calendar?, now));
    let seconds = policy.calendars.get(hours).elapsed(since, now);
    (mailbox.takes() && seconds >= most).then_some((since, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_words() {
        assert_eq!(address(" Help@Company.Example "), Ok("help@company.example".to_owned()));
        assert_eq!(address("o'neil+x@a.b"), Ok("o'neil+x@a.b".to_owned()));
        let long = format!("{}@a.b", "x".repeat(limits::EMAIL_CHARS));
        for odd in
            ["", "@", "a@", "@b", "a@b@c", "a b@c", "A <a@b>", "a@.b", "a@b.", "a@b,c@d", &long]
        {
            assert!(address(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn tokens_come_from_secret_places_or_this_machine() {
        for good in [
            "https://login.example/token",
            "http://127.0.0.1:8080/token",
            "http://localhost/token",
            "http://[::1]/token",
        ] {
            assert!(gives_tokens(good), "{good}");
        }
        let long = format!("https://login.example/{}", "x".repeat(limits::REASON_CHARS));
        for bad in [
            "",
            "http://login.example/token",
            "http://127.0.0.1.evil.example/token",
            "http://localhost@evil.example/token",
            "http://localhost.evil.example/",
            "https://localhost:secret@evil.example/",
            "http://evil.example/?http://localhost",
            "ftp://localhost/",
            &long,
        ] {
            assert!(!gives_tokens(bad), "{bad}");
        }
    }
}
