//! Tells the rows as commands. Incidents of a chunk go side by side, the rows of one
//! incident one after the other: what a row changes is found from the state that the
//! row before left.

use super::difference::{Impossible, Target, Wish, difference};
use super::mapping::Mapping;
use super::names::{Names, UNKNOWN_CALLER};
use super::problems::{Problem, Rule};
use super::rows::Facts;
use desk::{Ask, Desk, Trouble};
use futures_util::{StreamExt, TryStreamExt, stream};
use incident::command::Report;
use incident::state::Lifecycle;
use incident::{Command, State};
use kernel::{
    Actor, ActorKind, Channel, InOrder, IncidentNumber, Matrix, PersonId, Timestamp, limits,
};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use store::directory::import_refs::{self, Imported};

/// What this file's records are called among the imported ones.
pub(super) const SOURCE: &str = "servicenow";
/// Incidents that are told side by side: about what the writer takes at once.
const SIDE_BY_SIDE: usize = 96;

/// Counts of what was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) reported: u64,
    pub(super) steps: u64,
    pub(super) rows_told: u64,
    pub(super) rows_known: u64,
}

/// The import under way.
pub(super) struct Replay {
    desk: Desk,
    mapping: Mapping,
    pub(super) names: Names,
    /// Rows seen of each incident, by the hash of its number: 24 bytes or so for each,
    /// which is what tells a row that was told from one that was not.
    seen: HashMap<u64, u32>,
    pub(super) counts: Counts,
}

/// Some rows of one incident.
struct Case {
    foreign: String,
    /// How many of its rows came before these.
    before: u32,
    rows: Vec<Facts>,
    known: Option<Imported>,
    state: Option<State>,
}

/// How a case went.
#[derive(Default)]
struct Outcome {
    counts: Counts,
    problems: Vec<Problem>,
}

impl Replay {
    pub(super) async fn new(desk: Desk, mapping: Mapping) -> Result<Replay, Trouble> {
        let names = Names::new(&desk).await?;
        Ok(Replay { desk, mapping, names, seen: HashMap::new(), counts: Counts::default() })
    }

    /// Tells some rows; what was wrong with them.
    pub(super) async fn tell(&mut self, rows: Vec<Facts>) -> Result<Vec<Problem>, Trouble> {
        self.names.learn(&self.desk, &rows).await?;
        let cases = self.cases(rows).await?;
        let matrix = self.desk.policy().matrix.clone();
        let teller = Teller {
            desk: &self.desk,
            names: &self.names,
            mapping: &self.mapping,
            matrix: &matrix,
        };
        let teller = &teller;
        let outcomes: Vec<Outcome> = stream::iter(cases)
            .map(|case| async move { teller.case(case).await })
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect()
            .await?;
        let mut problems = Vec::new();
        for outcome in outcomes {
            self.counts.reported += outcome.counts.reported;
            self.counts.steps += outcome.counts.steps;
            self.counts.rows_told += outcome.counts.rows_told;
            self.counts.rows_known += outcome.counts.rows_known;
            problems.extend(outcome.problems);
        }
        problems.order_by_key(|problem| problem.row);
        Ok(problems)
    }

    async fn cases(&mut self, rows: Vec<Facts>) -> Result<Vec<Case>, Trouble> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut cases: Vec<Case> = Vec::new();
        for facts in rows {
            let place = *places.entry(facts.number.clone()).or_insert_with(|| {
                let before = self.seen.get(&hash(&facts.number)).copied().unwrap_or(0);
                let foreign = facts.number.clone();
                cases.push(Case { foreign, before, rows: vec![], known: None, state: None });
                cases.len() - 1
            });
            cases[place].rows.push(facts);
        }
        for case in &cases {
            let seen = self.seen.entry(hash(&case.foreign)).or_insert(0);
            *seen = seen.saturating_add(case.rows.len() as u32);
        }
        self.desk
            .read(move |sql| {
                for case in &mut cases {
                    case.known = import_refs::find(sql, SOURCE, &case.foreign)?;
                    if let Some(known) = case.known
                        && known.rows_done < i64::from(case.before) + case.rows.len() as i64
                    {
                        case.state =
                            store::incidents::load(sql, known.number)?.map(|stored| stored.state);
                    }
                }
                Ok(cases)
            })
            .await
    }
}

fn hash(number: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

/// What telling needs.
struct Teller<'t> {
    desk: &'t Desk,
    names: &'t Names,
    mapping: &'t Mapping,
    matrix: &'t Matrix,
}

