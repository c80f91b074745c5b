//! What letters say, to requesters and to people of the service desk: by kind of letter and
//! language, with a look at the result before anybody gets it.

use super::editing::{self, Problem, saved, saved_banner, stale, version_field};
use super::{Reads, Section, actor, row_page, section_page};
use crate::app::{App, DrawnLetter};
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Field;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::{Refusal, Scope};
use kernel::{IncidentNumber, Language, limits};
use locale::template::{OF_STAFF, PLACES, Template};
use maud::{Markup, html};
use std::collections::BTreeMap;
use store::Sql;
use store::directory::letters::{self, LetterKind, LetterText};

const SECTION: Section = Section::Letters;
const SUBJECT: &str = "letter";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/letters", get(list))
        .route("/settings/letters/{kind}/{language}", get(show).merge(post(change)))
        .route("/settings/letters/{kind}/{language}/revert", post(revert))
}

/// The name of a kind of letter.
fn name(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Received => "The report has come in",
        LetterKind::Message => "Somebody wrote",
        LetterKind::File => "Somebody added a file",
        LetterKind::Update => "How it stands",
        LetterKind::Expected => "When it is expected back",
        LetterKind::Late => "It takes longer than said",
        LetterKind::Promised => "What is promised",
        LetterKind::Resolved => "It should work again",
        LetterKind::Closed => "It is closed",
        LetterKind::Withdrawn => "It was withdrawn",
        LetterKind::Reopened => "It was taken up again",
        LetterKind::Together => "It is worked on together",
        LetterKind::FollowerMessage => "Somebody wrote on what they follow",
        LetterKind::FollowerFile => "Somebody added a file to what they follow",
        LetterKind::FollowerUpdate => "How what they follow stands",
        LetterKind::FollowerExpected => "When what they follow is expected back",
        LetterKind::FollowerResolved => "What they follow should work again",
        LetterKind::FollowerDisputed => "What they follow is still broken",
        LetterKind::FollowerClosed => "What they follow is closed",
        LetterKind::FollowerReopened => "What they follow was taken up again",
        staff => name_to_staff(staff),
    }
}

/// The name of a kind of letter to people of the service desk.
fn name_to_staff(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::TeamGiven => "Given to their team",
        LetterKind::Given => "Given to them",
        LetterKind::BroughtIn => "They were brought in",
        LetterKind::Answered => "Somebody wrote on what they have",
        LetterKind::FileAdded => "Somebody added a file to what they have",
        LetterKind::Disputed => "It is still broken",
        LetterKind::TakenUp => "Somebody took it up again",
        LetterKind::TimeShort => "A time is nearly over",
        LetterKind::TimeOver => "A time is over",
        LetterKind::Nears => "What was said to requesters is near",
        LetterKind::PromisedTo => "It was promised to them",
        LetterKind::PromiseBroken => "A promise was broken",
        LetterKind::Explained => "A miss was explained",
        LetterKind::RatedLow => "Somebody was not content",
        LetterKind::KeptInside => "Their reply by mail stayed inside",
        LetterKind::Paged => "They are paged",
        LetterKind::RowReported => "By a rule: it was reported",
        LetterKind::RowGiven => "By a rule: it was given to somebody",
        LetterKind::RowBroughtIn => "By a rule: others were brought in",
        LetterKind::RowPriority => "By a rule: another priority",
        LetterKind::RowMajor => "By a rule: a major incident",
        LetterKind::RowUpdate => "By a rule: how it stands",
        LetterKind::RowExpected => "By a rule: when it is expected back",
        LetterKind::RowResolved => "By a rule: it should work again",
        LetterKind::RowClosed => "By a rule: it is closed",
        LetterKind::RowWithdrawn => "By a rule: it was withdrawn",
        _ => "New for their team",
    }
}

