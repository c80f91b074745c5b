//! What is tried where an integration has no mapping: names that many programs use, in the places
//! where they put them.

use super::expression::{Expression, Found, Ground, elements};
use super::fields::{Field, Mapping, scalar};
use super::parse::parse;
use serde_json::Value;
use std::sync::LazyLock;

/// What each field is called. What stands around an alert (`$`) counts where it says nothing of
/// its own.
const GUESSES: [(Field, &str); 13] = [
    (
        Field::Key,
        "dedup_key ?? deduplication_key ?? dedup ?? alias ?? fingerprint ?? incident_key ?? alert_id ?? alertId ?? incident_id ?? incidentId ?? check_id ?? ProblemID ?? key ?? id",
    ),
    (
        Field::Status,
        "status ?? state ?? event_action ?? action ?? alert_status ?? alert_action ?? monitorCondition ?? State ?? match alert_type { 'ALERT_RECOVERY' | 'ALERT_DEGRADED_RECOVERY' => 'resolved' } ?? $.status ?? $.state ?? $.action ?? match $.eventType { 'ALERT_NOTIFICATION_CLEAR' => 'resolved' }",
    ),
    (
        Field::Severity,
        "severity ?? level ?? priority ?? criticality ?? labels.severity ?? match type { 'failure' => 'error', 'warning' => 'warning', 'info' | 'success' => 'info' } ?? $.severity",
    ),
    (
        Field::Title,
        "title ?? summary ?? subject ?? name ?? annotations.summary ?? alertname ?? labels.alertname ?? alert_name ?? alertRule ?? ruleName ?? policy_name ?? ProblemTitle ?? messageTitle ?? message ?? text ?? msg ?? description",
    ),
    (
        Field::Body,
        "description ?? details ?? annotations.description ?? messageBody ?? message ?? body ?? text ?? msg",
    ),
    (Field::Labels, "labels ?? tags ?? metadata ?? meta"),
    (
        Field::Links,
        "url ?? link ?? source_url ?? alert_url ?? generatorURL ?? detectorUrl ?? ProblemURL",
    ),
    (Field::Service, "service ?? service_name ?? labels.service"),
    (Field::Group, "group_key ?? groupKey ?? $.groupKey"),
    (Field::Priority, "priority"),
    (
        Field::StartedAt,
        "started_at ?? startsAt ?? timestamp ?? time ?? created_at ?? firedDateTime",
    ),
    (Field::Note, "note"),
    (Field::Once, "once"),
];

/// What tells an alert from others and stands around it; not around a list of them.
const KEY_AROUND: &str = "$.dedup_key ?? $.fingerprint ?? $.alert_id ?? $.alertId ?? $.incident_id ?? $.incidentId ?? $.data.id";

/// A title where there is none, and no sign of an alert: around one it is the kind of a message.
const OTHERWISE_TITLE: &str = "event ?? topic ?? alert ?? messageBody";

/// Where programs put their alerts, first what says most: a list of them, the document, or something
/// in it.
const PLACES: [&str; 11] = [
    "alerts",
    "$",
    "alert",
    "incident",
    "issue",
    "problem",
    "event",
    "data.issue",
    "data.essentials",
    "data.attributes",
    "data",
];

/// Those of [`PLACES`] that stand in what an envelope holds.
const IN_ENVELOPE: &str = "data";
/// Words by which an envelope says that a request went well, and nothing of an alert.
const WENT_WELL: [&str; 2] = ["ok", "success"];
/// What names an alert, and no envelope: that has a message at most.
const NAMES: [&str; 5] = ["title", "summary", "subject", "name", "alertname"];

/// By [`GUESSES`] alone: the document is the alert.
static WHOLE: LazyLock<Mapping> = LazyLock::new(|| guessing(None, Around::Said));

/// The same for each of [`PLACES`].
static PLACED: LazyLock<Vec<Mapping>> =
    LazyLock::new(|| PLACES.iter().map(|place| guessing(Some(*place), Around::Said)).collect());

/// The same in an envelope, whose status is not that of the alert in it.
static ENVELOPED: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    let inner = PLACES.iter().filter(|place| place.starts_with(IN_ENVELOPE));
    inner.map(|place| guessing(Some(*place), Around::Unsaid)).collect()
});

/// The same for an envelope of which nobody knows where its alert is.
static UNSAID: LazyLock<Mapping> = LazyLock::new(|| {
    let mut mapping = guessing(None, Around::Unsaid);
    mapping.fields.remove(&Field::Status);
    mapping
});

/// Whether what stands around an alert says whether it fires.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Said,
    Unsaid,
}

/// What gives an alert its title, without [`OTHERWISE_TITLE`].
static TITLED: LazyLock<Option<Expression>> = LazyLock::new(|| {
    GUESSES.iter().find(|guess| guess.0 == Field::Title).and_then(|guess| parse(guess.1).ok())
});

fn guessing(place: Option<&'static str>, around: Around) -> Mapping {
    let each = place.map(|place| (Field::Each, place));
    let fields = GUESSES.into_iter().chain(each).filter_map(|(field, text)| {
        let text = match field {
            Field::Key if !matches!(place, None | Some("alerts" | "$")) => {
                format!("{text} ?? {KEY_AROUND}")
            }
            Field::Title => format!("{text} ?? {OTHERWISE_TITLE}"),
            Field::Status if around == Around::Unsaid => {
                text.split(" ?? $.").next().unwrap_or_default().to_owned()
            }
            _ => text.to_owned(),
        };
        parse(&text).ok().map(|expression| (field, (text, expression)))
    });
    Mapping { fields: fields.collect() }
}

