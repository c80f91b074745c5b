//! Queries as SQL conditions on `incidents i`, and who may see what as a part of
//! them: there is no way to compile the one without the other.
//!
//! Every condition is true or false, never null, so that `not` means the same as
//! in [`query::matches`]; a property test holds both to the same answers.

mod part;
mod states;

pub(super) use states::implies_breached;
pub use states::implies_open;

use crate::directory::slots;
use crate::engine::{words_from, words_parameter};
use crate::{Engine, Value};
use incident::Scope;
use kernel::{CategoryId, Level, OrganisationId, PersonId, ServiceId, TeamId, Timestamp};
use part::{NO, Part, SLOT, YES, all, any, any_of, not};
use query::{Choice, Context, Count, Expr, MomentField, Name, Person, Reach, TeamName, Term, Text};
use std::str::FromStr;

/// Who looks: what they may see, and what `me`, `mine` and `today` mean to them.
#[derive(Debug, Clone)]
pub struct Look {
    /// What they may see.
    pub scope: Scope,
    /// Who, when and where they are.
    pub context: Context,
}

/// The next due instant as open incidents are indexed by it. What is breached has
/// passed it, whatever other clock still runs; what has none has it at the end of time.
pub(super) const NEXT_DUE: &str =
    "case when i.breached = 1 then 0 else coalesce(i.due_at, 9223372036854775807) end";

/// How urgent an incident is, as open ones are indexed by it: what is breached before what is
/// not, then by priority, then what is due sooner. What is not open has 0. Its steps are 2^58
/// wide: no instant lies beyond that many microseconds, and eleven of them fit.
pub(super) const URGENCY: &str = "case when i.state in ('new', 'in_progress', 'on_hold') \
    then (5 * i.breached + 6 - i.priority) * 288230376151711744 + 288230376151711743 \
    - case when i.breached = 1 then 0 else coalesce(i.due_at, 288230376151711743) end else 0 end";

/// The least of [`URGENCY`] that something breached has, and more than anything else has.
pub(super) const LEAST_BREACHED: i64 = 6 << 58;

/// What is due so soon, in microseconds, is little among all that is open.
const SOON_MICROS: i64 = 86_400_000_000;
/// What was closed since so long ago, in microseconds, is little among all that a team ever had.
const LATELY_MICROS: i64 = 8 * 86_400_000_000;

/// What [`compile`] gives where nothing is met.
pub(super) const NOTHING: &str = NO;

/// The incidents that meet a condition and are within the viewer's scope, as a
/// condition on `incidents i` with its parameters, numbered from `first_parameter`.
pub fn compile(
    engine: Engine,
    expr: &Expr,
    look: &Look,
    first_parameter: usize,
) -> (String, Vec<Value>) {
    let wanted = match expr {
        Expr::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let of_teams = wanted.iter().any(|part| matches!(part, Expr::Term(Term::Team(_))));
    let compiler = Compiler { engine, look, of_teams };
    let wanted = compiler.each(wanted);
    // What is said twice PostgreSQL takes for two conditions, and expects far too few incidents.
    let mut parts: Vec<Part> = vec![states::implied(expr).unwrap_or(YES).into()];
    for part in wanted.into_iter().chain([compiler.visible()]) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    all(parts).numbered(first_parameter)
}

/// The incidents within a scope, as [`compile`] gives them.
pub fn visible(engine: Engine, scope: &Scope, first_parameter: usize) -> (String, Vec<Value>) {
    let context = Context {
        me: Some(scope.person),
        my_teams: vec![],
        now: Timestamp::default(),
        zone: jiff::tz::TimeZone::UTC,
    };
    compile(engine, &Expr::All, &Look { scope: scope.clone(), context }, first_parameter)
}

/// The incidents of which somebody sees everything, as [`compile`] gives them.
pub(crate) fn fully_visible(
    engine: Engine,
    scope: &Scope,
    first_parameter: usize,
) -> (String, Vec<Value>) {
    let context = Context {
        me: Some(scope.person),
        my_teams: vec![],
        now: Timestamp::default(),
        zone: jiff::tz::TimeZone::UTC,
    };
    let look = Look { scope: scope.clone(), context };
    Compiler { engine, look: &look, of_teams: false }.full().numbered(first_parameter)
}

struct Compiler<'a> {
    engine: Engine,
    look: &'a Look,
    /// Whether everything that is found is of some teams, or of none.
    of_teams: bool,
}

