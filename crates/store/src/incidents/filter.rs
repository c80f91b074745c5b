//! Queries as SQL conditions on `incidents i`, and who may see what as a part of
//! them: there is no way to compile the one without the other.
//!
//! Every condition is true or false, never null, so that `not` means the same as
//! in [`query::matches`]; a property test holds both to the same answers.

use crate::directory::slots;
use crate::engine::{words_condition, words_parameter};
use crate::{Engine, Value};
use incident::Scope;
use kernel::{CategoryId, Level, OrganisationId, PersonId, ServiceId, TeamId};
use query::{
    Choice, Context, Expr, MomentField, Name, Person, Reach, State, StateWord, TeamName, Term, Text,
};
use std::str::FromStr;

/// Who looks: what they may see, and what `me`, `mine` and `today` mean to them.
#[derive(Debug, Clone)]
pub struct Look {
    /// What they may see.
    pub scope: Scope,
    /// Who, when and where they are.
    pub context: Context,
}

/// Open incidents, word for word as the partial indexes say it.
const OPEN: &str = "i.state in ('new', 'in_progress', 'on_hold')";
const YES: &str = "1 = 1";
const NO: &str = "1 = 0";

/// The incidents that meet a condition and are within the viewer's scope, as a
/// condition on `incidents i` with its parameters, numbered from `first_parameter`.
pub fn compile(
    engine: Engine,
    expr: &Expr,
    look: &Look,
    first_parameter: usize,
) -> (String, Vec<Value>) {
    let mut compiler = Compiler { engine, look, first: first_parameter, values: Vec::new() };
    let visible = compiler.visible();
    let wanted = compiler.expr(expr);
    let open = if implies_open(expr) { OPEN } else { YES };
    (all(vec![open.to_owned(), wanted, visible]), compiler.values)
}

/// The incidents within a scope, as [`compile`] gives them.
pub fn visible(engine: Engine, scope: &Scope, first_parameter: usize) -> (String, Vec<Value>) {
    let context = Context {
        me: Some(scope.person),
        my_teams: vec![],
        now: kernel::Timestamp::default(),
        zone: jiff::tz::TimeZone::UTC,
    };
    compile(engine, &Expr::All, &Look { scope: scope.clone(), context }, first_parameter)
}

/// Whether only open incidents can meet this condition.
pub fn implies_open(expr: &Expr) -> bool {
    match expr {
        Expr::Term(Term::State(words)) => {
            words.iter().flat_map(|word| word.states()).all(|state| is_open(*state))
        }
        Expr::Term(Term::Hold(_)) => true,
        Expr::And(parts) => parts.iter().any(implies_open),
        Expr::Or(parts) => !parts.is_empty() && parts.iter().all(implies_open),
        _ => false,
    }
}

fn is_open(state: State) -> bool {
    StateWord::Open.states().contains(&state)
}

struct Compiler<'a> {
    engine: Engine,
    look: &'a Look,
    first: usize,
    values: Vec<Value>,
}

