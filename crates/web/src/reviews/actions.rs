//! What has to be done after reviews: everybody's list, one's own, and the form of each.

use super::list::{self, address, filter};
use super::words::{self, action_due};
use super::{act, action_id};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::problems::has_words;
use crate::problems::words as names;
use crate::settings::editing::{self, Problem as Wrong, saved_banner};
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::reviews::{ActionFilter, Case};
use incident::{Policy, Refusal, Scope};
use jiff::civil::Date;
use kernel::{ActionId, InOrder, Invalid, ReviewNumber, ServiceId};
use maud::{Markup, html};
use std::collections::HashMap;
use store::directory::reviews::{self, ListedAction, ReviewState};
use store::directory::{Action, ActionState};

/// Rows of the list: whoever looks for another one types a word of it.
const SHOWN: usize = 200;
/// Records on somebody's own page; whoever has more begins with these.
const OWN_SHOWN: usize = 20;
/// The value of `back` of forms in the list.
const LIST: &str = "list";

/// Which actions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those of the reader that are open.
    Mine,
    /// Those that are open.
    Open,
    /// Those of them whose day is over.
    Overdue,
    /// Those that are done or dropped.
    Ended,
}

impl Which {
    const ALL: [Which; 4] = [Which::Mine, Which::Open, Which::Overdue, Which::Ended];

    const fn word(self) -> &'static str {
        match self {
            Which::Mine => "mine",
            Which::Open => "open",
            Which::Overdue => "overdue",
            Which::Ended => "ended",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Which::Mine => "Mine",
            Which::Open => "Open",
            Which::Overdue => "Overdue",
            Which::Ended => "Done or dropped",
        }
    }

    /// Everybody's where nobody says anything else.
    fn of(word: &str) -> Which {
        Which::ALL.into_iter().find(|which| which.word() == word).unwrap_or(Which::Open)
    }

    fn holds(self, who: &SignedIn, action: &Action, today: Date) -> bool {
        let open = action.state == ActionState::Open;
        match self {
            Which::Mine => open && action.owner == Some(who.person().id),
            Which::Open => open,
            Which::Overdue => action.is_overdue(today),
            Which::Ended => !open,
        }
    }
}

/// `GET /reviews/actions?show=&service=&q=`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let which = Which::of(fields.text("show"));
    let service: Option<ServiceId> = fields.filled("service").and_then(|id| id.parse().ok());
    let typed: String = fields.text("q").chars().take(kernel::limits::QUERY_CHARS).collect();
    let all = app.desk.reviews(who.viewer()).await?;
    let services: HashMap<ReviewNumber, Option<ServiceId>> =
        all.into_iter().map(|listed| (listed.review.number, listed.service)).collect();
    let mut found = app.desk.review_actions(who.viewer(), ActionFilter::default()).await?;
    found.retain(|one| {
        let of = services.get(&one.action.review).copied().flatten();
        let numbers = format!("{} {}", one.action.review, one.incident);
        service.is_none_or(|service| of == Some(service))
            && has_words(&typed, &[numbers.as_str(), one.action.words.as_str(), one.title.as_str()])
    });
    let today = names::today(&who);
    let counts = Which::ALL
        .map(|which| found.iter().filter(|one| which.holds(&who, &one.action, today)).count());
    found.retain(|one| which.holds(&who, &one.action, today));
    let policy = app.desk.policy();
    let main = html! {
        div.page.page-w {
            div.page-h {
                div { h1 { "Actions" } p { "What has to be done after reviews, those due first." } }
                div.btns { (words::both(false)) }
            }
            div.stack-l {
                (saved_banner(query.as_deref()))
                nav.seg.seg-w aria-label="Which actions" {
                    @for (one, count) in Which::ALL.into_iter().zip(counts) {
                        a href=(address(url::REVIEW_ACTIONS, one.word(), service, &typed)) aria-current=[(one == which).then_some("page")] { (one.label()) " " span.n { (count) } }
                    }
                }
                (filter(&policy, url::REVIEW_ACTIONS, which.word(), service, &typed))
                @if found.is_empty() {
                    @if service.is_some() || !typed.is_empty() {
                        (empty("None fits", "Take away a word or the service.", Some((address(url::REVIEW_ACTIONS, which.word(), None, "").as_str(), "Show all of them"))))
                    } @else { (empty("None here", "Actions are written down in reviews.", Some((url::REVIEWS, "Open the reviews")))) }
                } @else { (table(&who, &policy, &found, today)) }
            }
        }
    };
    Ok(Page::new(&who, "Actions")
        .section(Section::Reviews)
        .crumb(url::REVIEWS, "Reviews")
        .main_class("main main-canvas")
        .show(main))
}

