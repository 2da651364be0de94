//! The relation catalogue from `relations.toml`, and the user's own over it.

use super::ConfigError;
use super::assets::{Asset, Assets};
use crate::domain::prompt::Template;
use crate::domain::relation::{Catalogue, Relation, SLOTS, split_label};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    relation: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    iri: Option<String>,
    label: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    spellings: Vec<String>,
    gloss: Option<String>,
    head_type: Option<String>,
    tail_type: Option<String>,
    path: Option<String>,
    inverse: Option<String>,
    #[serde(default)]
    symmetric: bool,
    tone: Option<f64>,
    #[serde(default)]
    templates: Vec<Spanned<String>>,
}

/// The shipped catalogue with the user's relations over and beside it.
///
/// # Errors
/// The first mistake, with file and line.
pub fn catalogue(assets: &Assets) -> Result<Catalogue, ConfigError> {
    let shipped = Asset { file: "assets/relations.toml".to_owned(), text: Assets::embedded("relations.toml").into() };
    let mut relations = parse(&shipped)?;
    if let Some(users) = assets.users("relations.toml")? {
        relations.extend(parse(&users)?);
    }
    Ok(Catalogue::new(relations))
}

/// Reads one catalogue file.
///
/// # Errors
/// The first mistake, with file and line.
pub fn parse(asset: &Asset) -> Result<Vec<Relation>, ConfigError> {
    let text = &asset.text;
    let file: File = toml::from_str(text).map_err(|e| ConfigError::toml(&asset.file, text, &e))?;
    let mut relations = Vec::with_capacity(file.relation.len());
    for entry in file.relation {
        let at = |byte: usize, reason: String| ConfigError::At {
            file: asset.file.clone(),
            line: super::line_of(text, byte),
            reason,
        };
        let name_at = entry.name.span().start;
        let name = entry.name.into_inner();
        if name.trim().is_empty() {
            return Err(at(name_at, "the relation's name is empty".to_owned()));
        }
        if entry.tone.is_some_and(|tone| !(-1.0..=1.0).contains(&tone)) {
            return Err(at(name_at, format!("the tone of '{name}' is not between -1 and 1")));
        }
        let mut templates = Vec::with_capacity(entry.templates.len());
        for template in entry.templates {
            let byte = template.span().start;
            let template = template.into_inner();
            check(&template).map_err(|reason| at(byte, format!("template of '{name}': {reason}")))?;
            templates.push(template);
        }
        relations.push(Relation {
            label: entry.label.unwrap_or_else(|| split_label(&name)),
            name,
            iri: entry.iri,
            aliases: entry.aliases,
            spellings: entry.spellings,
            told: None,
            gloss: entry.gloss,
            head_type: entry.head_type,
            tail_type: entry.tail_type,
            path: entry.path,
            inverse: entry.inverse,
            symmetric: entry.symmetric,
            tone: entry.tone,
            templates,
        });
    }
    Ok(relations)
}

fn check(template: &str) -> Result<(), String> {
    let parsed = Template::parse(template, SLOTS).map_err(|e| e.to_string())?;
    for end in ["head", "tail"] {
        match parsed.slots().filter(|slot| *slot == end).count() {
            1 => {}
            n => return Err(format!("{{{end}}} stands {n} times; it must stand once")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalogue_is_sound() {
        let catalogue = catalogue(&Assets::default()).unwrap();
        assert!(catalogue.all().len() >= 20);
    }

    #[test]
    fn mistakes_have_file_and_line() {
        let read = |text: &'static str| parse(&Asset { file: "r.toml".into(), text: text.into() });
        let twice = "[[relation]]\nname = \"x\"\ntemplates = [\n  \"{head} {head} {tail}.\",\n]";
        assert!(read(twice).unwrap_err().to_string().starts_with("r.toml:4: template of 'x': {head} stands 2"));
        assert!(read("[[relation]]\nnam = \"x\"").unwrap_err().to_string().starts_with("r.toml:2:"));
    }
}
