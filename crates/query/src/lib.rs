//! The one query language of the search bar, the API's `q=`, saved views and
//! rules. Pure: text in, typed values out; the instant, the person and the time
//! zone are arguments.
//!
//! ```
//! let query = query::parse(r#"state:open prio:1 team:mine service:"Label Printing" due<2h vpn sort:risk"#).unwrap();
//! assert_eq!(
//!     query.to_string(),
//!     r#"state:open priority:P1 team:mine service:"Label Printing" due<2h vpn sort:risk"#,
//! );
//! assert_eq!(query.chips()[1].rest, r#"state:open team:mine service:"Label Printing" due<2h vpn sort:risk"#);
//!
//! let error = query::parse("prioritty:P1").unwrap_err();
//! assert_eq!(error.suggestion.as_deref(), Some("priority"));
//! ```
//!
//! The way of a query: [`parse`] makes an [`Expr`] of [`Term`]s whose values are
//! typed, so that compiling to SQL is a total match; [`matches()`] evaluates the
//! same tree against one [`Record`]; `Display` writes the canonical text, which
//! parses back to an equal [`Query`]. Moments stay symbolic ([`Bound`]) and become
//! instants only in [`When::reach`], which SQL and evaluator share.
//!
//! Two ways to compare words, and no third: names of teams, people, tags and so on
//! are equal when they are equal in lower case ([`same_name`]); free text is
//! compared by its [`words`], folded to lower case without accents ([`fold`]).

mod ast;
mod chips;
mod eval;
mod explain;
mod fields;
mod fold;
mod moment;
mod nearest;
mod parse;
mod reference;
mod suggest;
mod vocabulary;
mod write;

pub use ast::{Choice, Count, Expr, Name, Person, Query, Sort, StateWord, TeamName, Term, Text};
pub use chips::Chip;
pub use eval::{Context, Named, PersonRef, Record, matches};
pub use explain::{Reason, explain};
pub use fields::{FIELDS, Field, FieldName, Kind};
pub use fold::{fold, folded_words, same_name, words, words_line};
pub use moment::{Bound, Compare, Interval, Reach, When};
pub use parse::{MAX_DEPTH, ParseError, parse, parse_condition};
pub use reference::reference;
pub use suggest::{Offer, Suggestion, suggest};
pub use vocabulary::{Breach, HoldReason, MomentField, Period, SortKey, State};
pub use write::value_text;
