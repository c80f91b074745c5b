//! Which incidents name which problem, so that a problem finds its incidents without reading
//! timelines. Written in the transaction of the command, from its events alone, and only where
//! they name one.

use super::filter::fully_visible;
use super::write::Recorded;
use crate::Failure;
use crate::directory::{many, slots};
use crate::sql::{Columns, Row, Sql, Value};
use incident::state::LinkKind;
use incident::{Body, Event, Scope};
use kernel::{Channel, IncidentNumber, ProblemNumber, Timestamp, words};
use std::collections::BTreeMap;

/// Numbers of problems have fewer digits: beyond this it is a slip of the keyboard.
const NUMBER_MAX: i64 = 1_000_000_000_000_000_000;

words! {
    /// How an incident names a problem.
    Tie {
        /// The problem is behind it.
        Problem = "problem",
        /// It shows this known error.
        KnownError = "known_error",
        /// The problem caused it.
        CausedBy = "caused_by",
        /// It was resolved by the workaround.
        Resolution = "resolution",
    }
}

impl Tie {
    /// Whether the workaround was used.
    pub const fn is_use(self) -> bool {
        matches!(self, Tie::KnownError | Tie::Resolution)
    }

    fn of(kind: LinkKind) -> Option<Tie> {
        match kind {
            LinkKind::Problem => Some(Tie::Problem),
            LinkKind::KnownError => Some(Tie::KnownError),
            LinkKind::CausedBy => Some(Tie::CausedBy),
            _ => None,
        }
    }
}

/// Incidents of problems, as they stand.
pub mod ties {
    use super::{
        BTreeMap, Columns, Failure, IncidentNumber, ProblemNumber, Scope, Sql, Tie, Timestamp,
        Value, fully_visible, many, slots,
    };

    /// How long an incident lasted so far, in microseconds, where it is `i` and now is `$1`: its
    /// outages where it has some, time that they share once, else from report to resolution.
    /// Each outage adds what lies beyond where those that began before it reach.
    pub(crate) const LASTED: &str = "coalesce((select sum(case \
          when s.reached is null or s.reached <= s.began then s.ended - s.began \
          when s.reached < s.ended then s.ended - s.reached \
          else 0 end) \
        from (select o.started_at as began, coalesce(o.ended_at, $1) as ended, \
          max(coalesce(o.ended_at, $1)) over (order by o.started_at, o.id \
            rows between unbounded preceding and 1 preceding) as reached \
          from outages o where o.number = i.number) s), \
        coalesce(i.resolved_at, i.closed_at, $1) - i.reported_at)";

    /// Incidents that one problem lists, the latest first.
    pub const INCIDENTS_MAX: i64 = 2_000;

