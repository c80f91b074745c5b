//! What follows by rule from what a job did, in the same transaction. A rule runs at
//! most once for an incident and a job, so rules that set each other off come to an end.

use super::because::Because;
use super::{Chain, Round, Try};
use crate::chance::{bytes, fresh};
use incident::command::Related;
use incident::decide::Origin;
use incident::rules::{Known, Maker, Moment, ReadyRule, Rule, Seen};
use incident::rules::{asks_for_people, asks_for_words};
use incident::{Command, Refusal, State};
use kernel::{ContentId, IncidentNumber, PersonId, RuleId, TaskId, limits};
use query::Context;
use std::collections::{BTreeSet, HashMap};
use store::incidents::{Head, NewContent};
use store::{Failure, Sql};

/// How far the rules of one job got.
#[derive(Default)]
struct Course {
    /// The part that is looked at next.
    at: usize,
    /// Which ran on which incident.
    ran: BTreeSet<(IncidentNumber, RuleId)>,
    /// Incidents on which one ran after which no other is tried.
    ended: BTreeSet<IncidentNumber>,
    /// Commands so far.
    commands: usize,
    /// Whether one was left out because there were too many; no other is tried.
    full: bool,
    /// The people of the incident that was last looked at, and in which version.
    people: Option<((IncidentNumber, u32), HashMap<PersonId, Known>)>,
}

impl Course {
    /// The people of an incident, looked up once for all rules.
    fn people(
        &mut self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        state: &State,
    ) -> Result<&HashMap<PersonId, Known>, Failure> {
        let key = (number, state.version);
        let found = match self.people.take() {
            Some((of, found)) if of == key => found,
            _ => known(sql, state)?,
        };
        Ok(&self.people.insert((key, found)).1)
    }
}

/// The words that a rule or an incident model brings.
#[derive(Default)]
pub(super) struct Words(pub(super) Vec<NewContent>);

impl Maker for Words {
    fn words(&mut self, text: &str) -> ContentId {
        let id = ContentId(fresh());
        self.0.push(NewContent { id, salt: bytes(), body: text.to_owned() });
        id
    }

    fn task(&mut self) -> TaskId {
        TaskId(fresh())
    }
}

