//! What IAM tells of principals by jobs that are started and asked about: who used DynamoDB when, and with what users sign in.
//!
//! Both jobs make a report and change nothing else: their access level is Read (Service Authorization Reference, "Actions,
//! resources, and condition keys for AWS Identity and Access Management").

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{JobStatusType, ReportStateType};

use super::calls;
use super::credentials;
use super::describe::moment;
use super::desk::Desk;
use super::fault::Fault;
use super::pages::side_by_side;
use super::run::Run;
use crate::iam::{Effect, Kind, Policy};
use crate::snapshot::principal::{Credentials, Principal, Principals, Usage};
use crate::snapshot::{Seen, Timestamp, Topic, Why};

/// Jobs of one run; more principals than these are not asked about.
const MOST_JOBS: usize = 1_000;
/// How often a job is asked about, with growing pauses: about two minutes in all.
const MOST_LOOKS: u32 = 20;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What counts as reading items here.
const READS: [&str; 6] = [
    "dynamodb:batchgetitem",
    "dynamodb:getitem",
    "dynamodb:getrecords",
    "dynamodb:partiqlselect",
    "dynamodb:query",
    "dynamodb:scan",
];

/// Adds both to what is known of the account's principals.
pub(super) async fn add(run: &Run, found: &mut Principals, on: &str) {
    let home = run.partition.home;
    let client = run.clients.iam(home);
    let (usage, credentials) =
        tokio::join!(usage(run, &client, found, home), signing_in(run, &client, home, on));
    found.usage = Some(usage);
    found.credentials = Some(credentials);
}

/// When whoever may read items by policies of its own last used DynamoDB.
async fn usage(run: &Run, client: &Client, found: &Principals, home: &'static str) -> Seen<Usage> {
    if let Some(gap) = run.unasked(Topic::Usage) {
        return Seen::Gap(gap);
    }
    let reading = Reading::of(found);
    let asked = found.users.iter().chain(&found.roles).filter(|principal| reading.may(principal));
    let asked = asked.map(|principal| principal.arn.clone()).enumerate();
    let desk = &run.desk;
    let answers = side_by_side(asked.collect::<Vec<_>>(), |(place, arn): (usize, String)| {
        let (desk, client) = (Arc::clone(desk), client.clone());
        async move {
            let call = &calls::GENERATE_SERVICE_LAST_ACCESSED_DETAILS;
            if place >= MOST_JOBS {
                let fault = Fault::own(Why::NotAsked, "a run asks about 1,000 principals at most");
                return (arn.clone(), Seen::Gap(desk.gap(call, &arn, &fault)));
            }
            let seen = last_used(&desk, &client, home, &arn).await;
            (arn, seen)
        }
    });
    Seen::Value(answers.await.into_iter().collect())
}

async fn last_used(desk: &Desk, client: &Client, home: &str, arn: &str) -> Seen<Option<Timestamp>> {
    let call = &calls::GENERATE_SERVICE_LAST_ACCESSED_DETAILS;
    let send = || client.generate_service_last_accessed_details().arn(arn).send();
    let started = desk
        .ask(call, home, send)
        .await
        .and_then(|out| out.job_id.ok_or_else(|| Fault::own(Why::Malformed, "the answer names no job")));
    let job = match started {
        Ok(job) => job,
        Err(fault) => return Seen::Gap(desk.gap(call, arn, &fault)),
    };
    let call = &calls::GET_SERVICE_LAST_ACCESSED_DETAILS;
    desk.seen(call, arn, told(desk, client, home, &job).await)
}

/// What the job tells, once it has ended.
async fn told(desk: &Desk, client: &Client, home: &str, job: &str) -> Result<Option<Timestamp>, Fault> {
    let call = &calls::GET_SERVICE_LAST_ACCESSED_DETAILS;
    let mut pauses = Pauses::default();
    loop {
        let send = || client.get_service_last_accessed_details().job_id(job).max_items(1000).send();
        let out = desk.ask(call, home, send).await?;
        match out.job_status() {
            JobStatusType::Completed => {}
            JobStatusType::InProgress => {
                pauses.wait(desk).await?;
                continue;
            }
            _ => return Err(Fault::own(Why::Failed, "the job failed")),
        }
        // AWS has fewer services than a page has room for.
        if out.is_truncated {
            return Err(Fault::own(Why::Endless, "the list of services is longer than a page"));
        }
        let mut services = out.services_last_accessed().iter();
        let ours = services.find(|service| service.service_namespace() == "dynamodb");
        return Ok(ours.and_then(|service| service.last_authenticated()).map(moment));
    }
}

