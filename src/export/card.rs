//! The dataset card: `README.md` with the front matter that the Hugging Face hub reads.

use super::manifest::{FileEntry, Manifest};
use std::fmt::Write as _;

pub(super) const NAME: &str = "README.md";

/// Columns of [`super::record::Record`] as the hub names types: `(name, yaml)`.
const FEATURES: &str = "
  - {name: status, dtype: string}
  - {name: source, dtype: string}
  - {name: edited, dtype: bool}
  - {name: method, dtype: string}
  - {name: paradigm, dtype: string}
  - {name: sei, dtype: float64}
  - {name: grammar, dtype: float64}
  - {name: fluency, dtype: float64}
  - {name: sentiment, dtype: float64}
  - {name: accuracy, dtype: float64}
  - {name: complexity, dtype: float64}
  - {name: veto, list: string}
  - name: provenance
    struct:
    - {name: model, dtype: string}
    - {name: model_digest, dtype: string}
    - {name: prompt_digest, dtype: string}
    - {name: seed, dtype: int64}
    - {name: params, dtype: string}
    - {name: parents, list: int64}
  - {name: decision_ids, list: int64}
  - {name: annotators, list: string}
  - {name: split, dtype: string}
";

/// The whole card.
#[must_use]
pub(super) fn card(manifest: &Manifest) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = front_matter(&mut out, manifest);
    let _ = body(&mut out, manifest);
    out
}

fn front_matter(out: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let human = manifest.counts.source.contains_key("human");
    let ranker = manifest.counts.source.contains_key("ranker");
    writeln!(out, "---\npretty_name: {}", yaml(&manifest.dataset))?;
    writeln!(out, "language: [en]")?;
    if let Some(licence) = &manifest.licence {
        writeln!(out, "license: {}", yaml(licence))?;
    }
    writeln!(out, "task_categories: [text-classification]\ntask_ids: [multi-class-classification]")?;
    writeln!(out, "tags: [relation-extraction, synthetic]")?;
    let creators = [(human, "expert-generated"), (ranker, "machine-generated")];
    let annotations: Vec<_> = creators.into_iter().filter(|(there, _)| *there).map(|(_, name)| name).collect();
    writeln!(out, "annotations_creators: [{}]", annotations.join(", "))?;
    let edited = if manifest.counts.edited > 0 { ", expert-generated" } else { "" };
    writeln!(out, "language_creators: [machine-generated{edited}]")?;
    writeln!(out, "size_categories: [{}]", yaml(size_category(manifest.rows)))?;
    configs(out, manifest)?;
    features(out, manifest)?;
    writeln!(out, "---")
}

fn configs(out: &mut String, manifest: &Manifest) -> std::fmt::Result {
    writeln!(out, "configs:\n- config_name: default\n  data_files:")?;
    for (split, file) in data(manifest) {
        writeln!(out, "  - {{split: {}, path: {}}}", yaml(&hub_split(split)), yaml(&file.name))?;
    }
    Ok(())
}

fn features(out: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let end = |out: &mut String, name: &str| {
        writeln!(
            out,
            "  - name: {name}\n    struct:\n    - {{name: name, dtype: string}}\n    - {{name: type, dtype: string}}\n    \
             - {{name: text, dtype: string}}\n    - {{name: start, dtype: int64}}\n    - {{name: end, dtype: int64}}"
        )
    };
    writeln!(out, "dataset_info:\n  features:")?;
    writeln!(out, "  - {{name: id, dtype: string}}\n  - {{name: sentence, dtype: string}}")?;
    end(out, "head")?;
    writeln!(out, "  - name: relation\n    dtype:\n      class_label:\n        names:")?;
    for (i, relation) in manifest.counts.relation.keys().enumerate() {
        writeln!(out, "          '{i}': {}", yaml(relation))?;
    }
    end(out, "tail")?;
    out.push_str(FEATURES.trim_start_matches('\n'));
    writeln!(out, "  splits:")?;
    let mut bytes = 0;
    for (split, file) in data(manifest) {
        let name = yaml(&hub_split(split));
        writeln!(out, "  - {{name: {name}, num_bytes: {}, num_examples: {}}}", file.bytes, file.rows)?;
        bytes += file.bytes;
    }
    writeln!(out, "  download_size: {bytes}\n  dataset_size: {bytes}")
}

