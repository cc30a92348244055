//! Numbers and points in time as conditions write them.

use std::cmp::Ordering;

use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

/// A decimal number of any length, compared exactly: `10`, `-0.5`, `1e3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Digits without zeros at either end.
    digits: Vec<u8>,
    /// Where the point stands: the number is `0.digits` times ten to this.
    point: i64,
}

impl Decimal {
    /// Reads a number; none for anything else, words such as `NaN` among them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) if exponent.len() <= 6 => (mantissa, exponent.parse::<i64>().ok()?),
            Some(_) => return None,
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let only_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !only_digits(whole) || !only_digits(fraction) {
            return None;
        }
        let all = [whole.as_bytes(), fraction.as_bytes()].concat();
        let zeros = all.iter().take_while(|digit| **digit == b'0').count();
        let mut digits = all.get(zeros..).unwrap_or_default().to_vec();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Some(Self { negative: false, digits, point: 0 });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()? + exponent;
        Some(Self { negative, digits, point })
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sign().cmp(&other.sign()).then_with(|| {
            let size = self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
            if self.negative { size.reverse() } else { size }
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Nanoseconds since 1970, from seconds or from one of the forms of "Date and Time Formats" (W3C): a year, a
/// month, a day, or a day with a time to the minute, the second or a fraction of it. Without an offset the
/// time is UTC. Four digits are a year.
pub(super) fn instant(text: &str) -> Option<i128> {
    let text = text.trim();
    let year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if !year && Decimal::parse(text).is_some() {
        return seconds(text);
    }
    let (day, time) = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let (month, of_month) = (parts.next(), parts.next());
    let month = month.map_or(Some(1), |month| number(month, 2))?;
    let of_month_number = of_month.map_or(Some(1), |day| number(day, 2))?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, u8::try_from(of_month_number).ok()?).ok()?;
    let Some(time) = time else {
        return Some(date.midnight().assume_utc().unix_timestamp_nanos());
    };
    of_month?;
    let at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(at);
    let moment = PrimitiveDateTime::new(date, self::clock(clock)?).assume_offset(offset(zone)?);
    Some(moment.unix_timestamp_nanos())
}

/// Seconds since 1970, with or without a fraction.
fn seconds(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole: i64 = whole.parse().ok()?;
    let nanos = fraction_of_second(fraction)?;
    let signed = if text.starts_with('-') { -i128::from(nanos) } else { i128::from(nanos) };
    Some(i128::from(whole) * 1_000_000_000 + signed)
}

/// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.s`
fn clock(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, ':');
    let small = |text: &str| number(text, 2).and_then(|n| u8::try_from(n).ok());
    let (hour, minute) = (small(parts.next()?)?, small(parts.next()?)?);
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(rest) => match rest.split_once(['.', ',']) {
            Some((second, fraction)) => (small(second)?, fraction_of_second(fraction)?),
            None => (small(rest)?, 0),
        },
    };
    Time::from_hms_nano(hour, minute, second, nanos).ok()
}

fn fraction_of_second(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().ok()
}

/// `Z`, `+hh:mm`, `+hhmm` or nothing.
fn offset(text: &str) -> Option<UtcOffset> {
    let (sign, digits) = match text.as_bytes().first() {
        None => return Some(UtcOffset::UTC),
        Some(b'Z' | b'z') => return (text.len() == 1).then_some(UtcOffset::UTC),
        Some(b'-') => (-1, text.get(1..)?),
        Some(_) => (1, text.get(1..)?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => (digits.get(..2)?, digits.get(2..)?),
        None => (digits, "00"),
    };
    let small = |text: &str| number(text, 2).and_then(|n| i8::try_from(n).ok());
    UtcOffset::from_hms(sign * small(hours)?, sign * small(minutes)?, 0).ok()
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_exactly() {
        let number = |text| Decimal::parse(text).unwrap_or_else(|| unreachable!("{text}"));
        for same in
            [["10", "10.0"], ["0", "-0.00"], ["1e3", "1000"], ["+5", "05"], [".5", "0.50"], ["120e-1", "12"]]
        {
            assert_eq!(number(same[0]).cmp(&number(same[1])), Ordering::Equal, "{same:?}");
        }
        let rising = [
            "-1e9",
            "-10",
            "-9.99",
            "-0.1",
            "0",
            "0.0999",
            "0.1",
            "9",
            "9.5",
            "10",
            "9007199254740993",
            "9007199254740994",
        ];
        assert!(rising.windows(2).all(|pair| number(pair[0]) < number(pair[1])));
        for none in ["", "-", ".", "NaN", "inf", "1,5", "0x1", "1e", "1e9999999", "--1", "1 2", "٣"] {
            assert_eq!(Decimal::parse(none), None, "{none}");
        }
    }

    #[test]
    fn dates_are_read_in_every_form_of_the_w3c() {
        let same = [
            "2020-01-01",
            "2020",
            "2020-01",
            "2020-01-01T00:00Z",
            "2020-01-01T00:00:00Z",
            "2020-01-01T00:00:00.000Z",
            "2020-01-01T01:00:00+01:00",
            "2019-12-31T19:00:00-05:00",
            "2020-01-01T00:00:00",
            "1577836800",
            "1577836800.0",
        ];
        for text in same {
            assert_eq!(instant(text), Some(1_577_836_800_000_000_000), "{text}");
        }
        for none in [
            "",
            "soon",
            "2020-13-01",
            "2020-02-30",
            "2020-1-1",
            "2020-01-01T25:00Z",
            "2020-01T00:00Z",
            "2020-01-01T00:00ZZ",
            "2020-01-01T",
            "99999999999999999999",
        ] {
            assert_eq!(instant(none), None, "{none}");
        }
    }
}
