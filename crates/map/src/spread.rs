//! How trouble spreads. The rule:
//!
//! * A service is as bad as it is itself, and as bad as what it needs lets it be.
//! * Of a need the best count: of "2 of 3 needed" the second best. If that one is down, whoever
//!   needs it is down; if it is out in part, whoever needs it is degraded. What is only degraded
//!   or maintained is not passed on: whoever suffers from it says so themselves.
//! * A need that still holds, but of which one is down, makes degraded: one more would be too
//!   many. That is not passed on either.
//!
//! It only ever makes worse, so circles come to rest: each service gets worse at most as often as
//! there are words for it, and the work is linear in what is in the graph.

use crate::{Graph, Health};
use kernel::{InOrder, ServiceId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many words for health there are.
const LEVELS: usize = Health::ALL.len();

/// How a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Felt {
    /// By itself.
    pub own: Health,
    /// As it is felt: with what it needs.
    pub felt: Health,
    /// What it needs itself and makes it worse than it is by itself; see [`causes`] for where it
    /// comes from.
    pub because: Vec<ServiceId>,
}

/// A service that is hit by another, or hits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub service: ServiceId,
    /// How many steps away, from 1.
    pub depth: u32,
    /// Whether it is down then; else it is degraded, because one more would be too many.
    pub certain: bool,
}

/// Where the trouble of a service begins: what is bad by itself, behind all that makes it so.
/// Empty when it is bad by itself alone, or not at all.
pub fn causes(felt: &BTreeMap<ServiceId, Felt>, service: &ServiceId) -> Vec<ServiceId> {
    let mut seen = BTreeSet::from([*service]);
    let mut found = Vec::new();
    let mut waiting = VecDeque::from([*service]);
    while let Some(at) = waiting.pop_front() {
        let Some(state) = felt.get(&at) else { continue };
        if state.because.is_empty() && at != *service {
            found.push(at);
        }
        waiting.extend(state.because.iter().copied().filter(|next| seen.insert(*next)));
    }
    found
}

impl Graph {
    /// How every service is, from how each is by itself; level where nothing is said.
    pub fn health(&self, own: &BTreeMap<ServiceId, Health>) -> BTreeMap<ServiceId, Felt> {
        let mut spread = Spread::over(self);
        for (id, health) in own {
            if let Some(place) = self.place(id) {
                spread.worsen(place, *health, 0);
            }
        }
        spread.run();
        let all = self.services.iter().enumerate();
        all.map(|(place, service)| {
            let own = own.get(&service.id).copied().unwrap_or(Health::Level);
            let felt = spread.felt[place];
            let because = if felt > own { spread.because(place) } else { vec![] };
            (service.id, Felt { own, felt, because })
        })
        .collect()
    }

    /// Who is hit if this service is down, the nearest first: exactly those who would not be
    /// level if it were the only thing that is wrong.
    pub fn impact(&self, id: &ServiceId) -> Vec<Hit> {
        let Some(place) = self.place(id) else { return vec![] };
        let mut spread = Spread::over(self);
        spread.worsen(place, Health::Down, 0);
        spread.run();
        let others = (0..self.services.len()).filter(|other| *other != place);
        let hit = others.filter(|other| spread.felt[*other] != Health::Level);
        let hits = hit.map(|other| (other, spread.depth[other], spread.felt[other]));
        self.sorted(hits.map(|(at, depth, felt)| (at, depth, felt == Health::Down)).collect())
    }

    /// What a service needs, directly or not, the nearest first; certain is what takes it down
    /// by being down alone.
    pub fn upstream(&self, id: &ServiceId) -> Vec<Hit> {
        let Some(place) = self.place(id) else { return vec![] };
        let all = self.walk(place, |graph, at| graph.suppliers(at));
        let fatal = self.fatal(place, &all);
        self.sorted(all.into_iter().map(|(at, depth)| (at, depth, fatal[at])).collect())
    }

