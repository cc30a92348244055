//! `simulate`: one JSON object, an array of them, or JSON Lines in; the same form out.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde_json::{Value as Json, json};

use super::{Error, Outcome, console::Console};
use crate::{
    cli::{self, UnknownKeys},
    report::json as write,
    simulate::{Input, Output, Refused, Unknown, answer, simulate},
    source::open,
};

/// Largest input, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// Answers what the file asks.
pub(super) fn run(args: &cli::Simulate, console: &Console) -> Result<Outcome, Error> {
    let unknown = match args.unknown {
        UnknownKeys::Absent => Unknown::Absent,
        UnknownKeys::Symbolic => Unknown::Symbolic,
    };
    let bytes = read(args.file.as_deref().unwrap_or(Path::new("-")))?;
    let text = trimmed(&bytes);
    if text.is_empty() {
        return Err(Error::Refused("the input is empty".to_owned()));
    }
    let mut out = Vec::new();
    let failed = |error| Error::Write(PathBuf::from("standard output"), error);
    let mut whole = true;
    // A single object may span lines; so may an array, which no line of JSON Lines can be.
    match serde_json::from_slice(text) {
        Ok(Json::Array(items)) => {
            let answers = items
                .into_iter()
                .map(|item| Input::from_json(item).and_then(|input| simulate(&input, unknown)));
            let answers: Vec<Json> = answers.map(|answer| said(answer, &mut whole)).collect();
            write::write(&answers, &mut out).map_err(failed)?;
        }
        Ok(one) => {
            let answer = Input::from_json(one).and_then(|input| simulate(&input, unknown));
            let lines = text.contains(&b'\n');
            let json = said(answer, &mut whole);
            if lines { write::write(&json, &mut out) } else { write::line(&json, &mut out) }
                .map_err(failed)?;
        }
        Err(_) => {
            for line in text.split(|byte| *byte == b'\n') {
                let json = said(answer(line, unknown), &mut whole);
                write::line(&json, &mut out).map_err(failed)?;
            }
        }
    }
    console.bytes(&out)?;
    Ok(if whole { Outcome::Clean } else { Outcome::Incomplete })
}

/// An answer, or why there is none.
fn said(answer: Result<Output, Refused>, whole: &mut bool) -> Json {
    let refused = match answer.map(serde_json::to_value) {
        Ok(Ok(json)) => return json,
        Ok(Err(error)) => error.to_string(),
        Err(refused) => refused.to_string(),
    };
    *whole = false;
    json!({ "Error": refused })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::Refused(format!("cannot read {}: {error}", path.display()));
    let input: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(io::stdin()),
        _ => Box::new(open::open(path).map_err(failed)?),
    };
    let mut bytes = Vec::new();
    input.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::Refused(format!("{} is larger than 1 GiB", path.display())));
    }
    Ok(bytes)
}

/// Without a byte order mark and white space around.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii()
}
