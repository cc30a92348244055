//! What looking through one item may cost: values, bytes, depth. Past it the item counts as cut.

/// Deepest nesting looked into, unpacked layers included. DynamoDB allows 32 levels of its own
/// ("Service, account, and table quotas in Amazon DynamoDB").
pub(crate) const MAX_DEPTH: usize = 64;
/// Longest text or bytes looked at; an item of DynamoDB has 400 KB at most.
pub(crate) const MAX_SCALAR: usize = 1024 * 1024;

/// What is left for one item.
pub(crate) struct Budget {
    values: usize,
    work: usize,
    cut: bool,
}

impl Budget {
    /// The budget of one item: 300,000 values, and work worth 16 MB of text.
    pub(crate) fn item() -> Self {
        Self { values: 300_000, work: 16 * 1024 * 1024, cut: false }
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
