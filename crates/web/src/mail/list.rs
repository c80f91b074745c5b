//! The list of what came in, what waits for somebody first, and decisions about several.

use super::{Side, became, from, sides, state_words, subject};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult, sentence};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::{self, counted};
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use desk::{Incoming, LetIn, Trouble};
use kernel::limits;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};
use store::directory::integrations;
use store::messages::{self, Counts, MessageState, Raised};

/// Messages on one page.
const ROWS: usize = 50;

/// Which messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Of(MessageState),
    All,
}

impl Which {
    /// In the order in which they are offered: what waits for somebody comes first.
    const OFFERED: [Which; 5] = [
        Which::Of(MessageState::Quarantined),
        Which::All,
        Which::Of(MessageState::Done),
        Which::Of(MessageState::Waiting),
        Which::Of(MessageState::Dropped),
    ];

    fn named(word: Option<&str>) -> Which {
        match word {
            None => Which::Of(MessageState::Quarantined),
            Some(word) => word.parse().map_or(Which::All, Which::Of),
        }
    }

    fn state(self) -> Option<MessageState> {
        match self {
            Which::Of(state) => Some(state),
            Which::All => None,
        }
    }

    fn address(self) -> String {
        match self {
            Which::Of(MessageState::Quarantined) => url::MAIL.to_owned(),
            Which::Of(state) => format!("{}?state={state}", url::MAIL),
            Which::All => format!("{}?state=all", url::MAIL),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Which::All => "All",
            Which::Of(state) => state_words(state),
        }
    }
}

/// What the page shows.
struct Shown {
    which: Which,
    rows: Vec<Incoming>,
    more: bool,
    counts: Counts,
    alarms: Vec<Raised>,
    mailboxes: HashMap<kernel::IntegrationId, String>,
}

impl Shown {
    async fn load(
        app: &App,
        who: &SignedIn,
        which: Which,
        before: Option<i64>,
    ) -> PageResult<Shown> {
        let mut rows = app.desk.messages(who.viewer(), which.state(), before, ROWS + 1).await?;
        let alarms = app.desk.mail_alarms(who.viewer()).await?;
        let (counts, mailboxes) =
            app.desk.read(|sql| Ok((messages::counts(sql)?, integrations::list(sql)?))).await?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let mailboxes = mailboxes.into_iter().map(|one| (one.id, one.name)).collect();
        Ok(Shown { which, rows, more, counts, alarms, mailboxes })
    }
}

/// `GET /mail?state=&before=`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let before = fields.filled("before").and_then(|id| id.parse().ok());
    let shown = Shown::load(&app, &who, Which::named(fields.filled("state")), before).await?;
    let done = match fields.get("done") {
        Some("let-in") => Some("Let in. In a moment they are in incidents."),
        Some("deleted") => Some("Deleted."),
        _ => None,
    };
    let banner = html! {
        @if let Some(words) = done { p.banner.banner-good role="status" { (icon("check")) span { (words) } } }
    };
    Ok(page(&who, &shown, banner))
}

fn page(who: &SignedIn, shown: &Shown, banner: Markup) -> Markup {
    let quarantined = shown.counts.quarantined;
    let body = html! {
        (sides(who, Side::In, quarantined))
        (banner)
        (alarms(who, &shown.alarms))
        (filter(shown))
        @if shown.rows.is_empty() {
            (nothing(shown.which))
        } @else if decides(who) && shown.which == Which::Of(MessageState::Quarantined) {
            form.stack-l method="post" action="/mail/selected" {
                (table(who, shown, true))
                (decisions())
            }
        } @else {
            (table(who, shown, false))
        }
        @if shown.more && let Some(last) = shown.rows.last() {
            @let address = shown.which.address();
            @let joint = if address.contains('?') { '&' } else { '?' };
            p { a.btn rel="next" href={ (address) (joint) "before=" (last.message.id) } { "Older messages" } }
        }
    };
    let main = html! {
        div.page {
            div.page-h { div { h1 { "Incoming mail" } p { (lead(shown)) } } }
            div.stack-l { (body) }
        }
    };
    let page = Page::new(who, "Incoming mail").section(Section::Queue).crumb(url::QUEUE, "Queue");
    page.main_class("main main-canvas").show(main)
}

/// Whether they decide about mail.
pub(super) fn decides(who: &SignedIn) -> bool {
    who.viewer().works()
}

fn lead(shown: &Shown) -> Markup {
    let Counts { waiting, quarantined, .. } = shown.counts;
    html! {
        @match quarantined {
            0 => "Nothing waits for somebody.",
            1 => "1 waits for somebody.",
            many => { (many) " wait for somebody." }
        }
        @if waiting > 0 { " " (counted(waiting, "message")) " not understood yet." }
    }
}

fn alarms(who: &SignedIn, alarms: &[Raised]) -> Markup {
    html! {
        @for alarm in alarms {
            div.banner.banner-crit role="status" {
                (icon("alert"))
                div {
                    b { "Mail got out of hand" } " " (time::moment(alarm.at, &who.here)) ": " (alarm.about) ". "
                    a.link href=(url::incident(alarm.number)) { (alarm.number) } " tells more."
                }
            }
        }
    }
}

