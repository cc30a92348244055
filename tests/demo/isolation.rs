//! Nothing leads out of the account, and what it refuses it refuses as AWS does.

use std::process::Command;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_types::body::SdkBody;
use dynaudit::demo::{CALLER, Embedded};

use super::dynamodb::make;
use super::{code, dynamodb, empty, seeded};

/// Run by the next test in an environment that would redirect any client that looked at it.
#[tokio::test]
async fn answers_by_itself() {
    let account = empty().await;
    assert!(dynamodb(&account, "eu-west-1").list_tables().send().await.unwrap().table_names().is_empty());
    let iam = aws_sdk_iam::Client::new(&account.sdk_config("us-east-1"));
    assert!(iam.get_account_authorization_details().send().await.unwrap().role_detail_list().is_empty());
    let sts = aws_sdk_sts::Client::new(&account.sdk_config("us-east-1"));
    assert_eq!(sts.get_caller_identity().send().await.unwrap().arn(), Some(CALLER));
    let kms = aws_sdk_kms::Client::new(&account.sdk_config("eu-west-1"));
    kms.describe_key().key_id("alias/aws/dynamodb").send().await.unwrap();
}

#[test]
fn the_environment_cannot_redirect_it() {
    let dead = "http://127.0.0.1:9";
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "isolation::answers_by_itself"]);
    for name in ["", "_DYNAMODB", "_IAM", "_KMS", "_STS"] {
        child.env(format!("AWS_ENDPOINT_URL{name}"), dead);
    }
    for (name, value) in [
        ("AWS_PROFILE", "nobody"),
        ("AWS_CONFIG_FILE", "/nonexistent"),
        ("AWS_REGION", "ap-southeast-2"),
        ("AWS_ACCESS_KEY_ID", "elsewhere"),
        ("AWS_SECRET_ACCESS_KEY", "elsewhere"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("HTTPS_PROXY", dead),
        ("HTTP_PROXY", dead),
    ] {
        child.env(name, value);
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
async fn what_it_does_not_have_it_says() {
    let account = empty().await;
    let client = dynamodb(&account, "eu-west-1");
    assert_eq!(code(client.describe_limits().send().await), "UnknownOperationException");
    let (status, body) = raw(&account, "s3", "", "").await;
    assert_eq!(status, 501);
    assert!(body.contains("UnknownOperationException") && body.contains("s3 is not in the embedded account"));
    let (status, body) =
        raw(&account, "organizations", "AWSOrganizationsV20161128.DescribeOrganization", "{}").await;
    assert_eq!(status, 400);
    assert!(body.contains("AWSOrganizationsNotInUseException"), "{body}");
    let (status, _) = raw(&account, "dynamodb", "DynamoDB_20120810.TagResource", "[1,").await;
    assert_eq!(status, 400);
}

/// A request as it goes over the wire, for services whose clients are not at hand.
async fn raw(account: &Embedded, service: &str, target: &str, body: &'static str) -> (u16, String) {
    let scope =
        format!("AWS4-HMAC-SHA256 Credential=x/20261101/us-east-1/{service}/aws4_request, Signature=0");
    let request = http::Request::post(format!("https://{service}.us-east-1.amazonaws.com/"))
        .header("authorization", scope)
        .header("x-amz-target", target)
        .body(SdkBody::from(body))
        .unwrap();
    let answer = account.call(request.try_into().unwrap()).await.unwrap();
    (answer.status().as_u16(), String::from_utf8(answer.body().bytes().unwrap().to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_ask_at_once() {
    let account = empty().await;
    let mut tasks = Vec::new();
    for n in 0..32 {
        let account = account.clone();
        tasks.push(tokio::spawn(async move {
            let kms = aws_sdk_kms::Client::new(&account.sdk_config("eu-west-1"));
            kms.describe_key().key_id("alias/aws/dynamodb").send().await.unwrap();
            make(&account, "eu-west-1", &format!("table-{n}")).await;
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let tables = dynamodb(&account, "eu-west-1").list_tables().send().await.unwrap();
    assert_eq!(tables.table_names().len(), 32);
}

#[tokio::test]
async fn refusals_are_those_of_a_service_control_policy() {
    let account = seeded().await;
    let client = dynamodb(account, "eu-west-1");
    let refused = client.scan().table_name("audit_log").send().await.unwrap_err().into_service_error();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    let message = refused.message().unwrap();
    assert!(
        message
            .contains("dynamodb:Scan on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/audit_log")
    );
    assert!(message.contains("service control policy"));
    client.scan().table_name("users").limit(1).send().await.unwrap();
    let metrics = dynamodb(account, "us-east-1");
    let refused = metrics.describe_continuous_backups().table_name("metrics").send().await;
    assert_eq!(code(refused), "AccessDeniedException");
}

#[tokio::test]
async fn each_service_refuses_in_its_own_shape() {
    let account = empty().await;
    for operation in
        ["iam:GetAccountAuthorizationDetails", "sts:GetCallerIdentity", "kms:DescribeKey", "ListTables"]
    {
        account.deny(operation, "");
    }
    let config = account.sdk_config("eu-west-1");
    let iam = aws_sdk_iam::Client::new(&config).get_account_authorization_details().send().await;
    assert_eq!(code(iam), "AccessDenied");
    let sts = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    assert_eq!(code(sts), "AccessDenied");
    let kms = aws_sdk_kms::Client::new(&config).describe_key().key_id("alias/aws/dynamodb").send().await;
    assert_eq!(code(kms), "AccessDeniedException");
    assert_eq!(code(dynamodb(&account, "eu-west-1").list_tables().send().await), "AccessDeniedException");
    let calls = account.calls();
    assert_eq!(calls["iam:GetAccountAuthorizationDetails"], 1);
    assert_eq!(calls["dynamodb:ListTables"], 1);
    assert_eq!(calls.len(), 4);
}
