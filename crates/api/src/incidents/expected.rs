//! When service is expected back.

use super::view::Shown;
use desk::expected::{Likely, Outlook};
use incident::Access;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// When service is expected back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Expected {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Not before.
    #[schema(value_type = Option<String>, format = DateTime)]
    low: Option<Timestamp>,
    /// Most likely not after.
    #[schema(value_type = Option<String>, format = DateTime)]
    high: Option<Timestamp>,
    /// Where it is from: `said` by a person, `promised` to one, or the organisation's own
    /// `history`, of which one in two ends by `at` and about four in five between `low` and `high`.
    source: &'static str,
    /// From the history: how many incidents were like it. Internal.
    cases: Option<usize>,
    /// From the history: how likely its resolution comes after it is due, 0 to 1. Internal.
    late: Option<f64>,
}

impl Expected {
    /// What somebody may see of it.
    pub(super) fn shown(shown: &Shown<'_>) -> Option<Self> {
        let of =
            |at, low, high, source| Expected { at, low, high, source, cases: None, late: None };
        if let Some(said) = shown.state.expected {
            return Some(of(said.at, said.low, said.high, "said"));
        }
        match shown.outlook? {
            Outlook::Said(said) => Some(of(said.at, said.low, said.high, "said")),
            // To others it is among the promises, as far as they may see them.
            Outlook::Promised(at) if shown.access == Access::Full => {
                Some(of(*at, None, None, "promised"))
            }
            Outlook::Promised(_) | Outlook::Unknown => None,
            Outlook::Likely(likely) if shown.access == Access::Full => Some(Expected::of(likely)),
            Outlook::Likely(likely) => Some(of(likely.told(&TimeZone::UTC), None, None, "history")),
        }
    }

    fn of(likely: &Likely) -> Self {
        Expected {
            at: likely.at,
            low: Some(likely.low),
            high: Some(likely.high),
            source: "history",
            cases: Some(likely.basis.cases),
            late: likely.late.map(|late| f64::from(late) / 1_000.0),
        }
    }
}
