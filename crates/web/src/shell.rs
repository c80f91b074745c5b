//! The frame around every page: rail, top bar, columns for agents; one column
//! for requesters; a plain page for signing in and for errors.

mod bare;
mod shortcuts;

pub(crate) use self::bare::{bare_page, error_page, paged_page};

use crate::assets::{self, DEFS};
use crate::auth::SignedIn;
use crate::inbox;
use crate::part::icon::{icon, mark, wordmark};
use crate::part::many::{PLACE, Pieces, fill, within};
use crate::part::person::avatar;
use crate::url;
use kernel::{IncidentNumber, Language, Timestamp};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Which entry of the rail is the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// The queue and its incidents.
    Queue,
    /// Major incidents.
    Majors,
    /// Who is on call.
    OnCall,
    /// Services and how they are.
    Services,
    /// Problems, known errors and articles.
    Problems,
    /// Reviews of incidents, and what is to be done after them.
    Reviews,
    /// Reports.
    Reports,
    /// The settings.
    Settings,
    /// None of them.
    Other,
}

/// A step of the way to a page: its address and name.
pub(crate) type Crumb = (String, String);

/// A page for agents in the making; [`Page::show`] ends it.
pub(crate) struct Page<'a> {
    who: &'a SignedIn,
    title: &'a str,
    tab: Option<&'a str>,
    section: Section,
    crumbs: Vec<Crumb>,
    top: Option<Markup>,
    stream: Option<String>,
    on: Option<IncidentNumber>,
    side: Pieces,
    panel: Pieces,
    main_class: &'a str,
    script: Option<&'static str>,
    after: Pieces,
}

impl<'a> Page<'a> {
    /// A page with this title: the last crumb and the name of the tab.
    pub(crate) fn new(who: &'a SignedIn, title: &'a str) -> Self {
        Page {
            who,
            title,
            tab: None,
            section: Section::Other,
            crumbs: vec![],
            top: None,
            stream: None,
            on: None,
            side: Pieces::default(),
            panel: Pieces::default(),
            main_class: "main",
            script: None,
            after: Pieces::default(),
        }
    }

    /// What the tab says before the title.
    #[must_use]
    pub(crate) fn tab(self, tab: &'a str) -> Self {
        Page { tab: Some(tab), ..self }
    }

    /// The current entry of the rail.
    #[must_use]
    pub(crate) fn section(self, section: Section) -> Self {
        Page { section, ..self }
    }

    /// A page above this one: address and name. The last one added is where Esc leads.
    #[must_use]
    pub(crate) fn crumb(mut self, href: impl Into<String>, name: impl Into<String>) -> Self {
        self.crumbs.push((href.into(), name.into()));
        self
    }

    /// What stands first at the right of the top bar, such as a pager.
    #[must_use]
    pub(crate) fn top(self, markup: Markup) -> Self {
        Page { top: Some(markup), ..self }
    }

    /// The stream that keeps the page up to date.
    #[must_use]
    pub(crate) fn stream(self, url: String) -> Self {
        Page { stream: Some(url), ..self }
    }

    /// The incident it shows.
    #[must_use]
    pub(crate) fn on(self, number: IncidentNumber) -> Self {
        Page { on: Some(number), ..self }
    }

    /// The column at the start: an `aside.side` or `nav.side` of the caller's.
    #[must_use]
    pub(crate) fn side(self, markup: Markup) -> Self {
        Page { side: markup.into(), ..self }
    }

    /// The column at the end: an `aside.panel` of the caller's.
    #[must_use]
    pub(crate) fn panel(self, markup: Markup) -> Self {
        Page { panel: markup.into(), ..self }
    }

    /// The classes of `main`; "main" when nothing is said.
    #[must_use]
    pub(crate) fn main_class(self, classes: &'a str) -> Self {
        Page { main_class: classes, ..self }
    }

    /// The script that it needs beside that of every page.
    #[must_use]
    pub(crate) fn script(self, name: &'static str) -> Self {
        Page { script: Some(name), ..self }
    }

    /// Dialogs, popovers and other things outside the columns.
    #[must_use]
    pub(crate) fn after(self, markup: impl Into<Pieces>) -> Self {
        Page { after: markup.into(), ..self }
    }

