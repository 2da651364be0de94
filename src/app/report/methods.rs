//! `methods`: which method writes what people take, what would be lost without it, what it costs, where it is good.

use super::document::{Basis, Cell, Chart, Figure, LEVEL, Report, Section, Table, Unit};
use super::material::{Material, Outcome, rivals};
use crate::domain::TupleId;
use crate::domain::stats::strength::{Contest, Strength, strengths};
use crate::domain::stats::{Undefined, diversity, independence, real};
use crate::store::{ChoiceRow, OptionRow};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pairs of sentences compared in a relation.
const PAIRS: usize = 30;

/// The report.
#[must_use]
pub fn methods(material: &Material) -> Report {
    let basis = material.choice_basis();
    let wins = Wins::of(material);
    let mut sections = vec![strength(material, &wins, &basis)];
    sections.push(by_relation(material, &wins, &basis));
    if !material.texts.is_empty() {
        sections.push(diversity(material, &basis));
    }
    sections.extend(super::leave_out(material, &["bias_strength"], |rest| {
        let basis = rest.choice_basis();
        let section = by_relation(rest, &Wins::of(rest), &basis);
        Report { name: "methods", title: "", basis, sections: vec![section] }
    }));
    Report { name: "methods", title: "Methods compared by what people take", basis, sections }
}

/// A sentence that was taken, and who wrote it.
struct Win<'a> {
    tuple: TupleId,
    method: usize,
    /// Methods of all sentences, near-repeats left out.
    entrants: Vec<usize>,
    /// No other method wrote nearly the same.
    unique: bool,
    edited: bool,
    annotator: &'a str,
}

struct Wins<'a> {
    methods: Vec<&'a str>,
    wins: Vec<Win<'a>>,
}

impl<'a> Wins<'a> {
    fn of(material: &'a Material) -> Self {
        let names: BTreeSet<&str> = material.options.values().flatten().map(|option| option.method.as_str()).collect();
        let methods: Vec<&str> = names.into_iter().collect();
        let number = |name: &str| methods.binary_search(&name).unwrap_or(0);
        let win = |choice: &'a ChoiceRow| {
            let options = material.options.get(&choice.tuple)?;
            let taken = options.iter().find(|option| Some(option.candidate) == choice.candidate)?;
            let origin = |option: &OptionRow| option.repeats.unwrap_or(option.candidate);
            let alike = |option: &&OptionRow| option.written && origin(option) == origin(taken);
            Some(Win {
                tuple: choice.tuple,
                method: number(&taken.method),
                entrants: rivals(options, taken.candidate).iter().map(|option| number(&option.method)).collect(),
                unique: options.iter().filter(alike).all(|option| option.method == taken.method),
                edited: choice.kind == "edit",
                annotator: &choice.annotator,
            })
        };
        let wins = material.choices.iter().filter_map(win).collect();
        Self { methods, wins }
    }

    fn taken(&self) -> impl Iterator<Item = &Win<'a>> {
        self.wins.iter().filter(|win| !win.edited)
    }
}

