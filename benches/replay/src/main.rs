//! Answers as a recorded AWS account did, from memory: so that auditors are measured, and not an emulator.
//!
//! `replay LISTEN UPSTREAM|- STORE.jsonl`: what is not in the store goes to UPSTREAM once and is remembered; with `-` it is an
//! error. `POST /__config` sets latency and rates (`{"latency_ms":20,"rates":{"DescribeTable":50},"save":true}`; rates are per
//! operation and Region, as AWS has them), `POST /__reset` clears the counts, `GET /__stats` tells them.

mod request;
mod store;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use request::Asked;
use serde::Deserialize;
use store::{Answer, Store};
use tokio::net::{TcpListener, TcpStream};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    latency_ms: u64,
    rates: HashMap<String, f64>,
    save: bool,
}

/// A token bucket of one second.
struct Bucket {
    left: f64,
    at: Instant,
}

#[derive(Default)]
struct Counts {
    operations: BTreeMap<String, u64>,
    connections: u64,
    throttled: u64,
    misses: u64,
    /// The questions by the key of their answer, and whether one was ever let through.
    asked: HashMap<String, bool>,
    flying: u64,
    most_flying: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    buckets: HashMap<(String, String), Bucket>,
}

struct Replay {
    upstream: String,
    store: Store,
    config: Config,
    counts: Counts,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().ok_or("usage: replay LISTEN UPSTREAM|- STORE.jsonl");
    let (listen, upstream, path) = (word()?, word()?, word()?);
    let store = Store::open(&path)?;
    let answers = store.len();
    let replay = Replay { upstream, store, config: Config::default(), counts: Counts::default() };
    let replay = Arc::new(Mutex::new(replay));
    let listener = TcpListener::bind(&listen).await?;
    eprintln!("{answers} answers; listening on {listen}");
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        replay.lock().unwrap().counts.connections += 1;
        let replay = Arc::clone(&replay);
        tokio::spawn(async move {
            let service = service_fn(move |request| handle(request, Arc::clone(&replay)));
            // A client that goes away is no fault of ours.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn handle(request: Request<Incoming>, replay: Arc<Mutex<Replay>>) -> Result<Response<Full<Bytes>>, Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    match parts.uri.path() {
        "/__stats" => return Ok(reply(200, "application/json", replay.lock().unwrap().stats())),
        "/__reset" => {
            replay.lock().unwrap().counts = Counts::default();
            return Ok(reply(200, "text/plain", "ok"));
        }
        "/__config" => {
            let mut replay = replay.lock().unwrap();
            replay.config = serde_json::from_slice(&body)?;
            if replay.config.save {
                replay.store.save()?;
            }
            return Ok(reply(200, "text/plain", "ok"));
        }
        _ => {}
    }
    let asked = Asked::read(&parts, &body);
    let (latency, allowed, known, upstream) = replay.lock().unwrap().arrive(&asked);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let answer = match (allowed, known) {
        (false, _) => asked.throttled(),
        (true, Some(answer)) => answer,
        (true, None) if upstream == "-" => asked.unknown(),
        (true, None) => {
            let answer = forward(&upstream, &parts, body).await?;
            if !asked.changes() {
                replay.lock().unwrap().store.keep(asked.key.clone(), answer.clone());
            }
            answer
        }
    };
    let mut replay = replay.lock().unwrap();
    replay.counts.flying -= 1;
    replay.counts.last = Some(Instant::now());
    Ok(reply(answer.status, &answer.kind, answer.body))
}

impl Replay {
    /// Counts a request; says how long to wait, whether its rate allows it, what is known, and who else may know.
    fn arrive(&mut self, asked: &Asked) -> (Duration, bool, Option<Answer>, String) {
        let (now, counts) = (Instant::now(), &mut self.counts);
        counts.first.get_or_insert(now);
        *counts.operations.entry(format!("{}:{}", asked.service, asked.operation)).or_default() += 1;
        counts.flying += 1;
        counts.most_flying = counts.most_flying.max(counts.flying);
        let allowed = self.config.rates.get(&asked.operation).is_none_or(|rate| {
            let lane = (asked.operation.clone(), asked.region.clone());
            let bucket = counts.buckets.entry(lane).or_insert(Bucket { left: *rate, at: now });
            bucket.left = (bucket.left + (now - bucket.at).as_secs_f64() * rate).min(*rate);
            bucket.at = now;
            let allowed = bucket.left >= 1.0;
            bucket.left -= f64::from(u8::from(allowed));
            allowed
        });
        counts.throttled += u64::from(!allowed);
        *counts.asked.entry(asked.key.clone()).or_default() |= allowed;
        let known = self.store.find(&asked.key).filter(|_| !asked.changes());
        counts.misses += u64::from(known.is_none() && !asked.changes());
        (Duration::from_millis(self.config.latency_ms), allowed, known, self.upstream.clone())
    }

    fn stats(&self) -> String {
        let counts = &self.counts;
        let span = counts.first.zip(counts.last).map_or(0.0, |(first, last)| (last - first).as_secs_f64());
        serde_json::json!({
            "total": counts.operations.values().sum::<u64>(),
            "operations": counts.operations,
            "connections": counts.connections,
            "most_at_a_time": counts.most_flying,
            "throttled": counts.throttled,
            "unanswered": counts.asked.values().filter(|answered| !**answered).count(),
            "unknown": counts.misses,
            "seconds": span,
        })
        .to_string()
    }
}

fn reply(status: u16, kind: &str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header("content-type", kind).header("x-amzn-requestid", "0");
    response.body(Full::new(body.into())).unwrap_or_default()
}

async fn forward(upstream: &str, parts: &Parts, body: Bytes) -> Result<Answer, Error> {
    let stream = TokioIo::new(TcpStream::connect(upstream).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    let mut request = Request::builder().method(parts.method.clone()).uri(parts.uri.clone());
    for (name, value) in &parts.headers {
        if !matches!(name.as_str(), "connection" | "expect" | "transfer-encoding" | "content-length") {
            request = request.header(name, value);
        }
    }
    let response = sender.send_request(request.body(Full::new(body))?).await?;
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or("application/x-amz-json-1.0").to_owned();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok(Answer { status, kind, body: String::from_utf8_lossy(&body).into_owned() })
}
