//! One's own page: absence, time zone, notifications, theme, keys, password, sessions, API tokens.

mod away;
mod devices;
mod password;
mod reached;
mod sessions;
mod tokens;
mod told;

use crate::app::{App, zone_named};
use crate::auth::{Live, SignedIn, remember_language};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::route::{get, post};
use crate::shell::{Page, PortalPage};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use incident::Refusal;
use incident::telling::Preferences;
use kernel::{Actor, Language, PersonId};
use maud::{Markup, html};
use store::directory::people::{self, Person};
use store::directory::{Device, EndedDevice, Session, Token};

/// What the page needs beside the script of every page.
const SCRIPT: &str = "app-account.js";
/// Themes one can choose. The empty one follows the system.
const THEMES: [&str; 3] = ["", "light", "dark"];

pub(crate) use devices::ended as ended_devices;
pub(crate) use tokens::{ends as token_ends, revoking, scope_words};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::ACCOUNT, get(show))
        .route(url::THEME, post(theme))
        .route("/me/preferences", post(preferences))
        .route("/me/notifications", post(told::change))
        .route("/me/away", post(away::change))
        .route("/me/contacts", post(reached::add))
        .route("/me/contact-rules", post(reached::rules))
        .route("/me/contacts/{id}/verify", post(reached::verify))
        .route("/me/contacts/{id}/send-code", post(reached::send_code))
        .route("/me/contacts/{id}/test", post(reached::test))
        .route("/me/contacts/{id}/remove", post(reached::remove))
        .route("/me/devices", post(devices::allow))
        .route("/me/devices/renew", post(devices::renew))
        .route("/me/devices/heard", post(devices::heard))
        .route("/me/devices/{id}/test", post(devices::try_out))
        .route("/me/devices/{id}/remove", post(devices::remove))
        .route("/me/password", post(password::change))
        .route("/me/sessions/end-others", post(sessions::end_others))
        .route("/me/tokens", post(tokens::create))
        .route("/me/tokens/{id}/revoke", post(tokens::revoke))
}

/// What the page shows besides the person.
#[derive(Default)]
struct Shown {
    /// What was just done.
    done: Option<&'static str>,
    /// What is wrong with a form.
    errors: Errors,
    /// What was typed into the form that is wrong.
    typed: Fields,
    /// The secret of a new token, shown this once.
    secret: Option<String>,
}

/// `GET /me`
async fn show(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let say = locale::account(who.here.language);
    let done = match fields.text("done") {
        "preferences" => Some(say.preferences_stored()),
        "notifications" => Some(say.notifications_stored()),
        "allowed" => Some("This browser shows you news from now on."),
        "tried" => Some("A word is on its way to that browser."),
        "stopped" => Some("That browser shows you no news any more."),
        "away" => Some("Your absence is stored."),
        "back" => Some("You are there again."),
        "code" => Some("A code is on its way. Type it in below."),
        "verified" => Some("You can be reached there from now on."),
        "tested" => Some("A test page is on its way."),
        "removed" => Some("You are not reached there any more."),
        "rules" => Some("How you are reached is stored."),
        "password" => Some(say.password_changed()),
        "sessions" => Some(say.sessions_ended()),
        "revoked" => Some("The token is revoked."),
        _ => None,
    };
    page(&app, &who, Shown { done, ..Shown::default() }).await
}

/// `POST /me/theme`: from the button of every page, and from here.
async fn theme(
    State(app): State<App>,
    who: SignedIn,
    live: Live,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    let theme = fields.text("theme").to_owned();
    if !THEMES.contains(&theme.as_str()) {
        return Err(PageError::invalid("a theme is light, dark, or empty for the system's"));
    }
    change_own(&app, &who, move |person| person.theme = theme).await?;
    if live.0 {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&came_from(&headers)).into_response())
}

