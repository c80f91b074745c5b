//! The Alert API of Opsgenie, and the same paths of Jira Service Management.

use super::answer::say;
use super::asked::Asked;
use super::keys::Source;
use super::webhook::{told, whole};
use super::{Doors, failed};
use alert::doors::opsgenie::answers::{self, Outcome};
use alert::doors::opsgenie::search::{Field, Search};
use alert::doors::opsgenie::{self, Act, By, Call, Create, PRIORITY, Part, Refused, Which};
use alert::{Reading, Severity, Signal, SignalStatus};
use axum::extract::{Request, State};
use axum::response::Response;
use desk::{AlertsTold, Beat, Trouble};
use kernel::{AlertId, Muted, Priority, Timestamp};
use serde_json::{Value, json};
use store::alerts::found::Found;

/// The name of this door.
const DOOR: &str = "opsgenie";
/// What a client that asks how long it took is told; nothing else waits for it.
const TOOK_SECONDS: f64 = 0.0;

/// Any call; its key stands in the header.
pub(super) async fn call(State(doors): State<Doors>, request: Request) -> Response {
    let (asked, body) = Asked::begin(&doors, request);
    let source = match doors.keys.find(asked.authorization("geniekey").unwrap_or_default()).await {
        Ok(Some(source)) => source,
        Ok(None) => return say(401, &answers::no_such_key(asked.fresh())),
        Err(trouble) => return failed(&trouble),
    };
    let asked = match whole(&doors, &source, DOOR, (asked, body)).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    match asked.with(&asked.path, opsgenie::read) {
        Ok(call) => Caller { doors: &doors, source: &source, asked: &asked }.does(call).await,
        Err(refused) => {
            if let Refused::Unreadable(error) = &refused
                && let Err(later) =
                    doors.not_understood(&source, DOOR, &asked, &error.to_string()).await
            {
                return later;
            }
            let (status, body) = answers::refused(&refused, asked.fresh());
            say(status, &body)
        }
    }
}

struct Caller<'a> {
    doors: &'a Doors,
    source: &'a Source,
    asked: &'a Asked,
}

