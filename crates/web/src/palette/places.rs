//! Everything one can go to: incidents, services, teams, people, views, settings.

use super::{Group, Item, Only, Typed};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::state;
use crate::queue::views::Views;
use crate::settings::{self, maintenance};
use crate::url;
use desk::Trouble;
use desk::search::{FoundArticle, FoundName, FoundProblem, Marked, Wish};
use incident::models::Model;
use incident::{Access, Policy};
use kernel::{InOrder, PersonId, Role, ServiceId, TeamId};
use query::value_text;
use store::directory::reviews::Listed;
use store::incidents::list::{self, IncidentRow};

/// Hits of a kind shown at once.
const SHOWN: usize = 8;
/// Incidents shown before anything is typed.
const RECENT: usize = 5;
/// Other things shown at once, of each kind.
const OTHERS: usize = 4;

/// Hits of a kind where somebody writes and wants to name one.
const NAMED: usize = 3;

/// The heading of what one can go to.
const GO_TO: &str = "Go to";
/// What is said of a page of the settings.
const SETTING: &str = "settings";
/// How an incident of a model is offered.
const NEW: &str = "New: ";

/// What the store and the index know: incidents, then everything else one can go to. With
/// `records` problems and articles are wanted beside incidents, a few of each.
pub(super) async fn found(
    app: &App,
    who: &SignedIn,
    typed: &Typed,
    records: bool,
) -> PageResult<Vec<Group>> {
    if typed.words.is_empty() {
        return Ok(match typed.only {
            Only::Everything | Only::Incidents => vec![own_incidents(app, who).await?],
            _ => vec![first_names(typed.only, who, &app.desk.policy())],
        });
    }
    let staff = who.viewer().is_staff();
    let wish = Wish::typed(crate::search::looked_for(&typed.words), SHOWN);
    let wants_views = staff && typed.only == Only::Everything;
    // Both at once: the palette answers while somebody types.
    let (found, views) =
        tokio::try_join!(app.desk.find(who.viewer(), wish), views(app, who, wants_views))?;
    let mut groups = Vec::new();
    if typed.wants(Only::Incidents) {
        let most = if records { NAMED } else { SHOWN };
        let items =
            found.incidents.iter().take(most).map(|hit| incident(&hit.row, &hit.title, staff));
        groups.push(Group { title: "Incidents", items: items.collect() });
    }
    let mut items = Vec::new();
    if typed.only == Only::Everything || records {
        let most = if records { NAMED } else { OTHERS };
        items.extend(found.problems.iter().take(most).map(problem));
        items.extend(found.articles.iter().take(most).map(|hit| article(hit, staff)));
    }
    if !staff {
        groups.push(Group { title: GO_TO, items });
        return Ok(groups);
    }
    if typed.wants(Only::Services) {
        items.extend(found.services.iter().take(OTHERS).flat_map(service));
    }
    if typed.wants(Only::People) {
        let most = if typed.only == Only::People { SHOWN } else { OTHERS };
        items.extend(found.people.iter().take(most).map(person));
    }
    if typed.only == Only::Everything {
        items.extend(found.teams.iter().take(OTHERS).map(team));
        let fits = views.0.iter().filter(|view| typed.fits(&view.name)).take(OTHERS);
        items.extend(
            fits.map(|view| {
                Item::to(&view.name, view.icon, url::queue_view(&view.key)).hint("view")
            }),
        );
        let policy = app.desk.policy();
        items.extend(runbooks(typed, &policy));
        items.extend(reviews(app, who, typed).await?);
    }
    groups.push(Group { title: GO_TO, items });
    Ok(groups)
}

/// Before anything is typed: what one works on, or reported.
async fn own_incidents(app: &App, who: &SignedIn) -> PageResult<Group> {
    let (look, staff) = (who.look(), who.viewer().is_staff());
    let own =
        if staff { "assignee:me state:open sort:updated" } else { "requester:me sort:updated" };
    let query = query::parse(own).expect("the query is in the language");
    let rows =
        app.desk.read(move |sql| Ok(list::list(sql, &look, &query, RECENT, None)?.rows)).await?;
    let items = rows.iter().map(|row| incident(row, &Marked::plain(row.title.as_str()), staff));
    Ok(Group { title: "Your incidents", items: items.collect() })
}

/// Names of the kind that a sign asks for before a letter follows it, such as the people of `@`.
fn first_names(only: Only, who: &SignedIn, policy: &Policy) -> Group {
    if !who.viewer().is_staff() {
        return Group { title: GO_TO, items: vec![] };
    }
    let items: Vec<Item> = match only {
        Only::People => {
            let all = policy.staff.iter().filter(|(_, staff)| staff.active);
            first(all.map(|(id, staff)| (*id, staff.name.as_str()))).iter().map(person).collect()
        }
        Only::Services => {
            let all = policy.services.iter().map(|(id, service)| (*id, service.name.as_str()));
            first(all).iter().flat_map(service).collect()
        }
        _ => vec![],
    };
    Group { title: GO_TO, items }
}

