//! How somebody wants to be told: by which channels, when letters wait, and what cannot wait.
//! Pure: the instant and the zone are given.

use crate::effects::{Audience, DEVIATION};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use kernel::{Timestamp, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;
/// The last priority that does not wait for the end of quiet hours.
pub const URGENT: u8 = 2;
/// What gives somebody work: that of an urgent incident does not wait.
pub const GIVEN: [&str; 3] = ["reported", "assigned", "escalated"];
/// Words and files, of which a program may send any number: they are counted however urgent.
pub const COUNTED: [&str; 2] = ["commented", "attached"];

words! {
    /// What somebody is told, by why it concerns them.
    Group {
        /// It was given to them or their team.
        Assigned = "assigned",
        /// Somebody answered on what they have.
        Replies = "replies",
        /// Clocks and promises of what they have.
        Clocks = "clocks",
        /// News on what they follow.
        Followed = "followed",
        /// About what they reported.
        Reported = "reported",
    }
}

impl Group {
    /// Which group it is.
    pub fn of(word: &str, audience: &Audience) -> Group {
        match (audience, word) {
            (Audience::Requester(_), _) => Group::Reported,
            (Audience::Watchers | Audience::List(_) | Audience::Subscribers, _) => Group::Followed,
            (_, "commented" | "attached" | "disputed") => Group::Replies,
            (_, word) if word.starts_with("clock_") || word.starts_with("promise") => Group::Clocks,
            _ => Group::Assigned,
        }
    }
}

/// By which channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// By mail.
    pub mail: bool,
    /// In the product.
    pub inbox: bool,
    /// By push, to the browsers that they allowed it.
    #[serde(default)]
    pub push: bool,
}

impl Channels {
    /// By all of them.
    pub const ALL: Channels = Channels { mail: true, inbox: true, push: true };
    /// What somebody gets who said nothing. Push is for what cannot wait, until they want more.
    pub const USUAL: Channels = Channels { mail: true, inbox: true, push: false };

    /// Whether nothing is wanted at all.
    fn are_none(self) -> bool {
        !self.mail && !self.inbox && !self.push
    }
}

/// A time of day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minute(u16);

impl Minute {
    fn time(self) -> Time {
        Time::midnight()
            .saturating_add(jiff::Span::new().minutes(i64::from(self.0.min(DAY_MINUTES - 1))))
    }
}

impl std::fmt::Display for Minute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl std::str::FromStr for Minute {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        let wrong = || kernel::Invalid::new("must be a time such as 22:00");
        let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
        let number = |digits: &str| {
            let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| plain)
        };
        match (number(hours), number(minutes)) {
            (Some(hours @ 0..24), Some(minutes @ 0..60)) => Ok(Minute(hours * 60 + minutes)),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Minute {
    type Error = kernel::Invalid;

    fn try_from(text: String) -> Result<Self, kernel::Invalid> {
        text.parse()
    }
}

impl From<Minute> for String {
    fn from(minute: Minute) -> String {
        minute.to_string()
    }
}

/// Hours of each day in which letters and push wait; over midnight when they end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// From when.
    pub from: Minute,
    /// Until when.
    pub until: Minute,
}

/// When letters with news on what somebody follows leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum Digest {
    /// Each at once.
    #[default]
    Off,
    /// One letter each hour.
    Hour,
    /// One letter each day.
    Day {
        /// At which time.
        at: Minute,
    },
}

/// How somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// By which channels; a group that is not named by the usual ones.
    pub channels: BTreeMap<Group, Channels>,
    /// When letters and push wait.
    pub quiet: Option<Quiet>,
    /// How news on what they follow are collected.
    pub digest: Digest,
    /// Whether push says title and words: it is read by whoever holds the device, locked or not.
    pub push_words: bool,
}

/// Something to tell, as preferences look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter<'a> {
    /// What is told.
    pub word: &'a str,
    /// To whom.
    pub audience: &'a Audience,
    /// The incident's priority.
    pub priority: u8,
    /// Whether it is a major incident.
    pub major: bool,
    /// Whether it waits for its requester.
    pub waits_for_requester: bool,
}

impl Matter<'_> {
    /// Whether it does not wait for the end of quiet hours: urgent work that is given to
    /// somebody, what has been missed, and major incidents, also while it is to be decided
    /// whether it is one.
    pub fn cannot_wait(&self) -> bool {
        let given = matches!(self.audience, Audience::Person(_) | Audience::Team(_))
            && GIVEN.contains(&self.word);
        let missed = matches!(self.word, "clock_breached" | "promise_broken" | DEVIATION);
        let major = self.major || self.word == "major_proposed";
        major || missed || (given && self.priority <= URGENT)
    }

    /// Whether it leaves however many letters left lately: what cannot wait, but for words and
    /// files, of which a program may send any number.
    pub fn is_urgent(&self) -> bool {
        self.cannot_wait() && !COUNTED.contains(&self.word)
    }

    /// Whether its requester has to know: nothing goes on without their answer, or they say
    /// whether it works again.
    fn is_asked(&self) -> bool {
        matches!(self.audience, Audience::Requester(_))
            && (matches!(self.word, "resolved" | "put_on_hold" | "reminded")
                || self.word == "commented" && self.waits_for_requester)
    }
}

