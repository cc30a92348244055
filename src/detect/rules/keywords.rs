//! Finds the keywords that lead to rules: at the places where a format may begin, or anywhere.

use memchr::memchr2;

use super::{
    Form, Rule,
    index::{Head, Index, Keyword, MARKS, first, four, place, short, three},
};
use crate::detect::look::Sorts;

/// What stands between a name and its value: a sign, or "is" between blanks.
pub(super) const ASSIGNMENT: &str = ":= ";
/// Longest way, in bytes, from a keyword to the sign of assignment behind it.
const LONGEST: usize = 48;
/// Bytes of the shortest value that is assigned.
const SHORTEST: usize = 8;
/// Bytes of the shortest format that has a keyword inside.
const RUN: usize = 32;

/// Flags of a byte. Letters and digits that some keyword begins with; signs that some begins with.
const FIRST: u8 = 1;
const SIGN: u8 = 1 << 1;
/// How far the flags of a byte stand above those of the byte behind it, with which that may begin a format: behind a word's
/// byte none begins with a letter or a digit.
const NEXT: u32 = 4;

/// All keywords of the rules.
pub(super) struct Keywords {
    /// Those that a format begins with; and those inside of one that begin with a sign, for each sign is looked at anyway.
    leading: Index,
    /// Whether one of them may begin with three bytes, as bits.
    begins: Box<[u64; 1 << (MARKS - 6)]>,
    /// What each byte is to them.
    bytes: [u8; 256],
    /// The others inside of a format, which is one run of letters, digits and joints.
    inner: Index,
    /// What a text must hold for one of these, each set once.
    held: Vec<Sorts>,
    /// Those that a sign of assignment must follow.
    assigned: Index,
}

