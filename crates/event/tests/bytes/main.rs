//! The bytes of this crate: golden, canonical, and signed for one purpose only.

#[cfg(test)]
mod any;
#[cfg(test)]
mod any_desk;
#[cfg(test)]
mod canonical;
#[cfg(test)]
mod contests;
#[cfg(test)]
mod desks;
#[cfg(test)]
mod domains;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod variants;
#[cfg(test)]
mod vectors;
