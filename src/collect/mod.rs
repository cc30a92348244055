//! Stub.
#![allow(missing_docs)]
use crate::{detect::DigestKey, snapshot::*};
use std::{collections::BTreeMap, sync::Arc};
pub mod regions {
    pub struct Partition;
    pub fn partition_of(_region: &str) -> &'static Partition {
        &Partition
    }
}
pub fn policy(sampled: bool, _partition: &regions::Partition) -> serde_json::Value {
    let mut a = vec!["dynamodb:ListTables"];
    if sampled {
        a.push("dynamodb:Scan");
    }
    serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": a, "Resource": "*"}]})
}
pub mod clients {
    pub struct Session {
        pub profile: Option<String>,
        pub region: Option<String>,
        pub endpoint_url: Option<String>,
    }
    pub async fn load(s: &Session) -> aws_types::SdkConfig {
        let b = aws_types::SdkConfig::builder();
        let b = match &s.endpoint_url {
            Some(u) => b.endpoint_url(u),
            None => b,
        };
        b.region(s.region.clone().map(aws_types::region::Region::new)).build()
    }
}
pub struct Sampling {
    pub items: u64,
    pub rcu_budget: f64,
}
pub enum Regions {
    Given(Vec<String>),
    All,
}
pub struct Plan {
    pub regions: Regions,
    pub table: Option<String>,
    pub sampling: Option<Sampling>,
    pub seed: u64,
    pub digest_key: DigestKey,
    pub concurrency: usize,
}
pub trait Progress: Send + Sync {
    fn region(&self, _region: &str) {}
    fn tables(&self, _region: &str, _found: usize) {}
    fn table_done(&self, _arn: &str) {}
    fn items(&self, _more: u64) {}
}
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct Error;
pub async fn collect(
    sdk: &aws_types::SdkConfig,
    plan: Plan,
    progress: Arc<dyn Progress>,
    stop: tokio::sync::watch::Receiver<bool>,
) -> Result<Snapshot, Error> {
    progress.region("eu-west-1");
    progress.items(3);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let mut stop = stop;
    let mut gaps = BTreeMap::new();
    if sdk.endpoint_url().is_some() {
        let _ = stop.wait_for(|s| *s).await;
        if plan.seed == 99 {
            std::future::pending::<()>().await;
        }
        let gap = Gap {
            call: "dynamodb:ListTables".into(),
            on: ResourceId("eu-west-1".into()),
            why: Why::Interrupted,
            message: String::new(),
        };
        gaps.insert(gap.id(), gap);
    }
    Ok(Snapshot {
        format: FORMAT,
        tool: "0".into(),
        taken: Timestamp(0),
        scope: Scope { sampled: plan.sampling.is_some(), ..Scope::default() },
        accounts: vec![],
        calls: BTreeMap::new(),
        gaps,
    })
}
