//! Opsgenie's way to search for alerts: `status:open AND (tag:db OR priority:P1) NOT owner:bob`.

use crate::doors::{Request, Unreadable};

/// Characters of a query.
const QUERY_CHARS: usize = 1_000;
/// Conditions of a query.
const CONDITIONS: usize = 50;
/// Levels of parentheses.
const DEPTH: usize = 16;
/// Alerts of one page, at most and when nothing is asked.
const PAGE_MAX: usize = 100;
const PAGE: usize = 20;
/// How far into a list a page may begin, as there.
const OFFSET_MAX: usize = 20_000;

/// What a client wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Which alerts.
    pub filter: Filter,
    /// How many of them.
    pub limit: usize,
    /// After how many.
    pub offset: usize,
    /// By what they are put in order, as the client calls it; when they were made otherwise.
    pub sort: String,
    /// Whether the last comes first.
    pub descending: bool,
}

kernel::words! {
    /// What a condition is about.
    Field {
        /// `open` or `closed`.
        Status = "status",
        /// `true` or `false`.
        Acknowledged = "acknowledged",
        /// `true` or `false`.
        Snoozed = "snoozed",
        /// A tag.
        Tag = "tag",
        /// P1 to P5.
        Priority = "priority",
        /// The title.
        Message = "message",
        /// What else is said.
        Description = "description",
        /// The key.
        Alias = "alias",
        /// What it is about.
        Entity = "entity",
        /// Where it comes from.
        Source = "source",
        /// Who has it.
        Owner = "owner",
        /// Who is told.
        Responder = "responder",
        /// How often it was told of.
        Count = "count",
        /// The short number.
        Tiny = "tiny",
        /// When it was first told of, in milliseconds since 1970.
        CreatedAt = "created_at",
        /// When it was last told of.
        LastOccurredAt = "last_occurred_at",
        /// A name or value among its details.
        Detail = "detail",
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// The same, without looking at case; `*` at the end stands for anything.
    Is,
    /// Less than a number.
    Below,
    /// More than a number.
    Above,
}

/// Which alerts are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Those for which all of these hold; all there are if there is none.
    All(Vec<Filter>),
    /// Those for which one of these holds.
    Any(Vec<Filter>),
    /// Those for which it does not hold.
    Not(Box<Filter>),
    /// Those with this value.
    Has(Field, Compare, String),
    /// Those in whose title or description this stands.
    Words(String),
}

impl Filter {
    /// Whether an alert is meant; its values of a field are asked for.
    pub fn matches(&self, values: &dyn Fn(Field) -> Vec<String>) -> bool {
        match self {
            Filter::All(all) => all.iter().all(|one| one.matches(values)),
            Filter::Any(any) => any.iter().any(|one| one.matches(values)),
            Filter::Not(one) => !one.matches(values),
            // Tags may be kept in one label, with commas between them.
            Filter::Has(Field::Tag, compare, wanted) => {
                let kept = values(Field::Tag);
                let mut tags = kept.iter().flat_map(|tags| tags.split(','));
                tags.any(|tag| compare.holds(tag.trim(), wanted))
            }
            Filter::Has(field, compare, wanted) => {
                values(*field).iter().any(|value| compare.holds(value, wanted))
            }
            Filter::Words(wanted) => {
                let wanted = wanted.to_lowercase();
                let texts = [values(Field::Message), values(Field::Description)];
                texts.iter().flatten().any(|text| text.to_lowercase().contains(&wanted))
            }
        }
    }
}

impl Compare {
    fn holds(self, value: &str, wanted: &str) -> bool {
        let numbers = || Some((value.parse::<f64>().ok()?, wanted.parse::<f64>().ok()?));
        match self {
            Compare::Is => {
                let (value, wanted) = (value.to_lowercase(), wanted.to_lowercase());
                match wanted.strip_suffix('*') {
                    Some(beginning) => value.starts_with(beginning),
                    None => value == wanted,
                }
            }
            Compare::Below => numbers().is_some_and(|(value, wanted)| value < wanted),
            Compare::Above => numbers().is_some_and(|(value, wanted)| value > wanted),
        }
    }
}