impl Compiler<'_> {
    fn slot(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.first + self.values.len() - 1)
    }

    fn list<T: Clone + Into<Value>>(&mut self, values: &[T]) -> String {
        let (text, values) = slots(self.first + self.values.len(), values);
        self.values.extend(values);
        text
    }

    /// Mirrors [`Scope::access`] being more than `None`.
    fn visible(&mut self) -> String {
        let scope = &self.look.scope;
        if scope.nothing {
            return NO.to_owned();
        }
        if scope.everything {
            return YES.to_owned();
        }
        let person = self.slot(scope.person);
        let mut parts = vec![self.full(), format!("i.requester_id = {person}")];
        if !scope.open_to_staff {
            let watched = format!(
                "i.number in (select number from incident_watchers where person_id = {person})"
            );
            parts.push(format!("(i.confidential_to is null and {watched})"));
            if let Some(organisation) = scope.organisation {
                let organisation = self.slot(organisation);
                parts.push(format!("(i.confidential_to is null and i.organisation_id is not null and i.organisation_id = {organisation})"));
            }
        }
        any(parts)
    }

    /// Mirrors [`Scope::access`] being `Full`.
    fn full(&mut self) -> String {
        let scope = &self.look.scope;
        if scope.nothing {
            return NO.to_owned();
        }
        if scope.everything {
            return YES.to_owned();
        }
        let mut parts = Vec::new();
        if scope.open_to_staff {
            parts.push("i.confidential_to is null".to_owned());
        }
        if !scope.teams.is_empty() {
            let teams: Vec<TeamId> = scope.teams.iter().copied().collect();
            parts.push(format!(
                "(i.confidential_to is not null and i.confidential_to in ({}))",
                self.list(&teams)
            ));
        }
        any(parts)
    }

    fn expr(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::All => YES.to_owned(),
            Expr::And(parts) => all(parts.iter().map(|part| self.expr(part)).collect()),
            Expr::Or(parts) => any(parts.iter().map(|part| self.expr(part)).collect()),
            Expr::Not(inner) => format!("not ({})", self.expr(inner)),
            Expr::Term(term) => self.term(term),
        }
    }

    fn term(&mut self, term: &Term) -> String {
        match term {
            Term::State(wanted) => words(
                "i.state",
                wanted.iter().flat_map(|word| word.states()).map(|state| state.as_str()),
            ),
            Term::Hold(wanted) => format!(
                "(i.hold_reason is not null and {})",
                words("i.hold_reason", wanted.iter().map(|reason| reason.as_str()))
            ),
            Term::Priority(wanted) => {
                numbers("i.priority", wanted.iter().map(|priority| priority.get()))
            }
            Term::Impact(wanted) => levels("i.impact", wanted),
            Term::Urgency(wanted) => levels("i.urgency", wanted),
            Term::Team(wanted) => any(wanted.iter().map(|team| self.team(team)).collect()),
            Term::Assignee(wanted) => {
                any(wanted.iter().map(|person| self.person("i.assignee_id", person)).collect())
            }
            Term::Requester(wanted) => {
                any(wanted.iter().map(|person| self.person("i.requester_id", person)).collect())
            }
            Term::Watcher(wanted) => {
                any(wanted.iter().map(|person| self.watcher(person)).collect())
            }
            Term::Organisation(wanted) => {
                self.names::<OrganisationId>("i.organisation_id", "organisations", wanted)
            }
            Term::Service(wanted) => self.names::<ServiceId>("i.service_id", "services", wanted),
            Term::Category(wanted) => {
                self.names::<CategoryId>("i.category_id", "categories", wanted)
            }
            Term::Channel(wanted) => {
                words("i.channel", wanted.iter().map(|channel| channel.as_str()))
            }
            Term::Major(yes) => format!("i.major = {}", i64::from(*yes)),
            Term::Breached(yes) => format!("i.breached = {}", i64::from(*yes)),
            Term::Confidential(yes) => there("i.confidential_to", *yes),
            Term::Merged(yes) => there("i.merged_into", *yes),
            Term::Tag(wanted) => any(wanted.iter().map(|tag| self.tag(tag)).collect()),
            Term::Number(wanted) => format!("i.number in ({})", self.list(wanted)),
            Term::Parent(wanted) => any(wanted
                .iter()
                .map(|parent| {
                    choice(parent, "i.parent", |number| {
                        format!("i.parent = {}", self.slot(*number))
                    })
                })
                .collect()),
            Term::Field { name, values } => {
                any(values.iter().map(|value| self.field(name, value)).collect())
            }
            Term::Moment(field, when) => self
                .moment(*field, when.reach(*field, self.look.context.now, &self.look.context.zone)),
            Term::Text(text) => self.text(text),
        }
    }

    fn team(&mut self, team: &TeamName) -> String {
        match team {
            TeamName::None => there("i.team_id", false),
            TeamName::Any => there("i.team_id", true),
            TeamName::Mine => format!(
                "(i.team_id is not null and i.team_id in ({}))",
                self.list(&self.look.context.my_teams)
            ),
            TeamName::Named(name) => self.named::<TeamId>("i.team_id", "teams", name),
        }
    }

    fn names<Id: FromStr + Into<Value>>(
        &mut self,
        column: &str,
        table: &str,
        wanted: &[Name],
    ) -> String {
        any(wanted
            .iter()
            .map(|wanted| choice(wanted, column, |name| self.named::<Id>(column, table, name)))
            .collect())
    }

    /// A name is looked up where it is kept, and so is an id written instead.
    fn named<Id: FromStr + Into<Value>>(
        &mut self,
        column: &str,
        table: &str,
        name: &str,
    ) -> String {
        let wanted = self.slot(name);
        let id = self.or_id::<Id>(name);
        format!(
            "({column} is not null and {column} in (select id from {table} where lower(name) = lower({wanted}){id}))"
        )
    }

    fn or_id<Id: FromStr + Into<Value>>(&mut self, name: &str) -> String {
        name.parse::<Id>().map_or(String::new(), |id| format!(" or id = {}", self.slot(id)))
    }

    fn person(&mut self, column: &str, person: &Person) -> String {
        match person {
            Person::None => there(column, false),
            Person::Any => there(column, true),
            Person::Me => match self.look.context.me {
                None => NO.to_owned(),
                Some(me) => format!("({column} is not null and {column} = {})", self.slot(me)),
            },
            Person::Named(name) => {
                format!("({column} is not null and {column} in ({}))", self.people(name))
            }
        }
    }

    fn people(&mut self, name: &str) -> String {
        let wanted = self.slot(name);
        let id = self.or_id::<PersonId>(name);
        format!(
            "select id from people where lower(name) = lower({wanted}) or email = lower({wanted}){id}"
        )
    }

    fn watcher(&mut self, person: &Person) -> String {
        let some = "exists (select 1 from incident_watchers w where w.number = i.number)";
        match person {
            Person::None => format!("not {some}"),
            Person::Any => some.to_owned(),
            Person::Me => match self.look.context.me {
                None => NO.to_owned(),
                Some(me) => format!(
                    "i.number in (select number from incident_watchers where person_id = {})",
                    self.slot(me)
                ),
            },
            Person::Named(name) => {
                format!(
                    "i.number in (select number from incident_watchers where person_id in ({}))",
                    self.people(name)
                )
            }
        }
    }

    fn tag(&mut self, tag: &Name) -> String {
        let some = "exists (select 1 from incident_tags t where t.number = i.number)";
        match tag {
            Choice::None => format!("not {some}"),
            Choice::Any => some.to_owned(),
            Choice::Is(tag) => format!(
                "i.number in (select number from incident_tags where lower(tag) = lower({}))",
                self.slot(tag)
            ),
        }
    }

    fn field(&mut self, name: &str, value: &Name) -> String {
        let name = self.slot(name);
        let some = format!(
            "i.number in (select number from incident_fields where lower(name) = lower({name})"
        );
        match value {
            Choice::None => format!("not {some})"),
            Choice::Any => format!("{some})"),
            Choice::Is(value) => format!("{some} and lower(value) = lower({}))", self.slot(value)),
        }
    }

    fn moment(&mut self, field: MomentField, reach: Reach) -> String {
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
        let mut parts = vec![there(column, true)];
        if let Some(from) = from {
            parts.push(format!("{column} >= {}", self.slot(from)));
        }
        if let Some(until) = until {
            parts.push(format!("{column} < {}", self.slot(until)));
        }
        all(parts)
    }

    /// Words count where the viewer may read them: whoever sees only the public
    /// side of an incident can never find it by an internal note.
    fn text(&mut self, text: &Text) -> String {
        let at = self.first + self.values.len();
        self.values.push(words_parameter(self.engine, &text.text, text.prefix));
        let found = words_condition(self.engine, at);
        let anywhere = format!("i.number in (select contents.number from contents where {found})");
        let in_public = format!(
            "i.number in (select contents.number from contents where contents.public = 1 and {found})"
        );
        match self.full() {
            full if full == YES => anywhere,
            full if full == NO => in_public,
            full => format!("({anywhere} and ({full} or {in_public}))"),
        }
    }
}

