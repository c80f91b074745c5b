//! Whom reviews and actions were brought to mind, each once for each day that they are due.

use crate::directory::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::Audience;
use incident::notices::Terms;
use incident::telling::Channels;
use jiff::civil::Date;
use kernel::{IncidentNumber, PersonId, ReviewNumber, Timestamp, words};

/// Reminders that are looked for at once.
const DUE_AT_ONCE: i64 = 200;

words! {
    /// What somebody is reminded of.
    Reminder {
        /// A review is theirs.
        ReviewOpened = "review_opened",
        /// A review of theirs is due soon.
        ReviewNears = "review_nears",
        /// A review of theirs is overdue.
        ReviewOverdue = "review_overdue",
        /// An action of theirs is due soon.
        ActionNears = "action_nears",
        /// An action of theirs is overdue.
        ActionOverdue = "action_overdue",
    }
}

/// Something of which its owner is to be reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToRemind {
    /// What it is known by: `PIR-3`, or the id of an action.
    pub subject: String,
    /// The incident that was reviewed.
    pub incident: IncidentNumber,
    /// Of what.
    pub word: Reminder,
    /// What is due: another day is told anew.
    pub due: String,
    /// Whom.
    pub person: PersonId,
}

/// Reviews that are due before `soon`, and whose owners do not know it yet.
pub fn reviews_to_remind(
    sql: &mut dyn Sql,
    now: Timestamp,
    soon: Timestamp,
) -> Result<Vec<ToRemind>, Failure> {
    let statement = format!(
        "select d.number, d.incident, d.word, d.due_at, d.owner_id from \
         (select r.number, r.incident, r.due_at, r.owner_id, case when r.due_at < $1 \
          then 'review_overdue' else 'review_nears' end as word from reviews r \
          where r.state <> 'published' and r.due_at < $2 and r.owner_id is not null) d \
         where not exists (select 1 from review_reminders t where t.subject = 'PIR-' || d.number \
          and t.word = d.word and t.due = cast(d.due_at as text) and t.person_id = d.owner_id) \
         order by d.due_at, d.number limit {DUE_AT_ONCE}"
    );
    many(sql, &statement, &[now.into(), soon.into()], |row| {
        Ok(ToRemind {
            subject: ReviewNumber(row.int()?).to_string(),
            incident: IncidentNumber(row.int()?),
            word: row.parsed()?,
            due: row.int()?.to_string(),
            person: row.parsed()?,
        })
    })
}

/// Open actions that are due on `soon` or before, and whose owners do not know it yet.
pub fn actions_to_remind(
    sql: &mut dyn Sql,
    today: Date,
    soon: Date,
) -> Result<Vec<ToRemind>, Failure> {
    let statement = format!(
        "select d.id, d.incident, d.word, d.due_on, d.owner_id from \
         (select a.id, r.incident, a.due_on, a.owner_id, case when a.due_on < $1 \
          then 'action_overdue' else 'action_nears' end as word from review_actions a \
          join reviews r on r.number = a.review \
          where a.state = 'open' and a.due_on <= $2 and a.owner_id is not null) d \
         where not exists (select 1 from review_reminders t where t.subject = d.id \
          and t.word = d.word and t.due = d.due_on and t.person_id = d.owner_id) \
         order by d.due_on, d.id limit {DUE_AT_ONCE}"
    );
    let values = [today.to_string().into(), soon.to_string().into()];
    many(sql, &statement, &values, |row| {
        Ok(ToRemind {
            subject: row.text()?,
            incident: IncidentNumber(row.int()?),
            word: row.parsed()?,
            due: row.text()?,
            person: row.parsed()?,
        })
    })
}

/// Has somebody told, in the product, unless they were; whether they were not. What is told
/// refers to the last entry of the incident that says that it is over.
pub fn remind(sql: &mut dyn Sql, what: &ToRemind, now: Timestamp) -> Result<bool, Failure> {
    let statement = "insert into review_reminders (subject, word, due, person_id, at) \
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    let values = [
        Value::from(&what.subject),
        what.word.as_str().into(),
        (&what.due).into(),
        what.person.into(),
        now.into(),
    ];
    if sql.execute(statement, &values)? == 0 {
        return Ok(false);
    }
    let last = "select coalesce(max(case when kind in ('resolved', 'closed') then n end), max(n)) \
        from events where number = $1";
    let Some(n) = one(sql, last, &[what.incident.into()], Columns::opt_int)?.flatten() else {
        return Ok(false);
    };
    let channels = Channels { mail: false, push: false, inbox: true };
    let terms = Terms { channels, always: true, ..Terms::default() };
    let statement = "insert into outbox (number, n, word, audience, not_before, created_at, terms) \
        values ($1, $2, $3, $4, $5, $5, $6)";
    let values = [
        what.incident.into(),
        n.into(),
        what.word.as_str().into(),
        json(&Audience::Person(what.person))?.into(),
        now.into(),
        json(&terms)?.into(),
    ];
    sql.execute(statement, &values)?;
    Ok(true)
}
