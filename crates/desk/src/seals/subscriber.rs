//! What subscribers of the status page carry: links of letters, the challenge of a program, and
//! message ids by which letters that come back are known. Nothing of it is stored: whoever reads
//! the database finds no link that could be used.

use super::{Seals, hex, unhex};
use kernel::{ListId, SubscriberId, Timestamp};
use uuid::Uuid;

/// Bytes of the seal of a link.
const SEAL_BYTES: usize = 16;
/// Bytes of the seal in a message id.
const ID_BYTES: usize = 8;
/// Bytes of an id.
const UUID_BYTES: usize = 16;
/// What a link that takes an address off a list is sealed for.
const LISTED: &str = "listed-address";
/// Bytes of what a link to confirm says.
const ASKING_BYTES: usize = UUID_BYTES + 8;

/// One asking to subscribe: a link to confirm is of one asking, and later ones replace it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// Who asks.
    pub subscriber: SubscriberId,
    /// When.
    pub at: Timestamp,
}

/// What the message id of a letter to somebody outside says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutsideMessage {
    /// The letter.
    pub letter: i64,
    /// When it was asked for: letters of before a restore may have had its id, too.
    pub asked_at: Timestamp,
}

impl Seals {
    /// The token by which an asking is confirmed.
    pub fn asking(&self, asking: &Asking) -> String {
        self.sealed_asking("subscriber-asking", asking)
    }

    /// What such a token says; `None` when it is not ours. Whether its time is over is known to
    /// whoever stored the asking.
    pub fn read_asking(&self, token: &str) -> Option<Asking> {
        let (data, seal) = token.split_at_checked(2 * ASKING_BYTES)?;
        let data = unhex(data)?;
        self.fits::<SEAL_BYTES>("subscriber-asking", &data, seal).then_some(())?;
        let (id, at) = data.split_first_chunk::<UUID_BYTES>()?;
        let at: &[u8; 8] = at.try_into().ok()?;
        Some(Asking {
            subscriber: SubscriberId(Uuid::from_bytes(*id)),
            at: Timestamp::from_micros(i64::from_be_bytes(*at)),
        })
    }

    /// What a program has to repeat to show that it wants to hear.
    pub fn challenge(&self, asking: &Asking) -> String {
        self.sealed_asking("subscriber-challenge", asking)
    }

    fn sealed_asking(&self, purpose: &str, asking: &Asking) -> String {
        let mut data = asking.subscriber.0.as_bytes().to_vec();
        data.extend(asking.at.micros().to_be_bytes());
        format!("{}{}", hex(&data), self.seal::<SEAL_BYTES>(purpose, &data))
    }

    /// The token by which a subscriber changes or ends the subscription: as long as it has one,
    /// since letters are kept.
    pub fn subscription(&self, subscriber: SubscriberId) -> String {
        let data = subscriber.0.as_bytes();
        format!("{}{}", hex(data), self.seal::<SEAL_BYTES>("subscription", data))
    }

    /// Whose subscription a token is for; `None` when it is not ours.
    pub fn read_subscription(&self, token: &str) -> Option<SubscriberId> {
        let (data, seal) = token.split_at_checked(2 * UUID_BYTES)?;
        let data = unhex(data)?;
        self.fits::<SEAL_BYTES>("subscription", &data, seal).then_some(())?;
        let id: [u8; UUID_BYTES] = data.try_into().ok()?;
        Some(SubscriberId(Uuid::from_bytes(id)))
    }

    /// The token by which an address is taken off a list. It names the list and seals the address,
    /// so that whoever is on it can be found and nobody else.
    pub fn listed(&self, list: ListId, address: &str) -> String {
        let data = listed(list, address);
        format!("{}{}", hex(list.0.as_bytes()), self.seal::<SEAL_BYTES>(LISTED, &data))
    }

    /// The list that such a token names. Whether it is ours is known with the address alone.
    pub fn read_list(&self, token: &str) -> Option<ListId> {
        let (list, seal) = token.split_at_checked(2 * UUID_BYTES)?;
        (seal.len() == 2 * SEAL_BYTES).then_some(())?;
        let id: [u8; UUID_BYTES] = unhex(list)?.try_into().ok()?;
        Some(ListId(Uuid::from_bytes(id)))
    }

