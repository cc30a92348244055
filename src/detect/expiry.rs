//! Attributes that say when their items are of no more use: counted by form and by age, and no time is kept.

use std::collections::BTreeMap;

use time::{Date, Month, OffsetDateTime, Time, format_description::well_known::Rfc3339};
use zeroize::Zeroizing;

use super::{Item, Value, path::shown_name};
use crate::snapshot::{Timestamp, expiry::Expiry, sample::MAX_EXPIRIES};

/// Longest text that may be a time, in bytes.
const MAX_TEXT: usize = 40;
/// Seconds for which an expired item may still be there: DynamoDB removes within a few days
/// ("Using time to live (TTL) in DynamoDB").
const GRACE: i64 = 7 * 86_400;
/// Seconds after which an expired item is not removed any more: five years, as the same page has it.
const TOO_OLD: i64 = 5 * 365 * 86_400 + 86_400;

/// What expires in the items of one table.
pub(super) struct Expiries {
    now: Timestamp,
    /// The attribute that time to live looks at, whatever its name.
    ttl: Option<String>,
    attributes: BTreeMap<String, Expiry>,
    tokens: u64,
    lasting: u64,
}

/// How a time is written.
#[derive(Clone, Copy)]
enum Form {
    Seconds,
    Milliseconds,
    Text,
}

impl Expiries {
    pub(super) fn new(now: Timestamp, ttl: Option<&str>) -> Self {
        let ttl = ttl.map(str::to_owned);
        Self { now, ttl, attributes: BTreeMap::new(), tokens: 0, lasting: 0 }
    }

    /// Looks at one item; `token` says whether a token was found in it.
    pub(super) fn look(&mut self, item: &Item<'_>, token: bool) {
        let mut watched = false;
        for (name, value) in &item.0 {
            let name = name.expose();
            let is_ttl = self.ttl.as_deref() == Some(name);
            watched |= is_ttl;
            if !is_ttl && !is_expiry(name) {
                continue;
            }
            let name = shown_name(name);
            if self.attributes.len() >= MAX_EXPIRIES && !is_ttl && !self.attributes.contains_key(&name) {
                continue;
            }
            let now = self.now.0;
            let counts = self.attributes.entry(name).or_default();
            counts.items += 1;
            let Some((form, at)) = moment(value) else { continue };
            match form {
                Form::Seconds => counts.seconds += 1,
                Form::Milliseconds => counts.milliseconds += 1,
                Form::Text => counts.text += 1,
            }
            counts.expired += u64::from(at < now - GRACE);
            counts.ancient += u64::from(at < now - TOO_OLD);
            counts.distant += u64::from(at > now + TOO_OLD);
        }
        self.tokens += u64::from(token);
        self.lasting += u64::from(token && self.ttl.is_some() && !watched);
    }

    /// The attributes by name; the items that hold a token; and those of them without the attribute of time to live.
    pub(super) fn finish(self) -> (Vec<Expiry>, u64, u64) {
        let named = |(attribute, counts)| Expiry { attribute, ..counts };
        (self.attributes.into_iter().map(named).collect(), self.tokens, self.lasting)
    }
}

/// The time that a value writes, in seconds since the epoch.
fn moment(value: &Value<'_>) -> Option<(Form, i64)> {
    match value {
        Value::N(digits) => number(digits.expose()),
        Value::S(text) if text.expose().len() <= MAX_TEXT => {
            let text = text.expose().trim();
            number(text).map(|(_, at)| at).or_else(|| date(text)).map(|at| (Form::Text, at))
        }
        _ => None,
    }
}

/// Seconds from 1973 to 5138, or milliseconds of the same years.
fn number(digits: &str) -> Option<(Form, i64)> {
    let number: f64 = digits.parse().ok()?;
    match number {
        1e8..1e11 => Some((Form::Seconds, number as i64)),
        1e11..1e14 => Some((Form::Milliseconds, (number / 1_000.0) as i64)),
        _ => None,
    }
}

/// `2026-08-01`, alone or with a time behind it.
fn date(text: &str) -> Option<i64> {
    if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(time.unix_timestamp());
    }
    let mut parts = text.get(..10)?.split('-');
    let mut part = || parts.next().filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let (year, month, day) = (part()?.parse().ok()?, part()?.parse::<u8>().ok()?, part()?.parse().ok()?);
    let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
    Some(date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp())
}

