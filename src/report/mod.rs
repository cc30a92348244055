//! Renders a run for people and for programs; it prints and never decides.

pub mod asff;
pub mod attest;
pub mod baseline;
pub mod coverage;
pub mod csv;
pub mod diff;
pub mod effort;
pub mod evidence;
pub mod framework;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod label;
pub mod markdown;
pub mod ocsf;
pub mod oscal;
pub mod reach;
pub mod readers;
pub mod remediation;
pub mod sarif;
pub mod sections;
pub mod style;
pub mod summary;
pub mod table;
pub mod text;
pub mod verdicts;
pub mod view;

pub use view::View;
