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
use locale::Account;
use maud::{Markup, html};
use store::Sql;
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

fn name(say: Account, group: Group) -> &'static str {
    match group {
        Group::Assigned => say.told_assigned(),
        Group::Replies => say.told_replies(),
        Group::Clocks => say.told_clocks(),
        Group::Followed => say.told_followed(),
        Group::Reported => say.told_reported(),
    }
}

/// `POST /me/notifications`
pub(super) async fn change(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let (person, say) = (who.viewer().person, locale::account(who.here.language));
    let ticked = |group: Group, channel: &str| fields.ticked(&format!("{group}_{channel}"));
    let channels = groups(&who).iter().map(|group| {
        let [mail, inbox, push] = ["mail", "inbox", "push"].map(|one| ticked(*group, one));
        (*group, Channels { mail, inbox, push })
    });
    let channels: Vec<(Group, Channels)> = channels.collect();
    let push_words = fields.ticked(PUSH_WORDS);
    let mut errors = Errors::default();
    let quiet = quiet(say, &fields, &mut errors);
    let digest = digest(say, &fields, &mut errors);
    if !errors.is_empty() {
        let shown = Shown { errors, typed: fields, ..Shown::default() };
        let again = page(&app, &who, shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    }
    // Read where it is written: what is changed meanwhile and does not stand here stays.
    let change = move |sql: &mut dyn Sql| {
        let mut preferences = told_how::get(sql, person)?;
        preferences.channels.extend(channels);
        preferences.push_words = push_words;
        (preferences.quiet, preferences.digest) = (quiet, digest);
        Ok(told_how::put(sql, person, &preferences)?)
    };
    app.desk.write(change).await?;
    Ok(done("notifications"))
}

/// The quiet hours that are typed, which need both ends.
fn quiet(say: Account, fields: &Fields, errors: &mut Errors) -> Option<Quiet> {
    match (typed(say, fields, FROM, errors), typed(say, fields, UNTIL, errors)) {
        (Some(from), Some(until)) => Some(Quiet { from, until }),
        (None, None) => None,
        (from, _) => {
            let missing = if from.is_none() { FROM } else { UNTIL };
            if errors.of(missing).is_none() {
                errors.add(missing, say.quiet_both_needed());
            }
            None
        }
    }
}

fn digest(say: Account, fields: &Fields, errors: &mut Errors) -> Digest {
    match fields.text(EVERY) {
        "hour" => Digest::Hour,
        "day" => match typed(say, fields, AT, errors) {
            Some(at) => Digest::Day { at },
            None => {
                if errors.of(AT).is_none() {
                    errors.add(AT, say.digest_time_needed());
                }
                Digest::Off
            }
        },
        _ => Digest::Off,
    }
}

/// A time of day, if one is typed.
fn typed(say: Account, fields: &Fields, name: &'static str, errors: &mut Errors) -> Option<Minute> {
    let text = fields.filled(name)?;
    // Browsers may add seconds.
    let minutes = text.get(..5).unwrap_or(text).parse::<Minute>();
    minutes.map_err(|_| errors.add(name, say.not_a_time())).ok()
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
    let say = locale::account(who.here.language);
    let rhythms =
        [("off", say.digest_off()), ("hour", say.digest_hour()), ("day", say.digest_day())];
    let every = if wrong { shown.typed.text(EVERY) } else { every };
    let quiet = preferences.quiet;
    html! {
        section.card aria-labelledby="told" {
            div.card-h { h2 id="told" { (say.told_title()) } }
            div.card-b {
                form.form method="post" action="/me/notifications" {
                    @if wrong { (shown.errors.summary()) }
                    (channels(who, preferences, wrong.then_some(&shown.typed)))
                    p.hint { (say.told_push_hint()) }
                    p.hint { (say.told_reported_hint()) }
                    fieldset.field {
                        legend { (say.quiet_hours()) }
                        p.hint { (say.quiet_hint()) }
                        (Field::new(FROM, say.quiet_from()).errors(&shown.errors).input("time", &value(FROM, quiet.map(|quiet| quiet.from))))
                        (Field::new(UNTIL, say.quiet_until()).errors(&shown.errors).input("time", &value(UNTIL, quiet.map(|quiet| quiet.until))))
                    }
                    (Field::new(EVERY, say.digest_label()).select(&rhythms, every))
                    (Field::new(AT, say.digest_at()).errors(&shown.errors).input("time", &value(AT, at)))
                    @let words = if wrong { shown.typed.ticked(PUSH_WORDS) } else { preferences.push_words };
                    (checkbox(PUSH_WORDS, say.push_words(), words))
                    p.hint { (say.push_words_hint()) }
                    div { button.btn.btn-primary type="submit" { (say.save()) } }
                }
            }
        }
    }
}

fn channels(who: &SignedIn, preferences: &Preferences, typed: Option<&Fields>) -> Markup {
    let say = locale::account(who.here.language);
    html! {
        div.scroll-x tabindex="0" role="region" aria-label=(say.told_title()) { table.dt {
            thead { tr { th scope="col" { (say.told_column()) } th scope="col" { (say.told_mail()) } th scope="col" { (say.told_inbox()) } th scope="col" { (say.told_push()) } } }
            tbody { @for group in groups(who) {
                @let stored = preferences.wanted(*group);
                tr {
                    th scope="row" { (name(say, *group)) }
                    @for (channel, label, stored) in [("mail", say.told_mail(), stored.mail), ("inbox", say.told_inbox(), stored.inbox), ("push", say.told_push(), stored.push)] {
                        @let field = format!("{group}_{channel}");
                        @let ticked = typed.map_or(stored, |typed| typed.ticked(&field));
                        td { label.ck { input type="checkbox" name=(field) value="1" checked[ticked]; span.vh { (name(say, *group)) ", " (label) } } }
                    }
                }
            } }
        } }
    }
}
