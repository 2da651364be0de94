//! What is known of a relation: how it is said, what it means, which way it points.

use super::tuple::normal;
use std::collections::HashMap;

/// What a sentence template may speak of.
pub const SLOTS: &[&str] = &["head", "tail", "head_type", "tail_type"];

/// One relation type of the catalogue, or one made up on the spot from its bare name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Relation {
    /// The identifier, such as `almaMater`.
    pub name: String,
    pub iri: Option<String>,
    /// In words: `alma mater`.
    pub label: String,
    /// In the words of the tuple, where those are not the label's: see [`Catalogue::describe`].
    pub told: Option<String>,
    pub aliases: Vec<String>,
    /// Names that find it and are never told: run together (`directedby`), or of another meaning elsewhere (`after`).
    pub spellings: Vec<String>,
    /// A sentence part that tells what it means: `the school, college or university that a person attended`.
    pub gloss: Option<String>,
    pub head_type: Option<String>,
    pub tail_type: Option<String>,
    /// Place in the taxonomy, from the broadest: `person/education`.
    pub path: Option<String>,
    /// The relation that says the same with head and tail exchanged.
    pub inverse: Option<String>,
    /// True if exchanging head and tail leaves the fact as it was.
    pub symmetric: bool,
    /// Tone in which people state it, where neutral is wrong: a VADER compound in -1..=1.
    pub tone: Option<f64>,
    /// Sentences with `{head}` and `{tail}` once each, `{head_type}` and `{tail_type}` at will.
    pub templates: Vec<String>,
}

impl Relation {
    /// A relation that the catalogue does not know: its label is its name split into words.
    #[must_use]
    pub fn unknown(name: &str) -> Self {
        Self { name: name.to_owned(), label: split_label(name), ..Self::default() }
    }

    /// What a model reads in the relation's place. The label is a noun phrase for sentences of our own; this may be a verb.
    #[must_use]
    pub fn told(&self) -> &str {
        self.told.as_deref().unwrap_or(&self.label)
    }
}

/// The relations known to a project, found by any spelling.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    relations: Vec<Relation>,
    by_key: HashMap<String, usize>,
}

impl Catalogue {
    /// Later relations of the same name replace earlier ones (a user's file over the built-in one).
    #[must_use]
    pub fn new(relations: impl IntoIterator<Item = Relation>) -> Self {
        let mut catalogue = Self::default();
        for relation in relations {
            catalogue.add(relation);
        }
        catalogue
    }

    fn add(&mut self, relation: Relation) {
        let at = match self.by_key.get(&key(&relation.name)) {
            Some(&at) if self.relations[at].name == relation.name => at,
            _ => self.relations.len(),
        };
        // A name beats a label, a label beats an alias: an alias never takes over another's own name.
        self.by_key.insert(key(&relation.name), at);
        for spelling in relation.iri.iter().chain([&relation.label]).chain(&relation.aliases).chain(&relation.spellings)
        {
            self.by_key.entry(key(spelling)).or_insert(at);
        }
        if at == self.relations.len() {
            self.relations.push(relation);
        } else {
            self.relations[at] = relation;
        }
    }

    /// `birthPlace`, `birth place`, `Birth_Place`, an IRI or an alias: all find the same relation.
    #[must_use]
    pub fn find(&self, spelling: &str) -> Option<&Relation> {
        self.by_key.get(&key(spelling)).map(|&at| &self.relations[at])
    }

    /// The catalogue's relation, or one made from the name. Found by an alias it is told by that alias: who wrote
    /// `cityServed` or `stateOfOrigin` said more than `region served` and `nationality`.
    #[must_use]
    pub fn describe(&self, spelling: &str) -> Relation {
        let Some(relation) = self.find(spelling) else { return Relation::unknown(spelling) };
        let mut own = relation.iri.iter().chain([&relation.name, &relation.label]);
        // `directedby` is never told, `directed by` is.
        let untold = relation.spellings.iter().any(|name| name == bare(spelling));
        // A name in capitals alone is an abbreviation or a number such as `P19`: the catalogue's words say more.
        let in_words = bare(spelling).chars().any(char::is_lowercase);
        let alias = in_words && !untold && own.all(|name| key(name) != key(spelling));
        Relation { told: alias.then(|| split_label(bare(spelling))), ..relation.clone() }
    }

