//! What is said of a parent and of the children that follow it, or of an incident and what is
//! merged into it, is one piece of news: somebody who has several of them gets one letter. The inbox keeps an entry for each.

use super::Delivery;
use super::expand::Asked;
use crate::directory::{many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::Audience;
use kernel::{PersonId, Timestamp};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What comes down from a parent, or is told of parent and children at once.
const OF_FAMILIES: [&str; 4] = ["resolved", "closed", "update_published", "expectation_set"];
/// What was recorded within so many microseconds is the same piece of news: a cascade is one
/// transaction, and timers of one turn are rung one after the other.
pub(crate) const SAME_NEWS_MICROS: i64 = 5_000_000;

/// Who was told what of which family, among what becomes deliveries now.
#[derive(Default)]
pub(super) struct Families {
    /// By incident: the parent that it or what it is merged into follows, or that itself where
    /// it has children or parts.
    of: HashMap<i64, Option<i64>>,
    /// By family, word and instant: who gets a letter about which incident.
    told: HashMap<(i64, String, i64), HashMap<PersonId, i64>>,
}

impl Families {
    /// Whether this person gets a letter about the same piece of news of another incident of
    /// its family, and needs no second one.
    pub(super) fn has_told(
        &mut self,
        sql: &mut dyn Sql,
        asked: &Asked,
        audience: &Audience,
        person: PersonId,
    ) -> Result<bool, Failure> {
        let Some(family) = self.family(sql, asked, audience)? else { return Ok(false) };
        let at = asked.created_at.micros();
        if self.is_told_beside(family, asked, person, at) {
            return Ok(true);
        }
        let key = (family, asked.word.clone(), at);
        let told = match self.told.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(told_before(sql, asked, family)?),
        };
        Ok(told.get(&person).is_some_and(|number| *number != asked.number))
    }

    /// Remembers that this person gets a letter about it. Whoever wants none of one incident is
    /// told by that of another.
    pub(super) fn tells(
        &mut self,
        sql: &mut dyn Sql,
        asked: &Asked,
        audience: &Audience,
        person: PersonId,
    ) -> Result<(), Failure> {
        if let Some(family) = self.family(sql, asked, audience)? {
            let key = (family, asked.word.clone(), asked.created_at.micros());
            self.told.entry(key).or_default().entry(person).or_insert(asked.number);
        }
        Ok(())
    }

    /// The family in which something is one piece of news; `None` where it is not.
    fn family(
        &mut self,
        sql: &mut dyn Sql,
        asked: &Asked,
        audience: &Audience,
    ) -> Result<Option<i64>, Failure> {
        let public = matches!(audience, Audience::Requester(_) | Audience::Watchers);
        if !public || !OF_FAMILIES.contains(&asked.word.as_str()) {
            return Ok(None);
        }
        if let Some(family) = self.of.get(&asked.number) {
            return Ok(*family);
        }
        let family = family_of(sql, asked.number)?;
        self.of.insert(asked.number, family);
        Ok(family)
    }

    /// Whether they get a letter about the same piece of news of another instant, among what
    /// becomes deliveries now.
    fn is_told_beside(&self, family: i64, asked: &Asked, person: PersonId, at: i64) -> bool {
        self.told.iter().any(|((other, word, then), told)| {
            let same = *other == family && *word == asked.word && *then != at;
            same && then.abs_diff(at) <= SAME_NEWS_MICROS.unsigned_abs()
                && told.get(&person).is_some_and(|number| *number != asked.number)
        })
    }
}

/// Of how many more incidents that they reported a letter to a requester tells: the same piece of
/// news, recorded about `at`, of others of its family.
pub fn also_theirs(sql: &mut dyn Sql, letter: &Delivery, at: Timestamp) -> Result<i64, Failure> {
    let Some(number) = letter.number.filter(|_| OF_FAMILIES.contains(&letter.word.as_str())) else {
        return Ok(0);
    };
    let Some(family) = family_of(sql, number.0)? else { return Ok(0) };
    let statement = "select count(*) from incidents i where i.requester_id = $1 and i.number <> $2 \
        and (i.number = $3 or i.parent = $3 or i.merged_into = $3 \
        or i.merged_into in (select number from incidents where parent = $3)) \
        and exists (select 1 from events e where e.number = i.number and e.kind = $4 \
        and e.at between $5 and $6)";
    let values: [Value; 6] = [
        letter.person.into(),
        number.into(),
        family.into(),
        letter.word.as_str().into(),
        at.plus_micros(-SAME_NEWS_MICROS).into(),
        at.plus_micros(SAME_NEWS_MICROS).into(),
    ];
    Ok(one(sql, statement, &values, Columns::int)?.unwrap_or_default())
}

/// The parent that an incident, or what it is merged into, follows; or that itself where it has
/// children or parts.
fn family_of(sql: &mut dyn Sql, number: i64) -> Result<Option<i64>, Failure> {
    let statement = "select top.number, top.parent, case when exists \
        (select 1 from incidents child where child.parent = top.number) or exists \
        (select 1 from incidents part where part.merged_into = top.number) then 1 else 0 end \
        from incidents i join incidents top on top.number = coalesce(i.merged_into, i.number) \
        where i.number = $1";
    let read = |row: &mut Columns| Ok((row.int()?, row.opt_int()?, row.flag()?));
    let found = one(sql, statement, &[number.into()], read)?;
    Ok(found.and_then(|(top, parent, has_below)| parent.or(has_below.then_some(top))))
}

/// Who got a letter about it before, by an earlier turn or another node, and about which
/// incident.
fn told_before(
    sql: &mut dyn Sql,
    asked: &Asked,
    family: i64,
) -> Result<HashMap<PersonId, i64>, Failure> {
    let statement = "select d.person_id, d.number from incidents i \
        join deliveries d on d.number = i.number and d.word = $2 and d.channel = 'email' and d.channel <> 'push' \
        join events e on e.number = d.number and e.n = d.n \
        where i.number in (select number from incidents where number = $1 or parent = $1 \
        or merged_into = $1 union select part.number from incidents part join incidents top \
        on top.number = part.merged_into where top.parent = $1) and d.state <> 'withdrawn' and e.at between $3 and $4 \
        order by d.number desc";
    let at = asked.created_at;
    let values = [
        family.into(),
        asked.word.as_str().into(),
        at.plus_micros(-SAME_NEWS_MICROS).into(),
        at.plus_micros(SAME_NEWS_MICROS).into(),
    ];
    let told = many(sql, statement, &values, |row| Ok((row.parsed()?, row.int()?)))?;
    Ok(told.into_iter().collect())
}