    /// An incident that names a problem.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct TieRow {
        /// The incident.
        pub number: IncidentNumber,
        /// The problem.
        pub problem: ProblemNumber,
        /// How.
        pub tie: Tie,
        /// Since when.
        pub at: Timestamp,
    }

    /// What the incidents of a problem have cost so far.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Cost {
        /// How many incidents name it.
        pub incidents: i64,
        /// How many of them are open.
        pub open: i64,
        /// How long they lasted: the outages of each where it has some, time that they share
        /// once, else from report to resolution. In seconds.
        pub seconds: i64,
        /// When the latest was reported.
        pub latest: Option<Timestamp>,
    }

    /// Those of a problem, the latest incident first, at most [`INCIDENTS_MAX`]. Who may see
    /// which incident is the caller's question.
    ///
    /// # Errors
    /// The database fails, or holds what no program of ours wrote.
    pub fn of_problem(sql: &mut dyn Sql, problem: ProblemNumber) -> Result<Vec<TieRow>, Failure> {
        let statement = format!(
            "select number, problem, kind, at from incident_problems where problem = $1 \
             order by number desc, kind limit {INCIDENTS_MAX}"
        );
        many(sql, &statement, &[Value::Int(problem.0)], read)
    }

    /// Those of an incident.
    ///
    /// # Errors
    /// As of [`of_problem`].
    pub fn of_incident(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<TieRow>, Failure> {
        let statement = "select number, problem, kind, at from incident_problems \
            where number = $1 order by problem, kind";
        many(sql, statement, &[number.into()], read)
    }

    /// What the incidents of these problems have cost, as far as somebody sees everything of
    /// them; of all problems where none is named. Cancelled incidents and parts of others count
    /// nowhere.
    ///
    /// # Errors
    /// As of [`of_problem`].
    pub fn cost(
        sql: &mut dyn Sql,
        scope: &Scope,
        problems: &[ProblemNumber],
        now: Timestamp,
    ) -> Result<BTreeMap<ProblemNumber, Cost>, Failure> {
        let numbers: Vec<i64> = problems.iter().map(|problem| problem.0).collect();
        let (list, more) = slots(2, &numbers);
        let mut values: Vec<Value> = vec![now.into()];
        values.extend(more);
        let which = match problems {
            [] => String::new(),
            _ => format!("where problem in ({list})"),
        };
        let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
        values.extend(more);
        let statement = format!(
            "select t.problem, count(*), \
             cast(sum(case when i.state in ('new', 'in_progress', 'on_hold') then 1 else 0 end) as bigint), \
             cast(sum({LASTED}) as bigint), \
             max(i.reported_at) \
             from (select distinct problem, number from incident_problems {which}) t \
             join incidents i on i.number = t.number \
             where i.state <> 'cancelled' and i.merged_into is null and {visible} \
             group by t.problem"
        );
        let rows = many(sql, &statement, &values, |row| {
            let problem = ProblemNumber(row.int()?);
            let (incidents, open) = (row.int()?, row.int()?);
            let seconds = row.int()?.max(0) / 1_000_000;
            Ok((problem, Cost { incidents, open, seconds, latest: row.opt_at()? }))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// How many incidents of these problems were reported since an instant, as far as somebody sees
    /// everything of them. What [`cost`] leaves out counts here no more than there; problems
    /// without any are left out.
    ///
    /// # Errors
    /// As of [`of_problem`].
    pub fn reported_since(
        sql: &mut dyn Sql,
        scope: &Scope,
        problems: &[ProblemNumber],
        since: Timestamp,
    ) -> Result<BTreeMap<ProblemNumber, i64>, Failure> {
        let numbers: Vec<i64> = problems.iter().map(|problem| problem.0).collect();
        let (list, more) = slots(2, &numbers);
        let mut values: Vec<Value> = vec![since.into()];
        values.extend(more);
        let (visible, more) = fully_visible(sql.engine(), scope, values.len() + 1);
        values.extend(more);
        let statement = format!(
            "select t.problem, count(*) \
             from (select distinct problem, number from incident_problems where problem in ({list})) t \
             join incidents i on i.number = t.number \
             where i.reported_at >= $1 and i.state <> 'cancelled' and i.merged_into is null \
             and {visible} group by t.problem"
        );
        let rows =
            many(sql, &statement, &values, |row| Ok((ProblemNumber(row.int()?), row.int()?)))?;
        Ok(rows.into_iter().collect())
    }

    fn read(row: &mut Columns) -> Result<TieRow, Failure> {
        Ok(TieRow {
            number: IncidentNumber(row.int()?),
            problem: ProblemNumber(row.int()?),
            tie: row.parsed()?,
            at: row.at()?,
        })
    }
}

/// What an event says about ties.
enum Said {
    /// There is one, since then.
    Tied(ProblemNumber, Tie),
    /// There is none any more.
    Untied(ProblemNumber, Tie),
}

fn said(event: &Event) -> Option<Said> {
    // Another system counts its problems by itself: its numbers name none of ours.
    if event.channel == Channel::Import {
        return None;
    }
    let known = |target: &str| {
        let number: ProblemNumber = target.parse().ok()?;
        (target.starts_with("PRB-") && number.0 < NUMBER_MAX).then_some(number)
    };
    match &event.body {
        Body::Linked(data) => Some(Said::Tied(known(&data.target)?, Tie::of(data.kind)?)),
        Body::Unlinked(data) => Some(Said::Untied(known(&data.target)?, Tie::of(data.kind)?)),
        Body::Resolved(data) => {
            Some(Said::Tied(known(data.known_error.as_deref()?)?, Tie::Resolution))
        }
        _ => None,
    }
}

/// Brings the table in line with what was recorded.
pub(super) fn store(sql: &mut dyn Sql, parts: &[Recorded]) -> Result<(), Failure> {
    for part in parts {
        for event in &part.events {
            match said(event) {
                None => {}
                Some(Said::Tied(problem, tie)) => {
                    // A workaround that resolves it again was used once.
                    let statement = "insert into incident_problems (number, problem, kind, at) \
                        values ($1, $2, $3, $4) on conflict (number, problem, kind) do nothing";
                    let values = [
                        part.number.into(),
                        Value::Int(problem.0),
                        tie.as_str().into(),
                        event.happened_at.into(),
                    ];
                    sql.execute(statement, &values)?;
                }
                Some(Said::Untied(problem, tie)) => {
                    let statement = "delete from incident_problems \
                        where number = $1 and problem = $2 and kind = $3";
                    let values = [part.number.into(), Value::Int(problem.0), tie.as_str().into()];
                    sql.execute(statement, &values)?;
                }
            }
        }
    }
    Ok(())
}

/// What the table holds of some incidents, as rows.
#[derive(Default)]
pub(super) struct Ties(BTreeMap<i64, Vec<Row>>);

impl Ties {
    /// Of the incidents after `last`, up to `up_to`.
    pub(super) fn read(sql: &mut dyn Sql, last: i64, up_to: i64) -> Result<Self, Failure> {
        let statement = "select number, problem, kind, at from incident_problems \
            where number > $1 and number <= $2 order by number, problem, kind";
        let mut ties = Ties::default();
        for row in sql.query(statement, &[last.into(), up_to.into()])? {
            let number = Columns::of(row.clone()).int()?;
            ties.0.entry(number).or_default().push(row);
        }
        Ok(ties)
    }

    /// Named where it says something else than the timeline.
    pub(super) fn differ(&self, number: i64, events: &[Event]) -> Option<&'static str> {
        let mut told: BTreeMap<(i64, &'static str), Timestamp> = BTreeMap::new();
        for event in events {
            match said(event) {
                None => {}
                Some(Said::Tied(problem, tie)) => {
                    told.entry((problem.0, tie.as_str())).or_insert(event.happened_at);
                }
                Some(Said::Untied(problem, tie)) => {
                    told.remove(&(problem.0, tie.as_str()));
                }
            }
        }
        let row = |((problem, tie), at): ((i64, &'static str), Timestamp)| -> Row {
            vec![number.into(), problem.into(), tie.into(), at.into()]
        };
        let told: Vec<Row> = told.into_iter().map(row).collect();
        let held = self.0.get(&number).map_or(&[][..], Vec::as_slice);
        (held != told).then_some("problems")
    }
}
