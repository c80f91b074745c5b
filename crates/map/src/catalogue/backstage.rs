//! Entities of Backstage: components, systems and resources become services, groups become
//! teams. What else there is, such as users and APIs, is passed over.

use super::look::{Look, within};
use super::tree::Node;
use super::{Catalogue, Entry, Form, Link, Named, Note, Team, Wanted};
use kernel::limits::{NAME_CHARS, REASON_CHARS};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The kinds that become services, in the order in which a reference without a kind is looked up.
const SERVICES: [&str; 3] = ["component", "system", "resource"];
/// The kind that becomes teams.
const GROUP: &str = "group";
const NAMESPACE: &str = "default";

/// Which entity: its kind, namespace and name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    kind: String,
    namespace: String,
    name: String,
}

/// An entity as it stands there.
struct Entity<'n> {
    node: &'n Node,
    key: Key,
    /// How it is called in words.
    field: String,
    /// What it is shown as.
    shown: String,
}

pub(super) fn read(look: &mut Look, documents: &[&Node]) -> Catalogue {
    let mut reading = Reading::default();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for node in documents {
        let Some(entity) = entity(look, node) else { continue };
        if SERVICES.contains(&entity.key.kind.as_str()) {
            reading.name(&entity);
            reading.services.push(entity);
        } else if entity.key.kind == GROUP {
            reading.teams.insert(entity.key.clone(), entity.shown.clone());
            reading.groups.push(entity);
        } else {
            *others.entry(entity.key.kind).or_default() += 1;
        }
    }
    for (kind, count) in others {
        reading.note(0, format!("{count} of the kind {kind} passed over: they are no services"));
    }
    let teams = reading.all_teams(look);
    let services = reading.all_services(look);
    Catalogue { form: Form::Backstage, teams, services, notes: reading.notes }
}

fn entity<'n>(look: &mut Look, node: &'n Node) -> Option<Entity<'n>> {
    let Some(kind) = node.get("kind").and_then(Node::word) else {
        look.fault(node.line, "kind", "is needed: Component, System, Resource or Group");
        return None;
    };
    let metadata = node.get("metadata").filter(|metadata| metadata.is_map());
    let Some(metadata) = metadata else {
        look.fault(node.line, "metadata", "is needed");
        return None;
    };
    let Some(name) = metadata.get("name").and_then(Node::word) else {
        look.fault(metadata.line, "metadata.name", "is needed");
        return None;
    };
    let namespace = metadata.get("namespace").and_then(Node::word).unwrap_or(NAMESPACE);
    let display = node.get("spec").and_then(|spec| spec.get("profile")?.get("displayName"));
    let title = display.or_else(|| metadata.get("title")).and_then(Node::word);
    let short = |title: &&str| title.chars().count() <= NAME_CHARS;
    let key = Key {
        kind: kind.to_lowercase(),
        namespace: namespace.to_lowercase(),
        name: name.to_lowercase(),
    };
    let field = format!("{}:{namespace}/{name}", key.kind);
    if name.chars().count() > NAME_CHARS {
        let words = format!("is longer than {NAME_CHARS} characters");
        look.fault(metadata.line, &within(&field, "metadata.name"), words);
    }
    let shown = title.filter(short).unwrap_or(name).to_owned();
    Some(Entity { node, key, field, shown })
}

/// What was found so far.
#[derive(Default)]
struct Reading<'n> {
    services: Vec<Entity<'n>>,
    groups: Vec<Entity<'n>>,
    /// What each service is called with us, where a name is of one only.
    names: HashMap<Key, String>,
    taken: HashSet<String>,
    teams: HashMap<Key, String>,
    notes: Vec<Note>,
}

