//! What past incidents suggest of an incident: a quiet line under the value that is missing, and
//! beside the form of a new one while it is typed.

use super::case::Case;
use super::commands::{seen, undo_of};
use super::patches;
use super::refused::words_of;
use super::view::View;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::part::telling::tells;
use crate::shell::error_page;
use crate::url;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use desk::Trouble;
use desk::suggest::{Offer, Suggester, Typed, changes};
use incident::{Policy, RefusalKind};
use kernel::{Channel, IncidentNumber, Language, Level, Priority, ServiceId, limits};
use maud::{Markup, html};
use store::suggestions::Suggested;

/// The key that accepts the first suggestion of a page.
const KEY: &str = "o";

/// What takes back that one was dismissed.
const TAKE_BACK: &str = "take-back";

/// The line under a value that is missing.
pub(super) fn line(view: &View<'_>, field: Suggested) -> Markup {
    let offer = view.case.offers.iter().find(|offer| offer.field == field);
    let Some(offer) = offer.filter(|_| view.rights.works && view.can(changes(field))) else {
        return html! {};
    };
    let post = |what: &str| address(view.case.number, field, what);
    html! {
        form.mts method="post" action=(post("accept")) data-live {
            input type="hidden" name="value" value=(offer.value);
            p.meta { "Suggested: " (words(offer)) }
            div.btns {
                button class="btn btn-sm" type="submit" data-key=(KEY) { "Accept" span.vh { " " (offer.label) " as " (field) } " " kbd { "O" } }
                button class="btn btn-quiet btn-sm" type="submit" formaction=(post("dismiss")) { "No" span.vh { ", do not suggest the " (field) } }
            }
        }
    }
}

/// "Network (86%) because vpn, tunnel, gateway".
fn words(offer: &Offer) -> Markup {
    let because: Vec<&str> =
        offer.because.iter().map(String::as_str).filter(|word| tells(word)).collect();
    html! {
        b { (offer.label) } " (" (per_cent(offer.probability)) ")"
        @if !because.is_empty() { " because " (because.join(", ")) }
    }
}

/// Thousandths in per cent. Nothing is certain.
pub(crate) fn per_cent(milli: u32) -> String {
    format!("{}%", ((milli + 5) / 10).min(99))
}

fn address(number: IncidentNumber, field: Suggested, what: &str) -> String {
    url::incident_command(number, format!("suggestions/{field}/{what}"))
}

/// `POST /incidents/{number}/suggestions/{field}/{what}`
pub(super) async fn post(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path((number, field, what)): Path<(String, String, String)>,
    fields: Fields,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let field: Suggested = field.parse().map_err(|_| PageError::NotFound)?;
    let before = seen(&app, &who, number).await?;
    let done = match what.as_str() {
        "accept" => {
            let of = (number, field);
            let value = fields.filled("value");
            let done = app.desk.accept_suggestion(who.viewer(), Channel::Web, of, value).await;
            done.map(|done| Some(done.first_n))
        }
        "dismiss" => app.desk.dismiss_suggestion(who.viewer(), number, field).await.map(|()| None),
        TAKE_BACK => app.desk.take_back_dismissal(who.viewer(), number, field).await.map(|()| None),
        _ => return Err(PageError::NotFound),
    };
    let (first_n, status, refusal) = match done {
        Ok(first_n) => (first_n, None, None),
        Err(trouble) => {
            let status = status_of(&trouble);
            match trouble {
                // The page shows what is so now, and why it was not done.
                Trouble::Refused(refusal) if refusal.kind == RefusalKind::State => {
                    (None, Some(status), Some(words_of(&refusal)))
                }
                other => return Err(other.into()),
            }
        }
    };
    let case = Case::load(&app, who.viewer(), &who.here, number).await?;
    let view = View::of(&case, who.viewer());
    let parts = patches::own(&view, before.version);
    if let (Some(status), Some(words)) = (status, refusal) {
        let patch = html! { (parts) (patches::refusal(Some(&words))) };
        let page = error_page(Language::En, "This was not done", &words);
        return Ok(Answer::refused(status, patch).else_page(page).reply(live));
    }
    let (undo, toast) = match what.as_str() {
        "accept" => (first_n.and_then(|n| undo_of(&case, n)), "Accepted"),
        TAKE_BACK => (None, "Suggested again"),
        _ => (Some(address(number, field, TAKE_BACK)), "Not suggested any more"),
    };
    let answer = Answer::patch(parts).else_go(url::incident(number)).toast(toast);
    Ok(answer.undo(undo).reply(live))
}

/// `POST /incidents/new/suggest`: what is suggested of what is typed so far.
pub(super) async fn while_typing(
    State(app): State<App>,
    Staff(who): Staff,
    sent: Fields,
) -> PageResult {
    if !who.viewer().works() {
        return Err(PageError::NotFound);
    }
    Ok(beside(&app, &who, &sent, Some("morph")).into_response())
}

/// What is suggested of a form of a new incident; it stays on the page while nothing is.
pub(super) fn beside(app: &App, who: &SignedIn, sent: &Fields, patch: Option<&str>) -> Markup {
    let (suggester, policy) = (app.desk.suggester(), app.desk.policy());
    let offers = if who.viewer().works() { offers(&suggester, &policy, sent) } else { vec![] };
    html! {
        div class="stack-s" id="suggested" data-patch=[patch] {
            @for (field, told) in told(&offers, sent) {
                input type="hidden" form="f-new" name=(carrier(field)) value=(told);
            }
            @for offer in &offers {
                div class="meta flex" {
                    span { (label(offer.field)) " suggested: " (words(offer)) }
                    button class="btn btn-sm end" type="submit" form="f-new" formnovalidate data-look data-key=(KEY)
                        formaction={ "/incidents/new/fill?take=" (offer.field) "&value=" (url::encode(&offer.value)) } {
                        "Accept" span.vh { " " (offer.label) " as " (offer.field) } " " kbd { "O" }
                    }
                }
            }
        }
    }
}

