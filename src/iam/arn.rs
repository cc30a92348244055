//! The parts of an Amazon Resource Name.

/// `arn:partition:service:region:account:resource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// `iam`, `dynamodb`, …
    pub service: &'a str,
    /// Empty for what is global.
    pub region: &'a str,
    /// Twelve digits; empty for some.
    pub account: &'a str,
    /// The rest, with its colons and slashes.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of `text`, if it is an ARN.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        (parts.next()? == "arn").then_some(())?;
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

/// Whether `text` is an account id: twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
