//! What administrators are told of webhooks.

use crate::letter::{Letter, Piece, one_line};
use kernel::Language;
use store::directory::Person;

/// Webhooks that were switched off because nothing arrives: their names, and why.
pub(crate) fn off(person: &Person, public_url: &str, off: &[(String, String)]) -> Letter {
    let subject = match off {
        [(name, _)] => format!("Evenkeel: the webhook {} was switched off", one_line(name)),
        several => format!("Evenkeel: {} webhooks are switched off", several.len()),
    };
    let hello = format!("{}, what happens is not told any more to:", one_line(&person.name));
    let said = off.iter().map(|(name, why)| format!("{}: {}.", one_line(name), one_line(why)));
    let mut pieces = vec![Piece::Text(hello)];
    pieces.extend(said.map(Piece::Text));
    let next = "Once the other end is well, switch it on again; what it missed can be sent then.";
    pieces.push(Piece::Text(next.to_owned()));
    let address = format!("{public_url}/settings/webhooks");
    pieces.push(Piece::Links(vec![("Open the webhooks", address)]));
    let why = "You get this because you are an administrator.".to_owned();
    // The screens it leads to are in English.
    Letter { language: Language::En, subject, pieces, why }
}
