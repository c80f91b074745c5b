//! Which column means what.

use crate::failed::Failed;
use incident::state::{HoldReason, Lifecycle};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The mapping as it is without a file.
pub(super) const BUILT_IN: &str = include_str!("mapping.toml");

/// The mapping in force.
#[derive(Debug, Clone)]
pub(super) struct Mapping {
    pub(super) missing: Vec<String>,
    pub(super) delimiter: u8,
    pub(super) dates: Vec<String>,
    pub(super) title: Vec<String>,
    /// Our names to theirs.
    pub(super) columns: BTreeMap<String, String>,
    pub(super) states: BTreeMap<String, Wanted>,
    pub(super) fields: BTreeMap<String, String>,
}

/// A state that an incident is to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) lifecycle: Lifecycle,
    pub(super) hold: Option<HoldReason>,
}

/// What can stand in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    missing: Option<Vec<String>>,
    delimiter: Option<String>,
    dates: Option<Vec<String>>,
    title: Option<Vec<String>>,
    columns: BTreeMap<String, String>,
    states: BTreeMap<String, String>,
    fields: Option<BTreeMap<String, String>>,
}

impl Mapping {
    /// The built-in mapping with what a file changes of it.
    pub(super) fn read(file: Option<&Path>) -> Result<Mapping, Failed> {
        let mut written: Written =
            toml::from_str(BUILT_IN).expect("the file is part of the program and tested");
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failed::io("reading", path, &error))?;
            let change: Written = toml::from_str(&text)
                .map_err(|error| Failed::new(format!("{}: {error}", path.display())))?;
            written.change(change, path)?;
        }
        let name =
            file.map_or("the built-in mapping".to_owned(), |path| path.display().to_string());
        written.finish().map_err(|words| Failed::new(format!("{name}: {words}")))
    }
}

impl Written {
    fn change(&mut self, change: Written, path: &Path) -> Result<(), Failed> {
        if let Some(unknown) = change.columns.keys().find(|name| !self.columns.contains_key(*name))
        {
            let known: Vec<&str> = self.columns.keys().map(String::as_str).collect();
            return Err(Failed::new(format!(
                "{}: columns has no `{unknown}`; it knows {}",
                path.display(),
                known.join(", ")
            )));
        }
        self.missing = change.missing.or(self.missing.take());
        self.delimiter = change.delimiter.or(self.delimiter.take());
        self.dates = change.dates.or(self.dates.take());
        self.title = change.title.or(self.title.take());
        self.fields = change.fields.or(self.fields.take());
        self.columns.extend(change.columns);
        self.states.extend(change.states);
        Ok(())
    }

    fn finish(self) -> Result<Mapping, String> {
        let delimiter = self.delimiter.unwrap_or_default();
        let [delimiter] = *delimiter.as_bytes() else {
            return Err(format!(
                "delimiter is one sign, such as \",\" or \";\", not {delimiter:?}"
            ));
        };
        let states = self.states.iter().map(|(word, wanted)| Ok((word.clone(), state(wanted)?)));
        Ok(Mapping {
            missing: self.missing.unwrap_or_default(),
            delimiter,
            dates: self.dates.unwrap_or_default(),
            title: self.title.unwrap_or_default(),
            columns: self.columns,
            states: states.collect::<Result<_, String>>()?,
            fields: self.fields.unwrap_or_default(),
        })
    }
}

fn state(text: &str) -> Result<Wanted, String> {
    let (word, reason) =
        text.split_once(' ').map_or((text, None), |(word, rest)| (word, Some(rest)));
    let lifecycle: Lifecycle =
        word.parse().map_err(|error| format!("the state {word:?} {error}"))?;
    let hold: Option<HoldReason> = reason
        .map(|reason| {
            reason.trim().parse().map_err(|error| format!("the hold reason {reason:?} {error}"))
        })
        .transpose()?;
    match (lifecycle, hold) {
        (Lifecycle::OnHold, None) => {
            Err("on_hold needs a reason, such as `on_hold vendor`".to_owned())
        }
        (Lifecycle::OnHold, Some(HoldReason::Scheduled)) => Err(
            "on_hold scheduled needs an instant, which the log does not have; use another reason"
                .to_owned(),
        ),
        (Lifecycle::OnHold, _) | (_, None) => Ok(Wanted { lifecycle, hold }),
        _ => Err(format!("{word} has no hold reason")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<Mapping, Failed> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapping.toml");
        std::fs::write(&path, text).unwrap();
        Mapping::read(Some(&path))
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let mapping =
            written("[columns]\nteam = \"group\"\n[states]\n\"Parked\" = \"on_hold vendor\"\n")
                .unwrap();
        assert_eq!(mapping.columns["team"], "group");
        assert_eq!(mapping.columns["number"], "number");
        assert_eq!(mapping.states["Parked"].hold, Some(HoldReason::Vendor));
        assert_eq!(mapping.states["New"].lifecycle, Lifecycle::New);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, words) in [
            ("[columns]\ngroup = \"x\"\n", "`group`"),
            ("[states]\n\"New\" = \"fresh\"\n", "fresh"),
            ("[states]\n\"New\" = \"on_hold\"\n", "needs a reason"),
            ("[states]\n\"New\" = \"new vendor\"\n", "no hold reason"),
            ("delimiter = \"||\"\n", "one sign"),
            ("colour = 3\n", "colour"),
        ] {
            let error = written(text).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
