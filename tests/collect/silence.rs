//! Our own tracing events, at their most talkative, carry no value of an item and no policy.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};

use crate::account::answer;
use crate::fake::Fake;

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

async fn everything_logged(ours_only: bool) -> String {
    let paper = Paper::default();
    let ours = filter_fn(move |event| !ours_only || event.target().starts_with("dynaudit"));
    let layer = tracing_subscriber::fmt::layer().with_writer(paper.clone());
    let subscriber =
        tracing_subscriber::registry().with(layer.with_filter(LevelFilter::TRACE).with_filter(ours));
    let _on = tracing::subscriber::set_default(subscriber);
    Fake::new(answer).snapshot().await;
    let bytes = paper.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn our_events_name_calls_and_no_values() {
    let log = everything_logged(true).await;
    assert!(log.contains("Scan") && log.contains("answered"));
    assert!(!log.contains("PLAINTEXT") && !log.contains("Statement"));
    // The SDK's own events do: this is why a subscriber must keep to our target.
    assert!(everything_logged(false).await.contains("PLAINTEXT"));
}
