//! From the fields of a form to a command. Values are typed here; rules are `decide`'s.

mod major;

pub(super) use major::{audiences, next_update};

use crate::form::Fields;
use crate::part::duration;
use crate::part::time::Here;
use desk::{Ask, Trouble};
use incident::clocks::ClockKind;
use incident::escalation::Whom;
use incident::models::ModelUse;
use incident::rating::Score;
use incident::reach::Urgency;
use incident::state::{IncidentRole, LinkKind};
use incident::{Change, Command, CommandName as C, Refusal, State};
use kernel::{ArticleNumber, Invalid, Level, PersonId, ProblemNumber, limits};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// What the fields are read against.
pub(super) struct Context<'a> {
    /// The incident as it is.
    pub(super) state: &'a State,
    /// Its title.
    pub(super) title: &'a str,
    /// The reader's clock and zone: dates of forms are local.
    pub(super) here: &'a Here,
    /// Who "me" is.
    pub(super) me: PersonId,
    /// The person named in a field for names, once found.
    pub(super) named: Option<PersonId>,
}

/// The command that a form asks for.
pub(super) fn command(
    name: C,
    fields: &Fields,
    ask: &mut Ask<'_>,
    at: &Context<'_>,
) -> Result<Command, Trouble> {
    Ok(match name {
        C::Acknowledge => Command::Acknowledge,
        C::Resume => Command::Resume,
        C::Unmerge => Command::Unmerge,
        C::Mitigate => Command::Mitigate { children: fields.ticked("children") },
        C::Restore => Command::Restore { children: fields.ticked("children") },
        C::Confirm => Command::Confirm,
        C::NotAReopening => Command::NotAReopening,
        C::Close => Command::Close,
        C::Classify => classify(fields, ask, at)?,
        C::Prioritise => prioritise(fields, ask)?,
        C::Assign => {
            Command::Assign { team: change(fields, "team")?, assignee: assignee(fields, at)? }
        }
        C::Hold => Command::Hold {
            reason: needed(fields, "reason")?,
            until: fields.instant("until", at.here)?,
            note: ask.opt_words("note", fields.get("note"), limits::BODY_CHARS)?,
        },
        C::Escalate => Command::Escalate {
            team: choice(fields, "team")?,
            manager: choice(fields, "manager")?,
            reason: ask.words("reason", fields.text("reason"), limits::BODY_CHARS)?,
        },
        C::Link => {
            let kind: LinkKind = needed(fields, "kind")?;
            let cascade = (kind == LinkKind::Parent).then(|| !fields.ticked("own_way"));
            Command::Link { kind, target: fields.text("target").to_uppercase(), cascade }
        }
        C::Unlink => Command::Unlink {
            kind: needed(fields, "kind")?,
            target: fields.text("target").to_owned(),
        },
        C::Merge => Command::Merge { into: needed(fields, "into")? },
        C::DeclareMajor => Command::DeclareMajor {
            reason: ask.opt_words("reason", fields.get("reason"), limits::BODY_CHARS)?,
        },
        C::StandDown => Command::StandDown {
            reason: ask.opt_words("reason", fields.get("reason"), limits::BODY_CHARS)?,
        },
        C::GiveRole => Command::GiveRole {
            role: needed::<IncidentRole>(fields, "role")?,
            person: match fields.get("person") {
                Some("me") => Some(at.me),
                _ => choice(fields, "person")?,
            },
        },
        C::Resolve => Command::Resolve {
            code: fields.text("code").to_owned(),
            note: ask.words("note", fields.text("note"), limits::BODY_CHARS)?,
            cause: ask.opt_words("cause", fields.get("cause"), limits::BODY_CHARS)?,
            known_error: choice::<ProblemNumber>(fields, "known_error")?
                .map(|number| number.to_string()),
            children: fields.ticked("children"),
        },
        other => further(other, fields, ask, at)?,
    })
}

/// What ends or takes up work again, who follows, who may see.
fn further(
    name: C,
    fields: &Fields,
    ask: &mut Ask<'_>,
    at: &Context<'_>,
) -> Result<Command, Trouble> {
    Ok(match name {
        C::Dispute => {
            Command::Dispute { note: ask.words("note", fields.text("note"), limits::BODY_CHARS)? }
        }
        C::Rate => Command::Rate {
            score: needed::<Score>(fields, "score")?,
            note: ask.opt_words("note", fields.get("note"), limits::BODY_CHARS)?,
        },
        C::Reopen => {
            Command::Reopen { note: ask.words("note", fields.text("note"), limits::BODY_CHARS)? }
        }
        C::Cancel => Command::Cancel {
            reason: ask.words("reason", fields.text("reason"), limits::BODY_CHARS)?,
        },
        C::Watch => Command::Watch { person: at.named.or(choice(fields, "person_id")?) },
        C::Unwatch => Command::Unwatch { person: choice(fields, "person")? },
        C::Restrict => Command::Restrict { team: choice(fields, "team")? },
        C::Undo => Command::Undo {
            n: fields
                .text("n")
                .parse()
                .map_err(|_| Refusal::invalid("n", "is not the place of an entry"))?,
        },
        other => around(other, fields, ask, at)?,
    })
}

