//! Messages and stubs generated from `proto/`. Nothing here is written by hand.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::as_conversions,
    clippy::wildcard_enum_match_arm
)]

/// The first version of the interface.
pub mod v1 {
    tonic::include_proto!("tallylog.v1");

    /// The files of `proto/`, for reflection.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
}