fn filter(shown: &Shown) -> Markup {
    html! {
        nav.seg.seg-w aria-label="Which messages" {
            @for which in Which::OFFERED {
                a href=(which.address()) aria-current=[(which == shown.which).then_some("page")] {
                    (which.words())
                    @if which == Which::Of(MessageState::Quarantined) { " " span.n { (shown.counts.quarantined) } }
                }
            }
        }
    }
}

fn nothing(which: Which) -> Markup {
    match which {
        Which::Of(MessageState::Quarantined) => empty(
            "Nothing is kept aside",
            "A message that nobody can be sure about waits here until somebody decides.",
            Some(("/mail?state=all", "See all that came in")),
        ),
        _ => empty("No messages", "What comes in by mail is listed here.", None),
    }
}

fn table(who: &SignedIn, shown: &Shown, selects: bool) -> Markup {
    html! {
        div.card { div.scroll-x tabindex="0" role="region" aria-label="Messages" { table.dt.mail-t {
            thead { tr {
                @if selects { th scope="col" { span.vh { "Select" } } }
                th scope="col" { "Message" } th scope="col" { "When" } th scope="col" { "Mailbox" }
                th scope="col" { "What became of it" } th scope="col" { "Why" }
            } }
            tbody { @for row in &shown.rows { (line(who, shown, row, selects)) } }
        } } }
    }
}

fn line(who: &SignedIn, shown: &Shown, row: &Incoming, selects: bool) -> Markup {
    let Incoming { message, restricted } = row;
    let mailbox = message.mailbox.and_then(|id| shown.mailboxes.get(&id));
    html! {
        tr {
            @if selects { td { @if !restricted {
                span.hit { input type="checkbox" name="id" value=(message.id) aria-label={ "Select “" (subject(message, *restricted)) "” from " (from(message)) }; }
                input type="hidden" name="shown" value=(message.id);
            } } }
            th scope="row" {
                a href=(url::mail(message.id)) { (subject(message, *restricted)) } br;
                span.meta { (from(message)) @if message.copies > 1 { ", came " (message.copies) " times" } }
            }
            td.nowrap { (time::moment(message.received_at, &who.here)) }
            td { (mailbox.map_or("–", String::as_str)) }
            td { (became(message, *restricted)) }
            td.mail-y { (message.reason.as_deref().map(sentence).unwrap_or_default()) }
        }
    }
}

/// What can be done with those that are selected.
fn decisions() -> Markup {
    html! {
        div.btns {
            label.ck { input type="checkbox" name="all" value="1"; "All on this page" }
            button.btn type="submit" name="do" value="release" { (icon("plus")) "Make incidents of them" }
            details.edit {
                summary.btn.btn-quiet.danger { (icon("trash")) "Delete" }
                div.ask {
                    p.hint { "What they say is erased and cannot be brought back. That they came stays on record." }
                    div { button.btn.btn-sm.btn-danger type="submit" name="do" value="delete" { "Delete those selected" } }
                }
            }
        }
    }
}

/// `POST /mail/selected`: each is decided on its own, and what was refused is said.
pub(super) async fn decide(
    State(app): State<App>,
    Staff(who): Staff,
    fields: Fields,
) -> PageResult {
    let field = if fields.ticked("all") { "shown" } else { "id" };
    let ids: BTreeSet<i64> = fields.all(field).filter_map(|id| id.parse().ok()).collect();
    let delete = match fields.get("do") {
        Some("delete") => true,
        Some("release") => false,
        _ => return Err(PageError::invalid("choose what to do with them")),
    };
    if ids.len() > limits::COMMANDS_PER_REQUEST {
        let most = limits::COMMANDS_PER_REQUEST;
        return Err(PageError::invalid(format!("select at most {most} messages at once")));
    }
    let (mut done, mut refused) = (0, vec![]);
    for id in &ids {
        let outcome = match delete {
            true => app.desk.erase_message(who.viewer(), *id).await,
            false => app.desk.let_message_in(who.viewer(), *id, LetIn::AsNew).await,
        };
        match outcome {
            Ok(()) => done += 1,
            Err(Trouble::Refused(refusal)) if decides(&who) => refused.push((*id, refusal.message)),
            Err(trouble) => return Err(trouble.into()),
        }
    }
    if done > 0 && refused.is_empty() {
        let what = if delete { "deleted" } else { "let-in" };
        return Ok(Redirect::to(&format!("{}?done={what}", url::MAIL)).into_response());
    }
    let which = Which::Of(MessageState::Quarantined);
    let shown = Shown::load(&app, &who, which, None).await?;
    Ok(page(&who, &shown, partly(delete, done, &refused)).into_response())
}

/// What was done, and what was not and why.
fn partly(delete: bool, done: i64, refused: &[(i64, String)]) -> Markup {
    html! {
        div.banner.banner-warn role="status" {
            (icon("alert"))
            div {
                @if done == 0 && refused.is_empty() { "Select the messages first." }
                @if done > 0 { (counted(done, "message")) @if delete { " deleted. " } @else { " let in. " } }
                @if !refused.is_empty() { b { (counted(refused.len() as i64, "message")) @if refused.len() == 1 { " was" } @else { " were" } " not." } }
                @for (id, words) in refused { br; a.link href=(url::mail(*id)) { "Message " (id) } ": " (sentence(words)) }
            }
        }
    }
}
