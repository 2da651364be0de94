//! Other ways to write a name: dates spelled out, numbers with separators, what people say for short.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Other ways to write a date or a number; empty for names.
pub(super) fn other_forms(name: &str) -> Vec<String> {
    if let Some((year, month, day)) = iso_date(name) {
        let month = MONTHS[month - 1];
        let days = [day.to_string(), format!("{day:02}"), format!("{day}{}", ordinal(day))];
        let written = |day: &String| {
            [
                format!("{month} {day}, {year}"),
                format!("{day} {month} {year}"),
                format!("{month} {day} {year}"),
                format!("{day} {month}, {year}"),
                format!("{day} of {month} {year}"),
                format!("{day} of {month}, {year}"),
            ]
        };
        return days.iter().flat_map(written).collect();
    }
    let Ok(value) = name.parse::<f64>() else { return Vec::new() };
    if !value.is_finite() || !name.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Vec::new();
    }
    let (whole, fraction) = name.split_once('.').unwrap_or((name, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = |whole: &str| if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    let mut forms = vec![point(whole), point(&grouped(whole))];
    forms.retain(|form| form != name);
    forms.dedup();
    forms
}

/// "st", "nd", "rd", "th".
fn ordinal(day: u32) -> &'static str {
    match (day % 10, day / 10 == 1) {
        (1, false) => "st",
        (2, false) => "nd",
        (3, false) => "rd",
        _ => "th",
    }
}

/// Words that say what kind of thing a name is, and that people leave away.
const KINDS: [&str; 3] = [" language", " music", " people"];

/// What people call it for short: the place without what lies around it, the name without its kind.
pub(super) fn shorter(name: &str) -> Vec<&str> {
    let place = name.split_once(", ").map(|(place, _)| place);
    let kind = KINDS.iter().find_map(|kind| name.strip_suffix(kind));
    // "Americans": a nationality is said of one person.
    let plural = (!name.contains(' ') && name.len() > 6).then(|| name.strip_suffix('s')).flatten();
    [place, kind, plural].into_iter().flatten().filter(|short| short.len() > 3).collect()
}

/// `1234567` → `1,234,567`.
fn grouped(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Year as written, month 1..=12, day 1..=31.
fn iso_date(name: &str) -> Option<(&str, usize, u32)> {
    let mut parts = name.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, n| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}
