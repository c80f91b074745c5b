//! Gaps, who could cover them, and who stands in: overrides, added and ended.

use super::load::hours;
use super::sight::{DAYS, Sight, Standing};
use super::swaps::is_gap;
use super::{Asked, done, form_page};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::clock_change;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::settings::actor;
use crate::settings::editing::{Problem, id, text};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::rota::{Wanted, add_override, end_override};
use incident::escalation::check::can_be_paged;
use incident::permissions::{may_end_override, may_take_shift};
use incident::{Policy, Refusal};
use kernel::{InOrder, OverrideId, PersonId, ScheduleId, Timestamp, limits};
use maud::{Markup, html};
use roster::{Load, Span};
use std::collections::BTreeSet;
use store::directory::schedules::Override;
use store::directory::swaps::SwapState;

/// Hours ahead in which a gap is told at the top of the page.
const NEAR_HOURS: i64 = 24;
/// Gaps below the lanes with proposals; the others are in the lanes.
const TOLD: usize = 3;
/// People proposed for a gap.
const PROPOSED: usize = 3;
/// What is done about a gap with one press: the last part of its address, the field that names who
/// covers it, and what the button says.
type Press = (&'static str, &'static str, &'static str);
const PUT: Press = ("overrides", "person", "Put on call");
const ASK: Press = ("swaps", "asked", "Ask");

/// The form for who stands in, for a stretch of time or any.
pub(super) fn address(schedule: ScheduleId, span: Option<Span>) -> String {
    let form = url::on_call_of(schedule, "cover");
    let Some(Span { start, end }) = span else { return form };
    let [start, end] = [start, end].map(|at| url::encode(&at.to_string()));
    format!("{form}?start={start}&end={end}")
}

/// Gaps of all schedules that are near, the soonest first.
pub(super) fn near(who: &SignedIn, sight: &Sight) -> Markup {
    let soon = who.here.now.plus_seconds(NEAR_HOURS * 3_600);
    let first = sight.rows.iter().filter_map(|row| Some((row, *row.gaps.first()?)));
    let mut near: Vec<(&Standing, Span)> = first.filter(|(_, gap)| gap.start < soon).collect();
    near.order_by_key(|(_, gap)| gap.start);
    let here = &who.here;
    html! {
        @if !near.is_empty() {
            div.oc-b.stack-s {
                @for (row, gap) in near {
                    // Where somebody is told in its place, nobody waits in vain.
                    @let class = if row.fallback.is_some() { "banner banner-warn" } else { "banner banner-crit" };
                    div class=(class) {
                        (icon("alert"))
                        div {
                            b {
                                (row.name) " has nobody on call "
                                @if gap.start <= here.now { "until " } @else { (here.exact(gap.start)) " to " }
                                (here.exact(gap.end)) "."
                            }
                            @match row.fallback {
                                Some(whom) => { " Pages in that time go to " (sight.names.words(whom)) "." }
                                None => " Pages in that time go to the next step of their policy at once.",
                            }
                        }
                        @if who.viewer().swaps_shifts() {
                            a.btn.btn-sm href=(address(row.id, Some(gap))) aria-label={ "Find cover for " (row.name) } { "Find cover" }
                        }
                    }
                }
            }
        }
    }
}

/// Gaps of the chosen schedule, each with whom it would be fair to ask.
pub(super) fn gaps(who: &SignedIn, sight: &Sight, row: &Standing) -> Markup {
    let here = &who.here;
    html! {
        @for gap in row.gaps.iter().take(TOLD) {
            div.banner.banner-warn.lanes-b {
                (icon("alert"))
                div {
                    b { "Gap: " (here.exact(gap.start)) " to " (here.exact(gap.end)) "." } " "
                    (proposed(sight, &proposals(who, sight, row, *gap)))
                    @for person in asked(sight, row, *gap) { " " (sight.name(person)) " was asked." }
                }
                @if who.viewer().swaps_shifts() {
                    a.btn.btn-sm href=(address(row.id, Some(*gap))) aria-label={ "Find cover from " (here.exact(gap.start)) } { "Find cover" }
                }
            }
        }
        @if row.gaps.len() > TOLD {
            p.meta.lanes-b { (counted((row.gaps.len() - TOLD) as i64, "more gap")) " in the next 4 weeks: the red cells." }
        }
    }
}

fn proposed(sight: &Sight, all: &[Load]) -> Markup {
    html! {
        @if all.is_empty() { "Nobody of the rota is free then." } @else {
            "Free then: "
            @for (place, load) in all.iter().take(PROPOSED).enumerate() {
                @if place > 0 { ", " }
                (sight.name(load.person)) " (" (hours(load.total_seconds)) ", " (hours(load.night_seconds)) " at night)"
            }
            "."
        }
    }
}

/// Who could cover a gap, the fairest choice first: by what they carry in the four weeks before and
/// after now. Nobody who is on call elsewhere then, away, or not to be paged.
fn proposals(who: &SignedIn, sight: &Sight, row: &Standing, gap: Span) -> Vec<Load> {
    let (policy, now) = (&sight.names.policy, who.here.now);
    let others = sight.rows.iter().filter(|other| other.id != row.id);
    let elsewhere: BTreeSet<PersonId> = others
        .flat_map(|other| other.roster.shifts(gap.start, gap.end).map(|shift| shift.person))
        .collect();
    let busy = |person: &PersonId| {
        elsewhere.contains(person)
            || is_away(*person, gap, policy)
            || !can_be_paged(*person, policy)
    };
    let window = Span::new(now.plus_days(-DAYS), now.plus_days(DAYS));
    row.roster.cover(gap, window, &row.roster.people(gap.start), busy)
}

/// Who was asked to cover a gap, or a part of it, and has not answered.
fn asked(sight: &Sight, row: &Standing, gap: Span) -> Vec<PersonId> {
    let open = sight.swaps.iter().filter(|swap| swap.state == SwapState::Offered);
    let own = open.filter(|swap| swap.schedule == row.id && is_gap(&row.roster, swap));
    let meant = own.filter(|swap| swap.start < gap.end && gap.start < swap.end);
    meant.filter_map(|swap| swap.asked).collect()
}

fn is_away(person: PersonId, gap: Span, policy: &Policy) -> bool {
    let away = policy.staff.get(&person).and_then(|staff| staff.away);
    away.is_some_and(|away| away.from < gap.end && away.until.is_none_or(|until| gap.start < until))
}

/// Who stands in, below the lanes.
pub(super) fn overrides_card(who: &SignedIn, sight: &Sight) -> Markup {
    let Some(chosen) = &sight.chosen else { return html! {} };
    let here = &who.here;
    html! {
        @if !chosen.overrides.is_empty() {
            section.card aria-labelledby="ov" {
                div.card-h { h2 id="ov" { "Who stands in" } span.meta { "wins over every layer" } }
                div.scroll-x tabindex="0" role="region" aria-label="Who stands in, table" { table.dt {
                    thead { tr {
                        th scope="col" { "Who" } th scope="col" { "From" } th scope="col" { "Until" } th scope="col" { "Why" }
                        th scope="col" { span.vh { "Actions" } }
                    } }
                    tbody { @for one in &chosen.overrides {
                        tr {
                            th scope="row" { (sight.name(one.person)) @if one.swap.is_some() { " " span.chip { "swap" } } }
                            td.nowrap { @if one.start <= here.now { "now" } @else { (here.exact(one.start)) } }
                            td.nowrap { (here.exact(one.end)) }
                            td { (one.reason) @if let Some(by) = one.made_by { span.meta { " by " (sight.name(by)) } } }
                            td.num { (end_button(who, sight, one)) }
                        }
                    } }
                } }
            }
        }
    }
}

fn end_button(who: &SignedIn, sight: &Sight, one: &Override) -> Markup {
    let may = may_end_override(who.viewer(), one.person, one.swap.is_some()).is_ok();
    let label = format!("End it: {} stands in", sight.name(one.person));
    html! {
        @if may {
            form method="post" action=(url::on_call_of(one.schedule, format_args!("overrides/{}/end", one.id))) {
                button.btn.btn-sm.btn-quiet type="submit" aria-label=(label) { "End it" }
            }
        }
    }
}

/// `GET …/cover?start=&end=`: who could stand in, and the form that says who does.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(schedule): Path<ScheduleId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    may_take_shift(who.viewer())?;
    let sight = Sight::read(&app, &who, Asked::schedule(schedule)).await?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let mut fields = Fields::default();
    for name in ["start", "end"] {
        let at: Option<Timestamp> = asked.filled(name).and_then(|text| text.parse().ok());
        // What has begun begins now.
        if let Some(at) = at.filter(|at| *at > who.here.now) {
            fields = clock_change::holding(fields, name, at, &who.here.zone);
        }
    }
    draw(&who, &sight, &fields, &Problem::default())
}

