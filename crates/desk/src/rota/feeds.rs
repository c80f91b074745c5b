//! Calendars elsewhere that read a schedule, by an address with a secret in it.

use super::{in_use, roster_of};
use crate::{Audit, Desk, Trouble, fresh, secret, secret_hash};
use incident::escalation::check::can_be_paged;
use incident::{Policy, Refusal, Viewer};
use kernel::{FeedId, ScheduleId, Timestamp, limits};
use roster::feed::{Entry, publish};
use roster::{Shift, Span};
use store::directory::feeds::{self, ScheduleFeed};
use store::directory::schedules::{self, Schedule};
use store::{Failure, Sql};

const SUBJECT: &str = "feed";

/// What the secrets of feeds begin with.
const PREFIX: &str = "evf_";

/// Days of shifts that were, in a feed.
const DAYS_BACK: i64 = 30;

/// Days of shifts that are to come, in a feed.
const DAYS_AHEAD: i64 = 366;

/// Makes an address for a calendar elsewhere; the secret in it is told this once.
/// Inside [`crate::Desk::change`].
///
/// # Errors
/// A schedule out of use; too many feeds; somebody for whom it would stay empty.
pub fn make_feed(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, own): (ScheduleId, bool),
) -> Result<(ScheduleFeed, String), Trouble> {
    let schedule = in_use(sql, schedule)?;
    if !can_be_paged(viewer.person, &audit.policy(sql)?) {
        let words = "a feed is for whoever works on incidents; yours would stay empty";
        return Err(Refusal::forbidden(words).into());
    }
    if feeds::count_of(sql, viewer.person)? >= limits::FEEDS_PER_PERSON as i64 {
        let most = limits::FEEDS_PER_PERSON;
        let words = format!("you have {most} feeds, the most there can be; revoke one of them");
        return Err(Refusal::limit(words).into());
    }
    let feed = ScheduleFeed {
        id: FeedId(fresh()),
        schedule: schedule.id,
        person: viewer.person,
        own,
        made_at: audit.now(),
    };
    let secret = secret(PREFIX);
    feeds::insert(sql, &feed, &secret_hash(&secret))?;
    audit.created(sql, SUBJECT, feed.id, &feed)?;
    Ok((feed, secret))
}

/// Revokes a feed: one's own, or anybody's for whoever arranges shifts of others.
/// Inside [`crate::Desk::change`].
///
/// # Errors
/// No such feed, or not for this viewer.
pub fn revoke_feed(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, id): (ScheduleId, FeedId),
) -> Result<(), Trouble> {
    let theirs = |feed: &ScheduleFeed| {
        feed.schedule == schedule && (feed.person == viewer.person || viewer.arranges_shifts())
    };
    let found = feeds::get(sql, id)?.filter(theirs);
    let feed = found.ok_or_else(|| Refusal::not_found("there is no such feed"))?;
    feeds::delete(sql, id)?;
    audit.deleted(sql, SUBJECT, id, &feed)?;
    Ok(())
}

/// The text of the feed of a schedule with this secret, in iCalendar. Whoever it was made for
/// must still be of the service desk.
///
/// # Errors
/// The store's.
pub async fn feed(
    desk: &Desk,
    schedule: ScheduleId,
    secret: &str,
) -> Result<Option<String>, Trouble> {
    let (hash, policy, now) = (secret_hash(secret), desk.policy(), desk.now());
    let found = desk.read(move |sql| {
        let found = feeds::find(sql, &hash)?.filter(|feed| feed.schedule == schedule);
        let Some(feed) = found.filter(|feed| can_be_paged(feed.person, &policy)) else {
            return Ok(None);
        };
        let schedule = schedules::get(sql, feed.schedule)?.filter(|schedule| schedule.active);
        let Some(schedule) = schedule else { return Ok(None) };
        let before = feeds::published(sql, feed.id)?;
        let entries = entries(sql, (&feed, &schedule), &before, &policy, now)?;
        let text = roster::feed::text(&schedule.name, &entries);
        Ok(Some((feed.id, (entries != before).then_some(entries), text)))
    });
    let Some((id, changed, text)) = found.await? else { return Ok(None) };
    if let Some(entries) = changed {
        desk.write(move |sql| Ok(feeds::publish(sql, id, &entries)?)).await?;
    }
    Ok(Some(text))
}

/// What a feed says now, after what it said last.
fn entries(
    sql: &mut dyn Sql,
    (feed, schedule): (&ScheduleFeed, &Schedule),
    before: &[Entry],
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<Entry>, Failure> {
    let range = Span::new(now.plus_days(-DAYS_BACK), now.plus_days(DAYS_AHEAD));
    // Turns that begin before are shown whole.
    let roster = roster_of(sql, schedule, range.start.plus_days(-DAYS_AHEAD))?;
    let words = |shift: &Shift| {
        let theirs = shift.person == feed.person;
        match policy.staff.get(&shift.person) {
            _ if feed.own => theirs.then(|| format!("On call: {}", schedule.name)),
            Some(staff) => Some(format!("{} on call: {}", staff.name, schedule.name)),
            None => Some(format!("Somebody on call: {}", schedule.name)),
        }
    };
    Ok(publish(&roster, schedule.id, range, words, before, now))
}
