//! Reports of service quality: what is counted for whom, kept at hand while nothing happens, and
//! the incidents behind each figure. What is measured is kept beside the log by `follow`.

mod changed;
mod columnar;
mod follow;
pub mod mailed;
mod out;
mod rows;
mod xes;

pub use changed::Changed;
pub(crate) use follow::start;
pub use out::{csv, ndjson};
pub use rows::Rows;
pub use xes::{Called, TRACES_A_PIECE, XES_HEAD, XES_TAIL};

use crate::{Desk, Trouble};
use incident::{Refusal, Scope, Viewer};
use insight::report::{self, By, Fact, Figure, Measure, Name, Period, PeriodError, Span, Table};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, Role, Timestamp};
use query::{Context, Expr, Person, Term};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use store::incidents::list::Look;
use store::reports::{self as stored, Wanted};
use store::{Failure, Sql};

/// Reports kept at hand, at most: a handful of people looking through all of them.
const KEPT_MAX: usize = 256;
/// Seconds for which a report is told as it was counted although things happen: otherwise a busy
/// desk would count anew at every look. What is hidden meanwhile is never told.
const GOOD_FOR_SECONDS: i64 = 5;
/// Seconds after which it is counted anew in any case: what is open grows older.
const COUNTED_ANEW_SECONDS: i64 = 60;
/// Days of a report when nobody says from when on.
const USUAL_DAYS: i64 = 30;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Which report.
    pub name: Name,
    /// What its lines are; the usual of the report when absent.
    pub by: Option<By>,
    /// The first day; 30 days until the last when absent.
    pub from: Option<Date>,
    /// The last day; today when absent.
    pub to: Option<Date>,
    /// Whose days these are; the instance's when absent.
    pub zone: Option<TimeZone>,
    /// Which incidents.
    pub filter: Expr,
}

impl Asked {
    /// A report as it is usually asked for.
    pub fn usual(name: Name) -> Asked {
        Asked { name, by: None, from: None, to: None, zone: None, filter: Expr::All }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which.
    pub name: Name,
    /// What its lines are.
    pub by: By,
    /// Of which days.
    pub period: Period,
    /// When it was counted.
    pub counted_at: Timestamp,
    /// Its tables.
    pub tables: Vec<Table>,
    /// Where a level changed: of what came each day, in the backlog; of medians of weeks, in times.
    pub changes: Vec<Changed>,
}

impl Report {
    /// The id that a line is of; none of lines that are of days, priorities or everything.
    fn id_of<'a>(&self, key: &'a str) -> Option<&'a str> {
        match self.by {
            By::Agreement => key.split_once('_').map(|(id, _)| id),
            By::Team | By::Service | By::Organisation | By::Category | By::Person => Some(key),
            By::All | By::Priority | By::Week | By::Month => None,
        }
    }

    /// What a line is called: its name among `names`, else its key.
    pub fn label(&self, names: &HashMap<String, String>, key: &str) -> String {
        match key {
            "all" => return "All".to_owned(),
            "none" => return "None".to_owned(),
            _ => {}
        }
        let name = self.id_of(key).and_then(|id| names.get(id));
        match (name, self.by) {
            (None, _) => key.to_owned(),
            (Some(name), By::Agreement) => {
                let priority = key.split_once('_').map_or("", |(_, priority)| priority);
                format!("{name}, {priority}")
            }
            (Some(name), _) => name.clone(),
        }
    }
}

/// Reports at hand.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<String, (i64, Arc<Report>)>>);

impl Kept {
    fn get(&self, key: &str) -> Option<(i64, Arc<Report>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: String, position: i64, report: Arc<Report>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX && !kept.contains_key(&key) {
            kept.clear();
        }
        kept.insert(key, (position, report));
    }
}

/// Whether somebody sees lines of people other than themselves.
pub fn sees_people(viewer: &Viewer) -> bool {
    viewer.has(&[Role::Manager, Role::Administrator, Role::Auditor])
}

/// One way to read all a report needs.
struct Reading {
    name: Name,
    wanted: Wanted,
    period: Period,
    now: Timestamp,
    /// Of lines of people, only this one.
    only: Option<String>,
}

