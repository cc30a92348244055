//! Reads JSON into values that borrow from its text; DynamoDB's type descriptors are taken off on the way.
//!
//! A reader of our own, because it must neither copy a value nor keep one in an error, and because an item is read
//! once, at the speed of the scan.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::{
    Value,
    descriptor::typed,
    secret::Secret,
    value::{Item, Map},
};

/// Deepest nesting read. An item of DynamoDB nests 32 levels, each of which DynamoDB JSON writes as two
/// ("Service, account, and table quotas in Amazon DynamoDB").
const MAX_NESTING: usize = 128;

/// Bytes of a text that are searched eight by eight.
const NEAR: usize = 24;
/// Entries that an item and a map in it have room for at first.
const ATTRIBUTES: usize = 32;
const ENTRIES: usize = 8;

/// Why a text is not taken as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotJson {
    /// It is some other text.
    Other,
    /// It nests deeper than is read.
    TooDeep,
}

/// The object, the list or the quoted text that `text` is.
pub(crate) fn parse(text: &str) -> Result<Value<'_>, NotJson> {
    let text = text.trim_ascii();
    let shape = (text.bytes().next(), text.bytes().next_back());
    if text.len() < 2
        || !matches!(shape, (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) | (Some(b'"'), Some(b'"')))
    {
        return Err(NotJson::Other);
    }
    Reader { text, at: 0 }.whole(|reader| reader.value(0))
}

/// A line as text; what is not UTF-8 in it becomes replacement characters.
pub(crate) fn text(line: &[u8]) -> Cow<'_, str> {
    str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed)
}

