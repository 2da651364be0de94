//! Raw measurements: everything the score is made from, as named numbers, kept so that a new policy
//! rescores without a model, without harper and without the sentence.

use super::Judges;
use crate::domain::quality::Veto;
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

macro_rules! features {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// One named number about a sentence. Its name stands in `assets/sei.toml` and in stored JSON.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $($(#[$doc])* $variant,)+
        }

        impl Feature {
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            #[must_use]
            pub fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

features! {
    /// Lints that the policy of `grammar.rs` keeps.
    Lints = "lints",
    /// Lower-case words that no dictionary has.
    Misspelt = "misspelt",
    /// 1 without a full stop, question or exclamation mark at the end.
    NoStop = "no_stop",
    /// 1 for a small first letter in a text that does use capitals.
    SmallStart = "small_start",
    /// Identifiers such as `birthPlace` or `birth_place`, slots such as `[H]`.
    Leaks = "leaks",
    /// 1 for what belongs to a prompt or a reply: `Sentence:`, `Here is`.
    Leftovers = "leftovers",
    /// Words that stand twice in a row, or phrases of three that come again.
    Repeats = "repeats",
    /// 1 if nothing is tagged as a verb.
    NoVerb = "no_verb",
    /// Subjects and verbs that differ in number, articles without noun, two verbs without a link.
    Disagreements = "disagreements",
    /// Distinct pairs of neighbouring words, in 0..=1 of all.
    DistinctBigrams = "distinct_bigrams",
    /// VADER compound in -1..=1, names masked.
    Compound = "compound",
    /// The tone that sentences of this relation have: 0 until people's sentences tell.
    ReferenceTone = "reference_tone",
    /// |compound - reference tone|, in 0..=2.
    ToneGap = "tone_gap",
    /// Entities named, in 0..=1 of all ends of all tuples.
    Coverage = "coverage",
    /// Words of entity names that stand in the text, in 0..=1.
    NameRecall = "name_recall",
    /// Content words of the relation (label, aliases, gloss, templates) that the text shares: 1 if any.
    RelationWords = "relation_words",
    /// Content words that neither names nor relation explain.
    Unexplained = "unexplained",
    /// Those of them that are names or numbers.
    StrangeNames = "strange_names",
    /// Words, names counted as one each.
    Words = "words",
    /// Words that begin or join clauses and phrases: prepositions, conjunctions, relative pronouns.
    Links = "links",
    /// Automated readability index, the text taken as one sentence.
    Ari = "ari",
    /// Coleman-Liau index, the text taken as one sentence.
    ColemanLiau = "coleman_liau",
    /// Different words in 0..=1 of all.
    Variety = "variety",
    /// Mean log-probability of the tokens after the three-shot prompt, names left out, in nats.
    LmFact = "lm_fact",
    /// The same with names.
    LmFactAll = "lm_fact_all",
    /// Log-probability of the sentence as the beginning of a line, for each of its words, in nats: asked where there is
    /// no fact. By word and not by token: an odd form falls into more tokens, each of them likely after the last.
    LmPlain = "lm_plain",
    /// The lowest log-probability of a token outside names but the first, after the fact, or where there is none.
    LmWorst = "lm_worst",
    /// Mean log-probability of the slotted sentence's tokens under the adapter, after its tuple, in nats. This and
    /// the next are means over the tuples of a text about several.
    Tuned = "tuned",
    /// The lowest log-probability of a token outside the slots.
    TunedWorst = "tuned_worst",
    /// The critic's log-odds that the sentence says its fact and nothing else, in nats within ±8.
    CriticAccurate = "critic_accurate",
    /// Its log-odds that the sentence is good English.
    CriticEnglish = "critic_english",
}

/// The measurements of one sentence; what is absent was not measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawMeasurements {
    values: [Option<f64>; Feature::ALL.len()],
    pub vetoes: Vec<Veto>,
    /// Who gave those of them that models give.
    pub judges: Judges,
}

impl RawMeasurements {
    #[must_use]
    pub fn get(&self, feature: Feature) -> Option<f64> {
        self.values[feature as usize]
    }

    /// Keeps a number to six decimals, so that a score made from what is stored is the same to the last bit; what is
    /// not finite is no measurement.
    pub fn set(&mut self, feature: Feature, value: f64) {
        self.values[feature as usize] = value.is_finite().then_some((value * 1e6).round() / 1e6);
    }

    /// Keeps a count of things.
    pub fn count(&mut self, feature: Feature, n: usize) {
        self.set(feature, to_f64(n));
    }

    /// Keeps 1 for yes, 0 for no.
    pub fn flag(&mut self, feature: Feature, yes: bool) {
        self.set(feature, if yes { 1.0 } else { 0.0 });
    }
}

