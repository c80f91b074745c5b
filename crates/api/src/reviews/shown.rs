//! Reviews as they are shown.

use super::actions::ShownAction;
use crate::directory::Cards;
use desk::reviews::{Case, Line, Said};
use incident::clocks::ClockKind;
use insight::review::{Downtime, Kept, Mark, Outcome, Phases};
use kernel::{IncidentNumber, PersonId, ReviewNumber, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use store::directory::reviews::{Listed, ReviewState};
use utoipa::ToSchema;

/// A review in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewInList)]
pub(super) struct Brief {
    #[schema(value_type = String)]
    number: ReviewNumber,
    #[schema(value_type = String)]
    incident: IncidentNumber,
    /// The title of the incident.
    title: String,
    /// Whether that is a major one.
    major: bool,
    /// `draft`, `in_review` or `published`.
    #[schema(value_type = String)]
    state: ReviewState,
    /// Who writes it, by e-mail address.
    owner: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// Whether it is due and not published.
    overdue: bool,
    /// How many actions follow from it.
    actions: i64,
    /// Those of them that are open.
    open_actions: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    version: i64,
}

impl Brief {
    pub(super) fn of(one: Listed, cards: &Cards, now: Timestamp) -> Self {
        let review = one.review;
        Brief {
            number: review.number,
            incident: review.incident,
            title: one.title,
            major: one.major,
            state: review.state,
            owner: handle(cards, review.owner),
            due_at: review.due_at,
            overdue: review.is_overdue(now),
            actions: one.actions,
            open_actions: one.open_actions,
            published_at: review.published_at,
            version: review.version,
        }
    }
}

/// A review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub(super) struct Shown {
    #[schema(value_type = String)]
    number: ReviewNumber,
    #[schema(value_type = String)]
    incident: IncidentNumber,
    /// The title of the incident.
    title: String,
    /// `draft`, `in_review` or `published`.
    #[schema(value_type = String)]
    state: ReviewState,
    /// Who writes it, by e-mail address.
    owner: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// Whether it is due and not published.
    overdue: bool,
    summary: String,
    impact: String,
    factors: Vec<String>,
    /// Places of factors, from 1, that name people.
    factors_naming_people: Vec<usize>,
    helped: String,
    hard: String,
    lessons: String,
    /// Answers to the questions of the template, by key.
    answers: BTreeMap<String, String>,
    /// The entries that it shows, in the order in which they happened.
    timeline: Vec<ShownLine>,
    /// Entries that it shows to others.
    hidden: usize,
    actions: Vec<ShownAction>,
    facts: ShownFacts,
    /// Why it was taken up again after it was published; empty where it never was.
    reopened_because: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// By e-mail address.
    published_by: Option<String>,
    /// Whether it was opened by itself.
    opened_by_itself: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    pub(super) version: i64,
}

/// An entry of a timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewEntry)]
struct ShownLine {
    #[schema(value_type = String)]
    incident: IncidentNumber,
    n: u32,
    /// What happened, as events name it.
    kind: String,
    #[schema(value_type = String, format = DateTime)]
    happened_at: Timestamp,
    /// What people said; null where there is nothing, or it was erased.
    words: Option<String>,
    /// Whether what they said was erased.
    erased: bool,
    /// What the review says about it.
    remark: String,
}

/// What the record says by itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewFacts)]
struct ShownFacts {
    /// `started`, `detected`, `acknowledged`, `mitigated`, `restored` and `resolved`.
    moments: Vec<ShownMoment>,
    /// What lies between those that were recorded, in the order in which they came.
    phases: Vec<ShownPhase>,
    /// What became of each promise.
    promises: Vec<ShownPromise>,
    downtime: Vec<ShownDowntime>,
    /// How many people were affected, where somebody said so.
    affected: Option<u32>,
    /// Children and parts that you see.
    reports: u32,
    /// Whether an alert told of it, not later than whoever reported it.
    alerted: bool,
    /// Updates that were published.
    updates: u32,
    updates_in_time: u32,
    updates_late: u32,
    /// What the outages cost, in the instance's currency, where that is known.
    cost: Option<i64>,
}

/// A moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewMoment)]
struct ShownMoment {
    #[schema(value_type = String)]
    moment: Mark,
    /// Null where nobody recorded it.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Seconds since it began.
    after_seconds: Option<i64>,
}

