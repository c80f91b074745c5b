//! Major incidents together: those that go on, those that are proposed, those of late; and
//! what pages say of each.

mod list;

use crate::app::App;
use crate::error::PageResult;
use crate::incident::by_role_and_teams;
use crate::queue::counts;
use crate::route::get;
use crate::url;
use axum::Router;
use incident::conduct::Communication;
use incident::{Scope, Viewer};
use kernel::ServiceId;
use query::Query;
use std::collections::BTreeMap;
use store::directory::services;
use store::incidents::list::Look;
use store::{Failure, Sql};

/// What goes on and what waits for a decision.
const GOING_ON: &str = "state:open (major:yes or proposed:yes)";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::MAJORS, get(list::show))
}

/// A query of ours.
fn asked(text: &str) -> Query {
    query::parse(text).expect("the query is in the language")
}

/// How many major incidents go on or are proposed, as far as somebody sees them by role and
/// teams; none for requesters, who read of them in the portal.
pub(crate) async fn going_on(app: &App, viewer: &Viewer) -> PageResult<i64> {
    if !viewer.is_staff() {
        return Ok(0);
    }
    let scope = by_role_and_teams(&Scope::of(viewer));
    let context = query::Context {
        me: None,
        my_teams: vec![],
        now: app.desk.now(),
        zone: jiff::tz::TimeZone::UTC,
    };
    let look = Look { scope, context };
    let whose = counts::whose(&look.scope, "");
    let stamp = (app.desk.feed().position(), app.desk.policy().version);
    // Every page says it: while it is known nobody goes to the database for it.
    if let Some(count) = app.counts.known(&whose, GOING_ON, stamp) {
        return Ok(count);
    }
    let kept = app.counts.clone();
    let counted = app.desk.read(move |sql| {
        let filter = asked(GOING_ON).filter;
        kept.of(sql, &look, &whose, GOING_ON, &filter, stamp)
    });
    Ok(counted.await?)
}

/// What an hour without each service costs, where that is known.
pub(crate) fn hourly(sql: &mut dyn Sql) -> Result<BTreeMap<ServiceId, i64>, Failure> {
    Ok(services::hourly(sql)?.into_iter().collect())
}

/// "3 of 4": how many words came in time of those that were due.
pub(crate) fn kept(communication: &Communication) -> String {
    let due = communication.kept + communication.missed;
    if due == 0 { "none due yet".to_owned() } else { format!("{} of {due}", communication.kept) }
}
