"""Breaks the English of a good slot sentence, in the ways in which writers and small models do: words dropped, doubled,
exchanged or put elsewhere, wrong forms, the label in place of a sentence. What it says may break with it."""

import re

import data

PREPOSITIONS = ["of", "in", "by", "at", "on", "to", "for", "with", "from", "as", "into", "about"]
FORMS = {"is": ["are", "be", "was", "being"], "was": ["were", "is", "been"], "are": ["is", "be"], "were": ["was", "be"],
         "has": ["have", "having"], "have": ["has"], "a": ["an", "the"], "an": ["a"], "the": ["a", "an"],
         "its": ["it's", "their"], "who": ["which", "whom"], "which": ["who", "what"]}
SMALL = set(PREPOSITIONS) | set(FORMS)
SLOT = re.compile(r"^\W*\[[HT]\]")


def is_slot(word: str) -> bool:
    return bool(SLOT.match(word))


def dropped(words, chance):
    places = [i for i, w in enumerate(words) if w.lower() in SMALL] or [i for i, w in enumerate(words) if not is_slot(w)]
    at = chance.choice(places)
    return words[:at] + words[at + 1:]


def verbless(words, chance):
    places = [i for i, w in enumerate(words) if w.lower() in ("is", "was", "are", "were", "has", "have") or w.endswith("ed")]
    return words[:places[0]] + words[places[0] + 1:] if places else dropped(words, chance)


def exchanged(words, chance):
    at = chance.randrange(len(words) - 1)
    return words[:at] + [words[at + 1], words[at]] + words[at + 2:]


def doubled(words, chance):
    at, size = chance.randrange(len(words)), chance.choice([1, 1, 2, 3])
    return words[:at + size] + words[at:at + size] + words[at + size:]


def misformed(words, chance):
    """Another form of a small word, another preposition, or an ending too many or too few."""
    places = [i for i, w in enumerate(words) if not is_slot(w) and w.strip(".,").isalpha()]
    at = chance.choice(places)
    word = words[at].lower()
    if word in PREPOSITIONS:
        new = chance.choice([p for p in PREPOSITIONS if p != word])
    elif word in FORMS:
        new = chance.choice(FORMS[word])
    elif word.endswith("ed") and len(word) > 4:
        new = word[:-2] + chance.choice(["", "s", "ing"])
    elif word.endswith("ing") and len(word) > 5:
        new = word[:-3] + chance.choice(["", "ed"])
    elif word.endswith("s") and len(word) > 3:
        new = word[:-1]
    else:
        new = word.rstrip(".,") + chance.choice(["s", "ing", "ed"]) + word[len(word.rstrip(".,")):]
    return words[:at] + [new] + words[at + 1:]


def moved(words, chance):
    at, to = chance.randrange(len(words)), chance.randrange(len(words))
    rest = words[:at] + words[at + 1:]
    return rest[:to] + [words[at]] + rest[to:]


def stuffed(words, chance):
    """A small word too many."""
    at = chance.randrange(1, len(words) + 1)
    return words[:at] + [chance.choice(sorted(SMALL))] + words[at:]


def cut(words, chance):
    return words[:max(2, len(words) - chance.choice([1, 1, 2]))]


def telegram(relation: str, chance) -> str:
    """The label where a sentence should be."""
    camel = "".join(w if i == 0 else w.capitalize() for i, w in enumerate(relation.split()))
    said = chance.choice([relation, relation, camel])
    return chance.choice([f"[H] {said} [T].", f"[H] {said} is [T].", f"[H] is {said} [T].", f"[H] has {said} [T].",
                          f"[T] {said} [H].", f"[H] {said} [T]", f"{said} of [H] is [T].", f"[H]'s {said} [T]."])


WAYS = [dropped, dropped, verbless, exchanged, doubled, misformed, misformed, misformed, moved, stuffed, cut]
# After one of these, once, a reader still takes from the sentence what it says.
HARMLESS = (dropped, doubled, stuffed)


def spoilt(slotted: str, fact, chance) -> tuple[str, int, bool]:
    """The sentence with one fault, or two, or the label in its place; the number of faults, and whether it is plain
    that it still says its fact."""
    if chance.random() < 0.2:
        text = telegram(fact[1], chance)
        return data.fill(text, fact[0], fact[2]), 2, not text.startswith("[T]")
    text, ways = slotted, chance.choices(WAYS, k=chance.choice([1, 1, 2]))
    for way in ways:
        words, stop = text.rstrip(".").split(), "." if text.endswith(".") else ""
        text = " ".join(way(words, chance) if len(words) > 2 else words + words) + stop
    if text == slotted:
        text, ways = " ".join(doubled(text.rstrip(".").split(), chance)) + ".", [doubled]
    kept = text.count("[H]") >= slotted.count("[H]") and text.count("[T]") >= slotted.count("[T]")
    return data.fill(text, fact[0], fact[2]), len(ways), kept and len(ways) == 1 and ways[0] in HARMLESS
