//! The page of a review: a document that is read, printed, and written part by part.

use super::words::{self, day_words, moment_day};
use super::{act, phases};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::incident::{Line, prose};
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::problems::words::named_staff;
use crate::shell::{Page, Section as Rail, bare_page};
use crate::url;
use desk::reviews::{Case, Line as Shown, Measured, Said};
use incident::Policy;
use incident::clocks::ClockKind;
use insight::review::{Mark, Phases, phrase};
use kernel::{Language, Timestamp};
use maud::{Markup, html};
use store::directory::ActionState;
use store::directory::reviews::{Review, ReviewState, Section};

/// What a section is called, and its place on the page.
pub(crate) const fn heading(section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Summary => ("sum", "Summary"),
        Section::Impact => ("imp", "Impact"),
        Section::Timeline => ("time", "Timeline"),
        Section::Factors => ("fac", "Contributing factors"),
        Section::Helped => ("well", "What went well"),
        Section::Hard => ("hard", "What was hard"),
        Section::Lessons => ("less", "What we learned"),
        Section::Actions => ("act", "Actions"),
    }
}

/// The page in front of somebody.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) policy: &'a Policy,
    pub(super) case: &'a Case,
    /// The record of its incident.
    pub(super) record: &'a [Line],
    /// What was sent of one of its forms, and what is wrong with it.
    pub(super) fields: &'a Fields,
    pub(super) errors: &'a Errors,
    /// What was done just now.
    pub(super) said: Markup,
}

