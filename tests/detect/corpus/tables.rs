//! Items as real tables hold them, without a secret: twenty designs, and the plain attributes beside a labelled one.

use serde_json::{Map, Value as Json, json};

use super::draw::Draw;

const DESIGNS: &str = include_str!("tables.txt");

/// A few attributes that any item may have.
pub fn bystanders(draw: &mut Draw) -> Map<String, Json> {
    let mut item = Map::new();
    item.insert("pk".into(), json!({ "S": draw.text("<=USER,ORG,ORDER,DEVICE>#<!ulid>") }));
    item.insert("created".into(), json!({ "S": draw.text("2026-1<=0,1>-<!day>T<!hour>:00:00Z") }));
    item.insert("status".into(), json!({ "S": draw.text("<=active,new,closed,paused>") }));
    item.insert("count".into(), json!({ "N": draw.text("<=1,2,3,4><d0-4>") }));
    if draw.percent(40) {
        item.insert("label".into(), json!({ "S": draw.text("<!words 3>") }));
    }
    item
}

/// An item of one of the designs, as DynamoDB JSON.
pub fn ordinary(draw: &mut Draw) -> Json {
    let designs: Vec<&str> = DESIGNS.lines().filter(|line| line.starts_with('{')).collect();
    let design = *draw.pick(&designs);
    let filled = draw.text(design);
    let plain: Json = serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{error}: {filled}"));
    match plain {
        Json::Object(map) => {
            Json::Object(map.into_iter().map(|(name, value)| (name, typed(value))).collect())
        }
        other => panic!("{other} is no item"),
    }
}

/// Plain JSON as DynamoDB JSON.
pub fn typed(value: Json) -> Json {
    match value {
        Json::String(text) => json!({ "S": text }),
        Json::Number(number) => json!({ "N": number.to_string() }),
        Json::Bool(yes) => json!({ "BOOL": yes }),
        Json::Null => json!({ "NULL": true }),
        Json::Array(all) => json!({ "L": all.into_iter().map(typed).collect::<Vec<_>>() }),
        Json::Object(map) => {
            json!({ "M": map.into_iter().map(|(name, value)| (name, typed(value))).collect::<Map<_, _>>() })
        }
    }
}
