//! The tamper-evident chain over the timeline. Each event is sealed with a
//! digest of the event before it (in feed order), its own columns, and the
//! salted digests of the words it brought. Erasing words keeps their digest and
//! forgets the salt, so the chain still holds and the words cannot be guessed back.

use kernel::IncidentNumber;
use sha2::{Digest, Sha256};

/// One event as it is sealed and stored.
pub(crate) struct Sealable<'a> {
    pub(crate) seq: i64,
    pub(crate) number: IncidentNumber,
    pub(crate) n: u32,
    pub(crate) kind: &'a str,
    pub(crate) version: u32,
    pub(crate) at: i64,
    pub(crate) happened_at: i64,
    pub(crate) actor_kind: &'a str,
    pub(crate) actor_id: &'a str,
    pub(crate) actor_name: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) cause: &'a str,
    pub(crate) batch: &'a str,
    pub(crate) data: &'a str,
    pub(crate) public: bool,
}

/// The seal of an event: digest over the previous seal, the event and the
/// digests of its contents, in order of their ids.
pub(crate) fn seal(previous: &[u8], event: &Sealable<'_>, content_digests: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    put(&mut hash, previous);
    for number in [
        event.seq,
        event.number.0,
        i64::from(event.n),
        i64::from(event.version),
        event.at,
        event.happened_at,
        i64::from(event.public),
    ] {
        hash.update(number.to_be_bytes());
    }
    let texts = [
        event.kind,
        event.actor_kind,
        event.actor_id,
        event.actor_name,
        event.channel,
        event.cause,
        event.batch,
        event.data,
    ];
    for text in texts {
        put(&mut hash, text.as_bytes());
    }
    for digest in content_digests {
        put(&mut hash, digest);
    }
    hash.finalize().to_vec()
}

/// The digest of words: over salt and text.
pub(crate) fn content_digest(salt: &[u8], body: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    put(&mut hash, salt);
    put(&mut hash, body.as_bytes());
    hash.finalize().to_vec()
}

/// Length first, so that two fields can never be read as another pair.
fn put(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
