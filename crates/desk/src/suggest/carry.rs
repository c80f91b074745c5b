//! What people make of suggestions, what the product carries out by itself where somebody wants
//! that, and what became of those that nobody decided about.

use super::{Class, Measured, Offer, description, is_new, learn};
use crate::{Ask, Desk, Done, Trouble};
use incident::permissions::granted;
use incident::{Change, Command, CommandName, Policy, Refusal, State, Viewer};
use kernel::{Actor, Channel, IncidentNumber, Invalid, Level, Priority, Timestamp, limits};
use std::collections::BTreeMap;
use std::str::FromStr;
use store::Sql;
use store::suggestions::{self as rows, FieldSettings, Outcome, Suggested, Suggestion, Undecided};

/// Suggestions that nobody decided about, looked at in one turn.
const UNDECIDED_A_TURN: i64 = 500;
/// New incidents on which suggestions are carried out in one turn.
const CARRIED_A_TURN: i64 = 100;

/// What became of suggestions that were shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Became {
    /// All of them.
    pub shown: i64,
    /// What was suggested stands there now.
    pub accepted: i64,
    /// Something else stands there now.
    pub corrected: i64,
    /// Somebody did not want it.
    pub dismissed: i64,
    /// The incident was over before anybody decided.
    pub ignored: i64,
}

/// How good the suggestions of a field are.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Of which field.
    pub field: Suggested,
    /// How it is suggested.
    pub settings: FieldSettings,
    /// The version of the model and when it was trained, once there is one.
    pub trained: Option<(i64, Timestamp)>,
    /// How it was measured.
    pub measured: Option<Measured>,
    /// From which certainty it is shown, in thousandths.
    pub threshold: Option<u32>,
    /// What became of what was shown.
    pub became: Became,
    /// The most frequent values with their names.
    pub classes: Vec<(String, Class, Became)>,
}

impl Became {
    fn add(&mut self, outcome: Option<Outcome>, count: i64) {
        self.shown += count;
        match outcome {
            Some(Outcome::Accepted) => self.accepted += count,
            Some(Outcome::Corrected) => self.corrected += count,
            Some(Outcome::Dismissed) => self.dismissed += count,
            Some(Outcome::Ignored) => self.ignored += count,
            None => {}
        }
    }
}

impl Desk {
    /// Accepts a suggestion: the command that it stands for, by whoever accepts it, with its
    /// origin in the record. With a `value`, only if that is what is suggested still.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when nothing of this is suggested any more, or the viewer may not.
    pub async fn accept_suggestion(
        &self,
        viewer: &Viewer,
        channel: Channel,
        (number, field): (IncidentNumber, Suggested),
        value: Option<&str>,
    ) -> Result<Done, Trouble> {
        let (state, offer) = self.offer(viewer, number, field).await?;
        if value.is_some_and(|value| value != offer.value) {
            return Err(gone().into());
        }
        let mut ask = self.ask(viewer, channel).on(number).suggested(field.as_str(), offer.model);
        let command = command(&offer, &state, &self.policy(), &mut ask)?;
        let done = ask.issue(command).await?;
        self.note(viewer, number, &offer, Outcome::Accepted).await?;
        Ok(done)
    }

    /// Says that a suggestion is not wanted: nothing of that field is suggested of this incident
    /// any more.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when nothing of this is suggested, or the viewer may not change it.
    pub async fn dismiss_suggestion(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        field: Suggested,
    ) -> Result<(), Trouble> {
        let (state, offer) = self.offer(viewer, number, field).await?;
        may_decide(viewer, &state, field)?;
        self.note(viewer, number, &offer, Outcome::Dismissed).await
    }

    /// Takes back that a suggestion was dismissed: it is suggested again, if it is still.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when nobody dismissed it, or the viewer may not change it.
    pub async fn take_back_dismissal(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        field: Suggested,
    ) -> Result<(), Trouble> {
        let (state, _) = self.offered(viewer, number).await?;
        may_decide(viewer, &state, field)?;
        match self.write(move |sql| Ok(rows::undismiss(sql, number, field)?)).await? {
            true => Ok(()),
            false => Err(Refusal::state("nothing_to_change", "nobody dismissed it").into()),
        }
    }

    async fn offer(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        field: Suggested,
    ) -> Result<(std::sync::Arc<State>, Offer), Trouble> {
        let (state, offers) = self.offered(viewer, number).await?;
        let offer = offers.into_iter().find(|offer| offer.field == field);
        Ok((state, offer.ok_or_else(gone)?))
    }

