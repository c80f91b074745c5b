//! What helps whoever is paged at once: what its alert says, what was changed, where it is written
//! how to mend it, what was like it, where they meet.

use crate::app::App;
use crate::error::PageResult;
use crate::incident::leads;
use crate::part::outward;
use desk::paging::Paged;
use desk::search::{Like, SimilarIncident};
use incident::conduct::RoomKind;
use incident::escalation::{Course, Finder, Turns, Whom};
use incident::permissions::Access;
use incident::{Body, Policy, Scope};
use kernel::{IncidentNumber, PersonId, ProblemNumber, TeamId, Timestamp};
use std::time::Duration;
use store::alerts::found::{self, Wanted};
use store::directory::changes::{self, Change};
use store::directory::people;
use store::directory::services::{self, Link};
use store::incidents::timeline::{contents_by_id, event};
use store::pages::plan;
use store::{Failure, Sql};
use tokio::time::timeout;

/// Changes at the service that are told.
const CHANGES: usize = 2;
/// Seconds before it began in which a change may be why: a day.
const CHANGES_SECONDS: i64 = 86_400;
/// Alerts whose graphs and runbooks are offered, and how many of these in all.
const ALERTS: usize = 3;
const ALERT_LINKS: usize = 4;
/// Characters of a line that is read at a glance.
const LINE_CHARS: usize = 160;
/// What is like it is told where it is found within this time.
const COMPARE_AT_MOST: Duration = Duration::from_secs(2);

/// People who are named of those whom the next page goes to.
const NAMED: usize = 3;
/// Bars that show how its alerts came.
pub(super) const BARS: usize = 10;
/// Seconds that they show at least and at most.
const BARS_SECONDS: (i64, i64) = (600, 86_400);
/// Alerts that are counted for them; of more the newest.
const FIRED: usize = 500;

/// What helps at once.
#[derive(Default)]
pub(super) struct Around {
    pub(super) changes: Vec<Change>,
    pub(super) links: Vec<Link>,
    /// Graphs, logs and runbooks that its alerts name.
    pub(super) told: Vec<::alert::Link>,
    pub(super) conference: Option<String>,
    /// What the first of its alerts that are not over says.
    pub(super) now: Option<String>,
    /// A known error that is like it, and what helps meanwhile.
    pub(super) known: Option<(ProblemNumber, String)>,
    /// What was like it and is over.
    pub(super) before: Option<Before>,
    /// How its alerts came, where there is more than one.
    pub(super) bars: Option<Bars>,
    /// What named this person when they were paged.
    pub(super) via: Option<Whom>,
    /// Whom the next page goes to unless somebody answers.
    pub(super) next: Option<Next>,
}

/// How many of its alerts fired.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bars {
    /// At the ends of equal stretches, the last of them now.
    pub(super) firing: [usize; BARS],
    /// Whether there are more alerts than were counted for those before.
    pub(super) more: bool,
    /// When the first of them begins.
    pub(super) since: Timestamp,
}

/// The next page.
#[derive(Debug)]
pub(super) struct Next {
    /// When it goes.
    pub(super) at: Timestamp,
    /// To whom, in words.
    pub(super) whom: String,
    /// The name and what is dialled of the first of them who has one.
    pub(super) call: Option<(String, String)>,
}

/// An incident that was like it.
pub(super) struct Before {
    pub(super) number: IncidentNumber,
    /// When it was reported.
    pub(super) at: Timestamp,
    /// How it ended, by the name of its code.
    pub(super) ended: Option<String>,
    /// How long it took until service was back, in seconds.
    pub(super) took_seconds: Option<i64>,
}

impl Around {
    /// Reads it, with what is like it.
    pub(super) async fn read(app: &App, paged: &Paged) -> PageResult<Around> {
        let mut found = Around::at_hand(app, paged).await?;
        if paged.is_over().is_none() {
            found.compare(app, paged).await;
        }
        Ok(found)
    }

