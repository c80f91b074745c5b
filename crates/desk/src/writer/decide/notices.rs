//! What the rows that an administrator added tell of what a job did, decided once its rules
//! have run: a condition is about the incident as the job leaves it.

use super::rules::known;
use super::{Chain, Round, Try};
use incident::notices::ReadyNotice;
use incident::rules::{Known, Seen, asks_for_people, asks_for_words};
use incident::{Audience, Cause, Effect, Event, State};
use kernel::{IncidentNumber, PersonId};
use query::Context;
use std::collections::{BTreeMap, HashMap};
use store::incidents::Recorded;
use store::{Failure, Sql};

/// What goes down to parts and children is told everybody once: who reported several of them
/// reads it on the first, which is the one it came from where that is theirs.
const ONCE: [&str; 2] = ["update_published", "resolved"];

/// By which entry of the job each requester is told what of it.
#[derive(Default)]
struct Told(BTreeMap<(String, PersonId), (IncidentNumber, u32)>);

impl Told {
    /// Whether somebody is to be told this: not if they are told it with another incident of
    /// the same job.
    fn tells(&mut self, number: IncidentNumber, events: &[Event], effect: &Effect) -> bool {
        let Audience::Requester(person) = &effect.audience else { return true };
        if !ONCE.contains(&effect.word.as_str()) {
            return true;
        }
        let is_copied = events.iter().any(|event| {
            event.n == effect.n
                && matches!(&event.cause, Cause::Derived(derived) if derived.by == "incident")
        });
        let entry = (number, effect.n);
        // Two rows may tell of one entry, each in its own way.
        let first = *self.0.entry((effect.word.clone(), *person)).or_insert(entry);
        first == entry || !is_copied
    }
}

/// Leaves out what somebody is told with another incident of the same job.
fn tell_once(tried: &mut Try) -> Told {
    let mut told = Told::default();
    for Recorded { number, events, effects, .. } in &mut tried.parts {
        effects.retain(|effect| told.tells(*number, events, effect));
    }
    told
}

impl Round<'_> {
    /// Adds what those rows tell to the parts of the job.
    pub(super) fn tell_by_rows(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &mut Try,
    ) -> Result<(), Failure> {
        let mut told = tell_once(tried);
        let rows = self.policy.notices.added();
        let mut held: BTreeMap<(IncidentNumber, usize), bool> = BTreeMap::new();
        let count = if rows.is_empty() { 0 } else { tried.parts.len() };
        for at in 0..count {
            let mut found: Vec<Effect> = Vec::new();
            for (place, row) in rows.iter().enumerate() {
                let Some(part) = tried.parts.get(at) else { break };
                let (number, state) = (part.number, part.after.clone());
                let effects = row.effects(&state, &part.events, self.policy);
                if effects.is_empty() {
                    continue;
                }
                let holds = match held.get(&(number, place)) {
                    Some(holds) => *holds,
                    None => self.holds(sql, chain, tried, row, number)?,
                };
                held.insert((number, place), holds);
                found.extend(effects.into_iter().filter(|_| holds));
            }
            if let Some(part) = tried.parts.get_mut(at) {
                let (number, events) = (part.number, &part.events);
                found.retain(|effect| told.tells(number, events, effect));
                part.effects.extend(found);
            }
        }
        Ok(())
    }

    /// Whether a row's condition holds for an incident as the job leaves it.
    fn holds(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &Try,
        row: &ReadyNotice,
        number: IncidentNumber,
    ) -> Result<bool, Failure> {
        let Some(state) = self.state(sql, tried, number)? else { return Ok(false) };
        let people = match asks_for_people(&row.when) {
            true => known(sql, &state)?,
            false => HashMap::<PersonId, Known>::new(),
        };
        let texts = match asks_for_words(&row.when) {
            true => self.folded(sql, chain, tried, &state)?,
            false => vec![],
        };
        let texts: Vec<&[String]> = texts.iter().map(Vec::as_slice).collect();
        let (policy, state) = (self.policy, &state);
        let seen = Seen { number, state, policy, people: &people, texts: &texts };
        Ok(row.holds(&seen, &Context::of_a_rule(chain.now, &policy.time_zone)))
    }

    /// Title and description as their folded words.
    fn folded(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &Try,
        state: &State,
    ) -> Result<Vec<Vec<String>>, Failure> {
        let own = [state.title].into_iter().chain(state.description);
        own.map(|id| Ok(query::words(&self.words(sql, chain, tried, id)?))).collect()
    }
}