    /// What a service needs, directly or not, the nearest first; `limit` at most. Whether the
    /// loss of one alone is enough is not worked out.
    pub fn behind(&self, id: &ServiceId, limit: usize) -> Vec<ServiceId> {
        let Some(place) = self.place(id) else { return vec![] };
        let all = self.walk(place, |graph, at| graph.suppliers(at));
        all.into_iter().take(limit).map(|(at, _)| self.services[at].id).collect()
    }

    /// By place, what takes a service down by being down alone, of what it needs.
    fn fatal(&self, place: usize, needed: &[(usize, u32)]) -> Vec<bool> {
        let mut fatal = vec![false; self.services.len()];
        for (at, _) in self.hard(place) {
            fatal[at] = true;
        }
        let mut fall = Fall::over(self, place, needed);
        for (at, _) in needed {
            // Behind two of a group may stand the same one.
            if !fatal[*at] && fall.reaches(*at, &fatal) {
                fatal[*at] = true;
            }
        }
        fatal
    }

    /// Whether a service is down when these are, and nothing else is wrong. What is said of
    /// itself counts for nothing.
    pub fn goes_down(&self, id: &ServiceId, down: &BTreeSet<ServiceId>) -> bool {
        let Some(place) = self.place(id) else { return false };
        // Mostly it is one that cannot be missed, and nothing has to be worked out.
        if self.hard(place).iter().any(|(at, _)| down.contains(&self.services[*at].id)) {
            return true;
        }
        let others = down.iter().filter(|other| *other != id);
        self.falls(place, others.filter_map(|other| self.place(other)))
    }

    /// What takes a service down by being down, because none of it can be missed on the way.
    fn hard(&self, place: usize) -> Vec<(usize, u32)> {
        self.walk(place, |graph, at| {
            let needs = graph.of[at].iter().map(|need| &graph.needs[*need]);
            needs.filter(|need| need.is_hard()).flat_map(|need| need.needs.clone()).collect()
        })
    }

    fn falls(&self, place: usize, down: impl IntoIterator<Item = usize>) -> bool {
        let mut spread = Spread::over(self);
        for other in down {
            spread.worsen(other, Health::Down, 0);
        }
        spread.run();
        spread.felt[place] == Health::Down
    }

    /// The nearest first, then what is certain, then the most critical, then by name.
    fn sorted(&self, mut found: Vec<(usize, u32, bool)>) -> Vec<Hit> {
        found.order_by_key(|(at, depth, certain)| {
            let service = &self.services[*at];
            (*depth, !*certain, service.criticality, &service.name, service.id)
        });
        let hit = |(at, depth, certain): (usize, u32, bool)| Hit {
            service: self.services[at].id,
            depth,
            certain,
        };
        found.into_iter().map(hit).collect()
    }
}

/// Trouble on its way through a graph.
struct Spread<'a> {
    graph: &'a Graph,
    felt: Vec<Health>,
    /// How many of each need are how.
    counts: Vec<[u32; LEVELS]>,
    /// How many steps it took to get here first.
    depth: Vec<u32>,
    waiting: VecDeque<usize>,
}

impl<'a> Spread<'a> {
    /// Nothing is wrong yet.
    fn over(graph: &'a Graph) -> Self {
        let level = |members: usize| {
            let mut counts = [0; LEVELS];
            // Services are far fewer than that.
            counts[Health::Level as usize] = u32::try_from(members).unwrap_or(u32::MAX);
            counts
        };
        Spread {
            graph,
            felt: vec![Health::Level; graph.services.len()],
            counts: graph.needs.iter().map(|need| level(need.needs.len())).collect(),
            depth: vec![0; graph.services.len()],
            waiting: VecDeque::new(),
        }
    }

