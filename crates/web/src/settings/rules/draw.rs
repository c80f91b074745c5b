//! The page of a rule: its form, or its facts for whoever only reads.

use super::form::{self, UNITS, WHEN_CHARS};
use super::{SECTION, SUBJECT};
use crate::auth::SignedIn;
use crate::error::sentence;
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::settings::editing::{self, Problem, boxes, name_field, version_field};
use crate::settings::form_page;
use incident::Policy;
use incident::models::Model;
use incident::rules::{Action, Fact, Fault, Moment, Rule};
use incident::state::HoldReason;
use maud::{Markup, html};
use query::Query;
use store::directory::people::{self, PeopleFilter};
use store::directory::{categories, models, services, teams};
use store::{Failure, Sql};

/// People offered at most.
const PEOPLE_MAX: usize = 500;
/// The fields that name a person.
const PEOPLE: [&str; 3] = ["assignee", "manager", "watcher"];

type Options = Vec<(String, String)>;

/// Everything that the form chooses from.
pub(super) struct Choices {
    teams: Options,
    people: Options,
    services: Options,
    categories: Options,
    /// Incident models, without a choice of none.
    models: Options,
    calendars: Options,
    /// When the stored rule runs.
    runs: String,
}

impl Choices {
    /// What is in use, and what the `stored` rule names: saving must not take that away.
    pub(super) fn read(sql: &mut dyn Sql, stored: Option<&Rule>) -> Result<Choices, Failure> {
        let named = stored.map(form::shown).unwrap_or_default();
        let staff =
            PeopleFilter { staff_only: true, active: Some(true), ..PeopleFilter::default() };
        let mut people = people::list(sql, &staff, PEOPLE_MAX, None)?;
        for id in PEOPLE.iter().filter_map(|field| named.text(field).parse().ok()) {
            if people.iter().all(|person| person.id != id) {
                people.extend(people::get(sql, id)?);
            }
        }
        let all = categories::list(sql)?;
        let mut paths = categories::paths(&all);
        let categories = all.into_iter().map(|category| {
            let path = paths.remove(&category.id).unwrap_or_default();
            (category.id.to_string(), path, category.active)
        });
        let services = services::list(sql)?.into_iter();
        let teams = teams::list(sql)?.into_iter();
        let policy = store::directory::policy::load(sql)?;
        let calendars = policy.calendars.latest().into_iter().map(|known| &known.hours);
        let calendars = calendars
            .map(|hours| (hours.reference.id.to_string(), hours.name.clone(), !hours.retired));
        Ok(Choices {
            runs: stored.map(|rule| moments(rule, &policy)).unwrap_or_default(),
            calendars: offer(calendars, &["wait_calendar"], &named),
            teams: offer(
                teams.map(|team| (team.id.to_string(), team.name, team.active)),
                &["team", "to_team"],
                &named,
            ),
            people: offer(
                people.into_iter().map(|one| (one.id.to_string(), one.name, one.active)),
                &PEOPLE,
                &named,
            ),
            services: offer(
                services.map(|service| (service.id.to_string(), service.name, service.active)),
                &["service"],
                &named,
            ),
            categories: offer(categories, &["category"], &named),
            models: offered_models(models::list(sql)?, &named),
        })
    }
}

/// Models in use, and those that the rule applies already.
fn offered_models(all: Vec<Model>, named: &Fields) -> Options {
    let offered = all.into_iter().filter_map(|model| {
        let id = model.id.to_string();
        let applied = named.all("model").any(|named| named == id);
        match model.active {
            true => Some((id, model.name)),
            false => applied.then(|| (id, format!("{}, out of use", model.name))),
        }
    });
    offered.collect()
}

/// Nothing, then what is in use or `named` in one of these fields.
fn offer(
    all: impl Iterator<Item = (String, String, bool)>,
    fields: &[&str],
    named: &Fields,
) -> Options {
    let option = |(id, name, active): (String, String, bool)| match active {
        true => Some((id, name)),
        false if fields.iter().any(|field| named.text(field) == id) => {
            Some((id, format!("{name}, out of use")))
        }
        false => None,
    };
    std::iter::once((String::new(), "–".to_owned())).chain(all.filter_map(option)).collect()
}

