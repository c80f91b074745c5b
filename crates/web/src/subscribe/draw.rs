//! How the pages of a subscription look: small, in six languages, without scripts.

use crate::form::Fields;
use crate::part::icon::icon;
use crate::shell;
use crate::url;
use axum::http::StatusCode;
use desk::Trouble;
use incident::RefusalKind;
use kernel::{ComponentId, Language, limits};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::status::components::Component;
use store::subscribers::{Subscriber, SubscriberKind};

/// The status page that somebody subscribes to.
pub(super) struct Page {
    /// What is read.
    pub(super) language: Language,
    /// Whose page it is.
    pub(super) site: String,
    /// Its address.
    pub(super) home: String,
    /// Whether everybody may read it.
    pub(super) public: bool,
}

impl Page {
    fn say(&self) -> locale::Subscribers {
        locale::subscribers(self.language)
    }

    fn show(&self, title: &str, body: Markup) -> Markup {
        let main = html! {
            header.p-top { a.p-brand href=(self.home) { b { (self.site) } } }
            main.p-main id="main" tabindex="-1" {
                (body)
                p { a.link href=(self.home) { (self.say().to_page()) } }
            }
        };
        shell::bare_page(self.language, title, "portal", main)
    }
}

/// What is wrong with what somebody entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Address,
    Program,
    Nothing,
    NoRoom,
    TooMany,
}