fn all(mut parts: Vec<String>) -> String {
    parts.retain(|part| part != YES);
    match parts.len() {
        0 => YES.to_owned(),
        1 => parts.remove(0),
        _ => format!("({})", parts.join(" and ")),
    }
}

fn any(mut parts: Vec<String>) -> String {
    if parts.iter().any(|part| part == YES) {
        return YES.to_owned();
    }
    parts.retain(|part| part != NO);
    match parts.len() {
        0 => NO.to_owned(),
        1 => parts.remove(0),
        _ => format!("({})", parts.join(" or ")),
    }
}

fn there(column: &str, yes: bool) -> String {
    format!("{column} is {}null", if yes { "not " } else { "" })
}

fn choice<T>(wanted: &Choice<T>, column: &str, is: impl FnOnce(&T) -> String) -> String {
    match wanted {
        Choice::None => there(column, false),
        Choice::Any => there(column, true),
        Choice::Is(value) => format!("({} and {})", there(column, true), is(value)),
    }
}

/// Words of the domain are written into the statement, so that partial indexes apply.
fn words(column: &str, words: impl Iterator<Item = &'static str>) -> String {
    let mut list: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    list.dedup();
    if list.is_empty() { NO.to_owned() } else { format!("{column} in ({})", list.join(", ")) }
}

fn levels(column: &str, wanted: &[Level]) -> String {
    numbers(column, wanted.iter().map(|level| level.get()))
}

fn numbers(column: &str, numbers: impl Iterator<Item = u8>) -> String {
    let list: Vec<String> = numbers.map(|number| number.to_string()).collect();
    if list.is_empty() { NO.to_owned() } else { format!("{column} in ({})", list.join(", ")) }
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
