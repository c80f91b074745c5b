//! Giving a shift away: an offer, somebody who takes it, somebody who approves, and the overrides
//! that follow. Until it is approved whoever gave it stays on call.

use crate::roster::Roster;
use crate::schedule::Override;
use crate::shift::Span;
use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// An offer to give away what one has within a stretch of time, or what nobody has: that asks for
/// cover. What becomes of it is decided by the schedule as it stands when it is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer<P = PersonId> {
    /// Whose shift it is, or who asks for cover.
    pub from: P,
    /// To whom it is offered; to anybody when nobody is named.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub to: Option<P>,
    /// The stretch of time; what lies in it and is somebody else's is not concerned.
    pub span: Span,
    /// How far it is.
    pub state: OfferState<P>,
}

/// How far an offer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState<P = PersonId> {
    /// Nobody has taken it.
    Open,
    /// This person would.
    Taken(P),
    /// It was given to this person; the overrides were made.
    Approved(P),
    /// It is no offer any more.
    Withdrawn,
}

/// Why something is not done with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SwapRefusal {
    /// They have no shift in that time, and somebody else has all of it.
    #[error("is not on call in that time, so there is nothing to give away")]
    NotTheirs,
    /// It lies in the past.
    #[error("is over")]
    Over,
    /// One's own offer.
    #[error("is on call then already")]
    Themselves,
    /// It is offered to somebody else.
    #[error("was offered to somebody else")]
    ForSomebodyElse,
    /// Somebody has taken it.
    #[error("was taken already")]
    Taken,
    /// Nobody has taken it.
    #[error("was not taken by anybody yet")]
    NotTaken,
    /// It was approved or withdrawn.
    #[error("is settled: approved or withdrawn")]
    Settled,
}

impl<P: Clone + Eq> Offer<P> {
    /// Offers what somebody has within a stretch of time, or else what nobody has; what is over of
    /// it is left out.
    ///
    /// # Errors
    /// When it is over, or when others are on call in all of it.
    ///
    /// ```
    /// use roster::{Offer, Roster, Schedule, Span};
    ///
    /// let mut schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-03T09:00:00",
    ///                   "people": ["ines", "yuki"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let [now, from, to] = ["2026-11-23T12:00:00Z", "2026-11-24T18:00:00Z", "2026-11-25T18:00:00Z"]
    ///     .map(|text| text.parse().unwrap());
    /// let offer = Offer::new(&roster, "ines".to_owned(), None, Span::new(from, to), now);
    /// let taken = offer.unwrap().taken("emil".to_owned(), now).unwrap();
    /// let (_, overrides) = taken.approved(&roster, now).unwrap();
    /// // From 09:00 on it is the turn of Yuki; the night before was Yuki's too.
    /// assert_eq!(overrides[0].start.to_string(), "2026-11-25T09:00:00Z");
    /// schedule.overrides.extend(overrides);
    /// let roster = Roster::new(&schedule).unwrap();
    /// assert_eq!(roster.on_call("2026-11-25T10:00:00Z".parse().unwrap()).unwrap().person, "emil");
    /// assert_eq!(roster.on_call(from).unwrap().person, "yuki");
    /// ```
    pub fn new(
        roster: &Roster<P>,
        from: P,
        to: Option<P>,
        span: Span,
        now: Timestamp,
    ) -> Result<Self, SwapRefusal> {
        let span = Span::new(span.start.max(now), span.end);
        if span.is_empty() {
            return Err(SwapRefusal::Over);
        }
        if to.as_ref() == Some(&from) {
            return Err(SwapRefusal::Themselves);
        }
        let offer = Offer { from, to, span, state: OfferState::Open };
        if offer.given(roster, span).is_empty() {
            return Err(SwapRefusal::NotTheirs);
        }
        Ok(offer)
    }

    /// Somebody would take it.
    ///
    /// # Errors
    /// When it is over or no longer open, is their own, or is offered to somebody else.
    pub fn taken(&self, by: P, now: Timestamp) -> Result<Self, SwapRefusal> {
        match &self.state {
            OfferState::Open => {}
            OfferState::Taken(_) => return Err(SwapRefusal::Taken),
            OfferState::Approved(_) | OfferState::Withdrawn => return Err(SwapRefusal::Settled),
        }
        if self.span.end <= now {
            return Err(SwapRefusal::Over);
        }
        if by == self.from {
            return Err(SwapRefusal::Themselves);
        }
        if self.to.as_ref().is_some_and(|to| *to != by) {
            return Err(SwapRefusal::ForSomebodyElse);
        }
        Ok(Offer { state: OfferState::Taken(by), ..self.clone() })
    }

    /// Gives it to whoever took it: the overrides for what is left of it and still theirs, or
    /// nobody's.
    ///
    /// # Errors
    /// When nobody has taken it, it is over or settled, or others have all of it by now.
    pub fn approved(
        &self,
        roster: &Roster<P>,
        now: Timestamp,
    ) -> Result<(Self, Vec<Override<P>>), SwapRefusal> {
        let by = match &self.state {
            OfferState::Taken(by) => by,
            OfferState::Open => return Err(SwapRefusal::NotTaken),
            OfferState::Approved(_) | OfferState::Withdrawn => return Err(SwapRefusal::Settled),
        };
        let left = Span::new(self.span.start.max(now), self.span.end);
        if left.is_empty() {
            return Err(SwapRefusal::Over);
        }
        let given = self.given(roster, left);
        if given.is_empty() {
            return Err(SwapRefusal::NotTheirs);
        }
        let given = given.into_iter().map(|Span { start, end }| Override {
            person: by.clone(),
            start,
            end,
        });
        let offer = Offer { state: OfferState::Approved(by.clone()), ..self.clone() };
        Ok((offer, given.collect()))
    }

    /// Takes it back, also after somebody has taken it.
    ///
    /// # Errors
    /// When it is settled.
    pub fn withdrawn(&self) -> Result<Self, SwapRefusal> {
        match self.state {
            OfferState::Open | OfferState::Taken(_) => {
                Ok(Offer { state: OfferState::Withdrawn, ..self.clone() })
            }
            OfferState::Approved(_) | OfferState::Withdrawn => Err(SwapRefusal::Settled),
        }
    }

    /// When they are on call within a stretch of time; when nobody is, where they are not at all.
    fn given(&self, roster: &Roster<P>, span: Span) -> Vec<Span> {
        let Span { start, end } = span;
        let theirs = roster.shifts(start, end).filter(|shift| shift.person == self.from);
        let theirs = joined(&mut theirs.map(|shift| shift.span()));
        if theirs.is_empty() { joined(&mut roster.gaps(start, end)) } else { theirs }
    }
}

/// Those that touch as one.
fn joined(spans: &mut dyn Iterator<Item = Span>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => found.push(span),
        }
    }
    found
}
