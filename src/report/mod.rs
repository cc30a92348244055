//! Renders a run for people and for programs; it prints and never decides.

pub mod coverage;
pub mod json;
pub mod sections;
pub mod style;
pub mod table;
pub mod text;
pub mod view;

pub use view::View;
