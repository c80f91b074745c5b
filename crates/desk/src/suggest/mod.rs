//! Suggestions of service, category, team and priority from the organisation's own history.
//! Learned aside by a loop, computed when an incident is read, silent where they are not certain
//! enough, and never shown to requesters. What people make of one is in `carry`; a report waits
//! for none of it.

mod carry;
mod kept;
pub(crate) mod learn;
mod measured;
mod typed;

pub use carry::{Became, Quality, changes};
pub use measured::{Bin, CLASSES_MAX, Class, Measured, Step};
pub use typed::Typed;

use crate::cache::Computed;
use crate::learning::TURNS_BEFORE_LEARNING;
use crate::{Audit, Desk, Trouble, check_seen};
use incident::{Access, Lifecycle, Policy, Refusal, Scope, State, Viewer};
use insight::suggest::Model;
use kernel::{Actor, IncidentNumber, ServiceId, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use store::directory::settings::{self, Setting};
use store::suggestions::{self as rows, FieldSettings, Settings, Suggested, Suggestion};
use store::{Failure, Sql};

/// How often it is looked whether there is something to learn, to carry out or to note.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Words that are told as those that decided.
const BECAUSE_MAX: usize = 3;
/// Per cent that a precision may be asked for, and a certainty from which it is carried out.
const PER_CENT_MIN: u8 = 50;
const PER_CENT_MAX: u8 = 99;

/// A suggestion as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Of what.
    pub field: Suggested,
    /// The value: an id, or a priority.
    pub value: String,
    /// How it is called.
    pub label: String,
    /// How certain it is, in thousandths.
    pub probability: u32,
    /// The words that decided, the weightiest first.
    pub because: Vec<String>,
    /// The version of the model.
    pub model: i64,
    /// What stands there.
    pub standing: Option<String>,
    /// Whether it was written down that it was shown.
    noted: bool,
}

/// A model with how it was measured and when it was trained.
pub struct Known {
    /// Counts the trainings.
    pub version: i64,
    /// When.
    pub trained_at: Timestamp,
    /// How good it is.
    pub measured: Measured,
    history: i64,
    model: Model,
    guessed: Guessed,
}

/// What was guessed of incidents that are looked at, each from the version of the incident, that
/// of the policy, and how its field is suggested.
type Guessed = Computed<(u32, i64, FieldSettings), Option<Offer>>;

/// What is known, and how it is suggested; one value for whoever reads.
#[derive(Clone, Default)]
pub struct Suggester {
    settings: Settings,
    known: BTreeMap<Suggested, Arc<Known>>,
    /// The versions of stored models that this program cannot read: they are not read again.
    unreadable: BTreeMap<Suggested, i64>,
}

/// What the loops keep of suggestions.
#[derive(Default)]
pub(crate) struct Kept {
    now: RwLock<Arc<Suggester>>,
    watch: tokio::sync::Mutex<Watch>,
    learning: tokio::sync::Mutex<Learning>,
    /// Somebody wants it to learn at once.
    wanted: AtomicBool,
}

/// How far the loop is that learns, which takes minutes where the past is long.
#[derive(Default)]
struct Learning {
    turns: u32,
    /// When it last tried to learn, and what the last incident was.
    tried: Option<(Timestamp, i64)>,
}

/// How far the loop is that makes something of suggestions, and waits for no learning.
#[derive(Default)]
struct Watch {
    /// Up to which incident it was noted what became of suggestions.
    noted: i64,
    /// Up to which incident suggestions were carried out.
    carried: Option<IncidentNumber>,
}

/// Starts the loops. They end with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "suggestions stay as they are; trying again";
    let work = |desk: Desk| async move { desk.watch_suggestions().await };
    crate::every(desk, "suggestions", LOOK_EVERY, failing, work);
    let learn = |desk: Desk| async move { desk.watch_learning().await };
    crate::every(desk, "learning of suggestions", LOOK_EVERY, failing, learn);
}

impl Suggester {
    /// The model of a field, once there is one.
    pub fn known(&self, field: Suggested) -> Option<&Known> {
        self.known.get(&field).map(Arc::as_ref)
    }

    /// How a field is suggested.
    pub fn settings(&self, field: Suggested) -> FieldSettings {
        self.settings.of(field)
    }

