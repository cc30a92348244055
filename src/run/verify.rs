//! `dynaudit verify`: says whether an evidence bundle is as it was made, and names what is not.

use super::{Error, Outcome, console::Console};
use crate::{
    cli,
    report::{
        attest,
        evidence::{self, Verified},
        text::{cell, counted, inert},
    },
    snapshot::members::Members,
};

/// Names of signers that are told, and the most columns of one: an id of a key of ours, and no more.
const MOST: usize = 3;
const CUT: usize = 64;

/// `dynaudit verify`
pub fn run(args: &cli::Verify, console: &Console) -> Result<Outcome, Error> {
    let key = args.key.as_deref().map(attest::public_key).transpose()?;
    let mut previous = None;
    let mut intact = true;
    for path in &args.bundles {
        let verified = evidence::verify(&mut Members::open(path), key.as_ref())
            .map_err(|error| Error::Read(path.clone(), error))?;
        let mut said: Vec<String> =
            verified.wrong.iter().map(|(name, why)| format!("  {}: {}", inert(name), inert(why))).collect();
        said.extend(verified.signature.iter().map(|why| format!("  signature: {why}")));
        // Bundles given together are a chain, the oldest first.
        if let (Some(before), Some(digest)) = (&previous, &verified.digest)
            && verified.previous.as_ref() != Some(before)
        {
            said.push(format!("  chain: {} does not name the bundle before it", digest.sha256));
        }
        let word = if said.is_empty() && verified.is_intact() { "intact" } else { "NOT intact" };
        let by = by(&verified, key.is_some());
        let files = counted(verified.digests.len() as u64, "file", "files");
        said.insert(0, format!("{}: {word}; {files}, {by}", path.display()));
        intact &= said.len() == 1;
        console.text(&(said.join("\n") + "\n"))?;
        previous = verified.digest;
    }
    Ok(if intact { Outcome::Clean } else { Outcome::Flagged })
}

/// Who signed, and who is merely said to have: whoever holds a bundle can write a name into it.
fn by(verified: &Verified, asked: bool) -> String {
    let mut said: Vec<String> = verified.signer.iter().map(|id| format!("signed by {id}")).collect();
    // In quotes that it cannot end, so that no name goes on in words of ours.
    let quoted = |name: &String| format!("\"{}\"", cell(name, CUT).replace('"', "'"));
    let names: Vec<String> = verified.claimed.iter().take(MOST).map(quoted).collect();
    let more = match verified.claimed.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {}", counted(more as u64, "other", "others")),
    };
    if !names.is_empty() {
        let how = if asked { "" } else { ", give --key" };
        said.push(format!("claims to be signed by {}{more}: not verified{how}", names.join(", ")));
    }
    if said.is_empty() { "not signed".to_owned() } else { said.join("; ") }
}
