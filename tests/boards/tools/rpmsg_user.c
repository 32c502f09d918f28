// SPDX-License-Identifier: GPL-2.0
/*
 * rpmsg_user FD COMMAND [ARGUMENT...]: does to an open rpmsg device what a shell
 * can't, for the board scenarios. The shell has it open as FD, so several calls,
 * also at a time, can use one open file. Prints the result in one line: a number,
 * a message, events, or the name of an error; exits with 1 for an error.
 *
 *   create-ept|create-dev|release-dev NAME SRC DST
 *                       ioctls of /dev/rpmsg_ctrlN
 *   destroy             ioctls of /dev/rpmsgN
 *   get-flow
 *   set-flow N
 *   pending             length of the next message
 *   ioctl NUMBER        one that nobody knows
 *   bad-pointer         an ioctl with an address that is not ours
 *   read N              a message, for which there are N bytes
 *   fault               read to an address that is not ours
 *   write TEXT          a message
 *   ask TEXT...         messages, each after the answer to the one before; the last answer
 *   write-zeroes N      a message of N bytes
 *   write-fault N       the same from an address that is not ours
 *   count N             the messages 0, 1, ... N - 1
 *   pingpong N LEN      messages of LEN bytes, each read back before the next
 *   fill                messages until there is an error
 *   nonblock 0|1        O_NONBLOCK of the open file
 *   poll MS             what the file is ready for
 *   epoll               the same by epoll, as soon as it is ready for reading, for
 *                       something out of the ordinary, or broken
 */
#include <linux/eventpoll.h>
#include <linux/rpmsg.h>

static const struct {
	int number;
	const char *name;
} errors[] = {
	{ EINTR, "EINTR" }, { EAGAIN, "EAGAIN" }, { EIO, "EIO" }, { ENOMEM, "ENOMEM" },
	{ EFAULT, "EFAULT" }, { EBUSY, "EBUSY" }, { EEXIST, "EEXIST" },
	{ ENODEV, "ENODEV" }, { EINVAL, "EINVAL" }, { ENXIO, "ENXIO" },
	{ EPIPE, "EPIPE" }, { EPERM, "EPERM" }, { EMSGSIZE, "EMSGSIZE" },
	{ ENETRESET, "ENETRESET" }, { ETIMEDOUT, "ETIMEDOUT" },
	{ EOPNOTSUPP, "EOPNOTSUPP" }, { EDEADLK, "EDEADLK" }, { EBADF, "EBADF" }, { ENOTTY, "ENOTTY" },
};

static const struct {
	unsigned int bit;
	const char *name;
} events[] = {
	{ POLLIN, "IN" }, { POLLOUT, "OUT" }, { POLLPRI, "PRI" }, { POLLERR, "ERR" },
	{ POLLHUP, "HUP" }, { POLLNVAL, "NVAL" },
};

/* An address that a process may have, but has nothing at. */
#define NOWHERE ((void *)16)

static char buffer[1 << 17];

static int number(long value)
{
	unsigned int i;

	if (value >= 0) {
		printf("%ld\n", value);
		return 0;
	}
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		if (errors[i].number == errno) {
			printf("%s\n", errors[i].name);
			return 1;
		}
	}
	printf("errno %d\n", errno);
	return 1;
}

static int show_events(unsigned int ready)
{
	const char *sep = "";
	unsigned int i;

	for (i = 0; i < sizeof(events) / sizeof(*events); i++) {
		if (ready & events[i].bit) {
			printf("%s%s", sep, events[i].name);
			sep = " ";
		}
	}
	printf("\n");
	return 0;
}

static int with_info(int fd, unsigned long cmd, char **argv)
{
	struct rpmsg_endpoint_info info = { .src = atol(argv[1]), .dst = atol(argv[2]) };
	unsigned int i;

	/* All 32 bytes may be used; one more is not ours to write. */
	for (i = 0; i < sizeof(info.name) && argv[0][i]; i++)
		info.name[i] = argv[0][i];
	return number(ioctl(fd, cmd, &info));
}

static int read_message(int fd, long room)
{
	long len = read(fd, buffer, room);

	if (len < 0)
		return number(len);
	write(1, buffer, len);
	write(1, "\n", 1);
	return 0;
}

static int ask(int fd, char **texts)
{
	long len = 0;

	for (; *texts; texts++) {
		if (write(fd, *texts, strlen(*texts)) < 0)
			return number(-1);
		len = read(fd, buffer, sizeof(buffer));
		if (len < 0)
			return number(len);
	}
	write(1, buffer, len);
	write(1, "\n", 1);
	return 0;
}

