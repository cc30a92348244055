//! `dynaudit verify`: says whether an evidence bundle is as it was made, and names what is not.

use super::{Error, Outcome, console::Console};
use crate::{
    cli,
    report::{
        attest, evidence,
        text::{counted, inert},
    },
    snapshot::members::Members,
};

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
        let by = match (verified.signers.as_slice(), &key) {
            ([], _) => "not signed".to_owned(),
            (signers, None) => format!("signed by {}, not checked: give --key", signers.join(", ")),
            (signers, Some(_)) if verified.signature.is_none() => format!("signed by {}", signers.join(", ")),
            (signers, Some(_)) => format!("claims to be signed by {}", signers.join(", ")),
        };
        let files = counted(verified.digests.len() as u64, "file", "files");
        said.insert(0, format!("{}: {word}; {files}, {by}", path.display()));
        intact &= said.len() == 1;
        console.text(&(said.join("\n") + "\n"))?;
        previous = verified.digest;
    }
    Ok(if intact { Outcome::Clean } else { Outcome::Flagged })
}
