//! JSON with its places and repeated names kept, read in one pass without recursion beyond a fixed depth.

use std::borrow::Cow;

use super::Malformed;

/// Deepest nesting that is read. Policies nest six deep.
const DEEPEST: usize = 32;

/// A JSON value; texts lie in the document itself where nothing in them is escaped.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'t> {
    Null,
    /// A string, a number or a boolean: policies write values as any of them.
    Scalar {
        text: Cow<'t, str>,
        quoted: bool,
    },
    List(Vec<Json<'t>>),
    Object(Object<'t>),
}

/// An object: its members in order, and where it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object<'t> {
    pub(super) members: Vec<(Cow<'t, str>, Json<'t>)>,
    /// Bytes of the document, from its `{` to past its `}`.
    pub(super) span: (usize, usize),
}

impl<'t> Json<'t> {
    /// Reads a document; a byte order mark and white space around it are allowed.
    pub(super) fn parse(text: &'t str) -> Result<Self, Malformed> {
        let trimmed = text.trim_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
        if trimmed.is_empty() {
            return Err(Malformed::new("document", "it is empty"));
        }
        let at = trimmed.as_ptr() as usize - text.as_ptr() as usize;
        let mut reader = Reader { text, at, end: at + trimmed.len() };
        let read = reader.value(DEEPEST).and_then(|value| match reader.peek() {
            None => Ok(value),
            Some(_) => Err("not JSON"),
        });
        read.map_err(|wrong| {
            // Names no content, only where.
            let (line, column) = place(text, reader.at.min(text.len()));
            Malformed::new("document", format!("{wrong} at line {line}, column {column}"))
        })
    }

