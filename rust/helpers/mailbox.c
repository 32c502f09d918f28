// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/mailbox_client.h>
#include <linux/mailbox_controller.h>

/*
 * Hands a message to the controller if no other one waits or is underway. That it
 * has been sent is not told to the client: it knows when this returns 0.
 */
int amp_helper_mbox_try_send(struct mbox_chan *chan, void *message)
{
	unsigned long flags;
	int ret = -EBUSY;

	spin_lock_irqsave(&chan->lock, flags);
	if (!chan->msg_count && chan->active_req == MBOX_NO_MSG)
		ret = chan->mbox->ops->send_data(chan, message);
	spin_unlock_irqrestore(&chan->lock, flags);
	return ret;
}
EXPORT_SYMBOL_GPL(amp_helper_mbox_try_send);
