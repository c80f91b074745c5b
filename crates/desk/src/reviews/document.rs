//! A review as a text file.

use super::{Case, Line, Said};
use crate::{Desk, Trouble};
use incident::Viewer;
use insight::review::{Document, Kept, Part, lasted, markdown, phrase};
use jiff::tz::TimeZone;
use kernel::{PersonId, ReviewNumber, Timestamp};
use store::directory::reviews::Section;

/// What stands in the place of words that were erased.
const ERASED: &str = "[erased]";

impl Desk {
    /// A review as Markdown, as this viewer reads it, with times by the clock of `zone`.
    ///
    /// # Errors
    ///
    /// As of [`Desk::review`].
    pub async fn review_markdown(
        &self,
        viewer: &Viewer,
        number: ReviewNumber,
        zone: &TimeZone,
    ) -> Result<String, Trouble> {
        let case = self.review(viewer, number).await?;
        Ok(markdown(&document(&case, zone)))
    }
}

fn document(case: &Case, zone: &TimeZone) -> Document {
    let mut parts = Vec::new();
    let mut add = |section: Section, heading: &str, part: Part| {
        if case.template.has(section) {
            parts.push((heading.to_owned(), part));
        }
    };
    let review = &case.review;
    add(Section::Summary, "Summary", Part::Words(review.summary.clone()));
    add(Section::Summary, "Phases", phases(case, zone));
    add(Section::Impact, "Impact", Part::Words(review.impact.clone()));
    add(Section::Impact, "Promises", promises(case));
    add(Section::Impact, "Downtime", downtime(case));
    let lines = case.lines.iter().map(|line| timeline(line, zone)).collect();
    add(Section::Timeline, "Timeline", Part::Points(lines));
    add(Section::Factors, "Contributing factors", Part::Numbered(review.factors.clone()));
    add(Section::Helped, "What helped", Part::Words(review.helped.clone()));
    add(Section::Hard, "What was hard", Part::Words(review.hard.clone()));
    add(Section::Lessons, "What we learned", Part::Words(review.lessons.clone()));
    add(Section::Actions, "Actions", actions(case));
    for question in &case.template.questions {
        let answer = review.answers.get(&question.key).cloned().unwrap_or_default();
        parts.push((question.words.clone(), Part::Words(answer)));
    }
    Document {
        title: format!("{}: {}", review.number, case.incident.title),
        about: vec![about(case, zone)],
        parts,
    }
}

fn about(case: &Case, zone: &TimeZone) -> String {
    let review = &case.review;
    let mut said = vec![format!("Review of {}", review.incident)];
    if let Some(owner) = review.owner {
        said.push(format!("written by {}", name(case, owner)));
    }
    said.push(match (review.published_at, review.published_by) {
        (Some(at), Some(by)) => format!("published {} by {}", clock(at, zone), name(case, by)),
        (Some(at), None) => format!("published {}", clock(at, zone)),
        (None, _) => "not published".to_owned(),
    });
    if let Some(zone) = zone.iana_name() {
        said.push(format!("times by the clock of {zone}"));
    }
    said.join(", ")
}

fn phases(case: &Case, zone: &TimeZone) -> Part {
    let phases = &case.facts.phases;
    let row = |reached: &insight::review::Reached| {
        let at = reached.at.map_or("not recorded".to_owned(), |at| clock(at, zone));
        let after = phases.until(reached.mark).map(lasted).unwrap_or_default();
        vec![reached.mark.to_string(), at, after]
    };
    let columns = ["Moment", "At", "After"].map(str::to_owned).to_vec();
    Part::Table(columns, phases.marks.iter().map(row).collect())
}

fn promises(case: &Case) -> Part {
    let figures = &case.facts.figures;
    let kept = case.facts.outcomes.iter().map(|outcome| {
        let used = match outcome.kept {
            Kept::Met | Kept::Missed => lasted(outcome.used_seconds),
            Kept::Running | Kept::Cancelled => String::new(),
        };
        let (kind, target) = (outcome.kind.as_str(), lasted(outcome.target_seconds));
        vec![kind.to_owned(), target, used, outcome.kept.to_string()]
    });
    let mut rows: Vec<Vec<String>> = kept.collect();
    let due = figures.words_kept + figures.words_missed;
    if due > 0 {
        let kept = format!("{} of {due} in time", figures.words_kept);
        rows.push(vec!["updates".to_owned(), String::new(), String::new(), kept]);
    }
    Part::Table(["Promise", "Target", "Used", "Outcome"].map(str::to_owned).to_vec(), rows)
}

fn downtime(case: &Case) -> Part {
    let rows = case.facts.downtime.iter().map(|one| {
        let name = case.services.get(&one.service).map_or("A former service", String::as_str);
        vec![name.to_owned(), one.degree.to_string(), lasted(one.seconds)]
    });
    let columns = ["Service", "How bad", "How long"].map(str::to_owned).to_vec();
    Part::Table(columns, rows.collect())
}

fn timeline(line: &Line, zone: &TimeZone) -> String {
    let event = &line.event.event;
    let mut said = format!("{}: {}", clock(event.happened_at, zone), phrase(&event.body));
    match &line.said {
        Said::Nothing => {}
        Said::Words(words) => said.push_str(&format!(" “{words}”")),
        Said::Redacted => said.push_str(&format!(" {ERASED}")),
    }
    if !line.pick.remark.is_empty() {
        said.push_str(&format!(" ({})", line.pick.remark));
    }
    said
}

fn actions(case: &Case) -> Part {
    let row = |(place, one): (usize, &super::Measured)| {
        let action = &one.action;
        let factor = action.factor.map(|factor| format!("factor {factor}")).unwrap_or_default();
        let owner = action.owner.map(|owner| name(case, owner)).unwrap_or_default();
        let due = action.due_on.map(|day| day.to_string()).unwrap_or_default();
        let mut state = action.state.to_string();
        if !action.reason.is_empty() {
            state.push_str(&format!(": {}", action.reason));
        } else if action.is_overdue(case.today) {
            state.push_str(", late");
        }
        if let Some(effect) = &one.effect {
            state.push_str(&format!(". {}", effect.words()));
        }
        vec![(place + 1).to_string(), action.words.clone(), factor, owner, due, state]
    };
    let columns = ["", "Action", "Fixes", "Owner", "Due", "State"].map(str::to_owned).to_vec();
    Part::Table(columns, case.actions.iter().enumerate().map(row).collect())
}

fn name(case: &Case, person: PersonId) -> String {
    case.people.get(&person).cloned().unwrap_or_else(|| "a former colleague".to_owned())
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
