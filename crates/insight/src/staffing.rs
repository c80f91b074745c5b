//! How many people it takes: waiting lines with as many servers as there are agents (Erlang B,
//! C and A).
//!
//! What comes in comes at random at a steady rate, takes a random time with a steady mean, and
//! who waits is taken in turn. Work that can wait hours, and that people do in parts, is not
//! like that: for a telephone, a chat or the first response to incidents it is near enough.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Agents at most: more do not stand in one line.
pub const AGENTS_MAX: u32 = 100_000;

const HOUR_SECONDS: f64 = 3_600.0;
/// Terms of a sum at most. They shrink from where more give up than come, which with people
/// who wait for a day is after some ten thousand.
const TERMS_MAX: u32 = 10_000_000;
/// Where a sum is scaled down, far from the largest number there is.
const LARGE: f64 = 1e200;
/// What is smaller than this part of a sum does not change it any more.
const TINY: f64 = 1e-18;

/// What comes in and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    arrivals_per_hour: f64,
    handling_seconds: f64,
}

/// Why a load, or a goal, is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLoad {
    /// Arrivals an hour are not a number from 0 on.
    Arrivals,
    /// The handling time is not more than 0 seconds.
    Handling,
    /// More than [`AGENTS_MAX`] would always be busy.
    TooMuch,
}

impl fmt::Display for NoLoad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoLoad::Arrivals => f.write_str("arrivals an hour must be a number, 0 or more"),
            NoLoad::Handling => f.write_str("the handling time must be more than 0 seconds"),
            NoLoad::TooMuch => {
                write!(f, "this load keeps more than {AGENTS_MAX} people busy all the time")
            }
        }
    }
}

impl std::error::Error for NoLoad {}

/// What is wanted: a part, from 0 to 1, answered within so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// The part.
    pub part: f64,
    /// Within how many seconds.
    pub within_seconds: f64,
}

/// How it goes when all wait until it is their turn (Erlang C).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The part that has to wait.
    pub waits: f64,
    /// How long all wait on average, those who do not wait too.
    pub mean_seconds: f64,
    /// How many wait on average.
    pub queue: f64,
    /// How fast the line moves, in turns a second more than come.
    spare: f64,
}

impl Waiting {
    /// The part that waits no longer than so many seconds.
    pub fn within(&self, seconds: f64) -> f64 {
        1.0 - self.waits * (-self.spare * seconds.max(0.0)).exp()
    }
}

/// How it goes when people give up after a while (Erlang A).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Impatient {
    /// The part that finds everybody busy.
    pub waits: f64,
    /// The part that gives up.
    pub abandons: f64,
    /// How long all wait on average, those who give up too.
    pub mean_seconds: f64,
    /// How many wait on average.
    pub queue: f64,
}

impl Load {
    /// So many arrivals an hour, each of which takes so long on average.
    pub fn new(arrivals_per_hour: f64, handling_seconds: f64) -> Result<Load, NoLoad> {
        if !arrivals_per_hour.is_finite() || arrivals_per_hour < 0.0 {
            return Err(NoLoad::Arrivals);
        }
        if !handling_seconds.is_finite() || handling_seconds <= 0.0 {
            return Err(NoLoad::Handling);
        }
        let load = Load { arrivals_per_hour, handling_seconds };
        if load.offered() > f64::from(AGENTS_MAX) { Err(NoLoad::TooMuch) } else { Ok(load) }
    }

    /// How many agents are busy on average if nobody waits: erlangs.
    pub fn offered(&self) -> f64 {
        self.arrivals_a_second() * self.handling_seconds
    }

    fn arrivals_a_second(&self) -> f64 {
        self.arrivals_per_hour / HOUR_SECONDS
    }
}

/// The part that finds everybody busy and goes away at once (Erlang B).
pub fn blocking(load: &Load, agents: u32) -> f64 {
    let offered = load.offered();
    (1..=agents.min(AGENTS_MAX)).fold(1.0, |blocked, n| one_more(offered, blocked, n))
}

/// What is blocked with `n` agents, from what is with one less. It only multiplies and adds what
/// is positive, so nothing is lost by rounding.
fn one_more(offered: f64, blocked: f64, n: u32) -> f64 {
    let turned_away = offered * blocked;
    turned_away / (f64::from(n) + turned_away)
}