impl Round<'_> {
    /// What follows by itself from what a job did: the rules run, then teams give what came
    /// to them to their people, which rules hear of, too. The past follows from nothing.
    pub(super) fn by_itself(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
    ) -> Result<(), Failure> {
        if chain.job.prepared.origin == Origin::Import {
            return Ok(());
        }
        let (mut course, mut given) = (Course::default(), BTreeSet::new());
        loop {
            self.run_rules(sql, head, chain, tried, &mut course)?;
            if !self.assign_in_teams(sql, head, chain, tried, &mut given)? {
                return Ok(());
            }
        }
    }

    /// Runs the rules on everything that happened since they were run last, what other
    /// rules did included.
    fn run_rules(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        course: &mut Course,
    ) -> Result<(), Failure> {
        if self.policy.rules.is_empty() {
            return Ok(());
        }
        while let Some(part) = tried.parts.get(course.at).filter(|_| !course.full) {
            let at = course.at;
            let (number, moments) = (part.number, Moment::of(&part.events));
            let hearing = self.policy.rules.iter().filter(|ready| ready.hears(&moments));
            for ready in hearing {
                if course.full || course.ended.contains(&number) {
                    break;
                }
                if course.ran.contains(&(number, ready.rule.id)) {
                    continue;
                }
                if let Some(why) = self.matches(sql, chain, tried, course, ready, at)? {
                    course.ran.insert((number, ready.rule.id));
                    if ready.rule.stop {
                        course.ended.insert(number);
                    }
                    let run = Run { number, rule: &ready.rule, moments: &moments, why };
                    self.run(sql, head, chain, tried, course, &run)?;
                }
            }
            course.at += 1;
        }
        Ok(())
    }

    /// Why the incident of a part matches a rule as it stands now, if it does.
    fn matches(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &Try,
        course: &mut Course,
        ready: &ReadyRule,
        at: usize,
    ) -> Result<Option<String>, Failure> {
        let part = &tried.parts[at];
        let Some(state) = self.state(sql, tried, part.number)? else { return Ok(None) };
        let nobody = HashMap::new();
        let people = match asks_for_people(&ready.when) {
            true => course.people(sql, part.number, &state)?,
            false => &nobody,
        };
        let mut texts = Vec::new();
        if asks_for_words(&ready.when) {
            texts.push(self.words(sql, chain, tried, state.title)?);
            if let Some(description) = state.description {
                texts.push(self.words(sql, chain, tried, description)?);
            }
            texts.extend(part.contents.iter().map(|content| content.body.clone()));
        }
        let (number, policy) = (part.number, self.policy);
        let seen = Seen { number, state: &state, policy, people, texts: &texts };
        Ok(ready.why(&seen, &Context::of_a_rule(chain.now, &policy.time_zone)))
    }

    /// Says that a rule ran and issues its commands. One that is refused is noted and
    /// leaves no trace otherwise; a rule that changes nothing leaves none at all.
    fn run(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        course: &mut Course,
        run: &Run<'_>,
    ) -> Result<(), Failure> {
        let before = (tried.parts.len(), head.next_incident);
        let (rule, because) = (run.rule, Because::Rule(run.rule));
        let mut words = Words::default();
        let note = Command::Note(Related::RuleRan {
            rule: rule.id,
            on: rule.on.intersection(run.moments).copied().collect(),
            because: words.words(&run.why),
        });
        tried.copied = words.0;
        let target = Some(run.number);
        let said = self.step(sql, head, chain, tried, target, &note, &because)?;
        let parts = tried.parts.len();
        if said.is_ok() {
            for action in &rule.actions {
                let saved = (tried.parts.len(), head.next_incident);
                course.full = course.commands == limits::RULE_COMMANDS_PER_COMMAND;
                let done = if course.full {
                    Err(too_many())
                } else {
                    course.commands += 1;
                    let mut words = Words::default();
                    let command = action.command(&mut words, chain.now);
                    tried.copied = words.0;
                    match self.step(sql, head, chain, tried, target, &command, &because)? {
                        Ok(step) => {
                            self.consequences(sql, head, chain, tried, &step, &because)?.map(drop)
                        }
                        Err(refusal) => Err(refusal),
                    }
                };
                let Err(refusal) = done else { continue };
                tried.back_to(saved.0);
                head.next_incident = saved.1;
                if refusal.code != NOTHING_TO_CHANGE {
                    let note = refused(rule.id, action.name(), refusal);
                    // Where there is no room for the note, there is none for more.
                    let _full = self.step(sql, head, chain, tried, target, &note, &because)?;
                }
                if course.full {
                    break;
                }
            }
        }
        if tried.parts.len() == parts {
            tried.back_to(before.0);
            head.next_incident = before.1;
        }
        Ok(())
    }
}

/// A rule that matches an incident.
struct Run<'a> {
    number: IncidentNumber,
    rule: &'a Rule,
    moments: &'a BTreeSet<Moment>,
    why: String,
}

/// What a refusal says whose command asks for what is so already.
const NOTHING_TO_CHANGE: &str = "nothing_to_change";

fn too_many() -> Refusal {
    Refusal::limit(format!(
        "more than {} commands by rules would follow from one command; the rest was left out",
        limits::RULE_COMMANDS_PER_COMMAND
    ))
}

fn refused(rule: RuleId, name: &str, refusal: Refusal) -> Command {
    let field = refusal.field.map_or(String::new(), |field| format!("{field} "));
    let message = format!("{field}{}", refusal.message);
    Command::Note(Related::RuleRefused { rule, refused: name.to_owned(), message })
}

/// The people of an incident, as rules ask for them.
fn known(sql: &mut dyn Sql, state: &State) -> Result<HashMap<PersonId, Known>, Failure> {
    let mut ids: Vec<PersonId> = vec![state.requester];
    ids.extend(state.assignee);
    ids.extend(&state.watchers);
    let people = store::directory::people::get_many(sql, &ids)?;
    Ok(people
        .into_iter()
        .map(|person| {
            let known = Known { name: person.name, email: person.email, vip: person.vip };
            (person.id, known)
        })
        .collect())
}
