//! Lines for a terminal of 80 columns.

/// How many characters a line has at most.
const WIDTH: usize = 78;

/// Breaks a sentence into lines at its spaces, each indented. A word that is too long stands on a line of its own.
pub(crate) fn wrap(text: &str, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = " ".repeat(indent);
    for word in text.split_whitespace() {
        let is_empty = line.len() == indent;
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_a_terminal_is_wide_and_no_word_is_lost() {
        let text = "Compare attendance, final figures, awards and any game of chance with the worksheet. ".repeat(5);
        let lines = wrap(&text, 4);
        assert!(lines.iter().all(|line| line.len() <= WIDTH && line.starts_with("    ")));
        let words: Vec<_> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
        assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
    }
}
