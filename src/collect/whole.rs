//! What every answer of a call holds. An answer without it was cut, came from somewhere else, or is half of one, and what
//! is missing in it must not be taken for nothing.
//!
//! The SDK reads a JSON answer without a list as an empty list, an empty body as an empty object, and XML that ends too soon
//! as if what is missing had never been there. So the bytes are looked at.
//!
//! Source: the response syntax of each operation in its service's API reference; members that a service may leave out
//! are not here.

use memchr::memmem;

use super::calls::Call;

/// How an answer is written, and what must be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A JSON object with these members, none of them null.
    Json(&'static [&'static str]),
    /// XML whose root is the operation's name and `Response`, with these elements.
    Query(&'static [&'static str]),
    /// XML of this root, with these elements.
    Xml(&'static str, &'static [&'static str]),
    /// Bytes, of which their reader knows whether they are all.
    Bytes,
}
use Form::{Bytes, Json, Query, Xml};

/// By service and operation.
const HELD: &[(&str, &str, Form)] = &[
    ("application-autoscaling", "DescribeScalableTargets", Json(&["ScalableTargets"])),
    ("backup", "DescribeRegionSettings", Json(&["ResourceTypeOptInPreference"])),
    ("backup", "GetBackupSelection", Json(&["BackupSelection"])),
    ("backup", "GetBackupVaultAccessPolicy", Json(&["Policy"])),
    ("backup", "ListBackupPlans", Json(&["BackupPlansList"])),
    ("backup", "ListBackupSelections", Json(&["BackupSelectionsList"])),
    ("backup", "ListBackupVaults", Json(&["BackupVaultList"])),
    ("backup", "ListRecoveryPointsByBackupVault", Json(&["RecoveryPoints"])),
    ("cloudtrail", "DescribeTrails", Json(&["trailList"])),
    ("cloudtrail", "GetEventDataStore", Json(&["EventDataStoreArn"])),
    ("cloudtrail", "GetEventSelectors", Json(&["TrailARN"])),
    ("cloudtrail", "GetTrailStatus", Json(&["IsLogging"])),
    ("cloudtrail", "ListEventDataStores", Json(&["EventDataStores"])),
    ("cognito-identity", "DescribeIdentityPool", Json(&["IdentityPoolId"])),
    ("cognito-identity", "GetIdentityPoolRoles", Json(&["IdentityPoolId"])),
    ("cognito-identity", "ListIdentityPools", Json(&["IdentityPools"])),
    ("config", "DescribeConfigurationRecorderStatus", Json(&["ConfigurationRecordersStatus"])),
    ("config", "DescribeConfigurationRecorders", Json(&["ConfigurationRecorders"])),
    ("dax", "DescribeClusters", Json(&["Clusters"])),
    ("dax", "DescribeParameters", Json(&["Parameters"])),
    ("dynamodb", "DescribeBackup", Json(&["BackupDescription"])),
    ("dynamodb", "DescribeContinuousBackups", Json(&["ContinuousBackupsDescription"])),
    ("dynamodb", "DescribeContributorInsights", Json(&["ContributorInsightsStatus"])),
    ("dynamodb", "DescribeExport", Json(&["ExportDescription"])),
    ("dynamodb", "DescribeKinesisStreamingDestination", Json(&["KinesisDataStreamDestinations"])),
    ("dynamodb", "DescribeTable", Json(&["Table", "KeySchema", "AttributeDefinitions"])),
    ("dynamodb", "DescribeTimeToLive", Json(&["TimeToLiveDescription"])),
    ("dynamodb", "GetResourcePolicy", Json(&["Policy"])),
    ("dynamodb", "ListBackups", Json(&["BackupSummaries"])),
    ("dynamodb", "ListExports", Json(&["ExportSummaries"])),
    ("dynamodb", "ListGlobalTables", Json(&["GlobalTables"])),
    ("dynamodb", "ListImports", Json(&["ImportSummaryList"])),
    ("dynamodb", "ListTables", Json(&["TableNames"])),
    ("dynamodb", "ListTagsOfResource", Json(&["Tags"])),
    ("dynamodb", "Scan", Json(&["Count", "Items"])),
    ("ec2", "DescribeNetworkInterfaces", Query(&["networkInterfaceSet"])),
    ("ec2", "DescribeSecurityGroups", Query(&["securityGroupInfo"])),
    ("ec2", "DescribeVpcEndpoints", Query(&["vpcEndpointSet"])),
    ("ec2", "DescribeVpcs", Query(&["vpcSet"])),
    ("events", "ListRules", Json(&["Rules"])),
    ("events", "ListTargetsByRule", Json(&["Targets"])),
    // Whether the list is there where it is empty is not documented.
    ("glue", "DescribeInboundIntegrations", Json(&[])),
    ("iam", "GenerateCredentialReport", Query(&["GenerateCredentialReportResult"])),
    ("iam", "GenerateServiceLastAccessedDetails", Query(&["JobId"])),
    (
        "iam",
        "GetAccountAuthorizationDetails",
        Query(&["GetAccountAuthorizationDetailsResult", "IsTruncated"]),
    ),
    ("iam", "GetCredentialReport", Query(&["Content"])),
    ("iam", "GetPolicy", Query(&["Policy"])),
    ("iam", "GetPolicyVersion", Query(&["PolicyVersion"])),
    ("iam", "GetServiceLastAccessedDetails", Query(&["JobStatus"])),
    ("kinesis", "DescribeStreamSummary", Json(&["StreamDescriptionSummary"])),
    ("kms", "DescribeKey", Json(&["KeyMetadata"])),
    ("kms", "GetKeyPolicy", Json(&["Policy"])),
    ("kms", "GetKeyRotationStatus", Json(&["KeyRotationEnabled"])),
    ("kms", "GetPublicKey", Json(&["PublicKey"])),
    ("kms", "ListGrants", Json(&["Grants"])),
    ("kms", "ListResourceTags", Json(&["Tags"])),
    ("kms", "Sign", Json(&["Signature"])),
    ("lambda", "ListEventSourceMappings", Json(&["EventSourceMappings"])),
    ("organizations", "DescribeOrganization", Json(&["Organization"])),
    ("organizations", "DescribePolicy", Json(&["Policy"])),
    ("organizations", "ListAccounts", Json(&["Accounts"])),
    ("organizations", "ListParents", Json(&["Parents"])),
    ("organizations", "ListPoliciesForTarget", Json(&["Policies"])),
    ("redshift", "DescribeIntegrations", Query(&["DescribeIntegrationsResult"])),
    ("s3", "GetBucketEncryption", Xml("ServerSideEncryptionConfiguration", &["Rule"])),
    ("s3", "GetBucketLocation", Xml("LocationConstraint", &[])),
    ("s3", "GetBucketPolicyStatus", Xml("PolicyStatus", &["IsPublic"])),
    ("s3", "GetObject", Bytes),
    ("s3", "GetPublicAccessBlock", Xml("PublicAccessBlockConfiguration", &[])),
    ("s3", "ListObjectsV2", Xml("ListBucketResult", &["KeyCount"])),
    ("s3-control", "GetPublicAccessBlock", Xml("PublicAccessBlockConfiguration", &[])),
    ("sts", "GetCallerIdentity", Query(&["Account", "Arn"])),
    ("tag", "GetResources", Json(&["ResourceTagMappingList"])),
];

/// Whether the body of a successful answer to `call` is a whole one.
pub(super) fn is_whole(call: &Call, body: &[u8]) -> bool {
    let Some((_, _, form)) = HELD.iter().find(|(s, o, _)| *s == call.service && *o == call.operation) else {
        return false;
    };
    let body = body.trim_ascii();
    match form {
        Json(members) => {
            body.starts_with(b"{") && body.ends_with(b"}") && members.iter().all(|member| told(body, member))
        }
        Query(elements) => is_xml(body, &format!("{}Response", call.operation), elements),
        Xml(root, elements) => is_xml(body, root, elements),
        Bytes => true,
    }
}

/// Whether a member of this name is there, and nowhere null. A text that holds the name in quotes has them escaped.
fn told(body: &[u8], member: &str) -> bool {
    let name = format!("\"{member}\"");
    let mut found = false;
    for at in memmem::find_iter(body, &name) {
        let after = body.get(at + name.len()..).unwrap_or_default().trim_ascii_start();
        let Some(value) = after.strip_prefix(b":") else { continue };
        if value.trim_ascii_start().starts_with(b"null") {
            return false;
        }
        found = true;
    }
    found
}

/// Whether the document's root is this element, which ends where the document does, and these are in it.
fn is_xml(body: &[u8], root: &str, elements: &[&str]) -> bool {
    let Some(start) = first_element(body) else { return false };
    let ends =
        body.ends_with(format!("</{root}>").as_bytes()) || (body.ends_with(b"/>") && elements.is_empty());
    opens(start, root)
        && ends
        && elements.iter().all(|element| {
            let tag = format!("<{element}");
            memmem::find_iter(body, &tag).any(|at| opens(body.get(at..).unwrap_or_default(), element))
        })
}

/// From where the first element opens, behind declarations and comments.
fn first_element(mut body: &[u8]) -> Option<&[u8]> {
    loop {
        body = body.get(memchr::memchr(b'<', body)?..)?;
        let end: &[u8] = match body.get(1)? {
            b'?' => b"?>",
            b'!' if body.starts_with(b"<!--") => b"-->",
            b'!' => return None,
            _ => return Some(body),
        };
        body = body.get(memmem::find(body, end)?..)?.get(end.len()..)?;
    }
}

/// Whether `text` begins with the start of this element.
fn opens(text: &[u8], element: &str) -> bool {
    let rest = text.strip_prefix(b"<").and_then(|rest| rest.strip_prefix(element.as_bytes()));
    rest.and_then(|rest| rest.first()).is_some_and(|next| b" \t\r\n>/".contains(next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::calls::{self, CALLS, EXPORTS, SIGNING};

    #[test]
    fn each_call_has_its_answer() {
        let calls = || CALLS.iter().chain(EXPORTS).chain(SIGNING);
        let mut named: Vec<(&str, &str)> = calls().map(|call| (call.service, call.operation)).collect();
        named.sort_unstable();
        named.dedup();
        let held: Vec<(&str, &str)> =
            HELD.iter().map(|(service, operation, _)| (*service, *operation)).collect();
        assert_eq!(held, named);
    }

    #[test]
    fn an_answer_without_what_it_always_holds_is_none() {
        let scan = r#"{"Count":0,"Items":[],"ScannedCount":0}"#;
        let odd = r#"{"Count":1,"Items":[{"Items":{"S":"\"Items\":null"}}],"ScannedCount":1}"#;
        let vpcs = "<?xml version=\"1.0\"?><!-- x --><DescribeVpcsResponse xmlns=\"x\"><vpcSet/></DescribeVpcsResponse>\n";
        for (call, body, whole) in [
            (&calls::SCAN, scan, true),
            (&calls::SCAN, odd, true),
            (&calls::SCAN, "{}", false),
            (&calls::SCAN, "", false),
            (&calls::SCAN, r#"{"Count":0,"Items":null,"ScannedCount":0}"#, false),
            (&calls::SCAN, r#"{"Count":0,"Items" : null,"ScannedCount":0}"#, false),
            (&calls::SCAN, r#"{"Count":0,"Items":[],"ScannedCount":0"#, false),
            (&calls::SCAN, r#"{"x":"\"Items\": \"Count\":"}"#, false),
            (&calls::DESCRIBE_INBOUND_INTEGRATIONS, "{}", true),
            (&calls::DESCRIBE_INBOUND_INTEGRATIONS, "<html></html>", false),
            (&calls::DESCRIBE_VPCS, vpcs, true),
            (&calls::DESCRIBE_VPCS, "<html><body>Sign in</body></html>", false),
            (&calls::DESCRIBE_VPCS, "<DescribeVpcsResponse></DescribeVpcsResponse>", false),
            (&calls::DESCRIBE_VPCS, "<DescribeVpcsResponse><vpcSet/>", false),
            (
                &calls::DESCRIBE_VPCS,
                "<!DOCTYPE a><DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>",
                false,
            ),
            (&calls::GET_BUCKET_LOCATION, "<LocationConstraint/>", true),
            (&calls::GET_BUCKET_LOCATION, "<LocationConstraint xmlns=\"x\"/>", true),
            (&calls::GET_BUCKET_LOCATION, "<Location/>", false),
            (&calls::GET_BUCKET_POLICY_STATUS, "<PolicyStatus/>", false),
            (
                &calls::GET_BUCKET_POLICY_STATUS,
                "<PolicyStatus><IsPublic>TRUE</IsPublic></PolicyStatus>",
                true,
            ),
        ] {
            assert_eq!(is_whole(call, body.as_bytes()), whole, "{} {body}", call.name());
        }
    }
}
