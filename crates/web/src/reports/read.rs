//! What the page of all reports is drawn from: several reports, read side by side.

use super::asked::Asked;
use crate::app::App;
use crate::auth::SignedIn;
use desk::Trouble;
use desk::problems::Listed;
use desk::recurring::Listed as Recurring;
use desk::reports::{Asked as Wanted, Report};
use insight::report::{By, Name, Period};
use jiff::ToSpan;
use kernel::InOrder;
use std::collections::HashMap;
use std::sync::Arc;
use store::directory::ProblemState;
use store::recurring::RecurringState;

/// Weeks that lines of times go back.
pub(super) const WEEKS: usize = 12;
/// Causes that keep coming back that are shown.
const CAUSES: usize = 8;
/// What comes again without a problem that is shown below them.
const UNOWNED: usize = 4;
/// What the lines at the foot can be of.
pub(super) const LINES: [By; 5] =
    [By::Service, By::Team, By::Priority, By::Category, By::Organisation];

/// All of it.
pub(super) struct Overview {
    /// Clocks by priority, and of the days before.
    pub(super) kept: Arc<Report>,
    pub(super) kept_before: Option<Arc<Report>>,
    /// Times together, and of the days before.
    pub(super) times: Arc<Report>,
    pub(super) times_before: Option<Arc<Report>>,
    /// Times by week.
    pub(super) weeks: Arc<Report>,
    pub(super) backlog: Arc<Report>,
    pub(super) arrivals: Arc<Report>,
    pub(super) reopened: Arc<Report>,
    pub(super) reopened_before: Option<Arc<Report>>,
    pub(super) content: Arc<Report>,
    pub(super) pages: Arc<Report>,
    pub(super) updates: Arc<Report>,
    pub(super) out: Arc<Report>,
    /// Clocks and times by what was chosen.
    pub(super) lines: (Arc<Report>, Arc<Report>),
    pub(super) names: HashMap<String, String>,
    /// Problems that are not over, the dearest first.
    pub(super) causes: Vec<Listed>,
    /// What comes again and nobody looks for the cause of, the dearest first.
    pub(super) unowned: Vec<Recurring>,
}

impl Overview {
    /// Reads it, of what somebody sees all of.
    pub(super) async fn read(
        app: &App,
        who: &SignedIn,
        asked: &Asked,
    ) -> Result<Overview, Trouble> {
        let viewer = who.viewer();
        let (period, before) = (&asked.period, asked.before().filter(|_| asked.compares));
        let get = move |wanted: Wanted| async move { app.desk.report(viewer, &wanted).await };
        let of = |name: Name, by: By| get(asked.of(name, by, period));
        let then = |name: Name, by: By| {
            let wanted = before.as_ref().map(|before| asked.of(name, by, before));
            async move {
                match wanted {
                    Some(wanted) => get(wanted).await.map(Some),
                    None => Ok(None),
                }
            }
        };
        let weeks = weeks(period);
        let by = lines_of(asked);
        let (kept, kept_before, times, times_before, weeks, backlog, arrivals) = tokio::try_join!(
            of(Name::Compliance, By::Priority),
            then(Name::Compliance, By::Priority),
            of(Name::Times, By::All),
            then(Name::Times, By::All),
            get(asked.of(Name::Times, By::Week, &weeks)),
            of(Name::Backlog, By::All),
            of(Name::Arrivals, By::All),
        )?;
        let (reopened, reopened_before, content, pages, updates, out, kept_by, times_by, causes) =
            tokio::try_join!(
                of(Name::Reopenings, By::All),
                then(Name::Reopenings, By::All),
                of(Name::Satisfaction, By::All),
                of(Name::OnCall, By::All),
                of(Name::Communication, By::All),
                of(Name::Downtime, By::Service),
                of(Name::Compliance, by),
                of(Name::Times, by),
                app.desk.problems(viewer),
            )?;
        let unowned = unowned(app.desk.recurring(viewer).await?);
        let names = app.desk.report_names(&kept_by).await?;
        let (lines, causes) = ((kept_by, times_by), dearest(causes));
        Ok(Overview {
            kept,
            kept_before,
            times,
            times_before,
            weeks,
            backlog,
            arrivals,
            reopened,
            reopened_before,
            content,
            pages,
            updates,
            out,
            lines,
            names,
            causes,
            unowned,
        })
    }
}

/// What the lines at the foot are of.
pub(super) fn lines_of(asked: &Asked) -> By {
    asked.by.filter(|by| LINES.contains(by)).unwrap_or(By::Service)
}

/// Whole weeks until the last day, from a Monday on.
fn weeks(period: &Period) -> Period {
    let last = period.to();
    let since_monday = i64::from(last.weekday().to_monday_zero_offset());
    let back = since_monday + 7 * (WEEKS as i64 - 1);
    let first = last.checked_sub(back.days()).unwrap_or(last);
    Period::new(first, last, period.zone().clone()).unwrap_or_else(|_| period.clone())
}

/// What is not over and has incidents, the dearest first.
fn dearest(mut all: Vec<Listed>) -> Vec<Listed> {
    all.retain(|listed| {
        let over = matches!(listed.problem.state, ProblemState::Resolved | ProblemState::Closed);
        !over && listed.cost.incidents > 0
    });
    all.order_by_key(|listed| {
        let cost = listed.cost;
        std::cmp::Reverse((cost.seconds, cost.incidents, listed.problem.number))
    });
    all.truncate(CAUSES);
    all
}

/// What comes again without a problem, and was not said to be nothing.
fn unowned(mut all: Vec<Recurring>) -> Vec<Recurring> {
    all.retain(|one| {
        one.cluster.problem.is_none() && one.cluster.state != RecurringState::Dismissed
    });
    all.truncate(UNOWNED);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn weeks_begin_on_a_monday_also_where_clocks_change() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let day = "2026-10-28".parse().unwrap();
        let period = Period::new(day, day, zone).unwrap();
        let weeks = weeks(&period);
        assert_eq!(weeks.from().to_string(), "2026-08-10");
        assert_eq!(weeks.to().to_string(), "2026-10-28");
        assert_eq!(weeks.count(), 7 * (WEEKS - 1) + 3);
    }
}
