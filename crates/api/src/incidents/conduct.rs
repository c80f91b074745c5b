//! How a major incident is conducted and what was out, as answers show it. Internal.

use super::view::Shown;
use incident::conduct::{Audiences, Offer, Proposal, UpdateDraft};
use incident::{Access, State, conduct};
use kernel::{
    ContentId, ListId, OutageId, PersonId, RuleId, ServiceId, TeamId, Timestamp, UpdateId,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How a major incident is conducted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentConduct)]
pub(super) struct Conduct<'a> {
    /// That it be declared, while nobody has decided.
    proposal: Option<Proposed<'a>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    declared_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    stood_down_at: Option<Timestamp>,
    /// Roles that are handed to somebody who has not accepted yet.
    offers: BTreeMap<&'static str, Offered<'a>>,
    /// Since when each role is held by whoever holds it.
    #[schema(value_type = BTreeMap<String, String>)]
    held_since: BTreeMap<&'static str, Timestamp>,
    /// Who was asked to come.
    responders: Vec<Responder<'a>>,
    /// Addresses by kind: `conference`, `chat`.
    rooms: BTreeMap<&'static str, Option<&'a str>>,
    /// What it means for the business.
    impact: Option<&'a str>,
    /// What it is called outside.
    public_title: Option<&'a str>,
    /// Updates that wait for approval.
    drafts: Vec<Draft<'a>>,
    communication: Communication,
}

/// That it be declared a major incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentProposal)]
struct Proposed<'a> {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who proposes it; null where a rule does.
    by: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    rule_id: Option<RuleId>,
    reason: Option<&'a str>,
}

/// A role that is offered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentRoleOffer)]
struct Offered<'a> {
    to: Option<&'a str>,
    by: Option<&'a str>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Somebody who was asked to come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentResponder)]
struct Responder<'a> {
    person: Option<&'a str>,
    #[schema(value_type = String)]
    person_id: PersonId,
    /// The team, where it was asked.
    team: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    team_id: Option<TeamId>,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// `asked`, `coming` or `cannot_come`.
    answer: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    note: Option<&'a str>,
}

/// An update that waits for approval.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentUpdateDraft)]
struct Draft<'a> {
    #[schema(value_type = String)]
    id: UpdateId,
    title: Option<&'a str>,
    body: Option<&'a str>,
    /// `investigating`, `identified`, `monitoring` or `resolved`.
    phase: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    expected: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    next_update: Option<Timestamp>,
    audiences: ShownAudiences,
    /// Who wrote it, and may not approve it.
    by: Option<&'a str>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Whom an update is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpdateAudiences)]
struct ShownAudiences {
    /// The requester, those of parts and of children that follow, and whoever watches.
    requesters: bool,
    /// Lists of stakeholders, by id.
    #[schema(value_type = Vec<String>)]
    lists: BTreeSet<ListId>,
    /// The status page and its subscribers.
    status_page: bool,
    /// Chat rooms.
    chat: bool,
}

/// Whether words came when they were due.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentCommunication)]
struct Communication {
    /// By when the next word is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    overdue_since: Option<Timestamp>,
    /// How many words came in time.
    kept: u32,
    /// How many came late, or did not come.
    missed: u32,
}

/// A span in which a service was worse than agreed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentOutage)]
pub(super) struct Outage<'a> {
    #[schema(value_type = String)]
    id: OutageId,
    service: Option<&'a str>,
    #[schema(value_type = String)]
    service_id: ServiceId,
    /// `degraded`, `partial` or `full`.
    degree: &'static str,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// Null while it lasts.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl<'a> Conduct<'a> {
    /// For those who see all of the incident, since somebody first proposed or declared it.
    pub(super) fn of(shown: &Shown<'a>) -> Option<Self> {
        let state: &'a State = shown.state;
        let known = state.conduct.as_deref().filter(|_| shown.access == Access::Full)?;
        let offers = known.offers.iter();
        let since = known.held_since.iter().map(|(role, at)| (role.as_str(), *at));
        let rooms = known.rooms.iter().map(|(kind, id)| (kind.as_str(), shown.words(*id)));
        let communication = &known.communication;
        Some(Conduct {
            proposal: known.proposal.as_ref().map(|proposal| Proposed::of(shown, proposal)),
            declared_at: known.declared_at,
            stood_down_at: known.stood_down_at,
            offers: offers.map(|(role, it)| (role.as_str(), Offered::of(shown, it))).collect(),
            held_since: since.collect(),
            responders: known.responders.iter().map(|it| Responder::of(shown, it)).collect(),
            rooms: rooms.collect(),
            impact: known.impact.and_then(|id| shown.words(id)),
            public_title: known.public_title.and_then(|id| shown.words(id)),
            drafts: known.drafts.iter().map(|draft| Draft::of(shown, draft)).collect(),
            communication: Communication {
                due_at: communication.due,
                last_at: communication.last_at,
                overdue_since: communication.overdue_since,
                kept: communication.kept,
                missed: communication.missed,
            },
        })
    }
}

