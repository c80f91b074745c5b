//! The fields of each command's form.

use super::major;
use super::resolve::resolve;
use crate::form::Fields;
use crate::incident::panel::pick;
use crate::incident::parse::OPEN;
use crate::incident::timeline::{hold_word, link_word, role_word};
use crate::incident::view::View;
use crate::incident::workaround;
use crate::part::away;
use crate::part::clock;
use crate::part::form::{Errors, Field, kept};
use crate::part::person::first_name;
use crate::part::rating::score_words;
use crate::part::state::waiting;
use crate::url;
use incident::CommandName as C;
use incident::ledger::Pause;
use incident::rating::Score;
use incident::state::{HoldReason, IncidentRole, LinkKind};
use kernel::{InOrder, Language, TeamId, Timestamp};
use maud::{Markup, html};

/// Rows of a field for words.
const ROWS: u8 = 4;

/// A form in the making: its ids begin with the command, its names are the command's fields.
pub(super) struct Form<'a> {
    command: &'a str,
    pub(super) values: &'a Fields,
    errors: &'a Errors,
}

impl Form<'_> {
    pub(super) fn field(
        &self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        control: impl Fn(&str, &Field<'_>) -> Markup,
    ) -> Markup {
        let id = format!("{}-{name}", self.command);
        let mut field = Field::new(&id, label).errors(self.errors);
        field.hint = hint;
        field.around(control(&id, &field))
    }

    pub(super) fn value(&self, name: &str, stored: &str) -> String {
        self.values.get(name).unwrap_or(stored).to_owned()
    }

    pub(super) fn line(
        &self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        stored: &str,
        kind: &str,
    ) -> Markup {
        let value = self.value(name, stored);
        self.field(name, label, hint, |id, field| {
            html! {
                input.inp type=(kind) id=(id) name=(name) value=(value) autocomplete="off"
                    aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
            }
        })
    }

    /// The number of a record, which `suggest` finds by words.
    pub(super) fn record(
        &self,
        name: &str,
        label: &str,
        hint: &str,
        stored: &str,
        suggest: &str,
    ) -> Markup {
        let value = self.value(name, stored);
        self.field(name, label, Some(hint), |id, field| {
            html! {
                input.inp type="text" id=(id) name=(name) value=(value) autocomplete="off" role="combobox" aria-expanded="false"
                    aria-controls={ (id) "-l" } aria-autocomplete="list" data-suggest=(suggest) data-min="2"
                    aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
                div class="pop sug" id={ (id) "-l" } role="listbox" aria-label="Suggestions" hidden {}
            }
        })
    }

    /// A moment to the second, on the reader's clock.
    pub(super) fn moment(&self, name: &str, label: &str, stored: &str) -> Markup {
        let value = self.value(name, stored);
        self.field(name, label, None, |id, field| {
            html! {
                input.inp type="datetime-local" step="1" id=(id) name=(name) value=(value)
                    aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
            }
        })
    }

    pub(super) fn words(&self, name: &str, label: &str, hint: Option<&str>) -> Markup {
        self.stored_words(name, label, hint, "")
    }

    pub(super) fn stored_words(
        &self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        stored: &str,
    ) -> Markup {
        let value = self.value(name, stored);
        self.field(name, label, hint, |id, field| {
            html! {
                textarea.inp id=(id) name=(name) rows=(ROWS) aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] { "\n" (value) }
            }
        })
    }

    pub(super) fn select<L: AsRef<str>>(
        &self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        options: &[(String, L)],
        stored: &str,
    ) -> Markup {
        let value = self.value(name, stored);
        self.field(name, label, hint, |id, field| {
            html! {
                select.inp id=(id) name=(name) aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] {
                    @for (key, words) in options { option value=(key) selected[*key == value] { (words.as_ref()) } }
                    (kept(&value, options.iter().any(|(key, _)| *key == value)))
                }
            }
        })
    }
}