    /// The whole page around its main part.
    pub(crate) fn show(self, main: impl Into<Pieces>) -> Markup {
        self.around(main.into()).whole()
    }

    /// The same in pieces, for pages that are large.
    pub(crate) fn pieces(self, main: impl Into<Pieces>) -> Pieces {
        self.around(main.into())
    }

    fn around(self, main: Pieces) -> Pieces {
        let crumbs: Vec<&str> = self.crumbs.iter().rev().map(|(_, name)| name.as_str()).collect();
        let tab = self
            .tab
            .into_iter()
            .chain([self.title])
            .chain(crumbs)
            .chain(["Evenkeel"])
            .collect::<Vec<_>>()
            .join(" · ");
        let html = Html {
            who: Some(self.who),
            title: &tab,
            stream: self.stream.as_deref(),
            on: self.on,
            entry: self.script,
            body: "app",
            language: self.who.here.language,
            now: None,
        };
        let frame = html! {
            (PreEscaped(DEFS))
            (skip_link(Language::En))
            (rail(self.who, self.section))
            (top_bar(&self))
            div.frame {
                (PLACE)
                main class=(self.main_class) id="main" tabindex="-1" { (PLACE) }
                (PLACE)
            }
            (outside_main())
            (PLACE)
            (shortcuts::dialog())
        };
        html.around(fill(frame, [self.side, main, self.panel, self.after]))
    }
}

/// A page for requesters in the making; [`PortalPage::show`] ends it.
pub(crate) struct PortalPage<'a> {
    who: &'a SignedIn,
    title: &'a str,
    stream: Option<String>,
    on: Option<IncidentNumber>,
    script: Option<&'static str>,
}

impl<'a> PortalPage<'a> {
    /// A page with this title.
    pub(crate) fn new(who: &'a SignedIn, title: &'a str) -> Self {
        PortalPage { who, title, stream: None, on: None, script: None }
    }

    /// The stream that keeps the page up to date.
    #[must_use]
    pub(crate) fn stream(self, url: String) -> Self {
        PortalPage { stream: Some(url), ..self }
    }

    /// The incident it shows.
    #[must_use]
    pub(crate) fn on(self, number: IncidentNumber) -> Self {
        PortalPage { on: Some(number), ..self }
    }

    /// The script that it needs beside that of every page.
    #[must_use]
    pub(crate) fn script(self, name: &'static str) -> Self {
        PortalPage { script: Some(name), ..self }
    }

    /// The whole page around its main part.
    pub(crate) fn show(self, main: Markup) -> Markup {
        let name = &self.who.instance.setting.name;
        let tab = format!("{} · {name}", self.title);
        let html = Html {
            who: Some(self.who),
            title: &tab,
            stream: self.stream.as_deref(),
            on: self.on,
            entry: self.script,
            body: "portal",
            language: self.who.here.language,
            now: None,
        };
        let person = self.who.person();
        let say = locale::entry(self.who.here.language);
        html.around(html! {
            (PreEscaped(DEFS))
            (skip_link(say.language()))
            header.p-top {
                a.p-brand href=(url::PORTAL) { (mark()) b { (name) } }
                nav aria-label=(say.account()) {
                    @if self.who.viewer().is_staff() { a.hide-s href=(url::QUEUE) { (say.queue()) } }
                    (theme_button(self.who, say))
                    (inbox::bell(self.who))
                    a.who href=(url::ACCOUNT) { (avatar(person.id, &person.name)) span.hide-s { (person.name) } span.vh { ", " (say.your_account()) } }
                }
            }
            main.p-main id="main" tabindex="-1" { (main) }
            (outside_main())
        })
        .whole()
    }
}

/// A page for a screen on the wall: no frame, nothing to do.
pub(crate) fn wall_page(who: &SignedIn, title: &str, stream: String, main: Markup) -> Markup {
    let name = &who.instance.setting.name;
    let tab = format!("{title} · {name}");
    let html = Html {
        who: Some(who),
        title: &tab,
        stream: Some(&stream),
        entry: Some("app-settings.js"),
        body: "wall",
        language: who.here.language,
        ..Html::default()
    };
    html.around(html! {
        (PreEscaped(DEFS))
        (skip_link(Language::En))
        header.wall-h {
            a.p-brand href=(url::QUEUE) { (mark()) b { (name) } }
            span.live id="vial" hidden { span.live-d aria-hidden="true" {} span { "Live" } }
            (theme_button(who, locale::entry(Language::En)))
        }
        main.main id="main" tabindex="-1" { (main) }
        (outside_main())
    })
    .whole()
}

