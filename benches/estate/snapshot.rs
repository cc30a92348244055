//! An estate as a whole snapshot, for everything that comes after the engine: facts, checks, reports.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::snapshot::{
    Account, FORMAT, Key, Listed, Region, Scope, Seen, Services, Snapshot, Timestamp, key,
    principal::Principal,
    sample::{Basis, SecretKind, Sighting},
    table::{Backup, ContinuousBackups, Encryption, KeyElement, Table, TimeToLive},
};
use serde_json::json;

use super::vocabulary::{OWNER, allow, document, user};

/// The snapshot of an estate. Of a hundred tables 20 hold tokens, 40 have a key of the account, 30 a backup, 15 no
/// recovery; of a hundred roles 10 trust another role and 5 the whole account, 10 may take on others, 1 may make
/// functions run as others; of a hundred users 30 are in a group.
pub fn snapshot(mut account: Account) -> Snapshot {
    account.regions = vec![Region {
        name: "eu-west-1".into(),
        disabled: false,
        tables: Listed { items: account.tables.iter().map(|t| t.name.clone()).collect(), gap: None },
        orphan_backups: Listed::default(),
        services: services(),
    }];
    account.keys = (0..50).map(customer_key).collect();
    for (at, table) in account.tables.iter_mut().enumerate() {
        furnish(at, table, &account.keys);
    }
    account.tables.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<String> = account.principals.roles.iter().map(|role| role.arn.clone()).collect();
    for (at, role) in account.principals.roles.iter_mut().enumerate() {
        moves(at, role, &names);
    }
    let group = |at: usize| Principal {
        arn: format!("arn:aws:iam::{OWNER}:group/g{at}"),
        groups: vec![],
        ..user(
            &format!("g{at}"),
            json!([allow("dynamodb:Query", &format!("arn:aws:dynamodb:*:*:table/app{at}-*"))]),
        )
    };
    account.principals.groups = (0..60).map(group).collect();
    for (at, user) in account.principals.users.iter_mut().enumerate() {
        if at % 10 < 3 {
            user.groups = vec![format!("g{}", at % 60)];
        }
    }
    account.principals.users.sort_by(|a, b| a.arn.cmp(&b.arn));
    account.principals.roles.sort_by(|a, b| a.arn.cmp(&b.arn));
    Snapshot {
        format: FORMAT,
        tool: "bench".into(),
        taken: Timestamp(1_790_000_000),
        scope: Scope {
            regions: vec!["eu-west-1".into()],
            sampled: true,
            sample_items: 200,
            ..Scope::default()
        },
        accounts: vec![account],
        calls: BTreeMap::new(),
        gaps: [(Services::not_collected().id(), Services::not_collected())].into(),
    }
}

fn services() -> Services {
    Services {
        backup_opt_in: Seen::Value(true),
        backup_plans: Listed::default(),
        vaults: Listed::default(),
        clusters: Listed::default(),
        consumers: Listed::default(),
        endpoints: Listed::default(),
        event_stores: Listed::default(),
        identity_pools: Listed::default(),
        imports: Listed::default(),
        integrations: Listed::default(),
        kinesis_streams: Vec::new(),
        legacy_global_tables: Listed::default(),
        recorders: Listed::default(),
        rules: Listed::default(),
        scalable_targets: Listed::default(),
        trails: Listed::default(),
        vpcs: Listed::default(),
    }
}

