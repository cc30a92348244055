//! Ways that are long: rings and chains of roles, told in few words, and whom they lead to by the plainest of searches.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use dynaudit::{
    facts::access::{
        evaluate,
        paths::{TOLD, Through},
    },
    snapshot::{Account, Seen, principal::Principal},
};
use fastrand::Rng;
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, deny, document, managed, role, table};

fn named(at: usize) -> String {
    format!("arn:aws:iam::{OWNER}:role/r{at:04}")
}

/// A role that these may assume.
fn trusting(at: usize, whom: &[usize], statements: Json) -> Principal {
    let whom: Vec<String> = whom.iter().map(|at| named(*at)).collect();
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": whom }, "Action": "sts:AssumeRole" }]);
    let trust = if whom.is_empty() { role("", json!([])).trust } else { Some(document(trust)) };
    Principal { trust, ..role(&format!("r{at:04}"), statements) }
}

fn reads() -> Json {
    json!([allow("dynamodb:Scan", &arn("Tokens"))])
}

/// Role `i` may become role `i + 1`, the last one the first; the last reads.
fn ring(size: usize) -> Vec<Principal> {
    let of = |at| trusting(at, &[(at + size - 1) % size], if at + 1 == size { reads() } else { json!([]) });
    (0..size).map(of).collect()
}

fn ways(account: &Account) -> BTreeMap<String, Through> {
    let access = evaluate(account, &BTreeSet::from([arn("Tokens")]), &mut BTreeMap::new());
    let found = access.paths().to_table(1);
    found.into_iter().map(|way| (way.arn.clone(), way)).collect()
}

fn tables() -> Vec<dynaudit::snapshot::Table> {
    vec![table("Plain"), table("Tokens")]
}

/// All hops of the way from `start`, those left out taken from the entry of whom the hops before them lead to.
fn followed(ways: &BTreeMap<String, Through>, start: &str) -> Vec<(String, String)> {
    let (mut hops, mut at) = (Vec::new(), start.to_owned());
    loop {
        let path = &ways[&at].path;
        assert!(path.hops.len() <= TOLD, "{path}");
        assert_eq!(path.left_out > 0, path.length() > TOLD, "{path}");
        let told = path.hops.len() - usize::from(path.left_out > 0);
        hops.extend(path.hops[..told].iter().map(|hop| (hop.from.clone(), hop.to.clone())));
        let Some((_, to)) = hops.last().filter(|_| path.left_out > 0) else { return hops };
        at = to.clone();
    }
}

#[test]
fn a_ring_of_two_thousand_is_told_in_few_words() {
    let size = 2_000;
    let start = Instant::now();
    let ways = ways(&account(vec![], ring(size), tables()));
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(60), "{taken:?}");
    assert_eq!(ways.len(), size - 1);
    for at in [0, 1, 1_000, size - 2] {
        let path = &ways[&named(at)].path;
        assert_eq!(path.length(), size - 1 - at);
        assert_eq!(path.hops.last().map(|hop| hop.to.clone()), Some(named(size - 1)));
        let hops = followed(&ways, &named(at));
        let expected: Vec<_> = (at..size - 1).map(|at| (named(at), named(at + 1))).collect();
        assert_eq!(hops, expected, "the whole way from {at}");
    }
    assert!(ways.values().map(|way| way.path.hops.len()).sum::<usize>() <= size * TOLD);
    let told = ways[&named(0)].path.to_string();
    assert!(told.ends_with(" → … 1991 hops … → role/r1999 (sts:AssumeRole)"), "{told}");
}

#[test]
fn what_is_left_out_begins_with_the_ninth_hop() {
    let ways = ways(&account(vec![], ring(11), tables()));
    let told = |at: usize| ways[&named(at)].path.to_string();
    let hops = |at: usize, to: usize| -> String {
        (at + 1..=to).map(|at| format!(" → role/r{at:04} (sts:AssumeRole)")).collect()
    };
    assert_eq!(told(2), format!("role/r0002{}", hops(2, 10)));
    assert_eq!(told(1), format!("role/r0001{} → … 1 hop …{}", hops(1, 8), hops(9, 10)));
    assert_eq!(told(0), format!("role/r0000{} → … 2 hops …{}", hops(0, 7), hops(9, 10)));
}

