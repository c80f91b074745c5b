//! Planned work as a calendar (RFC 5545) that calendar programs subscribe to.

use crate::snapshot::{Work, WorkPhase};
use crate::view::View;
use kernel::Timestamp;
use kernel::ical::{escaped, write};

/// The calendar of planned work, soonest first, with work that does not take place as cancelled.
pub(crate) fn calendar(view: &View) -> Vec<u8> {
    let mut out = String::new();
    let language = view.snapshot.site.languages.first().copied().unwrap_or_default();
    let texts = locale::status(language);
    let named = format!("{}: {}", view.snapshot.site.name, texts.planned());
    let mut say = |name: &str, value: &str| write(&mut out, name, value);
    say("BEGIN", "VCALENDAR");
    say("VERSION", "2.0");
    say("PRODID", "-//Evenkeel//Status page//EN");
    say("CALSCALE", "GREGORIAN");
    say("METHOD", "PUBLISH");
    say("NAME", &escaped(&named));
    say("X-WR-CALNAME", &escaped(&named));
    say("X-WR-TIMEZONE", view.clock.zone_name());
    say("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    say("X-PUBLISHED-TTL", "PT1H");
    for work in &view.snapshot.works {
        event(view, &texts, work, &mut say);
    }
    say("END", "VCALENDAR");
    out.into_bytes()
}

fn event(view: &View, texts: &locale::Status, work: &Work, say: &mut impl FnMut(&str, &str)) {
    let changed = work.updated_at.max(work.created_at);
    let names: Vec<&str> = view.components(&work.components).map(|of| of.name.as_str()).collect();
    let mut about = work.body.clone();
    if !names.is_empty() {
        about = format!("{about}\n\n{}", texts.affects(names.join(", ")));
    }
    let place = if work.is_ahead(view.snapshot.at) { "" } else { "history" };
    say("BEGIN", "VEVENT");
    say("UID", &format!("{}@evenkeel", work.key()));
    // When it was changed, not when it was asked for: the same calendar has the same text.
    say("DTSTAMP", &utc(changed));
    say("CREATED", &utc(work.created_at));
    say("LAST-MODIFIED", &utc(changed));
    say("SEQUENCE", &sequence(work).to_string());
    say("DTSTART", &utc(work.starts_at));
    say("DTEND", &utc(work.ends_at));
    say("SUMMARY", &escaped(&work.title));
    say("DESCRIPTION", &escaped(about.trim()));
    say("URL", &view.url(&format!("{place}#work-{}", work.key())));
    let cancelled = work.phase == WorkPhase::Cancelled;
    say("STATUS", if cancelled { "CANCELLED" } else { "CONFIRMED" });
    // Whoever reads it may have appointments all the same.
    say("TRANSP", "TRANSPARENT");
    say("END", "VEVENT");
}

/// A number that grows with every change: seconds from being made to the last change.
fn sequence(work: &Work) -> i64 {
    work.updated_at.seconds_since(work.created_at).clamp(0, i64::from(i32::MAX))
}

fn utc(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}
