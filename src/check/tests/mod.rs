//! The library, the judge and the commands, on small trees of facts.

mod command;
mod judge;
mod library;
mod scale;
