// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that a C compiler calls by itself, for firmware without a C
 * library. Compiled so that it does not find itself in them.
 */
#include <stddef.h>
#include <stdint.h>

/* Of any type, as far as the compiler's idea of what overlaps is concerned. */
typedef uint32_t __attribute__((may_alias)) word;

void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);

void *memcpy(void *to, const void *from, size_t len)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (!(((uintptr_t)t | (uintptr_t)f) & 3)) {
		for (; len >= 4; len -= 4, t += 4, f += 4)
			*(word *)t = *(const word *)f;
	}
	while (len--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int byte, size_t len)
{
	unsigned char *t = to;

	while (len--)
		*t++ = (unsigned char)byte;
	return to;
}
