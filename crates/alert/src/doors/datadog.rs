//! Datadog's webhooks, whose fields a site fills with variables.
//!
//! The alert is known by `aggreg_key`, which stays the same from its beginning to its end, or by
//! the monitor and its scope. The template that Datadog proposes has neither: then it is known by its
//! title without what became of it, and by what it is so on. The id of the event changes each time and
//! is taken only where nothing says what became of the alert.

use super::flat::Flat;
use super::limits::BODY_CHARS;
use super::loose::{self, Pairs, Raw};
use super::{Notes, Request, Unreadable, form_pairs, key};
use crate::{Reading, Severity, Signal, SignalStatus};

const CYCLE: [&str; 4] = ["aggregkey", "aggregationkey", "alertcyclekey", "dedupkey"];
const MONITOR: [&str; 2] = ["alertid", "monitorid"];
const SCOPE: [&str; 3] = ["alertscope", "scope", "scopes"];
const EVENT: [&str; 2] = ["id", "eventid"];
const TITLE: [&str; 4] = ["title", "eventtitle", "alerttitle", "name"];
const BODY: [&str; 5] = ["body", "message", "eventmsg", "textonlymsg", "description"];
const TRANSITION: [&str; 4] = ["alerttransition", "transition", "status", "alertstatus"];
const SEVERITY: [&str; 3] = ["severity", "alerttype", "eventtype"];
const PRIORITY: [&str; 2] = ["alertpriority", "priority"];
const LINK: [&str; 4] = ["link", "url", "alerturl", "eventurl"];
const SNAPSHOT: [&str; 1] = ["snapshot"];
const DATE: [&str; 5] = ["date", "lastupdated", "timestamp", "eventtime", "datetime"];
const HOST: [&str; 2] = ["hostname", "host"];

/// What became of an alert, in the mark with which its title begins.
const STATES: [&str; 10] = [
    "Triggered",
    "Re-Triggered",
    "Recovered",
    "Warn",
    "Re-Warn",
    "No data",
    "Re-No data",
    "Renotify",
    "Resolved",
    "Manually resolved",
];
/// Bytes of a mark of somebody's own at most; what is longer belongs to the words.
const MARK_BYTES: usize = 40;

/// Reads an alert, also as the form that a site may have its fields sent as.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let form = if request.is_form() { form_pairs(request.body) } else { Vec::new() };
    let unfilled = |text: &str| text.len() > 1 && text.starts_with('$') && !text.contains(' ');
    let pairs: Result<Pairs<'_, Raw<'_>>, Unreadable> = loose::parse(&text);
    let fields = match &pairs {
        Ok(pairs) => Flat::of(&mut notes, pairs, unfilled),
        Err(_) if !form.is_empty() => Flat::of_form(&mut notes, &form, unfilled),
        Err(error) => return Err(error.clone()),
    };
    if fields.first(&TITLE).is_none() && fields.first(&CYCLE).or(fields.first(&MONITOR)).is_none() {
        return Err(Unreadable::new("title", "is missing or blank"));
    }
    let signal = signal(&mut notes, &fields, request.fresh);
    Ok(notes.finish(vec![signal]))
}

fn signal(notes: &mut Notes, fields: &Flat<'_>, fresh: &str) -> Signal {
    let marked = Title::of(fields.first(&TITLE).unwrap_or_default());
    let transition = fields.first(&TRANSITION).unwrap_or(marked.state);
    let status = status(notes, transition);
    let key = known_by(fields, &marked, transition, fresh);
    let title = notes.title("title", &[Some(marked.words), fields.first(&MONITOR)]);
    let mut signal = Signal::new(key, status, title);
    signal.priority = fields.first(&PRIORITY).and_then(super::priority);
    signal.severity = severity(notes, fields, transition, &signal);
    signal.body = notes.text("body", fields.first(&BODY).unwrap_or_default(), BODY_CHARS);
    for tag in fields.first(&["tags"]).unwrap_or_default().split(',') {
        let (name, value) = tag.split_once(':').unwrap_or((tag, "yes"));
        notes.label(&mut signal.labels, name.trim(), value.trim());
    }
    for (name, names) in [("host", &HOST[..]), ("scope", &SCOPE), ("monitor", &MONITOR)] {
        notes.label(&mut signal.labels, name, fields.first(names).unwrap_or_default());
    }
    signal.service = signal.labels.get("service").cloned();
    notes.link(&mut signal.links, fields.first(&LINK), "Datadog");
    notes.link(&mut signal.links, fields.first(&SNAPSHOT), "Snapshot");
    signal.started_at = fields.first(&DATE).and_then(|text| match text.parse::<f64>() {
        Ok(number) => notes.unix("date", number),
        Err(_) => notes.start("date", text),
    });
    signal
}

