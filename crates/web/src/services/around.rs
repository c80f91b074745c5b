//! What stands around a service: the same for the drawing and for its table.

use super::sight::Sight;
use crate::part::health::word;
use kernel::ServiceId;
use std::collections::{BTreeMap, BTreeSet};
use store::directory::services::Service;

/// A box of the drawing.
pub(super) struct Placed {
    /// The service, or the first of those that the box stands for.
    pub(super) service: ServiceId,
    /// Steps from the service in the middle; less than 0 uses it, more is what it needs.
    pub(super) away: i32,
    /// How many services it stands for and does not name; 0 for one that is drawn.
    pub(super) hidden: usize,
}

impl Placed {
    /// "used by, 1 step": how it is joined to the service in the middle.
    pub(super) fn relation(&self) -> String {
        let side = match self.away {
            0 => return "the service itself".to_owned(),
            ..0 => "uses it",
            _ => "needed",
        };
        match self.away.unsigned_abs() {
            1 => format!("{side}, directly"),
            steps => format!("{side}, {steps} steps away"),
        }
    }
}

/// What stands around a service, as far as so many steps.
pub(super) struct Around<'a> {
    pub(super) sight: &'a Sight,
    /// The service in the middle.
    pub(super) focus: ServiceId,
    title: &'a str,
    /// From left to right, each column from the top.
    pub(super) columns: BTreeMap<i32, Vec<Placed>>,
    /// From whoever needs something to what is needed.
    pub(super) edges: Vec<(ServiceId, ServiceId)>,
    /// Services with a change that is suspected.
    pub(super) suspects: &'a BTreeSet<ServiceId>,
}

impl<'a> Around<'a> {
    pub(super) fn of(
        sight: &'a Sight,
        middle: &'a Service,
        steps: u8,
        suspects: &'a BTreeSet<ServiceId>,
    ) -> Around<'a> {
        let (focus, title) = (middle.id, middle.name.as_str());
        let drawing = sight.known.graph.layout(&focus, steps);
        let mut columns: BTreeMap<i32, Vec<Placed>> = BTreeMap::new();
        for one in &drawing.boxes {
            columns.entry(one.column).or_default().push(Placed {
                service: one.service,
                away: one.column,
                hidden: one.hidden_count,
            });
        }
        if columns.is_empty() {
            let alone = Placed { service: focus, away: 0, hidden: 0 };
            columns.insert(0, vec![alone]);
        }
        Around { sight, focus, title, columns, edges: drawing.edges, suspects }
    }

    /// Every box, from left to right.
    pub(super) fn boxes(&self) -> impl Iterator<Item = &Placed> {
        self.columns.values().flatten()
    }

    /// What a service is called.
    pub(super) fn name(&self, id: ServiceId) -> &str {
        if id == self.focus {
            return self.title;
        }
        self.sight.service(id).map_or("a former service", |service| service.name.as_str())
    }

    /// "degraded, Commerce": how it is and whose it is.
    pub(super) fn words(&self, id: ServiceId) -> String {
        let state = match self.suspects.contains(&id) {
            true => "suspect",
            false => word(self.sight.health(id)),
        };
        let owner = self.sight.service(id).and_then(|service| self.sight.owner(service));
        owner.map_or_else(|| state.to_owned(), |owner| format!("{state}, {owner}"))
    }

    /// What a service of the drawing needs that is drawn, too.
    pub(super) fn needs(&self, id: ServiceId) -> Vec<ServiceId> {
        self.edges.iter().filter(|(user, _)| *user == id).map(|(_, needed)| *needed).collect()
    }

    /// In a sentence, for whoever does not see the drawing.
    pub(super) fn sentence(&self) -> String {
        let near = |away: i32| {
            let column = self.columns.get(&away).map(Vec::as_slice).unwrap_or_default();
            column.iter().map(|one| self.called(one)).collect::<Vec<_>>()
        };
        let mut sentence = format!("Service map around {}.", self.name(self.focus));
        for (words, names) in [("Used by", near(-1)), ("Depends on", near(1))] {
            match names.is_empty() {
                true => sentence.push_str(&format!(" {words} nothing that is known.")),
                false => sentence.push_str(&format!(" {words} {}.", listed(&names))),
            }
        }
        sentence.push_str(" The table lists the same links.");
        sentence
    }

    /// A box in words: the service, or how many it stands for.
    pub(super) fn called(&self, one: &Placed) -> String {
        match one.hidden {
            0 => self.name(one.service).to_owned(),
            count => format!("{count} more"),
        }
    }
}

/// "A", "A and B", "A, B and C".
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_people_do() {
        let names =
            |names: &[&str]| listed(&names.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&[]), "");
        assert_eq!(names(&["A"]), "A");
        assert_eq!(names(&["A", "B", "C"]), "A, B and C");
    }

    #[test]
    fn a_box_says_how_it_is_joined() {
        let service = "00000000-0000-0000-0000-000000000001".parse().unwrap();
        let placed = |away| Placed { service, away, hidden: 0 };
        for (away, words) in
            [(0, "the service itself"), (-1, "uses it, directly"), (3, "needed, 3 steps away")]
        {
            assert_eq!(placed(away).relation(), words);
        }
    }
}