impl Caller<'_> {
    async fn does(&self, call: Call) -> Response {
        match call {
            Call::Create(create) | Call::CreateIncident(create) => self.create(*create).await,
            Call::Act { alert, act, by } => self.acts(&alert, act, by).await,
            Call::CloseIncident { incident, by } => self.acts(&incident, Act::Close, by).await,
            Call::List(search) => match self.search(&search).await {
                Ok(found) => {
                    let page = found.into_iter().skip(search.offset).take(search.limit);
                    let page: Vec<_> = page.map(|found| self.alert(&found, false)).collect();
                    self.data(json!(page))
                }
                Err(refused) => refused,
            },
            Call::Count(search) => match self.search(&search).await {
                Ok(found) => self.data(json!({ "count": found.len() })),
                Err(refused) => refused,
            },
            Call::Show(which, part) => self.show(&which, part).await,
            Call::Request(id) => self.became(&id),
            Call::Ping(name) => {
                let beat = Beat { name, failed: false, note: None };
                let told = AlertsTold { beats: vec![beat], ..AlertsTold::default() };
                match self.doors.take(self.source, told).await {
                    Ok(_) => say(202, &answers::pong(self.asked.fresh(), TOOK_SECONDS)),
                    Err(refused) => refused,
                }
            }
        }
    }

    async fn create(&self, mut create: Create) -> Response {
        if let Err(trouble) = self.fill(&mut create.reading).await {
            return failed(&trouble);
        }
        let alias = create.reading.signals.first().map(|signal| signal.key.clone());
        match self.doors.take(self.source, told(create.reading, DOOR, self.asked)).await {
            Ok(taken) => {
                let about = taken.alert.map(|id| (id, alias.unwrap_or_default()));
                self.accepted("Create", about)
            }
            Err(refused) => refused,
        }
    }

    /// An alert that is open already keeps what this telling of it does not say, as over there.
    async fn fill(&self, reading: &mut Reading) -> Result<(), Trouble> {
        let Some(signal) = reading.signals.first_mut() else { return Ok(()) };
        let known = self.find(&Which::Alias(signal.key.clone())).await?;
        let Some(known) = known.filter(|found| found.alert.is_open()) else { return Ok(()) };
        let said =
            known.details.labels.get(PRIORITY).and_then(|word| word.parse::<Priority>().ok());
        if !signal.labels.contains_key(PRIORITY) && said.is_some() {
            (signal.severity, signal.priority) = (known.alert.severity, said);
        }
        let before = known.details;
        if signal.body.is_empty() {
            signal.body = before.body;
        }
        if signal.responders.is_empty() {
            signal.responders = before.responders;
        }
        for (name, value) in before.labels {
            signal.labels.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// Does something about an alert. Calls are asynchronous over there: one about an alert
    /// that nobody knows is accepted and changes nothing.
    async fn acts(&self, which: &Which, act: Act, by: By) -> Response {
        let found = match self.find(which).await {
            Ok(found) => found,
            Err(trouble) => return failed(&trouble),
        };
        // What is over over there takes notes, and nothing else.
        let takes = |found: &Found| found.alert.is_open() || act == Act::Note;
        let action = action(&act);
        let Some(found) = found.filter(takes) else {
            return self.accepted(action, None);
        };
        let id = found.alert.id;
        let done = match act {
            Act::Snooze(until) => self.act_on(&found, desk::Act::Snooze(until), &by).await,
            Act::Unacknowledge => self.act_on(&found, desk::Act::GiveBack, &by).await,
            act => match signal(&found, act, &by) {
                Some(signal) => self.tell(signal).await,
                None => self.note(&found, &by).await,
            },
        };
        match done {
            Ok(()) | Err(Trouble::Refused(_)) => self.accepted(action, Some((id, found.alert.key))),
            Err(trouble) => failed(&trouble),
        }
    }

    /// Does what no signal tells. What is said with it is noted though it changes nothing.
    async fn act_on(&self, found: &Found, act: desk::Act, by: &By) -> Result<(), Trouble> {
        let source = &self.source.integration;
        match self.doors.desk.act_as_source(source, found.alert.id, act).await {
            Ok(_) | Err(Trouble::Refused(_)) => self.note(found, by).await,
            Err(trouble) => Err(trouble),
        }
    }

    async fn tell(&self, signal: Signal) -> Result<(), Trouble> {
        let reading = Reading { signals: vec![signal], ..Reading::default() };
        let told = AlertsTold { reading, ..AlertsTold::default() };
        self.doors.desk.signals(self.source.integration.id, told).await.map(drop)
    }

    /// What is said with a call that changes nothing else stands in the incident.
    async fn note(&self, found: &Found, by: &By) -> Result<(), Trouble> {
        let (Some(number), Some(note)) = (found.alert.number, &by.note) else { return Ok(()) };
        let text = attributed(note, by);
        self.doors.desk.note_as_source(&self.source.integration, number, &text).await
    }

    async fn find(&self, which: &Which) -> Result<Option<Found>, Trouble> {
        let source = self.source.integration.id;
        match which {
            Which::Id(text) => match text.parse::<AlertId>() {
                Ok(id) => self.doors.desk.alert_by_id(source, id).await,
                Err(_) => Ok(None),
            },
            Which::Alias(key) => self.doors.desk.alert_by_key(source, key.clone()).await,
            Which::Tiny(short) => {
                let all = self.doors.desk.alerts_of(source).await?;
                Ok(all.into_iter().find(|found| tiny(found.alert.id) == *short))
            }
        }
    }

    async fn show(&self, which: &Which, part: Part) -> Response {
        let found = match self.find(which).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.missing("Alert"),
            Err(trouble) => return failed(&trouble),
        };
        match part {
            Part::Whole => self.data(json!(self.alert(&found, true))),
            Part::Notes => self.notes(&found).await,
            Part::Logs | Part::Recipients => self.data(json!([])),
        }
    }

    /// What this source noted in the incident of an alert.
    async fn notes(&self, found: &Found) -> Response {
        let source = self.source.integration.id;
        let notes = match found.alert.number {
            Some(number) => self.doors.desk.notes_of_source(source, number).await,
            None => Ok(vec![]),
        };
        match notes {
            Ok(notes) => {
                let note =
                    |(created_at, note): (Timestamp, String)| answers::Note::of(note, created_at);
                self.data(json!(notes.into_iter().map(note).collect::<Vec<_>>()))
            }
            Err(trouble) => failed(&trouble),
        }
    }

    fn became(&self, id: &str) -> Response {
        match self.doors.requests.find(id, self.source.integration.id) {
            Some(outcome) => self.data(json!(outcome)),
            None => self.missing("Request"),
        }
    }

    async fn search(&self, search: &Search) -> Result<Vec<Found>, Response> {
        let all = self.doors.desk.alerts_of(self.source.integration.id).await;
        let mut all = all.map_err(|trouble| failed(&trouble))?;
        all.retain(|found| search.filter.matches(&|field| values(found, field)));
        if !search.descending {
            all.reverse();
        }
        Ok(all)
    }

    fn alert(&self, found: &Found, whole: bool) -> answers::Alert {
        let alert = &found.alert;
        let snoozed = alert.muted == Some(Muted::Snoozed);
        answers::Alert {
            id: alert.id.to_string(),
            tiny_id: tiny(alert.id),
            alias: alert.key.clone(),
            message: found.details.title.clone(),
            status: if alert.is_open() { "open" } else { "closed" }.to_owned(),
            acknowledged: alert.state == SignalStatus::Acknowledged,
            is_seen: false,
            tags: tags(found),
            snoozed,
            snoozed_until: alert.muted_until.filter(|_| snoozed),
            count: u64::try_from(alert.count).unwrap_or_default(),
            last_occurred_at: alert.last_at,
            created_at: alert.first_at,
            updated_at: alert.last_at,
            source: found.details.labels.get("source").cloned().unwrap_or_default(),
            owner: String::new(),
            priority: priority(found),
            description: whole.then(|| found.details.body.clone()),
            entity: found.details.labels.get("entity").cloned().filter(|_| whole),
            details: whole.then(|| found.details.labels.clone()),
        }
    }

    /// Says that a call was accepted, and keeps what became of it for a client that asks. One
    /// about an alert that nobody knows, or that is over, was accepted and changed nothing.
    fn accepted(&self, action: &str, about: Option<(AlertId, String)>) -> Response {
        let source = self.source.integration.id;
        let (status, id, alias) = match about {
            Some((id, alias)) => (format!("{action}: done"), id.to_string(), alias),
            None => ("Alert does not exist".to_owned(), String::new(), String::new()),
        };
        let outcome = Outcome {
            is_success: !id.is_empty(),
            action: action.to_owned(),
            processed_at: self.doors.desk.now(),
            integration_id: source.to_string(),
            status,
            alert_id: id,
            alias,
        };
        self.doors.requests.keep(self.asked.fresh(), source, outcome);
        say(202, &answers::accepted(self.asked.fresh(), TOOK_SECONDS))
    }

    fn data(&self, data: Value) -> Response {
        say(200, &answers::data(data, self.asked.fresh(), TOOK_SECONDS))
    }

    fn missing(&self, what: &str) -> Response {
        say(404, &answers::not_found(what, self.asked.fresh()))
    }
}

