//! What an agreement applies to, in words: "Applies to 19 of 22 services".

use super::all::{All, Version};
use crate::part::time::counted;
use incident::policy::{Agreement, Selection};
use kernel::ServiceId;

/// Whether nothing but the service decides.
fn by_service_alone(of: &Selection) -> bool {
    of.organisations.is_empty() && of.categories.is_empty() && of.requesters.is_empty()
}

fn takes(agreement: &Agreement, service: ServiceId) -> bool {
    let wanted = &agreement.applies_to.services;
    agreement.is_default || wanted.is_empty() || wanted.contains(&service)
}

/// How many services in use an agreement applies to, at least for some incidents, and how
/// many there are. Those that an agreement before it takes whole do not reach it.
fn services(
    this: &Agreement,
    versions: &[Version],
    all: impl Iterator<Item = ServiceId>,
) -> (usize, usize) {
    let before: Vec<&Agreement> = versions
        .iter()
        .map(|version| &version.agreement)
        .filter(|other| !other.retired && !other.is_default && by_service_alone(&other.applies_to))
        .filter(|other| other.reference.id != this.reference.id)
        .filter(|other| {
            this.is_default || (other.place, other.reference) < (this.place, this.reference)
        })
        .collect();
    let (mut reached, mut count) = (0, 0);
    for service in all {
        count += 1;
        let taken = before.iter().any(|other| takes(other, service));
        reached += usize::from(takes(this, service) && !taken);
    }
    (reached, count)
}

/// The sentence for an agreement.
pub(super) fn words(this: &Agreement, all: &All) -> String {
    if this.retired {
        return "Out of use: nothing new is promised by it".to_owned();
    }
    let in_use = all.services.iter().filter(|service| service.active).map(|service| service.id);
    let (reached, count) = services(this, &all.agreements, in_use);
    let of = &this.applies_to;
    let narrowed: Vec<String> = [
        (of.organisations.len(), "organisation"),
        (of.categories.len(), "category"),
        (of.requesters.len(), "requester"),
    ]
    .into_iter()
    .filter(|(chosen, _)| *chosen > 0)
    .map(|(chosen, one)| match (chosen, one) {
        (2.., "category") => format!("{chosen} categories"),
        _ => counted(chosen as i64, one),
    })
    .collect();
    let services = format!("{reached} of {}", counted(count as i64, "service"));
    match (this.is_default, narrowed.is_empty()) {
        (true, _) => format!("Applies to {services}, and to what names no service"),
        (false, true) => format!("Applies to {services}"),
        (false, false) if of.services.is_empty() => format!("Applies to {}", narrowed.join(", ")),
        (false, false) => format!("Applies to {services}, for {}", narrowed.join(", ")),
    }
}
