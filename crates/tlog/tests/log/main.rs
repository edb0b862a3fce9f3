//! The formats byte for byte, the tree against a recursive oracle, and other people's programs about both.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod any;
#[cfg(test)]
mod checkpoints;
#[cfg(test)]
mod consistency;
#[cfg(test)]
mod giants;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod inclusion;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod tiles;
#[cfg(test)]
mod witnesses;
