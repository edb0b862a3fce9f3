//! The formats byte for byte, the tree against a recursive oracle, and other people's programs about both.

#[cfg(test)]
mod consistency;
#[cfg(test)]
mod giants;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod inclusion;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod samples;
