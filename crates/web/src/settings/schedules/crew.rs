//! People of a rotation as a form holds them: one a line, by name or e-mail address.

use kernel::PersonId;
use std::collections::BTreeSet;
use store::directory::people::{self, PeopleFilter, Person};
use store::directory::schedules::Schedule;
use store::{Failure, Sql};

/// People looked at at most: more than any service desk has.
const PEOPLE_MAX: usize = 2_000;

/// The people of the service desk, and whoever a schedule names besides.
#[derive(Debug, Default)]
pub(super) struct Crew(Vec<Person>);

impl Crew {
    /// Everybody, those whose account is out of use too.
    pub(super) fn read(sql: &mut dyn Sql, stored: Option<&Schedule>) -> Result<Crew, Failure> {
        let staff = PeopleFilter { staff_only: true, ..PeopleFilter::default() };
        let mut found = people::list(sql, &staff, PEOPLE_MAX, None)?;
        let layers = stored.iter().flat_map(|stored| &stored.layers);
        let named: BTreeSet<PersonId> =
            layers.flat_map(|layer| &layer.rotation.people).copied().collect();
        let missing = named.into_iter().filter(|id| found.iter().all(|one| one.id != *id));
        let missing: Vec<PersonId> = missing.collect();
        found.extend(people::get_many(sql, &missing)?);
        Ok(Crew(found))
    }

    /// Those who can be put on a rota, by name.
    pub(super) fn offered(&self) -> impl Iterator<Item = &Person> {
        self.0.iter().filter(|person| person.active)
    }

    /// What somebody is called.
    pub(super) fn name(&self, id: PersonId) -> &str {
        let found = self.0.iter().find(|person| person.id == id);
        found.map_or("somebody who is gone", |person| person.name.as_str())
    }

    /// Reads one person a line. What cannot be read is named with its line.
    pub(super) fn typed(&self, text: &str) -> Result<Vec<PersonId>, String> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(at, line)| self.find(line).map_err(|words| format!("Line {}: {words}", at + 1)))
            .collect()
    }

    /// The person somebody typed: by address, or by a name that only one has.
    pub(super) fn find(&self, text: &str) -> Result<PersonId, String> {
        let text = text.trim();
        let address = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>'));
        let address = address.trim().to_lowercase();
        let by_address = |one: &&Person| one.email.as_deref() == Some(address.as_str());
        if let Some(found) = self.0.iter().find(by_address) {
            return Ok(found.id);
        }
        let name = text.to_lowercase();
        let mut named = self.0.iter().filter(|one| one.name.to_lowercase() == name);
        let shown: String = text.chars().take(60).collect();
        match (named.next(), named.next()) {
            (Some(found), None) => Ok(found.id),
            (Some(_), Some(_)) => {
                Err(format!("several people are called “{shown}”; write the e-mail address"))
            }
            (None, _) => Err(format!("nobody of the service desk is called “{shown}”")),
        }
    }

    /// "Ines Carvalhal <ines@…>": a line of the form, and of the list that it is typed from.
    pub(super) fn line(&self, id: PersonId) -> String {
        let found = self.0.iter().find(|person| person.id == id);
        found.map_or_else(|| id.to_string(), line)
    }

    /// One a line.
    pub(super) fn lines(&self, people: &[PersonId]) -> String {
        people.iter().map(|id| self.line(*id)).collect::<Vec<_>>().join("\n")
    }
}

/// A person in one line.
pub(super) fn line(person: &Person) -> String {
    match &person.email {
        Some(email) => format!("{} <{email}>", person.name),
        None => person.name.clone(),
    }
}
