//! Macros: words and commands that come again, one's own, a team's, or everybody's.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, name};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use incident::Visibility;
use incident::macros::{Deed, Macro, Owner};
use incident::state::HoldReason;
use kernel::{IncidentNumber, Language, MacroId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::Sql;
use utoipa::ToSchema;

/// A command that a macro brings. References take a name or an id; answers have ids.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
enum MacroCommand {
    /// Set service or category.
    Classify {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
    },
    /// Add tags.
    Tag { add: BTreeSet<String> },
    /// Give it to a team, to whoever uses the macro, or both.
    Assign {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        to_me: bool,
    },
    /// Let it wait.
    Hold {
        /// `requester`, `vendor`, `change`, `problem` or `scheduled`.
        #[schema(value_type = String)]
        reason: HoldReason,
        /// Seconds from then after which work resumes by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<i64>,
    },
    /// Resolve it; the words become those of the resolution.
    Resolve {
        /// A resolution code.
        code: String,
    },
}

/// A macro.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Macro)]
struct Shown {
    #[schema(value_type = String)]
    id: MacroId,
    name: String,
    /// `mine`, `everybody`, or the id of a team.
    owner: String,
    /// Who reads the words: `public` or `internal`.
    #[schema(value_type = String)]
    visibility: Visibility,
    /// The words, with variables such as `{requester.first_name}`.
    words: String,
    /// Words for those who read another language, by its code.
    #[schema(value_type = BTreeMap<String, String>)]
    by_language: BTreeMap<Language, String>,
    /// In the order in which they are issued.
    commands: Vec<MacroCommand>,
    /// How often it was sent.
    uses: i64,
    version: i64,
}

/// A new macro.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMacro {
    name: String,
    /// `mine` when absent, `everybody`, or a team by name or id.
    owner: Option<String>,
    /// `public` when absent, or `internal`.
    #[schema(value_type = Option<String>)]
    visibility: Option<Visibility>,
    words: String,
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    by_language: BTreeMap<Language, String>,
    commands: Option<Vec<MacroCommand>>,
}

/// What to change of a macro; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MacroChange {
    name: Option<String>,
    /// `mine`, `everybody`, or a team by name or id.
    owner: Option<String>,
    #[schema(value_type = Option<String>)]
    visibility: Option<Visibility>,
    words: Option<String>,
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    by_language: Option<BTreeMap<Language, String>>,
    commands: Option<Vec<MacroCommand>>,
}

/// For which incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FillWish {
    /// The number of the incident.
    #[schema(value_type = String)]
    incident: IncidentNumber,
}

