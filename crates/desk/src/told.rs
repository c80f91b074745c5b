//! Events as JSON, for timelines, streams and webhooks: the words they point at stand in
//! their place, and whoever sees the public side only gets what is meant for them.

use incident::event::Derived;
use incident::{Access, Cause, Event, Scope, Subject};
use kernel::{BatchId, ContentId, IncidentNumber, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::incidents::feed::{FeedEvent, subjects};
use store::incidents::timeline::{self, StoredContent};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// Where the kinds of events keep words of people, as `field` or `field/inner`.
const WORDS: &[(&str, &[&str])] = &[
    ("reported", &["title", "description"]),
    ("classified", &["title", "title_before"]),
    ("priority_changed", &["override/reason", "override_before/reason"]),
    ("commented", &["body"]),
    ("attached", &["name"]),
    ("put_on_hold", &["note"]),
    ("escalated", &["reason"]),
    ("major_proposed", &["reason"]),
    ("major_declined", &["reason"]),
    ("major_declared", &["reason"]),
    ("major_stood_down", &["reason"]),
    ("task_added", &["title"]),
    ("model_applied", &["runbook"]),
    ("work_logged", &["note"]),
    ("responders_called", &["note"]),
    ("call_answered", &["note"]),
    ("room_set", &["address", "before"]),
    ("impact_stated", &["statement", "before"]),
    ("outage_removed", &["reason"]),
    ("update_published", &["title", "body"]),
    ("update_drafted", &["title", "body"]),
    ("update_rejected", &["reason"]),
    ("resolved", &["note", "cause"]),
    ("disputed", &["note"]),
    ("rated", &["note"]),
    ("reopened", &["note"]),
    ("rule_ran", &["because"]),
    ("cancelled", &["reason"]),
    ("promised", &["reason"]),
    ("promise_changed", &["reason"]),
    ("expectation_set", &["reason"]),
    ("breach_explained", &["reason"]),
    ("pause_corrected", &["reason"]),
    ("paging_began", &["note"]),
    ("paged", &["note"]),
    ("page_declined", &["note"]),
];

/// What requesters and watchers see of the data of public events. Default is nothing.
const PUBLIC: &[(&str, &[&str])] = &[
    (
        "reported",
        &[
            "title",
            "description",
            "requester",
            "service",
            "category",
            "impact",
            "urgency",
            "priority",
            "team",
            "detected_at",
        ],
    ),
    ("classified", &["title"]),
    ("assigned", &["team", "assignee"]),
    ("commented", &["body", "visibility", "by_requester", "by_follower"]),
    ("attached", &["attachment", "name", "size_bytes", "media_type", "visibility"]),
    ("put_on_hold", &["reason", "until"]),
    ("resumed", &["reason"]),
    ("update_published", &["title", "body", "phase", "expected", "next_update"]),
    ("expectation_set", &["at", "low", "high", "reason"]),
    ("resolved", &["code", "note", "close_at"]),
    ("disputed", &["note"]),
    ("reopened", &["by_reply"]),
    ("closed", &["how"]),
    ("cancelled", &["reason"]),
    ("promised", &["at", "reason"]),
    ("promise_changed", &["at", "before", "reason"]),
    ("promise_broken", &["at"]),
];

/// Where events, and the commands that made them, name other incidents.
const NAMES: [&str; 6] = ["child", "follow_up_of", "from", "into", "parent", "target"];

/// An entry of a timeline, or an event of the stream.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct ToldEvent {
    /// Its position in the feed.
    pub seq: i64,
    /// Its place in the incident's timeline, from 1.
    pub n: u32,
    /// Its incident.
    #[schema(value_type = String, example = "INC-7")]
    pub number: IncidentNumber,
    /// Past tense of what happened.
    #[schema(example = "commented")]
    pub kind: String,
    /// The version of the form of `data`.
    pub version: u32,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub happened_at: Timestamp,
    /// Who did it.
    pub actor: ToldActor,
    /// Through which door.
    pub channel: &'static str,
    /// Why: `{"input": command}`, or `{"derived": {by, name, version}}`.
    pub cause: Value,
    /// The bulk edit it belongs to.
    #[schema(value_type = Option<String>)]
    pub batch: Option<BatchId>,
    /// What happened; words stand in it where the record points at them, null
    /// where they were erased. A related incident that the caller may not see is null, too.
    pub data: Value,
    /// The ids of those words by field, for `redact`.
    #[schema(value_type = BTreeMap<String, String>)]
    pub content_ids: BTreeMap<String, ContentId>,
    /// Whether words of it were erased.
    pub redacted: bool,
    /// Whether requester and watchers see it.
    pub public: bool,
}

