//! The rules that lists of stakeholders keep, whoever saves them.

use crate::subscribers::mail_address;
use crate::{Audit, Desk, Trouble, check_seen};
use incident::Refusal;
use incident::policy::Fault;
use kernel::{Actor, Language, ListId, limits};
use std::collections::BTreeSet;
use store::Sql;
use store::directory::lists::{self, LISTS_MAX, List, MEMBERS_MAX, PlainAddress};

/// Checks a list as it is to be saved: its members and its services are there.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(sql: &mut dyn Sql, list: &List) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    let name = list.name.trim();
    if name.is_empty() || name.chars().count() > limits::NAME_CHARS {
        let most = limits::NAME_CHARS;
        faults.push(Fault::new("name", format!("is needed, with {most} characters at most")));
    }
    if list.members() > MEMBERS_MAX {
        faults
            .push(Fault::new("people", format!("are more than {MEMBERS_MAX} with the addresses")));
    }
    let people: Vec<_> = list.people.iter().copied().collect();
    if store::directory::people::get_many(sql, &people)?.len() < people.len() {
        faults.push(Fault::new("people", "has somebody who is not known"));
    }
    for plain in &list.addresses {
        if mail_address(&plain.email).as_ref() != Some(&plain.email) {
            faults.push(Fault::new("addresses", format!("“{}” is no e-mail address", plain.email)));
        }
    }
    for service in &list.wants.services {
        if store::directory::services::get(sql, *service)?.is_none() {
            faults.push(Fault::new("services", "has one that is not known"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// Makes a list.
///
/// # Errors
///
/// A rule it breaks, a name that is taken, or too many lists.
pub fn make(sql: &mut dyn Sql, audit: &Audit, list: &List) -> Result<(), Trouble> {
    check(sql, list)?;
    if lists::count(sql)? >= LISTS_MAX as i64 {
        return Err(Refusal::limit(format!("there are {LISTS_MAX} lists; remove one")).into());
    }
    lists::insert(sql, list, audit.now())?;
    Ok(audit.created(sql, List::WHAT, list.id, list)?)
}

/// Changes a list that is at the version it was seen at.
///
/// # Errors
///
/// A rule it breaks; somebody was faster; there is none.
pub fn change(sql: &mut dyn Sql, audit: &Audit, list: &List) -> Result<(), Trouble> {
    check(sql, list)?;
    let seen = list.version;
    let missing = || Trouble::from(Refusal::not_found("there is no such list"));
    let before = lists::get(sql, list.id)?.ok_or_else(missing)?;
    if !lists::update(sql, list, seen)? {
        return Err(Trouble::Stale { seen, current: before.version });
    }
    let after = List { version: seen + 1, ..list.clone() };
    Ok(audit.changed(sql, List::WHAT, list.id, &before, &after)?)
}

/// Removes a list.
///
/// # Errors
///
/// There is none, or somebody changed it since version `seen`.
pub fn remove(
    sql: &mut dyn Sql,
    audit: &Audit,
    id: ListId,
    seen: Option<i64>,
) -> Result<(), Trouble> {
    let missing = || Trouble::from(Refusal::not_found("there is no such list"));
    let before = lists::get(sql, id)?.ok_or_else(missing)?;
    check_seen(seen, before.version)?;
    lists::delete(sql, id, audit.now())?;
    Ok(audit.deleted(sql, List::WHAT, id, &before)?)
}

impl Desk {
    /// The address that a link of a letter takes off its list; `None` where it is on it no more,
    /// or the link is not ours. Looking changes nothing.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn listed(&self, token: &str) -> Result<Option<PlainAddress>, Trouble> {
        let seals = self.seals().await?;
        let Some(id) = seals.read_list(token) else { return Ok(None) };
        let Some(list) = self.read(move |sql| lists::get(sql, id)).await? else { return Ok(None) };
        let is_it = |one: &PlainAddress| seals.is_listed(token, id, &one.email);
        Ok(list.addresses.into_iter().find(is_it))
    }

    /// Takes an address off a list by its link; whoever presses again is told the same. People
    /// have no such link: the service desk put them there.
    ///
    /// # Errors
    ///
    /// [`Trouble::Stale`] when the list was changed at this very moment.
    pub async fn leave_list(&self, token: &str) -> Result<(), Trouble> {
        // Whoever invents links keeps nobody who writes.
        let Some(PlainAddress { email, .. }) = self.listed(token).await? else { return Ok(()) };
        let Some(id) = self.seals().await?.read_list(token) else { return Ok(()) };
        self.change(Actor::system(), move |sql, audit| {
            let Some(before) = lists::get(sql, id)? else { return Ok(()) };
            let mut after = List { version: before.version + 1, ..before.clone() };
            after.addresses.retain(|one| one.email != email);
            if after.addresses.len() == before.addresses.len() {
                return Ok(());
            }
            if !lists::update(sql, &after, before.version)? {
                return Err(Trouble::Stale { seen: before.version, current: after.version });
            }
            lists::withdraw(sql, id, &email, audit.now())?;
            Ok(audit.changed(sql, List::WHAT, id, &before, &after)?)
        })
        .await
    }
}

/// Addresses as they are typed, one a line, each with its language behind it where that is not
/// the first one: `board@company.example de`.
pub fn addresses(text: &str, usual: Language) -> BTreeSet<PlainAddress> {
    let lines = text.split(['\n', ',', ';']).map(str::trim).filter(|line| !line.is_empty());
    lines
        .take(MEMBERS_MAX + 1)
        .map(|line| {
            let mut words = line.split_whitespace();
            let email = words.next().unwrap_or_default().to_lowercase();
            let language = words.next().and_then(Language::of_tag).unwrap_or(usual);
            PlainAddress { email, language }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_their_languages() {
        let found = addresses("Board@a.example de\n\n b@a.example; c@a.example xx", Language::Fr);
        let found: Vec<_> = found.iter().map(|one| (one.email.as_str(), one.language)).collect();
        assert_eq!(
            found,
            [
                ("b@a.example", Language::Fr),
                ("board@a.example", Language::De),
                ("c@a.example", Language::Fr)
            ]
        );
    }
}