    /// Reads what is at hand: without what is like it, which takes its time.
    pub(super) async fn at_hand(app: &App, paged: &Paged) -> PageResult<Around> {
        let state = &paged.state;
        let conduct = state.conduct.as_deref().filter(|_| state.lifecycle.is_open());
        let room = conduct.and_then(|conduct| conduct.rooms.get(&RoomKind::Conference)).copied();
        let began = state.moments.detected.unwrap_or(state.reported_at);
        let (service, now) = (state.service, app.desk.now());
        let (scope, number) = (Scope::of(&paged.viewer), paged.page.number);
        let (firing_now, only) =
            (state.alerts.as_ref().map(|all| all.firing), state.confidential_to);
        let (me, n) = (paged.person.id, paged.page.n);
        let waits = paged.is_over().is_none();
        let course = state.paging.clone().filter(|course| waits && course.is_going());
        let policy = app.desk.policy();
        let read = move |sql: &mut dyn Sql| {
            let mut found = Around { via: via(sql, number, n, me)?, ..Around::default() };
            if let Some(course) = &course {
                let turns = match policy.paging.takes_turns() {
                    true => plan::turns(sql)?,
                    false => Turns::new(),
                };
                let finder = finder(&policy, only, course, &turns);
                found.next = next(sql, &finder, course, me)?;
            }
            if let Some(id) = service {
                let from = began.plus_seconds(-CHANGES_SECONDS);
                found.links = services::get(sql, id)?.map(|one| one.links).unwrap_or_default();
                found.changes = changes::of_service(sql, id, from, now, CHANGES)?;
            }
            if let Some(firing_now) = firing_now {
                let wanted = Wanted { number: Some(number), ..Wanted::default() };
                let alerts = found::open_first(sql, &scope, &wanted, ALERTS)?;
                let firing = alerts.iter().find(|one| one.alert.is_open());
                found.now = firing.and_then(|one| first_line(&one.details.body));
                found.told = places(alerts.into_iter().flat_map(|one| one.details.links));
                found.bars = bars(&found::fired(sql, number, FIRED)?, firing_now, now);
            }
            if let Some(id) = room {
                let said = contents_by_id(sql, &[id])?.into_values().next();
                let said = said.and_then(|content| content.body);
                found.conference = said.filter(|address| leads(address));
            }
            Ok(found)
        };
        Ok(app.desk.read(read).await?)
    }

    /// What was like it. What fails or takes its time keeps nobody from answering.
    async fn compare(&mut self, app: &App, paged: &Paged) {
        let alike = app.desk.similar(&paged.viewer, Like::Incident(paged.page.number));
        let Ok(Ok(alike)) = timeout(COMPARE_AT_MOST, alike).await else { return };
        let mut known = alike.known_errors.into_iter();
        self.known = known.find_map(|error| Some((error.number, first_line(&error.workaround?)?)));
        let policy = app.desk.policy();
        let code = |code: &str| {
            let known = policy.resolution_codes.iter().find(|known| known.code == code);
            known.map_or(code, |known| known.label.as_str()).to_owned()
        };
        let over = |one: &SimilarIncident| one.ended.is_some() && one.row.access == Access::Full;
        self.before = alike.incidents.into_iter().find(over).map(|one| Before {
            number: one.row.number,
            at: one.row.state.reported_at,
            ended: one.ended.map(|ended| code(&ended.code)),
            took_seconds: one.took_seconds,
        });
    }
}

/// What named somebody whom an entry of the timeline paged.
fn via(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: i64,
    person: PersonId,
) -> Result<Option<Whom>, Failure> {
    let Ok(n) = u32::try_from(n) else { return Ok(None) };
    Ok(event(sql, number, n)?.and_then(|stored| match stored.event.body {
        Body::Paged(data) => data.people.iter().find(|paged| paged.person == person)?.via,
        _ => None,
    }))
}

/// Finds whom the next page goes to, as paging does when its instant comes.
fn finder<'a>(
    policy: &'a Policy,
    only: Option<TeamId>,
    course: &'a Course,
    turns: &'a Turns,
) -> Finder<'a> {
    Finder {
        policy,
        only,
        at: course.next_at().unwrap_or(course.began_at),
        urgency: course.urgency,
        declined: &course.declined,
        turns,
        of: course.policy,
    }
}

