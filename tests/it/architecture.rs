//! The layers, checked: who may import whom, one folder per foreign library, a header sentence in every file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which of our folders a folder may import. ARCHITECTURE.md has the same table for people.
const IMPORTS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("jobs", &["domain"]),
    ("sei", &["domain", "jobs"]),
    ("llama", &["domain", "jobs"]),
    ("http", &["domain", "jobs"]),
    ("models", &["domain", "http", "jobs"]),
    ("store", &["domain"]),
    ("import", &["domain"]),
    ("export", &["domain"]),
    ("config", &["domain"]),
    ("app", &["domain", "jobs", "models", "sei", "store", "import", "export", "config"]),
    ("tui", &["domain", "app"]),
    ("cli", &["domain", "jobs", "sei", "llama", "http", "models", "store", "import", "export", "config", "app", "tui"]),
];

/// Libraries that only one folder may name.
const FOREIGN: &[(&str, &str)] = &[
    ("ratatui", "tui"),
    ("crossterm", "tui"),
    ("rusqlite", "store"),
    ("llama_cpp_2", "llama"),
    ("harper_core", "sei"),
    ("vader_parity", "sei"),
    ("textstat", "sei"),
    ("clap", "cli"),
    ("indicatif", "cli"),
    ("ureq", "http"),
];

/// Lines a file may have.
const LINES: usize = 400;

fn files() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), &mut found);
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(root.join("src")).unwrap().to_owned(), text)
        })
        .collect()
}

/// The layer of a file: its first folder.
fn layer(path: &Path) -> String {
    path.iter().next().unwrap().to_string_lossy().into_owned()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn imports_follow_the_table() {
    let table: BTreeMap<&str, &[&str]> = IMPORTS.iter().copied().collect();
    let mut faults = Vec::new();
    for (path, text) in files() {
        let layer = layer(&path);
        let Some(allowed) = table.get(layer.as_str()) else {
            if path.components().count() > 1 {
                faults.push(format!("src/{}: the folder is not in the table of imports", path.display()));
            }
            continue;
        };
        for (number, line) in code_lines(&text) {
            for part in line.split("crate::").skip(1) {
                let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let known = table.contains_key(name.as_str());
                if known && name != layer && !allowed.contains(&name.as_str()) {
                    faults.push(format!("src/{}:{number}: {layer} may not import {name}", path.display()));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn a_foreign_library_has_one_folder() {
    let mut faults = Vec::new();
    for (path, text) in files() {
        for (number, line) in code_lines(&text) {
            for (library, home) in FOREIGN {
                let named = line.contains(&format!("{library}::")) || line.contains(&format!("use {library}"));
                if named && layer(&path) != *home {
                    faults.push(format!("src/{}:{number}: {library} belongs to {home}", path.display()));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn files_open_with_a_sentence_and_stay_short() {
    let mut faults = Vec::new();
    for (path, text) in files() {
        let shown = path.display();
        if !text.starts_with("//! ") {
            faults.push(format!("src/{shown}: does not open with a //! sentence"));
        }
        let lines = text.lines().count();
        if lines > LINES {
            faults.push(format!("src/{shown}: {lines} lines, more than {LINES}"));
        }
        for part in &path {
            if ["utils", "helpers", "common", "utils.rs", "helpers.rs", "common.rs"].contains(&&*part.to_string_lossy())
            {
                faults.push(format!("src/{shown}: a name that says nothing"));
            }
        }
    }
    none(&faults);
}

#[test]
fn the_clock_is_read_at_the_edges_and_only_the_command_line_prints() {
    let mut faults = Vec::new();
    for (path, text) in files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let timeless = layer(&path) == "domain" || name == "update.rs" || name == "view.rs";
        for (number, line) in code_lines(&text) {
            if timeless && (line.contains("Instant::now") || line.contains("SystemTime::now")) {
                faults.push(format!("src/{}:{number}: reads the clock", path.display()));
            }
            let prints = ["println!", "eprintln!", "print!(", "eprint!("].iter().any(|p| line.contains(p));
            if prints && layer(&path) != "cli" && !name.contains("tests") {
                faults.push(format!("src/{}:{number}: prints", path.display()));
            }
        }
    }
    none(&faults);
}

#[test]
fn the_domain_knows_no_outside() {
    let mut faults = Vec::new();
    for (path, text) in files().into_iter().filter(|(path, _)| layer(path) == "domain") {
        for (number, line) in code_lines(&text) {
            for outside in ["std::fs", "std::net", "std::env", "std::process", "serde", "tokio", "tracing", "rand::"] {
                if line.contains(outside) {
                    faults.push(format!("src/{}:{number}: {outside}", path.display()));
                }
            }
        }
    }
    none(&faults);
}
