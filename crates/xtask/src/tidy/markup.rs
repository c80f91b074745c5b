//! Pages carry no inline style, script or handler: the content policy would
//! block it, and the person would see a page that half works.

use super::File;
use crate::findings::Finding;
use crate::source::Source;

/// Written in templates as code (`style="…"`), or inside a string.
const IN_TEMPLATES: [&str; 5] = ["style=\"", "style=(", "style={", "style=[", "script {"];
const IN_STRINGS: [&str; 4] = [" style=", "<style", "<script>", "javascript:"];

pub(super) fn check(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    if file.is_test() || !file.is_in("crates/web/src/") {
        return;
    }
    let mut say = |line: usize, what: &str| {
        if !source.line_is_test(line) {
            let words = format!("{} is inline: use a class, an attribute or a module", what.trim());
            findings.push(Finding::at(&file.path, line, "inline", words));
        }
    };
    for (index, line) in source.code.lines().enumerate() {
        for what in IN_TEMPLATES.iter().filter(|what| begins_word(line, what)) {
            say(index + 1, what);
        }
        if let Some(handler) = handler(line) {
            say(index + 1, handler);
        }
    }
    for literal in &source.strings {
        for what in IN_STRINGS.iter().filter(|what| literal.text.contains(**what)) {
            say(literal.line, what);
        }
    }
}

fn begins_word(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-')
    })
}

/// An attribute such as `onclick="…"`.
fn handler(line: &str) -> Option<&str> {
    let mut words = line.split(|c: char| c.is_whitespace() || c == '{' || c == ';');
    words.find(|word| {
        word.strip_prefix("on").is_some_and(|rest| {
            rest.split_once("=\"").is_some_and(|(event, _)| {
                !event.is_empty() && event.chars().all(|c| c.is_ascii_lowercase())
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(code: &str) -> usize {
        let mut findings = Vec::new();
        check(&file("crates/web/src/page.rs", code), &Source::read(code), &mut findings);
        findings.len()
    }

    #[test]
    fn inline_style_script_and_handlers_are_found() {
        assert_eq!(found("html! { p style=\"color:red\" { } }"), 1);
        assert_eq!(found("html! { p style=(css) { } }"), 1);
        assert_eq!(found("html! { script { (code) } }"), 1);
        assert_eq!(found("html! { button onclick=\"go()\" { } }"), 1);
        assert_eq!(found("let x = \"<p style='x'>\";"), 1);
    }

    #[test]
    fn files_and_ordinary_code_pass() {
        assert_eq!(found("html! { script type=\"module\" src=\"/assets/app.js\" {} }"), 0);
        assert_eq!(found("let style = \"plain\";"), 0);
        assert_eq!(found("html! { rect data-style=\"x\" {} }"), 0);
        assert_eq!(found("// p style=\"x\"\n"), 0);
    }
}
