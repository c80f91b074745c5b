//! What is printed: results on standard output, everything else on standard error.

use crate::failed::Failed;
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Prints a line of the result. That nobody reads on (`| head`) is fine.
pub(crate) fn line(text: impl AsRef<str>) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failed::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file to standard output; never to somebody who would have to read it.
pub(crate) fn bytes(content: &[u8]) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        return Err(Failed::usage("that is a file for programs; send it to one: … > rows.parquet"));
    }
    match out.write_all(content).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failed::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints data for programs.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failed> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failed::new(format!("the result does not become JSON: {error}")))?;
    line(text)
}

/// Says something to the person at the terminal. That nobody hears it is fine.
pub(crate) fn say(text: impl AsRef<str>) {
    drop(writeln!(std::io::stderr(), "{}", text.as_ref()));
}

/// Prints columns under their headings, each as wide as it needs to be.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> Result<(), Failed> {
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let as_line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    line(as_line(&mut headings.iter().copied()))?;
    for row in rows {
        line(as_line(&mut row.iter().map(String::as_str)))?;
    }
    Ok(())
}