/// What was read.
enum Read {
    Facts(Vec<Fact>),
    Spans(Vec<Span>),
}

impl Desk {
    /// A report, of what the viewer sees all of.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] to people who do not work for the provider and where what is asked is
    /// no period or no line of the report, [`Trouble::Overloaded`] while too much is still to be
    /// measured, [`Trouble::Failed`] when the database does not answer.
    pub async fn report(&self, viewer: &Viewer, asked: &Asked) -> Result<Arc<Report>, Trouble> {
        let reading = self.reading(viewer, asked)?;
        let key = format!(
            "{:?} {:?} {:?} {} {:?} {} {} {:?} {}",
            viewer.person,
            reading.only,
            reading.wanted.look.scope,
            reading.name,
            reading.wanted.by,
            reading.period.from(),
            reading.period.to(),
            reading.period.zone(),
            asked.filter,
        );
        let key = format!("{} {key}", self.policy().version);
        let (known, now) = (self.0.reports.get(&key), reading.now);
        let done = self
            .read(move |sql| {
                let position = store::incidents::feed::position(sql)?;
                if let Some((counted, report)) = known
                    && is_good(sql, counted, position, now.seconds_since(report.counted_at))?
                {
                    return Ok(Some((counted, report)));
                }
                let report = reading.read(sql)?.map(|read| Arc::new(reading.report(&read)));
                Ok(report.map(|report| (position, report)))
            })
            .await?;
        let (position, report) = done.ok_or(Trouble::Overloaded)?;
        self.0.reports.keep(key, position, report.clone());
        Ok(report)
    }

    /// The incidents behind a figure of a report, as they are now, the newest first; nothing where
    /// the report has no such figure.
    ///
    /// # Errors
    ///
    /// As [`Desk::report`].
    pub async fn report_incidents(
        &self,
        viewer: &Viewer,
        asked: &Asked,
        figure: Figure,
    ) -> Result<Option<Vec<IncidentNumber>>, Trouble> {
        let reading = self.reading(viewer, asked)?;
        let done = self
            .read(move |sql| Ok(reading.read(sql)?.map(|read| reading.behind(&read, &figure))))
            .await?;
        let found = done.ok_or(Trouble::Overloaded)?;
        Ok(found.map(|numbers| numbers.into_iter().rev().collect()))
    }

    /// The names of teams, services, people and so on that are lines of a report, by id. Those who
    /// left are still called by the name that is known of them.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn report_names(&self, report: &Report) -> Result<HashMap<String, String>, Trouble> {
        let keys = report.tables.iter().flat_map(|table| &table.lines).map(|line| &line.key);
        let ids: BTreeSet<&str> = keys.filter_map(|key| report.id_of(key)).collect();
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        let by = report.by;
        self.read(move |sql| stored::names(sql, by, &ids)).await
    }

    fn reading(&self, viewer: &Viewer, asked: &Asked) -> Result<Reading, Trouble> {
        if !viewer.is_staff() {
            return Err(Refusal::forbidden("reports are for people who work on incidents").into());
        }
        if !sees_people(viewer) && names_somebody(&asked.filter) {
            let words = "asks what somebody has; figures of other people are for those who manage, \
                your own are found with assignee:me";
            return Err(Refusal::invalid("q", words).into());
        }
        let now = self.now();
        let own_zone = || TimeZone::get(&self.policy().time_zone).unwrap_or(TimeZone::UTC);
        let zone = asked.zone.clone().unwrap_or_else(own_zone);
        let period = period(asked, zone, now)?;
        let lines = asked.name.by();
        let by = asked.by.or(lines.first().copied()).unwrap_or(By::All);
        if !lines.contains(&by) {
            let all: Vec<&str> = lines.iter().map(|by| by.as_str()).collect();
            return Err(Refusal::invalid("by", format!("must be one of {}", all.join(", "))).into());
        }
        let context = Context {
            me: Some(viewer.person),
            my_teams: viewer.teams.iter().copied().collect(),
            now,
            zone: period.zone().clone(),
        };
        let wanted = Wanted {
            look: Look { scope: Scope::of(viewer), context },
            expr: asked.filter.clone(),
            from: period.start(),
            to: period.end(),
            by,
            measures: report::measures(asked.name),
        };
        let only = (by == By::Person && !sees_people(viewer)).then(|| viewer.person.to_string());
        Ok(Reading { name: asked.name, wanted, period, now, only })
    }
}

