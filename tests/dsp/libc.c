// SPDX-License-Identifier: GPL-2.0
/* Memory, strings, numbers, and the end of a program; stdio is in printf.c. */
#include <stdint.h>

#include "libc.h"

/* Registers of the machine c674x-sim: boards/qemu/c674x.h. */
#define SIM_EXIT	(*(volatile uint32_t *)0x01f00000)

/* --- the program --------------------------------------------------------------------- */

static void (*at_exit[32])(void);
static int num_at_exit;

void _exit(int status)
{
	SIM_EXIT = (uint32_t)status;
	for (;;)
		;
}

void exit(int status)
{
	while (num_at_exit > 0)
		at_exit[--num_at_exit]();
	_exit(status);
}

void abort(void)
{
	_exit(STATUS_ABORT);
}

int atexit(void (*function)(void))
{
	if (num_at_exit == 32)
		return -1;
	at_exit[num_at_exit++] = function;
	return 0;
}

/* What libgcc's division wants in case of exceptions, which C has none of. */
void __c6xabi_unwind_cpp_pr0(void) { abort(); }
void __c6xabi_unwind_cpp_pr1(void) { abort(); }
void __c6xabi_unwind_cpp_pr2(void) { abort(); }
void __c6xabi_unwind_cpp_pr3(void) { abort(); }
void __c6xabi_unwind_cpp_pr4(void) { abort(); }

/* --- memory: what is freed is not used again ------------------------------------------- */

#define HEAP_LEN	(64u << 20)

extern char heap[];
static size_t heap_used;

void *malloc(size_t size)
{
	size_t *block;

	if (size > HEAP_LEN - heap_used - 16)
		return NULL;
	block = (size_t *)(heap + heap_used);
	heap_used += (size + 23) & ~(size_t)15;
	block[0] = size;
	return block + 2;
}

void *calloc(size_t num, size_t size)
{
	void *memory = malloc(num * size);

	return memory ? memset(memory, 0, num * size) : NULL;
}

void *realloc(void *old, size_t size)
{
	size_t *block = old;
	void *memory = malloc(size);

	if (memory && old)
		memcpy(memory, old, block[-2] < size ? block[-2] : size);
	return memory;
}

void free(void *memory)
{
	(void)memory;
}

void *memcpy(void *to, const void *from, size_t len)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	while (len--)
		*t++ = *f++;
	return to;
}

void *mempcpy(void *to, const void *from, size_t len)
{
	return (char *)memcpy(to, from, len) + len;
}

void *memmove(void *to, const void *from, size_t len)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (t <= f)
		return memcpy(to, from, len);
	while (len--)
		t[len] = f[len];
	return to;
}

