//! What somebody wrote into a tag or a policy, with each secret in it replaced by its keyed digest.

use serde_json::Value;

use super::{
    Detector,
    budget::Budget,
    judge::{self, Beside},
    key::hex,
    look::Sorts,
    names::hint,
    rules::{self, Hit},
    unpack::trimmed,
};
use crate::snapshot::sample::Basis;

/// What a secret is replaced with begins so; its digest follows, so that equal ones stay equal.
const MASK: &str = "masked-";
/// Digits of the digest: an attribute of a policy's condition and a tag that it is compared with stay the same.
const DIGITS: usize = 16;
/// Members of a statement that decide whom and what it is about: they are never replaced.
const DECIDING: &[&str] =
    &["Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Effect", "Version"];

impl Detector {
    /// A tag's value as it may be kept: the same if it holds no secret.
    pub fn veiled_tag(&self, name: &str, value: String) -> String {
        self.veiled(Some(name), &value).unwrap_or(value)
    }

    /// A policy document as it may be kept: the same, letter by letter, if it holds no secret.
    pub fn veiled_policy(&self, document: String) -> String {
        // The cheap question first: nearly no policy holds anything that looks like a token.
        if self.veiled(None, &document).is_none() {
            return document;
        }
        let Ok(mut policy) = serde_json::from_str::<Value>(&document) else { return document };
        if self.replace(&mut policy) { policy.to_string() } else { document }
    }

    fn replace(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.veiled(None, text) {
                Some(veiled) => {
                    *text = veiled;
                    true
                }
                None => false,
            },
            Value::Array(all) => all.iter_mut().fold(false, |seen, one| self.replace(one) | seen),
            Value::Object(members) => members
                .iter_mut()
                .filter(|(name, _)| !DECIDING.contains(&name.as_str()))
                .fold(false, |seen, (_, one)| self.replace(one) | seen),
            _ => false,
        }
    }

    /// `text` without its secrets; none where it holds none. What is no more than likely counts under a telling name alone.
    fn veiled(&self, name: Option<&str>, text: &str) -> Option<String> {
        let (bytes, mut budget) = (text.as_bytes(), Budget::item());
        let sorts = Sorts::of(bytes);
        let mut hits = self.own.find(bytes);
        if sorts.may_hold_format(bytes) {
            hits.extend(rules::find(bytes, sorts, &mut budget));
        }
        hits.retain(|hit| name.is_some() || hit.basis > Basis::Likely);
        if hits.is_empty() {
            let said = name.and_then(|name| hint(&[Some(name)]));
            hits.extend(name.and_then(|_| judge::text(trimmed(text), said, Beside::default())));
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.span.start));
        let mut veiled = text.to_owned();
        let mut end = usize::MAX;
        for Hit { span, .. } in hits {
            let span = if span.end > bytes.len() { 0..bytes.len() } else { span };
            if span.end <= end && !self.own.allows(&bytes[span.clone()]) && text.get(span.clone()).is_some() {
                let digest = hex(&self.key().digest(&bytes[span.clone()]));
                veiled.replace_range(span.clone(), &format!("{MASK}{}", &digest[..DIGITS]));
                end = span.start;
            }
        }
        (veiled != text).then_some(veiled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::DigestKey;

    fn detector() -> Detector {
        Detector::new(DigestKey::from_bytes(&[7; 32]).unwrap())
    }

    fn token() -> String {
        let mut rng = fastrand::Rng::with_seed(5);
        let body: String = (0..24).map(|_| rng.alphanumeric()).collect();
        format!("sk_live_{body}")
    }

    #[test]
    fn a_tag_keeps_everything_but_its_secret() {
        let (detector, token) = (detector(), token());
        let veiled = detector.veiled_tag("owner", format!("payments {token} see wiki"));
        assert!(veiled.starts_with("payments masked-") && veiled.ends_with(" see wiki"), "{veiled}");
        assert!(!veiled.contains(&token[8..]));
        let named = detector.veiled_tag("db_password", "Tr0ub4dor&3x".to_owned());
        assert!(named.starts_with("masked-") && named.len() == MASK.len() + DIGITS, "{named}");
        assert_eq!(named, detector.veiled_tag("password", "Tr0ub4dor&3x".to_owned()));
        for (name, value) in [
            ("owner", "payments"),
            ("cost-center", "4711"),
            ("commit", "3f786850e387550fdab836ed7e6dc881de23001b"),
            (
                "aws:cloudformation:stack-id",
                "arn:aws:cloudformation:eu-west-1:111122223333:stack/a/9b2f6c1e-3d4a-4f6b-8a1c-2e5d7f9a0b3c",
            ),
            ("data-classification", "secret"),
        ] {
            assert_eq!(detector.veiled_tag(name, value.to_owned()), value);
        }
    }

    #[test]
    fn a_policy_loses_what_it_names_and_not_what_it_decides() {
        let (detector, token) = (detector(), token());
        let statement = |sid: &str, tag: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{sid}","Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/{token}","Condition":{{"StringEquals":{{"aws:PrincipalTag/t":["{tag}"]}}}}}}]}}"#
            )
        };
        let veiled = detector.veiled_policy(statement(&token, &token));
        assert_eq!(veiled.matches(&token).count(), 1, "the resource stays: {veiled}");
        assert_eq!(veiled.matches(MASK).count(), 2, "{veiled}");
        let plain = r#"{ "Statement" : [ {"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"} ] }"#;
        assert_eq!(detector.veiled_policy(plain.to_owned()), plain);
        let broken = format!("{{\"Sid\": \"{token}\"");
        assert_eq!(detector.veiled_policy(broken.clone()), broken);
    }
}
