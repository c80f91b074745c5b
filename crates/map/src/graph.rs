//! Services, and what each needs. Circles exist in real life and are kept.

use kernel::ServiceId;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// A service, as far as the graph knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// Criticality 1 (highest) to 4.
    pub criticality: u8,
}

/// Something that a service needs to work: so many of these. A plain dependency is one of one;
/// "2 of 3 needed" is a group of three of which two are enough; with `at_least` 0 it works
/// without all of them, but worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Who needs it.
    pub of: ServiceId,
    /// What the group is called; none for a plain dependency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What is needed.
    pub needs: Vec<ServiceId>,
    /// How many of these have to work.
    pub at_least: u16,
}

impl Need {
    /// One service that another cannot do without.
    pub fn plain(of: ServiceId, on: ServiceId) -> Need {
        Need { of, group: None, needs: vec![on], at_least: 1 }
    }
}

/// Which service needs which.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub(crate) services: Vec<Service>,
    places: HashMap<ServiceId, usize>,
    pub(crate) needs: Vec<Placed>,
    /// The needs of each service.
    pub(crate) of: Vec<Vec<usize>>,
    /// The needs that each service is among.
    pub(crate) within: Vec<Vec<usize>>,
}

/// A need whose services are known by their places.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) of: usize,
    pub(crate) group: Option<String>,
    pub(crate) needs: Vec<usize>,
    /// At most as many as there are.
    pub(crate) at_least: usize,
}

impl Placed {
    /// Whether none of these can be missed.
    pub(crate) fn is_hard(&self) -> bool {
        self.at_least == self.needs.len()
    }
}

impl Graph {
    /// The graph of these services. What names a service that is not among them, or the service
    /// itself, is left out; of what is left of a group at most all are needed.
    pub fn new(services: Vec<Service>, needs: Vec<Need>) -> Graph {
        let mut graph = Graph::default();
        for service in services {
            let place = graph.services.len();
            if let Entry::Vacant(free) = graph.places.entry(service.id) {
                free.insert(place);
                graph.services.push(service);
            }
        }
        graph.of = vec![vec![]; graph.services.len()];
        graph.within = vec![vec![]; graph.services.len()];
        for need in needs {
            graph.take(need);
        }
        graph
    }

    fn take(&mut self, need: Need) {
        let Some(of) = self.place(&need.of) else { return };
        let places = need.needs.iter().filter_map(|id| self.place(id));
        let members: BTreeSet<usize> = places.filter(|place| *place != of).collect();
        if members.is_empty() {
            return;
        }
        let index = self.needs.len();
        self.of[of].push(index);
        for member in &members {
            self.within[*member].push(index);
        }
        let at_least = usize::from(need.at_least).min(members.len());
        let needs = members.into_iter().collect();
        self.needs.push(Placed { of, group: need.group, needs, at_least });
    }

    /// Every service.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service with this id.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.place(id).map(|place| &self.services[place])
    }

    /// What a service needs itself.
    pub fn needs_of(&self, id: &ServiceId) -> Vec<Need> {
        let Some(place) = self.place(id) else { return vec![] };
        let all = self.of[place].iter().map(|need| &self.needs[*need]);
        all.map(|need| Need {
            of: *id,
            group: need.group.clone(),
            needs: need.needs.iter().map(|member| self.services[*member].id).collect(),
            at_least: u16::try_from(need.at_least).unwrap_or(u16::MAX),
        })
        .collect()
    }

    /// Who needs a service itself.
    pub fn needed_by(&self, id: &ServiceId) -> Vec<ServiceId> {
        let Some(place) = self.place(id) else { return vec![] };
        let users: BTreeSet<usize> =
            self.within[place].iter().map(|need| self.needs[*need].of).collect();
        users.into_iter().map(|user| self.services[user].id).collect()
    }

    /// Everything that a service needs, directly or not, without itself.
    pub fn above(&self, id: &ServiceId) -> BTreeSet<ServiceId> {
        let Some(place) = self.place(id) else { return BTreeSet::new() };
        let found = self.walk(place, |graph, at| graph.suppliers(at));
        found.into_iter().map(|(found, _)| self.services[found].id).collect()
    }

    pub(crate) fn place(&self, id: &ServiceId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// What a service needs itself, by place.
    pub(crate) fn suppliers(&self, place: usize) -> Vec<usize> {
        let needs = self.of[place].iter();
        needs.flat_map(|need| self.needs[*need].needs.iter().copied()).collect()
    }

    /// Who needs a service itself, by place.
    pub(crate) fn users(&self, place: usize) -> Vec<usize> {
        self.within[place].iter().map(|need| self.needs[*need].of).collect()
    }

    /// Whatever is reached from a service, with the number of steps, the nearest first; without
    /// the service itself.
    pub(crate) fn walk(
        &self,
        from: usize,
        next: impl Fn(&Graph, usize) -> Vec<usize>,
    ) -> Vec<(usize, u32)> {
        let mut seen = vec![false; self.services.len()];
        seen[from] = true;
        let mut found = Vec::new();
        let mut waiting = VecDeque::from([(from, 0)]);
        while let Some((at, steps)) = waiting.pop_front() {
            for reached in next(self, at) {
                if !seen[reached] {
                    seen[reached] = true;
                    found.push((reached, steps + 1));
                    waiting.push_back((reached, steps + 1));
                }
            }
        }
        found
    }
}