/// `POST /me/preferences`
async fn preferences(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let zone = fields.text("time_zone").to_owned();
    if !zone.is_empty() && zone_named(&zone).is_none() {
        let mut errors = Errors::default();
        errors.add("time_zone", locale::account(who.here.language).no_such_zone());
        let again = page(&app, &who, Shown { errors, typed: fields, ..Shown::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    }
    let (keys, language) = (fields.ticked("single_keys"), language_typed(&fields)?);
    change_own(&app, &who, move |person| {
        person.time_zone = zone;
        person.language = language;
        person.single_keys = keys;
    })
    .await?;
    let mut response = done("preferences");
    if let Some(language) = language {
        // The page for signing in speaks it, too.
        remember_language(&app, language, &mut response);
    }
    Ok(response)
}

/// Changes what is one's own to change. It is nobody else's business: no audit.
pub(crate) async fn change_own(
    app: &App,
    who: &SignedIn,
    change: impl FnOnce(&mut Person) + Send + 'static,
) -> Result<(), Trouble> {
    let id = who.viewer().person;
    app.desk
        .change(actor(who), move |sql, _| {
            let Some(mut person) = people::get(sql, id)? else { return Err(Trouble::Unknown) };
            change(&mut person);
            let version = person.version;
            people::update(sql, &person, version)?;
            Ok(())
        })
        .await
}

/// Who does it, for the record.
fn actor(who: &SignedIn) -> Actor {
    Actor::person(who.viewer().person, who.viewer().name.clone())
}

fn done(what: &str) -> Response {
    Redirect::to(&format!("{}?done={what}", url::ACCOUNT)).into_response()
}

/// The page of ours that the browser says it was on.
pub(crate) fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()));
    path.filter(|path| url::is_own_path(path)).unwrap_or_else(|| url::ACCOUNT.to_owned())
}

async fn page(app: &App, who: &SignedIn, shown: Shown) -> PageResult<Markup> {
    let Own { sessions, tokens, told, devices, ended, reached } =
        own_rows(app, who.viewer().person).await?;
    let push_key = app.desk.push_key().await?.public();
    // As it is now: a change may be younger than the sign-in.
    let person = who.person();
    let say = locale::entry(who.here.language);
    let body = html! {
        div.page-h { div { h1 { (say.your_account()) } p { (person.name) @if let Some(email) = &person.email { ", " (email) } } } }
        div.stack-l {
            @if let Some(words) = shown.done { p.banner.banner-good role="status" { (icon("check")) span { (words) } } }
            (ended_devices(who, &ended))
            @if who.viewer().works() { (away::card(who, &shown)) }
            (preferences_card(who, &shown))
            (told::card(who, &told, &shown))
            @if who.viewer().works() { (reached::card(app, who, &reached, &devices, &shown)) }
            (devices::card(who, &devices, &push_key))
            (theme_card(who))
            (password::card(who, &shown))
            (sessions::card(who, &sessions))
            (tokens::card(who, &tokens, &shown))
            form method="post" action=(url::SIGN_OUT) { button.btn type="submit" { (icon("logout")) (say.sign_out()) } }
        }
    };
    Ok(match who.viewer().is_staff() {
        true => Page::new(who, say.your_account())
            .main_class("main main-canvas")
            .script(SCRIPT)
            .show(html! { div.page { (body) } }),
        false => PortalPage::new(who, say.your_account()).script(SCRIPT).show(html! {
            div.p-inc.stack-l {
                p.crumbs { a href=(url::PORTAL) data-back { (locale::portal(say.language()).start()) } span aria-hidden="true" { "/" } (say.your_account()) }
                (body)
            }
        }),
    })
}

/// What is kept for a person besides themselves.
struct Own {
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    told: Preferences,
    devices: Vec<Device>,
    ended: Vec<EndedDevice>,
    reached: reached::Reached,
}

async fn own_rows(app: &App, person: PersonId) -> Result<Own, Trouble> {
    let now = app.desk.now();
    app.desk
        .read(move |sql| {
            let sessions = store::directory::sessions::of_person(sql, person)?;
            Ok(Own {
                sessions: sessions.into_iter().filter(|one| one.expires_at > now).collect(),
                tokens: store::directory::tokens::of_person(sql, person)?,
                told: store::directory::told_how::get(sql, person)?,
                devices: store::directory::devices::of_person(sql, person)?,
                ended: store::directory::devices::ended(sql, person)?,
                reached: reached::Reached::of(sql, person)?,
            })
        })
        .await
}

