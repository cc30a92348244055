//! An evidence bundle in memory, for tests that take it apart.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use dynaudit::{
    report::{
        attest::PublicKey,
        evidence::{self, Verified},
    },
    snapshot::{members::Members, pack::Packer},
};

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The archive of `files`.
pub fn pack(files: &Files) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut packer = Packer::new(&mut out);
    for (name, bytes) in files {
        packer.add(name, |out| out.write_all(bytes)).unwrap();
    }
    packer.finish().unwrap();
    out.into_inner()
}

/// The files of `archive`.
pub fn unpack(archive: &[u8]) -> Files {
    let mut members = Members::of(Cursor::new(archive.to_vec())).unwrap();
    let names = members.names();
    names.into_iter().map(|name| (name.clone(), read(&mut members, &name))).collect()
}

/// A file of a bundle.
pub fn read(members: &mut Members, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    members.read(name).unwrap().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// What verifying `archive` comes to.
pub fn verify(archive: &[u8], key: Option<&PublicKey>) -> Verified {
    evidence::verify(&mut Members::of(Cursor::new(archive.to_vec())), key).unwrap()
}