/// `GET /settings/letters`
async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let edited = app.desk.read(letters::list).await?;
    let body = html! {
        (saved_banner(query.as_deref()))
        div.stack-l { @for readers in &READERS {
            section.card aria-labelledby=(readers.id) {
                div.card-h { h2 id=(readers.id) { (readers.heading) } }
                (table(&edited, readers))
            }
        } }
    };
    let lead =
        html! { "What letters say in each language. What you leave empty stays as it came." };
    Ok(section_page(&who, SECTION, lead, None, body))
}

/// Those to whom letters go.
struct Readers {
    id: &'static str,
    heading: &'static str,
    label: &'static str,
    has: fn(LetterKind) -> bool,
}

const READERS: [Readers; 3] = [
    Readers {
        id: "to-requesters",
        heading: "To requesters",
        label: "Letters to requesters, by language",
        has: |kind| !kind.is_to_staff() && !kind.is_to_followers(),
    },
    Readers {
        id: "to-followers",
        heading: "To whoever follows an incident",
        label: "Letters to whoever follows an incident, by language",
        has: LetterKind::is_to_followers,
    },
    Readers {
        id: "to-staff",
        heading: "To people of the service desk",
        label: "Letters to people of the service desk, by language",
        has: LetterKind::is_to_staff,
    },
];

fn table(edited: &[LetterText], readers: &Readers) -> Markup {
    let is_edited =
        |kind, language| edited.iter().any(|own| own.kind == kind && own.language == language);
    html! {
        div.scroll-x tabindex="0" role="region" aria-label=(readers.label) { table.dt {
            thead { tr { th scope="col" { "Letter" } @for language in Language::ALL { th scope="col" lang=(language) { (language.name()) } } } }
            tbody { @for kind in LetterKind::ALL.iter().filter(|kind| (readers.has)(**kind)) { tr {
                th scope="row" { (name(*kind)) }
                @for language in Language::ALL {
                    td { a.link href=(address(*kind, *language)) {
                        @if is_edited(*kind, *language) { b { "yours" } } @else { "ours" }
                        span.vh { ": " (name(*kind)) ", " (language.name()) }
                    } }
                }
            } } }
        } }
    }
}

fn address(kind: LetterKind, language: Language) -> String {
    SECTION.of(format!("{kind}/{language}"))
}

/// The letter that an address names.
fn named((kind, language): (String, String)) -> PageResult<(LetterKind, Language)> {
    let kind = kind.parse().map_err(|_| PageError::NotFound)?;
    Ok((kind, language.parse().map_err(|_| PageError::NotFound)?))
}

/// `GET /settings/letters/{kind}/{language}`
async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(path): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let (kind, language) = named(path)?;
    let own = app.desk.read(move |sql| stored(sql, kind, language)).await?;
    let fields = shown(&own);
    let drawn = look(&app, &who, &own, &fields).await?;
    let banner = saved_banner(query.as_deref());
    Ok(page(&who, (&own, own.version), &fields, &Problem::default(), (banner, drawn.as_ref())))
}

fn stored(
    sql: &mut dyn Sql,
    kind: LetterKind,
    language: Language,
) -> Result<LetterText, store::Failure> {
    let ours = || {
        let empty = String::new;
        let (subject, opening, closing) = (empty(), empty(), empty());
        LetterText { kind, language, subject, opening, closing, version: 0 }
    };
    Ok(letters::get(sql, kind, language)?.unwrap_or_else(ours))
}

fn shown(own: &LetterText) -> Fields {
    let pairs = [
        ("subject", own.subject.clone()),
        ("opening", own.opening.clone()),
        ("closing", own.closing.clone()),
        ("version", own.version.to_string()),
    ];
    Fields::of(pairs.map(|(field, value)| (field.to_owned(), value)).to_vec())
}

