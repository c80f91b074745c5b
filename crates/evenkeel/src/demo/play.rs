//! Issues the steps of a plan as real commands, each at its instant, in order and
//! without waiting for each other.

use super::plan::{Deed, Fresh, Key, Step};
use super::{inboxes, mailbox, monitoring, oncall};
use crate::failed::Failed;
use desk::{Ask, Desk, SetClock, Trouble};
use incident::command::{Change, Report};
use incident::conduct::Audiences;
use incident::models::ModelUse;
use incident::rating::Score;
use incident::state::LinkKind;
use incident::{Command, Visibility};
use intake::Worker;
use kernel::{Actor, CategoryId, Channel, IncidentNumber, ListId, OutageId, Timestamp, limits};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Commands on their way at most.
const WINDOW: usize = 256;
/// Timers rung at once when the past is caught up with.
const TIMERS: i64 = 500;
/// More rounds than an incident has timers: a bound, not a tuning.
const ROUNDS: usize = 200;

/// Seconds that time moves on at once while people are paged.
const STRIDE: i64 = 30;

/// Issues steps, which must be in the order of time, on a store without incidents.
pub(super) struct Player<'d> {
    desk: &'d Desk,
    clock: &'d SetClock,
    mail: Arc<Worker>,
    numbers: HashMap<Key, IncidentNumber>,
    /// The lists of stakeholders, for what is public.
    lists: BTreeSet<ListId>,
    /// The number that the next report gets, where that is known.
    next: Option<IncidentNumber>,
    waiting: Waiting,
}

impl<'d> Player<'d> {
    pub(super) fn new(desk: &'d Desk, clock: &'d SetClock, lists: BTreeSet<ListId>) -> Self {
        let mail = Arc::new(Worker::new(desk.clone(), intake::Options::new(vec![])));
        let (numbers, waiting) = (HashMap::new(), VecDeque::new());
        Player { desk, clock, mail, numbers, lists, next: None, waiting }
    }

    /// Issues steps; `told` hears of each that is done.
    pub(super) async fn play(
        &mut self,
        steps: Vec<Step>,
        mut told: impl FnMut(),
    ) -> Result<(), Failed> {
        for step in steps {
            self.step(step, &mut told).await?;
        }
        self.settle_all(&mut told).await
    }

    /// The same while timers ring and people are paged, until `now`.
    pub(super) async fn live(
        &mut self,
        steps: Vec<Step>,
        now: Timestamp,
        mut told: impl FnMut(),
    ) -> Result<(), Failed> {
        for step in steps {
            self.go_on(step.at).await?;
            self.step(step, &mut told).await?;
            self.settle_all(&mut told).await?;
            oncall::bring(self.desk).await?;
            inboxes::fill(self.desk).await?;
        }
        self.go_on(now).await
    }

    /// Lets time pass until then.
    async fn go_on(&self, until: Timestamp) -> Result<(), Failed> {
        loop {
            let at = self.desk.now().plus_seconds(STRIDE).min(until);
            self.clock.set(at);
            catch_up(self.desk, at).await?;
            oncall::bring(self.desk).await?;
            inboxes::fill(self.desk).await?;
            if at >= until {
                return Ok(());
            }
        }
    }

    async fn step(&mut self, step: Step, told: &mut impl FnMut()) -> Result<(), Failed> {
        if matches!(step.deed, Deed::Alarm(..) | Deed::Letter(_)) {
            self.settle_all(told).await?;
            self.clock.set(step.at);
            self.comes_in(step).await?;
            told();
            return Ok(());
        }
        let reports = matches!(step.deed, Deed::Report(_));
        let number = if reports { self.next } else { None };
        let key = step.key;
        let ticket = submit(self.desk, &self.numbers, &self.lists, step).await?;
        if !reports {
            self.waiting.push_back((None, ticket));
        } else if let Some(number) = number {
            // Numbers are given in the order of reports, and nobody else reports.
            self.numbers.insert(key, number);
            self.next = Some(IncidentNumber(number.0 + 1));
            self.waiting.push_back((Some(number), ticket));
        } else {
            let done = ticket.done().await?;
            self.numbers.insert(key, done.number);
            self.next = Some(IncidentNumber(done.number.0 + 1));
            told();
        }
        while self.waiting.len() > WINDOW {
            settle(&mut self.waiting, told).await?;
        }
        Ok(())
    }

    /// What programs bring; whether it is an incident of its own is theirs to find out.
    async fn comes_in(&mut self, step: Step) -> Result<(), Failed> {
        match step.deed {
            Deed::Alarm(alarm, over) => {
                let taken = monitoring::tell(self.desk, &alarm, over).await?;
                if let Some(number) = taken.incidents.last() {
                    self.numbers.insert(step.key, *number);
                }
            }
            Deed::Letter(letter) => mailbox::arrive(self.desk, &self.mail, letter).await?,
            _ => {}
        }
        self.next = None;
        Ok(())
    }

