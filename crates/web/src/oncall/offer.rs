//! Giving a shift away: the form that offers it, or a part of it.

use super::cover::people;
use super::sight::{Sight, Standing};
use super::{Asked, done, form_page};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::clock_change;
use crate::part::form::{Errors, Field};
use crate::settings::actor;
use crate::settings::editing::{Problem, id, text};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::rota::{Offer, offer_swap};
use incident::Refusal;
use incident::escalation::check::can_be_paged;
use incident::permissions::may_take_shift;
use kernel::{InOrder, ScheduleId, Timestamp, limits};
use maud::{Markup, html};

/// `GET …/offer?start=&end=`
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
        let zone = &who.here.zone;
        fields =
            at.into_iter().fold(fields, |fields, at| clock_change::holding(fields, name, at, zone));
    }
    draw(&who, &sight, &fields, &Problem::default())
}

fn draw(who: &SignedIn, sight: &Sight, fields: &Fields, problem: &Problem) -> PageResult<Markup> {
    let row = sight.row().ok_or(PageError::NotFound)?;
    let body = html! {
        (problem.banner(who, &url::on_call(row.id)))
        section.card aria-labelledby="of-h" {
            div.card-h { h2 id="of-h" { "Which shift, and who is asked?" } }
            div.card-b { (form(who, sight, row, fields, &problem.errors)) }
        }
    };
    let approved = sight.chosen.as_ref().is_some_and(|chosen| chosen.schedule.approval);
    let lead = match approved {
        true => "It stays with its owner until somebody takes it and a manager agrees.",
        false => "It stays with its owner until somebody takes it.",
    };
    Ok(form_page(who, sight, (format!("Give away a shift of {}", row.name).as_str(), lead), body))
}

fn form(who: &SignedIn, sight: &Sight, row: &Standing, fields: &Fields, errors: &Errors) -> Markup {
    let viewer = who.viewer();
    let me = viewer.person.to_string();
    html! {
        form.form method="post" action=(url::on_call_of(row.id, "swaps")) {
            @if viewer.arranges_shifts() {
                (Field::new("person", "Whose shift").errors(errors).select(&people(who, sight), fields.filled("person").unwrap_or(&me)))
            }
            div.form-2 {
                (Field::new("start", "From").hint("Empty: now.").errors(errors).input("datetime-local", fields.text("start")))
                (Field::new("end", "Until").errors(errors).input("datetime-local", fields.text("end")))
                (clock_change::choice(fields, "start", "From", &who.here.zone))
                (clock_change::choice(fields, "end", "Until", &who.here.zone))
            }
            (Field::new("asked", "Who is asked?").hint("Whoever is asked is the only one who can take it.").errors(errors)
                .select(&asked(who, sight), fields.text("asked")))
            (Field::new("reason", "Why?").errors(errors).input("text", fields.text("reason")))
            div.btns {
                button.btn.btn-primary type="submit" { "Offer it" }
                a.btn.btn-quiet href=(url::on_call(row.id)) { "Cancel" }
            }
        }
    }
}

/// Anybody, or one of those who can be paged.
fn asked(who: &SignedIn, sight: &Sight) -> Vec<(String, String)> {
    let policy = &sight.names.policy;
    let others = policy.staff.iter().filter(|(id, _)| can_be_paged(**id, policy));
    let others = others.filter(|(id, _)| **id != who.viewer().person);
    let mut all: Vec<(String, String)> =
        others.map(|(id, staff)| (id.to_string(), staff.name.clone())).collect();
    all.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    all.insert(0, (String::new(), "Anybody who can take it".to_owned()));
    all
}

/// `POST …/swaps`: a shift is offered, or somebody is asked to cover a gap.
pub(super) async fn make(
    State(app): State<App>,
    Staff(who): Staff,
    Path(schedule): Path<ScheduleId>,
    fields: Fields,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    may_take_shift(&viewer)?;
    let stored = match read(&who, schedule, &fields) {
        Ok(offer) => {
            app.desk
                .change(actor(&who), move |sql, audit| offer_swap(sql, audit, &viewer, offer))
                .await
        }
        Err(trouble) => Err(trouble),
    };
    let told = if fields.ticked("gap") { "sought" } else { "offered" };
    let Err(trouble) = stored else { return Ok(done(schedule, told)) };
    let problem = Problem::of(&app, trouble, "swap", schedule.to_string(), "start").await?;
    let sight = Sight::read(&app, &who, Asked::schedule(schedule)).await?;
    let again = draw(&who, &sight, &fields, &problem)?;
    Ok((problem.status(), again).into_response())
}

fn read(who: &SignedIn, schedule: ScheduleId, fields: &Fields) -> Result<Offer, Trouble> {
    let missing = || Refusal::invalid("end", "Say until when");
    let start = clock_change::said(fields, "start", &who.here.zone)?;
    Ok(Offer {
        schedule,
        person: id(fields, "person")?.unwrap_or(who.viewer().person),
        asked: id(fields, "asked")?,
        // A shift that goes on is given away from now on.
        start: start.filter(|start| *start > who.here.now),
        end: clock_change::said(fields, "end", &who.here.zone)?.ok_or_else(missing)?,
        reason: text(fields, "reason", limits::REASON_CHARS)?,
    })
}
