//! The index that finds: incidents, problems, articles, services, people and teams, ranked,
//! and within what somebody may see.
//!
//! It is a projection on the disk of one node. It holds no truth: whoever feeds it writes down
//! with each commit how far the log is in it, and where its files are broken, of another version
//! or of another database it is thrown away and filled anew. The words of people are not kept in
//! it as text, only as a list of which word is in which document; whoever shows a hit reads it
//! from the database and asks [`marks`] and [`snippet`] where its words are.
//!
//! Who may read what is a part of each query, judged as [`incident::permissions::Scope::access`]
//! judges it: totals, facets, corrections and similar incidents count nothing that is hidden.
//!
//! ```
//! use search::{Document, Index, Kind, Readers, Wish};
//!
//! let index = Index::in_memory().unwrap();
//! let at = kernel::Timestamp::from_micros(0);
//! let title = "Printers that print nothing";
//! let article = Document::new(Kind::Article, "KB-7", title, Readers::Everyone, at);
//! index.put(&article).unwrap();
//! index.commit(1, &Default::default()).unwrap();
//!
//! # let scope = incident::permissions::Scope {
//! #     everything: false, open_to_staff: true, teams: Default::default(),
//! #     person: kernel::PersonId(Default::default()), organisation: None, nothing: false,
//! # };
//! let found = index.search(&scope, &Wish::of("printer nothing")).unwrap();
//! assert_eq!(found.hits[0].id, "KB-7");
//! ```

mod ask;
mod begins;
mod document;
mod facets;
mod failure;
mod find;
mod forms;
mod index;
pub mod limits;
mod mark;
mod merge;
mod near;
mod schema;
mod sight;
mod similar;
mod state;
mod typed;
mod whole;
mod wish;
mod words;

pub use document::{Document, KIND, Kind, Label, Readers};
pub use failure::Failure;
pub use index::{Index, Opened, Position};
pub use mark::{Piece, Snippet, mark, marks, snippet};
pub use similar::{Alike, Like, Shared};
pub use typed::Wanted;
pub use wish::{Facet, FacetValue, Filter, Found, Hit, Place, Wish};
pub use words::stems;
