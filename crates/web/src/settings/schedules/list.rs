//! The list of schedules.

use super::SECTION;
use crate::app::App;
use crate::error::PageResult;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::{Here, counted};
use crate::settings::whom::Names;
use crate::settings::{Reads, section_page};
use axum::extract::State;
use desk::rota::{roster_of, to_save, users_of};
use incident::escalation::Whom;
use maud::{Markup, html};
use roster::Shift;
use store::Sql;
use store::directory::schedules::{self, Schedule};

/// A schedule as the list shows it.
struct Row {
    schedule: Schedule,
    now: Option<Shift>,
    users: Vec<String>,
}

/// `GET /settings/schedules`.
pub(super) async fn show(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let (names, now) = (Names::read(&app).await?, app.desk.now());
    let read = move |sql: &mut dyn Sql| {
        let all = schedules::list(sql)?.into_iter().map(|schedule| {
            let roster = roster_of(sql, &schedule, now).ok();
            let users = users_of(sql, Whom::Schedule(schedule.id))?;
            let now = roster.filter(|_| schedule.active).and_then(|roster| roster.shift_at(now));
            Ok(Row { schedule, now, users })
        });
        all.collect::<Result<Vec<_>, store::Failure>>()
    };
    let rows = app.desk.read(read).await?;
    let action = who.viewer().configures_paging().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New schedule" } },
    );
    let body = html! {
        @if rows.is_empty() {
            (empty("No schedules yet", "A schedule says who is on call when: people who take turns, in which hours, and who stands in.", None))
        } @else {
            div.card { (table(&rows, &names, &who.here)) }
        }
    };
    let lead =
        html! { "Who is on call when. Escalation policies page whoever it is at that moment." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

fn table(rows: &[Row], names: &Names, here: &Here) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Schedules" { table.dt {
            thead { tr {
                th scope="col" { "Schedule" } th scope="col" { "On call now" } th scope="col" { "Until" }
                th.num scope="col" { "Layers" } th scope="col" { "Used by" } th scope="col" { "In use" }
            } }
            tbody { @for row in rows { (line(row, names, here)) } }
        } }
    }
}

fn line(row: &Row, names: &Names, here: &Here) -> Markup {
    let Row { schedule, now, users } = row;
    let faults = to_save(schedule).faults(&names.policy, &names.webhooks);
    html! {
        tr {
            th scope="row" { a href=(SECTION.of(schedule.id)) { (schedule.name) } }
            @match now {
                Some(shift) => {
                    td { (names.name(Whom::Person(shift.person))) }
                    td.nowrap { (here.exact(shift.end)) }
                }
                None if schedule.active => { td colspan="2" { span.err { "nobody" } } }
                None => { td { "–" } td { "–" } }
            }
            td.num { (schedule.layers.len()) }
            td { @if users.is_empty() { span.muted { "nothing yet" } } @else { (users.join(", ")) } }
            td {
                @match (schedule.active, faults.len()) {
                    (false, _) => span.muted { "no" },
                    (true, 0) => "yes",
                    (true, count) => span.chip { (icon("alert")) (counted(count as i64, "fault")) },
                }
            }
        }
    }
}
