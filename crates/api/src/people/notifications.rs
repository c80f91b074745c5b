//! How the caller wants to be told.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::given;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use incident::telling::{Channels, Digest, Group, Minute, Preferences, Quiet};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use store::directory::told_how;
use utoipa::ToSchema;

/// By which channels.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct ChannelsShown {
    mail: bool,
    inbox: bool,
    /// To the browsers that were allowed it. What is urgent is pushed, too, where any channel
    /// is wanted.
    push: bool,
}

/// By which channels from now on.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChannelsChange {
    mail: bool,
    inbox: bool,
    /// Absent: as it is.
    push: Option<bool>,
}

/// Hours in which letters wait, in the caller's time zone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuietShown {
    /// Such as `22:00`.
    from: String,
    /// Such as `07:00`; before `from`: of the next day.
    until: String,
}

/// How letters about what the caller follows are collected.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DigestShown {
    /// `off`, `hour` or `day`.
    every: String,
    /// With `day`: the time at which it leaves, such as `08:00`.
    at: Option<String>,
}

/// How the caller wants to be told.
#[derive(Debug, Serialize, ToSchema)]
struct Notifications {
    /// By which channels: `assigned` (given to them or their team), `replies` (on what they
    /// have), `clocks` (and promises), `followed`, `reported`. Whoever wants to hear nothing of
    /// `reported` is asked all the same when nothing goes on without their answer.
    channels: BTreeMap<&'static str, ChannelsShown>,
    /// Null: none. What cannot wait comes at once.
    quiet: Option<QuietShown>,
    digest: DigestShown,
    /// Whether push says title and words, or the number alone.
    push_words: bool,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationsChange {
    /// Groups that are absent stay.
    #[schema(value_type = Option<BTreeMap<String, ChannelsChange>>)]
    channels: Option<BTreeMap<String, ChannelsChange>>,
    /// Null: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<QuietShown>)]
    quiet: Option<Option<QuietShown>>,
    digest: Option<DigestShown>,
    push_words: Option<bool>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/users/me/notifications", "readMyNotifications", read)
            .about("users", "Read how one is told", "For everybody.")
            .answers::<Notifications>(200, "How the caller wants to be told.")
            .problems(&[401, 403, 503]),
        Door::patch("/api/v1/users/me/notifications", "changeMyNotifications", change)
            .about("users", "Change how one is told", "For everybody.")
            .body::<NotificationsChange>(json!({
                "channels": { "followed": { "mail": false, "inbox": true, "push": false } },
                "quiet": { "from": "22:00", "until": "07:00" },
                "digest": { "every": "day", "at": "08:00" },
            }))
            .answers::<Notifications>(200, "How the caller wants to be told now.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
    ]
}

async fn read(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_read()?;
    let person = caller.viewer().person;
    let preferences = app.desk().read(move |sql| told_how::get(sql, person)).await?;
    Ok(json::answer(StatusCode::OK, &shown(&preferences)))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    body: Body<NotificationsChange>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let person = caller.viewer().person;
    let NotificationsChange { channels, quiet, digest, push_words } = body.value;
    let wrong = |error: kernel::Invalid| Problem::invalid("channels", error.to_string());
    let channels = channels.unwrap_or_default().into_iter();
    let channels = channels
        .map(|(group, given)| Ok::<_, Problem>((group.parse::<Group>().map_err(wrong)?, given)));
    let channels = channels.collect::<Result<Vec<_>, Problem>>()?;
    let quiet = quiet.map(|quiet| quiet.map(read_quiet).transpose()).transpose()?;
    let digest = digest.map(read_digest).transpose()?;
    // Read where it is written: what is changed meanwhile stays.
    let changed = app.desk().write(move |sql| {
        let mut preferences = told_how::get(sql, person)?;
        for (group, ChannelsChange { mail, inbox, push }) in channels {
            let push = push.unwrap_or(preferences.wanted(group).push);
            preferences.channels.insert(group, Channels { mail, inbox, push });
        }
        preferences.push_words = push_words.unwrap_or(preferences.push_words);
        preferences.quiet = quiet.unwrap_or(preferences.quiet);
        preferences.digest = digest.unwrap_or(preferences.digest);
        told_how::put(sql, person, &preferences)?;
        Ok(preferences)
    });
    Ok(json::answer(StatusCode::OK, &shown(&changed.await?)))
}

fn read_quiet(quiet: QuietShown) -> Result<Quiet, Problem> {
    Ok(Quiet { from: minute("quiet", &quiet.from)?, until: minute("quiet", &quiet.until)? })
}

fn read_digest(digest: DigestShown) -> Result<Digest, Problem> {
    match (digest.every.as_str(), &digest.at) {
        ("off", None) => Ok(Digest::Off),
        ("hour", None) => Ok(Digest::Hour),
        ("day", Some(at)) => Ok(Digest::Day { at: minute("digest", at)? }),
        _ => {
            let words = "must be every off, every hour, or every day at a time";
            Err(Problem::invalid("digest", words))
        }
    }
}

fn minute(field: &'static str, text: &str) -> Result<Minute, Problem> {
    text.parse().map_err(|error: kernel::Invalid| Problem::invalid(field, error.to_string()))
}

fn shown(preferences: &Preferences) -> Notifications {
    let channels = Group::ALL.iter().map(|group| {
        let Channels { mail, inbox, push } = preferences.wanted(*group);
        (group.as_str(), ChannelsShown { mail, inbox, push })
    });
    let (every, at) = match preferences.digest {
        Digest::Off => ("off", None),
        Digest::Hour => ("hour", None),
        Digest::Day { at } => ("day", Some(at.to_string())),
    };
    let quiet = preferences.quiet.map(|Quiet { from, until }| QuietShown {
        from: from.to_string(),
        until: until.to_string(),
    });
    let digest = DigestShown { every: every.to_owned(), at };
    let push_words = preferences.push_words;
    Notifications { channels: channels.collect(), quiet, digest, push_words }
}
