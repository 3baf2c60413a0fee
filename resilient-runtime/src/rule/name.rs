//! The names of shared instances: 1 to 128 printable characters, no blanks at their ends.

use super::text::Text;

const LONGEST: usize = 128;

/// The name of a shared instance.
pub(crate) const fn name(name: &str) -> Option<Text> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        let text = "the name is empty: it has to tell this instance from the others\n\
                    Write what it is called, as in \"payments\".";
        return Some(Text::of(text));
    }
    let (mut at, mut characters) = (0, 0);
    let (mut first, mut last) = (None, ' ');
    while at < bytes.len() {
        let (character, length) = decoded(bytes, at);
        if matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}') {
            let text = "the name holds a control character: it is printed in events and errors\n\
                        Write printable characters only.";
            return Some(Text::of(text));
        }
        if first.is_none() {
            first = Some(character);
        }
        last = character;
        characters += 1;
        at += length;
    }
    if let Some(first) = first
        && (first.is_whitespace() || last.is_whitespace())
    {
        let text = "the name begins or ends with a blank: it would be another one than it looks like\n\
             Remove the blank.";
        return Some(Text::of(text));
    }
    if characters > LONGEST {
        let text = Text::of("the name is longer than ").number(LONGEST as u128);
        let text = text.and(" characters: it has ").number(characters as u128);
        return Some(text.and("\nShorten it."));
    }
    None
}

/// The character that starts here, and its bytes: `char_indices` is not for constants.
const fn decoded(bytes: &[u8], at: usize) -> (char, usize) {
    let (length, mut code) = match bytes[at] {
        byte @ ..0x80 => (1, byte as u32),
        byte @ ..0xe0 => (2, byte as u32 & 0x1f),
        byte @ ..0xf0 => (3, byte as u32 & 0x0f),
        byte => (4, byte as u32 & 0x07),
    };
    let mut i = 1;
    while i < length {
        code = (code << 6) | (bytes[at + i] as u32 & 0x3f);
        i += 1;
    }
    match char::from_u32(code) {
        Some(character) => (character, length),
        None => (char::REPLACEMENT_CHARACTER, length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_judged_by_its_characters() {
        for good in ["a", "pricing v2", "µ–🦀", &"🦀".repeat(LONGEST)] {
            assert!(name(good).is_none(), "{good}");
        }
        for (bad, said) in [
            ("", "empty"),
            (" a", "blank"),
            ("a\u{3000}", "blank"),
            ("a\nb", "control"),
            ("a\u{85}b", "control"),
            (&"🦀".repeat(LONGEST + 1), "longer than 128"),
        ] {
            let found = name(bad).expect("it is refused");
            assert!(found.as_str().contains(said), "{bad:?}");
        }
    }

    #[test]
    fn every_character_is_decoded() {
        for character in '\0'..=char::MAX {
            let mut bytes = [0; 4];
            let text = character.encode_utf8(&mut bytes);
            assert_eq!(decoded(text.as_bytes(), 0), (character, text.len()));
        }
    }
}
