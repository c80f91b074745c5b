//! `POST /api/v2/alerts`, as Prometheus sends its alerts to an Alertmanager, and the parameters
//! of what amtool asks.

use super::matchers::{self, Matcher};
use super::{Told, webhook};
use crate::Reading;
use crate::doors::loose::{self, Many, Text, object};
use crate::doors::{Notes, Request, Unreadable, form_pairs};

/// Filters of one question.
const FILTERS: usize = 50;

/// Reads a list of alerts. Each ends at its `endsAt` unless it is told of again; one whose
/// `endsAt` has passed is resolved.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Many<Told<'_>> = loose::parse(&text)?;
    if !body.is_list {
        return Err(Unreadable::new("body", "must be a list of alerts"));
    }
    let mut reading = webhook::reading(notes, &body.items, None, body.more);
    // Prometheus moves `endsAt` with each repeat, and the repeats must be seen.
    for signal in &mut reading.signals {
        signal.once = None;
    }
    Ok(reading)
}

/// What a question for alerts or groups wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Alerts that fire and are neither silenced nor inhibited.
    pub active: bool,
    /// Silenced ones.
    pub silenced: bool,
    /// Inhibited ones.
    pub inhibited: bool,
    /// Ones that were not looked at yet.
    pub unprocessed: bool,
    /// What the labels must match, all of it.
    pub filter: Vec<Matcher>,
    /// A regular expression for the name of the receiver, as sent.
    pub receiver: Option<String>,
}

/// Reads the parameters of `GET /api/v2/alerts`, `/alerts/groups` and `/silences`. A filter that
/// is no matcher is refused, as Alertmanager does: showing everything instead would mislead.
pub fn wanted(query: &str) -> Result<Wanted, Unreadable> {
    let mut wanted = Wanted {
        active: true,
        silenced: true,
        inhibited: true,
        unprocessed: true,
        filter: Vec::new(),
        receiver: None,
    };
    for (name, value) in form_pairs(query.as_bytes()) {
        match name.as_str() {
            "active" => wanted.active = value != "false",
            "silenced" => wanted.silenced = value != "false",
            "inhibited" => wanted.inhibited = value != "false",
            "unprocessed" => wanted.unprocessed = value != "false",
            "receiver" => wanted.receiver = Some(value).filter(|value| !value.is_empty()),
            "filter" if wanted.filter.len() < FILTERS => {
                wanted.filter.extend(
                    matchers::parse(&value).map_err(|rule| Unreadable::new("filter", rule))?,
                );
            }
            "filter" => {
                return Err(Unreadable::new(
                    "filter",
                    format!("stands there more than {FILTERS} times"),
                ));
            }
            _ => {}
        }
    }
    Ok(wanted)
}

object! {
    MatcherIn<'a> {
        "name" => name: Text<'a>,
        "value" => value: Text<'a>,
        "isRegex" => is_regex: Text<'a>,
        "isEqual" => is_equal: Text<'a>,
    }
}

object! {
    SilenceIn<'a> {
        "id" => id: Text<'a>,
        "matchers" => matchers: Many<MatcherIn<'a>>,
        "startsAt" => starts_at: Text<'a>,
        "endsAt" => ends_at: Text<'a>,
        "createdBy" => created_by: Text<'a>,
        "comment" => comment: Text<'a>,
    }
}

/// A silence that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The one to change, if it is not a new one.
    pub id: Option<String>,
    /// What it silences: alerts that match all of them.
    pub matchers: Vec<Matcher>,
    /// From when on.
    pub starts_at: kernel::Timestamp,
    /// Until when.
    pub ends_at: kernel::Timestamp,
    /// Who says so.
    pub created_by: String,
    /// Why.
    pub comment: String,
}

/// Reads `POST /api/v2/silences`. Unlike an alert, a silence is refused unless all of it can be
/// understood: it keeps people from being paged.
pub fn silence(request: &Request<'_>) -> Result<Silence, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: SilenceIn<'_> = loose::parse(&text)?;
    let instant = |field: &str, text: &Text<'_>| {
        let rule = "must be a time with its zone, such as 2026-11-23T13:12:00Z";
        text.as_str().parse().map_err(|_| Unreadable::new(field, rule))
    };
    let (starts_at, ends_at) =
        (instant("startsAt", &body.starts_at)?, instant("endsAt", &body.ends_at)?);
    if ends_at <= starts_at || ends_at <= request.now {
        return Err(Unreadable::new("endsAt", "must lie in the future and after startsAt"));
    }
    let is_true =
        |text: &Text<'_>, otherwise: bool| text.get().map_or(otherwise, |word| word == "true");
    let matchers = body.matchers.items.iter().map(|matcher| Matcher {
        name: matcher.name.as_str().to_owned(),
        value: matcher.value.as_str().to_owned(),
        is_regex: is_true(&matcher.is_regex, false),
        is_equal: is_true(&matcher.is_equal, true),
    });
    let matchers: Vec<Matcher> = matchers.collect();
    let named = matchers.iter().all(|matcher| !matcher.name.is_empty());
    let says_something = matchers.iter().any(|matcher| !matcher.value.is_empty());
    if !named || !says_something || matchers.len() > FILTERS {
        let rule = format!("must be 1 to {FILTERS} with a name, and one of them with a value");
        return Err(Unreadable::new("matchers", rule));
    }
    Ok(Silence {
        id: body.id.get().map(str::to_owned),
        matchers,
        starts_at,
        ends_at,
        created_by: notes.line(
            "createdBy",
            body.created_by.as_str(),
            crate::doors::limits::NAME_CHARS,
        ),
        comment: notes.text("comment", body.comment.as_str(), crate::doors::limits::NOTE_CHARS),
    })
}
