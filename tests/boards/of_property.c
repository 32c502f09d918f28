// SPDX-License-Identifier: GPL-2.0
/*
 * For scenarios: gives a node of the device tree a property of up to eight numbers
 * instead of the one that it has, for good; without values it has none then.
 *
 * modprobe of_property node=/ocp/ipu@55020000 name=amp,rpmsg-buffer-sizes values=2048,4096
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/slab.h>

static char *node, *name;
static unsigned int values[8];
static int count;
module_param(node, charp, 0);
module_param(name, charp, 0);
module_param_array(values, uint, &count, 0);

/* Whoever looks at the node may have it from here on: it is never freed. */
static struct property *make_property(void)
{
	struct property *property = kzalloc(sizeof(*property), GFP_KERNEL);
	__be32 *cells = kcalloc(count, sizeof(*cells), GFP_KERNEL);
	int i;

	if (property)
		property->name = kstrdup(name, GFP_KERNEL);
	if (!property || !property->name || !cells) {
		if (property)
			kfree(property->name);
		kfree(property);
		kfree(cells);
		return NULL;
	}
	for (i = 0; i < count; i++)
		cells[i] = cpu_to_be32(values[i]);
	property->value = cells;
	property->length = count * sizeof(*cells);
	return property;
}

static int __init of_property_init(void)
{
	struct device_node *np;
	struct property *property;
	int ret = 0;

	if (!node || !name)
		return -EINVAL;
	np = of_find_node_by_path(node);
	if (!np)
		return -ENOENT;
	property = of_find_property(np, name, NULL);
	if (property)
		ret = of_remove_property(np, property);
	if (!ret && count) {
		property = make_property();
		ret = property ? of_add_property(np, property) : -ENOMEM;
	}
	of_node_put(np);
	return ret;
}

static void __exit of_property_exit(void)
{
}

module_init(of_property_init);
module_exit(of_property_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Changes the device tree, for tests");