    #[must_use]
    pub fn all(&self) -> &[Relation] {
        &self.relations
    }
}

/// The last part of an IRI or path, without a prefix such as `dbo:`.
fn bare(spelling: &str) -> &str {
    let last = spelling.trim_end_matches('>').rsplit(['/', '#']).next().unwrap_or(spelling);
    last.rsplit_once(':').map_or(last, |(_, name)| name)
}

/// Letters and digits of the last part of an IRI or path, lower-case.
fn key(spelling: &str) -> String {
    bare(spelling).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `almaMater` → `alma mater`, `award_nominee` → `award nominee`, `ISOCode` → `ISO code`.
#[must_use]
pub fn split_label(name: &str) -> String {
    let name = normal(name.rsplit(['/', '#']).next().unwrap_or(name));
    let chars: Vec<char> = name.chars().collect();
    let mut label = String::with_capacity(name.len() + 4);
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|j| chars[j]);
        let next_is_lower = chars.get(i + 1).is_some_and(|n| n.is_lowercase());
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| b.is_lowercase() || b.is_numeric() || (b.is_uppercase() && next_is_lower));
        if starts_word {
            label.push(' ');
        }
        let acronym = before.is_some_and(char::is_uppercase) || chars.get(i + 1).is_some_and(|n| n.is_uppercase());
        if c.is_uppercase() && !acronym || c.is_uppercase() && starts_word && next_is_lower {
            label.extend(c.to_lowercase());
        } else {
            label.push(c);
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A catalogue of one relation.
    fn catalogue(name: &str, label: &str, aliases: &[&str], spellings: &[&str]) -> Catalogue {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Catalogue::new([Relation {
            iri: Some(format!("http://dbpedia.org/ontology/{name}")),
            label: label.into(),
            aliases: owned(aliases),
            spellings: owned(spellings),
            ..Relation::unknown(name)
        }])
    }

    #[test]
    fn any_spelling_finds_the_relation() {
        let catalogue = catalogue("birthPlace", "birth place", &["place of birth"], &["birthplaces"]);
        for spelling in [
            "birthPlace",
            "birth place",
            "Birth_Place",
            "place of birth",
            "birthplaces",
            "<http://dbpedia.org/ontology/birthPlace>",
            "dbo:birthPlace",
        ] {
            assert_eq!(catalogue.find(spelling).map(|r| r.name.as_str()), Some("birthPlace"), "{spelling}");
        }
        assert!(catalogue.find("deathPlace").is_none());
    }

    #[test]
    fn an_alias_is_told_in_its_own_words() {
        let catalogue = catalogue("regionServed", "region served", &["cityServed", "P931"], &["cityserved"]);
        for (spelling, told) in [
            ("regionServed", "region served"),
            ("Region_Served", "region served"),
            ("http://dbpedia.org/ontology/regionServed", "region served"),
            ("cityServed", "city served"),
            ("http://dbpedia.org/property/cityServed", "city served"),
            ("dbp:cityServed", "city served"),
            ("P931", "region served"),
            ("wdt:P931", "region served"),
            ("http://www.wikidata.org/prop/direct/P931", "region served"),
            ("cityserved", "region served"),
            ("hubAirport", "hub airport"),
        ] {
            assert_eq!(catalogue.describe(spelling).told(), told, "{spelling}");
        }
        assert_eq!(catalogue.describe("cityServed").label, "region served");
    }

    #[test]
    fn names_split_into_words() {
        for (name, label) in [
            ("almaMater", "alma mater"),
            ("award_nominee", "award nominee"),
            ("ISOCode", "ISO code"),
            ("1stAppearance", "1st appearance"),
            ("spouse", "spouse"),
        ] {
            assert_eq!(split_label(name), label);
        }
    }
}
