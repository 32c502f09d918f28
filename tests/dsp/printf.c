// SPDX-License-Identifier: GPL-2.0
/* stdio, as far as GCC's test programs need it: output to the console. */
#include <stdint.h>

#include "libc.h"

#define SIM_CONSOLE	(*(volatile uint32_t *)0x01f00004)

struct file {
	/* Of a string; NULL for the console. */
	char *to;
	size_t room;
	size_t len;
};

static struct file console;
FILE *stdin = &console, *stdout = &console, *stderr = &console;

static void put(struct file *file, char byte)
{
	if (file == &console)
		SIM_CONSOLE = (unsigned char)byte;
	else if (file->len < file->room)
		file->to[file->len] = byte;
	file->len++;
}

/* One conversion: its flags, width, precision (-1: none). */
struct spec {
	unsigned int left : 1, plus : 1, space : 1, alternate : 1, zero : 1;
	int width, precision;
};

static void pad(struct file *file, int count, char byte)
{
	while (count-- > 0)
		put(file, byte);
}

/* prefix, then digits, of which there are at least as many as the precision says. */
static void put_field(struct file *file, const struct spec *spec, const char *prefix,
		      const char *digits, int len)
{
	int prefix_len = (int)strlen(prefix);
	int zeroes = spec->precision > len ? spec->precision - len : 0;
	int spaces = spec->width - prefix_len - zeroes - len;

	if (spec->zero && !spec->left && spec->precision < 0 && spaces > 0) {
		zeroes += spaces;
		spaces = 0;
	}
	if (!spec->left)
		pad(file, spaces, ' ');
	while (*prefix)
		put(file, *prefix++);
	pad(file, zeroes, '0');
	while (len--)
		put(file, *digits++);
	if (spec->left)
		pad(file, spaces, ' ');
}

static const char *sign_of(const struct spec *spec, int negative)
{
	return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

static void put_integer(struct file *file, const struct spec *spec, unsigned long long number,
			unsigned int base, int upper, const char *prefix)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[24], *first = digits + sizeof(digits);

	while (number) {
		*--first = set[number % base];
		number /= base;
	}
	if (first == digits + sizeof(digits) && spec->precision != 0)
		*--first = '0';
	put_field(file, spec, prefix, first, (int)(digits + sizeof(digits) - first));
}

/* Decimal, of moderate size: what the tests print. */
static void put_double(struct file *file, const struct spec *spec, double number, int trim)
{
	struct spec plain = *spec;
	int precision = spec->precision < 0 ? 6 : spec->precision;
	const char *sign = sign_of(spec, __builtin_signbit(number));
	unsigned long long whole;
	char digits[48], *const point = digits + 24, *first = point, *end = point;
	double scale = 1;
	int i;

	number = __builtin_fabs(number);
	if (precision > 15)
		precision = 15;
	for (i = 0; i < precision; i++)
		scale *= 10;
	whole = (unsigned long long)number;
	number = (number - (double)whole) * scale + 0.5;
	if (number >= scale) {
		whole++;
		number -= scale;
	}
	do {
		*--first = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole);
	if (precision)
		*end++ = '.';
	whole = (unsigned long long)number;
	for (i = precision - 1; i >= 0; i--) {
		end[i] = (char)('0' + whole % 10);
		whole /= 10;
	}
	end += precision;
	/* %g: no zeroes behind the point. */
	while (trim && end > point && (end[-1] == '0' || end == point + 1))
		end--;
	plain.precision = -1;
	put_field(file, &plain, sign, first, (int)(end - first));
}

static int get_number(const char **format, va_list *args)
{
	int number = 0;

	if (**format == '*') {
		(*format)++;
		return va_arg(*args, int);
	}
	while (isdigit(**format))
		number = number * 10 + (*(*format)++ - '0');
	return number;
}

static void get_spec(struct spec *spec, const char **format, va_list *args)
{
	memset(spec, 0, sizeof(*spec));
	for (;; (*format)++) {
		switch (**format) {
		case '-': spec->left = 1; continue;
		case '+': spec->plus = 1; continue;
		case ' ': spec->space = 1; continue;
		case '#': spec->alternate = 1; continue;
		case '0': spec->zero = 1; continue;
		}
		break;
	}
	spec->width = get_number(format, args);
	if (spec->width < 0) {
		spec->left = 1;
		spec->width = -spec->width;
	}
	spec->precision = -1;
	if (**format == '.') {
		(*format)++;
		spec->precision = get_number(format, args);
	}
}

/* Of a size in bytes: -1 char, -2 short, 0 int, 1 long, 2 long long. */
static int get_size(const char **format)
{
	int size = 0;

	for (;; (*format)++) {
		switch (**format) {
		case 'h': size = size == -2 ? -1 : -2; continue;
		case 'l': size++; continue;
		case 'L': case 'q': case 'j': size = 2; continue;
		case 'z': case 't': size = 1; continue;
		}
		return size;
	}
}

