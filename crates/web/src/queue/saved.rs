//! Saving a view: a name for the query that is shown.

use super::Loaded;
use super::views::Views;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::{Policy, Viewer};
use kernel::{InOrder, TeamId, ViewId, limits};
use maud::{Markup, html};
use store::directory::views::{self, View};

/// Views of one person at most: more could not be found again at the side.
const VIEWS_MAX: usize = 100;

/// The choice that everybody sees a view.
const EVERYBODY: &str = "everybody";

/// What the form holds.
#[derive(Debug, Clone, Default)]
struct Form {
    name: String,
    query: String,
    /// Who sees it: nobody else when empty, [`EVERYBODY`], or the id of a team.
    seen_by: String,
    own: Option<(String, i64)>,
    errors: Errors,
}

/// The address of the form as a page of its own.
pub(super) fn form_url(loaded: &Loaded) -> String {
    let view =
        loaded.own().map(|view| format!("&view={}", url::encode(&view.key))).unwrap_or_default();
    format!("/queue/views/new?q={}{view}", url::encode(&loaded.text))
}

/// The form in a dialog of the queue.
pub(super) fn dialog(loaded: &Loaded, viewer: &Viewer) -> Markup {
    let form = Form {
        query: loaded.text.clone(),
        ..of_own(loaded.own().and_then(|view| view.saved.as_ref()))
    };
    html! {
        dialog id="save-view" aria-labelledby="save-view-h" {
            div.dlg-h {
                h2 id="save-view-h" { @if form.own.is_some() { "Change this view" } @else { "Save this view" } }
                button class="btn btn-quiet btn-icon" type="button" data-close aria-label="Close" { (icon("x")) }
            }
            (fields(&form, &offered(viewer, &loaded.policy), true))
        }
    }
}

/// The form as a page.
pub(super) async fn form(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(raw): RawQuery,
) -> PageResult {
    let sent = Fields::parse(raw.as_deref().unwrap_or_default());
    let (viewer, policy) = (who.viewer().clone(), app.desk.policy());
    let teams = offered(&viewer, &policy);
    let views = app.desk.read(move |sql| Views::load(sql, &viewer, &policy)).await?;
    let own = sent
        .filled("view")
        .and_then(|key| views.with_key(key))
        .filter(|view| view.belongs_to(who.viewer().person));
    let form = Form {
        query: sent.text("q").to_owned(),
        ..of_own(own.and_then(|view| view.saved.as_ref()))
    };
    Ok(page(&who, &form, &teams).into_response())
}

