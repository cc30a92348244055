//! The detector from outside: formats, names, packing, masking, bounds.

#[path = "detect/benign.rs"]
mod benign;
#[path = "detect/formats.rs"]
mod formats;
#[path = "detect/hashes.rs"]
mod hashes;
#[path = "detect/hostile.rs"]
mod hostile;
#[path = "detect/jwt.rs"]
mod jwt;
#[path = "detect/named.rs"]
mod named;
#[path = "detect/packed.rs"]
mod packed;
#[path = "detect/properties.rs"]
mod properties;
#[path = "detect/support.rs"]
mod support;
