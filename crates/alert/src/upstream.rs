//! What services need to work, and what of that is down.

use kernel::ServiceId;
use std::collections::{BTreeSet, HashMap};

/// Which service needs which. Circles are allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceMap(pub HashMap<ServiceId, BTreeSet<ServiceId>>);

impl ServiceMap {
    /// Everything that a service needs, directly or not, without itself.
    pub fn above(&self, service: ServiceId) -> BTreeSet<ServiceId> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![service];
        while let Some(next) = waiting.pop() {
            let needs = self.0.get(&next).into_iter().flatten();
            waiting.extend(needs.copied().filter(|need| found.insert(*need)));
        }
        found.remove(&service);
        found
    }
}
