// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/gcov.h"
#include "guest/request.h"
#include "util/environment.h"

static int save_object(struct guest *guest, const char *dir,
		       const char *object)
{
	const char *name = strrchr(object, '/');
	char path[PATH_MAX];
	FILE *file;
	int ret;

	if (!name || snprintf(path, sizeof(path), "%s%s.gcda", dir, name) >=
		     (int)sizeof(path))
		return -EINVAL;
	ret = guest_request(guest, "read /sys/kernel/debug/gcov%s.gcda", object);
	if (ret)
		return ret;

	file = fopen(path, "we");
	if (!file)
		return -errno;
	fwrite(guest->agent.text, 1, guest->agent.text_len, file);

	return fclose(file) ? -errno : 0;
}

/*
 * Save the counters in a new folder below @parent. Its name begins with a dot until it is
 * complete, because the host may be interrupted.
 */
static int save_objects(struct guest *guest, const char *parent, FILE *objects)
{
	char part[PATH_MAX], whole[PATH_MAX], object[PATH_MAX];
	int ret = 0;

	snprintf(part, sizeof(part), "%s/.XXXXXX", parent);
	if (!mkdtemp(part))
		return -errno;
	while (!ret && fscanf(objects, "%4095s", object) == 1)
		ret = save_object(guest, part, object);
	snprintf(whole, sizeof(whole), "%s/%s", parent,
		 part + strlen(parent) + strlen("/."));
	if (!ret && rename(part, whole))
		ret = -errno;

	return ret;
}

/**
 * gcov_save() - save the counters of the guest's kernel, if PCIEHP_GCOV is set
 * @guest: a guest; nothing is saved unless it is alive
 *
 * A failure is recorded as an error of the case, because coverage from which a case is
 * missing looks like coverage that the tests do not have.
 */
void gcov_save(struct guest *guest)
{
	const char *dir = environment_get("PCIEHP_GCOV");
	char path[PATH_MAX];
	FILE *objects;
	int ret;

	if (!dir || !guest->alive)
		return;
	snprintf(path, sizeof(path), "%s/objects", dir);
	objects = fopen(path, "re");
	ret = objects ? save_objects(guest, dir, objects) : -errno;
	if (objects)
		fclose(objects);
	if (ret)
		result_error(&guest->result, "cannot save the counters of %s: %s",
			     path, strerror(-ret));
}
