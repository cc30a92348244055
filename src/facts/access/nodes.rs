//! Access as nodes of the tree: readers, one for each reader and class, and principals.

use std::collections::{BTreeMap, BTreeSet};

use super::{Access, AccessClass, Party, subjects::Subject, trust::Trust};
use crate::{
    facts::{
        Fact, Node,
        principal::{Principal, PrincipalKind},
        reader::{Reader, ReaderKind, Roads, Tables},
    },
    finding::{Confidence, Subject as Name, SubjectKind, TableSet},
    iam::{Caller, Context, Decision, Keys, Named, Request, Rule, actions::Form, decide},
    kms,
    snapshot::GapId,
};

impl Access {
    /// One node for each reader and class, by reader; then one for each reader of whom a policy was not
    /// read, one for the tables whose policies were not, one if tables, one if principals were not listed whole.
    pub fn reader_nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        for class in &self.joined() {
            nodes.extend(class.members.iter().filter_map(|number| self.reader(*number, class)));
        }
        for (subject, party) in self.subjects.iter().zip(&self.parties) {
            if let Some(gap) = subject.unread.first() {
                nodes.push(self.unread_reader(party, gap));
            }
        }
        let unread: Vec<_> = self.targets.iter().filter(|target| !target.unread.is_empty()).collect();
        if let Some(gap) = unread.iter().flat_map(|target| &target.unread).min() {
            let tables = TableSet::of(unread.iter().map(|target| target.arn.as_str()));
            nodes.push(self.nobody("(by policies not read)", gap, Some(tables)));
        }
        if let Some(gap) = &self.unlisted {
            nodes.push(self.nobody("(of tables not listed)", gap, None));
        }
        if let Some(gap) = &self.incomplete {
            nodes.push(self.nobody("(not listed)", gap, None));
        }
        nodes.sort_by_cached_key(|node| (node.subject.arn.clone(), node.subject.id()));
        nodes
    }

    /// The classes, those joined that differ only in a stream which the tables of one do not have: that
    /// some tables have none is no difference in rights, and must not split an administrator in two.
    fn joined(&self) -> Vec<AccessClass> {
        let streamless = |class: &&AccessClass| {
            let has = |at: &usize| self.targets[*at].resources.iter().any(|r| r.form == Form::Stream);
            !class.roads.stream && !class.tables.iter().any(has)
        };
        let (without, with): (Vec<&AccessClass>, Vec<&AccessClass>) =
            self.classes.iter().partition(streamless);
        let mut joined: Vec<AccessClass> = with.into_iter().cloned().collect();
        for class in without {
            let roads = Roads { stream: true, ..class.roads };
            let same = joined.iter_mut().find(|other| {
                other.roads == roads
                    && other.members == class.members
                    && other.condition == class.condition
                    && (other.full_access, other.wildcard) == (class.full_access, class.wildcard)
            });
            match same {
                Some(other) => {
                    other.tables.extend(&class.tables);
                    let via: BTreeSet<String> =
                        other.via.drain(..).chain(class.via.iter().cloned()).collect();
                    other.via = via.into_iter().collect();
                }
                None => joined.push(class.clone()),
            }
        }
        joined
    }

    /// One node for each user and role, by ARN; then one if they were not listed whole.
    pub fn principal_nodes(&self) -> Vec<Node> {
        let mut reads = vec![(false, false); self.subjects.len()];
        for class in self.classes.iter().filter(|class| class.roads.reads()) {
            let sensitive = class.tables.iter().any(|at| self.targets[*at].sensitive);
            for number in &class.members {
                if let Some(found) = reads.get_mut(*number) {
                    found.0 = true;
                    found.1 |= sensitive;
                }
            }
        }
        let node =
            |(subject, (any, sensitive)): (&Subject, (bool, bool))| self.principal(subject, any, sensitive);
        let mut nodes: Vec<Node> = self.subjects.iter().zip(reads).map(node).collect();
        if let Some(gap) = &self.incomplete {
            let names = [("principal".to_owned(), "(not listed)".to_owned())].into();
            let name = self.name(SubjectKind::Principal, &self.root(), names, None);
            nodes.push(Node::new(name, &unknown_principal(gap)));
        }
        nodes
    }

    fn reader(&self, number: usize, class: &AccessClass) -> Option<Node> {
        let party = self.parties.get(number)?;
        let arns = class.tables.iter().filter_map(|at| self.table_arn(*at));
        let sensitive = class.tables.iter().filter(|at| self.targets[**at].sensitive).count();
        let names =
            [("reader".to_owned(), party.name.clone()), ("class".to_owned(), class.id.clone())].into();
        let name = self.name(SubjectKind::Reader, &party.arn, names, Some(TableSet::of(arns)));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let facts = Reader {
            decision: Fact::Known(class.decision),
            needs: Fact::Known(class.needs),
            condition: Fact::Known(class.condition.clone()),
            roads: Fact::Known(class.roads),
            tables: Fact::Known(Tables {
                count: count(class.tables.len()),
                sensitive: count(sensitive),
                all: class.tables.len() == self.targets.len(),
            }),
            full_access: Fact::Known(class.full_access),
            wildcard: Fact::Known(class.wildcard),
            via: Fact::Known(class.via.clone()),
            ..who(party, &GapId(String::new()))
        };
        let mut node = Node::new(name, &facts);
        self.unless(&mut node, self.subjects.get(number), &class.tables);
        Some(node)
    }

    /// Names the layers that could not be read and might take the access away.
    fn unless(&self, node: &mut Node, subject: Option<&Subject>, tables: &BTreeSet<usize>) {
        let mut layers: BTreeSet<(&str, &GapId)> = BTreeSet::new();
        if !subject.is_some_and(|subject| subject.service_linked) {
            layers.extend(self.guardrails.iter().map(|gap| ("policies of the organization", gap)));
        }
        if let Some(subject) = subject {
            layers.extend(subject.boundary_unread.iter().map(|gap| ("the permissions boundary", gap)));
            layers.extend(subject.unread.iter().map(|gap| ("a policy that was not read", gap)));
        }
        for gap in tables.iter().flat_map(|at| &self.targets[*at].unread).take(20) {
            layers.insert(("the table's own policy", gap));
        }
        if layers.is_empty() {
            return;
        }
        node.confidence = Some(Confidence::Medium);
        let words: BTreeSet<&str> = layers.iter().map(|(layer, _)| *layer).collect();
        let gaps: BTreeSet<&GapId> = layers.iter().map(|(_, gap)| *gap).collect();
        node.evidence.insert("unless".to_owned(), serde_json::json!(words));
        node.evidence.insert("gaps".to_owned(), serde_json::json!(gaps));
    }

    fn unread_reader(&self, party: &Party, gap: &GapId) -> Node {
        let names =
            [("reader".to_owned(), party.name.clone()), ("class".to_owned(), "(not read)".to_owned())].into();
        Node::new(self.name(SubjectKind::Reader, &party.arn, names, None), &who(party, gap))
    }

    fn nobody(&self, label: &str, gap: &GapId, tables: Option<TableSet>) -> Node {
        let names = [("reader".to_owned(), label.to_owned())].into();
        let facts = Reader {
            arn: Fact::Unknown(gap.clone()),
            name: Fact::Unknown(gap.clone()),
            kind: Fact::Unknown(gap.clone()),
            account: Fact::Unknown(gap.clone()),
            external: Fact::Unknown(gap.clone()),
            ..who(&Party::nobody(), gap)
        };
        Node::new(self.name(SubjectKind::Reader, &self.root(), names, tables), &facts)
    }

    fn principal(&self, subject: &Subject, any: bool, sensitive: bool) -> Node {
        // What was found holds whatever else there is; what was not found may lie behind the gap.
        let policies = || self.targets.iter().flat_map(|target| &target.unread).min();
        let hidden = subject.unread.first().or(self.unlisted.as_ref()).or_else(policies);
        let found = |found: bool| match hidden {
            Some(gap) if !found => Fact::Unknown(gap.clone()),
            _ => Fact::Known(found),
        };
        let trust = |get: fn(&Trust) -> bool| match &subject.trust {
            Ok(trust) => Fact::Known(get(trust)),
            Err(gap) => Fact::Unknown(gap.clone()),
        };
        let facts = Principal {
            arn: Fact::Known(subject.who.arn.clone()),
            name: Fact::Known(subject.name.clone()),
            kind: Fact::Known(match subject.kind {
                ReaderKind::User => PrincipalKind::User,
                _ => PrincipalKind::Role,
            }),
            aws_managed: Fact::Known(subject.aws_managed.clone()),
            boundary: Fact::Known(subject.bounded),
            trusts_other_accounts: trust(|trust| trust.other_accounts),
            trusts_anyone: trust(|trust| trust.anyone),
            trust_conditioned: trust(|trust| trust.conditioned),
            policies_unread: Fact::Known(!subject.unread.is_empty() || subject.boundary_unread.is_some()),
            reads_tables: found(any),
            reads_sensitive: found(sensitive),
            decrypts_all_keys: found(self.decrypts_all_keys(subject)),
        };
        let names = [("principal".to_owned(), subject.name.clone())].into();
        let mut node = Node::new(self.name(SubjectKind::Principal, &subject.who.arn, names, None), &facts);
        self.unless(&mut node, Some(subject), &BTreeSet::new());
        node
    }

    /// Whether `kms:Decrypt` is allowed outright on a key that no policy names.
    fn decrypts_all_keys(&self, subject: &Subject) -> bool {
        let named = |id: usize| {
            let loaded = self.policies.get(id);
            Named { name: &loaded.name, policy: &loaded.policy }
        };
        let identity: Vec<Named<'_>> = subject.identity.iter().map(|id| named(*id)).collect();
        let caller =
            Caller { who: &subject.who, identity: Some(&identity), boundary: subject.boundary.map(named) };
        let keys = Keys::new()
            .with_one("aws:ResourceAccount", &self.account)
            .with_one("aws:SecureTransport", "true");
        let resource = format!("arn:{}:kms:any-region-0:{}:key/~any~", self.partition, self.account);
        let context = Context { caller: &subject.keys, resource: &keys };
        let request = Request { action: kms::DECRYPT, resource: &resource, context };
        decide(&caller, None, Rule::Either, &request).decision == Decision::Allowed
    }

    fn name(
        &self,
        kind: SubjectKind,
        arn: &str,
        names: BTreeMap<String, String>,
        tables: Option<TableSet>,
    ) -> Name {
        Name {
            kind,
            arn: arn.to_owned(),
            account: self.account.clone(),
            region: None,
            table: None,
            tables,
            names,
        }
    }

    fn root(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.account)
    }
}

