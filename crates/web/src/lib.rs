//! The observers' pages, as they were built from `ui/`, embedded: the server serves them and sees nothing in them.
//!
//! The build in `dist/` is committed, so that cargo alone builds the product.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "dist"]
struct Built;

/// A file of the pages.
pub struct File {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: &'static str,
    /// The SHA-256 of its bytes, in hexadecimal: another file has another.
    pub tag: String,
}

/// The page from which all of them start: which one is shown, it reads from the address.
pub const START: &str = "index.html";

/// Where the files lie whose names change with their contents.
pub const ASSETS: &str = "assets/";

/// The file of this name, without a slash before it; `None` where the pages have none.
#[must_use]
pub fn file(name: &str) -> Option<File> {
    let file = Built::get(name)?;
    Some(File {
        tag: file.metadata.sha256_hash().map(|byte| format!("{byte:02x}")).concat(),
        bytes: file.data,
        media_type: media_type(name),
    })
}

/// The names of all files.
pub fn names() -> impl Iterator<Item = Cow<'static, str>> {
    Built::iter()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{ASSETS, START, file, names};

    #[test]
    fn the_start_page_names_files_that_are_there_and_nothing_beyond_the_host() {
        let start = file(START).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        let start = start.unwrap_or_default();
        let named: Vec<&str> = start
            .split(['"', '\''])
            .filter_map(|part| part.strip_prefix('/'))
            .collect();
        assert!(named.iter().any(|name| name.starts_with(ASSETS)), "{start}");
        // Whoever has no script is sent to the log itself, which the server has.
        let mut loaded = named.iter().filter(|name| **name != "checkpoint");
        assert!(loaded.all(|name| file(name).is_some()), "{named:?}");
        assert!(!start.contains("//"), "{start}");
        assert!(!start.contains("<style") && !start.contains("style="), "{start}");
    }

    #[test]
    fn every_file_has_a_media_type_that_browsers_know() {
        let unknown = names().filter(|name| file(name).is_none_or(|file| file.media_type.contains("octet")));
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
