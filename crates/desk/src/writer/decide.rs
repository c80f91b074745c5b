//! Deciding one job inside the transaction: find the facts, decide, and let the
//! related incidents have their say, all or nothing.

mod alerts;
mod assignment;
mod because;
mod mail;
mod models;
mod notices;
mod paging;
mod related;
mod remember;
mod rules;
mod words;

use super::Job;
use crate::Trouble;
use crate::ask::{Done, MESSAGE_DONE};
use crate::people::Named;
use assignment::Standings;
use because::Because;
use incident::decide::{Follow, Origin};
use incident::effects::heard;
use incident::escalation::Turns;
use incident::permissions::may;
use incident::rules::next_wait;
use incident::{Access, Command, Event, Facts, Policy, Refusal, Scope, State};
use incident::{decide, effects, wake_at};
use kernel::{Actor, IncidentNumber, SurgeId, Timestamp, limits};
use mail::mail_of;
use paging::new_pages;
use related::Related;
pub(super) use remember::remember;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use store::incidents::{Head, NewContent, Recorded};
use store::surges::SurgeState;
use store::{Failure, Sql};

/// Incidents that one command may touch: all relatives of one incident, and as many again below them.
const TOUCHED_MAX: usize = 2 * (limits::CHILDREN_PER_INCIDENT + limits::PARTS_PER_INCIDENT);

/// How soon a timer may ring again that rang for nothing.
const RING_AGAIN_SECONDS: i64 = 60;

/// What an idempotency key remembers.
#[derive(serde::Serialize, serde::Deserialize)]
struct Remembered {
    number: IncidentNumber,
    created: bool,
    first_n: u32,
}

/// One transaction's worth of deciding.
pub(super) struct Round<'a> {
    policy: &'a Policy,
    now: Timestamp,
    kept: Option<&'a HashMap<IncidentNumber, State>>,
    /// States as this round left them.
    states: HashMap<IncidentNumber, State>,
    parts: Vec<Recorded>,
    /// Whom teams choose from, as far as this round asked.
    standings: Standings,
    /// Whose turn it was last in steps of paging, as far as this round asked.
    turns: OnceCell<Turns>,
    /// Keys used earlier in this round.
    keys: HashMap<(String, String), (Vec<u8>, Done)>,
    /// Messages that came on, and alarms that were raised, earlier in this round.
    mail: HashSet<String>,
    /// Surges that were accepted earlier in this round.
    surges: HashSet<SurgeId>,
}

/// What one job did so far; dropped when it is refused half-way.
#[derive(Default)]
struct Try {
    states: HashMap<IncidentNumber, State>,
    parts: Vec<Recorded>,
    /// Words copied for the next step.
    copied: Vec<NewContent>,
}

impl Try {
    /// Takes back what came after the first `parts` parts.
    fn back_to(&mut self, parts: usize) {
        for part in self.parts.drain(parts..).rev() {
            match part.before {
                Some(state) => self.states.insert(part.number, state),
                None => self.states.remove(&part.number),
            };
        }
        self.copied.clear();
    }
}

/// What stays the same along a job's chain of consequences.
struct Chain<'a> {
    actor: Actor,
    now: Timestamp,
    job: &'a Job,
}

impl<'a> Round<'a> {
    /// One for so many jobs: states are large, and what grows is copied at each step.
    pub(super) fn new(
        policy: &'a Policy,
        now: Timestamp,
        kept: Option<&'a HashMap<IncidentNumber, State>>,
        jobs: usize,
    ) -> Self {
        Round {
            policy,
            now,
            kept,
            states: HashMap::with_capacity(jobs),
            parts: Vec::with_capacity(jobs),
            standings: Standings::new(),
            turns: OnceCell::new(),
            keys: HashMap::new(),
            mail: HashSet::new(),
            surges: HashSet::new(),
        }
    }

    pub(super) fn into_parts(self) -> Vec<Recorded> {
        self.parts
    }

