//! Draws values from templates: `sk_<w24>` is a prefix and 24 random letters and digits.
//!
//! A hole is `<CLASS COUNT>` (`<h40>`, `<d3-6>`), a choice `<=one,two>`, or a call `<!maker argument>`; the argument of
//! a call is a template itself. What is drawn may be any bytes, since a maker may encode them.

use std::collections::HashMap;

use super::make;

/// A seeded source of values.
pub struct Draw {
    rng: fastrand::Rng,
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed) }
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.rng.usize(..end)
    }

    /// Whether something of that many chances in a hundred happens.
    pub fn percent(&mut self, chances: usize) -> bool {
        self.below(100) < chances
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.rng.u8(..)).collect()
    }

    /// `count` characters of a class.
    pub fn chars(&mut self, class: char, count: usize) -> String {
        let alphabet = alphabet(class).as_bytes();
        (0..count).map(|_| char::from(alphabet[self.rng.usize(..alphabet.len())])).collect()
    }

    /// The template, filled, as text.
    pub fn text(&mut self, template: &str) -> String {
        String::from_utf8(self.fill(template)).unwrap_or_else(|_| panic!("{template} is no text"))
    }

    /// The template, filled.
    pub fn fill(&mut self, template: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('<') {
            out.extend(unescape(before).bytes());
            let end = closing(after).unwrap_or_else(|| panic!("a hole is not closed in {template}"));
            out.extend(self.hole(&after[..end]));
            rest = &after[end + 1..];
        }
        out.extend(unescape(rest).bytes());
        out
    }

    fn hole(&mut self, hole: &str) -> Vec<u8> {
        if let Some(choices) = hole.strip_prefix('=') {
            let choices: Vec<&str> = choices.split(',').collect();
            return self.pick(&choices).as_bytes().to_vec();
        }
        if let Some(call) = hole.strip_prefix('!') {
            let (maker, argument) = call.split_once(' ').unwrap_or((call, ""));
            return make::make(self, maker, argument);
        }
        let (class, count) = hole.split_at(1);
        let class = class.chars().next().unwrap_or_default();
        let count = match count.split_once('-') {
            Some((from, to)) => {
                let (from, to) = (number(from), number(to));
                from + self.below(to - from + 1)
            }
            None => number(count),
        };
        if class == 'r' { self.bytes(count) } else { self.chars(class, count).into_bytes() }
    }
}

fn number(digits: &str) -> usize {
    digits.parse().unwrap_or_else(|_| panic!("{digits:?} is no count"))
}

/// Where the hole that was opened before `text` ends.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if depth == 0 => return Some(at),
            b'>' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\\\\", "\\")
}

fn alphabet(class: char) -> &'static str {
    const ALL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz";
    match class {
        'w' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        'u' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        'b' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        'd' => "0123456789",
        'h' => "0123456789abcdef",
        'H' => "0123456789ABCDEF",
        'l' => "abcdefghijklmnopqrstuvwxyz0123456789",
        'U' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        'A' => &ALL[..32],
        'a' => "abcdefghijklmnopqrstuvwxyz",
        'Z' => &ALL[..26],
        'c' => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        'e' => "abcdefghijklmnopqrstuvwxyz234567",
        'k' => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        'x' => "0123456789abcdefghjkmnpqrstvwxyz",
        'V' => "ABCDEFGHJKLMNPRSTUVWXYZ0123456789",
        'p' => "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#$%&*-_=+?.@^",
        'q' => "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.!~",
        other => panic!("no class {other}"),
    }
}

/// One kind of value: how it looks, and under which names it is found.
pub struct Kind {
    pub name: &'static str,
    /// Whether the value alone does not say what it is.
    pub named: bool,
    /// Names that tell; `*` stands for any that says nothing.
    pub names: Vec<&'static str>,
    pub templates: Vec<&'static str>,
}

/// The kinds of the files: `kind : names : template`, where further lines of a kind are further looks of it.
pub fn kinds(files: &[&'static str]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for line in files.iter().flat_map(|file| file.lines()).filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let mut parts = line.splitn(3, " : ");
        let mut part = || parts.next().unwrap_or_else(|| panic!("three columns: {line}"));
        let (name, names, template) = (part(), part(), part());
        let bare = names.strip_prefix("! ");
        let index = *at.entry(name).or_insert_with(|| {
            let names = bare.unwrap_or(names).split(", ").collect();
            kinds.push(Kind { name, named: bare.is_some(), names, templates: Vec::new() });
            kinds.len() - 1
        });
        kinds[index].templates.push(template);
    }
    kinds
}
