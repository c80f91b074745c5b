//! What a command refers to beyond its own incident.

use super::rules::Words;
use super::{Chain, Round, Try, sees};
use crate::ask::Prepared;
use incident::alerts::AlertsWhy;
use incident::rules::Maker;
use incident::{Access, Body, Command, Event, Origin, Refusal, State};
use kernel::{ContentId, IncidentNumber, limits};
use store::incidents::NewContent;
use store::incidents::timeline::timeline;
use store::knowledge::Record;
use store::{Failure, Sql};

/// What there is to do where a requester was not content.
const FOLLOW_UP: &str = "Ask the requester what went wrong";

/// What a command refers to beyond its own incident.
#[derive(Default)]
pub(super) struct Related {
    pub(super) other: Option<State>,
    pub(super) above_other: Vec<IncidentNumber>,
    /// What is undone, and what came right after it.
    pub(super) undo: Vec<Event>,
    /// The whole timeline, for a command that goes by it.
    pub(super) timeline: Vec<Event>,
    /// Whether an article was used on it, for a resolution that needs to know.
    pub(super) article: bool,
    /// What the task is called that a low rating makes.
    pub(super) follow_up: Option<ContentId>,
    pub(super) contents: Vec<NewContent>,
}

impl Related {
    pub(super) fn find(
        round: &Round<'_>,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &mut Try,
        command: &Command,
        number: IncidentNumber,
    ) -> Result<Related, Failure> {
        let mut related =
            Related { contents: std::mem::take(&mut tried.copied), ..Related::default() };
        let other = match command {
            Command::Merge { into } => Some(*into),
            Command::Link { target, .. } => target.parse().ok(),
            Command::Report(report) => report.parent.or(report.follow_up_of),
            Command::Undo { n } => {
                let before = n.saturating_sub(1);
                let found = timeline(sql, number, before, incident::UNDO_EVENTS)?;
                related.undo = found.into_iter().map(|stored| stored.event).collect();
                if related.undo.first().is_some_and(|event| matches!(event.body, Body::Assigned(_)))
                {
                    related.timeline = round.timeline(sql, tried, number)?;
                }
                None
            }
            Command::CorrectPause { .. } | Command::ApplyModel(_) => {
                related.timeline = round.timeline(sql, tried, number)?;
                None
            }
            Command::TakeAlerts(news) if news.why == AlertsWhy::GivenBack => {
                related.timeline = round.timeline(sql, tried, number)?;
                None
            }
            Command::Resolve { .. } if round.policy.closure.knowledge => {
                let uses = store::knowledge::of_incident(sql, number)?;
                related.article = uses.iter().any(|used| matches!(used.record, Record::Article(_)));
                None
            }
            Command::Rate { score, .. } if score.is_low() => {
                let mut words = Words::default();
                related.follow_up = Some(words.words(FOLLOW_UP));
                related.contents.extend(words.0);
                None
            }
            _ => None,
        };
        if let Some(other) = other {
            let state = round.state(sql, tried, other)?;
            // What the actor may not see does not exist for them. What a report may join
            // is a rule of its own, and `decide` keeps it.
            let visible = |state: &State| {
                matches!(command, Command::Report(_)) || sees(chain.job, state) == Access::Full
            };
            related.other = state.filter(visible);
            related.above_other = round.above(sql, tried, other)?;
        }
        Ok(related)
    }
}

/// Refuses what names something that is not there. What another system said counts by its
/// own numbers.
pub(super) fn missing(
    sql: &mut dyn Sql,
    command: &Command,
    prepared: &Prepared,
) -> Result<Option<Refusal>, Failure> {
    let refusal = crate::files::missing(sql, command, &prepared.files)?;
    match (refusal, prepared.origin) {
        (None, Origin::Live) => crate::problems::missing(sql, command),
        (refusal, _) => Ok(refusal),
    }
}

impl Round<'_> {
    /// Everything that happened to an incident, stored or in this very round.
    fn timeline(
        &self,
        sql: &mut dyn Sql,
        tried: &Try,
        number: IncidentNumber,
    ) -> Result<Vec<Event>, Failure> {
        // A full timeline still takes what ends an incident.
        let most = 2 * limits::EVENTS_PER_INCIDENT as usize;
        let stored = timeline(sql, number, 0, most)?;
        let new = self.parts.iter().chain(&tried.parts).filter(|part| part.number == number);
        let new = new.flat_map(|part| part.events.iter().cloned());
        Ok(stored.into_iter().map(|stored| stored.event).chain(new).collect())
    }

    fn above(
        &self,
        sql: &mut dyn Sql,
        tried: &Try,
        number: IncidentNumber,
    ) -> Result<Vec<IncidentNumber>, Failure> {
        let mut found = vec![number];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            next += 1;
            let Some(state) = self.state(sql, tried, at)? else { continue };
            for up in [state.merged_into, state.parent].into_iter().flatten() {
                if !found.contains(&up) {
                    found.push(up);
                }
            }
        }
        Ok(found)
    }
}
