//! What was: the last 15 days on the first page, all that is kept by month on a page of its own.

use super::{Framed, Page};
use crate::snapshot::{Incident, WorkPhase};
use crate::times::{long, month};
use jiff::civil::Date;
use kernel::InOrder;
use maud::{Markup, html};

/// Characters of what was said last: what is read at a glance.
const WORDS_CHARS: usize = 160;
/// Days of the past on the first page, today included.
const DAYS_SHOWN: i32 = 15;

impl Page<'_> {
    /// The page with all that is kept, by month.
    pub(crate) fn history(&self) -> String {
        let incidents: Vec<&Incident> = self.view.snapshot.incidents.iter().collect();
        let days = self.by_day(&incidents);
        let months = days.chunk_by(|(day, _), (next, _)| {
            (day.year(), day.month()) == (next.year(), next.month())
        });
        let mut done = self
            .view
            .snapshot
            .works
            .iter()
            .rev()
            .filter(|work| work.phase == WorkPhase::Completed)
            .peekable();
        let main = html! {
            p { a.link href=(self.to("index")) { (self.texts.to_start()) } }
            h1 { (self.texts.history()) }
            @if days.is_empty() { p.muted { (self.texts.no_incidents()) } }
            @for days in months {
                section {
                    h2 { (month(self.language, days[0].0)) }
                    ol.s-hist { @for (day, incidents) in days { (self.of_day(*day, incidents)) } }
                }
            }
            @if done.peek().is_some() {
                section aria-labelledby="planned" {
                    h2 #planned { (self.texts.planned()) }
                    ul { @for work in done { (self.work(work)) } }
                }
            }
        };
        let title = self.texts.history();
        self.framed(&Framed { stem: "history", title: Some(title), main })
    }

    /// The last 15 days; days without incidents are told together.
    pub(super) fn lately(&self) -> Markup {
        let over: Vec<&Incident> = self.view.over().collect();
        let by_day = self.by_day(&over);
        let days: Vec<(Date, &[&Incident])> = (0..DAYS_SHOWN)
            .map(|ago| self.view.clock.days_ago(ago))
            .map(|day| {
                let found = by_day.iter().find(|(with, _)| *with == day);
                (day, found.map_or(&[][..], |(_, incidents)| incidents.as_slice()))
            })
            .collect();
        let runs = days.chunk_by(|(_, one), (_, next)| one.is_empty() && next.is_empty());
        html! {
            section aria-labelledby="past" {
                h2 #past { (self.texts.past()) }
                ol.s-hist {
                    @for run in runs {
                        @match run {
                            [(day, incidents)] if !incidents.is_empty() => { (self.of_day(*day, incidents)) }
                            _ => { (self.quiet(run[run.len() - 1].0, run[0].0)) }
                        }
                    }
                }
                p { a.link href=(self.to("history")) { (self.texts.history()) } }
            }
        }
    }

    /// Days in a row on which nothing was.
    fn quiet(&self, first: Date, last: Date) -> Markup {
        let day = |date: Date| self.view.clock.day(self.language, date);
        html! {
            li {
                h3 {
                    @if first == last { (day(first)) } @else { (self.texts.from_to(day(first), day(last))) }
                }
                p.muted { (self.texts.no_incidents()) }
            }
        }
    }

    fn of_day(&self, day: Date, incidents: &[&Incident]) -> Markup {
        html! {
            li {
                h3 { (self.view.clock.day(self.language, day)) }
                @for incident in incidents { (self.line(incident)) }
            }
        }
    }

    /// An incident in a line: what it was, how bad, how long; and what was said of it last.
    fn line(&self, incident: &Incident) -> Markup {
        let clock = &self.view.clock;
        let how = match incident.resolved_at {
            Some(until) => {
                let lasted = long(self.language, until.micros_since(incident.started_at));
                let from = clock.at(incident.started_at);
                let last = clock.at(until);
                let until = match from.date() == last.date() {
                    true => last.strftime("%H:%M").to_string(),
                    false => clock.moment(self.language, until),
                };
                let how = match incident.worst {
                    crate::snapshot::Condition::Operational
                    | crate::snapshot::Condition::Maintenance => "other",
                    worst => worst.as_str(),
                };
                self.texts.lasted(how, lasted, from.strftime("%H:%M"), until)
            }
            None => self.texts.phase(incident.phase.as_str()),
        };
        html! {
            p {
                a.link href=(self.to(&format!("incidents/{}", incident.id))) { bdi { (incident.title) } } " "
                span.meta { (how) }
            }
            @if let Some(words) = last_words(incident) { p.words dir="auto" { (words) } }
        }
    }

    /// Incidents by the day they began, newest first.
    fn by_day<'i>(&self, incidents: &[&'i Incident]) -> Vec<(Date, Vec<&'i Incident>)> {
        let day = |incident: &Incident| self.view.clock.at(incident.started_at).date();
        let mut sorted = incidents.to_vec();
        sorted.order_by(|one, other| (other.started_at, &other.id).cmp(&(one.started_at, &one.id)));
        let mut days: Vec<(Date, Vec<&Incident>)> = Vec::new();
        for incident in sorted {
            match days.last_mut() {
                Some((last, found)) if *last == day(incident) => found.push(incident),
                _ => days.push((day(incident), vec![incident])),
            }
        }
        days
    }
}

/// The first line of what was said last.
fn last_words(incident: &Incident) -> Option<String> {
    let mut lines = incident.newest()?.body.lines().map(str::trim);
    let line = lines.find(|line| !line.is_empty())?;
    Some(match line.char_indices().nth(WORDS_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    })
}
