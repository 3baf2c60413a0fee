//! The same work through every crate that does it, measured side by side in one run.
//!
//! `rows → measure → report`: the rows know the crates, the harness knows rows, the reports know figures.

pub mod allocation;
pub mod body;
pub mod growth;
pub mod instructions;
pub mod quartiles;
pub mod report;
pub mod row;
pub mod rows;
pub mod threads;
pub mod time;
