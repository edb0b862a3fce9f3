//! Strips to print and cut, three a page of letter paper.
//!
//! The fonts are those that every reader of PDF has: nothing is embedded, and letters outside of Latin-1 come as `?`.

use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str};

use super::strip::Strip;

const WIDTH: f32 = 612.0;
const HEIGHT: f32 = 792.0;
const MARGIN: f32 = 54.0;

/// How many strips a page has.
const A_PAGE: usize = 3;
const STRIP: f32 = HEIGHT / 3.0;

/// A letter of Helvetica is hardly ever wider than this part of its size, on average over a name.
const LETTER: f32 = 0.62;

/// The same over a long sentence, which is mostly small letters.
const SENTENCE: f32 = 0.5;

const PLAIN: Name<'_> = Name(b"F1");
const BOLD: Name<'_> = Name(b"F2");
const TYPED: Name<'_> = Name(b"F3");
const CODE: Name<'_> = Name(b"F4");

/// Each name of a font with the one that readers know it by.
const FONTS: [(Name<'_>, Name<'_>); 4] = [
    (PLAIN, Name(b"Helvetica")),
    (BOLD, Name(b"Helvetica-Bold")),
    (TYPED, Name(b"Courier")),
    (CODE, Name(b"Courier-Bold")),
];

/// Prints those codes that are good.
pub(super) fn sheets(strips: &[Strip]) -> Vec<u8> {
    let good: Vec<&Strip> = strips.iter().filter(|strip| strip.is_good()).collect();
    let mut pdf = Pdf::new();
    let mut next = Ref::new(1);
    let (catalog, tree) = (next.bump(), next.bump());
    let fonts = FONTS.map(|(name, base)| {
        let font = next.bump();
        pdf.type1_font(font)
            .base_font(base)
            .encoding_predefined(Name(b"WinAnsiEncoding"));
        (name, font)
    });
    let mut pages = Vec::new();
    for strips in good.chunks(A_PAGE) {
        let (page, content) = (next.bump(), next.bump());
        pages.push(page);
        {
            // Each of these ends where it is dropped, and the page with the last of them.
            let mut written = pdf.page(page);
            written.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT));
            written.contents(content);
            let mut resources = written.resources();
            let mut named = resources.fonts();
            for (name, font) in fonts {
                named.pair(name, font);
            }
        }
        pdf.stream(content, &drawn(strips));
    }
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(pages).count(count);
    pdf.finish()
}

/// The strips of a page, from the top, with a line to cut along between them.
fn drawn(strips: &[&Strip]) -> Vec<u8> {
    let mut content = Content::new();
    let mut top = HEIGHT;
    for strip in strips {
        draw(&mut content, strip, top);
        top -= STRIP;
        content
            .save_state()
            .set_line_width(0.5)
            .set_dash_pattern([4.0, 4.0], 0.0);
        content.move_to(0.0, top).line_to(WIDTH, top).stroke().restore_state();
    }
    content.finish().into_vec()
}

fn draw(content: &mut Content, strip: &Strip, top: f32) {
    let mut pen = Pen {
        content,
        at: top - 20.0,
    };
    pen.line(BOLD, 11.0, &strip.contest);
    pen.line(BOLD, 19.0, &format!("{}: {}", strip.county, strip.precinct));
    pen.at -= 10.0;
    pen.line(CODE, 34.0, &strip.code);
    pen.at -= 8.0;
    pen.line(
        PLAIN,
        9.5,
        "With this code the chair's device comes to its key, once. Do it days before; on the night no code is needed. Type:",
    );
    for typed in strip.command() {
        pen.line(TYPED, 8.5, &typed);
    }
    pen.line(
        PLAIN,
        9.5,
        "and then the code. Small letters, spaces and hyphens do not matter; there is no I, L, O or U in it.",
    );
    pen.line(
        PLAIN,
        9.5,
        &format!(
            "The device shows the log's key in four words. They must be:  {}",
            strip.log_words
        ),
    );
    pen.line(
        PLAIN,
        9.5,
        &format!(
            "Good until {}. Batch {}, code {}.",
            strip.expires, strip.batch, strip.number
        ),
    );
    pen.line(
        BOLD,
        9.5,
        "Whoever has this code can report for this precinct. If it is lost, or was used by somebody else, call the party.",
    );
}

/// Writes line under line.
struct Pen<'a> {
    content: &'a mut Content,
    at: f32,
}

impl Pen<'_> {
    fn line(&mut self, font: Name<'_>, size: f32, text: &str) {
        let bytes = latin(text);
        let size = fitting(font, size, bytes.len());
        self.at -= size * 1.35;
        self.content
            .begin_text()
            .set_font(font, size)
            .next_line(MARGIN, self.at)
            .show(Str(&bytes))
            .end_text();
    }
}

/// The size at which a line stays on the page.
fn fitting(font: Name<'_>, size: f32, letters: usize) -> f32 {
    let letters = f32::from(u16::try_from(letters).unwrap_or(u16::MAX)).max(1.0);
    // What is typed has letters of one width; that of the others is a guess for names, and less for long sentences.
    let letter = if font == TYPED || font == CODE {
        0.6
    } else if letters > 60.0 {
        SENTENCE
    } else {
        LETTER
    };
    size.min((WIDTH - 2.0 * MARGIN) / (letters * letter))
}

/// In the encoding of the fonts.
fn latin(text: &str) -> Vec<u8> {
    let letter = |letter: char| match u32::from(letter) {
        code @ (0x20..=0x7e | 0xa0..=0xff) => u8::try_from(code).unwrap_or(b'?'),
        _ if letter == '\u{2019}' => b'\'',
        _ => b'?',
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_the_fonts_do_not_have_come_as_question_marks() {
        assert_eq!(latin("Peña\u{2019}s 東"), b"Pe\xf1a's ?");
    }

    #[test]
    fn a_long_name_is_written_smaller_and_never_wider_than_the_page() {
        assert!((fitting(BOLD, 19.0, 10) - 19.0).abs() < 0.001);
        for letters in [45, 60, 61, 90, 200] {
            let width = f32::from(u16::try_from(letters).unwrap()) * 0.49 * fitting(BOLD, 19.0, letters);
            assert!(width < WIDTH - MARGIN, "{letters}: {width}");
        }
    }
}
