//! The line to whoever brings messages: lines and message texts come in, answers go out.
//! Whatever they send, little of it is held, and never for long.

use super::dots::Undotted;
use crate::arrive::MESSAGE_BYTES;
use crate::pace::Pace;
use crate::room::{Held, Room};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

/// Bytes of a line with a command: what the standards allow, and what their extensions add.
const LINE_BYTES: usize = 2_048;
/// Bytes read at once.
const CHUNK_BYTES: usize = 16 * 1_024;
/// Bytes of a line that is too long, after which nobody goes on listening.
const NOISE_BYTES: usize = 1_048_576;
/// How long the next command may take: what the standard asks for.
const COMMAND_WITHIN: Duration = Duration::from_secs(300);
/// How long an answer may take to be taken.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How long taking leave may take.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);

/// A connection, whatever it runs over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What came in the place of a command.
pub(super) enum Line {
    /// A line, its end included.
    Whole(Vec<u8>),
    /// One that is longer than any command; it was thrown away.
    TooLong,
}

/// What came in the place of a message.
pub(super) enum Text {
    /// The message, with the room it takes.
    Whole(Vec<u8>, Held),
    /// One that is larger than any is taken; it was thrown away.
    TooLarge,
    /// There was no room for it; it was thrown away.
    NoRoom,
}

/// Why nothing more can be said or heard.
pub(super) enum Gone {
    /// They left, or the line broke.
    Away,
    /// They took too long.
    Slow,
    /// They send what is neither command nor message.
    Noise,
}

impl From<io::Error> for Gone {
    fn from(_: io::Error) -> Self {
        Gone::Away
    }
}

