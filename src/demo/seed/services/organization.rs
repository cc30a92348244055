//! The organization that the company's accounts are in.

use serde_json::{Value, json};

use super::Laying;
use crate::demo::ACCOUNT;

const HOME: &str = "us-east-1";

pub(super) fn plant(shelf: &Laying<'_>) {
    let management = "999988887777";
    let organization = json!({ "Organization": { "Id": "o-harbourline", "MasterAccountId": management } });
    shelf.lay(HOME, "organizations:DescribeOrganization", "", organization);
    let parent = |id: &str, kind: &str| json!({ "Parents": [{ "Id": id, "Type": kind }] });
    shelf.lay(HOME, "organizations:ListParents", ACCOUNT, parent("ou-hl01-ferries", "ORGANIZATIONAL_UNIT"));
    shelf.lay(HOME, "organizations:ListParents", "ou-hl01-ferries", parent("r-hl01", "ROOT"));
    let full = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    // Nobody leaves the organization, and nobody switches its trail off; tables are nobody's business here.
    let stay = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Resource": "*",
        "Action": ["organizations:LeaveOrganization", "cloudtrail:StopLogging"] }] });
    for (id, document) in [("p-FullAWSAccess", &full), ("p-stay", &stay)] {
        let policy = json!({ "Policy": { "Content": document.to_string() } });
        shelf.lay(HOME, "organizations:DescribePolicy", id, policy);
    }
    let attached = |policies: &[(&str, &str)]| {
        let policies: Vec<Value> =
            policies.iter().map(|(id, name)| json!({ "Id": id, "Name": name })).collect();
        json!({ "Policies": policies })
    };
    let everything = ("p-FullAWSAccess", "FullAWSAccess");
    for target in ["r-hl01", "ou-hl01-ferries", ACCOUNT] {
        let mut policies = vec![everything];
        if target == "r-hl01" {
            policies.push(("p-stay", "stay-in-the-organization"));
        }
        let about = format!("{target}/SERVICE_CONTROL_POLICY");
        shelf.lay(HOME, "organizations:ListPoliciesForTarget", &about, attached(&policies));
    }
    let accounts = json!({ "Accounts": [{ "Id": ACCOUNT }, { "Id": management }] });
    shelf.lay(HOME, "organizations:ListAccounts", "", accounts);
}