    /// Whether a token takes this address off this list.
    pub fn is_listed(&self, token: &str, list: ListId, address: &str) -> bool {
        let Some((_, seal)) = token.split_at_checked(2 * UUID_BYTES) else { return false };
        self.read_list(token) == Some(list)
            && self.fits::<SEAL_BYTES>(LISTED, &listed(list, address), seal)
    }

    /// The message id of a letter to somebody outside, without angle brackets: the same at each
    /// attempt, and none by which an answer would find an incident.
    pub fn outside_message_id(&self, of: OutsideMessage, domain: &str) -> String {
        let local = format!("{}.{}", of.letter, of.asked_at.micros());
        format!("eko.{local}.{}@{domain}", self.seal::<ID_BYTES>("outside", local.as_bytes()))
    }

    /// What such a message id says, whatever its domain; `None` when it is not ours.
    pub fn own_outside_message(&self, id: &str) -> Option<OutsideMessage> {
        let id = id.trim().trim_start_matches('<').trim_end_matches('>');
        let (local, _) = id.split_once('@')?;
        let (data, seal) = local.strip_prefix("eko.")?.rsplit_once('.')?;
        self.fits::<ID_BYTES>("outside", data.as_bytes(), seal).then_some(())?;
        let (letter, asked_at) = data.split_once('.')?;
        Some(OutsideMessage {
            letter: letter.parse().ok()?,
            asked_at: Timestamp::from_micros(asked_at.parse().ok()?),
        })
    }
}

fn listed(list: ListId, address: &str) -> Vec<u8> {
    [list.0.as_bytes().as_slice(), address.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking() -> Asking {
        Asking {
            subscriber: SubscriberId(Uuid::from_u128(7)),
            at: Timestamp::from_micros(1_795_435_920_000_000),
        }
    }

    #[test]
    fn what_was_sealed_is_read_again_and_nothing_else() {
        let seals = Seals::of([1; 32]);
        let token = seals.asking(&asking());
        assert_eq!(seals.read_asking(&token), Some(asking()));
        assert_eq!(Seals::of([2; 32]).read_asking(&token), None, "of another instance");
        assert_eq!(seals.read_asking(&seals.challenge(&asking())), None, "for another purpose");
        for wrong in ["", "00", "zz", &token[1..], &format!("{token}0"), "é".repeat(60).as_str()] {
            assert_eq!(seals.read_asking(wrong), None, "{wrong}");
            assert_eq!(seals.read_subscription(wrong), None, "{wrong}");
        }
        let id = asking().subscriber;
        assert_eq!(seals.read_subscription(&seals.subscription(id)), Some(id));
    }

    #[test]
    fn a_link_off_a_list_is_of_one_list_and_one_address() {
        let (seals, list) = (Seals::of([1; 32]), ListId(Uuid::from_u128(3)));
        let token = seals.listed(list, "board@a.example");
        assert_eq!(seals.read_list(&token), Some(list));
        assert!(seals.is_listed(&token, list, "board@a.example"));
        assert!(!seals.is_listed(&token, list, "other@a.example"));
        assert!(!seals.is_listed(&token, ListId(Uuid::from_u128(4)), "board@a.example"));
        assert!(!Seals::of([2; 32]).is_listed(&token, list, "board@a.example"));
        assert_eq!(seals.read_subscription(&token), None, "it ends no subscription");
        let other = seals.subscription(SubscriberId(list.0));
        assert!(!seals.is_listed(&other, list, "board@a.example"));
        assert_eq!(seals.read_list(&token[..40]), None, "it was cut on its way");
        for wrong in ["", "zz", &token[..40], "é".repeat(60).as_str()] {
            assert!(!seals.is_listed(wrong, list, "board@a.example"), "{wrong}");
        }
    }

    #[test]
    fn message_ids_are_known_again_and_are_no_incidents() {
        let seals = Seals::of([1; 32]);
        let of = OutsideMessage { letter: 12, asked_at: asking().at };
        let id = seals.outside_message_id(of, "help.example");
        assert_eq!(seals.own_outside_message(&format!("<{id}>")), Some(of));
        assert_eq!(seals.own_message(&id), None);
        assert_eq!(seals.own_outside_message(&id.replacen("12", "13", 1)), None);
    }
}
