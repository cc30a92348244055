//! The page's list of tables.

use dynaudit::{
    finding::{Severity, SubjectKind, Verdict},
    report::html,
};

use super::{
    flagged,
    support::{ACCOUNT, view_of, with_table},
};

#[test]
fn a_replica_where_nobody_looked_is_no_table_of_the_page() {
    let table = flagged("check-a", Severity::High, "orders");
    let mut here = flagged("check-b", Severity::Low, "orders");
    here.subject.kind = SubjectKind::Use;
    let mut there = here.clone();
    let elsewhere = format!("arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/orders");
    there.subject.region = Some("eu-central-1".into());
    there.subject.arn.clone_from(&elsewhere);
    let view = view_of(&with_table("orders"), vec![table, here, there], &Verdict::ALL);
    let mut page = Vec::new();
    html::render(&view, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let data = page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let own = view.findings[0].subject.arn.as_str();
    assert_eq!(data["tables"], serde_json::json!([own]), "as many as were listed");
    // Findings about the replica are all there, with the ARN that they are about.
    let rows = data["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().any(|row| row[5] == elsewhere.as_str() && row[7] == -1), "{rows:?}");
}