    async fn settle_all(&mut self, told: &mut impl FnMut()) -> Result<(), Failed> {
        while !self.waiting.is_empty() {
            settle(&mut self.waiting, told).await?;
        }
        Ok(())
    }
}

type Waiting = VecDeque<(Option<IncidentNumber>, desk::Ticket)>;

async fn settle(waiting: &mut Waiting, told: &mut impl FnMut()) -> Result<(), Failed> {
    if let Some((expected, ticket)) = waiting.pop_front() {
        let done = ticket.done().await?;
        if expected.is_some_and(|number| number != done.number) {
            return Err(Failed::new(
                "somebody else writes to the demo's database while it is built; use one of its own",
            ));
        }
        told();
    }
    Ok(())
}

/// Rings what became due in the past, each timer at its own instant.
pub(super) async fn catch_up(desk: &Desk, now: Timestamp) -> Result<(), Failed> {
    for _ in 0..ROUNDS {
        let due =
            desk.read(move |sql| store::incidents::due_incidents(sql, now, None, TIMERS)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut tickets = Vec::with_capacity(due.len());
        for (number, at) in due {
            let ask = desk.ask_unlimited(Actor::system(), Channel::Timer).on(number).at(at);
            tickets.push(ask.submit(Command::Tick).await?);
        }
        for ticket in tickets {
            ticket.done().await?;
        }
    }
    Ok(())
}

async fn submit(
    desk: &Desk,
    numbers: &HashMap<Key, IncidentNumber>,
    lists: &BTreeSet<ListId>,
    step: Step,
) -> Result<desk::Ticket, Failed> {
    let mut ask = desk.ask_unlimited(step.actor, step.channel).at(step.at);
    let command = match step.deed {
        Deed::Report(fresh) => report(&mut ask, *fresh, numbers)?,
        deed => {
            ask = ask.on(numbers[&step.key]);
            match deed {
                Deed::Attach { name, text } => attach(desk, &mut ask, &name, &text).await?,
                Deed::Apply(name) => apply(desk, name)?,
                deed @ Deed::Update { .. } => update(&mut ask, deed, lists)?,
                deed => command(&mut ask, deed, numbers)?,
            }
        }
    };
    Ok(ask.submit(command).await?)
}

fn report(
    ask: &mut Ask<'_>,
    fresh: Fresh,
    numbers: &HashMap<Key, IncidentNumber>,
) -> Result<Command, Trouble> {
    let (impact, urgency) = fresh.levels;
    Ok(Command::Report(Box::new(Report {
        title: ask.title(&fresh.title)?,
        description: ask.opt_words("description", Some(&fresh.text), limits::BODY_CHARS)?,
        requester: fresh.requester,
        service: fresh.service,
        category: fresh.category,
        impact: Some(impact),
        urgency: Some(urgency),
        affected: fresh.affected,
        team: fresh.team,
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: fresh.tags.into_iter().map(str::to_owned).collect(),
        follow_up_of: None,
        parent: fresh.parent.map(|key| numbers[&key]),
        confidential_to: fresh.confidential_to,
        model: None,
        alerts: None,
    })))
}

fn apply(desk: &Desk, name: &str) -> Result<Command, Trouble> {
    let policy = desk.policy();
    let model = policy.models.iter().find(|model| model.name == name);
    let missing = || incident::Refusal::invalid("model", format!("{name} is not there"));
    Ok(Command::ApplyModel(ModelUse::of(model.ok_or_else(missing)?.id)))
}

async fn attach(desk: &Desk, ask: &mut Ask<'_>, name: &str, text: &str) -> Result<Command, Failed> {
    let mut upload = desk.upload(name).await?;
    upload.push(text.as_bytes()).await?;
    Ok(ask.attach(upload.finish().await?, Visibility::Public)?)
}

fn command(
    ask: &mut Ask<'_>,
    deed: Deed,
    numbers: &HashMap<Key, IncidentNumber>,
) -> Result<Command, Trouble> {
    if let Some(conducts) = conduct(ask, &deed)? {
        return Ok(conducts);
    }
    let mut words = |field, text: &str| ask.words(field, text, limits::BODY_CHARS);
    Ok(match deed {
        Deed::Outage(..)
        | Deed::Call(..)
        | Deed::Answer(..)
        | Deed::Room(..)
        | Deed::Impact(_)
        | Deed::HandOver(..)
        | Deed::Report(_)
        | Deed::Attach { .. }
        | Deed::Apply(_)
        | Deed::Update { .. }
        | Deed::Alarm(..)
        | Deed::Letter(_) => {
            return Err(incident::Refusal::invalid("deed", "is made elsewhere").into());
        }
        Deed::Take(person) => Command::Assign { team: Change::Keep, assignee: Change::Set(person) },
        Deed::Acknowledge => Command::Acknowledge,
        Deed::Sort(category, affected) => sort(category, affected),
        Deed::Say(text, visibility) => Command::Comment { body: words("body", &text)?, visibility },
        Deed::Hold { reason, until, note } => {
            let note = note.map(|note| words("note", &note)).transpose()?;
            Command::Hold { reason, until, note }
        }
        Deed::Resume => Command::Resume,
        Deed::Escalate(team, reason) => {
            Command::Escalate { team: Some(team), manager: None, reason: words("reason", &reason)? }
        }
        Deed::Resolve { code, note, cause, children } => Command::Resolve {
            code,
            note: words("note", &note)?,
            cause: cause.map(|cause| words("cause", &cause)).transpose()?,
            known_error: None,
            children,
        },
        Deed::Confirm => Command::Confirm,
        Deed::Rate(score, note) => Command::Rate {
            score: Score::new(score)
                .map_err(|wrong| incident::Refusal::invalid("score", wrong.to_string()))?,
            note: note.map(|note| words("note", note)).transpose()?,
        },
        Deed::Dispute(text) => Command::Dispute { note: words("note", &text)? },
        Deed::Cancel(text) => Command::Cancel { reason: words("reason", &text)? },
        Deed::Merge(into) => Command::Merge { into: numbers[&into] },
        Deed::Link(kind, target) => link(kind, target),
        Deed::DeclareMajor(text) => Command::DeclareMajor { reason: Some(words("reason", &text)?) },
        Deed::GiveRole(role, person) => Command::GiveRole { role, person: Some(person) },
        Deed::AddTask(task, title, person) => {
            Command::AddTask { task, title: words("title", &title)?, assignee: Some(person) }
        }
        Deed::CompleteTask(task) => Command::CompleteTask { task },
        Deed::LogWork(seconds, note) => {
            Command::LogWork { seconds, note: Some(words("note", &note)?) }
        }
        Deed::Expect { at, low, high } => {
            let (at, low, high) = (Some(at), Some(low), Some(high));
            Command::SetExpectedResolution { at, low, high, reason: None }
        }
        Deed::Mitigate => Command::Mitigate { children: false },
        Deed::Restore => Command::Restore { children: false },
        Deed::Watch(person) => Command::Watch { person: Some(person) },
    })
}

/// What is done about a major incident beside the rest.
fn conduct(ask: &mut Ask<'_>, deed: &Deed) -> Result<Option<Command>, Trouble> {
    let mut words = |field, text: &str| ask.words(field, text, limits::BODY_CHARS);
    Ok(Some(match deed {
        Deed::Outage(service, degree, started_at) => Command::RecordOutage {
            outage: OutageId(desk::fresh()),
            service: *service,
            degree: *degree,
            started_at: *started_at,
            ended_at: None,
        },
        Deed::Call(people, note) => Command::CallResponders {
            people: people.clone(),
            teams: vec![],
            note: Some(words("note", note)?),
        },
        Deed::Answer(coming, note) => Command::AnswerCall {
            coming: *coming,
            note: note.map(|note| words("note", note)).transpose()?,
        },
        Deed::Room(kind, address) => {
            Command::SetRoom { kind: *kind, address: Some(words("address", address)?) }
        }
        Deed::Impact(text) => Command::StateImpact { statement: Some(words("statement", text)?) },
        Deed::HandOver(role, to) => Command::HandOver { role: *role, to: *to },
        _ => return Ok(None),
    }))
}

fn update(ask: &mut Ask<'_>, deed: Deed, lists: &BTreeSet<ListId>) -> Result<Command, Trouble> {
    let Deed::Update { text, phase, expected, next, public, title } = deed else {
        return Err(incident::Refusal::invalid("deed", "is no update").into());
    };
    let title = title.map(|title| ask.words("title", title, limits::TITLE_CHARS)).transpose()?;
    let body = ask.words("body", &text, limits::BODY_CHARS)?;
    let audiences = match public {
        true => Audiences { lists: lists.clone(), status_page: true, ..Audiences::usual() },
        false => Audiences::usual(),
    };
    Ok(Command::PublishUpdate {
        body,
        phase,
        expected,
        next_update: next,
        title,
        audiences: Some(audiences),
    })
}

fn sort(category: CategoryId, affected: u32) -> Command {
    Command::Classify {
        title: None,
        service: Change::Keep,
        category: Change::Set(category),
        fields: Default::default(),
        affected: Some(affected),
    }
}

fn link(kind: LinkKind, target: String) -> Command {
    Command::Link { kind, target, cascade: None }
}
