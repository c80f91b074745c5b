//! What will have happened, thought out before anything is recorded: steps of
//! people at instants. Playing it needs no reading back.

use super::alarms::Alarm;
use super::company::{Company, Someone};
use super::mailbox::Letter;
use incident::command::Visibility;
use incident::conduct::{Degree, RoomKind};
use incident::state::{HoldReason, IncidentRole, LinkKind, UpdatePhase};
use kernel::{
    Actor, CategoryId, Channel, InOrder, Level, PersonId, ServiceId, TaskId, TeamId, Timestamp,
};
use std::collections::BTreeMap;

/// An incident of the plan, by the order in which it was thought of.
pub(super) type Key = usize;

/// A new incident.
#[derive(Debug, Clone)]
pub(super) struct Fresh {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) requester: PersonId,
    pub(super) service: Option<ServiceId>,
    pub(super) category: Option<CategoryId>,
    pub(super) levels: (Level, Level),
    pub(super) affected: Option<u32>,
    pub(super) team: Option<TeamId>,
    pub(super) parent: Option<Key>,
    pub(super) confidential_to: Option<TeamId>,
    pub(super) tags: Vec<&'static str>,
}

/// What somebody does.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Report(Box<Fresh>),
    /// Monitoring tells of something, or that it is over.
    Alarm(Alarm, bool),
    /// A letter comes in.
    Letter(&'static Letter),
    Take(PersonId),
    Acknowledge,
    /// Where it belongs, and how many are affected.
    Sort(CategoryId, u32),
    Say(String, Visibility),
    Hold {
        reason: HoldReason,
        until: Option<Timestamp>,
        note: Option<String>,
    },
    Resume,
    Escalate(TeamId, String),
    Resolve {
        code: String,
        note: String,
        cause: Option<String>,
        children: bool,
    },
    Confirm,
    /// How content, and why.
    Rate(i64, Option<&'static str>),
    Dispute(String),
    Cancel(String),
    Merge(Key),
    Link(LinkKind, String),
    DeclareMajor(String),
    GiveRole(IncidentRole, PersonId),
    AddTask(TaskId, String, PersonId),
    CompleteTask(TaskId),
    LogWork(u32, String),
    Update {
        text: String,
        phase: UpdatePhase,
        expected: Option<Timestamp>,
        next: Option<Timestamp>,
        /// Whether the status page and the lists of stakeholders get it, too.
        public: bool,
        /// What it is called outside, where that is not the title.
        title: Option<&'static str>,
    },
    /// A service is worse than agreed since then.
    Outage(ServiceId, Degree, Timestamp),
    /// People are asked to come, with words to them.
    Call(Vec<PersonId>, &'static str),
    /// Whoever was asked says whether they come.
    Answer(bool, Option<&'static str>),
    /// Where people meet.
    Room(RoomKind, &'static str),
    /// What it means for the business.
    Impact(&'static str),
    /// A role is handed to somebody who has not accepted yet.
    HandOver(IncidentRole, PersonId),
    Expect {
        at: Timestamp,
        low: Timestamp,
        high: Timestamp,
    },
    Mitigate,
    Restore,
    Watch(PersonId),
    /// Apply the incident model of this name.
    Apply(&'static str),
    Attach {
        name: String,
        text: String,
    },
}

/// One deed of one person at one instant.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) key: Key,
    pub(super) actor: Actor,
    pub(super) channel: Channel,
    pub(super) deed: Deed,
}

/// The whole of it.
pub(super) struct Plan<'a> {
    pub(super) company: &'a Company,
    pub(super) steps: Vec<Step>,
    incidents: usize,
}

impl<'a> Plan<'a> {
    pub(super) fn new(company: &'a Company) -> Plan<'a> {
        Plan { company, steps: vec![], incidents: 0 }
    }

    /// Somebody reports something.
    pub(super) fn report(
        &mut self,
        at: Timestamp,
        by: Actor,
        channel: Channel,
        fresh: Fresh,
    ) -> Thread<'_, 'a> {
        let key = self.incidents;
        self.incidents += 1;
        let deed = Deed::Report(Box::new(fresh));
        self.steps.push(Step { at, key, actor: by, channel, deed });
        Thread { plan: self, key, last: at }
    }

    /// Monitoring tells of something nobody reported.
    pub(super) fn alarm(&mut self, at: Timestamp, alarm: Alarm) -> Thread<'_, 'a> {
        self.by_program(at, Channel::Alert, Deed::Alarm(alarm, false))
    }

    /// A letter comes in.
    pub(super) fn letter(&mut self, at: Timestamp, letter: &'static Letter) {
        self.by_program(at, Channel::Email, Deed::Letter(letter));
    }

    fn by_program(&mut self, at: Timestamp, channel: Channel, deed: Deed) -> Thread<'_, 'a> {
        let key = self.incidents;
        self.incidents += 1;
        self.steps.push(Step { at, key, actor: Actor::system(), channel, deed });
        Thread { plan: self, key, last: at }
    }

    /// The steps up to `now` in the order of time. What would come later has not
    /// happened: that is how things come to be open.
    pub(super) fn until(self, now: Timestamp) -> Vec<Step> {
        let mut steps: Vec<Step> = self.steps.into_iter().filter(|step| step.at <= now).collect();
        steps.order_by_key(|step| step.at);
        steps
    }
}

/// How many incidents are open after these steps; those merged into others not counted.
pub(super) fn open_after<'s>(steps: impl Iterator<Item = &'s Step>) -> usize {
    let mut steps: Vec<&Step> = steps.collect();
    steps.order_by_key(|step| step.at);
    let mut open: BTreeMap<Key, Option<Key>> = BTreeMap::new();
    for step in steps {
        match &step.deed {
            Deed::Report(fresh) => {
                open.insert(step.key, fresh.parent);
            }
            Deed::Dispute(_) | Deed::Alarm(_, false) => {
                open.insert(step.key, None);
            }
            Deed::Resolve { children, .. } => {
                open.remove(&step.key);
                open.retain(|_, parent| !children || *parent != Some(step.key));
            }
            Deed::Cancel(_) | Deed::Merge(_) | Deed::Alarm(_, true) => {
                open.remove(&step.key);
            }
            _ => {}
        }
    }
    open.len()
}

/// One incident's steps, each later than the one before.
pub(super) struct Thread<'p, 'a> {
    plan: &'p mut Plan<'a>,
    pub(super) key: Key,
    pub(super) last: Timestamp,
}

impl Thread<'_, '_> {
    /// Somebody does something, not before what was done last.
    pub(super) fn does(&mut self, at: Timestamp, who: &Someone, deed: Deed) -> &mut Self {
        let channel = if who.works { Channel::Web } else { Channel::Portal };
        self.through(at, who, channel, deed)
    }

    /// The same through another door.
    pub(super) fn through(
        &mut self,
        at: Timestamp,
        who: &Someone,
        channel: Channel,
        deed: Deed,
    ) -> &mut Self {
        self.last = at.max(self.last.plus_seconds(1));
        self.plan.steps.push(Step {
            at: self.last,
            key: self.key,
            actor: who.actor(),
            channel,
            deed,
        });
        self
    }

    /// Monitoring tells of it again, or that it is over.
    pub(super) fn alarm(&mut self, at: Timestamp, alarm: Alarm, over: bool) -> &mut Self {
        self.last = at.max(self.last.plus_seconds(1));
        let (at, key, deed) = (self.last, self.key, Deed::Alarm(alarm, over));
        let (actor, channel) = (Actor::system(), Channel::Alert);
        self.plan.steps.push(Step { at, key, actor, channel, deed });
        self
    }

    pub(super) fn reply(
        &mut self,
        at: Timestamp,
        who: &Someone,
        text: impl Into<String>,
    ) -> &mut Self {
        self.does(at, who, Deed::Say(text.into(), Visibility::Public))
    }

    pub(super) fn note(
        &mut self,
        at: Timestamp,
        who: &Someone,
        text: impl Into<String>,
    ) -> &mut Self {
        self.does(at, who, Deed::Say(text.into(), Visibility::Internal))
    }

    pub(super) fn take(&mut self, at: Timestamp, who: &Someone) -> &mut Self {
        self.does(at, who, Deed::Take(who.id))
    }

    pub(super) fn resolve(
        &mut self,
        at: Timestamp,
        who: &Someone,
        code: &str,
        note: impl Into<String>,
    ) -> &mut Self {
        let deed = Deed::Resolve {
            code: code.to_owned(),
            note: note.into(),
            cause: None,
            children: false,
        };
        self.does(at, who, deed)
    }
}
