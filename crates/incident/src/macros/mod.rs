//! Macros: words and commands that come again. Their words hold variables, which are filled in
//! when somebody takes the macro into what they write; nothing is sent by that. The commands
//! with it are issued after the words, in the order in which people would.

mod variables;

pub use variables::{VARIABLES, fill, nearest, unknown};

use crate::command::{Change, Command, Visibility};
use crate::policy::{Fault, Policy};
use crate::state::HoldReason;
use kernel::{
    CategoryId, ContentId, InOrder, Language, MacroId, PersonId, ServiceId, TeamId, Timestamp,
    limits,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds of the shortest hold that a macro sets.
const HOLD_SECONDS_MIN: i64 = 300;
/// Seconds of the longest hold that a macro sets: a year.
const HOLD_SECONDS_MAX: i64 = 366 * 86_400;

/// Whose a macro is: who finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// One person's own.
    Person(PersonId),
    /// A team's.
    Team(TeamId),
    /// Everybody's who works here.
    Everybody,
}

/// A command that a macro brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// Set what is interrupted and where it belongs.
    Classify {
        /// Service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<ServiceId>,
        /// Category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<CategoryId>,
    },
    /// Add tags.
    Tag {
        /// Which.
        add: BTreeSet<String>,
    },
    /// Give it to a team, or take it.
    Assign {
        /// Team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// Whether whoever uses the macro takes it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        to_me: bool,
    },
    /// Let it wait.
    Hold {
        /// For what.
        reason: HoldReason,
        /// Seconds from then after which work resumes by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<i64>,
    },
    /// Resolve it; the words become those of the resolution.
    Resolve {
        /// A code of the configured list.
        code: String,
    },
}

impl Deed {
    /// The name of its command.
    pub const fn name(&self) -> &'static str {
        match self {
            Deed::Classify { .. } => "classify",
            Deed::Tag { .. } => "tag",
            Deed::Assign { .. } => "assign",
            Deed::Hold { .. } => "hold",
            Deed::Resolve { .. } => "resolve",
        }
    }

    /// The command itself, by somebody at an instant. A resolution says the words that `note`
    /// stands for; without them there is none.
    pub fn command(
        &self,
        me: PersonId,
        now: Timestamp,
        note: Option<ContentId>,
    ) -> Option<Command> {
        Some(match self {
            Deed::Classify { service, category } => Command::Classify {
                title: None,
                service: set(*service),
                category: set(*category),
                fields: BTreeMap::new(),
                affected: None,
            },
            Deed::Tag { add } => Command::Tag { add: add.clone(), remove: BTreeSet::new() },
            Deed::Assign { team, to_me } => {
                Command::Assign { team: set(*team), assignee: set(to_me.then_some(me)) }
            }
            Deed::Hold { reason, seconds } => Command::Hold {
                reason: *reason,
                until: seconds.map(|seconds| now.plus_seconds(seconds)),
                note: None,
            },
            Deed::Resolve { code } => Command::Resolve {
                code: code.clone(),
                note: note?,
                cause: None,
                known_error: None,
                children: false,
            },
        })
    }

    /// Its place: first what is known of it, then who has it, last what becomes of it.
    const fn place(&self) -> u8 {
        match self {
            Deed::Classify { .. } => 0,
            Deed::Tag { .. } => 1,
            Deed::Assign { .. } => 2,
            Deed::Hold { .. } => 3,
            Deed::Resolve { .. } => 4,
        }
    }
}

