//! Holds each user of an application to his own items: the condition on `dynamodb:LeadingKeys` that a table's key allows
//! ("Using IAM policy conditions for fine-grained access control", "Available keys for AWS OIDC federation").

use serde_json::{Map, Value, json};

use crate::snapshot::{Account, principal::Principal};

/// Names of partition keys, without marks between their words, that hold the id of who signed in.
const USER_IDS: [&str; 14] = [
    "customerid",
    "identity",
    "identityid",
    "memberid",
    "ownerid",
    "principalid",
    "profileid",
    "sub",
    "subject",
    "subscriberid",
    "uid",
    "userid",
    "usersub",
    "useruuid",
];

/// The policy variable that stands for the id of who signed in, in sessions of a role that an identity provider lets in.
pub fn user_variable(principal: &Principal) -> Option<String> {
    let trust: Value = serde_json::from_str(principal.trust.as_deref()?).ok()?;
    let statements = match &trust["Statement"] {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let allowing = statements.iter().filter(|statement| statement["Effect"] == "Allow");
    let providers = allowing.flat_map(|statement| match &statement["Principal"]["Federated"] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect::<Vec<_>>(),
    });
    let mut providers: Vec<&str> = providers.collect();
    providers.dedup();
    // Two providers know the same person by two ids.
    let [provider] = providers[..] else { return None };
    let host = provider.split_once(":oidc-provider/").map_or(provider, |(_, host)| host);
    match host {
        "graph.facebook.com" => Some("${graph.facebook.com:id}".to_owned()),
        "www.amazon.com" => Some("${www.amazon.com:user_id}".to_owned()),
        saml if saml.contains(":saml-provider/") => Some("${saml:sub}".to_owned()),
        host if host.contains(['$', '{', '}', '*']) => None,
        host => Some(format!("${{{host}:sub}}")),
    }
}

/// The condition that holds a request on a table to the items of who signed in; none where its partition key does not
/// look like a user's id.
pub fn own_items(account: &Account, table: &str, variable: &str) -> Option<Map<String, Value>> {
    let table = account.tables.iter().find(|one| one.arn == table)?;
    let key = table.description.value()?.keys.first()?;
    is_user_id(&key.name).then(|| {
        let own = json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [variable] } });
        own.as_object().cloned().unwrap_or_default()
    })
}

fn is_user_id(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    USER_IDS.contains(&plain.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(provider: &str) -> Option<String> {
        let trust = json!({ "Statement": { "Effect": "Allow", "Principal": { "Federated": provider } } });
        user_variable(&Principal { trust: Some(trust.to_string()), ..Principal::default() })
    }

    #[test]
    fn each_provider_has_its_own_word_for_who_signed_in() {
        for (provider, variable) in [
            ("cognito-identity.amazonaws.com", "${cognito-identity.amazonaws.com:sub}"),
            ("graph.facebook.com", "${graph.facebook.com:id}"),
            ("arn:aws:iam::111122223333:oidc-provider/id.example.com/tenant", "${id.example.com/tenant:sub}"),
            ("arn:aws:iam::111122223333:saml-provider/staff", "${saml:sub}"),
        ] {
            assert_eq!(trusted(provider).as_deref(), Some(variable));
        }
        assert_eq!(trusted("arn:aws:iam::111122223333:oidc-provider/${a}"), None);
    }

    #[test]
    fn a_key_is_known_as_a_users_id_however_its_words_are_parted() {
        assert!(["user_id", "userId", "USER-ID", "sub", "OwnerId"].into_iter().all(is_user_id));
        assert!(!["pk", "session_id", "order_id", "user", "userid2"].into_iter().any(is_user_id));
    }
}