/// Roles in a row of which some trust under a condition only.
#[test]
fn conditions_of_hops_that_are_left_out_are_counted() {
    let mut chain = ring(12);
    let statement = |at: usize, test: Json| json!([{ "Effect": "Allow", "Principal": { "AWS": named(at) }, "Action": "sts:AssumeRole", "Condition": test }]);
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    for at in [8, 9] {
        chain[at].trust = Some(document(statement(at - 1, mfa.clone())));
    }
    let found = ways(&account(vec![], chain.clone(), tables()));
    assert!(!found[&named(0)].outright);
    assert_eq!(found[&named(0)].path.condition, "what 2 of the hops left out ask for");
    let whole = &found[&named(6)].path;
    assert!(
        whole.left_out == 0 && whole.condition.starts_with("Bool aws:MultiFactorAuthPresent"),
        "{whole:?}"
    );
    // A way whose conditions cannot hold together is none, wherever they stand.
    let mut both = statement(8, json!({ "StringLike": { "aws:PrincipalArn": "*" } }));
    both.as_array_mut()
        .unwrap()
        .push(json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": mfa }));
    chain[9].trust = Some(document(both));
    let found = ways(&account(vec![], chain, tables()));
    assert!(!found.contains_key(&named(0)) && found.contains_key(&named(8)), "{:?}", found.keys());
}

/// The seventh hop takes a boundary away: whom it leads to has no entry, the one before has.
#[test]
fn hops_that_are_told_end_with_one_who_has_an_entry() {
    let mut chain = ring(12);
    let own =
        json!([allow("iam:DeleteRolePermissionsBoundary", &named(6)), allow("sts:AssumeRole", &named(7))]);
    chain[6] = Principal { boundary: None, ..trusting(6, &[5], own) };
    let bounds = json!([allow("iam:*", "*"), allow("dynamodb:*", "*")]);
    let (bound, policy) = managed("bounds", Seen::Value(document(bounds)));
    chain[6].boundary = Some(bound.clone());
    let mut all = account(vec![], chain, tables());
    all.principals.policies.insert(bound, policy);
    let found = ways(&all);
    let path = &found[&named(0)].path;
    assert_eq!((path.length(), path.hops.len(), path.left_out), (12, 7, 5), "{path}");
    assert_eq!(path.hops[5].to, named(6));
    assert!(path.escalates, "by a hop that is not told");
    assert!(found[&named(6)].path.to_string().starts_with("role/r0006 → itself without its boundary ("));
}

/// Whom each role may become, in a small account of a ring, some more hops, and some that are broken.
struct Plan {
    size: usize,
    hops: BTreeSet<(usize, usize)>,
    readers: BTreeSet<usize>,
    /// Roles whose boundary lets them become nobody.
    bounded: BTreeSet<usize>,
    /// Hops that the role's own policy denies.
    denied: BTreeSet<(usize, usize)>,
}

impl Plan {
    fn any(rng: &mut Rng) -> Self {
        let size = if rng.bool() { rng.usize(2..=12) } else { 12 };
        let any = |rng: &mut Rng| rng.usize(..size);
        let mut order: Vec<usize> = (0..size).collect();
        rng.shuffle(&mut order);
        let ring = (0..size).map(|at| (order[at], order[(at + 1) % size]));
        let mut hops: BTreeSet<(usize, usize)> = ring.filter(|_| rng.u8(..32) > 0).collect();
        for _ in 0..rng.usize(..3) {
            hops.insert((any(rng), any(rng)));
        }
        hops.retain(|(from, to)| from != to);
        let few = |rng: &mut Rng, below: u8| -> BTreeSet<usize> {
            (0..size).filter(|_| rng.u8(..40) < below).collect()
        };
        let (mut readers, bounded) = (few(rng, 1), few(rng, 1));
        readers.insert(any(rng));
        let denied = hops.iter().copied().filter(|_| rng.u8(..40) == 0).collect();
        Self { size, hops, readers, bounded, denied }
    }

    fn account(&self) -> Account {
        let (bound, policy) = managed("bounds", Seen::Value(document(json!([allow("dynamodb:*", "*")]))));
        let of = |at: usize| {
            let whom: Vec<usize> =
                self.hops.iter().filter(|(_, to)| *to == at).map(|(from, _)| *from).collect();
            let mut own: Vec<Json> = Vec::new();
            if self.readers.contains(&at) {
                own.push(allow("dynamodb:Scan", &arn("Tokens")));
            }
            let denied = self.denied.iter().filter(|(from, _)| *from == at);
            own.extend(denied.map(|(_, to)| deny("sts:AssumeRole", &named(*to))));
            let boundary = self.bounded.contains(&at).then(|| bound.clone());
            Principal { boundary, ..trusting(at, &whom, json!(own)) }
        };
        let mut all = account(vec![], (0..self.size).map(of).collect(), tables());
        all.principals.policies.insert(bound.clone(), policy);
        all
    }

    /// The fewest hops from each role to a reader, by trying every hop until nothing changes.
    fn distances(&self) -> BTreeMap<usize, usize> {
        let mut found: BTreeMap<usize, usize> = self.readers.iter().map(|at| (*at, 0)).collect();
        let open = |hop: &&(usize, usize)| !self.bounded.contains(&hop.0) && !self.denied.contains(hop);
        loop {
            let before = found.clone();
            for (from, to) in self.hops.iter().filter(open) {
                let Some(more) = before.get(to).map(|hops| hops + 1) else { continue };
                let known = found.entry(*from).or_insert(more);
                *known = more.min(*known);
            }
            if found == before {
                return found;
            }
        }
    }
}

#[test]
fn whoever_reaches_a_reader_has_a_way_of_so_many_hops_and_nobody_else() {
    let mut rng = Rng::with_seed(29);
    let (mut indirect, mut elided, mut nobody) = (0, 0, 0);
    for _ in 0..700 {
        let plan = Plan::any(&mut rng);
        let all = plan.account();
        let distances = plan.distances();
        let expected: BTreeMap<String, usize> =
            distances.into_iter().filter(|(_, hops)| *hops > 0).map(|(at, hops)| (named(at), hops)).collect();
        let found = ways(&all);
        let lengths: BTreeMap<String, usize> =
            found.iter().map(|(arn, way)| (arn.clone(), way.path.length())).collect();
        assert_eq!(lengths, expected, "{:?} {:?}", plan.hops, plan.readers);
        // Facts of principals find the same by another search.
        let access = evaluate(&all, &BTreeSet::from([arn("Tokens")]), &mut BTreeMap::new());
        for node in access.principal_nodes() {
            let (hops, path) = (&node.facts["indirect"]["hops"], &node.facts["indirect"]["path"]);
            assert_eq!(*hops, json!(expected.get(&node.subject.arn)), "{}", node.subject.arn);
            assert_eq!(*path, json!(found.get(&node.subject.arn).map(|way| way.path.to_string())));
        }
        for (start, hops) in &expected {
            let way = followed(&found, start);
            assert_eq!(way.len(), *hops);
            assert!(way.windows(2).all(|pair| pair[0].1 == pair[1].0), "{way:?}");
            elided += usize::from(*hops > TOLD);
        }
        indirect += expected.len();
        nobody += plan.size - expected.len();
    }
    assert!(indirect > 3_000 && elided > 200 && nobody > 2_000, "{indirect} {elided} {nobody}");
}
