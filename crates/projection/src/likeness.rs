//! Names that look alike.
//!
//! Two keys of one name are one person, and a person who could have a second name could do alone what takes two. So a
//! name is enrolled as it was written the first time, or as one that nobody takes for it.

/// Letters that look like others, or like them but for a mark, with what they look like. Capitals were made small.
const LIKE: [(&str, char); 25] = [
    ("àáâãäåāăąаα", 'a'),
    ("вβ", 'b'),
    ("çćĉċčс", 'c'),
    ("ďđԁ", 'd'),
    ("èéêëēĕėęěеёεє", 'e'),
    ("ĝğġģ", 'g'),
    ("ĥħнһη", 'h'),
    ("ìíîïĩīĭįıіїιӏ", 'i'),
    ("ĵј", 'j'),
    ("ķкκ", 'k'),
    ("ĺļľŀł", 'l'),
    ("мμ", 'm'),
    ("ñńņňν", 'n'),
    ("òóôõöøōŏőоο", 'o'),
    ("рρ", 'p'),
    ("ԛ", 'q'),
    ("ŕŗř", 'r'),
    ("śŝşšșѕ", 's'),
    ("ţťŧțтτ", 't'),
    ("ùúûüũūŭůűų", 'u'),
    ("ŵԝ", 'w'),
    ("хχ", 'x'),
    ("ýÿŷуυ", 'y'),
    ("źżžζ", 'z'),
    ("ß", 's'),
];

/// What everybody sees of a name: small letters without marks, and words apart. Names that look alike have the same.
pub(crate) fn likeness(name: &str) -> String {
    let shown = name.chars().filter(|c| !is_unseen(*c));
    let letters: String = shown
        .flat_map(char::to_lowercase)
        .filter(|c| !is_unseen(*c))
        .map(|c| narrow(c).unwrap_or(c))
        .map(plain)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    words.join(" ")
}

/// Marks on the letter before, and characters of which nothing is seen.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// The Latin letter or digit that a wide one is.
fn narrow(c: char) -> Option<char> {
    let wide = matches!(c, '\u{FF01}'..='\u{FF5E}').then(|| u32::from(c))?;
    char::from_u32(wide - 0xFEE0)
}

fn plain(c: char) -> char {
    let like = LIKE.iter().find(|(letters, _)| letters.contains(c));
    like.map_or(c, |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_spaces_marks_and_scripts_make_no_other_name() {
        for spelling in [
            "ada núñez",
            "Ada  Nunez",
            "ADA NÚÑEZ",
            "Аda Nu\u{301}n\u{303}ez",
            "Ａda Nuñez.",
            "Ad\u{AD}a Nunez",
        ] {
            assert_eq!(likeness(spelling), "ada nunez", "{spelling}");
        }
    }

    #[test]
    fn words_and_numbers_tell_names_apart() {
        let names = [
            "Ada Nunez",
            "Ada B. Nunez",
            "Adan Unez",
            "Chair 1/11",
            "Chair 11/1",
            "李",
            "王",
        ];
        for (at, one) in names.iter().enumerate() {
            for other in &names[at + 1..] {
                assert_ne!(likeness(one), likeness(other));
            }
        }
    }
}
