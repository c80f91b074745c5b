//! Suggestions: what past incidents tell of a field, the models that were trained on it, and
//! what became of what was shown.

use crate::directory::{many, one};
use crate::incidents::timeline;
use crate::{Columns, Failure, Sql};
use incident::{Lifecycle, State};
use kernel::{
    CategoryId, Channel, ContentId, IncidentNumber, PersonId, Priority, ServiceId, TeamId,
    Timestamp, words,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The settings of suggestions, [`Settings`].
pub const SETTINGS: &str = "suggestions";

/// Per cent of what is shown that should be right, unless somebody says another share.
const PRECISION: u8 = 80;

/// Characters of a description that are read: what something is about is said at its beginning.
pub const BODY_CHARS: usize = 1_000;

words! {
    /// What is suggested of an incident.
    Suggested {
        /// Its service.
        Service = "service",
        /// Its category.
        Category = "category",
        /// Its team.
        Team = "team",
        /// Its priority.
        Priority = "priority",
    }
}

words! {
    /// What became of a suggestion.
    Outcome {
        /// It stands there now.
        Accepted = "accepted",
        /// Something else stands there now.
        Corrected = "corrected",
        /// Somebody did not want it.
        Dismissed = "dismissed",
        /// The incident was over before anybody decided.
        Ignored = "ignored",
    }
}

/// How a field is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldSettings {
    /// Whether it is.
    pub on: bool,
    /// Per cent of what is shown that should be right; what is less certain stays silent.
    pub precision: u8,
    /// From which certainty, in per cent, it is carried out by itself on what comes in; never
    /// when absent.
    pub by_itself: Option<u8>,
}

impl Default for FieldSettings {
    fn default() -> Self {
        FieldSettings { on: true, precision: PRECISION, by_itself: None }
    }
}

/// How fields are suggested; a field that is not named is as by default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// By field.
    pub fields: BTreeMap<Suggested, FieldSettings>,
}

impl Settings {
    /// How a field is suggested.
    pub fn of(&self, field: Suggested) -> FieldSettings {
        self.fields.get(&field).copied().unwrap_or_default()
    }
}

/// A trained model as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trained {
    /// What it suggests.
    pub field: Suggested,
    /// Counts the trainings, from 1.
    pub version: i64,
    /// The version of the format of `body`.
    pub reader: i64,
    /// When it was trained.
    pub trained_at: Timestamp,
    /// The number of the last incident by then.
    pub history: i64,
    /// How it was measured, JSON.
    pub summary: String,
    /// What it knows.
    pub body: Vec<u8>,
}

/// A suggestion that was shown, dismissed or carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Of which incident.
    pub number: IncidentNumber,
    /// Of what.
    pub field: Suggested,
    /// The value.
    pub value: String,
    /// How certain it was, in thousandths.
    pub probability: i64,
    /// The version of the model.
    pub model: i64,
    /// What stood there.
    pub standing: Option<String>,
    /// When it was shown first; absent when nobody saw it before it was carried out.
    pub shown_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// When that was.
    pub at: Option<Timestamp>,
    /// Who decided, where a person did so here.
    pub by: Option<PersonId>,
}

/// A past incident, with what stood at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Which.
    pub number: IncidentNumber,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Its title.
    pub title: String,
    /// How its description begins.
    pub body: String,
    /// Its service, whoever set it.
    pub service: Option<ServiceId>,
    /// What people said of it or let stand when they resolved it, by field.
    pub values: BTreeMap<Suggested, String>,
}

/// An incident with a suggestion that nobody decided about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// What stands there now.
    pub stands: Option<String>,
    /// Whether the incident is open.
    pub is_open: bool,
}

/// The newest models, with their bodies.
pub fn trained(sql: &mut dyn Sql) -> Result<Vec<Trained>, Failure> {
    let statement = "select field, version, reader, trained_at, history, summary, body \
        from suggestion_models order by field";
    many(sql, statement, &[], |row| {
        Ok(Trained {
            field: row.parsed()?,
            version: row.int()?,
            reader: row.int()?,
            trained_at: row.at()?,
            history: row.int()?,
            summary: row.text()?,
            body: row.bytes()?,
        })
    })
}

/// The versions of the models that are kept: cheap, to see whether another node trained.
pub fn versions(sql: &mut dyn Sql) -> Result<BTreeMap<Suggested, i64>, Failure> {
    let statement = "select field, version from suggestion_models order by field";
    let found = many(sql, statement, &[], |row| Ok((row.parsed()?, row.int()?)))?;
    Ok(found.into_iter().collect())
}

