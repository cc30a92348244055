//! Walks one item: every scalar with its place, into what is packed, within the item's budget.

use std::collections::BTreeMap;

use super::{
    Value,
    budget::{Budget, MAX_DEPTH, MAX_SCALAR},
    json::{self, NotJson},
    judge::{self, Beside},
    key::DigestKey,
    mask::Mask,
    names::{Hint, hint},
    path::Segment,
    rules::{self, Hit, jwk_secret},
    tree::{Place, Room},
    unpack::{Typed, base64_text, readable, typed},
};

/// Layers of base64 taken off a text.
const MAX_LAYERS: usize = 2;

/// One look through one item.
pub(crate) struct Walk<'a> {
    pub item: u64,
    pub key: &'a DigestKey,
    pub mask: &'a mut Mask,
    pub room: &'a mut Room,
    pub budget: Budget,
    /// Whether the client encrypted the item: its bytes are ciphertext, not tokens.
    pub encrypted: bool,
}

/// How a value was reached: its names, for what they say, and how deep.
#[derive(Clone, Copy, Default)]
pub(crate) struct Way<'a> {
    name: Option<&'a str>,
    holder: Option<&'a str>,
    beside: Beside,
    depth: usize,
    layers: usize,
}

impl<'a> Way<'a> {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn hint(self) -> Option<Hint> {
        match (self.holder, self.name) {
            (holder, Some(name)) => hint(&[holder, Some(name)]),
            (_, None) => None,
        }
    }

    /// One step into a map. A masked name says nothing: what holds the map speaks.
    fn into(self, name: Option<&'a str>, beside: Beside) -> Self {
        match name {
            Some(_) => Self { name, holder: self.name, beside, ..self.deeper() },
            None => Self { beside, ..self.deeper() },
        }
    }
}

