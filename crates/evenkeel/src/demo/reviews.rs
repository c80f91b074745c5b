//! Reviews of the large ones of the past: one that is published with its actions, one that is
//! overdue, one that was just begun.

use super::company::Company;
use super::oncall::viewer;
use desk::reviews::NewAction;
use desk::{Desk, SetClock, Trouble};
use incident::Viewer;
use jiff::civil::Date;
use kernel::{IncidentNumber, PersonId, Timestamp};
use store::directory::reviews::{self as rows, Action, ActionState, Review, ReviewState};

const DAY: i64 = 86_400;
/// How far back majors are looked for, in days.
const BACK_DAYS: i64 = 400;
/// Majors that are looked at.
const MAJORS_MAX: i64 = 50;

/// What let the last of them happen, and what is done about it.
const FACTORS: [&str; 3] = [
    "All payments went through one region of the supplier, though the contract has two.",
    "The change to the other region was a page of steps that nobody had tried.",
    "The supplier's own status page said that all was well for half an hour.",
];
const DONE: &str = "Try the change to the second region, and every quarter from now on";
const LATE: &str = "Watch payments from outside, not the supplier's status page";

/// Reviews three majors of the past. The clock is moved along, and stands at `now` in the end.
pub(super) async fn begin(
    desk: &Desk,
    clock: &SetClock,
    company: &Company,
    now: Timestamp,
) -> Result<(), Trouble> {
    let since = now.plus_days(-BACK_DAYS);
    let found = desk.read(move |sql| {
        let mut found = Vec::new();
        for number in rows::majors_without(sql, since, MAJORS_MAX)? {
            found.push((store::incidents::title_of(sql, number)?.unwrap_or_default(), number));
        }
        Ok(found)
    });
    let found = found.await?;
    let titled =
        |title: &str| found.iter().find(|(one, _)| one == title).map(|(_, number)| *number);
    let lead = viewer(desk, company.person("Nadia Brandtner").id).await?;
    let helper = company.person("Petra Vondrak").id;
    if let Some(number) = titled("No card payments") {
        published(desk, clock, &lead, helper, number, now).await?;
    }
    if let Some(number) = titled("All orders hang") {
        overdue(desk, clock, &lead, number, now).await?;
    }
    if let Some(number) = titled("Booking unavailable") {
        clock.set(now.plus_seconds(-DAY));
        desk.open_review(&lead, number).await?;
    }
    clock.set(now);
    Ok(())
}

async fn published(
    desk: &Desk,
    clock: &SetClock,
    lead: &Viewer,
    helper: PersonId,
    number: IncidentNumber,
    now: Timestamp,
) -> Result<(), Trouble> {
    clock.set(now.plus_seconds(-20 * DAY));
    let review = desk.open_review(lead, number).await?.review;
    let written = Review {
        state: ReviewState::InReview,
        owner: Some(lead.person),
        factors: FACTORS.map(str::to_owned).to_vec(),
        helped: "The first report came by telephone within two minutes, and everybody was told within a quarter of an hour.".to_owned(),
        hard: "Nobody could tell at first whether it was us or the supplier.".to_owned(),
        lessons: "What we cannot try out, we cannot rely on.".to_owned(),
        ..review
    };
    let written = desk.change_review(lead, written).await?;
    let action = |words: &str, factor, owner, days: i64| NewAction {
        words: words.to_owned(),
        factor: Some(factor),
        owner: Some(owner),
        due_on: Some(day(now, days)),
        ..NewAction::default()
    };
    let first = action(DONE, 2, lead.person, -5);
    let first = desk.add_review_action(lead, written.number, first).await?;
    let second = action(LATE, 3, helper, -2);
    desk.add_review_action(lead, written.number, second).await?;
    clock.set(now.plus_seconds(-16 * DAY));
    desk.publish_review(lead, written.number, Some(written.version)).await?;
    clock.set(now.plus_seconds(-6 * DAY));
    let done = Action { state: ActionState::Done, ..first };
    desk.change_review_action(lead, done).await.map(drop)
}

async fn overdue(
    desk: &Desk,
    clock: &SetClock,
    lead: &Viewer,
    number: IncidentNumber,
    now: Timestamp,
) -> Result<(), Trouble> {
    clock.set(now.plus_seconds(-12 * DAY));
    let review = desk.open_review(lead, number).await?.review;
    let written = Review {
        owner: Some(lead.person),
        due_at: now.plus_seconds(-3 * DAY),
        factors: vec!["A transaction could stay open by hand, and nothing ended it.".to_owned()],
        ..review
    };
    desk.change_review(lead, written).await.map(drop)
}

/// The day so many days from an instant.
fn day(now: Timestamp, days: i64) -> Date {
    now.plus_seconds(days * DAY).to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date()
}
