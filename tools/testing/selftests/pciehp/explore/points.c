// SPDX-License-Identifier: GPL-2.0-only
/* Finds the points of a kernel in its symbols, debug information and instructions. */
#include <capstone/capstone.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"
#include "points.h"

#include "util/compiler.h"

/* The driver, the functions that call it, and the functions that it calls. */
const struct source sources[] = {
	{ "pciehp", "drivers/pci/hotplug/pciehp_core.c", "*" },
	{ "pciehp", "drivers/pci/hotplug/pciehp_ctrl.c", "*" },
	{ "pciehp", "drivers/pci/hotplug/pciehp_hpc.c", "*" },
	{ "pciehp", "drivers/pci/hotplug/pciehp_pci.c", "*" },
	{ "portdrv", "drivers/pci/pcie/portdrv.c", "*" },
	{ "portdrv", "drivers/pci/pcie/portdrv_core.c", "*" },
	{ "portdrv", "drivers/pci/pcie/portdrv_pci.c", "*" },
	{ "scan", "drivers/pci/probe.c", "@(pci_scan_*|pci_device_add)" },
	{ "scan", "drivers/pci/probe.c", "@(pci_setup_device|pci_hp_*)" },
	{ "scan", "drivers/pci/probe.c", "pcie_bus_configure_settings" },
	{ "scan", "drivers/pci/bus.c", "pci_bus_add_device*" },
	{ "scan", "drivers/pci/remove.c", "pci_*" },
	{ "scan", "drivers/pci/setup-bus.c",
	  "pci_assign_unassigned_bridge_resources" },
	{ "reset", "drivers/pci/pci.c", "pci_bus_*_locked" },
	{ "reset", "drivers/pci/pci.c", "*_secondary_bus*" },
	{ "reset", "drivers/pci/pci.c", "pci_@(save|restore)_state" },
	{ "reset", "drivers/pci/pci.c", "pci_dev_@(save|restore)*" },
	{ "reset", "drivers/pci/pci.c", "__pci_reset_bus" },
	{ "reset", "drivers/pci/pcie/err.c", "*" },
};

const size_t n_sources = ARRAY_SIZE(sources);

/* List of the function and file names. Each name is stored once. */
struct strings {
	struct strings *next;
	char text[];
};

struct loader {
	struct points *points;
	Elf *elf;
	Dwarf *dwarf;
	csh capstone;
	size_t room;
	size_t room_ranges;
};

static const char *intern_string(struct points *points, const char *text)
{
	struct strings *string;

	for (string = points->strings; string; string = string->next) {
		if (!strcmp(string->text, text))
			return string->text;
	}
	string = malloc(sizeof(*string) + strlen(text) + 1);
	if (!string)
		return NULL;
	memcpy(string->text, text, strlen(text) + 1);
	string->next = points->strings;
	points->strings = string;

	return string->text;
}

/* Makes room for one more element. The array grows by doubling. */
static void *grow(void *array, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return array;
	*room = *room ? 2 * *room : 64;

	return realloc(array, *room * size);
}

static int add_range(struct loader *loader, uint64_t addr, uint64_t len)
{
	struct points *points = loader->points;

	points->ranges = grow(points->ranges, points->n_ranges,
			      &loader->room_ranges, sizeof(*points->ranges));
	if (!points->ranges)
		return -ENOMEM;
	points->ranges[points->n_ranges++] = (struct range){ addr, len };

	return 0;
}

static int add_point(struct loader *loader, const struct point *point)
{
	struct points *points = loader->points;

	points->all = grow(points->all, points->n, &loader->room,
			   sizeof(*points->all));
	if (!points->all)
		return -ENOMEM;
	points->all[points->n++] = *point;

	return 0;
}

/* Finds the instructions of a function in its section. */
static const uint8_t *find_code(struct loader *loader, const GElf_Sym *sym)
{
	Elf_Scn *section = elf_getscn(loader->elf, sym->st_shndx);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	GElf_Shdr header;
	uint64_t offset;

	if (!data || !data->d_buf || !gelf_getshdr(section, &header))
		return NULL;
	offset = sym->st_value - header.sh_addr;
	if (sym->st_value < header.sh_addr ||
	    offset + sym->st_size > data->d_size)
		return NULL;

	return (const uint8_t *)data->d_buf + offset;
}

