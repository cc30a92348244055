//! One table: every question about it but its copies, each answered or a gap.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TableDescription;

use super::calls::{self, Call};
use super::describe;
use super::desk::Desk;
use super::fault::Fault;
use super::pages::{Page, pages};
use super::run::Run;
use super::sample::{Sampler, Target};
use super::seat::Seat;
use super::services::tags::Tags;
use crate::snapshot::table::{
    ContinuousBackups, Description, Insights, KinesisDestination, Table, TimeToLive, is_arn_of,
};
use crate::snapshot::{GapId, Listed, Seen, Topic, Why};

/// A table that ListTables named.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    /// ARN made from the account, where that is known; DescribeTable may tell better.
    pub(super) arn: &'a str,
    /// Tags of tables that were had in bulk.
    pub(super) tags: &'a Tags,
    /// Its seat among the tables in work.
    pub(super) seat: &'a Seat,
}

/// What follows DescribeTable asks with; the client, the desk, and where it all happens.
struct Asker<'a> {
    run: &'a Run,
    desk: &'a Desk,
    client: &'a Client,
    region: &'a str,
    name: &'a str,
    arn: &'a str,
    /// Status ARCHIVED: DynamoDB refuses what no longer applies.
    archived: bool,
}

/// What an archived table answers where a setting no longer applies
/// (AWS documentation: "DynamoDB table archival").
const ARCHIVED: &[&str] = &[
    "ResourceNotFound",
    "TableNotFound",
    "ContinuousBackupsUnavailable",
    "ValidationException",
    "ResourceInUse",
];

/// Asks everything about a table, and samples it; its copies are joined to it later.
pub(super) async fn table(run: &Run, client: &Client, sampler: &Sampler, named: &Named<'_>) -> Table {
    let Named { name, region, .. } = *named;
    let desk = &*run.desk;
    let answer = desk
        .ask(&calls::DESCRIBE_TABLE, region, || client.describe_table().table_name(name).send())
        .await
        .and_then(|out| out.table.ok_or_else(|| Fault::own(Why::Malformed, "the answer holds no table")))
        .and_then(|table| match is_of(&table, named) {
            true => Ok(table),
            false => Err(Fault::own(Why::Malformed, "the answer is about another table")),
        });
    let arn = answer.as_ref().ok().and_then(|t| t.table_arn()).unwrap_or(named.arn).to_owned();
    let answer = answer.map(|table| describe::description(&table, &arn, region));
    let description = desk.seen(&calls::DESCRIBE_TABLE, &arn, answer);

    // A table that is gone, or was never reached, has one gap and not ten.
    if let Seen::Gap(gap) = &description
        && (desk.because(gap, Why::Gone) || desk.unreached(gap))
    {
        return unseen(&arn, named, gap);
    }
    let archived = description.value().is_some_and(|d| d.status == "ARCHIVED");
    let asker = Asker { run, desk, client, region, name, arn: &arn, archived };
    // What the sample is looked through for depends on the attribute that time to live names.
    let looked = async {
        let time_to_live = asker.time_to_live().await;
        let ttl = time_to_live.value().filter(|ttl| ttl.is_on()).and_then(|ttl| ttl.attribute.as_deref());
        let seat = Some(named.seat);
        let target = Target { name, region, arn: &arn, description: description.value(), ttl, seat };
        let sample = sampler.sample(&run.desk, &target).await;
        (time_to_live, sample)
    };
    let (continuous_backups, (time_to_live, sample), tags, policy, stream_policy, kinesis, insights) = tokio::join!(
        asker.continuous_backups(),
        looked,
        asker.tags(named.tags),
        asker.policy(),
        asker.stream_policy(&description),
        asker.kinesis(),
        asker.insights(),
    );
    Table {
        name: name.to_owned(),
        region: region.to_owned(),
        description,
        continuous_backups,
        time_to_live,
        tags,
        policy,
        stream_policy,
        kinesis,
        insights,
        backups: Listed::default(),
        exports: Listed::default(),
        sample,
        arn,
    }
}

