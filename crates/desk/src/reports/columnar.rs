//! Columns as a Parquet file. Every column is optional, so that what is not known is null and not
//! a number that somebody could add up.

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use std::ops::Range;
use std::sync::Arc;

/// Rows that are written together: readers skip and read such parts whole.
const ROWS_A_GROUP: usize = 100_000;

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// What is in it, row by row.
    pub(super) cells: Cells,
}

/// What is in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cells {
    /// Words.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Yes and no.
    Whether(Vec<Option<bool>>),
    /// Instants, in milliseconds since 1970 in universal time.
    Moment(Vec<Option<i64>>),
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Cells::Text(cells) => cells.len(),
            Cells::Whole(cells) | Cells::Moment(cells) => cells.len(),
            Cells::Whether(cells) => cells.len(),
        }
    }

    fn kind(&self) -> (Physical, Option<LogicalType>) {
        match self {
            Cells::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Cells::Whole(_) => (Physical::INT64, None),
            Cells::Whether(_) => (Physical::BOOLEAN, None),
            Cells::Moment(_) => {
                (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            }
        }
    }

    fn write(
        &self,
        out: &mut SerializedColumnWriter<'_>,
        rows: Range<usize>,
    ) -> Result<(), ParquetError> {
        match self {
            Cells::Text(cells) => {
                let bytes = |text: &String| ByteArray::from(text.as_bytes().to_vec());
                put::<ByteArrayType, _>(out, part(cells, rows), bytes)
            }
            Cells::Whole(cells) | Cells::Moment(cells) => {
                put::<Int64Type, _>(out, part(cells, rows), |value| *value)
            }
            Cells::Whether(cells) => put::<BoolType, _>(out, part(cells, rows), |value| *value),
        }
    }
}

/// The file that columns of one length make.
pub(super) fn file(columns: &[Column]) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(|column| {
        let (physical, logical) = column.cells.kind();
        let field = Type::primitive_type_builder(&column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build();
        field.map(Arc::new)
    });
    let fields: Vec<_> = fields.collect::<Result<_, ParquetError>>()?;
    let schema = Type::group_type_builder("report").with_fields(fields).build()?;
    let written_by = format!("evenkeel version {}", env!("CARGO_PKG_VERSION"));
    let properties = WriterProperties::builder().set_created_by(written_by).build();
    let mut writer = SerializedFileWriter::new(vec![], Arc::new(schema), Arc::new(properties))?;
    let rows = columns.first().map_or(0, |column| column.cells.len());
    for from in (0..rows).step_by(ROWS_A_GROUP) {
        let to = rows.min(from + ROWS_A_GROUP);
        let mut group = writer.next_row_group()?;
        for column in columns {
            if let Some(mut out) = group.next_column()? {
                column.cells.write(&mut out, from..to)?;
                out.close()?;
            }
        }
        group.close()?;
    }
    writer.into_inner()
}

fn part<V>(cells: &[Option<V>], rows: Range<usize>) -> &[Option<V>] {
    cells.get(rows).unwrap_or_default()
}

/// Writes what is known, and for each row whether it is.
fn put<T: DataType, V>(
    out: &mut SerializedColumnWriter<'_>,
    cells: &[Option<V>],
    value: impl Fn(&V) -> T::T,
) -> Result<(), ParquetError> {
    let known: Vec<T::T> = cells.iter().flatten().map(value).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    out.typed::<T>().write_batch(&known, Some(&levels), None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use std::io::Write;

    fn read(file: &[u8]) -> SerializedFileReader<std::fs::File> {
        let mut kept = tempfile::tempfile().unwrap();
        kept.write_all(file).unwrap();
        SerializedFileReader::new(kept).unwrap()
    }

    fn column(name: &str, cells: Cells) -> Column {
        Column { name: name.to_owned(), cells }
    }

    #[test]
    fn what_is_written_is_read_in_its_own_type() {
        let columns = [
            column("incident", Cells::Text(vec![Some("INC-1".into()), Some("é, \"=1\"".into())])),
            column("reported_at", Cells::Moment(vec![Some(1_795_000_000_123), Some(-1)])),
            column("restore_seconds", Cells::Whole(vec![None, Some(i64::MAX)])),
            column("resolution_met", Cells::Whether(vec![Some(false), None])),
        ];
        let reader = read(&file(&columns).unwrap());
        let rows: Vec<Vec<(String, Field)>> =
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect();
        let named = |cells: [Field; 4]| -> Vec<(String, Field)> {
            columns.iter().map(|column| column.name.clone()).zip(cells).collect()
        };
        let first = named([
            Field::Str("INC-1".into()),
            Field::TimestampMillis(1_795_000_000_123),
            Field::Null,
            Field::Bool(false),
        ]);
        let second = named([
            Field::Str("é, \"=1\"".into()),
            Field::TimestampMillis(-1),
            Field::Long(i64::MAX),
            Field::Null,
        ]);
        assert_eq!(rows, [first, second]);
        let schema = reader.metadata().file_metadata().schema_descr();
        let told = schema.column(1).logical_type_ref().cloned();
        assert_eq!(told, Some(LogicalType::timestamp(true, TimeUnit::MILLIS)));
    }

    #[test]
    fn no_row_is_a_file_and_many_are_several_parts() {
        for (rows, groups) in [(0, 0), (1, 1), (ROWS_A_GROUP, 1), (ROWS_A_GROUP + 1, 2)] {
            let numbers = (0..rows as i64).map(Some).collect();
            let reader = read(&file(&[column("n", Cells::Whole(numbers))]).unwrap());
            let metadata = reader.metadata();
            assert_eq!(metadata.num_row_groups(), groups, "{rows}");
            assert_eq!(metadata.file_metadata().num_rows(), rows as i64);
        }
    }
}
