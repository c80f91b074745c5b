//! The rules that integrations keep, whoever changes them.

use crate::Trouble;
use incident::Policy;
use incident::policy::Fault;
use kernel::{Timestamp, limits};
use store::Sql;
use store::directory::Integration;
use store::directory::integrations::{self, Imap};

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
        let words = format!("must be {} to {}", silences.start(), silences.end());
        faults.push(Fault::new("silence_after_seconds", words));
    }
    if let Some(imap) = &wanted.settings.imap {
        check_imap(imap, &mut faults);
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
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
        let known = ["https://", "http://127.0.0.1", "http://localhost"];
        let url = &oauth.token_url;
        if !known.iter().any(|start| url.starts_with(start)) || url.len() > limits::REASON_CHARS {
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

/// Since when a mailbox is silent, and for how many seconds of its team's hours, if that is
/// longer than it should be. One to which nobody ever wrote is not in use yet.
pub fn silent_for(
    policy: &Policy,
    mailbox: &Integration,
    now: Timestamp,
) -> Option<(Timestamp, i64)> {
    let (most, since) = mailbox.settings.silence_after_seconds.zip(mailbox.last_seen_at)?;
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
}
