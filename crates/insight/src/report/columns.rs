//! What each report shows, and how a figure is reckoned.

use super::table::{Fact, Places};
use super::{Measure, Name};

/// Microseconds of an hour.
const MICROS_OF_HOUR: f64 = 3_600e6;

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How many.
    Count,
    /// From 0 to 1.
    Share,
    /// Seconds.
    Seconds,
    /// A plain number, such as a mean.
    Number,
    /// Money, in whole units of the instance's currency and parts of them.
    Amount,
}

impl Unit {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Share => "share",
            Unit::Seconds => "seconds",
            Unit::Number => "number",
            Unit::Amount => "amount",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub key: String,
    /// What people read above it.
    pub title: String,
    /// Where it is one of several of a kind that stand beside each other: what they share, and
    /// what it alone says, such as "Acknowledged" and "late".
    pub part: Option<(&'static str, &'static str)>,
    /// What its figures are.
    pub unit: Unit,
    pub(super) reckon: Reckon,
}

/// How a figure is reckoned from facts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reckon {
    /// How many there are.
    All,
    /// How many have a value.
    Known(Measure),
    /// How many have this value.
    Is(Measure, i64),
    /// How many have at least this value.
    AtLeast(Measure, i64),
    /// The share of those with this value among those with any.
    ShareIs(Measure, i64),
    /// The share of those with at least this value among those with any.
    ShareAtLeast(Measure, i64),
    /// All values together.
    Sum(Measure),
    /// Their mean.
    Mean(Measure),
    /// The value that so many per cent do not pass.
    Percentile(Measure, u8),
    /// The sum of the first as a share of both sums.
    Ratio(Measure, Measure),
    /// Seconds in which a service was out, time that outages share counted once.
    Out,
    /// The share of the period in which a service was there.
    Available,
    /// What those seconds cost, where it is known of an hour without the service.
    Cost,
    /// What is counted elsewhere: tables of days and hours.
    Elsewhere,
}

impl Reckon {
    /// Whether a fact is behind the figure.
    pub(super) fn counts(&self, places: &Places<'_>, fact: &Fact) -> bool {
        let value = |measure: Measure| places.value(fact, measure);
        match *self {
            Reckon::All | Reckon::Out | Reckon::Available => true,
            Reckon::Known(measure) | Reckon::Mean(measure) | Reckon::Percentile(measure, _) => {
                value(measure).is_some()
            }
            Reckon::Cost => value(Measure::CostPerHour).is_some(),
            Reckon::Is(measure, wanted) | Reckon::ShareIs(measure, wanted) => {
                value(measure) == Some(wanted)
            }
            Reckon::AtLeast(measure, least) | Reckon::ShareAtLeast(measure, least) => {
                value(measure).is_some_and(|value| value >= least)
            }
            Reckon::Sum(measure) | Reckon::Ratio(measure, _) => {
                value(measure).is_some_and(|value| value > 0)
            }
            Reckon::Elsewhere => false,
        }
    }

    /// How many facts are behind the figure: those that [`Reckon::counts`].
    pub(super) fn counted(&self, known: &Values<'_>) -> u64 {
        let those = |measure: Measure, counts: &dyn Fn(i64) -> bool| {
            known.of(measure).iter().filter(|value| counts(**value)).count()
        };
        let count = match *self {
            Reckon::All | Reckon::Out | Reckon::Available => known.facts.len(),
            Reckon::Known(measure) | Reckon::Mean(measure) | Reckon::Percentile(measure, _) => {
                known.of(measure).len()
            }
            Reckon::Cost => known.of(Measure::CostPerHour).len(),
            Reckon::Is(measure, wanted) | Reckon::ShareIs(measure, wanted) => {
                those(measure, &|value| value == wanted)
            }
            Reckon::AtLeast(measure, least) | Reckon::ShareAtLeast(measure, least) => {
                those(measure, &|value| value >= least)
            }
            Reckon::Sum(measure) | Reckon::Ratio(measure, _) => those(measure, &|value| value > 0),
            Reckon::Elsewhere => 0,
        };
        count as u64
    }

