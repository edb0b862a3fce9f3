//! How many bytes are under way on all connections, and who gives way where they are too many.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::exchange::Exchange;

/// What a request costs beside its bytes: its task, its head, and what answers it.
pub(super) const BASE: u64 = 8 << 10;

/// The bytes that are under way.
pub(super) struct Ledger {
    most: u64,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    total: u64,
    of: BTreeMap<u64, Account>,
    order: BTreeSet<Weight>,
}

/// What a connection has under way.
#[derive(Default)]
struct Account {
    bytes: u64,
    enrolled: bool,
    exchanges: BTreeMap<u64, (u64, Weak<Exchange>)>,
}

/// Who gives way last: those over whose connection something signed came, then whoever holds little, then the newest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    unknown: bool,
    bytes: u64,
    connection: Reverse<u64>,
}

impl Ledger {
    pub(super) fn new(most: u64) -> Self {
        Self {
            most,
            book: Mutex::default(),
        }
    }

    /// An exchange holds so many bytes from now on. Where that is too much for all, whoever holds most gives way.
    pub(super) fn set(&self, exchange: &Arc<Exchange>, bytes: u64) {
        let mut given_way = Vec::new();
        {
            let book = &mut *self.book();
            book.set(exchange, bytes);
            while book.total > self.most {
                let Some(heaviest) = book.heaviest() else { break };
                book.remove(heaviest.0, heaviest.1);
                given_way.extend(heaviest.2.upgrade());
            }
        }
        for exchange in given_way {
            exchange.give_way();
        }
    }

    pub(super) fn remove(&self, connection: u64, exchange: u64) {
        self.book().remove(connection, exchange);
    }

    /// Everything that is under way.
    pub(super) fn all(&self) -> Vec<Arc<Exchange>> {
        let book = self.book();
        let exchanges = book.of.values().flat_map(|account| account.exchanges.values());
        exchanges.filter_map(|(_, exchange)| exchange.upgrade()).collect()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn set(&mut self, exchange: &Arc<Exchange>, bytes: u64) {
        let (connection, id) = (exchange.peer().id(), exchange.id());
        let mut account = self.take(connection);
        account.enrolled = exchange.peer().is_enrolled();
        let before = account.exchanges.insert(id, (bytes, Arc::downgrade(exchange)));
        account.bytes = account.bytes + bytes - before.map_or(0, |(bytes, _)| bytes);
        self.put(connection, account);
    }

    fn remove(&mut self, connection: u64, exchange: u64) {
        let mut account = self.take(connection);
        if let Some((bytes, _)) = account.exchanges.remove(&exchange) {
            account.bytes -= bytes;
        }
        self.put(connection, account);
    }

    fn take(&mut self, connection: u64) -> Account {
        let account = self.of.remove(&connection).unwrap_or_default();
        self.order.remove(&account.weight(connection));
        self.total -= account.bytes;
        account
    }

    fn put(&mut self, connection: u64, account: Account) {
        if account.exchanges.is_empty() {
            return;
        }
        self.total += account.bytes;
        self.order.insert(account.weight(connection));
        self.of.insert(connection, account);
    }

    /// The largest of what the connection has under way that has most under way; the oldest of equals.
    fn heaviest(&self) -> Option<(u64, u64, Weak<Exchange>)> {
        let Reverse(connection) = self.order.last()?.connection;
        let exchanges = self.of.get(&connection)?.exchanges.iter();
        let (id, (_, exchange)) = exchanges.max_by_key(|(id, (bytes, _))| (*bytes, Reverse(**id)))?;
        Some((connection, *id, Weak::clone(exchange)))
    }
}

impl Account {
    const fn weight(&self, connection: u64) -> Weight {
        Weight {
            unknown: !self.enrolled,
            bytes: self.bytes,
            connection: Reverse(connection),
        }
    }
}
