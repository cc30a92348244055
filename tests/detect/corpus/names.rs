//! Names of attributes: telling, saying nothing, or misleading, as programmers of many habits write them.

use super::draw::{Draw, Kind};

/// A name and what it says.
pub struct Name {
    pub text: String,
    pub style: &'static str,
}

const NEUTRAL: [&str; 34] = [
    "v",
    "val",
    "value",
    "data",
    "attr1",
    "attr2",
    "payload",
    "note",
    "info",
    "field7",
    "x",
    "content",
    "meta",
    "extra",
    "col_3",
    "raw",
    "blob",
    "body",
    "misc",
    "detail",
    "wert",
    "dato",
    "valeur",
    "inhalt",
    "値",
    "数据",
    "данные",
    "d",
    "details",
    "attributes",
    "Item",
    "obj",
    "properties",
    "c1",
];

/// Names of something else: a value that says what it is has to be found under them all the same.
const MISLEADING: [&str; 20] = [
    "description",
    "color",
    "title",
    "comment",
    "created_at",
    "avatar_url",
    "etag",
    "checksum",
    "request_id",
    "trace_id",
    "version",
    "locale",
    "public_note",
    "display_name",
    "sort_order",
    "sku",
    "nickname",
    "address_line_2",
    "category",
    "token_count",
];

pub fn neutral(draw: &mut Draw) -> String {
    (*draw.pick(&NEUTRAL)).to_owned()
}

/// A name for a value of that kind.
pub fn name(draw: &mut Draw, kind: &Kind, secret: bool) -> Name {
    let telling: Vec<&str> = kind.names.iter().copied().filter(|name| *name != "*").collect();
    let any = secret && !kind.named || kind.names.contains(&"*");
    let roll = draw.below(100);
    if any && (roll < 45 || telling.is_empty()) {
        return Name { text: neutral(draw), style: "neutral" };
    }
    if secret && any && roll < 60 {
        return Name { text: written(draw, MISLEADING[roll % MISLEADING.len()]), style: "misleading" };
    }
    let name = *draw.pick(&telling);
    let name = if name.is_ascii() && secret { dressed(draw, name) } else { name.to_owned() };
    Name { text: written(draw, &name), style: "telling" }
}

/// With words before or after it that change nothing.
fn dressed(draw: &mut Draw, name: &str) -> String {
    let before = ["user", "my", "old", "prod", "current", "backup", "app", "admin"];
    match draw.below(10) {
        0 | 1 => format!("{}_{name}", draw.pick(&before)),
        2 => format!("{name}_{}", draw.pick(&["1", "2", "v2", "value", "old"])),
        _ => name.to_owned(),
    }
}

/// In snake case, camel case, kebab case, …
fn written(draw: &mut Draw, name: &str) -> String {
    if !name.is_ascii() || name.chars().any(char::is_uppercase) {
        return name.to_owned();
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    match draw.below(10) {
        0..=4 => words.join("_"),
        5 | 6 => words[0].to_owned() + &words[1..].iter().map(|word| capital(word)).collect::<String>(),
        7 => words.join("-"),
        8 => words.iter().map(|word| capital(word)).collect(),
        _ => words.join("_").to_uppercase(),
    }
}
