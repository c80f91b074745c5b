//! What the company's people are told in the product while the past is told, as if it had been
//! there; nobody is told by mail.

use desk::{Desk, Trouble};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use store::deliveries;

/// Rows that become entries at once.
const AT_ONCE: i64 = 100;
/// More rounds than anything needs: a bound, not a tuning.
const ROUNDS: usize = 100;

/// People are told what happens from then on.
pub(super) async fn begin(desk: &Desk, since: Timestamp) -> Result<(), Trouble> {
    desk.write(move |sql| Ok(deliveries::told_since(sql, false, since)?)).await.map(drop)
}

/// Tells what is to be told by now. It is in the inboxes once the demo is served.
pub(super) async fn fill(desk: &Desk) -> Result<(), Trouble> {
    for _ in 0..ROUNDS {
        let (now, zone) = (desk.now(), desk.policy().time_zone.clone());
        let told = desk.write(move |sql| {
            let since = deliveries::told_since(sql, false, now)?;
            let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
            Ok(deliveries::expand(sql, since, &zone, now, AT_ONCE)?)
        });
        if told.await? == 0 {
            return Ok(());
        }
    }
    Ok(())
}
