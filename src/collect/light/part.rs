//! One part of an object in S3: how it is asked for, and whether what came is that part.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use zeroize::Zeroizing;

use super::answer::{self, Refusal, unreadable};

/// Bytes that are asked for at a time: little enough to hold, and to come in time on a slow line.
const PART: u64 = 4 << 20;

/// A part to ask for.
#[derive(Debug, Clone)]
pub(in crate::collect) struct Stretch {
    pub(in crate::collect) bucket: String,
    pub(in crate::collect) key: String,
    /// Bytes before it.
    pub(in crate::collect) from: u64,
    /// The entity tag of the object that it must be of, where that is known.
    pub(in crate::collect) tag: Option<String>,
}

/// A part that came. It holds items, so that it is wiped on drop.
pub(in crate::collect) struct Part {
    pub(in crate::collect) bytes: Zeroizing<Vec<u8>>,
    pub(in crate::collect) tag: String,
    /// Bytes of the whole object.
    pub(in crate::collect) whole: u64,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes", self.bytes.len(), self.whole)
    }
}

impl Stretch {
    /// Says in the request which part of which object is meant (RFC 9110: "Range Requests", "If-Match").
    pub(super) fn mark(&self, request: &mut HttpRequest) {
        let headers = request.headers_mut();
        let last = self.from.saturating_add(PART - 1);
        headers.insert("range", format!("bytes={}-{last}", self.from));
        if let Some(tag) = self.tag.clone().filter(|tag| tag.bytes().all(|b| (b' '..=b'~').contains(&b))) {
            headers.insert("if-match", tag);
        }
    }

    /// Reads the answer. A part that is too short, too long or of another place cannot be read.
    pub(super) fn read(&self, response: &HttpResponse) -> Result<Part, OrchestratorError<Refusal>> {
        if !response.status().is_success() {
            return Err(answer::refused(response));
        }
        let bytes = response.body().bytes().unwrap_or_default();
        let length = bytes.len() as u64;
        let header = |name: &str| response.headers().get(name);
        let whole = match response.status().as_u16() {
            206 => header("content-range").and_then(range).and_then(|(first, last, whole)| {
                let asked = last.checked_add(1)?.min(whole) == whole.min(self.from.saturating_add(PART));
                (first == self.from && asked && last.checked_sub(first)?.checked_add(1)? == length)
                    .then_some(whole)
            }),
            // All of it, because it is small or because nothing else is known here.
            _ => (self.from == 0 && length <= PART).then_some(length),
        };
        match (whole, header("etag")) {
            (Some(whole), Some(tag)) => {
                Ok(Part { bytes: Zeroizing::new(bytes.to_vec()), tag: tag.to_owned(), whole })
            }
            _ => Err(unreadable()),
        }
    }
}

/// First byte, last byte and length of the whole, of `bytes 0-99/1000`.
fn range(text: &str) -> Option<(u64, u64, u64)> {
    let (ends, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = ends.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, whole.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn read(from: u64, status: u16, range: &str, length: u64) -> bool {
        let body = SdkBody::from(vec![b'x'; length as usize]);
        let mut response = HttpResponse::new(status.try_into().unwrap(), body);
        response.headers_mut().insert("etag", "\"a\"");
        response.headers_mut().insert("content-range", range.to_owned());
        let stretch = Stretch { bucket: String::new(), key: String::new(), from, tag: None };
        stretch.read(&response).is_ok_and(|part| part.bytes.len() as u64 == length)
    }

    #[test]
    fn only_the_part_that_was_asked_for_is_taken() {
        for (from, status, range, length) in [
            (0, 206, "bytes 0-9/10", 10),
            (0, 206, "bytes 0-4194303/4194305", PART),
            (PART, 206, "bytes 4194304-4194304/4194305", 1),
            (0, 200, "", 10),
            (0, 200, "", 0),
        ] {
            assert!(read(from, status, range, length), "{from} {range} {length}");
        }
        for (from, status, range, length) in [
            (0, 206, "bytes 0-9/10", 9),
            (0, 206, "bytes 0-9/10", 11),
            (0, 206, "bytes 0-8/10", 9),
            (0, 206, "bytes 1-9/10", 9),
            (0, 206, "bytes 0-9/*", 10),
            (0, 206, "bytes 9-0/10", 10),
            (0, 206, "bytes 0-18446744073709551615/18446744073709551615", 1),
            (0, 206, "0-9/10", 10),
            (0, 206, "", 10),
            (PART, 200, "", 10),
            (0, 200, "", PART + 1),
            (0, 206, "bytes 0-4194304/4194305", PART + 1),
        ] {
            assert!(!read(from, status, range, length), "{from} {range} {length}");
        }
    }
}