/// `POST /settings/letters/{kind}/{language}`: stores the words, or only shows what they give.
async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(path): Path<(String, String)>,
    fields: Fields,
) -> PageResult<Response> {
    let (kind, language) = named(path)?;
    let before = app.desk.read(move |sql| stored(sql, kind, language)).await?;
    let done = match typed(kind, language, &fields) {
        Ok(own) if fields.ticked("look") => {
            let drawn = look(&app, &who, &own, &fields).await?;
            let problem = Problem::default();
            let shown = (html! {}, drawn.as_ref());
            return Ok(page(&who, (&own, before.version), &fields, &problem, shown).into_response());
        }
        Ok(own) => store(&app, &who, own, &fields).await,
        Err(trouble) => Err(trouble),
    };
    match done {
        Ok(()) => Ok(saved(&address(kind, language))),
        Err(trouble) => {
            let id = format!("{kind} {language}");
            let problem = Problem::of(&app, trouble, SUBJECT, id, "opening").await?;
            let again = page(&who, (&before, before.version), &fields, &problem, (html! {}, None));
            Ok((problem.status(), again).into_response())
        }
    }
}

/// The words of a form, each of them readable.
fn typed(kind: LetterKind, language: Language, fields: &Fields) -> Result<LetterText, Trouble> {
    let words = |field: &'static str, max_chars: usize| -> Result<String, Trouble> {
        let text = fields.text(field).replace("\r\n", "\n");
        if text.chars().count() > max_chars {
            let words = format!("This is longer than {max_chars} characters");
            return Err(Refusal::invalid(field, words).into());
        }
        let template = Template::read(&text).map_err(|fault| {
            Refusal::invalid(field, format!("Line {}: {}", fault.line, fault.words))
        })?;
        if let Some(place) = template.of_staff().filter(|_| !kind.is_to_staff()) {
            let words = format!("{{{place}}} is for people of the service desk alone");
            return Err(Refusal::invalid(field, words).into());
        }
        Ok(text)
    };
    let subject = editing::one_line(&words("subject", limits::TITLE_CHARS)?);
    let opening = words("opening", limits::REASON_CHARS)?;
    let closing = words("closing", limits::REASON_CHARS)?;
    Ok(LetterText { kind, language, subject, opening, closing, version: 0 })
}

async fn store(app: &App, who: &SignedIn, own: LetterText, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = stored(sql, own.kind, own.language)?;
            if !letters::put(sql, &own, seen)? {
                return stale(seen, Some(before.version));
            }
            let after = LetterText { version: seen + 1, ..own };
            let id = format!("{} {}", after.kind, after.language);
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}

/// `POST /settings/letters/{kind}/{language}/revert`
async fn revert(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(path): Path<(String, String)>,
    fields: Fields,
) -> PageResult<Response> {
    let (kind, language) = named(path)?;
    let seen = editing::version(&fields)?;
    app.desk
        .change(actor(&who), move |sql, audit| {
            let before = stored(sql, kind, language)?;
            if !letters::remove(sql, kind, language, seen)? {
                return stale(seen, Some(before.version));
            }
            let after = stored(sql, kind, language)?;
            Ok(audit.changed(sql, SUBJECT, format!("{kind} {language}"), &before, &after)?)
        })
        .await?;
    Ok(saved(&address(kind, language)))
}

