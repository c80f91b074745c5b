//! The filter bar: the query as chips, or as text.

use crate::error::sentence;
use crate::part::icon::icon;
use crate::url;
use maud::{Markup, html};
use query::{ParseError, Query};

/// The filter bar of a view.
pub(crate) struct Bar<'a> {
    /// The query's text.
    pub(crate) text: &'a str,
    /// The query, or what is wrong with the text.
    pub(crate) parsed: Result<&'a Query, &'a ParseError>,
    /// The key of the view it began with.
    pub(crate) view: Option<&'a str>,
    /// Show it as text.
    pub(crate) as_text: bool,
}

impl Bar<'_> {
    /// The bar.
    pub(crate) fn show(&self) -> Markup {
        let as_text = self.as_text || self.parsed.is_err();
        html! {
            form class=(if as_text { "qbar as-text" } else { "qbar" }) id="filter" role="search" action=(url::QUEUE) method="get"
                aria-label="Filter this view" {
                // Enter presses the first button of a form: it must not be a chip's.
                button.vh type="submit" tabindex="-1" { "Apply filter" }
                (icon("filter"))
                @if let Some(view) = self.view { input type="hidden" name="view" value=(view); }
                input type="hidden" name="q" value=(if as_text { "" } else { self.text });
                @if let (Ok(query), false) = (self.parsed, as_text) { (chips(query)) }
                (self.input(as_text))
                @if !as_text { (self.as_text_link()) }
                div class="pop sug" id="filter-l" role="listbox" aria-label="Suggestions" hidden {}
            }
            @if let Err(error) = self.parsed { (self.wrong(error)) }
        }
    }

    fn input(&self, as_text: bool) -> Markup {
        let wrong = self.parsed.is_err();
        html! {
            input id="filter-in" name="add" type="text" value=[as_text.then_some(self.text)] aria-label=(if as_text { "Filter as text" } else { "Add a filter" })
                placeholder="Add filter: service, tag, due<2h…" data-suggest="/queue/suggest" role="combobox" aria-expanded="false"
                aria-controls="filter-l" aria-autocomplete="list" autocomplete="off" spellcheck="false" data-key="f" data-name="Filter"
                aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("filter-e")];
        }
    }

    fn as_text_link(&self) -> Markup {
        let view = self.view.map(|view| format!("&view={}", url::encode(view))).unwrap_or_default();
        html! {
            a class="btn btn-quiet btn-sm hide-s" data-as-text href={ (url::queue_of(self.text)) (view) "&edit=1" } { "Edit as text" }
        }
    }

    fn wrong(&self, error: &ParseError) -> Markup {
        html! {
            div.view-h {
            p.err id="filter-e" role="alert" {
                (icon("alert"))
                span {
                    (sentence(&error.message))
                    @if let Some(better) = error.suggestion.as_deref().and_then(|word| mended(self.text, error, word)) {
                        " " a.link href=(url::queue_of(&better)) { "Use " (better) }
                    }
                }
            }
            }
        }
    }
}

fn chips(query: &Query) -> Markup {
    html! {
        @for (at, chip) in query.chips().iter().enumerate() {
            span.qchip {
                span { @if chip.negated { "not " } i { (chip.field) } " " (chip.value) }
                button name="drop" value=(at) aria-label={ "Remove filter " (chip.field) } { (icon("x")) }
            }
        }
    }
}

/// The text with the wrong word replaced, if that is a query.
pub(crate) fn mended(text: &str, error: &ParseError, word: &str) -> Option<String> {
    let before: String = text.chars().take(error.position).collect();
    let after: String = text.chars().skip(error.position + error.length).collect();
    let better = format!("{before}{word}{after}");
    query::parse(&better).ok().map(|query| query.to_string())
}

/// The query's text after what the form sent: a further condition, or one less.
pub(crate) fn changed(text: &str, add: &str, drop: Option<usize>) -> String {
    let kept = match (drop, query::parse(text)) {
        (Some(at), Ok(query)) => {
            query.chips().get(at).map_or_else(|| text.to_owned(), |chip| chip.rest.clone())
        }
        _ => text.to_owned(),
    };
    let joined = format!("{kept} {add}");
    let joined = joined.trim();
    // What is no query stays as it was typed, to be mended.
    query::parse(joined).map_or_else(|_| joined.to_owned(), |query| query.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_come_and_go() {
        assert_eq!(changed("state:open", "due<2h", None), "state:open due<2h");
        assert_eq!(
            changed("state:open priority:P1 sort:number", "", Some(0)),
            "priority:P1 sort:number"
        );
        assert_eq!(changed("state:open", "", Some(9)), "state:open");
        assert_eq!(changed("state:open", "prioritty:P1", None), "state:open prioritty:P1");
        assert_eq!(changed("", "", None), "");
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_right() {
        let text = "state:open prioritty:P1";
        let error = query::parse(text).unwrap_err();
        let html =
            Bar { text, parsed: Err(&error), view: None, as_text: false }.show().into_string();
        assert!(
            html.contains("aria-invalid=\"true\"") && html.contains("Use state:open priority:P1"),
            "{html}"
        );
        assert!(html.contains("value=\"state:open prioritty:P1\""), "what was typed stays: {html}");
    }
}
