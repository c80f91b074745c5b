//! What the screen is drawn from. Who is on call by each schedule follows from what decisions know
//! at hand; only the chosen schedule, what is offered and what pages are read, once each.

use super::{Asked, load};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::settings::whom::Names;
use desk::reports::Report;
use desk::rota::{learning, roster_of};
use incident::escalation::{SchedulePolicy, Whom};
use incident::reach::PageChannel;
use incident::{Access, Policy, Scope};
use kernel::{InOrder, IncidentNumber, PersonId, ScheduleId, Timestamp};
use roster::{Roster, Span};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::directory::feeds::{self, ScheduleFeed};
use store::directory::schedules::{self, Override, Schedule};
use store::directory::swaps::{self, Swap};
use store::incidents::list::{self, Busy, IncidentRow};
use store::pages::ledger;
use store::{Failure, Sql};

/// Days that lanes show, in which gaps are looked for, and over which load is counted.
pub(super) const DAYS: i64 = 28;
/// Days in which one's own shifts are looked for, and who comes after whom.
const AHEAD_DAYS: i64 = 90;
/// Own shifts of one schedule that are shown.
const MINE: usize = 3;
/// Gaps of one schedule that are kept: more than two for every day shown.
const GAPS: usize = 60;
/// Incidents that page now that are looked at.
const PAGING: i64 = 50;
/// Days for which somebody who answered a page may still be busy with it.
const HELD_DAYS: i64 = 3;

/// Somebody, or nobody, on call without a break.
#[derive(Clone, Copy)]
pub(super) struct Stint {
    pub(super) person: Option<PersonId>,
    pub(super) span: Span,
}

/// How a schedule stands now.
pub(super) struct Standing {
    pub(super) id: ScheduleId,
    pub(super) name: String,
    pub(super) fallback: Option<Whom>,
    pub(super) roster: Roster,
    pub(super) now: Stint,
    /// What comes after; nothing when it stays as it is as far as one looks.
    pub(super) next: Option<Stint>,
    /// When nobody is on call in the next four weeks.
    pub(super) gaps: Vec<Span>,
    /// The reader's own shifts, the one that goes on first.
    pub(super) mine: Vec<Span>,
    /// Who learns now, besides whoever is on call.
    pub(super) besides: Vec<PersonId>,
}

impl Standing {
    fn of(
        id: ScheduleId,
        schedule: &SchedulePolicy,
        me: PersonId,
        now: Timestamp,
    ) -> Option<Standing> {
        let roster = schedule.roster.roster().ok()?;
        let (soon, far) = (now.plus_days(DAYS), now.plus_days(AHEAD_DAYS));
        let nothing = Stint { person: None, span: Span::new(now, far) };
        let (mut first, mut next, mut gaps, mut mine) = (None, None, vec![], vec![]);
        for stint in stints(&roster, nothing.span) {
            let Span { start, end } = stint.span;
            if first.is_none() {
                first = Some(stint);
            } else if next.is_none() {
                next = Some(stint);
            }
            if stint.person == Some(me) && mine.len() < MINE {
                mine.push(stint.span);
            }
            if stint.person.is_none() && start < soon && gaps.len() < GAPS {
                gaps.push(Span::new(start, end.min(soon)));
            }
            if start >= soon && next.is_some() && mine.len() >= MINE {
                break;
            }
        }
        let (name, fallback) = (schedule.name.clone(), schedule.fallback);
        let besides = roster.told(now, &schedule.shadows).besides;
        let now = first.unwrap_or(nothing);
        Some(Standing { id, name, fallback, roster, now, next, gaps, mine, besides })
    }

    /// Until when it stays as it is; nothing when that is farther than one looks.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.next.map(|next| next.span.start)
    }

    /// Whether this person is on call now.
    pub(super) fn has(&self, person: PersonId) -> bool {
        self.now.person == Some(person)
    }
}

/// Shifts and gaps, joined where one person stays.
fn stints(roster: &Roster, range: Span) -> impl Iterator<Item = Stint> {
    let mut stretches = roster.stretches(range.start, range.end).peekable();
    std::iter::from_fn(move || {
        let first = stretches.next()?;
        let person = first.shift.map(|shift| shift.person);
        let mut span = first.span;
        while let Some(more) =
            stretches.next_if(|more| more.shift.as_ref().map(|shift| shift.person) == person)
        {
            span.end = more.span.end;
        }
        Some(Stint { person, span })
    })
}

/// The chosen schedule as it is stored.
pub(super) struct Chosen {
    pub(super) schedule: Schedule,
    /// Through the past that is shown, too.
    pub(super) roster: Roster,
    /// Those that are not over.
    pub(super) overrides: Vec<Override>,
    /// Who learns in the time that is shown.
    pub(super) shadows: Vec<roster::Shadow>,
    /// The reader's own, and all for whoever arranges shifts.
    pub(super) feeds: Vec<ScheduleFeed>,
}

