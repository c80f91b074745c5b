//! What is large, drawn without being copied again and again: memory that grows is copied at each
//! step, and what was drawn by itself is copied once more into what holds it. A page of an incident
//! is 250 kB, and each frame around it would copy it once more.

use maud::{Markup, PreEscaped, Render};
use std::sync::Arc;

/// Where something large goes that is put [`within`] when all around it is drawn. Words of people are
/// escaped, so none of them is taken for it.
pub(crate) const PLACE: PreEscaped<&str> = PreEscaped("<!--place-->");

/// Markup in pieces, put together once: when a page is whole.
#[derive(Debug, Default)]
pub(crate) struct Pieces(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    /// Drawn for this page.
    Drawn(String),
    /// Drawn for an earlier page, and kept.
    Kept(Arc<str>),
}

impl Piece {
    fn as_str(&self) -> &str {
        match self {
            Piece::Drawn(markup) => markup,
            Piece::Kept(markup) => markup,
        }
    }
}

impl Pieces {
    /// With something after it.
    #[must_use]
    pub(crate) fn then(mut self, more: impl Into<Pieces>) -> Pieces {
        self.0.extend(more.into().0);
        self
    }

    /// All of it, in memory of just that size.
    pub(crate) fn whole(self) -> Markup {
        let pieces: Vec<&str> = self.0.iter().map(Piece::as_str).collect();
        PreEscaped(pieces.concat())
    }
}

impl Render for Pieces {
    fn render_to(&self, into: &mut String) {
        self.0.iter().for_each(|piece| into.push_str(piece.as_str()));
    }
}

impl From<Markup> for Pieces {
    fn from(markup: Markup) -> Pieces {
        Pieces(vec![Piece::Drawn(markup.into_string())])
    }
}

impl From<Arc<str>> for Pieces {
    fn from(markup: Arc<str>) -> Pieces {
        Pieces(vec![Piece::Kept(markup)])
    }
}

/// What stands around [`PLACE`], with what goes there.
pub(crate) fn within(around: Markup, inner: impl Into<Pieces>) -> Pieces {
    fill(around, [inner.into()])
}

/// What stands around several [`PLACE`]s, with what goes to each, in their order.
pub(crate) fn fill<const N: usize>(around: Markup, inner: [Pieces; N]) -> Pieces {
    let around = around.into_string();
    let (mut all, mut rest) = (Pieces::default(), around.as_str());
    for inner in inner {
        let (before, after) = rest.split_once(PLACE.0).unwrap_or((rest, ""));
        all.0.push(Piece::Drawn(before.to_owned()));
        all = all.then(inner);
        rest = after;
    }
    all.0.push(Piece::Drawn(rest.to_owned()));
    all
}

/// Parts one after the other. They are drawn into the memory of what holds them, which is made large
/// enough at once: each takes about so many `bytes`.
pub(crate) fn many<T, F>(all: &[T], bytes: usize, draw: F) -> Many<'_, T, F>
where
    F: Fn(usize, &T) -> Markup,
{
    Many { all, bytes, draw }
}

/// See [`many`].
pub(crate) struct Many<'a, T, F> {
    all: &'a [T],
    bytes: usize,
    draw: F,
}

impl<T, F: Fn(usize, &T) -> Markup> Render for Many<'_, T, F> {
    fn render_to(&self, into: &mut String) {
        into.reserve(self.all.len() * self.bytes);
        for (at, one) in self.all.iter().enumerate() {
            into.push_str(&(self.draw)(at, one).0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    #[test]
    fn what_is_put_in_its_place_reads_as_if_it_had_been_drawn_there() {
        let rows = ["a<b", "c", "<!--place-->"];
        let list = html! { ul { (many(&rows, 8, |at, row| html! { li { (at) (row) } })) } };
        let page = within(html! { main { p { (rows[2]) } (PLACE) p { "end" } } }, list);
        let drawn = html! {
            main { p { (rows[2]) } ul { @for (at, row) in rows.iter().enumerate() { li { (at) (row) } } } p { "end" } }
        };
        assert_eq!(page.whole().into_string(), drawn.into_string());
    }

    #[test]
    fn each_place_is_filled_in_its_turn() {
        let kept: Arc<str> = Arc::from("<b>kept</b>");
        let frame = html! { p { (PLACE) } i { (PLACE) } (PLACE) };
        let page = fill(frame, [kept.into(), html! { "<!--place-->" }.into(), Pieces::default()]);
        let whole = page.then(html! { hr; }).whole().into_string();
        assert_eq!(whole, "<p><b>kept</b></p><i>&lt;!--place--&gt;</i><hr>");
    }
}