impl Party {
    fn nobody() -> Self {
        let empty = String::new;
        Party { arn: empty(), name: empty(), kind: ReaderKind::Anyone, account: empty(), external: false }
    }
}

/// The facts of a reader of whom no more is known than who it is.
fn who(party: &Party, gap: &GapId) -> Reader {
    Reader {
        arn: Fact::Known(party.arn.clone()),
        name: Fact::Known(party.name.clone()),
        kind: Fact::Known(party.kind),
        account: Fact::Known(party.account.clone()),
        external: Fact::Known(party.external),
        decision: Fact::Unknown(gap.clone()),
        needs: Fact::Unknown(gap.clone()),
        condition: Fact::Unknown(gap.clone()),
        roads: Fact::Unknown(gap.clone()),
        tables: Fact::Unknown(gap.clone()),
        full_access: Fact::Unknown(gap.clone()),
        wildcard: Fact::Unknown(gap.clone()),
        via: Fact::Unknown(gap.clone()),
    }
}

fn unknown_principal(gap: &GapId) -> Principal {
    Principal {
        arn: Fact::Unknown(gap.clone()),
        name: Fact::Unknown(gap.clone()),
        kind: Fact::Unknown(gap.clone()),
        aws_managed: Fact::Unknown(gap.clone()),
        boundary: Fact::Unknown(gap.clone()),
        trusts_other_accounts: Fact::Unknown(gap.clone()),
        trusts_anyone: Fact::Unknown(gap.clone()),
        trust_conditioned: Fact::Unknown(gap.clone()),
        policies_unread: Fact::Unknown(gap.clone()),
        reads_tables: Fact::Unknown(gap.clone()),
        reads_sensitive: Fact::Unknown(gap.clone()),
        decrypts_all_keys: Fact::Unknown(gap.clone()),
    }
}
