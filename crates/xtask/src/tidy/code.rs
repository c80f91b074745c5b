//! What the shape of a Rust file says: nothing unfinished, nothing too long.

use super::File;
use crate::findings::Finding;
use crate::source::Source;

/// Longest file, in lines that are not tests. Longer ones have more than one
/// reason to change.
const FILE_LINES_MAX: usize = 500;

/// Calls that mark unfinished work.
const UNFINISHED: [&str; 3] = ["todo!", "unimplemented!", "dbg!"];

pub(super) fn check(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    for (index, line) in source.code.lines().enumerate() {
        for call in UNFINISHED {
            if calls(line, call) {
                let words = format!("{call} is unfinished work: finish it or take it out");
                findings.push(Finding::at(&file.path, index + 1, "unfinished", words));
            }
        }
    }
    let lines = source.product_lines();
    if !file.is_test() && lines > FILE_LINES_MAX {
        let words = format!(
            "{lines} lines without tests, at most {FILE_LINES_MAX}: cut it where its reasons to change differ"
        );
        findings.push(Finding::at(&file.path, 0, "length", words));
    }
}

fn calls(line: &str, call: &str) -> bool {
    line.match_indices(call).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(path: &str, code: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        check(&file(path, code), &Source::read(code), &mut findings);
        findings
    }

    #[test]
    fn unfinished_calls_are_found_in_code_alone() {
        let code = "fn a() { todo!() }\n// todo!()\nfn b() { my_todo!(\"todo!()\") }\n";
        let findings = found("crates/desk/src/lib.rs", code);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 1);
    }

    #[test]
    fn tests_do_not_count_towards_the_length() {
        let long = "fn a() {}\n".repeat(FILE_LINES_MAX + 1);
        assert_eq!(found("crates/desk/src/lib.rs", &long).len(), 1);
        assert!(found("crates/desk/tests/it/long.rs", &long).is_empty());
        let tests = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert!(found("crates/desk/src/lib.rs", &tests).is_empty());
    }
}
