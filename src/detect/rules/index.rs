//! Keywords filed under their first three bytes, in tables so small that they stay in the processor's cache.

use crate::detect::look::Sorts;

/// A keyword that was found.
#[derive(Clone, Copy)]
pub(super) struct Keyword {
    /// Its rule, and its place among the rule's starts.
    pub rule: usize,
    pub start: usize,
    pub text: &'static str,
    pub any_case: bool,
    /// Whether it lies inside of a format.
    pub inside: bool,
    pub head: Head,
    /// Bytes from it on, or of the whole where it lies inside of a format, below which the rule cannot match.
    pub least: usize,
    /// Sorts one of which the text must hold.
    pub any: Sorts,
}

impl Keyword {
    /// Its first three bytes as a number, in every case that they may have; of a keyword of two bytes those, as [`short`] has them.
    pub fn beginnings(&self) -> Vec<u32> {
        let case = |b: u8| if self.any_case && b.is_ascii_alphabetic() { 0x20 } else { 0 };
        let (own, cases) = match *self.text.as_bytes() {
            [a, b] => (short(u32::from_be_bytes([0, a, b, 0])), [case(a), case(b), 0]),
            [a, b, c, ..] => (u32::from_be_bytes([0, a, b, c]), [case(a), case(b), case(c)]),
            _ => return Vec::new(),
        };
        let mut all: Vec<u32> = (0..8_u8)
            .map(|n| {
                let flip = |at: u8| if n >> at & 1 == 0 { 0 } else { cases[usize::from(at)] };
                own ^ u32::from_be_bytes([0, flip(0), flip(1), flip(2)])
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub fn is_at(&self, text: &[u8], at: usize) -> bool {
        let wanted = self.text.as_bytes();
        let Some(there) = text.get(at..at + wanted.len()) else { return false };
        if self.any_case { there.eq_ignore_ascii_case(wanted) } else { there == wanted }
    }
}

/// A keyword's first four bytes, compared at once: nearly all that shares two with it ends here.
#[derive(Clone, Copy)]
pub(super) struct Head {
    bytes: u32,
    /// Which of the four it has.
    has: u32,
    /// The bits of a letter's case, where that does not matter.
    case: u32,
}

impl Head {
    pub fn of(text: &str, any_case: bool) -> Self {
        let four = |of: fn(u8) -> u8| {
            let mut four = [0; 4];
            four.iter_mut().zip(text.bytes()).for_each(|(to, b)| *to = of(b));
            u32::from_le_bytes(four)
        };
        let case = if any_case { four(|b| if b.is_ascii_alphabetic() { 0x20 } else { 0 }) } else { 0 };
        Self { bytes: four(|b| b) | case, has: four(|_| u8::MAX), case }
    }

    /// Whether `four`, from [`four`], may begin with it.
    fn may_be(self, four: u32) -> bool {
        (four | self.case) & self.has == self.bytes
    }
}

/// The four bytes of `text` from `at` on; zeros stand behind its end.
pub(super) fn four(text: &[u8], at: usize) -> u32 {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(four) => u32::from_le_bytes(*four),
        None => rest.iter().rev().fold(0, |four, b| four << 8 | u32::from(*b)),
    }
}

/// The first three of four bytes, as a number.
pub(super) fn three(four: u32) -> u32 {
    four.swap_bytes() >> 8
}

/// What a keyword of two bytes is filed under, from three: no three bytes give such a number.
pub(super) fn short(three: u32) -> u32 {
    three | 0xff00_00ff
}

/// A number below 2 to the power of `bits` for three bytes. Few are told apart, for what is small stays in the processor's cache.
pub(super) fn place(three: u32, bits: u32) -> usize {
    (three.wrapping_mul(0x9e37_79b1) >> (u32::BITS - bits)) as usize
}

/// Bits of a place among numbers.
const PLACES: u32 = 13;
/// Bits of a place among bits.
pub(super) const MARKS: u32 = 15;

/// The first place from `at` on, but for the last byte, at whose three bytes `is` is true; zeros stand behind the end.
pub(super) fn first(text: &[u8], at: usize, mut is: impl FnMut(u32) -> bool) -> Option<usize> {
    let rest = text.get(at..)?;
    let mut here = three(four(rest, 0)) >> 8;
    let found = rest.get(2..)?.iter().position(|third| {
        here = (here << 8 | u32::from(*third)) & 0xff_ffff;
        is(here)
    });
    let last = || {
        let at = rest.len().checked_sub(2)?;
        is(three(four(rest, at))).then_some(at)
    };
    found.or_else(last).map(|found| at + found)
}

/// A number for each place.
type Places = Box<[u16; 1 << PLACES]>;

/// Keywords by their first three bytes, or two where they have no more.
pub(super) struct Index {
    /// For each place of three bytes: 0, or one more than the place in `buckets`.
    places: Places,
    /// The same for two bytes.
    shorts: Places,
    buckets: Vec<Vec<Keyword>>,
}

impl Index {
    pub fn new() -> Self {
        let places = || Box::new([0; 1 << PLACES]);
        Self { places: places(), shorts: places(), buckets: Vec::new() }
    }

    pub fn add(&mut self, keyword: Keyword) {
        let table = if keyword.text.len() < 3 { &mut self.shorts } else { &mut self.places };
        let mut places: Vec<usize> = keyword.beginnings().iter().map(|from| place(*from, PLACES)).collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            if table[place] == 0 {
                self.buckets.push(Vec::new());
                table[place] = self.buckets.len() as u16;
            }
            let bucket = usize::from(table[place]) - 1;
            self.buckets[bucket].push(keyword);
            // Shorter ones first: they end first.
            self.buckets[bucket].sort_by_key(|keyword| keyword.text.len());
        }
    }

    /// Whether one that has three bytes may begin with these.
    pub fn may_be_at(&self, three: u32) -> bool {
        self.places[place(three, PLACES)] != 0
    }

    /// The keywords that `text` may hold at `at`, shorter ones first.
    pub fn at(&self, text: &[u8], at: usize) -> impl Iterator<Item = &Keyword> {
        let four = four(text, at);
        let bucket =
            |place: u16| usize::from(place).checked_sub(1).and_then(|bucket| self.buckets.get(bucket));
        let shorts = bucket(self.shorts[place(short(three(four)), PLACES)]);
        let longer = bucket(self.places[place(three(four), PLACES)]);
        let both = shorts.into_iter().chain(longer).flatten();
        both.filter(move |keyword| keyword.head.may_be(four))
    }
}