    /// A service is at least as bad as this.
    fn worsen(&mut self, place: usize, to: Health, depth: u32) {
        let before = self.felt[place];
        if to <= before {
            return;
        }
        if before == Health::Level {
            self.depth[place] = depth;
        }
        self.felt[place] = to;
        for need in &self.graph.within[place] {
            let counts = &mut self.counts[*need];
            counts[before as usize] -= 1;
            counts[to as usize] += 1;
        }
        self.waiting.push_back(place);
    }

    fn run(&mut self) {
        let graph = self.graph;
        while let Some(place) = self.waiting.pop_front() {
            let depth = self.depth[place] + 1;
            for need in &graph.within[place] {
                let passed = self.passed(*need);
                self.worsen(graph.needs[*need].of, passed, depth);
            }
        }
    }

    /// What of a need reaches whoever has it.
    fn passed(&self, need: usize) -> Health {
        let counts = &self.counts[need];
        let holds = match best(counts, self.graph.needs[need].at_least) {
            Health::Down => Health::Down,
            Health::Partial => Health::Degraded,
            Health::Degraded | Health::Maintenance | Health::Level => Health::Level,
        };
        match counts[Health::Down as usize] {
            0 => holds,
            _ => holds.max(Health::Degraded),
        }
    }

    /// What a service needs itself and makes it as bad as it is.
    fn because(&self, place: usize) -> Vec<ServiceId> {
        let felt = self.felt[place];
        let bad = if felt == Health::Down { Health::Down } else { Health::Partial };
        let needs = self.graph.of[place].iter().filter(|need| self.passed(**need) == felt);
        let members = needs.flat_map(|need| &self.graph.needs[*need].needs);
        let worst: BTreeSet<usize> =
            members.copied().filter(|member| self.felt[*member] >= bad).collect();
        worst.into_iter().map(|member| self.graph.services[member].id).collect()
    }
}

/// What falls with one service, among all that another needs: asked of each of them in turn, so
/// what is counted is taken back and not made anew.
struct Fall<'a> {
    graph: &'a Graph,
    /// The service that it is asked for.
    place: usize,
    /// What can take it down: itself, and all that it needs.
    among: Vec<bool>,
    down: Vec<bool>,
    /// How many of each need are down.
    lost: Vec<usize>,
}

impl<'a> Fall<'a> {
    fn over(graph: &'a Graph, place: usize, needed: &[(usize, u32)]) -> Self {
        let mut among = vec![false; graph.services.len()];
        among[place] = true;
        for (at, _) in needed {
            among[*at] = true;
        }
        let (down, lost) = (vec![false; graph.services.len()], vec![0; graph.needs.len()]);
        Fall { graph, place, among, down, lost }
    }

    /// Whether the service falls with this one. What is known to take it down ends the search.
    fn reaches(&mut self, from: usize, fatal: &[bool]) -> bool {
        self.down[from] = true;
        let mut fallen = vec![from];
        let (mut next, mut found) = (0, false);
        while let Some(at) = fallen.get(next).copied().filter(|_| !found) {
            next += 1;
            for place in &self.graph.within[at] {
                self.lost[*place] += 1;
                let need = &self.graph.needs[*place];
                let holds = need.needs.len() - self.lost[*place] >= need.at_least;
                if holds || self.down[need.of] || !self.among[need.of] {
                    continue;
                }
                self.down[need.of] = true;
                fallen.push(need.of);
                found |= need.of == self.place || fatal[need.of];
            }
        }
        for at in &fallen[..next] {
            for need in &self.graph.within[*at] {
                self.lost[*need] = 0;
            }
        }
        for at in fallen {
            self.down[at] = false;
        }
        found
    }
}

/// How the last of so many is, taken from the best.
fn best(counts: &[u32; LEVELS], mut many: usize) -> Health {
    if many == 0 {
        return Health::Level;
    }
    for (health, count) in Health::ALL.iter().zip(counts) {
        let count = *count as usize;
        if count >= many {
            return *health;
        }
        many -= count;
    }
    Health::Down
}
