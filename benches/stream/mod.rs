//! Items as tables of all trades hold them, most without a secret: many kinds of attribute, many of them near misses.

use serde_json::{Map, Value as Json, json};

use super::corpus::{Corpus, Labelled, draw::Draw, ordinary, typed};

const ATTRIBUTES: &str = include_str!("attributes.txt");
/// One item in so many holds a secret.
const RARE: usize = 1000;

/// An attribute that holds no secret.
struct Attribute {
    names: Vec<&'static str>,
    form: &'static str,
    template: &'static str,
}

/// An item, and the attribute that holds a secret in it.
pub struct Drawn {
    pub item: Json,
    pub secret: Option<String>,
}

/// Draws items without end.
pub struct Stream {
    draw: Draw,
    corpus: Corpus,
    attributes: Vec<Attribute>,
    planted: Vec<Labelled>,
    drawn: usize,
}

impl Stream {
    pub fn new(seed: u64) -> Self {
        let lines = ATTRIBUTES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let attributes = lines.map(attribute).collect();
        let (draw, corpus) = (Draw::new(seed), Corpus::new(seed));
        Self { draw, corpus, attributes, planted: Vec::new(), drawn: 0 }
    }

    /// A third of the items are of a design of `tables.txt`, the rest of five to thirty attributes of any sort.
    fn ordinary(&mut self) -> Map<String, Json> {
        if self.draw.percent(33)
            && let Json::Object(item) = ordinary(&mut self.draw)
        {
            return item;
        }
        let mut item = Map::new();
        for _ in 0..5 + self.draw.below(26) {
            let attribute = self.draw.pick(&self.attributes);
            let name = *self.draw.pick(&attribute.names);
            item.insert(name.to_owned(), attribute.value(&mut self.draw));
        }
        item
    }
}

impl Iterator for Stream {
    type Item = Drawn;

    fn next(&mut self) -> Option<Drawn> {
        let mut item = self.ordinary();
        self.drawn += 1;
        let mut secret = None;
        if self.drawn.is_multiple_of(RARE) {
            if self.planted.is_empty() {
                self.planted = self.corpus.singles(1, 0);
            }
            if let Some(one) = self.planted.pop() {
                item.insert(one.attribute.clone(), one.item[&one.attribute].clone());
                secret = Some(one.attribute);
            }
        }
        Some(Drawn { item: Json::Object(item), secret })
    }
}

impl Attribute {
    fn value(&self, draw: &mut Draw) -> Json {
        let text = draw.text(self.template);
        if self.form == "J" {
            return typed(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")));
        }
        json!({ self.form: text })
    }
}

fn attribute(line: &'static str) -> Attribute {
    let mut parts = line.splitn(3, " : ");
    let mut part = || parts.next().unwrap_or_else(|| panic!("three columns: {line}"));
    Attribute { names: part().split(", ").collect(), form: part(), template: part() }
}

/// DynamoDB JSON as plain JSON; bytes stay text.
pub fn plain(item: &Json) -> Json {
    let Some((tag, inner)) = item.as_object().and_then(|map| map.iter().next()) else { return item.clone() };
    match tag.as_str() {
        "N" => inner.as_str().and_then(|digits| digits.parse().ok()).map_or(inner.clone(), Json::Number),
        "M" => entries(inner),
        "L" => inner.as_array().into_iter().flatten().map(plain).collect(),
        "NULL" => Json::Null,
        _ => inner.clone(),
    }
}

/// The attributes of an item, or the entries of a map, as plain JSON.
pub fn entries(map: &Json) -> Json {
    let all = map.as_object().into_iter().flatten();
    Json::Object(all.map(|(name, value)| (name.clone(), plain(value))).collect())
}
