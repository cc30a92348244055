//! Versions of managed policies that are not in force, and would let somebody read what it does not read: one call of
//! `iam:SetDefaultPolicyVersion` away ("Versioning IAM policies").

use std::collections::BTreeMap;

use super::{Access, Paths, classes, direct, world::Versions};
use crate::{
    facts::{Fact, access::subjects::Subject},
    snapshot::Services,
};

/// What a principal would gain, as `policy:version`, by number of the principal.
pub(in crate::facts::access) type Latent = BTreeMap<usize, Fact<Vec<String>>>;

impl Paths<'_> {
    /// For each principal that has a managed policy of the account the versions that would let it read more tables.
    /// Principals that are not in it have none.
    pub(in crate::facts::access) fn latent(&self) -> Latent {
        let Access { subjects, scene, policies, .. } = self.access;
        let mut latent = Latent::new();
        let mut copies: Vec<Subject> = Vec::new();
        let mut of: Vec<(usize, &str)> = Vec::new();
        for managed in &scene.managed {
            let Some(Versions { now, others }) = &managed.versions else {
                let unseen = || Fact::Unknown(Services::not_collected().id().into());
                latent.extend(managed.holders.iter().map(|holder| (*holder, unseen())));
                continue;
            };
            let says = |id: usize| &policies.get(id).policy.statements;
            // What concerns no data, or says the same as what is in force, opens nothing.
            let telling =
                |(_, id): &&(String, usize)| policies.get(*id).allows != 0 && says(*id) != says(*now);
            for (name, id) in others.iter().filter(telling) {
                for holder in &managed.holders {
                    let Some(subject) = subjects.get(*holder) else { continue };
                    let mut copy = subject.clone();
                    copy.identity.retain(|own| own != now);
                    copy.identity.push(*id);
                    copy.identity.sort_unstable();
                    copy.identity.dedup();
                    copies.push(copy);
                    of.push((*holder, name.as_str()));
                }
            }
        }
        let classes = classes::of_subjects(&self.access.world(), &copies);
        let (_, any) = direct(&classes, copies.len(), self.access.targets.len());
        for ((holder, name), tables) in of.into_iter().zip(any) {
            if tables.without(&self.any[holder]).is_empty() {
                continue;
            }
            // A version that was not asked for hides others, and not this one.
            let slot = latent.entry(holder).or_insert_with(|| Fact::Known(Vec::new()));
            match slot {
                Fact::Known(names) => names.push(name.to_owned()),
                Fact::Unknown(_) => {}
            }
        }
        for found in latent.values_mut() {
            if let Fact::Known(names) = found {
                names.sort_unstable();
                names.dedup();
            }
        }
        latent
    }
}