fn table(who: &SignedIn, policy: &Policy, found: &[ListedAction], today: Date) -> Markup {
    let works = who.viewer().works();
    html! {
        section.card aria-label="Actions" {
            div.scroll-x tabindex="0" role="region" aria-label="The actions" {
                table.dt {
                    thead { tr {
                        th scope="col" { "Action" } th scope="col" { "Review" } th scope="col" { "Owner" } th scope="col" { "Due" } th scope="col" { "State" }
                        @if works { th scope="col" { span.vh { "Change" } } }
                    } }
                    tbody { @for one in found.iter().take(SHOWN) {
                        tr {
                            th scope="row" { (one.action.words) @if !one.action.reason.is_empty() { p.meta { "Dropped: " (one.action.reason) } } }
                            td { a.link href=(url::review(one.action.review)) { (one.action.review) " " (list::title(&one.title)) } }
                            td { (words::owner(policy, one.action.owner)) }
                            td { (action_due(&one.action, today, &who.here)) }
                            td { (words::action_state(&one.action)) }
                            @if works { td { (act::action_buttons(&one.action, Some(LIST))) } }
                        }
                    } }
                }
            }
        }
        @if found.len() > SHOWN { p.meta { (found.len() - SHOWN) " more: choose a service or type a word." } }
    }
}

/// The fields of an action as it is stored.
fn shown(action: &Action) -> Fields {
    Fields::default()
        .with("words", action.words.as_str())
        .with("factor", action.factor.map_or(String::new(), |place| place.to_string()))
        .with("problem", action.problem.map_or(String::new(), |number| number.to_string()))
        .with("owner", action.owner.map_or(String::new(), |id| id.to_string()))
        .with("due_on", action.due_on.map_or(String::new(), |day| day.to_string()))
        .with("state", action.state.as_str())
        .with("reason", action.reason.as_str())
}

/// `GET /reviews/actions/{id}`
pub(super) async fn edit(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> PageResult<Markup> {
    let action = app.desk.review_action(who.viewer(), action_id(&id)?).await?;
    let case = app.desk.review(who.viewer(), action.review).await?;
    if !case.may.write {
        return Err(PageError::forbidden("you may read this action and not change it"));
    }
    Ok(draw(&app, &who, &case, &action, &shown(&action), &Wrong::default()))
}

fn draw(
    app: &App,
    who: &SignedIn,
    case: &Case,
    action: &Action,
    fields: &Fields,
    wrong: &Wrong,
) -> Markup {
    let (policy, back) = (app.desk.policy(), format!("{}#act", url::review(action.review)));
    let states = [
        (ActionState::Open.as_str(), "To be done"),
        (ActionState::Done.as_str(), "Done"),
        (ActionState::Dropped.as_str(), "Dropped: it will not be done"),
    ];
    let main = html! {
        div.page {
            div.page-h { div { h1 { "Edit an action" } p { (case.review.number) " " (list::title(&case.incident.title)) } } }
            div.stack-l {
                (wrong.banner(who, &back))
                form.stack-l method="post" action={ (url::REVIEW_ACTIONS) "/" (action.id) } {
                    (editing::version_field(wrong.version(fields, action.version)))
                    section.card { div.card-b { div.form {
                        (act::fields(&policy, case, fields, &wrong.errors))
                        (state_fields(&states, fields, &wrong.errors))
                    } } }
                    (editing::buttons("Save", &back))
                }
            }
        }
    };
    Page::new(who, "Edit an action")
        .section(Section::Reviews)
        .crumb(url::REVIEWS, "Reviews")
        .crumb(url::review(action.review), action.review.to_string())
        .main_class("main main-canvas")
        .show(main)
}

fn state_fields(states: &[(&str, &str)], fields: &Fields, errors: &Errors) -> Markup {
    html! {
        div.form-2 {
            (Field::new("state", "Where it stands").errors(errors).select(states, fields.text("state")))
            (Field::new("reason", "Why it is dropped").hint("Needed for that alone.").errors(errors).input("text", fields.text("reason")))
        }
    }
}

/// `POST /reviews/actions/{id}`
pub(super) async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let id = action_id(&id)?;
    match save(&app, &who, id, &fields).await {
        Ok(action) => {
            let address = format!("{}?done=saved#act", url::review(action.review));
            Ok(Redirect::to(&address).into_response())
        }
        Err(trouble) => again(&app, &who, id, &fields, trouble).await,
    }
}

