# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Runs a job array on Slurm, and a job that joins its results. Sourced after lib.sh by scripts that
# have a function cannot WHY, which ends them. WHY begins with a colon. $engine is a folder that all nodes have.

# slurm_parts: print how many parts to make for this Slurm: 4 for each CPU.
slurm_parts() {
	command -v sbatch >/dev/null || cannot ": there is no sbatch; scripts/setup slurm installs it"
	cpus=$(sinfo -h -o %C | awk -F / '{ n += $4 } END { print n }')
	most=$(scontrol show config | sed -n 's/^MaxArraySize *= //p')
	[ "${cpus:-0}" -gt 0 ] || cannot ": sinfo lists no CPU; start Slurm, or set SLURM_CONF=, say to that of scripts/slurm-cluster"
	echo "$cpus $most" | awk '{ print 4 * $1 < $2 ? 4 * $1 : $2 - 1 }'
}

# submit OPTION...: submit a job, and print its ID.
submit() {
	sbatch --parsable --requeue --open-mode=append --chdir="$engine" --job-name=pciehp "$@" ||
		cannot ": sbatch failed, see above"
}

# cancel: cancel the jobs that were submitted.
cancel() {
	# shellcheck disable=SC2086 # one word each
	[ -z "$jobs" ] || scancel $jobs
}

# submit_all PARTS COMMAND JOIN: submit COMMAND for each of these parts of $PARTS, with the number of
# the part in $SLURM_ARRAY_TASK_ID, and JOIN for when they have ended.
submit_all() {
	jobs=
	trap 'cancel; exit 130' INT TERM HUP
	rm -f "$engine/status"
	if [ "$1" ]; then
		# If a node dies, Slurm runs its parts again.
		jobs=$(submit --array="$1" --output=part-%a.log --cpus-per-task=1 --wrap="$2")
		say "job $jobs has the parts $1 of $PARTS; its logs are $engine/part-*.log"
	fi
	array=$jobs
	join=$3
	submit_join ${array:+"--dependency=afterany:$array"}
}

# submit_join OPTION...: submit the job that joins the results. It also runs if parts have failed,
# and tells what is missing.
submit_join() {
	jobs="$array $(submit "$@" --output=join.log --wrap="
		{ $join; } >table 2>problems
		echo \$? >status.part && mv status.part status")"
}

# release_held: let parts go that Slurm holds because a node could not start them. It does not use
# that node again before an administrator has resumed it.
release_held() {
	[ -z "$array" ] || squeue -h -r -j "$array" -o '%i %r' 2>/dev/null | sed -n 's/ launch failed requeued held$//p' |
		xargs -r -n 1 scontrol release
}

# wait_for_join: wait until the results are joined. If that job was killed, submit it again.
wait_for_join() {
	gone=0
	tries=1
	while [ ! -f "$engine/status" ]; do
		sleep 1
		release_held || :
		# If the controller does not answer, it may be restarting. The file may be late.
		if left=$(squeue -h -j "${jobs##* }" 2>&1); then
			[ "$left" ] || gone=$((gone + 1))
		elif echo "$left" | grep -q 'Invalid job id'; then
			gone=$((gone + 1))
		fi
		[ $gone -ge 10 ] || continue
		[ $tries -lt 3 ] || cannot ": job ${jobs##* } ended without a result; see $engine/join.log, and run the same command again"
		say "job ${jobs##* }, which joins the results, has ended early"
		# A controller that was killed may know of the array, but not of this job.
		set --
		[ -z "$array" ] || [ -z "$(squeue -h -j "$array" 2>/dev/null)" ] || set -- "--dependency=afterany:$array"
		submit_join "$@"
		gone=0
		tries=$((tries + 1))
	done
	trap - INT TERM HUP
}

# show_joined: print what the join has printed, and end with its status.
show_joined() {
	cat "$engine/problems" >&2
	cat "$engine/table"
	exit "$(cat "$engine/status")"
}

# was_cancelled: a part was cancelled, so it is not wanted now.
was_cancelled() {
	[ "$array" ] && scontrol -o show job "$array" 2>/dev/null | grep -q JobState=CANCELLED
}