/// What the words give, with a real incident where one is named, else with an invented one.
async fn look(
    app: &App,
    who: &SignedIn,
    own: &LetterText,
    fields: &Fields,
) -> PageResult<Option<DrawnLetter>> {
    let Some(draw) = app.options.draw_letter.clone() else { return Ok(None) };
    let number = fields.filled("number").and_then(|text| text.parse::<IncidentNumber>().ok());
    let scope = Scope::of(who.viewer());
    let real = match number {
        Some(number) => {
            let read = move |sql: &mut dyn Sql| store::incidents::list::get(sql, &scope, number);
            app.desk.read(read).await?
        }
        None => None,
    };
    let at = |at| locale::full(own.language, &who.here.local(at));
    let mut values: BTreeMap<&'static str, String> = BTreeMap::from([
        ("number", "INC-1042".to_owned()),
        ("title", "VPN".to_owned()),
        ("service", "VPN".to_owned()),
        ("team", "Network".to_owned()),
        ("reader", "Gwen Tarrant".to_owned()),
        ("who", "Ines Carvalhal".to_owned()),
        ("expected", at(who.here.now.plus_days(1))),
        ("priority", "P2".to_owned()),
        ("due", at(who.here.now.plus_seconds(3_600))),
    ]);
    if let Some(row) = real {
        values = BTreeMap::from([
            ("number", row.number.to_string()),
            ("title", row.title.clone()),
            ("reader", row.requester.name.clone()),
            ("who", who.viewer().name.clone()),
            ("priority", row.state.priority.to_string()),
        ]);
        values.extend(row.due_at.map(|due| ("due", at(due))));
        values.extend(row.service.map(|service| ("service", service.name)));
        values.extend(row.team.map(|team| ("team", team.name)));
        values.extend(row.state.expected.map(|expected| ("expected", at(expected.at))));
    }
    if own.kind.is_to_staff() {
        values.insert("reader", who.viewer().name.clone());
    } else {
        // As they leave: what stands there is not for those who do not work here.
        values.retain(|place, _| !OF_STAFF.contains(place));
    }
    Ok(Some((draw.0)(own, &|place| values.get(place).cloned())))
}

fn page(
    who: &SignedIn,
    (own, version): (&LetterText, i64),
    fields: &Fields,
    problem: &Problem,
    (banner, drawn): (Markup, Option<&DrawnLetter>),
) -> Markup {
    let (kind, language) = (own.kind, own.language);
    let (address, errors) = (address(kind, language), &problem.errors);
    let text = |field: &'static str| fields.get(field).unwrap_or_default();
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        @if who.viewer().configures() {
            section.card { div.card-b {
                form.form method="post" action=(address) {
                    (version_field(problem.version(fields, version)))
                    (Field::new("subject", "Subject").hint("After the mark with the number. Empty: the title.").errors(errors).input("text", text("subject")))
                    (Field::new("opening", "Opening").hint("Instead of the first sentence. A paragraph of which something is not known is left out.").errors(errors).textarea(5, text("opening")))
                    (Field::new("closing", "Closing").hint("At the end of the letter.").errors(errors).textarea(4, text("closing")))
                    (Field::new("number", "Incident to look at").hint("Its values stand in the letter below. Empty: an invented one.").input("text", text("number")))
                    div.btns {
                        button.btn.btn-primary type="submit" { "Save" }
                        button.btn type="submit" name="look" value="1" { "Look at it" }
                    }
                }
                @if version > 0 {
                    form.mts method="post" action={ (address) "/revert" } {
                        (version_field(version))
                        button.btn.btn-quiet type="submit" { "Go back to our words" }
                    }
                }
            } }
        }
        @if let Some(drawn) = drawn { (preview(drawn, language)) }
        section.card aria-labelledby="places" {
            div.card-h { h2 id="places" { "What can stand in the words" } }
            div.card-b { dl.props { @for (place, stands) in PLACES.iter().filter(|(place, _)| kind.is_to_staff() || !OF_STAFF.contains(place)) { div { dt { code { "{" (place) "}" } } dd { (stands) } } } } }
        }
    };
    let to = match kind {
        kind if kind.is_to_staff() => "people of the service desk",
        kind if kind.is_to_followers() => "those who follow an incident",
        _ => "requesters",
    };
    let lead = html! { "To " (to) ", in " (language.name()) "." };
    row_page(who, SECTION, name(kind), lead, body)
}

fn preview(drawn: &DrawnLetter, language: Language) -> Markup {
    html! {
        section.card aria-labelledby="look" {
            div.card-h { h2 id="look" { "What they get" } }
            div.card-b.stack-s {
                p { b lang=(language) { (drawn.subject) } }
                pre.letter lang=(language) { (drawn.text) }
                iframe.letter-html title="As HTML" sandbox="" srcdoc=(drawn.html) {}
            }
        }
    }
}
