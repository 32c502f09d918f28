// SPDX-License-Identifier: GPL-2.0
/*
 * stress SEED STEPS MODULES DRIVER DEVICE: random things that an administrator,
 * programs and the other processor do, all at a time, for the scenario of this name.
 *
 * SEED    the same steps for the same number
 * MODULES a folder with the modules that are loaded, as NAME.ko; when this starts,
 *         everything is loaded and in use: what it finds in /proc/modules is what it
 *         takes away and gives back, with all that stands on it
 * DRIVER, DEVICE
 *         the remote processor's platform driver and device
 *
 * Steps fail as often as not, since what they want is busy or just gone, and that is
 * fine: what a step does is printed with its result. Wrong is what the kernel has
 * to say about it, or a step that does not end; then this ends with 1, and with the
 * stacks of all that is blocked. It ends with all that it started gone and with
 * everything loaded and running again.
 */
#include <linux/rpmsg.h>

#include "stress.h"

#define USERS 8
#define HELD 6
/* Watching is done in periods of 100 ms; a sender gives up after 15 s by itself. */
#define PERIODS 600

enum { EVERYTHING, WHILE_IT_HANGS };

static const char *driver, *device;
/* Processes that use devices, and files that this one has open: -1 or 0 for none. */
static int users[USERS], held[HELD];
/* Steps until the processor that hangs is restarted; 0 if it does not hang. */
static int hanging;
/* Shared with the process that watches. */
static volatile int *step;

/* --- the processor -------------------------------------------------------------------- */

static int processor(const char *what)
{
	char name[64];

	if (!pick("/sys/class/remoteproc", "", name))
		return -ENODEV;
	snprintf(path, sizeof(path), "/sys/class/remoteproc/%s/state", name);
	return write_file(path, what);
}

static int crash(void)
{
	static const char * const kinds[] = { "0", "1", "2" };
	char name[64];

	if (!pick("/sys/kernel/debug/remoteproc", "", name))
		return -ENODEV;
	snprintf(path, sizeof(path), "/sys/kernel/debug/remoteproc/%s/crash", name);
	return write_file(path, kinds[below(3)]);
}

static int platform(const char *what)
{
	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s/%s", driver, what);
	return write_file(path, device);
}

static int everything(void)
{
	int i, ret = 0;

	for (i = 0; i < module_count; i++) {
		int error = module_load(&modules[i]);

		ret = error ? error : ret;
	}
	platform("bind");
	processor("start");
	hanging = 0;
	return ret;
}

/* --- devices ---------------------------------------------------------------------------- */

static int open_any(const char *prefix, int flags)
{
	char name[64];

	if (!pick("/dev", prefix, name))
		return -1;
	snprintf(path, sizeof(path), "/dev/%s", name);
	return open(path, O_RDWR | O_NOCTTY | flags);
}

/*
 * Opens a terminal while none goes away: mainline's driver (rpmsg_tty_install) does not
 * look whether the port is there that is being opened. All steps are in this process,
 * and what crashes meanwhile is recovered later.
 */
static int open_terminal(int flags)
{
	char name[64], text[16];
	int fd = -1;

	if (!pick("/sys/class/remoteproc", "", name))
		return -1;
	snprintf(path, sizeof(path), "/sys/class/remoteproc/%s/recovery", name);
	write_file(path, "disabled");
	snprintf(path, sizeof(path), "/sys/class/remoteproc/%s/state", name);
	if (read_file(path, text, sizeof(text)) > 0 && !strncmp(text, "running", 7))
		fd = open_any("ttyRPMSG", flags);
	snprintf(path, sizeof(path), "/sys/class/remoteproc/%s/recovery", name);
	write_file(path, "enabled");
	return fd;
}

static int ctrl(unsigned long cmd, const char *name, unsigned int src, unsigned int dst)
{
	struct rpmsg_endpoint_info info = { .src = src, .dst = dst };
	int fd = open_any("rpmsg_ctrl", 0), ret;

	if (fd < 0)
		return -errno;
	strlcpy(info.name, name, sizeof(info.name));
	ret = result(ioctl(fd, cmd, &info));
	close(fd);
	return ret;
}

/* Sends a message to the other side's address @dst, over an endpoint made for that. */
static int tell(unsigned int dst, const void *message, int len)
{
	DIR *d;
	struct dirent entry, *next;
	char name[32];
	int fd, ret;

	ret = ctrl(RPMSG_CREATE_EPT_IOCTL, "orders", -1, dst);
	if (ret)
		return ret;
	ret = -ENODEV;
	d = opendir("/sys/class/rpmsg");
	while (d && !readdir_r(d, &entry, &next) && next) {
		snprintf(path, sizeof(path), "/sys/class/rpmsg/%s/name", entry.d_name);
		if (read_file(path, name, sizeof(name)) <= 0 || strncmp(name, "orders", 6))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry.d_name);
		fd = open(path, O_RDWR | O_NONBLOCK);
		if (fd < 0)
			continue;
		ret = result(write(fd, message, len));
		ioctl(fd, RPMSG_DESTROY_EPT_IOCTL, 0);
		close(fd);
	}
	if (d)
		closedir(d);
	return ret;
}

