//! The rules that services keep, whoever changes them.

use crate::Trouble;
use ::map::Need;
use ::map::catalogue::Link;
use incident::policy::Fault;
use kernel::{ServiceId, limits};
use std::collections::BTreeSet;
use store::directory::Service;

/// Links of one service: more are a page of their own.
pub const LINKS_MAX: usize = 20;
/// What one service needs itself, groups counted as one: nobody looks through more.
pub const NEEDS_MAX: usize = 200;
/// Services of one group.
pub const GROUP_MAX: usize = 50;
/// The most that an hour costs, in whole units of a currency: beyond every company.
pub const COST_MAX: i64 = 1_000_000_000;

/// Whether a service may be kept as it is.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(row: &Service) -> Result<(), Trouble> {
    let faults = faults(row);
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// Every rule that a service breaks.
pub(super) fn faults(row: &Service) -> Vec<Fault> {
    let mut faults = Vec::new();
    line("name", &row.name, true, &mut faults);
    line("public_name", &row.public_name, false, &mut faults);
    if row.description.chars().count() > limits::REASON_CHARS {
        let words = format!("is longer than {} characters", limits::REASON_CHARS);
        faults.push(Fault::new("description", words));
    }
    if !(1..=4).contains(&row.criticality) {
        faults.push(Fault::new("criticality", "must be 1 (highest), 2, 3 or 4"));
    }
    if row.cost_per_hour.is_some_and(|cost| !(0..=COST_MAX).contains(&cost)) {
        let words = format!("must be 0 to {COST_MAX}, in whole units");
        faults.push(Fault::new("cost_per_hour", words));
    }
    if row.goal_permille.is_some_and(|goal| !(1..=1_000).contains(&goal)) {
        faults.push(Fault::new("goal_permille", "must be 1 to 1000 thousandths"));
    }
    check_links(&row.links, &mut faults);
    if row.depends_on.contains(&row.id) {
        faults.push(Fault::new("depends_on", "names the service itself"));
    }
    if row.depends_on.len() + row.needs.len() > NEEDS_MAX {
        faults.push(Fault::new("depends_on", format!("are more than {NEEDS_MAX}")));
    }
    for (at, need) in row.needs.iter().enumerate() {
        check_need(row.id, need, &format!("needs.{at}"), &mut faults);
    }
    faults
}

fn check_links(links: &[Link], faults: &mut Vec<Fault>) {
    if links.len() > LINKS_MAX {
        faults.push(Fault::new("links", format!("are more than {LINKS_MAX}")));
    }
    for (at, link) in links.iter().enumerate() {
        line(&format!("links.{at}.title"), &link.title, true, faults);
        if !is_address(&link.url) {
            let words = "must be an address that begins with https:// or http://";
            faults.push(Fault::new(format!("links.{at}.url"), words));
        }
    }
}

fn check_need(of: ServiceId, need: &Need, field: &str, faults: &mut Vec<Fault>) {
    if let Some(group) = &need.group {
        line(&format!("{field}.group"), group, true, faults);
    }
    let members: BTreeSet<ServiceId> = need.needs.iter().copied().collect();
    if members.contains(&of) {
        faults.push(Fault::new(format!("{field}.of"), "names the service itself"));
    }
    if members.len() < need.needs.len() {
        faults.push(Fault::new(format!("{field}.of"), "names a service twice"));
    }
    if !(1..=GROUP_MAX).contains(&members.len()) {
        faults.push(Fault::new(format!("{field}.of"), format!("must be 1 to {GROUP_MAX}")));
    }
    if usize::from(need.at_least) > members.len() {
        let words = format!("is more than the {} that are named", members.len());
        faults.push(Fault::new(format!("{field}.at_least"), words));
    }
}

/// A name: one line.
fn line(field: &str, text: &str, is_needed: bool, faults: &mut Vec<Fault>) {
    if is_needed && text.trim().is_empty() {
        faults.push(Fault::new(field, "is needed"));
    }
    if text.chars().any(char::is_control) {
        faults.push(Fault::new(field, "holds a control character"));
    }
    if text.chars().count() > limits::NAME_CHARS {
        let words = format!("is longer than {} characters", limits::NAME_CHARS);
        faults.push(Fault::new(field, words));
    }
}

/// Whether a text is an address that a page may link to: no other scheme than these, because a
/// link can be a script.
pub fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty())
        && text.len() <= limits::WEBHOOK_URL_BYTES
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn every_broken_rule_is_told() {
        let id = ServiceId(Uuid::from_u128(1));
        let good = Service {
            goal_permille: Some(999),
            cost_per_hour: Some(0),
            links: vec![Link { title: "Wiki".into(), url: "https://wiki.example".into() }],
            ..Service::named(id, "VPN")
        };
        assert!(check(&good).is_ok());
        let need = Need { of: id, group: Some(String::new()), needs: vec![id, id], at_least: 2 };
        let bad = Service {
            name: " ".into(),
            criticality: 5,
            cost_per_hour: Some(-1),
            goal_permille: Some(1_001),
            depends_on: BTreeSet::from([id]),
            links: vec![Link { title: "X".into(), url: "javascript:alert(1)".into() }],
            needs: vec![need],
            ..good
        };
        let fields: Vec<String> = faults(&bad).into_iter().map(|fault| fault.field).collect();
        assert_eq!(
            fields,
            [
                "name",
                "criticality",
                "cost_per_hour",
                "goal_permille",
                "links.0.url",
                "depends_on",
                "needs.0.group",
                "needs.0.of",
                "needs.0.of",
                "needs.0.at_least",
            ]
        );
    }
}
