//! `who-can` from outside: what it answers, on screen and as JSON, and what it refuses to answer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::path::Path;

use assert_cmd::Command;
use dynaudit::snapshot::{GapId, Seen, Snapshot, file, principal::Principal};
use serde_json::{Value as Json, json};
use support::{ACCOUNT, REGION, add_table, build, with_table};

fn run(snapshot: &Snapshot, args: &[&str]) -> (i32, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.json");
    file::save(snapshot, &path).unwrap();
    called(dir.path(), &[&["who-can", "s.json"], args].concat(), "")
}

fn called(dir: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    command.env_clear().env("HOME", dir).current_dir(dir).args(args).write_stdin(input);
    let out = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

fn asked(snapshot: &Snapshot, args: &[&str]) -> Json {
    let (code, out, err) = run(snapshot, &[args, &["--format", "json"]].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    serde_json::from_str(&out).unwrap()
}

fn arn(rest: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{rest}")
}

fn user(name: &str, statements: Json) -> Principal {
    Principal {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        id: format!("AIDA{}", name.to_uppercase()),
        trust: None,
        ..build::role(name, statements)
    }
}

fn trusting(whom: &str, role: Principal) -> Principal {
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": whom }, "Action": "sts:AssumeRole" }]);
    Principal { trust: Some(build::document(trust)), ..role }
}

/// A table `sessions` with an index, read in every manner.
fn company() -> Snapshot {
    let mut snapshot = with_table("sessions");
    build::described(&mut snapshot).indexes.push(build::index("by-user", "user", "ALL", &[]));
    let (table, index) = (arn("sessions"), arn("sessions/index/by-user"));
    let role = |name: &str| format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let policy = json!([
        { "Sid": "Planner", "Effect": "Allow", "Principal": { "AWS": role("planner") }, "Action": "dynamodb:Query", "Resource": index },
        { "Effect": "Allow", "Principal": { "AWS": build::OTHER }, "Action": "dynamodb:GetItem", "Resource": table },
    ]);
    build::table(&mut snapshot).policy = Seen::Value(Some(build::document(policy)));
    let under = |mut statement: Json, condition: Json| {
        statement["Condition"] = condition;
        statement
    };
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let own = json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:userid}"] } });
    let names = json!({
        "StringEquals": { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "name"] },
    });
    let get = || build::allow("dynamodb:GetItem", &table);
    let portal = [under(get(), own.clone()), under(build::allow("dynamodb:Scan", &table), own)];
    let principals = &mut snapshot.accounts[0].principals;
    principals.roles = vec![
        build::role("planner", json!([])),
        build::role("portal", json!(portal)),
        build::role("mailer", json!([under(get(), names)])),
        build::role("reads", json!([build::allow("dynamodb:Query", &table)])),
        trusting(
            &format!("arn:aws:iam::{ACCOUNT}:root"),
            build::role(
                "train",
                json!([
                    build::allow("iam:PassRole", &role("reads")),
                    build::allow("lambda:CreateFunction", "*"),
                    build::allow("lambda:InvokeFunction", "*")
                ]),
            ),
        ),
    ];
    principals.users = vec![
        user("mira", json!([under(get(), mfa)])),
        user("nia", json!([build::allow("sts:AssumeRole", &role("train"))])),
    ];
    principals.roles.sort_by(|a, b| a.arn.cmp(&b.arn));
    snapshot
}

/// The only answer's entry for someone.
fn entry<'a>(answer: &'a Json, list: &str, name: &str) -> Option<&'a Json> {
    answer["tables"][0][list].as_array().unwrap().iter().find(|e| e["arn"].as_str().unwrap().ends_with(name))
}