/// The fields of a command, filled with what is stored or was sent.
pub(super) fn fields(view: &View<'_>, command: C, values: &Fields, errors: &Errors) -> Markup {
    let form = Form { command: command.as_str(), values, errors };
    let requester = first_name(view.case.person(view.case.state().requester));
    match command {
        C::Resolve => resolve(view, &form, requester),
        C::Hold => hold(view, &form),
        C::Escalate => escalate(view, &form),
        C::Page => page(view, &form),
        C::Merge => html! {
            (form.record("into", "Into which incident", "Its number, such as INC-42, or words of its title. Both keep their timelines; work goes on there.", "", &url::numbers(view.case.number)))
        },
        C::Link => link(view, &form),
        C::Cancel => form.words(
            "reason",
            "Why was it recorded in error",
            Some(&format!("{requester} reads this.")),
        ),
        C::Restrict => html! {
            p { "Only this team, " (requester) " and auditors will see it." }
            (form.select("team", "Team", None, &with_none(&restrictions(view), "Nobody in particular: lift the restriction"),
                &view.case.state().confidential_to.map_or("none".to_owned(), |team| team.to_string())))
            (workaround::copies(view))
        },
        C::DeclareMajor | C::StandDown => {
            form.words("reason", "Why", Some("Only staff read this."))
        }
        C::Reopen => form.words("note", "Why is it taken up again", Some("Only staff read this.")),
        C::Dispute => form.words(
            "note",
            "What is still not working",
            Some(&format!("On behalf of {requester}; the record says so.")),
        ),
        C::Rate => rate(&form, requester),
        C::Classify => classify(view, &form),
        C::Prioritise => html! {
            p { "The matrix says " b { (view.case.policy.matrix.priority(view.case.state().impact, view.case.state().urgency)) } ". Another priority needs a reason." }
            (form.select("priority", "Priority", None, &pick::priorities(), &view.case.state().priority.to_string()))
            (form.words("reason", "Why", Some("Only staff read this.")))
        },
        C::SetExpectedResolution => html! {
            (form.line("at", "Expected back", Some(&format!("{requester} sees this. Empty takes it back.")), &local(view, view.case.state().expected.map(|e| e.at)), "datetime-local"))
            (form.line("reason", "Why", Some("They are told this with the new time, before the old one passes."), "", "text"))
        },
        C::Promise => promise(view, &form),
        C::ExplainBreach => explain(view, &form),
        C::CorrectPause => correct(view, &form),
        C::Watch => html! {
            (form.line("person", "Who", Some("E-mail address or full name. They see the public entries."), "", "text"))
        },
        C::GiveRole => html! {
            (form.select("role", "Role", None, &roles(), ""))
            (form.select("person", "Person", None, &with_none(&staff(view), "Nobody"), ""))
        },
        C::ApplyModel => apply_model(view, &form),
        C::Assign => html! {
            (form.select("team", "Team", None, &with_none(&teams(view), "No team"), &view.case.state().team.map_or("none".to_owned(), |id| id.to_string())))
            (form.select("assignee", "Person", None, &people(view), &view.case.state().assignee.map_or(OPEN.to_owned(), |id| id.to_string())))
        },
        C::Tag => form.line("add", "Add tags", Some("Separated by spaces"), "", "text"),
        C::LogWork => html! {
            (form.line("duration", "How long", Some("Such as 20m, 1.5 h or 1 h 30 m"), "", "text"))
            (form.line("note", "On what", Some("Only staff read this."), "", "text"))
        },
        C::AddTask => form.line("title", "What is to be done", None, "", "text"),
        C::Redact => redact(view, &form),
        other => major::fields(view, other, &form),
    }
}