static void find_line(struct loader *loader, Dwarf_Die *unit,
		      struct point *point)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, point->addr);
	const char *file, *top;

	if (!line)
		return;
	dwarf_lineno(line, &point->line);
	file = dwarf_linesrc(line, NULL, NULL);
	/* make the path relative to the kernel's top directory */
	top = file ? strstr(file, "drivers/pci/") : NULL;
	point->file = file ? intern_string(loader->points, top ?: file) : NULL;
}

static bool is_call(struct loader *loader, const cs_insn *insn)
{
	if (!insn->id)
		return false;

	return cs_insn_group(loader->capstone, insn, CS_GRP_CALL) ||
	       !strcmp(insn->mnemonic, "bl") || !strcmp(insn->mnemonic, "blr");
}

static int add_function(struct loader *loader, Dwarf_Die *unit, int group,
			const char *name, const GElf_Sym *sym)
{
	const uint8_t *code = find_code(loader, sym);
	enum point_kind kind = POINT_ENTRY;
	uint64_t addr = sym->st_value;
	size_t left = sym->st_size;
	const char *function = intern_string(loader->points, name);
	cs_insn *insn;
	int ret;

	if (!code || !left)
		return 0;
	insn = cs_malloc(loader->capstone);
	if (!insn || !function)
		return -ENOMEM;
	ret = add_range(loader, addr, left);
	while (!ret && cs_disasm_iter(loader->capstone, &code, &left, &addr,
				      insn)) {
		struct point point = {
			.addr = insn->address,
			.function = function,
			.offset = insn->address - sym->st_value,
			.kind = kind,
			.group = group,
		};
		bool call = is_call(loader, insn);

		if (call && kind == POINT_OTHER)
			point.kind = POINT_CALL;
		/* the length of instructions varies on x86_64 */
		point.code_len = insn->size < sizeof(point.code) ?
				 insn->size : sizeof(point.code);
		memcpy(point.code, insn->bytes, point.code_len);
		snprintf(point.text, sizeof(point.text), "%.12s %.34s",
			 insn->mnemonic, insn->op_str);
		find_line(loader, unit, &point);
		ret = add_point(loader, &point);
		kind = call ? POINT_RETURNED : POINT_OTHER;
	}
	cs_free(insn, 1);

	return ret;
}