fn preferences_card(who: &SignedIn, shown: &Shown) -> Markup {
    let person = who.person();
    let wrong = shown.errors.of("time_zone").is_some();
    let zone = if wrong { shown.typed.text("time_zone") } else { &person.time_zone };
    let instance = who.instance.zone.iana_name().unwrap_or("UTC");
    let say = locale::account(who.here.language);
    let hint = say.time_zone_hint(instance);
    html! {
        section.card aria-labelledby="pref" {
            div.card-h { h2 id="pref" { (say.preferences()) } }
            div.card-b {
                form.form method="post" action="/me/preferences" {
                    @if wrong { (shown.errors.summary_in(who.here.language)) }
                    (language_choice(who))
                    (zone_field_named(say.time_zone(), zone, &hint, &shown.errors))
                    @if who.viewer().is_staff() {
                        (checkbox("single_keys", "Single keys are shortcuts (? lists them)", person.single_keys))
                    } @else if person.single_keys {
                        input type="hidden" name="single_keys" value="1";
                    }
                    div { button.btn.btn-primary type="submit" { (say.save()) } }
                }
            }
        }
    }
}

fn language_choice(who: &SignedIn) -> Markup {
    let chosen = who.person().language.map_or("", Language::as_str);
    let say = locale::account(who.here.language);
    let instance = ("", say.as_the_instance(who.instance.setting.language.name()));
    let options: Vec<_> = std::iter::once(instance).chain(language_options()).collect();
    Field::new("language", locale::entry(say.language()).language_label())
        .hint(say.language_hint())
        .select(&options, chosen)
}

/// The languages one can choose, each by its own name.
pub(crate) fn language_options() -> impl Iterator<Item = (&'static str, String)> {
    Language::ALL.iter().map(|language| (language.as_str(), language.name().to_owned()))
}

/// The language chosen in a form; `None` for the instance's.
pub(crate) fn language_typed(fields: &Fields) -> Result<Option<Language>, Refusal> {
    let unknown = |_| Refusal::invalid("language", "is none of the languages offered");
    fields.filled("language").map(str::parse).transpose().map_err(unknown)
}

/// A field for a time zone that completes what is typed.
pub(crate) fn zone_field(value: &str, hint: &str, errors: &Errors) -> Markup {
    zone_field_named("Time zone", value, hint, errors)
}

fn zone_field_named(label: &str, value: &str, hint: &str, errors: &Errors) -> Markup {
    let field = Field::new("time_zone", label).hint(hint).errors(errors);
    html! {
        (field.around(html! {
            input.inp id="time_zone" name="time_zone" type="text" list="zones" autocomplete="off" spellcheck="false" value=(value)
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
        }))
        datalist id="zones" { @for zone in zones() { option value=(zone) {} } }
    }
}

/// The zones people live in, by name.
fn zones() -> Vec<String> {
    let named = |name: &str| {
        name.contains('/')
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && !name.starts_with("Etc/")
    };
    let mut zones: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| named(name))
        .collect();
    zones.push("UTC".to_owned());
    zones.sort();
    zones.dedup();
    zones
}

fn theme_card(who: &SignedIn) -> Markup {
    let (person, say) = (who.person(), locale::account(who.here.language));
    let label = |theme: &str| match theme {
        "light" => say.theme_light(),
        "dark" => say.theme_dark(),
        _ => say.theme_system(),
    };
    html! {
        section.card aria-labelledby="theme" {
            div.card-h { h2 id="theme" { (say.theme()) } }
            div.card-b {
                form.btns method="post" action=(url::THEME) {
                    @for value in THEMES {
                        button.btn type="submit" name="theme" value=(value) aria-pressed=(if person.theme == value { "true" } else { "false" }) {
                            @if person.theme == value { (icon("check")) }
                            (label(value))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_a_page_of_ours() {
        for (referer, path) in [
            ("https://help.example.org/queue?q=a", "/queue?q=a"),
            ("https://evil.example//other.example", "/me"),
            ("https://help.example.org", "/me"),
            ("nonsense", "/me"),
        ] {
            let headers = HeaderMap::from_iter([(header::REFERER, referer.parse().unwrap())]);
            assert_eq!(came_from(&headers), path, "{referer}");
        }
    }

    #[test]
    fn the_zones_are_those_of_places() {
        let zones = zones();
        assert!(
            zones.len() > 300
                && zones.iter().any(|zone| zone == "Europe/Amsterdam")
                && zones.iter().any(|zone| zone == "UTC")
        );
        assert!(zones.iter().all(|zone| zone_named(zone).is_some()));
    }
}
