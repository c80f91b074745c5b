//! What stands on more than one page: an incident with its words, and planned work.

use super::{Page, health, icon};
use crate::snapshot::{Condition, Incident, Phase, Update, Work, WorkPhase};
use kernel::Timestamp;
use maud::{Markup, html};

impl Page<'_> {
    /// How something is, as a shape and a word.
    pub(super) fn condition(&self, condition: Condition) -> Markup {
        html! {
            span class={ "health health-" (health(condition)) } {
                (icon(condition)) " " (self.texts.condition(condition.as_str()))
            }
        }
    }

    /// The steps of an incident: which were taken, and when.
    pub(super) fn steps(&self, incident: &Incident) -> Markup {
        let expected = incident.newest().and_then(|update| update.expected);
        let expected = expected.filter(|at| *at >= self.view.snapshot.at);
        html! {
            ol.steps aria-label=(self.texts.progress()) {
                @for phase in Phase::ALL {
                    @let is_now = *phase == incident.phase;
                    li.done[*phase <= incident.phase] aria-current=[is_now.then_some("step")] {
                        (self.texts.phase(phase.as_str())) " "
                        @if let Some(at) = reached(incident, *phase) {
                            small { (self.time(at)) }
                        } @else if let (Phase::Resolved, Some(at)) = (phase, expected) {
                            small { (self.by(at)) }
                        }
                    }
                }
            }
        }
    }

    /// What is promised: when it works again, when the next word comes.
    pub(super) fn promises(&self, incident: &Incident) -> Markup {
        let Some(newest) = incident.newest() else { return html! {} };
        let now = self.view.snapshot.at;
        html! {
            @if incident.phase != Phase::Resolved && (newest.expected.is_some() || newest.next_update.is_some()) {
                dl.s-exp {
                    @if let Some(at) = newest.expected {
                        div {
                            dt { (self.texts.expected_back()) }
                            dd { b { (self.by(at)) } }
                            @if at < now { dd.meta { (self.texts.takes_longer()) } }
                        }
                    }
                    @if let Some(at) = newest.next_update {
                        div { dt { (self.texts.next_update()) } dd { b { (self.by(at)) } } }
                    }
                }
            }
        }
    }

    /// "by 13:50 CET": a promise names its zone.
    fn by(&self, at: Timestamp) -> Markup {
        let words = self.texts.by_time(self.view.clock.promise(self.language, at));
        self.timed(&words, at)
    }

    /// What was said, newest first.
    pub(super) fn updates<'u>(&self, updates: impl Iterator<Item = &'u Update>) -> Markup {
        html! {
            ol.s-ups aria-label=(self.texts.updates()) {
                @for update in updates {
                    li {
                        p.meta { (self.time(update.at)) " " b { (self.texts.phase(update.phase.as_str())) } }
                        (words(&update.body))
                    }
                }
            }
        }
    }

    /// What an incident concerns and since when.
    pub(super) fn concerns(&self, incident: &Incident) -> Markup {
        let names: Vec<&str> =
            self.view.components(&incident.components).map(|of| of.name.as_str()).collect();
        let began = self.view.clock.moment(self.language, incident.started_at);
        html! {
            p.meta {
                @if !names.is_empty() { (self.texts.affects(names.join(", "))) " " }
                (self.with_time(&self.texts.began(began), incident.started_at))
            }
        }
    }

    /// Planned work.
    pub(super) fn work(&self, work: &Work) -> Markup {
        let clock = &self.view.clock;
        let start = clock.at(work.starts_at);
        let names = locale::date_names(self.language);
        let weekday = names.weekdays[start.weekday().to_monday_zero_offset() as usize % 7];
        let month = names.months[(start.month() as usize).saturating_sub(1) % 12];
        let concerned: Vec<&str> =
            self.view.components(&work.components).map(|of| of.name.as_str()).collect();
        html! {
            li.card.s-m id={ "work-" (work.key()) } {
                span.s-cal aria-hidden="true" { small { (weekday) } " " b { (start.day()) } " " small { (month) } }
                div {
                    h3 { bdi { (work.title) } }
                    p.meta {
                        (self.span_of(work)) ". "
                        @if work.phase != WorkPhase::Scheduled { b { (self.texts.work_phase(work.phase.as_str())) } ". " }
                        @if !concerned.is_empty() { (self.texts.affects(concerned.join(", "))) }
                    }
                    (words(&work.body))
                }
            }
        }
    }

    /// From when until when, with the zone.
    fn span_of(&self, work: &Work) -> Markup {
        let clock = &self.view.clock;
        let (from, until) = (clock.at(work.starts_at), clock.at(work.ends_at));
        let first = clock.day(self.language, from.date());
        let first = format!("{first}, {}", from.strftime("%H:%M"));
        let last = match from.date() == until.date() {
            true => format!("{} {}", until.strftime("%H:%M"), clock.abbreviation(work.ends_at)),
            false => locale::full(self.language, &until),
        };
        self.timed(&self.texts.from_to(first, last), work.starts_at)
    }
}

/// When a phase was first said to be reached.
fn reached(incident: &Incident, phase: Phase) -> Option<Timestamp> {
    let said = incident.updates.iter().filter(|update| update.phase == phase);
    let said = said.map(|update| update.at).min();
    match phase {
        Phase::Monitoring => said.or(incident.monitoring_at),
        Phase::Resolved => incident.resolved_at.or(said).filter(|_| incident.phase == phase),
        _ => said,
    }
    .filter(|_| phase <= incident.phase)
}

/// Words of people: paragraphs by their empty lines.
pub(super) fn words(body: &str) -> Markup {
    let paragraphs = body.split("\n\n").map(str::trim).filter(|words| !words.is_empty());
    html! { @for paragraph in paragraphs { p.words dir="auto" { (paragraph) } } }
}
