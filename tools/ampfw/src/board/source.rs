// SPDX-License-Identifier: GPL-2.0

//! Device tree source, as far as it needs no preprocessor.

use super::tree::Item;
use super::tree::Node;
use super::tree::Tree;
use crate::error::bail;
use crate::error::Result;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A name, a number, or a label with its colon.
    Word(String),
    Text(String),
    /// `&label` or `&{/path}`.
    Reference(String),
    Mark(char),
}

/// The tokens, with the lines they are on.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut line = 1;
    let is_word = |c: char| c.is_ascii_alphanumeric() || ",._+-#?@:/".contains(c);
    while let Some(first) = rest.chars().next() {
        let (len, token) = if rest.starts_with("/*") {
            let Some(end) = rest.find("*/") else {
                bail!("line {line}: the comment has no end");
            };
            (end + 2, None)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if first == '"' {
            let Some(end) = rest.get(1..).and_then(|rest| rest.find('"')) else {
                bail!("line {line}: the string has no end");
            };
            (end + 2, Some(Token::Text(rest[1..end + 1].to_string())))
        } else if first == '&' {
            let name: String = rest[1..]
                .chars()
                .take_while(|&c| is_word(c) || "{}".contains(c))
                .collect();
            (1 + name.len(), Some(Token::Reference(name)))
        } else if first == '#' && is_directive(rest) {
            bail!("line {line}: this device tree needs the C preprocessor; give the .dtb file");
        } else if is_word(first) {
            let word: String = rest.chars().take_while(|&c| is_word(c)).collect();
            // A word may have slashes in it, but ends where a comment begins.
            let end = word.find("//").unwrap_or(word.len());
            (end, Some(Token::Word(word[..end].to_string())))
        } else if first.is_whitespace() {
            (first.len_utf8(), None)
        } else {
            (first.len_utf8(), Some(Token::Mark(first)))
        };
        if let Some(token) = token {
            out.push((line, token));
        }
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    Ok(out)
}

fn is_directive(rest: &str) -> bool {
    ["#include", "#define", "#if", "#undef"]
        .iter()
        .any(|directive| rest.starts_with(directive))
}

struct Parser {
    tokens: std::vec::IntoIter<(usize, Token)>,
    line: usize,
    tree: Tree,
}

/// Nobody nests nodes deeper than this.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Tree> {
    let mut parser = Parser {
        tokens: tokens(text)?.into_iter(),
        line: 1,
        tree: Tree::default(),
    };
    while let Some(token) = parser.next() {
        match token {
            Token::Word(word) if word == "/" => {
                parser.expect('{')?;
                let root = parser.node("/".into(), Vec::new(), None);
                parser.body(root, 0)?;
            }
            Token::Reference(label) => {
                let Some(node) = parser.by_label(&label) else {
                    bail!("line {}: no node has the label \"{label}\"", parser.line);
                };
                parser.expect('{')?;
                parser.body(node, 0)?;
            }
            // "/dts-v1/;" and the like.
            Token::Word(word) if word.starts_with('/') && word != "/include/" => {
                while parser.next().is_some_and(|token| token != Token::Mark(';')) {}
            }
            _ => bail!(
                "line {}: expected a node; a tree that includes others must be given as .dtb file",
                parser.line
            ),
        }
    }
    Ok(parser.tree)
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let (line, token) = self.tokens.next()?;
        self.line = line;
        Some(token)
    }

    fn expect(&mut self, mark: char) -> Result<()> {
        match self.next() {
            Some(Token::Mark(found)) if found == mark => Ok(()),
            _ => bail!("line {}: expected \"{mark}\"", self.line),
        }
    }

    fn by_label(&self, label: &str) -> Option<usize> {
        let mut nodes = self.tree.0.iter();
        nodes.position(|node| node.labels.iter().any(|l| l == label))
    }

    /// The number of the node of this name, which may be there already.
    fn node(&mut self, name: String, labels: Vec<String>, parent: Option<usize>) -> usize {
        let mut nodes = self.tree.0.iter();
        if let Some(found) = nodes.position(|node| node.parent == parent && node.name == name) {
            self.tree.0[found].labels.extend(labels);
            return found;
        }
        self.tree.0.push(Node {
            name,
            labels,
            parent,
            ..Node::default()
        });
        self.tree.0.len() - 1
    }

    /// What is between the braces of `node`, and the semicolon behind.
    fn body(&mut self, node: usize, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            bail!("line {}: nodes are nested too deep", self.line);
        }
        let mut labels = Vec::new();
        loop {
            let name = match self.next() {
                Some(Token::Mark('}')) => return self.expect(';'),
                Some(Token::Word(word)) => word,
                _ => bail!("line {}: expected a property, a node or \"}}\"", self.line),
            };
            if let Some(label) = name.strip_suffix(':') {
                labels.push(label.to_string());
                continue;
            }
            match self.next() {
                Some(Token::Mark('{')) => {
                    let child = self.node(name, std::mem::take(&mut labels), Some(node));
                    self.body(child, depth + 1)?;
                }
                Some(Token::Mark(';')) => self.tree.0[node].properties.push((name, Vec::new())),
                Some(Token::Mark('=')) => {
                    let value = self.value()?;
                    self.tree.0[node].properties.push((name, value));
                }
                // "/delete-property/ NAME;" and its like have no part in what is looked for.
                Some(Token::Word(_) | Token::Reference(_)) if name.starts_with('/') => {
                    self.expect(';')?;
                }
                _ => bail!("line {}: expected \"=\", \"{{\" or \";\"", self.line),
            }
        }
    }

    /// The value of a property, up to its semicolon. Expressions in parentheses count as 0.
    fn value(&mut self) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut parentheses = 0_usize;
        let mut cells = false;
        loop {
            match self.next() {
                None => bail!("line {}: the property has no end", self.line),
                Some(Token::Mark(';')) => return Ok(items),
                Some(Token::Mark('(')) => {
                    if parentheses == 0 {
                        items.push(Item::Cell(0));
                    }
                    parentheses += 1;
                }
                Some(Token::Mark(')')) => parentheses = parentheses.saturating_sub(1),
                Some(_) if parentheses > 0 => {}
                Some(Token::Mark('<')) => cells = true,
                Some(Token::Mark('>')) => cells = false,
                Some(Token::Text(text)) => items.push(Item::Text(text)),
                Some(Token::Reference(label)) => items.push(Item::Reference(label)),
                Some(Token::Word(word)) if cells => {
                    items.push(Item::Cell(number(&word).unwrap_or(0)));
                }
                // Commas, labels, and bytes in brackets.
                Some(Token::Word(_) | Token::Mark(_)) => {}
            }
        }
    }
}

fn number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x").or(word.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}
