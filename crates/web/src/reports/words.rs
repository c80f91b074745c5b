//! What reports and their lines are called, and what their figures mean.

use crate::part::time;
use insight::report::{By, Name, Unit};

/// A report's name as a heading.
pub(super) const fn title(name: Name) -> &'static str {
    match name {
        Name::Compliance => "Agreements kept",
        Name::Times => "Times",
        Name::Backlog => "Backlog and ageing",
        Name::Arrivals => "Arrivals",
        Name::Reopenings => "Reopenings",
        Name::Hops => "Moves between teams",
        Name::FirstContact => "Solved at first contact",
        Name::Workload => "Workload",
        Name::OnCall => "On-call load",
        Name::Communication => "Communication",
        Name::Downtime => "Downtime and cost",
        Name::Satisfaction => "Survey",
    }
}

/// The icon beside it.
pub(super) const fn icon_of(name: Name) -> &'static str {
    match name {
        Name::Compliance => "shield",
        Name::Times => "clock",
        Name::Backlog => "queue",
        Name::Arrivals => "grid",
        Name::Reopenings => "undo",
        Name::Hops => "right",
        Name::FirstContact => "check",
        Name::Workload => "users",
        Name::OnCall => "oncall",
        Name::Communication => "mega",
        Name::Downtime => "services",
        Name::Satisfaction => "chat",
    }
}

/// What its figures mean, in words.
pub(super) const fn meaning(name: Name) -> &'static str {
    match name {
        Name::Compliance => {
            "Incidents reported in the period, by what became of the clocks of their agreement. A clock that passed a target once is late, whatever target came after it. A clock that still runs in time is not decided and not counted, nor is what was cancelled. The share is of those decided."
        }
        Name::Times => {
            "Incidents reported in the period, and how long after the report each moment came. The median is the value that half do not pass, the 90 per cent are the value that nine in ten do not pass; both are values that were measured. Business time is what the clocks of the agreement counted, without nights, holidays and waits."
        }
        Name::Backlog => {
            "What was open at the end of each day, what came and what went. An incident that was opened again comes again. Age is counted in days of 24 hours since the report, at the end of the period or now."
        }
        Name::Arrivals => {
            "Incidents reported in the period by weekday and hour, where the clock on the wall stood. An hour that a change of clocks repeats holds both."
        }
        Name::Reopenings => {
            "Incidents reported in the period that were opened again after they were resolved."
        }
        Name::Hops => {
            "How often incidents reported in the period went from one team to another. A first assignment is no move."
        }
        Name::FirstContact => {
            "Of incidents that are over, those that one team solved with its first public answer at most, and that were not opened again. It is reckoned, nobody clicks it."
        }
        Name::Workload => {
            "Incidents reported in the period by who has them now, and the work recorded on them. It says who carries what, not who is good."
        }
        Name::OnCall => {
            "Pages sent in the period. Night is from 22:00 to 06:00 in the time zone of the report. Answered is the time from the page to its acknowledgement."
        }
        Name::Communication => {
            "Updates that were promised for major incidents: in time, or missed. What was due after the end was not needed."
        }
        Name::Downtime => {
            "Outages recorded for services in the period. Time that outages of one service share counts once. Available is the share of the period in which the service was there. Cost is what that time cost where an hour without the service is known to cost something."
        }
        Name::Satisfaction => {
            "What requesters say of incidents that are over, from 1 to 5. 1 and 2 are low scores."
        }
    }
}

/// What lines are of.
pub(super) const fn by_word(by: By) -> &'static str {
    match by {
        By::All => "Everything",
        By::Priority => "Priority",
        By::Team => "Team",
        By::Service => "Service",
        By::Organisation => "Organisation",
        By::Category => "Category",
        By::Agreement => "Agreement and priority",
        By::Person => "Person",
        By::Week => "Week",
        By::Month => "Month",
    }
}

/// A figure as people read it.
pub(super) fn figure(value: Option<f64>, unit: Unit) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match unit {
        Unit::Count => format!("{value:.0}"),
        Unit::Share => share(value),
        Unit::Seconds => time::duration(value as i64),
        Unit::Number => format!("{value:.1}"),
        Unit::Amount => kernel::grouped(value.round() as i64),
    }
}

/// "97.6%"; all of them is "100%", and only all of them is.
pub(super) fn share(value: f64) -> String {
    let per_cent = value * 100.0;
    let told = if value < 1.0 { per_cent.min(99.9) } else { per_cent };
    if told == 100.0 { "100%".to_owned() } else { format!("{told:.1}%") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_their_unit() {
        for (value, unit, words) in [
            (Some(12.0), Unit::Count, "12"),
            (Some(0.976), Unit::Share, "97.6%"),
            (Some(1.0), Unit::Share, "100%"),
            (Some(0.999_99), Unit::Share, "99.9%"),
            (Some(0.0), Unit::Share, "0.0%"),
            (Some(11_520.0), Unit::Seconds, "3 h 12 m"),
            (Some(1.24), Unit::Number, "1.2"),
            (Some(12_399.6), Unit::Amount, "12,400"),
            (None, Unit::Count, "–"),
        ] {
            assert_eq!(figure(value, unit), words);
        }
    }
}
