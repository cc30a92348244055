//! Sets of principals: a short list where there are few, bits where there are many.

use crate::facts::access::bits::Bits;

/// A set of numbers below a size that its owner knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Set {
    /// Sorted.
    Few(Vec<u32>),
    /// One bit each.
    Many(Bits),
}

impl From<Bits> for Set {
    fn from(bits: Bits) -> Self {
        // A number of a list takes 32 bits.
        if bits.len() * 32 < bits.bound() {
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
