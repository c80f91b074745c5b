//! What changed in problems, articles, services, teams and people, as it is gathered for the
//! index: those with a counter by it, people by the audit, the few others all of them.

use super::documents;
use super::marks::Marks;
use ::search::{Document, Kind};
use incident::Scope;
use kernel::{PersonId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::{PeopleFilter, articles, audit, people, problems, services, teams};
use store::knowledge::{self, Record, Success};
use store::{Failure, Sql};

/// Problems, articles and people of one turn.
const RECORDS: i64 = 500;
/// Entries of the audit that are looked at again, as one may be committed after a later one.
pub(super) const AUDIT_AGAIN: i64 = 100;

/// What changed in the configuration, as it is gathered.
pub(super) struct Changes {
    /// How far it is told.
    pub(super) marks: Marks,
    /// What is there now.
    pub(super) documents: Vec<Document>,
    /// What is out of use.
    pub(super) gone: Vec<(Kind, String)>,
}

impl Changes {
    /// What changed since these marks, up to a version of the configuration; whether there is more.
    pub(super) fn since(
        sql: &mut dyn Sql,
        marks: Marks,
        version: i64,
        now: Timestamp,
    ) -> Result<(Changes, bool), Failure> {
        let all = version != marks.configuration;
        let mut changes = Changes { marks, documents: vec![], gone: vec![] };
        let more = changes.records(sql)?;
        let more = changes.people(sql)? || more;
        if all && !more {
            changes.services_and_teams(sql, now)?;
        }
        if !more {
            changes.marks.configuration = version;
        }
        Ok((changes, more))
    }

    /// Problems and articles; whether there may be more.
    fn records(&mut self, sql: &mut dyn Sql) -> Result<bool, Failure> {
        let found = problems::changed_after(sql, self.marks.problems, RECORDS)?;
        let mut more = found.len() as i64 == RECORDS;
        let names = found.iter().map(|(_, problem)| Record::Problem(problem.number));
        let did = success(sql, names)?;
        for (at, problem) in found {
            self.marks.problems = at;
            let helped = helped(&did, Record::Problem(problem.number));
            self.documents.push(documents::problem(&problem, helped));
        }
        let found = articles::changed_after(sql, self.marks.articles, RECORDS)?;
        more |= found.len() as i64 == RECORDS;
        let names = found.iter().map(|(_, article)| Record::Article(article.number));
        let did = success(sql, names)?;
        for (at, article) in found {
            self.marks.articles = at;
            let helped = helped(&did, Record::Article(article.number));
            self.documents.push(documents::article(&article, helped));
        }
        Ok(more)
    }

    /// All of them: they are few.
    fn services_and_teams(&mut self, sql: &mut dyn Sql, now: Timestamp) -> Result<(), Failure> {
        for service in services::list(sql)? {
            match service.active {
                true => self.documents.push(documents::service(&service, now)),
                false => self.gone.push((Kind::Service, service.id.to_string())),
            }
        }
        for team in teams::list(sql)? {
            match team.active {
                true => self.documents.push(documents::team(&team, now)),
                false => self.gone.push((Kind::Team, team.id.to_string())),
            }
        }
        Ok(())
    }

    /// The next people while they are filled in, and those of whom the audit tells; whether there
    /// are more.
    fn people(&mut self, sql: &mut dyn Sql) -> Result<bool, Failure> {
        if !self.marks.people_done {
            let filter = PeopleFilter { active: Some(true), ..PeopleFilter::default() };
            let found = people::list(sql, &filter, RECORDS as usize, self.marks.people_after)?;
            self.documents.extend(found.iter().map(documents::person));
            self.marks.people_done = (found.len() as i64) < RECORDS;
            self.marks.people_after = found.last().map(|person| person.id);
        }
        let from = self.marks.audit.saturating_sub(AUDIT_AGAIN);
        let (until, named) = audit::people_after(sql, from, RECORDS)?;
        let named: Vec<PersonId> = named.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        for person in people::get_many(sql, &named)? {
            match person.active {
                true => self.documents.push(documents::person(&person)),
                false => self.gone.push((Kind::Person, person.id.to_string())),
            }
        }
        let last = audit::last(sql)?;
        self.marks.audit = until.max(self.marks.audit);
        Ok(!self.marks.people_done || self.marks.audit < last)
    }
}

/// How records did, by incidents that the whole service desk may see: the order of hits must tell
/// nothing of others.
fn success(
    sql: &mut dyn Sql,
    records: impl Iterator<Item = Record>,
) -> Result<BTreeMap<Record, Success>, Failure> {
    let records: Vec<Record> = records.collect();
    knowledge::success(sql, &Scope::common(PersonId(Default::default())), &records)
}

/// How often a record helped.
fn helped(did: &BTreeMap<Record, Success>, record: Record) -> u32 {
    did.get(&record).map_or(0, |did| did.helped)
}
