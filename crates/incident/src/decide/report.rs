//! The first report.

use super::{Draft, Origin, models};
use crate::command::{Command, Related, Report};
use crate::event::{Assigned, Reported};
use crate::permissions;
use crate::refusal::Refusal;
use crate::state::{Lifecycle, LinkKind};
use kernel::{Level, limits};

pub(super) fn report(draft: &mut Draft, report: &Report) -> Result<(), Refusal> {
    let policy = draft.policy();
    let (filled, given) = models::filled(draft, report)?;
    let report = &filled;
    check(draft, report)?;
    let service = report.service.and_then(|id| policy.services.get(&id));
    let impact = report.impact.unwrap_or_else(|| {
        default_impact(service.map(|service| service.criticality), report.affected)
    });
    let urgency = report.urgency.unwrap_or(Level::MEDIUM);
    let owner = || service.and_then(|service| service.team);
    let theirs = || report.assignee.and_then(|person| policy.teams_of(person).pop_first());
    let team = report.confidential_to.or(report.team).or_else(owner).or_else(theirs);
    let organisation =
        draft.facts.people.get(&report.requester).and_then(|person| person.organisation);
    let (requester, category) = (report.requester, report.category);
    let agreement =
        policy.choose_agreement(report.service, organisation, category, requester, draft.now);
    draft.emit(Reported {
        title: report.title,
        description: report.description,
        requester: report.requester,
        organisation,
        service: report.service,
        category: report.category,
        impact,
        urgency,
        priority: policy.matrix.priority(impact, urgency),
        affected: report.affected,
        team,
        detected_at: report.detected_at,
        fields: report.fields.clone(),
        tags: report.tags.clone(),
        follow_up_of: report.follow_up_of,
        parent: report.parent,
        confidential_to: report.confidential_to,
        agreement: agreement.reference,
        quiet: draft.facts.origin == Origin::Import,
    });
    if let Some(person) = report.assignee {
        draft.emit(Assigned {
            team,
            assignee: Some(person),
            team_before: team,
            assignee_before: None,
            was_new: true,
        });
        if draft.facts.actor.person_id() == Some(person) {
            super::lifecycle::acknowledge(draft, Some("took it"));
        } else {
            super::lifecycle::started(draft, "assigned to a person");
        }
    }
    models::reported(draft, report, given)?;
    if let Some(news) = &report.alerts {
        super::alerts::reported(draft, news)?;
    }
    if let Some(number) = draft.facts.number {
        tell_relatives(draft, report, number);
    }
    Ok(())
}

fn tell_relatives(draft: &mut Draft, report: &Report, number: kernel::IncidentNumber) {
    if let Some(parent) = report.parent {
        draft.tell(parent, Command::Note(Related::ChildAdded { child: number }), true);
    }
    if let Some(before) = report.follow_up_of {
        draft.tell(
            before,
            Command::Note(Related::LinkedBack { kind: LinkKind::FollowUp, from: number }),
            true,
        );
    }
}

fn check(draft: &Draft, report: &Report) -> Result<(), Refusal> {
    check_requester(draft, report)?;
    let policy = draft.policy();
    if report.service.is_some_and(|id| !policy.services.contains_key(&id)) {
        return Err(Refusal::invalid("service", "is not a known service"));
    }
    if report.category.is_some_and(|id| !policy.categories.contains_key(&id)) {
        return Err(Refusal::invalid("category", "is not a known category"));
    }
    if report.team.is_some_and(|id| !policy.teams.contains_key(&id)) {
        return Err(Refusal::invalid("team", "is not a known team"));
    }
    if report.confidential_to.is_some_and(|only| report.team.is_some_and(|team| team != only)) {
        return Err(Refusal::invalid("team", "may not see this incident, it is confidential"));
    }
    if report.confidential_to.is_some_and(|id| !policy.teams.contains_key(&id)) {
        return Err(Refusal::invalid("confidential_to", "is not a known team"));
    }
    if let Some(person) = report.assignee {
        super::people::check_assignee(draft, person)?;
        let only = report.confidential_to;
        if only.is_some() && !super::people::is_member(policy, only, person) {
            return Err(Refusal::invalid("assignee", "is not in the team it is confidential to"));
        }
    }
    if report.detected_at.is_some_and(|at| at > draft.at) {
        return Err(Refusal::invalid("detected_at", "lies after the report"));
    }
    super::classification::check_tags(&report.tags)?;
    if report.fields.len() > limits::CUSTOM_FIELDS {
        return Err(Refusal::invalid(
            "fields",
            format!("has more than {} entries", limits::CUSTOM_FIELDS),
        ));
    }
    super::classification::check_fields(
        report.fields.iter().map(|(name, value)| (name, Some(value))),
    )?;
    check_relative(draft, report)
}

fn check_requester(draft: &Draft, report: &Report) -> Result<(), Refusal> {
    let (staff, people) = (&draft.policy().staff, draft.facts.people);
    if !staff.contains_key(&report.requester) && !people.contains_key(&report.requester) {
        return Err(Refusal::invalid("requester", "is not a known person"));
    }
    Ok(())
}

/// A parent or the incident it follows is there, may be joined, and is the only one.
fn check_relative(draft: &Draft, report: &Report) -> Result<(), Refusal> {
    let field = match (report.parent, report.follow_up_of) {
        (None, None) => return Ok(()),
        (Some(_), None) => "parent",
        (None, Some(_)) => "follow_up_of",
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid(
                "follow_up_of",
                "cannot be given together with a parent; link one of them afterwards",
            ));
        }
    };
    let company = || draft.facts.people.get(&report.requester)?.organisation;
    let other = draft.facts.other.filter(|other| {
        draft.facts.viewer.is_none_or(|viewer| {
            permissions::may_refer(viewer, company(), other, report.parent.is_some())
        })
    });
    let Some(other) = other else {
        return Err(Refusal::invalid(field, "is not a known incident"));
    };
    if report.parent.is_some()
        && matches!(other.lifecycle, Lifecycle::Closed | Lifecycle::Cancelled)
    {
        return Err(Refusal::invalid(field, "is closed; report it on its own"));
    }
    Ok(())
}

/// Impact defaults to min(service criticality, 3), raised by the number of
/// people affected (100 and more: high, 10 and more: at least medium), and to
/// low without a service.
pub(super) fn default_impact(criticality: Option<u8>, affected: Option<u32>) -> Level {
    let by_service = criticality.map_or(3, |criticality| criticality.clamp(1, 3));
    let by_people = match affected {
        Some(100..) => 1,
        Some(10..) => 2,
        _ => 3,
    };
    Level::new(i64::from(by_service.min(by_people))).unwrap_or(Level::LOW)
}