/* Symbols also have the addresses of functions that the compiler has split. */
static int add_functions(struct loader *loader, Dwarf_Die *unit,
			 const struct source *source)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	Elf_Data *data;
	GElf_Sym sym;
	const char *name;
	int ret = 0;

	while ((section = elf_nextscn(loader->elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		for (int i = 0; !ret && gelf_getsym(data, i, &sym); i++) {
			if (GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
			    dwarf_haspc(unit, sym.st_value) != 1)
				continue;
			name = elf_strptr(loader->elf, header.sh_link,
					  sym.st_name);
			if (!name || fnmatch(source->functions, name,
					     FNM_EXTMATCH))
				continue;
			ret = add_function(loader, unit, source - sources, name,
					   &sym);
		}
	}

	return ret;
}

static void find_symbols(struct loader *loader)
{
	struct points *points = loader->points;
	const struct {
		const char *name;
		uint64_t *addr;
	} wanted[] = {
		{ "arch_cpu_idle", &points->idle },
		{ "pcie_capability_read_dword", &points->read_dword },
		{ "pci_rescan_remove_lock", &points->rescan_remove_lock },
		{ "_text", &points->text },
	};
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	Elf_Data *data;
	GElf_Sym sym;
	const char *name;

	while ((section = elf_nextscn(loader->elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		for (int i = 0; gelf_getsym(data, i, &sym); i++) {
			name = elf_strptr(loader->elf, header.sh_link,
					  sym.st_name);
			for (size_t j = 0; name && j < ARRAY_SIZE(wanted); j++) {
				if (!strcmp(name, wanted[j].name))
					*wanted[j].addr = sym.st_value;
			}
		}
	}
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static int add_units(struct loader *loader)
{
	Dwarf_Off offset = 0, next;
	size_t header_size;
	Dwarf_Die unit;
	const char *name;
	int ret = 0;

	for (; !ret && !dwarf_nextcu(loader->dwarf, offset, &next, &header_size,
				     NULL, NULL, NULL); offset = next) {
		if (!dwarf_offdie(loader->dwarf, offset + header_size, &unit))
			continue;
		name = dwarf_diename(&unit);
		for (size_t i = 0; name && !ret && i < n_sources; i++) {
			if (ends_with(name, sources[i].file))
				ret = add_functions(loader, &unit, &sources[i]);
		}
	}

	return ret;
}

static int by_address(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* A function with two names has been added twice. */
static void sort_unique(struct points *points)
{
	size_t n = 0;

	qsort(points->all, points->n, sizeof(*points->all), by_address);
	for (size_t i = 0; i < points->n; i++) {
		if (n && points->all[n - 1].addr == points->all[i].addr)
			continue;
		points->all[n++] = points->all[i];
	}
	points->n = n;
}

static int open_capstone(struct loader *loader, char *why, size_t size)
{
	GElf_Ehdr header;
	const struct arch *arch;
	cs_err error;

	if (!gelf_getehdr(loader->elf, &header)) {
		snprintf(why, size, "%s", elf_errmsg(-1));
		return -ENOEXEC;
	}
	arch = arch_of_elf(header.e_machine);
	loader->points->arch = arch;
	error = arch ? cs_open(arch->capstone, arch->mode, &loader->capstone) :
		       CS_ERR_ARCH;
	if (error) {
		snprintf(why, size, "cannot disassemble it: %s",
			 cs_strerror(error));
		return -EOPNOTSUPP;
	}
	cs_option(loader->capstone, CS_OPT_DETAIL, CS_OPT_ON);
	/* capstone would stop at the first instruction that it does not know */
	cs_option(loader->capstone, CS_OPT_SKIPDATA, CS_OPT_ON);

	return 0;
}

/**
 * points_load() - find all points of the functions in sources[]
 * @points: to be initialised; points_free() frees it
 * @vmlinux: path of the kernel, with symbols and debug information
 * @why: receives the reason if the kernel cannot be used
 * @size: size of @why
 *
 * Return: 0 or a negative errno.
 */
int points_load(struct points *points, const char *vmlinux, char *why,
		size_t size)
{
	struct loader loader = { .points = points };
	int fd, ret;

	*points = (struct points){ .n = 0 };
	fd = open(vmlinux, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		snprintf(why, size, "%s", strerror(errno));
		return ret;
	}
	elf_version(EV_CURRENT);
	loader.elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	loader.dwarf = dwarf_begin_elf(loader.elf, DWARF_C_READ, NULL);
	if (!loader.dwarf) {
		snprintf(why, size, "it has no debug information: %s",
			 dwarf_errmsg(-1));
		ret = -ENOEXEC;
	} else {
		ret = open_capstone(&loader, why, size);
	}
	if (!ret)
		ret = add_units(&loader);
	if (!ret && !points->n) {
		snprintf(why, size, "no debug information of %s is in it",
			 sources[0].file);
		ret = -ENOENT;
	} else if (!ret) {
		sort_unique(points);
		find_symbols(&loader);
	}

	if (loader.capstone)
		cs_close(&loader.capstone);
	dwarf_end(loader.dwarf);
	elf_end(loader.elf);
	close(fd);

	return ret;
}

/**
 * points_free() - free the points of points_load()
 * @points: the points
 */
void points_free(struct points *points)
{
	struct strings *next;

	for (; points->strings; points->strings = next) {
		next = points->strings->next;
		free(points->strings);
	}
	free(points->all);
	free(points->ranges);
	*points = (struct points){ .n = 0 };
}

/**
 * points_at() - find the point at an address
 * @points: the points
 * @addr: virtual address
 *
 * Return: the point, or NULL.
 */
const struct point *points_at(const struct points *points, uint64_t addr)
{
	const struct point key = { .addr = addr };

	return bsearch(&key, points->all, points->n, sizeof(key), by_address);
}

/**
 * points_find() - find a point by its function and offset
 * @points: the points
 * @function: name of the function
 * @offset: bytes from the start of the function
 *
 * Return: the point, or NULL.
 */
const struct point *points_find(const struct points *points,
				const char *function, unsigned int offset)
{
	for (size_t i = 0; i < points->n; i++) {
		if (points->all[i].offset == offset &&
		    !strcmp(points->all[i].function, function))
			return &points->all[i];
	}

	return NULL;
}
