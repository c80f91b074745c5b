//! An incident as its requester sees it: how far it is, whether it works again,
//! what was said, and a place to write.

mod notices;

use super::On;
use super::conversation;
use super::reader::{self, Reader, promise};
use super::story::{self, Story};
use super::words;
use crate::app::App;
use crate::auth::{self, SignedIn};
use crate::error::{PageError, PageResult};
use crate::part::icon::icon;
use crate::part::person::first_name;
use crate::part::rich::linked;
use crate::part::time::Here;
use crate::shell::PortalPage;
use crate::url;
use axum::extract::State as AxumState;
use desk::expected::Forecaster;
use incident::permissions::granted;
use incident::{CommandName, Lifecycle, Policy, Scope, State, Viewer};
use kernel::{IncidentNumber, Timestamp};
use locale::Portal;
use maud::{Markup, html};
use store::{Failure, Sql};

/// What somebody tried to send, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempt {
    /// With which form, and the words.
    sent: Option<(Form, String)>,
    /// Why it was not taken.
    trouble: Option<String>,
}

/// The forms of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Works again, or still broken.
    Confirm,
    /// A message.
    Reply,
    /// Taken back.
    Withdraw,
}

impl Attempt {
    /// These words, sent with this form.
    pub(super) fn of(form: Form, words: impl Into<String>) -> Self {
        Attempt { sent: Some((form, words.into())), trouble: None }
    }

    /// That it was not taken, and why.
    #[must_use]
    pub(super) fn refused(self, why: String) -> Self {
        Attempt { trouble: Some(why), ..self }
    }

    /// The words that were sent with a form.
    fn words_in(&self, form: Form) -> &str {
        self.sent.as_ref().filter(|(sent, _)| *sent == form).map_or("", |(_, words)| words)
    }

    fn trouble_in(&self, form: Form) -> Option<&str> {
        let (sent, _) = self.sent.as_ref()?;
        self.trouble.as_deref().filter(|_| *sent == form)
    }
}

/// What the page is made from.
pub(super) struct Scene<'a> {
    story: &'a Story,
    viewer: &'a Viewer,
    reader: Reader<'a>,
    attempt: &'a Attempt,
    /// `morph` in patches.
    patch: Option<&'static str>,
}

/// `GET /portal/incidents/{number}`
pub(super) async fn show(
    AxumState(app): AxumState<App>,
    auth::Reader(who): auth::Reader,
    On(number): On,
) -> PageResult<Markup> {
    page(&app, &who, number, &Attempt::default()).await
}

/// The whole page.
pub(super) async fn page(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    attempt: &Attempt,
) -> PageResult<Markup> {
    let policy = app.desk.policy();
    let (scope, names) = (Scope::of(who.viewer()), policy.clone());
    let (forecaster, now) = (app.desk.forecaster(), who.here.now);
    let (story, position) = app
        .desk
        .read(move |sql| {
            let position = store::incidents::feed::position(sql)?;
            Ok((story::read(sql, &scope, (&*names, &*forecaster), number, now)?, position))
        })
        .await?;
    let story = story.ok_or(PageError::NotFound)?;
    let scene = Scene::of(&story, who.viewer(), &who.here, &policy, attempt);
    let say = scene.say();
    let body = html! {
        div.p-inc.stack-l {
            p.crumbs { a href=(url::PORTAL) data-back { (say.your_incidents()) } span aria-hidden="true" { "/" } (number) }
            (parts(&scene))
            section aria-labelledby="cv" {
                h2 id="cv" { (say.what_happened()) }
                (conversation::list(&story, &scene.reader))
                (reply(&scene))
            }
            (more(&scene))
            (super::footer(who, Some(number)))
        }
    };
    let stream = url::live_portal_incident(number, position);
    Ok(PortalPage::new(who, &story.row.title).stream(stream).on(number).show(body))
}