/// Policies first: they say what comes when nobody answers.
fn page(view: &View<'_>, form: &Form<'_>) -> Markup {
    let policy = &view.case.policy;
    let named = |kind: &str, id: String, name: &str| (format!("{kind}:{id}"), name.to_owned());
    let mut offered: Vec<(String, String)> = policy
        .paging
        .policies
        .iter()
        .map(|(id, one)| named("policy", id.to_string(), &format!("{}, by its policy", one.name)))
        .collect();
    offered.extend(policy.paging.schedules.iter().map(|(id, one)| {
        named("schedule", id.to_string(), &format!("{}, whoever is on call", one.name))
    }));
    let everybody = |name: &str| format!("{name}, everybody who is there");
    let mut rest: Vec<(String, String)> =
        teams(view).into_iter().map(|(id, name)| named("team", id, &everybody(&name))).collect();
    rest.extend(staff(view).into_iter().map(|(id, name)| named("person", id, &name)));
    offered.order_by_key(|(_, name)| name.to_lowercase());
    offered.extend(rest);
    html! {
        (form.select("whom", "Whom", Some("They are paged until somebody acknowledges."), &offered, ""))
        (form.line("note", "Words to them", Some("Only staff read this."), "", "text"))
    }
}

fn apply_model(view: &View<'_>, form: &Form<'_>) -> Markup {
    let models = view.case.policy.models.iter();
    let offered: Vec<_> = models.map(|model| (model.id.to_string(), model.name.as_str())).collect();
    let hint = "It sets what nobody has set yet, adds its tasks and shows its runbook. What people set stays.";
    html! {
        @if offered.is_empty() { p { "There is no incident model in use. Administrators make them in the settings." } }
        @else { (form.select("model", "Incident model", Some(hint), &offered, "")) }
    }
}

fn promise(view: &View<'_>, form: &Form<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let others = state.watchers.iter().filter(|person| **person != state.requester);
    let people: Vec<(String, String)> = std::iter::once(&state.requester)
        .chain(others)
        .map(|person| (person.to_string(), case.person(*person).to_owned()))
        .collect();
    let given = state.promise_to(state.requester).filter(|promise| promise.is_pending());
    html! {
        (form.line("at", "It is over by", Some("A fixed time: pauses do not move it. Empty takes a promise back."), &local(view, given.map(|promise| promise.at)), "datetime-local"))
        (form.select("to", "Promised to", Some("They are told, and told again when it changes."), &people, &state.requester.to_string()))
        (form.words("reason", "Words to them", Some("Needed when they were promised something else.")))
    }
}

fn explain(view: &View<'_>, form: &Form<'_>) -> Markup {
    let case = view.case;
    let mut breaches: Vec<_> = case.state().breaches().collect();
    breaches.order_by_key(|breach| breach.explanation.is_some());
    let clocks: Vec<(String, String)> = breaches
        .iter()
        .map(|breach| {
            let words = format!("{}, {}", clock::name(breach.clock), case.here.moment(breach.at));
            (breach.clock.as_str().to_owned(), words)
        })
        .collect();
    let owner = case.state().assignee.or(view.me);
    let first = clocks.first().map_or("", |(clock, _)| clock.as_str());
    html! {
        (form.select("clock", "Which clock passed its target", None, &clocks, first))
        (form.words("reason", "Why", Some("Only staff read this.")))
        (form.select("owner", "Who sees to it that it does not happen again", None, &staff(view), &owner.map_or(String::new(), |person| person.to_string())))
    }
}

/// The hold whose times are corrected: the one that was chosen, or the only one.
pub(super) fn hold_to_correct<'a>(view: &'a View<'_>, values: &Fields) -> Option<&'a Pause> {
    let holds = &view.case.clocks.holds;
    let chosen = values.text("n");
    let only = holds.first().filter(|_| holds.len() == 1);
    holds.iter().find(|hold| hold.n.to_string() == chosen).or(only)
}

