//! The instance: its name, its time zone, the telephone of the service desk.

use super::editing::{self, Problem, saved, saved_banner, stale, version_field};
use super::{Reads, Section, actor, section_page};
use crate::account::{language_options, language_typed, zone_field};
use crate::app::{App, INSTANCE_SETTING, InstanceSetting, zone_named};
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::{Field, checkbox};
use crate::route::{get, post};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use kernel::Language;
use maud::{Markup, html};
use store::directory::settings::{self, Setting};
use store::{Failure, Sql};

const SECTION: Section = Section::General;
const SUBJECT: &str = "setting";
/// Characters of a telephone number with its spaces.
const PHONE_CHARS: usize = 40;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/settings/general", get(show).merge(post(change)))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    page(&app, &who, None, &Problem::default(), saved_banner(query.as_deref())).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let problem =
                Problem::of(&app, trouble, SUBJECT, INSTANCE_SETTING.to_owned(), "name").await?;
            let again = page(&app, &who, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let (setting, seen) = (typed(fields)?, editing::version(fields)?);
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = stored(sql)?;
            if !settings::put(sql, INSTANCE_SETTING, &setting, seen)? {
                return stale(seen, Some(before.version));
            }
            if !setting.gathers_time {
                store::attention::forget_all(sql)?;
            }
            Ok(audit.changed(sql, SUBJECT, INSTANCE_SETTING, &before.value, &setting)?)
        })
        .await
}

fn stored(sql: &mut dyn Sql) -> Result<Setting<InstanceSetting>, Failure> {
    let stored = settings::get(sql, INSTANCE_SETTING)?;
    Ok(stored.unwrap_or_else(|| Setting { value: InstanceSetting::default(), version: 0 }))
}

fn typed(fields: &Fields) -> Result<InstanceSetting, Trouble> {
    let time_zone = fields.text("time_zone").to_owned();
    if zone_named(&time_zone).is_none() {
        return Err(Refusal::invalid(
            "time_zone",
            "There is no such time zone; choose one such as Europe/Amsterdam",
        )
        .into());
    }
    let phone = editing::one_line(&editing::text(fields, "phone", PHONE_CHARS)?);
    let language = language_typed(fields)?.unwrap_or_default();
    let gathers_time = fields.ticked("gathers_time");
    Ok(InstanceSetting { name: editing::name(fields)?, time_zone, phone, language, gathers_time })
}

async fn page(
    app: &App,
    who: &SignedIn,
    typed: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let Setting { value, version } = app.desk.read(stored).await?;
    let shown = |value: InstanceSetting| {
        let pairs = [("name", value.name), ("time_zone", value.time_zone), ("phone", value.phone)];
        let language = ("language", value.language.to_string());
        let gathers = value.gathers_time.then(|| ("gathers_time", "1".to_owned()));
        let pairs = pairs.into_iter().chain([language]).chain(gathers);
        Fields::of(pairs.map(|(field, value)| (field.to_owned(), value)).collect())
    };
    let fields = typed.unwrap_or_else(|| shown(value));
    let errors = &problem.errors;
    let name = Field::new("name", "Name")
        .hint("Requesters know it by this name: “Northwind IT help”.")
        .errors(errors);
    let phone = Field::new("phone", "Telephone of the service desk")
        .hint("Shown in the portal. Leave it empty if there is none.")
        .errors(errors);
    let language = Field::new("language", "Language")
        .hint("Of people who chose none: in letters, in the portal and at sign-in.")
        .errors(errors);
    let chosen = fields.text("language");
    let body = html! {
        (banner)
        (problem.banner(who, &SECTION.address()))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(SECTION.address()) {
                    (version_field(problem.version(&fields, version)))
                    (name.input("text", fields.get("name").unwrap_or_default()))
                    (zone_field(fields.text("time_zone"), "Of people who chose none.", errors))
                    (language.select(&language_options().collect::<Vec<_>>(), chosen))
                    (phone.input("tel", fields.get("phone").unwrap_or_default()))
                    div.field {
                        (checkbox("gathers_time", "Gather how long people are at work on an incident", fields.ticked("gathers_time")))
                        p.hint { "From pages that are in sight and in use. It suggests to each what to log; everybody who may work on the incident sees it, requesters never do. Switching it off forgets what was gathered." }
                    }
                    div { button.btn.btn-primary type="submit" { "Save" } }
                }
            } @else {
                dl.props {
                    div { dt { "Name" } dd { (fields.text("name")) } }
                    div { dt { "Time zone" } dd { (fields.text("time_zone")) } }
                    div { dt { "Language" } dd { (fields.text("language").parse().unwrap_or(Language::En).name()) } }
                    div { dt { "Telephone" } dd { (fields.filled("phone").unwrap_or("none")) } }
                    div { dt { "Time at work" } dd { @if fields.ticked("gathers_time") { "gathered" } @else { "not gathered" } } }
                }
            }
        } }
    };
    Ok(section_page(who, SECTION, html! { "What holds for the whole instance." }, None, body))
}