/// Whether a condition asks by name who has an incident: its figures would be those of a person.
fn names_somebody(expr: &Expr) -> bool {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(names_somebody),
        Expr::Not(part) => names_somebody(part),
        Expr::Term(Term::Assignee(people)) => {
            people.iter().any(|person| matches!(person, Person::Named(_)))
        }
        Expr::All | Expr::Term(_) => false,
    }
}

/// Whether what was counted at a position may be told now.
fn is_good(
    sql: &mut dyn Sql,
    counted: i64,
    position: i64,
    age_seconds: i64,
) -> Result<bool, Failure> {
    if counted == position {
        return Ok((0..COUNTED_ANEW_SECONDS).contains(&age_seconds));
    }
    let young = counted < position && (0..GOOD_FOR_SECONDS).contains(&age_seconds);
    Ok(young && !stored::hidden_since(sql, counted)?)
}

fn period(asked: &Asked, zone: TimeZone, now: Timestamp) -> Result<Period, Trouble> {
    let today = zone.to_datetime(now.to_jiff()).date();
    let to = asked.to.unwrap_or(today);
    let usual = || to.checked_sub(jiff::Span::new().days(USUAL_DAYS - 1)).unwrap_or(to);
    let from = asked.from.unwrap_or_else(usual);
    let wrong = |error: PeriodError| Refusal::invalid("to", error.words());
    Ok(Period::new(from, to, zone).map_err(wrong)?)
}

impl Reading {
    /// Nothing when too much is still to be measured.
    fn read(&self, sql: &mut dyn Sql) -> Result<Option<Read>, Failure> {
        let mut facts = match self.name {
            Name::Backlog => return Ok(stored::spans(sql, &self.wanted)?.map(Read::Spans)),
            Name::OnCall => {
                let mut pages = stored::pages(sql, &self.wanted)?;
                report::with_night(&mut pages, &self.period);
                Some(pages)
            }
            Name::Downtime => Some(stored::outages(sql, &self.wanted, self.now)?),
            _ => stored::facts(sql, &self.wanted)?,
        };
        if let (Some(facts), Some(only)) = (&mut facts, &self.only) {
            facts.retain(|fact| fact.of.as_ref() == Some(only));
        }
        Ok(facts.map(Read::Facts))
    }

    fn measures(&self) -> &'static [Measure] {
        self.wanted.measures
    }

    fn report(&self, read: &Read) -> Report {
        let (tables, changes) = match read {
            Read::Spans(spans) => {
                let tables = report::backlog(spans, &self.period, self.now);
                let changes = tables.first().map(changed::of_days).unwrap_or_default();
                (tables, changes)
            }
            Read::Facts(facts) => {
                let table = match self.name {
                    Name::Arrivals => report::heat(facts, &self.period),
                    name => report::tabulate(
                        name.as_str(),
                        &report::columns(name),
                        self.measures(),
                        self.wanted.by,
                        facts,
                        &self.period,
                    ),
                };
                let changes = match self.name {
                    Name::Times => changed::of_times(facts, self.measures(), &self.period),
                    _ => vec![],
                };
                (vec![table], changes)
            }
        };
        Report {
            name: self.name,
            by: self.wanted.by,
            period: self.period.clone(),
            counted_at: self.now,
            tables,
            changes,
        }
    }

    fn behind(&self, read: &Read, figure: &Figure) -> Option<BTreeSet<IncidentNumber>> {
        match read {
            Read::Spans(spans) => report::behind_backlog(figure, spans, &self.period, self.now),
            Read::Facts(facts) if self.name == Name::Arrivals => {
                report::behind_heat(figure, facts, &self.period)
            }
            Read::Facts(facts) => {
                if figure.table != self.name.as_str() {
                    return None;
                }
                report::behind(
                    figure,
                    &report::columns(self.name),
                    self.measures(),
                    self.wanted.by,
                    facts,
                    &self.period,
                )
            }
        }
    }
}
