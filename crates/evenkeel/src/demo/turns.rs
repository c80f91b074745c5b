//! Teams that give what comes to them to their people, from the demo's present on: in its
//! past everything was given by hand.

use super::company::Company;
use desk::{Desk, Trouble};
use incident::assignment::{Away, Skills, Way};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use std::collections::BTreeSet;
use store::directory::{people, teams};

/// Which teams, in which way, and whether those who know the service come first.
const TEAMS: [(&str, Way, bool); 2] =
    [("Warehouse systems", Way::LeastLoaded, true), ("Platform", Way::RoundRobin, false)];
/// Who knows what.
const SKILLS: [(&str, &[&str]); 2] = [
    ("Dana Okwuosa", &["Label Printing", "Handheld Scanners"]),
    ("Milan Hruska", &["Route Planner"]),
];
/// Somebody of those teams who is on holiday.
pub(super) const AWAY: &str = "Rafael Pinheiro";

/// Lets the teams assign from now on.
pub(super) async fn begin(desk: &Desk, company: &Company, now: Timestamp) -> Result<(), Trouble> {
    let ways = TEAMS.map(|(team, way, by_skill)| (company.team(team), way, by_skill));
    let service = |name: &&str| company.services[*name].0;
    let mut changes: Vec<_> = SKILLS
        .iter()
        .map(|(name, knows)| {
            let services: BTreeSet<_> = knows.iter().map(service).collect();
            (company.person(name).id, Skills { services, ..Skills::default() }, None)
        })
        .collect();
    let away = Away { from: now, until: back(now) };
    changes.push((company.person(AWAY).id, Skills::default(), Some(away)));
    desk.change(desk::command_line(), move |sql, audit| {
        for (id, way, by_skill) in ways {
            let Some(before) = teams::get(sql, id)? else { continue };
            let after = teams::Team { assignment: way, by_skill, ..before.clone() };
            teams::update(sql, &after, before.version)?;
            audit.changed(sql, "team", id, &before, &after)?;
        }
        for (id, skills, away) in changes {
            let Some(before) = people::get(sql, id)? else { continue };
            let after = people::Person { skills, away, ..before.clone() };
            people::update(sql, &after, before.version)?;
            audit.changed(sql, "person", id, &before, &after)?;
        }
        Ok(())
    })
    .await
}

/// The next Monday at nine, in Hamburg.
fn back(now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let today = now.to_jiff().to_zoned(zone.clone()).date();
    let to_monday = 8 - today.weekday().to_monday_one_offset();
    let monday = today.checked_add(i32::from(to_monday).days()).ok()?;
    let nine = monday.at(9, 0, 0, 0).to_zoned(zone).ok()?;
    Some(Timestamp::from_jiff(nine.timestamp()))
}
