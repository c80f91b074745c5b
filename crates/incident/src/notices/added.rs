//! Rows that an administrator added: what they ask, and what is wrong with them.

use super::{Notice, NoticeRole, Occasion, Terms};
use crate::command::Visibility;
use crate::effects::{Audience, Effect, delay_of};
use crate::event::{Body, Event};
use crate::nearing;
use crate::policy::Policy;
use crate::rules::{Fault, condition};
use crate::state::{HoldReason, State};
use kernel::{PersonId, Role, TeamId};
use query::{Context, Expr, Record};

/// A row that is in use, with its condition read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadyNotice {
    /// The row.
    pub notice: Notice,
    /// Its condition.
    pub when: Expr,
    /// What it names that is not there any more; such a row tells nobody.
    pub faults: Vec<Fault>,
}

impl ReadyNotice {
    /// A row as it stands under a policy. Requesters are taken to be known.
    pub fn of(notice: Notice, policy: &Policy) -> Self {
        let faults = faults(&notice, policy, &|_| true);
        let when = query::parse_condition(&notice.when)
            .map_or_else(|_| Expr::nothing(), |query| query.filter);
        ReadyNotice { notice, when, faults }
    }

    /// What it tells of these events, if its condition holds.
    pub fn effects(&self, after: &State, events: &[Event], policy: &Policy) -> Vec<Effect> {
        if after.quiet || !self.faults.is_empty() {
            return vec![];
        }
        let heard = events.iter();
        let heard = heard.filter(|event| nearing::is_news(event) && self.hears(&event.body));
        heard.flat_map(|event| self.tell(after, event, policy)).collect()
    }

    /// Whether its condition holds.
    pub fn holds(&self, record: &dyn Record, context: &Context) -> bool {
        query::matches(&self.when, record, context)
    }

    fn hears(&self, body: &Body) -> bool {
        let named = self.notice.on.iter().any(|occasion| occasion.as_str() == body.kind());
        named
            && match body {
                Body::Commented(data) => self.is_inside() || data.visibility == Visibility::Public,
                Body::Attached(data) => self.is_inside() || data.visibility == Visibility::Public,
                Body::UpdatePublished(data) => self.is_inside() || data.is_for_requesters(),
                Body::PutOnHold(data) => data.reason == HoldReason::Requester,
                Body::Rated(data) => data.score.is_low(),
                _ => true,
            }
    }

    /// Whether it tells people of the provider.
    fn is_inside(&self) -> bool {
        !matches!(self.notice.to.role, NoticeRole::Requester | NoticeRole::Watchers)
    }

    fn tell(&self, after: &State, event: &Event, policy: &Policy) -> Vec<Effect> {
        let by = event.actor.person_id();
        let is_other = |audience: &Audience| match audience {
            Audience::Requester(person) | Audience::Person(person) => Some(*person) != by,
            _ => true,
        };
        let audiences = self.audiences(after, policy).into_iter().filter(is_other);
        audiences
            .map(|audience| Effect {
                word: event.body.kind().to_owned(),
                n: event.n,
                audience,
                delay_seconds: delay_of(after, event, policy),
                terms: Terms {
                    rule: self.notice.name.clone(),
                    added: true,
                    channels: self.notice.channels,
                    always: self.notice.always,
                },
            })
            .collect()
    }

    fn audiences(&self, after: &State, policy: &Policy) -> Vec<Audience> {
        let to = &self.notice.to;
        match to.role {
            NoticeRole::Requester => vec![Audience::Requester(after.requester)],
            NoticeRole::Watchers => vec![Audience::Watchers],
            NoticeRole::Assignee => {
                let person = after.assignee.map(Audience::Person);
                person.or(after.team.map(Audience::Team)).into_iter().collect()
            }
            NoticeRole::Team => to.team.or(after.team).map(Audience::Team).into_iter().collect(),
            NoticeRole::Person => to.person.map(Audience::Person).into_iter().collect(),
            NoticeRole::Manager => {
                let is_one = |id: &PersonId| {
                    policy
                        .staff
                        .get(id)
                        .is_some_and(|staff| staff.active && staff.roles.contains(&Role::Manager))
                };
                let mut managers: Vec<_> = policy.staff.keys().copied().filter(is_one).collect();
                managers.sort();
                managers.into_iter().map(Audience::Person).collect()
            }
        }
    }
}

/// Everything that is wrong with a row that is added. `knows` says whether there is a person
/// of that name or address who does not work here.
pub fn faults(notice: &Notice, policy: &Policy, knows: &dyn Fn(&str) -> bool) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut wrong = |field: &str, message: String| {
        found.push(Fault { field: field.to_owned(), message });
    };
    if notice.on.is_empty() {
        wrong("on", "name at least one occasion, such as reported".to_owned());
    }
    let role = notice.to.role;
    for occasion in notice.on.iter().filter(|occasion| !occasion.can_be_told_to(role)) {
        wrong("on", format!("{occasion} is not told to {role} by a rule"));
    }
    if !notice.channels.mail && !notice.channels.inbox {
        wrong("mail", "choose mail, inbox or both".to_owned());
    }
    let team_in_use = |team: TeamId| policy.teams.contains_key(&team);
    match (role, notice.to.team, notice.to.person) {
        (NoticeRole::Team, Some(team), _) if !team_in_use(team) => {
            wrong("to.team", "is no team in use".to_owned());
        }
        (NoticeRole::Person, _, None) => {
            wrong("to.person", "name somebody who works here".to_owned())
        }
        (NoticeRole::Person, _, Some(person))
            if policy.staff.get(&person).is_none_or(|staff| !staff.active) =>
        {
            wrong("to.person", "is nobody who works here".to_owned());
        }
        _ => {}
    }
    if notice.to.team.is_some() && role != NoticeRole::Team {
        wrong("to.team", "goes with the role team alone".to_owned());
    }
    if notice.to.person.is_some() && role != NoticeRole::Person {
        wrong("to.person", "goes with the role person alone".to_owned());
    }
    condition(&notice.when, policy, knows, &mut found);
    found
}

impl Occasion {
    /// Whether a row that is added can tell it to this role: there are words for it.
    pub fn can_be_told_to(self, role: NoticeRole) -> bool {
        use Occasion as O;
        match role {
            NoticeRole::Requester => matches!(
                self,
                O::Reported
                    | O::Commented
                    | O::Attached
                    | O::UpdatePublished
                    | O::ExpectationSet
                    | O::PutOnHold
                    | O::Resolved
                    | O::Reopened
                    | O::Closed
                    | O::Cancelled
                    | O::Merged
            ),
            NoticeRole::Watchers => matches!(
                self,
                O::Commented
                    | O::Attached
                    | O::UpdatePublished
                    | O::ExpectationSet
                    | O::Resolved
                    | O::Disputed
                    | O::Reopened
                    | O::Closed
            ),
            _ => !matches!(
                self,
                O::PutOnHold
                    | O::Reminded
                    | O::Promised
                    | O::PromiseChanged
                    | O::BreachExplained
                    | O::RoleOffered
                    | O::RoleGiven
                    | O::RoleDeclined
                    | O::RespondersCalled
                    | O::UpdateRejected
                    | O::Merged
                    | O::Deviation
                    | O::Survey
            ),
        }
    }
}
