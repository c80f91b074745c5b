//! The company's own rules, in use from the demo's present on.

use super::company::Company;
use desk::{Desk, Trouble};
use incident::Refusal;
use incident::rules::{Action, Fact, Moment, Rule, Wait};
use kernel::RuleId;
use std::collections::BTreeSet;

const MINUTE: i64 = 60;

/// Puts the rules in use.
pub(super) async fn begin(desk: &Desk, company: &Company) -> Result<(), Trouble> {
    let ada = company.person("Ada Lindholm");
    let nadia = company.person("Nadia Brandtner").id;
    let security = Action::Assign { team: Some(company.team("Security")), assignee: None };
    let tagged =
        |tag: &str| Action::Tag { add: BTreeSet::from([tag.to_owned()]), remove: BTreeSet::new() };
    let watched = Action::Watch { person: nadia };
    let unanswered = Action::Comment {
        body: "Nobody has taken this for half an hour. Who is nearest?".to_owned(),
    };
    let rules = [
        (
            "Suspicious mail goes to Security",
            Moment::Reported,
            "category:\"Suspicious mail\"",
            vec![security, tagged("phishing")],
        ),
        (
            "Management is told at once",
            Moment::Reported,
            "vip:yes",
            vec![watched.clone(), tagged("management")],
        ),
        (
            "The duty manager follows what is critical",
            Moment::PriorityChanged,
            "priority:P1",
            vec![watched],
        ),
        ("Urgent and nobody's for 30 minutes", Moment::Waited, "priority:P1,P2", vec![unanswered]),
    ];
    let rules: Vec<Rule> = (1..)
        .zip(rules)
        .map(|(place, (name, on, when, actions))| Rule {
            id: RuleId(desk::fresh()),
            name: name.to_owned(),
            place,
            active: true,
            on: BTreeSet::from([on]),
            wait: (on == Moment::Waited).then_some(Wait {
                fact: Fact::Unassigned,
                seconds: 30 * MINUTE,
                calendar: None,
            }),
            when: when.to_owned(),
            actions,
            stop: false,
            version: 1,
        })
        .collect();
    desk.change(ada.actor(), move |sql, audit| {
        for rule in &rules {
            if let Some(fault) = desk::check_rule(sql, rule)?.pop() {
                return Err(Refusal::invalid("rule", format!("{}: {fault:?}", rule.name)).into());
            }
            desk::rules::make_rule(sql, audit, rule)?;
        }
        Ok(())
    })
    .await
}
