//! Search across everything, for the palette and the search page: incidents
//! ranked by number, title and age, and the things one can go to.

use super::filter::{self, Look};
use super::list::{self, IncidentRow};
use crate::directory::{PeopleFilter, Person, Service, Team, many, people, services, teams};
use crate::{Columns, Failure, Sql, Value};
use kernel::{InOrder, IncidentNumber};
use query::{Expr, Term, Text};
use std::collections::BTreeSet;

/// Matches that are ranked: of more, the newest. Keeps a search for "the" quick.
const RANKED: i64 = 500;

/// Visible incidents for words or a number: first the one with exactly that
/// number, then those with all the words in their title, then the rest, each the
/// newest first.
pub fn search(
    sql: &mut dyn Sql,
    look: &Look,
    text: &str,
    limit: usize,
) -> Result<Vec<IncidentRow>, Failure> {
    let mut numbers: Vec<IncidentNumber> = exact(text).into_iter().collect();
    let terms: Vec<Text> = words(text);
    if !terms.is_empty() {
        let expr = Expr::all_of(terms.iter().cloned().map(|text| Expr::Term(Term::Text(text))));
        numbers.extend(matching(sql, look, &expr, &terms)?);
    }
    let mut seen = BTreeSet::new();
    numbers.retain(|number| seen.insert(*number));
    // One more than asked: the exact number may be one that the viewer cannot see.
    numbers.truncate(limit.saturating_add(1));
    let mut rows = list::get_many(sql, &look.scope, &numbers)?;
    rows.order_by_key(|row| numbers.iter().position(|number| *number == row.number));
    rows.truncate(limit);
    Ok(rows)
}

/// Active people whose name or address has words that begin so.
pub fn find_people(sql: &mut dyn Sql, text: &str, limit: usize) -> Result<Vec<Person>, Failure> {
    let filter =
        PeopleFilter { text: Some(text.to_owned()), active: Some(true), ..PeopleFilter::default() };
    people::list(sql, &filter, limit, None)
}

/// Services in use whose name has words that begin so.
pub fn find_services(sql: &mut dyn Sql, text: &str, limit: usize) -> Result<Vec<Service>, Failure> {
    let named = services::names(sql)?.into_iter().filter(|(_, name)| begins(name, text));
    let mut found = Vec::new();
    for (id, _) in named.take(limit) {
        found.extend(services::get(sql, id)?);
    }
    Ok(found)
}

/// Teams in use whose name has words that begin so.
pub fn find_teams(sql: &mut dyn Sql, text: &str, limit: usize) -> Result<Vec<Team>, Failure> {
    Ok(teams::list(sql)?
        .into_iter()
        .filter(|team| team.active && begins(&team.name, text))
        .take(limit)
        .collect())
}

fn matching(
    sql: &mut dyn Sql,
    look: &Look,
    expr: &Expr,
    terms: &[Text],
) -> Result<Vec<IncidentNumber>, Failure> {
    let (condition, mut values) = filter::compile(sql.engine(), expr, look, 1);
    values.push(Value::Int(RANKED));
    let statement = format!(
        "select i.number, i.title from incidents i where {condition} order by i.number desc limit ${}",
        values.len()
    );
    let found = many(sql, &statement, &values, |row: &mut Columns| {
        Ok((IncidentNumber(row.int()?), row.text()?))
    })?;
    let (in_title, elsewhere): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(_, title)| terms.iter().all(|text| text.occurs_in(title)));
    Ok(in_title.into_iter().chain(elsewhere).map(|(number, _)| number).collect())
}

/// `INC-42`, and `42` alone.
fn exact(text: &str) -> Option<IncidentNumber> {
    let text = text.trim();
    text.parse().or_else(|_| format!("INC-{text}").parse()).ok()
}

/// Each word may be the beginning of a longer one.
fn words(text: &str) -> Vec<Text> {
    let words = text.split_whitespace().map(|word| Text { text: word.to_owned(), prefix: true });
    words.filter(|text| !text.words().is_empty()).take(kernel::limits::QUERY_TERMS).collect()
}

/// Whether each word of `text` begins a word of `name`.
fn begins(name: &str, text: &str) -> bool {
    words(text).iter().all(|text| text.occurs_in(name))
}
