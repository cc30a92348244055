//! The tally of one table: items in, counts and sightings out.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{
    Detector, Item, NotItem,
    budget::Budget,
    expiry::Expiries,
    guard::Guarded,
    json,
    key::DigestKey,
    mask::{Known, Mask},
    path::{Path, STAR, shown_name},
    personal::People,
    prevalence::Parts,
    rules::Hit,
    tree::{Tree, Whole},
    value::Value,
    walk::{Sink, Walk},
};
use crate::snapshot::{
    Timestamp,
    sample::{Contents, Guard, MAX_NAMES, SecretKind},
};

/// Attribute names counted; further ones count as `{*}`.
const MAX_COUNTED: usize = 16_384;

/// What is over after a while by its nature, and how sure a hit of it must be to count.
const TOKENS: [SecretKind; 4] =
    [SecretKind::Jwt, SecretKind::SessionToken, SecretKind::AccessToken, SecretKind::RefreshToken];
const LIKELY: f64 = 0.6;

/// What the AWS Database Encryption SDK adds to an item that it encrypts.
const DBE: [&str; 2] = ["aws_dbe_head", "aws_dbe_foot"];
/// What the legacy DynamoDB Encryption Client adds.
const LEGACY: [&str; 2] = ["*amzn-ddb-map-desc*", "*amzn-ddb-map-sig*"];

/// What was seen in the items of one table so far. Its memory is bounded, whatever the items are.
pub struct Tally {
    detector: Arc<Detector>,
    mask: Mask,
    tree: Tree,
    parts: Parts,
    contents: Contents,
    names: BTreeMap<String, u64>,
    people: People,
    guarded: Guarded,
    /// None where nobody asks what expires.
    expiries: Option<Expiries>,
    /// The attribute that tells item collections apart, in a table that has such.
    partition_key: Option<String>,
}

impl Tally {
    pub(super) fn new(detector: Arc<Detector>) -> Self {
        Self {
            detector,
            mask: Mask::default(),
            tree: Tree::new(),
            parts: Parts::default(),
            contents: Contents::default(),
            names: BTreeMap::new(),
            people: People::default(),
            guarded: Guarded::default(),
            expiries: None,
            partition_key: None,
        }
    }

    /// Counts what expires too, as of `now`; `ttl` is the attribute that time to live looks at, where that is on.
    #[must_use]
    pub fn expiring(self, now: Timestamp, ttl: Option<&str>) -> Self {
        Self { expiries: Some(Expiries::new(now, ttl)), ..self }
    }

    /// Tells item collections apart by this attribute: the partition key of a table that has a sort key too.
    #[must_use]
    pub fn collected_by(self, partition_key: Option<&str>) -> Self {
        Self { partition_key: partition_key.map(str::to_owned), ..self }
    }

    /// Looks through one item in plain JSON or DynamoDB JSON; tells whether something was left out.
    ///
    /// # Errors
    /// As [`Inspector::line`](super::Inspector::line).
    pub fn line(&mut self, line: &[u8]) -> Result<bool, NotItem> {
        let text = json::text(line);
        Ok(self.item(&json::item(&text)?))
    }

    /// Says that the items that follow were read next to each other, in this part of the table.
    pub fn part(&mut self, part: u32) {
        self.parts.begin(self.contents.items, part);
    }

    /// Looks through one item.
    pub fn look(&mut self, item: &Item<'_>) {
        self.item(item);
    }

