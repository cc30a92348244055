//! The keywords that lead to rules, found by their first two bytes: at the places where a format may begin, or anywhere.

use super::{Form, Rule};
use crate::detect::look::Sorts;

/// A keyword that was found.
#[derive(Clone, Copy)]
pub(super) struct Keyword {
    /// Its rule, and its place among the rule's starts.
    pub rule: usize,
    pub start: usize,
    text: &'static str,
    any_case: bool,
    /// Bytes from it on, or of the whole text where it lies inside of a format, below which the rule cannot match.
    least: usize,
    /// Sorts one of which the text must hold.
    any: Sorts,
}

/// What stands between a name and its value: a sign, or "is" between blanks.
pub(super) const ASSIGNMENT: &str = ":= ";
/// Longest way, in bytes, from a keyword to the sign of assignment behind it.
const LONGEST: usize = 48;
/// Bytes of the shortest value that is assigned.
const SHORTEST: usize = 8;

impl Keyword {
    /// The pairs of bytes that it may begin with.
    fn pairs(&self) -> impl Iterator<Item = usize> + use<> {
        let other = |b: u8| if self.any_case && b.is_ascii_alphabetic() { b ^ 0x20 } else { b };
        let mut pairs = match *self.text.as_bytes() {
            [a, b, ..] => vec![pair(a, b), pair(other(a), b), pair(a, other(b)), pair(other(a), other(b))],
            _ => Vec::new(),
        };
        pairs.sort_unstable();
        pairs.dedup();
        pairs.into_iter()
    }

    fn is_at(&self, text: &[u8], at: usize) -> bool {
        let wanted = self.text.as_bytes();
        let Some(there) = text.get(at..at + wanted.len()) else { return false };
        if self.any_case { there.eq_ignore_ascii_case(wanted) } else { there == wanted }
    }
}

/// Something for each pair of bytes.
type Pairs = Box<[u16; 1 << 16]>;

fn pairs() -> Pairs {
    Box::new([0; 1 << 16])
}

fn pair(a: u8, b: u8) -> usize {
    usize::from(u16::from_be_bytes([a, b]))
}

/// Keywords by their first two bytes.
struct Index {
    /// For each pair of bytes: 0, or one more than its place in `buckets`.
    places: Pairs,
    buckets: Vec<Vec<Keyword>>,
}

impl Index {
    fn new() -> Self {
        Self { places: pairs(), buckets: Vec::new() }
    }

    fn add(&mut self, keyword: Keyword) {
        for pair in keyword.pairs() {
            if self.places[pair] == 0 {
                self.buckets.push(Vec::new());
                self.places[pair] = self.buckets.len() as u16;
            }
            let place = usize::from(self.places[pair]) - 1;
            self.buckets[place].push(keyword);
            // Shorter ones first: they end first.
            self.buckets[place].sort_by_key(|keyword| keyword.text.len());
        }
    }

    fn at(&self, two: &[u8]) -> &[Keyword] {
        let place = usize::from(self.places[pair(two[0], two[1])]);
        place.checked_sub(1).and_then(|place| self.buckets.get(place)).map_or(&[], Vec::as_slice)
    }
}

/// A byte that a word goes on with: no format that begins with a letter or digit begins behind it.
const INSIDE: u8 = 1;
/// A sign that some keyword begins with.
const SIGN: u8 = 2;

/// What a text must hold for some keywords to be looked for: all of these sorts, and one of those.
type Needs = (Sorts, Sorts);

/// All keywords of the rules.
pub(super) struct Keywords {
    /// Those that a format begins with.
    leading: Index,
    /// What each byte is to them.
    bytes: [u8; 256],
    /// Those inside of a format.
    inner: Index,
    /// For each pair of bytes the groups that have a keyword with it, as bits.
    groups: Pairs,
    /// What each group needs, and the least length of a text.
    needs: Vec<(Needs, usize)>,
    /// Those that a sign of assignment must follow.
    assigned: Index,
}

