//! Room for messages that arrive: however many are sent at once, through whichever doors, few
//! bytes are held, and nobody can have all the room.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Bytes of a message that need no room: connections are few enough.
pub(crate) const SMALL_BYTES: usize = 64 * 1_024;
/// Kibibytes of all messages that are held; while one is written, some of it exists twice.
const ALL_KIB: usize = 128 * 1_024;
/// Kibibytes of one share: larger than any message.
const SHARE_KIB: usize = ALL_KIB / 2;
/// Kibibytes of a share of strangers, whose messages are small: however many they bring, there is
/// room for those whose key is known.
const STRANGERS_KIB: usize = ALL_KIB / 16;
/// Kibibytes that are taken at once.
const STEP_KIB: usize = 64;
/// How long it is waited for room; then the sender is told to come back.
const WAIT: Duration = Duration::from_secs(20);

static ALL: Semaphore = Semaphore::const_new(ALL_KIB);

/// A share of the room, for one who brings messages.
#[derive(Clone)]
pub(crate) struct Room(Arc<Semaphore>);

/// Room that a message takes, until this goes.
#[derive(Default)]
pub(crate) struct Held {
    kib: usize,
    room: Option<(SemaphorePermit<'static>, OwnedSemaphorePermit)>,
}

impl Default for Room {
    fn default() -> Self {
        Room(Arc::new(Semaphore::new(SHARE_KIB)))
    }
}

impl Room {
    /// A share for those who are not known before their message was read.
    pub(crate) fn for_strangers() -> Room {
        Room(Arc::new(Semaphore::new(STRANGERS_KIB)))
    }

    /// Makes room for a message that has so many bytes by now; `false` when there is none for
    /// too long.
    pub(crate) async fn make(&self, held: &mut Held, bytes: usize) -> bool {
        if bytes <= SMALL_BYTES {
            return true;
        }
        let wanted = bytes.div_ceil(1_024).next_multiple_of(STEP_KIB);
        let more = wanted.saturating_sub(held.kib);
        let Ok(permits) = u32::try_from(more) else { return false };
        if more == 0 {
            return true;
        }
        let taken = tokio::time::timeout(WAIT, async {
            let share = self.0.clone().acquire_many_owned(permits).await.ok()?;
            Some((ALL.acquire_many(permits).await.ok()?, share))
        });
        let Ok(Some((all, share))) = taken.await else { return false };
        held.kib = wanted;
        match &mut held.room {
            None => held.room = Some((all, share)),
            Some(room) => {
                room.0.merge(all);
                room.1.merge(share);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn one_who_takes_much_leaves_room_for_others() {
        let (greedy, other) = (Room::default(), Room::default());
        let [mut first, mut second, mut third, mut fourth] = <[Held; 4]>::default();
        let most = SHARE_KIB * 1_024;
        assert_eq!(greedy.make(&mut first, most / 2).now_or_never(), Some(true));
        assert_eq!(greedy.make(&mut second, most / 2).now_or_never(), Some(true));
        assert_eq!(greedy.make(&mut third, SMALL_BYTES).now_or_never(), Some(true), "little");
        assert_eq!(greedy.make(&mut third, SMALL_BYTES + 1).now_or_never(), None, "it waits");
        for bytes in [1, SMALL_BYTES, SMALL_BYTES + 1, 1_048_576, 36 * 1_048_576] {
            assert_eq!(other.make(&mut fourth, bytes).now_or_never(), Some(true), "{bytes}");
        }
        let (strangers, mut fifth) = (Room::for_strangers(), Held::default());
        let most = STRANGERS_KIB * 1_024;
        assert_eq!(strangers.make(&mut fifth, most).now_or_never(), Some(true));
        let mut sixth = Held::default();
        assert_eq!(strangers.make(&mut sixth, 1_048_576).now_or_never(), None, "no more of all");
        drop(second);
        assert_eq!(greedy.make(&mut third, 1_048_576).now_or_never(), Some(true), "free again");
    }
}
