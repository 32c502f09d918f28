// SPDX-License-Identifier: GPL-2.0

//! Messages that wait for a reader: order, limits, lengths.

use crate::queue::{
    Limits,
    Message,
    Queue,
    TooLong, //
};
use kernel::prelude::*;

/// A queue of 3 messages with 10 bytes in them.
fn queue() -> Queue {
    Queue::new(Limits {
        messages: 3,
        bytes: 10,
    })
}

/// Adds a message; whether it had room.
fn push(queue: &mut Queue, payload: &[u8]) -> Result<bool> {
    Ok(queue.push(Message::new(payload, GFP_KERNEL)?).is_ok())
}

/// Takes a message that has `room` bytes at most.
fn pop(queue: &mut Queue, room: usize) -> Result<Option<Result<KVVec<u8>, TooLong>>> {
    let mut copy = KVVec::new();

    match queue.pop(room) {
        None => Ok(None),
        Some(Err(error)) => Ok(Some(Err(error))),
        Some(Ok(message)) => {
            copy.extend_from_slice(message.payload(), GFP_KERNEL)?;
            Ok(Some(Ok(copy)))
        }
    }
}

/// Takes a message, however long it is, and compares it.
fn next_is(queue: &mut Queue, payload: &[u8]) -> Result<bool> {
    Ok(matches!(pop(queue, usize::MAX)?, Some(Ok(got)) if got[..] == *payload))
}

#[kunit_tests(rpmsg_char_queue)]
mod tests {
    use super::*;

    #[test]
    fn first_in_first_out() -> Result {
        let mut queue = queue();

        check_eq!(queue.first_len(), None);
        check!(pop(&mut queue, 100)?.is_none());
        check!(push(&mut queue, b"one")?);
        check!(push(&mut queue, b"")?);
        check_eq!(queue.first_len(), Some(3));
        check!(next_is(&mut queue, b"one")?);
        check!(push(&mut queue, b"three")?);
        check_eq!(queue.first_len(), Some(0));
        check!(next_is(&mut queue, b"")?);
        check!(next_is(&mut queue, b"three")?);
        check_eq!(queue.first_len(), None);
        check_eq!(queue.dropped(), 0);
        Ok(())
    }

    #[test]
    fn so_many_messages() -> Result {
        let mut queue = queue();

        for payload in [b"a", b"b", b"c"] {
            check!(push(&mut queue, payload)?);
        }
        // The oldest are kept.
        check!(!push(&mut queue, b"d")?);
        check!(!push(&mut queue, b"")?);
        check!(!queue.admits(0));
        check_eq!(queue.dropped(), 3);
        check!(next_is(&mut queue, b"a")?);
        check!(push(&mut queue, b"e")?);
        for payload in [b"b", b"c", b"e"] {
            check!(next_is(&mut queue, payload)?);
        }
        Ok(())
    }

    #[test]
    fn so_many_bytes() -> Result {
        let mut queue = queue();

        check!(push(&mut queue, b"12345678")?);
        check!(!push(&mut queue, b"123")?);
        check!(push(&mut queue, b"12")?);
        check!(!push(&mut queue, b"1")?);
        check!(push(&mut queue, b"")?);
        check_eq!(queue.dropped(), 2);
        check!(next_is(&mut queue, b"12345678")?);
        check!(push(&mut queue, b"87654321")?);
        Ok(())
    }

    #[test]
    fn one_has_room_however_long() -> Result {
        let mut queue = queue();

        check!(push(&mut queue, &[7; 100])?);
        check!(!push(&mut queue, b"")?);
        check!(next_is(&mut queue, &[7; 100])?);
        check!(push(&mut queue, b"1234567890")?);
        Ok(())
    }

    #[test]
    fn too_long_for_the_reader_stays() -> Result {
        let mut queue = queue();

        check!(push(&mut queue, b"12345")?);
        check_eq!(pop(&mut queue, 4)?.and_then(Result::err), Some(TooLong));
        check_eq!(queue.first_len(), Some(5));
        check!(matches!(pop(&mut queue, 5)?, Some(Ok(got)) if got[..] == *b"12345"));
        Ok(())
    }

    #[test]
    fn put_back_is_first_again() -> Result {
        let mut queue = queue();

        check!(push(&mut queue, b"12345")?);
        check!(push(&mut queue, b"2nd")?);
        let Some(Ok(first)) = queue.pop(100) else {
            return Err(EINVAL);
        };
        queue.put_back(first);
        // It counts again: 8 bytes leave room for 2.
        check!(!push(&mut queue, b"3rd")?);
        check!(next_is(&mut queue, b"12345")?);
        check!(next_is(&mut queue, b"2nd")?);
        Ok(())
    }

    #[test]
    fn taking_all_leaves_room() -> Result {
        let mut queue = queue();

        for _ in 0..3 {
            check!(push(&mut queue, b"abc")?);
        }
        drop(queue.take());
        check_eq!(queue.first_len(), None);
        for _ in 0..3 {
            check!(push(&mut queue, b"abc")?);
        }
        check_eq!(queue.dropped(), 0);
        Ok(())
    }
}