/// Saves a new view.
pub(super) async fn create(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    sent: Fields,
) -> PageResult {
    let form = checked(&sent, None, who.viewer());
    if !form.errors.is_empty() {
        return Ok(again(&app, &who, &form, live));
    }
    let owner = who.viewer().person;
    let id = ViewId(desk::fresh());
    let stored = app
        .desk
        .write(move |sql| {
            let place = views::of_person(sql, owner)?.len();
            if place >= VIEWS_MAX {
                return Err(incident::Refusal::limit(format!(
                    "you have {VIEWS_MAX} views; delete one first"
                ))
                .into());
            }
            let place = i64::try_from(place).unwrap_or(i64::MAX);
            let (shared, team) = form.sharing();
            views::insert(
                sql,
                &View {
                    id,
                    owner,
                    name: form.name,
                    query: form.query,
                    shared,
                    team,
                    place,
                    version: 1,
                },
            )?;
            Ok(())
        })
        .await;
    match stored {
        Ok(()) => Ok(Answer::go(url::queue_view(&id.to_string())).reply(live)),
        Err(Trouble::Refused(refusal)) => {
            let mut form = checked(&sent, None, who.viewer());
            form.errors.add("", &refusal.message);
            Ok(again(&app, &who, &form, live))
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Changes an own view: its name, its query, who sees it.
pub(super) async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(id): Path<String>,
    sent: Fields,
) -> PageResult {
    let id: ViewId = id.parse().map_err(|_| PageError::NotFound)?;
    let form = checked(&sent, Some(id), who.viewer());
    if !form.errors.is_empty() {
        return Ok(again(&app, &who, &form, live));
    }
    let owner = who.viewer().person;
    let seen: i64 =
        sent.text("version").parse().map_err(|_| PageError::invalid("the form says no version"))?;
    app.desk
        .write(move |sql| {
            let view = views::get(sql, id)?.filter(|view| view.owner == owner);
            let Some(view) = view else {
                return Err(incident::Refusal::not_found("this view is gone").into());
            };
            let current = view.version;
            let (shared, team) = form.sharing();
            let changed = View { name: form.name, query: form.query, shared, team, ..view };
            if views::update(sql, &changed, seen)? {
                Ok(())
            } else {
                Err(Trouble::Stale { seen, current })
            }
        })
        .await?;
    Ok(Answer::go(url::queue_view(&id.to_string())).reply(live))
}

/// Deletes an own view.
pub(super) async fn delete(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(id): Path<String>,
) -> PageResult {
    let id: ViewId = id.parse().map_err(|_| PageError::NotFound)?;
    let owner = who.viewer().person;
    app.desk
        .write(move |sql| {
            let own = views::get(sql, id)?.is_some_and(|view| view.owner == owner);
            if !own {
                return Err(incident::Refusal::not_found("this view is gone").into());
            }
            views::delete(sql, id)?;
            Ok(())
        })
        .await?;
    Ok(Answer::go(url::QUEUE).reply(live))
}

fn of_own(saved: Option<&View>) -> Form {
    saved.map_or_else(Form::default, |view| Form {
        name: view.name.clone(),
        query: view.query.clone(),
        seen_by: match view.team {
            _ if view.shared => EVERYBODY.to_owned(),
            Some(team) => team.to_string(),
            None => String::new(),
        },
        own: Some((view.id.to_string(), view.version)),
        errors: Errors::default(),
    })
}

/// With whom this person may share a view.
fn offered(viewer: &Viewer, policy: &Policy) -> Vec<(String, String)> {
    let team = |id: &TeamId| Some((id.to_string(), policy.teams.get(id)?.name.clone()));
    let mut teams: Vec<_> = viewer.teams.iter().filter_map(team).collect();
    teams.order_by_key(|(_, name)| name.to_lowercase());
    let mut all = vec![(String::new(), "Only you".to_owned())];
    all.extend(teams.into_iter().map(|(id, name)| (id, format!("The team {name}"))));
    all.push((EVERYBODY.to_owned(), "Everybody of the service desk".to_owned()));
    all
}

impl Form {
    /// As it is stored: whether with everybody, and with which team.
    fn sharing(&self) -> (bool, Option<TeamId>) {
        (self.seen_by == EVERYBODY, self.seen_by.parse().ok())
    }
}

/// What was sent, with what is wrong with it.
fn checked(sent: &Fields, id: Option<ViewId>, viewer: &Viewer) -> Form {
    let own = id.map(|id| (id.to_string(), sent.text("version").parse().unwrap_or(0)));
    let mut form = Form {
        name: sent.text("name").to_owned(),
        query: sent.text("q").to_owned(),
        seen_by: sent.text("seen_by").to_owned(),
        own,
        errors: Errors::default(),
    };
    match form.name.chars().count() {
        0 => form.errors.add("name", "Give it a name"),
        many if many > limits::NAME_CHARS => form
            .errors
            .add("name", format!("The name is longer than {} characters", limits::NAME_CHARS)),
        _ => {}
    }
    let team = form.seen_by.parse::<TeamId>().ok();
    if !matches!(form.seen_by.as_str(), "" | EVERYBODY)
        && team.is_none_or(|team| !viewer.teams.contains(&team))
    {
        form.errors.add("seen_by", "Choose one of your teams");
    }
    match query::parse(&form.query) {
        Ok(query) => form.query = query.to_string(),
        Err(error) => form.errors.add("q", &error.message),
    }
    form
}

fn again(app: &App, who: &SignedIn, form: &Form, live: Live) -> Response {
    let teams = offered(who.viewer(), &app.desk.policy());
    Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, fields(form, &teams, true))
        .else_page(page(who, form, &teams))
        .reply(live)
}

fn page(who: &SignedIn, form: &Form, teams: &[(String, String)]) -> Markup {
    let title = if form.own.is_some() { "Change this view" } else { "Save this view" };
    Page::new(who, title).section(Section::Queue).crumb(url::QUEUE, "Queue").show(html! {
        div.page { div.page-h { h1 { (title) } } div.card { (fields(form, teams, false)) } }
    })
}

/// The form; its id stays, so that its errors are patched in.
fn fields(form: &Form, teams: &[(String, String)], in_dialog: bool) -> Markup {
    let action = form
        .own
        .as_ref()
        .map_or_else(|| "/queue/views".to_owned(), |(id, _)| format!("/queue/views/{id}"));
    html! {
        form.form id="save-view-f" method="post" action=(action) data-live data-patch {
            div class=(if in_dialog { "dlg-b" } else { "card-b" }) {
                (form.errors.summary())
                @if let Some((_, version)) = &form.own { input type="hidden" name="version" value=(version); }
                (Field::new("name", "Name").errors(&form.errors).input("text", &form.name))
                (Field::new("q", "Query").hint("What the view shows, in the words of the filter").errors(&form.errors).input("text", &form.query))
                (Field::new("seen_by", "Who sees it").hint("Each sees only the incidents that they may see").errors(&form.errors).select(teams, &form.seen_by))
            }
            div class=(if in_dialog { "dlg-f" } else { "card-b btns" }) {
                @if form.own.is_some() {
                    button class="btn btn-quiet danger" form="save-view-d" { "Delete view" }
                }
                button class="btn btn-primary" { "Save view" }
            }
        }
        // A form of its own: Enter in a field must never delete.
        @if let Some((id, _)) = &form.own {
            form id="save-view-d" method="post" action={ "/queue/views/" (id) "/delete" } data-live {}
        }
    }
}
