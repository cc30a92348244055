//! The services that are asked without a crate of their own: how each is addressed and what it speaks.

/// How a service takes its requests and gives its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// JSON in, JSON out; the operation stands in `x-amz-target` behind this prefix.
    Json(&'static str),
    /// The operation is a method and a path; the answer is JSON.
    RestJson,
    /// The operation is a method and a path; the answer is XML.
    RestXml,
    /// A form with `Action` and this `Version`; the answer is XML.
    Query(&'static str),
}

/// One service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// As permissions and calls name it.
    pub(super) name: &'static str,
    /// First label of its host name.
    pub(super) host: &'static str,
    /// The name that requests are signed for.
    pub(super) signs: &'static str,
    /// As `AWS_ENDPOINT_URL_<SERVICE>` and profiles name it.
    pub(super) id: &'static str,
    pub(super) speaks: Protocol,
}

const SERVICES: &[Service] = &[
    Service {
        name: "tag",
        host: "tagging",
        signs: "tagging",
        id: "resource_groups_tagging_api",
        speaks: Protocol::Json("ResourceGroupsTaggingAPI_20170126"),
    },
    Service {
        name: "application-autoscaling",
        host: "application-autoscaling",
        signs: "application-autoscaling",
        id: "application_auto_scaling",
        speaks: Protocol::Json("AnyScaleFrontendService"),
    },
    same("backup", Protocol::RestJson),
    same("cognito-identity", Protocol::Json("AWSCognitoIdentityService")),
    same("cloudtrail", Protocol::Json("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")),
    Service {
        name: "config",
        host: "config",
        signs: "config",
        id: "config_service",
        speaks: Protocol::Json("StarlingDoveService"),
    },
    same("dax", Protocol::Json("AmazonDAXV3")),
    same("ec2", Protocol::Query("2016-11-15")),
    same("events", Protocol::Json("AWSEvents")),
    same("glue", Protocol::Json("AWSGlue")),
    same("kinesis", Protocol::Json("Kinesis_20131202")),
    same("lambda", Protocol::RestJson),
    same("organizations", Protocol::Json("AWSOrganizationsV20161128")),
    same("redshift", Protocol::Query("2012-12-01")),
    same("s3", Protocol::RestXml),
    Service {
        name: "s3-control",
        host: "s3-control",
        signs: "s3",
        id: "s3_control",
        speaks: Protocol::RestXml,
    },
];

/// A service that is called the same everywhere.
const fn same(name: &'static str, speaks: Protocol) -> Service {
    Service { name, host: name, signs: name, id: name, speaks }
}

/// The service that calls name so.
pub(super) fn named(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// The path of each REST operation; `{}` stands for an argument, `{+}` for one that may hold `/`.
const ROUTES: &[(&str, &str, &str)] = &[
    ("backup", "DescribeRegionSettings", "/account-settings"),
    ("backup", "ListBackupPlans", "/backup/plans/"),
    ("backup", "ListBackupSelections", "/backup/plans/{}/selections/"),
    ("backup", "GetBackupSelection", "/backup/plans/{}/selections/{}"),
    ("backup", "ListBackupVaults", "/backup-vaults/"),
    ("backup", "GetBackupVaultAccessPolicy", "/backup-vaults/{}/access-policy"),
    ("backup", "ListRecoveryPointsByBackupVault", "/backup-vaults/{}/recovery-points/"),
    ("lambda", "ListEventSourceMappings", "/2015-03-31/event-source-mappings/"),
    ("s3", "GetBucketLocation", "/{}?location"),
    ("s3", "GetBucketPolicyStatus", "/{}?policyStatus"),
    ("s3", "GetPublicAccessBlock", "/{}?publicAccessBlock"),
    ("s3", "GetBucketEncryption", "/{}?encryption"),
    ("s3", "ListObjectsV2", "/{}?list-type=2"),
    ("s3", "GetObject", "/{}/{+}"),
    ("s3-control", "GetPublicAccessBlock", "/v20180820/configuration/publicAccessBlock"),
];

/// The path of a REST operation, with its arguments put in and encoded.
pub(super) fn path(service: &str, operation: &str, arguments: &[&str]) -> Option<String> {
    let (_, _, template) = ROUTES.iter().find(|(s, o, _)| *s == service && *o == operation)?;
    let mut arguments = arguments.iter();
    let mut path = String::new();
    for (place, part) in template.split('{').enumerate() {
        let literal = match part.split_once('}') {
            Some((sort, literal)) if place > 0 => {
                let argument = encoded(arguments.next()?);
                path.push_str(&if sort == "+" { argument.replace("%2F", "/") } else { argument });
                literal
            }
            _ => part,
        };
        path.push_str(literal);
    }
    Some(path)
}

/// Text as one segment of a path or one value of a query.
pub(super) fn encoded(text: &str) -> String {
    const PLAIN: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &PLAIN).to_string()
}

/// The REST operation that a path, with its query, asks for: the other way round, for whoever plays AWS.
pub fn operation(service: &str, path: &str) -> Option<&'static str> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let matches = |template: &str| {
        let (template, wanted) = template.split_once('?').unwrap_or((template, ""));
        let (theirs, ours): (Vec<&str>, Vec<&str>) =
            (path.split('/').collect(), template.split('/').collect());
        let open = ours.last() == Some(&"{+}");
        let segments = (theirs.len() == ours.len() || open && theirs.len() > ours.len())
            && (!open
                || theirs.get(ours.len() - 1..).is_some_and(|key| key.iter().any(|step| !step.is_empty())))
            && theirs.iter().zip(&ours).all(|(t, o)| match *o {
                "{}" => !t.is_empty(),
                "{+}" => true,
                literal => *t == literal,
            });
        segments
            && (wanted.is_empty()
                || query.split('&').any(|q| q == wanted || q.split('=').next() == Some(wanted)))
    };
    ROUTES.iter().find(|(s, _, template)| *s == service && matches(template)).map(|(_, o, _)| *o)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_made_and_found_again() {
        for (service, operation_name, template) in ROUTES {
            let arguments = vec!["a/b é"; template.matches('{').count()];
            let path = path(service, operation_name, &arguments).unwrap();
            assert_eq!(path.contains("a/b"), template.contains("{+}"), "{path}");
            assert_eq!(operation(service, &path), Some(*operation_name), "{path}");
        }
        assert_eq!(path("backup", "GetBackupSelection", &["only one"]), None);
        assert_eq!(operation("backup", "/backup-vaults//access-policy"), None);
        let key = "AWSDynamoDB//../a b+c%?#é\n.json.gz";
        let hostile = path("s3", "GetObject", &["my.bucket", key]).unwrap();
        assert_eq!(hostile, "/my.bucket/AWSDynamoDB//../a%20b%2Bc%25%3F%23%C3%A9%0A.json.gz");
        assert_eq!(operation("s3", &hostile), Some("GetObject"));
        assert_eq!(operation("s3", "/bucket/"), None);
    }
}
