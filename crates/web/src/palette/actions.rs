//! What can be done with the incident of the page, or with those selected. Every
//! action is a form that the page could have sent too.

use super::{Group, Item, Typed};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::time::counted;
use crate::part::{away, state};
use crate::url;
use desk::Trouble;
use desk::suggest::Offer;
use incident::Policy;
use incident::state::HoldReason;
use kernel::{InOrder, IncidentNumber, Level};

/// Results of a step at once.
const SHOWN: usize = 20;
/// Actions offered before anything is typed.
const LIKELY: usize = 4;
/// Commands with a form, of one incident: what each is called, its icon, its address, its key.
const FORMS: [(&str, &str, &str, Option<&str>); 18] = [
    ("Resolve…", "check", "resolve", Some("E")),
    ("Escalate…", "escal", "escalate", None),
    ("Merge into…", "merge", "merge", None),
    ("Link…", "link", "link", Some("L")),
    ("Propose as a major incident…", "major", "propose-major", None),
    ("Declare a major incident…", "major", "declare-major", None),
    ("Stand down…", "major", "stand-down", None),
    ("Record an outage…", "h-down", "record-outage", None),
    ("Page somebody…", "bell", "page", None),
    ("Put on hold…", "pause", "hold", None),
    ("Promise a time…", "clock", "promise", None),
    ("Say when it is expected back…", "clock", "set-expected-resolution", None),
    ("Title, service, people affected…", "pencil", "classify", None),
    ("Give a role…", "user", "give-role", None),
    ("Reopen…", "refresh", "reopen", None),
    ("Still broken, says the requester…", "refresh", "dispute", None),
    ("Restrict to a team…", "lock", "restrict", None),
    ("Cancel…", "x", "cancel", None),
];

/// The actions, the likeliest first; `models` says whether there are incident models.
pub(super) fn here(typed: &Typed, on: &[IncidentNumber], models: bool) -> Group {
    let title = if on.len() == 1 { "This incident" } else { "Selected incidents" };
    let step = |label: &str, icon, step, kbd| Item {
        label: label.to_owned(),
        icon,
        step: Some(step),
        kbd,
        ..Item::default()
    };
    let mut items = vec![
        wish("Assign to me", "user", on, &[("do", "me")]).kbd("I"),
        step("Assign…", "users", "assign", Some("A")),
        step("State…", "s-progress", "state", Some("S")),
        step("Priority…", "flag", "priority", Some("P")),
    ];
    if let [number] = on {
        for (label, icon, command, kbd) in FORMS {
            items.push(Item {
                kbd,
                ..Item::to(label, icon, url::incident_command(*number, command))
            });
        }
        if models {
            let href = url::incident_command(*number, "apply-model");
            items.push(Item::to("Apply an incident model…", "book", href));
        }
        items.push(Item {
            form: Some(url::incident_command(*number, "watch")),
            label: "Watch".to_owned(),
            icon: "eye",
            kbd: Some("W"),
            ..Item::default()
        });
        items.push(Item {
            form: Some(url::REVIEWS.to_owned()),
            label: "Review it".to_owned(),
            icon: "review",
            hint: Some("once it is resolved".to_owned()),
            fields: [("incident", number.to_string())].into(),
            ..Item::default()
        });
    }
    items.push(Item::to("Open a problem…", "book", url::new_problem(on)).kbd("B"));
    items.retain(|item| typed.fits(&item.label));
    if typed.words.is_empty() && typed.only == super::Only::Everything {
        items.truncate(LIKELY);
    }
    Group { title, items }
}

/// Macros for its composer, once somebody types a word of one.
pub(super) async fn macros(
    app: &App,
    who: &SignedIn,
    typed: &Typed,
    number: IncidentNumber,
) -> PageResult<Group> {
    let title = "Macros";
    if typed.words.is_empty() {
        return Ok(Group { title, items: vec![] });
    }
    let all = app.desk.macros(who.viewer()).await?;
    let items = all.iter().map(|one| {
        Item::to(format!("Macro: {}", one.name), "pencil", url::with_macro(number, one.id))
            .hint("into the composer")
    });
    let items = items.filter(|item| typed.fits(&item.label)).take(SHOWN).collect();
    Ok(Group { title, items })
}

/// What is suggested of the incident, to be accepted.
pub(super) async fn suggested(
    app: &App,
    who: &SignedIn,
    typed: &Typed,
    number: IncidentNumber,
) -> PageResult<Group> {
    let offers = match app.desk.offers(who.viewer(), number).await {
        Ok(offers) => offers,
        // It is not there for this reader.
        Err(Trouble::Refused(_)) => vec![],
        Err(trouble) => return Err(trouble.into()),
    };
    let item = |offer: Offer| Item {
        label: format!("Accept the suggested {}: {}", offer.field, offer.label),
        icon: "check",
        form: Some(url::incident_command(number, format!("suggestions/{}/accept", offer.field))),
        fields: [("value", offer.value)].into(),
        ..Item::default()
    };
    let mut items: Vec<Item> = offers.into_iter().map(item).collect();
    items.retain(|item| typed.fits(&item.label));
    Ok(Group { title: "Suggested", items })
}