impl View<'_> {
    /// The whole page.
    pub(super) fn page(&self) -> Markup {
        let review = &self.case.review;
        let title = review.number.to_string();
        let side = html! {
            aside.side.doc-nav aria-label="In this review" {
                h2 { "In this review" }
                ul { @for section in self.shown() {
                    @let (id, name) = heading(section);
                    li { a href={ "#" (id) } {
                        (icon("right")) span { (name) }
                        @if section == Section::Actions && !self.case.actions.is_empty() { span.n { (self.done()) " of " (self.case.actions.len()) } }
                    } }
                } }
            }
        };
        let main = html! {
            article.doc {
                (self.said)
                (self.errors.summary())
                (self.head())
                (self.body(true))
            }
        };
        Page::new(self.who, &title)
            .tab(self.title())
            .section(Rail::Reviews)
            .crumb(url::REVIEWS, "Reviews")
            .side(side)
            .show(main)
    }

    /// The same without anything around it, for paper.
    pub(super) fn paper(&self) -> Markup {
        let review = &self.case.review;
        let title = format!("{} {}", review.number, self.title());
        let main = html! {
            main.doc id="main" tabindex="-1" {
                (self.head())
                (self.body(false))
                p.meta { (review.number) ", printed " (self.who.here.full(self.who.here.now)) }
            }
        };
        bare_page(Language::En, &title, "paper", main)
    }

    fn shown(&self) -> impl Iterator<Item = Section> {
        Section::ALL.iter().copied().filter(move |section| self.case.template.has(*section))
    }

    fn title(&self) -> &str {
        super::list::title(&self.case.incident.title)
    }

    /// By when it was to be resolved.
    fn due(&self) -> Option<Timestamp> {
        let clocks = self.case.incident.state.clocks.iter();
        clocks.filter(|clock| clock.kind == ClockKind::Resolution).find_map(|clock| clock.due_at)
    }

    fn done(&self) -> usize {
        let ended = |one: &&Measured| one.action.state != ActionState::Open;
        self.case.actions.iter().filter(ended).count()
    }

    fn writes(&self) -> bool {
        self.case.may.write && self.case.review.state != ReviewState::Published
    }

    fn head(&self) -> Markup {
        let (review, here) = (&self.case.review, &self.who.here);
        let began = self.case.facts.phases.at(Mark::Started);
        let by = |id| named_staff(self.policy, id);
        html! {
            header {
                div.chips {
                    span.chip { "Post-incident review" }
                    (words::state(review, here))
                    span.chip title="It says what let it happen, not who" { "Blameless" }
                    @if review.state != ReviewState::Published {
                        span class=(if review.is_overdue(here.now) { "chip chip-crit" } else { "chip" }) { (icon("clock")) span { "Due " (moment_day(review.due_at, here)) @if review.is_overdue(here.now) { ", overdue" } } }
                    }
                }
                h1 { (self.title()) }
                p.meta {
                    a.link href=(url::incident(review.incident)) { (review.incident) }
                    @if let Some(at) = began { ", " (moment_day(at, here)) }
                    @match review.owner { Some(owner) => { ". Written by " (by(owner)) }, None => ". Nobody writes it yet" }
                    @if let Some(by_whom) = review.published_by { ", published by " (by(by_whom)) }
                    ". " (here.zone_words()) "."
                }
                @if !review.reopened_because.is_empty() && review.state != ReviewState::Published {
                    p.meta { "Taken up again: " (review.reopened_because) }
                }
            }
        }
    }

    /// Its parts in their order; `live` ones can be changed.
    fn body(&self, live: bool) -> Markup {
        html! {
            @if live { (act::states(self)) }
            @for section in self.shown() {
                (self.part(section, live))
                @if section == Section::Summary { (phases::section(&self.case.facts, self.due(), &self.who.here, !live)) }
            }
            @if !self.case.template.has(Section::Summary) { (phases::section(&self.case.facts, self.due(), &self.who.here, !live)) }
            (self.answers(live))
        }
    }

    fn part(&self, section: Section, live: bool) -> Markup {
        let review = &self.case.review;
        let (id, name) = heading(section);
        let meta = match section {
            Section::Actions if !self.case.actions.is_empty() => Some(self.actions_meta()),
            _ => None,
        };
        html! {
            section id=(id) aria-labelledby={ (id) "-h" } {
                div.sec-h {
                    h2 id={ (id) "-h" } { (name) }
                    @if let Some(meta) = meta { span.meta { (meta) } }
                    @if live && self.writes() && section != Section::Actions {
                        a class="btn btn-quiet btn-sm edit-l" href=(url::review_of(review.number, format!("edit/{section}"))) { (icon("pencil")) "Edit" span.vh { " " (name) } }
                    }
                }
                @match section {
                    Section::Summary => (text(&review.summary, "lead msg-b")),
                    Section::Impact => (text(&review.impact, "msg-b")),
                    Section::Timeline => (self.timeline()),
                    Section::Factors => (factors(&review.factors)),
                    Section::Helped => (text(&review.helped, "msg-b")),
                    Section::Hard => (text(&review.hard, "msg-b")),
                    Section::Lessons => (text(&review.lessons, "msg-b")),
                    Section::Actions => (self.actions(live)),
                }
            }
        }
    }

    /// What is answered to the questions of the template.
    fn answers(&self, live: bool) -> Markup {
        let review = &self.case.review;
        html! {
            @for question in &self.case.template.questions {
                section aria-labelledby={ "q-" (question.key) } {
                    div.sec-h {
                        h2 id={ "q-" (question.key) } { (question.words) }
                        @if live && self.writes() {
                            a class="btn btn-quiet btn-sm edit-l" href=(url::review_of(review.number, "edit/answers")) { (icon("pencil")) "Edit" span.vh { " " (question.words) } }
                        }
                    }
                    (text(review.answers.get(&question.key).map_or("", String::as_str), "msg-b"))
                }
            }
        }
    }

    /// The picked entries, grouped by the phase in which they came.
    fn timeline(&self) -> Markup {
        let review = &self.case.review;
        let reached = reached(&self.case.facts.phases);
        let (mut next, mut entries, mut before) = (0, 0, None);
        let mut rows: Vec<Markup> = Vec::new();
        for shown in &self.case.lines {
            let (from, at) = (next, shown.event.event.happened_at);
            while reached.get(next).is_some_and(|(begun, _)| *begun <= at) {
                next += 1;
            }
            rows.extend(reached[from..next].iter().map(|(_, mark)| group(*mark)));
            // What happened at once is one entry of the record, and told once.
            let line = self.line_of(shown).map(|line| line.href.as_str());
            let again = line.is_some() && line == before && shown.pick.remark.is_empty();
            before = line;
            if !again {
                entries += 1;
                rows.push(self.entry(shown));
            }
        }
        html! {
            p.meta {
                (entries) " of " (self.record.len()) " entries, picked from " (review.incident) ". "
                a.link href=(url::incident(review.incident)) { "Open the full timeline" }
                @if self.case.hidden > 0 { ". " (self.case.hidden) " more are of incidents that you do not see." }
            }
            @if !rows.is_empty() {
                ol.rv-tl { @for row in &rows { (row) } @for (_, mark) in &reached[next..] { (group(*mark)) } }
            }
        }
    }

    /// The entry of the record that a picked event is part of.
    fn line_of(&self, shown: &Shown) -> Option<&Line> {
        self.record.iter().find(|line| line.holds(shown.pick.incident, shown.pick.n))
    }

    /// An instant: its clock alone on the day on which it began, which stands above.
    fn at(&self, at: Timestamp) -> String {
        let here = &self.who.here;
        let began = self.case.facts.phases.at(Mark::Started);
        match began.map(|began| here.local(began).date()) == Some(here.local(at).date()) {
            true => here.clock(at),
            false => here.exact(at),
        }
    }

    fn entry(&self, shown: &Shown) -> Markup {
        let (pick, here) = (&shown.pick, &self.who.here);
        let at = shown.event.event.happened_at;
        let line = self.line_of(shown);
        let whole = || url::incident(pick.incident);
        let href = line.map_or_else(whole, |line| line.href.clone());
        html! {
            li {
                a href=(href) { time datetime=(at) title=(here.full(at)) { (self.at(at)) } }
                p {
                    @match line {
                        Some(line) => {
                            @if line.internal { (icon("lock")) span.vh { "Internal: " } " " }
                            (line.words)
                        },
                        // An entry of a child has its own record.
                        None => {
                            @if pick.incident != self.case.review.incident { (pick.incident) ": " }
                            (self.plainly(shown))
                        },
                    }
                    @if !pick.remark.is_empty() { " " mark { (pick.remark) } }
                }
            }
        }
    }

    /// An entry without its record. It names no incident that the reader may not see.
    fn plainly(&self, shown: &Shown) -> String {
        let names = shown.event.event.names();
        match &shown.said {
            Said::Words(words) => words.clone(),
            Said::Redacted => "(removed)".to_owned(),
            Said::Nothing if names.is_subset(&self.case.named) => phrase(&shown.event.event.body),
            Said::Nothing => "It was related to an incident that you do not see.".to_owned(),
        }
    }

    fn actions_meta(&self) -> String {
        let today = self.case.today;
        let late = self.case.actions.iter().filter(|one| one.action.is_overdue(today)).count();
        let late = if late > 0 { format!(", {late} late") } else { String::new() };
        format!("{} of {} done{late}", self.done(), self.case.actions.len())
    }

    fn actions(&self, live: bool) -> Markup {
        html! {
            @if self.case.actions.is_empty() { p.meta { "None yet." } }
            @else {
                div.scroll-x tabindex="0" role="region" aria-label="Actions, table" {
                    table.dt.act {
                        thead { tr {
                            th scope="col" { "Action" } th scope="col" { "Fixes" } th scope="col" { "Owner" } th scope="col" { "Due" } th scope="col" { "State" }
                            @if live && self.case.may.write { th.edit-l scope="col" { span.vh { "Change" } } }
                        } }
                        tbody { @for one in &self.case.actions { (self.action(one, live)) } }
                    }
                }
            }
            @if live && self.case.may.write { (act::new_action(self)) }
        }
    }

    fn action(&self, measured: &Measured, live: bool) -> Markup {
        let action = &measured.action;
        html! {
            tr id={ "a-" (action.id) } {
                th scope="row" {
                    (action.words)
                    @if !action.reason.is_empty() { p.meta { "Dropped: " (action.reason) } }
                    @if let Some(effect) = &measured.effect { p.meta { (effect.words()) } }
                }
                td {
                    @match action.factor { Some(place) => { "Factor " (place) }, None => span.muted { "–" } }
                    @if let Some(problem) = action.problem { " " a.link href=(url::problem(problem)) { (problem) } }
                }
                td { (words::owner(self.policy, action.owner)) }
                td { (words::action_due(action, self.case.today, &self.who.here)) }
                td {
                    (words::action_state(action))
                    @if let Some(at) = action.ended_at { " " span.meta { (day_words(self.who.here.local(at).date(), &self.who.here)) } }
                }
                @if live && self.case.may.write {
                    td.edit-l { (act::action_buttons(action, None)) }
                }
            }
        }
    }
}

