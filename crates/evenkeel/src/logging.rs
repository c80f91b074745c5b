//! Logs go to standard error, as lines for people or as JSON.

use crate::cli::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging. Only the first call in a process does something.
pub(crate) fn start(filter: &str, format: LogFormat) {
    let filter = EnvFilter::new(filter);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // They would be told to standard error, and panic when that is what is broken.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(started);
}

/// Refuses what is no filter, instead of logging nothing.
pub(crate) fn parse_filter(text: &str) -> Result<String, String> {
    // A word alone would be taken for a part of the program and not for a mistyped level.
    let is_level = |word: &str| {
        !word.is_empty() && word.parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
    };
    let understood = text.split(',').all(|part| part.contains(['=', '[']) || is_level(part.trim()));
    if understood && text.parse::<EnvFilter>().is_ok() {
        return Ok(text.to_owned());
    }
    Err("is not error, warn, info, debug, trace, off or a list such as `warn,desk=debug`"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse_filter;

    #[test]
    fn mistyped_levels_are_refused() {
        for good in ["info", "warn,desk=debug", "off", "store=trace"] {
            assert!(parse_filter(good).is_ok(), "{good}");
        }
        for bad in ["", "inof", "warn,dbg", "desk=loud"] {
            assert!(parse_filter(bad).is_err(), "{bad}");
        }
    }
}