#[test]
fn a_long_way_is_told_by_its_first_hops_and_its_last() {
    let mut snapshot = with_table("sessions");
    let of = |at: usize| format!("arn:aws:iam::{ACCOUNT}:role/r{at:02}");
    for at in 0..12 {
        let may = if at == 11 {
            json!([{ "Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*" }])
        } else {
            json!([])
        };
        let role = trusting(&of((at + 11) % 12), build::role(&format!("r{at:02}"), may));
        snapshot.accounts[0].principals.roles.push(role);
    }
    let answer = asked(&snapshot, &["--table", "sessions"]);
    let first = entry(&answer, "indirect", "role/r00").unwrap();
    assert_eq!((first["hops"].as_array().map(Vec::len), &first["hops_left_out"]), (Some(8), &json!(3)));
    assert_eq!((&first["hops"][6]["to"], &first["hops"][7]["from"]), (&json!(of(7)), &json!(of(10))));
    assert_eq!((&first["reader"], &first["hops"][7]["to"]), (&json!(of(11)), &json!(of(11))));
    let path = first["path"].as_str().unwrap();
    assert!(path.ends_with("→ role/r07 (sts:AssumeRole) → … 3 hops … → role/r11 (sts:AssumeRole)"), "{path}");
    let short = entry(&answer, "indirect", "role/r03").unwrap();
    assert_eq!((short["hops"].as_array().map(Vec::len), short.get("hops_left_out")), (Some(8), None));

    let (_, drawn, _) = run(&snapshot, &["--table", "sessions", "--width", "900"]);
    let row = drawn.lines().find(|line| line.starts_with("│ role/r00")).unwrap();
    assert!(row.contains("┆ 11 ┆") || row.contains("┆ 11   ┆"), "{row}");
    assert!(row.contains("trust policy#0 (resource); …; trust policy#0 (resource)"), "{row}");
}

#[test]
fn each_reader_comes_with_its_path() {
    let answer = asked(&company(), &["--table", "sessions"]);
    assert_eq!(answer["tables"][0]["table"], arn("sessions"));
    let planner = entry(&answer, "readers", "role/planner").unwrap();
    assert_eq!(planner["decision"], "allowed");
    assert_eq!(planner["actions"], json!([{ "action": "Query", "on": "index" }]));
    let by = json!([{ "policy": "table policy", "statement": 0, "sid": "Planner", "layer": "resource" }]);
    assert_eq!(planner["via"], by);
    let portal = entry(&answer, "readers", "role/portal").unwrap();
    assert_eq!(portal["fence"]["leading_keys"], "does-not-bite");
    let mira = entry(&answer, "readers", "user/mira").unwrap();
    assert_eq!(mira["decision"], "conditional");
    assert!(mira["condition"].as_str().unwrap().contains("aws:MultiFactorAuthPresent"));
    let outside = entry(&answer, "readers", build::OTHER).unwrap();
    assert_eq!((&outside["external"], &outside["kind"]), (&json!(true), &json!("account")));
    assert_eq!(outside["unless"][0]["layer"], "policies of the organization");
    let nia = entry(&answer, "indirect", "user/nia").unwrap();
    assert_eq!(
        nia["path"],
        "user/nia → role/train (sts:AssumeRole) → role/reads (iam:PassRole to lambda, lambda:CreateFunction, lambda:InvokeFunction)"
    );
    assert_eq!(nia["hops"][0]["requests"][0]["via"][0]["policy"], "own");
    assert_eq!(nia["decision"], "allowed");
}

