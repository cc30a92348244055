//! Cognito: identity pools, whether guests get in, and with which role.

use serde_json::{Value, json};

use super::value::{flag, maybe, text};
use super::{Asker, body};
use crate::collect::calls;
use crate::snapshot::Listed;
use crate::snapshot::services::IdentityPool;

/// The identity pools of the Region.
pub(super) async fn pools(asker: &Asker<'_>) -> Listed<IdentityPool> {
    if let Some(gap) = asker.unasked(&calls::LIST_IDENTITY_POOLS) {
        return Listed::missing(gap);
    }
    let page = |token: Option<String>| match token {
        Some(token) => body(json!({ "MaxResults": 60, "NextToken": token })),
        None => body(json!({ "MaxResults": 60 })),
    };
    let call = &calls::LIST_IDENTITY_POOLS;
    let found = asker.listed(call, asker.region, "IdentityPools", "NextToken", page).await;
    let mut items = Vec::with_capacity(found.items.len());
    for pool in &found.items {
        items.push(one(asker, pool).await);
    }
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Listed { items, gap: found.gap }
}

async fn one(asker: &Asker<'_>, pool: &Value) -> IdentityPool {
    let id = text(pool, "IdentityPoolId");
    let ask = |call| asker.ask(call, body(json!({ "IdentityPoolId": id })));
    let (describe, roles) = (&calls::DESCRIBE_IDENTITY_POOL, &calls::GET_IDENTITY_POOL_ROLES);
    let (described, given) = tokio::join!(ask(describe), ask(roles));
    let on = format!("identity pool {id}");
    IdentityPool {
        name: text(pool, "IdentityPoolName"),
        guests: asker.seen(describe, &on, described.map(|out| flag(&out, "AllowUnauthenticatedIdentities"))),
        guest_role: asker.seen(roles, &on, given.map(|out| maybe(&out["Roles"], "unauthenticated"))),
        id,
    }
}
