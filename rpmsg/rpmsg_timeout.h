/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long sending waits, for drivers in C: a function that mainline does not have.
 * It is exported by rpmsg_core.ko.
 */
#ifndef RPMSG_TIMEOUT_H
#define RPMSG_TIMEOUT_H

#include <linux/types.h>

struct rpmsg_endpoint;

/**
 * rpmsg_set_send_timeout() - set how long sending from an endpoint waits
 * @ept: the endpoint
 * @ms: milliseconds; from 2^31 on without limit. 15000 for a new endpoint
 *
 * Concerns rpmsg_send(), rpmsg_sendto() and rpmsg_get_tx_payload_buffer(): each waits so
 * long for a buffer, and so long while the other end has paused the endpoint, and then
 * fails with -ETIMEDOUT. Sends that wait already are not concerned. Any context.
 *
 * Return: 0, -EOPNOTSUPP on a transport that is not one of this project's, -EINVAL for NULL.
 */
int rpmsg_set_send_timeout(struct rpmsg_endpoint *ept, u32 ms);

#endif
