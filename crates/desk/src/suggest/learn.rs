//! From past incidents to models. What is read here is read piece by piece, each in a snapshot of
//! its own, and learned on a thread that may block, one field after the other.

use super::measured::{Measured, Tried};
use incident::Policy;
use insight::suggest::{Example, Features, Limits, Model, Options, train};
use kernel::{CategoryId, IncidentNumber, ServiceId, TeamId};
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
    // As much of it as is read of past ones.
    let body = body.char_indices().nth(rows::BODY_CHARS).map_or(body, |(end, _)| &body[..end]);
    let features = Features::of(title, body);
    let service = service.filter(|_| field != Suggested::Service);
    match service.and_then(|id| policy.services.get(&id)) {
        Some(service) => features.with("service", &service.name),
        None => features,
    }
}

/// Learns one field. `None` where too little tells of it.
pub(super) fn learn(field: Suggested, history: &[Telling], policy: &Policy) -> Option<Learned> {
    let (mut examples, mut services, mut since) = (Vec::new(), Vec::new(), None);
    for telling in history {
        let value = telling.values.get(&field).filter(|value| is_known(field, value, policy));
        let Some(value) = value else { continue };
        let seen = features(field, &telling.title, &telling.body, telling.service, policy);
        examples.push(Example::new(seen, value));
        services.push(telling.service.filter(|_| field != Suggested::Service));
        since.get_or_insert(telling.reported_at);
    }
    if examples.len() < EXAMPLES_MIN {
        return None;
    }
    let options = Options {
        per_label_min: OF_VALUE_MIN,
        limits: Limits { examples: EXAMPLES_MAX, weights: WEIGHTS_MAX, ..Limits::default() },
        ..Options::default()
    };
    let older = examples.len() - examples.len() / HELD_OUT_OF;
    let tried = match train(&examples[..older], &options) {
        Ok(model) => try_on(&model, &examples, &services, older),
        // Values that came up lately have too few examples without the newest.
        Err(_) => vec![],
    };
    let model = train(&examples, &options).ok()?;
    let mut learned: BTreeMap<String, u32> = BTreeMap::new();
    let is_learned = |example: &&Example| model.labels().binary_search(&example.label).is_ok();
    for example in examples.iter().filter(is_learned) {
        *learned.entry(example.label.clone()).or_default() += 1;
    }
    let since = since.unwrap_or_default();
    Some(Learned { field, measured: Measured::of(since, &learned, &tried), model })
}

/// What a model that knows the older ones says of the newest, and what the simplest guess says.
fn try_on(
    model: &Model,
    examples: &[Example],
    services: &[Option<ServiceId>],
    older: usize,
) -> Vec<Tried> {
    let all = || examples.iter().zip(services.iter().copied());
    let mut simple = Simple::default();
    all().take(older).for_each(|(example, service)| simple.add(service, &example.label));
    let one = |(example, service): (&Example, Option<ServiceId>)| {
        let guess = model.suggest(&example.features).into_iter().next();
        Tried {
            truth: example.label.clone(),
            guess: guess.map(|guess| (guess.label, guess.probability)),
            simple: simple.guess(service) == Some(example.label.as_str()),
        }
    };
    all().skip(older).map(one).collect()
}

/// The simplest guess: what is most frequent at the service, or at all.
#[derive(Default)]
struct Simple {
    of_service: BTreeMap<ServiceId, BTreeMap<String, u32>>,
    of_all: BTreeMap<String, u32>,
}

impl Simple {
    fn add(&mut self, service: Option<ServiceId>, value: &str) {
        if let Some(service) = service {
            let counts = self.of_service.entry(service).or_default();
            *counts.entry(value.to_owned()).or_default() += 1;
        }
        *self.of_all.entry(value.to_owned()).or_default() += 1;
    }

    fn guess(&self, service: Option<ServiceId>) -> Option<&str> {
        let counts = service.and_then(|id| self.of_service.get(&id)).unwrap_or(&self.of_all);
        counts.iter().max_by_key(|(_, count)| **count).map(|(value, _)| value.as_str())
    }
}

/// Whether a value can still be given.
pub(super) fn is_known(field: Suggested, value: &str, policy: &Policy) -> bool {
    label(field, value, policy).is_some()
}

/// How a value that can be given is called.
pub(crate) fn label(field: Suggested, value: &str, policy: &Policy) -> Option<String> {
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
