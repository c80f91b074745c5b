//! Choosing files to go with a form.

use crate::part::icon::icon;
use kernel::limits;
use maud::{Markup, html};

/// Bytes of one request with files: a few large ones, or many small ones.
pub(super) const BODY_BYTES: usize = 5 * limits::ATTACHMENT_BYTES;

/// The list in which scripts show what was chosen.
pub(super) fn chosen() -> Markup {
    html! { ul.atts id="files" {} }
}

/// The button that chooses files.
pub(super) fn chooser() -> Markup {
    html! {
        label.btn.btn-quiet {
            (icon("photo")) "Add a photo or a file"
            input.vh type="file" name="file" multiple data-files="#files" data-limit=(limits::ATTACHMENT_BYTES);
        }
    }
}
