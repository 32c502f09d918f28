// SPDX-License-Identifier: GPL-2.0
#include <linux/device.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/of_device.h>
#include <linux/pm_domain.h>
#include <linux/rpmsg.h>

int amp_helper_rpmsg_attach_pm_domain(struct device *dev)
{
	return dev_pm_domain_attach(dev, PD_FLAG_ATTACH_POWER_ON | PD_FLAG_DETACH_POWER_OFF);
}
EXPORT_SYMBOL_GPL(amp_helper_rpmsg_attach_pm_domain);

int amp_helper_of_driver_match_device(struct device *dev, const struct device_driver *drv)
{
	return of_driver_match_device(dev, drv);
}
EXPORT_SYMBOL_GPL(amp_helper_of_driver_match_device);

ssize_t amp_helper_of_modalias(struct device *dev, char *str, ssize_t len)
{
	return of_device_modalias(dev, str, len);
}
EXPORT_SYMBOL_GPL(amp_helper_of_modalias);

bool amp_helper_kill_device(struct device *dev)
{
	bool alive;

	device_lock(dev);
	alive = device_is_registered(dev) && kill_device(dev);
	device_unlock(dev);
	return alive;
}
EXPORT_SYMBOL_GPL(amp_helper_kill_device);

void amp_helper_rpmsg_endpoint_init(struct rpmsg_endpoint *ept)
{
	kref_init(&ept->refcount);
	mutex_init(&ept->cb_lock);
}
EXPORT_SYMBOL_GPL(amp_helper_rpmsg_endpoint_init);