impl Compiler<'_> {
    /// Mirrors [`Scope::access`] being more than `None`.
    fn visible(&self) -> Part {
        let scope = &self.look.scope;
        if scope.nothing {
            return NO.into();
        }
        let own = Part::new("i.requester_id = $0", vec![scope.person.into()]);
        let mut parts = vec![self.full(), own];
        if !scope.open_to_staff {
            parts.push(Part::new(
                "(i.confidential_to is null and i.number in (select number from incident_watchers where person_id = $0))",
                vec![scope.person.into()],
            ));
            parts.extend(scope.organisation.map(|organisation| {
                let sql = "(i.confidential_to is null and i.organisation_id is not null and i.organisation_id = $0)";
                Part::new(sql, vec![organisation.into()])
            }));
        }
        any(parts)
    }

    /// Mirrors [`Scope::access`] being `Full`.
    fn full(&self) -> Part {
        let scope = &self.look.scope;
        if scope.nothing {
            return NO.into();
        }
        if scope.everything {
            return YES.into();
        }
        let teams: Vec<TeamId> = scope.teams.iter().copied().collect();
        let open = if scope.open_to_staff { "i.confidential_to is null" } else { NO };
        any(vec![open.into(), one_of("i.confidential_to", &teams)])
    }

    fn expr(&self, expr: &Expr) -> Part {
        match expr {
            Expr::All => YES.into(),
            Expr::And(parts) => all(self.each(parts)),
            Expr::Or(parts) => any(parts.iter().map(|part| self.expr(part)).collect()),
            Expr::Not(inner) => not(self.expr(inner)),
            Expr::Term(term) => self.term(term),
        }
    }

    /// These conditions, all of which have to be met. Texts are sought together, as one.
    fn each(&self, wanted: &[Expr]) -> Vec<Part> {
        let (mut parts, mut texts): (Vec<Part>, Vec<&Text>) = (vec![], vec![]);
        for part in wanted {
            match part {
                Expr::Term(Term::Text(text)) if texts.contains(&text) => {}
                Expr::Term(Term::Text(text)) => texts.push(text),
                other => parts.push(self.expr(other)),
            }
        }
        if !texts.is_empty() {
            parts.push(self.texts(&texts));
        }
        parts
    }

    fn term(&self, term: &Term) -> Part {
        match term {
            Term::State(wanted) => words(
                "i.state",
                wanted.iter().flat_map(|word| word.states()).map(|state| state.as_str()),
            ),
            Term::Hold(wanted) => all(vec![
                there("i.hold_reason", true),
                words("i.hold_reason", wanted.iter().map(|reason| reason.as_str())),
            ]),
            Term::Priority(wanted) => {
                numbers("i.priority", wanted.iter().map(|priority| priority.get()))
            }
            Term::Impact(wanted) => levels("i.impact", wanted),
            Term::Urgency(wanted) => levels("i.urgency", wanted),
            Term::Team(wanted) => any_of(wanted, |team| self.team(team)),
            Term::Assignee(wanted) => any_of(wanted, |person| self.person("i.assignee_id", person)),
            Term::Requester(wanted) => {
                any_of(wanted, |person| self.person("i.requester_id", person))
            }
            Term::Watcher(wanted) => any_of(wanted, |person| self.watcher(person)),
            Term::Organisation(wanted) => {
                names::<OrganisationId>("i.organisation_id", "organisations", wanted)
            }
            Term::Service(wanted) => names::<ServiceId>("i.service_id", "services", wanted),
            Term::Category(wanted) => names::<CategoryId>("i.category_id", "categories", wanted),
            Term::Channel(wanted) => {
                words("i.channel", wanted.iter().map(|channel| channel.as_str()))
            }
            Term::Major(yes) => Part::new(format!("i.major = {}", i64::from(*yes)), vec![]),
            Term::Proposed(yes) => {
                let proposed = format!("i.proposed = {}", i64::from(*yes));
                self.internal(Part::new(proposed, vec![]), !yes)
            }
            // Said twice, so that the index of open incidents helps.
            // Teams' and suppliers' clocks and promises to others count too, so this
            // and the next due instant are for those who see all of an incident.
            Term::Breached(true) => {
                let over = format!("(i.breached = 1 and {NEXT_DUE} < 1)");
                self.internal(Part::new(over, vec![]), false)
            }
            Term::Breached(false) => {
                let in_time = format!("(i.breached = 0 and {NEXT_DUE} > 0)");
                self.internal(Part::new(in_time, vec![]), true)
            }
            Term::Breach(wanted) => self.internal(
                all(vec![
                    there("i.breach", true),
                    words("i.breach", wanted.iter().map(|breach| breach.as_str())),
                ]),
                false,
            ),
            Term::Confidential(yes) => there("i.confidential_to", *yes),
            Term::Merged(yes) => there("i.merged_into", *yes),
            // No list asks for it: the language has it for rules alone.
            Term::Hours(_) => NO.into(),
            // Who is a VIP is for staff to know.
            Term::Vip(yes) => {
                let vip = Part::new(
                    format!(
                        "i.requester_id in (select id from people where vip = {})",
                        i64::from(*yes)
                    ),
                    vec![],
                );
                self.internal(vip, !yes)
            }
            Term::Affected(wanted) => count(*wanted),
            Term::Tag(wanted) => {
                any_of(wanted, |wanted| self.internal(tag(wanted), matches!(wanted, Choice::None)))
            }
            Term::Number(wanted) => one_of("i.number", wanted),
            Term::Parent(wanted) => any_of(wanted, |wanted| {
                let parent = choice(wanted, "i.parent", |number| one_of("i.parent", &[*number]));
                self.internal(parent, matches!(wanted, Choice::None))
            }),
            Term::Field { name, values } => any_of(values, |value| {
                self.internal(field(name, value), matches!(value, Choice::None))
            }),
            Term::Moment(field, when) => {
                let reach = when.reach(*field, self.look.context.now, &self.look.context.zone);
                let of_nothing = !matches!(reach, Reach::Within(_));
                let part = self.moment(*field, reach);
                match field {
                    MomentField::Due => self.internal(part, of_nothing),
                    _ => part,
                }
            }
            Term::Text(text) => self.texts(&[text]),
        }
    }

    fn team(&self, team: &TeamName) -> Part {
        match team {
            TeamName::None => there("i.team_id", false),
            TeamName::Any => there("i.team_id", true),
            TeamName::Mine => one_of("i.team_id", &self.look.context.my_teams),
            TeamName::Named(name) => named::<TeamId>("i.team_id", "teams", name),
        }
    }

    fn person(&self, column: &str, person: &Person) -> Part {
        match person {
            Person::None => there(column, false),
            Person::Any => there(column, true),
            Person::Me => one_of(column, self.look.context.me.as_slice()),
            Person::Named(name) => {
                let people = people(name);
                Part::new(
                    format!("({column} is not null and {column} in ({}))", people.sql),
                    people.values,
                )
            }
        }
    }

    /// Everybody knows whether they watch it themselves; who else does is internal.
    fn watcher(&self, person: &Person) -> Part {
        let watched_by = |who: Part| {
            let sql =
                format!("i.number in (select number from incident_watchers where {})", who.sql);
            Part::new(sql, who.values)
        };
        let is = |person: PersonId| Part::new("person_id = $0", vec![person.into()]);
        let me = self.look.scope.person;
        match person {
            Person::None => not(self.watcher(&Person::Any)),
            Person::Any => {
                let some = "exists (select 1 from incident_watchers w where w.number = i.number)";
                any(vec![self.internal(some.into(), false), watched_by(is(me))])
            }
            Person::Me => self.look.context.me.map_or(NO.into(), |me| watched_by(is(me))),
            Person::Named(name) => {
                let named = || {
                    let people = people(name);
                    Part::new(format!("person_id in ({})", people.sql), people.values)
                };
                let mine = watched_by(all(vec![is(me), named()]));
                any(vec![self.internal(watched_by(named()), false), mine])
            }
        }
    }

    /// What is internal counts where the viewer sees all of the incident. Elsewhere
    /// it is as if there were nothing: nobody finds out by asking what is not shown.
    fn internal(&self, part: Part, of_nothing: bool) -> Part {
        match of_nothing {
            true => any(vec![part, not(self.full())]),
            false => all(vec![part, self.full()]),
        }
    }

    fn moment(&self, field: MomentField, reach: Reach) -> Part {
        let column = match field {
            MomentField::Due => "i.due_at",
            MomentField::Reported => "i.reported_at",
            MomentField::Updated => "i.updated_at",
            MomentField::Acknowledged => "i.acknowledged_at",
            MomentField::Responded => "i.responded_at",
            MomentField::Resolved => "i.resolved_at",
            MomentField::Closed => "i.closed_at",
            MomentField::Held => "i.held_since",
            MomentField::Resumes => "i.resumes_at",
        };
        let Reach::Within((from, until)) = reach else { return there(column, false) };
        let is_due = field == MomentField::Due;
        let soon = is_due && until.is_some_and(|until| self.ahead(until) < SOON_MICROS);
        let lately = field == MomentField::Closed
            && self.of_teams
            && from.is_some_and(|from| self.ahead(from) > -LATELY_MICROS);
        // Said twice, so that the index of open incidents helps.
        let indexed = until.filter(|until| is_due && !soon && until.micros() > 0);
        let from = from
            .map(|from| Part::new(self.few(lately, format!("{column} >= $0")), vec![from.into()]));
        let until = until
            .map(|until| Part::new(self.few(soon, format!("{column} < $0")), vec![until.into()]));
        let indexed =
            indexed.map(|until| Part::new(format!("{NEXT_DUE} < $0"), vec![until.into()]));
        all([Some(there(column, true)), from, until, indexed].into_iter().flatten().collect())
    }

    /// In microseconds; negative for what was before.
    fn ahead(&self, at: Timestamp) -> i64 {
        at.micros_since(self.look.context.now)
    }

    /// Says of a condition whether few meet it. PostgreSQL finds out for itself; SQLite keeps no
    /// statistics, and would rather go through all that a team ever had.
    fn few(&self, few: bool, condition: String) -> String {
        match self.engine {
            Engine::Sqlite if few => format!("likelihood({condition}, 0.000001)"),
            _ => condition,
        }
    }

    /// Words count where the viewer may read them: whoever sees only the public
    /// side of an incident can never find it by an internal note. Each text may stand in another
    /// of its contents; what has all of them is found before any incident is looked at.
    fn texts(&self, texts: &[&Text]) -> Part {
        let found = words_from(self.engine, 0);
        let contents = |condition: &str| {
            let numbers = format!("select contents.number from {found}{condition}");
            let numbers = vec![numbers; texts.len()].join(" intersect ");
            let sql = match self.engine {
                Engine::Sqlite => format!("i.number in ({numbers})"),
                // Asked once, before the list: left to itself PostgreSQL takes every word
                // for a common one and looks it up for each incident.
                Engine::Postgres => format!("i.number = any (array({numbers}))"),
            };
            let wanted = |text: &&Text| words_parameter(self.engine, &text.text, text.prefix);
            Part::new(sql, texts.iter().map(wanted).collect())
        };
        let (anywhere, in_public) = (contents(""), contents(" and contents.public = 1"));
        match self.full() {
            full if full.is(YES) => anywhere,
            full if full.is(NO) => in_public,
            full => all(vec![anywhere, any(vec![full, in_public])]),
        }
    }
}