/// The line itself.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    /// What was read and not looked at yet begins at `at`.
    read: Vec<u8>,
    at: usize,
    answers: Vec<u8>,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        Wire { stream, read: Vec::new(), at: 0, answers: Vec::new() }
    }

    /// The bare line, for TLS. Whatever was sent ahead in the clear is forgotten: it must
    /// not count as if it had been said in secret.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// Adds an answer; it goes out when the other side is waited for.
    pub(super) fn say(&mut self, answer: &str) {
        self.answers.extend_from_slice(answer.as_bytes());
        self.answers.extend_from_slice(b"\r\n");
    }

    /// Sends all answers.
    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let answers = std::mem::take(&mut self.answers);
        let sent = async {
            self.stream.write_all(&answers).await?;
            self.stream.flush().await
        };
        Ok(timeout(ANSWER_WITHIN, sent).await.map_err(|_| Gone::Slow)??)
    }

    /// Takes leave.
    pub(super) async fn end(mut self) {
        let farewell = async {
            if self.flush().await.is_ok() {
                // They may have left already.
                let _gone = self.stream.shutdown().await;
            }
        };
        let _late = timeout(FAREWELL_WITHIN, farewell).await;
    }

    /// The next line. Safe to give up while it waits: nothing that was read is lost.
    pub(super) async fn line(&mut self) -> Result<Line, Gone> {
        let until = Instant::now() + COMMAND_WITHIN;
        let mut thrown = 0;
        loop {
            let waiting = &self.read[self.at..];
            if let Some(end) = waiting.iter().position(|byte| *byte == b'\n') {
                let line = waiting[..=end].to_vec();
                self.at += end + 1;
                let fits = thrown == 0 && line.len() <= LINE_BYTES;
                return Ok(if fits { Line::Whole(line) } else { Line::TooLong });
            }
            if waiting.len() > LINE_BYTES {
                thrown += waiting.len();
                self.at = self.read.len();
                if thrown > NOISE_BYTES {
                    return Err(Gone::Noise);
                }
            }
            self.fill(until).await?;
        }
    }

    /// The message up to its end, which only a dot alone between CRLF and CRLF is; dots that
    /// were doubled on the way are single again. It is added to `text`.
    pub(super) async fn text(&mut self, room: &Room, mut text: Vec<u8>) -> Result<Text, Gone> {
        let (mut undotted, mut pace) = (Undotted::default(), Pace::start(Instant::now()));
        let (mut held, mut refused, mut come) = (Held::default(), None, 0);
        loop {
            let (taken, whole) = undotted.take(&self.read[self.at..], &mut text);
            self.at += taken;
            come += taken;
            let came = Instant::now();
            if refused.is_none() && text.len() > MESSAGE_BYTES {
                refused = Some(Text::TooLarge);
            }
            if refused.is_none() && !room.make(&mut held, text.len()).await {
                refused = Some(Text::NoRoom);
            }
            pace.waited(came.elapsed());
            pace.came(Instant::now(), come);
            if refused.is_some() {
                // The rest is only listened to.
                text = Vec::new();
                held = Held::default();
            }
            if whole {
                return Ok(refused.unwrap_or(Text::Whole(text, held)));
            }
            self.fill(pace.until()).await?;
        }
    }

    /// Reads on, once the other side has heard all answers.
    async fn fill(&mut self, until: Instant) -> Result<(), Gone> {
        self.flush().await?;
        self.read.drain(..self.at);
        self.at = 0;
        let length = self.read.len();
        let mut chunk = [0; CHUNK_BYTES];
        let read = timeout_at(until, self.stream.read(&mut chunk)).await;
        match read.map_err(|_| Gone::Slow)?? {
            0 => Err(Gone::Away),
            count => {
                self.read.extend_from_slice(&chunk[..count]);
                debug_assert!(self.read.len() == length + count, "nothing was lost");
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    async fn text(bytes: &[u8], piece: usize) -> Result<Vec<u8>, &'static str> {
        let (mut near, far) = duplex(bytes.len().max(1));
        let mut wire = Wire::new(Box::new(far));
        for chunk in bytes.chunks(piece) {
            near.write_all(chunk).await.unwrap();
        }
        drop(near);
        match wire.text(&Room::default(), vec![]).await {
            Ok(Text::Whole(text, _)) => Ok(text),
            Ok(_) => Err("refused"),
            Err(_) => Err("gone"),
        }
    }

    #[tokio::test]
    async fn only_a_dot_between_two_line_ends_is_the_end() {
        for (sent, got) in [
            (".\r\n", Ok("")),
            ("a\r\n.\r\nb", Ok("a\r\n")),
            ("..\r\n...\r\n.x\r\n.\r\n", Ok(".\r\n..\r\nx\r\n")),
            ("\n.\n\r.\r\n\n.\r\n\r\n.\r\n", Ok("\n.\n\r.\r\n\n.\r\n\r\n")),
            ("a\n.\r\n", Err("gone")),
            ("a\r.\r\n", Err("gone")),
            ("a\r\n.\n", Err("gone")),
            ("a\r\n.\r\r\n", Err("gone")),
            (".\rx\r\n.\r\n", Ok("\rx\r\n")),
            ("a\r\n.\r", Err("gone")),
            ("", Err("gone")),
        ] {
            for piece in [1, 2, 3, 1_000] {
                let found = text(sent.as_bytes(), piece).await;
                assert_eq!(found, got.map(|got| got.as_bytes().to_vec()), "{sent:?} by {piece}");
            }
        }
    }

    #[tokio::test]
    async fn long_lines_are_thrown_away_and_noise_ends_it() {
        let (mut near, far) = duplex(64 * 1024);
        let mut wire = Wire::new(Box::new(far));
        let long = format!("{}\r\nNOOP\r\n", "x".repeat(3 * LINE_BYTES));
        near.write_all(long.as_bytes()).await.unwrap();
        assert!(matches!(wire.line().await, Ok(Line::TooLong)));
        assert!(matches!(wire.line().await, Ok(Line::Whole(line)) if line == b"NOOP\r\n"));
        let noise =
            tokio::spawn(
                async move { while near.write_all(&[b'x'; CHUNK_BYTES]).await.is_ok() {} },
            );
        assert!(matches!(wire.line().await, Err(Gone::Noise)));
        drop(wire);
        noise.await.unwrap();
    }
}