fn correct(view: &View<'_>, form: &Form<'_>) -> Markup {
    let holds = &view.case.clocks.holds;
    let here = &view.case.here;
    let words = |hold: &Pause| {
        let (from, to) = (here.moment(hold.recorded.from), here.moment(hold.recorded.to));
        format!("{from} to {to}, {}", waiting(Some(hold.reason)).words.to_lowercase())
    };
    // The times below are those of one hold: which one is settled before they are shown.
    let Some(hold) = hold_to_correct(view, form.values) else {
        let address = url::incident_command(view.case.number, form.command);
        return html! {
            @if holds.is_empty() { p { "No hold of this incident is over yet." } } @else {
                p { "Which hold?" }
                ul.stack-s { @for hold in holds.iter().rev() {
                    li { a.link href={ (address) "?n=" (hold.n) } { (words(hold)) } }
                } }
            }
        };
    };
    let counted = hold.counted;
    let second = |at: Timestamp| here.local(at).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let (from, to) =
        counted.map_or((String::new(), String::new()), |span| (second(span.from), second(span.to)));
    html! {
        p { "The clocks that waited are counted again, and their breaches judged anew. The record keeps both." }
        p {
            "The hold: " b { (words(hold)) } ". "
            @if holds.len() > 1 { a.link href=(url::incident_command(view.case.number, form.command)) { "Another one" } }
        }
        input type="hidden" name="n" value=(hold.n);
        div.form-2 {
            (form.moment("from", "It really waited from", &from))
            (form.moment("to", "To", &to))
        }
        label.ck { input type="checkbox" name="none" value="1" checked[form.values.ticked("none")]; "There was nothing to wait for" }
        (form.words("reason", "Why", Some("Only staff read this.")))
    }
}

fn hold(view: &View<'_>, form: &Form<'_>) -> Markup {
    let reasons: Vec<(String, &str)> = HoldReason::ALL
        .iter()
        .map(|reason| (reason.as_str().to_owned(), hold_word(*reason)))
        .collect();
    let now = view.case.state().hold.as_ref();
    html! {
        (form.select("reason", "Waiting for", None, &reasons, now.map_or("requester", |hold| hold.reason.as_str())))
        (form.line("until", "Until", Some("Work resumes by itself then. Needed for an agreed time."), &local(view, now.and_then(|hold| hold.until)), "datetime-local"))
        (form.line("note", "Note", Some("Only staff read this."), "", "text"))
    }
}

fn escalate(view: &View<'_>, form: &Form<'_>) -> Markup {
    let managers: Vec<(String, String)> = pick::candidates(view)
        .into_iter()
        .filter(|(id, ..)| {
            view.case
                .policy
                .staff
                .get(id)
                .is_some_and(|staff| staff.roles.contains(&kernel::Role::Manager))
        })
        .map(|(id, name, _)| (id.to_string(), name))
        .collect();
    html! {
        (form.select("team", "Bring in the team", None, &with_none(&teams(view), "No other team"), "none"))
        (form.select("manager", "Tell the manager", None, &with_none(&managers, "No manager"), "none"))
        (form.words("reason", "Why", Some("Only staff read this.")))
    }
}

fn link(view: &View<'_>, form: &Form<'_>) -> Markup {
    let kinds: Vec<(String, &str)> = [
        LinkKind::Related,
        LinkKind::Parent,
        LinkKind::Duplicate,
        LinkKind::CausedBy,
        LinkKind::Problem,
        LinkKind::KnownError,
        LinkKind::Change,
        LinkKind::FollowUp,
    ]
    .into_iter()
    .map(|kind| (kind.as_str().to_owned(), link_word(kind, false)))
    .collect();
    html! {
        (form.select("kind", "It is linked as", None, &kinds, "related"))
        (form.record("target", "To", "A number such as INC-42, PRB-3 or CHG-12, or words of a title", "", &format!("{}?problems=1", url::numbers(view.case.number))))
        label.ck { input type="checkbox" name="own_way" value="1" checked[form.values.ticked("own_way")]; "Do not follow the parent's progress" }
    }
}

