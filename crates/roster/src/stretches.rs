//! Going through a range: the layers laid over each other, from boundary to boundary.

use crate::roster::{Roster, Said};
use crate::shift::{Shift, Source, Span};
use crate::zone::LATEST;
use kernel::{PersonId, Timestamp};

/// A shift, or a gap between shifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch<P = PersonId> {
    /// From when until when.
    pub span: Span,
    /// The shift; nothing in a gap.
    pub shift: Option<Shift<P>>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    /// Overrides and layers as they win over each other.
    All,
    /// One layer alone.
    Layer(usize),
    /// Overrides alone.
    Overrides,
}

/// Who is on call, by which turn.
type Found<'a, P> = (&'a P, Source, Span);

/// The shifts and gaps of a range, in order and without holes.
#[derive(Debug)]
pub struct Stretches<'a, P> {
    roster: &'a Roster<P>,
    through: Through,
    at: Timestamp,
    to: Timestamp,
    /// The version whose layers were asked last.
    version: Option<usize>,
    /// What its layers said last.
    said: Vec<Option<Said>>,
    /// A piece that was looked at already.
    ahead: Option<(Span, Option<Found<'a, P>>)>,
}

impl<'a, P: Clone + Eq> Stretches<'a, P> {
    pub(crate) fn new(roster: &'a Roster<P>, range: Span, through: Through) -> Self {
        Stretches {
            roster,
            through,
            at: range.start,
            to: range.end,
            version: None,
            said: vec![],
            ahead: None,
        }
    }

    /// The next piece on which no boundary lies; one shift may have several.
    fn piece(&mut self) -> Option<(Span, Option<Found<'a, P>>)> {
        if let Some(ahead) = self.ahead.take() {
            return Some(ahead);
        }
        if self.at >= self.to {
            return None;
        }
        let (found, until) = self.look();
        // At the very end of time nothing moves on any more.
        let until = if until > self.at { until.min(self.to) } else { self.to };
        let span = Span::new(self.at, until);
        self.at = until;
        Some((span, found))
    }

    /// Who is on call where we stand, and until when that is sure.
    fn look(&mut self) -> (Option<Found<'a, P>>, Timestamp) {
        let (place, until) = match self.through {
            Through::Layer(_) => (None, LATEST),
            Through::All | Through::Overrides => self.roster.override_at(self.at),
        };
        match place {
            Some(place) => (Some(self.roster.by_override(place)), until),
            None if self.through == Through::Overrides => (None, until),
            None => {
                let (found, sure) = self.look_at_layers();
                (found, until.min(sure))
            }
        }
    }

    fn look_at_layers(&mut self) -> (Option<Found<'a, P>>, Timestamp) {
        let (version, mut until) = self.roster.version_at(self.at);
        let Some(place) = version else { return (None, until) };
        let layers = &self.roster.versions()[place].layers;
        if self.version != version {
            self.version = version;
            self.said = vec![None; layers.len()];
        }
        let wanted = match self.through {
            Through::Layer(layer) => layer..layers.len().min(layer + 1),
            _ => 0..layers.len(),
        };
        for layer in wanted.rev() {
            let known = self.said[layer].filter(|said| self.at < said.until);
            let said = known.unwrap_or_else(|| layers[layer].at(self.at, &self.roster.zone));
            self.said[layer] = Some(said);
            until = until.min(said.until);
            if let (Some((turn, span)), Some(turns)) = (said.turn, &layers[layer].turns) {
                return (Some((turns.person(turn), Source::Layer(layer), span)), until);
            }
        }
        (None, until)
    }
}

impl<P: Clone + Eq> Iterator for Stretches<'_, P> {
    type Item = Stretch<P>;

    fn next(&mut self) -> Option<Stretch<P>> {
        let (mut span, found) = self.piece()?;
        while let Some((more, next)) = self.piece() {
            if next != found {
                self.ahead = Some((more, next));
                break;
            }
            span.end = more.end;
        }
        let shift = found.map(|(person, source, turn)| Shift {
            person: person.clone(),
            start: span.start,
            end: span.end,
            source,
            turn,
        });
        Some(Stretch { span, shift })
    }
}
