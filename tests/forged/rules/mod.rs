//! Every rule of admission, each with somebody who breaks it and no other.

mod authority;
mod cases;
mod codes;
mod contest;
mod course;
mod entered;
mod inquiries;
mod keys;
mod kinds;
mod paper;
mod releases;
mod reports;
mod review;

use crate::stage::Rule;

pub(crate) fn all() -> Vec<Rule> {
    [
        contest::rules(),
        keys::rules(),
        authority::rules(),
        reports::rules(),
        entered::rules(),
        review::rules(),
        cases::rules(),
        inquiries::rules(),
        releases::rules(),
        course::rules(),
        codes::rules(),
        paper::rules(),
        kinds::rules(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
