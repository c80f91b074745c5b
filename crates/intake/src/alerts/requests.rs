//! What became of calls that their client asks about later, the way Opsgenie's do. That is asked
//! within seconds, so the last ones are enough, and nothing is kept over a restart.

use alert::doors::opsgenie::answers::Outcome;
use kernel::IntegrationId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// How many calls are remembered.
const MOST: usize = 4_096;

/// The last calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    order: VecDeque<String>,
    by_id: HashMap<String, (IntegrationId, Outcome)>,
}

impl Requests {
    /// Remembers what became of a call; the oldest is forgotten for it.
    pub(super) fn keep(&self, id: &str, source: IntegrationId, outcome: Outcome) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.order.len() >= MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.by_id.remove(&oldest);
        }
        kept.order.push_back(id.to_owned());
        kept.by_id.insert(id.to_owned(), (source, outcome));
    }

    /// What became of a call of this source.
    pub(super) fn find(&self, id: &str, source: IntegrationId) -> Option<Outcome> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (by, outcome) = kept.by_id.get(id)?;
        (*by == source).then(|| outcome.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;

    fn outcome(alias: &str) -> Outcome {
        Outcome {
            is_success: true,
            action: "Close".to_owned(),
            processed_at: Timestamp::from_micros(0),
            integration_id: String::new(),
            status: String::new(),
            alert_id: String::new(),
            alias: alias.to_owned(),
        }
    }

    #[test]
    fn the_oldest_is_forgotten_and_others_do_not_see_it() {
        let requests = Requests::default();
        let (mine, other) = (IntegrationId(desk::fresh()), IntegrationId(desk::fresh()));
        requests.keep("first", mine, outcome("a"));
        assert_eq!(requests.find("first", mine), Some(outcome("a")));
        assert_eq!(requests.find("first", other), None);
        for n in 0..MOST {
            requests.keep(&n.to_string(), mine, outcome("b"));
        }
        assert_eq!(requests.find("first", mine), None);
        assert_eq!(requests.find("0", mine), Some(outcome("b")));
    }
}