/// The moments that are known, in the order in which they came.
fn reached(phases: &Phases) -> Vec<(Timestamp, Mark)> {
    let marks = phases.marks.iter();
    let mut found: Vec<(Timestamp, Mark)> =
        marks.filter_map(|reached| Some((reached.at?, reached.mark))).collect();
    found.sort_unstable();
    found
}

/// Where a phase begins.
fn group(mark: Mark) -> Markup {
    html! { li class=(phases::group(mark)) { span.rv-g { (phases::mark_word(mark)) } } }
}

fn factors(all: &[String]) -> Markup {
    html! {
        @if all.is_empty() { p.meta { "None yet: what let it happen, not who." } }
        @else { ol.fac { @for words in all { li { div.msg-b { (prose(words)) } } } } }
    }
}

fn text(words: &str, class: &str) -> Markup {
    html! {
        @if words.trim().is_empty() { p.meta { "Nobody wrote this yet." } }
        @else { div class=(class) { (prose(words)) } }
    }
}

/// "due Thu 3 Dec", "overdue since Thu 3 Dec", "published Tue 17 Nov": what an incident says of
/// its review.
pub(crate) fn in_short(review: &Review, here: &Here) -> String {
    let day = |at: Timestamp| day_words(here.local(at).date(), here);
    match (review.state, review.published_at) {
        (ReviewState::Published, Some(at)) => format!("published {}", day(at)),
        (ReviewState::Published, None) => "published".to_owned(),
        _ if review.is_overdue(here.now) => format!("overdue since {}", day(review.due_at)),
        _ => format!("due {}", day(review.due_at)),
    }
}
