//! Whether somebody may change or delete: asked of the one who audits.

use super::{Access, known::ANY_TABLE};
use crate::{
    facts::Fact,
    iam::{Caller, Context, Decision, Named, Request, arn::Arn, decide},
};

/// Actions that change or delete tables or items.
pub(super) const WRITES: &[&str] = &[
    "dynamodb:putitem",
    "dynamodb:updateitem",
    "dynamodb:deleteitem",
    "dynamodb:batchwriteitem",
    "dynamodb:partiqlinsert",
    "dynamodb:partiqlupdate",
    "dynamodb:partiqldelete",
    "dynamodb:updatetable",
    "dynamodb:deletetable",
];

impl Access {
    /// Whether `caller` (ARN of a user, a role or a role's session) may change or delete some table or its
    /// items, outright or under a condition. None where the caller is not among the principals listed.
    pub fn can_write(&self, caller: &str) -> Option<Fact<bool>> {
        let arn = Arn::parse(caller)?;
        if arn.resource == "root" {
            return Some(Fact::Known(true));
        }
        let session = arn.resource.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
        let subject = self.subjects.iter().find(|subject| match session {
            Some(role) => subject.who.arn.contains(":role/") && subject.name == role,
            None => subject.who.arn == caller,
        })?;
        let named = |id: &usize| {
            let loaded = self.policies.get(*id);
            Named { name: &loaded.name, policy: &loaded.policy }
        };
        let identity: Vec<Named<'_>> = subject.identity.iter().map(named).collect();
        let boundary = subject.boundary.as_ref().map(named);
        let who = Caller {
            identity: Some(&identity),
            boundary: boundary.as_ref().map(std::slice::from_ref),
            ..Caller::unseen(&subject.who)
        };
        let may = self.targets.iter().any(|target| {
            let policy = target.resources.first().and_then(|table| table.policy.as_ref()).map(named);
            let head = target.arn.split_once(":table/").map_or("", |(head, _)| head);
            let any = format!("{head}:table/{ANY_TABLE}");
            let context = Context { caller: &subject.keys, resource: &target.keys };
            WRITES.iter().any(|action| {
                let denied = |resource: &str, policy| {
                    let request = Request { policy, ..Request::new(action, resource, context) };
                    matches!(decide(&who, &request).decision, Decision::Denied(_))
                };
                !denied(&target.arn, policy) || !denied(&any, None)
            })
        });
        Some(Fact::Known(may).or_hidden(&subject.unread))
    }
}