/// Patches of the page after the events that follow the `after_n`-th; `None`
/// when this viewer may not see the incident (any more).
pub(crate) fn live_patches(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    here: &Here,
    known: (&Policy, &Forecaster),
    number: IncidentNumber,
    after_n: u32,
) -> Result<Option<Markup>, Failure> {
    let story = story::read(sql, &Scope::of(viewer), known, number, here.now)?;
    let (policy, _) = known;
    Ok(story.map(|story| patches(&story, viewer, here, policy, after_n, &Attempt::default())))
}

/// The parts that change, as patches, with the entries after the `after_n`-th event.
pub(super) fn patches(
    story: &Story,
    viewer: &Viewer,
    here: &Here,
    policy: &Policy,
    after_n: u32,
    attempt: &Attempt,
) -> Markup {
    let scene = Scene { patch: Some("morph"), ..Scene::of(story, viewer, here, policy, attempt) };
    html! {
        (parts(&scene))
        (conversation::news(story, &scene.reader, after_n))
        (reply(&scene))
        (more(&scene))
    }
}

impl<'a> Scene<'a> {
    fn of(
        story: &'a Story,
        viewer: &'a Viewer,
        here: &'a Here,
        policy: &'a Policy,
        attempt: &'a Attempt,
    ) -> Self {
        Scene {
            story,
            viewer,
            reader: Reader { me: viewer.person, here, policy },
            attempt,
            patch: None,
        }
    }

    fn state(&self) -> &State {
        &self.story.row.state
    }

    fn say(&self) -> Portal {
        self.reader.say()
    }

    fn own(&self) -> bool {
        self.state().requester == self.viewer.person
    }

    /// Whether the service desk waits for an answer of the reader.
    fn asked(&self) -> bool {
        self.own() && words::asks_requester(self.state())
    }

    fn may(&self, name: CommandName) -> bool {
        granted(self.viewer, self.state())(name)
    }

    fn action(&self, name: &str) -> String {
        format!("{}/{name}", url::portal_incident(self.story.row.number))
    }

    /// Until when a word on the incident that is over makes one that follows it.
    fn follow_up_until(&self) -> Option<Timestamp> {
        let days = self.reader.policy.agreement_of(self.state()).follow_up_days;
        let until = self.state().moments.closed?.plus_seconds(days * 86_400);
        (until > self.reader.here.now).then_some(until)
    }
}

/// Title, progress, what is known, and the question whether it works.
fn parts(scene: &Scene) -> Markup {
    html! {
        h1 id="p-title" data-patch=[scene.patch] { (scene.story.row.title) }
        (steps(scene))
        (notices::notices(scene))
        (confirmation(scene))
        (super::rating::section(scene.state(), scene.own() && scene.may(CommandName::Rate), &scene.reader, (&scene.action("rate"), scene.patch)))
    }
}

/// One step of the way.
struct Step {
    label: String,
    small: Option<String>,
    done: bool,
    current: bool,
}

fn steps(scene: &Scene) -> Markup {
    html! {
        ol.steps.p-steps id="p-steps" aria-label=(scene.say().progress()) data-patch=[scene.patch] {
            @for step in way(scene) {
                li.done[step.done] aria-current=[step.current.then_some("step")] {
                    (step.label)
                    @if let Some(small) = step.small { small { (small) } }
                }
            }
        }
    }
}

fn way(scene: &Scene) -> Vec<Step> {
    let (state, say) = (scene.state(), scene.say());
    let at = |at: Timestamp| scene.reader.here.moment(at);
    let reached = match state.lifecycle {
        Lifecycle::New => 0,
        Lifecycle::InProgress | Lifecycle::OnHold => 1,
        Lifecycle::Resolved => 2,
        Lifecycle::Closed | Lifecycle::Cancelled => 3,
    };
    let taken = state.moments.acknowledged.or(state.moments.responded);
    let labels: Vec<(String, Option<String>)> = if state.lifecycle == Lifecycle::Cancelled {
        return vec![
            Step {
                label: say.reported().to_owned(),
                small: Some(at(state.reported_at)),
                done: true,
                current: false,
            },
            Step {
                label: say.withdrawn().to_owned(),
                small: Some(at(state.updated_at)),
                done: true,
                current: true,
            },
        ];
    } else {
        let work = match reached {
            1 => words::standing(state, say).words,
            _ => say.being_worked_on().to_owned(),
        };
        let resolved = state.moments.resolved.filter(|_| reached >= 2);
        let closing = state.moments.closed.filter(|_| reached == 3).map(at);
        vec![
            (say.reported().to_owned(), Some(at(state.reported_at))),
            (work, by_whom(scene, taken.filter(|_| reached >= 1))),
            (
                if reached == 3 { say.fixed() } else { say.to_be_checked() }.to_owned(),
                resolved.map(at),
            ),
            (
                say.closed().to_owned(),
                closing.or_else(|| (reached == 2).then(|| say.when_you_confirm().to_owned())),
            ),
        ]
    };
    let step =
        |(n, (label, small))| Step { label, small, done: n <= reached, current: n == reached };
    labels.into_iter().enumerate().map(step).collect()
}

