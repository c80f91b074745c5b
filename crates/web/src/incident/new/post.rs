//! The form of a new incident as it was sent.

use super::{CHANNELS, Form, draw, service_in};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::incident::attachments::{WithFiles, attach};
use crate::incident::commands::once;
use crate::incident::parse::choice;
use crate::incident::refused::words_of;
use crate::incident::suggested;
use crate::models;
use crate::part::form::Errors;
use crate::url;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use desk::{Idempotency, Newcomer, Trouble};
use incident::command::Report;
use incident::models::ModelUse;
use incident::{Command, Refusal, Visibility};
use kernel::{Channel, IncidentNumber, Level, PersonId, limits};
use store::directory::people::{self, Person};

/// Reports the incident, or adds a note to the one that the call is about.
pub(in crate::incident) async fn post(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    request: Request,
) -> PageResult {
    if !who.viewer().works() {
        return Err(PageError::forbidden("auditors read everything and change nothing"));
    }
    let headers = request.headers().clone();
    let sent = WithFiles::read(&app, request).await?;
    let fields = sent.fields.clone();
    let once = once(&headers, "incidents/new", &format!("{fields:?}"));
    match record(&app, &who, sent, once).await {
        Ok(number) => Ok(Answer::go(url::incident(number)).reply(live)),
        Err(trouble) => refused(&app, &who, live, fields, trouble).await,
    }
}

async fn record(
    app: &App,
    who: &SignedIn,
    sent: WithFiles,
    once: Option<Idempotency>,
) -> Result<IncidentNumber, PageError> {
    if let Some(refusal) = sent.refused {
        return Err(refusal.into());
    }
    let fields = &sent.fields;
    let channel = channel(fields)?;
    let caller = caller(app, fields).await?;
    let number = match choice::<IncidentNumber>(fields, "existing")? {
        Some(existing) => {
            called_again(app, who, fields, channel, &caller, existing, once.clone()).await?
        }
        None => {
            let number = report(app, who, fields, channel, &caller, once.clone()).await?;
            app.desk.note_typed(who.viewer(), number, suggested::typed(fields));
            number
        }
    };
    attach(&app.desk, who.viewer(), channel, number, sent.files, Visibility::Public, once.as_ref())
        .await?;
    Ok(number)
}

fn channel(fields: &Fields) -> Result<Channel, Refusal> {
    let Some(word) = fields.filled("channel") else { return Ok(Channel::Phone) };
    let known =
        CHANNELS.iter().map(|(channel, _)| *channel).find(|channel| channel.as_str() == word);
    known.ok_or_else(|| Refusal::invalid("channel", "is not one of the list"))
}

/// Who calls.
enum Caller {
    Known(Box<Person>),
    New(Newcomer),
}

/// The caller: chosen, named, or somebody new.
async fn caller(app: &App, fields: &Fields) -> Result<Caller, PageError> {
    if let Some(name) = fields.filled("new_name") {
        return somebody_new(app, name, fields.filled("new_email")).await;
    }
    if fields.filled("new_email").is_some() {
        return Err(Refusal::invalid("new_name", "is needed with the e-mail address").into());
    }
    let meant: Option<PersonId> = choice(fields, "meant")?;
    let chosen: Option<PersonId> = meant.or(choice(fields, "requester")?);
    let text = fields.text("caller").to_owned();
    let typed = text.clone();
    let (found, known) = app
        .desk
        .read(move |sql| {
            let chosen = chosen.map(|id| people::get(sql, id)).transpose()?.flatten();
            match chosen.filter(|person| meant.is_some() || text.is_empty() || person.name == text)
            {
                Some(person) => Ok((vec![person], true)),
                None if text.is_empty() => Ok((vec![], false)),
                None => Ok((super::meant(sql, &text)?, false)),
            }
        })
        .await?;
    let one = if known { found.first() } else { super::only(&typed, &found) };
    if let Some(one) = one {
        return Ok(Caller::Known(Box::new(one.clone())));
    }
    let words = match found.len() {
        0 if typed.is_empty() => "say who calls",
        0 => "nobody is known by this; give name and e-mail address below",
        1 => "is too short to tell who is meant; choose them below or write more",
        _ => "several people fit; choose one below",
    };
    Err(Refusal::invalid("caller", words).into())
}

/// Whoever has the address already is that person, whatever the name.
async fn somebody_new(app: &App, name: &str, email: Option<&str>) -> Result<Caller, PageError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > limits::NAME_CHARS {
        return Err(Refusal::invalid(
            "new_name",
            format!("is longer than {} characters", limits::NAME_CHARS),
        )
        .into());
    }
    if email.is_some_and(|email| !is_address(email)) {
        return Err(Refusal::invalid("new_email", "is not an e-mail address").into());
    }
    let email = email.map(str::to_owned);
    if let Some(email) = email.clone()
        && let Some(known) = app.desk.read(move |sql| people::by_email(sql, &email)).await?
    {
        return Ok(Caller::Known(Box::new(known)));
    }
    Ok(Caller::New(Newcomer { name: Some(name), email }))
}

fn is_address(text: &str) -> bool {
    let plain = text.chars().count() <= limits::EMAIL_CHARS
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    plain
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
}

