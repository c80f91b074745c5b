//! Everything one can go to: incidents, services, teams, people, views, settings.

use super::{Group, Item, Only, Typed};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::state;
use crate::queue::views::Views;
use crate::settings::maintenance;
use crate::url;
use incident::Policy;
use incident::models::Model;
use kernel::{IncidentNumber, Role};
use query::value_text;
use store::incidents::list::{self, IncidentRow};
use store::incidents::search;

/// Incidents shown at once.
const INCIDENTS: usize = 8;
/// Incidents shown before anything is typed.
const RECENT: usize = 5;
/// Other things shown at once, of each kind.
const OTHERS: usize = 4;

const SETTINGS: [(&str, &str, &str); 18] = [
    ("Priority matrix", "priority-matrix", "flag"),
    ("Categories", "categories", "tag"),
    ("Service settings", "services", "services"),
    ("Resolution codes", "resolution-codes", "check"),
    ("Incident models", "models", "book"),
    ("Schedules", "schedules", "oncall"),
    ("Escalation policies", "escalation-policies", "escal"),
    ("Teams", "teams", "team"),
    ("People", "people", "users"),
    ("Organisations", "organisations", "truck"),
    ("General settings", "general", "settings"),
    ("Mailboxes", "mailboxes", "download"),
    ("Integrations", "integrations", "alert"),
    ("Status page", "status-page", "wifi"),
    ("Components of the status page", "components", "grid"),
    ("Notifications", "notifications", "bell"),
    ("API tokens", "tokens", "key"),
    ("Audit log", "audit", "history"),
];

/// What the store knows: incidents, then what they are about.
pub(super) async fn found(app: &App, who: &SignedIn, typed: &Typed) -> PageResult<Vec<Group>> {
    let (look, typed, viewer, policy) =
        (who.look(), typed.clone(), who.viewer().clone(), app.desk.policy());
    let staff = viewer.is_staff();
    let groups = app
        .desk
        .read(move |sql| {
            let mut groups = Vec::new();
            if typed.wants(Only::Incidents) {
                let empty = typed.words.is_empty();
                let rows = match empty {
                    true => {
                        let own = if staff {
                            "assignee:me state:open sort:updated"
                        } else {
                            "requester:me sort:updated"
                        };
                        let query = query::parse(own).expect("the query is in the language");
                        list::list(sql, &look, &query, RECENT, None)?.rows
                    }
                    false => search::search(sql, &look, &typed.words, INCIDENTS)?,
                };
                let title = if empty { "Your incidents" } else { "Incidents" };
                groups.push(Group {
                    title,
                    items: rows.iter().map(|row| incident(row, staff)).collect(),
                });
            }
            if !staff || typed.words.is_empty() && typed.only == Only::Everything {
                return Ok(groups);
            }
            let mut items = Vec::new();
            if typed.wants(Only::Services) {
                let services = search::find_services(sql, &typed.words, OTHERS)?;
                items.extend(services.iter().map(|service| {
                    Item::to(&service.name, "services", url::service(service.id))
                        .hint("service, its map")
                }));
                items.extend(services.iter().map(|service| {
                    Item::to(
                        &service.name,
                        "services",
                        url::queue_of(&format!("service:{} state:open", value_text(&service.name))),
                    )
                    .hint("open incidents of the service")
                }));
            }
            if typed.wants(Only::People) {
                let people = search::find_people(sql, &typed.words, OTHERS)?;
                items.extend(people.iter().map(|person| {
                    let known = person.email.as_deref().unwrap_or(&person.name);
                    let hint = if person.job_title.is_empty() {
                        "reported by them"
                    } else {
                        &person.job_title
                    };
                    Item::to(
                        &person.name,
                        "user",
                        url::queue_of(&format!("requester:{}", value_text(known))),
                    )
                    .hint(hint)
                }));
            }
            if typed.only == Only::Everything {
                let teams = search::find_teams(sql, &typed.words, OTHERS)?;
                items.extend(teams.iter().map(|team| {
                    Item::to(
                        &team.name,
                        "team",
                        url::queue_of(&format!("team:{} state:open", value_text(&team.name))),
                    )
                    .hint("open incidents of the team")
                }));
                let views = Views::load(sql, &viewer, &policy)?;
                let fits = views.0.iter().filter(|view| typed.fits(&view.name)).take(OTHERS);
                items.extend(fits.map(|view| {
                    Item::to(&view.name, view.icon, url::queue_view(&view.key)).hint("view")
                }));
            }
            groups.push(Group { title: "Go to", items });
            Ok(groups)
        })
        .await?;
    Ok(groups)
}

