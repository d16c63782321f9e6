#!/usr/bin/env python3
"""Check what a plugin needs from, and shows to, the process that loads it.

usage: linkage.py FILE.so --export SYMBOL... [--not-needed PREFIX...]

The only symbols it may define are those given. It may not need a library
whose name starts with one of the prefixes, nor a glibc newer than GLIBC.
"""
import argparse
import re
import subprocess
import sys

GLIBC = (2, 34)


def readelf(*args):
    out = subprocess.run(["readelf", "-W", *args], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return out.splitlines()


def needed(path):
    for line in readelf("-d", path):
        match = re.search(r"\(NEEDED\).*\[(.*)\]", line)
        if match:
            yield match[1]


def symbols(path):
    """(name with version, defined here) of every dynamic symbol."""
    for line in readelf("--dyn-syms", path):
        part = line.split()
        if len(part) >= 8 and part[0].rstrip(":").isdigit():
            yield part[7], part[6] not in ("UND", "ABS")


def problems(path, exports, refused):
    for library in needed(path):
        for prefix in refused:
            if library.startswith(prefix + ".") or \
                    library.startswith(prefix + "-") or \
                    re.match(re.escape(prefix) + r"\d", library):
                yield f"needs {library}"
    seen = set()
    for name, defined in symbols(path):
        if defined:
            seen.add(name.split("@")[0])
        match = re.search(r"@GLIBC_(\d+)\.(\d+)", name)
        if match and (int(match[1]), int(match[2])) > GLIBC:
            yield f"needs {name}; the limit is GLIBC_%d.%d" % GLIBC
    for name in sorted(seen - set(exports)):
        yield f"exports {name}"
    for name in sorted(set(exports) - seen):
        yield f"does not export {name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--export", action="append", default=[])
    parser.add_argument("--not-needed", action="append", default=[])
    args = parser.parse_args()
    found = list(problems(args.file, args.export, args.not_needed))
    for line in found:
        print(f"{args.file}: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