void *memset(void *to, int byte, size_t len)
{
	unsigned char *t = to;

	while (len--)
		*t++ = (unsigned char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const unsigned char *x = a, *y = b;

	for (; len; len--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *in, int byte, size_t len)
{
	const unsigned char *bytes = in;

	for (; len; len--, bytes++) {
		if (*bytes == (unsigned char)byte)
			return (void *)bytes;
	}
	return NULL;
}

void bzero(void *to, size_t len)
{
	memset(to, 0, len);
}

void bcopy(const void *from, void *to, size_t len)
{
	memmove(to, from, len);
}

int bcmp(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len);
}

/* --- strings --------------------------------------------------------------------------- */

size_t strlen(const char *text)
{
	return strnlen(text, (size_t)-1);
}

size_t strnlen(const char *text, size_t most)
{
	size_t len = 0;

	while (len < most && text[len])
		len++;
	return len;
}

char *stpcpy(char *to, const char *from)
{
	while ((*to = *from++))
		to++;
	return to;
}

char *strcpy(char *to, const char *from)
{
	stpcpy(to, from);
	return to;
}

char *strncpy(char *to, const char *from, size_t len)
{
	size_t used = strnlen(from, len);

	memcpy(to, from, used);
	memset(to + used, 0, len - used);
	return to;
}

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *to, const char *from, size_t len)
{
	char *end = to + strlen(to);

	len = strnlen(from, len);
	memcpy(end, from, len);
	end[len] = '\0';
	return to;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

int strncmp(const char *a, const char *b, size_t len)
{
	for (; len; len--, a++, b++) {
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *strchr(const char *in, int byte)
{
	for (; *in != (char)byte; in++) {
		if (!*in)
			return NULL;
	}
	return (char *)in;
}

char *strrchr(const char *in, int byte)
{
	const char *found = NULL;

	for (;; in++) {
		if (*in == (char)byte)
			found = in;
		if (!*in)
			return (char *)found;
	}
}

char *index(const char *in, int byte)
{
	return strchr(in, byte);
}

char *rindex(const char *in, int byte)
{
	return strrchr(in, byte);
}

char *strstr(const char *in, const char *what)
{
	size_t len = strlen(what);

	for (;; in++) {
		if (!strncmp(in, what, len))
			return (char *)in;
		if (!*in)
			return NULL;
	}
}

size_t strspn(const char *text, const char *of)
{
	size_t len = 0;

	while (text[len] && strchr(of, text[len]))
		len++;
	return len;
}

size_t strcspn(const char *text, const char *of)
{
	size_t len = 0;

	while (text[len] && !strchr(of, text[len]))
		len++;
	return len;
}

char *strpbrk(const char *text, const char *of)
{
	text += strcspn(text, of);
	return *text ? (char *)text : NULL;
}

char *strdup(const char *text)
{
	char *copy = malloc(strlen(text) + 1);

	return copy ? strcpy(copy, text) : NULL;
}

/* --- characters and numbers --------------------------------------------------------------- */

int isdigit(int byte) { return byte >= '0' && byte <= '9'; }
int isupper(int byte) { return byte >= 'A' && byte <= 'Z'; }
int islower(int byte) { return byte >= 'a' && byte <= 'z'; }
int isalpha(int byte) { return isupper(byte) || islower(byte); }
int isprint(int byte) { return byte >= ' ' && byte <= '~'; }
int isspace(int byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
int toupper(int byte) { return islower(byte) ? byte - 'a' + 'A' : byte; }
int tolower(int byte) { return isupper(byte) ? byte - 'A' + 'a' : byte; }

int abs(int number) { return number < 0 ? -number : number; }
long labs(long number) { return number < 0 ? -number : number; }
/* One program has its own. */
__attribute__((weak)) long long llabs(long long number) { return number < 0 ? -number : number; }
double fabs(double x) { return __builtin_fabs(x); }
float fabsf(float x) { return __builtin_fabsf(x); }
long double fabsl(long double x) { return __builtin_fabsl(x); }
double copysign(double x, double y) { return __builtin_copysign(x, y); }
float copysignf(float x, float y) { return __builtin_copysignf(x, y); }
long double copysignl(long double x, long double y) { return __builtin_copysignl(x, y); }
/* Of numbers that a long long can hold, or that have no fraction anyway. */
double floor(double x)
{
	double whole;

	if (!(x > -0x1p62 && x < 0x1p62))
		return x;
	whole = (double)(long long)x;
	return whole > x ? whole - 1 : whole;
}

int atoi(const char *text)
{
	int number = 0, sign = 1;

	while (isspace(*text))
		text++;
	if (*text == '-' || *text == '+')
		sign = *text++ == '-' ? -1 : 1;
	while (isdigit(*text))
		number = number * 10 + (*text++ - '0');
	return sign * number;
}

static unsigned int random_state = 1;

void srand(unsigned int seed)
{
	random_state = seed;
}

int rand(void)
{
	random_state = random_state * 1103515245 + 12345;
	return (int)(random_state >> 1);
}

/* Few elements: by insertion. */
void qsort(void *base, size_t num, size_t size, int (*compare)(const void *, const void *))
{
	char *first = base, byte;
	size_t i, j, k;

	for (i = 1; i < num; i++) {
		for (j = i; j > 0 && compare(first + (j - 1) * size, first + j * size) > 0; j--) {
			for (k = 0; k < size; k++) {
				byte = first[j * size + k];
				first[j * size + k] = first[(j - 1) * size + k];
				first[(j - 1) * size + k] = byte;
			}
		}
	}
}
