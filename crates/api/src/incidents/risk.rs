//! What waiting costs, as answers show it.

use serde::Serialize;
use utoipa::ToSchema;

/// What half an hour of waiting costs. From 50 on it certainly breaks a promise or lets
/// a P1 or P2 interruption go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Risk {
    #[schema(minimum = 0, maximum = 100)]
    value: u8,
    /// What it is made of, the largest first; their points add up to the value.
    parts: Vec<RiskPart>,
}

/// A part of a risk.
#[derive(Debug, Serialize, ToSchema)]
struct RiskPart {
    /// `service`, a kind of clock, `next_update`, `hold_end`, `expected`, `major` or `untaken`.
    name: &'static str,
    #[schema(minimum = 1, maximum = 100)]
    points: u8,
    /// In words.
    #[schema(example = "response due in 4 m")]
    why: String,
}

impl Risk {
    pub(crate) fn of(risk: &insight::Risk) -> Self {
        let part = |part: &insight::Part| RiskPart {
            name: part.name,
            points: part.points,
            why: part.why.clone(),
        };
        Risk { value: risk.value, parts: risk.parts.iter().map(part).collect() }
    }
}
