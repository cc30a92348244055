//! Sets of small numbers: a short list where there are few, bits where there are many.

/// A set of numbers below a size that its owner knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Set {
    /// Sorted.
    Few(Vec<u32>),
    /// One bit each.
    Many(Bits),
}

/// Bits, 64 to a word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty set of numbers below `size`.
    pub fn none(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    /// All numbers below `size`.
    pub fn all(size: usize) -> Self {
        let mut words = vec![u64::MAX; size.div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), size % 64) {
            *last = (1 << rest) - 1;
        }
        Self(words)
    }

    /// Those of `all`.
    pub fn of(size: usize, all: impl IntoIterator<Item = usize>) -> Self {
        let mut bits = Self::none(size);
        all.into_iter().for_each(|at| bits.insert(at));
        bits
    }

    /// Adds a number; one beyond the size is left out.
    pub fn insert(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Takes a number out.
    pub fn discard(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word &= !(1 << (at % 64));
        }
    }

    /// Whether a number is in it.
    pub fn contains(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    /// A number that all of them are below, a multiple of 64.
    pub fn bound(&self) -> usize {
        self.0.len() * 64
    }

    /// The lowest number that is in both.
    pub fn first_in(&self, other: &Self) -> Option<usize> {
        let both = self.0.iter().zip(&other.0).map(|(word, more)| word & more);
        let (at, word) = both.enumerate().find(|(_, word)| *word != 0)?;
        Some(at * 64 + word.trailing_zeros() as usize)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let next = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
            std::iter::successors(Some(*word).filter(|word| *word != 0), next)
                .map(move |left| at * 64 + left.trailing_zeros() as usize)
        })
    }

    /// Adds those of `other`.
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    /// Takes those of `other` out.
    pub fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, gone)| *word &= !gone);
    }

    /// Those that are not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.remove(other);
        rest
    }

    /// Those that are in `other`, too.
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(word, more)| word & more).collect())
    }

    /// Whether some number is in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(word, more)| word & more != 0)
    }
}

impl From<Bits> for Set {
    fn from(bits: Bits) -> Self {
        // A number of a list takes 32 bits.
        if bits.len() * 32 < bits.0.len() * 64 {
            Set::Few(bits.iter().filter_map(|at| u32::try_from(at).ok()).collect())
        } else {
            Set::Many(bits)
        }
    }
}

impl Set {
    /// Whether a number is in it.
    pub fn contains(&self, at: usize) -> bool {
        match self {
            Set::Few(list) => u32::try_from(at).is_ok_and(|at| list.binary_search(&at).is_ok()),
            Set::Many(bits) => bits.contains(at),
        }
    }

    /// Whether some number is in both.
    pub fn meets(&self, other: &Bits) -> bool {
        match self {
            Set::Few(list) => list.iter().any(|at| other.contains(*at as usize)),
            Set::Many(bits) => bits.meets(other),
        }
    }

    /// The lowest that is in `other`.
    pub fn first_in(&self, other: &Bits) -> Option<usize> {
        match self {
            Set::Few(list) => list.iter().map(|at| *at as usize).find(|at| other.contains(*at)),
            Set::Many(bits) => bits.first_in(other),
        }
    }

    /// Those that are in `other`, in order.
    pub fn and(&self, other: &Bits) -> Vec<usize> {
        match self {
            Set::Few(list) => list.iter().map(|at| *at as usize).filter(|at| other.contains(*at)).collect(),
            Set::Many(bits) => bits.and(other).iter().collect(),
        }
    }

    /// The numbers, in order.
    pub fn iter(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Set::Few(list) => Box::new(list.iter().map(|at| *at as usize)),
            Set::Many(bits) => Box::new(bits.iter()),
        }
    }
}
