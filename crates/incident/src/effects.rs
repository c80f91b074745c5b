//! Whom the events concern: these become outbox rows in the command's own
//! transaction. Channels and wording belong to whoever delivers them.

mod majors;

use crate::clocks::ClockKind;
use crate::command::Visibility;
use crate::conduct::Audiences;
use crate::escalation::{Cue, PagedPerson};
use crate::event::{Body, Cause, Event, UpdatePublished};
use crate::nearing;
use crate::notices::Terms;
use crate::policy::Policy;
use crate::rating::{SURVEY, Score, asked_after_days};
use crate::reach::{Urgency, Way};
use crate::state::{HoldReason, State};
use kernel::{Channel, ContentId, ListId, PersonId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};

/// Who is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The requester.
    Requester(PersonId),
    /// One person of the provider.
    Person(PersonId),
    /// A team.
    Team(TeamId),
    /// Everybody who follows it.
    Watchers,
    /// A list of stakeholders.
    List(ListId),
    /// Whoever subscribed to the status page.
    Subscribers,
}

/// One thing to tell one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The event's kind.
    pub word: String,
    /// Its place in the timeline.
    pub n: u32,
    /// To whom.
    pub audience: Audience,
    /// Seconds to wait before it leaves, so that it can be taken back.
    pub delay_seconds: i64,
    /// By which row of the table of who is told what.
    pub terms: Terms,
}

/// A page to be made: one person by one way, because of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageWish {
    /// The entry's place in the timeline.
    pub n: u32,
    /// Who.
    pub person: PersonId,
    /// How much it matters.
    pub urgency: Urgency,
    /// By which way, and when.
    pub way: Way,
    /// When they were paged.
    pub at: Timestamp,
    /// Whether they learn: nobody waits for them, and no page of theirs counts for the others'.
    pub learns: bool,
}

/// The pages that follow from these events: every way of everybody who was paged, each at
/// its time.
pub fn pages(events: &[Event], policy: &Policy) -> Vec<PageWish> {
    let mut wishes = Vec::new();
    for event in events {
        let Body::Paged(data) = &event.body else { continue };
        for PagedPerson { person, .. } in &data.people {
            let Some(reach) = policy.paging.reach.get(person) else { continue };
            let (n, urgency, at, person) = (event.n, data.urgency, event.at, *person);
            let ways = reach.ways(urgency, at).into_iter();
            let learns = data.cue == Cue::Shadows;
            wishes.extend(ways.map(|way| PageWish { n, person, urgency, way, at, learns }));
        }
    }
    wishes
}

impl Effect {
    fn new(word: &str, n: u32, audience: Audience, delay_seconds: i64) -> Self {
        Effect { word: word.to_owned(), n, audience, delay_seconds, terms: Terms::default() }
    }
}

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;
/// Seconds a resolution or closing waits before its mail leaves, because mail cannot be taken back.
const SECOND_THOUGHTS_SECONDS: i64 = 10;

/// Marks an incident that a machine reported by mail, or whose reports go round in a loop: its
/// requester is written to by people alone, and not by the product, as long as it has it.
pub const AUTOMATIC_TAG: &str = "automatic-mail";
/// Seconds until the requester is told that it waits for them: the question may be written
/// after the hold, and then says so itself.
const QUESTION_SECONDS: i64 = 30;

/// The word for what a requester is told when it takes longer than was said.
pub const DEVIATION: &str = "deviation";

/// What these events ask to be told by the standard rows, but for those that are switched off.
/// Imports and quiet incidents tell nobody; what
/// clocks say waits until the team that has the incident works.
pub fn effects(
    before: Option<&State>,
    after: &State,
    events: &[Event],
    policy: &Policy,
) -> Vec<Effect> {
    if after.quiet || events.iter().any(|event| event.channel == Channel::Import) {
        return vec![];
    }
    let mut found = Vec::new();
    for event in events.iter().filter(|event| nearing::is_news(event)) {
        let told = found.len();
        tell(before, after, event, &mut found);
        found.extend(majors::told(before, after, event, policy));
        if matches!(event.body, Body::ClockWarned(_) | Body::ClockBreached(_)) {
            let delay_seconds = until_at_work(after, event.at, policy);
            found[told..].iter_mut().for_each(|effect| effect.delay_seconds += delay_seconds);
        }
    }
    found.extend(deviation(before, after, events));
    found.extend(survey(after, events, policy));
    found.retain_mut(|effect| keeps(effect, events, policy));
    found
}

/// Whether the row by which it is told is in use; it says how.
fn keeps(effect: &mut Effect, events: &[Event], policy: &Policy) -> bool {
    let told = events.iter().find(|event| event.n == effect.n);
    let terms = told.and_then(|event| policy.notices.terms(effect, &event.body));
    let is_used = terms.is_some();
    effect.terms = terms.unwrap_or_default();
    is_used
}