/// What an act is called over there.
fn action(act: &Act) -> &'static str {
    match act {
        Act::Close => "Close",
        Act::Acknowledge => "Acknowledge",
        Act::Unacknowledge => "UnAcknowledge",
        Act::Snooze(_) => "Snooze",
        Act::Note => "AddNote",
        Act::AddTags(_) => "AddTags",
        Act::RemoveTags(_) => "RemoveTags",
        Act::AddDetails(_) => "AddDetails",
        Act::RemoveDetails(_) => "RemoveDetails",
        Act::AddResponder(_) => "AddResponder",
        Act::Assign(_) => "Assign",
        Act::Escalate(_) => "EscalateToNext",
        Act::Message(_) => "UpdateMessage",
        Act::Description(_) => "UpdateDescription",
        Act::Priority(_) => "UpdatePriority",
        Act::Custom(_) => "ExecuteCustomAction",
        Act::Delete => "Delete",
    }
}

/// A note with who wrote it, as the client calls them.
fn attributed(note: &str, by: &By) -> String {
    match &by.user {
        Some(user) => format!("{user}: {note}"),
        None => note.to_owned(),
    }
}

/// What an act tells of an alert, as a signal of its source; `None` where it tells nothing
/// that alerts know.
fn signal(found: &Found, act: Act, by: &By) -> Option<Signal> {
    let key = found.alert.key.clone();
    let bare = |status| Signal {
        note: by.note.as_ref().map(|note| attributed(note, by)),
        ..Signal::new(key.clone(), status, found.details.title.clone())
    };
    let as_it_is = || Signal {
        severity: found.alert.severity,
        body: found.details.body.clone(),
        labels: found.details.labels.clone(),
        links: found.details.links.clone(),
        responders: found.details.responders.clone(),
        ends_at: found.alert.ends_at,
        ..bare(SignalStatus::Firing)
    };
    match act {
        Act::Close | Act::Delete => Some(bare(SignalStatus::Resolved)),
        Act::Acknowledge => Some(bare(SignalStatus::Acknowledged)),
        Act::Message(title) => Some(Signal { title, ..as_it_is() }),
        Act::Description(body) => Some(Signal { body, ..as_it_is() }),
        Act::Priority(priority) => {
            let mut signal = Signal { severity: severity(priority), ..as_it_is() };
            signal.labels.insert(PRIORITY.to_owned(), priority.to_string());
            Some(signal)
        }
        Act::AddDetails(details) => {
            let mut signal = as_it_is();
            signal.labels.extend(details);
            Some(signal)
        }
        Act::RemoveDetails(names) => {
            let mut signal = as_it_is();
            signal.labels.retain(|name, _| !names.contains(name));
            Some(signal)
        }
        Act::AddTags(more) => {
            let mut all = tags(found);
            all.extend(more.into_iter().filter(|tag| !tags(found).contains(tag)));
            Some(tagged(as_it_is(), &all))
        }
        Act::RemoveTags(some) => {
            let mut all = tags(found);
            all.retain(|tag| !some.contains(tag));
            Some(tagged(as_it_is(), &all))
        }
        _ => None,
    }
}

