// SPDX-License-Identifier: GPL-2.0

//! Damages images, as a disk, a network or an attacker would.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// An image with up to eight other bytes among its first `most`, and the same cut off somewhere.
pub(crate) fn damaged(
    image: impl Strategy<Value = Vec<u8>>,
    most: usize,
) -> impl Strategy<Value = [Vec<u8>; 2]> {
    let damage = vec((any::<Index>(), any::<u8>()), 0..8);
    (image, damage, any::<Index>()).prop_map(move |(mut bytes, damage, cut)| {
        for (place, value) in damage {
            let place = place.index(bytes.len().min(most));
            bytes[place] = value;
        }
        let cut = bytes[..cut.index(bytes.len() + 1)].to_vec();
        [bytes, cut]
    })
}

/// The image with the bytes at `offset` replaced.
pub(crate) fn patched(mut image: Vec<u8>, offset: usize, bytes: &[u8]) -> Vec<u8> {
    image[offset..offset + bytes.len()].copy_from_slice(bytes);
    image
}

/// Cuts `image` off at every byte; returns how many of the beginnings are refused, with a message
/// that says where the image ends or has one of `also` in it.
pub(crate) fn truncated(
    image: &[u8],
    also: &[&str],
    refused: impl Fn(&[u8]) -> Option<String>,
) -> usize {
    let message = |len| refused(&image[..len]).map(|text| (len, text));
    let messages: Vec<_> = (0..image.len()).filter_map(message).collect();
    for (len, text) in &messages {
        let end = format!("{len:#x}");
        let said = text.contains(&end) || also.iter().any(|also| text.contains(also));
        assert!(said, "cut off at {end}: {text}");
    }
    messages.len()
}
