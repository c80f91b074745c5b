//! The line above a quote that says whose words it is: *On Monday Jane wrote:*

use super::vocabulary::{WROTE, WROTE_STARTS};
use super::{Line, Mark};

/// Lines over which such a line may be broken.
const HEAD_LINES: usize = 4;
/// Characters of all of it.
const HEAD_CHARS: usize = 500;

/// Marks the lines above quotes; and everything below such a line that is followed by no
/// quote at all, because some programs quote without marks.
pub(super) fn mark(lines: &mut [Line]) {
    let starts: Vec<usize> = (1..lines.len())
        .filter(|at| is_foreign(&lines[*at]) && !is_foreign(&lines[*at - 1]))
        .collect();
    for start in starts {
        mark_above(lines, start);
    }
    if let Some(from) = unmarked_quote(lines) {
        for line in lines.iter_mut().skip(from).filter(|line| line.is_own()) {
            line.mark = Mark::Cut;
        }
    }
}

fn is_foreign(line: &Line) -> bool {
    matches!(line.mark, Mark::Quote | Mark::Cut)
}

/// Marks what stands directly above a quote and says whose it is.
fn mark_above(lines: &mut [Line], start: usize) {
    let mut end = start;
    while end > 0
        && start - end < HEAD_LINES
        && lines[end - 1].is_own()
        && lines[end - 1].is_blank()
    {
        end -= 1;
    }
    let mut words = String::new();
    let mut head: Option<usize> = None;
    let mut whole = false;
    for from in (end.saturating_sub(HEAD_LINES)..end).rev() {
        if !lines[from].is_own() || lines[from].is_blank() {
            break;
        }
        let line = lines[from].text.trim();
        let torn = !is_closed(&words);
        words = format!("{line} {words}");
        if words.len() > HEAD_CHARS {
            break;
        }
        if !is_head(&words) {
            continue;
        }
        // Torn apart, it begins some lines above.
        let begins = begins_head(line);
        let may_go_on = line.contains('@') || !line.ends_with(['.', '!', '?', ':']);
        let goes_on = may_go_on && is_closed(&words) && (torn || (!whole && is_whole(&words)));
        if begins || head.is_none() || goes_on {
            head = Some(from);
            whole = is_whole(&words);
        }
        if begins {
            break;
        }
    }
    if let Some(from) = head {
        lines[from..start].iter_mut().for_each(|line| line.mark = Mark::Head);
    }
}

fn begins_head(line: &str) -> bool {
    let lower = line.trim_start().to_lowercase();
    has_date(line) && WROTE_STARTS.iter().any(|start| lower.starts_with(start))
}

/// Whether it says who wrote when or from where.
fn is_whole(words: &str) -> bool {
    is_closed(words) && says_wrote(words) && (words.contains('@') || has_date(words))
}

/// Whether no address in it began above.
fn is_closed(words: &str) -> bool {
    words.matches('<').count() >= words.matches('>').count()
}

/// Where a line says that somebody wrote, and what follows is not marked as a quote.
fn unmarked_quote(lines: &[Line]) -> Option<usize> {
    for at in 0..lines.len() {
        if !lines[at].is_own() || lines[at].is_blank() {
            continue;
        }
        if names_writer(&lines[at].text) {
            return Some(at);
        }
        let lower = lines[at].text.trim_start().to_lowercase();
        if !WROTE_STARTS.iter().any(|start| lower.starts_with(start)) {
            continue;
        }
        let mut words = String::new();
        for line in lines[at..].iter().take(HEAD_LINES) {
            if !line.is_own() || line.is_blank() {
                break;
            }
            words = format!("{words} {}", line.text.trim());
            if words.len() > HEAD_CHARS {
                break;
            }
            let named = words.contains('@') || has_year(&words);
            let ends = ends_open(&words) || (words.contains("> ") && ends_wrote(&words));
            if ends && named && has_date(&words) && says_wrote(&words) {
                return Some(at);
            }
        }
    }
    None
}

/// Whether a line can be nothing but the line above a quote: an address in brackets that
/// wrote, or a day and a time before it.
fn names_writer(line: &str) -> bool {
    let line = line.trim();
    let Some((before, behind)) = line.split_once('<') else { return false };
    let has_address = behind.split_once('>').is_some_and(|(inside, _)| inside.contains('@'));
    if !has_address || !ends_open(line) || line.len() > HEAD_CHARS {
        return false;
    }
    says_wrote(line) || (line.ends_with(">:") && has_year(before) && has_time(before))
}

/// Whether these words, which stand above a quote, say whose it is.
fn is_head(words: &str) -> bool {
    let words = words.trim();
    if !ends_open(words) && !says_wrote(words) {
        return false;
    }
    let named = words.contains('@') || has_date(words);
    (says_wrote(words) && (named || words.len() < 120)) || (ends_open(words) && named)
}

fn ends_open(words: &str) -> bool {
    words.trim_end().ends_with([':', '：', '︰'])
}

pub(super) fn says_wrote(words: &str) -> bool {
    let lower = words.to_lowercase();
    WROTE.iter().any(|wrote| {
        lower.match_indices(wrote).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let after = lower[at + wrote.len()..].chars().next();
            let is_free =
                |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic()) || !wrote.is_ascii();
            is_free(before) && is_free(after)
        })
    })
}

fn ends_wrote(words: &str) -> bool {
    let lower = words.trim_end().to_lowercase();
    WROTE.iter().any(|wrote| lower.ends_with(&format!(" {wrote}")))
}

/// A day and a time, or a day and a year: two numbers at least.
pub(super) fn has_date(words: &str) -> bool {
    words.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).count() >= 2
}

fn has_year(words: &str) -> bool {
    words
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")))
}

fn has_time(words: &str) -> bool {
    words.split_whitespace().any(|word| {
        let word = word.trim_end_matches(',');
        word.split_once([':', '.']).is_some_and(|(hours, minutes)| {
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            matches!(hours.len(), 1 | 2)
                && minutes.len() == 2
                && is_number(hours)
                && is_number(minutes)
        })
    })
}