static long long get_signed(int size, va_list *args)
{
	int number;

	if (size >= 2)
		return va_arg(*args, long long);
	if (size == 1)
		return va_arg(*args, long);
	number = va_arg(*args, int);
	return size == -1 ? (signed char)number : size == -2 ? (short)number : number;
}

static unsigned long long get_unsigned(int size, va_list *args)
{
	unsigned int number;

	if (size >= 2)
		return va_arg(*args, unsigned long long);
	if (size == 1)
		return va_arg(*args, unsigned long);
	number = va_arg(*args, unsigned int);
	return size == -1 ? (unsigned char)number : size == -2 ? (unsigned short)number : number;
}

static void put_conversion(struct file *file, const char **format, va_list *args)
{
	struct spec spec;
	unsigned long long number;
	long long with_sign;
	const char *text;
	char byte;
	int size, len;

	get_spec(&spec, format, args);
	size = get_size(format);
	switch (*(*format)++) {
	case 'd':
	case 'i':
		with_sign = get_signed(size, args);
		number = (unsigned long long)with_sign;
		put_integer(file, &spec, with_sign < 0 ? -number : number, 10, 0,
			    sign_of(&spec, with_sign < 0));
		break;
	case 'u':
		put_integer(file, &spec, get_unsigned(size, args), 10, 0, "");
		break;
	case 'o':
		number = get_unsigned(size, args);
		put_integer(file, &spec, number, 8, 0, spec.alternate && number ? "0" : "");
		break;
	case 'x':
		number = get_unsigned(size, args);
		put_integer(file, &spec, number, 16, 0, spec.alternate && number ? "0x" : "");
		break;
	case 'X':
		number = get_unsigned(size, args);
		put_integer(file, &spec, number, 16, 1, spec.alternate && number ? "0X" : "");
		break;
	case 'p':
		put_integer(file, &spec, (uintptr_t)va_arg(*args, void *), 16, 0, "0x");
		break;
	case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
		byte = (*format)[-1];
		put_double(file, &spec, size == 2 ? (double)va_arg(*args, long double) :
						    va_arg(*args, double),
			   byte == 'g' || byte == 'G');
		break;
	case 'c':
		byte = (char)va_arg(*args, int);
		spec.precision = -1;
		spec.zero = 0;
		put_field(file, &spec, "", &byte, 1);
		break;
	case 's':
		text = va_arg(*args, const char *);
		if (!text)
			text = "(null)";
		len = (int)strnlen(text, spec.precision < 0 ? (size_t)-1 : (size_t)spec.precision);
		spec.precision = -1;
		spec.zero = 0;
		put_field(file, &spec, "", text, len);
		break;
	case 'n':
		*va_arg(*args, int *) = (int)file->len;
		break;
	default:
		put(file, (*format)[-1]);
	}
}

int vfprintf(FILE *file, const char *format, va_list args)
{
	size_t before = file->len;
	va_list copy;

	va_copy(copy, args);
	while (*format) {
		if (*format != '%') {
			put(file, *format++);
			continue;
		}
		format++;
		put_conversion(file, &format, &copy);
	}
	va_end(copy);
	return (int)(file->len - before);
}

int vprintf(const char *format, va_list args)
{
	return vfprintf(stdout, format, args);
}

int vsnprintf(char *to, size_t size, const char *format, va_list args)
{
	struct file file = { to, size ? size - 1 : 0, 0 };

	vfprintf(&file, format, args);
	if (size)
		to[file.len < size ? file.len : size - 1] = '\0';
	return (int)file.len;
}

int vsprintf(char *to, const char *format, va_list args)
{
	return vsnprintf(to, 0x7fffffff, format, args);
}

#define FORMATTED(call)			\
	va_list args;			\
	int len;			\
					\
	va_start(args, format);		\
	len = call;			\
	va_end(args);			\
	return len

int printf(const char *format, ...) { FORMATTED(vfprintf(stdout, format, args)); }
int fprintf(FILE *file, const char *format, ...) { FORMATTED(vfprintf(file, format, args)); }
int sprintf(char *to, const char *format, ...) { FORMATTED(vsprintf(to, format, args)); }
int snprintf(char *to, size_t size, const char *format, ...)
{
	FORMATTED(vsnprintf(to, size, format, args));
}

int fputc(int byte, FILE *file)
{
	put(file, (char)byte);
	return (unsigned char)byte;
}

int putc(int byte, FILE *file) { return fputc(byte, file); }
int putchar(int byte) { return fputc(byte, stdout); }
int fflush(FILE *file) { return file ? 0 : 0; }

size_t fwrite(const void *from, size_t size, size_t num, FILE *file)
{
	const char *bytes = from;
	size_t i;

	for (i = 0; i < size * num; i++)
		put(file, bytes[i]);
	return num;
}

int fputs(const char *text, FILE *file)
{
	fwrite(text, 1, strlen(text), file);
	return 0;
}

int puts(const char *text)
{
	fputs(text, stdout);
	putchar('\n');
	return 0;
}