/// Tasks, time, tags, updates, erasing.
fn around(
    name: C,
    fields: &Fields,
    ask: &mut Ask<'_>,
    at: &Context<'_>,
) -> Result<Command, Trouble> {
    Ok(match name {
        C::AddTask => Command::AddTask {
            task: ask.task(),
            title: ask.words("title", fields.text("title"), limits::TITLE_CHARS)?,
            assignee: choice(fields, "assignee")?,
        },
        C::CompleteTask => Command::CompleteTask { task: needed(fields, "task")? },
        C::ReopenTask => Command::ReopenTask { task: needed(fields, "task")? },
        C::LogWork => Command::LogWork {
            seconds: duration(fields.text("duration"))?,
            note: ask.opt_words("note", fields.get("note"), limits::BODY_CHARS)?,
        },
        C::Tag => Command::Tag { add: tags(fields, "add"), remove: tags(fields, "remove") },
        C::PublishUpdate => major::publish(fields, ask, at)?,
        C::SetExpectedResolution => Command::SetExpectedResolution {
            at: fields.instant("at", at.here)?,
            low: None,
            high: None,
            reason: ask.opt_words("reason", fields.get("reason"), limits::REASON_CHARS)?,
        },
        C::Promise => Command::Promise {
            at: fields.instant("at", at.here)?,
            to: choice(fields, "to")?,
            reason: ask.opt_words("reason", fields.get("reason"), limits::REASON_CHARS)?,
        },
        C::ExplainBreach => Command::ExplainBreach {
            clock: clock(fields)?,
            reason: ask.words("reason", fields.text("reason"), limits::REASON_CHARS)?,
            owner: needed(fields, "owner")?,
        },
        C::CorrectPause => {
            let none = fields.ticked("none");
            let bound = |name| if none { Ok(None) } else { fields.instant(name, at.here) };
            let (from, to) = (bound("from")?, bound("to")?);
            if !none && from.is_none() && to.is_none() {
                return Err(Refusal::invalid("from", "is needed, unless there was no pause").into());
            }
            let n = fields.text("n").parse();
            Command::CorrectPause {
                n: n.map_err(|_| Refusal::invalid("n", "is not the place of an entry"))?,
                from,
                to,
                reason: ask.words("reason", fields.text("reason"), limits::REASON_CHARS)?,
            }
        }
        C::Page => page(fields, ask)?,
        C::EscalatePage => Command::EscalatePage,
        C::DeclinePage => Command::DeclinePage {
            note: ask.opt_words("note", fields.get("note"), limits::REASON_CHARS)?,
        },
        C::ApplyModel => Command::ApplyModel(ModelUse::of(needed(fields, "model")?)),
        C::Redact => Command::Redact { content: needed(fields, "content")? },
        other => major::command(other, fields, ask, at)?,
    })
}

fn page(fields: &Fields, ask: &mut Ask<'_>) -> Result<Command, Trouble> {
    let given = fields.filled("whom").and_then(|text| text.split_once(':'));
    let (kind, id) = given.ok_or_else(|| Refusal::invalid("whom", "is needed"))?;
    let (mut whom, mut policy) = (vec![], None);
    match kind {
        "person" => whom.push(Whom::Person(parsed(id, "whom")?)),
        "team" => whom.push(Whom::Team(parsed(id, "whom")?)),
        "schedule" => whom.push(Whom::Schedule(parsed(id, "whom")?)),
        "policy" => policy = Some(parsed(id, "whom")?),
        _ => return Err(Refusal::invalid("whom", "is nobody who can be paged").into()),
    }
    let note = ask.opt_words("note", fields.get("note"), limits::REASON_CHARS)?;
    Ok(Command::Page { whom, policy, urgency: Urgency::High, note })
}

fn clock(fields: &Fields) -> Result<ClockKind, Refusal> {
    let word = fields.filled("clock").ok_or_else(|| Refusal::invalid("clock", "is needed"))?;
    let known = ClockKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    known.ok_or_else(|| Refusal::invalid("clock", "is not a clock"))
}