fn draw(who: &SignedIn, sight: &Sight, fields: &Fields, problem: &Problem) -> PageResult<Markup> {
    let row = sight.row().ok_or(PageError::NotFound)?;
    let here = &who.here;
    let said = |name| clock_change::said(fields, name, &here.zone).unwrap_or_default();
    let (start, end) = (said("start").unwrap_or(here.now), said("end"));
    let body = html! {
        (problem.banner(who, &url::on_call(row.id)))
        @if let Some(end) = end.filter(|end| *end > start && *end <= start.plus_days(limits::OVERRIDE_DAYS)) {
            (candidates(who, sight, row, (Span::new(start, end), fields)))
        }
        section.card aria-labelledby="by-h" {
            div.card-h { h2 id="by-h" { "Who is to be on call?" } }
            div.card-b { (form(who, sight, row, fields, &problem.errors)) }
        }
    };
    let lead = "Whoever stands in wins over every layer, for that time alone.";
    Ok(form_page(who, sight, (format!("Cover for {}", row.name).as_str(), lead), body))
}

/// Who is free, the fairest choice first, each with a button where the reader may say so, and one
/// that asks them where nobody is on call.
fn candidates(
    who: &SignedIn,
    sight: &Sight,
    row: &Standing,
    (gap, fields): (Span, &Fields),
) -> Markup {
    let found = proposals(who, sight, row, gap);
    let (viewer, asked) = (who.viewer(), asked(sight, row, gap));
    let is_open = row.roster.shifts(gap.start, gap.end).next().is_none();
    html! {
        section.card aria-labelledby="free-h" {
            div.card-h { h2 id="free-h" { "Who is free" } span.meta { "least on call first, 4 weeks before and after today" } }
            @if found.is_empty() {
                div.card-b { p { "Nobody of the rota is free all that time: on call here or elsewhere, away, or not to be paged." } }
            } @else {
                div.scroll-x tabindex="0" role="region" aria-label="Who is free" { table.dt {
                    thead { tr {
                        th scope="col" { "Person" } th.num scope="col" { "Hours" } th.num scope="col" { "At night" } th.num scope="col" { "Weekend" }
                        th scope="col" { span.vh { "Actions" } }
                    } }
                    tbody { @for load in &found {
                        tr {
                            th scope="row" { (sight.name(load.person)) }
                            td.num { (hours(load.total_seconds)) } td.num { (hours(load.night_seconds)) } td.num { (hours(load.weekend_seconds)) }
                            td.num { div.btns.btns-n {
                                @if viewer.arranges_shifts() || viewer.person == load.person { (press(sight, row, PUT, (load.person, fields))) }
                                @if asked.contains(&load.person) { span.muted { "was asked" } }
                                @else if is_open && viewer.person != load.person { (press(sight, row, ASK, (load.person, fields))) }
                            } }
                        }
                    } }
                } }
            }
        }
    }
}