/// That the requester of what was closed is asked how content they are.
fn survey(after: &State, events: &[Event], policy: &Policy) -> Option<Effect> {
    let closed = events.iter().find(|event| matches!(event.body, Body::Closed(_)))?;
    let delay_seconds = asked_after_days(after, policy)? * DAY_SECONDS + SECOND_THOUGHTS_SECONDS;
    Some(Effect::new(SURVEY, closed.n, Audience::Requester(after.requester), delay_seconds))
}

/// Seconds that a row which was added waits with this, as the standard rows do.
pub(crate) fn delay_of(after: &State, event: &Event, policy: &Policy) -> i64 {
    match &event.body {
        Body::Resolved(_) | Body::Closed(_) | Body::Cancelled(_) => SECOND_THOUGHTS_SECONDS,
        Body::PutOnHold(_) => QUESTION_SECONDS,
        Body::ClockWarned(_) | Body::ClockBreached(_) => until_at_work(after, event.at, policy),
        _ => 0,
    }
}

/// That whoever has an incident is told of a word from outside that is for the service desk
/// only. Watchers may be customers, and are not told.
pub fn heard(after: &State, events: &[Event], policy: &Policy) -> Option<Effect> {
    let direct = |event: &&Event| {
        matches!(event.body, Body::Commented(_)) && matches!(event.cause, Cause::Input(_))
    };
    let said = events.iter().find(direct).filter(|_| !after.quiet)?;
    let audience = Some(owner(after)).filter(|owner| *owner != Audience::Watchers)?;
    let mut effect = Effect::new(said.body.kind(), said.n, audience, 0);
    keeps(&mut effect, events, policy).then_some(effect)
}

/// Seconds until the team that has the incident works; nobody is woken for a clock that
/// can wait until then, and a team without hours of its own works always.
fn until_at_work(state: &State, at: Timestamp, policy: &Policy) -> i64 {
    let team = state.team.and_then(|team| policy.teams.get(&team));
    let hours = team.and_then(|team| policy.calendars.newest(team.calendar?, at));
    let works_at = hours.and_then(|hours| policy.calendars.get(Some(hours)).next_open(at));
    works_at.map_or(0, |works_at| works_at.seconds_since(at))
}

/// The requester is told once that it takes longer than was said.
fn deviation(before: Option<&State>, after: &State, events: &[Event]) -> Option<Effect> {
    let told = before.is_some_and(|state| state.deviated_at.is_some());
    let late = events.iter().find(|event| match &event.body {
        Body::ClockBreached(data) => data.clock == ClockKind::Resolution,
        Body::PromiseBroken(data) => data.to_requester,
        _ => false,
    })?;
    (!told && after.is_later_than_said())
        .then(|| Effect::new(DEVIATION, late.n, Audience::Requester(after.requester), 0))
}