async fn save(app: &App, who: &SignedIn, id: ActionId, fields: &Fields) -> Result<Action, Trouble> {
    let before = app.desk.review_action(who.viewer(), id).await?;
    let new = act::typed(fields)?;
    let action = Action {
        words: new.words,
        factor: new.factor,
        owner: new.owner,
        due_on: new.due_on,
        problem: new.problem,
        state: wanted(fields)?,
        reason: editing::one_line(fields.text("reason")),
        version: editing::version(fields)?,
        ..before
    };
    app.desk.change_review_action(who.viewer(), action).await
}

fn wanted(fields: &Fields) -> Result<ActionState, Trouble> {
    let state: Result<ActionState, Invalid> = fields.text("state").parse();
    Ok(state.map_err(|error: Invalid| Refusal::invalid("state", error.0))?)
}

/// The form again, with what is wrong beside its fields.
async fn again(
    app: &App,
    who: &SignedIn,
    id: ActionId,
    fields: &Fields,
    mut trouble: Trouble,
) -> PageResult<Response> {
    if let Trouble::Faults(faults) = &mut trouble {
        for fault in faults.iter_mut() {
            fault.message = act::said(&fault.field, &fault.message);
        }
    }
    let wrong = Wrong::of(app, trouble, Action::WHAT, id.to_string(), "words").await?;
    let action = app.desk.review_action(who.viewer(), id).await?;
    let case = app.desk.review(who.viewer(), action.review).await?;
    Ok((wrong.status(), draw(app, who, &case, &action, fields, &wrong)).into_response())
}

/// `POST /reviews/actions/{id}/state`: done, or open again.
pub(super) async fn state(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let id = action_id(&id)?;
    let before = app.desk.review_action(who.viewer(), id).await?;
    let (state, version) = (wanted(&fields)?, editing::version(&fields)?);
    let review = before.review;
    let action = Action { state, version, ..before };
    app.desk.change_review_action(who.viewer(), action).await?;
    let address = match fields.get("back") {
        Some(LIST) => format!("{}?done=saved", url::REVIEW_ACTIONS),
        _ => format!("{}?done=saved#act", url::review(review)),
    };
    Ok(Redirect::to(&address).into_response())
}

/// Reviews that somebody has to publish and actions that are theirs to do, for their own page;
/// nothing where there is none.
pub(crate) async fn own(app: &App, who: &SignedIn) -> PageResult<Markup> {
    if !who.viewer().works() {
        return Ok(html! {});
    }
    let (me, scope) = (who.person().id, Scope::of(who.viewer()));
    let read = app.desk.read(move |sql| {
        let reviews = reviews::list(sql, &scope)?;
        let mut actions = reviews::actions(sql, &scope, true)?;
        actions.retain(|one| one.action.owner == Some(me));
        Ok((reviews, actions))
    });
    let (mut all, actions) = read.await?;
    all.retain(|one| one.review.owner == Some(me) && one.review.state != ReviewState::Published);
    all.order_by_key(|one| (one.review.due_at, one.review.number));
    let today = names::today(who);
    Ok(html! {
        @if !all.is_empty() || !actions.is_empty() {
            section.card.mbm aria-labelledby="own-h" {
                div.card-h { h2 id="own-h" { "After incidents" } a.link.meta href={ (url::REVIEW_ACTIONS) "?show=mine" } { "My actions" } }
                div.card-b { ul.stack-s {
                    @for one in all.iter().take(OWN_SHOWN) {
                        li { (icon("review")) " Review " a.link href=(url::review(one.review.number)) { (one.review.number) " " (list::title(&one.title)) } ", due " (words::due(&one.review, &who.here)) }
                    }
                    @for one in actions.iter().take(OWN_SHOWN) {
                        li { (icon("task")) " " a.link href={ (url::review(one.action.review)) "#act" } { (one.action.words) } ", " (action_due(&one.action, today, &who.here)) }
                    }
                } }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_lists_what_is_open() {
        assert_eq!(Which::of("nonsense"), Which::Open);
        assert!(Which::ALL.into_iter().all(|which| Which::of(which.word()) == which));
    }
}