fn names<Id: FromStr + Into<Value>>(column: &str, table: &str, wanted: &[Name]) -> Part {
    any_of(wanted, |wanted| choice(wanted, column, |name| named::<Id>(column, table, name)))
}

/// A name is looked up where it is kept, and so is an id written instead.
fn named<Id: FromStr + Into<Value>>(column: &str, table: &str, name: &str) -> Part {
    let (or_id, id) = or_id::<Id>(name);
    let sql = format!(
        "({column} is not null and {column} in (select id from {table} where lower(name) = lower($0){or_id}))"
    );
    Part::new(sql, std::iter::once(name.into()).chain(id).collect())
}

fn people(name: &str) -> Part {
    let (or_id, id) = or_id::<PersonId>(name);
    let sql =
        format!("select id from people where lower(name) = lower($0) or email = lower($0){or_id}");
    Part::new(sql, [name.into(), name.into()].into_iter().chain(id).collect())
}

fn or_id<Id: FromStr + Into<Value>>(name: &str) -> (&'static str, Option<Value>) {
    name.parse::<Id>().map_or(("", None), |id| (" or id = $0", Some(id.into())))
}

fn tag(tag: &Name) -> Part {
    let some = "exists (select 1 from incident_tags t where t.number = i.number)";
    match tag {
        Choice::None => not(some.into()),
        Choice::Any => some.into(),
        Choice::Is(tag) => Part::new(
            "i.number in (select number from incident_tags where lower(tag) = lower($0))",
            vec![tag.into()],
        ),
    }
}

