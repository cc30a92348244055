//! Runs that do not come to their end: killed and taken up, out of time, told to stop; on the embedded account behind
//! a socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![cfg(all(feature = "demo", unix))]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use dynaudit::demo::{self, Embedded};
use serde_json::Value;

/// Whether a server is silent to a request: the requests before it, and what it asks for.
type Silence = fn(usize, &str) -> bool;

/// The embedded account as a server, which is silent to some requests.
struct Server {
    url: String,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    count: Arc<AtomicUsize>,
}

impl Server {
    fn start(silent: Silence) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, count) = (Arc::new(Mutex::new(BTreeMap::new())), Arc::new(AtomicUsize::new(0)));
        let runtime = Arc::new(tokio::runtime::Runtime::new().unwrap());
        let account = runtime.block_on(demo::account()).unwrap();
        let server = Self { url, asked: Arc::clone(&asked), count: Arc::clone(&count) };
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (account, runtime) = (account.clone(), Arc::clone(&runtime));
                let (asked, count) = (Arc::clone(&asked), Arc::clone(&count));
                thread::spawn(move || {
                    while let Some((name, request)) = read(&stream) {
                        if silent(count.fetch_add(1, Ordering::SeqCst), &name) {
                            thread::sleep(Duration::from_secs(600));
                        }
                        *asked.lock().unwrap().entry(name).or_default() += 1;
                        if answer(&stream, &runtime, &account, request).is_none() {
                            return;
                        }
                    }
                });
            }
        });
        server
    }

    /// How often this was asked, by Region, operation and body.
    fn asked(&self) -> BTreeMap<String, usize> {
        self.asked.lock().unwrap().clone()
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

fn wait_until(reached: impl Fn() -> bool) {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < Duration::from_secs(120), "never reached");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The next request of a connection, and what it asks for.
fn read(stream: &TcpStream) -> Option<(String, HttpRequest)> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        if name == "content-length" {
            length = value.parse().ok()?;
        }
        headers.push((name, value));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let target = headers.iter().find(|(name, _)| name == "x-amz-target").map_or(&path, |(_, target)| target);
    // A signature's scope names the Region: `Credential=AKID/20260101/eu-west-1/dynamodb/aws4_request`.
    let signed = headers.iter().find(|(name, _)| name == "authorization").map_or("", |(_, signed)| signed);
    let region = signed.split('/').nth(2).unwrap_or_default();
    let name = format!("{region} {target} {}", String::from_utf8_lossy(&body));
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(&method).ok()?;
    request.set_uri(format!("http://embedded{path}")).ok()?;
    for (name, value) in headers {
        request.headers_mut().insert(name, value);
    }
    Some((name, request))
}

fn answer(
    mut stream: &TcpStream,
    runtime: &tokio::runtime::Runtime,
    account: &Embedded,
    request: HttpRequest,
) -> Option<()> {
    let response = runtime.block_on(account.call(request)).ok()?;
    let body = response.body().bytes().unwrap_or_default();
    let head = format!("HTTP/1.1 {} x\r\ncontent-length: {}\r\n\r\n", response.status().as_u16(), body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).ok()
}

