//! Walks one item: every value with its path, into what is packed, within the item's budget.

use super::{
    age,
    budget::{Budget, MAX_DEPTH, MAX_SCALAR},
    guard::guard,
    inflate::{inflate, is_packed, serialised},
    json::{self, NotJson},
    judge::{self, Beside},
    look::Sorts,
    mask::{Known, Mask, Named},
    names::{Hint, is_naming, is_value},
    own::Own,
    path::{Path, Step},
    rules::{self, Hit, jws_signature, key_object},
    secret::Secret,
    unpack::{readable, trimmed, unpack},
    value::{Map, Value},
};
use crate::snapshot::sample::{Basis, Guard};

/// Layers of encoding and compression taken off a value.
const MAX_LAYERS: usize = 4;

/// Who is told what the walk comes by.
pub(crate) trait Sink {
    /// A place: an attribute, an entry, the elements of a list, what was unpacked. It may be told more than once.
    fn visit(&mut self, path: &Path<'_>);

    /// A secret at a place, as its own bytes.
    fn found(&mut self, path: &Path<'_>, hit: &Hit, secret: &[u8]);

    /// A secret that is kept so that reading it gives nothing.
    fn guarded(&mut self, _path: &Path<'_>, _guard: Guard) {}
}

/// One look through one item.
pub(crate) struct Walk<'w, S> {
    pub sink: &'w mut S,
    pub mask: &'w mut Mask,
    pub own: &'w Own,
    pub budget: Budget,
    /// When the secrets of the map that the walk is in were made, in seconds since 1970.
    pub issued: Option<i64>,
    /// Whether the client encrypted the item: its bytes are ciphertext, not tokens.
    pub encrypted: bool,
}

/// How a value was reached: its names, for what they say, and how deep.
#[derive(Clone, Copy, Default)]
struct Way<'a> {
    name: Option<(&'a str, Named)>,
    holder: Option<(&'a str, Named)>,
    beside: Beside,
    depth: usize,
    layers: usize,
    /// Whether the names are those of a URL's query.
    query: bool,
}

impl<'a> Way<'a> {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// One step into a map. A masked name says nothing: what holds the map speaks.
    fn into(self, name: Option<(&'a str, Named)>, beside: Beside) -> Self {
        match name {
            // What only wraps (`data`, `value`) hands on what holds it.
            Some(_) => {
                let holder = self.name.filter(|(_, named)| !named.wraps).or(self.holder).or(self.name);
                Self { name, holder, beside, ..self.deeper() }
            }
            None => Self { beside, ..self.deeper() },
        }
    }
}

impl<S: Sink> Walk<'_, S> {
    /// Looks at an item's attributes.
    pub(crate) fn item(&mut self, map: &Map<'_>) {
        self.map(map, Way::default(), None);
    }

    /// Looks at a map's entries; true if a secret was seen.
    fn map(&mut self, map: &Map<'_>, way: Way<'_>, path: Option<&Path<'_>>) -> bool {
        let (beside, pairs) = beside(map);
        let named = if pairs { self.named(map) } else { None };
        let beside = Beside { named, ..beside };
        let outer = self.issued;
        self.issued = age::made(map).or(outer);
        let seen = self.entries(map, way, beside, path);
        self.issued = outer;
        seen
    }

    fn entries(&mut self, map: &Map<'_>, way: Way<'_>, beside: Beside, path: Option<&Path<'_>>) -> bool {
        let mut seen = false;
        if let Some((rule, name, secret)) = key_object(map) {
            let inner = Path { up: path, step: Step::Name(name) };
            self.sink.visit(&inner);
            seen |= self.record(judge::key_object(rule, secret), secret.as_bytes(), &inner);
        }
        if let Some(signature) = jws_signature(map) {
            let inner = Path { up: path, step: Step::Name("signature") };
            self.sink.visit(&inner);
            seen |= self.record(judge::jws(signature), signature.as_bytes(), &inner);
        }
        for (name, value) in map {
            if !self.budget.value() {
                break;
            }
            let name = name.expose();
            let known = self.mask.name(name, &mut self.budget);
            let (step, named) = match &known {
                Known::Name(named) => (Step::Name(name), Some((name, *named))),
                Known::Value(_) => (Step::Star, None),
            };
            let inner = Path { up: path, step };
            self.sink.visit(&inner);
            if let Known::Value(hits) = known {
                seen |= self.record_all(&hits, name.as_bytes(), &inner);
                if let hint @ Some(Hint::Secret(_)) = self.hint(way) {
                    seen |= self.record(judge::text(name, hint, Beside::default()), name.as_bytes(), &inner);
                }
            }
            seen |= self.value(value, way.into(named, beside), &inner);
        }
        seen
    }

    fn value(&mut self, value: &Value<'_>, way: Way<'_>, path: &Path<'_>) -> bool {
        if way.depth > MAX_DEPTH {
            self.budget.cut();
            return false;
        }
        match value {
            Value::S(text) => self.text(text.expose(), way, path),
            Value::N(digits) => {
                let digits = digits.expose();
                let hint = self.hint(way);
                self.record(judge::number(digits, hint), digits.as_bytes(), path)
            }
            Value::B(bytes) => self.bytes(bytes.expose(), way, path),
            Value::Bool(_) | Value::Null => false,
            Value::M(map) => self.map(map, way, Some(path)),
            Value::L(list) => self.list(list, way, path),
        }
    }

    fn list(&mut self, list: &[Value<'_>], way: Way<'_>, path: &Path<'_>) -> bool {
        if list.is_empty() {
            return false;
        }
        let way = Way { beside: Beside::default(), ..way.deeper() };
        let inner = path.to(Step::Element);
        self.sink.visit(&inner);
        let mut seen = false;
        if let Some(bytes) = byte_list(list)
            && let hint @ Some(_) = self.hint(way)
            && self.record(judge::bytes(bytes.expose(), hint), bytes.expose(), path)
        {
            return true;
        }
        for one in list {
            if !self.budget.value() {
                break;
            }
            seen |= self.value(one, way, &inner);
        }
        seen
    }

    fn bytes(&mut self, bytes: &[u8], way: Way<'_>, path: &Path<'_>) -> bool {
        let looked_at = &bytes[..bytes.len().min(MAX_SCALAR)];
        if let Some(text) = readable(looked_at) {
            return self.text(text, way, path);
        }
        if self.encrypted || !self.budget.work(looked_at.len()) {
            return false;
        }
        if way.layers < MAX_LAYERS
            && let Some((how, inner)) = inflate(bytes, &mut self.budget)
        {
            return self.unpacked(how, &Value::B(inner), way, path);
        }
        // What no one reads here may still hold a text: a serialised object, a message of Protocol Buffers.
        let hits = rules::find(looked_at, Sorts::of(looked_at), &mut self.budget);
        if let Some(how) = serialised(bytes) {
            let inner = path.to(Step::Unpacked(how));
            self.sink.visit(&inner);
            return self.record_all(&hits, looked_at, &inner);
        }
        let hint = self.hint(way);
        self.record_all(&hits, looked_at, path) || self.record(judge::bytes(bytes, hint), bytes, path)
    }

    fn unpacked(&mut self, how: &'static str, inner: &Value<'_>, way: Way<'_>, path: &Path<'_>) -> bool {
        let path = path.to(Step::Unpacked(how));
        self.sink.visit(&path);
        self.value(inner, Way { layers: way.layers + 1, query: how == "query", ..way.deeper() }, &path)
    }

    /// Unpacks before it judges: a format inside says more than the look of the wrapping.
    fn text(&mut self, text: &str, way: Way<'_>, path: &Path<'_>) -> bool {
        let text = self.within(text);
        if way.depth > MAX_DEPTH || !self.budget.work(text.len()) {
            self.budget.cut();
            return false;
        }
        match json::parse(text) {
            Ok(value) => {
                let inner = path.to(Step::Unpacked("json"));
                self.sink.visit(&inner);
                return self.value(&value, way.deeper(), &inner);
            }
            Err(NotJson::TooDeep) => self.budget.cut(),
            Err(NotJson::Other) => {}
        }
        if !self.own.patterns.is_empty() {
            let own = self.own.find(text.as_bytes());
            if self.record_all(&own, text.as_bytes(), path) {
                return true;
            }
        }
        let sorts = Sorts::of(text.as_bytes());
        if sorts.may_hold_format(text.as_bytes()) && self.formats(text, sorts, way, path) {
            return true;
        }
        let text = trimmed(text);
        let hint = self.hint(way);
        if self.record(judge::text(text, hint, way.beside), text.as_bytes(), path) {
            return true;
        }
        if let Some(guard) = guard(text, hint, way.name.is_some_and(|(_, named)| named.disarmed)) {
            self.sink.guarded(path, guard);
        }
        false
    }

    /// Formats in a text, or in what it packs; true if a secret was seen.
    fn formats(&mut self, text: &str, sorts: Sorts, way: Way<'_>, path: &Path<'_>) -> bool {
        let mut hits = rules::find(text.as_bytes(), sorts, &mut self.budget);
        if way.beside.firebase {
            hits.retain(|hit| hit.rule != "google-api-key");
        }
        // What is no more than likely waits for what unpacking says.
        let likely = hits.extract_if(.., |hit| hit.basis <= Basis::Likely).collect::<Vec<_>>();
        if !hits.is_empty() && self.record_all(&hits, text.as_bytes(), path) {
            return true;
        }
        if way.layers < MAX_LAYERS
            && let Some((how, inner)) = unpack(text, sorts)
            && !(is_chance(&inner) && matches!(self.hint(way), Some(Hint::Secret(_))))
            && self.unpacked(how, &inner, way, path)
        {
            return true;
        }
        self.record_all(&likely, text.as_bytes(), path)
    }

    /// The part of a text that is looked at.
    fn within<'t>(&mut self, text: &'t str) -> &'t str {
        if text.len() <= MAX_SCALAR {
            return text;
        }
        self.budget.cut();
        &text[..text.floor_char_boundary(MAX_SCALAR)]
    }

    fn hint(&mut self, way: Way<'_>) -> Option<Hint> {
        match (way.beside.named, way.name?) {
            (Some(named), (name, _)) if is_value(name) => Some(named),
            // A data model's `key` is an index; that of a request lets in.
            (_, ("key" | "appid", _)) if way.query => Some(Hint::Service),
            (_, name) => self.mask.hint(way.holder, name),
        }
    }

    /// What a pair of `name` and `value` says of its value: environments and settings are kept so.
    fn named(&mut self, map: &Map<'_>) -> Option<Hint> {
        if map.len() > 12 {
            return None;
        }
        map.iter().find_map(|(name, value)| match value {
            Value::S(text) if is_naming(name.expose()) => {
                match self.mask.name(text.expose(), &mut self.budget) {
                    Known::Name(named) => named.alone,
                    Known::Value(_) => None,
                }
            }
            _ => None,
        })
    }

    fn record(&mut self, hit: Option<Hit>, value: &[u8], path: &Path<'_>) -> bool {
        hit.is_some_and(|hit| self.record_all(&[hit], value, path))
    }

    fn record_all(&mut self, hits: &[Hit], value: &[u8], path: &Path<'_>) -> bool {
        let mut seen = false;
        for hit in hits {
            let secret = value.get(hit.span.clone()).unwrap_or(value);
            if !self.own.allows(secret) {
                let issued = hit.issued.or(self.issued);
                self.sink.found(path, &Hit { issued, ..hit.clone() }, secret);
                seen = true;
            }
        }
        seen
    }
}

/// Whether what a token packs may be there by chance: of short bytes a few in a million read as a text, and a few in a
/// hundred thousand begin like a packing, from which nothing then comes that can be read.
fn is_chance(inner: &Value<'_>) -> bool {
    const SURE: usize = 18;
    let Value::B(bytes) = inner else { return false };
    let bytes = bytes.expose();
    let means = |bytes: &[u8]| readable(bytes).is_some() || serialised(bytes).is_some();
    if bytes.len() < SURE || means(bytes) {
        return bytes.len() < SURE;
    }
    inflate(bytes, &mut Budget::item())
        .is_none_or(|(_, out)| !means(out.expose()) && !is_packed(out.expose()))
}

/// The bytes of a key that is written as a list of numbers, as wallets of Solana do.
fn byte_list(list: &[Value<'_>]) -> Option<Secret<'static, [u8]>> {
    if !matches!(list.len(), 32 | 64) {
        return None;
    }
    let bytes: Option<Vec<u8>> = list
        .iter()
        .map(|one| match one {
            Value::N(digits) => digits.expose().parse().ok(),
            _ => None,
        })
        .collect();
    bytes.map(Secret::from)
}

/// The member by which a web configuration of Firebase is told.
const DOMAIN: [&str; 2] = ["authDomain", "auth_domain"];

/// What the members of a map say of each other, and whether one of them is called a value. One pass, for each map has it.
fn beside(map: &Map<'_>) -> (Beside, bool) {
    let has = |wanted: &[&str]| {
        map.iter().any(|(name, _)| wanted.iter().any(|w| name.expose().eq_ignore_ascii_case(w)))
    };
    let (mut said, mut pairs, mut domain) = (Beside::default(), false, false);
    for (name, value) in map {
        let name = name.expose();
        said.salt |= is_salt(name.as_bytes());
        pairs |= is_value(name);
        domain |= DOMAIN.iter().any(|domain| name.eq_ignore_ascii_case(domain));
        said.key_id |= matches!(value, Value::S(text) if is_key_id(text.expose()));
    }
    said.firebase = domain && has(&["projectId", "project_id", "appId", "app_id"]);
    (said, pairs)
}

fn is_salt(name: &[u8]) -> bool {
    (4..=32).contains(&name.len()) && name[name.len() - 4..].eq_ignore_ascii_case(b"salt")
}

fn is_key_id(text: &str) -> bool {
    text.len() == 20 && (text.starts_with("AKIA") || text.starts_with("ASIA"))
}
