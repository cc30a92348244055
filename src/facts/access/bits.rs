//! Sets of small numbers: tables, as classes hold them, and principals.

/// A set of numbers below a bound that all sets of one account share.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The empty set of numbers below `bound`.
    pub fn none(bound: usize) -> Self {
        Self { words: vec![0; bound.div_ceil(64)] }
    }

    /// Every number below `bound`.
    pub fn all(bound: usize) -> Self {
        let mut all = Self { words: vec![u64::MAX; bound.div_ceil(64)] };
        if let (Some(last), rest @ 1..) = (all.words.last_mut(), bound % 64) {
            *last = (1 << rest) - 1;
        }
        all
    }

    /// The set of `numbers`, all below `bound`.
    pub fn of(bound: usize, numbers: impl IntoIterator<Item = usize>) -> Self {
        let mut bits = Self::none(bound);
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }

    /// Adds `number`; one above the bound is left out.
    pub fn insert(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Takes `number` out.
    pub fn discard(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// A number that all of them are below, a multiple of 64.
    pub fn bound(&self) -> usize {
        self.words.len() * 64
    }

    /// What is not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.remove(other);
        rest
    }

    /// Whether some number is in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(word, more)| word & more != 0)
    }

    /// The lowest that is in both.
    pub fn first_in(&self, other: &Self) -> Option<usize> {
        let both = self.words.iter().zip(&other.words).map(|(word, more)| word & more);
        let (at, word) = both.enumerate().find(|(_, word)| *word != 0)?;
        Some(at * 64 + word.trailing_zeros() as usize)
    }

    /// Whether `number` is in it.
    pub fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Adds all of `other`, the bound of which may be higher.
    pub fn add(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    /// What is in both.
    pub fn and(&self, other: &Self) -> Self {
        Self { words: self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect() }
    }

    /// Takes `other` out.
    pub fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, gone)| *word &= !gone);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The lowest.
    pub fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    /// The numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// Splits every part of a partition that `block` cuts.
pub(super) fn refine(parts: &mut Vec<Bits>, block: &Bits) {
    for at in 0..parts.len() {
        let (mut inside, mut outside) = (false, false);
        for (word, cut) in parts[at].words.iter().zip(&block.words) {
            inside |= word & cut != 0;
            outside |= word & !cut != 0;
        }
        if inside && outside {
            let within = parts[at].and(block);
            parts[at].remove(&within);
            parts.push(within);
        }
    }
}
