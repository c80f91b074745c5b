//! Services by name with what they depend on, as Compose files have them; and edges beside them,
//! as maps that tools draw have them.

use super::look::{Look, within};
use super::tree::{Node, Value};
use super::{Catalogue, Entry, Form, Named, Note, Wanted};
use std::collections::{BTreeSet, HashMap};

pub(super) fn read(look: &mut Look, document: &Node, services: &Node) -> Catalogue {
    let mut catalogue =
        Catalogue { form: Form::Compose, teams: vec![], services: vec![], notes: vec![] };
    let Value::Map(entries) = &services.value else { return catalogue };
    let mut places: HashMap<String, usize> = HashMap::new();
    for (key, node) in entries {
        let field = format!("services.{}", key.name);
        if places.insert(key.name.to_lowercase(), catalogue.services.len()).is_some() {
            look.fault(key.line, &field, "differs from another only in capitals");
            continue;
        }
        catalogue.services.push(Entry {
            line: key.line,
            name: key.name.trim().to_owned(),
            needs: node.get("depends_on").map(|needs| {
                let needs = depends_on(look, needs, &within(&field, "depends_on"));
                needs.into_iter().map(plain).collect()
            }),
            field,
            ..Entry::default()
        });
    }
    if let Some(edges) = document.get("edges") {
        add_edges(look, edges, &places, &mut catalogue);
    }
    catalogue
}

/// A list of names, or fields whose names they are.
fn depends_on(look: &mut Look, node: &Node, field: &str) -> Vec<Named> {
    if let Value::Map(entries) = &node.value {
        let named = entries.iter().map(|(key, _)| Named {
            name: key.name.trim().to_owned(),
            line: key.line,
            field: within(field, &key.name),
        });
        return named.collect();
    }
    let mut needs = Vec::new();
    for (at, node) in look.list(node, field).iter().enumerate() {
        needs.extend(look.named(node, &format!("{field}.{at}")));
    }
    needs
}

fn plain(named: Named) -> Wanted {
    Wanted { group: None, at_least: 1, of: vec![named] }
}

fn add_edges(
    look: &mut Look,
    edges: &Node,
    places: &HashMap<String, usize>,
    catalogue: &mut Catalogue,
) {
    let mut known: Vec<BTreeSet<String>> = catalogue.services.iter().map(names_of).collect();
    let mut to_itself = 0;
    for (at, node) in look.list(edges, "edges").iter().enumerate() {
        let field = format!("edges.{at}");
        let from = look.named_of(node, &field, "from");
        let to = look.named_of(node, &field, "to");
        let (Some(from), Some(to)) = (from, to) else {
            if node.get("from").is_none() || node.get("to").is_none() {
                look.fault(node.line, &field, "must have the fields from and to");
            }
            continue;
        };
        let Some(place) = places.get(&from.name.to_lowercase()) else {
            look.fault(from.line, &from.field, "is not among the services");
            continue;
        };
        if from.name.eq_ignore_ascii_case(&to.name) {
            to_itself += 1;
        } else if known[*place].insert(to.name.to_lowercase()) {
            catalogue.services[*place].needs.get_or_insert_default().push(plain(to));
        }
    }
    if to_itself > 0 {
        let message = format!("{to_itself} edges from a service to itself were passed over");
        catalogue.notes.push(Note { line: edges.line, message });
    }
}

fn names_of(entry: &Entry) -> BTreeSet<String> {
    let needs = entry.needs.iter().flatten().flat_map(|wanted| &wanted.of);
    needs.map(|named| named.name.to_lowercase()).collect()
}
