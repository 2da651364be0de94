//! CSV: one file a split, with a header, quoted as RFC 4180 says; lists are JSON.

use super::error::ExportError;
use super::files::Files;
use super::folder::Folder;
use super::record::Record;
use super::{Outcome, Writer};
use std::io::{self, Write};

const HEADER: &str = "id,sentence,head,head_type,head_text,head_start,head_end,relation,tail,tail_type,tail_text,\
    tail_start,tail_end,status,source,edited,method,paradigm,sei,grammar,fluency,sentiment,accuracy,complexity,veto,\
    annotators,split\n";

pub(super) struct Csv(Files);

impl Csv {
    pub(super) fn create(folder: &Folder, splits: &[String]) -> Result<Self, ExportError> {
        Ok(Self(Files::create(folder, "csv", splits, |split| format!("{split}.csv"))?))
    }
}

impl Writer for Csv {
    fn write(&mut self, r: &Record, split: usize) -> Result<(), ExportError> {
        let first = self.0.rows(split) == 0;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let place = |place: Option<usize>| place.map(|n| n.to_string()).unwrap_or_default();
        let score = |score: Option<f64>| score.map(|x| x.to_string()).unwrap_or_default();
        let list = |list: &[String]| if list.is_empty() { String::new() } else { serde_json::json!(list).to_string() };
        let fields = [
            r.id.clone(),
            r.sentence.clone(),
            r.head.name.clone(),
            text(&r.head.kind),
            text(&r.head.text),
            place(r.head.start),
            place(r.head.end),
            r.relation.clone(),
            r.tail.name.clone(),
            text(&r.tail.kind),
            text(&r.tail.text),
            place(r.tail.start),
            place(r.tail.end),
            r.status.clone(),
            r.source.clone(),
            r.edited.to_string(),
            text(&r.method),
            text(&r.paradigm),
            score(r.sei),
            score(r.grammar),
            score(r.fluency),
            score(r.sentiment),
            score(r.accuracy),
            score(r.complexity),
            list(&r.veto),
            list(&r.annotators),
            r.split.clone(),
        ];
        self.0.row(split, |file| {
            if first {
                file.write_all(HEADER.as_bytes())?;
            }
            for (i, value) in fields.iter().enumerate() {
                if i > 0 {
                    file.write_all(b",")?;
                }
                field(file, value)?;
            }
            file.write_all(b"\n")
        })
    }

    fn finish(self: Box<Self>, _: &Folder) -> Result<Outcome, ExportError> {
        let header = |file: &mut super::folder::OutFile, rows| match rows {
            0 => file.write_all(HEADER.as_bytes()),
            _ => Ok(()),
        };
        Ok(self.0.finish(header)?.into())
    }
}

/// In quotes where it has to be.
fn field(out: &mut impl Write, value: &str) -> io::Result<()> {
    if !value.contains([',', '"', '\n', '\r']) {
        return out.write_all(value.as_bytes());
    }
    out.write_all(b"\"")?;
    out.write_all(value.replace('"', "\"\"").as_bytes())?;
    out.write_all(b"\"")
}