    /// What is suggested of a field of a text; `None` where nothing is certain enough.
    pub fn guess(
        &self,
        field: Suggested,
        title: &str,
        body: &str,
        service: Option<ServiceId>,
        policy: &Policy,
    ) -> Option<Offer> {
        let settings = self.settings.of(field);
        let known = self.known.get(&field).filter(|_| settings.on)?;
        let threshold = known.measured.threshold(settings.precision)?;
        let features = learn::features(field, title, body, service, policy);
        let guess = known.model.suggest_from(&features, f64::from(threshold) / 1_000.0)?;
        Some(Offer {
            field,
            label: learn::label(field, &guess.label, policy)?,
            value: guess.label,
            probability: measured::milli(guess.probability),
            because: guess.because.into_iter().take(BECAUSE_MAX).map(|(word, _)| word).collect(),
            model: known.version,
            standing: None,
            noted: false,
        })
    }

    /// What is suggested of an open incident: of fields that nobody has said anything of, and
    /// that nobody decided about.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub fn offers(
        &self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        (state, policy): (&State, &Policy),
        title: &str,
        body: &str,
    ) -> Result<Vec<Offer>, Failure> {
        if self.known.is_empty() || !state.lifecycle.is_open() || state.merged_into.is_some() {
            return Ok(vec![]);
        }
        let lacks = |field: &Suggested| match field {
            Suggested::Service => state.service.is_none(),
            Suggested::Category => state.category.is_none(),
            // Who may see a confidential incident is not for a model to say.
            Suggested::Team => state.team.is_none() && state.confidential_to.is_none(),
            Suggested::Priority => state.priority_override.is_none(),
        };
        let guess = |field: Suggested| {
            let from = (state.version, policy.version, self.settings.of(field));
            let guess = || self.guess(field, title, body, state.service, policy);
            self.known.get(&field)?.guessed.of(number, from, guess)
        };
        let lacking = Suggested::ALL.iter().copied().filter(lacks);
        let mut offers: Vec<Offer> = lacking.filter_map(guess).collect();
        offers.retain(|offer| rows::standing(state, offer.field).as_ref() != Some(&offer.value));
        if offers.is_empty() {
            return Ok(offers);
        }
        let before = rows::of_incident(sql, number)?;
        let of = |field: Suggested| before.iter().find(move |row| row.field == field);
        offers.retain(|offer| of(offer.field).is_none_or(|row| row.outcome.is_none()));
        let guessed = |offer: &Offer| offer.field == Suggested::Priority;
        if offers.iter().any(guessed) && !rows::priority_is_a_guess(sql, number)? {
            offers.retain(|offer| !guessed(offer));
        }
        for offer in &mut offers {
            offer.standing = rows::standing(state, offer.field);
            offer.noted = of(offer.field).is_some_and(|row| row.value == offer.value);
        }
        Ok(offers)
    }
}

impl Offer {
    /// As it is written down, with nothing decided.
    fn row(&self, number: IncidentNumber) -> Suggestion {
        Suggestion {
            number,
            field: self.field,
            value: self.value.clone(),
            probability: i64::from(self.probability),
            model: self.model,
            standing: self.standing.clone(),
            shown_at: None,
            outcome: None,
            at: None,
            by: None,
        }
    }
}

impl Desk {
    /// What is known now, for whoever reads an incident.
    pub fn suggester(&self) -> Arc<Suggester> {
        self.0.suggest.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is suggested of an incident to somebody of the service desk who sees all of it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none, or the viewer sees less.
    pub async fn offers(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
    ) -> Result<Vec<Offer>, Trouble> {
        Ok(self.offered(viewer, number).await?.1)
    }

    async fn offered(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
    ) -> Result<(Arc<State>, Vec<Offer>), Trouble> {
        if !viewer.is_staff() {
            return Err(Refusal::forbidden("suggestions are for the service desk").into());
        }
        let (scope, policy, suggester) = (Scope::of(viewer), self.policy(), self.suggester());
        let read = move |sql: &mut dyn Sql| {
            let row = store::incidents::list::get(sql, &scope, number)?;
            let Some(row) = row.filter(|row| row.access == Access::Full) else { return Ok(None) };
            let body = description(sql, &row.state)?;
            let of = (&*row.state, &*policy);
            let offers = suggester.offers(sql, number, of, &row.title, &body)?;
            Ok(Some((row.state, offers)))
        };
        let unknown = || Refusal::not_found("there is no such incident, or you may not see it");
        self.read(read).await?.ok_or_else(|| unknown().into())
    }

    /// Writes down that these were shown, aside: nobody waits for it.
    pub fn note_shown(&self, number: IncidentNumber, offers: &[Offer]) {
        let now = self.now();
        let new = offers.iter().filter(|offer| !offer.noted);
        let shown: Vec<Suggestion> =
            new.map(|offer| Suggestion { shown_at: Some(now), ..offer.row(number) }).collect();
        if !shown.is_empty() {
            self.write_later("that a suggestion was shown", move |sql| {
                shown.iter().try_for_each(|row| rows::show(sql, row))
            });
        }
    }

    /// One turn: what is kept is read, what became of suggestions is noted, and those that are
    /// certain enough are carried out where somebody wants that.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn watch_suggestions(&self) -> Result<(), Trouble> {
        let mut watch = self.0.suggest.watch.lock().await;
        self.read_models().await?;
        watch.noted = self.note_outcomes(IncidentNumber(watch.noted)).await?.0;
        watch.carried = Some(self.carry_out(watch.carried).await?);
        Ok(())
    }

