//! Parquet as the Hugging Face hub reads it: `data/{split}-00000-of-00001.parquet`, relations as class numbers.

use super::error::ExportError;
use super::folder::{Folder, OutFile};
use super::manifest::FileEntry;
use super::record::{End, Record};
use super::{Outcome, Writer};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// Rows of a row group: what is held of a split.
const GROUP: usize = 20_000;

const SCHEMA: &str = "message row {
    required binary id (STRING);
    required binary sentence (STRING);
    required group head {
        required binary name (STRING); optional binary type (STRING); optional binary text (STRING);
        optional int64 start; optional int64 end;
    }
    required int64 relation;
    required group tail {
        required binary name (STRING); optional binary type (STRING); optional binary text (STRING);
        optional int64 start; optional int64 end;
    }
    required binary status (STRING);
    required binary source (STRING);
    required boolean edited;
    optional binary method (STRING);
    optional binary paradigm (STRING);
    optional double sei;
    optional double grammar;
    optional double fluency;
    optional double sentiment;
    optional double accuracy;
    optional double complexity;
    required group veto (LIST) { repeated group list { required binary element (STRING); } }
    optional group provenance {
        optional binary model (STRING); optional binary model_digest (STRING); required binary prompt_digest (STRING);
        required int64 seed; required binary params (STRING);
        required group parents (LIST) { repeated group list { required int64 element; } }
    }
    required group decision_ids (LIST) { repeated group list { required int64 element; } }
    required group annotators (LIST) { repeated group list { required binary element (STRING); } }
    required binary split (STRING);
}";

pub(super) struct Parquet {
    files: Vec<One>,
    numbers: BTreeMap<String, i64>,
}

struct One {
    split: String,
    shown: String,
    file: SerializedFileWriter<OutFile>,
    held: Columns,
    rows: u64,
}

impl Parquet {
    pub(super) fn create(
        folder: &Folder,
        splits: &[String],
        relations: impl Iterator<Item = String>,
    ) -> Result<Self, ExportError> {
        let names: Vec<String> = relations.collect();
        let schema = parse_message_type(SCHEMA).map_err(|e| failed("the schema", e))?;
        let schema = Arc::new(schema);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(vec![KeyValue::new("huggingface".to_owned(), features(&names))]))
            .build();
        let properties: WriterPropertiesPtr = Arc::new(properties);
        let open = |split: &String| {
            let name = file_name(split);
            let file = folder.create(&name)?;
            let file = SerializedFileWriter::new(file, Arc::clone(&schema), Arc::clone(&properties));
            let file = file.map_err(|e| failed(&name, e))?;
            Ok(One { split: split.clone(), shown: name, file, held: Columns::default(), rows: 0 })
        };
        let files = splits.iter().map(open).collect::<Result<_, ExportError>>()?;
        Ok(Self { files, numbers: names.into_iter().zip(0..).collect() })
    }
}

/// As the hub wants it; its split names know no hyphen.
fn file_name(split: &str) -> String {
    format!("data/{}-00000-of-00001.parquet", split.replace('-', "_"))
}

fn failed(file: &str, error: impl std::error::Error + Send + Sync + 'static) -> ExportError {
    ExportError::Write { file: file.to_owned(), source: io::Error::other(error) }
}

impl Writer for Parquet {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let Some(&relation) = self.numbers.get(&record.relation) else {
            return Err(ExportError::Relation(record.relation.clone()));
        };
        let One { shown, file, held, rows, .. } = &mut self.files[split];
        held.push(record, relation);
        *rows += 1;
        if held.rows == GROUP {
            std::mem::take(held).write(file).map_err(|e| failed(shown, e))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Folder) -> Result<Outcome, ExportError> {
        let close = |One { split, shown, mut file, held, rows }: One| {
            if held.rows > 0 {
                held.write(&mut file).map_err(|e| failed(&shown, e))?;
            }
            let file = file.into_inner().map_err(|e| failed(&shown, e))?;
            Ok(FileEntry::new(file.close()?, "parquet", Some(split), rows))
        };
        let files: Result<Vec<_>, ExportError> = self.files.into_iter().map(close).collect();
        Ok(files?.into())
    }
}

