//! The worksheet as a form: read from a file or asked for line by line, checked, and read back.
//!
//! Shared by the chair's device and the operators' desk. What was typed is never changed: what the rules give stands
//! beside it, and a difference is said.

mod ask;
mod caucus;
mod checks;
mod fault;
mod fields;
mod file;
mod wrap;

#[cfg(test)]
pub(crate) mod samples;

pub(crate) use ask::{Ask, Filled, Terminal, fill, fill_until};
pub(crate) use caucus::Caucus;
pub(crate) use checks::{Confirmed, Found, check, confirmed, describe, describe_all};
pub(crate) use fault::SheetFault;
pub(crate) use fields::{beside, read_back};
pub(crate) use file::{named_place, read, template, write};
pub(crate) use wrap::wrap;
