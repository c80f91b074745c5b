//! Before other terms are saved: which clocks of open incidents they would move, and whether
//! those keep their promise or follow.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::pri::priority;
use crate::part::time::{self, Here, counted, duration};
use crate::url;
use desk::Trouble;
use desk::terms::Open;
use desk::what_if::{ImpactReport, ImpactRow, Unsaved};
use incident::clocks::{Clock, ClockKind};
use incident::impact::{Move, Subject};
use incident::policy::{Agreement, BusinessHours};
use kernel::Timestamp;
use maud::{Markup, html};
use store::directory::recomputations::{self, Progress, Recomputation};

/// Rows that are shown.
const ROWS: usize = 12;
/// The last part of the address that tells how far a job is.
pub(super) const UNDERWAY: &str = "underway";
/// Jobs that are looked through for those of one agreement or calendar.
const JOBS: usize = 50;
/// How long a job that is done is told of, in seconds.
const TOLD_SECONDS: i64 = 3_600;

/// What was chosen for open incidents; `None` while nobody was asked.
pub(super) fn chosen(fields: &Fields) -> Option<Open> {
    match fields.get("open")? {
        "keep" => Some(Open::Keep),
        "follow" => Some(Open::Follow),
        _ => None,
    }
}

/// What would become of open incidents.
pub(super) struct Moves {
    report: ImpactReport,
    /// When the terms come in force, if not at once.
    since: Option<Timestamp>,
}

impl Moves {
    /// If this version of a calendar held for them.
    pub(super) async fn of_calendar(
        app: &App,
        who: &SignedIn,
        hours: &BusinessHours,
        since: Option<Timestamp>,
    ) -> Result<Moves, Trouble> {
        let unsaved = Unsaved { calendar: Some(hours.clone()), ..Unsaved::default() };
        Ok(Moves { report: app.desk.impact(who.viewer(), unsaved, since).await?, since })
    }

    /// If this version of an agreement held for them.
    pub(super) async fn of_agreement(
        app: &App,
        who: &SignedIn,
        agreement: &Agreement,
        since: Option<Timestamp>,
    ) -> Result<Moves, Trouble> {
        let unsaved = Unsaved { agreement: Some(agreement.clone()), ..Unsaved::default() };
        Ok(Moves { report: app.desk.impact(who.viewer(), unsaved, since).await?, since })
    }

    /// Whether nothing that is open would be promised anything else.
    pub(super) fn is_empty(&self) -> bool {
        self.report.incidents == 0
    }

    /// The question, with what there is to know for an answer.
    pub(super) fn card(&self, who: &SignedIn) -> Markup {
        let report = &self.report;
        html! {
            section.card id="moves" tabindex="-1" autofocus data-still aria-labelledby="moves-h" {
                div.card-h { h2 id="moves-h" { "Nothing is saved yet: " (counted(report.incidents, "open incident")) " would be promised something else" } }
                div.card-b.stack {
                    p { (self.words(&who.here)) }
                    fieldset.field {
                        legend { "What becomes of open incidents?" }
                        label.ck { input type="radio" name="open" value="keep" checked; "They keep their promise" }
                        p.hint { "The new terms hold for what is raised from then on." }
                        label.ck { input type="radio" name="open" value="follow"; "They follow the new terms" }
                        p.hint { "Time used and pauses stay; what is over the new target is broken at that moment. It is written into each timeline." }
                    }
                    p.meta { "Save again to store it." }
                }
                @if report.rows.iter().any(|row| !row.moves.is_empty()) { (table(&report.rows, self.since.is_some(), who)) }
            }
        }
    }

    fn words(&self, here: &Here) -> String {
        let ImpactReport { open, damaged, clocks, earlier, later, breaches, .. } = self.report;
        let when = match self.since {
            Some(at) => {
                format!("If nothing happens until {} and they follow then,", here.moment(at))
            }
            None => "If they follow,".to_owned(),
        };
        let broken = match breaches {
            0 => "No promise is broken by it".to_owned(),
            count => format!("{} would be broken at once", counted(count, "promise")),
        };
        let unknown = match damaged {
            0 => String::new(),
            count => format!(
                " {} cannot be read and keep their promise; the log says why.",
                counted(count, "incident")
            ),
        };
        format!(
            "{} in all. {when} {} would move: {earlier} due earlier, {later} due later. {broken}.{unknown}",
            counted(open, "open incident"),
            counted(clocks, "clock"),
        )
    }
}