    async fn note(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        offer: &Offer,
        outcome: Outcome,
    ) -> Result<(), Trouble> {
        // Whoever decides has seen it, be it by a program.
        let now = Some(self.now());
        let row = Suggestion {
            shown_at: now,
            outcome: Some(outcome),
            at: now,
            by: Some(viewer.person),
            ..offer.row(number)
        };
        self.write(move |sql| Ok(rows::decide(sql, &row)?)).await
    }

    /// Notes what became of suggestions that nobody decided about here; where the next turn goes
    /// on.
    pub(super) async fn note_outcomes(
        &self,
        after: IncidentNumber,
    ) -> Result<IncidentNumber, Trouble> {
        let found = self.read(move |sql| rows::undecided(sql, after, UNDECIDED_A_TURN)).await?;
        let last = found.last().filter(|_| found.len() as i64 == UNDECIDED_A_TURN);
        let next = last.map_or(IncidentNumber(0), |last| last.suggestion.number);
        let now = self.now();
        let decided: Vec<Suggestion> = found
            .into_iter()
            .filter_map(|one| {
                let outcome = Some(became(&one)?);
                Some(Suggestion { outcome, at: Some(now), ..one.suggestion })
            })
            .collect();
        if !decided.is_empty() {
            self.write(move |sql| Ok(decided.iter().try_for_each(|row| rows::settle(sql, row))?))
                .await?;
        }
        Ok(next)
    }

    /// Carries out what is certain enough on incidents that came after one, where an
    /// administrator wants that; up to which it came. At the first turn nothing is: what is
    /// there waits for people.
    pub(super) async fn carry_out(
        &self,
        after: Option<IncidentNumber>,
    ) -> Result<IncidentNumber, Trouble> {
        let suggester = self.suggester();
        let by_itself = |field: &Suggested| {
            let settings = suggester.settings(*field);
            settings.by_itself.filter(|_| settings.on)
        };
        let wanted: Vec<(Suggested, u32)> = Suggested::ALL
            .iter()
            .filter_map(|field| Some((*field, u32::from(by_itself(field)?) * 10)))
            .collect();
        let last = self.read(rows::last_number).await?;
        let Some(after) = after.filter(|after| !wanted.is_empty() && *after < last) else {
            return Ok(last);
        };
        let numbers = self.read(move |sql| rows::new_after(sql, after, CARRIED_A_TURN)).await?;
        for number in &numbers {
            for (field, certain) in &wanted {
                self.carry_out_on(*number, *field, *certain).await?;
            }
        }
        let full = numbers.last().filter(|_| numbers.len() as i64 == CARRIED_A_TURN);
        Ok(full.copied().unwrap_or(last))
    }

    async fn carry_out_on(
        &self,
        number: IncidentNumber,
        field: Suggested,
        certain: u32,
    ) -> Result<(), Trouble> {
        let (suggester, policy) = (self.suggester(), self.policy());
        let read = move |sql: &mut dyn Sql| {
            let stored = store::incidents::load(sql, number)?;
            let Some(stored) = stored.filter(|stored| is_new(&stored.state)) else {
                return Ok(None);
            };
            let title = store::incidents::title_of(sql, number)?.unwrap_or_default();
            let body = description(sql, &stored.state)?;
            let of = (&stored.state, &*policy);
            let offers = suggester.offers(sql, number, of, &title, &body)?;
            let enough = |offer: &Offer| offer.field == field && offer.probability >= certain;
            Ok(offers.into_iter().find(enough).map(|offer| (stored.state, offer)))
        };
        let Some((state, offer)) = self.read(read).await? else { return Ok(()) };
        let mut ask = self
            .ask_unlimited(Actor::system(), Channel::Timer)
            .on(number)
            .expecting(Some(i64::from(state.version)))
            .suggested(field.as_str(), offer.model);
        let command = command(&offer, &state, &self.policy(), &mut ask)?;
        match ask.issue(command).await {
            Ok(_) => {}
            // Somebody was quicker, or it cannot be given: then people decide.
            Err(Trouble::Refused(_) | Trouble::Stale { .. }) => return Ok(()),
            Err(trouble) => return Err(trouble),
        }
        let (outcome, at) = (Some(Outcome::Accepted), Some(self.now()));
        let row = Suggestion { outcome, at, ..offer.row(number) };
        self.write(move |sql| Ok(rows::decide(sql, &row)?)).await
    }

