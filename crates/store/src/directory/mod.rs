//! Configuration and people: plain versioned rows. Whoever changes one here also
//! writes the audit entry and calls [`policy::bump`], in the same transaction.
//!
//! Changing takes the version that was read and answers `false` when another
//! change came first. What history refers to is never deleted but deactivated.

pub mod agreements;
pub mod articles;
pub mod audit;
pub mod calendars;
pub mod categories;
pub mod changes;
pub mod contacts;
pub mod devices;
pub mod drafts;
pub mod escalations;
pub mod feeds;
pub mod fetches;
pub mod idempotency;
pub mod import_refs;
pub mod integrations;
pub mod letters;
pub mod lists;
pub mod macros;
pub mod models;
pub mod notices;
pub mod organisations;
mod paging;
pub mod people;
pub mod policy;
pub mod problems;
pub mod recomputations;
mod records;
pub mod reviews;
mod rows;
pub mod rules;
pub mod schedules;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod shadows;
pub mod strain;
pub mod swaps;
pub mod teams;
pub mod tokens;
pub mod told_how;
pub mod views;
pub mod webhooks;

pub use articles::{Article, ArticleState, Audience, Edition};
pub use audit::Entry;
pub use categories::Category;
pub use changes::Change;
pub use contacts::Contact;
pub use devices::{Device, EndedDevice};
pub use drafts::{Draft, Mode};
pub use escalations::Escalation;
pub use feeds::ScheduleFeed;
pub use idempotency::Answer;
pub use import_refs::Imported;
pub use integrations::{Integration, IntegrationKind};
pub use organisations::Organisation;
pub(crate) use people::containing;
pub use people::{PeopleFilter, Person};
pub use problems::{Problem, ProblemState};
pub use reviews::{Action, ActionState, Review, ReviewState};
pub(crate) use rows::{json, many, one, slots};
pub use schedules::Schedule;
pub use services::Service;
pub use sessions::Session;
pub use settings::Setting;
pub use swaps::{Swap, SwapState};
pub use teams::Team;
pub use tokens::Token;
pub use views::View;
pub use webhooks::Webhook;
