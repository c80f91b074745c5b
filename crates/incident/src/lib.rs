//! The life of an incident. `decide` turns a wish into events or a typed
//! refusal, `apply` folds events into the state. Both are pure: no clock, no
//! random numbers, no database. Everything a decision depends on comes in
//! through [`Facts`]; everything it found out is recorded in the events, so
//! replay needs no old policy.

pub mod alerts;
mod apply;
pub mod assignment;
pub mod clocks;
pub mod command;
pub mod conduct;
pub mod decide;
pub mod effects;
pub mod escalation;
pub mod event;
pub mod impact;
pub mod ledger;
pub mod macros;
pub mod models;
pub mod nearing;
pub mod notices;
pub mod permissions;
pub mod policy;
pub mod preview;
pub mod promise;
pub mod rating;
pub mod reach;
pub mod refusal;
pub mod replay;
pub mod rules;
pub mod runbook;
pub mod since;
pub mod state;
pub mod telling;
mod timers;
mod upcast;

pub use apply::{apply, fold};
pub use command::{Change, Command, CommandName, Visibility};
pub use decide::{Decision, Facts, Follow, Origin, UNDO_EVENTS, decide, tick, undoable};
pub use effects::{Audience, Effect, PageWish, effects};
pub use event::{Body, Cause, Event};
pub use permissions::{Access, Scope, Subject, TokenScope, Viewer};
pub use policy::Policy;
pub use refusal::{Refusal, RefusalKind};
pub use state::{Lifecycle, State};
pub use timers::{TimerKind, timers, wake_at};