fn by_whom(scene: &Scene, taken: Option<Timestamp>) -> Option<String> {
    let row = &scene.story.row;
    let team = row.team.as_ref();
    let whom = match &row.assignee {
        Some(person) => {
            let name = first_name(&person.name);
            let of = reader::team_of(scene.reader.policy, person.id, team.map(|team| team.id));
            Some(of.map_or_else(|| name.to_owned(), |team| scene.say().from_team(name, team)))
        }
        None => team.map(|team| team.name.clone()),
    };
    let at = taken.map(|at| scene.reader.here.moment(at));
    let words: Vec<String> = at.into_iter().chain(whom).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// The question whether it works, while it is resolved; hidden otherwise.
fn confirmation(scene: &Scene) -> Markup {
    let asked = scene.state().lifecycle == Lifecycle::Resolved
        && scene.own()
        && scene.may(CommandName::Confirm);
    html! {
        div id="p-confirm" hidden[!asked] data-patch=[scene.patch] { @if asked { (question(scene)) } }
    }
}

fn question(scene: &Scene) -> Markup {
    let (state, say) = (scene.state(), scene.say());
    let trouble = scene.attempt.trouble_in(Form::Confirm);
    html! {
        section.card.confirm aria-labelledby="cf" {
            h2 id="cf" { (say.is_it_working()) }
            @if let Some(words) = trouble { (alert(words)) }
            @if let Some(note) = scene.story.fix() { p { (note) } }
            div.confirm-b {
                form method="post" action=(scene.action("confirm")) data-live {
                    button.btn.btn-lg.btn-primary.btn-block type="submit" { (icon("check")) (say.it_works()) }
                }
                details open[trouble.is_some()] {
                    summary.btn.btn-lg.btn-block { (icon("x")) (say.still_broken()) }
                    form.stack-s.mts method="post" action=(scene.action("dispute")) data-live {
                        label.lbl for="still" { (say.what_is_still_broken()) }
                        textarea.inp id="still" name="note" rows="3" required maxlength=(kernel::limits::BODY_CHARS) { "\n" (scene.attempt.words_in(Form::Confirm)) }
                        div { button.btn type="submit" { (say.send_and_reopen()) } }
                    }
                }
            }
            p.meta { (what_follows(scene, state)) }
        }
    }
}

fn what_follows(scene: &Scene, state: &State) -> String {
    let say = scene.say();
    let reopens = match &scene.story.row.assignee {
        Some(person) => say.reopens_with(first_name(&person.name)),
        None => say.reopens().to_owned(),
    };
    let days = scene.reader.policy.agreement_of(state).follow_up_days;
    let closes = |at| say.closes_by_itself(promise(at, scene.reader.here), days);
    let words: Vec<String> = std::iter::once(reopens).chain(state.close_at.map(closes)).collect();
    words.join(" ")
}

/// The place to write; says why where there is none.
fn reply(scene: &Scene) -> Markup {
    html! {
        div id="p-reply" data-patch=[scene.patch] {
            @match (scene.own(), scene.state().lifecycle) {
                (false, _) => p.hint { (reading_only(scene)) },
                (true, Lifecycle::Closed | Lifecycle::Cancelled) if scene.follow_up_until().is_none() => (anew(scene)),
                _ => (reply_form(scene)),
            }
        }
    }
}

fn reply_form(scene: &Scene) -> Markup {
    let say = scene.say();
    let follows = |until| say.follow_up_until(promise(until, scene.reader.here));
    let (label, send, hint) = match (scene.state().lifecycle, scene.follow_up_until()) {
        (Lifecycle::Closed, Some(until)) => {
            (say.broke_again_label(), say.broke_again(), Some(follows(until)))
        }
        (Lifecycle::Cancelled, Some(until)) => {
            (say.not_working_label(), say.report_again(), Some(follows(until)))
        }
        (Lifecycle::Resolved, _) => {
            (say.add_something(), say.send(), Some(say.message_reopens().to_owned()))
        }
        _ if scene.asked() => (say.your_answer(), say.send_answer(), None),
        _ => (say.add_something(), say.send(), None),
    };
    let trouble = scene.attempt.trouble_in(Form::Reply);
    html! {
        form.p-reply id="p-reply-form" method="post" action=(scene.action("comment")) enctype="multipart/form-data" data-live data-reset {
            @if let Some(words) = trouble { (alert(words)) }
            label.lbl for="rp" { (label) }
            textarea.inp id="rp" name="body" rows="2" maxlength=(kernel::limits::BODY_CHARS) aria-describedby=[hint.as_ref().map(|_| "rp-h")] {
                "\n" (scene.attempt.words_in(Form::Reply))
            }
            @if let Some(hint) = hint { p.hint id="rp-h" { (hint) } }
            (super::upload::chosen())
            div.btns {
                button.btn.btn-primary[scene.asked()] type="submit" { (send) }
                (super::upload::chooser(scene.say(), None))
            }
        }
    }
}

fn anew(scene: &Scene) -> Markup {
    let href = super::report::address(&scene.story.row.title, None);
    html! { p { (linked(&scene.say().over_report_anew(), &href)) } }
}

fn reading_only(scene: &Scene) -> Markup {
    let row = &scene.story.row;
    let say = scene.say();
    html! {
        (say.only_they_write(&row.requester.name))
        @if scene.viewer.is_staff() { " " a.link href=(url::incident(row.number)) { (say.page_for_agents()) } }
    }
}

/// Following it, and taking it back.
fn more(scene: &Scene) -> Markup {
    let (state, say) = (scene.state(), scene.say());
    let follows = state.watchers.contains(&scene.viewer.person);
    let follow = if follows && scene.may(CommandName::Unwatch) {
        Some(("unwatch", say.stop_following()))
    } else if !follows && !scene.own() && scene.may(CommandName::Watch) {
        Some(("watch", say.follow()))
    } else {
        None
    };
    let withdraw =
        scene.own() && state.lifecycle == Lifecycle::New && scene.may(CommandName::Cancel);
    let trouble = scene.attempt.trouble_in(Form::Withdraw);
    html! {
        div.stack-s id="p-more" hidden[follow.is_none() && !withdraw] data-patch=[scene.patch] {
            @if let Some((name, label)) = follow {
                form method="post" action=(scene.action(name)) data-live { button.btn.btn-sm type="submit" { (icon("eye")) (label) } }
            }
            @if withdraw {
                details.edit open[trouble.is_some()] {
                    summary.btn.btn-sm.btn-quiet { (say.reported_in_error()) }
                    form method="post" action=(scene.action("withdraw")) data-live {
                        @if let Some(words) = trouble { (alert(words)) }
                        label.lbl for="wd" { (say.why_not_needed()) }
                        textarea.inp id="wd" name="reason" rows="2" required maxlength=(kernel::limits::REASON_CHARS) { "\n" (scene.attempt.words_in(Form::Withdraw)) }
                        div { button.btn.btn-sm type="submit" { (say.withdraw()) } }
                    }
                }
            }
        }
    }
}

fn alert(words: &str) -> Markup {
    html! { div.banner.banner-crit role="alert" tabindex="-1" { (icon("alert")) div { (words) } } }
}