fn field(name: &str, value: &Name) -> Part {
    let some = "i.number in (select number from incident_fields where lower(name) = lower($0)";
    match value {
        Choice::None => not(Part::new(format!("{some})"), vec![name.into()])),
        Choice::Any => Part::new(format!("{some})"), vec![name.into()]),
        Choice::Is(value) => Part::new(
            format!("{some} and lower(value) = lower($0))"),
            vec![name.into(), value.into()],
        ),
    }
}

fn count(wanted: Count) -> Part {
    match wanted {
        Count::None => there("i.affected", false),
        Count::Any => there("i.affected", true),
        Count::Within(low, high) => Part::new(
            "(i.affected is not null and i.affected between $0 and $0)",
            vec![low.into(), high.into()],
        ),
    }
}

fn there(column: &str, yes: bool) -> Part {
    Part::new(format!("{column} is {}null", if yes { "not " } else { "" }), vec![])
}

fn choice<T>(wanted: &Choice<T>, column: &str, is: impl FnOnce(&T) -> Part) -> Part {
    match wanted {
        Choice::None => there(column, false),
        Choice::Any => there(column, true),
        Choice::Is(value) => is(value),
    }
}

/// The column is there and has one of these values.
fn one_of<T: Clone + Into<Value>>(column: &str, wanted: &[T]) -> Part {
    if wanted.is_empty() {
        return NO.into();
    }
    let (_, values) = slots(1, wanted);
    let list = vec![SLOT; values.len()].join(", ");
    Part::new(format!("({column} is not null and {column} in ({list}))"), values)
}

