//! Parts of an incident's page that were drawn for an earlier one. Each is found by everything that
//! it was drawn from: whoever would see something else finds nothing, and what changes is drawn anew.

use super::timeline::{Rights, UNDO_SECONDS};
use super::view::View;
use crate::part::many::Pieces;
use incident::CommandName;
use jiff::civil::Date;
use kernel::{AlertId, IncidentNumber, Language, PersonId};
use maud::Markup;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes kept at most, of all parts together; then it begins anew.
const BYTES_MAX: usize = 4 * 1_048_576;
/// Larger parts are not kept: they would push out all others.
const LARGE_BYTES: usize = 524_288;
/// About what it takes to say what a part was drawn from.
const SOURCES_BYTES: usize = 2_000;

/// A part of the page, with what it is drawn from besides the incident, the reader's rights and
/// their clock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The timeline and its filter.
    Timeline {
        /// Whether all of it is shown, or the newest entries.
        all: bool,
        /// How many of its events, the latest, are young enough to be undone.
        young: usize,
        /// Entries whose messages are still there.
        mail: Vec<(IncidentNumber, u32)>,
        /// The titles of alerts.
        alerts: Vec<(AlertId, String)>,
        /// Whether a program reported the incident for itself.
        by_machine: bool,
    },
    /// The dialogs.
    Dialogs {
        /// Who is offered where somebody is to be named.
        owner: Option<PersonId>,
        /// How long ago the requester asked something that nobody answered.
        asked: Option<String>,
        /// Who is not there.
        away: Vec<PersonId>,
    },
    /// The lists behind the properties.
    Pickers {
        /// How many open incidents people have.
        loads: Vec<(PersonId, i64)>,
        /// Who is not there.
        away: Vec<PersonId>,
    },
}

impl Part {
    /// The timeline.
    pub(super) fn timeline(view: &View<'_>, all: bool) -> Part {
        let case = view.case;
        let is_young = |at| case.here.now.seconds_since(at) <= UNDO_SECONDS;
        Part::Timeline {
            all,
            young: case.events().iter().filter(|stored| is_young(stored.event.at)).count(),
            mail: sorted(case.mail.iter().copied()),
            alerts: case.alerts.titles(),
            by_machine: case.by_machine,
        }
    }

    /// The dialogs.
    pub(super) fn dialogs(view: &View<'_>) -> Part {
        let case = view.case;
        Part::Dialogs {
            owner: case.state().assignee.or(view.me),
            asked: case.asked().map(|asked| case.here.since_words(asked.at)),
            away: away(view),
        }
    }

    /// The lists behind the properties.
    pub(super) fn pickers(view: &View<'_>) -> Part {
        let loads = view.case.loads.iter().map(|(person, count)| (*person, *count));
        Part::Pickers { loads: sorted(loads), away: away(view) }
    }
}

fn away(view: &View<'_>) -> Vec<PersonId> {
    let now = view.case.here.now;
    let staff = view.case.policy.staff.iter();
    let away = staff.filter(|(_, one)| one.away.is_some_and(|away| away.covers(now)));
    sorted(away.map(|(id, _)| *id))
}

fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all
}

/// Everything that a part is drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Sources {
    part: Part,
    /// The incident and those merged into it, each in its version.
    versions: Vec<(IncidentNumber, u32)>,
    /// The incidents that it names and whose numbers the reader may know.
    relatives: Vec<(IncidentNumber, u32)>,
    /// Directory, agreements and matrix.
    policy: i64,
    /// Everybody on the page who is not in the directory, each as they are.
    people: Vec<(PersonId, i64)>,
    /// What was called otherwise.
    former: Vec<(String, String)>,
    rights: Rights,
    can: BTreeSet<CommandName>,
    language: Language,
    /// The reader's zone, and what it is called now.
    zone: (String, String),
    /// Moments of today are told by the clock alone.
    today: Date,
}

impl Sources {
    /// `None` where the reader's zone has no name to know it by.
    fn of(view: &View<'_>, part: Part) -> Option<Sources> {
        let (case, here) = (view.case, &view.case.here);
        let relatives = case.relatives.values().map(|row| (row.number, row.version));
        let people = case.people.values().map(|person| (person.id, person.version));
        Some(Sources {
            part,
            versions: case.versions.clone(),
            relatives: sorted(relatives),
            policy: case.policy.version,
            people: sorted(people),
            former: case.former.names(),
            rights: view.rights,
            can: view.can.clone(),
            language: here.language,
            zone: (here.zone.iana_name()?.to_owned(), here.zone_name()),
            today: here.local(here.now).date(),
        })
    }
}

