//! What somebody wrote, without what they quoted and without their signature. It is a
//! view: where it is not sure, it shows more.

mod heads;
mod separators;
mod signatures;
mod vocabulary;

pub(super) use separators::inner_sender;

use super::limits::FOLD_LINES;
use super::plain::says_something;

/// A line of text, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) mark: Mark,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Written by the sender, as far as is known.
    Own,
    /// Words of somebody else.
    Quote,
    /// Says whose words follow.
    Head,
    /// Behind the place where what is answered begins.
    Cut,
    /// A signature.
    Signature,
}

impl Line {
    /// A line of which nothing is known.
    pub(super) fn own(text: &str) -> Self {
        Line { text: text.to_owned(), mark: Mark::Own }
    }

    /// Whether nothing stands on it, quote marks apart.
    pub(super) fn is_blank(&self) -> bool {
        self.text.chars().all(|c| c == '>' || c.is_whitespace())
    }

    fn is_own(&self) -> bool {
        self.mark == Mark::Own
    }
}

/// What the sender wrote. What is forwarded is what they want to say: `forwards` keeps it.
pub(super) fn reply(mut lines: Vec<Line>, forwards: bool) -> String {
    if forwards {
        for line in &mut lines {
            if matches!(line.mark, Mark::Cut | Mark::Head) {
                line.mark = Mark::Own;
            }
        }
    }
    if lines.len() > FOLD_LINES {
        return joined(&lines, |_| true);
    }
    mark_quotes(&mut lines);
    let end = if forwards { None } else { separators::start_of_rest(&lines) };
    for line in lines.iter_mut().skip(end.unwrap_or(usize::MAX)) {
        line.mark = Mark::Cut;
    }
    if !forwards {
        heads::mark(&mut lines);
    }
    signatures::mark(&mut lines);
    let kept = joined(&lines, Line::is_own);
    if says_something(&kept) { kept } else { joined(&lines, |_| true) }
}

/// Those lines as text that are to be kept: without empty lines around, with at most two in
/// a row, and one where something was taken out.
pub(super) fn joined(lines: &[Line], keeps: impl Fn(&Line) -> bool) -> String {
    let mut text = String::new();
    let (mut blank, mut most) = (0, 2);
    for line in lines {
        let words = line.text.trim_end();
        if !keeps(line) {
            most = 1;
        } else if words.is_empty() {
            blank += 1;
        } else {
            if !text.is_empty() {
                text.push_str(&"\n".repeat(1 + blank.min(most)));
            }
            (blank, most) = (0, 2);
            text.push_str(words);
        }
    }
    text
}

/// Lines that begin with `>` are quoted; so are empty lines between them.
fn mark_quotes(lines: &mut [Line]) {
    for line in lines.iter_mut().filter(|line| line.is_own()) {
        let words = line.text.trim_start_matches(' ');
        if words.starts_with('>') && line.text.len() - words.len() <= 3 {
            line.mark = Mark::Quote;
        }
    }
    for at in 1..lines.len().saturating_sub(1) {
        let between = lines[at - 1].mark == Mark::Quote && lines[at + 1].mark == Mark::Quote;
        if lines[at].is_own() && lines[at].is_blank() && between {
            lines[at].mark = Mark::Quote;
        }
    }
}