    /// How good suggestions are, for everybody of the service desk.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] to others.
    pub async fn suggestion_quality(&self, viewer: &Viewer) -> Result<Vec<Quality>, Trouble> {
        if !viewer.is_staff() {
            return Err(Refusal::forbidden("suggestions are for the service desk").into());
        }
        let (suggester, policy) = (self.suggester(), self.policy());
        let outcomes = self.read(rows::outcomes).await?;
        let mut by_field: BTreeMap<Suggested, Became> = BTreeMap::new();
        let mut by_value: BTreeMap<(Suggested, String), Became> = BTreeMap::new();
        for (field, value, outcome, count) in outcomes {
            by_field.entry(field).or_default().add(outcome, count);
            by_value.entry((field, value)).or_default().add(outcome, count);
        }
        let quality = |field: Suggested| {
            let (known, settings) = (suggester.known(field), suggester.settings(field));
            let named = |class: &Class| {
                let name = learn::label(field, &class.value, &policy);
                let became = by_value.get(&(field, class.value.clone())).copied();
                let name = name.unwrap_or_else(|| "no longer there".to_owned());
                (name, class.clone(), became.unwrap_or_default())
            };
            Quality {
                field,
                settings,
                trained: known.map(|known| (known.version, known.trained_at)),
                measured: known.map(|known| known.measured.clone()),
                threshold: known.and_then(|known| known.measured.threshold(settings.precision)),
                became: by_field.get(&field).copied().unwrap_or_default(),
                classes: known
                    .map(|known| known.measured.classes.iter().map(named).collect())
                    .unwrap_or_default(),
            }
        };
        Ok(Suggested::ALL.iter().copied().map(quality).collect())
    }
}

/// The command that changes a field.
pub fn changes(field: Suggested) -> CommandName {
    match field {
        Suggested::Service | Suggested::Category => CommandName::Classify,
        Suggested::Team => CommandName::Assign,
        Suggested::Priority => CommandName::Prioritise,
    }
}

fn may_decide(viewer: &Viewer, state: &State, field: Suggested) -> Result<(), Refusal> {
    if granted(viewer, state)(changes(field)) {
        return Ok(());
    }
    let words = "whoever works on this incident decides about what is suggested of it";
    Err(Refusal::forbidden(words))
}

/// What became of a suggestion, if anything did.
fn became(one: &Undecided) -> Option<Outcome> {
    let suggestion = &one.suggestion;
    if one.stands != suggestion.standing {
        let taken = one.stands.as_ref() == Some(&suggestion.value);
        return Some(if taken { Outcome::Accepted } else { Outcome::Corrected });
    }
    (!one.is_open).then_some(Outcome::Ignored)
}

/// What a suggestion stands for.
fn command(
    offer: &Offer,
    state: &State,
    policy: &Policy,
    ask: &mut Ask<'_>,
) -> Result<Command, Trouble> {
    let classify = |service, category| Command::Classify {
        title: None,
        service,
        category,
        fields: BTreeMap::new(),
        affected: None,
    };
    Ok(match offer.field {
        Suggested::Service => classify(Change::Set(parsed(offer)?), Change::Keep),
        Suggested::Category => classify(Change::Keep, Change::Set(parsed(offer)?)),
        Suggested::Team => {
            Command::Assign { team: Change::Set(parsed(offer)?), assignee: Change::Keep }
        }
        Suggested::Priority => {
            let wanted: Priority = parsed(offer)?;
            match nearest(state, policy, wanted) {
                Some((impact, urgency)) => Command::Prioritise {
                    impact: Some(impact),
                    urgency: Some(urgency),
                    priority: None,
                    reason: None,
                },
                None => {
                    let words = "as similar incidents before";
                    let reason = ask.words("reason", words, limits::REASON_CHARS)?;
                    let (priority, reason) = (Some(wanted), Some(reason));
                    Command::Prioritise { impact: None, urgency: None, priority, reason }
                }
            }
        }
    })
}

/// The impact and urgency that come to a priority, those that differ least from what stands.
fn nearest(state: &State, policy: &Policy, wanted: Priority) -> Option<(Level, Level)> {
    let apart = |one: Level, other: Level| one.get().abs_diff(other.get());
    let all = Level::ALL.into_iter().flat_map(|impact| Level::ALL.map(|urgency| (impact, urgency)));
    all.filter(|(impact, urgency)| policy.matrix.priority(*impact, *urgency) == wanted).min_by_key(
        |(impact, urgency)| apart(*impact, state.impact) + apart(*urgency, state.urgency),
    )
}

fn parsed<T: FromStr<Err = Invalid>>(offer: &Offer) -> Result<T, Trouble> {
    offer.value.parse().map_err(|_| gone().into())
}

fn gone() -> Refusal {
    Refusal::state("no_suggestion", "nothing of this is suggested any more; look again")
}
