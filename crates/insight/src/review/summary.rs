//! A first draft of what a review says, sentence by sentence from facts. A person edits it.

use super::facts::{Facts, Kept};
use super::phases::{Mark, lasted};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, ServiceId, Timestamp, grouped};
use std::collections::BTreeMap;

/// Characters of a quotation: what is longer is read in the incident.
const QUOTED_CHARS: usize = 600;

/// What is told of.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// The incident.
    pub incident: IncidentNumber,
    /// Its title.
    pub title: &'a str,
    /// Its service, by name.
    pub service: Option<&'a str>,
    /// The names of services.
    pub names: &'a BTreeMap<ServiceId, String>,
    /// What is known of it.
    pub facts: &'a Facts,
    /// What the requester was told when it was resolved; none where that was erased.
    pub resolution: Option<&'a str>,
    /// The cause that was given then.
    pub cause: Option<&'a str>,
    /// By which clock it is told.
    pub zone: &'a TimeZone,
}

/// What happened, when, for how long, and how it ended.
pub fn summary(story: &Story<'_>) -> String {
    let phases = &story.facts.phases;
    let Some(began) = phases.at(Mark::Started) else { return String::new() };
    let clock = Clock { zone: story.zone, began };
    let ends = [Mark::Mitigated, Mark::Restored, Mark::Resolved];
    let over = ends.into_iter().filter_map(|mark| phases.at(mark)).min();
    let mut said = Vec::new();
    let what = story.service.unwrap_or("Work");
    said.push(match over {
        Some(over) => format!(
            "On {}, from {} to {} ({}), {what} was disturbed: “{}” ({}).",
            clock.day(began),
            clock.time(began),
            clock.time(over),
            lasted(over.seconds_since(began)),
            story.title,
            story.incident
        ),
        None => format!(
            "Since {} on {}, {what} is disturbed: “{}” ({}).",
            clock.time(began),
            clock.day(began),
            story.title,
            story.incident
        ),
    });
    said.extend(course(story, &clock));
    let missing: Vec<&str> = phases.missing().map(told_as).collect();
    if !missing.is_empty() {
        said.push(format!("Nobody recorded when it was {}.", listed(&missing)));
    }
    if let Some(words) = story.cause.map(quoted).filter(|words| !words.is_empty()) {
        said.push(format!("The cause that was given: “{words}”."));
    }
    if let Some(words) = story.resolution.map(quoted).filter(|words| !words.is_empty()) {
        said.push(format!("The resolution said: “{words}”."));
    }
    said.join(" ")
}

/// How it went on after it began.
fn course(story: &Story<'_>, clock: &Clock<'_>) -> Vec<String> {
    let phases = &story.facts.phases;
    let mut said = Vec::new();
    for mark in Mark::ALL.iter().filter(|mark| **mark != Mark::Started) {
        let (Some(at), Some(seconds)) = (phases.at(*mark), phases.until(*mark)) else { continue };
        let when = match seconds {
            0 => "at once".to_owned(),
            _ => format!("at {} (after {})", clock.time(at), lasted(seconds)),
        };
        said.push(format!("{} {when}", told_as(*mark)));
    }
    match said.as_slice() {
        [] => vec![],
        some => {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            vec![format!("It was {}.", listed(&some))]
        }
    }
}

/// Whom it hit, and how much, in figures.
pub fn impact(story: &Story<'_>) -> String {
    let facts = story.facts;
    let mut said = Vec::new();
    match facts.affected {
        Some(1) => said.push("1 person was affected.".to_owned()),
        Some(people) => {
            said.push(format!("About {} people were affected.", grouped(i64::from(people))));
        }
        None => said.push("Nobody said how many people were affected.".to_owned()),
    }
    match facts.reports {
        0 => {}
        1 => said.push("1 more report belongs to it.".to_owned()),
        reports => said.push(format!("{reports} more reports belong to it.")),
    }
    for one in &facts.downtime {
        let name = story.names.get(&one.service).map_or("A former service", String::as_str);
        let (degree, lasts) = (one.degree, if one.lasts { " so far" } else { "" });
        said.push(format!("{name}: {} ({degree}){lasts}.", lasted(one.seconds)));
    }
    if let Some(cost) = facts.figures.cost {
        said.push(format!("By what an hour costs, the outages cost about {}.", grouped(cost)));
    }
    let missed: Vec<&str> = facts
        .outcomes
        .iter()
        .filter(|outcome| outcome.kept == Kept::Missed)
        .map(|outcome| outcome.kind.as_str())
        .collect();
    if !missed.is_empty() {
        said.push(format!("Targets that were missed: {}.", listed(&missed)));
    }
    let (kept, late) = (facts.figures.words_kept, facts.figures.words_missed);
    if kept + late > 0 {
        said.push(format!("Of {} updates that were due, {kept} came in time.", kept + late));
    }
    said.join(" ")
}

const fn told_as(mark: Mark) -> &'static str {
    match mark {
        Mark::Started => "begun",
        Mark::Detected => "detected",
        Mark::Acknowledged => "acknowledged",
        Mark::Mitigated => "mitigated",
        Mark::Restored => "verified to be restored",
        Mark::Resolved => "resolved",
    }
}

/// "a", "a and b", "a, b and c".
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

/// Words of people on one line, without a full stop that follows anyway.
fn quoted(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    match line.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

/// Instants as they are told: those of the first day by their time alone.
struct Clock<'a> {
    zone: &'a TimeZone,
    began: Timestamp,
}

impl Clock<'_> {
    fn day(&self, at: Timestamp) -> String {
        at.to_jiff().to_zoned(self.zone.clone()).strftime("%-d %B %Y").to_string()
    }

    fn time(&self, at: Timestamp) -> String {
        let local = at.to_jiff().to_zoned(self.zone.clone());
        let same = local.date() == self.began.to_jiff().to_zoned(self.zone.clone()).date();
        local.strftime(if same { "%H:%M" } else { "%H:%M on %-d %B" }).to_string()
    }
}
