//! A waiting line as it would have been: what came in the past is taken in turn by as many people
//! as there are at each hour of the week, and it is seen how long everything waits.
//!
//! When things came is as it was recorded. How long each takes is drawn with the mean that is given
//! (exponential, as [`crate::staffing`] has it) from the place of its arrival alone, so the same
//! past gives the same answer, and two plans are compared on the same work. Nobody gives up.
//! Whoever's hours end finishes what is in hand, and takes nothing new.

use crate::demand::HOURS;
use crate::surge::hour_of_week;
use calendar::Calendar;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// People come and go by quarters of an hour: no zone differs from UTC by less. In microseconds.
const QUARTER: i64 = 900_000_000;
/// For how long after its end what still waits is taken, in days.
const REST_DAYS: i64 = 7;
const MICROS: f64 = 1e6;

/// Who takes it, and what is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// How many there are at each hour of the week, from Monday 00:00 on; nobody at those that
    /// are missing.
    pub staff: &'a [u32],
    /// When they are there at all, by a calendar; always when absent.
    pub open: Option<&'a Calendar>,
    /// By whose clock.
    pub zone: &'a TimeZone,
    /// How long one takes on average, in seconds.
    pub handling_seconds: f64,
    /// What waits no longer than so many seconds is in time.
    pub within_seconds: f64,
}

/// How it went with what came at an hour of the week, or at all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Went {
    /// How many came.
    pub came: u32,
    /// How long they waited on average, in seconds; `None` where nothing came. What was not taken
    /// counts with how long it waited until the end.
    pub mean_seconds: Option<f64>,
    /// The part that was in time; `None` where nothing came.
    pub in_time: Option<f64>,
    /// How many waited then on average, whenever they came.
    pub queue: f64,
}

/// How it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsed {
    /// Each hour of the week, from Monday 00:00 on.
    pub hours: Vec<Went>,
    /// All of it.
    pub whole: Went,
    /// The longest that something waited, in seconds.
    pub longest_seconds: f64,
    /// What was not taken within a week after the end.
    pub untaken: u32,
}

/// Runs what came from `from` until just before `to` through a line that is empty at first. The
/// order of arrivals does not matter.
pub fn rehearse(
    arrivals: &[Timestamp],
    (from, to): (Timestamp, Timestamp),
    line: &Line<'_>,
) -> Rehearsed {
    let mut came: Vec<i64> =
        arrivals.iter().filter(|at| (from..to).contains(*at)).map(|at| at.micros()).collect();
    came.sort_unstable();
    let mut run = Run::new(line, from.micros(), to.micros());
    let mut next = came.iter().copied().enumerate().peekable();
    let last = to.plus_days(REST_DAYS).micros();
    while run.now < run.to || (!run.waiting.is_empty() && run.now < last) {
        let end = (run.now.div_euclid(QUARTER) + 1) * QUARTER;
        let begins = Timestamp::from_micros(run.now);
        let hour = hour_of_week(line.zone, begins);
        let people = line.staff.get(hour).copied().unwrap_or_default();
        let is_open = line.open.is_none_or(|calendar| calendar.is_open(begins));
        run.begin(hour, if is_open { people } else { 0 });
        // What is done makes room before what comes at the same instant asks for it.
        loop {
            let done = run.busy.peek().map(|Reverse(at)| *at).filter(|at| *at < end);
            let arrives = next.peek().map(|(_, at)| *at).filter(|at| *at < end);
            match (done, arrives) {
                (Some(done), at) if at.is_none_or(|at| done <= at) => run.finish(done),
                (_, Some(at)) => {
                    let place = next.next().map_or(0, |(place, _)| place);
                    run.arrive(at, micros_of(place, line.handling_seconds));
                }
                (_, None) => break,
            }
        }
        run.pass(end);
    }
    run.told()
}

