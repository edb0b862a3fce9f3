//! How often an address may guess.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tallylog_event::UnixMillis;

use crate::limits::{Limit, grouped};

/// How many wrong codes an address may show before it has to wait: a caucus site may share one router.
const FREE: u32 = 5;

/// The first wait; each later one is twice as long, to the longest. Nobody who guesses can make others wait for longer.
const FIRST: u64 = 1_000;
const LONGEST: u64 = 60_000;

/// After so long without a wrong code an address begins anew.
const FORGOTTEN: u64 = 15 * 60_000;

/// How many addresses are remembered: some 600 kB.
const MOST: usize = 10_000;

/// How often an address may guess.
pub(crate) fn limit() -> Limit {
    Limit::new("wrong enrolment codes of an address before it must wait", grouped(FREE)).code("slow-down")
}

/// Where a try comes from: an address, or the network of one, which its owner fills as he likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct From(IpAddr);

/// The wrong tries of each address.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    of: BTreeMap<From, Tried>,
}

#[derive(Clone, Copy, Debug)]
struct Tried {
    wrong: u32,
    last: UnixMillis,
}

impl From {
    /// The address of a peer; all whose address is not known are one.
    pub(crate) fn peer(peer: Option<SocketAddr>) -> Self {
        let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        Self(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => {
                let network = v6.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(network.into())
            }
        })
    }
}

impl Tries {
    /// Says that an address may try now, or how long it has to wait.
    pub(crate) fn may_try(&self, from: From, now: UnixMillis) -> Result<(), Duration> {
        let Some(tried) = self.of.get(&from) else {
            return Ok(());
        };
        let waited = now.0.saturating_sub(tried.last.0);
        // Also where the clock was set back.
        let left = wait(tried.wrong).saturating_sub(waited);
        if left == 0 {
            return Ok(());
        }
        Err(Duration::from_millis(left))
    }

    /// Remembers a wrong code. A right one changes nothing: whoever has one could guess on with it for ever.
    pub(crate) fn wrong(&mut self, from: From, now: UnixMillis) {
        if self.of.len() >= MOST && !self.of.contains_key(&from) {
            self.make_room(now);
        }
        let tried = self.of.entry(from).or_insert(Tried { wrong: 0, last: now });
        if now.0.saturating_sub(tried.last.0) >= FORGOTTEN {
            tried.wrong = 0;
        }
        tried.wrong = tried.wrong.saturating_add(1);
        tried.last = now;
    }

    /// Forgets who has been quiet for long, and otherwise the one that has been so for the longest.
    fn make_room(&mut self, now: UnixMillis) {
        self.of
            .retain(|_, tried| now.0.saturating_sub(tried.last.0) < FORGOTTEN);
        if self.of.len() < MOST {
            return;
        }
        let oldest = self.of.iter().min_by_key(|(_, tried)| tried.last);
        if let Some(oldest) = oldest.map(|(from, _)| *from) {
            self.of.remove(&oldest);
        }
    }
}

fn wait(wrong: u32) -> u64 {
    match wrong.checked_sub(FREE) {
        None => 0,
        Some(more) => FIRST.saturating_mul(1 << more.min(16)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_000_000);

    fn from(address: &str) -> From {
        From::peer(Some(SocketAddr::new(address.parse().unwrap(), 1)))
    }

    fn later(millis: u64) -> UnixMillis {
        UnixMillis(START.0 + millis)
    }

    fn guessed(times: u32) -> Tries {
        let mut tries = Tries::default();
        (0..times).for_each(|_| tries.wrong(from("192.0.2.1"), START));
        tries
    }

    #[test]
    fn a_few_wrong_codes_are_free_and_then_each_wait_is_twice_the_last_up_to_a_minute() {
        let waits: Vec<_> = (0..14)
            .map(|times| guessed(times).may_try(from("192.0.2.1"), START).err())
            .map(|wait| wait.map_or(0, |wait| wait.as_secs()))
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let tries = guessed(7);
        assert!(tries.may_try(from("192.0.2.1"), later(3_999)).is_err());
        assert!(tries.may_try(from("192.0.2.1"), later(4_000)).is_ok());
    }

    #[test]
    fn nobody_waits_for_what_another_address_guessed() {
        let tries = guessed(1_000);
        assert!(tries.may_try(from("192.0.2.2"), START).is_ok());
        assert!(tries.may_try(from("2001:db8::1"), START).is_ok());
    }

    #[test]
    fn a_network_of_the_sixth_version_is_one_address_and_an_old_one_written_newly_is_the_same() {
        let mut tries = Tries::default();
        (0..9).for_each(|at| tries.wrong(from(&format!("2001:db8::{at}")), START));
        assert!(tries.may_try(from("2001:db8::ffff:1"), START).is_err());
        assert!(tries.may_try(from("2001:db8:0:1::1"), START).is_ok());
        assert_eq!(from("::ffff:192.0.2.1"), from("192.0.2.1"));
    }

    #[test]
    fn after_a_while_without_a_wrong_code_an_address_begins_anew() {
        let mut tries = guessed(20);
        tries.wrong(from("192.0.2.1"), later(FORGOTTEN));
        assert!(tries.may_try(from("192.0.2.1"), later(FORGOTTEN)).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
        let wait = guessed(20).may_try(from("192.0.2.1"), UnixMillis(0)).unwrap_err();
        assert_eq!(wait, Duration::from_millis(LONGEST));
    }

    #[test]
    fn however_many_addresses_guess_no_more_than_the_most_are_remembered() {
        let mut tries = Tries::default();
        let most = u32::try_from(MOST).unwrap();
        for address in 0..most + 100 {
            let peer = SocketAddr::new(IpAddr::V4(Ipv4Addr::from_bits(address)), 1);
            tries.wrong(From::peer(Some(peer)), later(address.into()));
        }
        assert_eq!(tries.of.len(), MOST);
        assert!(
            !tries.of.contains_key(&from("0.0.0.1")),
            "the oldest is forgotten first"
        );
    }
}
