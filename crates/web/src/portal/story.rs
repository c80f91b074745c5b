//! What a requester may read of an incident: its public entries as a
//! conversation. Only what the store marks public gets in here.

use super::reader;
use desk::expected::{Forecaster, Outlook};
use incident::event::{Assigned, PutOnHold};
use incident::state::HoldReason;
use incident::{Body, Policy};
use kernel::{Actor, AttachmentId, Channel, ContentId, IncidentNumber, PersonId, Timestamp};
use std::collections::{HashMap, HashSet};
use store::incidents::list::IncidentRow;
use store::incidents::timeline::{StoredContent, StoredEvent};
use store::{Failure, Sql};

/// Seconds within which a file belongs to the words its sender wrote before.
const FILE_WITH_WORDS_SECONDS: i64 = 120;

/// An incident as the portal shows it.
pub(super) struct Story {
    /// The incident.
    pub(super) row: IncidentRow,
    /// The conversation.
    pub(super) entries: Vec<Entry>,
    /// Entries that messages became which are still there.
    pub(super) mail: HashSet<u32>,
    /// When it is expected to be over.
    pub(super) outlook: Option<Outlook>,
}

/// One entry of the conversation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Its place in the timeline, which names it on the page.
    pub(super) n: u32,
    /// The place of the last event that is part of it.
    pub(super) last_n: u32,
    /// When it happened.
    pub(super) at: Timestamp,
    /// Who did it.
    pub(super) actor: Actor,
    /// What it is.
    pub(super) what: What,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// Words of a person.
    Message(Message),
    /// A line about something that happened.
    Line(Line),
}

/// Words of a person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// Why they were written.
    pub(super) kind: Kind,
    /// The words; `None` when they were removed.
    pub(super) words: Option<String>,
    /// Files that came with them.
    pub(super) files: Vec<File>,
}

/// Why words were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The report.
    Report,
    /// A message.
    Said,
    /// An update for everybody affected, with what was promised.
    Update {
        /// When service is expected back.
        expected: Option<Timestamp>,
        /// When the next word comes.
        next: Option<Timestamp>,
    },
    /// How it was fixed.
    Fixed,
    /// That it is not fixed.
    StillBroken,
    /// Why it was withdrawn.
    Withdrawn,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Its id.
    pub(super) id: AttachmentId,
    /// Its name; `None` when it was removed.
    pub(super) name: Option<String>,
    /// Its size.
    pub(super) bytes: u64,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    /// It was reported without more words.
    Reported(Channel),
    /// Somebody has it.
    Taken,
    /// A person or team works on it.
    Given {
        /// The person.
        person: Option<String>,
        /// The team, or the one the person is from.
        team: Option<String>,
    },
    /// It waits.
    Waits(HoldReason, Option<Timestamp>),
    /// Work goes on.
    GoesOn,
    /// It was taken up again.
    Reopened,
    /// The reply was none that reopens.
    StaysFixed,
    /// When it is expected back, or no more, and why.
    Expected(Option<Timestamp>, Option<String>),
    /// When it was promised to be over, and what was said about it.
    Promised(Timestamp, Option<String>),
    /// What was promised instead, or that nothing is, and why.
    PromisedInstead(Option<Timestamp>, Option<String>),
    /// The promised time passed.
    LaterThanSaid(Timestamp),
    /// The effects are over.
    EffectsOver,
    /// Service is back.
    Back,
    /// The requester said that it works.
    Works,
    /// It was closed, and how.
    Closed(String),
    /// It is handled with another one.
    Joined,
    /// It is handled on its own again.
    Parted,
    /// It has another title.
    Renamed(Option<String>),
    /// A file on its own.
    Attached(File),
}

impl Story {
    /// How it was fixed, in the words of who fixed it.
    pub(super) fn fix(&self) -> Option<&str> {
        self.entries.iter().rev().find_map(|entry| match &entry.what {
            What::Message(message) if message.kind == Kind::Fixed => message.words.as_deref(),
            _ => None,
        })
    }
}

/// Reads an incident and its public entries; `None` when it is not within the scope.
pub(super) fn read(
    sql: &mut dyn Sql,
    scope: &incident::Scope,
    (policy, forecaster): (&Policy, &Forecaster),
    number: IncidentNumber,
    now: Timestamp,
) -> Result<Option<Story>, Failure> {
    let Some(row) = store::incidents::list::get(sql, scope, number)? else { return Ok(None) };
    let limit = kernel::limits::EVENTS_PER_INCIDENT as usize;
    let events = store::incidents::timeline::timeline(sql, number, 0, limit)?;
    let contents = store::incidents::timeline::contents(sql, number)?;
    let staff = events.iter().flat_map(|stored| named(&stored.event.body)).collect::<Vec<_>>();
    let names = store::directory::people::names(sql, &staff)?;
    let entries = tell(&events, &Known { contents: &contents, names: &names, policy });
    let by_mail = events.iter().any(|stored| stored.event.channel == Channel::Email);
    let mail = match by_mail {
        true => store::messages::entries_of(sql, &[number])?,
        false => vec![],
    };
    let mail = mail.into_iter().map(|(_, n)| n).collect();
    let timeline = events.iter().map(|stored| &stored.event);
    let outlook = forecaster.outlook(&row.state, timeline, policy, now);
    Ok(Some(Story { row, entries, mail, outlook }))
}

