/* SPDX-License-Identifier: GPL-2.0 */
/* The little of a C library that GCC's test programs use. */
#ifndef LIBC_H
#define LIBC_H

#include <stdarg.h>
#include <stddef.h>

#define EOF		(-1)
#define EXIT_SUCCESS	0
#define EXIT_FAILURE	1
#define RAND_MAX	0x7fffffff

/* Exit statuses of programs: what abort() and assert() make of it. */
#define STATUS_ABORT	134

typedef struct file FILE;
extern FILE *stdin, *stdout, *stderr;

void exit(int status) __attribute__((noreturn));
void _exit(int status) __attribute__((noreturn));
void abort(void) __attribute__((noreturn));
int atexit(void (*function)(void));

void *malloc(size_t size);
void *calloc(size_t num, size_t size);
void *realloc(void *old, size_t size);
void free(void *memory);
int abs(int number);
long labs(long number);
long long llabs(long long number);
int atoi(const char *text);
int rand(void);
void srand(unsigned int seed);
void qsort(void *base, size_t num, size_t size, int (*compare)(const void *, const void *));

void *memcpy(void *to, const void *from, size_t len);
void *mempcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *in, int byte, size_t len);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t most);
char *strcpy(char *to, const char *from);
char *stpcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t len);
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t len);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t len);
char *strchr(const char *in, int byte);
char *strrchr(const char *in, int byte);
char *index(const char *in, int byte);
char *rindex(const char *in, int byte);
char *strstr(const char *in, const char *what);
size_t strspn(const char *text, const char *of);
size_t strcspn(const char *text, const char *of);
char *strpbrk(const char *text, const char *of);
char *strdup(const char *text);
void bzero(void *to, size_t len);
void bcopy(const void *from, void *to, size_t len);
int bcmp(const void *a, const void *b, size_t len);

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *format, va_list args);
int vfprintf(FILE *file, const char *format, va_list args);
int vsprintf(char *to, const char *format, va_list args);
int vsnprintf(char *to, size_t size, const char *format, va_list args);
int putchar(int byte);
int putc(int byte, FILE *file);
int fputc(int byte, FILE *file);
int puts(const char *text);
int fputs(const char *text, FILE *file);
size_t fwrite(const void *from, size_t size, size_t num, FILE *file);
int fflush(FILE *file);

int isdigit(int byte);
int isprint(int byte);
int isspace(int byte);
int isalpha(int byte);
int isupper(int byte);
int islower(int byte);
int toupper(int byte);
int tolower(int byte);

#define assert(condition)	((condition) ? (void)0 : abort())

#endif
