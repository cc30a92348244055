//! The data of the page: its tables, and the texts that rows refer to.

use std::collections::BTreeSet;

use dynaudit::{
    finding::{Severity, SubjectKind, Verdict},
    report::{View, html},
    snapshot::Why,
};
use serde_json::Value;

use super::{
    flagged,
    support::{ACCOUNT, REGION, finding, gap, lacking, view_of, with_table},
};

/// The data that the page's script draws.
fn data(view: &View) -> String {
    let mut page = Vec::new();
    html::render(view, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0.to_owned()
}

/// The text of a number.
fn text<'d>(data: &'d Value, at: &Value) -> &'d str {
    data["texts"][at.as_u64().unwrap() as usize].as_str().unwrap()
}

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
    let data: Value = serde_json::from_str(&data(&view)).unwrap();
    let own = view.findings[0].subject.arn.as_str();
    let text = |at: &Value| text(&data, at);
    let tables: Vec<&str> = data["tables"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(tables, [own], "as many as were listed");
    // Findings about the replica are all there, with the ARN that they are about.
    let rows = data["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().any(|row| text(&row[5]) == elsewhere && row[7] == -1), "{rows:?}");
}

#[test]
fn what_is_said_of_many_tables_stands_once_and_is_all_there() {
    let missing = |table: usize, check: usize| {
        let name = format!("t-{table}");
        let mut one = finding(&format!("check-{check}"), Severity::Low, Verdict::Unknown, &name);
        for call in ["dynamodb:DescribeTable", "dynamodb:Scan"] {
            let on = if call == "dynamodb:Scan" { "another".to_owned() } else { one.subject.arn.clone() };
            one = lacking(one, &gap(call, &on, Why::Denied));
        }
        one
    };
    let view = |tables: usize| {
        let all = (0..tables).flat_map(|table| (0..20).map(move |check| missing(table, check)));
        view_of(&with_table("orders"), all.collect(), &Verdict::ALL)
    };
    let told = view(3);
    let all: Value = serde_json::from_str(&data(&told)).unwrap();
    let texts: Vec<&str> =
        all["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert_eq!(texts.len(), texts.iter().collect::<BTreeSet<_>>().len(), "{texts:?}");
    let rows = all["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 60);
    for (row, finding) in rows.iter().zip(&told.findings) {
        let (name, arn) = (finding.subject.table.as_ref().unwrap(), &finding.subject.arn);
        let columns: Vec<&str> = row.as_array().unwrap()[3..7].iter().map(|at| text(&all, at)).collect();
        let fact = "table.deletion_protection";
        let said =
            format!("not assessed: {fact} (dynamodb:DescribeTable denied), {fact} (dynamodb:Scan denied)");
        assert_eq!(columns, [name, &*said, arn, REGION]);
        assert_eq!(row[8], finding.fingerprint.as_str());
        let parts = row[9]["Missing"].as_array().unwrap().iter().map(|parts| parts.as_array().unwrap());
        let whole: Vec<String> = parts.map(|parts| parts.iter().map(|at| text(&all, at)).collect()).collect();
        let lacks = [format!("DescribeTable on {arn}"), "Scan on another".to_owned()];
        assert_eq!(whole, lacks.map(|lack| format!("{fact}: dynamodb:{lack} (denied)")));
    }
    // A hundred more rows take the room of their numbers and fingerprints.
    let room = data(&view(8)).len() - data(&view(3)).len();
    assert!(room < 100 * 120, "{room}");
}
