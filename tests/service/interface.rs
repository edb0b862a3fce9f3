//! What there is to call, from the interface's own description: a service or a call that is new is in every test that
//! speaks of all of them.

use prost::Message;
use tallylog_wire::v1;

/// Every service by its full name, with its calls.
pub(crate) fn services() -> Vec<(String, Vec<String>)> {
    let files = prost_types::FileDescriptorSet::decode(v1::DESCRIPTORS).unwrap().file;
    let services = files.iter().flat_map(|file| {
        let services = file.service.iter();
        services.map(|service| {
            let calls = service.method.iter().map(|method| method.name().to_owned());
            (format!("{}.{}", file.package(), service.name()), calls.collect())
        })
    });
    let services: Vec<(String, Vec<String>)> = services.collect();
    assert!(services.iter().any(|(_, calls)| calls.len() > 5), "{services:?}");
    services
}

/// The calls of one service, as Rust writes them: `write_phones`.
pub(crate) fn calls_of(service: &str) -> Vec<String> {
    let mut services = services().into_iter();
    let (_, calls) = services.find(|(name, _)| name == service).unwrap();
    calls.iter().map(|call| snake(call)).collect()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