fn customer_key(at: usize) -> Key {
    let arn = format!("arn:aws:kms:eu-west-1:{OWNER}:key/{at:08}-0000-4000-8000-000000000000");
    let statements = json!([
        { "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{OWNER}:root") }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "kms:Decrypt", "Resource": "*",
          "Condition": { "StringEquals": { "kms:CallerAccount": OWNER, "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } } },
    ]);
    // Every other key is open to those alone whose own policies name it.
    let statements = if at.is_multiple_of(2) { json!([statements[0]]) } else { statements };
    Key {
        region: "eu-west-1".into(),
        description: Seen::Value(key::Description {
            arn: arn.clone(),
            account: Some(OWNER.into()),
            manager: Some("CUSTOMER".into()),
            state: Some("Enabled".into()),
            spec: Some("SYMMETRIC_DEFAULT".into()),
            origin: Some("AWS_KMS".into()),
            ..key::Description::default()
        }),
        rotation: Seen::Value(Some(key::Rotation {
            enabled: !at.is_multiple_of(3),
            ..key::Rotation::default()
        })),
        policy: Seen::Value(document(statements)),
        grants: Listed::default(),
        tags: Seen::Value(BTreeMap::new()),
        arn,
    }
}

fn furnish(at: usize, table: &mut Table, keys: &[Key]) {
    if let Seen::Value(description) = &mut table.description {
        description.status = "ACTIVE".into();
        description.id = Some(format!("{at:08}-1111-4000-8000-000000000000"));
        description.keys = vec![KeyElement { name: "id".into(), role: "HASH".into(), kind: "S".into() }];
        description.billing = "PAY_PER_REQUEST".into();
        description.items = Some(1000 + at as i64);
        description.bytes = Some(100_000);
        description.deletion_protection = at.is_multiple_of(2);
        description.encryption = (at % 10 < 4).then(|| Encryption {
            status: "ENABLED".into(),
            kind: Some("KMS".into()),
            key_arn: Some(keys[at % keys.len()].arn.clone()),
            inaccessible_since: None,
        });
    }
    table.continuous_backups = Seen::Value(ContinuousBackups {
        enabled: at % 100 >= 15,
        days: Some(35),
        ..ContinuousBackups::default()
    });
    table.time_to_live = Seen::Value(TimeToLive { status: "DISABLED".into(), attribute: None });
    table.kinesis = Seen::Value(vec![]);
    table.tags = Seen::Value([("team".to_owned(), format!("app{}", at % 60))].into());
    if at % 10 < 3 {
        table.backups.items.push(Backup {
            arn: format!("{}/backup/0{at:013}-00000000", table.arn),
            name: "weekly".into(),
            table: table.name.clone(),
            table_arn: Some(table.arn.clone()),
            table_id: None,
            kind: "USER".into(),
            status: "AVAILABLE".into(),
            created: Some(Timestamp(1_780_000_000)),
            expires: None,
            bytes: Some(100_000),
            encryption: Seen::Value(None),
        });
    }
    let Seen::Value(sample) = &mut table.sample else { return };
    sample.items_read = 200;
    sample.contents.items = 200;
    sample.contents.names = [("id".to_owned(), 200), ("title".to_owned(), 180)].into();
    if at % 10 < 2 {
        for (path, kind) in [("access_token", SecretKind::Jwt), ("auth.refresh", SecretKind::RefreshToken)] {
            let name = path.split('.').next().unwrap_or(path).to_owned();
            sample.contents.names.insert(name, 150);
            sample.contents.sightings.push(Sighting {
                path: path.into(),
                kind,
                rule: "jwt".into(),
                basis: Basis::Verified,
                confidence: 0.99,
                items: 150,
                items_with_path: 150,
                effective_items: None,
                min_len: 80,
                max_len: 120,
                preview: "eyJ… (100 bytes)".into(),
                digests: vec![format!("{at:016x}")],
                traits: BTreeSet::new(),
                oldest: None,
            });
        }
    }
}

fn moves(at: usize, role: &mut Principal, roles: &[String]) {
    let trusting = |who: serde_json::Value| {
        document(json!([{ "Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole" }]))
    };
    match at % 20 {
        0 | 1 => role.trust = Some(trusting(json!({ "AWS": roles[(at * 7 + 1) % roles.len()] }))),
        2 => role.trust = Some(trusting(json!({ "AWS": format!("arn:aws:iam::{OWNER}:root") }))),
        3 | 4 => {
            let own = document(json!([allow("sts:AssumeRole", &roles[(at * 13 + 2) % roles.len()])]));
            role.inline.insert("moves".into(), own);
        }
        _ if at % 100 == 57 => {
            let own = json!([{ "Effect": "Allow", "Resource": "*",
                "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"] }]);
            role.inline.insert("builds".into(), document(own));
        }
        _ => {}
    }
}
