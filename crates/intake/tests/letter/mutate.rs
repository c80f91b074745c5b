//! Messages taken apart and put together again in ways nobody would.

use crate::corpus;

/// Numbers that follow from a seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one, which is not nought.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap_or(0)
    }

    fn of<'a, T: ?Sized>(&mut self, words: &[&'a T]) -> &'a T {
        words[self.below(words.len())]
    }
}

/// What matters to a reader of mail, to be put anywhere.
const WORDS: [&str; 72] = [
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\n\n",
    "\r\n\r\n",
    ":",
    ";",
    "\"",
    "\\",
    "<",
    ">",
    "(",
    ")",
    ",",
    "@",
    "=",
    "=?",
    "?=",
    "=?utf-8?B?",
    "=?utf-8?Q?=",
    "--",
    "--=_b\r\n",
    "--=_b--\r\n",
    "--alt\r\n",
    "\r\n ",
    "\r\n\t",
    "=\r\n",
    "=0",
    "%",
    "''",
    "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n",
    "Content-Type: multipart/alternative; boundary=alt\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Type: text/html; charset=utf-16\r\n\r\n",
    "Content-Transfer-Encoding: base64\r\n\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
    "Content-Type: message/delivery-status\r\n\r\n",
    "Content-Disposition: attachment; filename*0*=utf-7''",
    "filename*1=",
    "charset=iso-2022-jp",
    "charset=utf-7",
    "charset=hz-gb-2312",
    "format=flowed; delsp=yes",
    "From: ",
    "Subject: Fwd: ",
    "References: <",
    "Authentication-Results: x; spf=",
    "\u{202e}",
    "\u{fdd0}",
    "\u{feff}",
    "ß",
    "İ",
    "<blockquote>",
    "</blockquote>",
    "<div class=gmail_attr>",
    "<div id=appendonsend>",
    "<table><tr><td>",
    "<a href=\"",
    "<!--",
    "-->",
    "<script>",
    "&#",
    "&amp",
    "&NotEqualTilde;",
    "<p style='display:none'>",
    "</td>",
    "<li>",
    "> ",
    "On 1 1 2026 a@b wrote:",
    "-- \n",
    "-----Original Message-----\n",
];

/// A message made of those of the corpus, with something wrong in it.
pub fn message(dice: &mut Dice, seeds: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let mut raw = seeds[dice.below(seeds.len())].1.clone();
    for _ in 0..=dice.below(6) {
        raw = once(dice, raw, seeds);
        raw.truncate(200_000);
    }
    raw
}

fn once(dice: &mut Dice, mut raw: Vec<u8>, seeds: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let len = raw.len();
    let (a, b) = (dice.below(len + 1), dice.below(len + 1));
    let (a, b) = (a.min(b), a.max(b));
    match dice.below(11) {
        0 => raw.truncate(a),
        1 if len > 0 => raw[a.min(len - 1)] ^= 1 << dice.below(8),
        2 if len > 0 => raw[a.min(len - 1)] = u8::try_from(dice.below(256)).unwrap_or(0),
        3 => drop(raw.drain(a..b)),
        4 => {
            let piece = raw[a..b].to_vec();
            let at = dice.below(len + 1);
            raw.splice(at..at, piece);
        }
        5 => {
            let other = &seeds[dice.below(seeds.len())].1;
            let from = dice.below(other.len() + 1);
            raw.truncate(a);
            raw.extend_from_slice(&other[from..]);
        }
        6 => {
            let lines: Vec<&[u8]> = raw.split_inclusive(|byte| *byte == b'\n').collect();
            let line =
                if lines.is_empty() { Vec::new() } else { lines[dice.below(lines.len())].to_vec() };
            raw.splice(a..a, line.repeat(1 + dice.below(50)));
        }
        7 => {
            let inner = String::from_utf8_lossy(&raw).into_owned();
            let kind = dice.of(&[
                "message/rfc822",
                "multipart/mixed; boundary=\"=_b\"",
                "text/html",
                "message/delivery-status",
            ]);
            let outer = dice.of(&["mixed", "alternative", "related", "signed", "report", "digest"]);
            raw = corpus::parts(
                outer,
                &[(&format!("Content-Type: {kind}"), &inner), ("Content-Type: text/plain", "end")],
            );
        }
        8 => {
            let word = dice.of(&WORDS);
            raw.splice(a..a, word.repeat(1 + dice.below(3) * dice.below(40)).into_bytes());
        }
        9 => raw.retain(|byte| *byte != b'\r'),
        _ => {
            let word = dice.of(&WORDS);
            raw.splice(a..a, word.bytes());
        }
    }
    raw
}
