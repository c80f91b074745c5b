//! Links in mails that do something without a login: once, for a time, and only when
//! somebody presses a button; looking at the page changes nothing.

use super::{Seals, hex, unhex};
use kernel::{IncidentNumber, PersonId, ReportId, Timestamp};
use uuid::Uuid;

/// Bytes of the seal of a link.
const SEAL_BYTES: usize = 16;
/// Bytes of what it says.
const DATA_BYTES: usize = 1 + 8 + 16 + 4 + 8;

/// Bytes of what a link that ends following says.
const UNFOLLOW_BYTES: usize = 8 + 16 + 8;

/// A link by which somebody says whether an incident is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The incident.
    pub number: IncidentNumber,
    /// Who got it.
    pub person: PersonId,
    /// How often the incident had been reopened then: an answer is to that resolution only.
    pub reopenings: u32,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// A link by which somebody stops following an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfollow {
    /// The incident.
    pub number: IncidentNumber,
    /// Who follows it.
    pub person: PersonId,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// Bytes of what a link that ends letters with collected news says.
const UNCOLLECT_BYTES: usize = 16 + 8;

/// A link by which somebody gets no more letters with collected news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncollect {
    /// Who gets them.
    pub person: PersonId,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// Bytes of what a link that ends letters with a report says.
const UNMAIL_BYTES: usize = 16 + 16 + 8;

/// A link by which somebody gets a report no more by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmail {
    /// Who gets it.
    pub person: PersonId,
    /// What was arranged.
    pub report: ReportId,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// Why a link cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// This instance did not make it, or it was cut on its way.
    NotOurs,
    /// Its time is over.
    Expired,
}

impl Seals {
    /// The token of a link, for `/a/{token}`.
    pub fn link(&self, link: &Link) -> String {
        let data = data(link);
        format!("{}{}", hex(&data), self.seal::<SEAL_BYTES>("link", &data))
    }

    /// What a token says, at an instant.
    ///
    /// # Errors
    ///
    /// [`Unusable`], with the reason that somebody can be told.
    pub fn read_link(&self, token: &str, now: Timestamp) -> Result<Link, Unusable> {
        let split = token.split_at_checked(2 * DATA_BYTES).ok_or(Unusable::NotOurs)?;
        let data = unhex(split.0).ok_or(Unusable::NotOurs)?;
        if !self.fits::<SEAL_BYTES>("link", &data, split.1) {
            return Err(Unusable::NotOurs);
        }
        let link = read(&data).ok_or(Unusable::NotOurs)?;
        if now > link.until { Err(Unusable::Expired) } else { Ok(link) }
    }
}

impl Seals {
    /// The token of a link that ends following, for `/u/{token}`.
    pub fn unfollow(&self, link: &Unfollow) -> String {
        let mut data = link.number.0.to_be_bytes().to_vec();
        data.extend(link.person.0.as_bytes());
        data.extend(link.until.micros().to_be_bytes());
        format!("{}{}", hex(&data), self.seal::<SEAL_BYTES>("unfollow", &data))
    }

    /// What such a token says, at an instant.
    ///
    /// # Errors
    ///
    /// [`Unusable`], with the reason that somebody can be told.
    pub fn read_unfollow(&self, token: &str, now: Timestamp) -> Result<Unfollow, Unusable> {
        let split = token.split_at_checked(2 * UNFOLLOW_BYTES).ok_or(Unusable::NotOurs)?;
        let data = unhex(split.0).ok_or(Unusable::NotOurs)?;
        if !self.fits::<SEAL_BYTES>("unfollow", &data, split.1) {
            return Err(Unusable::NotOurs);
        }
        let link = read_unfollow(&data).ok_or(Unusable::NotOurs)?;
        if now > link.until { Err(Unusable::Expired) } else { Ok(link) }
    }
}

impl Seals {
    /// The token of a link that ends letters with collected news, for `/u/{token}`.
    pub fn uncollect(&self, link: &Uncollect) -> String {
        let mut data = link.person.0.as_bytes().to_vec();
        data.extend(link.until.micros().to_be_bytes());
        format!("{}{}", hex(&data), self.seal::<SEAL_BYTES>("uncollect", &data))
    }

    /// What such a token says, at an instant.
    ///
    /// # Errors
    ///
    /// [`Unusable`], with the reason that somebody can be told.
    pub fn read_uncollect(&self, token: &str, now: Timestamp) -> Result<Uncollect, Unusable> {
        let split = token.split_at_checked(2 * UNCOLLECT_BYTES).ok_or(Unusable::NotOurs)?;
        let data = unhex(split.0).ok_or(Unusable::NotOurs)?;
        if !self.fits::<SEAL_BYTES>("uncollect", &data, split.1) {
            return Err(Unusable::NotOurs);
        }
        let link = read_uncollect(&data).ok_or(Unusable::NotOurs)?;
        if now > link.until { Err(Unusable::Expired) } else { Ok(link) }
    }
}

impl Seals {
    /// The token of a link that ends letters with a report, for `/u/{token}`.
    pub fn unmail(&self, link: &Unmail) -> String {
        let mut data = link.person.0.as_bytes().to_vec();
        data.extend(link.report.0.as_bytes());
        data.extend(link.until.micros().to_be_bytes());
        format!("{}{}", hex(&data), self.seal::<SEAL_BYTES>("unmail", &data))
    }

    /// What such a token says, at an instant.
    ///
    /// # Errors
    ///
    /// [`Unusable`], with the reason that somebody can be told.
    pub fn read_unmail(&self, token: &str, now: Timestamp) -> Result<Unmail, Unusable> {
        let split = token.split_at_checked(2 * UNMAIL_BYTES).ok_or(Unusable::NotOurs)?;
        let data = unhex(split.0).ok_or(Unusable::NotOurs)?;
        if !self.fits::<SEAL_BYTES>("unmail", &data, split.1) {
            return Err(Unusable::NotOurs);
        }
        let link = read_unmail(&data).ok_or(Unusable::NotOurs)?;
        if now > link.until { Err(Unusable::Expired) } else { Ok(link) }
    }
}

