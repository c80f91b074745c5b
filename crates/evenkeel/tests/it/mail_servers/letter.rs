//! A letter as it lies in a mailbox.

pub struct Letter {
    pub raw: Vec<u8>,
    head: String,
    /// The body, with quoted-printable read.
    pub words: String,
}

impl Letter {
    pub fn of(raw: Vec<u8>) -> Letter {
        let text = String::from_utf8_lossy(&raw).replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let head = head.replace("\n ", " ").replace("\n\t", " ");
        let words = unquoted(body);
        Letter { raw, head, words }
    }

    /// A header's value, unfolded.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers(name).next().unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    /// Every value of a header.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let prefix = format!("{name}: ");
        self.head.lines().filter_map(move |line| line.strip_prefix(&prefix))
    }

    /// What it says as plain text.
    pub fn plain(&self) -> &str {
        self.words.split_once("Content-Type: text/html").map_or(&self.words, |(plain, _)| plain)
    }

    /// The id under which Postfix took it, which rises with time.
    pub fn taken_as(&self) -> String {
        let received = self.header("Received");
        let (_, id) = received.split_once(" id ").expect("Postfix says its id");
        id.split([' ', ';']).next().expect("the first").to_owned()
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n\n{}", self.head, self.words)
    }
}

fn unquoted(body: &str) -> String {
    let body = body.replace("=\n", "");
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.filter(|_| first == b'=').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
