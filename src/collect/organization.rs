//! AWS Organizations: where the account stands, and the policies that bind it there.

use serde_json::{Value, json};

use super::calls::{self, Call};
use super::fault::Fault;
use super::light::Question;
use super::pages::pages;
use super::run::Run;
use super::services::value::{list, maybe, object, text};
use super::services::{Asker, page_of};
use super::tables::document;
use crate::snapshot::organization::{ControlPolicy, Level, Organization};
use crate::snapshot::{Seen, Topic, Why};

/// Levels that an organization may have above an account: five of organizational units, and the root
/// (AWS documentation: "Quotas for AWS Organizations").
const MOST_LEVELS: usize = 8;

/// The organization; none where the account is in none. A list of policies that was refused becomes one policy whose
/// document is a gap: it may take anything away.
pub(super) async fn organization(run: &Run, account: &str) -> Seen<Option<Organization>> {
    if let Some(gap) = run.unasked(Topic::Organization) {
        return Seen::Gap(gap);
    }
    let asker = Asker::of(run, run.partition.home);
    let call = &calls::DESCRIBE_ORGANIZATION;
    let answer = match asker.ask(call, Question::Body(json!({}))).await {
        Ok(out) => object(&out, "Organization").cloned().map(Some),
        // Alone: that is an answer.
        Err(fault) if fault.is_an_answer(call) => Ok(None),
        Err(fault) => Err(fault),
    };
    let on = format!("account {account}");
    let described = match asker.seen(call, &on, answer) {
        Seen::Gap(gap) => return Seen::Gap(gap),
        Seen::Value(None) => return Seen::Value(None),
        Seen::Value(Some(described)) => described,
    };
    let mut organization = Organization {
        id: text(&described, "Id"),
        management_account: text(&described, "MasterAccountId"),
        ..Organization::default()
    };
    let above = targets(&asker, account).await;
    if let Ok(targets) = &above {
        let path: Vec<&str> = targets.iter().take(targets.len() - 1).map(String::as_str).collect();
        organization.path = Some(format!("{}/{}/", organization.id, path.join("/")));
    }
    organization.scps = levels(&asker, &on, &above, "SERVICE_CONTROL_POLICY").await;
    organization.rcps = levels(&asker, &on, &above, "RESOURCE_CONTROL_POLICY").await;
    organization.accounts = Some(accounts(&asker, &on).await);
    Seen::Value(Some(organization))
}

/// The root, the units and the account, outermost first.
async fn targets(asker: &Asker<'_>, account: &str) -> Result<Vec<String>, Fault> {
    let mut targets = vec![account.to_owned()];
    while targets.len() <= MOST_LEVELS {
        let child = targets.last().cloned().unwrap_or_default();
        let out = asker.ask(&calls::LIST_PARENTS, Question::Body(json!({ "ChildId": child }))).await?;
        let parents = list(&out, "Parents")?;
        let parent = parents.first().ok_or_else(|| Fault::own(Why::Malformed, "there is no parent"))?;
        targets.push(text(parent, "Id"));
        if parent["Type"] == "ROOT" {
            targets.reverse();
            return Ok(targets);
        }
    }
    Err(Fault::own(Why::Endless, "the units above the account do not end"))
}

async fn levels(
    asker: &Asker<'_>,
    on: &str,
    targets: &Result<Vec<String>, Fault>,
    filter: &str,
) -> Vec<Level> {
    let targets = match targets {
        Ok(targets) => targets,
        Err(fault) => return vec![unread(asker, &calls::LIST_PARENTS, on, "", fault)],
    };
    let call = &calls::LIST_POLICIES_FOR_TARGET;
    let mut levels = Vec::with_capacity(targets.len());
    for target in targets {
        let (found, fault) = pages(|token| async move {
            let mut body = json!({ "TargetId": target, "Filter": filter });
            if let Some(token) = token {
                body["NextToken"] = token.into();
            }
            page_of(asker.ask(call, Question::Body(body)).await?, "Policies", "NextToken")
        })
        .await;
        // A type of policy that is off binds nobody.
        let fault = fault.filter(|fault| !fault.is_an_answer(call));
        let mut level = match fault {
            Some(fault) => unread(asker, call, &format!("{filter} of {target}"), target, &fault),
            None => Level { target: target.clone(), policies: Vec::new() },
        };
        for policy in &found {
            level.policies.push(control_policy(asker, policy).await);
        }
        level.policies.sort_by(|a, b| a.id.cmp(&b.id));
        levels.push(level);
    }
    // Without any policy at any level the type is off: a level of a type that is on always has one.
    if levels.iter().all(|level| level.policies.is_empty()) { Vec::new() } else { levels }
}

fn unread(asker: &Asker<'_>, call: &'static Call, on: &str, target: &str, fault: &Fault) -> Level {
    let document = Seen::Gap(asker.run.desk.gap(call, on, fault));
    let policy = ControlPolicy { id: "(not listed)".to_owned(), name: "(not listed)".to_owned(), document };
    Level { target: target.to_owned(), policies: vec![policy] }
}

async fn control_policy(asker: &Asker<'_>, summary: &Value) -> ControlPolicy {
    let call = &calls::DESCRIBE_POLICY;
    let id = text(summary, "Id");
    let answer = asker.ask(call, Question::Body(json!({ "PolicyId": id }))).await;
    let answer = answer.and_then(|out| {
        let text = maybe(object(&out, "Policy")?, "Content");
        document(text.ok_or_else(|| Fault::own(Why::Malformed, "the policy has no content"))?)
    });
    let document = asker.seen(call, &format!("policy {id}"), answer);
    ControlPolicy { name: text(summary, "Name"), document, id }
}

/// Every account.
async fn accounts(asker: &Asker<'_>, on: &str) -> Seen<Vec<String>> {
    let call = &calls::LIST_ACCOUNTS;
    let (found, fault) = pages(|token| async move {
        let body = token.map_or_else(|| json!({}), |token: String| json!({ "NextToken": token }));
        page_of(asker.ask(call, Question::Body(body)).await?, "Accounts", "NextToken")
    })
    .await;
    if let Some(fault) = fault {
        return Seen::Gap(asker.run.desk.gap(call, on, &fault));
    }
    let mut ids: Vec<String> = found.iter().map(|account| text(account, "Id")).collect();
    ids.sort();
    Seen::Value(ids)
}
