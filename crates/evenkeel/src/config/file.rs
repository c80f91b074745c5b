//! The configuration file: `evenkeel.toml`. Settings are keys of it; flags of one
//! command are keys of a table with the command's name.
//!
//! ```toml
//! data = "/srv/evenkeel"
//! listen = "127.0.0.1:8080"
//!
//! [token.create]
//! scope = "read"
//! ```

use super::{DEMO_DATA, NOT_FOR_THE_DEMO, OUTSIDE_THE_FILE, SETTINGS, is_setting};
use crate::failed::Failed;
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The name that is looked for.
const NAME: &str = "evenkeel.toml";
/// How alike two words are for one to be the other mistyped, of 1.
const ALIKE: f64 = 0.75;

/// A configuration file that was read; its keys are known ones.
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    table: Table,
    /// It lies in the data folder, so it cannot say which that is.
    in_data_folder: bool,
    for_demo: bool,
}

impl ConfigFile {
    /// Finds and reads the file: the one that was named, else the one in the working
    /// directory, else the one in the data folder.
    pub(super) fn find(matches: &ArgMatches, for_demo: bool) -> Result<Option<ConfigFile>, Failed> {
        if let Some(path) = matches.get_one::<PathBuf>("config") {
            return Self::read(path.clone(), false, for_demo).map(Some);
        }
        let here = PathBuf::from(NAME);
        if here.is_file() {
            return Self::read(here, false, for_demo).map(Some);
        }
        let named = matches.value_source("data") == Some(ValueSource::CommandLine);
        let folder = match matches.get_one::<PathBuf>("data") {
            Some(folder) if named || !for_demo => folder.clone(),
            _ => PathBuf::from(DEMO_DATA),
        };
        let there = folder.join(NAME);
        if there.is_file() { Self::read(there, true, for_demo).map(Some) } else { Ok(None) }
    }

    fn read(path: PathBuf, in_data_folder: bool, for_demo: bool) -> Result<ConfigFile, Failed> {
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failed::usage(format!(
                "the configuration file {} cannot be read: {error}",
                path.display()
            ))
        })?;
        let table =
            text.parse::<Table>().map_err(|error| wrong(&path, error.to_string().trim_end()))?;
        Ok(ConfigFile { path, table, in_data_folder, for_demo })
    }

    /// What the file says about this command and nobody else said: the argument's id
    /// and how one would have typed it. Every key of the file is checked.
    pub(super) fn arguments(
        &self,
        command: &Command,
        path: &[&str],
        matches: &ArgMatches,
    ) -> Result<Vec<(String, OsString)>, Failed> {
        let mut built = command.clone();
        built.build();
        self.check_keys(&built)?;
        let mut leaf = &built;
        let mut table = Some(&self.table);
        for name in path {
            leaf = leaf.find_subcommand(name).unwrap_or(leaf);
            table = table.and_then(|table| table.get(*name)).and_then(Value::as_table);
        }
        let mut found = Vec::new();
        for arg in leaf.get_arguments() {
            let (Some(long), id) = (arg.get_long(), arg.get_id().as_str()) else { continue };
            let table = if is_setting(id) { Some(&self.table) } else { table };
            let Some(value) = table.and_then(|table| table.get(&key_of(long))) else { continue };
            let apart = self.for_demo && NOT_FOR_THE_DEMO.contains(&id);
            let said = matches!(
                matches.value_source(id),
                Some(ValueSource::CommandLine | ValueSource::EnvVariable)
            );
            if said || apart {
                continue;
            }
            let typed =
                typed(long, value, arg.get_action()).map_err(|words| wrong(&self.path, &words))?;
            found.extend(typed.into_iter().map(|argument| (id.to_owned(), argument)));
        }
        Ok(found)
    }

    fn check_keys(&self, command: &Command) -> Result<(), Failed> {
        if self.in_data_folder && self.table.contains_key("data") {
            let words = "`data` cannot be said by a file in the data folder; use --data";
            return Err(wrong(&self.path, words));
        }
        let settings: Vec<String> = SETTINGS
            .iter()
            .filter(|id| **id != OUTSIDE_THE_FILE)
            .map(|id| (*id).to_owned())
            .collect();
        check_table(&self.table, "", &settings, command).map_err(|words| wrong(&self.path, &words))
    }
}

/// Refuses unknown keys of a table that speaks about a command.
fn check_table(
    table: &Table,
    name: &str,
    keys: &[String],
    command: &Command,
) -> Result<(), String> {
    for (key, value) in table {
        let here = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
        let sub = command.find_subcommand(key).filter(|sub| speaks(sub));
        match (value, sub) {
            (Value::Table(inner), Some(sub)) => check_table(inner, &here, &keys_of(sub), sub)?,
            (value, _) if keys.contains(key) && !value.is_table() => {}
            (_, Some(_)) => {
                return Err(format!("`{here}` is a command; its flags belong in a table [{here}]"));
            }
            (_, None) if keys.contains(key) => {
                return Err(format!("`{here}` is a single value, not a table"));
            }
            _ => return Err(unknown(&here, key, name, keys, command)),
        }
    }
    Ok(())
}