impl Wrong {
    /// What somebody is told of a trouble, and the status; `None` for what is no fault of theirs.
    pub(super) fn of(trouble: &Trouble, kind: SubscriberKind) -> Option<(StatusCode, Wrong)> {
        let invalid = StatusCode::UNPROCESSABLE_ENTITY;
        match trouble {
            Trouble::Throttled { .. } => Some((StatusCode::TOO_MANY_REQUESTS, Wrong::TooMany)),
            Trouble::Refused(refusal) => match (refusal.kind, refusal.field, kind) {
                (RefusalKind::Limit, _, _) => {
                    Some((StatusCode::SERVICE_UNAVAILABLE, Wrong::NoRoom))
                }
                (RefusalKind::Invalid, Some("components"), _) => Some((invalid, Wrong::Nothing)),
                (RefusalKind::Invalid, _, SubscriberKind::Mail) => Some((invalid, Wrong::Address)),
                (RefusalKind::Invalid, _, SubscriberKind::Webhook) => {
                    Some((invalid, Wrong::Program))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn words(self, language: Language) -> &'static str {
        let say = locale::subscribers(language);
        match self {
            Wrong::Address => say.wrong_address(),
            Wrong::Program => say.wrong_program(),
            Wrong::Nothing => say.choose_one(),
            Wrong::NoRoom => say.no_room(),
            Wrong::TooMany => say.too_many(),
        }
    }
}

/// The form as it is shown.
pub(super) struct Form<'a> {
    pub(super) fields: &'a Fields,
    pub(super) wrong: Option<Wrong>,
    /// Whether this instance sends mail.
    pub(super) mail: bool,
}

/// The form that asks.
pub(super) fn ask(page: &Page, form: &Form<'_>, all: &[Component]) -> Markup {
    let (say, language) = (page.say(), page.language);
    let Form { fields, wrong, mail } = form;
    let program = !mail || fields.get("kind") == Some("webhook");
    let everything = fields.text("everything") == "1";
    let chosen: BTreeSet<ComponentId> =
        fields.all("component").filter_map(|id| id.parse().ok()).collect();
    let body = html! {
        h1 { (say.subscribe_title()) }
        p { (say.subscribe_lead(&page.site)) }
        @if let Some(wrong) = wrong {
            p.banner.banner-crit role="alert" { (icon("alert")) span { (wrong.words(language)) } }
        }
        form.card.form method="post" action="/status/subscribe" { div.card-b.stack-l {
            @if *mail {
                div.field {
                    label.ck { input type="radio" name="kind" value="mail" checked[!program]; (say.by_mail()) }
                    label for="email" { (say.your_address()) }
                    input.inp id="email" name="email" type="email" autocomplete="email" inputmode="email"
                        maxlength=(limits::EMAIL_CHARS) value=(fields.text("email"))
                        aria-invalid=[(*wrong == Some(Wrong::Address)).then_some("true")];
                }
            }
            div.field {
                label.ck { input type="radio" name="kind" value="webhook" checked[program]; (say.by_program()) }
                label for="program" { (say.program_address()) }
                input.inp id="program" name="program" type="url" inputmode="url" autocomplete="off"
                    maxlength=(limits::WEBHOOK_URL_BYTES) value=(fields.text("program")) aria-describedby="program-h"
                    aria-invalid=[(*wrong == Some(Wrong::Program)).then_some("true")];
                p.hint id="program-h" { (say.program_hint()) }
            }
            (choice(page, everything, &chosen, all))
            div.field {
                label for="language" { (say.language_of_letters()) }
                select.inp id="language" name="language" {
                    @for one in Language::ALL {
                        option value=(one) lang=(one) selected[*one == language] { (one.name()) }
                    }
                }
            }
            div.btns { button.btn.btn-lg.btn-primary type="submit" { (say.subscribe_press()) } }
        } }
    };
    page.show(say.subscribe_title(), body)
}

fn choice(
    page: &Page,
    everything: bool,
    chosen: &BTreeSet<ComponentId>,
    all: &[Component],
) -> Markup {
    let say = page.say();
    html! {
        fieldset.field {
            legend { (say.about_what()) }
            label.ck { input type="radio" name="everything" value="1" checked[everything]; (say.everything()) }
            @if !all.is_empty() {
                label.ck { input type="radio" name="everything" value="0" checked[!everything]; (say.only_these()) }
                div.form-2 {
                    @for one in all {
                        label.ck { input type="checkbox" name="component" value=(one.id) checked[chosen.contains(&one.id)]; (one.name) }
                    }
                }
            }
        }
    }
}

/// That a letter is on its way, or a challenge, whatever is known of the address.
pub(super) fn sent(page: &Page, kind: SubscriberKind) -> Markup {
    let say = page.say();
    let (title, words) = match kind {
        SubscriberKind::Mail => (say.sent_title(), say.sent_words()),
        SubscriberKind::Webhook => (say.challenged_title(), say.challenged_words()),
    };
    told(page, title, words)
}

fn told(page: &Page, title: &str, words: &str) -> Markup {
    page.show(title, html! { h1 { (title) } p { (words) } })
}

/// The button that confirms.
pub(super) fn confirm(page: &Page, one: &Subscriber, token: &str) -> Markup {
    let say = page.say();
    let action = format!("/status/confirm/{}", url::encode(token));
    let words = say.confirm_words(&page.site, &one.address);
    page.show(say.confirm_title(), press(say.confirm_title(), &words, &action, say.confirm_press()))
}

fn press(title: &str, words: &str, action: &str, button: &str) -> Markup {
    html! {
        section.card.confirm aria-labelledby="ask" {
            h1 id="ask" { (title) }
            p { (words) }
            form method="post" action=(action) {
                button.btn.btn-lg.btn-primary type="submit" { (icon("check")) (button) }
            }
        }
    }
}

/// That it is confirmed.
pub(super) fn confirmed(page: &Page) -> Markup {
    let say = page.say();
    told(page, say.confirmed_title(), say.confirmed_words())
}

/// That a link leads nowhere.
pub(super) fn nowhere(page: &Page) -> Markup {
    let say = page.say();
    let body = html! {
        h1 { (say.nowhere_title()) }
        p { (say.nowhere_words()) }
        p { a.btn href="/status/subscribe" { (say.subscribe_title()) } }
    };
    page.show(say.nowhere_title(), body)
}

/// How somebody comes to the page of their subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Managed {
    Asked,
    Saved,
    NothingChosen,
}

/// What a subscriber hears of, to be changed.
pub(super) fn manage(
    page: &Page,
    one: &Subscriber,
    token: &str,
    all: &[Component],
    state: Managed,
) -> Markup {
    let say = page.say();
    let token = url::encode(token);
    let body = html! {
        h1 { (say.manage_title()) }
        p { (say.manage_words(&one.address)) }
        @match state {
            Managed::Asked => {}
            Managed::Saved => { p.banner.banner-good role="status" { (icon("check")) span { (say.saved()) } } }
            Managed::NothingChosen => { p.banner.banner-crit role="alert" { (icon("alert")) span { (say.choose_one()) } } }
        }
        form.card.form method="post" action={ "/status/subscriptions/" (token) } { div.card-b.stack-l {
            (choice(page, one.everything, &one.components, all))
            div.btns { button.btn.btn-primary type="submit" { (say.save_press()) } }
        } }
        p { a.link href={ "/status/unsubscribe/" (token) } { (say.end_link()) } }
    };
    page.show(say.manage_title(), body)
}

/// The button that ends a subscription.
pub(super) fn end(page: &Page, one: &Subscriber, token: &str) -> Markup {
    ask_to_end(page, &page.say().end_words(&one.address), token)
}

/// The button that takes an address off a list.
pub(super) fn leave(page: &Page, address: &str, token: &str) -> Markup {
    ask_to_end(page, &page.say().leave_words(address), token)
}

fn ask_to_end(page: &Page, words: &str, token: &str) -> Markup {
    let say = page.say();
    let action = format!("/status/unsubscribe/{}", url::encode(token));
    let title = say.end_title(&page.site);
    page.show(&title, press(&title, words, &action, say.end_press()))
}

/// That an address is on a list no more.
pub(super) fn left(page: &Page) -> Markup {
    let say = page.say();
    told(page, say.left_title(), say.left_words())
}

/// That there is no subscription.
pub(super) fn ended(page: &Page) -> Markup {
    let say = page.say();
    told(page, say.ended_title(), say.ended_words())
}