fn named(body: &Body) -> Option<PersonId> {
    match body {
        Body::Assigned(data) => data.assignee,
        _ => None,
    }
}

/// What is known besides the events.
struct Known<'a> {
    contents: &'a HashMap<ContentId, StoredContent>,
    names: &'a HashMap<PersonId, String>,
    policy: &'a Policy,
}

impl Known<'_> {
    /// Public words; what is not public is as if it were not there.
    fn words(&self, id: ContentId) -> Option<String> {
        self.contents
            .get(&id)
            .filter(|content| content.public)
            .and_then(|content| content.body.clone())
    }
}

fn tell(events: &[StoredEvent], known: &Known) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for stored in events.iter().filter(|stored| stored.public) {
        let event = &stored.event;
        if let Body::Attached(data) = &event.body {
            let file =
                File { id: data.attachment, name: known.words(data.name), bytes: data.size_bytes };
            attach(&mut entries, stored, file);
            continue;
        }
        let Some(what) = what(&event.body, event.channel, known) else { continue };
        if repeats(entries.last(), stored, &what) {
            continue;
        }
        entries.push(Entry {
            n: event.n,
            last_n: event.n,
            at: event.happened_at,
            actor: event.actor.clone(),
            what,
        });
    }
    entries
}

/// A file goes with the words its sender has just written, whatever followed from them.
fn attach(entries: &mut Vec<Entry>, stored: &StoredEvent, file: File) {
    let event = &stored.event;
    let said = entries.iter_mut().rev().find(|entry| matches!(entry.what, What::Message(_)));
    if let Some(last) = said
        && let What::Message(message) = &mut last.what
        && last.actor == event.actor
        && event.happened_at.seconds_since(last.at) <= FILE_WITH_WORDS_SECONDS
    {
        message.files.push(file);
        last.last_n = event.n;
        return;
    }
    let what = What::Line(Line::Attached(file));
    entries.push(Entry {
        n: event.n,
        last_n: event.n,
        at: event.happened_at,
        actor: event.actor.clone(),
        what,
    });
}

/// "Still broken" says that it is taken up again, and an assignment that somebody has it.
fn repeats(last: Option<&Entry>, stored: &StoredEvent, what: &What) -> bool {
    let Some(last) = last.filter(|last| last.at == stored.event.happened_at) else { return false };
    match (&last.what, what) {
        (What::Message(message), What::Line(Line::Reopened)) => message.kind == Kind::StillBroken,
        (What::Line(Line::Given { .. } | Line::Taken), What::Line(Line::Taken)) => true,
        (What::Message(_), What::Line(Line::Taken)) => true,
        _ => false,
    }
}

fn what(body: &Body, channel: Channel, known: &Known) -> Option<What> {
    let message = |kind, id| What::Message(Message { kind, words: known.words(id), files: vec![] });
    let line = match body {
        Body::Reported(data) => match data.description {
            Some(description) => return Some(message(Kind::Report, description)),
            None => Line::Reported(channel),
        },
        Body::Commented(data) => return Some(message(Kind::Said, data.body)),
        Body::UpdatePublished(data) => {
            return Some(message(
                Kind::Update { expected: data.expected, next: data.next_update },
                data.body,
            ));
        }
        Body::Resolved(data) => return Some(message(Kind::Fixed, data.note)),
        Body::Disputed(data) => return Some(message(Kind::StillBroken, data.note)),
        Body::Cancelled(data) => return Some(message(Kind::Withdrawn, data.reason)),
        Body::Acknowledged(_) => Line::Taken,
        Body::Assigned(data) => return given(data, known).map(What::Line),
        Body::PutOnHold(data) => waits(data),
        Body::Resumed(_) => Line::GoesOn,
        Body::Reopened(_) => Line::Reopened,
        Body::ReopeningWithdrawn(_) => Line::StaysFixed,
        Body::ExpectationSet(data) => {
            Line::Expected(data.at, data.reason.and_then(|reason| known.words(reason)))
        }
        Body::Promised(data) => {
            Line::Promised(data.at, data.reason.and_then(|reason| known.words(reason)))
        }
        Body::PromiseChanged(data) => Line::PromisedInstead(data.at, known.words(data.reason)),
        Body::PromiseBroken(data) => Line::LaterThanSaid(data.at),
        Body::Mitigated(_) => Line::EffectsOver,
        Body::Restored(_) => Line::Back,
        Body::Confirmed(_) => Line::Works,
        Body::Closed(data) => Line::Closed(data.how.clone()),
        Body::Merged(_) => Line::Joined,
        Body::Unmerged(_) => Line::Parted,
        Body::Classified(data) => Line::Renamed(known.words(data.title?)),
        _ => return None,
    };
    Some(What::Line(line))
}

fn given(data: &Assigned, known: &Known) -> Option<Line> {
    if let Some(id) = data.assignee.filter(|_| data.assignee != data.assignee_before)
        && let Some(person) = known.names.get(&id)
    {
        let team = reader::team_of(known.policy, id, data.team).map(str::to_owned);
        return Some(Line::Given { person: Some(person.clone()), team });
    }
    let team = data.team.filter(|_| data.team != data.team_before)?;
    let team = known.policy.teams.get(&team).map(|team| team.name.clone());
    Some(Line::Given { person: None, team })
}

fn waits(data: &PutOnHold) -> Line {
    Line::Waits(data.reason, data.until)
}