impl Keywords {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let behind = |b: u8| if is_word(b) { SIGN } else { FIRST | SIGN };
        let mut all = Self {
            leading: Index::new(),
            begins: Box::new([0; 1 << (MARKS - 6)]),
            bytes: std::array::from_fn(|b| behind(b as u8) << NEXT),
            inner: Index::new(),
            held: Vec::new(),
            assigned: Index::new(),
        };
        for (r, rule) in rules.iter().enumerate() {
            let least = match &rule.form {
                Form::Template(template) if template.is_whole() => continue,
                Form::Template(template) => template.lengths().0,
                Form::Pattern(_) => 0,
            };
            for (s, text) in rule.starts.iter().enumerate() {
                let any = rule.needs.map_or(Sorts::ANY, |signs| Sorts::of(signs.as_bytes()));
                let head = Head::of(text, rule.any_case);
                let (any_case, inside) = (rule.any_case, rule.back > 0);
                let keyword = Keyword { rule: r, start: s, text, any_case, inside, head, least, any };
                match rule.needs {
                    Some(ASSIGNMENT) if inside => all.assigned.add(keyword),
                    _ if !inside || !text.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                        all.add_leading(keyword)
                    }
                    _ => {
                        let own = Sorts::of(text.as_bytes());
                        if !all.held.contains(&own) {
                            all.held.push(own);
                        }
                        all.inner.add(keyword);
                    }
                }
            }
        }
        all
    }

    fn add_leading(&mut self, keyword: Keyword) {
        for three in keyword.beginnings() {
            let mark = place(three, MARKS);
            self.begins[mark / 64] |= 1 << (mark % 64);
            let [_, byte, ..] = three.to_be_bytes();
            self.bytes[usize::from(byte)] |= if byte.is_ascii_alphanumeric() { FIRST } else { SIGN };
        }
        self.leading.add(keyword);
    }

    /// Calls `see` with each keyword in `text`, of the sorts `sorts`, and its place, until that returns false.
    pub(super) fn find(&self, text: &[u8], sorts: Sorts, mut see: impl FnMut(Keyword, usize) -> bool) {
        // Where all is one word nothing begins but at its start, and inside of it a joint at most.
        let one = sorts.is_one_word() && (text.len() < RUN || !sorts.may_be_joined());
        let end = if one { text.len().min(1) } else { text.len() };
        let mut at = 0;
        while let Some(found) = self.next_leading(text, at, end) {
            for keyword in self.leading.at(text, found) {
                let room = if keyword.inside { text.len() } else { text.len() - found };
                let may_match = room >= keyword.least && sorts.any(keyword.any);
                if may_match && keyword.is_at(text, found) && !see(*keyword, found) {
                    return;
                }
            }
            at = found + 1;
        }
        let mut at = 0;
        let may_hold = self.held.iter().any(|own| sorts.all(*own));
        while may_hold && let Some((start, end)) = next_run(text, at) {
            at = start;
            while let Some(found) = first(&text[..end], at, |three| self.inner.may_be_at(three)) {
                for keyword in self.inner.at(text, found) {
                    let may_match = end - start >= keyword.least && sorts.any(keyword.any);
                    if may_match && keyword.is_at(text, found) && !see(*keyword, found) {
                        return;
                    }
                }
                at = found + 1;
            }
            at = end;
        }
        if sorts.any(Sorts::of(ASSIGNMENT.as_bytes())) {
            self.find_assigned(text, sorts, see);
        }
    }

    /// The next place, from `at` on and before `end`, where a format may begin with a leading keyword.
    #[inline(never)]
    fn next_leading(&self, text: &[u8], at: usize, end: usize) -> Option<usize> {
        let flags = |b: u8| self.bytes[usize::from(b)];
        let marked = |mark: usize| self.begins[mark / 64] >> (mark % 64) & 1 != 0;
        let mut may = at.checked_sub(1).map_or(FIRST | SIGN, |before| flags(text[before]) >> NEXT);
        let mut at = at;
        loop {
            at += text.get(at..end)?.iter().position(|b| {
                let here = flags(*b);
                let begins = here & may != 0;
                may = here >> NEXT;
                begins
            })?;
            let three = three(four(text, at));
            if marked(place(three, MARKS)) || marked(place(short(three), MARKS)) {
                return Some(at);
            }
            at += 1;
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

/// A byte that a word goes on with: no format that begins with a letter or digit begins behind it.
fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

/// Whether a format with a keyword inside may hold a byte.
const fn is_run(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b':' | b'~')
}

/// The next part of `text` from `at` on, where it starts and ends, that such a format may lie in. Prose is passed over in leaps.
#[inline(never)]
fn next_run(text: &[u8], at: usize) -> Option<(usize, usize)> {
    const MAY: [bool; 256] = {
        let (mut may, mut b) = ([false; 256], 0_u8);
        while b < 128 {
            may[b as usize] = is_run(b);
            b += 1;
        }
        may
    };
    let may = |b: &u8| MAY[usize::from(*b)];
    let mut at = at;
    loop {
        match text.get(at..at + RUN)?.iter().rposition(|b| !may(b)) {
            Some(gap) => at += gap + 1,
            None => {
                let more = text[at + RUN..].iter().take_while(|b| may(b)).count();
                return Some((at, at + RUN + more));
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

    #[test]
    fn a_format_with_a_keyword_inside_is_one_run() {
        for rule in all_rules() {
            if let Form::Template(template) = &rule.form
                && !template.is_whole()
                && rule.back > 0
            {
                let (_, may) = template.sorts();
                let run: Vec<u8> = (0..128).filter(|b| is_run(*b)).collect();
                assert!(template.lengths().0 >= RUN && may.within(Sorts::of(&run)), "{}", rule.id);
            }
        }
    }

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
            let between = [
                " ",
                "",
                "-",
                "/",
                "=",
                ": ",
                "@",
                "aB3",
                "~+.",
                " is ",
                "0123456789abcdefABCDEFGHIJ",
                "k3Jq9ZpX0vLr7TtBn2WcYd5HgMf8sRaE4uQi6KoDx1Vy",
            ];
            text.extend_from_slice(between[rng.usize(..between.len())].as_bytes());
        }
        text
    }

    fn is(rule: &Rule, start: &str, there: &[u8]) -> bool {
        there == start.as_bytes() || (rule.any_case && there.eq_ignore_ascii_case(start.as_bytes()))
    }

    /// Bytes of the run that holds a place.
    fn run(text: &[u8], at: usize) -> usize {
        let before = text[..at].iter().rev().take_while(|b| is_run(**b)).count();
        before + text[at..].iter().take_while(|b| is_run(**b)).count()
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
            for (r, s, at) in &found {
                let start = rules[*r].starts[*s];
                assert!(is(&rules[*r], start, &text[*at..at + start.len()]), "{start} at {at}");
            }
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
                        // Inside of one word nothing that begins a format is looked for.
                        if !is(rule, start, there) || rule.back == 0 && at > 0 && sorts.is_one_word() {
                            continue;
                        }
                        let signed = !start.starts_with(|c: char| c.is_ascii_alphanumeric());
                        let (room, floor) = match (rule.back, signed) {
                            (0, _) => (text.len() - at, least),
                            (_, true) => (text.len(), least),
                            _ => (run(&text, at), least.max(RUN)),
                        };
                        let may = needs && room >= floor && (rule.back > 0 || begins(&text, at));
                        if rule.needs != Some(ASSIGNMENT) {
                            assert_eq!(found.contains(&(r, s, at)), may, "{start} at {at}");
                        } else if text.get(at + start.len()) == Some(&b'=')
                            && text.len() > at + start.len() + SHORTEST
                        {
                            assert!(found.contains(&(r, s, at)), "{start} at {at}");
                        }
                    }
                }
            }
        }
    }
}
