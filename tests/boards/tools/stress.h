/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For stress.c: random numbers, files, and modules that are taken away and given
 * back with all that stands on them. What fails gives a negative errno.
 */
#ifndef STRESS_H
#define STRESS_H

struct module {
	char name[60];
	char users[200];
};

static struct module modules[32];
static int module_count;
static const char *folder;
/* For names of files; whoever opens one has just written it. */
static char path[512];
static unsigned long long state;

static unsigned int below(unsigned int n)
{
	/* xorshift64*, Vigna 2016 */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	/* scaled: an ARM926 has no instruction to divide by */
	return ((state * 0x2545f4914f6cdd1dull >> 32) * n) >> 32;
}

static void pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY), ret;

	if (fd < 0)
		return -errno;
	ret = result(write(fd, text, strlen(text)));
	close(fd);
	return ret;
}

static int read_file(const char *file, char *text, int size)
{
	int fd = open(file, O_RDONLY), len, all = 0;

	text[0] = 0;
	if (fd < 0)
		return -errno;
	while (all < size - 1 && (len = read(fd, text + all, size - 1 - all)) > 0)
		all += len;
	text[all] = 0;
	close(fd);
	return all;
}

/* Copies the name of any entry of @dir that begins with @prefix to @name. */
static bool pick(const char *dir, const char *prefix, char *name)
{
	DIR *d = opendir(dir);
	struct dirent entry, *next;
	int seen = 0;

	if (!d)
		return false;
	while (!readdir_r(d, &entry, &next) && next) {
		if (entry.d_name[0] != '.' && !strncmp(entry.d_name, prefix, strlen(prefix)) &&
		    !below(++seen))
			strlcpy(name, entry.d_name, 64);
	}
	closedir(d);
	return seen;
}

/* --- modules ---------------------------------------------------------------------- */

static void find_modules(void)
{
	static char text[8192];
	char *line = text, *end, *word;

	read_file("/proc/modules", text, sizeof(text));
	for (; (end = strchr(line, '\n')) && module_count < 32; line = end + 1) {
		struct module *module = &modules[module_count++];
		int i;

		*end = 0;
		/* NAME SIZE COUNT USER,USER, ...; "-" for no users */
		for (i = 0; i < 4 && line; i++) {
			word = line;
			line = strchr(line, ' ');
			if (line)
				*line++ = 0;
			if (i == 0)
				strlcpy(module->name, word, sizeof(module->name));
		}
		snprintf(module->users, sizeof(module->users), ",%s", word);
	}
}

static bool uses(const struct module *user, const struct module *module)
{
	char word[64];

	snprintf(word, sizeof(word), ",%s,", user->name);
	return strstr(module->users, word);
}

static bool loaded(const struct module *module)
{
	snprintf(path, sizeof(path), "/sys/module/%s/holders", module->name);
	return !syscall(__NR_faccessat, AT_FDCWD, path, 0);
}

static int module_remove(struct module *module)
{
	int i, ret;

	if (!loaded(module))
		return 0;
	for (i = 0; i < module_count; i++) {
		if (uses(&modules[i], module) && (ret = module_remove(&modules[i])))
			return ret;
	}
	return result(syscall(__NR_delete_module, module->name, O_NONBLOCK));
}

static int module_load(struct module *module)
{
	int i, fd, ret;

	if (loaded(module))
		return 0;
	for (i = 0; i < module_count; i++) {
		if (uses(module, &modules[i]) && (ret = module_load(&modules[i])))
			return ret;
	}
	snprintf(path, sizeof(path), "%s/%s.ko", folder, module->name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	/* Of all of them one has a parameter of this name. */
	ret = result(syscall(__NR_finit_module, fd,
			     strcmp(module->name, "rpmsg_client_sample") ? "" : "count=300", 0));
	close(fd);
	return ret;
}

#endif
