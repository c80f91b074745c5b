//! Reporting: one form, prefilled with what was typed or with the outage that
//! somebody has too.

use super::known;
use super::mine::{self, Which};
use super::outages::{self, Outage};
use super::suggest;
use super::trouble;
use super::upload;
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, Reader, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::incident::attachments::{WithFiles, attach};
use crate::models::{self, Slot};
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::shell::PortalPage;
use crate::url;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use desk::search::FoundArticle;
use desk::{Idempotency, Kept, Trouble};
use incident::command::Report;
use incident::models::ModelUse;
use incident::{Command, Policy, Visibility};
use kernel::{Channel, InOrder, IncidentNumber, Language, Level, ServiceId, limits};
use locale::Portal;
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The most people that a report can say are affected.
const AFFECTED_MAX: u32 = 1_000_000;

/// How many words of a title an outage of the very service is worth.
const OF_SERVICE: usize = 3;

/// Articles that are offered before the form.
const ANSWERS: usize = 3;

/// The answer that stands there until another is chosen.
const AS_USUAL: &str = "2";

/// The address of the form with a title filled in, and the outage it is about.
pub(super) fn address(title: &str, outage: Option<IncidentNumber>) -> String {
    let with = outage.map(|number| format!("&with={number}")).unwrap_or_default();
    format!("{}?title={}{with}", super::REPORT, url::encode(title))
}

/// The address of the form with words in its title.
pub(crate) fn address_of_words(title: &str) -> String {
    address(title, None)
}

/// What the form is filled with.
struct Filled {
    fields: Fields,
    services: Vec<(ServiceId, String)>,
    policy: Arc<Policy>,
    /// The outage that the person has too.
    with: Option<Outage>,
    /// Outages that sound like the title or are of the service; all of them before anything is
    /// said.
    alike: Vec<Outage>,
    /// Articles that may make the report needless.
    articles: Vec<FoundArticle>,
    errors: Errors,
}

/// `GET /portal/report`
pub(super) async fn form(
    State(app): State<App>,
    Reader(who): Reader,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let filled = fill(&app, &who, fields, Errors::default()).await?;
    Ok(page(&who, &filled))
}