/// The values of an action with a parameter.
pub(super) fn step(
    step: &str,
    typed: &Typed,
    on: &[IncidentNumber],
    who: &SignedIn,
    policy: &Policy,
) -> Vec<Group> {
    if !who.viewer().works() || on.is_empty() {
        return vec![];
    }
    let groups = match step {
        "assign" => vec![people(typed, on, who, policy), teams(typed, on, policy)],
        "state" => vec![states(typed, on)],
        "priority" => vec![priorities(typed, on, policy)],
        _ => vec![],
    };
    groups.into_iter().filter(|group| !group.items.is_empty()).collect()
}

fn people(typed: &Typed, on: &[IncidentNumber], who: &SignedIn, policy: &Policy) -> Group {
    let me = who.viewer().person;
    let mine = |id| {
        policy.teams.values().any(|team| team.members.contains(id) && team.members.contains(&me))
    };
    let mut staff: Vec<_> = policy
        .staff
        .iter()
        .filter(|(_, staff)| staff.active && staff.works() && typed.fits(&staff.name))
        .collect();
    // Me, then those of my teams, then the others.
    staff.order_by_key(|(id, staff)| (**id != me, !mine(id), staff.name.to_lowercase()));
    let items = staff.into_iter().take(SHOWN).map(|(id, staff)| {
        let teams: Vec<&str> = policy
            .teams
            .values()
            .filter(|team| team.members.contains(id))
            .map(|team| team.name.as_str())
            .collect();
        wish(&staff.name, "user", on, &[("do", "assign"), ("to", &format!("person:{id}"))])
            .hint(away::named(policy, *id, &teams.join(", "), &who.here))
    });
    Group { title: "People", items: items.collect() }
}

fn teams(typed: &Typed, on: &[IncidentNumber], policy: &Policy) -> Group {
    let mut teams: Vec<_> =
        policy.teams.iter().filter(|(_, team)| typed.fits(&team.name)).collect();
    teams.order_by_key(|(_, team)| team.name.to_lowercase());
    let items = teams.into_iter().take(SHOWN).map(|(id, team)| {
        wish(&team.name, "team", on, &[("do", "assign"), ("to", &format!("team:{id}"))])
            .hint(counted(team.members.len() as i64, "member"))
    });
    Group { title: "Teams", items: items.collect() }
}

fn states(typed: &Typed, on: &[IncidentNumber]) -> Group {
    let mut items =
        vec![wish("In progress", "s-progress", on, &[("do", "state"), ("state", "in_progress")])];
    for reason in
        [HoldReason::Requester, HoldReason::Vendor, HoldReason::Change, HoldReason::Problem]
    {
        let look = state::waiting(Some(reason));
        items.push(wish(look.words, look.icon, on, &[("do", "state"), ("state", reason.as_str())]));
    }
    items.push(wish("Closed", "s-closed", on, &[("do", "state"), ("state", "closed")]));
    items.retain(|item| typed.fits(&item.label));
    Group { title: "State", items }
}

fn priorities(typed: &Typed, on: &[IncidentNumber], policy: &Policy) -> Group {
    let cells = Level::ALL
        .iter()
        .flat_map(|impact| Level::ALL.iter().map(move |urgency| (*impact, *urgency)));
    let mut items: Vec<(u8, Item)> = cells
        .map(|(impact, urgency)| {
            let priority = policy.matrix.priority(impact, urgency);
            let label = format!(
                "{priority}: {} impact, {} urgency",
                impact.word().to_lowercase(),
                urgency.word().to_lowercase()
            );
            let level = format!("{}/{}", impact.get(), urgency.get());
            (priority.get(), wish(&label, "flag", on, &[("do", "priority"), ("level", &level)]))
        })
        .filter(|(_, item)| typed.fits(&item.label))
        .collect();
    items.order_by_key(|(priority, _)| *priority);
    Group { title: "Priority", items: items.into_iter().map(|(_, item)| item).collect() }
}

/// A change of these incidents, as the queue's bar would send it.
fn wish(
    label: &str,
    icon: &'static str,
    on: &[IncidentNumber],
    fields: &[(&'static str, &str)],
) -> Item {
    let numbers: Vec<String> = on.iter().map(ToString::to_string).collect();
    let mut all: std::collections::BTreeMap<&'static str, String> =
        fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    all.insert("number", numbers.join(","));
    Item {
        label: label.to_owned(),
        icon,
        form: Some("/queue/bulk".to_owned()),
        fields: all,
        ..Item::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_incident_has_more_actions_than_several() {
        let numbers: Vec<IncidentNumber> = vec![IncidentNumber(7), IncidentNumber(9)];
        let labels = |typed: &str, on| {
            here(&Typed::of(typed), on, true)
                .items
                .into_iter()
                .map(|item| item.label)
                .collect::<Vec<_>>()
        };
        assert_eq!(labels("", &numbers[..1]).len(), LIKELY);
        assert_eq!(labels("resol", &numbers[..1]), ["Resolve…"]);
        assert_eq!(labels("hold", &numbers[..1]), ["Put on hold…"]);
        assert_eq!(labels("outage", &numbers[..1]), ["Record an outage…"]);
        assert_eq!(labels("apply", &numbers[..1]), ["Apply an incident model…"]);
        assert!(labels("res", &numbers).is_empty());
        let problem = &here(&Typed::of("problem"), &numbers, true).items[0];
        assert_eq!(problem.href.as_deref(), Some("/problems/new?number=INC-7,INC-9"));
        let assign = &here(&Typed::of("to me"), &numbers, true).items[0];
        assert_eq!(
            (assign.form.as_deref(), assign.fields["number"].as_str()),
            (Some("/queue/bulk"), "INC-7,INC-9")
        );
    }
}
