//! Finds the keywords that lead to rules: at the places where a format may begin, or anywhere.

use memchr::memchr2;

use super::{
    Form, Rule,
    index::{Head, Index, Keyword, MARKS, PLACES, Places, first, place, short},
};
use crate::detect::look::Sorts;

/// What stands between a name and its value: a sign, or "is" between blanks.
pub(super) const ASSIGNMENT: &str = ":= ";
/// Longest way, in bytes, from a keyword to the sign of assignment behind it.
const LONGEST: usize = 48;
/// Groups of keywords inside of formats, by what a text must hold: one for each bit.
const MAX_GROUPS: usize = 16;
/// Bytes of the shortest value that is assigned.
const SHORTEST: usize = 8;

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
    /// Whether one of them may begin with three bytes, as bits.
    begins: Box<[u64; 1 << (MARKS - 6)]>,
    /// What each byte is to them.
    bytes: [u8; 256],
    /// Those inside of a format.
    inner: Index,
    /// For each place of three bytes the groups that have a keyword that may begin with them, as bits.
    groups: Places,
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
            begins: Box::new([0; 1 << (MARKS - 6)]),
            bytes: std::array::from_fn(|b| if word(b as u8) { INSIDE } else { 0 }),
            inner: Index::new(),
            groups: Box::new([0; 1 << PLACES]),
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
                let head = Head::of(text, rule.any_case);
                let keyword = Keyword { rule: r, start: s, text, any_case: rule.any_case, head, least, any };
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
        for three in keyword.beginnings() {
            let mark = place(three, MARKS);
            self.begins[mark / 64] |= 1 << (mark % 64);
        }
        self.leading.add(keyword);
    }

    fn add_inner(&mut self, keyword: Keyword, needs: Needs) {
        let known = self.needs.iter().position(|(of, _)| *of == needs);
        let group = known.unwrap_or_else(|| {
            match self.needs.get_mut(MAX_GROUPS - 1) {
                // The last group takes in what finds no room, and needs what all in it need.
                Some(((all, any), _)) => (*all, *any) = (all.common(needs.0), any.or(needs.1)),
                None => self.needs.push((needs, usize::MAX)),
            }
            self.needs.len() - 1
        });
        self.needs[group].1 = self.needs[group].1.min(keyword.least);
        // There is hardly one of two bytes: it may go on with any.
        let thirds = if keyword.text.len() < 3 { 0..=u32::from(u8::MAX) } else { 0..=0 };
        for (three, third) in
            keyword.beginnings().into_iter().flat_map(|from| thirds.clone().map(move |c| (from, c)))
        {
            let three = if three == short(three) { three & 0x00ff_ff00 | third } else { three };
            self.groups[place(three, PLACES)] |= 1 << group;
        }
        self.inner.add(keyword);
    }

    /// Calls `see` with each keyword in `text`, of the sorts `sorts`, and its place, until that returns false.
    pub(super) fn find(&self, text: &[u8], sorts: Sorts, mut see: impl FnMut(Keyword, usize) -> bool) {
        // Where all is one word nothing begins but at its start.
        let one = sorts.is_one_word();
        let words = if one { &text[..text.len().min(3)] } else { text };
        let mut at = 0;
        while let Some(found) = self.next_leading(words, at).filter(|found| !one || *found == 0) {
            for keyword in self.leading.at(text, found) {
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
            for keyword in self.inner.at(text, found) {
                let may_match = text.len() >= keyword.least && sorts.any(keyword.any);
                if may_match && keyword.is_at(text, found) && !see(*keyword, found) {
                    return;
                }
            }
            at = found + 1;
        }
        if sorts.any(Sorts::of(ASSIGNMENT.as_bytes())) {
            self.find_assigned(text, sorts, see);
        }
    }

    /// The next place, from `at` on, where a format may begin with a leading keyword.
    #[inline(never)]
    fn next_leading(&self, text: &[u8], at: usize) -> Option<usize> {
        let mut before = at.checked_sub(1).map_or(0, |before| self.bytes[usize::from(text[before])]);
        first(text, at, |three| {
            let byte = self.bytes[(three >> 16) as usize];
            let begins = before & INSIDE == 0 || byte & SIGN != 0;
            before = byte;
            let marked = |mark: usize| self.begins[mark / 64] >> (mark % 64) & 1 != 0;
            begins && (marked(place(three, MARKS)) || marked(place(short(three), MARKS)))
        })
    }

    /// The next place, from `at` on, where a keyword of a group in `wanted` may be.
    #[inline(never)]
    fn next_inner(&self, text: &[u8], at: usize, wanted: u16) -> Option<usize> {
        if wanted == 0 {
            None
        } else {
            first(text, at, |three| self.groups[place(three, PLACES)] & wanted != 0)
        }
    }

    /// Keywords that a sign of assignment follows so soon that they belong to the name before it.
    fn find_assigned(&self, text: &[u8], sorts: Sorts, mut see: impl FnMut(Keyword, usize) -> bool) {
        let mut from = 0;
        while let Some(sign) = next_assignment(text, from, sorts.may_hold_verb()) {
            let mut at = from.max(sign.saturating_sub(LONGEST));
            from = sign + 1;
            while let Some(found) = first(&text[..sign], at, |three| self.assigned.may_be_at(three)) {
                for keyword in self.assigned.at(text, found) {
                    if keyword.is_at(text, found) && !is_in_arn(text, found) && !see(*keyword, found) {
                        return;
                    }
                }
                at = found + 1;
            }
        }
    }
}