impl Teller<'_> {
    async fn case(&self, case: Case) -> Result<Outcome, Trouble> {
        let mut outcome = Outcome::default();
        let done = case.known.map_or(0, |known| known.rows_done);
        let mut at = case.known.map(|known| known.number).zip(case.state);
        let touched = at.as_ref().is_some_and(|(_, state)| !state.quiet);
        for (place, facts) in case.rows.iter().enumerate() {
            let nth = i64::from(case.before) + place as i64 + 1;
            if nth <= done {
                outcome.counts.rows_known += 1;
                continue;
            }
            if touched {
                outcome.problems.push(Problem::new(facts.row, Rule::TouchedHere, &facts.number));
                continue;
            }
            let (number, state) = match at.take() {
                Some(found) => found,
                None => match self.report(facts, &mut outcome).await? {
                    Some(reported) => reported,
                    None => continue,
                },
            };
            at = Some((number, self.row(number, state, facts, nth, &mut outcome).await?));
            outcome.counts.rows_told += 1;
        }
        Ok(outcome)
    }

    /// Reports what the first row says; `None` when it is refused.
    async fn report(
        &self,
        facts: &Facts,
        outcome: &mut Outcome,
    ) -> Result<Option<(IncidentNumber, State)>, Trouble> {
        let caller = facts.caller.clone().unwrap_or_else(|| UNKNOWN_CALLER.to_owned());
        let Some(requester) = self.names.person(Some(&caller)) else { return Ok(None) };
        let happened = facts.opened_at.filter(|at| *at <= self.desk.now()).unwrap_or(facts.at);
        let actor = self.actor(facts.opened_by.as_ref().or(Some(&caller)));
        let mut ask = self
            .desk
            .ask_unlimited(actor, Channel::Import)
            .imported(happened)
            .import_ref(SOURCE, &facts.number, 0);
        let report = Report {
            title: ask.title(&facts.title)?,
            description: None,
            requester,
            service: self.names.service(facts.service.as_ref()),
            category: self.names.category(facts),
            impact: facts.impact,
            urgency: facts.urgency,
            affected: None,
            team: self.names.team(facts.team.as_ref()),
            assignee: None,
            detected_at: None,
            fields: facts.fields.clone(),
            tags: Default::default(),
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        match ask.issue(Command::Report(Box::new(report))).await {
            Ok(done) => {
                outcome.counts.reported += 1;
                Ok(Some((done.number, done.state)))
            }
            Err(Trouble::Refused(refusal)) => {
                outcome.problems.push(Problem::new(facts.row, Rule::Refused, refusal.message));
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Brings an incident to what a row says; its state afterwards.
    async fn row(
        &self,
        number: IncidentNumber,
        state: State,
        facts: &Facts,
        nth: i64,
        outcome: &mut Outcome,
    ) -> Result<State, Trouble> {
        if facts.at < state.updated_at {
            outcome.problems.push(Problem::new(facts.row, Rule::BackInTime, &facts.number));
        }
        let target = Target {
            facts,
            team: self.names.team(facts.team.as_ref()),
            assignee: self.names.person(facts.assignee.as_ref()),
            category: self.names.category(facts),
            service: self.names.service(facts.service.as_ref()),
            mapped: &self.mapping.fields,
        };
        let (wishes, impossible) = difference(&state, &target, self.matrix);
        outcome.problems.extend(impossible.map(|what| {
            let rule = match what {
                Impossible::AfterTheEnd => Rule::AfterTheEnd,
                Impossible::ReopenedUnseen => Rule::ReopenedUnseen,
            };
            Problem::new(facts.row, rule, &facts.number)
        }));
        if !wishes.contains(&Wish::Resolve) && again(&state, facts) {
            outcome.problems.push(Problem::new(facts.row, Rule::Again, &facts.number));
        }
        let moments = Moments::of(&state, facts, &wishes);
        let last = wishes.len();
        let mut tickets = Vec::with_capacity(last);
        for (place, wish) in wishes.into_iter().enumerate() {
            let (at, by) = moments.of_wish(&wish, facts);
            let mut ask =
                self.desk.ask_unlimited(self.actor(by), Channel::Import).on(number).imported(at);
            if place + 1 == last {
                ask = ask.import_ref(SOURCE, &facts.number, nth);
            }
            let command = command(&mut ask, wish, facts)?;
            tickets.push(ask.submit(command).await?);
        }
        let mut after = state;
        for ticket in tickets {
            match ticket.done().await {
                Ok(done) => {
                    outcome.counts.steps += 1;
                    after = done.state;
                }
                Err(Trouble::Refused(refusal)) => {
                    let words = format!("{}: {}", facts.number, refusal.message);
                    outcome.problems.push(Problem::new(facts.row, Rule::Refused, words));
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(after)
    }

    fn actor(&self, name: Option<&String>) -> Actor {
        let person: Option<PersonId> = self.names.person(name);
        match (person, name) {
            (Some(id), Some(name)) => Actor::person(id, name.clone()),
            _ => Actor {
                kind: ActorKind::Integration,
                id: SOURCE.to_owned(),
                name: "ServiceNow import".to_owned(),
            },
        }
    }
}

/// Whether a row resolves or closes, by its own time, what is so already.
fn again(state: &State, facts: &Facts) -> bool {
    let (said, known) = match (state.lifecycle, facts.state.lifecycle) {
        (Lifecycle::Resolved, Lifecycle::Resolved) => (facts.resolved_at, state.moments.resolved),
        (Lifecycle::Closed, Lifecycle::Closed) => (facts.closed_at, state.moments.closed),
        _ => return false,
    };
    said == Some(facts.at) && known.is_some_and(|known| known < facts.at)
}

/// When the steps of a row happened. The log knows resolving and closing to the
/// minute, and says them of every row, also of those before.
struct Moments {
    row: Timestamp,
    resolved: Timestamp,
    closed: Timestamp,
}

impl Moments {
    fn of(state: &State, facts: &Facts, wishes: &[Wish]) -> Moments {
        let at = facts.at.max(state.updated_at);
        let within = |said: Option<Timestamp>, from: Timestamp| {
            said.filter(|said| *said >= from && *said <= at).unwrap_or(at)
        };
        let resolved = within(facts.resolved_at, state.updated_at);
        let resolves = wishes.contains(&Wish::Resolve);
        let from = if resolves { resolved } else { state.updated_at };
        // What a row does before resolving cannot be later than that.
        let row = if resolves { resolved } else { at };
        Moments { row, resolved, closed: within(facts.closed_at, from) }
    }

    fn of_wish<'f>(&self, wish: &Wish, facts: &'f Facts) -> (Timestamp, Option<&'f String>) {
        let updated_by = facts.updated_by.as_ref();
        match wish {
            Wish::Resolve if facts.resolved_at == Some(self.resolved) => {
                (self.resolved, facts.resolved_by.as_ref().or(updated_by))
            }
            Wish::Resolve => (self.resolved, updated_by),
            Wish::Close => (self.closed, updated_by),
            Wish::Link(..) | Wish::Unlink(..) => (self.row.max(self.closed), updated_by),
            _ => (self.row, updated_by),
        }
    }
}

fn command(ask: &mut Ask<'_>, wish: Wish, facts: &Facts) -> Result<Command, Trouble> {
    let mut words = |field, text: &str| ask.words(field, text, limits::BODY_CHARS);
    Ok(match wish {
        Wish::Reopen => Command::Reopen { note: words("note", "Reopened in ServiceNow.")? },
        Wish::Classify { service, category, fields } => {
            Command::Classify { title: None, service, category, fields, affected: None }
        }
        Wish::Levels(impact, urgency) => Command::Prioritise {
            impact: Some(impact),
            urgency: Some(urgency),
            priority: None,
            reason: None,
        },
        Wish::Override(priority) => Command::Prioritise {
            impact: None,
            urgency: None,
            priority: Some(priority),
            reason: Some(words("reason", "imported")?),
        },
        Wish::Assign(team, assignee) => Command::Assign { team, assignee },
        Wish::Acknowledge => Command::Acknowledge,
        Wish::Hold(reason) => Command::Hold { reason, until: None, note: None },
        Wish::Resume => Command::Resume,
        Wish::Resolve => {
            let code = facts.closed_code.clone().unwrap_or_else(|| "imported".to_owned());
            let note = words("note", &format!("Resolved in ServiceNow with {code}."))?;
            Command::Resolve { code, note, cause: None, known_error: None, children: false }
        }
        Wish::Close => Command::Close,
        Wish::Cancel => Command::Cancel { reason: words("reason", "Cancelled in ServiceNow.")? },
        Wish::Link(kind, target) => Command::Link { kind, target, cascade: None },
        Wish::Unlink(kind, target) => Command::Unlink { kind, target },
    })
}