/// A count as a number: exact below 2^52, and nothing here is larger.
pub(super) fn to_f64(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of words and tokens are far below 2^52")]
    let value = n as f64;
    value
}

/// `part` in 0..=1 of `whole`; `None` of nothing.
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| to_f64(part) / to_f64(whole))
}

/// What stands in the store: layout 1 is `{"layout":1,"m":{name: number},"veto":[name],"judges":{role: mark}}`.
#[derive(Serialize)]
struct Stored<'r> {
    layout: u32,
    m: BTreeMap<&'static str, f64>,
    veto: Vec<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judges: Option<&'r Judges>,
}

/// The same, read. Millions are read at a time when weights change: names are matched as they come by.
#[derive(Deserialize)]
struct Read {
    layout: u32,
    m: Values,
    #[serde(default)]
    veto: Vec<String>,
    /// By role; one that this version does not know is left out.
    #[serde(default)]
    judges: BTreeMap<String, String>,
}

struct Values([Option<f64>; Feature::ALL.len()]);

const LAYOUT: u32 = 1;

impl Serialize for RawMeasurements {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = |feature: Feature| self.get(feature).map(|value| (feature.name(), value));
        Stored {
            layout: LAYOUT,
            m: Feature::ALL.into_iter().filter_map(named).collect(),
            veto: self.vetoes.iter().map(|veto| veto.name()).collect(),
            judges: Some(&self.judges).filter(|judges| !judges.nobody()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawMeasurements {
    /// Names that this version does not know are left out: an older program reads a newer row.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut read = Read::deserialize(deserializer)?;
        if read.layout != LAYOUT {
            return Err(D::Error::custom(format!("measurements of layout {}, not {LAYOUT}", read.layout)));
        }
        let mut raw = Self::default();
        for feature in Feature::ALL {
            if let Some(value) = read.m.0[feature as usize] {
                raw.set(feature, value);
            }
        }
        let mut judge = |role| read.judges.remove(role);
        raw.judges = Judges { model: judge("model"), tuned: judge("tuned"), critic: judge("critic") };
        raw.vetoes = read.veto.iter().map(|name| name.parse()).collect::<Result<_, _>>().map_err(D::Error::custom)?;
        Ok(raw)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Named;
        impl<'de> Visitor<'de> for Named {
            type Value = Values;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("measurements by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                let mut values = [None; Feature::ALL.len()];
                while let Some(feature) = map.next_key_seed(Name)? {
                    let value: f64 = map.next_value()?;
                    if let Some(feature) = feature {
                        values[feature as usize] = Some(value);
                    }
                }
                Ok(Values(values))
            }
        }
        deserializer.deserialize_map(Named)
    }
}

/// A feature by its name, `None` for a name of another version; nothing is allocated.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<Feature>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<Feature>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name of a measurement")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Feature::of_name(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn measurements_come_back_from_json_as_they_were() {
        let mut raw = RawMeasurements::default();
        raw.set(Feature::LmFact, -1.234_567_890_123_456_7);
        raw.count(Feature::Words, 7);
        raw.flag(Feature::NoStop, false);
        raw.set(Feature::Ari, f64::NAN);
        raw.vetoes = vec![Veto::HeadMissing, Veto::NoVerb];
        raw.judges.critic = Some("0123456789ab".into());
        let json = serde_json::to_string(&raw).unwrap();
        assert!(!json.contains("ari") && json.ends_with(r#""judges":{"critic":"0123456789ab"}}"#), "{json}");
        assert_eq!(serde_json::from_str::<RawMeasurements>(&json).unwrap(), raw);
    }

    proptest! {
        #[test]
        fn every_number_comes_back_to_the_bit(values in prop::collection::vec(-1e6_f64..1e6, Feature::ALL.len())) {
            let mut raw = RawMeasurements::default();
            Feature::ALL.into_iter().zip(values).for_each(|(feature, value)| raw.set(feature, value));
            let json = serde_json::to_string(&raw).unwrap();
            prop_assert_eq!(serde_json::from_str::<RawMeasurements>(&json).unwrap(), raw);
        }
    }

    #[test]
    fn other_layouts_and_unknown_vetoes_are_refused() {
        let read = serde_json::from_str::<RawMeasurements>;
        assert!(read(r#"{"layout":2,"m":{}}"#).is_err());
        assert!(read(r#"{"layout":1,"m":{},"veto":["boring"]}"#).is_err());
        let newer = r#"{"layout":1,"m":{"from_the_future":1.0},"judges":{"oracle":"0123456789ab"}}"#;
        assert_eq!(read(newer).unwrap(), RawMeasurements::default());
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = Feature::ALL.iter().map(|f| f.name()).collect();
        assert_eq!(names.len(), Feature::ALL.len());
    }
}
