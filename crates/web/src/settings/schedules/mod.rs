//! Schedules: who takes turns, in which hours, and who stands in. Before other layers are
//! saved the page says on how many days another person would be paged.

mod bring;
mod covers;
mod crew;
mod draw;
mod form;
mod list;
mod look;
mod shadows;

use self::crew::Crew;
use self::draw::View;
use self::form::Draft;
use self::look::Look;
use super::editing::{self, Problem, saved, saved_banner};
use super::whom::Names;
use super::{ConfiguresPaging, Reads, Section, actor};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::rota::{blank_schedule, save_schedule};
use kernel::ScheduleId;
use maud::{Markup, html};
use store::Sql;
use store::directory::schedules::{self, Override, Schedule};
use store::directory::shadows::{self as stored_shadows, Shadow};
use store::directory::swaps::{self, Swap};

const SECTION: Section = Section::Schedules;
const SUBJECT: &str = "schedule";
/// The last part of the address of the form for a new one.
const NEW: &str = "new";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/schedules", get(list::show).merge(post(create)))
        .route("/settings/schedules/{which}", get(show).merge(post(change)))
        .route("/settings/schedules/{which}/look", post(look))
        .route("/settings/schedules/{which}/overrides", post(covers::add))
        .route("/settings/schedules/{which}/overrides/{override}/end", post(covers::end))
        .route(
            "/settings/schedules/{which}/bring",
            get(bring::show)
                .merge(post(bring::look))
                .layer(DefaultBodyLimit::max(bring::BODY_BYTES)),
        )
        .route("/settings/schedules/{which}/bring/take", post(bring::take))
        .route("/settings/schedules/{which}/shadows", post(shadows::add))
        .route("/settings/schedules/{which}/shadows/{shadow}/end", post(shadows::end))
        .route("/settings/schedules/{which}/swaps/{swap}/{answer}", post(covers::answer))
}

/// The schedule that an address names, stored or new, with what its page needs.
struct Which {
    stored: Option<Schedule>,
    crew: Crew,
    names: Names,
    /// Those that are not over.
    overrides: Vec<Override>,
    /// Those that wait for somebody.
    swaps: Vec<Swap>,
    /// Who learns, now or later.
    shadows: Vec<Shadow>,
    /// What pages by it.
    users: Vec<String>,
}

/// What stands around a schedule that is stored.
#[derive(Default)]
struct Around {
    overrides: Vec<Override>,
    swaps: Vec<Swap>,
    shadows: Vec<Shadow>,
    users: Vec<String>,
}

impl Which {
    async fn of(app: &App, text: &str) -> PageResult<Which> {
        let id: Option<ScheduleId> = match text {
            NEW => None,
            text => Some(text.parse().map_err(|_| PageError::NotFound)?),
        };
        let (names, now) = (Names::read(app).await?, app.desk.now());
        let read = move |sql: &mut dyn Sql| {
            let Some(id) = id else {
                return Ok(Some((None, Crew::read(sql, None)?, Around::default())));
            };
            let Some(stored) = schedules::get(sql, id)? else { return Ok(None) };
            let mut waiting = swaps::of_schedule(sql, id, now)?;
            waiting.retain(|swap| !swap.state.is_over());
            let users = desk::rota::users_of(sql, incident::escalation::Whom::Schedule(id))?;
            let around = Around {
                overrides: schedules::overrides(sql, id, now)?,
                swaps: waiting,
                shadows: stored_shadows::of_schedule(sql, id, now)?,
                users,
            };
            Ok(Some((Some(stored.clone()), Crew::read(sql, Some(&stored))?, around)))
        };
        let (stored, crew, around) = app.desk.read(read).await?.ok_or(PageError::NotFound)?;
        let Around { overrides, swaps, shadows, users } = around;
        Ok(Which { stored, crew, names, overrides, swaps, shadows, users })
    }

    fn address(&self) -> String {
        self.stored.as_ref().map_or_else(|| SECTION.of(NEW), |stored| SECTION.of(stored.id))
    }

    /// The fields of a form that nobody has touched.
    fn fields(&self, who: &SignedIn) -> Fields {
        match &self.stored {
            Some(stored) => form::shown(stored, &self.crew),
            None => Fields::default().with("time_zone", who.instance.setting.time_zone.clone()),
        }
    }

