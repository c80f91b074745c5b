//! What applying files changes, in words and for programs.

use super::kinds::Kind;
use crate::failed::Failed;
use crate::output;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Characters of a value that are shown.
const VALUE_CHARS: usize = 120;

/// What changes.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What is made or changed, in the order of the files.
    pub(super) steps: Vec<Step>,
    /// How many items say what is so already.
    pub(super) unchanged: usize,
}

/// What happens to one thing.
#[derive(Debug)]
pub(super) struct Step {
    /// What it is.
    pub(super) kind: &'static Kind,
    /// What people call it.
    pub(super) name: String,
    /// What could be said of it before; nothing where it is new.
    pub(super) before: Option<Map<String, Value>>,
    /// What can be said of it then.
    pub(super) after: Map<String, Value>,
}

/// The same for programs.
#[derive(Serialize)]
struct Told<'a> {
    create: usize,
    change: usize,
    unchanged: usize,
    /// Whether it was done.
    applied: bool,
    items: Vec<StepTold<'a>>,
}

#[derive(Serialize)]
struct StepTold<'a> {
    kind: &'a str,
    name: &'a str,
    action: &'a str,
    /// By field: `{"from": …, "to": …}`.
    fields: Map<String, Value>,
}

impl Step {
    fn action(&self) -> &'static str {
        if self.before.is_some() { "change" } else { "create" }
    }

    /// The fields that differ: name, before, after.
    fn differences(&self) -> impl Iterator<Item = (&str, &Value, &Value)> {
        let before = |name: &str| self.before.as_ref().and_then(|before| before.get(name));
        let fields = self
            .after
            .iter()
            .map(move |(name, after)| (name.as_str(), before(name).unwrap_or(&Value::Null), after));
        fields.filter(|(_, before, after)| before != after)
    }

    fn told(&self) -> Map<String, Value> {
        let told = |(name, before, after): (&str, &Value, &Value)| {
            (name.to_owned(), json!({ "from": before, "to": after }))
        };
        self.differences().map(told).collect()
    }
}

impl Plan {
    fn count(&self, action: &str) -> usize {
        self.steps.iter().filter(|step| step.action() == action).count()
    }

    /// Prints it for people.
    pub(super) fn print(&self, applied: bool) -> Result<(), Failed> {
        for step in &self.steps {
            output::line(format!("{} {} {}", step.action(), step.kind.one, step.name))?;
            let changes = step.differences().filter(|_| step.before.is_some());
            for (field, before, after) in changes {
                output::line(format!("  {field}: {} → {}", short(before), short(after)))?;
            }
        }
        let (made, changed) = (self.count("create"), self.count("change"));
        let words = if applied { ["created", "changed"] } else { ["to create", "to change"] };
        let unchanged = self.unchanged;
        output::line(format!(
            "{made} {}, {changed} {}, {unchanged} as they were",
            words[0], words[1]
        ))
    }

    /// Prints it for programs.
    pub(super) fn json(&self, applied: bool) -> Result<(), Failed> {
        let items = self.steps.iter().map(|step| StepTold {
            kind: step.kind.name,
            name: &step.name,
            action: step.action(),
            fields: step.told(),
        });
        output::json(&Told {
            create: self.count("create"),
            change: self.count("change"),
            unchanged: self.unchanged,
            applied,
            items: items.collect(),
        })
    }
}

/// A value on one line.
fn short(value: &Value) -> String {
    if value.is_null() {
        return "nothing".to_owned();
    }
    let text = value.to_string();
    if text.chars().count() <= VALUE_CHARS {
        return text;
    }
    text.chars().take(VALUE_CHARS).chain(['…']).collect()
}
