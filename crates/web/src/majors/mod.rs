//! Major incidents together: those that go on, those that are proposed, those of late; and
//! what pages say of each.

mod list;

use crate::app::App;
use crate::error::PageResult;
use crate::incident::by_role_and_teams;
use crate::queue::counts;
use crate::url;
use axum::Router;
use axum::routing::get;
use incident::conduct::{Communication, Degree, Outage};
use incident::{Scope, Viewer};
use kernel::{ServiceId, Timestamp};
use query::Query;
use std::collections::HashMap;
use store::directory::services;
use store::incidents::list::Look;
use store::{Failure, Sql};

/// What goes on and what waits for a decision.
const GOING_ON: &str = "state:open (major:yes or proposed:yes)";
/// Seconds of an hour.
const HOUR: i64 = 3_600;

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
    let kept = app.counts.clone();
    let counted = app.desk.read(move |sql| {
        let filter = asked(GOING_ON).filter;
        kept.of(sql, &look, &whose, GOING_ON, &filter, stamp)
    });
    Ok(counted.await?)
}

/// What an hour without each service costs, where that is known.
pub(crate) fn hourly(sql: &mut dyn Sql) -> Result<HashMap<ServiceId, i64>, Failure> {
    Ok(services::hourly(sql)?.into_iter().collect())
}

/// What outages cost up to an instant: the hours in which a service was out, in part or all of
/// it. What was only slower costs nothing here. `None` where no cost is known.
pub(crate) fn cost(
    hourly: &HashMap<ServiceId, i64>,
    outages: &[Outage],
    now: Timestamp,
) -> Option<i64> {
    let out = outages.iter().filter(|outage| outage.degree != Degree::Degraded);
    let known = out.filter_map(|outage| {
        let hour = hourly.get(&outage.service)?;
        let seconds = outage.ended_at.unwrap_or(now).seconds_since(outage.started_at).max(0);
        Some(hour.saturating_mul(seconds) / HOUR)
    });
    known.fold(None, |sum: Option<i64>, one| Some(sum.unwrap_or(0).saturating_add(one)))
}

/// "12,400".
pub(crate) fn amount(units: i64) -> String {
    let digits = units.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if units < 0 {
        grouped.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "3 of 4": how many words came in time of those that were due.
pub(crate) fn kept(communication: &Communication) -> String {
    let due = communication.kept + communication.missed;
    if due == 0 { "none due yet".to_owned() } else { format!("{} of {due}", communication.kept) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::OutageId;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn outages_cost_by_the_hour_and_slowness_does_not() {
        let [shop, labels] = [ServiceId(desk::fresh()), ServiceId(desk::fresh())];
        let outage = |service, degree, ended_at| Outage {
            id: OutageId(desk::fresh()),
            service,
            degree,
            started_at: at("2026-11-23T12:00:00Z"),
            ended_at,
        };
        let hourly = HashMap::from([(shop, 2_000)]);
        let now = at("2026-11-23T13:30:00Z");
        let ended = Some(at("2026-11-23T12:30:00Z"));
        let full = outage(shop, Degree::Full, ended);
        assert_eq!(cost(&hourly, std::slice::from_ref(&full), now), Some(1_000));
        let lasts = outage(shop, Degree::Partial, None);
        assert_eq!(cost(&hourly, &[full, lasts], now), Some(4_000));
        assert_eq!(cost(&hourly, &[outage(shop, Degree::Degraded, None)], now), None);
        assert_eq!(cost(&hourly, &[outage(labels, Degree::Full, None)], now), None);
    }

    #[test]
    fn amounts_are_grouped() {
        for (units, words) in [
            (0, "0"),
            (950, "950"),
            (12_400, "12,400"),
            (1_000_000, "1,000,000"),
            (-1_500, "−1,500"),
        ] {
            assert_eq!(amount(units), words);
        }
    }
}
