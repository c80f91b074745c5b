//! Entries of the inbox as sentences: what happened, and why it is told.

use crate::part::clock;
use crate::part::time::Here;
use desk::{InboxEntry, ToldEntry};
use incident::rating::SURVEY;
use incident::state::{IncidentRole, UpdatePhase};
use incident::{Body, effects};
use store::deliveries::{ToldAs, UNPROVEN};
use store::directory::reviews::Reminder;

/// What happened, as a sentence; what people said follows it.
pub(super) fn happened(entry: &InboxEntry, told: &ToldEntry, here: &Here) -> String {
    let actor = &told.event.event.actor;
    let who = match actor.person_id() {
        Some(_) => actor.name.as_str(),
        None => "The service desk",
    };
    let mine = entry.told_as == ToldAs::Requester;
    if entry.word == effects::DEVIATION {
        return "It takes longer than was said.".to_owned();
    }
    if entry.word == SURVEY {
        return "It is closed. Say on its page how content you are with how it went.".to_owned();
    }
    if entry.word == UNPROVEN {
        return "A reply in your name came by mail, not proven to be yours (no DMARC), and stayed a note:".to_owned();
    }
    if let Ok(reminder) = entry.word.parse::<Reminder>() {
        return reminded(reminder).to_owned();
    }
    let by_rule = entry.told_as == ToldAs::Rule;
    match &told.event.event.body {
        Body::Reported(_) if mine => "Your report has arrived.".to_owned(),
        Body::Reported(_) if by_rule => "A new incident was reported.".to_owned(),
        Body::Reported(_) => "A new incident is with your team.".to_owned(),
        Body::Assigned(_) if by_rule => format!("{who} gave this to somebody."),
        Body::Escalated(_) if by_rule => format!("{who} brought others in:"),
        Body::Assigned(_) if entry.told_as == ToldAs::Team => {
            format!("{who} gave this to your team.")
        }
        Body::Assigned(_) => format!("{who} gave this to you."),
        Body::Commented(_) => format!("{who} wrote:"),
        Body::Attached(_) => format!("{who} added a file:"),
        Body::UpdatePublished(data) => match data.phase {
            UpdatePhase::Investigating => "It is being looked into:".to_owned(),
            UpdatePhase::Identified => "The cause is known:".to_owned(),
            UpdatePhase::Monitoring => "It is fixed, and being watched:".to_owned(),
            UpdatePhase::Resolved => "It is over:".to_owned(),
        },
        Body::ExpectationSet(data) => match data.at {
            Some(at) => format!("It is expected to work again by {}.", here.full(at)),
            None => "At present nobody can say when it works again.".to_owned(),
        },
        Body::Resolved(_) => "This should work again:".to_owned(),
        Body::PutOnHold(_) => "It waits for your answer.".to_owned(),
        Body::Reminded(_) => "It still waits for your answer.".to_owned(),
        Body::Rated(data) => format!("{who} rated it {} of 5:", data.score),
        Body::PriorityChanged(data) => format!("Its priority is {} now.", data.priority),
        Body::Closed(_) => "It is closed.".to_owned(),
        Body::Cancelled(_) => "It was withdrawn; nobody works on it:".to_owned(),
        Body::Disputed(_) => format!("{who} says that it is still broken:"),
        Body::Reopened(_) => format!("{who} took it up again."),
        Body::Escalated(_) => format!("{who} brought you in:"),
        Body::BreachExplained(_) => {
            format!("{who} explained why a time was missed, and you own what follows:")
        }
        Body::Merged(_) => "Others reported the same, and it is worked on together.".to_owned(),
        body => conducted(body, who).unwrap_or_else(|| by_the_clock(body, here)),
    }
}

/// What is said of how a major incident is conducted.
fn conducted(body: &Body, who: &str) -> Option<String> {
    Some(match body {
        Body::MajorProposed(_) => format!("{who} proposes to declare it a major incident:"),
        Body::MajorDeclared(_) => format!("{who} declared it a major incident:"),
        Body::RoleOffered(data) => {
            format!("{who} offers you the role {}. Accept or decline it.", role(data.role))
        }
        Body::RoleGiven(data) => format!("{who} gave you the role {}.", role(data.role)),
        Body::RoleDeclined(data) => {
            format!("{who} does not take the role {}, which you offered.", role(data.role))
        }
        Body::RespondersCalled(_) => format!(
            "{who} asks you to come, and no page reaches you. Say on its page whether you come, and set a way to be reached."
        ),
        Body::UpdateDrafted(_) => format!("{who} wrote an update that waits for approval:"),
        Body::UpdateRejected(_) => format!("{who} did not approve the update you wrote:"),
        _ => return None,
    })
}

