//! By what times are compared.

use serde::{Deserialize, Serialize};

const MINUTE_SECONDS: f32 = 60.0;

/// Whether differences of long times count, or those of short ones as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Scale {
    Seconds,
    Root,
    Log,
}

impl Scale {
    pub(super) const ALL: [Scale; 3] = [Scale::Seconds, Scale::Root, Scale::Log];

    pub(super) fn of(self, seconds: f32) -> f32 {
        match self {
            Scale::Seconds => seconds,
            Scale::Root => seconds.sqrt(),
            // Minutes, as a second does not matter to anybody.
            Scale::Log => (seconds / MINUTE_SECONDS).ln_1p(),
        }
    }

    /// Back to seconds; never less than none.
    pub(super) fn back(self, scaled: f32) -> f32 {
        let scaled = scaled.max(0.0);
        match self {
            Scale::Seconds => scaled,
            Scale::Root => scaled * scaled,
            Scale::Log => scaled.exp_m1() * MINUTE_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for scale in Scale::ALL {
            for seconds in [0.0_f32, 59.0, 3_600.0, 8_640_000.0] {
                let again = scale.back(scale.of(seconds));
                assert!((again - seconds).abs() <= seconds * 1e-4, "{scale:?} {seconds} {again}");
            }
            assert_eq!(scale.back(-1.0), 0.0);
        }
    }
}
