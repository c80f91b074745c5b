//! A runbook as steps that are ticked. It is text, and stays text: a step is ticked by a task of
//! the incident that is called as the step begins, so that steps need no events of their own.

use crate::models::same_task;
use kernel::limits::TITLE_CHARS;
use std::collections::BTreeMap;

/// Steps of one runbook that can be ticked: half of the tasks of an incident. What comes after is
/// part of the last.
pub const STEPS_MAX: usize = 100;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What its task is called: its first line, unlike that of every other step.
    pub title: String,
    /// What follows the first line, or the whole of it where the title is shortened.
    pub more: String,
}

/// A runbook cut into steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Runbook {
    /// What stands before the first step.
    pub before: String,
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

/// Reads the steps of a runbook. Where lines begin with a number or a dash, each such line begins
/// a step; else each paragraph is one, with the code that follows it.
pub fn read(text: &str) -> Runbook {
    let marked = cut(text, &|line: &str, _: bool| marker(line).is_some());
    let (before, pieces) = match marked.1.is_empty() {
        false => marked,
        true => cut(text, &|line: &str, after_gap: bool| {
            after_gap && !line.trim_start().starts_with("```")
        }),
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let steps = pieces.iter().filter_map(|piece| step(piece, &mut seen)).collect();
    Runbook { before: before.trim().to_owned(), steps }
}

/// What stands before the first line that begins a step, and the steps. Nothing begins inside of
/// code.
fn cut(text: &str, begins: &dyn Fn(&str, bool) -> bool) -> (String, Vec<String>) {
    let (mut before, mut pieces) = (String::new(), Vec::<String>::new());
    let (mut in_code, mut after_gap) = (false, true);
    for line in text.lines() {
        let line = line.trim_end();
        if !in_code && !line.is_empty() && pieces.len() < STEPS_MAX && begins(line, after_gap) {
            pieces.push(String::new());
        }
        let piece = pieces.last_mut().unwrap_or(&mut before);
        piece.push_str(line);
        piece.push('\n');
        in_code ^= line.trim_start().starts_with("```");
        after_gap = line.is_empty();
    }
    (before, pieces)
}

/// What follows "1.", "1)", "-", "*" or "- [ ]" at the beginning of a line.
fn marker(line: &str) -> Option<&str> {
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    let rest = match digits {
        0 => line.strip_prefix(['-', '*'])?,
        1..=3 => line[digits..].strip_prefix(['.', ')'])?,
        _ => return None,
    };
    let rest = rest.strip_prefix(' ')?.trim_start();
    let rest = ["[ ]", "[x]", "[X]"]
        .into_iter()
        .find_map(|boxed| rest.strip_prefix(boxed))
        .unwrap_or(rest);
    Some(rest.trim()).filter(|rest| !rest.is_empty())
}

fn step(piece: &str, seen: &mut BTreeMap<String, usize>) -> Option<Step> {
    let piece = piece.trim();
    let (first, rest) = piece.split_once('\n').unwrap_or((piece, ""));
    let first = marker(first).unwrap_or(first);
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return None;
    }
    let count = seen.entry(same_task(&line)).or_default();
    *count += 1;
    let mark = if *count > 1 { format!(" ({count})") } else { String::new() };
    let room = TITLE_CHARS - mark.chars().count();
    let (title, more) = match line.char_indices().nth(room) {
        None => (line, rest.trim_end().to_owned()),
        Some(_) => {
            let shown: String = line.chars().take(room - 1).collect();
            (format!("{}…", shown.trim_end()), format!("{first}\n{rest}").trim_end().to_owned())
        }
    };
    Some(Step { title: format!("{title}{mark}"), more })
}
