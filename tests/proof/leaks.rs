//! No planted secret, nor eight bytes of one, leaves the process by any way.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dynaudit::demo;

use crate::harness::{demo_run, program};
use crate::needle::{Needles, percent};

/// What is the same in every value of its kind, and says nothing of one.
fn public() -> Vec<String> {
    let header = |alg: &str| URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#));
    let frame = |edge: &str| format!("-----{edge} {} KEY-----", ["PRIV", "ATE"].concat());
    vec![
        "$2b$12$".into(),
        // `T` begins each workspace's id.
        ["https://hooks.", "slack.com/services/T"].concat(),
        header("HS256"),
        header("none"),
        ["sk", "live", ""].join("_"),
        frame("BEGIN"),
        frame("END"),
    ]
}

fn needles(account: &demo::Embedded) -> Needles {
    Needles::of(&demo::secrets(account), &public())
}

#[tokio::test]
async fn the_search_finds_what_is_there() {
    let (account, _, _) = demo_run().await;
    let secrets = demo::secrets(account);
    let needles = needles(account);
    assert!(needles.len() > 100_000, "{}", needles.len());
    for secret in &secrets {
        let text = secret.as_bytes();
        // Beyond the middle nothing is public, but for the frame of a private key.
        let to = if secret.ends_with("-----\n") { text.len() - 40 } else { text.len() - 2 };
        let from = to - 16;
        let part = &text[from..to];
        let hex: String = part.iter().map(|b| format!("{b:02x}")).collect();
        for form in [
            String::from_utf8(part.to_vec()).unwrap(),
            percent(part),
            STANDARD.encode(part),
            URL_SAFE_NO_PAD.encode(&text[from + 1..to]),
            hex.to_uppercase(),
            hex,
        ] {
            assert!(!needles.found(&format!("a, {form}. b")).is_empty(), "{form}");
        }
    }
    assert!(needles.found("a report that names nothing").is_empty());
}

#[tokio::test]
async fn nothing_that_the_program_writes_holds_a_piece_of_a_secret() {
    let (account, _, _) = demo_run().await;
    let needles = needles(account);
    let dir = tempfile::tempdir().unwrap();
    let args = ["demo", "-vv", "--verdicts", "all", "--format", "json", "--save", "s.json"];
    let more = ["--output", "table=wide.txt", "--width", "400"];
    let (code, json, log) = program(dir.path(), &[args.as_slice(), &more].concat());
    assert_eq!(code, 1, "{log}");
    let (_, narrow, _) = program(dir.path(), &["assess", "s.json", "--width", "80", "--color", "always"]);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert!(log.contains("Scan"), "the log says what was done: {log}");
    for (what, text) in [
        ("JSON", json),
        ("log", log),
        ("snapshot", read("s.json")),
        ("wide table", read("wide.txt")),
        ("narrow table", narrow),
    ] {
        assert!(text.len() > 2_000, "{what}: {} bytes", text.len());
        assert_eq!(needles.found(&text), Vec::<String>::new(), "{what}");
    }
}

#[tokio::test]
async fn nothing_that_debug_shows_holds_a_piece_of_a_secret() {
    let (account, snapshot, assessed) = demo_run().await;
    let needles = needles(account);
    for (what, text) in [
        ("account", format!("{account:?} {:?}", account.sdk_config("eu-west-1"))),
        ("snapshot", format!("{snapshot:?} {snapshot:#?}")),
        ("facts", format!("{:?}", assessed.facts)),
        ("findings", format!("{:?}", assessed.findings)),
        ("view", format!("{:?}", assessed.view)),
        ("plan", format!("{:?}", crate::harness::plan().digest_key)),
    ] {
        assert_eq!(needles.found(&text), Vec::<String>::new(), "{what}");
    }
}
