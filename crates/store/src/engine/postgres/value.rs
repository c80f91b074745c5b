//! Values on their way to and from PostgreSQL, whatever type a statement or column has.

use crate::sql::{Row, Type, Value};
use bytes::BytesMut;
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type as Kind};

type Result<T> = std::result::Result<T, Box<dyn Error + Sync + Send>>;

impl ToSql for Value {
    fn to_sql(&self, kind: &Kind, out: &mut BytesMut) -> Result<IsNull> {
        match (self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(value), &Kind::INT8) => value.to_sql(kind, out),
            (Value::Int(value), &Kind::INT4) => i32::try_from(*value)?.to_sql(kind, out),
            (Value::Int(value), &Kind::INT2) => i16::try_from(*value)?.to_sql(kind, out),
            (Value::Int(value), &Kind::BOOL) => (*value != 0).to_sql(kind, out),
            // SQLite turns a whole number into a real one where one is wanted.
            #[allow(clippy::cast_precision_loss)]
            (Value::Int(value), &Kind::FLOAT8) => (*value as f64).to_sql(kind, out),
            (Value::Real(value), &Kind::FLOAT8) => value.to_sql(kind, out),
            (Value::Text(value), _) if is_text(kind) => value.to_sql(kind, out),
            (Value::Bytes(value), &Kind::BYTEA) => value.to_sql(kind, out),
            (value, kind) => {
                Err(format!("{} where the statement wants {kind}", name(value)).into())
            }
        }
    }

    fn accepts(_: &Kind) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Kind, raw: &'a [u8]) -> Result<Self> {
        Ok(match *kind {
            Kind::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Kind::INT4 => Value::from(i32::from_sql(kind, raw)?),
            Kind::INT2 => Value::Int(i16::from_sql(kind, raw)?.into()),
            Kind::BOOL => Value::from(bool::from_sql(kind, raw)?),
            Kind::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Kind::FLOAT4 => Value::Real(f32::from_sql(kind, raw)?.into()),
            Kind::NUMERIC => numeric(raw)?,
            Kind::BYTEA => Value::Bytes(raw.to_vec()),
            ref kind if is_text(kind) => Value::Text(std::str::from_utf8(raw)?.to_owned()),
            ref other => {
                return Err(format!("a column of type {other}; cast it to text or bigint").into());
            }
        })
    }

    fn from_sql_null(_: &Kind) -> Result<Self> {
        Ok(Value::Null)
    }

    fn accepts(_: &Kind) -> bool {
        true
    }
}

/// A column of many rows, as an array parameter.
pub(super) fn array(
    kind: Type,
    column: usize,
    rows: &mut [Row],
) -> Result<Box<dyn ToSql + Sync + Send>> {
    macro_rules! array {
        ($variant:ident) => {{
            let values =
                rows.iter_mut().map(|row| match std::mem::replace(&mut row[column], Value::Null) {
                    Value::Null => Ok(None),
                    Value::$variant(value) => Ok(Some(value)),
                    other => Err(format!("{} in a column of {kind:?}", name(&other)).into()),
                });
            Box::new(values.collect::<Result<Vec<_>>>()?)
        }};
    }
    Ok(match kind {
        Type::Int => array!(Int),
        Type::Real => array!(Real),
        Type::Text => array!(Text),
        Type::Bytes => array!(Bytes),
    })
}

/// The array type of a column.
pub(super) fn array_name(kind: Type) -> &'static str {
    match kind {
        Type::Int => "bigint[]",
        Type::Real => "double precision[]",
        Type::Text => "text[]",
        Type::Bytes => "bytea[]",
    }
}

fn is_text(kind: &Kind) -> bool {
    matches!(
        *kind,
        Kind::TEXT | Kind::VARCHAR | Kind::BPCHAR | Kind::NAME | Kind::UNKNOWN | Kind::JSON
    )
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Int(_) => "a whole number",
        Value::Real(_) => "a real number",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
    }
}

/// Sums and averages are `numeric` here: without decimals a whole number, else real,
/// as SQLite has them. The bytes: four 16-bit fields (digits, weight of the first,
/// sign, decimals shown), then the digits to the base 10,000.
fn numeric(raw: &[u8]) -> Result<Value> {
    const NEGATIVE: i16 = 0x4000;
    let fields: Vec<i16> =
        raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
    let [_, weight, sign, decimals, ref digits @ ..] = fields[..] else {
        return Err("a number is cut off".into());
    };
    if sign != 0 && sign != NEGATIVE {
        return Err("a number is not a number or infinite".into());
    }
    if decimals == 0 {
        let mut whole: i128 = 0;
        for place in 0..=weight.max(-1) {
            let digit = usize::try_from(place)
                .ok()
                .and_then(|place| digits.get(place))
                .copied()
                .unwrap_or(0);
            whole = whole
                .checked_mul(10_000)
                .and_then(|whole| whole.checked_add(digit.into()))
                .ok_or("a number is too big")?;
        }
        return Ok(Value::Int(i64::try_from(if sign == NEGATIVE { -whole } else { whole })?));
    }
    let scaled = digits
        .iter()
        .zip(0..)
        .map(|(digit, place)| f64::from(*digit) * 10_000f64.powi(i32::from(weight) - place));
    let real: f64 = scaled.sum();
    Ok(Value::Real(if sign == NEGATIVE { -real } else { real }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[i16]) -> Option<Value> {
        let raw: Vec<u8> = fields.iter().flat_map(|field| field.to_be_bytes()).collect();
        numeric(&raw).ok()
    }

    #[test]
    fn sums_are_whole_and_averages_real() {
        assert_eq!(read(&[0, 0, 0, 0]), Some(Value::Int(0)));
        assert_eq!(read(&[1, 0, 0, 0, 42]), Some(Value::Int(42)));
        assert_eq!(read(&[1, 1, 0x4000, 0, 3]), Some(Value::Int(-30_000)));
        assert_eq!(read(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807]), Some(Value::Int(i64::MAX)));
        assert_eq!(read(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5808]), None);
        assert_eq!(read(&[2, 0, 0, 16, 1, 5000]), Some(Value::Real(1.5)));
        assert_eq!(read(&[1, -1, 0x4000, 2, 2500]), Some(Value::Real(-0.25)));
        assert_eq!(read(&[0, 0, -0x4000, 0]), None);
        assert_eq!(read(&[0, 0]), None);
    }
}
