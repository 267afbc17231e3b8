# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Get Debian packages without changing the system. Sourced after lib.sh. Uses the directory
# $tmp, which scratch makes.

# own_suite: print the suite of this system's release.
own_suite() {
	(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
}

# apt_error: print the first error or warning of apt in $tmp/log.
apt_error() {
	grep -m 1 '^[EW]:' "$tmp/log" || echo nothing
}

# derive_sources SUITES DIR: write the system's apt sources to DIR, with SUITES instead of
# the suite of its own release. Security archives are left out, because their suites have other
# names.
derive_sources() {
	own=$(own_suite)
	eval "$(apt-config shell list Dir::Etc::SourceList/f parts Dir::Etc::SourceParts/d)"
	mkdir "$2"
	for file in "${list:-}" "${parts:-}"/*; do
		[ -f "$file" ] || continue
		case $file in
		*.sources)
			awk -v own="$own" -v suites="$1" 'BEGIN { RS = ""; FS = OFS = "\n"; ORS = "\n\n" }
			{
				use = 0
				for (i = 1; i <= NF; i++)
					if ($i ~ /^Enabled:[ \t]*(no|false)/) {
						next
					} else if ($i ~ "^Suites:(.*[ \t])?" own "([ \t]|$)") {
						$i = "Suites: " suites
						use = 1
					}
				if (use)
					print
			}' "$file" >>"$2/base.sources"
			;;
		*.list)
			s='[[:blank:]]+'
			for suite in $1; do
				sed -nE "s/^(deb$s(\[[^]]*\]$s)?[^[:blank:]]+$s)$own($s.*)/\1$suite\3/p" \
					"$file" >>"$2/base.list"
			done
			;;
		esac
	done
}

# private_apt SUITES: make $tmp/apt.conf. With it, apt uses these suites, does not change the
# system, does not need root and runs none of the system's hooks.
private_apt() {
	mkdir -p "$tmp/lists/partial" "$tmp/cache/archives/partial"
	cat >"$tmp/apt.conf" <<-END
		Dir::State::Lists "$tmp/lists";
		Dir::Cache "$tmp/cache";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		APT::Default-Release "";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
	if [ "$1" != "$(own_suite)" ]; then
		derive_sources "$1" "$tmp/sources"
		cat >>"$tmp/apt.conf" <<-END
			Dir::Etc::SourceList "/dev/null";
			Dir::Etc::SourceParts "$tmp/sources";
		END
	fi
}

# other_system ARCH: make the apt of private_apt behave as on a system of that architecture
# (Debian's name) on which nothing is installed.
other_system() {
	cat >>"$tmp/apt.conf" <<-END
		APT::Architecture "$1";
		#clear APT::Architectures;
		APT::Architectures { "$1"; };
		Dir::State::status "/dev/null";
	END
}

# list_modules ROOT RELEASE: run depmod on the kernel that is unpacked in ROOT. Packages, depmod
# and modprobe use /lib in some releases of Debian and /usr/lib in others. So a link makes the
# modules available in both.
list_modules() {
	mkdir -p "$1/lib" "$1/usr/lib"
	if [ -d "$1/lib/modules" ]; then
		ln -s ../../lib/modules "$1/usr/lib/modules"
	else
		ln -s ../usr/lib/modules "$1/lib/modules"
	fi
	/sbin/depmod -b "$1" "$2" || die "cannot list the dependencies of the modules of $2 in $1: depmod failed (see above)"
}

# put_modules ROOT RELEASE TO MODULE...: copy modules of the kernel that is unpacked in ROOT,
# and the modules they depend on, to TO/modules, where the agent searches for them. The file
# "order" there lists each module once, after its dependencies. Modules that are built in or
# that the kernel does not have are left out.
put_modules() {
	from=$1 kernel=$2 to=$3
	shift 3
	mkdir -p "$to/modules"
	for module; do
		/sbin/modprobe -d "$from" -S "$kernel" --show-depends "$module" 2>/dev/null || :
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
		name=$(basename "$file" .xz)
		xz -dcf "$file" >"$to/modules/$name" # also copies an uncompressed file
		echo "$name" >>"$to/modules/order"
	done
}