    /// One turn of learning: it is learned again when that is due, or somebody wants it.
    async fn watch_learning(&self) -> Result<(), Trouble> {
        let mut learning = self.0.suggest.learning.lock().await;
        learning.turns = learning.turns.saturating_add(1);
        let wanted = self.0.suggest.wanted.swap(false, Ordering::Relaxed);
        if wanted || (learning.turns > TURNS_BEFORE_LEARNING && self.is_due(&learning).await?) {
            self.learn(&mut learning).await?;
        }
        Ok(())
    }

    /// Learns now, whether it is due or not.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn learn_now(&self) -> Result<(), Trouble> {
        let mut learning = self.0.suggest.learning.lock().await;
        self.read_models().await?;
        self.learn(&mut learning).await
    }

    /// Asks the loop to learn with its next turn.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when the viewer is no administrator.
    pub fn want_learning(&self, viewer: &Viewer) -> Result<(), Trouble> {
        if !viewer.configures() {
            let words = "administrators have suggestions learned again; ask one";
            return Err(Refusal::forbidden(words).into());
        }
        self.0.suggest.wanted.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Changes how fields are suggested.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when a share makes no sense, [`Trouble::Stale`] when somebody
    /// changed it meanwhile.
    pub async fn set_suggestions(
        &self,
        actor: Actor,
        wanted: Settings,
        seen: Option<i64>,
    ) -> Result<(), Trouble> {
        check(&wanted)?;
        let change = move |sql: &mut dyn Sql, audit: &Audit| {
            let before = suggestion_settings(sql)?;
            check_seen(seen, before.version)?;
            if !settings::put(sql, rows::SETTINGS, &wanted, before.version)? {
                let (seen, current) = (before.version, before.version + 1);
                return Err(Trouble::Stale { seen, current });
            }
            Ok(audit.changed(sql, "setting", rows::SETTINGS, &before.value, &wanted)?)
        };
        self.change(actor, change).await?;
        self.read_models().await
    }
}

/// The settings in force, with their version.
///
/// # Errors
///
/// When the database does not answer.
pub fn suggestion_settings(sql: &mut dyn Sql) -> Result<Setting<Settings>, Failure> {
    let stored = settings::get(sql, rows::SETTINGS)?;
    Ok(stored.unwrap_or_else(|| Setting { value: Settings::default(), version: 0 }))
}

fn check(wanted: &Settings) -> Result<(), Trouble> {
    let within = |value: u8| (PER_CENT_MIN..=PER_CENT_MAX).contains(&value);
    for (field, settings) in &wanted.fields {
        let (low, high) = (PER_CENT_MIN, PER_CENT_MAX);
        if !within(settings.precision) {
            let words = format!("of {field} must be {low} to {high} per cent");
            return Err(Refusal::invalid("precision", words).into());
        }
        if settings.by_itself.is_some_and(|value| !within(value)) {
            let words = format!("of {field} must be {low} to {high} per cent, or empty");
            return Err(Refusal::invalid("by_itself", words).into());
        }
    }
    Ok(())
}

/// The words of the description, as far as they are there.
fn description(sql: &mut dyn Sql, state: &State) -> Result<String, Failure> {
    let Some(id) = state.description else { return Ok(String::new()) };
    let mut found = store::incidents::timeline::contents_by_id(sql, &[id])?;
    Ok(found.remove(&id).and_then(|content| content.body).unwrap_or_default())
}

/// Whether suggestions are carried out on it: it is new, and nobody has touched it.
fn is_new(state: &State) -> bool {
    state.lifecycle == Lifecycle::New && !state.quiet && state.moments.acknowledged.is_none()
}