/// What may stand before the word: `session_expires_at`, `accessTokenExpiry`.
const OF: &[&str] = &["access", "cookie", "item", "record", "refresh", "session", "token"];
/// Names, without what parts their words, of the time after which an item is of no use.
const WORDS: &[&str] = &[
    "deleteafter",
    "deleteat",
    "exp",
    "expirationdate",
    "expiration",
    "expirationtime",
    "expireat",
    "expires",
    "expiresat",
    "expireson",
    "expiretime",
    "expiry",
    "expirydate",
    "expirytime",
    "purgeat",
    "timetolive",
    "ttl",
    "validto",
    "validuntil",
];

/// Whether an attribute's name says that it holds the time after which its item is of no use.
fn is_expiry(name: &str) -> bool {
    if name.len() > MAX_TEXT {
        return false;
    }
    // A name may be a secret until it is known: the copy is wiped.
    let mut plain = Zeroizing::new([0_u8; MAX_TEXT]);
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    let mut length = 0;
    for (to, from) in plain.iter_mut().zip(letters) {
        *to = from.to_ascii_lowercase();
        length += 1;
    }
    let mut word = &plain[..length];
    while let Some(rest) = OF.iter().find_map(|of| word.strip_prefix(of.as_bytes())) {
        word = rest;
    }
    WORDS.iter().any(|one| one.as_bytes() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const DAY: i64 = 86_400;

    fn n(number: i64) -> Value<'static> {
        Value::N(number.to_string().into())
    }

    fn s(text: &str) -> Value<'_> {
        Value::S(text.into())
    }

    fn counted<'a>(ttl: Option<&str>, items: Vec<Vec<(&'a str, Value<'a>)>>) -> (Vec<Expiry>, u64, u64) {
        let mut all = Expiries::new(Timestamp(NOW), ttl);
        for fields in items {
            let token = fields.iter().any(|(name, _)| *name == "token");
            let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
            all.look(&Item(fields.collect()), token);
        }
        all.finish()
    }

    fn one(value: Value<'_>) -> Expiry {
        counted(None, vec![vec![("exp", value)]]).0.remove(0)
    }

    #[test]
    fn a_time_is_counted_by_its_form() {
        let form = |value| {
            let one = one(value);
            (one.seconds, one.milliseconds, one.text)
        };
        assert_eq!(form(n(NOW)), (1, 0, 0));
        assert_eq!(form(n(NOW * 1_000)), (0, 1, 0));
        assert_eq!(form(s("1790000000")), (0, 0, 1));
        for text in
            ["2026-09-21T14:13:20Z", "2026-09-21T14:13:20.123+02:00", "2026-09-21", "2026-09-21 14:13"]
        {
            assert_eq!(form(s(text)), (0, 0, 1), "{text}");
        }
        // A duration, a word, a truth, and dates that are none: no time that DynamoDB or anybody could act on.
        for none in [n(3_600), s("never"), Value::Bool(true), s("2026-13-01"), s("2026-0é-01"), s("")] {
            assert_eq!(form(none), (0, 0, 0));
        }
    }

    #[test]
    fn age_is_reckoned_from_now_in_every_form() {
        let age = |value| {
            let one = one(value);
            (one.expired, one.ancient, one.distant)
        };
        assert_eq!(age(n(NOW - 6 * DAY)), (0, 0, 0));
        assert_eq!(age(n(NOW - 8 * DAY)), (1, 0, 0));
        assert_eq!(age(n((NOW - 8 * DAY) * 1_000)), (1, 0, 0));
        assert_eq!(age(s("2026-09-01")), (1, 0, 0));
        assert_eq!(age(n(NOW - 6 * 365 * DAY)), (1, 1, 0));
        assert_eq!(age(n(NOW + 6 * 365 * DAY)), (0, 0, 1));
    }

    #[test]
    fn the_attribute_of_time_to_live_counts_whatever_its_name() {
        let items = || vec![vec![("retire_at", n(NOW)), ("note", n(NOW))], vec![("token", s("x"))]];
        let (found, tokens, lasting) = counted(Some("retire_at"), items());
        let names: Vec<&str> = found.iter().map(|one| one.attribute.as_str()).collect();
        assert_eq!((names, tokens, lasting), (vec!["retire_at"], 1, 1));
        // Where nothing removes anything, no token is left behind.
        assert_eq!(counted(None, items()), (Vec::new(), 1, 0));
    }

    #[test]
    fn an_expiry_is_known_by_its_name() {
        for name in
            ["ttl", "exp", "expires_at", "expiresAt", "TokenExpiry", "session_expires_at", "expiration-time"]
        {
            assert!(is_expiry(name), "{name}");
        }
        let long = "session".repeat(9);
        for name in ["expired_count", "title", "expires_notified", "token", "experience", "", &long] {
            assert!(!is_expiry(name), "{name}");
        }
    }
}