/// The page of a rule, stored or not.
pub(super) fn page(
    who: &SignedIn,
    offered: &Choices,
    stored: Option<&Rule>,
    fields: &Fields,
    problem: &Problem,
    above: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |rule| SECTION.of(rule.id));
    let title = stored.map_or("New rule", |rule| rule.name.as_str());
    let body = html! {
        (above)
        (problem.banner(who, &address))
        @if who.viewer().configures() {
            form.stack-l method="post" action=(address) data-preview={ (SECTION.of("look")) } {
                @if let Some(rule) = stored { (version_field(problem.version(fields, rule.version))) }
                (condition(offered, stored, fields, &problem.errors))
                (wanted(offered, fields, &problem.errors))
                div.btns {
                    button.btn.btn-primary type="submit" { @if stored.is_some() { "Save" } @else { "Make the rule" } }
                    button.btn type="submit" formaction={ (address) "/try" } formnovalidate { (icon("history")) "Try it on the last quarter" }
                    a.btn.btn-quiet href=(SECTION.address()) { "Cancel" }
                }
            }
            @if let Some(rule) = stored { (removal(rule)) }
        } @else if let Some(rule) = stored { (facts(rule, &offered.runs)) }
    };
    let lead = html! { "When something happens and the condition holds, the commands follow in the same moment. The timeline says which rule did it and why." };
    form_page(who, SECTION, title, lead, body)
}

fn condition(offered: &Choices, stored: Option<&Rule>, fields: &Fields, errors: &Errors) -> Markup {
    let happens = Moment::ALL.iter().filter(|moment| **moment != Moment::Waited);
    let on: Options =
        happens.map(|moment| (moment.to_string(), moment.label().to_owned())).collect();
    let when = Field::new("when", "If").errors(errors).hint(
        "As in the search bar: service:VPN vip:yes affected>=10. Words are looked for in title, description and in what was just written. Empty: always.",
    );
    html! {
        section.card { div.card-b { div.form {
            (name_field(fields, errors))
            (boxes(&Field::new("on", "When").errors(errors), &on, fields))
            (waiting(offered, fields, errors))
            (when.around(html! {
                span.sug-w {
                    input.inp.mono id="when" name="when" type="text" autocomplete="off" spellcheck="false" maxlength=(WHEN_CHARS)
                        role="combobox" aria-expanded="false" aria-controls="when-l" aria-autocomplete="list"
                        data-suggest=(SECTION.of("suggest")) data-stay data-min="1"
                        value=(fields.get("when").unwrap_or_default()) aria-invalid=[when.invalid()] aria-describedby=[when.described_by()];
                    div.pop.sug id="when-l" role="listbox" aria-label="Suggestions" hidden {}
                }
                (reads(query::parse_condition(fields.text("when")).ok().as_ref(), &[], true, false))
            }))
            div.field {
                (checkbox("stop", "No other rule after this one", fields.ticked("stop")))
                p.hint { "Rules further down are not tried once this one matched." }
            }
            @if stored.is_some() {
                (editing::active_field(fields, "A rule out of use does nothing and keeps its place."))
            } @else {
                div.field { (checkbox("active", "In use at once", fields.ticked("active"))) p.hint { "Try it first, if in doubt." } }
            }
        } } }
    }
}

/// How a condition reads, or what is wrong with it: gently, while somebody types.
pub(super) fn reads(read: Option<&Query>, faults: &[Fault], typing: bool, patch: bool) -> Markup {
    html! {
        div id="reads" role="status" data-patch[patch] {
            @if faults.is_empty() && let Some(query) = read {
                p.hint {
                    @let chips = query.chips();
                    @if chips.is_empty() { "Reads as: always" } @else { "Reads as: " }
                    @for (at, chip) in chips.iter().enumerate() {
                        @if at > 0 { " and " }
                        @if chip.negated { "not " }
                        (chip.field.replace('_', " ")) " " b { (chip.value) }
                    }
                }
            }
            @for fault in faults {
                @if typing { p.hint { (sentence(&fault.message)) } } @else { p.err { (icon("alert")) (sentence(&fault.message)) } }
            }
        }
    }
}

/// How long a rule waits, where it is time that sets it off.
fn waiting(offered: &Choices, fields: &Fields, errors: &Errors) -> Markup {
    let get = |name: &str| fields.text(name).to_owned();
    let units = UNITS.map(|(name, _)| (name.to_owned(), name.to_owned()));
    let facts = Fact::ALL.iter().map(|fact| (fact.to_string(), fact.label().to_owned()));
    let mut calendars = offered.calendars.clone();
    if let Some((_, none)) = calendars.first_mut() {
        "round the clock".clone_into(none);
    }
    html! {
        fieldset.field {
            legend { "Or after" }
            div.form-2 {
                (Field::new("wait", "How long").errors(errors).input("text", &get("wait")))
                (Field::new("wait_unit", "Unit").errors(errors).select(&units, &get("wait_unit")))
                (Field::new("wait_for", "Of what").errors(errors).select(&facts.collect::<Vec<_>>(), &get("wait_for")))
                (Field::new("wait_calendar", "Counted").errors(errors).select(&calendars, &get("wait_calendar")))
            }
            p.hint { "Leave it empty, if only what happens counts. When the time is over the rule is tried, and from then on whenever something happens, until it ran once." }
        }
    }
}