static void use(int fd)
{
	static char buffer[600];
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };
	int value = 0;

	switch (below(12)) {
	case 0 ... 4:
		write(fd, buffer, below(below(4) ? 60 : sizeof(buffer)));
		break;
	case 5 ... 7:
		read(fd, buffer, sizeof(buffer));
		break;
	case 8:
		poll(&pfd, 1, below(40));
		break;
	case 9:
		ioctl(fd, FIONREAD, &value);
		break;
	case 10:
		ioctl(fd, RPMSG_SET_INCOMING_FLOWCONTROL, below(2));
		break;
	default:
		if (!below(8))
			ioctl(fd, RPMSG_DESTROY_EPT_IOCTL, 0);
	}
}

/* What a process does until it is over, or killed. */
static void user(void)
{
	int fd, turns;

	/* A file that others use too, as all terminals are; or one of its own. */
	if (!below(2))
		fd = held[below(HELD)];
	else
		fd = open_any("rpmsg", below(2) ? O_NONBLOCK : 0);
	for (turns = 1 + below(60); fd > 0 && turns; turns--)
		use(fd);
}

static int begin_user(int *slot)
{
	int pid;

	if (*slot)
		return -EBUSY;
	pid = fork();
	if (!pid) {
		state += 2 * (unsigned long long)*step;
		user();
		exit(0);
	}
	*slot = pid;
	return result(pid);
}

static void end_user(int *slot)
{
	if (!*slot)
		return;
	kill(*slot, SIGKILL);
	waitpid(*slot, NULL, 0);
	*slot = 0;
}

static void end_dead_users(void)
{
	int i;

	for (i = 0; i < USERS; i++) {
		if (users[i] && waitpid(users[i], NULL, WNOHANG) == users[i])
			users[i] = 0;
	}
}

/* --- channels ------------------------------------------------------------------------------- */

static int channel_unbind(void)
{
	char name[64];

	if (!pick("/sys/bus/rpmsg/devices", "", name))
		return -ENODEV;
	snprintf(path, sizeof(path), "/sys/bus/rpmsg/devices/%s/driver/unbind", name);
	return write_file(path, name);
}

static int channel_bind(void)
{
	char name[64], to[64];

	if (!pick("/sys/bus/rpmsg/devices", "", name) || !pick("/sys/bus/rpmsg/drivers", "", to))
		return -ENODEV;
	if (!below(3)) {
		snprintf(path, sizeof(path), "/sys/bus/rpmsg/devices/%s/driver_override", name);
		write_file(path, below(2) ? "rpmsg_chrdev" : "\n");
	}
	snprintf(path, sizeof(path), "/sys/bus/rpmsg/drivers/%s/bind", to);
	return write_file(path, name);
}

/* --- steps ---------------------------------------------------------------------------------- */

static const unsigned int addresses[] = { 50, 51, 52, 54, 77, 1024 };
static const char * const names[] = { "demo", "rpmsg-raw", "rpmsg-tty", "rpmsg-client-sample" };

static int any_create(bool channel)
{
	unsigned int src = below(3) ? -1u : 2000 + below(3);
	unsigned int dst = addresses[below(6)];

	return ctrl(channel ? RPMSG_CREATE_DEV_IOCTL : RPMSG_CREATE_EPT_IOCTL,
		    names[below(4)], src, dst);
}

static int any_release(void)
{
	unsigned int src = below(3) ? -1u : 2000 + below(3);

	return ctrl(RPMSG_RELEASE_DEV_IOCTL, names[below(4)], src, addresses[below(6)]);
}

static int hang(void)
{
	/* The sample firmware's word for it, and the simulated processor's. */
	int ret = tell(51, "hang", 4);

	if (!ret)
		ret = tell(50, "!hang", 5);
	hanging = 1 + below(12);
	return ret;
}

static int order_crash(void)
{
	int ret = tell(51, below(2) ? "crash panic" : "crash mmu", 11);

	return ret ? ret : tell(50, "!crash", 6);
}

static int burst(void)
{
	const unsigned int request[] = { 1 + below(300), below(400) };

	return tell(54, request, sizeof(request));
}

static int open_one(void)
{
	int *slot = &held[below(HELD)];

	if (*slot > 0)
		return -EBUSY;
	if (below(3))
		*slot = open_any("rpmsg", below(2) ? O_NONBLOCK : 0);
	else
		*slot = open_terminal(below(2) ? O_NONBLOCK : 0);
	return result(*slot);
}

static int close_one(void)
{
	int *slot = &held[below(HELD)], fd = *slot;

	*slot = 0;
	return fd > 0 ? result(close(fd)) : -EBADF;
}