/// `POST /portal/report`
pub(super) async fn send(
    State(app): State<App>,
    Reader(who): Reader,
    live: Live,
    request: Request,
) -> PageResult<Response> {
    let by_script = request
        .headers()
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let WithFiles { fields, files, refused: unwanted } = WithFiles::read(&app, request).await?;
    let done = match unwanted {
        Some(refusal) => Err(refusal.into()),
        None => report(&app, &who, &fields, files, &by_script).await,
    };
    match done {
        Ok(number) => Ok(Answer::go(url::portal_incident(number)).reply(live)),
        Err(Trouble::Refused(refusal)) => {
            let field = refusal.field.map(place_of).unwrap_or_default();
            let words = trouble::of_report(&refusal, who.here.language);
            refused(&app, &who, live, fields, field, &words).await
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// The form again with what was typed and what is wrong.
async fn refused(
    app: &App,
    who: &SignedIn,
    live: Live,
    fields: Fields,
    field: &str,
    words: &str,
) -> PageResult<Response> {
    let mut errors = Errors::default();
    errors.add(field, words);
    let filled = fill(app, who, fields, errors).await?;
    let form = report_form(&filled, who.here.language, Some("morph"));
    let answer = Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, form);
    Ok(answer.else_page(page(who, &filled)).reply(live))
}

async fn fill(app: &App, who: &SignedIn, fields: Fields, errors: Errors) -> PageResult<Filled> {
    let (viewer, person, context) =
        (who.viewer().clone(), who.person().clone(), who.look().context);
    let known = app.desk.read(move |sql| {
        let outages = outages::known(sql, &viewer, &person, &context)?;
        let own = mine::first(sql, &viewer, &context, Which::Open, suggest::COMPARED)?;
        Ok((outages, outages::had(&own)))
    });
    let (outages, had) = known.await?;
    let policy = app.desk.policy();
    let mut fields = published(fields, &policy);
    if fields.text("urgency") == AS_USUAL {
        // What stands there before anybody has answered is no answer.
        fields = fields.with("urgency", "");
    }
    let fields = models::fill(fields, &policy, SLOTS);
    let wanted = fields.filled("with").and_then(|text| text.parse::<IncidentNumber>().ok());
    let with = outages.iter().find(|outage| Some(outage.number) == wanted).cloned();
    let telling = outages::telling(fields.text("title"));
    let alike = if with.is_some() {
        vec![]
    } else {
        let chosen = fields.filled("service").map(str::to_owned);
        let of_chosen = |outage: &Outage| match (&outage.service, &chosen) {
            (Some((service, _)), Some(chosen)) => service.to_string() == *chosen,
            _ => false,
        };
        let nothing_said = telling.is_empty() && chosen.is_none();
        let new = outages.into_iter();
        let new: Vec<Outage> = new.filter(|outage| !had.contains(&outage.number)).collect();
        suggest::alike(new, |outage| {
            suggest::sounds(outage, &telling)
                + usize::from(nothing_said)
                + OF_SERVICE * usize::from(of_chosen(outage))
        })
    };
    let title = fields.text("title");
    let articles = match with.is_none() && !title.is_empty() {
        true => suggest::like(app, who, title).await.articles,
        false => vec![],
    };
    let mut services: Vec<(ServiceId, String)> = app
        .desk
        .policy()
        .services
        .iter()
        .map(|(id, service)| (*id, service.name.clone()))
        .collect();
    services.order_by_key(|(_, name)| name.to_lowercase());
    Ok(Filled { fields, services, policy, with, alike, articles, errors })
}

/// What a model fills in here.
const SLOTS: &[Slot] = &[
    ("title", models::title),
    ("description", models::description),
    ("service", models::service_id),
    ("urgency", models::urgency),
];

/// The fields without models that are not for requesters.
fn published(fields: Fields, policy: &Policy) -> Fields {
    let hidden = |name| models::named(&fields, name, policy).is_some_and(|model| !model.portal);
    let hidden: Vec<_> =
        [models::MODEL, models::FILLED].into_iter().filter(|name| hidden(*name)).collect();
    hidden.into_iter().fold(fields, |fields, name| fields.with(name, ""))
}

async fn report(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
    files: Vec<Kept>,
    by_script: &str,
) -> Result<IncidentNumber, Trouble> {
    let mut ask = app.desk.ask(who.viewer(), Channel::Portal);
    let title = ask.title(fields.text("title"))?;
    let description =
        ask.opt_words("description", fields.get("description"), limits::BODY_CHARS)?;
    let outage = known_outage(app, who, fields).await?;
    let command = Report {
        title,
        description,
        requester: who.viewer().person,
        service: service(fields)?
            .or(outage.as_ref().and_then(|outage| outage.service.as_ref().map(|(id, _)| *id))),
        category: None,
        impact: None,
        urgency: urgency(fields)?,
        affected: affected(fields)?,
        team: None,
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent: outage.map(|outage| outage.number),
        confidential_to: None,
        // One that went out of use meanwhile must not cost the report.
        alerts: None,
        model: models::named(fields, models::MODEL, &app.desk.policy())
            .filter(|model| model.portal)
            .map(|model| ModelUse::of(model.id)),
    };
    let once = once(fields, by_script);
    let done = ask.once(Some(once.clone())).issue(Command::Report(Box::new(command))).await?;
    attach(
        &app.desk,
        who.viewer(),
        Channel::Portal,
        done.number,
        files,
        Visibility::Public,
        Some(&once),
    )
    .await?;
    Ok(done.number)
}

/// The outage the person has too; that it is over meanwhile is no reason to lose the report.
async fn known_outage(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
) -> Result<Option<Outage>, Trouble> {
    let Some(number) = fields.filled("with").and_then(|text| text.parse::<IncidentNumber>().ok())
    else {
        return Ok(None);
    };
    let (viewer, person, context) =
        (who.viewer().clone(), who.person().clone(), who.look().context);
    app.desk.read(move |sql| outages::one(sql, &viewer, &person, &context, number)).await
}

/// The same form with the same words is the same report, however often it is sent.
fn once(fields: &Fields, by_script: &str) -> Idempotency {
    let mut digest = Sha256::new();
    for part in [by_script, fields.text("form"), fields.text("title"), fields.text("description")] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let hash = digest.finalize().to_vec();
    let key: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Idempotency { key: format!("portal-{key}"), request_hash: hash }
}

fn service(fields: &Fields) -> Result<Option<ServiceId>, Trouble> {
    let parse = |text: &str| {
        text.parse().map_err(|_| incident::Refusal::invalid("service", "is not a known service"))
    };
    Ok(fields.filled("service").map(parse).transpose()?)
}

fn urgency(fields: &Fields) -> Result<Option<Level>, Trouble> {
    let parse = |text: &str| {
        let level = text.parse().ok().and_then(|level| Level::new(level).ok());
        level.ok_or_else(|| incident::Refusal::invalid("urgency", "choose one of the answers"))
    };
    Ok(fields.filled("urgency").map(parse).transpose()?)
}

fn affected(fields: &Fields) -> Result<Option<u32>, Trouble> {
    let parse = |text: &str| {
        let count = text.parse().ok().filter(|count| (1..=AFFECTED_MAX).contains(count));
        count.ok_or_else(|| {
            incident::Refusal::invalid("affected", "write a number such as 12, or leave it empty")
        })
    };
    Ok(fields.filled("affected").map(parse).transpose()?)
}

/// The id of the field that a refusal is about.
fn place_of(field: &'static str) -> &'static str {
    match field {
        "parent" => "",
        other => other,
    }
}

fn page(who: &SignedIn, filled: &Filled) -> Markup {
    let say = locale::portal(who.here.language);
    let body = html! {
        div.p-inc.stack-l {
            p.crumbs { a href=(url::PORTAL) data-back { (say.start()) } span aria-hidden="true" { "/" } (say.report()) }
            h1 { (say.tell_us()) }
            @for outage in &filled.alike {
                (known::banner(outage, &who.here))
            }
            @if !filled.articles.is_empty() { (answers(filled, who)) }
            (report_form(filled, who.here.language, None))
        }
        (super::footer(who, None))
    };
    PortalPage::new(who, say.report()).show(body)
}

/// What may help before the report is sent.
fn answers(filled: &Filled, who: &SignedIn) -> Markup {
    let say = locale::portal(who.here.language);
    html! {
        section aria-labelledby="answers-h" {
            h2 id="answers-h" { (say.answers_that_may_help()) }
            ul class="rows hits" {
                @for hit in filled.articles.iter().take(ANSWERS) {
                    li { (icon("book")) p { a href=(suggest::address_of(hit, who)) { (hit.title.text) } } }
                }
            }
        }
    }
}

fn report_form(filled: &Filled, language: Language, patch: Option<&str>) -> Markup {
    let say = locale::portal(language);
    let (fields, errors) = (&filled.fields, &filled.errors);
    let form = fields.filled("form").map_or_else(|| desk::secret(""), str::to_owned);
    html! {
        form.form id="report" method="post" action=(super::REPORT) enctype="multipart/form-data" data-live data-patch=[patch] {
            (errors.summary_in(language))
            // Enter presses the first button of a form, and that must be the one that reports.
            button.vh type="submit" tabindex="-1" aria-hidden="true" { (say.report_it()) }
            @if let Some(outage) = &filled.with {
                div.banner.banner-info {
                    (icon("merge"))
                    div { b { (say.you_have_this_too(&outage.title)) } br; (say.joins_the_others()) }
                    // It stands before the field that names the outage, and the first value counts.
                    button.btn.btn-sm type="submit" name="with" value="" formmethod="get" formaction=(super::REPORT) formnovalidate { (say.something_else()) }
                }
                input type="hidden" name="with" value=(outage.number);
            }
            input type="hidden" name="form" value=(form);
            (kinds(filled, say))
            (Field::new("title", say.what_is_not_working()).errors(errors).around(html! {
                input.inp id="title" name="title" type="text" required maxlength=(limits::TITLE_CHARS) value=(fields.text("title"))
                    aria-invalid=[errors.of("title").map(|_| "true")] aria-describedby=[errors.of("title").map(|_| "title-e")];
            }))
            (Field::new("description", say.what_happens()).hint(say.what_happens_hint())
                .errors(errors).textarea(5, fields.get("description").unwrap_or_default()))
            (Field::new("service", say.which_service()).hint(say.which_service_hint()).errors(errors)
                .select(&services(filled, say), &chosen_service(filled)))
            (Field::new("affected", say.how_many()).hint(say.how_many_hint()).errors(errors).around(html! {
                input.inp id="affected" name="affected" type="text" inputmode="numeric" autocomplete="off" value=(fields.text("affected"))
                    aria-invalid=[errors.of("affected").map(|_| "true")] aria-describedby={ "affected-h" @if errors.of("affected").is_some() { " affected-e" } };
            }))
            (ways_around(fields, say))
            (upload::chosen())
            div.btns { (upload::chooser(say, errors.of("file"))) }
            div { button.btn.btn-lg.btn-primary type="submit" { (say.report_it()) } }
        }
    }
}

/// Kinds of trouble that are known here: one fills the form, what is typed already goes along.
fn kinds(filled: &Filled, say: Portal) -> Markup {
    let chosen = models::named(&filled.fields, models::MODEL, &filled.policy);
    let value = chosen.map_or(String::new(), |model| model.id.to_string());
    let offered = filled.policy.models.iter().filter(|model| model.portal);
    let offered: Vec<(String, &str)> =
        offered.map(|model| (model.id.to_string(), model.name.as_str())).collect();
    html! {
        @if !offered.is_empty() && filled.with.is_none() {
            fieldset.field.stack-s {
                legend { (say.is_it_one_of_these()) }
                div.btns {
                    @for (id, name) in &offered {
                        button.btn type="submit" name=(models::MODEL) value=(id) aria-pressed=(if *id == value { "true" } else { "false" })
                            formmethod="get" formaction=(super::REPORT) formnovalidate { (name) }
                    }
                    @if chosen.is_some() {
                        button.btn.btn-quiet type="submit" name=(models::MODEL) value="" formmethod="get" formaction=(super::REPORT) formnovalidate { (say.something_else()) }
                    }
                }
                @if let Some(model) = chosen.filter(|model| !model.about.is_empty()) { p.hint { (model.about) } }
            }
        }
        @if chosen.is_some() { input type="hidden" name=(models::MODEL) value=(value); }
        input type="hidden" name=(models::FILLED) value=(filled.fields.text(models::FILLED));
    }
}

fn services(filled: &Filled, say: Portal) -> Vec<(String, &str)> {
    let open = std::iter::once((String::new(), say.not_sure()));
    open.chain(filled.services.iter().map(|(id, name)| (id.to_string(), name.as_str()))).collect()
}

fn chosen_service(filled: &Filled) -> String {
    let of_outage = || filled.with.as_ref()?.service.as_ref().map(|(id, _)| id.to_string());
    filled.fields.filled("service").map(str::to_owned).or_else(of_outage).unwrap_or_default()
}

fn ways_around(fields: &Fields, say: Portal) -> Markup {
    // The value is the urgency.
    let ways =
        [("1", say.way_around_no()), ("2", say.way_around_partly()), ("3", say.way_around_yes())];
    let chosen = fields.filled("urgency").unwrap_or(AS_USUAL);
    html! {
        fieldset.field.stack-s id="urgency" {
            legend { (say.way_around()) }
            @for (value, words) in ways {
                label.ck { input type="radio" name="urgency" value=(value) checked[value == chosen]; (words) }
            }
        }
    }
}
