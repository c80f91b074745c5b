//! Assets ask nothing of other hosts and carry no inline style.

use super::File;
use crate::findings::Finding;

const FOLDER: &str = "crates/web/assets/";

/// Addresses that are names, not requests.
const NAMES: [&str; 1] = ["http://www.w3.org/"];

pub(super) fn check(file: &File, findings: &mut Vec<Finding>) {
    let kinds = [".css", ".js", ".svg", ".html"];
    if !file.is_in(FOLDER) || !kinds.iter().any(|kind| file.path.ends_with(kind)) {
        return;
    }
    for (index, line) in file.text.lines().enumerate() {
        if asks_outside(line) {
            let words = "an address of another host: everything is served by Evenkeel itself";
            findings.push(Finding::at(&file.path, index + 1, "outside", words));
        }
        let is_markup = file.path.ends_with(".svg") || file.path.ends_with(".html");
        if is_markup && (line.contains(" style=") || line.contains("<script")) {
            let words = "inline style or script: use a class or an attribute";
            findings.push(Finding::at(&file.path, index + 1, "inline", words));
        }
    }
}

fn asks_outside(line: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        line.match_indices(scheme).any(|(at, _)| {
            let address = &line[at..];
            let host = address[scheme.len()..].chars().next();
            let has_host = host.is_some_and(|c| c.is_alphanumeric() || c == '[');
            has_host && !NAMES.iter().any(|name| address.starts_with(name))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let mut findings = Vec::new();
        check(&file(path, text), &mut findings);
        findings.len()
    }

    #[test]
    fn other_hosts_are_found() {
        let css = "@import url(https://fonts.example/x.css);";
        assert_eq!(found("crates/web/assets/css/app.css", css), 1);
        assert_eq!(found("crates/web/assets/app.js", "import 'http://cdn.example/a.js'"), 1);
        assert_eq!(found("docs/user.md", "https://elsewhere.example"), 0);
    }

    #[test]
    fn names_and_schemes_are_not_requests() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"\"/></svg>";
        assert_eq!(found("crates/web/assets/icons.svg", svg), 0);
        assert_eq!(found("crates/web/assets/a.js", "/^https?:\\/\\//.test(x)"), 0);
    }

    #[test]
    fn inline_style_in_a_picture_is_found() {
        assert_eq!(found("crates/web/assets/defs.svg", "<path style=\"fill:red\"/>"), 1);
    }
}
