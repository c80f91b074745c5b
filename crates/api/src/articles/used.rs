//! How articles come to be and are used: made from a resolution, put back to what they were,
//! said to have helped.

use super::{Shown, number_of, read_one};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::number_of as incident_of;
use crate::json::{Body, Given};
use crate::once::{self, Answered, Once};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::response::Response;
use desk::articles::Wanted;
use kernel::{IncidentNumber, Language};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::knowledge::{Record, UseKind};
use utoipa::ToSchema;

/// What a draft is made of.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct DraftWish {
    /// With the cause and the internal notes; the article is for staff then, and says so.
    notes: Option<bool>,
    /// `en` when absent.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
}

/// Which version is put back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreWish {
    version: i64,
}

/// Where it was used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsedWish {
    #[schema(value_type = String)]
    incident: IncidentNumber,
    /// `linked`, `applied` or `helped`; `linked` when absent.
    #[schema(value_type = Option<String>)]
    kind: Option<UseKind>,
}

/// What it solved.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct SolvedWish {
    /// The service that the trouble was about, by name or id.
    service: Option<String>,
}

/// Whether that was news.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArticleUsed)]
struct ShownUsed {
    /// False when it was known already.
    counted: bool,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::post("/api/v1/incidents/{number}/draft-article", "draftArticle", draft)
            .about("knowledge", "Draft an article from a resolution", "Its title, and what was done in the words that the requester got. Internal words only when asked for, and then for staff. Refused for what is confidential.")
            .body::<DraftWish>(json!({ "notes": false }))
            .once()
            .answers::<Shown>(201, "The draft.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/articles/{id}/restore", "restoreArticle", restore)
            .about("knowledge", "Put an earlier version back", "Title and words become those of that version, as a version of its own.")
            .body::<RestoreWish>(json!({ "version": 1 }))
            .if_match()
            .once()
            .answers::<Shown>(200, "The article as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::post("/api/v1/articles/{id}/used", "useArticle", used)
            .about("knowledge", "Say that an article was used on an incident", "Counts once for each incident.")
            .body::<UsedWish>(json!({ "incident": "INC-7", "kind": "helped" }))
            .once()
            .answers::<ShownUsed>(200, "Whether it was counted.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/articles/{id}/solved", "solvedByArticle", solved)
            .about("knowledge", "Say that an article solved it", "Instead of reporting. Counts once a day.")
            .body::<SolvedWish>(json!({ "service": "VPN" }))
            .once()
            .answers::<ShownUsed>(200, "Whether it was counted.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn draft(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(number): Path<String>,
    body: Given<DraftWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = incident_of(&number)?;
    let wanted = Wanted {
        notes: body.value.notes.unwrap_or(false),
        language: body.value.language.unwrap_or_default(),
    };
    let doing = async {
        let made = app.desk().article_from(caller.viewer(), number, wanted).await?;
        let shown = read_one(&app, &caller, made.number).await?;
        Ok::<_, Problem>(Answered::created(&shown)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn restore(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<RestoreWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (number, version) = (number_of(&id)?, body.value.version);
    let doing = async {
        let viewer = caller.viewer();
        app.desk().restore_article(viewer, number, version, seen.must_be).await?;
        let shown = read_one(&app, &caller, number).await?;
        Ok::<_, Problem>(Answered::good(&shown)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn used(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<UsedWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let record = Record::Article(number_of(&id)?);
    let UsedWish { incident, kind } = body.value;
    let kind = kind.unwrap_or(UseKind::Linked);
    let doing = async {
        let counted = app.desk().used_on(caller.viewer(), record, incident, kind).await?;
        Ok::<_, Problem>(Answered::good(&ShownUsed { counted })?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn solved(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<SolvedWish>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let number = number_of(&id)?;
    let references = References::of(&app, caller.viewer()).await?;
    let service =
        body.value.service.map(|text| references.service("service", &text)).transpose()?;
    let doing = async {
        let counted = app.desk().solved_by(caller.viewer(), number, service).await?;
        Ok::<_, Problem>(Answered::good(&ShownUsed { counted })?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}
