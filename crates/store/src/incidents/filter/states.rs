//! Which states a query leaves, for the indexes that hold only some.

use query::{Expr, State, Term};

const OPEN: [State; 3] = [State::New, State::InProgress, State::OnHold];
const ENDED: [State; 2] = [State::Resolved, State::Cancelled];

/// Whether only open incidents can meet this condition.
pub fn implies_open(expr: &Expr) -> bool {
    implies(expr, &OPEN)
}

/// Whether only open incidents that are breached can meet this condition.
pub(in crate::incidents) fn implies_breached(expr: &Expr) -> bool {
    implies_open(expr) && are_breached(expr)
}

fn are_breached(expr: &Expr) -> bool {
    match expr {
        Expr::Term(Term::Breached(yes)) => *yes,
        Expr::And(parts) => parts.iter().any(are_breached),
        Expr::Or(parts) => !parts.is_empty() && parts.iter().all(are_breached),
        _ => false,
    }
}

/// What a condition implies about the state, word for word as the partial
/// indexes say it.
pub(super) fn implied(expr: &Expr) -> Option<&'static str> {
    if implies_open(expr) {
        Some("i.state in ('new', 'in_progress', 'on_hold')")
    } else if implies(expr, &ENDED) {
        Some("i.state in ('resolved', 'cancelled')")
    } else {
        None
    }
}

fn implies(expr: &Expr, states: &[State]) -> bool {
    match expr {
        Expr::Term(Term::State(words)) => {
            words.iter().flat_map(|word| word.states()).all(|state| states.contains(state))
        }
        Expr::Term(Term::Hold(_)) => states.contains(&State::OnHold),
        Expr::And(parts) => parts.iter().any(|part| implies(part, states)),
        Expr::Or(parts) => !parts.is_empty() && parts.iter().all(|part| implies(part, states)),
        _ => false,
    }
}
