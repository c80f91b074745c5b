//! What paging promises and whom it pages, kept in the transaction of the entries that say so.

use super::send;
use crate::directory::{json, many};
use crate::incidents::Recorded;
use crate::sql::{Row, Table, Type};
use crate::{Failure, Sql, Value};
use incident::escalation::{Course, Planned, Turns};
use incident::event::{Paged, PagingBegan, PagingExhausted};
use incident::{Body, Event, PageWish, State, apply};
use kernel::{IncidentNumber, PageId, PersonId, Timestamp};
use std::collections::BTreeMap;

/// A step that comes later than so many seconds after its instant was not kept.
pub const LATE_SECONDS: i64 = 30;

/// A page to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage {
    /// Its id.
    pub id: PageId,
    /// To whom, by which way.
    pub wish: PageWish,
}

/// Whose turn it was last, of every step that people take in turn.
pub fn turns(sql: &mut dyn Sql) -> Result<Turns, Failure> {
    let statement = "select policy_id, place, person_id from page_turns";
    let rows = many(sql, statement, &[], |row| {
        let policy = row.parsed()?;
        let place = u32::try_from(row.int()?).unwrap_or(u32::MAX);
        Ok(((policy, place), row.parsed()?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Keeps promises and pages of everything that was recorded.
pub(crate) fn follow(sql: &mut dyn Sql, parts: &[Recorded]) -> Result<(), Failure> {
    let mut kept = Kept::default();
    for part in parts {
        if part.events.iter().any(|event| concerns(&event.body)) {
            kept.add(sql, part)?;
        }
    }
    kept.store(sql)
}

fn concerns(body: &Body) -> bool {
    body.is_about_paging() || matches!(body, Body::Acknowledged(_))
}

const PROMISES: Table = Table {
    name: "page_promises",
    columns: &[
        ("number", Type::Int),
        ("began_n", Type::Int),
        ("step", Type::Int),
        ("round", Type::Int),
        ("whom", Type::Text),
        ("latest_at", Type::Int),
        ("state", Type::Text),
        ("kept_n", Type::Int),
        ("settled_at", Type::Int),
    ],
    suffix: "",
};

const PAGES: Table = Table {
    name: "pages",
    columns: &[
        ("id", Type::Text),
        ("number", Type::Int),
        ("n", Type::Int),
        ("person_id", Type::Text),
        ("contact_id", Type::Text),
        ("channel", Type::Text),
        ("address", Type::Text),
        ("urgency", Type::Text),
        ("due_at", Type::Int),
        ("state", Type::Text),
        ("answered_at", Type::Int),
        ("created_at", Type::Int),
        ("learns", Type::Int),
    ],
    suffix: "on conflict do nothing",
};

/// A promise that was made in this transaction.
struct Promise {
    number: IncidentNumber,
    began_n: u32,
    step: u32,
    round: u32,
    whom: String,
    latest_at: Timestamp,
    state: &'static str,
    kept_n: Option<u32>,
    settled_at: Option<Timestamp>,
}

/// A page that was made in this transaction.
struct Page<'a> {
    number: IncidentNumber,
    page: &'a NewPage,
    is_called_off: bool,
    answered_at: Option<Timestamp>,
}

/// What this transaction made so far; what it settles may be among it.
#[derive(Default)]
struct Kept<'a> {
    promises: Vec<Promise>,
    pages: Vec<Page<'a>>,
    turns: BTreeMap<(String, u32), PersonId>,
}

/// What a step that came settles.
struct Settled {
    number: IncidentNumber,
    began_n: u32,
    step: u32,
    /// Steps from here on still come.
    next: u32,
    n: u32,
    at: Timestamp,
}

impl<'a> Kept<'a> {
    fn add(&mut self, sql: &mut dyn Sql, part: &'a Recorded) -> Result<(), Failure> {
        let mut state: Option<State> = part.before.clone();
        for event in &part.events {
            let ahead = |state: &Option<State>| {
                let course = state.as_ref().and_then(|state| state.paging.as_deref());
                course.map(|course: &Course| course.ahead.clone()).unwrap_or_default()
            };
            let before = ahead(&state);
            let is_stored = state.as_ref().is_some_and(|state| state.paging.is_some());
            state = apply(state, event);
            let course = state.as_ref().and_then(|state| state.paging.as_deref());
            self.take(sql, part, event, course, is_stored)?;
            if let Body::Paged(data) = &event.body {
                let after = ahead(&state);
                self.moved(sql, part.number, data.began_n, &before, &after)?;
            }
        }
        Ok(())
    }

    /// Keeps what an entry says; `course` is how paging stands with it.
    fn take(
        &mut self,
        sql: &mut dyn Sql,
        part: &'a Recorded,
        event: &Event,
        course: Option<&Course>,
        is_stored: bool,
    ) -> Result<(), Failure> {
        let (number, at) = (part.number, event.at);
        match &event.body {
            Body::PagingBegan(data) => {
                if is_stored {
                    self.call_off(sql, number, at)?;
                }
                self.promise(number, event.n, data)
            }
            Body::Paged(data) => {
                self.page(part, event.n, data);
                if data.cue.is_beside() {
                    return Ok(());
                }
                let Paged { began_n, step, .. } = *data.as_ref();
                let next = data.next.map_or(step + 1, |next| next.step);
                self.settle(sql, &Settled { number, began_n, step, next, n: event.n, at })
            }
            Body::PagingExhausted(data) => {
                let PagingExhausted { step, again_at, .. } = **data;
                let Some(course) = course else { return Ok(()) };
                self.promises.push(Promise {
                    number,
                    began_n: course.began_n,
                    step: step + 1,
                    round: course.step.as_ref().map_or(0, |step| step.round),
                    whom: json(&course.fallback)?,
                    latest_at: again_at,
                    state: "promised",
                    kept_n: None,
                    settled_at: None,
                });
                Ok(())
            }
            Body::PagingStopped(_) => self.call_off(sql, number, at),
            Body::PageAcknowledged(data) => self.answered(sql, number, data.person, at),
            Body::PageDeclined(data) => self.answered(sql, number, data.person, at),
            Body::Acknowledged(_) if is_stored => match event.actor.person_id() {
                Some(person) => self.answered(sql, number, person, at),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn promise(
        &mut self,
        number: IncidentNumber,
        began_n: u32,
        data: &PagingBegan,
    ) -> Result<(), Failure> {
        for Planned { step, round, at, whom, .. } in &data.plan {
            self.promises.push(Promise {
                number,
                began_n,
                step: *step,
                round: *round,
                whom: json(whom)?,
                latest_at: *at,
                state: "promised",
                kept_n: None,
                settled_at: None,
            });
        }
        Ok(())
    }

    fn page(&mut self, part: &'a Recorded, n: u32, data: &Paged) {
        let pages = part.pages.iter().filter(|page| page.wish.n == n);
        let number = part.number;
        self.pages.extend(pages.map(|page| Page {
            number,
            page,
            is_called_off: false,
            answered_at: None,
        }));
        if let Some(turn) = &data.turn {
            self.turns.insert((turn.policy.to_string(), turn.place), turn.person);
        }
    }

    /// What came is kept, and what was passed over is not needed.
    fn settle(&mut self, sql: &mut dyn Sql, settled: &Settled) -> Result<(), Failure> {
        let Settled { number, began_n, step, next, n, at } = *settled;
        let mut is_here = false;
        for promise in &mut self.promises {
            if (promise.number, promise.began_n) != (number, began_n) {
                continue;
            }
            is_here = true;
            if promise.state != "promised" || promise.step >= next {
                continue;
            }
            let came = promise.step <= step;
            let late = at.seconds_since(promise.latest_at) > LATE_SECONDS;
            promise.state = match came {
                true if late => "broken",
                true => "kept",
                false => "called_off",
            };
            promise.kept_n = came.then_some(n);
            promise.settled_at = Some(at);
        }
        if is_here
            && self
                .promises
                .iter()
                .any(|p| p.number == number && p.began_n == began_n && p.step == 0)
        {
            return Ok(());
        }
        let open =
            "number = $1 and began_n = $2 and state in ('promised', 'broken') and kept_n is null";
        let keep = format!(
            "update page_promises set state = case \
             when state = 'broken' or latest_at < $6 then 'broken' else 'kept' end, \
             kept_n = $4, settled_at = $5 where {open} and step <= $3"
        );
        let on_time = at.plus_seconds(-LATE_SECONDS);
        let values =
            [number.into(), began_n.into(), step.into(), n.into(), at.into(), on_time.into()];
        sql.execute(&keep, &values)?;
        let pass = format!(
            "update page_promises set state = 'called_off', settled_at = $4 \
             where {open} and state = 'promised' and step < $3"
        );
        let values = [number.into(), began_n.into(), next.into(), at.into()];
        sql.execute(&pass, &values).map(drop)
    }

    /// What comes later or sooner than was promised is promised for then.
    fn moved(
        &mut self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        began_n: u32,
        before: &[Planned],
        after: &[Planned],
    ) -> Result<(), Failure> {
        for planned in after {
            let was = before.iter().find(|was| was.step == planned.step);
            if was.is_none_or(|was| was.at == planned.at) {
                continue;
            }
            let mut mine = self.promises.iter_mut();
            let mine = mine.find(|promise| {
                (promise.number, promise.began_n, promise.step) == (number, began_n, planned.step)
            });
            if let Some(promise) = mine {
                promise.latest_at = planned.at;
                continue;
            }
            let statement = "update page_promises set latest_at = $4 \
                where number = $1 and began_n = $2 and step = $3 and state = 'promised'";
            let values = [number.into(), began_n.into(), planned.step.into(), planned.at.into()];
            sql.execute(statement, &values)?;
        }
        Ok(())
    }

    /// Nobody has to be paged about it any more.
    fn call_off(
        &mut self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let mine = self.promises.iter_mut().filter(|promise| promise.number == number);
        for promise in mine.filter(|promise| promise.state == "promised") {
            promise.state = "called_off";
            promise.settled_at = Some(at);
        }
        let mine = self.pages.iter_mut().filter(|page| page.number == number);
        mine.for_each(|page| page.is_called_off = true);
        let values: [Value; 2] = [number.into(), at.into()];
        sql.execute(
            "update page_promises set state = 'called_off', settled_at = $2 \
             where number = $1 and state = 'promised'",
            &values,
        )?;
        sql.execute(
            "update pages set state = 'called_off', taken_until = null \
             where number = $1 and state = 'waiting'",
            &values[..1],
        )
        .map(drop)
    }

    /// Somebody answered: what waits for them is not needed any more.
    fn answered(
        &mut self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        person: PersonId,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let mine = self.pages.iter_mut();
        for page in mine.filter(|p| p.number == number && p.page.wish.person == person) {
            page.is_called_off = true;
            page.answered_at = Some(at);
        }
        send::answered(sql, number, person, at)
    }

    fn store(self, sql: &mut dyn Sql) -> Result<(), Failure> {
        if !self.promises.is_empty() {
            let rows = self.promises.into_iter().map(Promise::row).collect();
            sql.insert(&PROMISES, rows)?;
        }
        if !self.pages.is_empty() {
            let rows = self.pages.into_iter().map(Page::row).collect();
            sql.insert(&PAGES, rows)?;
        }
        for ((policy, place), person) in self.turns {
            sql.execute(
                "insert into page_turns (policy_id, place, person_id) values ($1, $2, $3) \
                 on conflict (policy_id, place) do update set person_id = excluded.person_id",
                &[policy.into(), place.into(), person.into()],
            )?;
        }
        Ok(())
    }
}

impl Promise {
    fn row(self) -> Row {
        vec![
            self.number.into(),
            self.began_n.into(),
            self.step.into(),
            self.round.into(),
            self.whom.into(),
            self.latest_at.into(),
            self.state.into(),
            self.kept_n.into(),
            self.settled_at.into(),
        ]
    }
}

impl Page<'_> {
    fn row(self) -> Row {
        let Page { number, page: NewPage { id, wish }, is_called_off, answered_at } = self;
        vec![
            (*id).into(),
            number.into(),
            wish.n.into(),
            wish.person.into(),
            wish.way.contact.into(),
            wish.way.channel.as_str().into(),
            (&wish.way.address).into(),
            wish.urgency.as_str().into(),
            wish.way.due_at.into(),
            if is_called_off { "called_off" } else { "waiting" }.into(),
            answered_at.into(),
            wish.at.into(),
            wish.learns.into(),
        ]
    }
}