    /// The figure of facts, of which so many are behind it.
    pub(super) fn value(
        &self,
        places: &Places<'_>,
        known: &Values<'_>,
        counted: u64,
    ) -> Option<f64> {
        let sum = |measure: Measure| known.of(measure).iter().sum::<i64>() as f64;
        let count = |measure: Measure| known.of(measure).len() as f64;
        match *self {
            Reckon::All | Reckon::Known(_) | Reckon::Is(..) | Reckon::AtLeast(..) => {
                Some(counted as f64)
            }
            Reckon::ShareIs(measure, _) | Reckon::ShareAtLeast(measure, _) => {
                share(counted as f64, count(measure))
            }
            Reckon::Sum(measure) => Some(sum(measure)),
            Reckon::Mean(measure) => share(sum(measure), count(measure)),
            Reckon::Percentile(measure, per_cent) => {
                percentile(known.of(measure).to_vec(), per_cent)
            }
            Reckon::Ratio(kept, missed) => share(sum(kept), sum(kept) + sum(missed)),
            Reckon::Out => Some(out_micros(places, known.facts, |_| Some(1)) / 1e6),
            Reckon::Available if places.whole => {
                let whole = places.period.end().micros_since(places.period.start()) as f64;
                share(whole - out_micros(places, known.facts, |_| Some(1)), whole)
            }
            Reckon::Cost if counted > 0 => {
                let hourly = |fact: &Fact| places.value(fact, Measure::CostPerHour);
                Some(out_micros(places, known.facts, hourly) / MICROS_OF_HOUR)
            }
            Reckon::Cost | Reckon::Available | Reckon::Elsewhere => None,
        }
    }
}

/// What is known of facts, by measure. It is gathered in one go: a report has dozens of columns,
/// and a year has more facts than a processor keeps at hand.
pub(super) struct Values<'a> {
    facts: &'a [&'a Fact],
    measures: &'a [Measure],
    known: Vec<Vec<i64>>,
}

impl<'a> Values<'a> {
    /// What these facts, which hold `measures`, know.
    pub(super) fn gather(facts: &'a [&'a Fact], measures: &'a [Measure]) -> Self {
        let mut known: Vec<Vec<i64>> = vec![Vec::new(); measures.len()];
        for fact in facts {
            for (known, value) in known.iter_mut().zip(&fact.values) {
                known.extend(*value);
            }
        }
        Values { facts, measures, known }
    }

    fn of(&self, measure: Measure) -> &[i64] {
        let place = self.measures.iter().position(|one| *one == measure);
        place.and_then(|place| self.known.get(place)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// The smallest value that at least so many per cent do not pass (the nearest rank): it is always
/// one that was measured, never one between two.
pub(super) fn percentile(mut values: Vec<i64>, per_cent: u8) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let rank = (values.len() * usize::from(per_cent)).div_ceil(100).clamp(1, values.len());
    let (_, value, _) = values.select_nth_unstable(rank - 1);
    Some(*value as f64)
}

/// Microseconds in which something was out, service by service, each as often as `weigh` says of
/// its outage. Time that outages of one service share is taken once.
fn out_micros(places: &Places<'_>, facts: &[&Fact], weigh: impl Fn(&Fact) -> Option<i64>) -> f64 {
    let mut spans: Vec<(Option<&str>, i64, i64, i64)> = facts
        .iter()
        .copied()
        .filter_map(|fact| {
            let began = places.value(fact, Measure::Began)?;
            let ended = places.value(fact, Measure::Ended)?;
            Some((fact.of.as_deref(), began, ended, weigh(fact)?))
        })
        .collect();
    spans.sort_unstable();
    let (mut out, mut of, mut reached) = (0.0, None, i64::MIN);
    for (service, began, ended, weight) in spans {
        if of != Some(service) {
            (of, reached) = (Some(service), i64::MIN);
        }
        out += (ended - began.max(reached)).max(0) as f64 * weight as f64;
        reached = reached.max(ended);
    }
    out
}

/// What a report measures, in the order its facts hold it.
pub const fn measures(name: Name) -> &'static [Measure] {
    use Measure as M;
    match name {
        Name::Compliance => &[M::AcknowledgeMet, M::ResponseMet, M::UpdateMet, M::ResolutionMet],
        Name::Times => &[
            M::Acknowledge,
            M::Respond,
            M::Mitigate,
            M::Restore,
            M::Resolve,
            M::AcknowledgeBusiness,
            M::RespondBusiness,
            M::ResolveBusiness,
        ],
        Name::Reopenings => &[M::Reopenings, M::Resolved, M::Confirmed],
        Name::Hops => &[M::Hops],
        Name::FirstContact => &[M::FirstContact],
        Name::Workload => &[M::Open, M::Resolved, M::Work, M::Hops],
        Name::OnCall => &[M::Night, M::Answered],
        Name::Communication => &[M::UpdatesKept, M::UpdatesMissed],
        Name::Downtime => &[M::Began, M::Ended, M::CostPerHour],
        Name::Satisfaction => &[M::Rated, M::Rating, M::Low],
        Name::Backlog | Name::Arrivals => &[],
    }
}

