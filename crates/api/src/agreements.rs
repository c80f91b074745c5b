//! Agreements: what is promised. Read only for now, but any can be tried.

mod preview;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use incident::policy;
use kernel::{AgreementId, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::directory::agreements;
use utoipa::ToSchema;

/// An agreement.
#[derive(Debug, Serialize, ToSchema)]
struct Agreement {
    #[schema(value_type = String)]
    id: AgreementId,
    version: i64,
    name: String,
    /// In force from.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Seconds by priority (`P1` to `P5`) and clock (`acknowledge`, `response`,
    /// `update`, `resolution`); absent clocks do not run.
    targets: BTreeMap<String, BTreeMap<&'static str, i64>>,
    /// Hold reasons in which the clocks, all but acknowledge, pause.
    pause_reasons: Vec<&'static str>,
    /// Whether acknowledging counts as responding.
    acknowledgement_responds: bool,
    /// Shares of a target, in per cent, at which a warning is recorded.
    warn_shares: Vec<u8>,
    /// Days of silence after which a resolved incident closes.
    close_after_days: i64,
    /// Days after closing in which a reply makes a follow-up.
    follow_up_days: i64,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/agreements", "listAgreements", list)
            .about("configuration", "List agreements", "The one in force.")
            .query::<ListParams>()
            .answers::<Page<Agreement>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/agreements/{id}", "readAgreement", read)
            .about("configuration", "Read an agreement", "Every version, the newest first.")
            .answers::<Page<Agreement>>(200, "Its versions.")
            .problems(&[401, 403, 404, 503]),
        preview::door(),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let policy = app.desk().policy();
    let in_force = policy.agreements.in_force(app.desk().now());
    let in_force: BTreeSet<_> = in_force.into_iter().map(|agreement| agreement.reference).collect();
    let all = policy.agreements.versions();
    let in_force = all.filter(|(_, agreement)| in_force.contains(&agreement.reference));
    let in_force = in_force.map(|(since, agreement)| (agreement.clone(), since)).collect();
    let (found, next) =
        page_of(in_force, &params, |(agreement, _)| agreement.reference.id, |(a, _)| &a.name)?;
    let items = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let missing = || Problem::not_found("there is no such agreement");
    let id: AgreementId = id.parse().map_err(|_| missing())?;
    let versions = app.desk().read(move |sql| agreements::versions(sql, id)).await?;
    if versions.is_empty() {
        return Err(missing());
    }
    let items = versions.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page::whole(items)))
}

fn shown((agreement, since): (policy::Agreement, Timestamp)) -> Agreement {
    let targets = agreement.targets.iter().map(|(priority, targets)| {
        let targets = targets.iter().map(|(clock, seconds)| (clock.as_str(), *seconds));
        (priority.to_string(), targets.collect())
    });
    Agreement {
        id: agreement.reference.id,
        version: agreement.reference.version,
        since,
        targets: targets.collect(),
        pause_reasons: agreement.pause_reasons.iter().map(|reason| reason.as_str()).collect(),
        acknowledgement_responds: agreement.acknowledgement_responds,
        warn_shares: agreement.warn_shares,
        close_after_days: agreement.close_after_days,
        follow_up_days: agreement.follow_up_days,
        name: agreement.name,
    }
}
