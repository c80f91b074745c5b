//! A schedule that was prepared: made once, then asked often.

use crate::hours::WeekHours;
use crate::rotation::Turns;
use crate::schedule::{Layer, Override, Schedule, Versions};
use crate::shift::{OnCall, Shift, Source, Span};
use crate::stretches::{Stretches, Through};
use crate::zone::{EARLIEST, LATEST, UnknownZone, Zone};
use kernel::{PersonId, Timestamp};
use std::collections::BTreeSet;

/// Who is on call when. Every answer about an instant costs the same, however long after the start
/// it is; one about a range steps through the range alone.
#[derive(Debug, Clone)]
pub struct Roster<P = PersonId> {
    pub(crate) zone: Zone,
    /// In order; each is in force until the next.
    versions: Vec<Version<P>>,
    overrides: Vec<Override<P>>,
    /// Which override wins, in order, apart from each other.
    winning: Vec<(Span, usize)>,
}

/// Layers that are in force for some time.
#[derive(Debug, Clone)]
pub(crate) struct Version<P> {
    pub span: Span,
    pub layers: Vec<Prepared<P>>,
}

/// A layer that was prepared.
#[derive(Debug, Clone)]
pub(crate) struct Prepared<P> {
    pub name: String,
    /// None when it breaks a rule: then it covers nothing.
    pub turns: Option<Turns<P>>,
    /// None when it covers all hours.
    pub hours: Option<WeekHours>,
}

/// What a layer says of an instant, and until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    /// Count and span of the turn, if the layer covers the instant.
    pub turn: Option<(i64, Span)>,
    pub until: Timestamp,
}

impl<P: Clone + Eq> Roster<P> {
    /// Prepares a schedule as if it had always been so. A layer that breaks a rule covers nothing;
    /// [`Schedule::faults`] says which do.
    ///
    /// # Errors
    /// When there is no time zone of its name.
    ///
    /// ```
    /// use roster::{Roster, Schedule};
    ///
    /// let mut schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "hour", "every": 12, "start_local": "2016-01-01T08:00:00",
    ///                   "people": ["ines", "yuki"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let on_call = roster.on_call("2026-11-23T21:00:00Z".parse().unwrap()).unwrap();
    /// assert_eq!(on_call.person, "yuki");
    /// assert_eq!(on_call.turn.start.to_string(), "2026-11-23T20:00:00Z");
    ///
    /// schedule.time_zone = "Mars/Olympus".into();
    /// assert!(Roster::new(&schedule).is_err());
    /// ```
    pub fn new(schedule: &Schedule<P>) -> Result<Self, UnknownZone> {
        let zone = Zone::named(&schedule.time_zone)?;
        let always = Span::new(EARLIEST, LATEST);
        let versions = vec![Version::new(always, &schedule.layers, &zone)];
        Ok(Roster::made(zone, versions, &schedule.overrides))
    }

    /// Prepares a schedule with its changes. Before its first version nobody is on call by a layer.
    ///
    /// # Errors
    /// When there is no time zone of its name.
    pub fn of(schedule: &Versions<P>) -> Result<Self, UnknownZone> {
        let zone = Zone::named(&schedule.time_zone)?;
        let ends = schedule.versions.iter().skip(1).map(|(from, _)| *from).chain([LATEST]);
        let versions = schedule
            .versions
            .iter()
            .zip(ends)
            .map(|((from, layers), end)| Version::new(Span::new(*from, end), layers, &zone))
            .collect();
        Ok(Roster::made(zone, versions, &schedule.overrides))
    }

    fn made(zone: Zone, versions: Vec<Version<P>>, overrides: &[Override<P>]) -> Self {
        Roster { zone, versions, winning: winning(overrides), overrides: overrides.to_vec() }
    }

    /// Who is on call at an instant; nobody in a gap.
    pub fn on_call(&self, at: Timestamp) -> Option<OnCall<P>> {
        let stretch = self.stretches(at, at.plus_micros(1)).next()?;
        let found = stretch.shift?;
        Some(OnCall { person: found.person, source: found.source, turn: found.turn })
    }

