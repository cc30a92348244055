//! What looking through one item may cost: values, bytes, depth. Past it the item counts as cut.

/// Deepest nesting looked into, unpacked layers included. DynamoDB allows 32 levels of its own
/// ("Service, account, and table quotas in Amazon DynamoDB").
pub(crate) const MAX_DEPTH: usize = 64;
/// Longest text or bytes looked at; an item of DynamoDB has 400 KB at most.
pub(crate) const MAX_SCALAR: usize = 1024 * 1024;

/// Bytes of work that one item may take.
pub(crate) const WORK: usize = 16 * 1024 * 1024;
/// Tries of expressions that an item may have in vain before each costs as much as one that reads far.
pub(crate) const EASY: usize = 1000;
/// Work of a try before that, in bytes, and after it: a text is then made to be slow.
const TRY: usize = 64;
pub(crate) const HARD_TRY: usize = 4096;

/// What is left for one item.
pub(crate) struct Budget {
    values: usize,
    work: usize,
    /// Tries of expressions that found nothing.
    vain: usize,
    cut: bool,
}

impl Budget {
    /// The budget of one item: 300,000 values, and work worth 16 MB of text.
    pub(crate) fn item() -> Self {
        Self { values: 300_000, work: WORK, vain: 0, cut: false }
    }

    /// Takes one value; false when none is left.
    pub(crate) fn value(&mut self) -> bool {
        if self.values == 0 {
            self.cut = true;
            return false;
        }
        self.values -= 1;
        true
    }

    /// Takes `bytes` of work; false when too little is left.
    pub(crate) fn work(&mut self, bytes: usize) -> bool {
        if bytes > self.work {
            self.cut = true;
            self.work = 0;
            return false;
        }
        self.work -= bytes;
        true
    }

    /// What the next try of an expression costs that begins at a known place: it may read on for kilobytes to find nothing.
    pub(crate) fn cost_of_try(&self) -> usize {
        if self.vain < EASY { TRY } else { HARD_TRY }
    }

    /// Notes that such a try was in vain.
    pub(crate) fn vain(&mut self) {
        self.vain += 1;
    }

    /// How many tries were in vain.
    #[cfg(test)]
    pub(crate) fn vain_tries(&self) -> usize {
        self.vain
    }

    /// Bytes of work that are left.
    pub(crate) fn left(&self) -> usize {
        self.work
    }

    /// Notes that something was left out.
    pub(crate) fn cut(&mut self) {
        self.cut = true;
    }

    /// Whether something was left out.
    pub(crate) fn was_cut(&self) -> bool {
        self.cut
    }
}
