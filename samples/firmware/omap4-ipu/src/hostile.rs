// SPDX-License-Identifier: GPL-2.0

//! Messages that no host should fall for, for tests of the host.
//!
//! What needs a malformed header is in the tests of the host itself, with a fake remote; a
//! well-behaved library cannot send it.

use proto::name_service::MESSAGE_LEN;
use rpmsg_remote::Addr;
use rpmsg_remote::Outbox;

/// Sends one of each. Those for which Linux has no buffer left are not missed.
pub(crate) fn attack(from: Addr, out: &mut dyn Outbox) {
    let src = Addr(666);
    // To nobody, and to no address at all.
    let _ = out.send(src, Addr(0xdead), b"nobody");
    let _ = out.send(src, Addr::ANY, b"any");
    // Name service: too short, too long, no name, a name without an end, that twice, odd bytes in a
    // name, the end of what never was.
    let mut message = [0; MESSAGE_LEN + 1];
    let _ = out.send(src, Addr::NAME_SERVICE, &message[..MESSAGE_LEN - 1]);
    let _ = out.send(src, Addr::NAME_SERVICE, &message);
    let _ = out.send(src, Addr::NAME_SERVICE, &message[..MESSAGE_LEN]);
    message[..32].fill(b'x');
    let _ = out.send(src, Addr::NAME_SERVICE, &message[..MESSAGE_LEN]);
    let _ = out.send(src, Addr::NAME_SERVICE, &message[..MESSAGE_LEN]);
    message[..32].fill(0xff);
    let _ = out.send(src, Addr::NAME_SERVICE, &message[..MESSAGE_LEN]);
    message[..32].fill(b'y');
    message[36] = 1;
    let _ = out.send(src, Addr::NAME_SERVICE, &message[..MESSAGE_LEN]);
    // Nothing, from nobody.
    let _ = out.send(Addr::ANY, from, b"");
}
