//! From past incidents to models. What is read here is read piece by piece, each in a snapshot of
//! its own, and learned on a thread that may block, one field after the other.

use super::measured::{Measured, Tried};
use incident::Policy;
use insight::suggest::{Example, Features, Limits, Model, Options, train};
use kernel::{CategoryId, IncidentNumber, ServiceId, TeamId, Timestamp};
use std::collections::BTreeMap;
use store::suggestions::{self as rows, Suggested, Telling};

/// Past incidents that are learned from, the newest.
const EXAMPLES_MAX: usize = 50_000;
/// Past incidents that are looked at for them, at most.
const LOOKED_AT_MAX: usize = 200_000;
/// Past incidents read at once.
const PAGE_ROWS: i64 = 500;
/// Past incidents below which nothing is learned.
pub(super) const EXAMPLES_MIN: usize = 200;
/// Incidents of a value below which it is not learned.
const OF_VALUE_MIN: usize = 10;
/// Weights of a model: ten million bytes when it is kept as JSON.
const WEIGHTS_MAX: usize = 1_000_000;
/// Of how many past incidents, the newest, it is measured: one of so many.
const HELD_OUT_OF: usize = 5;

/// A model with how it was measured.
pub(super) struct Learned {
    pub(super) field: Suggested,
    pub(super) model: Model,
    pub(super) measured: Measured,
}

impl crate::Desk {
    /// The past incidents that tell something, the oldest first.
    pub(super) async fn history(&self) -> Result<Vec<Telling>, crate::Trouble> {
        let (mut found, mut looked_at) = (Vec::new(), 0);
        let mut before = IncidentNumber(i64::MAX);
        while found.len() < EXAMPLES_MAX && looked_at < LOOKED_AT_MAX {
            let (page, next) = self.read(move |sql| rows::telling(sql, before, PAGE_ROWS)).await?;
            looked_at += PAGE_ROWS as usize;
            found.extend(page);
            let Some(next) = next else { break };
            before = next;
        }
        found.truncate(EXAMPLES_MAX);
        found.reverse();
        Ok(found)
    }
}

/// What is seen of an incident. The service tells much of category, team and priority.
pub(super) fn features(
    field: Suggested,
    title: &str,
    body: &str,
    service: Option<ServiceId>,
    policy: &Policy,
) -> Features {
    let features = Features::of(title, body);
    let service = service.filter(|_| field != Suggested::Service);
    match service.and_then(|id| policy.services.get(&id)) {
        Some(service) => features.with("service", &service.name),
        None => features,
    }
}

/// Learns one field. `None` where too little tells of it.
pub(super) fn learn(field: Suggested, history: &[Telling], policy: &Policy) -> Option<Learned> {
    let of_field = |telling: &Telling| {
        let value = telling.values.get(&field).filter(|value| is_known(field, value, policy))?;
        let service = telling.service;
        let seen = features(field, &telling.title, &telling.body, service, policy);
        Some(Past { example: Example::new(seen, value), service, at: telling.reported_at })
    };
    let all: Vec<Past> = history.iter().filter_map(of_field).collect();
    if all.len() < EXAMPLES_MIN {
        return None;
    }
    let options = Options {
        per_label_min: OF_VALUE_MIN,
        limits: Limits { examples: EXAMPLES_MAX, weights: WEIGHTS_MAX, ..Limits::default() },
        ..Options::default()
    };
    let (older, newest) = all.split_at(all.len() - all.len() / HELD_OUT_OF);
    let examples = |some: &[Past]| some.iter().map(|past| past.example.clone()).collect::<Vec<_>>();
    let tried = match train(&examples(older), &options) {
        Ok(model) => try_on(&model, older, newest),
        // Values that came up lately have too few examples without the newest.
        Err(_) => vec![],
    };
    let model = train(&examples(&all), &options).ok()?;
    let mut learned: BTreeMap<String, u32> = BTreeMap::new();
    for past in all.iter().filter(|past| model.labels().contains(&past.example.label)) {
        *learned.entry(past.example.label.clone()).or_default() += 1;
    }
    let since = all.first().map_or(Timestamp::default(), |past| past.at);
    Some(Learned { field, measured: Measured::of(since, &learned, &tried), model })
}

struct Past {
    example: Example,
    service: Option<ServiceId>,
    at: Timestamp,
}

/// What a model that knows the older ones says of the newest, and what the simplest guess says.
fn try_on(model: &Model, older: &[Past], newest: &[Past]) -> Vec<Tried> {
    let simple = Simple::of(older);
    let one = |past: &Past| {
        let truth = past.example.label.clone();
        let guess = model.suggest(&past.example.features).into_iter().next();
        Tried {
            guess: guess.map(|guess| (guess.label, guess.probability)),
            simple: simple.guess(past.service) == Some(truth.as_str()),
            truth,
        }
    };
    newest.iter().map(one).collect()
}

/// The simplest guess: what is most frequent at the service, or at all.
struct Simple(BTreeMap<Option<ServiceId>, BTreeMap<String, u32>>);

impl Simple {
    fn of(all: &[Past]) -> Simple {
        let mut counts: BTreeMap<Option<ServiceId>, BTreeMap<String, u32>> = BTreeMap::new();
        for past in all {
            for of in [None, past.service] {
                let of = counts.entry(of).or_default();
                *of.entry(past.example.label.clone()).or_default() += 1;
            }
        }
        Simple(counts)
    }

    fn guess(&self, service: Option<ServiceId>) -> Option<&str> {
        let counts = self.0.get(&service).or_else(|| self.0.get(&None))?;
        counts.iter().max_by_key(|(_, count)| **count).map(|(value, _)| value.as_str())
    }
}

/// Whether a value can still be given.
pub(super) fn is_known(field: Suggested, value: &str, policy: &Policy) -> bool {
    label(field, value, policy).is_some()
}

/// How a value that can be given is called.
pub(super) fn label(field: Suggested, value: &str, policy: &Policy) -> Option<String> {
    match field {
        Suggested::Service => {
            Some(policy.services.get(&value.parse::<ServiceId>().ok()?)?.name.clone())
        }
        Suggested::Category => {
            Some(policy.categories.get(&value.parse::<CategoryId>().ok()?)?.path.clone())
        }
        Suggested::Team => Some(policy.teams.get(&value.parse::<TeamId>().ok()?)?.name.clone()),
        Suggested::Priority => {
            value.parse::<kernel::Priority>().ok().map(|priority| priority.to_string())
        }
    }
}