/// When a letter leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// At once.
    Now,
    /// At the end of quiet hours.
    AfterQuiet(Timestamp),
    /// With the others of its kind.
    WithDigest(Timestamp),
}

impl Preferences {
    /// By which channels somebody is told of a group, as they want it.
    pub fn wanted(&self, group: Group) -> Channels {
        self.channels.get(&group).copied().unwrap_or(Channels::USUAL)
    }

    /// By which channels somebody is told. Whoever wants to hear nothing about what they
    /// reported is asked all the same, because nothing goes on without their answer. What is
    /// urgent is pushed, too, unless they want to hear nothing of its kind.
    pub fn channels(&self, matter: &Matter) -> Channels {
        let wanted = self.wanted(Group::of(matter.word, matter.audience));
        let channels = match wanted.are_none() {
            true if matter.is_asked() => Channels::USUAL,
            _ => wanted,
        };
        let urgent = matter.is_urgent() && !channels.are_none();
        Channels { push: channels.push || urgent, ..channels }
    }

    /// When a push leaves: it collects nothing, but it keeps quiet hours.
    pub fn rings(&self, matter: &Matter, now: Timestamp, zone: &TimeZone) -> Leaves {
        let quiet = (!matter.cannot_wait()).then(|| self.quiet_until(now, zone)).flatten();
        quiet.map_or(Leaves::Now, Leaves::AfterQuiet)
    }

    /// When a letter leaves.
    pub fn leaves(&self, matter: &Matter, now: Timestamp, zone: &TimeZone) -> Leaves {
        if matter.cannot_wait() {
            return Leaves::Now;
        }
        if Group::of(matter.word, matter.audience) == Group::Followed
            && let Some(at) = self.digest.next(now, zone)
        {
            return Leaves::WithDigest(self.quiet_until(at, zone).unwrap_or(at));
        }
        self.quiet_until(now, zone).map_or(Leaves::Now, Leaves::AfterQuiet)
    }

    /// The end of the quiet hours that it is in, if it is.
    fn quiet_until(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let Quiet { from, until } = self.quiet?;
        let local = now.to_jiff().to_zoned(zone.clone());
        let minute = Minute(local.hour() as u16 * 60 + local.minute() as u16);
        let (quiet, tomorrow) = match from <= until {
            true => (from <= minute && minute < until, false),
            false => (minute >= from || minute < until, minute >= from),
        };
        let date = if tomorrow { local.date().tomorrow().ok()? } else { local.date() };
        let end = date.to_datetime(until.time()).to_zoned(zone.clone()).ok()?;
        let end = Timestamp::from_jiff(end.timestamp());
        (quiet && end > now).then_some(end)
    }
}

