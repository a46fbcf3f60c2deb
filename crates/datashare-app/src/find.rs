//! Finding by words as people type them: all of them somewhere, whatever their case.

/// What is looked for.
#[derive(Debug)]
pub(crate) struct Words(Vec<String>);

impl Words {
    pub(crate) fn of(typed: &str) -> Self {
        Self(typed.split_whitespace().map(str::to_lowercase).collect())
    }

    /// Nothing was typed: everything fits.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each word is in one of the texts.
    pub(crate) fn are_in(&self, texts: &[&str]) -> bool {
        let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
        self.0.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_to_be_somewhere() {
        let words = Words::of("  Oka BEN ");
        assert!(words.are_in(&["Ben Okafor", "ben@fabrikam.example"]));
        assert!(words.are_in(&["OKAFOR", "Ben"]));
        assert!(!words.are_in(&["Ben"]));
        assert!(Words::of(" ").is_empty() && Words::of("").are_in(&[]));
        assert!(Words::of("größe").are_in(&["GRÖSSE GRÖßE"]));
    }
}