/// The commands of a rule: what is filled in is done.
fn wanted(offered: &Choices, fields: &Fields, errors: &Errors) -> Markup {
    let get = |name: &str| fields.text(name).to_owned();
    let text = |id: &'static str, label: &'static str| {
        Field::new(id, label).errors(errors).input("text", &get(id))
    };
    let select = |id: &'static str, label: &'static str, options: &Options| {
        Field::new(id, label).errors(errors).select(options, &get(id))
    };
    let lines = |id: &'static str, label: &'static str, hint: &'static str| {
        Field::new(id, label)
            .hint(hint)
            .errors(errors)
            .textarea(2, fields.get(id).unwrap_or_default())
    };
    html! {
        section.card aria-labelledby="do" {
            div.card-h { h2 id="do" { "Then" } span.meta { "what is filled in is done" } }
            div.card-b { div.form {
                (group("Assign", html! { (select("team", "To team", &offered.teams)) (select("assignee", "To person", &offered.people)) }))
                (group("Classify", html! { (select("service", "Service", &offered.services)) (select("category", "Category", &offered.categories)) }))
                (lines("fields", "Custom fields", "One a line: site: Rotterdam"))
                (group("Tags", html! { (text("add", "Add tags, with commas between")) (text("remove", "Remove tags")) }))
                (group("Priority", html! {
                    (select("impact", "Impact", &levels()))
                    (select("urgency", "Urgency", &levels()))
                    (select("priority", "Or override the priority", &priorities()))
                    (text("priority_reason", "Why it is overridden"))
                }))
                (lines("note", "Internal note", "For staff only"))
                (lines("tasks", "Tasks", "One a line"))
                @if !offered.models.is_empty() {
                    (boxes(&Field::new("model", "Apply incident models").errors(errors), &offered.models, fields))
                }
                (group("Escalate", html! {
                    (select("to_team", "Bring in the team", &offered.teams)) (select("manager", "Tell the manager", &offered.people))
                    (text("escalate_reason", "Why"))
                    (select("watcher", "Let somebody follow it", &offered.people))
                }))
                (group("Hold", html! {
                    (select("hold", "Let it wait for", &holds()))
                    (text("hold_minutes", "Minutes until work resumes"))
                    (text("hold_note", "Note"))
                }))
                (group("Major incident", html! {
                    (select("major", "Let it be a major incident", &majors()))
                    (text("major_reason", "Why"))
                }))
            } }
        }
    }
}

fn group(legend: &str, inner: Markup) -> Markup {
    html! { fieldset.field { legend { (legend) } div.form-2 { (inner) } } }
}

fn levels() -> Options {
    options(&[("1", "1, high"), ("2", "2, medium"), ("3", "3, low")])
}

fn priorities() -> Options {
    options(&[("P1", "P1"), ("P2", "P2"), ("P3", "P3"), ("P4", "P4"), ("P5", "P5")])
}

fn holds() -> Options {
    let reasons = HoldReason::ALL.iter();
    let all: Vec<(&str, &str)> = reasons.map(|reason| (reason.as_str(), reason.as_str())).collect();
    options(&all)
}

fn majors() -> Options {
    options(&[("propose", "propose it, somebody decides"), ("declare", "declare it at once")])
}

fn options(all: &[(&str, &str)]) -> Options {
    let none = std::iter::once((String::new(), "–".to_owned()));
    none.chain(all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())))
        .collect()
}

fn removal(rule: &Rule) -> Markup {
    html! {
        section.card { div.card-b {
            form method="post" action={ (SECTION.of(rule.id)) "/remove" } {
                button.btn.btn-quiet type="submit" { (icon("trash")) "Remove this " (SUBJECT) }
            }
            p.hint { "Timelines go on naming it, the audit log keeps what it said." }
        } }
    }
}

fn facts(rule: &Rule, runs: &str) -> Markup {
    html! {
        section.card { div.card-b {
            dl.props {
                div { dt { "When" } dd { (runs) } }
                div { dt { "If" } dd { @if rule.when.is_empty() { "always" } @else { code { (rule.when) } } } }
                div { dt { "Then" } dd { (commands(&rule.actions)) } }
                div { dt { "In use" } dd { @if rule.active { "yes" } @else { "no" } } }
            }
        } }
    }
}

/// "it is reported, a clock warns, after 30 min with nobody assigned".
pub(super) fn moments(rule: &Rule, policy: &Policy) -> String {
    let happens = rule.on.iter().filter(|moment| **moment != Moment::Waited);
    let mut words: Vec<String> = happens.map(|moment| moment.label().to_lowercase()).collect();
    words.extend(rule.wait.map(|wait| wait.phrase(policy)));
    words.join(", ")
}

/// "assign, tag": the names of commands.
pub(super) fn commands(actions: &[Action]) -> String {
    let mut names: Vec<String> =
        actions.iter().map(|action| action.name().replace('-', " ")).collect();
    names.dedup();
    names.join(", ")
}
