//! A prefix of a bucket as a folder: its objects are read in parts, one after the other, each of the same object.

use std::fmt;
use std::future::Future;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::runtime::Handle;

use super::folder::{Folder, Inside, Lost, is_data};
use crate::collect::calls::{Call, GET_OBJECT, LIST_EXPORTED};
use crate::collect::clients::Clients;
use crate::collect::desk::Desk;
use crate::collect::fault::Fault;
use crate::collect::light::{Part, Refusal, Stretch};
use crate::collect::pages::{Page, pages};
use crate::collect::services::value::{maybe, text};
use crate::collect::services::{path, query};
use crate::snapshot::Why;
use crate::source::is_active;
use crate::source::place::S3Uri;

/// Most pages of lists that are read to find the exports below one prefix.
const MOST: usize = 500;

/// What lies below a prefix of a bucket.
#[derive(Clone)]
pub(super) struct Prefix {
    at: S3Uri,
    desk: Arc<Desk>,
    clients: Arc<Clients>,
    runtime: Handle,
    /// The Region in which the bucket was found, or is looked for first.
    region: Arc<Mutex<String>>,
    listed: Arc<AtomicUsize>,
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefix({})", self.at)
    }
}

impl Prefix {
    /// A place to look in, from within the runtime that waits for the answers.
    pub(super) fn new(at: S3Uri, desk: &Arc<Desk>, clients: &Arc<Clients>, region: &str) -> Self {
        Self {
            at,
            desk: Arc::clone(desk),
            clients: Arc::clone(clients),
            runtime: Handle::current(),
            region: Arc::new(Mutex::new(region.to_owned())),
            listed: Arc::default(),
        }
    }

    fn below(&self, folder: &str) -> Self {
        let S3Uri { bucket, prefix } = &self.at;
        Self { at: S3Uri { bucket: bucket.clone(), prefix: format!("{prefix}{folder}/") }, ..self.clone() }
    }

    /// Asks where the bucket is known to be, and once more where S3 says that it is.
    async fn ask<T, F>(&self, call: &'static Call, send: impl Fn(String) -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, SdkError<Refusal, HttpResponse>>>,
    {
        let known = || self.region.lock().unwrap_or_else(PoisonError::into_inner);
        let here = known().clone();
        let answer = self.desk.ask(call, &here, || send(here.clone())).await;
        let elsewhere = answer.as_ref().err().and_then(|fault| fault.elsewhere(&here));
        let Some(there) = elsewhere.map(str::to_owned) else { return answer };
        known().clone_from(&there);
        self.desk.ask(call, &there, || send(there.clone())).await
    }

    /// The keys that end a page's names: objects in this folder, and folders in it.
    async fn page(&self, token: Option<String>) -> Result<Page<Name>, Fault> {
        if self.listed.fetch_add(1, Ordering::Relaxed) >= MOST {
            return Err(Fault::own(
                Why::Endless,
                "too much lies below this prefix: name one nearer to the export",
            ));
        }
        let S3Uri { bucket, prefix } = &self.at;
        let fixed = [("delimiter", "/"), ("encoding-type", "url"), ("prefix", prefix.as_str())];
        let question = path(&[bucket], query(&fixed, "continuation-token", token));
        let send = |region: String| {
            let question = question.clone();
            async move { self.clients.light(&LIST_EXPORTED, &region, question).await }
        };
        let out = self.ask(&LIST_EXPORTED, send).await?;
        let encoded = text(&out, "EncodingType") == "url";
        let mut items = Vec::new();
        for (list, field, folder) in [("Contents", "Key", false), ("CommonPrefixes", "Prefix", true)] {
            for one in several(&out[list]) {
                let key = decoded(&text(one, field), encoded);
                let name = key.as_deref().and_then(|key| key.strip_prefix(prefix.as_str()));
                let name = name.ok_or_else(|| Fault::own(Why::Malformed, "a key that was not asked for"))?;
                let name = if folder { name.strip_suffix('/').unwrap_or(name) } else { name };
                items.push(Name { name: name.to_owned(), folder });
            }
        }
        match (text(&out, "IsTruncated").to_ascii_lowercase().as_str(), maybe(&out, "NextContinuationToken"))
        {
            ("true", Some(next)) => Ok(Page { items, next: Some(next) }),
            ("false", _) => Ok(Page { items, next: None }),
            _ => Err(Fault::own(Why::Malformed, "a list that does not say where it goes on")),
        }
    }
}

struct Name {
    name: String,
    folder: bool,
}

/// What XML has once or several times.
fn several(value: &Value) -> &[Value] {
    match value {
        Value::Array(all) => all,
        Value::Object(_) => std::slice::from_ref(value),
        _ => &[],
    }
}

/// A key as it is, from a list that was asked for in a form that XML can hold.
fn decoded(key: &str, encoded: bool) -> Option<String> {
    if !encoded {
        return Some(key.to_owned());
    }
    percent_decode_str(&key.replace('+', " ")).decode_utf8().ok().map(|key| key.into_owned())
}

impl Folder for Prefix {
    fn look(&self, file: &str) -> Result<Inside, Lost> {
        if self.at.is_export() {
            return Ok((true, Vec::new()));
        }
        let (names, fault) = self.runtime.block_on(pages(|token| self.page(token)));
        if let Some(fault) = fault {
            return Err(Lost::call(&LIST_EXPORTED, fault));
        }
        let there = names.iter().any(|one| !one.folder && one.name == file);
        let parent = self.at.prefix.trim_end_matches('/').rsplit('/').next();
        let folders = names.iter().filter(|one| one.folder && !is_data(&one.name, parent, there));
        let mut folders: Vec<Self> = folders.map(|one| self.below(&one.name)).collect();
        folders.sort_by(|a, b| a.at.cmp(&b.at));
        Ok((there, folders.into_iter().map(|folder| Arc::new(folder) as Arc<dyn Folder>).collect()))
    }