/// A short number that a client can show: the end of the id.
fn tiny(id: AlertId) -> String {
    let text = id.to_string();
    text.rsplit('-').next().unwrap_or_default().to_owned()
}

/// The priority that was said; P3 where none was, as there.
fn priority(found: &Found) -> Priority {
    let said = found.details.labels.get(PRIORITY).and_then(|word| word.parse::<Priority>().ok());
    let [p1, p2, p3, _, p5] = Priority::ALL;
    said.unwrap_or(match found.alert.severity {
        Severity::Critical => p1,
        Severity::Error => p2,
        Severity::Warning => p3,
        Severity::Info => p5,
    })
}

fn severity(priority: Priority) -> Severity {
    match priority.get() {
        1 => Severity::Critical,
        2 => Severity::Error,
        3 | 4 => Severity::Warning,
        _ => Severity::Info,
    }
}

/// The label that keeps the tags of an alert.
const TAGS: &str = "tags";

/// A signal with these tags.
fn tagged(mut signal: Signal, tags: &[String]) -> Signal {
    match tags {
        [] => signal.labels.remove(TAGS),
        tags => signal.labels.insert(TAGS.to_owned(), tags.join(", ")),
    };
    signal
}

/// The tags of an alert, which are kept as one label.
fn tags(found: &Found) -> Vec<String> {
    let all = found.details.labels.get(TAGS).map(String::as_str).unwrap_or_default();
    all.split(", ").filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The values of an alert that a search asks for.
fn values(found: &Found, field: Field) -> Vec<String> {
    let alert = &found.alert;
    let millis = |at: kernel::Timestamp| (at.micros() / 1_000).to_string();
    let label = |name: &str| found.details.labels.get(name).cloned().into_iter().collect();
    match field {
        Field::Status => vec![if alert.is_open() { "open" } else { "closed" }.to_owned()],
        Field::Acknowledged => vec![(alert.state == SignalStatus::Acknowledged).to_string()],
        Field::Snoozed => vec![(alert.muted == Some(Muted::Snoozed)).to_string()],
        Field::Priority => vec![priority(found).to_string()],
        Field::Message => vec![found.details.title.clone()],
        Field::Description => vec![found.details.body.clone()],
        Field::Alias => vec![alert.key.clone()],
        Field::Entity => label("entity"),
        Field::Source => label("source"),
        Field::Tag => tags(found),
        Field::Owner => vec![],
        Field::Responder => found.details.responders.clone(),
        Field::Count => vec![alert.count.to_string()],
        Field::Tiny => vec![tiny(alert.id)],
        Field::CreatedAt => vec![millis(alert.first_at)],
        Field::LastOccurredAt => vec![millis(alert.last_at)],
        Field::Detail => {
            found.details.labels.iter().flat_map(|(k, v)| [k.clone(), v.clone()]).collect()
        }
    }
}
