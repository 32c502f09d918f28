// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/fs.h>

/* The field is in an anonymous union, which bindgen numbers as the configuration has it. */
struct cdev *amp_helper_inode_cdev(struct inode *inode)
{
	return inode->i_cdev;
}
EXPORT_SYMBOL_GPL(amp_helper_inode_cdev);
