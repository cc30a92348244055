//! Who exists, what is attached to whom, and who asks.

use aws_sdk_iam::types::EntityType;
use dynaudit::demo::{CALLER, Embedded, NOW};
use percent_encoding::percent_decode_str;

use super::{code, empty, seeded};

fn client(account: &Embedded) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&account.sdk_config("eu-west-1"))
}

fn decoded(document: &str) -> serde_json::Value {
    assert!(document.starts_with("%7B%22"), "not URL-encoded: {document}");
    serde_json::from_str(&percent_decode_str(document).decode_utf8().unwrap()).unwrap()
}

#[tokio::test]
async fn who_asks() {
    for region in ["eu-west-1", "us-east-1"] {
        let config = seeded().await.sdk_config(region);
        let me = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
        assert_eq!(me.arn(), Some(CALLER));
        assert_eq!(me.account(), Some("111122223333"));
        assert!(me.user_id().unwrap().ends_with(":audit"));
    }
}

#[tokio::test]
async fn everyone_is_there_in_one_page() {
    let all =
        client(seeded().await).get_account_authorization_details().max_items(1000).send().await.unwrap();
    assert!(!all.is_truncated());
    assert_eq!(all.group_detail_list().len(), 3);
    assert!(all.role_detail_list().len() >= 12 && all.user_detail_list().len() >= 6);

    let user = |name| all.user_detail_list().iter().find(|u| u.user_name() == Some(name)).unwrap();
    assert_eq!(user("amara.okafor").group_list(), ["analysts", "engineers"]);
    let boundary = user("mei.tanaka").permissions_boundary().unwrap();
    assert_eq!(boundary.permissions_boundary_type().unwrap().as_str(), "PermissionsBoundaryPolicy");
    assert_eq!(
        boundary.permissions_boundary_arn(),
        Some("arn:aws:iam::111122223333:policy/ContractorBoundary")
    );
    assert_eq!(user("ravi.iyer").arn(), Some("arn:aws:iam::111122223333:user/ravi.iyer"));
    assert!(user("ravi.iyer").user_id().unwrap().starts_with("AIDA"));
    assert_eq!(user("ravi.iyer").tags()[0].key(), "company");
    let mfa = decoded(user("sofia.costa").user_policy_list()[0].policy_document().unwrap());
    assert_eq!(mfa["Statement"][0]["Condition"]["Bool"]["aws:MultiFactorAuthPresent"], "true");

    let role = |name| all.role_detail_list().iter().find(|r| r.role_name() == Some(name)).unwrap();
    let trust = decoded(role("ferrylink-partner").assume_role_policy_document().unwrap());
    assert_eq!(trust["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::444455556666:root");
    assert_eq!(
        role("platform-admin").attached_managed_policies()[0].policy_name(),
        Some("AdministratorAccess")
    );
    let own = decoded(role("checkout-api").role_policy_list()[0].policy_document().unwrap());
    assert!(own["Statement"][0]["Condition"].to_string().contains("dynamodb:LeadingKeys"));
    let used = role("data-science").role_last_used().unwrap().last_used_date().unwrap();
    assert_eq!(used.secs(), NOW - 330 * 86_400);
    assert!(role("legacy-importer").role_last_used().is_none());
    let group = all.group_detail_list().iter().find(|g| g.group_name() == Some("analysts")).unwrap();
    assert!(
        decoded(group.group_policy_list()[0].policy_document().unwrap())
            .to_string()
            .contains("dynamodb:Scan")
    );

    let policy = |name| all.policies().iter().find(|p| p.policy_name() == Some(name)).unwrap();
    let engineers = policy("HarbourlineEngineers");
    assert_eq!(engineers.default_version_id(), Some("v2"));
    assert_eq!(engineers.policy_version_list().len(), 2);
    assert_eq!(engineers.attachment_count(), Some(1));
    assert_eq!(policy("ContractorBoundary").permissions_boundary_usage_count(), Some(1));
    let admin = decoded(policy("AdministratorAccess").policy_version_list()[0].document().unwrap());
    assert_eq!(admin["Statement"][0]["Action"], "*");
    assert!(
        all.policies().iter().all(|p| p.policy_name() != Some("ReadOnlyAccess")),
        "not attached to anyone"
    );
}

#[tokio::test]
async fn pages_add_up_to_the_whole() {
    let client = client(seeded().await);
    let whole = client.get_account_authorization_details().max_items(1000).send().await.unwrap();
    for size in [1, 4, 17] {
        let mut pages = client.get_account_authorization_details().max_items(size).into_paginator().send();
        let (mut users, mut groups, mut roles, mut policies) = (vec![], vec![], vec![], vec![]);
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            let count = page.user_detail_list().len()
                + page.group_detail_list().len()
                + page.role_detail_list().len()
                + page.policies().len();
            assert!(count <= size as usize);
            users.extend(page.user_detail_list.unwrap_or_default());
            groups.extend(page.group_detail_list.unwrap_or_default());
            roles.extend(page.role_detail_list.unwrap_or_default());
            policies.extend(page.policies.unwrap_or_default());
        }
        assert_eq!(users, whole.user_detail_list());
        assert_eq!(groups, whole.group_detail_list());
        assert_eq!(roles, whole.role_detail_list());
        assert_eq!(policies, whole.policies());
    }
}