fn body(out: &mut String, manifest: &Manifest) -> std::fmt::Result {
    writeln!(out, "\n# {}\n", text(&manifest.dataset))?;
    writeln!(
        out,
        "A relation-extraction dataset made with {}: each row is a sentence that states one tuple (head, relation, \
         tail). `head` and `tail` give the entity's `name` and `type`, the words that name it (`text`) and their \
         offsets: `sentence[start:end]`, in characters, the end exclusive.\n",
        text(&manifest.program)
    )?;
    writeln!(out, "| split | rows |\n|---|---|")?;
    for (split, rows) in &manifest.splits.rows {
        writeln!(out, "| {} | {rows} |", text(split))?;
    }
    writeln!(
        out,
        "\nSplit by entity pair with seed {}; no tuple, entity pair or sentence stands in two splits.",
        manifest.splits.seed
    )?;
    table(out, "How the sentences were chosen", "source", &manifest.counts.source)?;
    table(out, "Status", "status", &manifest.counts.status)?;
    table(out, "Methods", "method", &manifest.counts.method)?;
    table(out, "Relations", "relation", &manifest.counts.relation)?;
    if !manifest.models.is_empty() {
        writeln!(out, "\n## Models\n\n| model | rows | licence | SHA-256 |\n|---|---|---|---|")?;
        for model in &manifest.models {
            let licence = model.licence.as_deref().unwrap_or("unknown");
            let digest = model.sha256.as_deref().unwrap_or("unknown");
            writeln!(out, "| {} | {} | {} | `{}` |", text(&model.name), model.rows, text(licence), text(digest))?;
        }
    }
    if !manifest.warnings.is_empty() {
        writeln!(out, "\n## What to know before using it\n")?;
        for warning in &manifest.warnings {
            writeln!(out, "- {}", text(warning))?;
        }
    }
    writeln!(out, "\nScores are of SEI version {}. Digests of all files: `manifest.json`.", text(&manifest.sei_version))
}

fn table(
    out: &mut String,
    title: &str,
    column: &str,
    counts: &std::collections::BTreeMap<String, u64>,
) -> std::fmt::Result {
    writeln!(out, "\n## {title}\n\n| {column} | rows |\n|---|---|")?;
    for (key, rows) in counts {
        writeln!(out, "| {} | {rows} |", text(key))?;
    }
    Ok(())
}

/// The files that the hub is to read, with their splits: Parquet if there is any, else JSONL.
fn data(manifest: &Manifest) -> impl Iterator<Item = (&String, &FileEntry)> {
    let there = |format: &str| manifest.files.iter().any(|file| file.format == format);
    let format = if there("parquet") { "parquet" } else { "jsonl" };
    let files = manifest.files.iter().filter(move |file| file.format == format && file.rows > 0);
    files.filter_map(|file| Some((file.split.as_ref()?, file)))
}

/// The hub's split names know no hyphen.
fn hub_split(split: &str) -> String {
    split.replace('-', "_")
}

fn size_category(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        _ => "1M<n<10M",
    }
}

/// A double-quoted YAML scalar: nothing in it can end it, or read as anything but a string.
fn yaml(raw: &str) -> String {
    let mut out = String::from("\"");
    for c in raw.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Line breaks to YAML 1.1, or not printable.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text that Markdown leaves as it is, on one line.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_strings() {
        assert_eq!(yaml("a\": [x]\n---\u{2028}\u{85}"), r#""a\": [x]\u000a---\u2028\u0085""#);
        assert_eq!(yaml("no"), "\"no\"");
        assert_eq!(text("a|b\n# <x>"), "a\\|b \\# \\<x\\>");
    }
}