/// The columns of a report's table; none for those whose tables are of days and hours.
pub fn columns(name: Name) -> Vec<Column> {
    use Measure as M;
    let mut columns = vec![one("incidents", "Incidents", Unit::Count, Reckon::All)];
    match name {
        Name::Compliance => columns.extend(compliance()),
        Name::Times => columns.extend(times()),
        Name::Reopenings => columns.extend([
            one("reopened", "Reopened", Unit::Count, Reckon::AtLeast(M::Reopenings, 1)),
            one("share", "Share reopened", Unit::Share, Reckon::ShareAtLeast(M::Reopenings, 1)),
            one("times", "Times reopened", Unit::Count, Reckon::Sum(M::Reopenings)),
            one("resolved", "Resolved now", Unit::Count, Reckon::Is(M::Resolved, 1)),
            one("closed", "Closed", Unit::Count, Reckon::Known(M::Confirmed)),
            one("confirmed", "Share confirmed", Unit::Share, Reckon::ShareIs(M::Confirmed, 1)),
        ]),
        Name::Hops => columns.extend([
            one("moved", "Moved", Unit::Count, Reckon::AtLeast(M::Hops, 1)),
            one("share", "Share moved", Unit::Share, Reckon::ShareAtLeast(M::Hops, 1)),
            one("often", "Moved three times or more", Unit::Count, Reckon::AtLeast(M::Hops, 3)),
            one("mean", "Mean", Unit::Number, Reckon::Mean(M::Hops)),
            one("p90", "90 % within", Unit::Number, Reckon::Percentile(M::Hops, 90)),
        ]),
        Name::FirstContact => columns.extend([
            one("decided", "Over", Unit::Count, Reckon::Known(M::FirstContact)),
            one("solved", "Solved at first contact", Unit::Count, Reckon::Is(M::FirstContact, 1)),
            one("share", "Share", Unit::Share, Reckon::ShareIs(M::FirstContact, 1)),
        ]),
        Name::Workload => columns.extend([
            one("open", "Open now", Unit::Count, Reckon::Is(M::Open, 1)),
            one("resolved", "Resolved", Unit::Count, Reckon::Is(M::Resolved, 1)),
            one("work", "Recorded work", Unit::Seconds, Reckon::Sum(M::Work)),
            one("moved", "Came from another team", Unit::Count, Reckon::AtLeast(M::Hops, 1)),
        ]),
        Name::OnCall => columns = of_pages(),
        Name::Communication => columns.extend([
            one("kept", "Updates in time", Unit::Count, Reckon::Sum(M::UpdatesKept)),
            one("missed", "Updates missed", Unit::Count, Reckon::Sum(M::UpdatesMissed)),
            one("share", "In time", Unit::Share, Reckon::Ratio(M::UpdatesKept, M::UpdatesMissed)),
        ]),
        Name::Downtime => columns = of_outages(),
        Name::Satisfaction => columns.extend([
            one("over", "Over", Unit::Count, Reckon::Known(M::Rated)),
            one("rated", "Rated", Unit::Count, Reckon::Is(M::Rated, 1)),
            one("response", "Share rated", Unit::Share, Reckon::ShareIs(M::Rated, 1)),
            one("mean", "Mean score", Unit::Number, Reckon::Mean(M::Rating)),
            one("low", "Low scores", Unit::Count, Reckon::Is(M::Low, 1)),
        ]),
        Name::Backlog | Name::Arrivals => columns.clear(),
    }
    columns
}

