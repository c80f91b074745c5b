//! Requests taken apart and put together again in ways nobody would.

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
}

/// What matters to a reader, to be put anywhere.
const WORDS: [&str; 56] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\udc00\\ud83d",
    "null",
    "true",
    "-0",
    "1e999",
    "123456789012345678901234567890",
    "0.1e-400",
    "\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "{}",
    "[]",
    "[[[[",
    "\"\"",
    "\"a\":",
    "\"alerts\":",
    "\"alerts\":[{}]",
    "\"labels\":{\"a\":{\"b\":1}},",
    "\"startsAt\":\"9999-12-31T23:59:59Z\",",
    "\"startsAt\":0,",
    "\"endsAt\":\"1970-01-01T00:00:00Z\",",
    "\"status\":[\"firing\"],",
    "\"fingerprint\":\"\",",
    "\"fingerprint\":null,",
    "\"payload\":7,",
    "\"event_action\":\"resolve\",",
    "\"dedup_key\":\"\",",
    "\"severity\":\"\",",
    "\"priority\":\"P9\",",
    "\"specversion\":\"1.0\",",
    "\"data\":",
    "\"heartbeat\":{\"status\":9},",
    "\"tags\":[[1,[2]]],",
    "\"message\":\"\",",
    "\"Message\":\"{\\\"AlarmName\\\":\\\"x\\\"}\",",
    "\"SubscribeURL\":\"http://x\",",
    "{{ a ?? b }}",
    "match a { 'x' => ",
    "(((((((((((((((((((((",
    "status:open AND (",
    "&a=%",
    "%ff",
    "2026-02-30T25:61:00Z",
    "9999999999999",
];

/// A body made of these, with something wrong in it.
pub fn body(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut raw = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        raw = once(dice, raw, seeds);
        raw.truncate(100_000);
    }
    raw
}

fn once(dice: &mut Dice, mut raw: Vec<u8>, seeds: &[Vec<u8>]) -> Vec<u8> {
    let len = raw.len();
    let (a, b) = (dice.below(len + 1), dice.below(len + 1));
    let (a, b) = (a.min(b), a.max(b));
    let word = WORDS[dice.below(WORDS.len())].as_bytes();
    match dice.below(12) {
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
            let other = &seeds[dice.below(seeds.len())];
            raw.truncate(a);
            raw.extend_from_slice(&other[dice.below(other.len() + 1)..]);
        }
        6 => {
            let times = 1 + dice.below(3) * dice.below(3_000);
            raw.splice(a..a, word.repeat(times));
        }
        7 => value(dice, &mut raw, word),
        8 => field(dice, &mut raw, word),
        9 => {
            let deep = 1 + dice.below(2_000);
            raw = [b"[".repeat(deep), raw, b"]".repeat(deep)].concat();
        }
        10 => {
            let copies = 1 + dice.below(20);
            raw = [b"[", vec![raw; copies].join(&b","[..]).as_slice(), b"]"].concat();
        }
        _ => drop(raw.splice(a..a, word.iter().copied())),
    }
    raw
}

/// Puts another value where one begins.
fn value(dice: &mut Dice, raw: &mut Vec<u8>, word: &[u8]) {
    let colons: Vec<usize> = (0..raw.len()).filter(|at| raw[*at] == b':').collect();
    if colons.is_empty() {
        return;
    }
    let at = colons[dice.below(colons.len())] + 1;
    let rest = &raw[at..];
    let end = rest.iter().position(|byte| b",}".contains(byte)).unwrap_or(rest.len());
    raw.splice(at..at + end, word.iter().copied());
}

/// Puts another field, perhaps a second one of its name, at the beginning of an object.
fn field(dice: &mut Dice, raw: &mut Vec<u8>, word: &[u8]) {
    let open: Vec<usize> = (0..raw.len()).filter(|at| raw[*at] == b'{').collect();
    if let Some(at) = open.get(dice.below(open.len())) {
        raw.splice(at + 1..at + 1, word.iter().copied());
    }
}