    /// Decides one job. The outer error is the store's and ends the round; the inner is the caller's answer.
    pub(super) fn one(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        job: &Job,
    ) -> Result<Result<Done, Trouble>, Failure> {
        if let Some(answer) = self.asked_before(sql, job)? {
            return Ok(answer);
        }
        if self.mail_done(sql, job)? {
            let words = "this was done for the message before";
            return Ok(Err(Refusal::state(MESSAGE_DONE, words).into()));
        }
        let surge = job.prepared.surge.as_ref().map(|accepting| accepting.surge);
        if let Some(surge) = surge
            && (self.surges.contains(&surge) || !store::surges::hold(sql, surge)?)
        {
            return Ok(Err(crate::surges::was_decided(SurgeState::Accepted)));
        }
        let next_incident = head.next_incident;
        match self.attempt(sql, head, job)? {
            Ok(done) => {
                self.mail.extend(mail_of(job));
                self.surges.extend(surge);
                if let Some(once) = &job.prepared.idempotency {
                    let key = (job.prepared.actor.id.clone(), once.key.clone());
                    self.keys.insert(key, (once.request_hash.clone(), done.clone()));
                }
                Ok(Ok(done))
            }
            Err(trouble) => {
                head.next_incident = next_incident;
                Ok(Err(trouble))
            }
        }
    }

    fn asked_before(
        &mut self,
        sql: &mut dyn Sql,
        job: &Job,
    ) -> Result<Option<Result<Done, Trouble>>, Failure> {
        let (Some(once), Some(person)) =
            (&job.prepared.idempotency, job.prepared.actor.person_id())
        else {
            return Ok(None);
        };
        let key = (job.prepared.actor.id.clone(), once.key.clone());
        if let Some((hash, done)) = self.keys.get(&key) {
            return Ok(Some(if *hash == once.request_hash {
                Ok(Done { repeated: true, ..done.clone() })
            } else {
                Err(Trouble::KeyReused)
            }));
        }
        let Some(found) = store::directory::idempotency::find(sql, person, &once.key)? else {
            return Ok(None);
        };
        if found.request_hash != once.request_hash {
            return Ok(Some(Err(Trouble::KeyReused)));
        }
        let remembered: Result<Remembered, _> = serde_json::from_str(&found.body);
        let Ok(remembered) = remembered else { return Ok(Some(Err(Trouble::KeyReused))) };
        let Some(state) = self.state(sql, &Try::default(), remembered.number)? else {
            return Ok(Some(Err(Trouble::KeyReused)));
        };
        Ok(Some(Ok(Done {
            number: remembered.number,
            created: remembered.created,
            repeated: true,
            state,
            title: None,
            first_n: remembered.first_n,
            position: 0,
        })))
    }

    /// The trouble of a job that names a version its incident has no more. What the
    /// viewer may not see is refused later as unknown, not here as changed.
    fn stale(&self, sql: &mut dyn Sql, job: &Job) -> Result<Option<Trouble>, Failure> {
        let prepared = &job.prepared;
        let (Some(number), Some(seen)) = (prepared.target, prepared.expected_version) else {
            return Ok(None);
        };
        let Some(state) = self.state(sql, &Try::default(), number)? else { return Ok(None) };
        let current = i64::from(state.version);
        let stale = current != seen && sees(job, &state) != Access::None;
        Ok(stale.then_some(Trouble::Stale { seen, current }))
    }