/// What users sign in with.
async fn signing_in(run: &Run, client: &Client, home: &str, on: &str) -> Seen<BTreeMap<String, Credentials>> {
    if let Some(gap) = run.unasked(Topic::Credentials) {
        return Seen::Gap(gap);
    }
    let desk = &run.desk;
    if let Err(fault) = made(desk, client, home).await {
        return Seen::Gap(desk.gap(&calls::GENERATE_CREDENTIAL_REPORT, on, &fault));
    }
    let call = &calls::GET_CREDENTIAL_REPORT;
    let answer = desk.ask(call, home, || client.get_credential_report().send()).await;
    let answer = answer.and_then(|out| {
        let content = out.content.map(|blob| blob.into_inner()).unwrap_or_default();
        let read = std::str::from_utf8(&content).ok().and_then(credentials::read);
        read.ok_or_else(|| Fault::own(Why::Malformed, "the credential report cannot be read"))
    });
    desk.seen(call, on, answer)
}

/// Waits until the report is made; IAM makes a new one every four hours at most.
async fn made(desk: &Desk, client: &Client, home: &str) -> Result<(), Fault> {
    let call = &calls::GENERATE_CREDENTIAL_REPORT;
    let mut pauses = Pauses::default();
    loop {
        let out = desk.ask(call, home, || client.generate_credential_report().send()).await?;
        if out.state() == Some(&ReportStateType::Complete) {
            return Ok(());
        }
        pauses.wait(desk).await?;
    }
}

/// Growing pauses, not for ever.
#[derive(Default)]
struct Pauses(u32);

impl Pauses {
    async fn wait(&mut self, desk: &Desk) -> Result<(), Fault> {
        if self.0 == MOST_LOOKS {
            return Err(Fault::own(Why::Failed, "the job did not end in time"));
        }
        let pause = (FIRST_PAUSE * (1 << self.0.min(8))).min(LONGEST_PAUSE);
        self.0 += 1;
        desk.pause(pause).await
    }
}

/// Which policies let items be read, each looked at once.
struct Reading<'a> {
    managed: HashMap<&'a str, bool>,
    groups: HashMap<&'a str, bool>,
}

impl<'a> Reading<'a> {
    fn of(found: &'a Principals) -> Self {
        let managed = found.policies.iter().map(|(arn, policy)| {
            // What could not be read may let anything.
            (arn.as_str(), policy.document.value().is_none_or(|text| reads(text)))
        });
        let mut reading = Self { managed: managed.collect(), groups: HashMap::new() };
        let groups = found.groups.iter().map(|group| (group.name.as_str(), reading.own(group)));
        reading.groups = groups.collect();
        reading
    }

    fn may(&self, principal: &Principal) -> bool {
        let by_group = |name: &String| self.groups.get(name.as_str()).copied().unwrap_or(false);
        // AWS alone uses service-linked roles.
        !principal.path.starts_with("/aws-service-role/")
            && (self.own(principal) || principal.groups.iter().any(by_group))
    }

    fn own(&self, principal: &Principal) -> bool {
        let managed = |arn: &String| self.managed.get(arn.as_str()).copied().unwrap_or(true);
        principal.inline.values().any(|text| reads(text)) || principal.attached.iter().any(managed)
    }
}

/// Whether a statement of the policy allows reading items; one that cannot be read may.
fn reads(text: &str) -> bool {
    Policy::parse(text, Kind::Identity).map_or(true, |policy| {
        let mut allows = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        allows.any(|statement| READS.iter().any(|action| statement.names_action(action)))
    })
}