fn tell(before: Option<&State>, after: &State, event: &Event, found: &mut Vec<Effect>) {
    let by = event.actor.person_id();
    let mut add = |audience: Audience, delay_seconds: i64| {
        let to_self = match &audience {
            Audience::Requester(person) | Audience::Person(person) => Some(*person) == by,
            _ => false,
        };
        if !to_self {
            found.push(Effect::new(event.body.kind(), event.n, audience, delay_seconds));
        }
    };
    let requester = Audience::Requester(after.requester);
    match &event.body {
        Body::Reported(_) => {
            // The confirmation of receipt goes to whoever reported, too.
            let told = [Some(requester), after.team.map(Audience::Team)].into_iter().flatten();
            found.extend(told.map(|to| Effect::new(event.body.kind(), event.n, to, 0)));
        }
        Body::Assigned(data) => match (data.assignee, data.team) {
            (Some(person), _) if data.assignee != data.assignee_before => {
                add(Audience::Person(person), 0)
            }
            (None, Some(team)) if data.team != data.team_before => add(Audience::Team(team), 0),
            _ => {}
        },
        Body::Commented(data) if data.by_requester => add(owner(after), 0),
        Body::Commented(data) if data.visibility == Visibility::Public => {
            add(requester, 0);
            watchers(after, &mut add, 0);
            // Who follows it from outside speaks to whoever has it, too.
            if data.by_follower {
                provider(after, &mut add);
            }
        }
        Body::UpdatePublished(data) => {
            for audience in audiences(after, data) {
                add(audience, 0);
            }
        }
        Body::ExpectationSet(_) => {
            add(requester, 0);
            watchers(after, &mut add, 0);
        }
        Body::Resolved(_) => {
            add(requester, SECOND_THOUGHTS_SECONDS);
            watchers(after, &mut add, SECOND_THOUGHTS_SECONDS);
        }
        Body::Closed(_) | Body::Cancelled(_) => add(requester, SECOND_THOUGHTS_SECONDS),
        Body::PutOnHold(data) if data.reason == HoldReason::Requester => {
            add(requester, QUESTION_SECONDS)
        }
        Body::Reminded(_) => add(requester, 0),
        Body::Rated(data) if data.score.is_low() && !data.before.is_some_and(Score::is_low) => {
            provider(after, &mut add)
        }
        Body::Disputed(_) => add(owner(after), 0),
        // A reply or dispute that reopened it has been told already.
        Body::Reopened(data) if data.note.is_some() => {
            add(owner(after), 0);
            add(requester, 0);
        }
        Body::Attached(_) if by == Some(after.requester) && waited_for_requester(before) => {
            add(owner(after), 0)
        }
        Body::Escalated(data) => {
            if let Some(person) = data.manager {
                add(Audience::Person(person), 0);
            }
        }
        // Watchers may be customers, and clocks are the provider's own matter.
        Body::ClockWarned(_) | Body::ClockBreached(_) | Body::ExpectationNears(_) => {
            provider(after, &mut add)
        }
        Body::Promised(data) => add(given_to(after, data.to), 0),
        Body::PromiseChanged(data) => add(given_to(after, data.to), 0),
        Body::PromiseBroken(data) => {
            provider(after, &mut add);
            // The requester is told that it takes longer, once.
            if !data.to_requester {
                add(Audience::Person(data.to), 0);
            }
        }
        Body::BreachExplained(data) => add(Audience::Person(data.owner), 0),
        Body::Merged(_) => add(requester, 0),
        _ => {}
    }
}

/// Whom an update is told. Chat rooms are told of events, like every program.
fn audiences(after: &State, data: &UpdatePublished) -> Vec<Audience> {
    let usual = Audiences::usual();
    let wanted = data.audiences.as_ref().unwrap_or(&usual);
    let mut found = Vec::new();
    if wanted.requesters {
        found.push(Audience::Requester(after.requester));
        found.extend((!after.watchers.is_empty()).then_some(Audience::Watchers));
    }
    found.extend(wanted.lists.iter().copied().map(Audience::List));
    found.extend(wanted.status_page.then_some(Audience::Subscribers));
    found
}

fn waited_for_requester(before: Option<&State>) -> bool {
    let hold = before.and_then(|state| state.hold.as_ref());
    hold.is_some_and(|hold| hold.reason == HoldReason::Requester)
}

fn watchers(after: &State, add: &mut impl FnMut(Audience, i64), delay: i64) {
    if !after.watchers.is_empty() {
        add(Audience::Watchers, delay);
    }
}

/// Whoever of the provider has it, if anybody does.
fn provider(after: &State, add: &mut impl FnMut(Audience, i64)) {
    match owner(after) {
        Audience::Watchers => {}
        owner => add(owner, 0),
    }
}

/// Whom a promise was given to.
fn given_to(after: &State, to: PersonId) -> Audience {
    if to == after.requester { Audience::Requester(to) } else { Audience::Person(to) }
}

/// The words of people that are quoted when an entry is told.
pub fn said_in(body: &Body) -> Option<ContentId> {
    match body {
        Body::Commented(data) => Some(data.body),
        Body::UpdatePublished(data) => Some(data.body),
        Body::ExpectationSet(data) => data.reason,
        Body::Resolved(data) => Some(data.note),
        Body::Disputed(data) => Some(data.note),
        Body::Cancelled(data) => Some(data.reason),
        Body::Rated(data) => data.note,
        Body::Reopened(data) => data.note,
        Body::Attached(data) => Some(data.name),
        Body::Escalated(data) => Some(data.reason),
        Body::MajorProposed(data) => data.reason,
        Body::MajorDeclared(data) => data.reason,
        Body::UpdateDrafted(data) => Some(data.body),
        Body::UpdateRejected(data) => Some(data.reason),
        Body::Promised(data) => data.reason,
        Body::PromiseChanged(data) => Some(data.reason),
        Body::BreachExplained(data) => Some(data.reason),
        Body::PagingBegan(data) => data.note,
        Body::Paged(data) => data.note,
        Body::PageDeclined(data) => data.note,
        _ => None,
    }
}

/// Whoever has it: the person, else the team, else whoever watches.
fn owner(state: &State) -> Audience {
    match (state.assignee, state.team) {
        (Some(person), _) => Audience::Person(person),
        (None, Some(team)) => Audience::Team(team),
        (None, None) => Audience::Watchers,
    }
}
