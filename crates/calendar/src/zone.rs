//! Time zones as stretches of constant difference between UTC and wall clock. The
//! zones are those built into the program, never the machine's, so that all nodes agree.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use kernel::time::MICROS_PER_SECOND;
use std::sync::LazyLock;

/// 2100-01-01T00:00:00Z; clock changes after it are not followed.
const LAST_SECOND: i64 = 4_102_444_800;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// From this instant on wall clock = UTC + `offset`, up to the next stretch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// Microseconds since 1970 in UTC.
    pub from: i64,
    /// Microseconds.
    pub offset: i64,
}

/// The zone of this name, in any letters.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok().filter(|zone| !zone.is_unknown())
}

/// All stretches in order; the first begins with time itself.
pub(crate) fn stretches(zone: &TimeZone) -> Vec<Stretch> {
    let micros = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * MICROS_PER_SECOND;
    let mut offset = micros(zone.to_offset(Timestamp::UNIX_EPOCH));
    let mut stretches = vec![Stretch { from: i64::MIN, offset }];
    let changes = zone
        .following(Timestamp::UNIX_EPOCH)
        .take_while(|change| change.timestamp().as_second() < LAST_SECOND);
    for change in changes {
        // Some changes only rename: summer time becomes the standard one, say.
        if micros(change.offset()) != offset {
            offset = micros(change.offset());
            stretches.push(Stretch { from: change.timestamp().as_microsecond(), offset });
        }
    }
    stretches
}