    /// The shift at an instant from its true beginning to its true end: what is left of the turn
    /// around that instant when all that wins over it is taken away.
    ///
    /// ```
    /// # use roster::{Roster, Schedule};
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["ines"]},
    ///      "restrictions": [{"days": ["mon", "tue"], "from": "09:00", "to": "18:00"}]}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let shift = roster.shift_at("2026-11-23T12:00:00Z".parse().unwrap()).unwrap();
    /// assert_eq!(shift.end.to_string(), "2026-11-23T18:00:00Z");
    /// assert_eq!(shift.turn.end.to_string(), "2026-11-24T09:00:00Z");
    /// ```
    pub fn shift_at(&self, at: Timestamp) -> Option<Shift<P>> {
        let turn = self.on_call(at)?.turn;
        self.shifts(turn.start, turn.end).find(|shift| shift.span().contains(at))
    }

    /// The shifts of a range, in order: who is on call when all layers and overrides are laid over
    /// each other. Each is of one turn or override; those at the edges are cut.
    ///
    /// ```
    /// # use roster::{Roster, Schedule};
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "Europe/London", "layers": [
    ///     {"rotation": {"unit": "week", "every": 1, "start_local": "2026-03-23T09:00:00",
    ///                   "people": ["ines", "yuki"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let (from, to) = ("2026-03-20T00:00:00Z".parse().unwrap(), "2026-04-01T00:00:00Z".parse().unwrap());
    /// let shifts: Vec<_> = roster.shifts(from, to).map(|s| (s.person, s.start.to_string())).collect();
    /// assert_eq!(shifts[0], ("ines".to_owned(), "2026-03-23T09:00:00Z".to_owned()));
    /// assert_eq!(shifts[1], ("yuki".to_owned(), "2026-03-30T08:00:00Z".to_owned()));
    /// assert_eq!(roster.gaps(from, to).next().unwrap().end.to_string(), "2026-03-23T09:00:00Z");
    /// ```
    pub fn shifts(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Shift<P>> {
        self.stretches(from, to).filter_map(|stretch| stretch.shift)
    }

    /// When nobody is on call within a range.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Span> {
        let empty = self.stretches(from, to).filter(|stretch| stretch.shift.is_none());
        empty.map(|stretch| stretch.span)
    }

    /// A range cut into shifts and gaps, in order and without holes.
    pub fn stretches(&self, from: Timestamp, to: Timestamp) -> Stretches<'_, P> {
        Stretches::new(self, Span::new(from, to), Through::All)
    }

    /// When the first layer hands over, strictly between two instants: where its turns meet,
    /// whatever wins over them, also before its start.
    ///
    /// ```
    /// # use roster::{Roster, Schedule};
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "month", "every": 1, "start_local": "2026-01-31T09:00:00", "people": ["ines"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let (from, to) = ("2026-01-31T09:00:00Z".parse().unwrap(), "2026-04-01T00:00:00Z".parse().unwrap());
    /// let found: Vec<String> = roster.handovers(from, to).map(|at| at.to_string()).collect();
    /// assert_eq!(found, ["2026-02-28T09:00:00Z", "2026-03-31T09:00:00Z"]);
    /// ```
    pub fn handovers(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.versions.iter().flat_map(move |version| {
            let turns = version.layers.first().and_then(|layer| layer.turns.as_ref());
            // The beginning of a version belongs to it, that of the range does not.
            let from = from.max(version.span.start.plus_micros(-1));
            let to = to.min(version.span.end);
            let turns = turns.filter(|_| from < to).into_iter();
            turns.flat_map(move |turns| turns.handovers(from, to, &self.zone))
        })
    }

    /// The people of all layers in force at an instant, each once, in the order of the layers.
    pub fn people(&self, at: Timestamp) -> Vec<P> {
        let (version, _) = self.version_at(at);
        let layers = version.map(|version| &self.versions[version].layers[..]).unwrap_or_default();
        let turns = layers.iter().filter_map(|layer| layer.turns.as_ref());
        let mut people: Vec<P> = Vec::new();
        for person in turns.flat_map(Turns::people) {
            if !people.contains(person) {
                people.push(person.clone());
            }
        }
        people
    }
}