fn unknown(here: &str, key: &str, name: &str, keys: &[String], command: &Command) -> String {
    let subs = command.get_subcommands().filter(|sub| speaks(sub)).map(Command::get_name);
    let known: Vec<&str> = keys.iter().map(String::as_str).chain(subs).collect();
    let before = if name.is_empty() { String::new() } else { format!("{name}.") };
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("unknown key `{here}`; did you mean `{before}{near}`?"),
        None if known.is_empty() => format!("unknown key `{here}`; this command has none"),
        None => format!("unknown key `{here}`; there are {}", known.join(", ")),
    }
}

/// The known word that a mistyped one was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether a command, or one below it, has flags of its own.
fn speaks(command: &Command) -> bool {
    !keys_of(command).is_empty() || command.get_subcommands().any(speaks)
}

/// The keys of a command's own flags.
fn keys_of(command: &Command) -> Vec<String> {
    let own = |arg: &&clap::Arg| {
        let id = arg.get_id().as_str();
        !is_setting(id) && !["help", "version"].contains(&id)
    };
    command.get_arguments().filter(own).filter_map(|arg| arg.get_long()).map(key_of).collect()
}

fn key_of(long: &str) -> String {
    long.replace('-', "_")
}

/// A value as one would type it.
fn typed(long: &str, value: &Value, action: &ArgAction) -> Result<Vec<OsString>, String> {
    if matches!(action, ArgAction::SetTrue) {
        return match value {
            Value::Boolean(true) => Ok(vec![format!("--{long}").into()]),
            Value::Boolean(false) => Ok(vec![]),
            _ => Err(format!("`{}` is true or false", key_of(long))),
        };
    }
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(flag) => Ok(flag.to_string()),
        Value::Datetime(at) => Ok(at.to_string()),
        _ => Err(format!("`{}` is a text or a number", key_of(long))),
    };
    let texts = match value {
        Value::Array(values) if matches!(action, ArgAction::Append) => {
            values.iter().map(one).collect::<Result<Vec<_>, _>>()?
        }
        Value::Array(_) => return Err(format!("`{}` is one value, not a list", key_of(long))),
        value => vec![one(value)?],
    };
    Ok(texts.into_iter().map(|text| format!("--{long}={text}").into()).collect())
}

fn wrong(path: &Path, words: &str) -> Failed {
    Failed::usage(format!("{}: {words}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), String> {
        let mut command = crate::cli::command();
        command.build();
        let file = ConfigFile {
            path: PathBuf::from(NAME),
            table: text.parse().unwrap(),
            in_data_folder: false,
            for_demo: false,
        };
        file.check_keys(&command).map_err(|failed| failed.to_string())
    }

    #[test]
    fn known_keys_are_fine() {
        checked("data = \"x\"\nlisten = \"y\"\n[token.create]\nscope = \"read\"\n[init]\ntime_zone = \"UTC\"").unwrap();
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        for (text, near) in [
            ("listne = \"x\"", "`listen`"),
            ("database-url = \"x\"", "`database_url`"),
            ("[inti]\nname = \"x\"", "`init`"),
            ("[init]\nadmin_mail = \"x\"", "`init.admin_email`"),
            ("[token.creat]\nscope = \"x\"", "`token.create`"),
        ] {
            let words = checked(text).unwrap_err();
            assert!(words.contains("unknown key") && words.contains(near), "{words}");
        }
        let words = checked("zzz = 1").unwrap_err();
        assert!(words.contains("there are data, database_url"), "{words}");
        assert!(checked("config = \"x\"").is_err());
        assert!(checked("init = 1").unwrap_err().contains("[init]"));
        assert!(checked("[data]\nx = 1").unwrap_err().contains("single value"));
    }

    #[test]
    fn values_become_arguments() {
        assert_eq!(
            typed("role", &Value::from(vec!["agent", "auditor"]), &ArgAction::Append).unwrap(),
            ["--role=agent", "--role=auditor"]
        );
        assert_eq!(typed("limit", &Value::from(3), &ArgAction::Set).unwrap(), ["--limit=3"]);
        assert_eq!(typed("fresh", &Value::from(true), &ArgAction::SetTrue).unwrap(), ["--fresh"]);
        assert!(typed("fresh", &Value::from(false), &ArgAction::SetTrue).unwrap().is_empty());
        assert!(typed("fresh", &Value::from("yes"), &ArgAction::SetTrue).is_err());
        let several = typed("listen", &Value::from(vec!["a:1", "b:1"]), &ArgAction::Set);
        assert_eq!(several.unwrap_err(), "`listen` is one value, not a list");
    }
}
