//! Catalogues of services that others keep: our own form, Backstage's, and Compose files.
//!
//! Reading says what stands there and where; what of it is known here, and what changes, is the
//! desk's. A form that does not say something leaves it as it is.

mod backstage;
mod compose;
mod look;
mod ours;
pub mod tree;

use kernel::words;
use look::Look;
use serde::{Deserialize, Serialize};
use std::fmt;
use tree::Node;

/// Bytes of one catalogue: 10,000 services with all that is said of them.
pub const TEXT_BYTES: usize = 8 * 1_048_576;
/// Services of one catalogue, and of one instance: all of them are at hand when something is
/// decided.
pub const SERVICES: usize = 10_000;
/// Faults that are told at once: whoever made so many looks again anyhow.
pub const FAULTS: usize = 50;

words! {
    /// In which form a catalogue is written.
    Form {
        /// Ours.
        Evenkeel = "evenkeel",
        /// Entities of Backstage, one a document.
        Backstage = "backstage",
        /// Services by name with `depends_on`, as Compose has them, in YAML or JSON.
        Compose = "compose",
    }
}

/// What is wrong with a catalogue, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Fault {
    /// The line, from 1; 0 is the catalogue as a whole.
    pub line: usize,
    /// The field, as a path: `services.3.owner`; empty for the form of the text.
    pub field: String,
    /// The rule that it breaks; goes on after the field's name.
    pub message: String,
}

impl Fault {
    /// A field in a line and the rule that it breaks.
    pub fn new(line: usize, field: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { line, field: field.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.field.is_empty() {
            write!(f, "{} ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// Something that was passed over or changed while reading, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The line, from 1; 0 is the catalogue as a whole.
    pub line: usize,
    /// What.
    pub message: String,
}

/// A place to read on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it is called.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A name that stands for a service or a team, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// The field, as a path.
    pub field: String,
}

/// Something that a service of a catalogue needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What the group is called; none for a plain dependency.
    pub group: Option<String>,
    /// How many of them have to work.
    pub at_least: u16,
    /// What is needed.
    pub of: Vec<Named>,
}

/// A team of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The line, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
}

/// A service of a catalogue. What is none is not said, and stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The line, from 1.
    pub line: usize,
    /// The field, as a path.
    pub field: String,
    /// Its name.
    pub name: String,
    /// What it is called outside.
    pub public_name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The team that owns it.
    pub owner: Option<Named>,
    /// Criticality, 1 (highest) to 4.
    pub criticality: Option<u8>,
    /// What an hour without it costs, in whole units of the instance's currency.
    pub cost_per_hour: Option<i64>,
    /// The goal of its availability, in thousandths.
    pub goal_permille: Option<u16>,
    /// Places to read on.
    pub links: Option<Vec<Link>>,
    /// What it needs; all of it.
    pub needs: Option<Vec<Wanted>>,
}

/// What a catalogue says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// In which form.
    pub form: Form,
    /// Teams that it describes.
    pub teams: Vec<Team>,
    /// Services, each once.
    pub services: Vec<Entry>,
    /// What was passed over.
    pub notes: Vec<Note>,
}

/// Reads a catalogue, in whichever of the forms it is written.
///
/// # Errors
///
/// What is wrong with it, in the order of the text, at most [`FAULTS`].
pub fn read(text: &str) -> Result<Catalogue, Vec<Fault>> {
    let documents = tree::parse(text).map_err(|fault| vec![fault])?;
    let documents: Vec<&Node> = documents.iter().filter(|node| !node.is_nothing()).collect();
    let mut look = Look::default();
    let catalogue = match documents.as_slice() {
        [] => return Err(vec![Fault::new(0, "", "the catalogue is empty")]),
        [only] if only.get("kind").is_none() => match only.get("services") {
            Some(services) if services.is_map() => compose::read(&mut look, only, services),
            _ => ours::read(&mut look, only),
        },
        many => backstage::read(&mut look, many),
    };
    if catalogue.services.len() > SERVICES {
        look.fault(0, "services", format!("are more than {SERVICES}"));
    }
    if look.faults.is_empty() { Ok(catalogue) } else { Err(look.faults) }
}