/// The first of them by name.
fn first<'a, Id>(all: impl Iterator<Item = (Id, &'a str)>) -> Vec<FoundName<Id>> {
    let mut names: Vec<(Id, &str)> = all.collect();
    names.order_by_key(|(_, name)| name.to_lowercase());
    let found =
        |(id, name): (Id, &str)| FoundName { id, name: Marked::plain(name), detail: String::new() };
    names.into_iter().take(OTHERS).map(found).collect()
}

async fn views(app: &App, who: &SignedIn, wanted: bool) -> Result<Views, Trouble> {
    if !wanted {
        return Ok(Views(vec![]));
    }
    let (viewer, policy) = (who.viewer().clone(), app.desk.policy());
    app.desk.read(move |sql| Views::load(sql, &viewer, &policy)).await
}

/// Incident models with a runbook, whose words one may want to read.
fn runbooks(typed: &Typed, policy: &Policy) -> Vec<Item> {
    let fits = |model: &&Model| {
        !model.gives.runbook.is_empty() && typed.fits(&format!("Runbook {}", model.name))
    };
    let item = |model: &Model| {
        let form = format!("{}?model={}", url::NEW_INCIDENT, model.id);
        Item::to(format!("Runbook: {}", model.name), "book", form).hint("in a new incident")
    };
    policy.models.iter().filter(fits).take(OTHERS).map(item).collect()
}

/// Reviews by their numbers, once somebody types one; only those of incidents that they see.
async fn reviews(app: &App, who: &SignedIn, typed: &Typed) -> PageResult<Vec<Item>> {
    if !typed.words.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("pir")) {
        return Ok(vec![]);
    }
    let all = app.desk.reviews(who.viewer()).await?;
    let typed = typed.words.to_ascii_uppercase();
    let begins = |one: &&Listed| one.review.number.to_string().starts_with(&typed);
    let fits = all.iter().filter(begins).take(OTHERS);
    let item = |one: &Listed| {
        let label = format!("{} {}", one.review.number, one.title);
        Item::to(label, "review", url::review(one.review.number)).hint("review")
    };
    Ok(fits.map(item).collect())
}

fn incident(row: &IncidentRow, title: &Marked, staff: bool) -> Item {
    let look = state::look(&row.state);
    // Staff see the public side of what is confidential and theirs in the portal.
    let full = staff && row.access == Access::Full;
    let address = if full { url::incident(row.number) } else { url::portal_incident(row.number) };
    let service = row.service.as_ref().map_or("", |service| service.name.as_str());
    let hint = match (full, service.is_empty()) {
        (true, true) => format!("{}, {}", row.state.priority, look.words.to_lowercase()),
        (true, false) => {
            format!("{}, {}, {service}", row.state.priority, look.words.to_lowercase())
        }
        (false, _) => service.to_owned(),
    };
    Item::named(&format!("{} ", row.number), title, look.icon, address).hint(hint)
}

fn problem(hit: &FoundProblem) -> Item {
    let hint = if hit.known_error { "known error" } else { "problem" };
    Item::named(&format!("{} ", hit.number), &hit.title, "flag", url::problem(hit.number))
        .hint(hint)
}

fn article(hit: &FoundArticle, staff: bool) -> Item {
    let address = if staff { url::article(hit.number) } else { url::portal_article(hit.number) };
    Item::named(&format!("{} ", hit.number), &hit.title, "book", address).hint("article")
}

/// Its page, and what is open of it.
fn service(hit: &FoundName<ServiceId>) -> [Item; 2] {
    let open = format!("service:{} state:open", value_text(&hit.name.text));
    [
        Item::named("", &hit.name, "services", url::service(hit.id)).hint("service, its map"),
        Item::named("", &hit.name, "services", url::queue_of(&open))
            .hint("open incidents of the service"),
    ]
}

fn person(hit: &FoundName<PersonId>) -> Item {
    let is_address = hit.detail.contains('@');
    let known = if is_address { &hit.detail } else { &hit.name.text };
    let hint = if is_address || hit.detail.is_empty() { "reported by them" } else { &hit.detail };
    let reported = format!("requester:{}", value_text(known));
    Item::named("", &hit.name, "user", url::queue_of(&reported)).hint(hint)
}

fn team(hit: &FoundName<TeamId>) -> Item {
    let open = format!("team:{} state:open", value_text(&hit.name.text));
    Item::named("", &hit.name, "team", url::queue_of(&open)).hint("open incidents of the team")
}

