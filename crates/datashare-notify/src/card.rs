//! A message for Microsoft Teams: what a workflow "When a Teams webhook request is received" posts to a channel.

use serde_json::{Value, json};

/// What the card says. All of it is shown as text, never as markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub title: String,
    pub text: String,
    /// Names and values below the text.
    pub facts: Vec<(String, String)>,
    pub tone: Tone,
}

/// How the title looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Attention,
    Neutral,
}

/// The message with one Adaptive Card 1.4.
pub(crate) fn message(card: &Card) -> Value {
    let colour = match card.tone {
        Tone::Good => "Good",
        Tone::Attention => "Attention",
        Tone::Neutral => "Default",
    };
    let facts: Vec<Value> = card
        .facts
        .iter()
        .map(|(title, value)| json!({ "title": plain(title), "value": plain(value) }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": plain(&card.title),
                "body": [
                    { "type": "TextBlock", "text": plain(&card.title), "size": "Medium", "weight": "Bolder", "color": colour, "wrap": true },
                    { "type": "TextBlock", "text": plain(&card.text), "wrap": true },
                    { "type": "FactSet", "facts": facts },
                ],
            },
        }],
    })
}

/// Teams reads a part of Markdown in texts. Names of others must not become links or bold words.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escape = matches!(
                character,
                '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '`' | '<' | '>' | '~' | '|'
            );
            escape.then_some('\\').into_iter().chain([character])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_are_text_and_no_link() {
        let made = message(&Card {
            title: "Invitation accepted".into(),
            text: "[Click](https://evil.example) *now*".into(),
            facts: vec![("Share".into(), "sales_2026".into())],
            tone: Tone::Good,
        });
        let content = &made["attachments"][0]["content"];
        assert_eq!(content["body"][1]["text"], r"\[Click\]\(https://evil.example\) \*now\*");
        assert_eq!(content["body"][2]["facts"][0]["value"], r"sales\_2026");
        assert_eq!((&content["type"], &made["type"]), (&json!("AdaptiveCard"), &json!("message")));
    }
}