    fn attempt(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        job: &Job,
    ) -> Result<Result<Done, Trouble>, Failure> {
        let chain = Chain {
            actor: job.prepared.actor.clone(),
            now: job.prepared.now.unwrap_or(self.now),
            job,
        };
        let mut tried = Try::default();
        if let Some(stale) = self.stale(sql, job)? {
            return Ok(Err(stale));
        }
        let because = Because::asked(job.prepared.suggestion.as_ref());
        let target = job.prepared.target;
        let step = self.step(sql, head, &chain, &mut tried, target, &job.command, &because)?;
        let first = match step {
            Ok(step) => step,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        let (mut main, mut created) = (first.number, target.is_none());
        match self.consequences(sql, head, &chain, &mut tried, &first, &because)? {
            Ok(Some(another)) => (main, created) = (another, true),
            Ok(None) => {}
            Err(refusal) => return Ok(Err(refusal.into())),
        }
        self.by_itself(sql, head, &chain, &mut tried)?;
        let state = match tried.states.get(&main) {
            Some(state) => state.clone(),
            None => self
                .state(sql, &tried, main)?
                .ok_or_else(|| Failure::damaged("an incident vanished while it was decided"))?,
        };
        let title = tried
            .parts
            .iter()
            .flat_map(|part| &part.contents)
            .find(|content| content.id == state.title)
            .map(|c| c.body.clone());
        self.states.extend(tried.states);
        self.parts.extend(tried.parts);
        Ok(Ok(Done {
            number: main,
            created,
            repeated: false,
            state,
            title,
            first_n: first.first_n,
            position: 0,
        }))
    }

    /// What other incidents are told of a step, and what follows from that; gives the
    /// incident that was reported on the way, if one was.
    fn consequences(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        first: &Step,
        because: &Because<'_>,
    ) -> Result<Result<Option<IncidentNumber>, Refusal>, Failure> {
        let because = because.below(first.number);
        let mut waiting = first.follow.clone();
        let mut reported = None;
        let mut touched = 1;
        while let Some(follow) = waiting.pop() {
            touched += 1;
            if touched > TOUCHED_MAX {
                return Ok(Err(Refusal::limit(format!(
                    "this would change more than {TOUCHED_MAX} incidents at once"
                ))));
            }
            let command = self.rekeyed(sql, chain, tried, &follow)?;
            match self.step(sql, head, chain, tried, follow.to, &command, &because)? {
                Ok(step) => {
                    if follow.to.is_none() {
                        reported = Some(step.number);
                    }
                    waiting.extend(step.follow);
                }
                Err(refusal) if follow.required => return Ok(Err(refusal)),
                Err(_) => {}
            }
        }
        Ok(Ok(reported))
    }

    /// One decision about one incident.
    #[allow(clippy::too_many_arguments)] // The parts of one sentence: who decides what about which, and why.
    fn step(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        target: Option<IncidentNumber>,
        command: &Command,
        because: &Because<'_>,
    ) -> Result<Result<Step, Refusal>, Failure> {
        let before = match target {
            Some(number) => match self.state(sql, tried, number)? {
                Some(state) => Some(state),
                None => {
                    return Ok(Err(Refusal::not_found(
                        "there is no such incident, or you may not see it",
                    )));
                }
            },
            None => None,
        };
        let number = target.unwrap_or(IncidentNumber(head.next_incident));
        let prepared = &chain.job.prepared;
        let viewer = prepared.viewer.as_ref().filter(|_| because.is_asked());
        // Who may not do it at all has nothing looked up for it.
        if let Some(Err(refusal)) = viewer.map(|viewer| may(viewer, before.as_ref(), command)) {
            return Ok(Err(refusal));
        }
        if let (Command::Redact { content }, Some(number)) = (command, target)
            && !store::incidents::content_belongs(sql, *content, number)?
        {
            return Ok(Err(Refusal::invalid("content", "is not there, or was removed already")));
        }
        if let Some(refusal) = related::missing(sql, command, prepared)? {
            return Ok(Err(refusal));
        }
        let mut related = Related::find(self, sql, chain, tried, command, number)?;
        let contents = &mut related.contents;
        let command = self.with_words(sql, chain, tried, command, before.as_ref(), contents)?;
        let command: &Command = &command;
        let people = self.people(sql, chain, command)?;
        let turns = self.turns(sql, tried)?;
        let facts = Facts {
            number: Some(number),
            viewer,
            actor: because.actor(&chain.actor),
            channel: prepared.channel,
            origin: prepared.origin,
            happened_at: prepared.happened_at,
            batch: prepared.batch,
            policy: self.policy,
            people: &people,
            other: related.other.as_ref(),
            above_other: &related.above_other,
            undo: &related.undo,
            timeline: &related.timeline,
            turns: &turns,
            article: related.article,
            follow_up: related.follow_up,
            derived: because.derived(),
        };
        let decision = match decide(before.as_ref(), command, &facts, chain.now) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if target.is_none() && decision.state.is_some() {
            head.next_incident += 1;
        }
        let first_n = first_input(&decision.events);
        let woke = matches!(command, Command::Tick | Command::Recompute { .. });
        if woke && decision.events.is_empty() {
            self.rearm(sql, number, before.as_ref(), chain.now)?;
        }
        if let Some(after) = decision.state.filter(|_| !decision.events.is_empty()) {
            let mut effects = match prepared.origin {
                Origin::Live => effects(before.as_ref(), &after, &decision.events, self.policy),
                Origin::Import => vec![],
            };
            if prepared.tells_owner {
                effects.extend(heard(&after, &decision.events, self.policy));
            }
            let pages = new_pages(&decision.events, self.policy);
            let brought = store::incidents::brought_by(&decision.events);
            let contents = prepared.contents.iter().chain(&related.contents);
            let contents = contents.filter(|content| brought.contains_key(&content.id)).cloned();
            let wake_at = self.wakes_at(&after, chain.now);
            tried.states.insert(number, after.clone());
            tried.parts.push(Recorded {
                number,
                before,
                after,
                events: decision.events,
                contents: contents.collect(),
                files: prepared.files.clone(),
                effects,
                pages,
                wake_at,
            });
        }
        Ok(Ok(Step { number, follow: decision.follow, first_n }))
    }

    /// A timer that rang for nothing was set by what is no longer so; it is set anew,
    /// and not to an instant that is past, or it would ring for ever.
    fn rearm(
        &self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        state: Option<&State>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let wake_at = state.and_then(|state| self.wakes_at(state, now));
        let later = now.plus_seconds(RING_AGAIN_SECONDS);
        let wake_at = wake_at.map(|at| if at <= now { later } else { at });
        store::incidents::rearm(sql, number, wake_at)
    }

    /// What was imported and never touched here keeps silent.
    fn wakes_at(&self, state: &State, now: Timestamp) -> Option<Timestamp> {
        let next =
            wake_at(state, self.policy).into_iter().chain(next_wait(state, self.policy, now));
        next.min().filter(|_| !state.quiet)
    }

    fn state(
        &self,
        sql: &mut dyn Sql,
        tried: &Try,
        number: IncidentNumber,
    ) -> Result<Option<State>, Failure> {
        let at_hand = tried
            .states
            .get(&number)
            .or_else(|| self.states.get(&number))
            .or_else(|| self.kept.and_then(|kept| kept.get(&number)));
        match at_hand {
            Some(state) => Ok(Some(state.clone())),
            None => Ok(store::incidents::load(sql, number)?.map(|stored| stored.state)),
        }
    }

    fn people(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        command: &Command,
    ) -> Result<Named, Failure> {
        let mut people = chain.job.people.clone();
        let named = match command {
            Command::Report(report) => Some(report.requester),
            Command::Watch { person } => *person,
            _ => None,
        };
        if let Some(named) = named.filter(|named| !people.contains_key(named)) {
            for person in store::directory::people::get_many(sql, &[named])? {
                let facts = incident::policy::PersonFacts {
                    name: person.name,
                    organisation: person.organisation,
                };
                people.insert(person.id, facts);
            }
        }
        Ok(people)
    }
}

struct Step {
    number: IncidentNumber,
    follow: Vec<Follow>,
    first_n: u32,
}

/// How much of an incident whoever asked may see.
fn sees(job: &Job, state: &State) -> Access {
    let viewer = job.prepared.viewer.as_ref();
    viewer.map_or(Access::Full, |viewer| Scope::of(viewer).access(&state.into()))
}

fn first_input(events: &[Event]) -> u32 {
    events.iter().find(|event| event.cause.is_asked()).map_or(0, |event| event.n)
}
