//! Buckets in place of S3: objects by their keys, read in parts and listed page by page.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use crate::fake::{Asked, Reply};

pub const BUCKET: &str = "my.bucket";

/// Objects by their keys.
pub type Objects = BTreeMap<String, Vec<u8>>;

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// An error of S3.
pub fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::Http(status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
}

/// What S3 answers that holds these objects, pages of two names each.
pub fn s3(asked: &Asked, objects: &Objects) -> Reply {
    let path = asked.uri.split('?').next().unwrap();
    assert!(
        path.strip_prefix(&format!("/{BUCKET}")).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        "{path}"
    );
    if asked.operation == "ListObjectsV2" {
        return list(asked, objects);
    }
    let key = decoded(&path[BUCKET.len() + 2..]);
    let Some(bytes) = objects.get(&key) else { return refused(404, "NoSuchKey", "no") };
    let (from, to) = asked.range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (from, to) = (from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap());
    let tag = format!("\"{}\"", bytes.len());
    if !asked.if_match.is_empty() && asked.if_match != tag {
        return refused(412, "PreconditionFailed", "no");
    }
    if from >= bytes.len() {
        return refused(416, "InvalidRange", "no");
    }
    let to = to.min(bytes.len() - 1);
    let range = format!("bytes {from}-{to}/{}", bytes.len());
    Reply::Bytes(206, vec![("content-range", range), ("etag", tag)], bytes[from..=to].to_vec())
}

fn list(asked: &Asked, objects: &Objects) -> Reply {
    let query = |name: &str| {
        let pairs = asked.uri.split(['?', '&']).filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| decoded(value)).next_back().unwrap_or_default()
    };
    assert_eq!((query("delimiter").as_str(), query("encoding-type").as_str()), ("/", "url"));
    let (prefix, after) = (query("prefix"), decoded(&query("continuation-token")));
    let names: BTreeSet<String> = objects
        .keys()
        .filter_map(|key| {
            let rest = key.strip_prefix(&prefix)?;
            Some(format!("{prefix}{}", rest.split_inclusive('/').next()?))
        })
        .filter(|name| *name > after)
        .collect();
    let mut out = String::from("<ListBucketResult><EncodingType>url</EncodingType>");
    for name in names.iter().take(2) {
        let shown = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
            .to_string()
            .replace("%20", "+");
        out += &match name.ends_with('/') {
            true => format!("<CommonPrefixes><Prefix>{shown}</Prefix></CommonPrefixes>"),
            false => format!("<Contents><Key>{shown}</Key></Contents>"),
        };
    }
    let more = names.len() > 2;
    let count = names.len().min(2);
    out += &format!("<KeyCount>{count}</KeyCount><IsTruncated>{more}</IsTruncated>");
    if let Some(last) = names.iter().nth(1).filter(|_| more) {
        let last = percent_encoding::utf8_percent_encode(last, percent_encoding::NON_ALPHANUMERIC);
        out += &format!("<NextContinuationToken>{last}</NextContinuationToken>");
    }
    Reply::Http(200, out + "</ListBucketResult>")
}