impl ToldEvent {
    /// The same without the numbers of these incidents.
    pub fn without(mut self, hidden: &BTreeSet<IncidentNumber>) -> ToldEvent {
        if hidden.is_empty() {
            return self;
        }
        let is_hidden = |value: &Value| {
            let number = value.as_str().and_then(|text| text.parse().ok());
            number.is_some_and(|number| hidden.contains(&number))
        };
        let clear = |fields: &mut Map<String, Value>, names: &[&str]| {
            for name in names {
                if let Some(value) = fields.get_mut(*name).filter(|value| is_hidden(value)) {
                    *value = Value::Null;
                }
            }
        };
        for (place, names) in [("input", &NAMES[..]), ("derived", &["name"])] {
            if let Some(Value::Object(fields)) = self.cause.get_mut(place) {
                clear(fields, names);
            }
        }
        if let Value::Object(fields) = &mut self.data {
            clear(fields, &NAMES);
        }
        self
    }
}

/// Those of the incidents that an event names which somebody with this scope may not see.
pub fn hidden(
    named: &BTreeSet<IncidentNumber>,
    subjects: &HashMap<IncidentNumber, Subject>,
    scope: &Scope,
) -> BTreeSet<IncidentNumber> {
    let seen = |number: &IncidentNumber| {
        subjects.get(number).is_some_and(|subject| scope.access(subject) != Access::None)
    };
    named.iter().copied().filter(|number| !seen(number)).collect()
}

/// Who did it, as they were named then.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToldActor {
    /// `person`, `integration` or `system`.
    pub kind: &'static str,
    /// Their id within that.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// Words by id.
pub type Contents = HashMap<ContentId, StoredContent>;

/// The words an event points at.
pub fn words_of(event: &Event) -> Vec<ContentId> {
    let data = data_of(event);
    places(event.body.kind()).filter_map(|place| id_at(&data, place)).collect()
}

/// Tells an event; `full` to staff, otherwise its public side. Whoever may not
/// see the event at all must not be told: that is the caller's to check.
pub fn tell(
    seq: i64,
    number: IncidentNumber,
    event: &Event,
    public: bool,
    contents: &Contents,
    full: bool,
) -> ToldEvent {
    let kind = event.body.kind().to_owned();
    let mut data = data_of(event);
    if !full {
        let allowed = PUBLIC.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, f)| f);
        data.retain(|field, _| allowed.contains(&field.as_str()));
    }
    let mut content_ids = BTreeMap::new();
    let mut redacted = false;
    for place in places(&kind) {
        let Some(id) = id_at(&data, place) else { continue };
        let found = contents.get(&id).filter(|content| full || content.public);
        let body = found.and_then(|content| content.body.clone());
        redacted |= found.is_some_and(|content| content.body.is_none());
        put_at(&mut data, place, body.map_or(Value::Null, Value::String));
        if full {
            content_ids.insert(place.replace('/', "."), id);
        }
    }
    ToldEvent {
        seq,
        n: event.n,
        number,
        version: event.body.version(),
        kind,
        at: event.at,
        happened_at: event.happened_at,
        actor: ToldActor {
            kind: event.actor.kind.as_str(),
            id: event.actor.id.clone(),
            name: event.actor.name.clone(),
        },
        channel: event.channel.as_str(),
        cause: cause(&event.cause, full),
        batch: event.batch.filter(|_| full),
        data: Value::Object(data),
        content_ids,
        redacted,
        public,
    }
}

/// An event as staff and as others see it.
pub struct Rendered {
    /// Its position in the feed.
    pub seq: i64,
    subject: Subject,
    /// The other incidents it names, with what their visibility depends on.
    names: BTreeSet<IncidentNumber>,
    subjects: Arc<HashMap<IncidentNumber, Subject>>,
    full: ToldEvent,
    public: Option<ToldEvent>,
}

impl Rendered {
    /// What somebody with this scope may see of it.
    pub fn told(&self, scope: &Scope) -> Option<Cow<'_, ToldEvent>> {
        let told = match scope.access(&self.subject) {
            Access::Full => &self.full,
            Access::Public => self.public.as_ref()?,
            Access::None => return None,
        };
        let hidden = hidden(&self.names, &self.subjects, scope);
        Some(match hidden.is_empty() {
            true => Cow::Borrowed(told),
            false => Cow::Owned(told.clone().without(&hidden)),
        })
    }
}

/// Which words of an event staff get to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// All of them.
    Everything,
    /// Those that requester and watchers may read; the others are null.
    PublicWords,
}

/// Renders events of the feed.
pub fn render(sql: &mut dyn Sql, events: &[FeedEvent], say: Say) -> Result<Vec<Rendered>, Failure> {
    let ids: Vec<_> = events.iter().flat_map(|one| words_of(&one.event)).collect();
    let mut contents = timeline::contents_by_id(sql, &ids)?;
    if say == Say::PublicWords {
        contents.retain(|_, content| content.public);
    }
    let names: BTreeSet<IncidentNumber> = events.iter().flat_map(|one| one.event.names()).collect();
    let subjects = Arc::new(subjects(sql, &names.into_iter().collect::<Vec<_>>())?);
    let one = |one: &FeedEvent| {
        let tell = |full| tell(one.seq, one.number, &one.event, one.public, &contents, full);
        Rendered {
            seq: one.seq,
            subject: one.subject.clone(),
            names: one.event.names(),
            subjects: subjects.clone(),
            full: tell(true),
            public: one.public.then(|| tell(false)),
        }
    };
    Ok(events.iter().map(one).collect())
}

