//! Which incidents belong together.

use super::name::{kinds, named};
use crate::similar::{Asked, Corpus, Doc};
use kernel::{InOrder, IncidentNumber, ServiceId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Incidents that are compared, the newest: what a large company reports in a year.
pub const INCIDENTS_MAX: usize = 50_000;
/// Incidents below which nothing recurs: two of a kind are chance.
pub const CLUSTER_MIN: usize = 3;
/// How near an incident is to the centre of its cluster at least; 1 says the same.
const NEAR: f64 = 0.55;
/// How much nearer it is for having come by alerts of the same group.
const SAME_GROUP: f64 = 0.35;
/// For having the same problem behind it.
const SAME_PROBLEM: f64 = 0.25;
/// For being of the same category.
const SAME_CATEGORY: f64 = 0.1;
/// Words by which centres are looked for, those that tell most.
const TELLING: usize = 6;
/// Centres that an incident is compared with, those that share most of these words.
const CANDIDATES_MAX: usize = 32;
/// Centres that are found by one word, the oldest: a word that more have tells nothing.
const POSTED_MAX: usize = 512;

/// An incident as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub number: IncidentNumber,
    /// Its title.
    pub title: String,
    /// Its service.
    pub service: Option<ServiceId>,
    /// Its category, however it is told apart from others.
    pub category: Option<String>,
    /// What its alerts have in common.
    pub group: Option<String>,
    /// The problem behind it.
    pub problem: Option<i64>,
}

/// Incidents that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The place of the cluster that was known before; a new one has none.
    pub known: Option<usize>,
    /// The incident that the others are compared with.
    pub centre: IncidentNumber,
    /// The service of all of them.
    pub service: Option<ServiceId>,
    /// They, the centre among them.
    pub members: BTreeSet<IncidentNumber>,
    /// What it is called: the words that most of them say and few others do.
    pub name: String,
}

/// The clusters of these incidents, those that were known first, each with at least one member.
/// `known` says which were together before. The same question has the same answer.
pub fn clusters(seen: &[Seen], known: &[BTreeSet<IncidentNumber>]) -> Vec<Cluster> {
    let mut order: Vec<&Seen> = seen.iter().collect();
    order.order_by_key(|one| one.number);
    order.dedup_by_key(|one| one.number);
    let order = order.split_off(order.len().saturating_sub(INCIDENTS_MAX));
    let words: Vec<Vec<String>> = order.iter().map(|one| kinds(&one.title)).collect();
    let mut corpus = Corpus::default();
    for words in &words {
        corpus.add(Doc::new(&words.join(" "), ""));
    }
    let mut centres = Centres::new(&order, &words, &corpus);
    centres.seed(known);
    let of: Vec<Option<usize>> = (0..order.len()).map(|place| centres.join(place)).collect();
    let mut members: Vec<Vec<usize>> = vec![vec![]; centres.all.len()];
    for (place, centre) in of.into_iter().enumerate() {
        if let Some(centre) = centre {
            members[centre].push(place);
        }
    }
    let made = centres.all.iter().zip(members).filter(|(_, members)| !members.is_empty());
    made.map(|(centre, places)| {
        let first = order[centre.place];
        let said: Vec<&[String]> = places.iter().map(|place| words[*place].as_slice()).collect();
        Cluster {
            known: centre.known,
            centre: first.number,
            service: first.service,
            members: places.iter().map(|place| order[*place].number).collect(),
            name: named(&first.title, &said, &corpus),
        }
    })
    .collect()
}

/// An incident that others are compared with.
struct Centre<'a> {
    place: usize,
    known: Option<usize>,
    asked: Asked<'a>,
}

/// All of them, and how they are found.
struct Centres<'a> {
    order: &'a [&'a Seen],
    words: &'a [Vec<String>],
    corpus: &'a Corpus,
    all: Vec<Centre<'a>>,
    /// Where what says the same went: it goes there, too.
    of_kind: HashMap<(Option<ServiceId>, &'a [String]), usize>,
    posted: HashMap<(Option<ServiceId>, String), Vec<usize>>,
}

