//! What the portal already knows: incidents in progress of which everybody is told. Of somebody
//! else's incident it tells the title, the service and what was published, and nothing else.

use super::known::{self, Said};
use super::reader::promise;
use super::words::{self, Health};
use crate::part::telling::is_common;
use crate::part::time::Here;
use incident::permissions::KNOWN_OUTAGE_TAG;
use incident::{Scope, Viewer};
use kernel::{IncidentNumber, ServiceId, Timestamp};
use query::{Context, Expr, Name, Query, StateWord, Term};
use std::collections::{BTreeSet, HashMap};
use store::directory::Person;
use store::incidents::list::{IncidentRow, Look};
use store::{Failure, Sql};

/// Major incidents shown at once: more at the same time help nobody to find theirs.
const OUTAGES_SHOWN: usize = 20;

/// A known outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outage {
    /// The major incident.
    pub(super) number: IncidentNumber,
    /// Its title.
    pub(super) title: String,
    /// Its service.
    pub(super) service: Option<(ServiceId, String)>,
    /// When service is expected back.
    pub(super) expected: Option<Timestamp>,
    /// How bad it is now.
    pub(super) health: Health,
    /// The latest public words about it.
    pub(super) said: Option<Said>,
}

impl Outage {
    /// "expected back by 14:30 today", if that was told.
    pub(super) fn back(&self, here: &Here) -> Option<String> {
        let at = self.expected?;
        let by = locale::portal(here.language).by_time(promise(at, here));
        Some(format!("{} {by}", words::expectation(at, here).to_lowercase()))
    }
}

/// The open incidents that everybody is told of and that may be told to this person: none that
/// is confidential, and of a customer company only its own.
pub(super) fn known(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    person: &Person,
    context: &Context,
) -> Result<Vec<Outage>, Failure> {
    let scope = Scope {
        everything: false,
        open_to_staff: true,
        teams: Default::default(),
        ..Scope::of(viewer)
    };
    let look = Look { scope, context: context.clone() };
    // Those of other companies take no place of theirs.
    let own = person.organisation.map(|id| Name::Is(id.to_string()));
    let companies: Vec<Name> = [Name::None].into_iter().chain(own).collect();
    let filter = Expr::all_of([
        Expr::any_of([
            Term::Major(true).into(),
            Term::Tag(vec![Name::Is(KNOWN_OUTAGE_TAG.to_owned())]).into(),
        ]),
        Term::State(vec![StateWord::Open]).into(),
        Term::Confidential(false).into(),
        Term::Merged(false).into(),
        Term::Organisation(companies).into(),
    ]);
    let query = Query { filter, sort: None };
    let page = store::incidents::list::list(sql, &look, &query, OUTAGES_SHOWN, None)?;
    let mut rows = page.rows;
    rows.retain(|row| incident::permissions::is_known_outage(&row.state, person.organisation));
    let numbers: Vec<IncidentNumber> = rows.iter().map(|row| row.number).collect();
    let mut said = known::latest(sql, &numbers)?;
    let told = rows.into_iter().map(|row| {
        let words = said.remove(&row.number);
        outage(row, words)
    });
    Ok(told.collect())
}

/// The known outage with this number, if there is one for this person.
pub(super) fn one(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    person: &Person,
    context: &Context,
    number: IncidentNumber,
) -> Result<Option<Outage>, Failure> {
    Ok(known(sql, viewer, person, context)?.into_iter().find(|outage| outage.number == number))
}

/// The outages that these incidents of one's own are or belong to: nothing is left to say of them.
pub(super) fn had(own: &[IncidentRow]) -> BTreeSet<IncidentNumber> {
    let with = |row: &IncidentRow| {
        [Some(row.number), row.state.parent, row.state.merged_into].into_iter().flatten()
    };
    own.iter().flat_map(with).collect()
}

/// The worst that is known against each service.
pub(super) fn health(outages: &[Outage]) -> HashMap<ServiceId, &Outage> {
    let mut worst: HashMap<ServiceId, &Outage> = HashMap::new();
    for outage in outages {
        if let Some((service, _)) = &outage.service {
            let known = worst.entry(*service).or_insert(outage);
            if outage.health < known.health {
                *known = outage;
            }
        }
    }
    worst
}

fn outage(row: IncidentRow, said: Option<Said>) -> Outage {
    let named = said.as_ref().and_then(|said| said.title.clone());
    // What the incident says now is newer than an update, if it says anything.
    let told = said.as_ref().and_then(|said| said.expected);
    Outage {
        number: row.number,
        title: named.unwrap_or(row.title),
        health: Health::of_major(&row.state),
        expected: words::expected(&row.state).or(told),
        said,
        service: row.service.map(|service| (service.id, service.name)),
    }
}

/// How alike two texts are for "is it this one?": how many of the typed words
/// begin a word of the other text.
pub(super) fn likeness(typed: &[String], text: &str) -> usize {
    let words = query::words(text);
    typed.iter().filter(|typed| words.iter().any(|word| word.starts_with(typed.as_str()))).count()
}

/// The words of a sentence that tell something: three letters and more, and none
/// of those that every report has.
pub(super) fn telling(text: &str) -> Vec<String> {
    query::words(text)
        .into_iter()
        .filter(|word| word.chars().count() >= 3 && !is_common(word))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_telling_words_make_texts_alike() {
        let typed = telling("The VPN is not working, keeps disconn");
        assert_eq!(typed, ["vpn", "keeps", "disconn"]);
        assert_eq!(likeness(&typed, "VPN disconnects after 10 minutes"), 2);
        assert_eq!(likeness(&typed, "Printer out of paper"), 0);
    }
}
