//! `evenkeel evaluate`: how good is what is learned and ranked, on a file of one's own.
//!
//! It uses the same code as the product (`insight`), needs no database, and prints the simple
//! methods beside it, since a figure alone tells nothing.

mod duplicates;
mod log;
mod remaining;
mod routing;
mod simple;
mod table;

use crate::cli::EvaluateCommand;
use crate::failed::Failed;
use crate::instance;

/// Measures.
pub(crate) async fn run(command: &EvaluateCommand) -> Result<(), Failed> {
    match command {
        EvaluateCommand::Routing(args) => {
            let args = args.clone();
            instance::blocking(move || routing::run(&args)).await
        }
        EvaluateCommand::Duplicates(args) => {
            let args = args.clone();
            instance::blocking(move || duplicates::run(&args)).await
        }
        EvaluateCommand::Remaining(args) => {
            let args = args.clone();
            instance::blocking(move || remaining::run(&args)).await
        }
    }
}

/// A part of one as people read it in such tables: ".824".
fn figure(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix('0').map(str::to_owned).unwrap_or(text)
}

/// A part of one in per cent.
fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!([figure(0.8239), figure(1.0), figure(0.0)], [".824", "1.000", ".000"]);
        assert_eq!(percent(0.715), "72 %");
    }
}
