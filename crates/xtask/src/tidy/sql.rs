//! Only `store` speaks SQL.

use super::File;
use crate::findings::Finding;
use crate::source::Source;

pub(super) fn check(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    let exempt = ["crates/store/", "crates/xtask/"];
    if file.is_test() || exempt.iter().any(|folder| file.is_in(folder)) {
        return;
    }
    for literal in &source.strings {
        if !source.line_is_test(literal.line) && is_sql(&literal.text) {
            let words = "SQL belongs to crates/store: ask the store for what is needed";
            findings.push(Finding::at(&file.path, literal.line, "sql", words));
        }
    }
}

/// A guess that spares sentences: a statement is written wholly in small or wholly
/// in capital letters, at least in its first word.
fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(200).collect();
    let Some(first) = words.first() else {
        return false;
    };
    let shouted = first.chars().all(|c| c.is_ascii_uppercase());
    if !shouted && !first.chars().all(|c| c.is_ascii_lowercase()) {
        return false;
    }
    let has = |wanted: &str| words.iter().skip(1).any(|word| word.eq_ignore_ascii_case(wanted));
    let second = words.get(1).map_or(String::new(), |word| word.to_ascii_lowercase());
    match first.to_ascii_lowercase().as_str() {
        "select" => has("from") || second.contains('('),
        "insert" | "replace" => second == "into",
        "update" => has("set") && (has("where") || text.contains('=')),
        "delete" => second == "from",
        "create" | "drop" | "alter" => {
            ["table", "index", "unique", "trigger", "view", "sequence"].contains(&second.as_str())
        }
        "with" => has("select") && has("as"),
        "pragma" => words.len() > 1 && words.len() < 5,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(path: &str, code: &str) -> usize {
        let mut findings = Vec::new();
        check(&file(path, code), &Source::read(code), &mut findings);
        findings.len()
    }

    #[test]
    fn statements_are_recognised() {
        for statement in [
            "select number from incidents where id = $1",
            "SELECT count(*)",
            "insert into events (seq) values ($1)",
            "update incidents set state = $1 where number = $2",
            "delete from timers",
            "create table x (id integer)",
            "pragma synchronous = full",
            "with open as (select 1) select * from open",
        ] {
            assert!(is_sql(statement), "{statement}");
        }
    }

    #[test]
    fn sentences_are_not() {
        for sentence in [
            "Select a team from the list",
            "update the incident",
            "delete this view",
            "with a reason as the team wants it",
            "create an incident",
            "",
        ] {
            assert!(!is_sql(sentence), "{sentence}");
        }
    }

    #[test]
    fn the_store_and_tests_may_speak_it() {
        let code = "const A: &str = \"delete from timers\";\n";
        assert_eq!(found("crates/web/src/queue.rs", code), 1);
        assert_eq!(found("crates/store/src/sqlite.rs", code), 0);
        assert_eq!(found("crates/desk/tests/it/main.rs", code), 0);
        let in_module =
            "#[cfg(test)]\nmod tests {\n    const A: &str = \"delete from timers\";\n}\n";
        assert_eq!(found("crates/desk/src/feed.rs", in_module), 0);
    }
}
