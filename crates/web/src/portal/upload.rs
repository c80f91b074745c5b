//! Choosing files to go with a form.

use crate::part::icon::icon;
use kernel::limits;
use locale::Portal;
use maud::{Markup, html};

/// Bytes of one request with files: a few large ones, or many small ones.
pub(super) const BODY_BYTES: usize = 5 * limits::ATTACHMENT_BYTES;

/// The list in which scripts show what was chosen. It is theirs: no patch empties it.
pub(super) fn chosen() -> Markup {
    html! { ul.atts id="files" data-keep {} }
}

/// The button that chooses files, and why those chosen before were not taken.
pub(super) fn chooser(say: Portal, error: Option<&str>) -> Markup {
    html! {
        label.btn.btn-quiet {
            (icon("photo")) (say.add_file())
            input.vh id="file" type="file" name="file" multiple data-files="#files" data-limit=(limits::ATTACHMENT_BYTES)
                aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| "file-e")];
        }
        @if let Some(error) = error { p.err id="file-e" { (icon("alert")) (error) } }
    }
}
