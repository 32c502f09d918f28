/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending and receiving without a copy, for drivers in C: functions like those of
 * OpenAMP, which mainline does not have. They are exported by rpmsg_core.ko and
 * work on endpoints of this project's transports; on others they fail with
 * -EOPNOTSUPP (NULL).
 */
#ifndef RPMSG_NOCOPY_H
#define RPMSG_NOCOPY_H

#include <linux/types.h>

struct rpmsg_endpoint;

/**
 * rpmsg_get_tx_payload_buffer() - take a buffer to send in
 * @ept: the endpoint to send from
 * @len: set to the room for payload, in bytes
 * @wait: whether to wait for a buffer, as long as rpmsg_send() does, and while the
 *        other end of the channel has paused the endpoint
 *
 * The caller fills the buffer and gives it back with rpmsg_send_nocopy(),
 * rpmsg_sendto_nocopy() or rpmsg_release_tx_buffer(); one that is still out when
 * the endpoint is destroyed is taken back. The other side can read it at any time
 * and should not be shown secrets. May sleep.
 *
 * Return: where the payload goes, NULL if there is no buffer.
 */
void *rpmsg_get_tx_payload_buffer(struct rpmsg_endpoint *ept, u32 *len, bool wait);

/**
 * rpmsg_send_nocopy() - send a buffer to the other end of the endpoint's channel
 * @ept: the endpoint that the buffer was taken for
 * @payload: what rpmsg_get_tx_payload_buffer() returned
 * @len: bytes that were filled
 *
 * If the other end has paused the endpoint this waits, or fails with -EAGAIN, as was
 * said when the buffer was taken. The buffer is not the caller's any more, unless this
 * returns -EMSGSIZE, -EAGAIN, -ETIMEDOUT or -ERESTARTSYS; or -EINVAL, if it was not the
 * caller's in the first place.
 */
int rpmsg_send_nocopy(struct rpmsg_endpoint *ept, const void *payload, int len);

/* As rpmsg_send_nocopy(), to the address @dst. */
int rpmsg_sendto_nocopy(struct rpmsg_endpoint *ept, const void *payload, int len, u32 dst);

/* Gives a buffer back that is not sent. -EINVAL if it is not the caller's. */
int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *payload);

/**
 * rpmsg_hold_rx_buffer() - keep a received message
 * @ept: the endpoint
 * @payload: what its callback got; only from within that callback
 *
 * The payload stays valid until rpmsg_release_rx_buffer(), or until the endpoint
 * is destroyed. It is memory of Linux alone, so that the ring does not run dry,
 * and the other side can't change it.
 *
 * Return: 0, -EINVAL if this is not the message at hand, -EBUSY if it is held already,
 * -ENOSPC if the endpoint holds 1024 messages.
 */
int rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *payload);

/* Lets a message go. -EINVAL if it is not held. */
int rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *payload);

#endif