/// What the parameters of `GET /v2/alerts` and `/v2/alerts/count` want.
pub(super) fn read(request: &Request<'_>) -> Result<Search, Unreadable> {
    let number = |name: &str, otherwise: usize, most: usize| {
        let given = request.parameter(name).and_then(|text| text.parse().ok());
        given.unwrap_or(otherwise).min(most)
    };
    let query = request.parameter("query").unwrap_or_default();
    let sort = request.parameter("sort").unwrap_or_else(|| "createdAt".to_owned());
    Ok(Search {
        filter: parse(&query).map_err(|rule| Unreadable::new("query", rule))?,
        limit: number("limit", PAGE, PAGE_MAX).max(1),
        offset: number("offset", 0, OFFSET_MAX),
        sort: sort.chars().take(40).collect(),
        descending: request.parameter("order").is_none_or(|order| order != "asc"),
    })
}

/// Reads a query, or says what is wrong with it.
///
/// ```
/// use alert::doors::opsgenie::search::{Field, parse};
/// let filter = parse(r#"status:open AND tag: ("db" OR web*) NOT priority = P5"#).unwrap();
/// let values = |field| match field {
///     Field::Status => vec!["open".to_owned()],
///     Field::Tag => vec!["prom, website".to_owned()],
///     _ => vec!["P1".to_owned()],
/// };
/// assert!(filter.matches(&values));
/// ```
pub fn parse(query: &str) -> Result<Filter, String> {
    if query.chars().count() > QUERY_CHARS {
        return Err(format!("is longer than {QUERY_CHARS} characters"));
    }
    let mut reader = Reader { tokens: tokens(query)?, at: 0, depth: 0, conditions: 0 };
    let filter = reader.any(None)?;
    match reader.peek() {
        None => Ok(filter),
        Some(token) => Err(format!("has {} where it is not expected", token.shown())),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    /// `:`, `=`, `<`, `>`, with what they mean.
    Sign(Compare),
    Word(String),
    Quoted(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Open => "(".to_owned(),
            Token::Close => ")".to_owned(),
            Token::Sign(_) => "a sign".to_owned(),
            Token::Word(word) | Token::Quoted(word) => format!("{word:?}"),
        }
    }

    fn is(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

fn tokens(query: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ':' | '=' => (Token::Sign(Compare::Is), 1),
            // Milliseconds and counts: "at least" is as good as "more than" one less would be.
            '<' => (Token::Sign(Compare::Below), if rest.starts_with("<=") { 2 } else { 1 }),
            '>' => (Token::Sign(Compare::Above), if rest.starts_with(">=") { 2 } else { 1 }),
            '"' => {
                let end = rest[1..].find('"').ok_or("has no closing quotation mark")?;
                (Token::Quoted(rest[1..=end].to_owned()), end + 2)
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "():=<>\"".contains(c);
                let end = rest.find(ends).unwrap_or(rest.len());
                (Token::Word(rest[..end].to_owned()), end)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    conditions: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, is: impl Fn(&Token) -> bool) -> bool {
        let there = self.peek().is_some_and(is);
        self.at += usize::from(there);
        there
    }

    /// Within `field: ( … )`, words without a field are values of it.
    fn any(&mut self, of: Option<Field>) -> Result<Filter, String> {
        let mut ways = vec![self.all(of)?];
        while self.takes(|token| token.is("OR")) {
            ways.push(self.all(of)?);
        }
        Ok(if ways.len() == 1 { ways.remove(0) } else { Filter::Any(ways) })
    }

    fn all(&mut self, of: Option<Field>) -> Result<Filter, String> {
        let mut parts = Vec::new();
        while let Some(token) = self.peek() {
            if token.is("OR") || *token == Token::Close {
                break;
            }
            if self.takes(|token| token.is("AND")) {
                continue;
            }
            parts.push(self.one(of)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
    }

    fn one(&mut self, of: Option<Field>) -> Result<Filter, String> {
        self.conditions += 1;
        if self.conditions > CONDITIONS {
            return Err(format!("has more than {CONDITIONS} conditions"));
        }
        if self.takes(|token| token.is("NOT")) {
            return self.deeper(|reader| Ok(Filter::Not(Box::new(reader.one(of)?))));
        }
        if self.takes(|token| *token == Token::Open) {
            return self.group(of);
        }
        let token = self.peek().cloned();
        self.at += 1;
        let (text, is_word) = match token {
            Some(Token::Word(text)) => (text, true),
            Some(Token::Quoted(text)) => (text, false),
            Some(other) => return Err(format!("has {} where it is not expected", other.shown())),
            None => return Err("ends where a condition should be".to_owned()),
        };
        match self.peek() {
            Some(Token::Sign(compare)) if is_word => {
                let compare = *compare;
                self.at += 1;
                self.value(field(&text)?, compare)
            }
            _ => Ok(of.map_or(Filter::Words(text.clone()), |field| {
                Filter::Has(field, Compare::Is, text)
            })),
        }
    }

    fn value(&mut self, field: Field, compare: Compare) -> Result<Filter, String> {
        // `createdAt: > 1500000000000` is written, too.
        let compare = match self.peek() {
            Some(Token::Sign(other)) => *other,
            _ => compare,
        };
        self.takes(|token| matches!(token, Token::Sign(_)));
        if self.takes(|token| *token == Token::Open) {
            return self.group(Some(field));
        }
        let token = self.peek().cloned();
        self.at += 1;
        match token {
            Some(Token::Word(text) | Token::Quoted(text)) => Ok(Filter::Has(field, compare, text)),
            _ => Err(format!("has no value for {field}")),
        }
    }

    fn group(&mut self, of: Option<Field>) -> Result<Filter, String> {
        let inner = self.deeper(|reader| reader.any(of))?;
        match self.takes(|token| *token == Token::Close) {
            true => Ok(inner),
            false => Err("has no closing parenthesis".to_owned()),
        }
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.depth == DEPTH {
            return Err(format!("is nested deeper than {DEPTH} levels"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

fn field(name: &str) -> Result<Field, String> {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '.').collect();
    match plain.to_lowercase().as_str() {
        "status" => Ok(Field::Status),
        "acknowledged" | "isacknowledged" => Ok(Field::Acknowledged),
        "snoozed" | "issnoozed" => Ok(Field::Snoozed),
        "tag" | "tags" => Ok(Field::Tag),
        "priority" => Ok(Field::Priority),
        "message" => Ok(Field::Message),
        "description" => Ok(Field::Description),
        "alias" => Ok(Field::Alias),
        "entity" => Ok(Field::Entity),
        "source" => Ok(Field::Source),
        "owner" | "ownerid" => Ok(Field::Owner),
        "responders" | "responder" | "teams" | "team" | "recipients" => Ok(Field::Responder),
        "count" => Ok(Field::Count),
        "tinyid" | "tiny" => Ok(Field::Tiny),
        "createdat" => Ok(Field::CreatedAt),
        "lastoccurredat" | "lastoccuredat" => Ok(Field::LastOccurredAt),
        "detailskey" | "detailsvalue" | "details.key" | "details.value" | "details" => {
            Ok(Field::Detail)
        }
        _ => Err(format!("has {:?}, which is no field", name.chars().take(40).collect::<String>())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_write_is_understood() {
        let open = Filter::Has(Field::Status, Compare::Is, "open".into());
        assert_eq!(parse("status:open").unwrap(), open);
        assert_eq!(
            parse("status: open AND disk").unwrap(),
            Filter::All(vec![open.clone(), Filter::Words("disk".into())])
        );
        assert_eq!(parse("").unwrap(), Filter::All(vec![]));
        assert_eq!(parse("NOT status=open").unwrap(), Filter::Not(Box::new(open)));
        assert!(matches!(
            parse("createdAt > 1500000000000").unwrap(),
            Filter::Has(Field::CreatedAt, Compare::Above, _)
        ));
        assert!(matches!(parse("tag:a OR tag:b").unwrap(), Filter::Any(_)));
    }

    #[test]
    fn what_is_no_query_is_refused() {
        for query in ["(", "a)", "status:", "colour:red", "\"", "status:open AND (", ":", "NOT"] {
            assert!(parse(query).is_err(), "{query}");
        }
        assert!(parse(&"(".repeat(500)).is_err());
        assert!(parse(&"a ".repeat(60)).is_err());
    }
}