/// One leaf of the schema: values, and the levels that say where there are none and where lists begin.
struct Column<T: DataType> {
    values: Vec<T::T>,
    definition: Vec<i16>,
    repetition: Vec<i16>,
}

impl<T: DataType> Default for Column<T> {
    fn default() -> Self {
        Self { values: Vec::new(), definition: Vec::new(), repetition: Vec::new() }
    }
}

impl<T: DataType> Column<T> {
    fn level(&mut self, definition: i16, repetition: i16) {
        self.definition.push(definition);
        self.repetition.push(repetition);
    }

    /// A value that is there. `depth`: how many optional things it lies in, itself included.
    fn some(&mut self, depth: i16, value: T::T) {
        self.level(depth, 0);
        self.values.push(value);
    }

    /// An optional value in `depth` optional groups that are there.
    fn option(&mut self, depth: i16, value: Option<T::T>) {
        match value {
            Some(value) => self.some(depth + 1, value),
            None => self.level(depth, 0),
        }
    }

    /// A list in `depth` optional groups that are there.
    fn list(&mut self, depth: i16, items: impl ExactSizeIterator<Item = T::T>) {
        if items.len() == 0 {
            self.level(depth, 0);
        }
        for (i, item) in items.enumerate() {
            self.level(depth + 1, i16::from(i > 0));
            self.values.push(item);
        }
    }

    fn write(&self, group: &mut SerializedRowGroupWriter<'_, OutFile>) -> parquet::errors::Result<()> {
        let Some(mut column) = group.next_column()? else {
            return Err(parquet::errors::ParquetError::General("the schema has fewer columns than the rows".into()));
        };
        let writer = column.typed::<T>();
        writer.write_batch(&self.values, Some(&self.definition), Some(&self.repetition))?;
        column.close()
    }
}

type Text = Column<ByteArrayType>;
type Int = Column<Int64Type>;

/// Head or tail.
#[derive(Default)]
struct EndColumns {
    name: Text,
    kind: Text,
    text: Text,
    start: Int,
    end: Int,
}

/// Rows held, column by column, in the order of the schema.
#[derive(Default)]
struct Columns {
    rows: usize,
    id: Text,
    sentence: Text,
    head: EndColumns,
    relation: Int,
    tail: EndColumns,
    status: Text,
    source: Text,
    edited: Column<BoolType>,
    method: Text,
    paradigm: Text,
    scores: [Column<DoubleType>; 6],
    veto: Text,
    model: Text,
    model_digest: Text,
    prompt_digest: Text,
    seed: Int,
    params: Text,
    parents: Int,
    decisions: Int,
    annotators: Text,
    split: Text,
}

