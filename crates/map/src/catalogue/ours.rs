//! Our own form: a list of services, each with what is said of it.

use super::look::{Look, within};
use super::tree::Node;
use super::{Catalogue, Entry, Form, Link, Team, Wanted};
use std::collections::HashMap;

const TOP: [&str; 2] = ["services", "teams"];
const SERVICE: [&str; 9] = [
    "name",
    "public_name",
    "description",
    "owner",
    "criticality",
    "cost_per_hour",
    "goal",
    "links",
    "needs",
];
const TEAM: [&str; 2] = ["name", "description"];
const LINK: [&str; 2] = ["title", "url"];
const NEED: [&str; 3] = ["group", "at_least", "of"];

pub(super) fn read(look: &mut Look, document: &Node) -> Catalogue {
    look.fields(document, "", &TOP);
    let mut catalogue =
        Catalogue { form: Form::Evenkeel, teams: vec![], services: vec![], notes: vec![] };
    if document.get("services").is_none() && document.get("teams").is_none() {
        look.fault(document.line, "services", "is needed: a list of services");
    }
    if let Some(teams) = document.get("teams") {
        for (at, node) in look.list(teams, "teams").iter().enumerate() {
            catalogue.teams.extend(team(look, node, &format!("teams.{at}")));
        }
    }
    let mut lines: HashMap<String, usize> = HashMap::new();
    if let Some(services) = document.get("services") {
        for (at, node) in look.list(services, "services").iter().enumerate() {
            let field = format!("services.{at}");
            let Some(entry) = service(look, node, &field) else { continue };
            match lines.insert(entry.name.to_lowercase(), entry.line) {
                None => catalogue.services.push(entry),
                Some(line) => {
                    let words = format!("is that of the service in line {line} already");
                    look.fault(entry.line, &within(&field, "name"), words);
                }
            }
        }
    }
    catalogue
}

fn team(look: &mut Look, node: &Node, field: &str) -> Option<Team> {
    look.fields(node, field, &TEAM);
    let name = name(look, node, field)?;
    let description = look.word_of(node, field, "description").unwrap_or_default();
    Some(Team { line: node.line, name, description })
}

fn service(look: &mut Look, node: &Node, field: &str) -> Option<Entry> {
    look.fields(node, field, &SERVICE);
    Some(Entry {
        line: node.line,
        field: field.to_owned(),
        name: name(look, node, field)?,
        public_name: look.word_of(node, field, "public_name"),
        description: look.word_of(node, field, "description"),
        owner: look.named_of(node, field, "owner"),
        criticality: look.number_of(node, field, "criticality", "must be 1 (highest), 2, 3 or 4"),
        cost_per_hour: look.number_of(node, field, "cost_per_hour", "must be a whole number"),
        goal_permille: goal(look, node, field),
        links: node.get("links").map(|links| links_of(look, links, &within(field, "links"))),
        needs: node.get("needs").map(|needs| needs_of(look, needs, &within(field, "needs"))),
    })
}

fn name(look: &mut Look, node: &Node, field: &str) -> Option<String> {
    let name = look.word_of(node, field, "name");
    if node.is_map() && node.get("name").is_none() {
        look.fault(node.line, &within(field, "name"), "is needed");
    }
    name
}

/// A percentage with at most one digit behind the point, in thousandths.
fn goal(look: &mut Look, node: &Node, field: &str) -> Option<u16> {
    let found = node.get("goal")?;
    let permille = found.word().and_then(permille);
    if permille.is_none() {
        let words = "must be a percentage with at most one digit behind the point, such as 99.9";
        look.fault(found.line, &within(field, "goal"), words);
    }
    permille
}

fn permille(text: &str) -> Option<u16> {
    let text = text.trim_end_matches('%').trim_end();
    let (whole, tenths) = text.split_once('.').unwrap_or((text, "0"));
    let tenth: u16 = Some(tenths).filter(|digits| digits.len() == 1)?.parse().ok()?;
    let whole: u16 = whole.parse().ok()?;
    whole.checked_mul(10)?.checked_add(tenth).filter(|permille| (1..=1_000).contains(permille))
}

fn links_of(look: &mut Look, node: &Node, field: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (at, node) in look.list(node, field).iter().enumerate() {
        let field = format!("{field}.{at}");
        look.fields(node, &field, &LINK);
        match look.word_of(node, &field, "url") {
            Some(url) => {
                let title = look.word_of(node, &field, "title").unwrap_or_else(|| url.clone());
                links.push(Link { title, url });
            }
            None if node.is_map() && node.get("url").is_none() => {
                look.fault(node.line, &within(&field, "url"), "is needed");
            }
            None => {}
        }
    }
    links
}

fn needs_of(look: &mut Look, node: &Node, field: &str) -> Vec<Wanted> {
    let mut needs = Vec::new();
    for (at, node) in look.list(node, field).iter().enumerate() {
        let field = format!("{field}.{at}");
        if node.is_map() {
            needs.extend(group(look, node, &field));
        } else if let Some(named) = look.named(node, &field) {
            needs.push(Wanted { group: None, at_least: 1, of: vec![named] });
        }
    }
    needs
}

fn group(look: &mut Look, node: &Node, field: &str) -> Option<Wanted> {
    look.fields(node, field, &NEED);
    let group = look.word_of(node, field, "group");
    let rule = "must be a whole number, 0 or more";
    let at_least: Option<u16> = look.number_of(node, field, "at_least", rule);
    let Some(members) = node.get("of") else {
        look.fault(node.line, &within(field, "of"), "is needed: the services of the group");
        return None;
    };
    let inner = within(field, "of");
    let mut of = Vec::new();
    for (at, member) in look.list(members, &inner).iter().enumerate() {
        of.extend(look.named(member, &format!("{inner}.{at}")));
    }
    let at_least = at_least.unwrap_or(1);
    if usize::from(at_least) > of.len() {
        let words = format!("is more than the {} that are named", of.len());
        look.fault(node.line, &within(field, "at_least"), words);
    }
    Some(Wanted { group, at_least, of })
}

#[cfg(test)]
mod tests {
    use super::permille;

    #[test]
    fn goals_are_thousandths() {
        for (text, wanted) in [("99.9", Some(999)), ("100", Some(1_000)), ("99.5%", Some(995))] {
            assert_eq!(permille(text), wanted, "{text}");
        }
        for text in ["", "99.95", "101", "0", "-1", "99.", "high", "100.1", "70000"] {
            assert_eq!(permille(text), None, "{text}");
        }
    }
}