/// All of it.
pub(super) struct Sight {
    pub(super) names: Names,
    /// By what this instance sends pages; nothing where that is not known.
    pub(super) channels: Vec<PageChannel>,
    /// Schedules in use, by name.
    pub(super) rows: Vec<Standing>,
    pub(super) chosen: Option<Chosen>,
    /// Shifts that wait for somebody, of all schedules.
    pub(super) swaps: Vec<Swap>,
    /// What pages now that the reader may see.
    pub(super) paging: Vec<IncidentRow>,
    /// What those who are on call have, as far as the reader may see it.
    pub(super) busy: BTreeMap<PersonId, Busy>,
    /// What some of them may have taken by answering their page.
    pub(super) held: Vec<IncidentRow>,
    /// Pages of the last four weeks by person, of whom the reader may know them.
    pub(super) pages: Arc<Report>,
}

impl Sight {
    /// Reads what one page needs.
    pub(super) async fn read(app: &App, who: &SignedIn, asked: Asked) -> PageResult<Sight> {
        let names = Names::read(app).await?;
        let pages = app.desk.report(who.viewer(), &load::wanted(who)).await?;
        let (policy, now, viewer) = (names.policy.clone(), who.here.now, who.viewer().clone());
        let read = move |sql: &mut dyn Sql| {
            let rows = standings(&policy, viewer.person, now);
            let chosen = match choose(&rows, asked.schedule) {
                Ok(Some(row)) => {
                    let first = asked.first(row, now);
                    let from = row.roster.drawing(first, 1).span().start;
                    let mut chosen = read_chosen(sql, row.id, (from, now))?;
                    if let Some(chosen) = chosen.as_mut().filter(|_| !viewer.arranges_shifts()) {
                        chosen.feeds.retain(|feed| feed.person == viewer.person);
                    }
                    chosen
                }
                Ok(None) => None,
                Err(()) => return Ok(None),
            };
            let scope = Scope::of(&viewer);
            let paging = paging(sql, &scope)?;
            let on_call: Vec<PersonId> = rows.iter().filter_map(|row| row.now.person).collect();
            let busy = list::busy_with(sql, &scope, &on_call)?;
            let since = now.plus_days(-HELD_DAYS);
            let held = ledger::answered_by(sql, &scope, &on_call, since, PAGING)?;
            let held = list::get_many(sql, &scope, &held)?;
            let mut swaps = swaps::waiting(sql, now)?;
            swaps.retain(|swap| rows.iter().any(|row| row.id == swap.schedule));
            Ok(Some((rows, chosen, swaps, paging, busy, held)))
        };
        let found = app.desk.read(read).await?;
        let (rows, chosen, swaps, paging, busy, held) = found.ok_or(PageError::NotFound)?;
        let channels = app.desk.page_channels();
        Ok(Sight { names, channels, rows, chosen, swaps, paging, busy, held, pages })
    }

    /// How the chosen schedule stands.
    pub(super) fn row(&self) -> Option<&Standing> {
        let id = self.chosen.as_ref()?.schedule.id;
        self.standing(id)
    }

    /// How a schedule stands.
    pub(super) fn standing(&self, id: ScheduleId) -> Option<&Standing> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// What somebody is called.
    pub(super) fn name(&self, person: PersonId) -> String {
        self.names.name(Whom::Person(person))
    }
}

fn standings(policy: &Arc<Policy>, me: PersonId, now: Timestamp) -> Vec<Standing> {
    let schedules = policy.paging.schedules.iter();
    let mut rows: Vec<Standing> =
        schedules.filter_map(|(id, schedule)| Standing::of(*id, schedule, me, now)).collect();
    rows.order_by_key(|row| (row.name.to_lowercase(), row.id));
    rows
}

/// The one asked for; else the one that the reader is on call by, or will be soonest; else the
/// first. An error when there is none that was asked for.
fn choose(rows: &[Standing], asked: Option<ScheduleId>) -> Result<Option<&Standing>, ()> {
    if let Some(id) = asked {
        return rows.iter().find(|row| row.id == id).map(Some).ok_or(());
    }
    let own = rows.iter().filter_map(|row| Some((row.mine.first()?.start, row)));
    let own = own.min_by_key(|(start, _)| *start).map(|(_, row)| row);
    Ok(own.or(rows.first()))
}

fn read_chosen(
    sql: &mut dyn Sql,
    id: ScheduleId,
    (from, now): (Timestamp, Timestamp),
) -> Result<Option<Chosen>, Failure> {
    let Some(schedule) = schedules::get(sql, id)? else { return Ok(None) };
    let roster = roster_of(sql, &schedule, from.min(now.plus_days(-DAYS)))?;
    let overrides = schedules::overrides(sql, id, now)?;
    let feeds = feeds::of_schedule(sql, id)?;
    let shadows = learning(sql, id, from.min(now))?;
    Ok(Some(Chosen { schedule, roster, overrides, shadows, feeds }))
}

/// What pages now, the soonest next step first.
fn paging(sql: &mut dyn Sql, scope: &Scope) -> Result<Vec<IncidentRow>, Failure> {
    let numbers: Vec<IncidentNumber> = ledger::ahead(sql, scope, PAGING)?;
    let mut rows = list::get_many(sql, scope, &numbers)?;
    rows.retain(|row| row.access == Access::Full && row.state.is_paging());
    rows.order_by_key(|row| row.state.paging.as_ref().and_then(|course| course.next_at()));
    Ok(rows)
}
