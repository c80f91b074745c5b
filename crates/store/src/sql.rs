//! The narrow door to a database: statements with `$1` parameters that both
//! engines understand, values of five types, rows as lists of values.

use crate::Failure;
use crate::incidents::list::Known;
use std::sync::Arc;

/// Which database it is, where a statement must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, a file.
    Sqlite,
    /// PostgreSQL, a server.
    Postgres,
}

/// A value of a parameter or column. Flags are integers 0 and 1, instants
/// microseconds, ids text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Whole number (bigint).
    Int(i64),
    /// Double precision.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// One row of an answer.
pub type Row = Vec<Value>;

/// The type of a table's column, for bulk inserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// bigint
    Int,
    /// double precision
    Real,
    /// text
    Text,
    /// bytea, blob
    Bytes,
}

/// A table to insert into in bulk.
#[derive(Debug)]
pub struct Table<'a> {
    /// Name.
    pub name: &'a str,
    /// Columns with their types, in the order of the values.
    pub columns: &'a [(&'a str, Type)],
    /// What follows the values, such as `on conflict (number) do update set …`; may be empty.
    pub suffix: &'a str,
}

/// A connection, inside or outside a transaction. Synchronous: whoever uses it
/// runs on a thread that may block.
pub trait Sql {
    /// The rows that a query answers.
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure>;

    /// Runs a statement; how many rows it touched.
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Failure>;

    /// Inserts many rows at once; how many rows it touched.
    fn insert(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure>;

    /// Changes many rows at once, each found by the first of the table's columns; how many rows
    /// it touched. There is no suffix, and what is not there stays away.
    fn update(&mut self, table: &Table, rows: Vec<Row>) -> Result<u64, Failure>;

    /// Which database it is.
    fn engine(&self) -> Engine;

    /// The rows of incidents that readers of this database have met; `None` to writers,
    /// whose rows may never be committed.
    fn known(&self) -> Option<&Arc<Known>> {
        None
    }
}

macro_rules! from {
    ($($from:ty => |$name:ident| $to:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($name: $from) -> Value { $to }
        }
    )+};
}

