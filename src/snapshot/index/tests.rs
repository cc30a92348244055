//! Snapshots of a few accounts, Regions and tables, made by chance; what is looked up in them is what a walk finds.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    super::{
        FORMAT, GapId, Listed, Principals, Sample, Scope, Seen, Services, Timestamp, sample::Stopped,
        table::Export,
    },
    *,
};

pub(crate) const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
pub(crate) const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
pub(crate) const TABLES: [&str; 3] = ["carts", "orders", "users"];

fn gap() -> GapId {
    GapId("a gap".into())
}

fn table(account: &str, region: &str, name: &str, sample: Option<bool>) -> Table {
    let stopped = |all| if all { Stopped::Everything } else { Stopped::Items };
    let sample = sample.map(|all| Sample { stopped: stopped(all), ..Sample::default() });
    Table {
        arn: format!("arn:aws:dynamodb:{region}:{account}:table/{name}"),
        name: name.into(),
        region: region.into(),
        description: Seen::Gap(gap()),
        continuous_backups: Seen::Gap(gap()),
        time_to_live: Seen::Gap(gap()),
        tags: Seen::Gap(gap()),
        policy: Seen::Gap(gap()),
        stream_policy: Seen::Gap(gap()),
        kinesis: Seen::Gap(gap()),
        insights: Seen::Gap(gap()),
        backups: Listed::missing(gap()),
        exports: Listed::<Export>::missing(gap()),
        sample: sample.map_or(Seen::Gap(gap()), Seen::Value),
    }
}

/// An account whose lists may have broken off, with some of the tables, read whole, in part or not.
fn an_account(id: &'static str) -> impl Strategy<Value = Account> {
    let tables = prop::collection::vec(prop::option::of(prop::option::of(any::<bool>())), 6);
    (any::<[bool; 3]>(), 1..3usize, tables).prop_map(move |(whole, regions, tables)| {
        let mut account = Account {
            id: id.into(),
            partition: "aws".into(),
            identity: Seen::Gap(gap()),
            regions: Vec::new(),
            tables: Vec::new(),
            keys: Vec::new(),
            buckets: Vec::new(),
            public_access_blocked: Seen::Gap(gap()),
            principals: Principals { gap: (!whole[2]).then(gap), ..Principals::default() },
            guardrails: Seen::Gap(gap()),
        };
        for (at, region) in REGIONS.iter().take(regions).enumerate() {
            let there = TABLES.iter().zip(&tables[at * 3..]);
            let there: Vec<_> = there.filter_map(|(name, sample)| Some((*name, (*sample)?))).collect();
            account.regions.push(Region {
                name: (*region).into(),
                disabled: false,
                tables: Listed {
                    items: there.iter().map(|(name, _)| (*name).to_owned()).collect(),
                    gap: (!whole[at]).then(gap),
                },
                orphan_backups: Listed::missing(gap()),
                services: Services::unseen(&gap()),
            });
            account.tables.extend(there.into_iter().map(|(name, sample)| table(id, region, name, sample)));
        }
        account
    })
}

/// One account or two, in one Region or two, with up to three tables in each.
pub(crate) fn a_snapshot() -> impl Strategy<Value = Snapshot> {
    let accounts = (an_account(ACCOUNTS[0]), prop::option::of(an_account(ACCOUNTS[1])));
    (accounts, any::<[bool; 3]>()).prop_map(|((first, second), patterns)| Snapshot {
        format: FORMAT,
        tool: "0".into(),
        taken: Timestamp(0),
        scope: Scope { table: (patterns == [true; 3]).then(|| "*".into()), ..Scope::default() },
        accounts: [first].into_iter().chain(second).collect(),
        calls: BTreeMap::new(),
        gaps: BTreeMap::new(),
    })
}

proptest! {
    #[test]
    fn what_is_looked_up_is_what_a_walk_finds(snapshot in a_snapshot()) {
        let index = Index::of(&snapshot);
        for id in ACCOUNTS {
            let account = snapshot.accounts.iter().find(|account| account.id == id);
            let held = index.account(id);
            prop_assert_eq!(held.map(|held| held.account), account);
            let (Some(held), Some(account)) = (held, account) else { continue };
            for name in REGIONS {
                let region = account.regions.iter().find(|region| region.name == name);
                prop_assert_eq!(held.region(name), region);
                for table in TABLES {
                    let listed = region.is_some_and(|region| region.tables.items.iter().any(|own| own == table));
                    prop_assert_eq!(held.lists(name, table), listed);
                    let own = account.tables.iter().find(|own| own.region == name && own.name == table);
                    prop_assert_eq!(held.table(name, table), own);
                    let arn = format!("arn:aws:dynamodb:{name}:{id}:table/{table}");
                    prop_assert_eq!(held.table_by_arn(&arn), own);
                }
            }
        }
    }
}