/// What the caller adds to an incident that is open already. It is kept as a
/// note: an answer to them it is not, and no clock takes it for one.
async fn called_again(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
    channel: Channel,
    caller: &Caller,
    number: IncidentNumber,
    once: Option<Idempotency>,
) -> Result<IncidentNumber, PageError> {
    let row = crate::incident::commands::seen(app, who, number).await?;
    let requester = match caller {
        Caller::Known(person) if row.state.requester == person.id => person,
        _ => return Err(Refusal::invalid("existing", "is not an incident of this caller").into()),
    };
    let said: Vec<&str> = [fields.text("title"), fields.text("description")]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    if said.is_empty() {
        return Err(Refusal::invalid("description", "say what they added").into());
    }
    let by = CHANNELS
        .iter()
        .find(|(known, _)| *known == channel)
        .map_or("phone", |(_, label)| label)
        .to_lowercase();
    let words = format!("{} got in touch again ({by}):\n\n{}", requester.name, said.join("\n\n"));
    let mut ask = app.desk.ask(who.viewer(), channel).on(number).once(once);
    let body = ask.words("description", &words, limits::BODY_CHARS)?;
    let done = ask.issue(Command::Comment { body, visibility: Visibility::Internal }).await?;
    Ok(done.number)
}

async fn report(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
    channel: Channel,
    caller: &Caller,
    once: Option<Idempotency>,
) -> Result<IncidentNumber, PageError> {
    let policy = app.desk.policy();
    let service = service_in(fields, &policy);
    if service.is_none() && fields.filled("service").is_some() {
        return Err(
            Refusal::invalid("service", "is not a known service; choose one of the list").into()
        );
    }
    let (impact, urgency) = levels(fields.text("cell"))?;
    let affected = match fields.filled("affected") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Refusal::invalid("affected", "must be a whole number"))?)
        }
    };
    let parent: Option<IncidentNumber> = choice(fields, "parent")?;
    if let Some(parent) = parent {
        // One that the agent does not see is none of theirs to add to.
        crate::incident::commands::seen(app, who, parent).await?;
    }
    let assignee = match fields.filled("assignee") {
        Some("me") => Some(who.person().id),
        _ => choice(fields, "assignee")?,
    };
    // One that went out of use meanwhile must not cost the report.
    let model = models::named(fields, models::MODEL, &policy);
    let brought = || model.map(|model| model.gives.title.as_str());
    let title = fields.filled("title").or_else(brought).unwrap_or_default();
    let mut ask = app.desk.ask(who.viewer(), channel).once(once);
    let mut report = Report {
        title: ask.title(title)?,
        description: ask.opt_words("description", fields.get("description"), limits::BODY_CHARS)?,
        requester: match caller {
            Caller::Known(person) => person.id,
            Caller::New(_) => who.person().id,
        },
        service,
        category: choice(fields, "category")?,
        impact,
        urgency,
        affected,
        team: choice(fields, "team")?,
        assignee,
        detected_at: fields.instant("detected_at", &who.here)?,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent,
        confidential_to: choice(fields, "confidential_to")?,
        model: model.map(|model| ModelUse::of(model.id)),
        alerts: None,
    };
    if let Caller::New(newcomer) = caller {
        ask.report_for_somebody_new(&mut report, newcomer).await?;
    }
    Ok(ask.issue(Command::Report(Box::new(report))).await?.number)
}

/// "2-1" is medium impact and high urgency; nothing leaves both to the rules.
fn levels(cell: &str) -> Result<(Option<Level>, Option<Level>), Refusal> {
    if cell.is_empty() {
        return Ok((None, None));
    }
    let level = |word: &str| word.parse().ok().and_then(|value| Level::new(value).ok());
    let both = cell.split_once('-').and_then(|(impact, urgency)| level(impact).zip(level(urgency)));
    let (impact, urgency) =
        both.ok_or_else(|| Refusal::invalid("cell", "is not a cell of the matrix"))?;
    Ok((Some(impact), Some(urgency)))
}

/// The form again, with what was wrong at its field.
async fn refused(
    app: &App,
    who: &SignedIn,
    live: Live,
    fields: Fields,
    error: PageError,
) -> PageResult {
    let status = error.status();
    let PageError::Trouble(Trouble::Refused(refusal)) = &error else { return Err(error) };
    if matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
        return Err(error);
    }
    let mut errors = Errors::default();
    errors.add(refusal.field.unwrap_or_default(), words_of(refusal));
    let form = Form::load(app, who, fields, errors).await?;
    Ok(Answer::refused(status, draw::draw(&form, &who.here, Some("morph")))
        .else_page(draw::page(who, &form))
        .reply(live))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for text in ["gwen@northwind.example", "g.t+x@a.b.example"] {
            assert!(is_address(text), "{text}");
        }
        for text in ["gwen", "@a.example", "a@b", "a b@c.example", "a@.example", "a@example."] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn a_cell_names_impact_and_urgency() {
        assert_eq!(levels("").unwrap(), (None, None));
        assert_eq!(levels("2-1").unwrap(), (Some(Level::MEDIUM), Some(Level::HIGH)));
        assert!(levels("4-1").is_err() && levels("1").is_err());
    }
}
