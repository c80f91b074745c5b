//! Why an incident matches, or why not.

use crate::ast::{Expr, Term};
use crate::chips::field_label;
use crate::eval::{Context, Named, PersonRef, Record, matches, term_matches};
use crate::fold::same_name;

/// One fact that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The term's canonical text.
    pub term: String,
    /// Whether the term holds.
    pub holds: bool,
    /// The fact in words: "priority is P1", "team is none".
    pub because: String,
}

/// The facts that make a record match; if it does not match, those that prevent it.
pub fn explain(expr: &Expr, record: &dyn Record, context: &Context) -> Vec<Reason> {
    let mut reasons = Vec::new();
    collect(expr, record, context, &mut reasons);
    reasons
}

fn collect(expr: &Expr, record: &dyn Record, context: &Context, reasons: &mut Vec<Reason>) {
    match expr {
        Expr::All => {}
        Expr::Not(inner) => collect(inner, record, context, reasons),
        // Of a list those parts decide that have the outcome of the whole: every part
        // of a conjunction that holds, the failing ones of one that does not.
        Expr::And(parts) | Expr::Or(parts) => {
            let outcome = matches(expr, record, context);
            for part in parts.iter().filter(|part| matches(part, record, context) == outcome) {
                collect(part, record, context, reasons);
            }
        }
        Expr::Term(term) => reasons.push(Reason {
            term: term.to_string(),
            holds: term_matches(term, record, context),
            because: fact(term, record, context),
        }),
    }
}

fn fact(term: &Term, record: &dyn Record, context: &Context) -> String {
    let value = match term {
        Term::State(_) => record.state().as_str().replace('_', " "),
        Term::Hold(_) => or_none(record.hold_reason()),
        Term::Priority(_) => record.priority().to_string(),
        Term::Impact(_) => record.impact().get().to_string(),
        Term::Urgency(_) => record.urgency().get().to_string(),
        Term::Team(_) => name(record.team()),
        Term::Organisation(_) => name(record.organisation()),
        Term::Service(_) => name(record.service()),
        Term::Category(_) => name(record.category()),
        Term::Assignee(_) => people(record.assignee().as_slice()),
        Term::Requester(_) => people(record.requester().as_slice()),
        Term::Watcher(_) => people(&record.watchers()),
        Term::Channel(_) => record.channel().as_str().replace('_', " "),
        Term::Major(_) => yes_no(record.major()),
        Term::Proposed(_) => yes_no(record.proposed()),
        Term::Breached(_) => yes_no(record.breached()),
        Term::Breach(_) => or_none(record.breach()),
        Term::Confidential(_) => yes_no(record.confidential()),
        Term::Merged(_) => yes_no(record.merged()),
        Term::Vip(_) => yes_no(record.vip()),
        Term::Affected(_) => or_none(record.affected()),
        Term::Hours(_) => {
            listed(record.hours(context.now).iter().map(|calendar| calendar.name.to_owned()))
        }
        Term::Tag(_) => listed(record.tags().into_iter().map(str::to_owned)),
        Term::Number(_) => record.number().to_string(),
        Term::Parent(_) => or_none(record.parent()),
        Term::Field { name, .. } => {
            let fields = record.fields();
            listed(
                fields
                    .iter()
                    .filter(|(key, _)| same_name(key, name))
                    .map(|(_, value)| value.to_string()),
            )
        }
        Term::Moment(field, _) => {
            let local = |at: kernel::Timestamp| at.to_jiff().to_zoned(context.zone.clone());
            or_none(
                record.moment(*field).map(|at| local(at).strftime("%Y-%m-%d %H:%M %Z").to_string()),
            )
        }
        Term::Text(text) => {
            let verb = if record.text_has(text) { "contains" } else { "does not contain" };
            return format!("text {verb} {text}");
        }
    };
    format!("{} is {value}", field_label(term))
}

fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn name<Id>(value: Option<Named<'_, Id>>) -> String {
    or_none(value.map(|value| value.name))
}

fn people(people: &[PersonRef<'_>]) -> String {
    listed(people.iter().map(|person| person.name.to_owned()))
}

fn listed(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