/// What lies between two moments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewPhase)]
struct ShownPhase {
    #[schema(value_type = String)]
    from: Mark,
    #[schema(value_type = String)]
    to: Mark,
    seconds: i64,
}

/// What became of a promise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewPromise)]
struct ShownPromise {
    #[schema(value_type = String)]
    clock: ClockKind,
    /// Seconds of business time.
    target_seconds: i64,
    /// Seconds of business time.
    used_seconds: i64,
    /// `met`, `missed`, `running` or `cancelled`.
    #[schema(value_type = String)]
    outcome: Kept,
}

/// How long a service was out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewDowntime)]
struct ShownDowntime {
    /// By name.
    service: Option<String>,
    seconds: i64,
    /// The worst of it: `degraded`, `partial` or `full`.
    degree: String,
    /// Whether it still is.
    lasts: bool,
}

impl Shown {
    pub(super) fn of(case: Case, cards: &Cards, now: Timestamp) -> Self {
        let Case {
            review, incident, facts, lines, hidden, actions, naming, services, today, ..
        } = case;
        let downtime = |one: &Downtime| ShownDowntime {
            service: services.get(&one.service).cloned(),
            seconds: one.seconds,
            degree: one.degree.to_string(),
            lasts: one.lasts,
        };
        let facts = ShownFacts {
            moments: moments(&facts.phases),
            phases: phases(&facts.phases),
            promises: facts.outcomes.iter().map(promise).collect(),
            downtime: facts.downtime.iter().map(downtime).collect(),
            affected: facts.affected,
            reports: facts.reports,
            alerted: facts.alerted,
            updates: facts.updates,
            updates_in_time: facts.figures.words_kept,
            updates_late: facts.figures.words_missed,
            cost: facts.figures.cost,
        };
        let shown = |one| ShownAction::of(one, cards, today);
        Shown {
            owner: handle(cards, review.owner),
            overdue: review.is_overdue(now),
            published_by: handle(cards, review.published_by),
            opened_by_itself: review.created_by.is_none(),
            title: incident.title,
            factors_naming_people: naming.into_iter().map(|(place, _)| place).collect(),
            timeline: lines.into_iter().map(line).collect(),
            actions: actions.into_iter().map(shown).collect(),
            number: review.number,
            incident: review.incident,
            state: review.state,
            due_at: review.due_at,
            summary: review.summary,
            impact: review.impact,
            factors: review.factors,
            helped: review.helped,
            hard: review.hard,
            lessons: review.lessons,
            answers: review.answers,
            hidden,
            facts,
            reopened_because: review.reopened_because,
            published_at: review.published_at,
            created_at: review.created_at,
            updated_at: review.updated_at,
            version: review.version,
        }
    }
}

fn line(line: Line) -> ShownLine {
    let Line { pick, event, said } = line;
    let (words, erased) = match said {
        Said::Nothing => (None, false),
        Said::Words(words) => (Some(words), false),
        Said::Redacted => (None, true),
    };
    ShownLine {
        incident: pick.incident,
        n: pick.n,
        kind: event.event.body.kind().to_owned(),
        happened_at: event.event.happened_at,
        words,
        erased,
        remark: pick.remark,
    }
}

fn moments(phases: &Phases) -> Vec<ShownMoment> {
    let moment = |reached: &insight::review::Reached| ShownMoment {
        moment: reached.mark,
        at: reached.at,
        after_seconds: phases.until(reached.mark),
    };
    phases.marks.iter().map(moment).collect()
}

fn phases(phases: &Phases) -> Vec<ShownPhase> {
    let phase = |span: &insight::review::Span| ShownPhase {
        from: span.from,
        to: span.to,
        seconds: span.seconds,
    };
    phases.spans.iter().map(phase).collect()
}

fn promise(outcome: &Outcome) -> ShownPromise {
    ShownPromise {
        clock: outcome.kind,
        target_seconds: outcome.target_seconds,
        used_seconds: outcome.used_seconds,
        outcome: outcome.kept,
    }
}

pub(super) fn handle(cards: &Cards, person: Option<PersonId>) -> Option<String> {
    person.and_then(|id| cards.get(&id)).map(|card| card.handle().to_owned())
}