/// The item that a line of JSON is. Where the line's one member is `Item`, as in DynamoDB's exports
/// ("DynamoDB table export output format"), its content; where the line is no object, one value named `$`.
pub(crate) fn item(line: &str) -> Result<Item<'_>, NotJson> {
    Reader { text: line, at: 0 }.whole(|reader| {
        reader.space();
        if reader.peek() != Some(b'{') {
            return Ok(Item(vec![("$".into(), reader.value(0)?)]));
        }
        reader.at += 1;
        let outer = reader.at;
        reader.space();
        if reader.rest().starts_with(br#""Item""#) {
            reader.at += 6;
            reader.expect(b':')?;
            reader.space();
            if reader.peek() == Some(b'{') {
                reader.at += 1;
                let map = reader.map(1)?;
                reader.space();
                if reader.peek() == Some(b'}') {
                    reader.at += 1;
                    return Ok(Item(map));
                }
            }
            reader.at = outer;
        }
        reader.map(0).map(Item)
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T, NotJson>) -> Result<T, NotJson> {
        let value = read(&mut self)?;
        self.space();
        if self.at == self.text.len() { Ok(value) } else { Err(NotJson::Other) }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotJson> {
        self.space();
        if self.peek() != Some(byte) {
            return Err(NotJson::Other);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, NotJson> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(NotJson::Other);
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, NotJson> {
        if depth > MAX_NESTING {
            return Err(NotJson::TooDeep);
        }
        self.space();
        match self.peek().ok_or(NotJson::Other)? {
            b'"' => self.string().map(Value::S),
            b'{' => {
                self.at += 1;
                self.object(depth + 1)
            }
            b'[' => {
                self.at += 1;
                self.list(depth + 1)
            }
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => Ok(Value::N(self.number().into())),
            _ => Err(NotJson::Other),
        }
    }

    fn number(&mut self) -> &'a str {
        let digits = |b: &&u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let len = self.rest().iter().take_while(digits).count();
        let number = &self.text[self.at..self.at + len];
        self.at += len;
        number
    }

    fn list(&mut self, depth: usize) -> Result<Value<'a>, NotJson> {
        let mut list = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::L(list));
        }
        loop {
            list.push(self.value(depth)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::L(list));
                }
                _ => return Err(NotJson::Other),
            }
        }
    }

    /// The rest of a map after `{`, with its `}`.
    fn map(&mut self, depth: usize) -> Result<Map<'a>, NotJson> {
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Map::new());
        }
        let first = self.entry(depth)?;
        self.entries(first, depth)
    }

    fn entry(&mut self, depth: usize) -> Result<(Secret<'a, str>, Value<'a>), NotJson> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(NotJson::Other);
        }
        let name = self.string()?;
        self.expect(b':')?;
        let value = match self.typed_text(depth) {
            Some(value) => value,
            None => self.value(depth)?,
        };
        Ok((name, value))
    }

    /// A text or a number with its type descriptor, as a machine writes them: most of what DynamoDB JSON is made of.
    fn typed_text(&mut self, depth: usize) -> Option<Value<'a>> {
        const BEFORE: usize = r#"{"S":"#.len();
        let [b'{', b'"', kind @ (b'S' | b'N'), b'"', b':', b'"', ..] = self.rest() else { return None };
        let start = self.at;
        self.at += BEFORE;
        if depth < MAX_NESTING
            && let Ok(text) = self.string()
            && self.peek() == Some(b'}')
        {
            self.at += 1;
            return Some(if *kind == b'S' { Value::S(text) } else { Value::N(text) });
        }
        self.at = start;
        None
    }

    /// What follows a map's first entry.
    fn entries(&mut self, first: (Secret<'a, str>, Value<'a>), depth: usize) -> Result<Map<'a>, NotJson> {
        let mut map = Vec::with_capacity(if depth <= 1 { ATTRIBUTES } else { ENTRIES });
        map.push(first);
        loop {
            self.space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    map.push(self.entry(depth)?);
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(map);
                }
                _ => return Err(NotJson::Other),
            }
        }
    }

    /// The rest of an object after `{`: a map, or the value that a type descriptor types, `{"S": "…"}`.
    fn object(&mut self, depth: usize) -> Result<Value<'a>, NotJson> {
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::M(Map::new()));
        }
        let (name, value) = match self.descriptor() {
            Some(name) => (name.into(), self.value(depth)?),
            None => self.entry(depth)?,
        };
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(typed(name, value));
        }
        self.entries((name, value), depth).map(Value::M)
    }

    /// The name of one letter, with its colon, that a type descriptor has as a machine writes it.
    fn descriptor(&mut self) -> Option<&'a str> {
        let [b'"', b'A'..=b'Z', b'"', b':', ..] = self.rest() else { return None };
        let name = &self.text[self.at + 1..self.at + 2];
        self.at += 4;
        Some(name)
    }

    /// A quoted text; borrowed if nothing in it is escaped.
    fn string(&mut self) -> Result<Secret<'a, str>, NotJson> {
        self.at += 1;
        let rest = self.rest();
        let end = self.at + quote_or_escape(rest).ok_or(NotJson::Other)?;
        if self.text.as_bytes()[end] == b'"' {
            let text = &self.text[self.at..end];
            self.at = end + 1;
            return Ok(text.into());
        }
        self.escaped()
    }

    fn escaped(&mut self) -> Result<Secret<'a, str>, NotJson> {
        let end = self.end()?;
        // As large as it can get: a buffer that grows would leave copies behind.
        let mut out = String::with_capacity(end - self.at);
        while self.at < end {
            let next = memchr(b'\\', &self.text.as_bytes()[self.at..end]).map_or(end, |i| self.at + i);
            out.push_str(&self.text[self.at..next]);
            self.at = next;
            if next < end {
                self.at += 1;
                match self.escape() {
                    Some(c) => out.push(c),
                    None => {
                        drop(Secret::from(out));
                        return Err(NotJson::Other);
                    }
                }
            }
        }
        self.at = end + 1;
        Ok(out.into())
    }

    /// Where the quoted text that holds this place ends.
    fn end(&self) -> Result<usize, NotJson> {
        let mut at = self.at;
        loop {
            at += memchr2(b'"', b'\\', &self.text.as_bytes()[at..]).ok_or(NotJson::Other)?;
            if self.text.as_bytes()[at] == b'"' {
                return Ok(at);
            }
            at += 2;
            if at >= self.text.len() {
                return Err(NotJson::Other);
            }
        }
    }

    /// The character that an escape stands for; half of a surrogate pair is the replacement character.
    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let high = self.hex()?;
                if !(0xd800..0xdc00).contains(&high) || !self.rest().starts_with(b"\\u") {
                    return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let before = self.at;
                self.at += 2;
                let low = self.hex()?;
                if !(0xdc00..0xe000).contains(&low) {
                    self.at = before;
                    return Some(char::REPLACEMENT_CHARACTER);
                }
                char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }
}

/// Where the first `"` or `\\` is. Most texts are short, and the wide search has a price to begin.
fn quote_or_escape(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    // The high bit of each byte that is zero, and none below the first of them.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut at = 0;
    while at < NEAR {
        let Some(eight) = text.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) else {
            return memchr2(b'"', b'\\', text.get(at..)?).map(|found| at + found);
        };
        let word = u64::from_le_bytes(eight);
        let found = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr2(b'"', b'\\', text.get(at..)?).map(|found| at + found)
}
