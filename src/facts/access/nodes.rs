//! Access as nodes of the tree: readers, one for each reader and class, and principals.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
};

use super::{
    Access, AccessClass, Bits, Party, paths::Paths, readers::who, subjects::Subject, targets::Target,
};
use crate::{
    facts::{
        Fact, Gaps, Node,
        activity::Activity,
        principal::{Principal, PrincipalKind},
        reader::{Decision as Outcome, Reader, ReaderKind},
    },
    finding::{Confidence, Subject as Name, SubjectKind, TableSet},
    iam::{Caller, Context, Decision, Keys, Named, Request, decide},
    kms,
    snapshot::{GapId, Services},
};

impl Access {
    /// One node for each reader and class, by reader; then one for each reader of whom a policy was not
    /// read, one for the tables whose policies were not, one if principals were not listed whole.
    pub fn reader_nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        let alone = self.alone();
        for class in &self.joined() {
            nodes.extend(class.members.iter().filter_map(|number| self.reader(*number, class, &alone)));
        }
        for (subject, party) in self.subjects.iter().zip(&self.parties) {
            if !subject.unread.is_empty() {
                nodes.push(self.unread_reader(party, &Gaps::from(&subject.unread)));
            }
        }
        nodes.extend(self.behind("(by policies not read)", |target| &target.unread));
        nodes.extend(self.behind("(by indexes or streams not seen)", |target| target.undescribed.as_slice()));
        if let Some(gap) = &self.incomplete {
            nodes.push(self.nobody("(not listed)", &gap.into(), None));
        }
        nodes.sort_by_cached_key(|node| (node.subject.arn.clone(), node.subject.id()));
        nodes
    }

    /// The classes, those joined that differ only in what the tables of one do not have: that some have no stream
    /// is no difference in rights, and must not split an administrator in two.
    fn joined(&self) -> Vec<AccessClass> {
        let mut joined: Vec<AccessClass> = Vec::new();
        let mut known: HashMap<(&[usize], &str), usize> = HashMap::new();
        for class in &self.classes {
            match known.entry((&class.members, &class.id)) {
                Entry::Vacant(slot) => {
                    slot.insert(joined.len());
                    joined.push(class.clone());
                }
                Entry::Occupied(at) => {
                    let Some(other) = joined.get_mut(*at.get()) else { continue };
                    Arc::make_mut(&mut other.tables).add(&class.tables);
                    other.roads = other.roads.and(class.roads);
                    other.hidden = other.hidden.and(class.hidden);
                    other.keyed.join(&class.keyed);
                    other.via.extend(class.via.iter().cloned());
                    other.via.sort_unstable();
                    other.via.dedup();
                }
            }
        }
        joined
    }

    /// One node for each user and role, by ARN; then one if they were not listed whole.
    pub fn principal_nodes(&self) -> Vec<Node> {
        let mut reads = vec![Reach::default(); self.subjects.len()];
        for class in &self.classes {
            for number in &class.members {
                if let Some(reach) = reads.get_mut(*number) {
                    reach.add(class);
                }
            }
        }
        let paths = self.paths();
        let latent = paths.latent();
        let node = |(at, reach): (usize, Reach)| {
            let more = latent.get(&at).cloned().unwrap_or(Fact::Known(Vec::new()));
            self.subjects.get(at).map(|subject| self.principal(at, subject, &reach, (&paths, more)))
        };
        let mut nodes: Vec<Node> = reads.into_iter().enumerate().filter_map(node).collect();
        if let Some(gap) = &self.incomplete {
            let names = [("principal".to_owned(), "(not listed)".to_owned())].into();
            let name = self.name(SubjectKind::Principal, &self.root(), names, None);
            nodes.push(Node::new(name, &unknown_principal(&gap.into())));
        }
        nodes
    }

    /// Names the layers that could not be read and might take the access away.
    pub(super) fn unless(&self, node: &mut Node, subject: Option<&Subject>, tables: &Bits) {
        let layers = self.unread_layers(subject, tables);
        if layers.is_empty() {
            return;
        }
        node.confidence = Some(Confidence::Medium);
        let words: BTreeSet<&str> = layers.iter().map(|(layer, _)| *layer).collect();
        let gaps: BTreeSet<&GapId> = layers.iter().map(|(_, gap)| *gap).collect();
        node.evidence.insert("unless".to_owned(), serde_json::json!(words));
        node.evidence.insert("gaps".to_owned(), serde_json::json!(gaps));
    }

    /// What was not read and might take the access of `subject` to `tables` away, each with its gap.
    pub(super) fn unread_layers<'a>(
        &'a self,
        subject: Option<&'a Subject>,
        tables: &Bits,
    ) -> BTreeSet<(&'static str, &'a GapId)> {
        let mut layers: BTreeSet<(&str, &GapId)> = BTreeSet::new();
        if !subject.is_some_and(|subject| subject.service_linked) {
            layers.extend(self.guard.unread.iter().map(|gap| ("policies of the organization", gap)));
        }
        if let Some(subject) = subject {
            layers.extend(subject.boundary_unread.iter().map(|gap| ("the permissions boundary", gap)));
            layers.extend(subject.unread.iter().map(|gap| ("a policy that was not read", gap)));
        }
        let targets = || tables.iter().filter_map(|at| self.targets.get(at));
        layers.extend(
            targets().flat_map(|target| &target.unread).take(20).map(|gap| ("the table's own policy", gap)),
        );
        let undescribed = targets().filter_map(|target| target.undescribed.as_ref()).take(20);
        layers.extend(undescribed.map(|gap| ("an index or a stream that was not seen", gap)));
        let unseen = targets().filter(|target| target.undescribed.is_none()).filter_map(Target::unseen_key);
        let unseen = unseen.take(20).flat_map(Gaps::iter);
        layers.extend(unseen.map(|gap| ("the key's policy", gap)));
        layers
    }

    /// The gaps behind which lies what the key of one of `tables` says.
    pub(super) fn unseen_key(&self, tables: &Bits) -> Option<&Gaps> {
        tables.iter().find_map(|at| self.targets.get(at)?.unseen_key())
    }

    /// A gap behind which lie indexes or a stream of one of `tables`.
    pub(super) fn undescribed(&self, tables: &Bits) -> Option<&GapId> {
        tables.iter().find_map(|at| self.targets.get(at)?.undescribed.as_ref())
    }

    fn unread_reader(&self, party: &Party, gap: &Gaps) -> Node {
        let names =
            [("reader".to_owned(), party.name.clone()), ("class".to_owned(), "(not read)".to_owned())].into();
        Node::new(self.name(SubjectKind::Reader, &party.arn, names, None), &who(party, gap))
    }

    /// Stands for those who may come in where `gaps` of tables hide a way.
    fn behind(&self, label: &str, gaps: fn(&Target) -> &[GapId]) -> Option<Node> {
        let hiding: Vec<&Target> = self.targets.iter().filter(|target| !gaps(target).is_empty()).collect();
        let gap = hiding.iter().flat_map(|target| gaps(target)).min()?.into();
        let tables = TableSet::of(hiding.iter().map(|target| target.arn.as_str()));
        Some(self.nobody(label, &gap, Some(tables)))
    }

    fn nobody(&self, label: &str, gap: &Gaps, tables: Option<TableSet>) -> Node {
        let names = [("reader".to_owned(), label.to_owned())].into();
        let facts = Reader {
            arn: Fact::Unknown(gap.into()),
            name: Fact::Unknown(gap.into()),
            kind: Fact::Unknown(gap.into()),
            account: Fact::Unknown(gap.into()),
            external: Fact::Unknown(gap.into()),
            ..who(&Party::nobody(), gap)
        };
        Node::new(self.name(SubjectKind::Reader, &self.root(), names, tables), &facts)
    }

    pub(super) fn sensitive(&self, tables: &Bits) -> usize {
        tables.iter().filter(|at| self.targets[*at].sensitive).count()
    }

    pub(super) fn unsampled(&self, tables: &Bits) -> Option<&Gaps> {
        tables.iter().find_map(|at| self.targets[at].unsampled.as_ref())
    }

    fn principal(
        &self,
        at: usize,
        subject: &Subject,
        reaches: &Reach,
        (paths, latent): (&Paths<'_>, Fact<Vec<String>>),
    ) -> Node {
        let Reach { read, perhaps, outright, unsure, wildcard, full } = reaches;
        let all = |tables: &Bits| !tables.is_empty() && tables.len() == self.targets.len();
        // What was found holds whatever else there is; what was not found may lie behind a gap, of the
        // principal's own policies, of the tables' or of the list of tables.
        let own = Gaps::from(&subject.unread);
        // What a key that was not seen might stop is neither found nor ruled out.
        let unlocked = |found: bool, perhaps: bool, gaps: Gaps| {
            let key = self.unseen_key(&reaches.perhaps).filter(|_| perhaps);
            Fact::Known(found).or_hidden(Gaps::from(key).and(gaps))
        };
        let doubts = &self.doubts;
        let through = |hidden: &Gaps| own.clone().and(hidden).and(&self.unlisted);
        let facts = Principal {
            arn: Fact::Known(subject.who.arn.clone()),
            name: Fact::Known(subject.name.clone()),
            kind: Fact::Known(match subject.kind {
                ReaderKind::User => PrincipalKind::User,
                _ => PrincipalKind::Role,
            }),
            aws_managed: Fact::Known(subject.aws_managed.clone()),
            boundary: Fact::Known(subject.bounded),
            trust: match &subject.trust {
                Ok(trust) => Fact::Known(trust.facts.clone()),
                Err(gap) => Fact::Unknown(gap.into()),
            },
            policies_unread: Fact::Known(!subject.unread.is_empty() || subject.boundary_unread.is_some()),
            reads_tables: unlocked(!read.is_empty(), !perhaps.is_empty(), through(&doubts.hidden)),
            reads_every_table: unlocked(
                *wildcard && all(outright),
                *wildcard && all(unsure),
                // A stream's policy lets nobody read every item.
                own.clone().and(&doubts.own_unread).and(&doubts.undescribed).and(&self.unlisted),
            ),
            full_access: Fact::Known(all(full)).or_hidden(own.clone().and(&self.unlisted)),
            reads_sensitive: unlocked(
                self.sensitive(read) > 0,
                self.sensitive(perhaps) > 0,
                // The nearest reason first: what is in the tables that it reads, before which others it may read.
                Gaps::from(self.unsampled(perhaps)).and(through(&doubts.hidden_sensitive)),
            ),
            decrypts_all_keys: Fact::Known(self.decrypts_all_keys(subject)).or_hidden(&own),
            gone_tables: self.gone_tables(subject),
            indirect: paths.indirect(at),
            grants_itself: paths.grants_itself(at),
            latent_policies: match latent {
                // What was found stands; nothing found may be due to what was not read.
                Fact::Known(found) if !found.is_empty() => Fact::Known(found),
                Fact::Known(none) => Fact::unless(own.clone().and(&self.unlisted), none),
                Fact::Unknown(gaps) => Fact::Unknown(own.clone().and(&self.unlisted).and(gaps)),
            },
            // Filled in by `facts::activity`.
            activity: Activity::unseen(&Services::not_collected().id().into()),
        };
        let names = [("principal".to_owned(), subject.name.clone())].into();
        let mut node = Node::new(self.name(SubjectKind::Principal, &subject.who.arn, names, None), &facts);
        self.unless(&mut node, Some(subject), &Bits::default());
        node
    }

    /// Whether `kms:Decrypt` is allowed outright on a key that no policy names.
    fn decrypts_all_keys(&self, subject: &Subject) -> bool {
        let named = |id: usize| {
            let loaded = self.policies.get(id);
            Named { name: &loaded.name, policy: &loaded.policy }
        };
        let identity: Vec<Named<'_>> = subject.identity.iter().map(|id| named(*id)).collect();
        let boundary = subject.boundary.map(named);
        let caller = Caller {
            boundary: boundary.as_ref().map(std::slice::from_ref),
            ..Caller::with(&subject.who, &identity)
        };
        let keys = Keys::new()
            .with_one("aws:ResourceAccount", &self.account)
            .with_one("aws:SecureTransport", "true");
        let resource = format!("arn:{}:kms:any-region-0:{}:key/~any~", self.partition, self.account);
        let context = Context { caller: &subject.keys, resource: &keys };
        let request = Request::new(kms::DECRYPT, &resource, context);
        decide(&caller, &request).decision == Decision::Allowed
    }

    pub(super) fn name(
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

/// What a principal reaches, over all of its classes: tables, as numbers.
#[derive(Debug, Clone, Default)]
struct Reach {
    /// Read, outright or under a condition.
    read: Bits,
    /// The same, if keys that were not seen let it.
    perhaps: Bits,
    /// Read outright, by key or whole.
    outright: Bits,
    /// The same, if keys that were not seen let it.
    unsure: Bits,
    /// Of these, whether some through a statement that names all tables.
    wildcard: bool,
    /// Everything allowed by DynamoDB, outright.
    full: Bits,
}

impl Reach {
    fn add(&mut self, class: &AccessClass) {
        let outright = class.decision == Outcome::Allowed;
        if class.roads.reads() {
            let perhaps = class.tables.without(class.keyed.stopped());
            self.read.add(&perhaps.without(class.keyed.unseen()));
            self.perhaps.add(&perhaps);
        }
        if outright && (class.roads.get || class.roads.scan || class.roads.partiql) {
            let unsure = class.tables.without(class.keyed.stopped());
            self.outright.add(&unsure.without(class.keyed.unseen()).without(class.keyed.asking()));
            self.unsure.add(&unsure);
            self.wildcard |= class.wildcard;
        }
        if outright && class.full_access {
            self.full.add(&class.tables);
        }
    }
}

impl Party {
    fn nobody() -> Self {
        let empty = String::new;
        Party {
            arn: empty(),
            name: empty(),
            kind: ReaderKind::Anyone,
            account: empty(),
            external: false,
            in_organization: None,
        }
    }
}

fn unknown_principal(gap: &Gaps) -> Principal {
    Principal {
        arn: Fact::Unknown(gap.into()),
        name: Fact::Unknown(gap.into()),
        kind: Fact::Unknown(gap.into()),
        aws_managed: Fact::Unknown(gap.into()),
        boundary: Fact::Unknown(gap.into()),
        trust: Fact::Unknown(gap.into()),
        policies_unread: Fact::Unknown(gap.into()),
        reads_tables: Fact::Unknown(gap.into()),
        reads_every_table: Fact::Unknown(gap.into()),
        full_access: Fact::Unknown(gap.into()),
        reads_sensitive: Fact::Unknown(gap.into()),
        decrypts_all_keys: Fact::Unknown(gap.into()),
        gone_tables: Fact::Unknown(gap.into()),
        indirect: Fact::Unknown(gap.into()),
        grants_itself: Fact::Unknown(gap.into()),
        latent_policies: Fact::Unknown(gap.into()),
        activity: Activity::unseen(gap),
    }
}
