//! What is sent of updates, and of how a major incident is conducted.

use super::{Context, needed, parsed};
use crate::form::Fields;
use desk::{Ask, Trouble};
use incident::conduct::{Audiences, Degree, RoomKind};
use incident::state::{IncidentRole, UpdatePhase};
use incident::{Change, Command, CommandName as C, Refusal};
use kernel::{ContentId, OutageId, PersonId, TeamId, Timestamp, UpdateId, limits};

/// Minutes after which the next word may be promised at most: a week.
const NEXT_MINUTES_MAX: i64 = 7 * 1_440;
/// Characters of the address of a room.
const ADDRESS_CHARS: usize = 500;

/// The command that a form asks for.
pub(super) fn command(
    name: C,
    fields: &Fields,
    ask: &mut Ask<'_>,
    at: &Context<'_>,
) -> Result<Command, Trouble> {
    Ok(match name {
        C::ProposeMajor => Command::ProposeMajor {
            reason: ask.opt_words("reason", fields.get("reason"), limits::BODY_CHARS)?,
        },
        C::DeclineMajor => Command::DeclineMajor {
            reason: ask.opt_words("reason", fields.get("reason"), limits::BODY_CHARS)?,
        },
        C::HandOver => Command::HandOver {
            role: needed::<IncidentRole>(fields, "role")?,
            to: needed(fields, "to")?,
        },
        C::AcceptRole => Command::AcceptRole { role: needed(fields, "role")? },
        C::DeclineRole => Command::DeclineRole { role: needed(fields, "role")? },
        C::CallResponders => call(fields, ask)?,
        C::AnswerCall => Command::AnswerCall {
            coming: match fields.text("coming") {
                "yes" => true,
                "no" => false,
                _ => return Err(Refusal::invalid("coming", "Say whether you come").into()),
            },
            note: ask.opt_words("note", fields.get("note"), limits::REASON_CHARS)?,
        },
        C::SetRoom => Command::SetRoom {
            kind: needed::<RoomKind>(fields, "kind")?,
            address: ask.opt_words("address", fields.get("address"), ADDRESS_CHARS)?,
        },
        C::StateImpact => Command::StateImpact {
            statement: ask.opt_words("statement", fields.get("statement"), limits::BODY_CHARS)?,
        },
        other => words_and_outages(other, fields, ask, at)?,
    })
}

/// Updates that wait for approval, and what was out.
fn words_and_outages(
    name: C,
    fields: &Fields,
    ask: &mut Ask<'_>,
    at: &Context<'_>,
) -> Result<Command, Trouble> {
    Ok(match name {
        C::DraftUpdate => {
            let update = Update::read(fields, ask, at)?;
            Command::DraftUpdate {
                update: UpdateId(desk::fresh()),
                title: update.title,
                body: update.body,
                phase: update.phase,
                expected: update.expected,
                next_update: update.next_update,
                audiences: update.audiences.unwrap_or_else(Audiences::usual),
            }
        }
        C::ApproveUpdate => Command::ApproveUpdate { update: needed(fields, "update")? },
        C::RejectUpdate => Command::RejectUpdate {
            update: needed(fields, "update")?,
            reason: ask.words("reason", fields.text("reason"), limits::BODY_CHARS)?,
        },
        C::RecordOutage => Command::RecordOutage {
            outage: OutageId(desk::fresh()),
            service: needed(fields, "service")?,
            degree: needed::<Degree>(fields, "degree")?,
            started_at: fields
                .instant("started_at", at.here)?
                .ok_or_else(|| Refusal::invalid("started_at", "is needed"))?,
            ended_at: fields.instant("ended_at", at.here)?,
        },
        C::ChangeOutage => Command::ChangeOutage {
            outage: needed(fields, "outage")?,
            degree: Some(needed::<Degree>(fields, "degree")?),
            started_at: fields.instant("started_at", at.here)?,
            ended_at: Change::to(fields.instant("ended_at", at.here)?),
        },
        C::RemoveOutage => Command::RemoveOutage {
            outage: needed(fields, "outage")?,
            reason: ask.words("reason", fields.text("reason"), limits::REASON_CHARS)?,
        },
        other => {
            return Err(
                Refusal::invalid("command", format!("{other} is not sent by a form")).into()
            );
        }
    })
}