impl<P> Roster<P> {
    pub(crate) fn versions(&self) -> &[Version<P>] {
        &self.versions
    }

    /// The place of the version in force, and until when it is.
    pub(crate) fn version_at(&self, at: Timestamp) -> (Option<usize>, Timestamp) {
        let begun = self.versions.partition_point(|version| version.span.start <= at);
        match begun.checked_sub(1) {
            Some(place) => (Some(place), self.versions[place].span.end),
            None => (None, self.versions.first().map_or(LATEST, |version| version.span.start)),
        }
    }

    /// The override that wins, by its place, and until when it or the absence of one holds.
    pub(crate) fn override_at(&self, at: Timestamp) -> (Option<usize>, Timestamp) {
        let next = self.winning.partition_point(|(span, _)| span.end <= at);
        match self.winning.get(next) {
            Some((span, place)) if span.start <= at => (Some(*place), span.end),
            Some((span, _)) => (None, span.start),
            None => (None, LATEST),
        }
    }

    /// From when until when each override is, whatever wins over it.
    pub(crate) fn override_spans(&self) -> impl Iterator<Item = Span> {
        self.overrides.iter().map(|known| Span::new(known.start, known.end))
    }

    pub(crate) fn by_override(&self, place: usize) -> (&P, Source, Span) {
        let known = &self.overrides[place];
        (&known.person, Source::Override(place), Span::new(known.start, known.end))
    }
}

impl<P: Clone> Version<P> {
    fn new(span: Span, layers: &[Layer<P>], zone: &Zone) -> Self {
        let layers = layers.iter().map(|layer| Prepared {
            name: layer.name.clone(),
            turns: Turns::new(&layer.rotation, zone),
            hours: (!layer.restrictions.is_empty()).then(|| WeekHours::new(&layer.restrictions)),
        });
        Version { span, layers: layers.collect() }
    }
}

impl<P> Prepared<P> {
    /// Whose turn it is at an instant, if the layer covers it.
    pub(crate) fn at(&self, at: Timestamp, zone: &Zone) -> Said {
        let Some(turns) = &self.turns else { return Said { turn: None, until: LATEST } };
        if at < turns.first {
            return Said { turn: None, until: turns.first };
        }
        let hours = self.hours.as_ref().map(|hours| hours.at(zone, at));
        match hours {
            Some((false, until)) => Said { turn: None, until },
            Some((true, until)) => {
                let (turn, span) = turns.at(at, zone);
                Said { turn: Some((turn, span)), until: until.min(span.end) }
            }
            None => {
                let (turn, span) = turns.at(at, zone);
                Said { turn: Some((turn, span)), until: span.end }
            }
        }
    }
}

/// Which override wins when: a later one of the list over those before it.
fn winning<P>(overrides: &[Override<P>]) -> Vec<(Span, usize)> {
    let mut edges: Vec<(Timestamp, bool, usize)> = Vec::with_capacity(2 * overrides.len());
    for (place, known) in overrides.iter().enumerate().filter(|(_, known)| known.start < known.end)
    {
        edges.push((known.start, true, place));
        edges.push((known.end, false, place));
    }
    edges.sort_unstable();
    let mut open = BTreeSet::new();
    let mut found: Vec<(Span, usize)> = Vec::new();
    let mut since = EARLIEST;
    for (at, begins, place) in edges {
        if let Some(winner) = open.last().copied().filter(|_| since < at) {
            match found.last_mut() {
                Some((span, last)) if *last == winner && span.end == since => span.end = at,
                _ => found.push((Span::new(since, at), winner)),
            }
        }
        since = at;
        if begins {
            open.insert(place);
        } else {
            open.remove(&place);
        }
    }
    found
}