impl Keywords {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let mut all = Self {
            leading: Index::new(),
            bytes: std::array::from_fn(|b| if word(b as u8) { INSIDE } else { 0 }),
            inner: Index::new(),
            groups: pairs(),
            needs: Vec::new(),
            assigned: Index::new(),
        };
        for (r, rule) in rules.iter().enumerate() {
            let least = match &rule.form {
                Form::Template(template) if template.is_whole() => continue,
                Form::Template(template) => template.lengths().0,
                Form::Pattern(_) => 0,
            };
            for (s, text) in rule.starts.iter().enumerate() {
                let own = Sorts::of(text.as_bytes());
                let any = rule.needs.map_or(Sorts::ANY, |signs| Sorts::of(signs.as_bytes()));
                let keyword = Keyword { rule: r, start: s, text, any_case: rule.any_case, least, any };
                match rule.needs {
                    _ if rule.back == 0 => all.add_leading(keyword),
                    Some(ASSIGNMENT) => all.assigned.add(keyword),
                    _ => all.add_inner(keyword, (own, any)),
                }
            }
        }
        all
    }

    fn add_leading(&mut self, keyword: Keyword) {
        if let Some(first) = keyword.text.bytes().next().filter(|b| !b.is_ascii_alphanumeric()) {
            self.bytes[usize::from(first)] |= SIGN;
        }
        self.leading.add(keyword);
    }

    fn add_inner(&mut self, keyword: Keyword, needs: Needs) {
        let group = self.needs.iter().position(|(of, _)| *of == needs).unwrap_or_else(|| {
            self.needs.push((needs, usize::MAX));
            self.needs.len() - 1
        });
        self.needs[group].1 = self.needs[group].1.min(keyword.least);
        keyword.pairs().for_each(|pair| self.groups[pair] |= 1 << group);
        self.inner.add(keyword);
    }

    /// Calls `see` with each keyword in `text`, of the sorts `sorts`, and its place, until that returns false.
    pub(super) fn find(&self, text: &[u8], sorts: Sorts, mut see: impl FnMut(Keyword, usize) -> bool) {
        // Where all is one word nothing begins but at its start.
        let words = if sorts.is_one_word() { &text[..text.len().min(2)] } else { text };
        let mut at = 0;
        while let Some(found) = self.next_leading(words, at) {
            for keyword in self.leading.at(&text[found..]) {
                let may_match = text.len() - found >= keyword.least && sorts.any(keyword.any);
                if may_match && keyword.is_at(text, found) && !see(*keyword, found) {
                    return;
                }
            }
            at = found + 1;
        }
        let wanted = self.needs.iter().enumerate().fold(0, |wanted, (group, ((all, any), least))| {
            let may_hold = text.len() >= *least && sorts.all(*all) && sorts.any(*any);
            wanted | u16::from(may_hold) << group
        });
        let mut at = 0;
        while let Some(found) = self.next_inner(text, at, wanted) {
            for keyword in self.inner.at(&text[found..]) {
                if text.len() >= keyword.least && keyword.is_at(text, found) && !see(*keyword, found) {
                    return;
                }
            }
            at = found + 1;
        }
        if sorts.any(Sorts::of(ASSIGNMENT.as_bytes())) {
            self.find_assigned(text, see);
        }
    }

    /// The next place, from `at` on, where a format may begin with a leading keyword.
    #[inline(never)]
    fn next_leading(&self, text: &[u8], at: usize) -> Option<usize> {
        let mut before = at.checked_sub(1).map_or(0, |before| self.bytes[usize::from(text[before])]);
        text.get(at..)?
            .windows(2)
            .position(|two| {
                let byte = self.bytes[usize::from(two[0])];
                let begins = before & INSIDE == 0 || byte & SIGN != 0;
                before = byte;
                begins && self.leading.places[pair(two[0], two[1])] != 0
            })
            .map(|found| at + found)
    }

    /// The next place, from `at` on, where a keyword of a group in `wanted` may be.
    #[inline(never)]
    fn next_inner(&self, text: &[u8], at: usize, wanted: u16) -> Option<usize> {
        let found = (wanted != 0).then(|| {
            text.get(at..)?.windows(2).position(|two| self.groups[pair(two[0], two[1])] & wanted != 0)
        });
        found.flatten().map(|found| at + found)
    }

    /// Keywords that a sign of assignment follows so soon that they belong to the name before it.
    fn find_assigned(&self, text: &[u8], mut see: impl FnMut(Keyword, usize) -> bool) {
        let mut from = 0;
        let assigns = |at: usize| match text[at] {
            b':' | b'=' => true,
            b's' | b'S' => is_verb(text, at),
            _ => false,
        };
        for sign in (0..text.len().saturating_sub(SHORTEST)).filter(|at| assigns(*at)) {
            let name = from.max(sign.saturating_sub(LONGEST))..sign;
            from = sign + 1;
            for (at, two) in name.clone().zip(text[name].windows(2)) {
                for keyword in self.assigned.at(two) {
                    if keyword.is_at(text, at) && !see(*keyword, at) {
                        return;
                    }
                }
            }
        }
    }
}

/// Whether the `s` at this place ends the word "is".
fn is_verb(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(2).and_then(|from| text.get(from..at));
    matches!(before, Some([blank, b'i' | b'I']) if blank.is_ascii_whitespace())
}
