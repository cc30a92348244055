//! The guard: what is not on the list of calls never leaves the process.

use aws_sdk_dynamodb::types::AttributeValue;
use dynaudit::collect::calls::{CALLS, Class, EXPORTS, SIGN, SIGNING};
use dynaudit::collect::clients::Clients;

use crate::fake::{Fake, Reply};

fn silent() -> Fake {
    Fake::new(|_| Reply::Http(200, r#"{"Items":[],"Count":0}"#.into()))
}

macro_rules! refused {
    ($fake:expr, $($send:expr),* $(,)?) => {$(
        let error = $send.send().await.unwrap_err();
        let text = format!("{:?}", error);
        assert!(text.contains("Refused"), "{text}");
        assert_eq!($fake.log().len(), 0, "something was sent");
    )*};
}

#[tokio::test]
async fn writes_are_refused_and_nothing_is_sent() {
    let fake = silent();
    let clients = Clients::new(&fake.sdk(), true);
    let table = clients.dynamodb("eu-west-1");
    let scans = clients.scans("eu-west-1");
    refused!(
        fake,
        table.put_item().table_name("t").item("id", AttributeValue::S("x".into())),
        table.delete_table().table_name("t"),
        table.get_item().table_name("t").key("id", AttributeValue::S("x".into())),
        table.execute_statement().statement("DELETE FROM t"),
        scans.put_item().table_name("t").item("id", AttributeValue::S("x".into())),
        scans.query().table_name("t"),
        clients.kms("eu-west-1").create_key(),
        clients.kms("eu-west-1").schedule_key_deletion().key_id("k"),
        clients.kms("eu-west-1").decrypt().key_id("k"),
        clients.kms("eu-west-1").sign().key_id("k"),
        clients.kms("eu-west-1").get_public_key().key_id("k"),
        clients.iam("us-east-1").create_user().user_name("u"),
        clients.sts("us-east-1").assume_role().role_arn("r").role_session_name("s"),
    );
}

#[tokio::test]
async fn items_are_read_only_where_sampling_was_asked_for() {
    let fake = silent();
    let without = Clients::new(&fake.sdk(), false);
    let with = Clients::new(&fake.sdk(), true);
    refused!(
        fake,
        without.scans("eu-west-1").scan().table_name("t"),
        without.dynamodb("eu-west-1").scan().table_name("t"),
        with.dynamodb("eu-west-1").scan().table_name("t"),
    );
    with.scans("eu-west-1").scan().table_name("t").send().await.unwrap();
    assert_eq!(fake.asked("Scan"), 1);
}

#[test]
fn the_list_reads_and_nothing_else() {
    for call in CALLS.iter().chain(SIGNING).chain(EXPORTS) {
        // Two jobs of IAM make a report to be read, and nothing else.
        let reports = ["GenerateCredentialReport", "GenerateServiceLastAccessedDetails"];
        let reads = ["Get", "List", "Describe", "Scan"].iter().any(|verb| call.operation.starts_with(verb))
            || reports.contains(&call.operation);
        assert!(reads || *call == SIGN, "{}", call.name());
    }
    assert_eq!(CALLS.iter().filter(|call| call.class == Class::Contents).count(), 1);
    assert!(CALLS.iter().all(|call| call.class != Class::Signing));
    assert!(EXPORTS.iter().all(|call| call.class == Class::Exports && call.service == "s3"));
    assert!(SIGNING.iter().all(|call| call.class == Class::Signing));
}

#[test]
fn the_reference_names_calls_that_a_run_may_make() {
    for call in dynaudit::facts::calls::all() {
        let (service, operation) = call.split_once(':').unwrap();
        assert!(dynaudit::collect::calls::find(service, operation).is_some(), "{call}");
    }
}