    fn within(&self, folder: &str) -> Arc<dyn Folder> {
        Arc::new(self.below(folder))
    }

    fn open(&self, file: &str) -> Result<Box<dyn Read>, Lost> {
        let key = format!("{}{file}", self.at.prefix);
        let mut object = Object { folder: self.clone(), key, at: 0, part: None, used: 0 };
        // At once, so that what is not there is known when it is opened.
        object.next()?;
        Ok(Box::new(object))
    }

    fn place(&self, file: &str) -> String {
        format!("{}{file}", self.at).chars().filter(|c| !is_active(*c)).collect()
    }

    fn booked(&self, desk: &Arc<Desk>) -> Arc<dyn Folder> {
        Arc::new(Self { desk: Arc::clone(desk), ..self.clone() })
    }
}

/// An object that is being read.
struct Object {
    folder: Prefix,
    key: String,
    /// Bytes of it that were had.
    at: u64,
    /// The last part, of which `used` bytes were handed on; none of an object without bytes.
    part: Option<Part>,
    used: usize,
}

impl Object {
    /// Gets the next part. Each but the first is asked for only of the object that the first was of.
    fn next(&mut self) -> Result<(), Lost> {
        let stretch = Stretch {
            bucket: self.folder.at.bucket.clone(),
            key: self.key.clone(),
            from: self.at,
            tag: self.part.as_ref().map(|part| part.tag.clone()),
        };
        // What was handed on is wiped before there is more.
        let before = self.part.take().map(|part| (part.tag.clone(), part.whole));
        let clients = &self.folder.clients;
        let send = |region: String| {
            let stretch = stretch.clone();
            async move { clients.part(&GET_OBJECT, &region, stretch).await }
        };
        let part = match self.folder.runtime.block_on(self.folder.ask(&GET_OBJECT, send)) {
            Ok(part) => part,
            // Not one byte: no range of it can be had.
            Err(fault) if before.is_none() && fault.is(&["InvalidRange"]) => return Ok(()),
            Err(fault) => return Err(Lost::call(&GET_OBJECT, fault)),
        };
        if before.is_some_and(|before| before != (part.tag.clone(), part.whole)) {
            let fault = Fault::own(Why::Failed, "another object was there before it was read to the end");
            return Err(Lost::call(&GET_OBJECT, fault));
        }
        self.at += part.bytes.len() as u64;
        self.part = Some(part);
        self.used = 0;
        Ok(())
    }
}

impl Read for Object {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(part) = &self.part else { return Ok(0) };
        if self.used == part.bytes.len() {
            if self.at == part.whole {
                return Ok(0);
            }
            self.next()?;
        }
        let Some(part) = &self.part else { return Ok(0) };
        let left = &part.bytes[self.used..];
        let now = left.len().min(into.len());
        into[..now].copy_from_slice(&left[..now]);
        self.used += now;
        Ok(now)
    }
}