/// Pages that are always there, and making something new.
pub(super) fn pages(who: &SignedIn, typed: &Typed, policy: &Policy) -> Group {
    let viewer = who.viewer();
    let mut items = Vec::new();
    if matches!(typed.only, Only::Everything | Only::Actions) && !typed.words.is_empty() {
        if viewer.works() {
            items.push(Item::to("New incident", "plus", url::NEW_INCIDENT).kbd("C"));
            let models = policy.models.iter().filter(|model| typed.fits(&new_of(model)));
            items.extend(models.take(OTHERS).map(|model| {
                let form = format!("{}?model={}", url::NEW_INCIDENT, model.id);
                Item::to(new_of(model), "book", form).hint("incident model")
            }));
        }
        if viewer.is_staff() {
            items.push(
                Item::to("Majors", "major", url::MAJORS).hint("major incidents, open and proposed"),
            );
            items.push(Item::to("On call", "oncall", url::ON_CALL).hint("who, until when, shifts"));
            items.push(
                Item::to("Services", "services", url::SERVICES).hint("how they are, the map"),
            );
            items.push(
                Item::to("Suggestions", "flag", url::SUGGESTIONS)
                    .hint("how good they are, settings"),
            );
            items.push(Item::to("Alerts", "alert", url::ALERTS).hint("what monitoring tells of"));
            items.push(
                Item::to("Maintenance windows", "wrench", maintenance::ADDRESS)
                    .hint("when nobody is paged"),
            );
            items.push(
                Item::to("Incoming mail", "mail", url::MAIL).hint("what came in, quarantine"),
            );
        }
        items.push(Item::to("Report something in the portal", "globe", url::PORTAL));
        items.push(Item::to("Inbox", "bell", url::INBOX).hint("what you were told"));
        items.push(Item::to("Your account", "user", url::ACCOUNT));
        if viewer.has(&[Role::Administrator, Role::Manager, Role::Auditor]) {
            items.extend(SETTINGS.map(|(label, section, icon)| {
                Item::to(label, icon, url::settings(section)).hint("settings")
            }));
        }
        items.retain(|item| {
            typed.fits(&item.label) || item.hint.as_deref().is_some_and(|hint| typed.fits(hint))
        });
        if typed.only == Only::Everything && viewer.is_staff() {
            let words = &typed.words;
            if viewer.works() {
                let form = format!("{}?title={}", url::NEW_INCIDENT, url::encode(words));
                items.push(Item::to(format!("New incident “{words}”"), "plus", form));
            }
            items.push(Item::to(
                format!("Search for “{words}”"),
                "search",
                format!("{}?q={}", url::SEARCH, url::encode(words)),
            ));
        }
    }
    Group { title: "Pages", items }
}

/// "New: Label printer prints nothing".
fn new_of(model: &Model) -> String {
    format!("New: {}", model.name)
}

fn incident(row: &IncidentRow, staff: bool) -> Item {
    let look = state::look(&row.state);
    let address = |number: IncidentNumber| {
        if staff { url::incident(number) } else { url::portal_incident(number) }
    };
    let service = row.service.as_ref().map_or("", |service| service.name.as_str());
    let hint = match (staff, service.is_empty()) {
        (true, true) => format!("{}, {}", row.state.priority, look.words.to_lowercase()),
        (true, false) => {
            format!("{}, {}, {service}", row.state.priority, look.words.to_lowercase())
        }
        (false, _) => service.to_owned(),
    };
    Item::to(format!("{} {}", row.number, row.title), look.icon, address(row.number)).hint(hint)
}