impl Walk<'_> {
    /// Looks at a map's entries; true if a secret was seen.
    pub(crate) fn map(&mut self, map: &BTreeMap<String, Value>, way: Way<'_>, place: &mut Place) -> bool {
        let beside = beside(map);
        let mut seen = false;
        if let Some((name, secret)) = jwk_secret(map) {
            let inner = place.step(Segment::Name(name.to_owned()), self.room);
            inner.visit(self.item);
            seen |= self.record(judge::jwk(secret), secret.as_bytes(), inner);
        }
        for (name, value) in map {
            if !self.budget.value() {
                break;
            }
            let shown = self.mask.name(name, &mut self.budget);
            let masked = shown.segment == Segment::Star;
            let inner = place.step(shown.segment, self.room);
            inner.visit(self.item);
            seen |= self.record_all(shown.hits, name.as_bytes(), inner);
            if masked && let Some(Hint::Secret(_)) = way.hint() {
                seen |= self.record(judge::text(name, way.hint(), Beside::default()), name.as_bytes(), inner);
            }
            seen |= self.value(value, way.into((!masked).then_some(name.as_str()), beside), inner);
        }
        seen
    }

    fn value(&mut self, value: &Value, way: Way<'_>, place: &mut Place) -> bool {
        if way.depth > MAX_DEPTH {
            self.budget.cut();
            return false;
        }
        match value {
            Value::S(text) => self.text(text, way, place),
            Value::N(digits) => self.record(judge::number(digits, way.hint()), digits.as_bytes(), place),
            Value::B(bytes) => self.bytes(bytes, way, place),
            Value::Bool(_) | Value::Null => false,
            Value::M(map) => match typed(map) {
                Some(Typed::Value(inner)) => self.value(inner, way.deeper(), place),
                Some(Typed::Bytes(bytes)) => self.bytes(&bytes, way.deeper(), place),
                None => self.map(map, way, place),
            },
            Value::L(list) => self.each(list, way, place, |walk, v, way, inner| walk.value(v, way, inner)),
            Value::Ss(texts) => self.each(texts, way, place, |walk, t, way, inner| walk.text(t, way, inner)),
            Value::Ns(all) => self.each(all, way, place, |walk, digits, way, inner| {
                walk.record(judge::number(digits, way.hint()), digits.as_bytes(), inner)
            }),
            Value::Bs(all) => self.each(all, way, place, |walk, b, way, inner| walk.bytes(b, way, inner)),
        }
    }

    fn each<'v, T>(
        &mut self,
        all: &'v [T],
        way: Way<'_>,
        place: &mut Place,
        look: impl Fn(&mut Self, &'v T, Way<'_>, &mut Place) -> bool,
    ) -> bool {
        if all.is_empty() {
            return false;
        }
        let way = Way { beside: Beside::default(), ..way.deeper() };
        let inner = place.step(Segment::Element, self.room);
        inner.visit(self.item);
        let mut seen = false;
        for one in all {
            if !self.budget.value() {
                break;
            }
            seen |= look(self, one, way, inner);
        }
        seen
    }

    fn bytes(&mut self, bytes: &[u8], way: Way<'_>, place: &mut Place) -> bool {
        match readable(&bytes[..bytes.len().min(MAX_SCALAR)]) {
            Some(text) => self.text(text, way, place),
            None if self.encrypted => false,
            None => self.record(judge::bytes(bytes, way.hint()), bytes, place),
        }
    }

    /// Unpacks before it judges: a format inside says more than the look of the wrapping.
    fn text(&mut self, text: &str, way: Way<'_>, place: &mut Place) -> bool {
        let text = self.within(text);
        if way.depth > MAX_DEPTH || !self.budget.work(text.len()) {
            self.budget.cut();
            return false;
        }
        match json::parse(text) {
            Ok(value) => {
                let inner = place.step(Segment::Unpacked("json"), self.room);
                inner.visit(self.item);
                return self.value(&value, way.deeper(), inner);
            }
            Err(NotJson::TooDeep) => self.budget.cut(),
            Err(NotJson::Other) => {}
        }
        let mut hits = rules::find(text.as_bytes(), &mut self.budget);
        if way.beside.firebase {
            hits.retain(|hit| hit.rule != "google-api-key");
        }
        if self.record_all(hits, text.as_bytes(), place) {
            return true;
        }
        if way.layers < MAX_LAYERS
            && let Some(unpacked) = base64_text(text)
        {
            let inner = place.step(Segment::Unpacked("base64"), self.room);
            inner.visit(self.item);
            let way = Way { layers: way.layers + 1, ..way.deeper() };
            if self.text(&unpacked, way, inner) {
                return true;
            }
        }
        self.record(judge::text(text.trim(), way.hint(), way.beside), text.trim().as_bytes(), place)
    }

    /// The part of a text that is looked at.
    fn within<'t>(&mut self, text: &'t str) -> &'t str {
        if text.len() <= MAX_SCALAR {
            return text;
        }
        self.budget.cut();
        let end = (0..=MAX_SCALAR).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        &text[..end]
    }

    fn record(&mut self, hit: Option<Hit>, value: &[u8], place: &mut Place) -> bool {
        self.record_all(hit.into_iter().collect(), value, place)
    }

    fn record_all(&mut self, hits: Vec<Hit>, value: &[u8], place: &mut Place) -> bool {
        for hit in &hits {
            let secret = value.get(hit.span.clone()).unwrap_or(value);
            place.record(self.item, hit, self.key.digest(secret));
        }
        !hits.is_empty()
    }
}

/// What the members of a map say of each other.
fn beside(map: &BTreeMap<String, Value>) -> Beside {
    let has = |names: &[&str]| map.keys().any(|k| names.iter().any(|n| k.eq_ignore_ascii_case(n)));
    Beside {
        key_id: map.values().any(|value| {
            matches!(value, Value::S(text)
            if text.len() == 20 && (text.starts_with("AKIA") || text.starts_with("ASIA")))
        }),
        salt: map.keys().any(|k| k.len() <= 32 && k.to_ascii_lowercase().ends_with("salt")),
        firebase: has(&["authDomain", "auth_domain"]) && has(&["projectId", "project_id", "appId", "app_id"]),
    }
}