fn classify(fields: &Fields, ask: &mut Ask<'_>, at: &Context<'_>) -> Result<Command, Trouble> {
    let title = fields.get("title").map(str::trim).filter(|title| *title != at.title);
    let mut changed: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in at.state.fields.keys() {
        if let Some(value) = fields.get(&format!("field.{name}")) {
            let value = value.trim();
            changed.insert(name.clone(), (!value.is_empty()).then(|| value.to_owned()));
        }
    }
    if let Some(name) = fields.filled("new_field") {
        let value = fields
            .filled("new_value")
            .ok_or_else(|| Refusal::invalid("new_value", "is needed for the new field"))?;
        changed.insert(name.to_owned(), Some(value.to_owned()));
    } else if fields.filled("new_value").is_some() {
        return Err(Refusal::invalid("new_field", "is needed for the new value").into());
    }
    let affected = match fields.filled("affected") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Refusal::invalid("affected", "must be a whole number"))?)
        }
    };
    Ok(Command::Classify {
        title: title.map(|title| ask.title(title)).transpose()?,
        service: change(fields, "service")?,
        category: change(fields, "category")?,
        fields: changed,
        affected,
    })
}

/// A cell of the matrix, or a priority with a reason.
fn prioritise(fields: &Fields, ask: &mut Ask<'_>) -> Result<Command, Trouble> {
    let level = |word: &str| word.parse().ok().and_then(|value| Level::new(value).ok());
    let (impact, urgency) = match fields.filled("cell").and_then(|cell| cell.split_once('-')) {
        Some((impact, urgency)) => (level(impact), level(urgency)),
        None => (fields.filled("impact").and_then(level), fields.filled("urgency").and_then(level)),
    };
    let priority = match fields.filled("priority") {
        None => None,
        Some(word) => Some(parsed(word, "priority")?),
    };
    let reason = ask.opt_words("reason", fields.get("reason"), limits::REASON_CHARS)?;
    Ok(Command::Prioritise { impact, urgency, priority, reason })
}

/// An assignee that is left to the team.
pub(super) const OPEN: &str = "open";

fn assignee(fields: &Fields, at: &Context<'_>) -> Result<Change<PersonId>, Refusal> {
    match fields.get("assignee") {
        Some("me") => Ok(Change::Set(at.me)),
        Some(OPEN) => Ok(Change::Keep),
        _ => change(fields, "assignee"),
    }
}

/// A value that may be left, cleared or set.
fn change<T: FromStr<Err = Invalid>>(
    fields: &Fields,
    name: &'static str,
) -> Result<Change<T>, Refusal> {
    match fields.get(name).map(str::trim) {
        None => Ok(Change::Keep),
        Some("" | "none") => Ok(Change::Clear),
        Some(text) => parsed(text, name).map(Change::Set),
    }
}

/// The article that helped, where a resolution names one.
pub(super) fn article(fields: &Fields) -> Result<Option<ArticleNumber>, Refusal> {
    choice(fields, "article")
}

/// A value that may be missing.
pub(super) fn choice<T: FromStr<Err = Invalid>>(
    fields: &Fields,
    name: &'static str,
) -> Result<Option<T>, Refusal> {
    match fields.filled(name) {
        None | Some("none") => Ok(None),
        Some(text) => parsed(text, name).map(Some),
    }
}

fn needed<T: FromStr<Err = Invalid>>(fields: &Fields, name: &'static str) -> Result<T, Refusal> {
    let text = fields.filled(name).ok_or_else(|| Refusal::invalid(name, "is needed"))?;
    parsed(text, name)
}

fn parsed<T: FromStr<Err = Invalid>>(text: &str, name: &'static str) -> Result<T, Refusal> {
    text.parse().map_err(|error: Invalid| Refusal::invalid(name, error.0))
}

/// A duration, in seconds; see [`crate::part::duration`].
pub(super) fn duration(text: &str) -> Result<u32, Refusal> {
    let read = duration::read(text, duration::WHOLE_DAY).and_then(|read| u32::try_from(read).ok());
    read.ok_or_else(|| {
        Refusal::invalid("duration", "is not a duration, such as 20m, 1.5 h or 1 h 30 m")
    })
}

/// Words between spaces and commas.
fn tags(fields: &Fields, name: &str) -> BTreeSet<String> {
    let words = fields.all(name).flat_map(|text| text.split([' ', ',', '\t', '\n']));
    words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_left_out_leaves_the_value_alone() {
        let id = "0192f7a0-0000-7000-8000-000000000001";
        let read = |text: &str| change::<PersonId>(&Fields::parse(text), "person");
        assert_eq!(read("other=1").unwrap(), Change::Keep);
        assert_eq!(read("person=none").unwrap(), Change::Clear);
        assert_eq!(read(&format!("person={id}")).unwrap(), Change::Set(id.parse().unwrap()));
        assert!(read("person=x").is_err());
    }
}