fn strength(material: &Material, wins: &Wins<'_>, basis: &Basis) -> Section {
    let mut section = Section::new("Strength");
    let contests: Vec<Contest> =
        wins.taken().map(|win| Contest { entrants: win.entrants.clone(), winner: win.method }).collect();
    let n = contests.len();
    let found = strengths(wins.methods.len(), &contests, LEVEL);
    let right = right(material, wins);
    let columns = [
        ("method", "method", Unit::Text),
        ("n", "stood for choice", Unit::Count),
        ("taken", "taken", Unit::Count),
        ("strength", "strength", Unit::Share),
        ("strength95", "95%", Unit::Share),
        ("unique", "taken, nobody else wrote it", Unit::Count),
        ("lost", "lost without it", Unit::Share),
        ("edited", "edited", Unit::Count),
        ("right", "right", Unit::Share),
        ("judged", "judged", Unit::Count),
        ("tokens", "tokens for one taken", Unit::Number),
        ("seconds", "seconds for one taken", Unit::Seconds),
    ];
    let chart = Chart::Bars { label: 0, value: 3, interval: Some(4) };
    let mut table = Table::new("methods", "Methods", &columns, basis).drawn(chart);
    for (number, &method) in wins.methods.iter().enumerate() {
        let own =
            |test: &dyn Fn(&Win<'_>) -> bool| wins.wins.iter().filter(|win| win.method == number && test(win)).count();
        let (taken, unique, edited) =
            (own(&|win| !win.edited), own(&|win| !win.edited && win.unique), own(&|win| win.edited));
        let strength: Result<Strength, Undefined> = found.as_ref().map(|all| all[number]).map_err(|why| *why);
        let cost = material.methods.iter().find(|count| count.method == method);
        let (x, judged) = right.get(&number).copied().unwrap_or_default();
        let each = |total: f64| if taken > 0 { Ok(total / real(taken)) } else { Err(Undefined::Nothing) };
        let share = |x: usize, n: usize| if n > 0 { Ok(real(x) / real(n)) } else { Err(Undefined::Nothing) };
        let whole = |n: u64| usize::try_from(n).map_or(f64::INFINITY, real);
        table.rows.push(vec![
            method.into(),
            Cell::count(strength.map_or(0, |strength| strength.contests)),
            Cell::count(taken),
            Cell::value(strength.map(|strength| strength.share)),
            Cell::interval(strength.ok().map(|strength| strength.interval)),
            Cell::count(unique),
            Cell::value(share(unique, n)),
            Cell::count(edited),
            Cell::value(share(x, judged)),
            Cell::count(judged),
            Cell::value(each(cost.map_or(0.0, |cost| whole(cost.prompt_tokens + cost.output_tokens)))),
            Cell::value(each(cost.map_or(0.0, |cost| whole(cost.millis) / 1_000.0))),
        ]);
    }
    table.rows.sort_by(|a, b| match (&b[3], &a[3]) {
        (Cell::Number(b), Cell::Number(a)) => b.total_cmp(a),
        _ => std::cmp::Ordering::Equal,
    });
    section.tables.push(table);
    section.figures.push(Figure::count("taken", "sentences taken as they are", n, basis));
    let people: BTreeSet<&str> = wins.taken().map(|win| win.annotator).collect();
    section.figures.push(Figure::count("annotators", "people who took them", people.len(), basis));
    section.notes.push("strength: the chance to be taken before a method of mean strength (Plackett-Luce)".into());
    section.notes.push(
        "lost without it: tuples whose sentence no other method wrote, nearly the same counting as the same".into(),
    );
    section.notes.push("cost: all tokens and time of the method in this project over the sentences taken from it; a sentence may be counted for several people".into());
    section
}

/// Right and judged sentences by method, of those that stand.
fn right(material: &Material, wins: &Wins<'_>) -> HashMap<usize, (usize, usize)> {
    let mut counts: HashMap<usize, (usize, usize)> = HashMap::new();
    for row in material.sample() {
        let Ok(method) = wins.methods.binary_search(&row.method.as_str()) else { continue };
        let right = match material.outcome(row) {
            Outcome::Right => 1,
            Outcome::Wrong => 0,
            Outcome::Disputed | Outcome::Open => continue,
        };
        let count = counts.entry(method).or_default();
        *count = (count.0 + right, count.1 + 1);
    }
    counts
}

/// Is a method taken more often for some relations than for others?
fn by_relation(material: &Material, wins: &Wins<'_>, basis: &Basis) -> Section {
    let mut section = Section::new("Method and relation");
    let mut relations: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for win in wins.taken() {
        let row = relations.entry(material.relation(win.tuple)).or_insert_with(|| vec![0; wins.methods.len()]);
        row[win.method] += 1;
    }
    let counts: Vec<Vec<usize>> = relations.values().cloned().collect();
    let found = independence::test(&counts, material.seed_for("bias"));
    let n = counts.iter().flatten().sum();
    let figure = |key: &str, label: &str, value: &dyn Fn(&independence::Test) -> f64| {
        Figure::new(key, label, Unit::Number, found.as_ref().map(value).map_err(|why| *why), n, basis)
    };
    let how = match &found {
        Ok(test) if test.permuted => "Pearson's chi-squared, p by 500 permutations (the table is thin)".to_owned(),
        Ok(test) => format!("Pearson's chi-squared, {} degrees of freedom", test.freedom),
        Err(_) => "Pearson's chi-squared".to_owned(),
    };
    section.figures.push(figure("bias_p", "method and relation are independent: p", &|test| test.p).how(&how));
    section.figures.push(figure("bias_chi_squared", "chi-squared", &|test| test.statistic));
    section.figures.push(
        figure("bias_strength", "how much they depend (Cramér's V)", &|test| test.strength).how("Bergsma's correction"),
    );
    let columns = [
        ("relation", "relation", Unit::Text),
        ("method", "method", Unit::Text),
        ("taken", "taken", Unit::Count),
        ("n", "n", Unit::Count),
        ("share", "share of the relation", Unit::Share),
    ];
    let chart = Chart::Heat { row: 0, column: 1, value: 4 };
    let mut table = Table::new("method_by_relation", "Taken, by relation and method", &columns, basis).drawn(chart);
    for (relation, row) in &relations {
        let sum: usize = row.iter().sum();
        for (method, &taken) in wins.methods.iter().zip(row).filter(|(_, taken)| **taken > 0) {
            let share = Cell::Number(real(taken) / real(sum));
            table.rows.push(vec![(*relation).into(), (*method).into(), Cell::count(taken), Cell::count(sum), share]);
        }
    }
    section.tables.push(table);
    section
}

/// Do the chosen sentences of a relation differ from each other?
fn diversity(material: &Material, basis: &Basis) -> Section {
    let mut section = Section::new("Diversity of the chosen sentences");
    let mut relations: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (relation, text, form) in &material.texts {
        relations.entry(relation).or_default().push((text, form));
    }
    let columns = [
        ("relation", "relation", Unit::Text),
        ("n", "n", Unit::Count),
        ("self_chrf", "self-chrF", Unit::Number),
        ("distinct1", "distinct words", Unit::Share),
        ("distinct2", "distinct pairs of words", Unit::Share),
        ("template", "share of one form", Unit::Share),
        ("form", "that form", Unit::Text),
    ];
    let mut table = Table::new("diversity", "By relation", &columns, basis);
    for (relation, texts) in &relations {
        let forms: Vec<&str> = texts.iter().map(|(_, form)| *form).collect();
        let n = forms.len();
        let commonest = diversity::commonest(&forms);
        table.rows.push(vec![
            (*relation).into(),
            Cell::count(n),
            // Names would make sentences differ that are cut from one template.
            Cell::value(diversity::self_chrf(&forms, PAIRS, material.seed_for(relation))),
            Cell::value(diversity::distinct(&forms, 1)),
            Cell::value(diversity::distinct(&forms, 2)),
            Cell::value(commonest.map(|(_, most)| real(most) / real(n)).ok_or(Undefined::Nothing)),
            commonest.map_or("", |(form, _)| form).into(),
        ]);
    }
    let forms: Vec<&str> = material.texts.iter().map(|(_, _, form)| form.as_str()).collect();
    let n = forms.len();
    let all =
        |key: &str, label: &str, value| Figure::new(key, label, Unit::Number, value, n, basis).how("names masked");
    section.figures.push(all(
        "self_chrf",
        "self-chrF over all",
        diversity::self_chrf(&forms, 500, material.seed_for("diversity")),
    ));
    section.figures.push(all("distinct2", "distinct pairs of words over all", diversity::distinct(&forms, 2)));
    section.notes.push(format!("self-chrF: mean overlap of pairs of sentences without their names, {PAIRS} pairs a relation; 1 is the same sentence"));
    section.tables.push(table);
    section
}