#[derive(Default)]
struct Html<'a> {
    who: Option<&'a SignedIn>,
    title: &'a str,
    stream: Option<&'a str>,
    on: Option<IncidentNumber>,
    entry: Option<&'a str>,
    body: &'a str,
    language: Language,
    /// When it was drawn, where nobody is signed in.
    now: Option<Timestamp>,
}

impl Html<'_> {
    fn around(&self, body: impl Into<Pieces>) -> Pieces {
        let person = self.who.map(SignedIn::person);
        let theme = person.map(|person| person.theme.as_str()).filter(|theme| !theme.is_empty());
        let keys = person.filter(|person| !person.single_keys).map(|_| "off");
        let now = self.now.or(self.who.map(|who| who.here.now));
        let head = html! {
            (DOCTYPE)
            html lang=(self.language) data-words=[script_words(self.language)] data-theme=[theme] data-now=[now]
                data-zone=[self.who.map(|who| who.zone_name.as_str())] data-stream=[self.stream] data-on=[self.on] data-keys=[keys] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    link rel="icon" href=(assets::path("favicon.svg")) type="image/svg+xml";
                    link rel="apple-touch-icon" href=(assets::path("icon-touch.png"));
                    link rel="manifest" href="/manifest.webmanifest";
                    link rel="stylesheet" href=(assets::path("css/tokens.css"));
                    link rel="stylesheet" href=(assets::path("css/app.css"));
                    script type="module" src=(assets::path("app.js")) {}
                    @if let Some(name) = self.entry { script type="module" src=(assets::path(name)) {} }
                }
                body class=(self.body) { (PLACE) }
            }
        };
        within(head, body)
    }
}

fn skip_link(language: Language) -> Markup {
    html! { a.skip href="#main" { (locale::entry(language).skip()) } }
}

/// What scripts say, by what they say in English, and the names of days and months.
fn script_words(language: Language) -> Option<String> {
    if language == Language::En {
        return None;
    }
    let (english, own) = (locale::scripts(Language::En), locale::scripts(language));
    let texts = english.entries().into_iter().zip(own.entries());
    let texts = texts.map(|((_, english), (_, own))| (english, serde_json::Value::from(own)));
    let mut words: serde_json::Map<String, serde_json::Value> = texts.collect();
    let names = locale::date_names(language);
    words.insert("weekdays".to_owned(), names.weekdays.as_slice().into());
    words.insert("months".to_owned(), names.months.as_slice().into());
    words.insert("between".to_owned(), [names.between.0, names.between.1].as_slice().into());
    serde_json::to_string(&words).ok()
}

/// Toasts and what is said aloud stand outside main, which scripts may replace.
fn outside_main() -> Markup {
    html! {
        div.toasts id="toasts" aria-live="polite" {}
        p.vh id="say" role="status" {}
        p.vh id="alert" role="alert" {}
    }
}

fn rail(who: &SignedIn, section: Section) -> Markup {
    let current = |this: Section| (section == this).then_some("page");
    let viewer = who.viewer();
    let settings =
        viewer.has(&[kernel::Role::Administrator, kernel::Role::Manager, kernel::Role::Auditor]);
    let staff = viewer.is_staff();
    html! {
        nav.rail aria-label="Main" {
            a.rail-mark href=(url::QUEUE) aria-label="Evenkeel, home" { (mark()) }
            ul {
                @if staff {
                    li { a href=(url::QUEUE) aria-current=[current(Section::Queue)] data-key-go="q" { (icon("queue")) span { "Queue" } } }
                    li { a href=(url::MAJORS) aria-current=[current(Section::Majors)] data-key-go="m" { (icon("major")) span { "Majors" (majors_open(who.majors)) } } }
                    li { a href=(url::ON_CALL) aria-current=[current(Section::OnCall)] data-key-go="o" { (icon("oncall")) span { "On call" } } }
                    li { a href=(url::SERVICES) aria-current=[current(Section::Services)] data-key-go="s" { (icon("services")) span { "Services" } } }
                    // A thumb bar has room for five; the fifth of a phone opens the rest.
                    li.hide-s { a href=(url::PROBLEMS) aria-current=[current(Section::Problems)] data-key-go="p" { (icon("book")) span { "Problems" } } }
                    li.hide-s { a href=(url::REVIEWS) aria-current=[current(Section::Reviews)] data-key-go="r" { (icon("review")) span { "Reviews" } } }
                    li.hide-s { a href=(url::REPORTS) aria-current=[current(Section::Reports)] data-key-go="t" { (icon("reports")) span { "Reports" } } }
                    li.show-s { (more_places(section, settings)) }
                } @else {
                    li { a href=(url::PORTAL) { (icon("globe")) span { "Portal" } } }
                }
            }
            @if settings {
                ul class=(if staff { "rail-end hide-s" } else { "rail-end" }) {
                    li { a href=(url::SETTINGS) aria-current=[current(Section::Settings)] data-key-go="," { (icon("settings")) span { "Settings" } } }
                }
            }
        }
    }
}

