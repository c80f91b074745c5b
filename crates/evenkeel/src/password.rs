//! Passwords: asked for on the terminal without showing them, read from standard
//! input, or drawn at random. Never an argument: those are seen by everybody on the
//! machine.

use crate::failed::Failed;
use console::Term;
use kernel::limits;
use std::io::{BufRead, IsTerminal, Read};

/// Letters and digits of a random password: 100 bits.
const RANDOM_DIGITS: usize = 25;
/// How many of them stand together.
const GROUP: usize = 5;
/// Bytes read of a line at most; a password is shorter.
const LINE_BYTES_MAX: u64 = 4 * limits::PASSWORD_MAX_CHARS as u64 + 2;

/// Asks for a new password on the terminal, or takes a line of standard input where
/// there is none.
pub(crate) fn ask(whose: &str) -> Result<String, Failed> {
    if !std::io::stdin().is_terminal() {
        return from_stdin();
    }
    let terminal = Term::stderr();
    if !terminal.is_term() {
        return Err(Failed::new(
            "there is no terminal to ask for the password; give it as a line of standard input",
        ));
    }
    let hidden = |prompt: &str| -> Result<String, Failed> {
        terminal
            .write_str(prompt)
            .and_then(|()| terminal.read_secure_line())
            .map_err(|error| Failed::new(format!("the password could not be read: {error}")))
    };
    let password = hidden(&format!("Password for {whose}: "))?;
    if hidden("Again: ")? != password {
        return Err(Failed::new("the two passwords differ; start again"));
    }
    Ok(password)
}

/// Takes the first line of standard input.
pub(crate) fn from_stdin() -> Result<String, Failed> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .take(LINE_BYTES_MAX)
        .read_line(&mut line)
        .map_err(|error| Failed::new(format!("standard input cannot be read: {error}")))?;
    match line.trim_end_matches(['\r', '\n']) {
        password if !password.is_empty() => Ok(password.to_owned()),
        _ => Err(Failed::new("there is no password on standard input; give it as the first line")),
    }
}

/// Draws a password that is easy to read out: small letters and digits in groups.
pub(crate) fn random() -> String {
    // Hex digits of a secret carry 4 bits each; two of them give one of these 32.
    const DIGITS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let hex = desk::secret("") + &desk::secret("");
    let byte = |pair: &[u8]| {
        std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let digits: Vec<char> = hex
        .as_bytes()
        .chunks_exact(2)
        .filter_map(byte)
        .map(|byte| char::from(DIGITS[usize::from(byte % 32)]))
        .take(RANDOM_DIGITS)
        .collect();
    digits.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_passwords_are_long_and_different() {
        let (one, two) = (random(), random());
        assert_ne!(one, two);
        assert_eq!(one.len(), RANDOM_DIGITS + 4);
        assert!(one.split('-').all(|group| group.len() == GROUP), "{one}");
    }
}
