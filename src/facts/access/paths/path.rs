//! A way as it is told: all of its hops or, of a long one, the first and the last, with how many lie between.
//!
//! A thousand roles that trust each other in a ring make ways of up to a thousand hops, half a million in all. Nobody reads
//! one of them to its end, and those of the roles in between repeat it: each has an entry of its own, which tells how it
//! goes on from there. So the words for a way are bounded, and hops are shared by the ways that take them.

use std::{fmt, sync::Arc};

use super::{
    explain::{Hop, short},
    means::Step,
};
use crate::iam::Truth;

/// Hops of a way that are told. Roles that people chain are two or three, and the longest way of an account with
/// escalations is seldom twice that; one of more than eight is a chain that no one meant, where its beginning, its length
/// and its end are what matters.
pub const TOLD: usize = 8;

/// A way from one principal to another, of one hop or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The hops that are told, at most [`TOLD`]: all, or the first ones and the last.
    pub hops: Vec<Arc<Hop>>,
    /// Hops that are left out before the last.
    pub left_out: usize,
    /// Whether some hop, told or not, is more than assuming a role or asking a cache.
    pub escalates: bool,
    /// The condition to show; empty if the way is open outright, as far as policies tell.
    pub condition: String,
}

impl Path {
    /// The way of these hops; none if their conditions contradict each other.
    pub(super) fn of(mut hops: Vec<Arc<Hop>>) -> Option<Self> {
        if truth(&hops) == Truth::False {
            return None;
        }
        let plain = [Step::AssumeRole, Step::WebIdentity, Step::Saml, Step::Cache];
        let escalates = hops.iter().any(|hop| !plain.contains(&hop.step));
        let mut only_if: Vec<&str> = hops.iter().map(|hop| hop.only_if).collect();
        let between = between(&hops);
        let left_out = between.len();
        let asking = |hop: &&Arc<Hop>| hop.asked.iter().any(|asked| asked.truth != Truth::True);
        let hidden = hops.get(between.clone()).unwrap_or_default().iter().filter(asking).count();
        hops.drain(between);
        let asked = match truth(&hops) {
            Truth::Depends(expr) => expr.to_string(),
            Truth::True | Truth::False => String::new(),
        };
        only_if.push(&asked);
        only_if.retain(|text| !text.is_empty());
        only_if.sort_unstable();
        only_if.dedup();
        let hidden = match hidden {
            0 => String::new(),
            1 => "what 1 of the hops left out asks for".to_owned(),
            many => format!("what {many} of the hops left out ask for"),
        };
        if !hidden.is_empty() {
            only_if.push(&hidden);
        }
        let condition = only_if.join(" and ");
        Some(Self { hops, left_out, escalates, condition })
    }

    /// How many hops it has, told or not.
    pub fn length(&self) -> usize {
        self.hops.len() + self.left_out
    }
}

/// Which hops are not told. Those that are end with a principal as it is, and not one to which rights were added on the way:
/// it has an entry of its own, by which the way can be followed.
fn between(hops: &[Arc<Hop>]) -> std::ops::Range<usize> {
    let last = hops.len().saturating_sub(1);
    if hops.len() <= TOLD {
        return last..last;
    }
    let added = |at: &usize| hops.get(*at).is_some_and(|hop| hop.from_added);
    let first = (1..TOLD).rev().find(|at| !added(at)).unwrap_or(TOLD - 1);
    first..last
}

fn truth(hops: &[Arc<Hop>]) -> Truth {
    Truth::all(hops.iter().flat_map(|hop| &hop.asked).map(|asked| asked.truth.clone()))
}

/// `user/ana → role/deploy (sts:AssumeRole) → role/job (iam:PassRole to lambda, lambda:CreateFunction, …)`; of a long way
/// `… → role/h (sts:AssumeRole) → … 985 hops … → role/z (sts:AssumeRole)`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((last, before)) = self.hops.split_last() else { return Ok(()) };
        f.write_str(short(&self.hops.first().unwrap_or(last).from))?;
        before.iter().try_for_each(|hop| write!(f, " → {hop}"))?;
        match self.left_out {
            0 => {}
            1 => f.write_str(" → … 1 hop …")?,
            many => write!(f, " → … {many} hops …")?,
        }
        write!(f, " → {last}")
    }
}