impl<'a> Proposed<'a> {
    fn of(shown: &Shown<'a>, proposal: &Proposal) -> Self {
        Proposed {
            at: proposal.at,
            by: proposal.by.and_then(|id| shown.handle(id)),
            rule_id: proposal.rule,
            reason: proposal.reason.and_then(|id| shown.words(id)),
        }
    }
}

impl<'a> Offered<'a> {
    fn of(shown: &Shown<'a>, offer: &Offer) -> Self {
        let by = offer.by.and_then(|id| shown.handle(id));
        Offered { to: shown.handle(offer.to), by, at: offer.at }
    }
}

impl<'a> Responder<'a> {
    fn of(shown: &Shown<'a>, known: &conduct::Responder) -> Self {
        Responder {
            person: shown.handle(known.person),
            person_id: known.person,
            team: known.team.and_then(|id| shown.directory.teams.name(id)),
            team_id: known.team,
            asked_at: known.asked_at,
            answer: known.answer.as_str(),
            answered_at: known.answered_at,
            note: known.note.and_then(|id| shown.words(id)),
        }
    }
}

impl<'a> Draft<'a> {
    fn of(shown: &Shown<'a>, draft: &UpdateDraft) -> Self {
        Draft {
            id: draft.id,
            title: draft.title.and_then(|id| shown.words(id)),
            body: shown.words(draft.body),
            phase: draft.phase.as_str(),
            expected: draft.expected,
            next_update: draft.next_update,
            audiences: ShownAudiences::of(&draft.audiences),
            by: draft.by.and_then(|id| shown.handle(id)),
            at: draft.at,
        }
    }
}

impl ShownAudiences {
    fn of(audiences: &Audiences) -> Self {
        let Audiences { requesters, lists, status_page, chat } = audiences.clone();
        ShownAudiences { requesters, lists, status_page, chat }
    }
}

impl<'a> Outage<'a> {
    /// For those who see all of the incident, in the order they were recorded.
    pub(super) fn all(shown: &Shown<'a>) -> Vec<Self> {
        let outages = shown.state.outages.iter().filter(|_| shown.access == Access::Full);
        let one = |outage: &conduct::Outage| Outage {
            id: outage.id,
            service: shown.directory.services.name(outage.service),
            service_id: outage.service,
            degree: outage.degree.as_str(),
            started_at: outage.started_at,
            ended_at: outage.ended_at,
        };
        outages.map(one).collect()
    }
}

/// Words that a rendering of it needs.
pub(super) fn words_needed(conduct: &conduct::Conduct) -> Vec<ContentId> {
    let mut ids: Vec<ContentId> = conduct.rooms.values().copied().collect();
    ids.extend(conduct.proposal.as_ref().and_then(|proposal| proposal.reason));
    ids.extend(conduct.responders.iter().filter_map(|responder| responder.note));
    ids.extend(conduct.impact);
    ids.extend(conduct.public_title);
    ids.extend(conduct.drafts.iter().flat_map(|draft| draft.title.into_iter().chain([draft.body])));
    ids
}

/// People whom a rendering of it names.
pub(super) fn people_needed(conduct: &conduct::Conduct) -> Vec<PersonId> {
    let mut ids: Vec<PersonId> = conduct.responders.iter().map(|known| known.person).collect();
    ids.extend(conduct.proposal.as_ref().and_then(|proposal| proposal.by));
    ids.extend(conduct.offers.values().flat_map(|offer| offer.by.into_iter().chain([offer.to])));
    ids.extend(conduct.drafts.iter().filter_map(|draft| draft.by));
    ids
}
