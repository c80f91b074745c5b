//! The feed as Atom (RFC 4287).

use super::Feed;
use super::xml::Xml;
use crate::view::View;

/// The Atom feed.
pub(crate) fn atom(view: &View) -> Vec<u8> {
    let (feed, mut xml) = (Feed::of(view), Xml::new());
    let (entries, clock) = (feed.entries(), &view.clock);
    xml.raw(&format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">",
        feed.language
    ));
    xml.element("id", &feed.name(&["feed"]));
    xml.element("title", &feed.title());
    xml.element("updated", &clock.rfc3339(feed.updated(&entries)));
    xml.link("link", " rel=\"self\" type=\"application/atom+xml\"", &view.url("history.atom"));
    xml.link("link", " rel=\"alternate\" type=\"text/html\"", &view.snapshot.site.url);
    xml.raw("<author>");
    xml.element("name", author(&view.snapshot.site.name));
    xml.raw("</author>");
    for entry in &entries {
        xml.raw("<entry>");
        xml.element("id", &entry.id);
        xml.element("title", &entry.title);
        xml.element("published", &clock.rfc3339(entry.published));
        xml.element("updated", &clock.rfc3339(entry.updated));
        xml.link("link", " rel=\"alternate\" type=\"text/html\"", &entry.link);
        xml.with("content", " type=\"html\"", &entry.content);
        xml.raw("</entry>");
    }
    xml.raw("</feed>");
    xml.finish()
}

/// A feed needs an author with a name.
fn author(name: &str) -> &str {
    if name.is_empty() { "Evenkeel" } else { name }
}