#[test]
fn a_question_may_be_narrowed() {
    let company = company();
    let names = |args: &[&str], list: &str| -> Vec<String> {
        let answer = asked(&company, &[&["--table", "sessions"], args].concat());
        let all = answer["tables"][0][list].as_array().unwrap();
        all.iter().map(|e| e["arn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["--index", "by-user"], "readers"), ["planner"]);
    assert_eq!(names(&["--action", "dynamodb:scan"], "readers"), ["portal"]);
    assert_eq!(names(&["--principal", "m*"], "readers"), ["mailer", "mira"]);
    assert!(names(&["--principal", "m*"], "indirect").is_empty());
    assert!(names(&["--indirect"], "readers").is_empty());
    assert_eq!(
        names(&["--indirect"], "indirect"),
        ["nia", "train"].map(String::from).iter().rev().cloned().collect::<Vec<_>>()
    );
    assert!(names(&["--direct"], "indirect").is_empty());
    assert!(names(&["--attribute", "name"], "readers").contains(&"mailer".to_owned()));
    assert!(!names(&["--attribute", "token"], "readers").contains(&"mailer".to_owned()));
    // Nobody whom a Query leads to the data is behind a Scan.
    assert!(names(&["--action", "Scan"], "indirect").is_empty());
}

#[test]
fn the_table_on_screen_is_inert() {
    let mut company = company();
    company.accounts[0].principals.users[0].name = "mira\u{1b}]0;x\u{7}".into();
    let (code, out, err) = run(&company, &["--table", "sessions", "--width", "160"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(!out.contains('\u{1b}') && !out.contains('\u{7}'), "{out}");
    for word in ["role planner", "allowed if", "does not bite", "policies of the organization", "role/train"]
    {
        assert!(out.contains(word), "{word} in {out}");
    }
    assert_eq!(out, run(&company, &["--table", "sessions", "--width", "160"]).1);
}

#[test]
fn a_name_means_the_table_in_every_region_and_an_arn_one() {
    let mut snapshot = with_table("sessions");
    add_table(&mut snapshot, "orders");
    let away = snapshot.accounts[0].tables[1].clone();
    let away_arn = arn("sessions").replace(REGION, "us-east-1");
    snapshot.accounts[0].tables.push(dynaudit::snapshot::Table {
        arn: away_arn.clone(),
        name: "sessions".into(),
        region: "us-east-1".into(),
        ..away
    });
    snapshot.accounts[0].tables.sort_by(|a, b| (&a.region, &a.name).cmp(&(&b.region, &b.name)));
    let count = |table: &str| asked(&snapshot, &["--table", table])["tables"].as_array().unwrap().len();
    assert_eq!((count("sessions"), count(&away_arn), count("orders")), (2, 1, 1));
}

#[test]
fn a_question_that_cannot_be_asked_says_why() {
    let company = company();
    for (args, words) in [
        (&["--table", "sesions"][..], ["there is no table `sesions`", "did you mean `sessions`?"]),
        (&["--table", "sessions", "--index", "by-usr"], ["has no index `by-usr`", "did you mean `by-user`?"]),
        (&["--table", "sessions", "--stream"], ["has no stream", "error"]),
        (&["--table", "sessions", "--action", "Scam"], ["leads to no data", "did you mean `scan`?"]),
    ] {
        let (code, out, err) = run(&company, args);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(words.iter().all(|word| err.contains(word)), "{err}");
    }
}

#[test]
fn what_was_not_seen_is_said_and_makes_three() {
    let mut snapshot = company();
    let gap: GapId = build::deny(&mut snapshot, "iam:GetAccountAuthorizationDetails", "account");
    snapshot.accounts[0].principals.gap = Some(gap.clone());
    let (code, out, _) = run(&snapshot, &["--table", "sessions", "--format", "json"]);
    assert_eq!(code, 3);
    let answer: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["tables"][0]["gaps"][0]["id"], json!(gap));
    let (_, out, _) = run(&snapshot, &["--table", "sessions"]);
    assert!(out.contains("Not seen, and might let in more: iam:GetAccountAuthorizationDetails"), "{out}");
}

#[test]
fn a_snapshot_may_come_by_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.json");
    file::save(&company(), &path).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let (code, out, err) = called(dir.path(), &["who-can", "-", "--table", "sessions"], &text);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("role planner"), "{out}");
}

/// The six situations of the embedded account, each with the whole path.
#[cfg(feature = "demo")]
#[test]
fn the_embedded_account_shows_who_reads_by_which_path() {
    let dir = tempfile::tempdir().unwrap();
    called(dir.path(), &["demo", "--save", "s.json"], "");
    let ask = |args: &[&str], format: &str| {
        let all = [&["who-can", "s.json", "--format", format, "--width", "300"], args].concat();
        let (code, out, err) = called(dir.path(), &all, "");
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        out
    };
    let json = |args: &[&str]| -> Json { serde_json::from_str(&ask(args, "json")).unwrap() };
    let row = |args: &[&str], begins: &str| {
        let text = ask(args, "table");
        let plain = text.lines().map(|line| line.replace(['│', '┆'], "|"));
        let squeezed = |line: String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        plain
            .map(squeezed)
            .find(|line| line.starts_with(begins))
            .unwrap_or_else(|| panic!("{begins} in {text}"))
    };
    let home = |table: &str| format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{table}");
    let (orders, users, sessions) = (home("orders"), home("users"), home("sessions"));

    // The table's policy lets it read one index, and its own policy lets it use the key.
    let by_index = ["--table", orders.as_str(), "--index", "by_customer"];
    let planner = "| role route-planner | allowed | Query (index) | passes | decrypt#0, key policy#0 (resource), table policy#1 (resource) |";
    assert_eq!(row(&by_index, "| role route-planner"), planner);
    let answer = json(&by_index);
    let planner = entry(&answer, "readers", "role/route-planner").unwrap();
    assert_eq!(
        (&planner["via"][2]["sid"], &planner["via"][2]["layer"]),
        (&json!("RoutePlanner"), &json!("resource"))
    );

    // Fenced by the partition key, which no Scan carries.
    let portal = "| role passenger-portal | allowed; fence on dynamodb:LeadingKeys does not bite: Scan | Scan (table) | not needed | own-session#0 |";
    assert_eq!(row(&["--table", &sessions], "| role passenger-portal | allowed;"), portal);

    // Let in by DynamoDB, and stopped by the key.
    let refund = "| role refund-worker | stopped by KMS; DynamoDB allows | GetItem (table), Query (table) | stopped | vault#0 |";
    assert_eq!(row(&["--table", "vault"], "| role refund-worker"), refund);

    // Two hops away.
    let answer = json(&["--table", &sessions]);
    let nia = entry(&answer, "indirect", "user/nia.brandt").unwrap();
    assert_eq!(
        nia["path"],
        "user/nia.brandt → role/release-train (sts:AssumeRole) → role/session-reaper (iam:PassRole to lambda, lambda:CreateFunction, lambda:InvokeFunction)"
    );
    assert_eq!(nia["hops"].as_array().map(Vec::len), Some(2));
    assert!(
        row(&["--table", &sessions], "| user/nia.brandt |")
            .contains("| 2 | user/nia.brandt → role/release-train")
    );

    // An outside account, let in by the table's policy.
    let outside = json(&["--table", "audit_log"]);
    let partner =
        outside["tables"][0]["readers"].as_array().unwrap().iter().find(|r| r["external"] == true).unwrap();
    assert_eq!((&partner["kind"], &partner["via"][0]["sid"]), (&json!("account"), &json!("LogArchive")));

    // It may get items, and not this attribute.
    let hash = ["--table", users.as_str(), "--attribute", "password_hash"];
    let answer = json(&hash);
    assert!(entry(&answer, "readers", "role/loyalty-mailer").is_none());
    let mailer = entry(&answer, "held_off", "role/loyalty-mailer").unwrap();
    assert_eq!(mailer["actions"], json!([{ "action": "GetItem", "on": "table" }]));
    assert!(mailer["via"].as_array().unwrap().iter().any(|by| by["policy"] == "names"), "{mailer}");
    assert!(row(&hash, "| role loyalty-mailer").contains("dynamodb:Attributes [user_id, email, name]"));
    assert!(ask(&hash, "table").contains("1 way reads the table, and never this attribute"));
    let name = json(&["--table", &users, "--attribute", "name"]);
    assert!(entry(&name, "readers", "role/loyalty-mailer").is_some());
}
