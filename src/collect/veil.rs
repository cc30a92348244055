//! What somebody wrote in words (tags, statements' names, conditions' values) passes the detector before it is kept.

use std::collections::BTreeMap;

use crate::detect::Detector;
use crate::snapshot::{Key, Organization, Principals, Seen, Table};

/// Something whose words may hold a secret.
pub(super) trait Veiled: Sized {
    /// The same with a keyed digest in place of each secret.
    fn veiled(self, detector: &Detector) -> Self;
}

impl Veiled for BTreeMap<String, String> {
    fn veiled(self, detector: &Detector) -> Self {
        self.into_iter()
            .map(|(name, value)| {
                let value = detector.veiled_tag(&name, value);
                (name, value)
            })
            .collect()
    }
}

impl Veiled for Table {
    fn veiled(self, detector: &Detector) -> Self {
        Self {
            tags: self.tags.map(|tags| tags.veiled(detector)),
            policy: self.policy.map(|policy| policy.map(|text| detector.veiled_policy(text))),
            stream_policy: self.stream_policy.map(|policy| policy.map(|text| detector.veiled_policy(text))),
            ..self
        }
    }
}

impl Veiled for Key {
    fn veiled(self, detector: &Detector) -> Self {
        Self {
            tags: self.tags.map(|tags| tags.veiled(detector)),
            policy: self.policy.map(|text| detector.veiled_policy(text)),
            ..self
        }
    }
}

impl Veiled for Principals {
    fn veiled(mut self, detector: &Detector) -> Self {
        for one in self.users.iter_mut().chain(&mut self.groups).chain(&mut self.roles) {
            one.tags = std::mem::take(&mut one.tags).veiled(detector);
            one.trust = one.trust.take().map(|text| detector.veiled_policy(text));
            for text in one.inline.values_mut() {
                *text = detector.veiled_policy(std::mem::take(text));
            }
        }
        for policy in self.policies.values_mut() {
            document(&mut policy.document, detector);
            for text in policy.others.iter_mut().flat_map(BTreeMap::values_mut) {
                *text = detector.veiled_policy(std::mem::take(text));
            }
        }
        self
    }
}

impl Veiled for Seen<Option<Organization>> {
    fn veiled(mut self, detector: &Detector) -> Self {
        if let Seen::Value(Some(organization)) = &mut self {
            let levels = organization.scps.iter_mut().chain(&mut organization.rcps);
            levels
                .flat_map(|level| &mut level.policies)
                .for_each(|policy| document(&mut policy.document, detector));
        }
        self
    }
}

fn document(text: &mut Seen<String>, detector: &Detector) {
    if let Seen::Value(text) = text {
        *text = detector.veiled_policy(std::mem::take(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::DigestKey;
    use crate::snapshot::organization::{ControlPolicy, Level};
    use crate::snapshot::principal::{ManagedPolicy, Principal};

    /// A password that nobody has, under the name of one; as a policy has none, a token of a known make.
    const PASSWORD: &str = "Tr0ub4dor&3x";

    fn policy(token: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{token}","Effect":"Deny","Action":"*","Resource":"*"}}]}}"#
        )
    }

    #[test]
    fn nothing_of_what_people_wrote_is_kept() {
        let detector = Detector::new(DigestKey::from_bytes(&[7; 32]).unwrap());
        let mut rng = fastrand::Rng::with_seed(9);
        let token = format!("sk_live_{}", (0..24).map(|_| rng.alphanumeric()).collect::<String>());
        let tags = BTreeMap::from([("db_password".to_owned(), PASSWORD.to_owned())]);
        let inline = BTreeMap::from([("p".to_owned(), policy(&token))]);
        let role = Principal { trust: Some(policy(&token)), tags, inline, ..Principal::default() };
        let managed = ManagedPolicy {
            name: "m".to_owned(),
            version: None,
            document: Seen::Value(policy(&token)),
            others: Some(BTreeMap::from([("v1".to_owned(), policy(&token))])),
        };
        let principals = Principals {
            roles: vec![role],
            policies: BTreeMap::from([("arn".to_owned(), managed)]),
            ..Principals::default()
        };
        let shown = serde_json::to_string(&principals.veiled(&detector)).unwrap();
        assert!(!shown.contains(&token) && !shown.contains(PASSWORD), "{shown}");
        assert_eq!(shown.matches("masked-").count(), 5);
        let one = ControlPolicy { id: "p".into(), name: "n".into(), document: Seen::Value(policy(&token)) };
        let level = Level { policies: vec![one], ..Level::default() };
        let organization = Organization {
            id: "o".into(),
            management_account: "1".into(),
            path: None,
            accounts: None,
            scps: vec![level],
            rcps: vec![],
        };
        let shown = serde_json::to_string(&Seen::Value(Some(organization)).veiled(&detector)).unwrap();
        assert!(!shown.contains(&token) && shown.contains("masked-"), "{shown}");
    }
}