fn bytes(text: &str) -> ByteArray {
    ByteArray::from(text)
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl EndColumns {
    fn push(&mut self, end: &End) {
        self.name.some(0, bytes(&end.name));
        self.kind.option(0, end.kind.as_deref().map(bytes));
        self.text.option(0, end.text.as_deref().map(bytes));
        self.start.option(0, end.start.map(number));
        self.end.option(0, end.end.map(number));
    }

    fn write(&self, group: &mut SerializedRowGroupWriter<'_, OutFile>) -> parquet::errors::Result<()> {
        self.name.write(group)?;
        self.kind.write(group)?;
        self.text.write(group)?;
        self.start.write(group)?;
        self.end.write(group)
    }
}

impl Columns {
    fn push(&mut self, r: &Record, relation: i64) {
        self.rows += 1;
        self.id.some(0, bytes(&r.id));
        self.sentence.some(0, bytes(&r.sentence));
        self.head.push(&r.head);
        self.relation.some(0, relation);
        self.tail.push(&r.tail);
        self.status.some(0, bytes(&r.status));
        self.source.some(0, bytes(&r.source));
        self.edited.some(0, r.edited);
        self.method.option(0, r.method.as_deref().map(bytes));
        self.paradigm.option(0, r.paradigm.as_deref().map(bytes));
        let scores = [r.sei, r.grammar, r.fluency, r.sentiment, r.accuracy, r.complexity];
        for (column, score) in self.scores.iter_mut().zip(scores) {
            column.option(0, score);
        }
        self.veto.list(0, r.veto.iter().map(|veto| bytes(veto)));
        if let Some(p) = &r.provenance {
            self.model.option(1, p.model.as_deref().map(bytes));
            self.model_digest.option(1, p.model_digest.as_deref().map(bytes));
            self.prompt_digest.some(1, bytes(&p.prompt_digest));
            self.seed.some(1, i64::from(p.seed));
            self.params.some(1, bytes(&p.params));
            self.parents.list(1, p.parents.iter().copied());
        } else {
            for column in [&mut self.model, &mut self.model_digest, &mut self.prompt_digest, &mut self.params] {
                column.level(0, 0);
            }
            self.seed.level(0, 0);
            self.parents.level(0, 0);
        }
        self.decisions.list(0, r.decision_ids.iter().copied());
        self.annotators.list(0, r.annotators.iter().map(|name| bytes(name)));
        self.split.some(0, bytes(&r.split));
    }

    fn write(self, file: &mut SerializedFileWriter<OutFile>) -> parquet::errors::Result<()> {
        let mut writer = file.next_row_group()?;
        let group = &mut writer;
        self.id.write(group)?;
        self.sentence.write(group)?;
        self.head.write(group)?;
        self.relation.write(group)?;
        self.tail.write(group)?;
        self.status.write(group)?;
        self.source.write(group)?;
        self.edited.write(group)?;
        self.method.write(group)?;
        self.paradigm.write(group)?;
        self.scores.iter().try_for_each(|column| column.write(group))?;
        self.veto.write(group)?;
        self.model.write(group)?;
        self.model_digest.write(group)?;
        self.prompt_digest.write(group)?;
        self.seed.write(group)?;
        self.params.write(group)?;
        self.parents.write(group)?;
        self.decisions.write(group)?;
        self.annotators.write(group)?;
        self.split.write(group)?;
        writer.close()?;
        Ok(())
    }
}

/// The features as the `datasets` library writes them into a file's metadata, in the order of the columns.
fn features(relations: &[String]) -> String {
    let value = |name: &str, dtype: &str| format!(r#""{name}": {{"dtype": "{dtype}", "_type": "Value"}}"#);
    let list = |name: &str, dtype: &str| {
        format!(r#""{name}": {{"feature": {{"dtype": "{dtype}", "_type": "Value"}}, "_type": "Sequence"}}"#)
    };
    let group = |name: &str, fields: &[String]| format!(r#""{name}": {{{}}}"#, fields.join(", "));
    let text = |name: &str| value(name, "string");
    let int = |name: &str| value(name, "int64");
    let end = |name: &str| group(name, &[text("name"), text("type"), text("text"), int("start"), int("end")]);
    let double = |name: &str| value(name, "float64");
    let provenance = [
        text("model"),
        text("model_digest"),
        text("prompt_digest"),
        int("seed"),
        text("params"),
        list("parents", "int64"),
    ];
    let fields = [
        text("id"),
        text("sentence"),
        end("head"),
        format!(r#""relation": {{"names": {}, "_type": "ClassLabel"}}"#, serde_json::json!(relations)),
        end("tail"),
        text("status"),
        text("source"),
        value("edited", "bool"),
        text("method"),
        text("paradigm"),
        double("sei"),
        double("grammar"),
        double("fluency"),
        double("sentiment"),
        double("accuracy"),
        double("complexity"),
        list("veto", "string"),
        group("provenance", &provenance),
        list("decision_ids", "int64"),
        list("annotators", "string"),
        text("split"),
    ];
    format!(r#"{{"info": {{{}}}}}"#, group("features", &fields))
}
