//! Where a message ends: at a dot that stands alone between CRLF and CRLF, and nowhere else.
//! Whoever took less for the end would let a second message be smuggled in behind the first.

/// Takes the text of a message; dots that were doubled on the way are single again.
#[derive(Default)]
pub(super) struct Undotted(Place);

/// Where in the text it is.
#[derive(Clone, Copy, Default)]
enum Place {
    /// At the beginning of a line, which the beginning of the text is.
    #[default]
    Start,
    /// Behind a dot at the beginning of a line, which is not passed on.
    Dot,
    /// Behind a CR after such a dot, which is not passed on yet.
    DotCr,
    /// Behind another CR.
    Cr,
    /// Within a line.
    Within,
}

impl Undotted {
    /// Adds what of these bytes belongs to the text: how many were taken, and whether the
    /// text has ended.
    pub(super) fn take(&mut self, bytes: &[u8], text: &mut Vec<u8>) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if let Place::Within = self.0 {
                let rest = &bytes[at..];
                let length = rest.iter().position(|byte| *byte == b'\r').unwrap_or(rest.len());
                text.extend_from_slice(&rest[..length]);
                at += length;
                if length == rest.len() {
                    break;
                }
            }
            let byte = bytes[at];
            at += 1;
            if self.next(byte, text) {
                return (at, true);
            }
        }
        (at, false)
    }

    fn next(&mut self, byte: u8, text: &mut Vec<u8>) -> bool {
        self.0 = match (self.0, byte) {
            (Place::Start, b'.') => Place::Dot,
            (Place::Dot, b'\r') => Place::DotCr,
            (Place::DotCr, b'\n') => return true,
            (place, _) => {
                if let Place::DotCr = place {
                    text.push(b'\r');
                }
                text.push(byte);
                match (place, byte) {
                    (_, b'\r') => Place::Cr,
                    (Place::Cr, b'\n') => Place::Start,
                    _ => Place::Within,
                }
            }
        };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As a sender doubles dots at the beginning of lines, and ends the text.
    fn sent(text: &[u8]) -> Vec<u8> {
        let mut sent = vec![];
        let mut line_starts = true;
        for (at, byte) in text.iter().enumerate() {
            if line_starts && *byte == b'.' {
                sent.push(b'.');
            }
            sent.push(*byte);
            line_starts = *byte == b'\n' && at > 0 && text[at - 1] == b'\r';
        }
        sent.extend_from_slice(b".\r\n");
        sent
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let bytes = prop_oneof![Just(b'.'), Just(b'\r'), Just(b'\n'), Just(b'a'), any::<u8>()];
        proptest::collection::vec(bytes, 0..60).prop_map(|mut text| {
            if !text.is_empty() {
                text.extend_from_slice(b"\r\n");
            }
            text
        })
    }

    proptest! {
        #[test]
        fn what_was_sent_comes_out_however_it_is_cut(
            text in text(),
            behind in proptest::collection::vec(any::<u8>(), 0..9),
            cut in 1_usize..70,
        ) {
            let mut bytes = sent(&text);
            let length = bytes.len();
            bytes.extend_from_slice(&behind);
            let (mut undotted, mut got, mut taken) = (Undotted::default(), vec![], 0);
            for piece in bytes.chunks(cut) {
                let (count, ended) = undotted.take(piece, &mut got);
                taken += count;
                if ended {
                    break;
                }
            }
            prop_assert_eq!(got, text);
            prop_assert_eq!(taken, length);
        }
    }
}
