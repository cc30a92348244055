//! XML answers as JSON values, so that one reader does for all protocols. What is not whole is refused.

use serde_json::{Map, Value};
use xmlparser::{ElementEnd, Token, Tokenizer};

/// Levels that an answer may nest; AWS nests a handful.
const DEEPEST: usize = 64;

struct Open {
    name: String,
    children: Vec<(String, Value)>,
    text: String,
}

/// The content of the root element: elements become members, an element met twice or made of `item` or `member`
/// becomes a list, and one without children its text. None where the document is not well formed.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for token in Tokenizer::from(text) {
        match token.ok()? {
            Token::ElementStart { local, .. } => {
                if root.is_some() || open.len() == DEEPEST {
                    return None;
                }
                open.push(Open { name: local.to_string(), children: Vec::new(), text: String::new() });
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { end, .. } => {
                let done = open.pop()?;
                if let ElementEnd::Close(_, name) = end
                    && name.as_str() != done.name
                {
                    return None;
                }
                let (name, value) = close(done);
                match open.last_mut() {
                    Some(parent) => parent.children.push((name, value)),
                    None => root = Some(value),
                }
            }
            Token::Text { text } => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&unescaped(text.as_str())?);
                } else if !text.as_str().trim().is_empty() {
                    return None;
                }
            }
            Token::Cdata { text, .. } => open.last_mut()?.text.push_str(text.as_str()),
            // A document type could define entities; no answer of AWS has one.
            Token::DtdStart { .. } | Token::EmptyDtd { .. } | Token::EntityDeclaration { .. } => return None,
            _ => {}
        }
    }
    root.filter(|_| open.is_empty())
}

fn close(element: Open) -> (String, Value) {
    let Open { name, children, text } = element;
    if children.is_empty() {
        return (name, Value::String(text.trim().to_owned()));
    }
    if children.iter().all(|(name, _)| name == "item" || name == "member") {
        return (name, children.into_iter().map(|(_, value)| value).collect());
    }
    let mut object = Map::new();
    for (name, value) in children {
        match object.get_mut(&name) {
            None => {
                object.insert(name, value);
            }
            Some(Value::Array(all)) => all.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    (name, Value::Object(object))
}

/// Text without its entities; none where one is unknown.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..].split_once(';')?;
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => {
                let number = number.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn lists_texts_and_entities() {
        let text = "<?xml version=\"1.0\"?><R xmlns=\"x\"><set><item><a>1 &amp; 2</a></item></set><Rule><b>x</b></Rule>\
                    <Rule><b>&#x79;</b></Rule><none/></R>";
        assert_eq!(
            read(text),
            Some(json!({ "set": [{ "a": "1 & 2" }], "Rule": [{ "b": "x" }, { "b": "y" }], "none": "" }))
        );
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        let deep = format!("{}{}", "<a>".repeat(1_000), "</a>".repeat(1_000));
        for text in [
            "",
            "x",
            "<a>",
            "<a><b></a></b>",
            "<a></a><b></b>",
            "<a>&nope;</a>",
            "<a",
            &deep,
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        ] {
            assert_eq!(read(text), None, "{text:.40}");
        }
    }
}