/// What a thumb bar has no room for, behind its last button.
fn more_places(section: Section, settings: bool) -> Markup {
    let places = [
        (Section::Problems, url::PROBLEMS, "book", "Problems"),
        (Section::Reviews, url::REVIEWS, "review", "Reviews"),
        (Section::Reports, url::REPORTS, "reports", "Reports"),
        (Section::Settings, url::SETTINGS, "settings", "Settings"),
    ];
    let places = places.into_iter().filter(|(place, ..)| settings || *place != Section::Settings);
    let here = places.clone().any(|(place, ..)| place == section);
    html! {
        button type="button" popovertarget="places" aria-current=[here.then_some("true")] { (icon("dots")) span { "More" } }
        div.pop.pop-a.menu id="places" popover role="group" aria-label="More places" {
            @for (place, address, symbol, name) in places {
                a.opt href=(address) aria-current=[(place == section).then_some("page")] { (icon(symbol)) span { (name) } }
            }
        }
    }
}

/// How many major incidents go on or are proposed.
fn majors_open(count: i64) -> Markup {
    html! {
        @if count > 0 {
            span.rail-n aria-hidden="true" { (crate::queue::counts::words(count)) }
            span.vh { ", " (count) " open or proposed" }
        }
    }
}

fn top_bar(page: &Page<'_>) -> Markup {
    let person = page.who.person();
    html! {
        header.topbar {
            div.crumbs {
                @match page.crumbs.last() {
                    Some((href, name)) => { a class="show-s back" href=(href) data-back aria-label={ "Back to " (name) } { (icon("left")) } }
                    None => { span.crumb-wm { (wordmark()) } }
                }
                @for (href, name) in &page.crumbs {
                    a.crumb-x href=(href) { (name) }
                    span.crumb-x aria-hidden="true" { "/" }
                }
                b { (page.title) }
            }
            a.cmdk href=(url::SEARCH) data-palette {
                (icon("search")) span { "Search or run a command" }
                span.cmdk-k { kbd { "Ctrl" } " " kbd { "K" } }
            }
            div.top-r {
                @if let Some(top) = &page.top { (top) }
                @if page.stream.is_some() {
                    span.live id="vial" hidden { span.live-d aria-hidden="true" {} span { "Live" } }
                }
                (theme_button(page.who, locale::entry(Language::En)))
                @if page.who.viewer().works() {
                    a.btn href=(url::NEW_INCIDENT) data-key="c" data-name="New incident" {
                        (icon("plus")) span.hide-s { "New incident" } span.show-s { "New" }
                    }
                }
                (inbox::bell(page.who))
                a.me href=(url::ACCOUNT) title=(person.name) {
                    (avatar(person.id, &person.name)) span.vh { (person.name) ", your account" }
                }
            }
        }
    }
}

/// Switches between light and dark; the value is the other theme.
fn theme_button(who: &SignedIn, say: locale::Entry) -> Markup {
    let other = if who.person().theme == "dark" { "light" } else { "dark" };
    html! {
        form method="post" action=(url::THEME) {
            button class="btn btn-quiet btn-icon" type="submit" data-theme-toggle data-name=(say.switch_theme()) name="theme" value=(other)
                aria-label=(say.switch_theme()) { (icon("moon")) }
        }
    }
}