/// Pages that are always there, making something new, and the settings.
pub(super) fn pages(who: &SignedIn, typed: &Typed, policy: &Policy) -> [Group; 3] {
    let (create, others): (Vec<Item>, Vec<Item>) = all_pages(who, typed, policy)
        .into_iter()
        .partition(|item| item.icon == "plus" || item.label.starts_with(NEW));
    let is_setting = |item: &Item| item.hint.as_deref() == Some(SETTING);
    let (settings, places): (Vec<Item>, Vec<Item>) = others.into_iter().partition(is_setting);
    [
        Group { title: GO_TO, items: places },
        Group { title: "Create", items: create },
        Group { title: "Settings", items: settings },
    ]
}

fn all_pages(who: &SignedIn, typed: &Typed, policy: &Policy) -> Vec<Item> {
    let viewer = who.viewer();
    let reads_settings = viewer.has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    let mut items = Vec::new();
    if matches!(typed.only, Only::Everything | Only::Actions) && !typed.words.is_empty() {
        if viewer.works() {
            items.push(Item::to("New incident", "plus", url::NEW_INCIDENT).kbd("C"));
            items.push(
                Item::to("New problem", "plus", url::NEW_PROBLEM).hint("a cause of incidents"),
            );
            items.push(
                Item::to("New article", "plus", url::NEW_ARTICLE).hint("an answer for people"),
            );
            let models = policy.models.iter().filter(|model| typed.fits(&new_of(model)));
            items.extend(models.take(OTHERS).map(|model| {
                let form = format!("{}?model={}", url::NEW_INCIDENT, model.id);
                Item::to(new_of(model), "book", form).hint("incident model")
            }));
        }
        if viewer.is_staff() {
            items.extend(desk_pages(who, reads_settings));
        }
        items.push(Item::to("Report something in the portal", "globe", url::PORTAL));
        items.push(Item::to("Inbox", "bell", url::INBOX).hint("what you were told"));
        items.push(
            Item::to("Your account", "user", url::ACCOUNT)
                .hint("absence, notifications, push, password, language, tokens"),
        );
        items.push(Item {
            form: Some(url::SIGN_OUT.to_owned()),
            label: "Sign out".to_owned(),
            icon: "logout",
            ..Item::default()
        });
        if reads_settings {
            let pages = settings::places();
            items.extend(
                pages.map(|(label, address, icon)| Item::to(label, icon, address).hint(SETTING)),
            );
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
    items
}

/// The pages of the service desk.
fn desk_pages(who: &SignedIn, reads_settings: bool) -> Vec<Item> {
    let mut items = vec![
        Item::to("Majors", "major", url::MAJORS).hint("major incidents, open and proposed"),
        Item::to("On call", "oncall", url::ON_CALL).hint("who, until when, shifts, rota"),
        Item::to("Services", "services", url::SERVICES).hint("how they are, the map"),
        Item::to("Reports", "reports", url::REPORTS)
            .hint("agreements kept, times, backlog, arrivals"),
        Item::to("Wallboard", "grid", url::WALLBOARD).hint("for a screen on the wall"),
        Item::to("Problems and known errors", "book", url::PROBLEMS)
            .hint("causes, workarounds, what they cost"),
        Item::to("Recurring incidents", "merge", url::RECURRING).hint("by cost"),
        Item::to("Articles", "book", url::ARTICLES).hint("answers for people"),
        Item::to("Reviews", "review", url::REVIEWS).hint("of incidents that are over"),
        Item::to("Actions after reviews", "review", url::REVIEW_ACTIONS)
            .hint("mine, open, overdue"),
        Item::to("Alerts", "alert", url::ALERTS).hint("what monitoring tells of"),
        Item::to("Incoming mail", "mail", url::MAIL).hint("what came in, quarantine"),
    ];
    // Whoever reads the settings finds it among them.
    if !reads_settings {
        items.push(
            Item::to("Maintenance windows", "wrench", maintenance::ADDRESS)
                .hint("when nobody is paged"),
        );
    }
    items.extend(measured(who));
    items
}

/// How good what the program tells is, and what it takes.
fn measured(who: &SignedIn) -> Vec<Item> {
    let mut items = vec![
        Item::to("Suggestions", "flag", url::SUGGESTIONS).hint("how good they are, settings"),
        Item::to("Expected times", "clock", url::EXPECTED).hint("how often they were right"),
    ];
    if crate::forecasts::plans(who) {
        let hint = "what comes, how many people it takes";
        items.push(Item::to("Planning", "oncall", url::PLANNING).hint(hint));
    }
    items
}

/// "New: Label printer prints nothing".
fn new_of(model: &Model) -> String {
    format!("{NEW}{}", model.name)
}