/// With all fields of the command to staff; to others the name alone, since
/// fields may be internal. Other incidents are not named to them.
fn cause(cause: &Cause, full: bool) -> Value {
    match cause {
        Cause::Input(command) if full => {
            let command = serde_json::to_value(command).unwrap_or(Value::Null);
            json!({ "input": command })
        }
        Cause::Input(command) => json!({ "input": { "command": command.name().as_str() } }),
        Cause::Derived(Derived { by, name, version }) if full => {
            json!({ "derived": { "by": by, "name": name, "version": version } })
        }
        Cause::Derived(Derived { by, .. }) => json!({ "derived": { "by": by } }),
    }
}

fn data_of(event: &Event) -> Map<String, Value> {
    match serde_json::from_str(&event.body.data_json()) {
        Ok(Value::Object(data)) => data,
        _ => Map::new(),
    }
}

fn places(kind: &str) -> impl Iterator<Item = &'static str> + use<> {
    let found = WORDS.iter().find(|(name, _)| *name == kind);
    found.map_or(&[][..], |(_, places)| places).iter().copied()
}

fn id_at(data: &Map<String, Value>, place: &str) -> Option<ContentId> {
    let (field, inner) = place.split_once('/').map_or((place, None), |(f, i)| (f, Some(i)));
    let mut value = data.get(field)?;
    if let Some(inner) = inner {
        value = value.get(inner)?;
    }
    value.as_str()?.parse().ok()
}

fn put_at(data: &mut Map<String, Value>, place: &str, words: Value) {
    let (field, inner) = place.split_once('/').map_or((place, None), |(f, i)| (f, Some(i)));
    let slot = match (data.get_mut(field), inner) {
        (Some(value), None) => Some(value),
        (Some(value), Some(inner)) => value.get_mut(inner),
        (None, _) => None,
    };
    if let Some(slot) = slot {
        *slot = words;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_name_events_that_exist() {
        for (kind, _) in WORDS.iter().chain(PUBLIC) {
            assert!(incident::Body::KINDS.iter().any(|(known, _)| known == kind), "{kind}");
        }
    }

    #[test]
    fn an_incident_that_is_hidden_is_named_nowhere() {
        let cause = |text: &str| serde_json::from_str::<Cause>(text).unwrap();
        let by_incident = r#"{"derived": {"by": "incident", "name": "INC-77", "version": 0}}"#;
        let linked = r#"{"input": {"command": "link", "kind": "caused_by", "target": "INC-77"}}"#;
        let merged = r#"{"input": {"command": "merge", "into": "INC-77"}}"#;
        let reported = r#"{"input": {"command": "report", "title": "00000000-0000-7000-8000-000000000001", "requester": "00000000-0000-7000-8000-000000000003", "parent": "INC-77"}}"#;
        let report = r#"{"title": "00000000-0000-7000-8000-000000000001", "requester": "00000000-0000-7000-8000-000000000003", "impact": 2, "urgency": 1, "priority": "P2", "parent": "INC-77", "agreement": {"id": "00000000-0000-7000-8000-000000000009", "version": 1}}"#;
        for (kind, data, why) in [
            ("reported", report, reported),
            ("linked", r#"{"kind": "caused_by", "target": "INC-77", "reverse": false}"#, linked),
            ("unlinked", r#"{"kind": "caused_by", "target": "INC-77", "reverse": true}"#, linked),
            ("child_added", r#"{"child": "INC-77"}"#, by_incident),
            ("child_removed", r#"{"child": "INC-77"}"#, by_incident),
            ("merged", r#"{"into": "INC-77"}"#, merged),
            ("unmerged", r#"{"from": "INC-77"}"#, merged),
            ("merge_received", r#"{"from": "INC-77"}"#, by_incident),
            ("merge_withdrawn", r#"{"from": "INC-77"}"#, by_incident),
        ] {
            let event = Event {
                n: 2,
                at: Timestamp::default(),
                happened_at: Timestamp::default(),
                actor: kernel::Actor::system(),
                channel: kernel::Channel::Api,
                cause: cause(why),
                batch: None,
                body: incident::Body::decode(kind, 1, data),
            };
            let told = tell(1, IncidentNumber(7), &event, false, &Contents::new(), true);
            let text = |told: &ToldEvent| serde_json::to_string(told).unwrap();
            assert_eq!(text(&told).matches("INC-77").count(), 2, "{kind}");
            let hidden = event.names();
            assert!(!text(&told.without(&hidden)).contains("INC-77"), "{kind}");
        }
    }
}
