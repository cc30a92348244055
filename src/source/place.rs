//! Where an export lies, as users name it: a directory, or a bucket of Amazon S3 and a prefix in it.

use std::{ffi::OsString, fmt, path::PathBuf, str::FromStr};

/// A directory, or a prefix of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A directory of this machine.
    Directory(PathBuf),
    /// What lies below a prefix of a bucket.
    Bucket(S3Uri),
}

impl Place {
    /// A place as it is written: what begins with `s3://` is in a bucket, all else is a path.
    ///
    /// # Errors
    /// What is wrong with an address in S3.
    pub fn read(text: OsString) -> Result<Self, String> {
        match text.to_str() {
            Some(uri) if uri.starts_with(SCHEME) => uri.parse().map(Self::Bucket),
            _ => Ok(Self::Directory(text.into())),
        }
    }
}

/// A prefix of a bucket: `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct S3Uri {
    /// Name of the bucket, 3 to 255 characters.
    pub bucket: String,
    /// What the keys begin with: nothing, or a text that ends with `/`.
    pub prefix: String,
}

const SCHEME: &str = "s3://";
/// The folder that DynamoDB makes below the prefix of an export (AWS documentation: "DynamoDB table export output format").
pub const ROOT: &str = "AWSDynamoDB";
/// Longest key of an object, in bytes (AWS documentation: "Naming Amazon S3 objects").
const LONGEST: usize = 1024;
/// Ends of names that are no bucket's: aliases of access points, directory and table buckets (AWS documentation:
/// "General purpose bucket naming rules").
const RESERVED: &[&str] = &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

impl S3Uri {
    /// Whether it names one export by itself, so that nothing has to be looked for.
    pub fn is_export(&self) -> bool {
        self.prefix.trim_end_matches('/').rsplit('/').nth(1) == Some(ROOT)
    }
}

impl FromStr for S3Uri {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix(SCHEME).ok_or("an address in S3 begins with s3://")?;
        if rest.starts_with("arn:") {
            return Err("access points and other ARNs are not read: name the bucket itself".to_owned());
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if RESERVED.iter().any(|end| bucket.ends_with(end)) {
            return Err("access points, directory buckets and table buckets are not read: name a general purpose bucket".to_owned());
        }
        // Old buckets have names that new ones cannot have; DynamoDB exports to them.
        let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = bucket.as_bytes();
        let legal = (3..=255).contains(&bytes.len())
            && edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(b));
        if !legal {
            return Err("not the name of a bucket, such as s3://bucket/prefix".to_owned());
        }
        let prefix = prefix.trim_end_matches('/');
        if prefix.len() > LONGEST || prefix.chars().any(char::is_control) {
            return Err("a prefix has 1,024 bytes at most, and no control characters".to_owned());
        }
        let end = if prefix.is_empty() { "" } else { "/" };
        Ok(Self { bucket: bucket.to_owned(), prefix: format!("{prefix}{end}") })
    }
}

impl fmt::Display for S3Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_directory_or_a_prefix_of_a_bucket() {
        for (text, shown, export) in [
            ("s3://bucket", "s3://bucket/", false),
            ("s3://my.bucket.eu/a b/ü+", "s3://my.bucket.eu/a b/ü+/", false),
            ("s3://Old_bucket/p//", "s3://Old_bucket/p/", false),
            ("s3://bucket/p/AWSDynamoDB", "s3://bucket/p/AWSDynamoDB/", false),
            ("s3://bucket/p/AWSDynamoDB/01-ab/", "s3://bucket/p/AWSDynamoDB/01-ab/", true),
            ("s3://bucket/AWSDynamoDB/01-ab", "s3://bucket/AWSDynamoDB/01-ab/", true),
        ] {
            let uri: S3Uri = text.parse().unwrap();
            assert_eq!((uri.to_string().as_str(), uri.is_export()), (shown, export), "{text}");
            assert_eq!(Place::read(text.into()), Ok(Place::Bucket(uri)));
        }
        for path in ["exports", "/a/s3://b", "S3:/x", "arn:aws:s3:::bucket"] {
            assert_eq!(Place::read(path.into()), Ok(Place::Directory(path.into())));
        }
    }

    #[test]
    fn what_is_no_bucket_is_refused_and_said_why() {
        for (text, why) in [
            ("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/a/b", "name the bucket itself"),
            ("s3://point-abc-s3alias/p", "access points"),
            ("s3://name--use1-az4--x-s3", "directory buckets"),
            ("s3://", "not the name of a bucket"),
            ("s3://a", "not the name"),
            ("s3:///prefix", "not the name"),
            ("s3://a@evil.example/x", "not the name"),
            ("s3://bucket:80/x", "not the name"),
            ("s3://-bucket", "not the name"),
            ("s3://bucket/a\nb", "control characters"),
            (&format!("s3://bucket/{}", "x".repeat(1025)), "1,024 bytes"),
        ] {
            let said = Place::read(text.into()).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
