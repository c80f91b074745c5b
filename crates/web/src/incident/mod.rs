//! The incident's page and everything done on it; the form of a new incident.

mod alerts;
pub(crate) mod attachments;
mod case;
mod causes;
mod clocks;
mod closure;
mod commands;
mod comments;
mod composer;
mod dialogs;
mod drafts;
mod drawn;
mod expected;
mod explained;
mod former;
mod head;
mod known;
mod macros;
mod major;
mod named;
mod new;
mod numbers;
mod page;
mod pager;
mod paging;
mod panel;
mod parse;
mod patches;
mod phase;
mod readers;
mod record;
mod refused;
mod runbook;
mod similar;
mod spent;
mod suggested;
mod timeline;
mod timelines;
mod view;
mod words;
mod workaround;

pub(crate) use case::by_role_and_teams;
pub(crate) use commands::once;
pub(crate) use drawn::Drawn;
pub(crate) use head::presence_patches;
pub(crate) use major::{leads, live_patches as room_patches};
pub(crate) use patches::live_patches;
pub(crate) use record::{Line, record};
pub(crate) use suggested::per_cent;
pub(crate) use timelines::Timelines;
pub(crate) use view::class_of;
pub(crate) use words::{prose, short};

use crate::app::App;
use crate::route::{get, post, put};
use axum::Router;
use axum::extract::DefaultBodyLimit;

/// Bytes of a comment with its files.
const WITH_FILES_BYTES: usize = 8 * kernel::limits::ATTACHMENT_BYTES + 1_048_576;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/incidents/new",
            get(new::show).merge(post(new::post)).layer(DefaultBodyLimit::max(WITH_FILES_BYTES)),
        )
        .route("/incidents/new/fill", post(new::fill))
        .route("/incidents/new/suggest", post(suggested::while_typing))
        .route("/incidents/new/callers", get(new::callers))
        .route("/incidents/new/caller", get(new::caller))
        .route("/incidents/new/services", get(new::services))
        .route("/incidents/new/service", get(new::service))
        .route("/incidents/new/alike", post(new::alike))
        .route("/incidents/{number}", get(page::show))
        .route("/incidents/{number}/similar", get(similar::show).merge(post(similar::say)))
        .route(
            "/incidents/{number}/comments",
            post(comments::post).layer(DefaultBodyLimit::max(WITH_FILES_BYTES)),
        )
        .route("/incidents/{number}/drafts/{mode}", put(drafts::put))
        .route("/incidents/{number}/presence", post(drafts::presence))
        .route("/incidents/{number}/attention/forget", post(spent::forget))
        .route("/incidents/{number}/runbook", post(runbook::tick))
        .route("/incidents/{number}/macros", get(macros::list))
        .route("/incidents/{number}/numbers", get(numbers::show))
        .route("/incidents/{number}/macros/{id}", get(macros::take))
        .route("/incidents/{number}/{command}", get(commands::page).merge(post(commands::post)))
        .route(
            "/incidents/{number}/workaround/{problem}",
            get(workaround::show).merge(post(workaround::apply)),
        )
        .route("/incidents/{number}/article", post(workaround::article))
        .route("/incidents/{number}/suggestions/{field}/{what}", post(suggested::post))
        .route("/incidents/{number}/causes", get(causes::show).merge(post(causes::judge)))
        .route("/incidents/{number}/causes/link", post(causes::link))
        .route("/incidents/{number}/major", get(major::show))
        .route("/incidents/{number}/major/preview", post(major::preview))
        .route("/attachments/{id}", get(attachments::download))
}