/// The button that does so with this person for this time.
fn press(
    sight: &Sight,
    row: &Standing,
    press: Press,
    (person, fields): (PersonId, &Fields),
) -> Markup {
    let (part, name, label) = press;
    html! {
        form method="post" action=(url::on_call_of(row.id, part)) {
            input type="hidden" name=(name) value=(person);
            @for name in ["start", "start_which", "end", "end_which", "reason"] { input type="hidden" name=(name) value=(fields.text(name)); }
            @if press == ASK { input type="hidden" name="gap" value="1"; }
            button.btn.btn-sm type="submit" aria-label={ (label) ": " (sight.name(person)) } { (label) }
        }
    }
}

fn form(who: &SignedIn, sight: &Sight, row: &Standing, fields: &Fields, errors: &Errors) -> Markup {
    let field = |id: &'static str, label: &'static str, hint: &'static str| {
        Field::new(id, label).hint(hint).errors(errors)
    };
    let me = who.viewer().person.to_string();
    let people = people(who, sight);
    html! {
        form.form method="post" action=(url::on_call_of(row.id, "overrides")) {
            (Field::new("person", "Who").errors(errors).select(&people, fields.filled("person").unwrap_or(&me)))
            div.form-2 {
                (field("start", "From", "Empty: now.").input("datetime-local", fields.text("start")))
                (field("end", "Until", "Empty: until the shift ends that goes on then.").input("datetime-local", fields.text("end")))
                (clock_change::choice(fields, "start", "From", &who.here.zone))
                (clock_change::choice(fields, "end", "Until", &who.here.zone))
            }
            (Field::new("reason", "Why?").errors(errors).input("text", fields.text("reason")))
            div.btns {
                button.btn.btn-primary type="submit" { "Put on call" }
                a.btn.btn-quiet href=(url::on_call(row.id)) { "Cancel" }
            }
        }
    }
}

