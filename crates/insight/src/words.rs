//! Why, as a person says it. Instants are told by how far away they are, so the
//! words need no time zone.

use incident::Policy;
use incident::clocks::ClockKind;
use kernel::{Level, Priority, ServiceId};

/// Why something is lost. Seconds count from now; negative ones have passed.
#[derive(Debug, Clone)]
pub(crate) enum Why {
    Due { kind: ClockKind, seconds: i64 },
    Over { kind: ClockKind, seconds: i64 },
    Paused { kind: ClockKind, seconds: i64 },
    Service { service: Option<ServiceId>, impact: Level, people: u32, down: Option<Priority> },
    NextUpdate(i64),
    HoldEnds(i64),
    Expected(i64),
    Major,
    Untaken,
}

impl Why {
    /// The name of the part.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Why::Due { kind, .. } | Why::Over { kind, .. } | Why::Paused { kind, .. } => {
                kind.as_str()
            }
            Why::Service { .. } => "service",
            Why::NextUpdate(_) => "next_update",
            Why::HoldEnds(_) => "hold_end",
            Why::Expected(_) => "expected",
            Why::Major => "major",
            Why::Untaken => "untaken",
        }
    }
}

/// The reason as a sentence without a full stop.
pub(crate) fn say(why: &Why, policy: &Policy) -> String {
    match why {
        Why::Due { kind, seconds } => format!("{} due in {}", name(*kind), duration(*seconds)),
        Why::Over { kind, seconds } => format!("{} {} over", name(*kind), duration(*seconds)),
        Why::Paused { kind, seconds } => {
            format!("{} paused with {} left", name(*kind), duration(*seconds))
        }
        Why::Service { service, impact, people, down } => {
            interruption(*service, *impact, *people, *down, policy)
        }
        Why::NextUpdate(seconds @ 0..) => format!("update promised in {}", duration(*seconds)),
        Why::NextUpdate(seconds) => format!("promised update {} late", duration(-seconds)),
        Why::HoldEnds(seconds @ 0..) => format!("hold ends in {}", duration(*seconds)),
        Why::HoldEnds(seconds) => format!("hold ended {} ago", duration(-seconds)),
        Why::Expected(seconds @ 0..) => {
            format!("people expect it back in {}", duration(*seconds))
        }
        Why::Expected(seconds) => {
            format!("people expected it back {} ago", duration(-seconds))
        }
        Why::Major => "major incident".to_owned(),
        Why::Untaken => "nobody has taken it".to_owned(),
    }
}

/// "P1 goes on: Checkout (criticality 1), high impact, 40 people".
fn interruption(
    service: Option<ServiceId>,
    impact: Level,
    people: u32,
    down: Option<Priority>,
    policy: &Policy,
) -> String {
    let what = match service.map(|id| policy.services.get(&id)) {
        Some(Some(known)) => format!("{} (criticality {})", known.name, known.criticality),
        Some(None) => "a service out of use".to_owned(),
        None => "no service named".to_owned(),
    };
    let goes_on = down.map(|priority| format!("{priority} goes on: ")).unwrap_or_default();
    let many = if people > 1 { format!(", {people} people") } else { String::new() };
    format!("{goes_on}{what}, {} impact{many}", impact.word().to_lowercase())
}

fn name(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Acknowledge => "acknowledgement",
        ClockKind::Response => "response",
        ClockKind::Update => "update",
        ClockKind::Resolution => "resolution",
        ClockKind::Team => "the team's part",
        ClockKind::Vendor => "the supplier's part",
    }
}

/// "40 s", "4 m", "2 h 47 m", "3 d 4 h".
fn duration(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{} s", seconds.max(0)),
        (0, 0, minutes) => format!("{minutes} m"),
        (0, hours, minutes) if minutes % 60 == 0 => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {} m", minutes % 60),
        (days, hours, _) if hours % 24 == 0 => format!("{days} d"),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_their_units() {
        for (seconds, words) in [
            (-1, "0 s"),
            (40, "40 s"),
            (240, "4 m"),
            (10_020, "2 h 47 m"),
            (7_200, "2 h"),
            (273_600, "3 d 4 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }
}
