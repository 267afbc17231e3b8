/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's names of compiler attributes, and ARRAY_SIZE(). */
#ifndef LIBPCIEHP_UTIL_COMPILER_H
#define LIBPCIEHP_UTIL_COMPILER_H

#ifndef __printf
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))
#endif
#ifndef __section
#define __section(name)		__attribute__((__section__(name)))
#endif
#ifndef __aligned
#define __aligned(n)		__attribute__((__aligned__(n)))
#endif
#ifndef noinline
#define noinline		__attribute__((__noinline__))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

#endif /* LIBPCIEHP_UTIL_COMPILER_H */