#[tokio::test]
async fn filters_leave_the_rest_out() {
    let client = client(seeded().await);
    let only = |kind| client.get_account_authorization_details().filter(kind).max_items(1000).send();
    let roles = only(EntityType::Role).await.unwrap();
    assert!(!roles.role_detail_list().is_empty());
    assert!(
        roles.user_detail_list().is_empty()
            && roles.group_detail_list().is_empty()
            && roles.policies().is_empty()
    );
    let local = only(EntityType::LocalManagedPolicy).await.unwrap();
    assert!(local.policies().iter().all(|p| p.arn().unwrap().contains(":111122223333:")));
    assert_eq!(local.policies().len(), 2);
    let aws = only(EntityType::AwsManagedPolicy).await.unwrap();
    assert!(aws.policies().iter().all(|p| p.arn().unwrap().contains(":aws:policy/")));
    assert!(!aws.policies().is_empty());
}

#[tokio::test]
async fn a_policy_and_its_versions() {
    let client = client(seeded().await);
    let arn = "arn:aws:iam::111122223333:policy/HarbourlineEngineers";
    let policy = client.get_policy().policy_arn(arn).send().await.unwrap().policy.unwrap();
    assert_eq!(policy.default_version_id(), Some("v2"));
    let version = |id| client.get_policy_version().policy_arn(arn).version_id(id).send();
    let old = version("v1").await.unwrap().policy_version.unwrap();
    assert!(!old.is_default_version());
    assert_eq!(decoded(old.document().unwrap())["Statement"][0]["Action"], "dynamodb:*");
    assert!(version("v2").await.unwrap().policy_version.unwrap().is_default_version());
    assert_eq!(code(version("v9").await), "NoSuchEntity");
    let none = client.get_policy().policy_arn("arn:aws:iam::111122223333:policy/none").send().await;
    assert_eq!(code(none), "NoSuchEntity");
}

#[tokio::test]
async fn what_a_test_writes_is_told() {
    let account = empty().await;
    let client = client(&account);
    let document = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let bound = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    client.create_user().user_name("ana+x").permissions_boundary(bound).send().await.unwrap();
    client
        .put_user_policy()
        .user_name("ana+x")
        .policy_name("p")
        .policy_document(document)
        .send()
        .await
        .unwrap();
    client.create_group().group_name("g").send().await.unwrap();
    client.add_user_to_group().group_name("g").user_name("ana+x").send().await.unwrap();
    client.create_role().role_name("r").assume_role_policy_document(document).send().await.unwrap();
    client.attach_role_policy().role_name("r").policy_arn(bound).send().await.unwrap();

    let all = client.get_account_authorization_details().send().await.unwrap();
    let user = &all.user_detail_list()[0];
    assert_eq!((user.user_name(), user.group_list()), (Some("ana+x"), ["g".to_owned()].as_slice()));
    assert_eq!(user.permissions_boundary().unwrap().permissions_boundary_arn(), Some(bound));
    assert_eq!(user.user_policy_list()[0].policy_name(), Some("p"));
    assert_eq!(all.role_detail_list()[0].attached_managed_policies()[0].policy_arn(), Some(bound));
    assert_eq!(all.policies().len(), 1);
}
