//! What follows by rule from what a job did, in the same transaction. A rule runs at
//! most once for an incident and a job, so rules that set each other off come to an end.

use super::because::Because;
use super::{Chain, RING_AGAIN_SECONDS, Round, Try};
use crate::chance::{bytes, fresh};
use incident::command::Related;
use incident::decide::Origin;
use incident::rules::{Known, Maker, Moment, ReadyRule, Rule, Seen};
use incident::rules::{asks_for_people, asks_for_words};
use incident::{Command, Refusal, State};
use kernel::{ContentId, IncidentNumber, PersonId, RuleId, TaskId, TeamId, Timestamp, limits};
use query::{Context, Expr};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    /// Whether there was no room for a rule whose wait is over: it is tried soon after.
    later: bool,
    /// The incident that was last looked at, until something is done to it.
    looked: Option<Looked>,
}

/// An incident with what rules ask of it, looked up once for all of them.
struct Looked {
    number: IncidentNumber,
    state: State,
    people: Option<HashMap<PersonId, Known>>,
    /// Title and description, and what the part with this place brought beside them, as
    /// their folded words.
    texts: Option<Vec<Folded>>,
    brought: Option<(usize, Vec<Folded>)>,
}

/// The folded words of a text.
type Folded = Vec<String>;

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
    /// to them to their people, which rules hear of, too; then the rules run whose waits are
    /// over. Last, rows that were added tell of it all. The past follows from nothing.
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
        self.settle(sql, head, chain, tried, &mut course, &mut given)?;
        if self.policy.rules.iter().any(|ready| ready.rule.wait.is_some()) {
            let mut course = self.run_waits(sql, head, chain, tried, course.ran)?;
            self.settle(sql, head, chain, tried, &mut course, &mut given)?;
            if course.later {
                self.ring_again(sql, chain, tried, &course)?;
            }
        }
        self.tell_by_rows(sql, chain, tried)
    }

    /// Lets rules and teams answer each other until neither has more to do.
    fn settle(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        course: &mut Course,
        given: &mut BTreeSet<(IncidentNumber, TeamId)>,
    ) -> Result<(), Failure> {
        loop {
            self.hear(sql, head, chain, tried, course)?;
            if !self.assign_in_teams(sql, head, chain, tried, given)? {
                return Ok(());
            }
            course.looked = None;
        }
    }

    /// Runs the rules on everything that happened since they were run last, what other
    /// rules did included.
    fn hear(
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
                let matched = self.matches(sql, chain, tried, course, ready, number, Some(at))?;
                if let Some(why) = matched {
                    let state = self.look(sql, tried, course, number)?;
                    let since = state.and_then(|state| ready.waited(state, self.policy, chain.now));
                    let waits = since.map(|since| (ready.rule.id, since)).into_iter().collect();
                    let run = Run { number, rule: &ready.rule, moments: &moments, why, waits };
                    self.run(sql, head, chain, tried, course, &run)?;
                }
            }
            course.at += 1;
        }
        Ok(())
    }

    /// Runs the rules whose waits are over on what this job touched, and on the incident
    /// that woke. They are no answer to what was done: what ends that course ends not theirs,
    /// and what ends theirs ends not who hears what they did.
    fn run_waits(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        ran: BTreeSet<(IncidentNumber, RuleId)>,
    ) -> Result<Course, Failure> {
        let mut course = Course { ran, at: tried.parts.len(), ..Course::default() };
        for number in touched(chain, tried) {
            self.wait(sql, head, chain, tried, &mut course, number)?;
        }
        course.ended.clear();
        Ok(course)
    }

    /// Lets the incidents wake soon on which a wait is over that there was no room for.
    fn ring_again(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &mut Try,
        course: &Course,
    ) -> Result<(), Failure> {
        let soon = chain.now.plus_seconds(RING_AGAIN_SECONDS);
        for number in touched(chain, tried) {
            let Some(state) = self.state(sql, tried, number)? else { continue };
            let is_left = |ready: &ReadyRule| {
                !course.ran.contains(&(number, ready.rule.id))
                    && ready.waited(&state, self.policy, chain.now).is_some()
            };
            if !self.policy.rules.iter().any(is_left) {
                continue;
            }
            let sooner = |at: Option<Timestamp>| Some(at.map_or(soon, |at| at.min(soon)));
            match tried.parts.iter_mut().rev().find(|part| part.number == number) {
                Some(part) => part.wake_at = sooner(part.wake_at),
                None => {
                    let wake_at = sooner(self.wakes_at(&state, chain.now));
                    store::incidents::rearm(sql, number, wake_at)?;
                }
            }
        }
        Ok(())
    }

    /// Runs the rules whose waits are over on an incident.
    fn wait(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        course: &mut Course,
        number: IncidentNumber,
    ) -> Result<(), Failure> {
        let moments = BTreeSet::from([Moment::Waited]);
        for (place, ready) in self.policy.rules.iter().enumerate() {
            let Some(wait) = ready.rule.wait else { continue };
            if course.later || course.ended.contains(&number) {
                break;
            }
            if course.ran.contains(&(number, ready.rule.id)) {
                continue;
            }
            let Some(state) = self.look(sql, tried, course, number)? else { break };
            let Some(since) = ready.waited(state, self.policy, chain.now) else { continue };
            let after: &[ReadyRule] = match ready.rule.stop {
                true => self.policy.rules.get(place + 1..).unwrap_or_default(),
                false => &[],
            };
            let over = |other: &ReadyRule| {
                Some((other.rule.id, other.waited(state, self.policy, chain.now)?))
            };
            let mut waits: BTreeMap<RuleId, Timestamp> = after.iter().filter_map(over).collect();
            waits.insert(ready.rule.id, since);
            let why = self.matches(sql, chain, tried, course, ready, number, None)?;
            if let Some(why) = why {
                // Nobody waits for what it does just now: whole, and a little later.
                let commands = course.commands + ready.rule.actions.len();
                course.later = commands > limits::RULE_COMMANDS_PER_COMMAND;
                if course.later {
                    break;
                }
                let waited = wait.words(self.policy);
                let why = match ready.when {
                    Expr::All => waited,
                    _ => format!("{waited} and {why}"),
                };
                let run = Run { number, rule: &ready.rule, moments: &moments, why, waits };
                self.run(sql, head, chain, tried, course, &run)?;
            }
        }
        Ok(())
    }

    /// The incident as it stands now.
    fn look<'c>(
        &self,
        sql: &mut dyn Sql,
        tried: &Try,
        course: &'c mut Course,
        number: IncidentNumber,
    ) -> Result<Option<&'c State>, Failure> {
        if course.looked.as_ref().is_none_or(|looked| looked.number != number) {
            let state = self.state(sql, tried, number)?;
            course.looked = state.map(|state| Looked {
                number,
                state,
                people: None,
                texts: None,
                brought: None,
            });
        }
        Ok(course.looked.as_ref().map(|looked| &looked.state))
    }

    /// Why an incident matches a rule as it stands now, if it does. The words of the
    /// part that sets the rule off count as its own.
    #[allow(clippy::too_many_arguments)] // Who asks what of which incident, and why now.
    fn matches(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &Try,
        course: &mut Course,
        ready: &ReadyRule,
        number: IncidentNumber,
        part: Option<usize>,
    ) -> Result<Option<String>, Failure> {
        self.look(sql, tried, course, number)?;
        let Some(Looked { state, people, texts, brought, .. }) = &mut course.looked else {
            return Ok(None);
        };
        let nobody = HashMap::new();
        let people = match (asks_for_people(&ready.when), people) {
            (false, _) => &nobody,
            (true, Some(people)) => people,
            (true, none) => none.insert(known(sql, state)?),
        };
        let mut words: Vec<&[String]> = Vec::new();
        if asks_for_words(&ready.when) {
            let own = || [state.title].into_iter().chain(state.description);
            if texts.is_none() {
                let folded = own().map(|id| Ok(query::words(&self.words(sql, chain, tried, id)?)));
                *texts = Some(folded.collect::<Result<_, Failure>>()?);
            }
            if let Some(part) = part.filter(|at| brought.as_ref().is_none_or(|(of, _)| of != at)) {
                let contents = tried.parts.get(part).into_iter().flat_map(|part| &part.contents);
                let new = contents.filter(|content| own().all(|id| id != content.id));
                *brought = Some((part, new.map(|content| query::words(&content.body)).collect()));
            }
            let brought = brought.iter().filter(|(of, _)| Some(*of) == part);
            let brought = brought.flat_map(|(_, folded)| folded);
            words.extend(texts.iter().flatten().chain(brought).map(Vec::as_slice));
        }
        let policy = self.policy;
        let seen = Seen { number, state, policy, people, texts: &words };
        Ok(ready.why(&seen, &Context::of_a_rule(chain.now, &policy.time_zone)))
    }

    /// Runs a rule that matches, unless it ran too often of late: then it rests, and the
    /// timeline says so once.
    fn run(
        &self,
        sql: &mut dyn Sql,
        head: &mut Head,
        chain: &Chain<'_>,
        tried: &mut Try,
        course: &mut Course,
        run: &Run<'_>,
    ) -> Result<(), Failure> {
        course.ran.insert((run.number, run.rule.id));
        let state = self.look(sql, tried, course, run.number)?;
        if let Some(rest) = state.and_then(|state| state.rest_of(run.rule.id, chain.now)) {
            if !rest.said {
                let (rule, because) = (run.rule.id, Because::Rule(run.rule));
                let note =
                    Command::Note(Related::RuleRested { rule, runs: rest.runs, until: rest.until });
                let target = Some(run.number);
                // Where there is no room for the note, it is said when there is.
                let _full = self.step(sql, head, chain, tried, target, &note, &because)?;
                course.looked = None;
            }
            return Ok(());
        }
        if run.rule.stop {
            course.ended.insert(run.number);
        }
        course.looked = None;
        self.issue(sql, head, chain, tried, course, run)
    }

    /// Says that a rule ran and issues its commands. One that is refused is noted and
    /// leaves no trace otherwise; a rule that changes nothing leaves none at all, unless a
    /// wait is over with it: who was waited for once is not waited for again.
    fn issue(
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
            waits: run.waits.clone(),
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
        if tried.parts.len() == parts && run.waits.is_empty() {
            tried.back_to(before.0);
            head.next_incident = before.1;
        }
        Ok(())
    }
}

/// The incidents that a job touched, and the one that woke.
fn touched(chain: &Chain<'_>, tried: &Try) -> BTreeSet<IncidentNumber> {
    let woke = matches!(chain.job.command, Command::Tick | Command::Recompute { .. });
    let woken = chain.job.prepared.target.filter(|_| woke);
    tried.parts.iter().map(|part| part.number).chain(woken).collect()
}

/// A rule that matches an incident.
struct Run<'a> {
    number: IncidentNumber,
    rule: &'a Rule,
    moments: &'a BTreeSet<Moment>,
    why: String,
    /// The waits that are over with it.
    waits: BTreeMap<RuleId, Timestamp>,
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
pub(super) fn known(sql: &mut dyn Sql, state: &State) -> Result<HashMap<PersonId, Known>, Failure> {
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