/// Whether a description is of the table that was asked about: of its name, and of its account where that is known.
fn is_of(table: &TableDescription, named: &Named<'_>) -> bool {
    let account = named.arn.split(':').nth(4).unwrap_or_default();
    table.table_name().is_none_or(|name| name == named.name)
        && table.table_arn().is_none_or(|arn| is_arn_of(arn, account, named.region, named.name))
}

fn unseen(arn: &str, named: &Named<'_>, gap: &GapId) -> Table {
    Table {
        arn: arn.to_owned(),
        name: named.name.to_owned(),
        region: named.region.to_owned(),
        description: Seen::Gap(gap.clone()),
        continuous_backups: Seen::Gap(gap.clone()),
        time_to_live: Seen::Gap(gap.clone()),
        tags: Seen::Gap(gap.clone()),
        policy: Seen::Gap(gap.clone()),
        stream_policy: Seen::Gap(gap.clone()),
        kinesis: Seen::Gap(gap.clone()),
        insights: Seen::Gap(gap.clone()),
        backups: Listed::missing(gap.clone()),
        exports: Listed::missing(gap.clone()),
        sample: Seen::Gap(gap.clone()),
    }
}

impl Asker<'_> {
    fn seen<T>(&self, call: &'static Call, answer: Result<T, Fault>) -> Seen<T> {
        self.desk.seen(call, self.arn, answer)
    }

    /// For an archived table, a setting that no longer applies is off.
    fn or_archived<T: Default>(&self, answer: Result<T, Fault>) -> Result<T, Fault> {
        match answer {
            Err(fault) if self.archived && fault.is(ARCHIVED) => Ok(T::default()),
            other => other,
        }
    }

    async fn continuous_backups(&self) -> Seen<ContinuousBackups> {
        if let Some(gap) = self.run.unasked(Topic::ContinuousBackups) {
            return Seen::Gap(gap);
        }
        let call = &calls::DESCRIBE_CONTINUOUS_BACKUPS;
        let send = || self.client.describe_continuous_backups().table_name(self.name).send();
        let answer = self.desk.ask(call, self.region, send).await.and_then(|out| {
            let described = out.continuous_backups_description().ok_or_else(|| empty("backups"))?;
            let recovery = described.point_in_time_recovery_description();
            let status = recovery.and_then(|r| r.point_in_time_recovery_status());
            Ok(ContinuousBackups {
                enabled: status.is_some_and(|s| s.as_str() == "ENABLED"),
                days: describe::count(recovery.and_then(|r| r.recovery_period_in_days()).map(i64::from)),
                earliest: recovery.and_then(|r| r.earliest_restorable_date_time()).map(describe::moment),
                latest: recovery.and_then(|r| r.latest_restorable_date_time()).map(describe::moment),
            })
        });
        self.seen(call, self.or_archived(answer))
    }

    async fn time_to_live(&self) -> Seen<TimeToLive> {
        if let Some(gap) = self.run.unasked(Topic::TimeToLive) {
            return Seen::Gap(gap);
        }
        let call = &calls::DESCRIBE_TIME_TO_LIVE;
        let send = || self.client.describe_time_to_live().table_name(self.name).send();
        let answer = self.desk.ask(call, self.region, send).await.and_then(|out| {
            let described = out.time_to_live_description().ok_or_else(|| empty("time to live"))?;
            Ok(TimeToLive {
                status: described.time_to_live_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
                attribute: described.attribute_name().map(str::to_owned),
            })
        });
        let answer = self.or_archived(answer).map(|mut ttl| {
            if ttl.status.is_empty() {
                ttl.status = "DISABLED".to_owned();
            }
            ttl
        });
        self.seen(call, answer)
    }

    async fn tags(&self, bulk: &Tags) -> Seen<BTreeMap<String, String>> {
        if let Some(gap) = self.run.unasked(Topic::Tags) {
            return Seen::Gap(gap);
        }
        if let Some(tags) = bulk.get(self.arn) {
            return Seen::Value(tags.clone());
        }
        let call = &calls::LIST_TAGS_OF_RESOURCE;
        let (tags, fault) = pages(|token| async move {
            let send = || {
                self.client
                    .list_tags_of_resource()
                    .resource_arn(self.arn)
                    .set_next_token(token.clone())
                    .send()
            };
            let out = self.desk.ask(call, self.region, send).await?;
            Ok(Page { items: out.tags.unwrap_or_default(), next: out.next_token })
        })
        .await;
        let tags = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        self.seen(call, fault.map_or(Ok(tags), Err))
    }

    async fn policy_on(&self, resource: &str) -> Result<Option<String>, Fault> {
        let call = &calls::GET_RESOURCE_POLICY;
        let send = || self.client.get_resource_policy().resource_arn(resource).send();
        match self.desk.ask(call, self.region, send).await {
            Ok(out) => out.policy.filter(|text| !text.trim().is_empty()).map(document).transpose(),
            Err(fault) if fault.is_an_answer(call) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn policy(&self) -> Seen<Option<String>> {
        if let Some(gap) = self.run.unasked(Topic::TablePolicies) {
            return Seen::Gap(gap);
        }
        let answer = self.policy_on(self.arn).await;
        self.seen(&calls::GET_RESOURCE_POLICY, answer)
    }

    /// A stream that was switched off can be read for 24 hours; after that it is gone, and its policy with it.
    async fn stream_policy(&self, description: &Seen<Description>) -> Seen<Option<String>> {
        if let Some(gap) = self.run.unasked(Topic::TablePolicies) {
            return Seen::Gap(gap);
        }
        let described = match description {
            Seen::Gap(gap) => return Seen::Gap(gap.clone()),
            Seen::Value(described) => described,
        };
        let Some(stream) = &described.latest_stream_arn else { return Seen::Value(None) };
        let off = !described.stream.as_ref().is_some_and(|s| s.enabled);
        let answer = match self.policy_on(stream).await {
            Err(fault) if off && fault.why == Why::Gone => Ok(None),
            answer => answer,
        };
        self.desk.seen(&calls::GET_RESOURCE_POLICY, stream, answer)
    }

    async fn kinesis(&self) -> Seen<Vec<KinesisDestination>> {
        if let Some(gap) = self.run.unasked(Topic::Streaming) {
            return Seen::Gap(gap);
        }
        let call = &calls::DESCRIBE_KINESIS_STREAMING_DESTINATION;
        let send = || self.client.describe_kinesis_streaming_destination().table_name(self.name).send();
        let answer = self.desk.ask(call, self.region, send).await.map(|out| {
            let mut all: Vec<KinesisDestination> = out
                .kinesis_data_stream_destinations()
                .iter()
                .map(|to| KinesisDestination {
                    arn: to.stream_arn().unwrap_or_default().to_owned(),
                    status: to.destination_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
                })
                .collect();
            all.sort_by(|a, b| a.arn.cmp(&b.arn));
            all
        });
        self.seen(call, self.or_archived(answer))
    }

    async fn insights(&self) -> Seen<Insights> {
        if let Some(gap) = self.run.unasked(Topic::Insights) {
            return Seen::Gap(gap);
        }
        let call = &calls::DESCRIBE_CONTRIBUTOR_INSIGHTS;
        let send = || self.client.describe_contributor_insights().table_name(self.name).send();
        let answer = self.desk.ask(call, self.region, send).await.map(|out| {
            let mut rules = out.contributor_insights_rule_list().to_vec();
            rules.sort();
            Insights {
                status: (out.contributor_insights_status())
                    .map_or_else(|| "DISABLED".to_owned(), |s| s.as_str().to_owned()),
                mode: out.contributor_insights_mode().map(|m| m.as_str().to_owned()),
                rules,
            }
        });
        self.seen(call, self.or_archived(answer))
    }
}

fn empty(of: &str) -> Fault {
    Fault::own(Why::Malformed, &format!("the answer does not describe {of}"))
}

/// A policy document, if it is one; what is not JSON is malformed, and would otherwise read as "grants nothing".
pub(super) fn document(text: String) -> Result<String, Fault> {
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(Fault::own(Why::Malformed, "the policy document is not JSON")),
    }
}