/// A macro filled in for an incident. Nothing is sent by that.
#[derive(Debug, Serialize, ToSchema)]
struct FilledMacro {
    /// The words, in the requester's language where there are any.
    words: String,
    /// Variables without a value; they stand in the words as they are.
    missing: Vec<String>,
    /// Who reads the words.
    #[schema(value_type = String)]
    visibility: Visibility,
    commands: Vec<MacroCommand>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/macros", "listMacros", list)
            .about("macros", "List macros", "One's own, those of one's teams and everybody's, by name; managers and administrators see those of all teams.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/macros", "createMacro", create)
            .about("macros", "Create a macro", "For those who work on incidents: for oneself or a team of one's own. Managers and administrators create those of everybody.")
            .body::<NewMacro>(json!({ "name": "Ask for the site", "words": "Dear {requester.first_name}, which site is it?", "commands": [{ "command": "hold", "reason": "requester", "seconds": 172800 }] }))
            .once()
            .answers::<Shown>(201, "The macro.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/macros/{id}", "readMacro", read)
            .about("macros", "Read a macro", "")
            .answers::<Shown>(200, "The macro.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/macros/{id}", "changeMacro", change)
            .about("macros", "Change a macro", "Who may create it may change it.")
            .body::<MacroChange>(json!({ "owner": "everybody" }))
            .if_match()
            .answers::<Shown>(200, "The macro as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/macros/{id}", "removeMacro", remove)
            .about("macros", "Remove a macro", "Who may create it may remove it.")
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 412, 503]),
        Door::post("/api/v1/macros/{id}/fill", "fillMacro", fill)
            .about("macros", "Fill in a macro", "Its words for an incident, with values in place of variables. Nothing is sent and nothing done.")
            .body::<FillWish>(json!({ "incident": "INC-1042" }))
            .once()
            .answers::<FilledMacro>(200, "The words.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let viewer = caller.viewer().clone();
    let all = app.desk().read(move |sql| desk::macros::readable(sql, &viewer)).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let items: Vec<Shown> = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewMacro>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let new = body.value;
    let one = Macro {
        id: MacroId(desk::fresh()),
        name: name("name", &new.name)?,
        owner: owner(&references, new.owner.as_deref().unwrap_or(MINE))?,
        visibility: new.visibility.unwrap_or(Visibility::Public),
        words: new.words,
        by_language: new.by_language,
        commands: deeds(&references, new.commands.unwrap_or_default())?,
        uses: 0,
        version: 1,
    };
    let viewer = caller.viewer().clone();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(shown(desk::macros::make(sql, audit, &viewer, one)?))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (id, viewer) = (find(&id)?, caller.viewer().clone());
    let one = app.desk().read(move |sql| Ok(desk::macros::get(sql, &viewer, id))).await??;
    Ok(respond(one))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<MacroChange>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let new_owner = change.owner.as_deref().map(|text| owner(&references, text)).transpose()?;
    let commands = change.commands.map(|given| deeds(&references, given)).transpose()?;
    let (id, viewer) = (find(&id)?, caller.viewer().clone());
    let change = move |sql: &mut dyn Sql, audit: &desk::Audit| {
        let before = desk::macros::get(sql, &viewer, id)?;
        kept::check_seen(seen.must_be, before.version)?;
        let after = Macro {
            name: new_name.unwrap_or(before.name),
            owner: new_owner.unwrap_or(before.owner),
            visibility: change.visibility.unwrap_or(before.visibility),
            words: change.words.unwrap_or(before.words),
            by_language: change.by_language.unwrap_or(before.by_language),
            commands: commands.unwrap_or(before.commands),
            ..before
        };
        desk::macros::change(sql, audit, &viewer, after)
    };
    let one = app.desk().change(caller.actor(), change).await?;
    Ok(respond(one))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let (which, viewer) = ((find(&id)?, seen.must_be), caller.viewer().clone());
    let remove = move |sql: &mut dyn Sql, audit: &desk::Audit| {
        desk::macros::remove(sql, audit, &viewer, which)
    };
    app.desk().change(caller.actor(), remove).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn fill(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<FillWish>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let doing = filled(&app, &caller, find(&id)?, body.value.incident);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn filled(
    app: &App,
    caller: &Caller,
    id: MacroId,
    number: IncidentNumber,
) -> Result<Answered, Problem> {
    let filled =
        app.desk().filled_macro(caller.viewer(), number, id, |at, _| at.to_string()).await?;
    let answer = FilledMacro {
        words: filled.words,
        missing: filled.missing,
        visibility: filled.found.visibility,
        commands: filled.found.commands.into_iter().map(command).collect(),
    };
    Ok(Answered::good(&answer)?)
}

/// How requests and answers call oneself and everybody.
const MINE: &str = "mine";
const EVERYBODY: &str = "everybody";

fn owner(references: &References<'_>, text: &str) -> Result<Owner, Problem> {
    Ok(match text {
        MINE => Owner::Person(references.viewer().person),
        EVERYBODY => Owner::Everybody,
        team => Owner::Team(references.team("owner", team)?),
    })
}

fn deeds(references: &References<'_>, given: Vec<MacroCommand>) -> Result<Vec<Deed>, Problem> {
    let mut found = Vec::with_capacity(given.len());
    for (at, command) in given.into_iter().enumerate() {
        let field = |name: &str| format!("commands.{at}.{name}");
        found.push(match command {
            MacroCommand::Classify { service, category } => Deed::Classify {
                service: service
                    .map(|text| references.service(&field("service"), &text))
                    .transpose()?,
                category: category
                    .map(|text| references.category(&field("category"), &text))
                    .transpose()?,
            },
            MacroCommand::Tag { add } => Deed::Tag { add },
            MacroCommand::Assign { team, to_me } => {
                let team = team.map(|text| references.team(&field("team"), &text)).transpose()?;
                Deed::Assign { team, to_me }
            }
            MacroCommand::Hold { reason, seconds } => Deed::Hold { reason, seconds },
            MacroCommand::Resolve { code } => Deed::Resolve { code },
        });
    }
    Ok(found)
}

fn command(deed: Deed) -> MacroCommand {
    match deed {
        Deed::Classify { service, category } => MacroCommand::Classify {
            service: service.map(|id| id.to_string()),
            category: category.map(|id| id.to_string()),
        },
        Deed::Tag { add } => MacroCommand::Tag { add },
        Deed::Assign { team, to_me } => {
            MacroCommand::Assign { team: team.map(|id| id.to_string()), to_me }
        }
        Deed::Hold { reason, seconds } => MacroCommand::Hold { reason, seconds },
        Deed::Resolve { code } => MacroCommand::Resolve { code },
    }
}

fn find(text: &str) -> Result<MacroId, Problem> {
    text.parse().map_err(|_| kept::missing(Macro::WHAT).into())
}

fn respond(one: Macro) -> Response {
    let version = one.version;
    kept::answer(&shown(one), version)
}

fn shown(one: Macro) -> Shown {
    Shown {
        id: one.id,
        name: one.name,
        owner: match one.owner {
            Owner::Person(_) => MINE.to_owned(),
            Owner::Team(team) => team.to_string(),
            Owner::Everybody => EVERYBODY.to_owned(),
        },
        visibility: one.visibility,
        words: one.words,
        by_language: one.by_language,
        commands: one.commands.into_iter().map(command).collect(),
        uses: one.uses,
        version: one.version,
    }
}
