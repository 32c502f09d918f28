// SPDX-License-Identifier: GPL-2.0

//! A device tree in memory, whatever it was read from.

/// What a property with cells consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A number.
    Cell(u32),
    /// A reference to a node by its label, which stands for a number.
    Reference(String),
    /// A string.
    Text(String),
    /// Bytes that may be cells or strings: all that a blob has.
    Bytes(Vec<u8>),
}

/// A node.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) labels: Vec<String>,
    pub(super) properties: Vec<(String, Vec<Item>)>,
    pub(super) parent: Option<usize>,
}

impl Node {
    fn property(&self, name: &str) -> Option<&[Item]> {
        let found = self.properties.iter().rev().find(|(n, _)| n == name);
        found.map(|(_, items)| items.as_slice())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.property(name).is_some()
    }

    /// The strings of a property.
    pub(super) fn strings(&self, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        for item in self.property(name).unwrap_or(&[]) {
            match item {
                Item::Text(text) => out.push(text.clone()),
                Item::Bytes(bytes) => out.extend(
                    bytes
                        .split(|&byte| byte == 0)
                        .filter(|part| !part.is_empty())
                        .map(|part| String::from_utf8_lossy(part).into_owned()),
                ),
                _ => {}
            }
        }
        out
    }

    /// The cells of a property; references count as 0.
    fn cells(&self, name: &str) -> Vec<u32> {
        let mut out = Vec::new();
        for item in self.property(name).unwrap_or(&[]) {
            match item {
                Item::Cell(cell) => out.push(*cell),
                Item::Reference(_) => out.push(0),
                Item::Bytes(bytes) => out.extend(
                    bytes
                        .chunks_exact(4)
                        .filter_map(|chunk| chunk.try_into().ok().map(u32::from_be_bytes)),
                ),
                Item::Text(_) => {}
            }
        }
        out
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.cells(name).first().copied()
    }

    /// The references of a property that has nothing else.
    pub(super) fn references(&self, name: &str) -> Vec<Item> {
        let items = self.property(name).unwrap_or(&[]);
        if items.iter().all(|item| matches!(item, Item::Reference(_))) {
            return items.to_vec();
        }
        self.cells(name).into_iter().map(Item::Cell).collect()
    }
}

/// All nodes; parents come before their children.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree(pub(super) Vec<Node>);

impl Tree {
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.0.iter()
    }

    /// The node that an item of a property refers to.
    pub(super) fn find(&self, reference: &Item) -> Option<&Node> {
        self.nodes().find(|node| match reference {
            Item::Reference(label) => node.labels.contains(label),
            Item::Cell(phandle) => node.number("phandle") == Some(*phandle),
            _ => false,
        })
    }

    /// Address and length of each part of a node's `reg`, as its parent counts them.
    pub(super) fn reg(&self, node: &Node) -> Vec<(u64, u64)> {
        let parent = node.parent.and_then(|parent| self.0.get(parent));
        let count = |name, default: u32| {
            let cells = parent.and_then(|parent| parent.number(name));
            cells.unwrap_or(default).min(2) as usize
        };
        let (address, size) = (count("#address-cells", 2), count("#size-cells", 1));
        let number = |cells: &[u32]| {
            cells
                .iter()
                .fold(0, |n: u64, &cell| (n << 32) | u64::from(cell))
        };
        if address + size == 0 {
            return Vec::new();
        }
        node.cells("reg")
            .chunks_exact(address + size)
            .map(|part| {
                let (start, len) = part.split_at(address);
                (number(start), number(len))
            })
            .collect()
    }
}
