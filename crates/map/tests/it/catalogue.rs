//! Catalogues in each form, and what is said of wrong ones.

use map::catalogue::{self, Catalogue, Entry, Fault, Form};

fn good(text: &str) -> Catalogue {
    catalogue::read(text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn faults(text: &str) -> Vec<String> {
    match catalogue::read(text) {
        Ok(read) => panic!("{read:?}"),
        Err(faults) => faults.iter().map(Fault::to_string).collect(),
    }
}

fn entry<'a>(of: &'a Catalogue, name: &str) -> &'a Entry {
    of.services.iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("{name}: {of:?}"))
}

/// What a service needs, as `2 of a, b, c`.
fn needs(of: &Catalogue, name: &str) -> Vec<String> {
    let wanted = entry(of, name).needs.iter().flatten();
    wanted
        .map(|wanted| {
            let names: Vec<&str> = wanted.of.iter().map(|named| named.name.as_str()).collect();
            format!("{} of {}", wanted.at_least, names.join(", "))
        })
        .collect()
}

const OURS: &str = "
teams:
  - name: Payments
    description: Whoever takes the money
services:
  - name: Checkout
    public_name: Shop
    description: Takes orders
    owner: Payments
    criticality: 1
    cost_per_hour: 4200
    goal: 99.9
    links:
      - title: Runbook
        url: https://wiki.example/checkout
    needs:
      - Network
      - group: Database
        at_least: 2
        of: [DB 1, DB 2, DB 3]
  - name: Network
  - name: DB 1
  - name: DB 2
  - name: DB 3
";

#[test]
fn our_form_says_all_there_is() {
    let read = good(OURS);
    assert_eq!((read.form, read.services.len()), (Form::Evenkeel, 5));
    assert_eq!(read.teams[0].name, "Payments");
    let checkout = entry(&read, "Checkout");
    assert_eq!((checkout.line, checkout.field.as_str()), (6, "services.0"));
    assert_eq!(checkout.public_name.as_deref(), Some("Shop"));
    assert_eq!(checkout.criticality, Some(1));
    assert_eq!((checkout.cost_per_hour, checkout.goal_permille), (Some(4_200), Some(999)));
    assert_eq!(checkout.owner.as_ref().map(|owner| owner.name.as_str()), Some("Payments"));
    assert_eq!(checkout.links.as_ref().unwrap()[0].title, "Runbook");
    assert_eq!(needs(&read, "Checkout"), ["1 of Network", "2 of DB 1, DB 2, DB 3"]);
    let network = entry(&read, "Network");
    assert_eq!((&network.needs, &network.owner, network.criticality), (&None, &None, None));
}

#[test]
fn faults_name_line_and_field() {
    let wrong = "services:
  - name: A
    criticality: high
    colour: red
    needs:
      - of: [B]
        at_least: 2
  - description: nameless
  - name: a
    goal: 99.95
  - just a word
";
    assert_eq!(
        faults(wrong),
        [
            "line 4: services.0.colour is not known here; known are name, public_name, description, owner, criticality, cost_per_hour, goal, links, needs",
            "line 3: services.0.criticality must be 1 (highest), 2, 3 or 4",
            "line 6: services.0.needs.0.at_least is more than the 1 that are named",
            "line 8: services.1.name is needed",
            "line 10: services.2.goal must be a percentage with at most one digit behind the point, such as 99.9",
            "line 9: services.2.name is that of the service in line 2 already",
            "line 11: services.3 must have fields: name, public_name, description, owner, criticality, cost_per_hour, goal, links, needs",
        ]
    );
    assert_eq!(faults(""), ["the catalogue is empty"]);
    assert_eq!(faults("# nothing\n"), ["the catalogue is empty"]);
    assert_eq!(faults("services: 3\n"), ["line 1: services must be a list"]);
    assert!(faults("servces: []\n")[0].contains("servces is not known here"));
    assert!(faults("services: [\n")[0].contains("the text is not YAML"));
}

#[test]
fn many_faults_are_not_all_told() {
    let many = format!("services:\n{}", "  - {}\n".repeat(500));
    assert_eq!(faults(&many).len(), catalogue::FAULTS);
}

const BACKSTAGE: &str = "---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  title: The shop
  description: Sells
  links:
    - url: https://wiki.example/shop
      title: Wiki