static void print(const char *what, const char *which, int ret)
{
	printf("step %d: %s %s: %d\n", *step, what, which, ret);
}

static void one_step(void)
{
	int choice = below(100), kind = hanging ? WHILE_IT_HANGS : EVERYTHING;
	struct module *module = &modules[below(module_count)];
	char name[64];

	end_dead_users();
	/* Most of the time all should be there, or there is nothing to disturb. */
	if (kind == EVERYTHING && !pick("/sys/bus/rpmsg/devices", "", name) && !below(4)) {
		print("load, bind, start", "all", everything());
	} else if (hanging && !--hanging) {
		print("restart", "what hangs", processor("stop") ?: processor("start"));
	} else if (choice < 25) {
		print("start", "a user", begin_user(&users[below(USERS)]));
	} else if (choice < 32) {
		end_user(&users[below(USERS)]);
		print("kill", "a user", 0);
	} else if (choice < 40) {
		print("open", "a device", open_one());
	} else if (choice < 47) {
		print("close", "a device", close_one());
	} else if (choice < 55) {
		print("create", "an endpoint", any_create(false));
	} else if (choice < 60) {
		print("remove", module->name, module_remove(module));
	} else if (choice < 64) {
		print("unbind", "a channel", channel_unbind());
	} else if (choice < 66) {
		print("stop", "the processor", processor("stop"));
	} else if (choice < 69) {
		print("crash", "the processor", crash());
		hanging = 0;
	} else if (choice < 71) {
		print("unbind", "the processor", platform("unbind"));
	} else if (kind == WHILE_IT_HANGS) {
		/* What follows would wait for 15 s until there is a buffer. */
		print("start", "a user", begin_user(&users[below(USERS)]));
	} else if (choice < 76) {
		print("create", "a channel", any_create(true));
	} else if (choice < 80) {
		print("release", "a channel", any_release());
	} else if (choice < 86) {
		print("load", module->name, module_load(module));
	} else if (choice < 90) {
		print("bind", "a channel", channel_bind());
	} else if (choice < 92) {
		print("bind", "the processor", platform("bind"));
	} else if (choice < 95) {
		print("start", "the processor", processor("start"));
	} else if (choice < 96) {
		print("hang", "the other side", hang());
	} else if (choice < 97) {
		print("crash", "the other side", order_crash());
	} else {
		print("burst", "of messages", burst());
	}
}

/* The kernel's log is kept in a file, since it is longer than the kernel keeps. */
static void save_log(int fd)
{
	static char text[1 << 17];
	long len = syscall(__NR_syslog, 4, text, sizeof(text));

	if (len > 0)
		write(fd, text, len);
}

static void run(int steps, int log)
{
	int i;

	find_modules();
	while (*step < steps) {
		(*step)++;
		one_step();
		if (*step % 16 == 0)
			save_log(log);
	}
	for (i = 0; i < USERS; i++)
		end_user(&users[i]);
	for (i = 0; i < HELD; i++) {
		if (held[i] > 0)
			close(held[i]);
	}
	(*step)++;
	processor("stop");
	print("load, bind, start", "all", everything());
	save_log(log);
}

static void show_blocked(void)
{
	static char text[4096];
	struct dirent entry, *next;
	DIR *d = opendir("/proc");

	while (d && !readdir_r(d, &entry, &next) && next) {
		if (entry.d_name[0] < '0' || entry.d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/status", entry.d_name);
		read_file(path, text, sizeof(text));
		/* D: nothing but the end of what it waits for wakes it */
		if (!strstr(text, "State:\tD") && !strstr(text, "Name:\tstress"))
			continue;
		if (strchr(text, '\n'))
			*strchr(text, '\n') = 0;
		printf("blocked: %s %s\n", entry.d_name, text);
		snprintf(path, sizeof(path), "/proc/%s/stack", entry.d_name);
		read_file(path, text, sizeof(text));
		printf("%s", text);
	}
}

int main(int argc, char **argv)
{
	int log, pid, last = 0, periods = 0, status;

	if (argc != 6) {
		printf("usage: stress SEED STEPS MODULES DRIVER DEVICE\n");
		return 2;
	}
	folder = argv[3];
	driver = argv[4];
	device = argv[5];
	state = (atol(argv[1]) + 1) * 0x9e3779b97f4a7c15ull;
	step = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	log = open("/tmp/log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (step == MAP_FAILED || log < 0) {
		printf("no memory to share or no log\n");
		return 2;
	}

	pid = fork();
	if (!pid) {
		run(atol(argv[2]), log);
		return 0;
	}
	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (last != *step) {
			last = *step;
			periods = 0;
		} else if (++periods == PERIODS) {
			printf("step %d does not end\n", last);
			show_blocked();
			save_log(log);
			return 1;
		}
		pause_ms(100);
	}
	return status != 0;
}
