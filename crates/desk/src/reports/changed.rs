//! Where a level changed, as reports tell it.

use insight::report::{self, Fact, Measure, Period, Table};

/// A level that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Which time, its medians of weeks in seconds; absent for incidents that came each day.
    pub measure: Option<Measure>,
    /// The first day of the new level, or of its first week.
    pub day: String,
    /// What was usual before, since the change before.
    pub before: f64,
    /// What is usual from then on, until the next change.
    pub after: f64,
}

impl Changed {
    /// What changed, as the columns of its report begin: "Restore, median".
    pub fn title(&self) -> &'static str {
        match self.measure {
            Some(Measure::Acknowledge) => "Acknowledge, median",
            Some(Measure::Respond) => "Respond, median",
            Some(Measure::Mitigate) => "Mitigate, median",
            Some(Measure::Restore) => "Restore, median",
            Some(Measure::Resolve) => "Resolve, median",
            // No other time is looked at.
            Some(_) => "Median",
            None => "Came a day",
        }
    }

    /// What its levels are, as a word of JSON.
    pub fn unit(&self) -> &'static str {
        match self.measure {
            Some(_) => report::Unit::Seconds.as_str(),
            None => report::Unit::Number.as_str(),
        }
    }
}

/// Where the number of incidents that came changed its level, by day.
pub(super) fn of_days(days: &Table) -> Vec<Changed> {
    let Some(came) = days.columns.iter().position(|column| column.key == "in") else {
        return vec![];
    };
    // The last day may not be over yet.
    let whole = days.lines.len().saturating_sub(1);
    let lines = &days.lines[..whole];
    let counts: Vec<u64> =
        lines.iter().map(|line| line.cells.get(came).map_or(0, |cell| cell.counted)).collect();
    let found = report::changes(&counts).into_iter();
    let changed = |change: report::Change| {
        let day = lines.get(change.at)?.key.clone();
        Some(Changed { measure: None, day, before: change.before, after: change.after })
    };
    found.filter_map(changed).collect()
}

/// Where times changed, by week.
pub(super) fn of_times(facts: &[Fact], measures: &[Measure], period: &Period) -> Vec<Changed> {
    let found = report::shifts_of_times(facts, measures, period).into_iter();
    let changed = |(measure, day, shift): (Measure, String, report::Shift)| Changed {
        measure: Some(measure),
        day,
        before: shift.before,
        after: shift.after,
    };
    found.map(changed).collect()
}
