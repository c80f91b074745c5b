//! Mappings: how any JSON is read, by expressions that an administrator writes.
//!
//! A mapping gives fields of a signal ([`Field`]) an expression each. There are
//!
//! * paths: `alert.labels.name`, `items[0].id`, `labels["odd name"]`; `tags[]` is all elements;
//!   `$` begins at the whole document, `@` is the element itself
//! * texts: `'critical'`
//! * the first that is not empty: `summary ?? title ?? 'Alert'`
//! * `lower(x)`, `upper(x)`, `trim(x)`
//! * comparisons, which give `true` or `false`: `state == 'ok'`
//! * tables, which do not look at case: `match state { 'up' | 'ok' => 'resolved', _ => 'firing' }`
//! * templates: `{{ host ?? 'unknown host' }} is {{ lower(state) }}`
//!
//! ```
//! use alert::mapping::Mapping;
//! let mapping = Mapping::parse([
//!     ("each", "checks"),
//!     ("key", "id"),
//!     ("title", "{{ host }}: {{ text ?? 'no words' }}"),
//!     ("status", "match ok { 'true' => 'resolved', _ => 'firing' }"),
//! ]).unwrap();
//! let payload = serde_json::json!({"checks": [{"id": 7, "host": "db1", "ok": false}]});
//! let now = "2026-11-23T05:00:00Z".parse().unwrap();
//! let reading = mapping.read(&payload, now, "fresh");
//! assert_eq!(reading.signals[0].title, "db1: no words");
//! assert_eq!(reading.signals[0].key, "7");
//!
//! let faults = Mapping::parse([("title", "{{ host")]).unwrap_err();
//! assert_eq!(faults[0].1.to_string(), "needs \"}}\" here (at character 8)");
//! ```
//!
//! It is a language of its own because nothing fits: the language of searches speaks about
//! incidents, not about documents; JSONPath and JMESPath have neither texts with places nor
//! tables of words, which is most of what such a mapping is, and their libraries bring parsers and
//! regular expressions along. Evaluating cannot loop; work and text are bounded.

mod expression;
mod fields;
mod parse;
mod trial;
mod usual;

pub use fields::{Field, Mapping};
pub use parse::Fault;
pub use trial::{Outcome, Trial};