fn start(dir: &Path, url: &str, args: &[&str]) -> Child {
    fs::write(dir.join("key"), [7; 32]).unwrap();
    let job = ["audit", "--region", "eu-west-1,us-east-1", "--digest-key-file", "key", "--format", "json"];
    Command::new(assert_cmd::cargo::cargo_bin("dynaudit"))
        .args(job)
        .args(["--endpoint-url", url])
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .env("AWS_ACCESS_KEY_ID", "embedded")
        .env("AWS_SECRET_ACCESS_KEY", "embedded")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn run(dir: &Path, url: &str, args: &[&str]) -> Output {
    start(dir, url, args).wait_with_output().unwrap()
}

/// The snapshot without the moment at which it was begun.
fn saved(path: &Path) -> Value {
    let mut snapshot: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    snapshot["taken"] = Value::Null;
    snapshot
}

#[test]
fn a_run_that_was_killed_is_taken_up_and_comes_to_the_same() {
    let whole = tempfile::tempdir().unwrap();
    let server = Server::start(|_, _| false);
    let out = run(whole.path(), &server.url, &["--state-dir", "state", "--save", "s.json"]);
    assert!(matches!(out.status.code(), Some(1)), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(!whole.path().join("state/pieces.jsonl").exists(), "nothing is left to take up");
    let all = server.count();

    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // One table never answers, so that the run cannot end; it is killed once other tables are done.
    let first = Server::start(|_, asked| asked.contains("\"vault\""));
    let mut child = start(dir, &first.url, &["--state-dir", "state"]);
    let pieces = || fs::read_to_string(dir.join("state/pieces.jsonl")).unwrap_or_default();
    wait_until(|| pieces().lines().filter(|line| line.contains(r#"{"piece":"table "#)).count() > 3);
    child.kill().unwrap();
    child.wait().unwrap();
    let pieces = pieces();

    let second = Server::start(|_, _| false);
    let out = run(dir, &second.url, &["--state-dir", "state", "--resume", "--save", "s.json"]);
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("taken up"), "{said}");
    assert_eq!(saved(&dir.join("s.json")), saved(&whole.path().join("s.json")));

    // What is in a piece was not asked again: each table that was described to its end.
    let named = |line: &str| serde_json::from_str::<Value>(line).ok()?["piece"].as_str().map(str::to_owned);
    let done: Vec<String> =
        pieces.lines().filter_map(named).filter(|name| name.starts_with("table ")).collect();
    assert!(!done.is_empty(), "{pieces}");
    for arn in done {
        let (Some(region), Some(table)) = (arn.split(':').nth(3), arn.rsplit('/').next()) else {
            panic!("{arn}")
        };
        let again = second.asked().into_keys().filter(|asked| {
            asked.starts_with(region)
                && asked.contains("DescribeTable ")
                && asked.contains(&format!("\"{table}\""))
        });
        assert_eq!(again.count(), 0, "{arn}");
    }
    assert!(second.count() < all, "{} requests after {all}", second.count());
    // No item's value is in them.
    let account = tokio::runtime::Runtime::new().unwrap().block_on(demo::account()).unwrap();
    for secret in demo::secrets(&account) {
        assert!(!pieces.contains(&secret));
    }
}

#[test]
fn a_run_out_of_time_tells_what_it_saw_and_what_it_did_not_reach() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let server = Server::start(|before, _| before >= 40);
    let out = run(dir, &server.url, &["--max-duration", "3s", "--state-dir", "state"]);
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let gaps = report["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["why"] == "deadline"), "{report}");
    assert!(!gaps.iter().any(|gap| gap["why"] == "interrupted"));
    let missing =
        report["findings"].as_array().unwrap().iter().flat_map(|f| f["missing"].as_array()).flatten();
    assert!(missing.into_iter().any(|missing| missing["why"] == "deadline"));
    // A clear verdict of what was not reached would be a false one; and the rest can still be had.
    let second = Server::start(|_, _| false);
    let out = run(dir, &second.url, &["--state-dir", "state", "--resume"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("taken up"));
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(!report["gaps"].as_array().unwrap().iter().any(|gap| gap["why"] == "deadline"));
    assert_eq!(report["triage"]["resolved"], serde_json::json!([]));
    // What it took is in its own part of the report, and no other run's.
    let effort = &report["run"]["effort"];
    assert!(effort["requests"].as_u64().unwrap() > 0, "{effort}");
    assert!(effort["collecting_seconds"].as_f64().unwrap() > 0.0, "{effort}");
}

#[test]
fn sigterm_is_as_ctrl_c_and_the_second_one_ends_at_once() {
    for (times, expected) in [(1, Some(3)), (2, Some(143))] {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start(|_, _| true);
        let child = start(dir.path(), &server.url, &[]);
        wait_until(|| server.count() > 0);
        for _ in 0..times {
            Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
            thread::sleep(Duration::from_millis(if times == 1 { 0 } else { 2 }));
        }
        let out = child.wait_with_output().unwrap();
        if times == 1 {
            assert_eq!(out.status.code(), expected);
            let report: Value = serde_json::from_slice(&out.stdout).unwrap();
            assert!(report["gaps"].as_array().unwrap().iter().any(|gap| gap["why"] == "interrupted"));
        } else {
            // The report may have been out before the second one came.
            assert!(matches!(out.status.code(), Some(143 | 3)), "{:?}", out.status);
        }
    }
}

#[test]
fn to_take_up_needs_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let out = run(dir.path(), "http://127.0.0.1:9", &["--resume"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("--state-dir"));
}
