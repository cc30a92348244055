//! IAM's reports, of which the emulator makes none: the credential report, and when DynamoDB was last used.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use winterbaume_iam::views::IamStateView;

use super::xml;
use crate::demo::answer::Answer;
use crate::demo::clock::iso;
use crate::demo::connector::form;
use crate::demo::{ACCOUNT, NOW};

/// Users with an access key, and the days since it was made.
const KEYS: [(&str, i64); 3] = [("ci-deployer", 610), ("mei.tanaka", 40), ("sofia.costa", 200)];
/// Users who do use DynamoDB.
const USERS: [&str; 3] = ["amara.okafor", "ci-deployer", "support.bot"];

const DAY: i64 = 86_400;

pub(super) fn answer(
    operation: &str,
    state: &IamStateView,
    used: &BTreeMap<String, i64>,
    body: &[u8],
) -> Option<Answer> {
    let result = match operation {
        "GenerateCredentialReport" => xml::leaf("State", "COMPLETE"),
        "GetCredentialReport" => {
            xml::leaf("Content", &STANDARD.encode(credentials(state)))
                + &xml::leaf("ReportFormat", "text/csv")
                + &xml::leaf("GeneratedTime", &iso(NOW))
        }
        // The job's id says what it is about: nothing is to be kept.
        "GenerateServiceLastAccessedDetails" => {
            xml::leaf("JobId", &STANDARD.encode(form(body, "Arn").unwrap_or_default()))
        }
        "GetServiceLastAccessedDetails" => {
            let id = STANDARD.decode(form(body, "JobId").unwrap_or_default()).unwrap_or_default();
            last_accessed(&String::from_utf8_lossy(&id), used)
        }
        _ => return None,
    };
    Some(xml::response(operation, &result))
}

fn credentials(state: &IamStateView) -> String {
    let mut report = "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated,\
        access_key_2_active,access_key_2_last_rotated\n"
        .to_owned();
    report += &format!("<root_account>,arn:aws:iam::{ACCOUNT}:root,not_supported,true,false,N/A,false,N/A\n");
    let mut names: Vec<&String> = state.users.values().map(|user| &user.name).collect();
    names.sort();
    for name in names {
        let key = KEYS.iter().find(|(user, _)| user == name);
        let made = key.map_or("N/A".to_owned(), |(_, days)| iso(NOW - days * DAY));
        let person = name.contains('.') && name != "support.bot";
        report += &format!(
            "{name},arn:aws:iam::{ACCOUNT}:user/{name},{person},{person},{},{made},false,N/A\n",
            key.is_some()
        );
    }
    report
}

fn last_accessed(arn: &str, used: &BTreeMap<String, i64>) -> String {
    let name = arn.rsplit('/').next().unwrap_or_default();
    let user = USERS.contains(&name).then_some(NOW - DAY);
    let last = used.get(name).copied().or(user).map(|at| xml::leaf("LastAuthenticated", &iso(at)));
    let service = xml::leaf("ServiceName", "Amazon DynamoDB") + &xml::leaf("ServiceNamespace", "dynamodb");
    xml::leaf("JobStatus", "COMPLETED")
        + &xml::leaf("JobCreationDate", &iso(NOW))
        + &xml::leaf("JobCompletionDate", &iso(NOW))
        + &xml::leaf("IsTruncated", "false")
        + &xml::list("ServicesLastAccessed", [service + &last.unwrap_or_default()])
}