impl<'a> Centres<'a> {
    fn new(order: &'a [&'a Seen], words: &'a [Vec<String>], corpus: &'a Corpus) -> Self {
        let (of_kind, posted) = (HashMap::new(), HashMap::new());
        Centres { order, words, corpus, all: vec![], of_kind, posted }
    }

    /// Begins with what was known: the first of each that is still there is its centre, unless it
    /// went to another service than most.
    fn seed(&mut self, known: &[BTreeSet<IncidentNumber>]) {
        for (at, numbers) in known.iter().enumerate() {
            let order = self.order;
            let find =
                |number: &IncidentNumber| order.binary_search_by_key(number, |one| one.number).ok();
            let mut places: Vec<usize> = numbers.iter().filter_map(find).collect();
            places.retain(|place| !self.words[*place].is_empty());
            let mut services: BTreeMap<Option<ServiceId>, usize> = BTreeMap::new();
            for place in &places {
                *services.entry(order[*place].service).or_default() += 1;
            }
            let most = services.values().copied().max().unwrap_or_default();
            let stays = |place: &usize| services.get(&order[*place].service) == Some(&most);
            if let Some(place) = places.into_iter().find(stays) {
                self.begin(place, Some(at));
            }
        }
    }

    /// The cluster of an incident, a new one if it is near to none. Without words it has none.
    fn join(&mut self, place: usize) -> Option<usize> {
        let (all, service) = (self.words, self.order[place].service);
        let words = all[place].as_slice();
        if words.is_empty() {
            return None;
        }
        if let Some(centre) = self.of_kind.get(&(service, words)) {
            return Some(*centre);
        }
        match self.nearest(place) {
            Some(centre) => {
                self.of_kind.insert((service, words), centre);
                Some(centre)
            }
            None => self.begin(place, None),
        }
    }

    fn begin(&mut self, place: usize, known: Option<usize>) -> Option<usize> {
        let doc = self.corpus.get(place)?;
        let (centre, one, words) = (self.all.len(), self.order[place], self.words);
        self.all.push(Centre { place, known, asked: Asked::of(doc, self.corpus) });
        self.of_kind.entry((one.service, words[place].as_slice())).or_insert(centre);
        let said = doc.words().map(str::to_owned);
        for term in said.chain(terms_of(one)) {
            let posted = self.posted.entry((one.service, term)).or_default();
            if posted.len() < POSTED_MAX {
                posted.push(centre);
            }
        }
        Some(centre)
    }

    /// The centre that is nearest, if one is near enough; of equal ones the one that shares more words, or the older.
    fn nearest(&self, place: usize) -> Option<usize> {
        let (doc, one) = (self.corpus.get(place)?, self.order[place]);
        let asked = Asked::of(doc, self.corpus);
        let mut shared: BTreeMap<usize, u32> = BTreeMap::new();
        let telling = asked.telling(TELLING).into_iter().map(str::to_owned);
        for term in telling.chain(terms_of(one)) {
            for centre in self.posted.get(&(one.service, term)).into_iter().flatten() {
                *shared.entry(*centre).or_default() += 1;
            }
        }
        let mut ranked: Vec<(Reverse<u32>, usize)> =
            shared.into_iter().map(|(centre, count)| (Reverse(count), centre)).collect();
        ranked.sort_unstable();
        let mut best: Option<(f64, usize)> = None;
        for (_, at) in ranked.into_iter().take(CANDIDATES_MAX) {
            let centre = &self.all[at];
            let Some(there) = self.corpus.get(centre.place) else { continue };
            // Both ways: a long title that holds all of a short one is another kind.
            let words = asked.share(there).min(centre.asked.share(doc));
            let near = words + bonus(one, self.order[centre.place]);
            if near >= NEAR && best.is_none_or(|(before, _)| near > before) {
                best = Some((near, at));
            }
        }
        best.map(|(_, centre)| centre)
    }
}

/// By what else than words an incident is looked for. No folded word holds a colon.
fn terms_of(one: &Seen) -> impl Iterator<Item = String> + use<> {
    let group = one.group.as_ref().map(|group| format!("group: {group}"));
    let problem = one.problem.map(|problem| format!("problem: {problem}"));
    group.into_iter().chain(problem)
}

fn bonus(one: &Seen, other: &Seen) -> f64 {
    let same = |is: bool, worth: f64| if is { worth } else { 0.0 };
    same(one.group.is_some() && one.group == other.group, SAME_GROUP)
        + same(one.problem.is_some() && one.problem == other.problem, SAME_PROBLEM)
        + same(one.category.is_some() && one.category == other.category, SAME_CATEGORY)
}
