//! What is large, drawn without being copied again and again: memory that grows is copied at each
//! step, and what was drawn by itself is copied once more into what holds it. A page of an incident
//! is 250 kB, and each frame around it would copy it once more.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use maud::{Markup, PreEscaped, Render};
use std::convert::Infallible;
use std::sync::Arc;

/// Where something large goes that is put [`within`] when all around it is drawn. Words of people are
/// escaped, so none of them is taken for it.
pub(crate) const PLACE: PreEscaped<&str> = PreEscaped("<!--place-->");

/// Markup in pieces: put together once, when a page is whole, or sent one after the other.
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

impl IntoResponse for Pieces {
    /// What was kept is sent from where it is kept.
    fn into_response(self) -> Response {
        let length: usize = self.0.iter().map(|piece| piece.as_str().len()).sum();
        let pieces = self.0.into_iter().filter(|piece| !piece.as_str().is_empty());
        let pieces = pieces.map(|piece| Ok::<Bytes, Infallible>(piece.into()));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_LENGTH, HeaderValue::from(length)),
        ];
        (headers, Body::from_stream(stream::iter(pieces))).into_response()
    }
}

impl From<Piece> for Bytes {
    fn from(piece: Piece) -> Bytes {
        match piece {
            Piece::Drawn(markup) => Bytes::from(markup),
            Piece::Kept(markup) => Bytes::from_owner(Shared(markup)),
        }
    }
}

struct Shared(Arc<str>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
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

    #[tokio::test]
    async fn what_is_sent_piece_by_piece_is_the_whole() {
        let kept: Arc<str> = Arc::from("<b>kept</b>");
        let page =
            || fill(html! { p { (PLACE) } (PLACE) }, [kept.clone().into(), Pieces::default()]);
        let response = page().into_response();
        let length = response.headers()[header::CONTENT_LENGTH].to_str().unwrap().to_owned();
        let sent = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        assert_eq!(sent, page().whole().into_string());
        assert_eq!(length, sent.len().to_string());
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
