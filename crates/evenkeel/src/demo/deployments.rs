//! What was changed lately, as other programs told of it: what the map suspects when something
//! breaks shortly after.

use super::company::Company;
use desk::{Desk, Trouble};
use kernel::{ChangeId, Timestamp};
use store::directory::changes::{self, Change};

const MINUTE: i64 = 60;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Minutes before the present, service, what, and who told of it.
#[rustfmt::skip]
const CHANGES: [(i64, &str, &str, &str); 9] = [
    (52, "Order Database", "CHG-2288 Database pool settings", "Argo CD"),
    (3 * HOUR, "Data Warehouse", "CHG-2287 Column store 3.2", "Argo CD"),
    (15 * HOUR + 8, "Warehouse Wi-Fi", "CHG-2279 Controller firmware 8.10", "Change calendar"),
    (DAY + 4 * HOUR, "Checkout API", "CHG-2281 Price rules for the next quarter", "Argo CD"),
    (2 * DAY + 2 * HOUR, "Single Sign-on", "CHG-2276 Firefox work-around for password changes", "Argo CD"),
    (3 * DAY + 6 * HOUR, "Checkout API", "CHG-2270 Release 4.18", "Argo CD"),
    (4 * DAY + 9 * HOUR, "Platform Cluster", "CHG-2268 Nodes 5 to 8 on new kernel", "Change calendar"),
    (5 * DAY + 3 * HOUR, "Route Planner", "CHG-2265 Distances with tolls", "Argo CD"),
    (6 * DAY + 5 * HOUR, "Core Network", "CHG-2259 Second line to Lyon", "Change calendar"),
];

/// Tells of all of them.
pub(super) async fn tell(desk: &Desk, company: &Company, now: Timestamp) -> Result<(), Trouble> {
    let all = CHANGES.map(|(minutes, service, title, source)| {
        let number = title.split(' ').next().unwrap_or_default();
        Change {
            id: ChangeId(desk::fresh()),
            at: now.plus_seconds(-minutes * MINUTE),
            service: Some(company.services[service].0),
            title: title.to_owned(),
            source: source.to_owned(),
            link: Some(format!("https://changes.northwind.example/{number}")),
        }
    });
    desk.write(move |sql| {
        for change in &all {
            changes::insert(sql, change, change.at, now)?;
        }
        Ok(())
    })
    .await
}
