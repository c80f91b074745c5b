//! The lists of a person's own incidents, and of those of others they may see.

use incident::{Scope, Viewer};
use query::{Context, Expr, Person, Query, Sort, SortKey, State, StateWord, Term};
use store::incidents::list::{self, Cursor, IncidentRow, Look, Page};
use store::{Failure, Sql};

/// Rows of one page.
const PAGE_ROWS: usize = 20;
/// Counting stops here.
const COUNTED: i64 = 1_000;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// One's own.
    All,
    /// One's own that are not over.
    Open,
    /// One's own that are over.
    Over,
    /// Those of others that one may see and that are not over.
    Shared,
}

impl Which {
    /// The word in the address.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Which::All => "all",
            Which::Open => "open",
            Which::Over => "closed",
            Which::Shared => "shared",
        }
    }

    /// The list with this word; the open ones for any other.
    pub(super) fn named(word: &str) -> Self {
        [Which::All, Which::Over, Which::Shared]
            .into_iter()
            .find(|which| which.as_str() == word)
            .unwrap_or(Which::Open)
    }
}

/// A page of a list; a cursor of another list begins it anew.
pub(super) fn page(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    context: &Context,
    which: Which,
    cursor: Option<&str>,
) -> Result<Page, Failure> {
    let query = query(viewer, which);
    let cursor = cursor.and_then(|text| Cursor::parse(text, &query).ok());
    list::list(sql, &look(viewer, context), &query, PAGE_ROWS, cursor.as_ref())
}

/// The first few of a list.
pub(super) fn first(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    context: &Context,
    which: Which,
    limit: usize,
) -> Result<Vec<IncidentRow>, Failure> {
    Ok(list::list(sql, &look(viewer, context), &query(viewer, which), limit, None)?.rows)
}

/// How many there are, at most 1,000.
pub(super) fn count(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    context: &Context,
    which: Which,
) -> Result<i64, Failure> {
    list::count(sql, &look(viewer, context), &query(viewer, which).filter, COUNTED)
}

fn look(viewer: &Viewer, context: &Context) -> Look {
    Look { scope: Scope::of(viewer), context: context.clone() }
}

fn query(viewer: &Viewer, which: Which) -> Query {
    let mine = || Expr::from(Term::Requester(vec![Person::Me]));
    // What is fixed waits for a word of its requester: it is not over for them.
    let going_on =
        || Expr::from(Term::State(vec![StateWord::Open, StateWord::Is(State::Resolved)]));
    let filter = match which {
        Which::All => mine(),
        Which::Open => Expr::all_of([mine(), going_on()]),
        Which::Over => Expr::all_of([mine(), going_on().negated()]),
        // Staff see nearly everything; here they find what they follow.
        Which::Shared if viewer.is_staff() => {
            Expr::all_of([Term::Watcher(vec![Person::Me]).into(), mine().negated(), going_on()])
        }
        Which::Shared => Expr::all_of([mine().negated(), going_on()]),
    };
    Query { filter, sort: Some(Sort { key: SortKey::Updated, reversed: false }) }
}