/// Words of the domain are written into the statement, so that partial indexes apply.
fn words(column: &str, words: impl Iterator<Item = &'static str>) -> Part {
    let list: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    listed(column, &list)
}

fn levels(column: &str, wanted: &[Level]) -> Part {
    numbers(column, wanted.iter().map(|level| level.get()))
}

fn numbers(column: &str, numbers: impl Iterator<Item = u8>) -> Part {
    let list: Vec<String> = numbers.map(|number| number.to_string()).collect();
    listed(column, &list)
}

fn listed(column: &str, list: &[String]) -> Part {
    if list.is_empty() {
        NO.into()
    } else {
        Part::new(format!("{column} in ({})", list.join(", ")), vec![])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn look(open_to_staff: bool) -> Look {
        let person = PersonId("00000000-0000-0000-0000-000000000001".parse().unwrap());
        let scope = Scope {
            everything: false,
            open_to_staff,
            teams: BTreeSet::new(),
            person,
            organisation: None,
            nothing: false,
        };
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        Look {
            scope,
            context: Context {
                me: Some(person),
                my_teams: vec![],
                now,
                zone: jiff::tz::TimeZone::UTC,
            },
        }
    }

    fn sql(text: &str, look: &Look) -> String {
        compile(Engine::Sqlite, &query::parse(text).unwrap().filter, look, 1).0
    }

    #[test]
    fn whatever_is_asked_the_scope_is_part_of_it() {
        let staff = "(i.confidential_to is null or i.requester_id = $1)";
        assert_eq!(sql("", &look(true)), staff);
        assert_eq!(
            sql("state:closed or major:yes", &look(true)),
            format!("((i.state in ('closed') or i.major = 1) and {staff})")
        );
        let mut nobody = look(true);
        nobody.scope.nothing = true;
        assert_eq!(sql("", &nobody), "1 = 0");
    }

    #[test]
    fn conditions_that_only_open_incidents_meet_say_so_to_the_indexes() {
        for (text, open) in [
            ("state:open", true),
            ("state:new vpn", true),
            ("hold:vendor", true),
            ("state:new or hold:vendor", true),
            ("state:new or vpn", false),
            ("-state:open", false),
            ("", false),
        ] {
            assert_eq!(implies_open(&query::parse(text).unwrap().filter), open, "{text}");
            assert_eq!(
                sql(text, &look(true))
                    .contains("(i.state in ('new', 'in_progress', 'on_hold') and"),
                open,
                "{text}"
            );
        }
    }

    #[test]
    fn words_of_a_list_are_sought_together() {
        let together = sql(r#"state:open vpn "no route" vpn"#, &look(true));
        // Once anywhere, and once where it is public for who does not see all.
        assert_eq!(together.matches("i.number in (").count(), 2, "{together}");
        assert_eq!(together.matches(" intersect ").count(), 2, "{together}");
        assert!(sql("vpn or route", &look(true)).matches(" intersect ").next().is_none());
    }

    #[test]
    fn words_of_people_are_parameters() {
        let look = look(true);
        let expr =
            query::parse(r#"team:"x'; drop table incidents" tag:"'" "o'brien""#).unwrap().filter;
        let (text, values) = compile(Engine::Sqlite, &expr, &look, 4);
        assert!(!text.contains("drop") && !text.contains('"'), "{text}");
        assert!(text.contains("$4") && text.contains(&format!("${}", 3 + values.len())), "{text}");
        assert!(!text.contains(&format!("${}", 4 + values.len())), "{text}");
    }
}