/// People and teams of one list.
fn call(fields: &Fields, ask: &mut Ask<'_>) -> Result<Command, Trouble> {
    let (mut people, mut teams): (Vec<PersonId>, Vec<TeamId>) = (vec![], vec![]);
    for whom in fields.all("whom").filter(|text| !text.is_empty()) {
        match whom.split_once(':') {
            Some(("person", id)) => people.push(parsed(id, "whom")?),
            Some(("team", id)) => teams.push(parsed(id, "whom")?),
            _ => return Err(Refusal::invalid("whom", "is nobody who can be called").into()),
        }
    }
    if people.is_empty() && teams.is_empty() {
        return Err(Refusal::invalid("whom", "Choose whom to call").into());
    }
    let note = ask.opt_words("note", fields.get("note"), limits::REASON_CHARS)?;
    Ok(Command::CallResponders { people, teams, note })
}

/// An update at once.
pub(super) fn publish(
    fields: &Fields,
    ask: &mut Ask<'_>,
    at: &Context<'_>,
) -> Result<Command, Trouble> {
    let Update { title, body, phase, expected, next_update, audiences } =
        Update::read(fields, ask, at)?;
    Ok(Command::PublishUpdate { title, body, phase, expected, next_update, audiences })
}

/// What an update says.
struct Update {
    title: Option<ContentId>,
    body: ContentId,
    phase: UpdatePhase,
    expected: Option<Timestamp>,
    next_update: Option<Timestamp>,
    audiences: Option<Audiences>,
}

impl Update {
    fn read(fields: &Fields, ask: &mut Ask<'_>, at: &Context<'_>) -> Result<Update, Trouble> {
        let title = match fields.filled("title") {
            Some(title) => Some(ask.title(title)?),
            None => None,
        };
        Ok(Update {
            title,
            body: ask.words("body", fields.text("body"), limits::BODY_CHARS)?,
            phase: fields
                .filled("phase")
                .map_or(Ok(UpdatePhase::Investigating), |word| parsed(word, "phase"))?,
            expected: fields.instant("expected", at.here)?,
            next_update: next_update(fields, at)?,
            audiences: audiences(fields)?,
        })
    }
}

/// Some minutes from now, or an instant.
pub(in crate::incident) fn next_update(
    fields: &Fields,
    at: &Context<'_>,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(minutes) = fields.filled("next_in") else {
        return fields.instant("next_update", at.here);
    };
    let minutes: Option<i64> = minutes.parse().ok();
    let minutes = minutes.filter(|minutes| (1..=NEXT_MINUTES_MAX).contains(minutes));
    let minutes = minutes.ok_or_else(|| Refusal::invalid("next_update", "is none of the list"))?;
    Ok(Some(at.here.now.plus_seconds(minutes * 60)))
}

/// Whom an update is for; `None` where the form did not ask.
pub(in crate::incident) fn audiences(fields: &Fields) -> Result<Option<Audiences>, Refusal> {
    if !fields.ticked("to") {
        return Ok(None);
    }
    let mut chosen = Audiences::default();
    for word in fields.all("to").filter(|word| !word.is_empty()) {
        match word {
            "requesters" => chosen.requesters = true,
            "status_page" => chosen.status_page = true,
            "chat" => chosen.chat = true,
            other => {
                let list = other.strip_prefix("list:").unwrap_or_default();
                chosen.lists.insert(parsed(list, "audiences")?);
            }
        }
    }
    match chosen.is_empty() {
        true => Err(Refusal::invalid("audiences", "are needed: choose whom it is for")),
        false => Ok(Some(chosen)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_an_update_is_for_is_asked_or_usual() {
        let read = |text: &str| audiences(&Fields::parse(text));
        assert_eq!(read("body=x").unwrap(), None, "a form without the question");
        assert!(read("to=").is_err(), "asked, and nobody chosen");
        let list = "0192f7a0-0000-7000-8000-000000000001";
        let chosen = read(&format!("to=&to=requesters&to=list%3A{list}")).unwrap().unwrap();
        assert!(chosen.requesters && !chosen.status_page && !chosen.chat);
        assert_eq!(chosen.lists.first().unwrap().to_string(), list);
        assert!(read("to=everybody").is_err());
    }
}
