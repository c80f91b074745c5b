//! What the words of a signal come to, so that others are seen without reading the old ones.

use crate::signal::Signal;

/// What a signal's words come to: in the upper half without their numbers, in the lower half with
/// them, FNV-1a each. Two that come to the same by chance cost one rewording that is not seen.
///
/// ```
/// use alert::{Signal, SignalStatus, digest, only_numbers_differ};
///
/// let of = |title: &str| digest(&Signal::new("disk", SignalStatus::Firing, title));
/// assert!(only_numbers_differ(of("Disk 91.5 % full"), of("Disk 92 % full")));
/// assert!(!only_numbers_differ(of("Disk 91.5 % full"), of("Disk is full")));
/// assert_ne!(of("Disk 91 % full"), of("Disk 92 % full"));
/// ```
pub fn digest(signal: &Signal) -> i64 {
    let (mut words, mut all) = (Fnv::new(), Fnv::new());
    let mut add = |text: &str| {
        let mut in_number = false;
        for byte in text.bytes().chain([END]) {
            all.add(byte);
            let is_number = byte.is_ascii_digit() || (in_number && matches!(byte, b'.' | b','));
            if !is_number {
                words.add(byte);
            } else if !in_number {
                words.add(b'0');
            }
            in_number = is_number;
        }
    };
    add(&signal.title);
    add(&signal.body);
    for (name, value) in &signal.labels {
        add(name);
        add(value);
    }
    for link in &signal.links {
        add(&link.href);
    }
    ((words.half() << 32) | all.half()).cast_signed()
}

/// What a telling is known by when it is sent twice, FNV-1a; `None` where its source names nothing.
pub(crate) fn once(signal: &Signal) -> Option<i64> {
    let text = signal.once.as_deref()?;
    let mut all = Fnv::new();
    text.bytes().for_each(|byte| all.add(byte));
    Some(all.0.cast_signed())
}

/// Whether the words behind two digests are the same but for numbers in them.
pub fn only_numbers_differ(one: i64, other: i64) -> bool {
    one.cast_unsigned() >> 32 == other.cast_unsigned() >> 32
}

/// No byte of UTF-8: where one text ends and the next begins counts.
const END: u8 = 0xff;

struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    /// Folded to 32 bits.
    fn half(&self) -> u64 {
        (self.0 >> 32) ^ (self.0 & 0xffff_ffff)
    }
}