fn read_unmail(data: &[u8]) -> Option<Unmail> {
    let (person, rest) = data.split_first_chunk()?;
    let (report, rest) = rest.split_first_chunk()?;
    let until: &[u8; 8] = rest.try_into().ok()?;
    Some(Unmail {
        person: PersonId(Uuid::from_bytes(*person)),
        report: ReportId(Uuid::from_bytes(*report)),
        until: Timestamp::from_micros(i64::from_be_bytes(*until)),
    })
}

fn read_uncollect(data: &[u8]) -> Option<Uncollect> {
    let (person, rest) = data.split_first_chunk()?;
    let until: &[u8; 8] = rest.try_into().ok()?;
    Some(Uncollect {
        person: PersonId(Uuid::from_bytes(*person)),
        until: Timestamp::from_micros(i64::from_be_bytes(*until)),
    })
}

fn read_unfollow(data: &[u8]) -> Option<Unfollow> {
    let (number, rest) = data.split_first_chunk()?;
    let (person, rest) = rest.split_first_chunk()?;
    let until: &[u8; 8] = rest.try_into().ok()?;
    Some(Unfollow {
        number: IncidentNumber(i64::from_be_bytes(*number)),
        person: PersonId(Uuid::from_bytes(*person)),
        until: Timestamp::from_micros(i64::from_be_bytes(*until)),
    })
}

fn data(link: &Link) -> Vec<u8> {
    let mut data = vec![KIND];
    data.extend(link.number.0.to_be_bytes());
    data.extend(link.person.0.as_bytes());
    data.extend(link.reopenings.to_be_bytes());
    data.extend(link.until.micros().to_be_bytes());
    data
}

/// What kind of link it is; others may come.
const KIND: u8 = 1;

fn read(data: &[u8]) -> Option<Link> {
    let (kind, rest) = data.split_first()?;
    let (number, rest) = rest.split_first_chunk()?;
    let (person, rest) = rest.split_first_chunk()?;
    let (reopenings, rest) = rest.split_first_chunk()?;
    let until: &[u8; 8] = rest.try_into().ok()?;
    (*kind == KIND).then(|| Link {
        number: IncidentNumber(i64::from_be_bytes(*number)),
        person: PersonId(Uuid::from_bytes(*person)),
        reopenings: u32::from_be_bytes(*reopenings),
        until: Timestamp::from_micros(i64::from_be_bytes(*until)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_was_put_in_until_its_time_is_over() {
        let (seals, now) = (Seals::of([7; 32]), Timestamp::from_micros(1_795_435_920_000_000));
        let link = Link {
            number: IncidentNumber(7),
            person: PersonId(Uuid::from_u128(42)),
            reopenings: 2,
            until: now.plus_seconds(60),
        };
        let token = seals.link(&link);
        assert_eq!(seals.read_link(&token, now), Ok(link));
        assert_eq!(seals.read_link(&token, now.plus_seconds(61)), Err(Unusable::Expired));
        assert_eq!(Seals::of([8; 32]).read_link(&token, now), Err(Unusable::NotOurs));
        let cut = &token[..token.len() - 1];
        let changed = format!("02{}", &token[2..]);
        for other in [cut, &changed, "", "zz", "ü", &"ü".repeat(60), &"0".repeat(400)] {
            assert_eq!(seals.read_link(other, now), Err(Unusable::NotOurs), "{other}");
        }
    }

    #[test]
    fn a_link_that_ends_following_is_no_link_that_does_anything_else() {
        let (seals, now) = (Seals::of([7; 32]), Timestamp::from_micros(1_795_435_920_000_000));
        let person = PersonId(Uuid::from_u128(42));
        let link = Unfollow { number: IncidentNumber(7), person, until: now };
        let token = seals.unfollow(&link);
        assert_eq!(seals.read_unfollow(&token, now), Ok(link));
        assert_eq!(seals.read_unfollow(&token, now.plus_seconds(1)), Err(Unusable::Expired));
        assert_eq!(seals.read_link(&token, now), Err(Unusable::NotOurs));
        assert_eq!(seals.read_uncollect(&token, now), Err(Unusable::NotOurs));
        let all = Uncollect { person, until: now };
        let all_token = seals.uncollect(&all);
        assert_eq!(seals.read_uncollect(&all_token, now), Ok(all));
        assert_eq!(seals.read_uncollect(&all_token, now.plus_seconds(1)), Err(Unusable::Expired));
        assert_eq!(seals.read_unfollow(&all_token, now), Err(Unusable::NotOurs));
        let mailed = Unmail { person, report: ReportId(Uuid::from_u128(7)), until: now };
        let mailed_token = seals.unmail(&mailed);
        assert_eq!(seals.read_unmail(&mailed_token, now), Ok(mailed));
        let later = now.plus_seconds(1);
        assert_eq!(seals.read_unmail(&mailed_token, later), Err(Unusable::Expired));
        assert_eq!(seals.read_unmail(&all_token, now), Err(Unusable::NotOurs));
        assert_eq!(seals.read_uncollect(&mailed_token, now), Err(Unusable::NotOurs));
        assert_eq!(Seals::of([8; 32]).read_unfollow(&token, now), Err(Unusable::NotOurs));
        for other in [&token[1..], "", "ü", &"0".repeat(400)] {
            assert_eq!(seals.read_unfollow(other, now), Err(Unusable::NotOurs), "{other}");
        }
    }
}
