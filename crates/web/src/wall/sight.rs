//! What the wallboard is drawn from.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::queue::counts;
use incident::{Access, Policy};
use kernel::{InOrder, PersonId, ScheduleId, Timestamp};
use query::Query;
use store::incidents::list::{self, IncidentRow, Look};
use store::{Failure, Sql};

/// Major incidents that go on, the oldest first.
pub(super) const MAJORS: &str = "major:yes state:open confidential:no sort:-reported";
/// What is urgent besides, what is due first before the rest.
pub(super) const URGENT: &str = "priority<=P2 major:no state:open confidential:no sort:due";
/// What passes a target next.
pub(super) const NEXT: &str = "due<8h breached:no state:open confidential:no sort:due";
/// What nobody has taken, the oldest first.
pub(super) const UNTAKEN: &str =
    "acknowledged:none state:open merged:no confidential:no sort:-reported";
/// What is counted: its name, and its query.
pub(super) const COUNTED: [(&str, &str); 5] = [
    ("Open", "state:open merged:no confidential:no"),
    ("Overdue", "breached:yes state:open confidential:no"),
    ("Not acknowledged", "acknowledged:none state:open merged:no confidential:no"),
    ("Reported today", "reported:today merged:no confidential:no"),
    ("Resolved today", "resolved:today merged:no confidential:no"),
];

/// Rows of each list: what a wall holds in type that is read from afar.
const ROWS: usize = 6;
/// Schedules at most.
const SCHEDULES: usize = 12;

/// Who is on call by a schedule.
pub(super) struct OnCall {
    pub(super) schedule: ScheduleId,
    pub(super) name: String,
    /// Who, and until when; nobody in a gap.
    pub(super) now: Option<(PersonId, String, Timestamp)>,
}

/// All of it.
pub(super) struct Sight {
    pub(super) majors: Vec<IncidentRow>,
    pub(super) urgent: Vec<IncidentRow>,
    pub(super) next: Vec<IncidentRow>,
    pub(super) untaken: Vec<IncidentRow>,
    /// How many, in the order of [`COUNTED`].
    pub(super) counts: Vec<i64>,
    pub(super) on_call: Vec<OnCall>,
}

impl Sight {
    /// Reads it for somebody of the service desk.
    pub(super) async fn read(app: &App, who: &SignedIn) -> PageResult<Sight> {
        let on_call = on_call(&app.desk.policy(), who.here.now);
        let (look, zone, kept) = (who.look(), who.zone_name.clone(), app.counts.clone());
        let stamp = (app.desk.feed().position(), app.desk.policy().version);
        let read = move |sql: &mut dyn Sql| {
            let whose = counts::whose(&look.scope, &zone);
            let counts = COUNTED.iter().map(|(_, text)| {
                kept.settled(sql, &look, &whose, text, &asked(text).filter, stamp)
            });
            let counts = counts.collect::<Result<Vec<i64>, Failure>>()?;
            Ok(Sight {
                majors: rows(sql, &look, MAJORS)?,
                urgent: rows(sql, &look, URGENT)?,
                next: rows(sql, &look, NEXT)?,
                untaken: rows(sql, &look, UNTAKEN)?,
                counts,
                on_call,
            })
        };
        Ok(app.desk.read(read).await?)
    }
}

/// A query of ours.
fn asked(text: &str) -> Query {
    query::parse(text).expect("the query is in the language")
}

fn rows(sql: &mut dyn Sql, look: &Look, text: &str) -> Result<Vec<IncidentRow>, Failure> {
    let found = list::list(sql, look, &asked(text), ROWS, None)?.rows;
    Ok(found.into_iter().filter(|row| row.access == Access::Full).collect())
}

fn on_call(policy: &Policy, now: Timestamp) -> Vec<OnCall> {
    let mut all: Vec<OnCall> = policy
        .paging
        .schedules
        .iter()
        .filter_map(|(id, schedule)| {
            let shift = schedule.roster.roster().ok()?.shift_at(now);
            let now = shift.map(|shift| {
                let staff = policy.staff.get(&shift.person);
                let name = staff.map_or("somebody who left", |staff| staff.name.as_str());
                (shift.person, name.to_owned(), shift.end)
            });
            Some(OnCall { schedule: *id, name: schedule.name.clone(), now })
        })
        .collect();
    all.order_by_key(|one| (one.name.to_lowercase(), one.schedule));
    all.truncate(SCHEDULES);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_is_in_the_language_and_leaves_out_what_is_restricted() {
        let all = [MAJORS, URGENT, NEXT, UNTAKEN].into_iter();
        for text in all.chain(COUNTED.iter().map(|(_, text)| *text)) {
            assert!(query::parse(text).is_ok(), "{text}");
            assert!(text.contains("confidential:no"), "{text}");
        }
    }
}