fn of_pages() -> Vec<Column> {
    let answered = |per_cent| Reckon::Percentile(Measure::Answered, per_cent);
    vec![
        one("pages", "Pages", Unit::Count, Reckon::All),
        one("night", "By night", Unit::Count, Reckon::Is(Measure::Night, 1)),
        one("answered", "Answered", Unit::Count, Reckon::Known(Measure::Answered)),
        one("median", "Median to answer", Unit::Seconds, answered(50)),
        one("p90", "90 % answered within", Unit::Seconds, answered(90)),
    ]
}

fn of_outages() -> Vec<Column> {
    vec![
        one("outages", "Outages", Unit::Count, Reckon::All),
        one("out", "Out", Unit::Seconds, Reckon::Out),
        one("available", "Available", Unit::Share, Reckon::Available),
        one("cost", "Cost", Unit::Amount, Reckon::Cost),
    ]
}

fn compliance() -> Vec<Column> {
    let clocks = [
        ("acknowledge", "Acknowledged", Measure::AcknowledgeMet),
        ("response", "Answered", Measure::ResponseMet),
        ("update", "Updated", Measure::UpdateMet),
        ("resolution", "Resolved", Measure::ResolutionMet),
    ];
    let of = |(key, title, met): (&str, &'static str, Measure)| {
        let column = |what: &str, words: &'static str, unit, reckon| {
            let whole = format!("{title} {words}");
            let column = one(&format!("{key}_{what}"), &whole, unit, reckon);
            Column { part: Some((title, words)), ..column }
        };
        [
            column("met", "in time", Unit::Count, Reckon::Is(met, 1)),
            column("breached", "late", Unit::Count, Reckon::Is(met, 0)),
            column("share", "in time, share", Unit::Share, Reckon::ShareIs(met, 1)),
        ]
    };
    clocks.into_iter().flat_map(of).collect()
}

fn times() -> Vec<Column> {
    let moments = [
        ("acknowledge", "Acknowledge", Measure::Acknowledge),
        ("respond", "Respond", Measure::Respond),
        ("mitigate", "Mitigate", Measure::Mitigate),
        ("restore", "Restore", Measure::Restore),
        ("resolve", "Resolve", Measure::Resolve),
        ("acknowledge_business", "Acknowledge, business time", Measure::AcknowledgeBusiness),
        ("respond_business", "Respond, business time", Measure::RespondBusiness),
        ("resolve_business", "Resolve, business time", Measure::ResolveBusiness),
    ];
    let of = |(key, title, measure): (&str, &'static str, Measure)| {
        let column = |what: &str, words: &'static str, unit, reckon| {
            let whole = format!("{title}, {words}");
            let column = one(&format!("{key}_{what}"), &whole, unit, reckon);
            Column { part: Some((title, words)), ..column }
        };
        [
            column("count", "count", Unit::Count, Reckon::Known(measure)),
            column("median", "median", Unit::Seconds, Reckon::Percentile(measure, 50)),
            column("p90", "90 % within", Unit::Seconds, Reckon::Percentile(measure, 90)),
            column("mean", "mean", Unit::Seconds, Reckon::Mean(measure)),
        ]
    };
    moments.into_iter().flat_map(of).collect()
}

pub(super) fn one(key: &str, title: &str, unit: Unit, reckon: Reckon) -> Column {
    Column { key: key.to_owned(), title: title.to_owned(), part: None, unit, reckon }
}