/// A macro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Macro {
    /// Its id.
    pub id: MacroId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// Who reads its words.
    pub visibility: Visibility,
    /// Its words, with variables.
    pub words: String,
    /// Its words in languages that requesters read, where there are any.
    pub by_language: BTreeMap<Language, String>,
    /// The commands with it, in the order in which they are issued.
    pub commands: Vec<Deed>,
    /// How often it was sent. Read only.
    pub uses: i64,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Macro {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "macro";

    /// The words for somebody who reads a language. Internal words are for the service desk.
    pub fn words_in(&self, language: Language) -> &str {
        let own = self.by_language.get(&language).filter(|_| self.visibility == Visibility::Public);
        own.map_or(self.words.as_str(), String::as_str)
    }

    /// Puts its commands into the order in which they are issued.
    pub fn in_order(mut self) -> Self {
        self.commands.order_by_key(Deed::place);
        self
    }

    /// Everything that is wrong with it.
    pub fn faults(&self, policy: &Policy) -> Vec<Fault> {
        let mut found = Vec::new();
        let length = self.name.trim().chars().count();
        if !(1..=limits::NAME_CHARS).contains(&length) || self.name.chars().any(char::is_control) {
            let most = limits::NAME_CHARS;
            found.push(Fault::new("name", format!("is needed, one line of {most} characters")));
        }
        check_words("words", &self.words, &mut found);
        for (language, words) in &self.by_language {
            check_words(&format!("words_{language}"), words, &mut found);
        }
        if let Owner::Team(team) = self.owner
            && !policy.teams.contains_key(&team)
        {
            found.push(Fault::new("owner", "is no team in use"));
        }
        self.check_commands(policy, &mut found);
        found
    }

    fn check_commands(&self, policy: &Policy, found: &mut Vec<Fault>) {
        let mut seen = BTreeSet::new();
        for deed in &self.commands {
            if !seen.insert(deed.name()) {
                found.push(Fault::new("commands", format!("has {} twice", deed.name())));
            }
            if let Err((field, words)) = check(deed, policy) {
                found.push(Fault::new(field, words));
            }
        }
        if seen.contains("hold") && seen.contains("resolve") {
            found.push(Fault::new("resolve", "cannot go with a hold"));
        }
        if seen.contains("resolve") && self.visibility == Visibility::Internal {
            found.push(Fault::new("resolve", "needs words that the requester reads"));
        }
    }
}

fn check_words(field: &str, words: &str, found: &mut Vec<Fault>) {
    // The store refuses NUL.
    if words.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return found.push(Fault::new(field, "holds a control character"));
    }
    match words.trim().chars().count() {
        0 => return found.push(Fault::new(field, "is needed")),
        count if count > limits::BODY_CHARS => {
            let most = limits::BODY_CHARS;
            return found.push(Fault::new(field, format!("is longer than {most} characters")));
        }
        _ => {}
    }
    for name in unknown(words) {
        let meant = nearest(name).map_or_else(String::new, |near| format!("; {{{near}}} is"));
        found.push(Fault::new(field, format!("has {{{name}}}, which is no variable{meant}")));
    }
}

type Wrong = (&'static str, String);

fn check(deed: &Deed, policy: &Policy) -> Result<(), Wrong> {
    let unless = |holds: bool, field: &'static str, words: &str| match holds {
        true => Ok(()),
        false => Err((field, words.to_owned())),
    };
    match deed {
        Deed::Classify { service, category } => {
            unless(service.is_some() || category.is_some(), "service", "is needed, or a category")?;
            let has_service = service.is_none_or(|id| policy.services.contains_key(&id));
            unless(has_service, "service", "is no service in use")?;
            let has_category = category.is_none_or(|id| policy.categories.contains_key(&id));
            unless(has_category, "category", "is no category in use")
        }
        Deed::Tag { add } => {
            unless(!add.is_empty(), "tags", "has none")?;
            crate::decide::check_tags(add).map_err(|refusal| ("tags", refusal.message))
        }
        Deed::Assign { team, to_me } => {
            unless(team.is_some() || *to_me, "team", "is needed, or that you take it")?;
            let has = team.is_none_or(|id| policy.teams.contains_key(&id));
            unless(has, "team", "is no team in use")
        }
        Deed::Hold { reason, seconds } => match seconds {
            None => unless(*reason != HoldReason::Scheduled, "hold", "needs an end: hours"),
            Some(seconds) => {
                let fits = (HOLD_SECONDS_MIN..=HOLD_SECONDS_MAX).contains(seconds);
                unless(fits, "hold", "ends after 5 minutes to 366 days")
            }
        },
        Deed::Resolve { code } => {
            let known = policy.resolution_codes.iter().any(|known| known.code == *code);
            unless(known, "resolve", "is no resolution code in use")
        }
    }
}

/// What is absent stays.
fn set<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Keep, Change::Set)
}