impl Mapping {
    /// The mapping of integrations that have none of their own: it knows the usual names.
    pub fn usual() -> &'static Mapping {
        &WHOLE
    }

    /// The same for a document, whose alerts may be a list, or stand in something that is around
    /// them: what has a title is the alert.
    ///
    /// ```
    /// use alert::mapping::Mapping;
    /// let now = "2026-11-23T05:00:00Z".parse().unwrap();
    /// let document = serde_json::json!({"version": "1", "incident": {"summary": "Disk full", "state": "open"}});
    /// let reading = Mapping::usual_for(&document).read(&document, now, "fresh");
    /// assert_eq!(reading.signals[0].title, "Disk full");
    /// ```
    pub fn usual_for(document: &Value) -> &'static Mapping {
        let titled = |mapping: &&'static Mapping| mapping.finds_a_title(document);
        let own = PLACED.iter().find(titled);
        if !is_envelope(document) {
            return own.unwrap_or(&WHOLE);
        }
        ENVELOPED.iter().find(titled).or(own).unwrap_or(&UNSAID)
    }

    /// Whether the first of its elements is titled by something that is a text.
    fn finds_a_title(&self, document: &Value) -> bool {
        let each = self.fields.get(&Field::Each).map(|(_, expression)| expression);
        let Some((each, title)) = each.zip(TITLED.as_ref()) else { return false };
        let mut ground = Ground::new(document);
        let Some(first) = elements(each, &mut ground).first().copied() else { return false };
        ground.element = first;
        match title.evaluate(&mut ground) {
            Found::Value(value) => scalar(value).is_some(),
            Found::Text(_) => true,
            Found::Values(_) | Found::Nothing => false,
        }
    }
}

/// Whether a document is what programs put around whatever they send: it says that all went well,
/// `{"status": "ok", "data": {…}}`. An alert that has data has a name beside it.
fn is_envelope(document: &Value) -> bool {
    let word = document.get("status").or_else(|| document.get("state")).and_then(Value::as_str);
    let well = word
        .is_some_and(|word| WENT_WELL.iter().any(|known| known.eq_ignore_ascii_case(word.trim())));
    let holds = document.get(IN_ENVELOPE).is_some_and(Value::is_object);
    well && holds && NAMES.iter().all(|name| document.get(*name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SignalStatus;

    #[test]
    fn that_a_request_went_well_says_nothing_of_the_alert_in_it() {
        let now = "2026-11-23T05:00:00Z".parse().unwrap();
        let read = |document: serde_json::Value| {
            let reading = Mapping::usual_for(&document).read(&document, now, "fresh");
            let told = reading.signals.into_iter().next().unwrap();
            (told.title, told.status)
        };
        let (firing, over) = (SignalStatus::Firing, SignalStatus::Resolved);
        for (document, title, status) in [
            (serde_json::json!({"status": "ok", "data": {"title": "CPU"}}), "CPU", firing),
            (
                serde_json::json!({"status": "Success", "message": "Sent", "data": {"name": "CPU"}}),
                "CPU",
                firing,
            ),
            (
                serde_json::json!({"status": "ok", "data": {"attributes": {"title": "CPU"}}}),
                "CPU",
                firing,
            ),
            // What says what it is itself is heard.
            (
                serde_json::json!({"status": "ok", "data": {"title": "CPU", "status": "resolved"}}),
                "CPU",
                over,
            ),
            (serde_json::json!({"status": "resolved", "data": {"title": "CPU"}}), "CPU", over),
            (serde_json::json!({"title": "CPU", "status": "ok", "data": {"load": 3}}), "CPU", over),
            (
                serde_json::json!({"message": "CPU", "status": "ok", "data": {"load": 3}}),
                "CPU",
                over,
            ),
            (serde_json::json!({"message": "CPU", "status": "ok", "data": "x"}), "CPU", over),
            (
                serde_json::json!({"status": "ok", "data": {"load": 3}}),
                "Alert without a title",
                firing,
            ),
        ] {
            assert_eq!(read(document.clone()), (title.to_owned(), status), "{document}");
        }
    }

    #[test]
    fn what_tells_an_alert_from_others_may_stand_around_it() {
        let now = "2026-11-23T05:00:00Z".parse().unwrap();
        let key = |document: serde_json::Value, fresh: &str| {
            let reading = Mapping::usual_for(&document).read(&document, now, fresh);
            reading.signals[0].key.clone()
        };
        let told = |status: &str| serde_json::json!({"alert_id": "7", "status": status, "alert": {"name": "CPU"}});
        assert_eq!(key(told("firing"), "a"), key(told("resolved"), "b"));
        let attributes = |status: &str| serde_json::json!({"data": {"id": "9", "attributes": {"title": "CPU", "status": status}}});
        assert_eq!(key(attributes("open"), "a"), key(attributes("closed"), "b"));
        let list = |name: &str| serde_json::json!({"alert_id": "7", "alerts": [{"name": name}]});
        assert_ne!(key(list("CPU"), "a"), key(list("CPU"), "b"));
    }

    #[test]
    fn every_guess_is_an_expression() {
        assert_eq!(WHOLE.fields.len(), GUESSES.len());
        for (place, mapping) in PLACES.into_iter().zip(PLACED.iter()) {
            assert_eq!(mapping.fields.len(), GUESSES.len() + 1, "{place}");
        }
        assert_eq!(ENVELOPED.len(), 4);
        assert!(ENVELOPED.iter().all(|mapping| mapping.fields.len() == GUESSES.len() + 1));
        assert!(TITLED.is_some());
    }
}