fn next(
    sql: &mut dyn Sql,
    finder: &Finder<'_>,
    course: &Course,
    me: PersonId,
) -> Result<Option<Next>, Failure> {
    let Some((_, found)) = finder.first(&course.ahead, false) else { return Ok(None) };
    let (mut names, mut call) = (Vec::new(), None);
    for paged in found.people.iter().take(NAMED) {
        let Some(person) = people::get(sql, paged.person)? else { continue };
        if person.id == me {
            names.push("you".to_owned());
            continue;
        }
        let number = outward::dialled(&person.phone);
        if call.is_none() && !number.is_empty() {
            call = Some((person.name.clone(), number));
        }
        names.push(person.name);
    }
    match found.people.len().saturating_sub(NAMED) {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    if !found.webhooks.is_empty() {
        names.push("a program".to_owned());
    }
    let whom = match names.is_empty() {
        true => "nobody who can be reached".to_owned(),
        false => names.join(" and "),
    };
    Ok(Some(Next { at: finder.at, whom, call }))
}

/// How many alerts fired in as long before the first began as since then; nothing where there was
/// never more than one at a time. How many do now is known of all, not of the newest alone.
fn bars(fired: &[(Timestamp, Option<Timestamp>)], firing_now: u32, now: Timestamp) -> Option<Bars> {
    let first = fired.iter().map(|(from, _)| *from).min()?;
    let (least, most) = BARS_SECONDS;
    let seconds = now.seconds_since(first).saturating_mul(2).clamp(least, most);
    let since = now.plus_seconds(-seconds);
    let mut firing: [usize; BARS] = std::array::from_fn(|bar| {
        let at = since.plus_seconds(seconds * (bar as i64 + 1) / BARS as i64);
        let fires = |(from, until): &&(Timestamp, Option<Timestamp>)| {
            *from <= at && until.is_none_or(|until| until > at)
        };
        fired.iter().filter(fires).count()
    });
    firing[BARS - 1] = firing_now as usize;
    let more = fired.len() >= FIRED;
    firing.iter().any(|count| *count > 1).then_some(Bars { firing, more, since })
}

/// The first line that says something, as much of it as is read at a glance.
fn first_line(words: &str) -> Option<String> {
    let line = words.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(match line.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    })
}

/// Web addresses that alerts name, each once.
fn places(links: impl Iterator<Item = ::alert::Link>) -> Vec<::alert::Link> {
    let mut places: Vec<::alert::Link> = Vec::new();
    for link in links.filter(|link| outward::host(link.href.trim()).is_some()) {
        if places.len() < ALERT_LINKS && places.iter().all(|known| known.href != link.href) {
            places.push(link);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_how_alerts_came_and_went() {
        let now: Timestamp = "2026-11-23T12:40:00Z".parse().unwrap();
        let ago = |minutes: i64| now.plus_seconds(-60 * minutes);
        assert_eq!(bars(&[], 0, now), None);
        assert_eq!(bars(&[(ago(3), None)], 1, now), None, "one says nothing");
        let fired = [(ago(10), None), (ago(5), Some(ago(1))), (ago(3), None), (ago(0), None)];
        let shown = bars(&fired, 3, now).unwrap();
        assert_eq!(shown.since, ago(20));
        assert_eq!(shown.firing, [0, 0, 0, 0, 1, 1, 1, 2, 3, 3]);
        assert!(!shown.more);
        let short = bars(&[(ago(1), None), (ago(1), None)], 2, now).unwrap();
        assert_eq!(short.since, ago(10), "not less than one can take in");
        let long = bars(&[(ago(60 * 24 * 30), None), (ago(1), None)], 2, now).unwrap();
        assert_eq!((long.since, long.firing[0], long.firing[9]), (ago(60 * 24), 1, 2));
    }

    #[test]
    fn of_more_alerts_than_are_counted_it_is_known_how_many_fire_now() {
        let now: Timestamp = "2026-11-23T12:40:00Z".parse().unwrap();
        let newest = vec![(now.plus_seconds(-300), None::<Timestamp>); FIRED];
        let shown = bars(&newest, 800, now).unwrap();
        assert_eq!((shown.firing[BARS - 2], shown.firing[BARS - 1]), (FIRED, 800));
        assert!(shown.more);
    }

    #[test]
    fn places_that_alerts_name_are_web_addresses_and_each_is_offered_once() {
        let link = |href: &str| ::alert::Link { href: href.to_owned(), text: "Graph".to_owned() };
        let all = [
            "https://graphs.example/1",
            "javascript:alert(1)",
            "https://graphs.example/1",
            "http://logs.example/2",
            "https://graphs.example/3",
            "https://graphs.example/4",
            "https://graphs.example/5",
        ];
        let found = places(all.into_iter().map(link));
        let found: Vec<&str> = found.iter().map(|link| link.href.as_str()).collect();
        assert_eq!(found.len(), ALERT_LINKS);
        assert_eq!(found[..2], ["https://graphs.example/1", "http://logs.example/2"]);
    }

    #[test]
    fn a_line_is_the_first_that_says_something_and_is_cut_at_a_letter() {
        assert_eq!(
            first_line("\n  34% of requests fail \nSee the graph").as_deref(),
            Some("34% of requests fail")
        );
        assert_eq!(first_line(" \n"), None);
        let long = first_line(&"ż".repeat(LINE_CHARS + 1)).unwrap();
        assert_eq!(long.chars().count(), LINE_CHARS + 1);
    }
}