impl Reading<'_> {
    fn note(&mut self, line: usize, message: String) {
        self.notes.push(Note { line, message });
    }

    /// Gives a service its name: what it is shown as, or, where another is called so, more of
    /// what tells them apart.
    fn name(&mut self, entity: &Entity<'_>) {
        if self.names.contains_key(&entity.key) {
            return;
        }
        let Key { kind, namespace, name } = &entity.key;
        let choices = [
            entity.shown.clone(),
            format!("{} ({kind})", entity.shown),
            format!("{kind}:{namespace}/{name}"),
        ];
        let free = choices.into_iter().find(|choice| !self.taken.contains(&choice.to_lowercase()));
        // The last one is of this entity alone, unless another is titled so.
        let chosen = free.unwrap_or_else(|| format!("{kind}:{namespace}/{name}"));
        if chosen != entity.shown {
            let words = format!("{} is called {chosen} here: the name is taken", entity.field);
            self.note(entity.node.line, words);
        }
        self.taken.insert(chosen.to_lowercase());
        self.names.insert(entity.key.clone(), chosen);
    }

    fn all_teams(&mut self, look: &mut Look) -> Vec<Team> {
        let mut teams: Vec<Team> = Vec::new();
        let mut seen = HashSet::new();
        for entity in std::mem::take(&mut self.groups) {
            let description = self.description(look, &entity).unwrap_or_default();
            if seen.insert(entity.shown.to_lowercase()) {
                teams.push(Team { line: entity.node.line, name: entity.shown, description });
            }
        }
        teams
    }

    fn all_services(&mut self, look: &mut Look) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: HashMap<Key, usize> = HashMap::new();
        for entity in std::mem::take(&mut self.services) {
            let entry = self.entry(look, &entity);
            match places.get(&entity.key) {
                Some(place) => {
                    let first = &mut entries[*place];
                    let words = format!(
                        "{} stands here again, first in line {}: what is new of it was added",
                        entity.field, first.line
                    );
                    self.note(entry.line, words);
                    add(first, entry);
                }
                None => {
                    places.insert(entity.key, entries.len());
                    entries.push(entry);
                }
            }
        }
        entries
    }

    fn entry(&mut self, look: &mut Look, entity: &Entity<'_>) -> Entry {
        let name = self.names.get(&entity.key).cloned().unwrap_or_else(|| entity.shown.clone());
        let spec = entity.node.get("spec");
        Entry {
            line: entity.node.line,
            field: entity.field.clone(),
            name,
            description: self.description(look, entity),
            owner: spec.and_then(|spec| self.owner(look, spec, &entity.field)),
            links: self.links(look, entity),
            needs: spec.and_then(|spec| self.needs(look, spec, &entity.field)),
            ..Entry::default()
        }
    }

    /// What it is, as far as there is room for it.
    fn description(&mut self, look: &mut Look, entity: &Entity<'_>) -> Option<String> {
        let metadata = entity.node.get("metadata")?;
        let field = within(&entity.field, "metadata");
        let text = look.word_of(metadata, &field, "description")?;
        if text.chars().count() <= REASON_CHARS {
            return Some(text);
        }
        let words = format!("the description of {} was cut", entity.field);
        self.note(metadata.line, words);
        let cut: String = text.chars().take(REASON_CHARS).collect();
        Some(cut.trim_end().to_owned())
    }

    /// Places to read on: of other schemes than a page may link to none is taken.
    fn links(&mut self, look: &mut Look, entity: &Entity<'_>) -> Option<Vec<Link>> {
        let list = entity.node.get("metadata")?.get("links")?;
        let field = within(&entity.field, "metadata.links");
        let mut links = Vec::new();
        for (at, node) in look.list(list, &field).iter().enumerate() {
            let field = format!("{field}.{at}");
            let Some(url) = look.word_of(node, &field, "url") else { continue };
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                self.note(node.line, format!("{field} is no address of the web, and left out"));
                continue;
            }
            let title = look.word_of(node, &field, "title").unwrap_or_else(|| url.clone());
            links.push(Link { title, url });
        }
        Some(links)
    }

    fn owner(&mut self, look: &mut Look, spec: &Node, field: &str) -> Option<Named> {
        let found = look.named_of(spec, field, "owner")?;
        let (kind, key) = refers(&found.name, GROUP);
        if kind.is_some_and(|kind| kind != GROUP) {
            self.note(found.line, format!("the owner of {field} is no group, and left out"));
            return None;
        }
        let plain = || found.name.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        let name = self.teams.get(&key).cloned().unwrap_or_else(plain);
        Some(Named { name, field: within(field, "spec.owner"), ..found })
    }

    fn needs(&mut self, look: &mut Look, spec: &Node, field: &str) -> Option<Vec<Wanted>> {
        let list = spec.get("dependsOn")?;
        let field = within(field, "spec.dependsOn");
        let mut needs = Vec::new();
        for (at, node) in look.list(list, &field).iter().enumerate() {
            let Some(named) = look.named(node, &format!("{field}.{at}")) else { continue };
            let (kind, key) = refers(&named.name, SERVICES[0]);
            let exact = kind.is_some();
            if let Some(kind) = kind.filter(|kind| !SERVICES.contains(&kind.as_str())) {
                let words =
                    format!("{field} names something of the kind {kind}, which is no service");
                self.note(named.line, words);
                continue;
            }
            let name = self.known(exact, &key).unwrap_or_else(|| {
                named.name.rsplit(['/', ':']).next().unwrap_or_default().to_owned()
            });
            needs.push(Wanted { group: None, at_least: 1, of: vec![Named { name, ..named }] });
        }
        Some(needs)
    }

    /// What an entity is called with us; of whichever kind where none is said.
    fn known(&self, exact: bool, key: &Key) -> Option<String> {
        let kinds: &[&str] = if exact { &[] } else { &SERVICES };
        let others = kinds.iter().map(|kind| Key { kind: (*kind).to_owned(), ..key.clone() });
        let mut all = std::iter::once(key.clone()).chain(others);
        all.find_map(|key| self.names.get(&key).cloned())
    }
}

/// What a second entity of the same name says beyond the first.
fn add(first: &mut Entry, second: Entry) {
    first.description = first.description.take().or(second.description);
    first.owner = first.owner.take().or(second.owner);
    if let Some(links) = second.links {
        let known = first.links.get_or_insert_default();
        known.extend(links);
        let mut seen = HashSet::new();
        known.retain(|link| seen.insert(link.url.clone()));
    }
    if let Some(needs) = second.needs {
        first.needs.get_or_insert_default().extend(needs);
    }
}

/// The kind that a reference `kind:namespace/name` names, if it names one, and the entity.
fn refers(text: &str, usual: &str) -> (Option<String>, Key) {
    let text = text.to_lowercase();
    let (kind, rest) = match text.split_once(':') {
        Some((kind, rest)) => (Some(kind.to_owned()), rest),
        None => (None, text.as_str()),
    };
    let (namespace, name) = rest.split_once('/').unwrap_or((NAMESPACE, rest));
    let key = Key {
        kind: kind.clone().unwrap_or_else(|| usual.to_owned()),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    };
    (kind, key)
}
