//! Windows of maintenance that begin by the clock: what fires already is looked at then. What
//! somebody changes of a window is looked at in the transaction that changes it, and its end is
//! an instant that each muted alert knows.

use crate::{Desk, Trouble};
use alert::maintenance::Maintenance;
use kernel::{MaintenanceId, Timestamp};
use store::alerts::maintenances;

/// The windows as of a version of the configuration, and which of them were seen to hold.
#[derive(Default)]
pub(crate) struct Windows {
    version: Option<i64>,
    all: Vec<Maintenance>,
    /// With the end of this time, because some come again.
    holding: Vec<(MaintenanceId, Timestamp)>,
}

impl Desk {
    /// Has the open alerts looked at that windows are for which hold since it was last looked:
    /// after a start, all that hold.
    pub(super) async fn begin_windows(&self) -> Result<(), Trouble> {
        let mut windows = self.0.windows.lock().await;
        let (now, version) = (self.now(), self.policy().version);
        if windows.version != Some(version) {
            windows.all = self.read(move |sql| maintenances::current(sql, now)).await?;
            windows.version = Some(version);
        }
        let held = |one: &Maintenance| Some((one.id, one.holds_until(now)?));
        let holding: Vec<_> = windows.all.iter().filter_map(held).collect();
        for one in &windows.all {
            let begins = held(one).is_some_and(|time| !windows.holding.contains(&time));
            if begins {
                let matcher = one.matcher.clone();
                self.write(move |sql| Ok(maintenances::look_again(sql, &matcher)?)).await?;
            }
        }
        windows.holding = holding;
        Ok(())
    }
}
