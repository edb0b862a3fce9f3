//! Whom a receipt or a precinct's proof is checked against, and what its verdict rests on.

use std::path::Path;

use serde_json::{Value, json};
use tallylog_tlog::{LogKey, Policy};

use super::{Answer, Fault, Flags, read};
use crate::Weakness;

/// The reader's policy and how it was named.
pub(super) struct Trust {
    policy: Policy,
    flags: Vec<&'static str>,
}

impl Trust {
    pub(super) fn new(flags: &Flags) -> Result<Self, Fault> {
        let policy = match (&flags.log_key, &flags.policy) {
            (key, Some(path)) => policy(path, key.as_ref())?,
            (Some(key), None) => Policy::of_log(key.clone()),
            (None, None) => return Err(Fault::NoLogKey),
        };
        let given = [
            ("--log-key", flags.log_key.is_some()),
            ("--policy", flags.policy.is_some()),
        ];
        let given = given.into_iter().filter(|(_, is_given)| *is_given);
        Ok(Self {
            policy,
            flags: given.map(|(flag, _)| flag).collect(),
        })
    }

    pub(super) const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The verdict on what holds: what it rests on comes first.
    pub(super) fn answer(&self, table: &str, json: &str) -> Result<Answer, Fault> {
        let weakness = (self.policy.needs() == 0).then_some(Weakness::NoQuorum);
        let mut value: Value = serde_json::from_str(json)?;
        value["log_key_vouched_by"] = json!(self.flags);
        value["quorum"] = json!({ "by": "reader", "needed": self.policy.needs(), "witnesses": self.witnesses() });
        let weaknesses: Vec<Value> = weakness
            .iter()
            .map(|weakness| json!({ "code": weakness.code(), "message": weakness.to_string() }))
            .collect();
        value["weaknesses"] = weaknesses.into();
        Ok(Answer {
            verified: true,
            table: self.grounds(weakness.as_ref()) + table,
            json: serde_json::to_string_pretty(&value)? + "\n",
        })
    }

    fn witnesses(&self) -> Vec<&str> {
        let witnesses = self.policy.witnesses();
        witnesses.map(|(witness, _)| witness.name().as_str()).collect()
    }

    fn grounds(&self, weakness: Option<&Weakness>) -> String {
        let keys = self.policy.logs().map(|key| format!("log key     {key}"));
        let mut lines: Vec<String> = keys.collect();
        lines.push(format!("vouched     by you, with {}", self.flags.join(", ")));
        lines.extend(crate::report::quorum_lines(
            "your policy",
            self.policy.needs(),
            &self.witnesses(),
        ));
        lines.extend(
            weakness
                .iter()
                .flat_map(|weakness| crate::report::weakness_lines(weakness)),
        );
        lines.join("\n") + "\n\n"
    }
}

/// The reader's policy. `--log-key` beside it names the log that is meant: one that the policy believes, or any if it names
/// none.
pub(super) fn policy(path: &Path, log_key: Option<&LogKey>) -> Result<Policy, Fault> {
    let policy = Policy::parse(&read(path)?).map_err(|error| Fault::Policy {
        path: path.to_owned(),
        error,
    })?;
    let Some(key) = log_key else {
        return Ok(policy);
    };
    let (names_some, names_this) = (policy.logs().next().is_some(), policy.logs().any(|log| log == key));
    match (names_some, names_this) {
        (_, true) => Ok(policy),
        (true, false) => Err(Fault::OtherLogs {
            path: path.to_owned(),
            key: Box::new(key.clone()),
        }),
        (false, false) => policy.with_log(key.clone()).map_err(|fault| Fault::WithLog {
            path: path.to_owned(),
            fault,
        }),
    }
}
