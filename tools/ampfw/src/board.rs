// SPDX-License-Identifier: GPL-2.0

//! What a board offers to firmware: out of its device tree, and out of what the processor is.

mod blob;
mod processor;
mod source;
mod tree;

pub use processor::Boot;
pub use processor::Processor;

use crate::error::bail;
use crate::error::Error;
use crate::error::Result;
use processor::Place;
use tree::Node;
use tree::Tree;

const PANDA: &str = include_str!("../../../boards/panda/panda.dts");
const HAWK: &str = include_str!("../boards/hawk.dts");

/// Memory, with what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its name in messages.
    pub name: String,
    /// Its first address.
    pub start: u64,
    /// Bytes.
    pub len: u64,
}

impl Region {
    /// Whether the `len` bytes at `start` are all in it.
    pub fn holds(&self, start: u64, len: u64) -> bool {
        start
            .checked_sub(self.start)
            .and_then(|offset| offset.checked_add(len))
            .is_some_and(|end| end <= self.len)
    }
}

/// A remote processor on a board.
#[derive(Clone, Debug)]
pub struct Board {
    /// The device tree's node, for messages.
    pub node: String,
    /// The processor.
    pub processor: &'static Processor,
    /// Memory in the processor's own subsystem, by device address.
    pub memories: Vec<Region>,
    /// Memory set aside for it, by physical address.
    pub pools: Vec<Region>,
    /// Whether an IOMMU is in front of it, so that carveouts can be seen at any address.
    pub iommu: bool,
}

impl Board {
    /// One of the project's boards.
    pub fn builtin(name: &str) -> Result<Self> {
        match name {
            "panda" => Self::from_device_tree(PANDA.as_bytes()),
            "hawk" => Self::from_device_tree(HAWK.as_bytes()),
            _ => bail!(
                "no board \"{}\": there are panda and hawk",
                name.escape_default()
            ),
        }
    }

    /// The first remote processor in a device tree.
    pub fn from_device_tree(bytes: &[u8]) -> Result<Self> {
        Self::choose(bytes, None, None)
    }

    /// The remote processor in a device tree that is called `node` (with or without its address),
    /// or else the first one that is a `machine` of ELF's numbers, or else the first one. The tree
    /// is source that needs no preprocessor, or a blob.
    pub fn choose(bytes: &[u8], node: Option<&str>, machine: Option<u16>) -> Result<Self> {
        let tree = if blob::is_blob(bytes) {
            blob::parse(bytes)?
        } else {
            match std::str::from_utf8(bytes) {
                Ok(text) => source::parse(text)?,
                Err(_) => bail!("neither a device tree blob nor its source"),
            }
        };
        let all: Vec<_> = tree
            .nodes()
            .filter_map(|node| {
                let compatible = node.strings("compatible");
                let processor = Processor::find(compatible.iter().map(String::as_str))?;
                Some((node, processor))
            })
            .collect();
        let Some(first) = all.first() else {
            bail!(
                "no remote processor in the device tree: a node must be compatible with one of {}",
                Processor::list()
            );
        };
        let found = match node {
            Some(name) => {
                let base = |full: &str| full.split('@').next() == Some(name);
                let found = all.iter().find(|(n, _)| n.name == name || base(&n.name));
                let names: Vec<_> = all.iter().map(|(node, _)| node.name.as_str()).collect();
                found.ok_or_else(|| {
                    Error::new(format!(
                        "no remote processor \"{}\" in the device tree: there are {}",
                        name.escape_default(),
                        names.join(", ")
                    ))
                })?
            }
            None => {
                let fits = |processor: &Processor| Some(processor.machine) == machine;
                all.iter().find(|(_, p)| fits(p)).unwrap_or(first)
            }
        };
        Self::new(&tree, found.0, found.1)
    }

    fn new(tree: &Tree, node: &Node, processor: &'static Processor) -> Result<Self> {
        let names = node.strings("reg-names");
        let regs = tree.reg(node);
        let memories = processor.memories.iter().filter_map(|(name, place)| {
            let index = names.iter().position(|n| n == name)?;
            let &(bus, len) = regs.get(index)?;
            let start = match place {
                Place::At(da) => *da,
                Place::Masked(mask) => bus & mask,
                Place::Bus => bus,
            };
            Some(Region {
                name: (*name).into(),
                start,
                len,
            })
        });
        let memories = memories.collect();
        let mut pools = Vec::new();
        for phandle in node.references("memory-region") {
            let Some(pool) = tree.find(&phandle) else {
                bail!(
                    "{}: memory-region names a node that is not in the device tree",
                    node.name
                );
            };
            let regs = tree.reg(pool);
            let size = pool.number("size");
            match (regs.first(), size) {
                (Some(&(start, len)), _) => pools.push(Region {
                    name: pool.name.clone(),
                    start,
                    len,
                }),
                (None, Some(_)) => {}
                (None, None) => bail!("{}: reserved memory has neither reg nor size", pool.name),
            }
        }
        Ok(Self {
            node: node.name.clone(),
            processor,
            memories,
            pools,
            iommu: node.has("iommus"),
        })
    }
}