/// How far open incidents are on their way to changed terms, while they are and for an hour
/// after. `address` is that of the form; while they are, its part is asked for again.
pub(super) async fn underway(
    app: &App,
    who: &SignedIn,
    subject: Subject,
    address: &str,
    patch: bool,
) -> PageResult<Markup> {
    let jobs = app.desk.read(|sql| recomputations::list(sql, JOBS)).await?;
    let recent = |job: &&Recomputation| {
        let since = job.finished_at.map(|at| who.here.now.seconds_since(at));
        job.subject == subject && since.is_none_or(|seconds| seconds < TOLD_SECONDS)
    };
    let Some(job) = jobs.iter().find(recent) else {
        // Whoever asked for more of it has nothing to ask for any more.
        return Ok(html! { @if patch { p id="underway" data-patch="remove" {} } });
    };
    let goes_on = job.finished_at.is_none() && job.not_before <= who.here.now;
    Ok(html! {
        p.banner.banner-info id="underway" role="status" data-patch[patch] data-poll=[goes_on.then(|| format!("{address}/{UNDERWAY}"))]
            // Told once it is done, not at every step.
            aria-live=[goes_on.then_some("off")] { (icon("refresh")) span { (progress(job, &who.here)) } }
    })
}

fn progress(job: &Recomputation, here: &Here) -> String {
    let Progress { total, looked, changed, failed, .. } = job.progress;
    let failed = match failed {
        0 => String::new(),
        count => format!(" {} could not follow; the log says why.", counted(count, "incident")),
    };
    match (job.finished_at, job.started_at) {
        (Some(at), _) => format!(
            "Open incidents followed version {} {}: {changed} of {total} are promised something else.{failed}",
            job.version,
            here.moment(at),
        ),
        (None, Some(_)) => format!(
            "Open incidents are going over to version {}: {looked} of {total} looked at, {changed} changed.{failed}",
            job.version,
        ),
        (None, None) if job.not_before > here.now => format!(
            "Open incidents go over to version {} when it comes in force, {}.",
            job.version,
            here.moment(job.not_before),
        ),
        (None, None) => {
            format!("Open incidents are about to go over to version {}.", job.version)
        }
    }
}

fn table(rows: &[ImpactRow], later: bool, who: &SignedIn) -> Markup {
    let due_before = if later { "Due otherwise" } else { "Due now" };
    let moves = rows.iter().flat_map(|row| row.moves.iter().map(move |one| (row, one)));
    let more = moves.clone().count().saturating_sub(ROWS);
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Clocks that would move" { table.dt {
            thead { tr {
                th scope="col" { "Incident" } th scope="col" { "Priority" } th scope="col" { "Clock" }
                th scope="col" { (due_before) } th scope="col" { "Would be due" } th scope="col" { "By" }
            } }
            tbody { @for (row, one) in moves.take(ROWS) {
                tr {
                    th scope="row" { a href=(url::incident(row.number)) { (row.number) } " " span.muted { (row.title) } }
                    td { (priority(row.priority)) }
                    td { (clock_word(one.kind())) }
                    td.nowrap { (due(one.before.as_ref(), who)) }
                    td.nowrap {
                        // What is used up already has no instant at which it would be due.
                        @if one.breaches() { span.chip.chip-crit { (icon("alert")) "broken at once" } }
                        @else { (due(Some(&one.after), who)) }
                    }
                    td.nowrap { (by(one)) }
                }
            } }
        } }
        @if more > 0 { div.card-b { p.meta { "and " (counted(more as i64, "more clock")) } } }
    }
}

fn due(clock: Option<&Clock>, who: &SignedIn) -> Markup {
    html! {
        @match clock.map(|clock| clock.due_at) {
            Some(Some(at)) => (time::moment(at, &who.here)),
            Some(None) => "paused",
            None => "not promised",
        }
    }
}

fn by(one: &Move) -> String {
    match one.later_seconds() {
        Some(0) => "same moment".to_owned(),
        Some(seconds @ 1..) => format!("{} later", duration(seconds)),
        Some(seconds) => format!("{} earlier", duration(-seconds)),
        None => {
            let target = |clock: &Clock| clock.target_seconds;
            match one.before.as_ref().map(target) {
                Some(before) if before != target(&one.after) => {
                    format!("target {} to {}", duration(before), duration(target(&one.after)))
                }
                _ => "–".to_owned(),
            }
        }
    }
}

/// What a clock is called in tables.
pub(super) const fn clock_word(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Acknowledge => "take",
        ClockKind::Response => "respond",
        ClockKind::Update => "update",
        ClockKind::Resolution => "resolve",
        ClockKind::Team => "team",
        ClockKind::Vendor => "supplier",
    }
}
