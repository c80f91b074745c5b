//! What of a query the index can answer: words, and conditions that are labels there. Everything
//! else is asked of the database, whole.

use ::search::Filter;
use incident::{Policy, Viewer};
use kernel::{ServiceId, TeamId};
use query::{Choice, Expr, Name, Person, TeamName, Term, same_name};

/// A query as the index is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Asked {
    /// Words, phrases and numbers.
    pub(super) text: String,
    /// What hits must have.
    pub(super) filters: Vec<Filter>,
}

impl Asked {
    /// What of a condition the index can answer, if it is all of it.
    pub(super) fn of(expr: &Expr, policy: &Policy, viewer: &Viewer) -> Option<Asked> {
        let mut asked = Asked::default();
        let parts = match expr {
            Expr::All => return Some(asked),
            Expr::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        for part in parts {
            match part {
                Expr::Term(Term::Text(text)) if text.prefix && !text.text.contains(' ') => {
                    asked.say(&text.text);
                }
                Expr::Term(Term::Text(text)) if !text.prefix => {
                    asked.say(&format!("\"{}\"", text.text.replace('"', " ")));
                }
                Expr::Term(Term::Number(numbers)) if numbers.len() == 1 => {
                    numbers.iter().for_each(|number| asked.say(&number.to_string()));
                }
                Expr::Term(term) => asked.filters.push(filter(term, false, policy, viewer)?),
                Expr::Not(inner) => match &**inner {
                    Expr::Term(term) => {
                        asked.filters.push(filter(term, true, policy, viewer)?);
                    }
                    _ => return None,
                },
                _ => return None,
            }
        }
        Some(asked)
    }

    fn say(&mut self, word: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }
}

/// A condition on one field as a label, if it is one there.
fn filter(term: &Term, not: bool, policy: &Policy, viewer: &Viewer) -> Option<Filter> {
    let (name, any): (&str, Vec<String>) = match term {
        Term::State(wanted) => {
            let states = wanted.iter().flat_map(|word| word.states());
            ("state", states.map(|state| state.as_str().to_owned()).collect())
        }
        Term::Priority(wanted) => ("priority", wanted.iter().map(ToString::to_string).collect()),
        Term::Channel(wanted) => {
            ("channel", wanted.iter().map(|channel| channel.as_str().to_owned()).collect())
        }
        Term::Major(yes) => ("major", vec![if *yes { "yes" } else { "no" }.to_owned()]),
        Term::Team(wanted) => {
            let mut teams = Vec::new();
            for team in wanted {
                match team {
                    TeamName::Mine => teams.extend(viewer.teams.iter().map(ToString::to_string)),
                    TeamName::Named(name) => teams.push(team_of(name, policy)?.to_string()),
                    TeamName::None | TeamName::Any => return None,
                }
            }
            ("team", teams)
        }
        Term::Service(wanted) => {
            let services = wanted.iter().map(|name| service_of(name, policy));
            let ids: Option<Vec<ServiceId>> = services.collect();
            ("service", ids?.iter().map(ToString::to_string).collect())
        }
        Term::Assignee(wanted) => {
            let only_me = wanted.iter().all(|person| matches!(person, Person::Me));
            ("assignee", if only_me { vec![viewer.person.to_string()] } else { return None })
        }
        _ => return None,
    };
    Some(Filter { name: name.to_owned(), any, not })
}

fn team_of(name: &str, policy: &Policy) -> Option<TeamId> {
    let is_it = |(id, team): &(&TeamId, &incident::policy::TeamPolicy)| {
        same_name(&team.name, name) || id.to_string() == name
    };
    policy.teams.iter().find(is_it).map(|(id, _)| *id)
}

fn service_of(name: &Name, policy: &Policy) -> Option<ServiceId> {
    let Choice::Is(name) = name else { return None };
    let is_it = |(id, service): &(&ServiceId, &incident::policy::ServicePolicy)| {
        same_name(&service.name, name) || id.to_string() == *name
    };
    policy.services.iter().find(is_it).map(|(id, _)| *id)
}
