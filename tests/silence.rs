//! Our own tracing events, at their most talkative, carry no value of an item and no policy.
//!
//! A program of its own: who listens to events is told once for a whole process.
#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "collect/account.rs"]
mod account;
#[allow(dead_code, reason = "a part of it is used here")]
#[path = "collect/fake.rs"]
mod fake;
#[allow(dead_code, reason = "a part of it is used here")]
#[path = "collect/services.rs"]
mod services;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use account::answer;
use fake::Fake;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn our_events_name_calls_and_no_values() {
    let paper = Paper::default();
    let layer = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false);
    tracing::subscriber::set_global_default(layer.with_writer(paper.clone()).finish()).unwrap();
    Fake::new(answer).snapshot().await;
    let log = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let (ours, others): (Vec<&str>, Vec<&str>) = log.lines().partition(|line| line.contains(" dynaudit"));
    let ours = ours.join("\n");
    assert!(ours.contains("Scan") && ours.contains("answered"), "{ours}");
    assert!(!ours.contains("PLAINTEXT") && !ours.contains("Statement"), "{ours}");
    // The SDK's own events do: this is why a subscriber must keep to our target.
    assert!(others.iter().any(|line| line.contains("PLAINTEXT")));
}