fn known_by(fields: &Flat<'_>, title: &Title<'_>, transition: &str, fresh: &str) -> String {
    let scope = fields.first(&SCOPE).or(fields.first(&HOST));
    if let Some(cycle) = fields.first(&CYCLE) {
        return key(cycle);
    }
    if let Some(monitor) = fields.first(&MONITOR) {
        return key(&format!("monitor:{monitor}:{}", scope.unwrap_or_default()));
    }
    match fields.first(&EVENT) {
        Some(event) if transition.is_empty() || title.words.is_empty() => {
            key(&format!("event:{event}"))
        }
        None if title.words.is_empty() => fresh.to_owned(),
        _ => {
            let own: String = title.own.iter().map(|mark| format!("[{mark}] ")).collect();
            let scope = Some(title.scope).filter(|said| !said.is_empty()).or(scope);
            key(&format!("title:{own}{}:{}", title.words, scope.unwrap_or_default()))
        }
    }
}

/// `Triggered`, `Re-Triggered`, `Warn`, `No Data`, `Recovered`, `Renotify`.
fn status(notes: &mut Notes, transition: &str) -> SignalStatus {
    let transition = transition.to_lowercase();
    let over = transition.contains("recover") || transition == "manually resolved";
    match transition.as_str() {
        "" | "re-triggered" | "no data" | "re-no data" | "re-warn" | "renotify" => {
            SignalStatus::Firing
        }
        _ if over => SignalStatus::Resolved,
        other => notes.status("alert_transition", Some(other)),
    }
}

fn severity(notes: &mut Notes, fields: &Flat<'_>, transition: &str, signal: &Signal) -> Severity {
    if let Some(priority) = signal.priority {
        return super::vocabulary::severity_of(priority);
    }
    let transition = transition.to_lowercase();
    if transition.contains("warn") || transition.contains("no data") {
        return Severity::Warning;
    }
    // `success` is the type of a recovery, and no word for how bad the alert was.
    let word =
        fields.first(&SEVERITY).filter(|word| !word.contains("success") && !word.contains("alert"));
    notes.severity("alert_type", word)
}

/// A title, `[P2] [Triggered on {host:web-1}] Disk is full`.
#[derive(Default)]
struct Title<'a> {
    /// What became of the alert, if a mark says it.
    state: &'a str,
    /// What it became so on, as that mark says it.
    scope: &'a str,
    /// Marks that say neither that nor a priority: somebody's own.
    own: Vec<&'a str>,
    /// The title without marks.
    words: &'a str,
}

impl<'a> Title<'a> {
    fn of(text: &'a str) -> Self {
        let mut title = Title { words: text.trim_start(), ..Title::default() };
        let mark = |words: &'a str| words.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        while let Some((mark, after)) = mark(title.words) {
            let after = after.trim_start();
            match state(mark) {
                Some(said) => (title.state, title.scope) = said,
                None if after.is_empty() || mark.len() > MARK_BYTES => break,
                None if super::priority(mark).is_some() => {}
                None => title.own.push(mark),
            }
            if after.is_empty() {
                break;
            }
            title.words = after;
        }
        title
    }
}

/// What a mark says became of an alert, and on what: `Triggered on {host:web-1}`.
fn state(mark: &str) -> Option<(&str, &str)> {
    let (state, scope) = mark.split_once(" on ").unwrap_or((mark, ""));
    let state = state.trim();
    let known = STATES.iter().any(|known| known.eq_ignore_ascii_case(state));
    known.then(|| (state, scope.trim_matches(['{', '}', ' '])))
}