fn classify(view: &View<'_>, form: &Form<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let services: Vec<(String, String)> = pick::services_of(&case.policy)
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let categories: Vec<(String, String)> = pick::categories_of(&case.policy)
        .into_iter()
        .map(|(id, path)| (id.to_string(), path))
        .collect();
    let none = || "none".to_owned();
    html! {
        (form.line("title", "Title", None, case.title(), "text"))
        (form.select("service", "Service", None, &with_none(&services, "None"), &state.service.map_or_else(none, |id| id.to_string())))
        (form.select("category", "Category", None, &with_none(&categories, "None"), &state.category.map_or_else(none, |id| id.to_string())))
        (form.line("affected", "People affected", None, &state.affected.map_or(String::new(), |count| count.to_string()), "number"))
        @for (name, value) in &state.fields {
            (form.line(&format!("field.{name}"), name, Some("Empty removes it"), value, "text"))
        }
        div.form-2 {
            (form.line("new_field", "New field", Some("Letters, digits and _"), "", "text"))
            (form.line("new_value", "Value", None, "", "text"))
        }
    }
}

fn redact(view: &View<'_>, form: &Form<'_>) -> Markup {
    let content = form.value("content", "");
    let words = content.parse().ok().map(|id| view.case.text(id).to_owned());
    html! {
        input type="hidden" name="content" value=(content);
        p { "These words are forgotten for good: on screen, in search and in the API. That something stood here stays on record, with your name." }
        @if let Some(words) = words { blockquote.msg-b { p { (crate::incident::words::short(&words, 400)) } } }
        (workaround::copies(view))
    }
}

pub(super) fn teams(view: &View<'_>) -> Vec<(String, String)> {
    pick::teams_of(&view.case.policy, view.case.state().confidential_to)
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect()
}

/// Teams it may be restricted to: the reader's own, or any for managers; `decide` has the last word.
fn restrictions(view: &View<'_>) -> Vec<(String, String)> {
    pick::teams_of(&view.case.policy, None::<TeamId>)
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect()
}

pub(super) fn staff(view: &View<'_>) -> Vec<(String, String)> {
    let case = &view.case;
    let label = |id, name: &str| away::named(&case.policy, id, name, &case.here);
    let found = pick::candidates(view).into_iter();
    found.map(|(id, name, _)| (id.to_string(), label(id, &name))).collect()
}

/// Of what nobody has: that the team decides is another answer than that it stays nobody's.
fn people(view: &View<'_>) -> Vec<(String, String)> {
    let mut people = with_none(&staff(view), "Nobody");
    if view.case.state().assignee.is_none() {
        people.insert(0, (OPEN.to_owned(), "As the team does it".to_owned()));
    }
    people
}

pub(super) fn roles() -> Vec<(String, &'static str)> {
    IncidentRole::ALL.iter().map(|role| (role.as_str().to_owned(), role_word(*role))).collect()
}

pub(super) fn with_none(options: &[(String, String)], label: &str) -> Vec<(String, String)> {
    std::iter::once(("none".to_owned(), label.to_owned())).chain(options.iter().cloned()).collect()
}

/// An instant as a field for date and time holds it.
fn local(view: &View<'_>, at: Option<Timestamp>) -> String {
    at.map_or(String::new(), |at| view.case.here.local(at).strftime("%Y-%m-%dT%H:%M").to_string())
}

/// What the requester said, by telephone for example.
fn rate(form: &Form<'_>, requester: &str) -> Markup {
    let say = locale::letters(Language::En);
    let scores = Score::ALL.map(|score| (score.to_string(), score_words(say, score).to_owned()));
    html! {
        (form.select("score", "How content", None, &scores, "3"))
        (form.words("note", "In their words", Some(&format!("On behalf of {requester}; the record says so. Without words those said before stay."))))
    }
}
