//! A query as chips, each of which can be taken away.

use crate::ast::{Expr, Query, Term};

/// One top-level condition of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// The field in words: "state", "team", a custom field's name, "text", "any of", "all of".
    pub field: String,
    /// The value in words: "on hold", "any of mine", "< 2h".
    pub value: String,
    /// It must not hold.
    pub negated: bool,
    /// This condition's canonical text.
    pub text: String,
    /// The canonical text of the query without it.
    pub rest: String,
}

impl Query {
    /// The conditions that must all hold, in their order; the sort is none of them.
    pub fn chips(&self) -> Vec<Chip> {
        let parts: &[Expr] = match &self.filter {
            Expr::All => &[],
            Expr::And(parts) => parts,
            one => std::slice::from_ref(one),
        };
        let chip = |(at, part): (usize, &Expr)| {
            let others =
                parts.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, other)| other.clone());
            let rest = Query { filter: Expr::all_of(others), sort: self.sort };
            let (inner, negated) = match part {
                Expr::Not(inner) => (&**inner, true),
                other => (other, false),
            };
            let (field, value) = labels(inner);
            let alone = Query { filter: part.clone(), sort: None };
            Chip { field, value, negated, text: alone.to_string(), rest: rest.to_string() }
        };
        parts.iter().enumerate().map(chip).collect()
    }
}

fn labels(expr: &Expr) -> (String, String) {
    match expr {
        Expr::Term(term) => (field_label(term), value_label(term)),
        Expr::All => ("all of".to_owned(), "everything".to_owned()),
        Expr::Or(_) => ("any of".to_owned(), expr.to_string()),
        Expr::And(_) | Expr::Not(_) => ("all of".to_owned(), expr.to_string()),
    }
}

/// The field in words.
pub(crate) fn field_label(term: &Term) -> String {
    match term {
        Term::Field { name, .. } => name.clone(),
        Term::Text(_) => "text".to_owned(),
        other => other.field().map_or("text", |field| field.field().name).to_owned(),
    }
}

fn value_label(term: &Term) -> String {
    match term {
        Term::Moment(..) | Term::Affected(_) => {
            let text: String = term.values().into_iter().map(|value| value.query).collect();
            let bound = text.trim_start_matches([':', '<', '>', '=']);
            let compare = &text[..text.len() - bound.len()];
            let label = format!("{compare} {}", bound.replace('_', " ").replace("..", " to "));
            label.trim_start_matches([':', ' ']).to_owned()
        }
        other => {
            let labels: Vec<_> = other.values().into_iter().map(|value| value.label).collect();
            labels.join(", ")
        }
    }
}
