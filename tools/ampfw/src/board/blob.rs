// SPDX-License-Identifier: GPL-2.0

//! Device tree blobs.
//!
//! Source of the format: the Devicetree Specification, chapter "Flattened Devicetree (DTB) Format".

use super::tree::Item;
use super::tree::Node;
use super::tree::Tree;
use crate::error::Error;
use crate::error::Result;

const MAGIC: [u8; 4] = [0xd0, 0x0d, 0xfe, 0xed];

pub(super) fn is_blob(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

fn text(bytes: &[u8], at: usize) -> Option<String> {
    let text = bytes.get(at..)?;
    let end = text.iter().position(|&byte| byte == 0)?;
    Some(text.get(..end)?.escape_ascii().to_string())
}

pub(super) fn parse(bytes: &[u8]) -> Result<Tree> {
    tree(bytes).ok_or_else(|| Error::new("the device tree blob is broken: it ends in its middle"))
}

/// `None` if anything is not where it should be.
fn tree(bytes: &[u8]) -> Option<Tree> {
    let structure = word(bytes, 8)? as usize;
    let strings = bytes.get(word(bytes, 12)? as usize..)?;
    let mut tree = Tree::default();
    let mut path: Vec<usize> = Vec::new();
    let mut at = structure;
    loop {
        let token = word(bytes, at)?;
        at += 4;
        match token {
            1 => {
                let name = text(bytes, at)?;
                let end = bytes.get(at..)?.iter().position(|&byte| byte == 0)?;
                at = (at + end + 1).next_multiple_of(4);
                tree.0.push(Node {
                    name,
                    parent: path.last().copied(),
                    ..Node::default()
                });
                path.push(tree.0.len() - 1);
            }
            2 => {
                path.pop()?;
            }
            3 => {
                let len = word(bytes, at)? as usize;
                let name = text(strings, word(bytes, at + 4)? as usize)?;
                let value = bytes.get(at + 8..(at + 8).checked_add(len)?)?;
                at = (at + 8 + len).next_multiple_of(4);
                let node = tree.0.get_mut(*path.last()?)?;
                node.properties
                    .push((name, vec![Item::Bytes(value.into())]));
            }
            4 => {}
            9 if path.is_empty() => return Some(tree),
            _ => return None,
        }
    }
}
