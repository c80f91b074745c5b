//! What the values of a measure are, for those who read them one by one.

use super::Measure;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Seconds.
    Seconds,
    /// 1 for yes, 0 for no.
    Whether,
    /// How many, or how much.
    Number,
    /// An instant, in microseconds since 1970.
    Moment,
}

impl Measure {
    /// What its values are.
    pub const fn holds(self) -> Holds {
        match self {
            Measure::Acknowledge
            | Measure::Respond
            | Measure::Mitigate
            | Measure::Restore
            | Measure::Resolve
            | Measure::AcknowledgeBusiness
            | Measure::RespondBusiness
            | Measure::ResolveBusiness
            | Measure::Work
            | Measure::Answered => Holds::Seconds,
            Measure::AcknowledgeMet
            | Measure::ResponseMet
            | Measure::UpdateMet
            | Measure::ResolutionMet
            | Measure::FirstContact
            | Measure::Open
            | Measure::Resolved
            | Measure::Rated
            | Measure::Low
            | Measure::Confirmed
            | Measure::Night => Holds::Whether,
            Measure::Hops
            | Measure::Reopenings
            | Measure::UpdatesKept
            | Measure::UpdatesMissed
            | Measure::Rating
            | Measure::CostPerHour => Holds::Number,
            Measure::Began | Measure::Ended => Holds::Moment,
        }
    }
}