    /// Tells whether something was left out.
    fn item(&mut self, item: &Item<'_>) -> bool {
        let (dbe, legacy) = (has(item, DBE), has(item, LEGACY));
        let (at, key) = (self.contents.items, self.detector.key());
        let (tree, guarded) = (&mut self.tree, &mut self.guarded);
        let mut page = Page { item: at, key, tree, guarded, token: false };
        let mut walk = Walk {
            sink: &mut page,
            mask: &mut self.mask,
            own: &self.detector.own,
            budget: Budget::item(),
            issued: None,
            encrypted: dbe || legacy,
        };
        for name in shown(item, &mut walk) {
            let known = self.names.len() < MAX_COUNTED || self.names.contains_key(&name);
            *self.names.entry(if known { name } else { STAR.to_owned() }).or_default() += 1;
        }
        walk.item(&item.0);
        let cut = walk.budget.was_cut();
        let token = page.token;
        let cut = cut || self.tree.is_full();
        if let Some(expiries) = &mut self.expiries {
            expiries.look(item, token);
        }
        if let Some(key) = self.partition_key.as_deref().and_then(|name| partition_key(item, name)) {
            self.parts.collect(self.detector.key().digest(key));
        }
        self.people.look(item, &mut self.mask);
        self.tree.visit(self.contents.items, None);
        self.tree.settle();
        self.contents.items += 1;
        self.contents.encrypted_items += u64::from(dbe);
        self.contents.legacy_encrypted_items += u64::from(legacy);
        self.contents.cut_items += u64::from(cut);
        cut
    }

    /// What the items held.
    pub fn finish(self) -> Contents {
        let mut names: Vec<(String, u64)> = self.names.into_iter().collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        names.truncate(MAX_NAMES);
        let effective_items = self.tree.worth_unseen(self.contents.items, &self.parts);
        let whole = Whole { total: self.contents.items, parts: &self.parts, unseen: effective_items };
        let sightings = self.tree.sightings(&whole);
        let personal = self.people.finish();
        let protected = self.guarded.finish();
        let (sightings, ignored) = self.detector.own.sift(sightings);
        let names = names.into_iter().collect();
        let (expiries, token_items, lasting_tokens) = self.expiries.map(Expiries::finish).unwrap_or_default();
        Contents {
            names,
            sightings,
            personal,
            ignored,
            protected,
            expiries,
            token_items,
            lasting_tokens,
            effective_items,
            ..self.contents
        }
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tally({} items)", self.contents.items)
    }
}

/// Whether the client encrypted the item, by what the encryption clients add to it.
pub(super) fn is_encrypted(item: &Item<'_>) -> bool {
    has(item, DBE) || has(item, LEGACY)
}

/// The value of an item's partition key.
fn partition_key<'a>(item: &'a Item<'_>, name: &str) -> Option<&'a [u8]> {
    let (_, value) = item.0.iter().find(|(own, _)| own.expose() == name)?;
    match value {
        Value::S(text) | Value::N(text) => Some(text.expose().as_bytes()),
        Value::B(bytes) => Some(bytes.expose()),
        _ => None,
    }
}

fn has(item: &Item<'_>, names: [&str; 2]) -> bool {
    item.0.iter().any(|(name, _)| names.contains(&name.expose()))
}

/// One item's part of the tally.
struct Page<'a> {
    item: u64,
    key: &'a DigestKey,
    tree: &'a mut Tree,
    guarded: &'a mut Guarded,
    /// Whether a token was found in it.
    token: bool,
}

impl Sink for Page<'_> {
    fn visit(&mut self, path: &Path<'_>) {
        self.tree.visit(self.item, Some(path));
    }

    fn found(&mut self, path: &Path<'_>, hit: &Hit, secret: &[u8]) {
        self.token |= hit.confidence >= LIKELY && TOKENS.contains(&hit.kind);
        self.tree.record(self.item, path, hit, self.key.digest(secret));
    }

    fn guarded(&mut self, path: &Path<'_>, guard: Guard) {
        self.guarded.note(self.item, path, guard);
    }
}

/// The attribute names of an item as they may be shown, each once.
fn shown(item: &Item<'_>, walk: &mut Walk<'_, Page<'_>>) -> Vec<String> {
    let mut names: Vec<String> = item
        .0
        .iter()
        .map(|(name, _)| match walk.mask.name(name.expose(), &mut walk.budget) {
            Known::Name(_) => shown_name(name.expose()),
            Known::Value(_) => STAR.to_owned(),
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
