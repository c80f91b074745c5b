//! How one wants to be told.

use super::{Shown, done, page};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use incident::telling::{Channels, Digest, Group, Minute, Preferences, Quiet};
use maud::{Markup, html};
use store::directory::told_how;

const FROM: &str = "quiet_from";
const UNTIL: &str = "quiet_until";
const EVERY: &str = "digest";
const AT: &str = "digest_at";
const PUSH_WORDS: &str = "push_words";

/// What a person can choose for: requesters have nothing given to them.
fn groups(who: &SignedIn) -> &'static [Group] {
    match who.viewer().is_staff() {
        true => Group::ALL,
        false => &[Group::Reported, Group::Followed],
    }
}

fn name(group: Group) -> &'static str {
    match group {
        Group::Assigned => "Given to you or your team",
        Group::Replies => "Replies on what you have",
        Group::Clocks => "Clocks and promises",
        Group::Followed => "News on what you follow",
        Group::Reported => "About what you reported",
    }
}

/// `POST /me/notifications`
pub(super) async fn change(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let person = who.viewer().person;
    let mut preferences = app.desk.read(move |sql| told_how::get(sql, person)).await?;
    for group in groups(&who) {
        let ticked = |channel| fields.ticked(&format!("{group}_{channel}"));
        let channels =
            Channels { mail: ticked("mail"), inbox: ticked("inbox"), push: ticked("push") };
        preferences.channels.insert(*group, channels);
    }
    preferences.push_words = fields.ticked(PUSH_WORDS);
    let mut errors = Errors::default();
    let (from, until) = (typed(&fields, FROM, &mut errors), typed(&fields, UNTIL, &mut errors));
    preferences.quiet = match (from, until) {
        (Some(from), Some(until)) => Some(Quiet { from, until }),
        (None, None) => None,
        (from, _) => {
            let missing = if from.is_none() { FROM } else { UNTIL };
            if errors.of(missing).is_none() {
                errors.add(missing, "Quiet hours need a beginning and an end; empty both for none");
            }
            None
        }
    };
    preferences.digest = match fields.text(EVERY) {
        "hour" => Digest::Hour,
        "day" => match typed(&fields, AT, &mut errors) {
            Some(at) => Digest::Day { at },
            None => {
                if errors.of(AT).is_none() {
                    errors.add(AT, "Say at which time the letter of the day leaves");
                }
                Digest::Off
            }
        },
        _ => Digest::Off,
    };
    if !errors.is_empty() {
        let shown = Shown { errors, typed: fields, ..Shown::default() };
        let again = page(&app, &who, shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    }
    app.desk.write(move |sql| Ok(told_how::put(sql, person, &preferences)?)).await?;
    Ok(done("notifications"))
}

/// A time of day, if one is typed.
fn typed(fields: &Fields, name: &'static str, errors: &mut Errors) -> Option<Minute> {
    let text = fields.filled(name)?;
    // Browsers may add seconds.
    let minutes = text.get(..5).unwrap_or(text).parse();
    minutes.map_err(|error: kernel::Invalid| errors.add(name, error.to_string())).ok()
}

pub(super) fn card(who: &SignedIn, preferences: &Preferences, shown: &Shown) -> Markup {
    let wrong = [FROM, UNTIL, AT].iter().any(|field| shown.errors.of(field).is_some());
    let value = |name: &str, stored: Option<Minute>| match wrong {
        true => shown.typed.text(name).to_owned(),
        false => stored.map(|minute| minute.to_string()).unwrap_or_default(),
    };
    let (every, at) = match preferences.digest {
        Digest::Off => ("off", None),
        Digest::Hour => ("hour", None),
        Digest::Day { at } => ("day", Some(at)),
    };
    let every = if wrong { shown.typed.text(EVERY) } else { every };
    let quiet = preferences.quiet;
    html! {
        section.card aria-labelledby="told" {
            div.card-h { h2 id="told" { "Notifications" } }
            div.card-b {
                form.form method="post" action="/me/notifications" {
                    @if wrong { (shown.errors.summary()) }
                    (channels(who, preferences, wrong.then_some(&shown.typed)))
                    (reported_hint())
                    fieldset.field {
                        legend { "Quiet hours" }
                        p.hint { "Letters and push wait until they end; the inbox does not. What cannot wait comes at once: P1 and P2 that are given to you or your team, times that are missed, and major incidents. Empty: none." }
                        (Field::new(FROM, "From").errors(&shown.errors).input("time", &value(FROM, quiet.map(|quiet| quiet.from))))
                        (Field::new(UNTIL, "Until").errors(&shown.errors).input("time", &value(UNTIL, quiet.map(|quiet| quiet.until))))
                    }
                    (Field::new(EVERY, "Letters about what you follow").select(&[("off", "Each at once"), ("hour", "One letter each hour"), ("day", "One letter each day")], every))
                    (Field::new(AT, "The letter of the day leaves at").errors(&shown.errors).input("time", &value(AT, at)))
                    @let words = if wrong { shown.typed.ticked(PUSH_WORDS) } else { preferences.push_words };
                    (checkbox(PUSH_WORDS, "Push says title and words, not the number alone", words))
                    p.hint { "Whoever holds the device reads it, even when it is locked. Nobody on the way can." }
                    div { button.btn.btn-primary type="submit" { "Save" } }
                }
            }
        }
    }
}

fn channels(who: &SignedIn, preferences: &Preferences, typed: Option<&Fields>) -> Markup {
    html! {
        table.dt {
            thead { tr { th scope="col" { "What you are told" } th scope="col" { "Mail" } th scope="col" { "Inbox" } th scope="col" { "Push" } } }
            tbody { @for group in groups(who) {
                @let stored = preferences.wanted(*group);
                tr {
                    th scope="row" { (name(*group)) }
                    @for (channel, label, stored) in [("mail", "by mail", stored.mail), ("inbox", "in the inbox", stored.inbox), ("push", "by push", stored.push)] {
                        @let field = format!("{group}_{channel}");
                        @let ticked = typed.map_or(stored, |typed| typed.ticked(&field));
                        td { label.ck { input type="checkbox" name=(field) value="1" checked[ticked]; span.vh { (name(*group)) ", " (label) } } }
                    }
                }
            } }
        }
    }
}

fn reported_hint() -> Markup {
    html! {
        p.hint { "Push goes to the browsers that you allow it. What is urgent is pushed whether you tick it or not, unless you tick nothing of its kind." }
        p.hint { "About what you reported: if you switch off all, you are still asked when nothing goes on without your answer, and told when it should work again, so that you can say whether it does. Choose the inbox alone and these stay there, too." }
    }
}