/// How it goes when all wait (Erlang C); `None` if the line grows without end.
pub fn waiting(load: &Load, agents: u32) -> Option<Waiting> {
    waiting_from(load, agents, blocking(load, agents))
}

fn waiting_from(load: &Load, agents: u32, blocked: f64) -> Option<Waiting> {
    let offered = load.offered();
    let free = f64::from(agents) - offered;
    if agents > AGENTS_MAX || free <= 0.0 {
        return None;
    }
    let waits = f64::from(agents) * blocked / (free + offered * blocked);
    let spare = free / load.handling_seconds;
    let mean_seconds = waits / spare;
    Some(Waiting { waits, mean_seconds, queue: waits * offered / free, spare })
}

/// How it goes when people give up after `patience_seconds` on average (Erlang A). Who never
/// does, waits as in [`waiting`]; `None` if then the line grows without end, or patience is no
/// number above 0.
pub fn impatient(load: &Load, agents: u32, patience_seconds: f64) -> Option<Impatient> {
    if patience_seconds.is_nan() || patience_seconds <= 0.0 || agents > AGENTS_MAX {
        return None;
    }
    if patience_seconds.is_infinite() {
        let Waiting { waits, mean_seconds, queue, .. } = waiting(load, agents)?;
        return Some(Impatient { waits, abandons: 0.0, mean_seconds, queue });
    }
    let blocked = blocking(load, agents);
    let comes = load.arrivals_a_second();
    if blocked <= 0.0 || comes <= 0.0 {
        return Some(Impatient { waits: 0.0, abandons: 0.0, mean_seconds: 0.0, queue: 0.0 });
    }
    // How likely each length of the line is, against that of everybody busy and none waiting.
    let (mut free, mut busy, mut queue) = (1.0 / blocked - 1.0, 1.0, 0.0);
    let served = f64::from(agents) / load.handling_seconds;
    let mut term = 1.0;
    for n in 1..=TERMS_MAX {
        let n = f64::from(n);
        let ratio = comes / (served + n / patience_seconds);
        term *= ratio;
        busy += term;
        queue += n * term;
        if busy > LARGE {
            for value in [&mut free, &mut busy, &mut queue, &mut term] {
                *value /= LARGE;
            }
        }
        if ratio < 1.0 && n * term <= TINY * queue.min(busy) * (1.0 - ratio) {
            break;
        }
    }
    let all = free + busy;
    let mean_seconds = queue / all / comes;
    Some(Impatient {
        waits: busy / all,
        abandons: mean_seconds / patience_seconds,
        mean_seconds,
        queue: queue / all,
    })
}

/// The fewest agents that reach a goal when all wait, and what they reach; `None` if
/// [`AGENTS_MAX`] do not.
pub fn fewest(load: &Load, goal: Goal) -> Option<(u32, f64)> {
    let offered = load.offered();
    let mut blocked = 1.0;
    // More agents reach more, so the first that do are the fewest.
    for agents in 1..=AGENTS_MAX {
        blocked = one_more(offered, blocked, agents);
        let reached =
            waiting_from(load, agents, blocked).map(|waiting| waiting.within(goal.within_seconds));
        if let Some(reached) = reached.filter(|reached| *reached >= goal.part) {
            return Some((agents, reached));
        }
    }
    None
}

/// The fewest agents with whom no larger part than `abandons_max` gives up; `None` if
/// [`AGENTS_MAX`] are too few or nobody has patience.
pub fn fewest_patient(
    load: &Load,
    patience_seconds: f64,
    abandons_max: f64,
) -> Option<(u32, Impatient)> {
    let reached = |agents: u32| {
        let found = impatient(load, agents, patience_seconds)?;
        (found.abandons <= abandons_max).then_some(found)
    };
    // More agents lose fewer, so halving finds the border.
    let (mut few, mut enough) = (0, 1);
    while reached(enough).is_none() {
        if enough >= AGENTS_MAX {
            return None;
        }
        (few, enough) = (enough, enough.saturating_mul(2).min(AGENTS_MAX));
    }
    while enough - few > 1 {
        let middle = few + (enough - few) / 2;
        match reached(middle) {
            Some(_) => enough = middle,
            None => few = middle,
        }
    }
    reached(enough).map(|found| (enough, found))
}
