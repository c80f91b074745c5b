//! How fast a message must come: whoever is slow on purpose must not hold room for long.

use crate::room::SMALL_BYTES;
use std::time::Duration;
use tokio::time::Instant;

/// How long the next piece of a message may take: what the standard asks for.
const PIECE_WITHIN: Duration = Duration::from_secs(180);
/// How long a whole message may take.
const MESSAGE_WITHIN: Duration = Duration::from_secs(1_800);
/// How long so many bytes of a message that takes room may take: slower lines than any in use.
const STRETCH_WITHIN: Duration = Duration::from_secs(60);
const STRETCH_BYTES: usize = 1_048_576;

/// The pace of a message that comes.
pub(crate) struct Pace {
    whole_until: Instant,
    piece_until: Instant,
    /// Until when the next stretch must have come, and at how many bytes it began.
    stretch: Option<(Instant, usize)>,
}

impl Pace {
    /// It begins to come.
    pub(crate) fn start(now: Instant) -> Pace {
        Pace { whole_until: now + MESSAGE_WITHIN, piece_until: now + PIECE_WITHIN, stretch: None }
    }

    /// Until when the next piece must come.
    pub(crate) fn until(&self) -> Instant {
        let until = self.whole_until.min(self.piece_until);
        self.stretch.map_or(until, |(stretch, _)| stretch.min(until))
    }

    /// So many bytes have come by now.
    pub(crate) fn came(&mut self, now: Instant, bytes: usize) {
        self.piece_until = now + PIECE_WITHIN;
        let is_over = |(_, from): (Instant, usize)| bytes >= from + STRETCH_BYTES;
        if bytes > SMALL_BYTES && self.stretch.is_none_or(is_over) {
            self.stretch = Some((now + STRETCH_WITHIN, bytes));
        }
    }

    /// So long it was waited for us, not for them.
    pub(crate) fn waited(&mut self, waited: Duration) {
        self.whole_until += waited;
        self.piece_until += waited;
        if let Some((until, _)) = &mut self.stretch {
            *until += waited;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many seconds somebody can go on who brings so many bytes every so many seconds.
    fn lasts(bytes: usize, every: u64) -> u64 {
        let start = Instant::now();
        let (mut pace, mut seconds, mut come) = (Pace::start(start), 0, 0);
        while start + Duration::from_secs(seconds + every) < pace.until() {
            seconds += every;
            come += bytes;
            pace.came(start + Duration::from_secs(seconds), come);
        }
        seconds
    }

    #[test]
    fn whoever_holds_room_must_bring_something_for_it() {
        assert!(lasts(0, 200) < 180, "nothing comes");
        assert!(lasts(10, 100) > 1_500, "little comes, and holds no room");
        assert!(lasts(SMALL_BYTES + 1, 59) < 180, "it holds room");
        assert!(lasts(300_000, 10) > 1_500, "a slow line");
        let mut pace = Pace::start(Instant::now());
        let until = pace.until();
        pace.waited(Duration::from_secs(20));
        assert_eq!(pace.until(), until + Duration::from_secs(20));
    }
}
