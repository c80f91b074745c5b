//! The feed as RSS 2.0.

use super::Feed;
use super::xml::{Xml, escaped};
use crate::view::View;
use kernel::Timestamp;

/// Minutes after which a reader looks again.
const MINUTES: &str = "5";

/// The RSS feed.
pub(crate) fn rss(view: &View) -> Vec<u8> {
    let (feed, mut xml) = (Feed::of(view), Xml::new());
    let entries = feed.entries();
    xml.raw("<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">");
    xml.raw("<channel>");
    xml.element("title", &feed.title());
    xml.element("link", &view.snapshot.site.url);
    xml.element("description", &feed.title());
    xml.element("language", feed.language.as_str());
    xml.element("lastBuildDate", &rfc822(feed.updated(&entries)));
    xml.element("ttl", MINUTES);
    xml.raw(&format!(
        "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>",
        escaped(&view.url("history.rss"))
    ));
    for entry in &entries {
        xml.raw("<item>");
        xml.element("title", &entry.title);
        xml.element("link", &entry.link);
        xml.with("guid", " isPermaLink=\"false\"", &entry.id);
        xml.element("pubDate", &rfc822(entry.published));
        xml.element("description", &entry.content);
        xml.raw("</item>");
    }
    xml.raw("</channel>");
    xml.raw("</rss>");
    xml.finish()
}

/// "Mon, 23 Nov 2026 12:12:00 +0000".
fn rfc822(at: Timestamp) -> String {
    at.to_jiff().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
