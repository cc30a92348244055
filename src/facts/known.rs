//! Tables that well-known software makes: named by their keys and attributes, with what they hold.

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;
use crate::snapshot::{Seen, Table};

/// The software whose table this looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownAs {
    /// The software.
    pub software: String,
    /// What its table holds.
    pub holds: String,
    /// Whether that is credentials, or what stands for a login.
    pub credentials: bool,
}

/// A schema, as the software documents it.
struct Schema {
    software: &'static str,
    /// Partition key, then the sort key.
    keys: &'static [&'static str],
    /// Attributes that its items have beside the keys; each in some item.
    attributes: &'static [&'static str],
    holds: &'static str,
    credentials: bool,
}

const fn schema(
    software: &'static str,
    keys: &'static [&'static str],
    attributes: &'static [&'static str],
    holds: &'static str,
) -> Schema {
    Schema { software, keys, attributes, holds, credentials: true }
}

/// The more telling ones first.
const SCHEMAS: [Schema; 13] = [
    schema(
        "Auth.js (@auth/dynamodb-adapter)",
        &["pk", "sk"],
        &["GSI1PK", "GSI1SK", "type"],
        "users, their sessions, and the access and refresh tokens of their accounts elsewhere",
    ),
    schema(
        "Shopify session storage",
        &["id"],
        &["shop", "isOnline", "accessToken"],
        "access tokens of the shops that installed an app",
    ),
    schema(
        "Slack app installations",
        &["*"],
        &["bot_token", "team_id"],
        "bot and user tokens of the workspaces that installed an app",
    ),
    schema(
        "Slack app installations",
        &["*"],
        &["installation", "teamId"],
        "bot and user tokens of the workspaces that installed an app",
    ),
    schema(
        "connect-dynamodb",
        &["id"],
        &["sess", "expires"],
        "Express sessions under their ids, with all that was put into them",
    ),
    schema("Flask-Session", &["id"], &["val", "expiration"], "Flask sessions under their ids, packed"),
    schema(
        "flask-dynamodb-sessions",
        &["SessionId"],
        &["Session", "TTL"],
        "Flask sessions under their ids, packed",
    ),
    schema(
        "session model of PynamoDB",
        &["session_id"],
        &["data", "expires"],
        "web sessions under their ids",
    ),
    schema(
        "Django sessions in DynamoDB",
        &["session_key"],
        &["session_data"],
        "Django sessions under their ids",
    ),
    schema(
        "AWS SDK for PHP session handler",
        &["id"],
        &["data", "expires", "lock"],
        "PHP sessions under their ids",
    ),
    schema(
        "AWS session provider for ASP.NET",
        &["SessionId"],
        &["SessionItems", "Expires"],
        "ASP.NET sessions under their ids, packed",
    ),
    Schema {
        software: "Terraform state lock",
        keys: &["LockID"],
        attributes: &[],
        holds: "who holds the lock, and digests of states; the states themselves lie in S3",
        credentials: false,
    },
    Schema {
        software: "Powertools idempotency",
        keys: &["id"],
        attributes: &["expiration", "status", "in_progress_expiration"],
        holds: "results of functions, kept to be answered again",
        credentials: false,
    },
];

/// The software that made a table of these keys and attributes; null for any other.
pub fn known_as(table: &Table) -> Fact<Option<KnownAs>> {
    let keys: Vec<&str> = match &table.description {
        Seen::Value(description) => description.keys.iter().map(|key| key.name.as_str()).collect(),
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
    };
    let mut candidates = SCHEMAS.iter().filter(|schema| schema.keys == ["*"] || schema.keys == keys);
    let read = table.sample.as_result().and_then(|sample| sample.unread().map_or(Ok(sample), Err));
    let found = match read {
        Ok(sample) => {
            let has = |name: &&str| sample.contents.names.contains_key(*name);
            candidates.find(|schema| schema.attributes.iter().all(&has))
        }
        Err(gap) => match candidates.find(|schema| schema.attributes.is_empty()) {
            None => return Fact::Unknown(gap.into()),
            by_keys => by_keys,
        },
    };
    Fact::Known(found.map(|schema| KnownAs {
        software: schema.software.to_owned(),
        holds: schema.holds.to_owned(),
        credentials: schema.credentials,
    }))
}