/// Keeps a model; `false` when one of this version or a later one is there.
pub fn keep(sql: &mut dyn Sql, model: &Trained) -> Result<bool, Failure> {
    let statement = "insert into suggestion_models \
        (field, version, reader, trained_at, history, summary, body) \
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (field) do update set \
        version = excluded.version, reader = excluded.reader, trained_at = excluded.trained_at, \
        history = excluded.history, summary = excluded.summary, body = excluded.body \
        where suggestion_models.version < excluded.version";
    let values = [
        model.field.as_str().into(),
        model.version.into(),
        model.reader.into(),
        model.trained_at.into(),
        model.history.into(),
        (&model.summary).into(),
        model.body.as_slice().into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

const SELECT: &str = "select s.number, s.field, s.value, s.probability, s.model, s.standing, \
    s.shown_at, s.outcome, s.at, s.decided_by";

/// What was suggested of an incident.
pub fn of_incident(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<Suggestion>, Failure> {
    let statement = format!("{SELECT} from suggestions s where s.number = $1 order by s.field");
    many(sql, &statement, &[number.into()], read)
}

/// Notes that it was shown. Another that nobody decided about goes; one that was decided stays.
pub fn show(sql: &mut dyn Sql, suggestion: &Suggestion) -> Result<(), Failure> {
    let statement = format!(
        "{INSERT} on conflict (number, field) do update set {EXCLUDED} \
        where suggestions.outcome is null and suggestions.value <> excluded.value"
    );
    sql.execute(&statement, &values(suggestion)).map(drop)
}

/// Notes what became of it. Until when it was first shown is kept from before.
pub fn decide(sql: &mut dyn Sql, suggestion: &Suggestion) -> Result<(), Failure> {
    let statement = format!("{INSERT} on conflict (number, field) do update set {EXCLUDED}");
    sql.execute(&statement, &values(suggestion)).map(drop)
}

/// Notes what became of it by itself. What was decided meanwhile, here or by another node, stays.
pub fn settle(sql: &mut dyn Sql, suggestion: &Suggestion) -> Result<(), Failure> {
    let statement = format!(
        "{INSERT} on conflict (number, field) do update set {EXCLUDED} \
        where suggestions.outcome is null and suggestions.value = excluded.value"
    );
    sql.execute(&statement, &values(suggestion)).map(drop)
}

/// Takes back that somebody dismissed it; `false` when nobody did.
pub fn undismiss(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    field: Suggested,
) -> Result<bool, Failure> {
    let statement = "update suggestions set outcome = null, at = null, decided_by = null \
        where number = $1 and field = $2 and outcome = 'dismissed'";
    Ok(sql.execute(statement, &[number.into(), field.as_str().into()])? == 1)
}

const INSERT: &str = "insert into suggestions (number, field, value, probability, model, \
    standing, shown_at, outcome, at, decided_by) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const EXCLUDED: &str = "value = excluded.value, probability = excluded.probability, \
    model = excluded.model, standing = excluded.standing, \
    shown_at = coalesce(suggestions.shown_at, excluded.shown_at), \
    outcome = excluded.outcome, at = excluded.at, decided_by = excluded.decided_by";

fn values(suggestion: &Suggestion) -> Vec<crate::Value> {
    vec![
        suggestion.number.into(),
        suggestion.field.as_str().into(),
        (&suggestion.value).into(),
        suggestion.probability.into(),
        suggestion.model.into(),
        suggestion.standing.clone().into(),
        suggestion.shown_at.into(),
        suggestion.outcome.map(Outcome::as_str).into(),
        suggestion.at.into(),
        suggestion.by.into(),
    ]
}

/// Suggestions that nobody decided about, of the incidents after a number, with what stands
/// there now; `limit` at most.
pub fn undecided(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: i64,
) -> Result<Vec<Undecided>, Failure> {
    let statement = format!(
        "{SELECT}, i.state, i.service_id, i.category_id, i.team_id, i.priority \
        from suggestions s join incidents i on i.number = s.number \
        where s.outcome is null and s.number > $1 order by s.number, s.field limit $2"
    );
    many(sql, &statement, &[after.into(), limit.into()], |row| {
        let suggestion = read(row)?;
        let state: Lifecycle = row.parsed()?;
        let (service, category, team) = (row.opt_text()?, row.opt_text()?, row.opt_text()?);
        let priority = row.int()?;
        let stands = match suggestion.field {
            Suggested::Service => service,
            Suggested::Category => category,
            Suggested::Team => team,
            Suggested::Priority => Priority::new(priority).ok().map(|known| known.to_string()),
        };
        Ok(Undecided { suggestion, stands, is_open: state.is_open() })
    })
}

/// How often what was shown of a field and value came to this; `None` is undecided.
pub type Counted = (Suggested, String, Option<Outcome>, i64);

/// What became of what was shown. Incidents that are confidential are not counted.
pub fn outcomes(sql: &mut dyn Sql) -> Result<Vec<Counted>, Failure> {
    let statement = "select s.field, s.value, s.outcome, count(*) from suggestions s \
        join incidents i on i.number = s.number \
        where s.shown_at is not null and i.confidential_to is null \
        group by s.field, s.value, s.outcome order by s.field, s.value, s.outcome";
    many(sql, statement, &[], |row| Ok((row.parsed()?, row.text()?, row.opt_parsed()?, row.int()?)))
}

/// Past incidents with a number below `before`, the newest first, of `limit` that are looked at;
/// with the number of the last one looked at, if there is more. Confidential ones tell nothing.
pub fn telling(
    sql: &mut dyn Sql,
    before: IncidentNumber,
    limit: i64,
) -> Result<(Vec<Telling>, Option<IncidentNumber>), Failure> {
    let statement = "select number, reported_at, state, channel, title, service_id, category_id, \
        team_id, priority, confidential_to, merged_into, body from incidents \
        where number < $1 order by number desc limit $2";
    let rows = many(sql, statement, &[before.into(), limit.into()], past)?;
    let last = rows.last().map(|row| row.number).filter(|_| rows.len() as i64 == limit);
    let rows: Vec<Past> = rows.into_iter().filter(|row| row.tells).collect();
    let unsure: Vec<IncidentNumber> =
        rows.iter().filter(|row| !row.confirmed).map(|row| row.number).collect();
    let by_hand = by_hand(sql, &unsure)?;
    let descriptions: Vec<ContentId> = rows.iter().filter_map(|row| row.description).collect();
    let contents = timeline::contents_by_id(sql, &descriptions)?;
    let nothing = HashSet::new();
    let found = rows.into_iter().map(|row| {
        let hands = by_hand.get(&row.number).unwrap_or(&nothing);
        let description = row.description.and_then(|id| contents.get(&id));
        let description = description.and_then(|content| content.body.as_deref());
        let mut values = row.values;
        values.retain(|field, _| row.confirmed || hands.contains(field));
        Telling {
            number: row.number,
            reported_at: row.reported_at,
            title: row.title,
            body: description.unwrap_or_default().chars().take(BODY_CHARS).collect(),
            service: row.service,
            values,
        }
    });
    Ok((found.filter(|telling| !telling.values.is_empty()).collect(), last))
}

/// An incident as it is read, before its words are.
struct Past {
    number: IncidentNumber,
    reported_at: Timestamp,
    title: String,
    description: Option<ContentId>,
    service: Option<ServiceId>,
    values: BTreeMap<Suggested, String>,
    /// It is neither confidential nor part of another nor recorded in error.
    tells: bool,
    /// A person let it all stand when they resolved it, or another system knew it so.
    confirmed: bool,
}

/// What training needs of the state.
#[derive(Deserialize)]
struct Ended {
    #[serde(default)]
    description: Option<ContentId>,
    #[serde(default)]
    resolution: Option<EndedBy>,
}

#[derive(Deserialize)]
struct EndedBy {
    #[serde(default)]
    by: Option<PersonId>,
}

fn past(row: &mut Columns) -> Result<Past, Failure> {
    let (number, reported_at) = (IncidentNumber(row.int()?), row.at()?);
    let (state, channel): (Lifecycle, Channel) = (row.parsed()?, row.parsed()?);
    let title = row.text()?;
    let service: Option<ServiceId> = row.opt_parsed()?;
    let category: Option<CategoryId> = row.opt_parsed()?;
    let team: Option<TeamId> = row.opt_parsed()?;
    let priority = row.int()?;
    let (confidential, part) = (row.opt_text()?.is_some(), row.opt_int()?.is_some());
    let ended: Ended = row.json()?;
    let mut values = BTreeMap::new();
    values.extend(service.map(|id| (Suggested::Service, id.to_string())));
    values.extend(category.map(|id| (Suggested::Category, id.to_string())));
    values.extend(team.map(|id| (Suggested::Team, id.to_string())));
    let priority = Priority::new(priority).ok();
    values.extend(priority.map(|priority| (Suggested::Priority, priority.to_string())));
    let is_over = matches!(state, Lifecycle::Resolved | Lifecycle::Closed);
    let by_a_person = ended.resolution.is_some_and(|resolution| resolution.by.is_some());
    Ok(Past {
        number,
        reported_at,
        title,
        description: ended.description,
        service,
        values,
        tells: !confidential && !part && state != Lifecycle::Cancelled,
        confirmed: is_over && (by_a_person || channel == Channel::Import),
    })
}

/// Which fields of these incidents were last set by a person.
fn by_hand(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, HashSet<Suggested>>, Failure> {
    let mut found: HashMap<IncidentNumber, HashSet<Suggested>> = HashMap::new();
    for stored in timeline::classifications(sql, numbers)? {
        let (event, hands) = (&stored.event, found.entry(stored.number).or_default());
        let by_a_person = event.actor.person_id().is_some() && event.cause.is_asked();
        for field in fields_set(&event.body) {
            match by_a_person {
                true => hands.insert(field),
                false => hands.remove(&field),
            };
        }
    }
    Ok(found)
}

/// The fields that an event sets.
fn fields_set(body: &incident::Body) -> Vec<Suggested> {
    use incident::Body;
    let mut set = Vec::new();
    let mut note = |field: Suggested, is_set: bool| set.extend(is_set.then_some(field));
    match body {
        Body::Classified(data) => {
            note(Suggested::Service, data.service != data.service_before);
            note(Suggested::Category, data.category != data.category_before);
        }
        Body::Assigned(data) => note(Suggested::Team, data.team != data.team_before),
        Body::PriorityChanged(_) => note(Suggested::Priority, true),
        _ => {}
    }
    set
}

/// Whether nobody said anything of its priority: whoever reported it gave neither impact nor
/// urgency, and nobody changed it since.
pub fn priority_is_a_guess(sql: &mut dyn Sql, number: IncidentNumber) -> Result<bool, Failure> {
    let told = timeline::beginning(sql, number)?;
    let [first] = told.as_slice() else { return Ok(false) };
    Ok(match &first.event.cause {
        incident::Cause::Input(command) => match &**command {
            incident::Command::Report(report) => {
                report.impact.is_none() && report.urgency.is_none() && report.model.is_none()
            }
            _ => false,
        },
        incident::Cause::Derived(_) => false,
    })
}

/// The value of a field as it stands.
pub fn standing(state: &State, field: Suggested) -> Option<String> {
    match field {
        Suggested::Service => state.service.map(|id| id.to_string()),
        Suggested::Category => state.category.map(|id| id.to_string()),
        Suggested::Team => state.team.map(|id| id.to_string()),
        Suggested::Priority => Some(state.priority.to_string()),
    }
}

/// Open incidents after a number that nobody has touched, the oldest first, that are not
/// confidential: those on which suggestions may be carried out. `limit` at most.
pub fn new_after(
    sql: &mut dyn Sql,
    after: IncidentNumber,
    limit: i64,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from incidents where number > $1 and state = 'new' \
        and merged_into is null and confidential_to is null order by number limit $2";
    many(sql, statement, &[after.into(), limit.into()], |row| row.int().map(IncidentNumber))
}

/// The number of the last incident.
pub fn last_number(sql: &mut dyn Sql) -> Result<IncidentNumber, Failure> {
    let statement = "select coalesce(max(number), 0) from incidents";
    Ok(IncidentNumber(one(sql, statement, &[], Columns::int)?.unwrap_or_default()))
}

fn read(row: &mut Columns) -> Result<Suggestion, Failure> {
    Ok(Suggestion {
        number: IncidentNumber(row.int()?),
        field: row.parsed()?,
        value: row.text()?,
        probability: row.int()?,
        model: row.int()?,
        standing: row.opt_text()?,
        shown_at: row.opt_at()?,
        outcome: row.opt_parsed()?,
        at: row.opt_at()?,
        by: row.opt_parsed()?,
    })
}