spec:
  type: service
  owner: group:team-red
  dependsOn:
    - resource:default/orders
    - component:billing
    - orders
    - api:prices
---
kind: Component
metadata:
  name: billing
spec:
  owner: team-blue
---
kind: Resource
metadata: { name: orders, title: Orders }
spec: { owner: user:mara }
---
kind: System
metadata: { name: sales, title: Orders }
---
kind: API
metadata: { name: prices }
---
kind: Group
metadata: { name: team-red }
spec: { profile: { displayName: Team Red } }
---
kind: Component
metadata: { name: shop, title: The shop }
spec: { dependsOn: [system:sales] }
---
";

#[test]
fn entities_of_backstage_become_services_and_teams() {
    let read = good(BACKSTAGE);
    assert_eq!(read.form, Form::Backstage);
    let names: Vec<&str> = read.services.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["The shop", "billing", "Orders", "Orders (system)"]);
    assert_eq!(
        needs(&read, "The shop"),
        ["1 of Orders", "1 of billing", "1 of Orders", "1 of Orders (system)"]
    );
    let owner = |name: &str| entry(&read, name).owner.as_ref().map(|owner| owner.name.clone());
    assert_eq!(owner("The shop").as_deref(), Some("Team Red"));
    assert_eq!(owner("billing").as_deref(), Some("team-blue"), "its group is not described here");
    assert_eq!(owner("Orders"), None, "a person is no team");
    assert_eq!(read.teams.len(), 1);
    assert_eq!(entry(&read, "The shop").links.as_ref().unwrap().len(), 1);
    let notes: Vec<&str> = read.notes.iter().map(|note| note.message.as_str()).collect();
    for wanted in
        ["kind api passed over", "stands here again", "of the kind api, which", "is no group"]
    {
        assert!(notes.iter().any(|note| note.contains(wanted)), "{wanted}: {notes:?}");
    }
}

#[test]
fn what_is_no_entity_is_said() {
    let wrong = "kind: Component\nmetadata:\n  title: x\n---\nkind: Group\n---\n- 1\n";
    assert_eq!(
        faults(wrong),
        [
            "line 3: metadata.name is needed",
            "line 5: metadata is needed",
            "line 7: kind is needed: Component, System, Resource or Group",
        ]
    );
}

#[test]
fn compose_files_and_drawn_maps_are_read() {
    let json = r#"{
 "source": "a drawing",
 "services": {
  "front": { "image": "x", "depends_on": ["cart"] },
  "cart": { "depends_on": [] },
  "collector": {}
 },
 "edges": [
  { "from": "front", "to": "cart", "kind": "depends_on" },
  { "from": "cart", "to": "collector", "kind": "env" },
  { "from": "collector", "to": "front", "kind": "env" },
  { "from": "cart", "to": "cart", "kind": "env" }
 ]
}"#;
    let read = good(json);
    assert_eq!((read.form, read.services.len()), (Form::Compose, 3));
    assert_eq!(needs(&read, "front"), ["1 of cart"], "what stands there twice counts once");
    assert_eq!(needs(&read, "collector"), ["1 of front"], "circles are kept");
    assert_eq!(read.notes.len(), 1);
    let yaml =
        "services:\n  web:\n    depends_on:\n      db: { condition: service_healthy }\n  db: {}\n";
    assert_eq!(needs(&good(yaml), "web"), ["1 of db"]);
    let wrong = "services:\n  a: {}\nedges:\n  - { from: b, to: a }\n  - { from: a }\n";
    assert_eq!(
        faults(wrong),
        [
            "line 4: edges.0.from is not among the services",
            "line 5: edges.1 must have the fields from and to",
        ]
    );
}

#[test]
fn links_of_entities_that_lead_nowhere_are_passed_over() {
    let read = good(
        "kind: Component\nmetadata:\n  name: shop\n  links:\n    - url: /docs/shop\n    - url: https://wiki.example/shop\n",
    );
    let links = entry(&read, "shop").links.as_deref().unwrap_or_default();
    let links: Vec<&str> = links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(links, ["https://wiki.example/shop"]);
    assert_eq!((read.notes.len(), read.notes[0].line), (1, 5));
}
