//! Timelines for programs of process mining: XES (IEEE 1849), a trace for each incident. Nothing
//! that people wrote is in it, so what was erased is not either. Who did it is told by name to those
//! who see figures of people; for others each person has a number within the log.

use super::{Asked, sees_people};
use crate::{Desk, Trouble};
use incident::{Access, Scope, Viewer};
use insight::report::Name;
use kernel::{Actor, ActorKind, IncidentNumber};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use store::incidents::list;
use store::incidents::timeline::{self, StoredEvent};

/// Incidents of one piece: bounds what is held while it is sent, as storms have thousands of entries.
pub const TRACES_A_PIECE: usize = 25;

/// What stands before the traces.
pub const XES_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <log xes.version=\"1849-2016\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n\
    <extension name=\"Concept\" prefix=\"concept\" uri=\"http://www.xes-standard.org/concept.xesext\"/>\n\
    <extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n\
    <extension name=\"Organizational\" prefix=\"org\" uri=\"http://www.xes-standard.org/org.xesext\"/>\n\
    <classifier name=\"Activity\" keys=\"concept:name\"/>\n";
/// What stands after them.
pub const XES_TAIL: &str = "</log>\n";

/// How people are called in a log, from its first piece to its last.
#[derive(Debug, Clone)]
pub struct Called {
    by_name: bool,
    /// The number of each person, by id, in the order in which they come.
    numbers: HashMap<String, usize>,
}

impl Called {
    /// As the viewer reads them: by name where they see figures of people, else by number.
    pub fn to(viewer: &Viewer) -> Called {
        Called { by_name: sees_people(viewer), numbers: HashMap::new() }
    }

    /// Programs are no people and keep their names.
    fn name(&mut self, actor: &Actor) -> String {
        if self.by_name || actor.kind != ActorKind::Person {
            return actor.name.clone();
        }
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(actor.id.clone()).or_insert(next);
        format!("{} {number}", actor.kind)
    }
}

impl Desk {
    /// The incidents of a period that the viewer sees all of, the oldest first.
    ///
    /// # Errors
    ///
    /// As [`Desk::report`].
    pub async fn report_numbers(
        &self,
        viewer: &Viewer,
        asked: &Asked,
    ) -> Result<Vec<IncidentNumber>, Trouble> {
        let asked = Asked { name: Name::Arrivals, by: None, ..asked.clone() };
        let reading = self.reading(viewer, &asked)?;
        let found = self.read(move |sql| store::reports::facts(sql, &reading.wanted)).await?;
        let found = found.ok_or(Trouble::Overloaded)?;
        let mut numbers: Vec<IncidentNumber> = found.into_iter().map(|fact| fact.number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The traces of some incidents, those that the viewer sees all of now. `called` is that of the
    /// pieces before, so that somebody is called the same in all of them.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn traces(
        &self,
        viewer: &Viewer,
        numbers: Vec<IncidentNumber>,
        called: &mut Called,
    ) -> Result<String, Trouble> {
        let scope = Scope::of(viewer);
        let events = self
            .read(move |sql| {
                let rows = list::get_many(sql, &scope, &numbers)?;
                let seen = rows.iter().filter(|row| row.access == Access::Full);
                let seen: Vec<IncidentNumber> = seen.map(|row| row.number).collect();
                timeline::timelines(sql, &seen, u32::MAX)
            })
            .await?;
        let mut traces: BTreeMap<IncidentNumber, Vec<StoredEvent>> = BTreeMap::new();
        for event in events {
            traces.entry(event.number).or_default().push(event);
        }
        let mut text = String::new();
        for (number, events) in &traces {
            trace(&mut text, *number, events, called);
        }
        Ok(text)
    }
}

fn trace(text: &mut String, number: IncidentNumber, events: &[StoredEvent], called: &mut Called) {
    text.push_str("<trace>");
    string(text, "concept:name", &number.to_string());
    for stored in events {
        let event = &stored.event;
        text.push_str("<event>");
        string(text, "concept:name", event.body.kind());
        // Writing to a string does not fail.
        let _ = write!(text, "<date key=\"time:timestamp\" value=\"{}\"/>", event.happened_at);
        string(text, "org:resource", &called.name(&event.actor));
        string(text, "org:role", event.actor.kind.as_str());
        string(text, "channel", event.channel.as_str());
        text.push_str("</event>");
    }
    text.push_str("</trace>\n");
}

fn string(text: &mut String, key: &str, value: &str) {
    text.push_str("<string key=\"");
    text.push_str(key);
    text.push_str("\" value=\"");
    for sign in value.chars() {
        match sign {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\t' | '\n' | '\r' => text.push(' '),
            // XML has no way to say these.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            sign => text.push(sign),
        }
    }
    text.push_str("\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::PersonId;

    #[test]
    fn people_are_called_by_name_or_by_the_same_number_throughout() {
        let person = |id: u128| Actor::person(PersonId(uuid::Uuid::from_u128(id)), "Ines");
        let mut numbered = Called { by_name: false, numbers: HashMap::new() };
        let told = [person(7), person(3), Actor::system(), person(7)];
        let told = told.map(|actor| numbered.name(&actor));
        assert_eq!(told, ["person 1", "person 2", "Evenkeel", "person 1"]);
        let mut named = Called { by_name: true, numbers: HashMap::new() };
        assert_eq!(named.name(&person(7)), "Ines");
    }

    #[test]
    fn names_cannot_leave_their_place() {
        let mut text = String::new();
        string(&mut text, "org:resource", "\"/><x a='&'>\u{1}\n");
        let safe = "<string key=\"org:resource\" value=\"&quot;/&gt;&lt;x a='&amp;'&gt; \"/>";
        assert_eq!(text, safe);
    }
}