/// How long the work of the arrival at a place takes, in microseconds: exponential, by SplitMix64
/// of the place.
fn micros_of(place: usize, mean_seconds: f64) -> i64 {
    let mut z = (place as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
    (-(1.0 - unit).ln() * mean_seconds * MICROS) as i64
}

/// Something that waits: when it came, at which hour of the week, and how long it takes.
struct Waiting {
    came: i64,
    hour: usize,
    takes: i64,
}

/// What is known of an hour of the week.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    came: u32,
    waited: f64,
    in_time: u32,
    /// How many waited, times for how long, and for how long that was watched.
    stood: f64,
    watched: f64,
}

impl Tally {
    fn went(&self) -> Went {
        let came = f64::from(self.came);
        let some = self.came > 0;
        Went {
            came: self.came,
            mean_seconds: some.then(|| self.waited / MICROS / came),
            in_time: some.then(|| f64::from(self.in_time) / came),
            queue: if self.watched > 0.0 { self.stood / self.watched } else { 0.0 },
        }
    }
}

/// The line while it runs; instants are microseconds.
struct Run {
    now: i64,
    to: i64,
    within: f64,
    hour: usize,
    people: usize,
    /// When each of those who work is done.
    busy: BinaryHeap<Reverse<i64>>,
    waiting: VecDeque<Waiting>,
    tallies: Vec<Tally>,
    longest: f64,
}

impl Run {
    fn new(line: &Line<'_>, now: i64, to: i64) -> Run {
        Run {
            now,
            to,
            within: line.within_seconds * MICROS,
            hour: 0,
            people: 0,
            busy: BinaryHeap::new(),
            waiting: VecDeque::new(),
            tallies: vec![Tally::default(); HOURS],
            longest: 0.0,
        }
    }

    /// A quarter begins, with so many people.
    fn begin(&mut self, hour: usize, people: u32) {
        self.hour = hour;
        self.people = people as usize;
        self.take();
    }

    fn arrive(&mut self, at: i64, takes: i64) {
        self.pass(at);
        let hour = self.hour;
        if let Some(tally) = self.tallies.get_mut(hour) {
            tally.came += 1;
        }
        self.waiting.push_back(Waiting { came: at, hour, takes });
        self.take();
    }

    fn finish(&mut self, at: i64) {
        self.pass(at);
        self.busy.pop();
        self.take();
    }

    /// Time passes; the line stands as it is.
    fn pass(&mut self, until: i64) {
        let seen = (until.min(self.to) - self.now).max(0) as f64;
        let waiting = self.waiting.len() as f64;
        if let Some(tally) = self.tallies.get_mut(self.hour) {
            tally.stood += waiting * seen;
            tally.watched += seen;
        }
        self.now = until.max(self.now);
    }

    /// Whoever is free takes what has waited longest.
    fn take(&mut self) {
        while self.busy.len() < self.people
            && let Some(one) = self.waiting.pop_front()
        {
            self.waited(&one, true);
            self.busy.push(Reverse(self.now + one.takes));
        }
    }

    fn waited(&mut self, one: &Waiting, taken: bool) {
        let waited = (self.now - one.came) as f64;
        self.longest = self.longest.max(waited);
        if let Some(tally) = self.tallies.get_mut(one.hour) {
            tally.waited += waited;
            tally.in_time += u32::from(taken && waited <= self.within);
        }
    }

    fn told(mut self) -> Rehearsed {
        let left = std::mem::take(&mut self.waiting);
        for one in &left {
            self.waited(one, false);
        }
        let whole = self.tallies.iter().fold(Tally::default(), |sum, one| Tally {
            came: sum.came + one.came,
            waited: sum.waited + one.waited,
            in_time: sum.in_time + one.in_time,
            stood: sum.stood + one.stood,
            watched: sum.watched + one.watched,
        });
        Rehearsed {
            hours: self.tallies.iter().map(Tally::went).collect(),
            whole: whole.went(),
            longest_seconds: self.longest / MICROS,
            untaken: u32::try_from(left.len()).unwrap_or(u32::MAX),
        }
    }
}
