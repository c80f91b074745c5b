//! The table of who is told what, and how it is changed. Each function runs inside
//! [`crate::Desk::read`] or [`crate::Desk::change`].

use crate::{Audit, Trouble};
use incident::notices::{Notice, faults, standard};
use incident::rules::{Fault, people_named};
use incident::{Policy, Refusal};
use kernel::limits;
use std::collections::BTreeSet;
use store::directory::{notices, people};
use store::{Failure, Sql};

const SUBJECT: &str = "notification_rule";

/// The whole table: the standard rows as they are now, then those that were added, by name.
pub fn table(sql: &mut dyn Sql) -> Result<Vec<Notice>, Failure> {
    let mut stored = notices::list(sql)?;
    let mut rows = standard();
    for row in &mut rows {
        if let Some(at) = stored.iter().position(|changed| changed.id == row.id) {
            *row = stored.remove(at);
        }
    }
    rows.extend(stored);
    Ok(rows)
}

/// The row with this id or name.
pub fn find(sql: &mut dyn Sql, text: &str) -> Result<Option<Notice>, Failure> {
    let stored = match notices::get(sql, text)? {
        Some(row) => Some(row),
        None => notices::by_name(sql, text)?,
    };
    Ok(stored.or_else(|| standard().into_iter().find(|row| row.id == text)))
}

/// What is wrong with each of these rows; nothing ever is with a standard one.
pub fn check(
    sql: &mut dyn Sql,
    rows: &[Notice],
    policy: &Policy,
) -> Result<Vec<Vec<Fault>>, Failure> {
    let mut known = BTreeSet::new();
    for name in rows.iter().flat_map(|row| people_named(&row.when)) {
        let by_id = name.parse().map_or(Ok(None), |id| people::get(sql, id))?;
        if by_id.is_some()
            || people::by_email(sql, &name)?.is_some()
            || !people::by_name(sql, &name)?.is_empty()
        {
            known.insert(name);
        }
    }
    let check = |row: &Notice| match row.is_standard() {
        true => vec![],
        false => faults(row, policy, &|name| known.contains(name)),
    };
    Ok(rows.iter().map(check).collect())
}

/// Adds a row.
///
/// # Errors
/// A name that is taken, by a standard row too; more rows than there can be.
pub fn add(sql: &mut dyn Sql, audit: &Audit, row: &Notice) -> Result<Notice, Trouble> {
    let taken = standard().iter().any(|other| other.name.eq_ignore_ascii_case(&row.name));
    if taken {
        return Err(Refusal::invalid("name", "is the name of a standard row").into());
    }
    let added = notices::list(sql)?.into_iter().filter(|row| !row.is_standard()).count();
    if added >= limits::NOTIFICATION_RULES {
        let words = format!("is one too many: there are {} rules", limits::NOTIFICATION_RULES);
        return Err(Refusal::invalid("name", words).into());
    }
    notices::insert(sql, row)?;
    audit.created(sql, SUBJECT, &row.id, row)?;
    Ok(row.clone())
}

/// Changes the row that was in this version. Of a standard row only channels, whether it is told
/// in any case, and whether it is in use can differ from how it came.
///
/// # Errors
/// A version that is not the newest any more, a name that is taken, no such row.
pub fn change(sql: &mut dyn Sql, audit: &Audit, row: &Notice) -> Result<Notice, Trouble> {
    let missing = || Refusal::not_found("there is no such notification rule");
    let before = find(sql, &row.id)?.ok_or_else(missing)?;
    let is_standard = row.is_standard();
    let wanted = match standard().into_iter().find(|standard| standard.id == row.id) {
        Some(came) => {
            let (channels, always, active) = (row.channels, row.always, row.active);
            Notice { channels, always, active, version: row.version, ..came }
        }
        None => row.clone(),
    };
    let stale = Trouble::Stale { seen: row.version, current: before.version };
    if before.version != row.version {
        return Err(stale);
    }
    match (is_standard, row.version) {
        (true, 0) => notices::insert(sql, &wanted)?,
        _ if !notices::update(sql, &wanted, row.version)? => return Err(stale),
        _ => {}
    }
    let after = Notice { version: row.version + 1, ..wanted };
    audit.changed(sql, SUBJECT, &after.id, &before, &after)?;
    Ok(after)
}

/// Removes a row that was added; a standard one is as it came again.
///
/// # Errors
/// A version that is not the newest any more, no such row.
pub fn remove(sql: &mut dyn Sql, audit: &Audit, id: &str, seen: i64) -> Result<(), Trouble> {
    let missing = || Refusal::not_found("there is no such notification rule");
    let before = find(sql, id)?.ok_or_else(missing)?;
    if before.version != seen {
        return Err(Trouble::Stale { seen, current: before.version });
    }
    notices::delete(sql, &before.id)?;
    Ok(audit.deleted(sql, SUBJECT, &before.id, &before)?)
}