static int fill(int fd)
{
	while (write(fd, buffer, 16) == 16)
		;
	return number(-1);
}

static int count(int fd, long n)
{
	long i;

	for (i = 0; i < n; i++) {
		int len = sprintf(buffer, "%ld", i);

		if (write(fd, buffer, len) != len)
			return number(-1);
	}
	return number(n);
}

static int pingpong(int fd, long n, long len)
{
	long i;

	for (i = 0; i < n; i++) {
		if (write(fd, buffer, len) != len || read(fd, buffer, len) != len)
			return number(-1);
	}
	return number(n);
}

static int do_poll(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };

	if (poll(&pfd, 1, ms) < 0)
		return number(-1);
	return show_events(pfd.revents);
}

static int do_epoll(int fd)
{
	struct epoll_event event = { .events = POLLIN | POLLPRI };
	long epoll = syscall(__NR_epoll_create1, 0);

	if (syscall(__NR_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, &event) < 0 ||
	    syscall(__NR_epoll_pwait, epoll, &event, 1, -1, 0, 0) != 1) {
		printf("epoll failed\n");
		return 1;
	}
	return show_events(event.events);
}

int main(int argc, char **argv)
{
	const char *cmd;
	long arg;
	int fd, value = 0;

	if (argc < 3) {
		printf("usage: rpmsg_user FD COMMAND [ARGUMENT...]\n");
		return 2;
	}
	fd = atoi(argv[1]);
	cmd = argv[2];
	arg = argc > 3 ? atol(argv[3]) : 0;

	if (argc == 6 && !strcmp(cmd, "create-ept"))
		return with_info(fd, RPMSG_CREATE_EPT_IOCTL, argv + 3);
	if (argc == 6 && !strcmp(cmd, "create-dev"))
		return with_info(fd, RPMSG_CREATE_DEV_IOCTL, argv + 3);
	if (argc == 6 && !strcmp(cmd, "release-dev"))
		return with_info(fd, RPMSG_RELEASE_DEV_IOCTL, argv + 3);
	if (!strcmp(cmd, "destroy"))
		return number(ioctl(fd, RPMSG_DESTROY_EPT_IOCTL, 0));
	if (!strcmp(cmd, "get-flow"))
		return number(ioctl(fd, RPMSG_GET_OUTGOING_FLOWCONTROL, &value) ? -1 : value);
	if (!strcmp(cmd, "set-flow"))
		return number(ioctl(fd, RPMSG_SET_INCOMING_FLOWCONTROL, arg));
	if (!strcmp(cmd, "pending"))
		return number(ioctl(fd, FIONREAD, &value) ? -1 : value);
	if (!strcmp(cmd, "ioctl"))
		return number(ioctl(fd, arg, &value));
	if (!strcmp(cmd, "bad-pointer"))
		return number(ioctl(fd, RPMSG_CREATE_EPT_IOCTL, NOWHERE));
	if (!strcmp(cmd, "read") && arg <= (long)sizeof(buffer))
		return read_message(fd, arg);
	if (!strcmp(cmd, "fault"))
		return number(read(fd, NOWHERE, 512));
	if (argc > 3 && !strcmp(cmd, "write"))
		return number(write(fd, argv[3], strlen(argv[3])));
	if (!strcmp(cmd, "ask"))
		return ask(fd, argv + 3);
	if (!strcmp(cmd, "write-zeroes") && arg <= (long)sizeof(buffer))
		return number(write(fd, buffer, arg));
	if (!strcmp(cmd, "write-fault"))
		return number(write(fd, NOWHERE, arg));
	if (!strcmp(cmd, "count"))
		return count(fd, arg);
	if (argc == 5 && !strcmp(cmd, "pingpong"))
		return pingpong(fd, arg, atol(argv[4]));
	if (!strcmp(cmd, "fill"))
		return fill(fd);
	if (!strcmp(cmd, "nonblock")) {
		value = syscall(__NR_fcntl, fd, F_GETFL, 0) & ~O_NONBLOCK;
		return number(syscall(__NR_fcntl, fd, F_SETFL, value | (arg ? O_NONBLOCK : 0)));
	}
	if (!strcmp(cmd, "poll"))
		return do_poll(fd, arg);
	if (!strcmp(cmd, "epoll"))
		return do_epoll(fd);
	printf("unknown command %s\n", cmd);
	return 2;
}