/// What a role is called within a sentence.
fn role(role: IncidentRole) -> &'static str {
    match role {
        IncidentRole::Commander => "incident commander",
        IncidentRole::FixLead => "fix lead",
        IncidentRole::Communications => "communications",
        IncidentRole::Scribe => "scribe",
    }
}

fn by_the_clock(body: &Body, here: &Here) -> String {
    match body {
        Body::ClockWarned(data) => format!(
            "{}% of the {} time is used. It is due {}.",
            data.share,
            clock::name(data.clock).to_lowercase(),
            here.full(data.due_at)
        ),
        Body::ClockBreached(data) => format!(
            "The {} time is over since {}.",
            clock::name(data.clock).to_lowercase(),
            here.full(data.breached_at)
        ),
        Body::ExpectationNears(data) => {
            format!("People were told that it works again by {}.", here.full(data.at))
        }
        Body::Promised(data) => {
            format!("You were promised that it is over by {}.", here.full(data.at))
        }
        Body::PromiseChanged(data) => match data.at {
            Some(at) => format!("What you were promised has moved to {}.", here.full(at)),
            None => "What you were promised does not hold any more.".to_owned(),
        },
        Body::PromiseBroken(data) => {
            format!("It was promised to be over by {}, and it is not.", here.full(data.at))
        }
        _ => "Something happened.".to_owned(),
    }
}

/// Whether somebody is reminded of what is theirs: what was said then is not the point.
pub(super) fn is_reminder(entry: &InboxEntry) -> bool {
    entry.word.parse::<Reminder>().is_ok()
}

/// Why somebody is told.
pub(super) fn why(entry: &InboxEntry) -> String {
    let body = entry.told.as_ref().map(|told| &told.event.event.body);
    let team = entry.told.as_ref().and_then(|told| told.team.as_deref());
    match (entry.told_as, body) {
        _ if is_reminder(entry) => "It is yours".to_owned(),
        (ToldAs::Rule, _) => format!("A rule says so: {}", entry.rule),
        (ToldAs::Requester, _) => "It was reported by you or for you".to_owned(),
        (ToldAs::Watcher, _) => "You follow it".to_owned(),
        (ToldAs::Team, _) => match team {
            Some(team) => format!("It is with your team, {team}"),
            None => "It is with your team".to_owned(),
        },
        (ToldAs::Person, Some(Body::Assigned(_))) => "It was given to you".to_owned(),
        (ToldAs::Person, Some(Body::Escalated(_))) => "You were brought in".to_owned(),
        (ToldAs::Person, Some(Body::Promised(_) | Body::PromiseChanged(_))) => {
            "The promise was given to you".to_owned()
        }
        (ToldAs::Person, Some(Body::BreachExplained(_))) => {
            "You own what follows from it".to_owned()
        }
        (ToldAs::Person, Some(Body::UpdateDrafted(_) | Body::MajorProposed(_))) => {
            "You can decide on it".to_owned()
        }
        (ToldAs::Person, Some(Body::MajorDeclared(_))) => {
            "Managers are told of major incidents".to_owned()
        }
        (ToldAs::Person, Some(Body::RespondersCalled(_))) => "You were asked to come".to_owned(),
        (ToldAs::Person, Some(Body::UpdateRejected(_))) => "You wrote it".to_owned(),
        (ToldAs::Person, _) => "It concerns you".to_owned(),
    }
}

/// What somebody is reminded of after it is over.
const fn reminded(of: Reminder) -> &'static str {
    match of {
        Reminder::ReviewOpened => "The review of it is yours to write.",
        Reminder::ReviewNears => "The review of it is due soon, and it is yours.",
        Reminder::ReviewOverdue => "The review of it is overdue, and it is yours.",
        Reminder::ActionNears => "What you have to do after the review of it is due soon.",
        Reminder::ActionOverdue => "What you have to do after the review of it is overdue.",
    }
}