/// The next place, from `from` on, where something is assigned that is long enough; by a verb too, if `verbs`.
#[inline(never)]
fn next_assignment(text: &[u8], from: usize, verbs: bool) -> Option<usize> {
    const MAY: [bool; 256] = {
        let mut may = [false; 256];
        let (signs, mut at) = (b":=sS\"'", 0);
        while at < signs.len() {
            may[signs[at] as usize] = true;
            at += 1;
        }
        may
    };
    if !verbs {
        let rest = text.get(from..text.len().checked_sub(SHORTEST)?)?;
        return memchr2(b':', b'=', rest).map(|found| from + found);
    }
    let mut from = from;
    loop {
        let rest = text.get(from..text.len().checked_sub(SHORTEST)?)?;
        let at = from + rest.iter().position(|b| MAY[usize::from(*b)])?;
        if matches!(text[at], b':' | b'=') || is_verb(text, at) || ends_name(text, at) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Whether what holds this place is an Amazon Resource Name: its colons assign nothing.
fn is_in_arn(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 96;
    let near = &text[at.saturating_sub(NEAR)..at];
    let start = near.iter().rposition(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'=' | b','));
    near[start.map_or(0, |start| start + 1)..].starts_with(b"arn:")
}

/// Whether the `s` at this place ends the word "is".
fn is_verb(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(2).and_then(|from| text.get(from..at));
    matches!(before, Some([blank, b'i' | b'I']) if blank.is_ascii_whitespace())
}

/// Whether a quote closes a name (`define('NAME', '…')`) or opens its value (`secret "…"`).
fn ends_name(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    matches!(text[at], b'"' | b'\'')
        && before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::detect::rules::find::{all_rules, begins};

    /// A text of pieces of keywords and of what may stand between them.
    fn text(rules: &[Rule], rng: &mut fastrand::Rng) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..rng.usize(1..12) {
            let rule = &rules[rng.usize(..rules.len())];
            let start = rule.starts[rng.usize(..rule.starts.len())];
            match rng.usize(..5) {
                0 => text.extend_from_slice(&start.as_bytes()[..rng.usize(..=start.len())]),
                1 => text.extend_from_slice(start.to_ascii_uppercase().as_bytes()),
                _ => text.extend_from_slice(start.as_bytes()),
            }
            let between =
                [" ", "", "-", "/", "=", ": ", "@", "aB3", "~+.", " is ", "0123456789abcdefABCDEFGHIJ"];
            text.extend_from_slice(between[rng.usize(..between.len())].as_bytes());
        }
        text
    }

    #[test]
    fn no_keyword_is_overlooked() {
        let rules = all_rules();
        let (keywords, mut rng) = (Keywords::of(&rules), fastrand::Rng::with_seed(1));
        for _ in 0..3_000 {
            let text = text(&rules, &mut rng);
            let sorts = Sorts::of(&text);
            let mut found = BTreeSet::new();
            keywords.find(&text, sorts, |keyword, at| found.insert((keyword.rule, keyword.start, at)));
            // Each keyword at each place, one by one.
            for (r, rule) in rules.iter().enumerate() {
                let least = match &rule.form {
                    Form::Template(template) if template.is_whole() => continue,
                    Form::Template(template) => template.lengths().0,
                    Form::Pattern(_) => 0,
                };
                let needs = rule.needs.is_none_or(|signs| sorts.any(Sorts::of(signs.as_bytes())));
                for (s, start) in rule.starts.iter().enumerate() {
                    for (at, there) in text.windows(start.len()).enumerate() {
                        let same = there == start.as_bytes()
                            || (rule.any_case && there.eq_ignore_ascii_case(start.as_bytes()));
                        let room = if rule.back == 0 { text.len() - at } else { text.len() };
                        let may = needs && room >= least && (rule.back > 0 || begins(&text, at));
                        if rule.needs != Some(ASSIGNMENT) {
                            assert_eq!(found.contains(&(r, s, at)), same && may, "{start} at {at}");
                        } else if text.get(at + start.len()) == Some(&b'=')
                            && text.len() > at + start.len() + SHORTEST
                        {
                            assert_eq!(found.contains(&(r, s, at)), same, "{start} at {at}");
                        }
                    }
                }
            }
        }
    }
}
