//! What is large, drawn without being copied again and again: memory that grows is copied at each
//! step, and what was drawn by itself is copied once more into what holds it. A page of the queue
//! is 150 kB, and each frame around it would copy it twice.

use maud::{Markup, PreEscaped, Render};

/// Where something large goes that is put [`within`] when all around it is drawn. Words of people are
/// escaped, so none of them is taken for it.
pub(crate) const PLACE: PreEscaped<&str> = PreEscaped("<!--place-->");

/// What stands around [`PLACE`], with what goes there, in memory of just that size.
pub(crate) fn within(around: Markup, inner: &Markup) -> Markup {
    let around = around.into_string();
    let (before, after) = around.split_once(PLACE.0).unwrap_or((around.as_str(), ""));
    PreEscaped([before, inner.0.as_str(), after].concat())
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
        let page = within(html! { main { p { (rows[2]) } (PLACE) p { "end" } } }, &list);
        let drawn = html! {
            main { p { (rows[2]) } ul { @for (at, row) in rows.iter().enumerate() { li { (at) (row) } } } p { "end" } }
        };
        assert_eq!(page.into_string(), drawn.into_string());
    }
}