/// The field that carries what was last suggested, so that it can be counted what became of it.
fn carrier(field: Suggested) -> String {
    format!("suggested_{field}")
}

/// What is suggested now, and what was before and is answered or silent: "3:864:P2" is value P2
/// of model 3, certain to 864 thousandths.
fn told(offers: &[Offer], sent: &Fields) -> Vec<(Suggested, String)> {
    let now = |field: Suggested| {
        let offer = offers.iter().find(|offer| offer.field == field)?;
        Some(format!("{}:{}:{}", offer.model, offer.probability, offer.value))
    };
    let before = |field: Suggested| sent.filled(&carrier(field)).map(str::to_owned);
    let all = Suggested::ALL.iter().copied();
    all.filter_map(|field| Some((field, now(field).or_else(|| before(field))?))).collect()
}

/// What was suggested while a form was filled in that was sent.
pub(super) fn typed(sent: &Fields) -> Vec<Typed> {
    let one = |field: Suggested| {
        let mut parts = sent.filled(&carrier(field))?.splitn(3, ':');
        let (model, probability) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let value = parts.next()?.to_owned();
        Some(Typed { field, value, probability, model, said: is_said(field, sent) })
    };
    Suggested::ALL.iter().copied().filter_map(one).collect()
}

/// Whether a form says something of a field.
fn is_said(field: Suggested, sent: &Fields) -> bool {
    let names: &[&str] = match field {
        Suggested::Service => &["service_id", "service"],
        Suggested::Category => &["category"],
        Suggested::Team => &["team"],
        Suggested::Priority => &["cell"],
    };
    names.iter().any(|name| sent.filled(name).is_some())
}

fn label(field: Suggested) -> &'static str {
    match field {
        Suggested::Service => "Service",
        Suggested::Category => "Category",
        Suggested::Team => "Team",
        Suggested::Priority => "Priority",
    }
}

/// Of the fields that are empty.
fn offers(suggester: &Suggester, policy: &Policy, sent: &Fields) -> Vec<Offer> {
    let title: String = sent.text("title").chars().take(limits::TITLE_CHARS).collect();
    let body: String = sent.text("description").chars().take(limits::BODY_CHARS).collect();
    if title.trim().is_empty() {
        return vec![];
    }
    let service: Option<ServiceId> = sent.filled("service_id").and_then(|id| id.parse().ok());
    let is_empty = |field: &Suggested| {
        // With a service, its owner gets it.
        let is_owned = *field == Suggested::Team && service.is_some();
        !is_said(*field, sent) && !is_owned
    };
    let guess = |field: Suggested| suggester.guess(field, &title, &body, service, policy);
    Suggested::ALL.iter().copied().filter(is_empty).filter_map(guess).collect()
}

/// The form with a suggestion that was accepted, if one was.
pub(super) fn taken(sent: Fields, asked: &Fields, policy: &Policy) -> Fields {
    let (field, value) = (asked.text("take"), asked.text("value"));
    match field.parse::<Suggested>() {
        Ok(Suggested::Service) => {
            let service = value.parse().ok().and_then(|id: ServiceId| policy.services.get(&id));
            match service {
                Some(service) => {
                    sent.with("service", service.name.clone()).with("service_id", value)
                }
                None => sent,
            }
        }
        Ok(Suggested::Category) => sent.with("category", value),
        Ok(Suggested::Team) => sent.with("team", value),
        Ok(Suggested::Priority) => match value.parse().ok().and_then(|p| cell(policy, p)) {
            Some((impact, urgency)) => {
                sent.with("cell", format!("{}-{}", impact.get(), urgency.get()))
            }
            None => sent,
        },
        Err(_) => sent,
    }
}

/// The cell of the matrix that comes to a priority, the one nearest to its middle.
fn cell(policy: &Policy, wanted: Priority) -> Option<(Level, Level)> {
    let apart = |level: Level| level.get().abs_diff(Level::MEDIUM.get());
    let all = Level::ALL.into_iter().flat_map(|impact| Level::ALL.map(|urgency| (impact, urgency)));
    all.filter(|(impact, urgency)| policy.matrix.priority(*impact, *urgency) == wanted)
        .min_by_key(|(impact, urgency)| apart(*impact) + apart(*urgency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_suggested_is_carried_until_the_form_is_sent() {
        let sent = Fields::default()
            .with("suggested_team", "3:864:some-team")
            .with("suggested_priority", "2:700:P2")
            .with("suggested_category", "odd")
            .with("team", "other-team");
        let carried = told(&[], &sent);
        assert!(carried.contains(&(Suggested::Team, "3:864:some-team".to_owned())), "{carried:?}");
        let found = typed(&sent);
        assert_eq!(found.len(), 2, "{found:?}");
        let of = |field: Suggested| found.iter().find(|one| one.field == field).unwrap();
        let team = of(Suggested::Team);
        let known = (team.model, team.probability, team.value.as_str(), team.said);
        assert_eq!(known, (3, 864, "some-team", true));
        assert!(!of(Suggested::Priority).said);
    }

    #[test]
    fn nothing_is_certain() {
        assert_eq!(per_cent(864), "86%");
        assert_eq!(per_cent(865), "87%");
        assert_eq!(per_cent(1_000), "99%");
    }
}
