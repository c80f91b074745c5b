//! Long work shows how far it is, on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// How often a line is drawn anew.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// A bar of known length on standard error; nothing where that is no terminal.
pub(crate) fn bar(doing: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent:>3} % {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    let bar = ProgressBar::new(length).with_style(style).with_message(doing);
    bar.enable_steady_tick(DRAW_EVERY);
    bar
}

/// A sign of life for work of unknown length.
pub(crate) fn spinner(doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(doing);
    bar.enable_steady_tick(DRAW_EVERY);
    bar
}
