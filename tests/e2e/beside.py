#!/usr/bin/env python3
"""The gdb plugin in company: Go's own runtime-gdb.py, and libdw in the process.

usage: beside.py [--build DIR] [--cores DIR]

Both are loaded, in either order, and the answers must be those of the vole
program; Go's own commands must still be there.
"""

import pathlib
import subprocess
import sys

import options

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ("print main.users", "map main.users", "vars main.", "type main.User")


def go_script():
	root = subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True)
	return pathlib.Path(root.stdout.strip()) / "src/runtime/runtime-gdb.py"


def gdb(exe, first, commands):
	words = ["gdb", "-nx", "-batch", "-iex", "set auto-load no"]
	for command in list(first) + [f"go {c}" for c in commands]:
		words += ["-ex", command]
	done = subprocess.run([*words, exe, f"{exe}.core"], check=False, capture_output=True,
			      stdin=subprocess.DEVNULL, timeout=120)
	return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def libdw_is_there():
	"""Is libdw in the process of a gdb that loads nothing of ours?"""
	words = ["gdb", "-nx", "-batch", "-ex", "python print(open('/proc/self/maps').read())"]
	done = subprocess.run(words, check=False, capture_output=True, timeout=60)
	return b"libdw" in done.stdout


def main():
	arguments = options.parser(__doc__).parse_args()
	build, cores = arguments.build.resolve(), arguments.cores.resolve()
	ours, theirs = f"source {build}/vole-gdb.py", f"source {go_script()}"
	passed = failed = 0
	print("libdw is in gdb's process:", libdw_is_there())
	for release in ("1.22", "1.26"):
		exe = cores / release / "opt/crash"
		words = [build / "vole", "core", exe, f"{exe}.core"]
		for command in COMMANDS:
			words += ["-e", command]
		want = subprocess.run(words, check=True, capture_output=True, text=True).stdout
		for first in ((ours, theirs), (theirs, ours), (ours,)):
			code, out, err = gdb(exe, first, COMMANDS)
			if code == 0 and out.endswith(want):
				passed += 1
			else:
				failed += 1
				print(f"FAIL {release} {' then '.join(first)}: exit {code}\n{out[-600:]}{err[-300:]}")
	code, out, err = gdb(cores / "1.26/opt/crash", (ours, theirs, "help info goroutines"), ())
	if "List all goroutines" in out:
		passed += 1
	else:
		failed += 1
		print(f"FAIL Go's own commands are gone: {out}{err}")
	print(f"{passed} passed, {failed} failed")
	return failed > 0


if __name__ == "__main__":
	sys.exit(main())