    /// What sort of value it is, for messages.
    pub(super) fn sort(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Scalar { quoted: true, .. } => "a string",
            Json::Scalar { quoted: false, .. } => "a number or boolean",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// Line and column, both from 1, of the character at byte `at`.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |feed| feed + 1);
    (line, before.get(start..).unwrap_or_default().chars().count() + 1)
}

type Read<T> = Result<T, &'static str>;

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Reader<'t> {
    /// The next byte that is not white space, which is passed over.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|_| self.at < self.end)
    }

    fn value(&mut self, depth: usize) -> Read<Json<'t>> {
        let deeper = || depth.checked_sub(1).ok_or("nested too deep");
        match self.peek() {
            Some(b'{') => self.object(deeper()?).map(Json::Object),
            Some(b'[') => self.list(deeper()?).map(Json::List),
            Some(b'"') => Ok(Json::Scalar { text: self.string()?, quoted: true }),
            Some(_) => self.word(),
            None => Err("not JSON"),
        }
    }

    fn object(&mut self, depth: usize) -> Read<Object<'t>> {
        let from = self.at;
        let mut members = Vec::new();
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Object { members, span: (from, self.at) });
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err("not JSON");
            }
            let name = self.string()?;
            if self.peek() != Some(b':') {
                return Err("not JSON");
            }
            self.at += 1;
            members.push((name, self.value(depth)?));
            if !self.goes_on(b'}')? {
                return Ok(Object { members, span: (from, self.at) });
            }
        }
    }

    fn list(&mut self, depth: usize) -> Read<Vec<Json<'t>>> {
        let mut items = Vec::new();
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.value(depth)?);
            if !self.goes_on(b']')? {
                return Ok(items);
            }
        }
    }

    /// Passes over a comma, or over `close`, which ends the list.
    fn goes_on(&mut self, close: u8) -> Read<bool> {
        let next = self.peek();
        let more = next == Some(b',');
        if !more && next != Some(close) {
            return Err("not JSON");
        }
        self.at += 1;
        Ok(more)
    }

    fn string(&mut self) -> Read<Cow<'t, str>> {
        self.at += 1;
        let from = self.at;
        loop {
            match self.byte() {
                Some(b'"') => {
                    let text = self.text.get(from..self.at).ok_or("not JSON")?;
                    self.at += 1;
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => return self.escaped(from).map(Cow::Owned),
                None | Some(0..0x20) => return Err("not JSON"),
                Some(_) => self.at += 1,
            }
        }
    }

    /// The rest of a string, from its first escape on.
    fn escaped(&mut self, from: usize) -> Read<String> {
        let mut out = self.text.get(from..self.at).ok_or("not JSON")?.to_owned();
        loop {
            let plain = self.at;
            while !matches!(self.byte(), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            out.push_str(self.text.get(plain..self.at).ok_or("not JSON")?);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err("not JSON"),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let sort = self.text.as_bytes().get(self.at + 1).copied().ok_or("not JSON")?;
        self.at += 2;
        Ok(match sort {
            b'"' | b'\\' | b'/' => char::from(sort),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.unit()?;
                let pair =
                    (0xd800..0xdc00).contains(&high) && self.text.as_bytes()[self.at..].starts_with(b"\\u");
                let units = if pair {
                    self.at += 2;
                    [high, self.unit()?]
                } else {
                    [high, 0]
                };
                let length = if pair { 2 } else { 1 };
                let mut read = char::decode_utf16(units.into_iter().take(length));
                match (read.next(), read.next()) {
                    (Some(Ok(c)), None) => c,
                    _ => return Err("not JSON"),
                }
            }
            _ => return Err("not JSON"),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Read<u16> {
        let digits = self.text.get(self.at..self.at + 4).ok_or("not JSON")?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err("not JSON");
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| "not JSON")
    }

    /// `null`, a boolean or a number, which is kept as it is written.
    fn word(&mut self) -> Read<Json<'t>> {
        let from = self.at;
        while matches!(self.byte(), Some(b'a'..=b'z' | b'E' | b'0'..=b'9' | b'+' | b'-' | b'.')) {
            self.at += 1;
        }
        let word = self.text.get(from..self.at).unwrap_or_default();
        match word {
            "null" => return Ok(Json::Null),
            "true" | "false" => {}
            _ if is_number(word) => {}
            _ => {
                self.at = from;
                return Err("not JSON");
            }
        }
        Ok(Json::Scalar { text: Cow::Borrowed(word), quoted: false })
    }
}

/// Whether `word` is a number as JSON writes it: `-1.5e3`, not `+1`, `01`, `.5` or `1.`.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_serde_json_reads() {
        let texts = [
            r#"{"a":[1,-2.5e+3,true,null,"x\u00e9\ud83d\ude00\n\/"],"b":{}}"#,
            "[]",
            " [ 1 , 2 ] ",
            "\"\"",
            "0",
            "-0",
            "1e5",
            "01",
            "+1",
            ".5",
            "1.",
            "1e",
            "--1",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "{\"a\":1,}",
            "nul",
            "truee",
            "\"\\x\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ud83dx\"",
            "\"\\ud83d\\n\"",
            "\"\\u12\"",
            "\"a",
            "\"\t\"",
            "[1] 2",
            "{",
            "[",
            "]",
            "\u{1}",
            "\"\\",
            "\"\\u",
            "1 1",
            "[1 1]",
            "tru",
            "Infinity",
            "NaN",
            "'a'",
            "/*c*/1",
            "\"é\"",
        ];
        for text in texts {
            let ours = Json::parse(text).is_ok();
            assert_eq!(ours, serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn texts_are_unescaped_and_objects_know_their_place() {
        let text = "{\"a\":\"x\\u00e9\\ud83d\\ude00\\n\",\n \"b\":{ }}";
        let Json::Object(object) = Json::parse(text).unwrap_or(Json::Null) else { unreachable!() };
        assert_eq!(object.members[0].1, Json::Scalar { text: "xé😀\n".into(), quoted: true });
        let Json::Object(inner) = &object.members[1].1 else { unreachable!() };
        assert_eq!((place(text, inner.span.0), place(text, inner.span.1)), ((2, 6), (2, 9)));
    }
}