/// Whom the reader may put on call: everybody who can be paged, or themselves alone.
pub(super) fn people(who: &SignedIn, sight: &Sight) -> Vec<(String, String)> {
    let policy = &sight.names.policy;
    let viewer = who.viewer();
    let all = policy.staff.iter().filter(|(id, _)| can_be_paged(**id, policy));
    let may = all.filter(|(id, _)| viewer.arranges_shifts() || **id == viewer.person);
    let mut people: Vec<(String, String)> =
        may.map(|(id, staff)| (id.to_string(), staff.name.clone())).collect();
    people.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    people
}

/// `POST …/overrides`: somebody stands in.
pub(super) async fn add(
    State(app): State<App>,
    Staff(who): Staff,
    Path(schedule): Path<ScheduleId>,
    fields: Fields,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    may_take_shift(&viewer)?;
    let stored = match wanted(&who, schedule, &fields) {
        Ok(wanted) => {
            app.desk
                .change(actor(&who), move |sql, audit| add_override(sql, audit, &viewer, wanted))
                .await
        }
        Err(trouble) => Err(trouble),
    };
    let Err(trouble) = stored else { return Ok(done(schedule, "covered")) };
    let problem = Problem::of(&app, trouble, "schedule", schedule.to_string(), "person").await?;
    let sight = Sight::read(&app, &who, Asked::schedule(schedule)).await?;
    let again = draw(&who, &sight, &fields, &problem)?;
    Ok((problem.status(), again).into_response())
}

fn wanted(who: &SignedIn, schedule: ScheduleId, fields: &Fields) -> Result<Wanted, Trouble> {
    let missing = || Refusal::invalid("person", "Choose who is to be on call");
    Ok(Wanted {
        schedule,
        person: id(fields, "person")?.ok_or_else(missing)?,
        start: clock_change::said(fields, "start", &who.here.zone)?,
        end: clock_change::said(fields, "end", &who.here.zone)?,
        reason: text(fields, "reason", limits::REASON_CHARS)?,
    })
}

/// `POST …/overrides/{override}/end`
pub(super) async fn end(
    State(app): State<App>,
    Staff(who): Staff,
    Path((schedule, one)): Path<(ScheduleId, OverrideId)>,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| end_override(sql, audit, &viewer, (schedule, one)))
        .await?;
    Ok(done(schedule, "ended"))
}