from! {
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(i64::from(v)),
    u32 => |v| Value::Int(i64::from(v)),
    u8 => |v| Value::Int(i64::from(v)),
    bool => |v| Value::Int(i64::from(v)),
    f64 => |v| Value::Real(v),
    String => |v| Value::Text(v),
    &str => |v| Value::Text(v.to_owned()),
    &String => |v| Value::Text(v.clone()),
    Vec<u8> => |v| Value::Bytes(v),
    &[u8] => |v| Value::Bytes(v.to_vec()),
    kernel::Timestamp => |v| Value::Int(v.micros()),
    kernel::IncidentNumber => |v| Value::Int(v.0),
    kernel::PersonId => |v| Value::Text(v.to_string()),
    kernel::TeamId => |v| Value::Text(v.to_string()),
    kernel::ServiceId => |v| Value::Text(v.to_string()),
    kernel::IntegrationId => |v| Value::Text(v.to_string()),
    kernel::CategoryId => |v| Value::Text(v.to_string()),
    kernel::OrganisationId => |v| Value::Text(v.to_string()),
    kernel::ContentId => |v| Value::Text(v.to_string()),
    kernel::AttachmentId => |v| Value::Text(v.to_string()),
    kernel::TokenId => |v| Value::Text(v.to_string()),
    kernel::ViewId => |v| Value::Text(v.to_string()),
    kernel::MacroId => |v| Value::Text(v.to_string()),
    kernel::BatchId => |v| Value::Text(v.to_string()),
    kernel::AgreementId => |v| Value::Text(v.to_string()),
    kernel::CalendarId => |v| Value::Text(v.to_string()),
    kernel::ScheduleId => |v| Value::Text(v.to_string()),
    kernel::OverrideId => |v| Value::Text(v.to_string()),
    kernel::ShadowId => |v| Value::Text(v.to_string()),
    kernel::SwapId => |v| Value::Text(v.to_string()),
    kernel::FeedId => |v| Value::Text(v.to_string()),
    kernel::EscalationId => |v| Value::Text(v.to_string()),
    kernel::RuleId => |v| Value::Text(v.to_string()),
    kernel::ModelId => |v| Value::Text(v.to_string()),
    kernel::RecomputationId => |v| Value::Text(v.to_string()),
    kernel::WebhookId => |v| Value::Text(v.to_string()),
    kernel::DeviceId => |v| Value::Text(v.to_string()),
    kernel::ContactId => |v| Value::Text(v.to_string()),
    kernel::PageId => |v| Value::Text(v.to_string()),
    kernel::AlertId => |v| Value::Text(v.to_string()),
    kernel::MaintenanceId => |v| Value::Text(v.to_string()),
    kernel::ComponentId => |v| Value::Text(v.to_string()),
    kernel::ComponentGroupId => |v| Value::Text(v.to_string()),
    kernel::ListId => |v| Value::Text(v.to_string()),
    kernel::SubscriberId => |v| Value::Text(v.to_string()),
    kernel::SurgeId => |v| Value::Text(v.to_string()),
    kernel::ReportId => |v| Value::Text(v.to_string()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// Reads a row's values one after the other.
pub struct Columns(std::vec::IntoIter<Value>);

impl Columns {
    /// Starts at the first column.
    pub fn of(row: Row) -> Self {
        Columns(row.into_iter())
    }

    fn next(&mut self) -> Result<Value, Failure> {
        self.0.next().ok_or_else(|| Failure::damaged("a row has fewer columns than expected"))
    }

    /// A whole number.
    pub fn int(&mut self) -> Result<i64, Failure> {
        match self.next()? {
            Value::Int(value) => Ok(value),
            other => Err(Failure::damaged(format!("expected a number, found {other:?}"))),
        }
    }

    /// A whole number or nothing.
    pub fn opt_int(&mut self) -> Result<Option<i64>, Failure> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            other => Err(Failure::damaged(format!("expected a number, found {other:?}"))),
        }
    }

    /// Text.
    pub fn text(&mut self) -> Result<String, Failure> {
        match self.next()? {
            Value::Text(value) => Ok(value),
            other => Err(Failure::damaged(format!("expected text, found {other:?}"))),
        }
    }

    /// Text or nothing.
    pub fn opt_text(&mut self) -> Result<Option<String>, Failure> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            other => Err(Failure::damaged(format!("expected text, found {other:?}"))),
        }
    }

    /// Bytes.
    pub fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        match self.next()? {
            Value::Bytes(value) => Ok(value),
            other => Err(Failure::damaged(format!("expected bytes, found {other:?}"))),
        }
    }

    /// A flag.
    pub fn flag(&mut self) -> Result<bool, Failure> {
        self.int().map(|value| value != 0)
    }

    /// An instant.
    pub fn at(&mut self) -> Result<kernel::Timestamp, Failure> {
        self.int().map(kernel::Timestamp::from_micros)
    }

    /// An instant or nothing.
    pub fn opt_at(&mut self) -> Result<Option<kernel::Timestamp>, Failure> {
        Ok(self.opt_int()?.map(kernel::Timestamp::from_micros))
    }

    /// Text that parses, such as an id or a word of an enumeration.
    pub fn parsed<T: std::str::FromStr<Err = kernel::Invalid>>(&mut self) -> Result<T, Failure> {
        let text = self.text()?;
        text.parse::<T>().map_err(|error| unparsed(&text, &error))
    }

    /// Text that parses, or nothing.
    pub fn opt_parsed<T: std::str::FromStr<Err = kernel::Invalid>>(
        &mut self,
    ) -> Result<Option<T>, Failure> {
        match self.opt_text()? {
            None => Ok(None),
            Some(text) => text.parse::<T>().map(Some).map_err(|error| unparsed(&text, &error)),
        }
    }

    /// JSON text.
    pub fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let text = self.text()?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::damaged(format!("stored JSON does not fit: {error}")))
    }
}

fn unparsed(text: &str, error: &kernel::Invalid) -> Failure {
    Failure::damaged(format!("{text:?} {error}"))
}