/// What was drawn.
#[derive(Default)]
pub(crate) struct Drawn(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    parts: HashMap<Sources, Arc<str>>,
    bytes: usize,
}

/// A part as it was drawn from the same before; else it is drawn now.
pub(super) fn drawn(view: &View<'_>, part: Part, draw: impl FnOnce() -> Markup) -> Pieces {
    let Some(sources) = Sources::of(view, part) else { return draw().into() };
    view.case.drawn.of(sources, draw)
}

impl Drawn {
    fn of(&self, sources: Sources, draw: impl FnOnce() -> Markup) -> Pieces {
        let kept = self.lock().parts.get(&sources).cloned();
        if let Some(kept) = kept {
            return kept.into();
        }
        let drawn: Arc<str> = draw().into_string().into();
        self.keep(sources, &drawn);
        drawn.into()
    }

    fn keep(&self, sources: Sources, drawn: &Arc<str>) {
        if drawn.len() > LARGE_BYTES {
            return;
        }
        let size = |drawn: &str| drawn.len() + SOURCES_BYTES;
        let mut kept = self.lock();
        if kept.bytes + size(drawn) > BYTES_MAX {
            *kept = Kept::default();
        }
        let before = kept.parts.insert(sources, drawn.clone());
        kept.bytes += size(drawn);
        kept.bytes -= before.map_or(0, |before| size(&before));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    fn sources(version: u32) -> Sources {
        Sources {
            part: Part::Dialogs { owner: None, asked: None, away: vec![] },
            versions: vec![(IncidentNumber(7), version)],
            relatives: vec![],
            policy: 1,
            people: vec![],
            former: vec![],
            rights: Rights { works: true, erases: false },
            can: BTreeSet::new(),
            language: Language::En,
            zone: ("Europe/Amsterdam".to_owned(), "CET".to_owned()),
            today: Date::constant(2026, 11, 23),
        }
    }

    fn draw(kept: &Drawn, from: Sources, words: &str) -> String {
        kept.of(from, || html! { p { (words) } }).whole().into_string()
    }

    #[test]
    fn what_was_drawn_is_shown_while_all_that_it_was_drawn_from_is_the_same() {
        let kept = Drawn::default();
        assert_eq!(draw(&kept, sources(1), "first"), "<p>first</p>");
        assert_eq!(draw(&kept, sources(1), "again"), "<p>first</p>");
        let erases = Rights { works: true, erases: true };
        let others = [
            sources(2),
            Sources { relatives: vec![(IncidentNumber(9), 1)], ..sources(1) },
            Sources { policy: 2, ..sources(1) },
            Sources { people: vec![(PersonId(Default::default()), 2)], ..sources(1) },
            Sources { rights: erases, ..sources(1) },
            Sources { can: [CommandName::Assign].into(), ..sources(1) },
            Sources { zone: ("Europe/Amsterdam".to_owned(), "CEST".to_owned()), ..sources(1) },
            Sources { today: Date::constant(2026, 11, 24), ..sources(1) },
            Sources { part: Part::Pickers { loads: vec![], away: vec![] }, ..sources(1) },
        ];
        for (at, other) in others.into_iter().enumerate() {
            let words = at.to_string();
            assert_eq!(draw(&kept, other, &words), format!("<p>{words}</p>"));
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let kept = Drawn::default();
        let words = "x".repeat(LARGE_BYTES - 100);
        for version in 0..40 {
            draw(&kept, sources(version), &words);
            let inner = kept.lock();
            assert!(inner.bytes <= BYTES_MAX && inner.parts.contains_key(&sources(version)));
            let bytes: usize = inner.parts.values().map(|one| one.len() + SOURCES_BYTES).sum();
            assert_eq!(inner.bytes, bytes);
        }
        draw(&kept, sources(99), &"x".repeat(LARGE_BYTES));
        assert!(!kept.lock().parts.contains_key(&sources(99)));
    }
}