impl Digest {
    /// When the next letter leaves.
    fn next(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = now.to_jiff().to_zoned(zone.clone());
        match self {
            Digest::Off => None,
            Digest::Hour => {
                let into = i64::from(local.minute()) * 60 + i64::from(local.second());
                Some(now.plus_seconds(3_600 - into))
            }
            Digest::Day { at } => {
                let today = local.time() < at.time();
                let date = if today { local.date() } else { local.date().tomorrow().ok()? };
                let next = date.to_datetime(at.time()).to_zoned(zone.clone()).ok()?;
                Some(Timestamp::from_jiff(next.timestamp()).max(now))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::PersonId;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn minute(text: &str) -> Minute {
        text.parse().unwrap()
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    fn me() -> PersonId {
        PersonId(uuid::Uuid::from_u128(1))
    }

    fn matter<'a>(word: &'a str, audience: &'a Audience) -> Matter<'a> {
        Matter { word, audience, priority: 3, major: false, waits_for_requester: false }
    }

    #[test]
    fn times_of_day_are_read_and_written() {
        assert_eq!(minute("07:05").to_string(), "07:05");
        for wrong in ["24:00", "7:05", "07:60", "0705", "", "07:5", "+7:05", "ab:cd"] {
            assert!(wrong.parse::<Minute>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn letters_wait_for_the_end_of_quiet_hours_but_not_what_cannot_wait() {
        let quiet = Some(Quiet { from: minute("22:00"), until: minute("07:00") });
        let preferences = Preferences { quiet, ..Preferences::default() };
        let (mine, zone) = (Audience::Person(me()), zone());
        let leaves = |word, now| preferences.leaves(&matter(word, &mine), at(now), &zone);
        // 23:30 there.
        let night = "2026-11-23T22:30:00Z";
        let morning = Leaves::AfterQuiet(at("2026-11-24T06:00:00Z"));
        assert_eq!(leaves("commented", night), morning);
        assert_eq!(leaves("assigned", "2026-11-24T05:59:59Z"), morning);
        assert_eq!(leaves("assigned", "2026-11-24T06:00:00Z"), Leaves::Now);
        assert_eq!(leaves("clock_breached", night), Leaves::Now);
        let urgent = Matter { priority: 2, ..matter("assigned", &mine) };
        assert_eq!(preferences.leaves(&urgent, at(night), &zone), Leaves::Now);
        let major = Matter { major: true, ..matter("commented", &mine) };
        assert_eq!(preferences.leaves(&major, at(night), &zone), Leaves::Now);
        assert_eq!(leaves("major_proposed", night), Leaves::Now, "somebody has to decide");
    }

    #[test]
    fn words_on_a_major_incident_wait_for_nothing_but_are_counted() {
        let mine = Audience::Person(me());
        let major = |word| Matter { major: true, ..matter(word, &mine) };
        assert!(major("commented").cannot_wait() && !major("commented").is_urgent());
        assert!(major("resolved").is_urgent() && matter("clock_breached", &mine).is_urgent());
        assert!(!matter("assigned", &mine).is_urgent());
    }

    #[test]
    fn news_on_what_somebody_follows_is_collected() {
        let zone = zone();
        let leaves = |digest, now| {
            let preferences = Preferences { digest, ..Preferences::default() };
            preferences.leaves(&matter("commented", &Audience::Watchers), at(now), &zone)
        };
        let with = |text| Leaves::WithDigest(at(text));
        assert_eq!(leaves(Digest::Off, "2026-11-23T12:10:00Z"), Leaves::Now);
        assert_eq!(leaves(Digest::Hour, "2026-11-23T12:10:00Z"), with("2026-11-23T13:00:00Z"));
        let daily = Digest::Day { at: minute("08:00") };
        assert_eq!(leaves(daily, "2026-11-23T06:59:59Z"), with("2026-11-23T07:00:00Z"));
        assert_eq!(leaves(daily, "2026-11-23T07:00:00Z"), with("2026-11-24T07:00:00Z"));
    }

    #[test]
    fn a_requester_is_asked_even_when_they_want_to_hear_nothing() {
        let none = Channels { mail: false, inbox: false, push: false };
        let channels = BTreeMap::from([(Group::Reported, none)]);
        let preferences = Preferences { channels, ..Preferences::default() };
        let requester = Audience::Requester(me());
        assert_eq!(preferences.channels(&matter("resolved", &requester)), Channels::USUAL);
        assert_eq!(preferences.channels(&matter("commented", &requester)), none);
        let asked = Matter { waits_for_requester: true, ..matter("commented", &requester) };
        assert_eq!(preferences.channels(&asked), Channels::USUAL);
        let inbox = Channels { inbox: true, ..none };
        let channels = BTreeMap::from([(Group::Reported, inbox)]);
        let preferences = Preferences { channels, ..Preferences::default() };
        assert_eq!(preferences.channels(&matter("resolved", &requester)), inbox);
    }

    #[test]
    fn push_is_for_what_is_urgent_and_for_what_is_wanted() {
        let mine = Audience::Person(me());
        let silent = Channels { mail: false, inbox: false, push: false };
        let told = |channels, word| {
            let channels = BTreeMap::from([(Group::Clocks, channels), (Group::Replies, channels)]);
            let preferences = Preferences { channels, ..Preferences::default() };
            preferences.channels(&matter(word, &mine)).push
        };
        assert!(told(Channels::USUAL, "clock_breached") && !told(Channels::USUAL, "clock_warned"));
        assert!(told(Channels { push: true, ..silent }, "commented"));
        assert!(!told(silent, "clock_breached"), "whoever wants nothing gets nothing");
        // As it was stored before there was push.
        let stored: Channels = serde_json::from_str(r#"{"mail":true,"inbox":false}"#).unwrap();
        assert!(stored.mail && !stored.push);
    }

    #[test]
    fn push_waits_for_quiet_hours_but_for_no_digest() {
        let quiet = Some(Quiet { from: minute("22:00"), until: minute("07:00") });
        let preferences = Preferences { quiet, digest: Digest::Hour, ..Preferences::default() };
        let rings =
            |word, now| preferences.rings(&matter(word, &Audience::Watchers), at(now), &zone());
        assert_eq!(rings("commented", "2026-11-23T12:10:00Z"), Leaves::Now);
        let morning = Leaves::AfterQuiet(at("2026-11-24T06:00:00Z"));
        assert_eq!(rings("commented", "2026-11-23T22:30:00Z"), morning);
        assert_eq!(rings("clock_breached", "2026-11-23T22:30:00Z"), Leaves::Now);
    }

    proptest! {
        /// Letters never wait longer than a day for quiet hours, and never end within them.
        #[test]
        fn quiet_hours_end(from in 0u16..1440, until in 0u16..1440, second in 0i64..400 * 86_400) {
            let quiet = Some(Quiet { from: Minute(from), until: Minute(until) });
            let preferences = Preferences { quiet, ..Preferences::default() };
            let now = at("2026-01-01T00:00:00Z").plus_seconds(second);
            if let Some(end) = preferences.quiet_until(now, &zone()) {
                prop_assert!(end > now && end.seconds_since(now) <= 25 * 3_600);
                prop_assert_eq!(preferences.quiet_until(end, &zone()), None);
            }
        }
    }
}
