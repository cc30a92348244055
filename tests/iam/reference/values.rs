//! Numbers, moments and addresses as conditions write them.

use std::net::IpAddr;

pub fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Seconds since 1970: epoch time, or a date of ISO 8601 in the forms of W3C's note.
pub fn moment(text: &str) -> Option<f64> {
    if let Some(epoch) = number(text).filter(|_| !text.contains('-')) {
        return Some(epoch);
    }
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let mut fields = date.split('-').map(|field| field.parse::<i64>().ok());
    let year = fields.next()??;
    let month = fields.next().unwrap_or(Some(1))?;
    let day = fields.next().unwrap_or(Some(1))?;
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let mut clock = clock.split(':').map(|field| field.parse::<f64>().ok());
    let seconds = clock.next()?? * 3600.0 + clock.next()?? * 60.0 + clock.next().unwrap_or(Some(0.0))?;
    let offset = match zone.strip_prefix(['+', '-']) {
        None => 0.0,
        Some(offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let size = hours.parse::<f64>().ok()? * 3600.0 + minutes.parse::<f64>().ok()? * 60.0;
            if zone.starts_with('-') { -size } else { size }
        }
    };
    Some(days(year, month, day) as f64 * 86400.0 + seconds - offset)
}

/// Days since 1970-01-01, counted one by one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = |year: i64, month: i64| match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let years: i64 = (1970..year).map(|year| 365 + i64::from(leap(year))).sum();
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    years + months + day - 1
}

/// Whether an address lies in a range; a range without a prefix is one address.
pub fn in_range(address: &str, range: &str) -> bool {
    let bits = |address: IpAddr| -> Vec<bool> {
        let bytes = match address {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect()
    };
    let (network, prefix) = match range.split_once('/') {
        Some((network, prefix)) => (network, prefix.parse().ok()),
        None => (range, Some(usize::MAX)),
    };
    let (Ok(address), Ok(network), Some(prefix)) = (address.parse(), network.parse(), prefix) else {
        return false;
    };
    let (address, network) = (bits(address), bits(network));
    let prefix = prefix.min(network.len());
    address.len() == network.len() && address[..prefix] == network[..prefix]
}
