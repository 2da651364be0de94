//! WebNLG 3.0: an XML benchmark a split, each row an entry of one triple with its sentence.

use super::error::ExportError;
use super::files::Files;
use super::folder::{Folder, OutFile};
use super::record::Record;
use super::{Outcome, Writer};
use std::borrow::Cow;
use std::io::{self, Write as _};

const BEGIN: &str = "<?xml version='1.0' encoding='utf-8'?>\n<benchmark>\n  <entries>\n";

pub(super) struct WebNlg(Files);

impl WebNlg {
    pub(super) fn create(folder: &Folder, splits: &[String]) -> Result<Self, ExportError> {
        Ok(Self(Files::create(folder, "webnlg", splits, |split| format!("webnlg/{split}.xml"))?))
    }
}

impl Writer for WebNlg {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let number = self.0.rows(split) + 1;
        let category = escaped(record.head.kind.as_deref().unwrap_or("Thing"));
        let triple = [&record.head.name, &record.relation, &record.tail.name].map(|part| part.replace(' ', "_"));
        let triple = triple.join(" | ");
        let triple = escaped(&triple);
        // What nobody decided on is neither good nor to be fixed.
        let comment = if record.source == "human" { "good" } else { "" };
        let sentence = escaped(&record.sentence);
        self.0.row(split, |file| {
            if number == 1 {
                file.write_all(BEGIN.as_bytes())?;
            }
            write!(
                file,
                "    <entry category=\"{category}\" eid=\"Id{number}\" shape=\"(X (X))\" shape_type=\"NA\" size=\"1\">\n      \
                 <originaltripleset>\n        <otriple>{triple}</otriple>\n      </originaltripleset>\n      \
                 <modifiedtripleset>\n        <mtriple>{triple}</mtriple>\n      </modifiedtripleset>\n      \
                 <lex comment=\"{comment}\" lid=\"Id1\">{sentence}</lex>\n    </entry>\n"
            )
        })
    }

    fn finish(self: Box<Self>, _: &Folder) -> Result<Outcome, ExportError> {
        let end = |file: &mut OutFile, rows: u64| -> io::Result<()> {
            if rows == 0 {
                file.write_all(BEGIN.as_bytes())?;
            }
            file.write_all(b"  </entries>\n</benchmark>\n")
        };
        Ok(self.0.finish(end)?.into())
    }
}

/// Text for XML 1.0: its own marks as references, and what it cannot hold as U+FFFD.
fn escaped(text: &str) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\u{fffe}' | '\u{ffff}') || c.is_control();
    if !text.contains(special) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.into()
}