    /// What a form says of it.
    fn draft(&self, fields: &Fields, who: &SignedIn) -> (Draft, Errors) {
        let before = self.stored.clone().unwrap_or_else(blank_schedule);
        form::read(fields, before, &self.crew, &who.here)
    }
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(which): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let which = Which::of(&app, &which).await?;
    if which.stored.is_none() && !who.viewer().configures_paging() {
        return Err(PageError::forbidden(
            "administrators and managers change this; ask one of them",
        ));
    }
    let fields = which.fields(&who);
    let above = saved_banner(query.as_deref());
    page(&app, &who, &which, &fields, &Problem::default(), Above { saved: above, ask: false }).await
}

/// What stands above the form.
#[derive(Default)]
struct Above {
    saved: Markup,
    /// Whether it asks before it saves.
    ask: bool,
}

async fn page(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    problem: &Problem,
    above: Above,
) -> PageResult<Markup> {
    let (draft, _) = which.draft(fields, who);
    let look = Look::at(app, which.stored.as_ref(), &draft).await?;
    let (saved, ask) = (above.saved, above.ask);
    Ok(draw::page(&View { who, which, fields, draft: &draft, problem, look: &look, ask }, saved))
}

async fn create(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    fields: Fields,
) -> PageResult<Response> {
    save(&app, &who, Which::of(&app, NEW).await?, fields).await
}

async fn change(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(which): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    save(&app, &who, Which::of(&app, &which).await?, fields).await
}

/// Stores the form. Where another person would be paged, it asks first.
async fn save(app: &App, who: &SignedIn, which: Which, fields: Fields) -> PageResult<Response> {
    let (draft, errors) = which.draft(&fields, who);
    if !errors.is_empty() {
        return again(app, who, &which, &fields, Problem::invalid(errors)).await;
    }
    let version = match &which.stored {
        Some(stored) => editing::version_on(&fields, stored.version),
        None => Ok(0),
    };
    let version = match version {
        Ok(version) => version,
        Err(trouble) => return in_trouble(app, who, &which, &fields, trouble).await,
    };
    if which.stored.is_some() && !fields.ticked("sure") {
        let look = Look::at(app, which.stored.as_ref(), &draft).await?;
        if look.changes_something() {
            let above = Above { ask: true, ..Above::default() };
            let asked = page(app, who, &which, &fields, &Problem::default(), above).await?;
            return Ok(asked.into_response());
        }
    }
    let (schedule, since) = (Schedule { version, ..draft.schedule.clone() }, draft.since);
    let id = schedule.id;
    let stored =
        app.desk.change(actor(who), move |sql, audit| save_schedule(sql, audit, schedule, since));
    match stored.await {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => in_trouble(app, who, &which, &fields, draft.told(trouble)).await,
    }
}

async fn in_trouble(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let id = which.stored.as_ref().map(|stored| stored.id.to_string()).unwrap_or_default();
    let problem = Problem::of(app, trouble, SUBJECT, id, "name").await?;
    again(app, who, which, fields, problem).await
}

async fn again(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    problem: Problem,
) -> PageResult<Response> {
    let again = page(app, who, which, fields, &problem, Above::default()).await?;
    Ok((problem.status(), again).into_response())
}

/// `POST …/look`: who would be on call, while the form is filled in.
async fn look(
    State(app): State<App>,
    Reads(who): Reads,
    live: Live,
    Path(which): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let which = Which::of(&app, &which).await?;
    let (draft, errors) = which.draft(&fields, &who);
    let tried = fields.ticked("tried");
    let problem = Problem::invalid(if tried { errors } else { Errors::default() });
    let look = Look::at(&app, which.stored.as_ref(), &draft).await?;
    let view = View {
        who: &who,
        which: &which,
        fields: &fields,
        draft: &draft,
        problem: &problem,
        look: &look,
        ask: false,
    };
    let patch = draw::patch(&view, fields.ticked("typing"));
    Ok(Answer::patch(patch).else_page(draw::page(&view, html! {})).reply(live))
}
