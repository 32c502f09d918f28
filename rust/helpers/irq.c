// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/irq.h>

void amp_helper_irq_chip_ack(unsigned int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);

	if (data && data->chip && data->chip->irq_ack)
		data->chip->irq_ack(data);
}
EXPORT_SYMBOL_GPL(amp_helper_irq_chip_ack);
