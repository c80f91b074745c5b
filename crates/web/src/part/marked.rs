//! Text in which the words that were looked for are marked.

use desk::search::Marked;
use maud::{Markup, html};

/// The text, each hit in a `mark`.
pub(crate) fn marked(text: &Marked) -> Markup {
    html! {
        @for (piece, hit) in text.pieces() {
            @if hit { mark { (piece) } } @else { (piece) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_marked_and_signs_of_markup_are_text() {
        let text =
            Marked { text: "<b> VPN drops".to_owned(), marks: std::iter::once(4..7).collect() };
        assert_eq!(marked(&text).into_string(), "&lt;b&gt; <mark>VPN</mark> drops");
    }
}
