#!/usr/bin/env python3
"""Damaged and wrong input: one error line, the right exit status, no crash.

usage: bad_input.py [--build DIR] [--cores DIR]

Files that are no cores, cores of other programs, truncated ones, and copies of
real cores in which one field of a structure was made absurd. Each run must end
in two seconds with less than 256 MB of its own memory.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 4  # two, doubled for a busy machine
MEMORY = 256 << 20
PT_LOAD = 1


class Tests:
	def __init__(self, vole):
		self.vole = vole
		self.passed = self.failed = 0

	def run(self, *words):
		begin = time.monotonic()
		# Address space holds the mapped files as well: they are not ours.
		limit = MEMORY + (8 << 30)
		done = subprocess.run(
			[self.vole, *map(str, words)], stdin=subprocess.DEVNULL,
			capture_output=True, timeout=60, check=False,
			preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
		return done, time.monotonic() - begin

	def expect(self, name, words, exit_status, *texts):
		"""Exit status (or several) and texts somewhere in what it said."""
		try:
			done, seconds = self.run(*words)
		except subprocess.TimeoutExpired:
			return self.fail(name, words, "still running after a minute")
		said = (done.stdout + done.stderr).decode(errors="replace")
		allowed = exit_status if isinstance(exit_status, tuple) else (exit_status,)
		if done.returncode not in allowed:
			return self.fail(name, words, f"exit {done.returncode}, not {allowed}: {said[-400:]}")
		if seconds > SECONDS:
			return self.fail(name, words, f"took {seconds:.1f} s")
		for text in texts:
			if text not in said:
				return self.fail(name, words, f"does not say {text!r}: {said[-400:]}")
		if done.returncode >= 2 and not done.stderr.startswith(b"error: "):
			return self.fail(name, words, f"no error line: {said[-400:]}")
		self.passed += 1
		return None

	def fail(self, name, words, why):
		self.failed += 1
		print(f"FAIL {name}: {why}\n     {self.vole} {' '.join(map(str, words))}", flush=True)


class Core:
	"""A copy of a core whose memory can be written."""

	def __init__(self, source, path):
		subprocess.run(["cp", "--sparse=always", source, path], check=True)
		self.path = path
		self.file = open(path, "r+b", buffering=0)
		head = self.file.read(64)
		offset, = struct.unpack_from("<Q", head, 32)
		count, = struct.unpack_from("<H", head, 56)
		self.loads = []
		for i in range(count):
			self.file.seek(offset + i * 56)
			kind, _, at, addr, _, size, _, _ = struct.unpack("<IIQQQQQQ", self.file.read(56))
			if kind == PT_LOAD:
				self.loads.append((addr, size, at))
		self.undo = []

	def place(self, addr):
		for start, size, at in self.loads:
			if start <= addr < start + size:
				return at + addr - start
		raise ValueError(f"{addr:#x} is not in the core")

	def read(self, addr, size=8):
		self.file.seek(self.place(addr))
		return int.from_bytes(self.file.read(size), "little")

	def write(self, addr, value, size=8):
		at = self.place(addr)
		self.file.seek(at)
		self.undo.append((at, self.file.read(size)))
		self.file.seek(at)
		self.file.write(value.to_bytes(size, "little"))

	def restore(self):
		while self.undo:
			at, old = self.undo.pop()
			self.file.seek(at)
			self.file.write(old)


def wrong_files(tests, directory, cores):
	exe, core = cores / "1.26/opt/crash", cores / "1.26/opt/crash.core"
	other = cores / "1.22/opt/values"
	text = directory / "text"
	text.write_text("hello\n" * 100)
	tests.expect("no such file", ("core", directory / "nothing", "info"), 2, "No such file")
	tests.expect("no ELF", ("core", text, "info"), 3, "not an ELF file")
	tests.expect("no core", ("core", exe, exe, "info"), 3, "not a core file")
	tests.expect("an executable alone", ("core", exe, "info"), 3, "not a core file")
	tests.expect("no command", ("nonsense",), 2)
	tests.expect("no core at all", ("core",), 2)
	tests.expect("another build", ("core", other, core, "info"), 3, "build IDs differ", "--force")
	tests.expect("another build, forced", ("core", "--force", other, core, "info"), (0, 3), "forced")
	tests.expect("a core without its program", ("core", core, "info"), (0, 3))
	stripped = cores / "1.26/stripped/values"
	tests.expect("no debug information", ("core", stripped, str(stripped) + ".core",
		"print main.ints"), (2, 3), "main.ints")
	tests.expect("stripped, still known", ("core", stripped, str(stripped) + ".core", "info"), 0, "go1.26")
	tests.expect("no such process", ("pid", "999999999", "info"), (2, 3))
	for name, at, value, says in (("big-endian", 5, b"\x02", "big-endian"),
				      ("32-bit", 4, b"\x01", "32-bit"),
				      ("aarch64", 18, struct.pack("<H", 183), "aarch64")):
		for which, source in (("core", core), ("executable", exe)):
			copy = directory / f"{name}-{which}"
			subprocess.run(["cp", "--sparse=always", source, copy], check=True)
			with open(copy, "r+b") as file:
				file.seek(at)
				file.write(value)
			words = (exe, copy) if which == "core" else (copy, core)
			tests.expect(f"{name} {which}", ("core", *words, "info"), (2, 3), says)
	patch_release(tests, directory, exe, core)
	not_go(tests, directory)


def patch_release(tests, directory, exe, core):
	"""Another release in the executable's build information."""
	for release, status, says in ((b"go1.17.8", 3, "1.17"), (b"go1.99.1", 0, "1.99")):
		copy = directory / release.decode()
		data = exe.read_bytes().replace(b"go1.26.8", release)
		copy.write_bytes(data)
		tests.expect(release.decode(), ("core", "--force", copy, core, "info"), status, says)


def make_core(directory, exe):
	"""A core of @exe by gdb, wherever cores of the kernel go here."""
	core = directory / (exe.name + ".core")
	subprocess.run(["gdb", "-nx", "-batch", "-iex", "set auto-load no", "-ex", "run",
			"-ex", f"generate-core-file {core}", exe],
		       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
		       stderr=subprocess.DEVNULL, timeout=60, check=False)
	return core


def not_go(tests, directory):
	source = directory / "c.c"
	source.write_text("#include <stdlib.h>\nint main(void) { abort(); }\n")
	exe = directory / "cprog"
	subprocess.run(["cc", "-g", "-o", exe, source], check=True)
	tests.expect("a C program", ("core", exe, make_core(directory, exe), "info"), 3,
		     "not a Go program")
	go_library(tests, directory)


def go_library(tests, directory):
	"""Go in a shared library of a C program is named as such."""
	(directory / "lib.go").write_text(
		'package main\n\nimport "C"\n\n//export Answer\nfunc Answer() C.int { return 42 }\n\nfunc main() {}\n')
	(directory / "user.c").write_text(
		"#include <stdlib.h>\nint Answer(void);\n"
		"int main(void) { if (Answer() == 42) abort(); return 0; }\n")
	library = directory / "libanswer.so"
	environment = dict(os.environ, CGO_ENABLED="1", GOFLAGS="-mod=mod", GO111MODULE="off")
	built = subprocess.run(["go", "build", "-buildmode=c-shared", "-o", library, "lib.go"],
			       cwd=directory, env=environment, check=False, capture_output=True)
	if built.returncode:
		print(f"skipped: Go in a shared library: {built.stderr.decode()[:200]}")
		return
	exe = directory / "user"
	subprocess.run(["cc", "-o", exe, directory / "user.c", library,
			f"-Wl,-rpath,{directory}"], check=True)
	tests.expect("Go in a shared library", ("core", exe, make_core(directory, exe), "info"), 3,
		     "libanswer.so")


def truncated(tests, directory, cores):
	exe, core = cores / "1.26/opt/crash", cores / "1.26/opt/crash.core"
	size = core.stat().st_size
	for part in (0, 40, 64, 1000, 4096, 20000, size // 100, size // 20, size // 4,
		     size // 2, size * 9 // 10, size - 4096):
		copy = directory / "cut"
		subprocess.run(["cp", "--sparse=always", core, copy], check=True)
		os.truncate(copy, part)
		for command in ("info", "print main.users", "print --json main.recent", "vars main."):
			tests.expect(f"cut at {part}", ("core", exe, copy, command), (0, 2, 3))
	copy = directory / "cut"
	subprocess.run(["cp", "--sparse=always", core, copy], check=True)
	os.truncate(copy, size * 9 // 10)
	tests.expect("a cut is told", ("core", exe, copy, "info"), 0, "truncated")


def addresses(path):
	"""Expression to address, out of the program's own truth."""
	document = json.loads(path.read_text())
	return {item["expr"]: int(item["value"]["address"], 16) for item in document["vars"]
		if "address" in item["value"]}


def map_faults(core, where, swiss):
	"""(name, expression, function that does the damage)."""
	one = core.read(where["main.mapOne"])
	large = core.read(where["main.mapLarge"])
	write = core.write
	if swiss:
		directory = core.read(large + 16)
		table = core.read(directory)
		yield "dirLen of 2^60", "main.mapLarge", lambda: write(large + 24, 1 << 60)
		yield "negative dirLen", "main.mapLarge", lambda: write(large + 24, (1 << 64) - 1)
		yield "global depth of 255", "main.mapLarge", lambda: write(large + 32, 255, 1)
		yield "a directory nowhere", "main.mapLarge", lambda: write(large + 16, 0x1234)
		yield "a directory at itself", "main.mapLarge", lambda: write(directory, directory)
		yield "the same table for all", "main.mapLarge", lambda: write(directory + 8, table)
		yield "groups off by one", "main.mapLarge", lambda: write(table + 16, core.read(table + 16) + 1)
		yield "groups of 2^60", "main.mapLarge", lambda: write(table + 24, (1 << 60) - 1)
		yield "local depth of 255", "main.mapLarge", lambda: write(table + 6, 255, 1)
		yield "a group nowhere", "main.mapOne", lambda: write(one + 16, 0xdead0000)
		yield "count of 2^63", "main.mapOne", lambda: write(one, 1 << 63)
	else:
		buckets = core.read(one + 16)
		yield "B of 255", "main.mapLarge", lambda: write(large + 9, 255, 1)
		yield "B of 47", "main.mapLarge", lambda: write(large + 9, 47, 1)
		yield "buckets at the header", "main.mapOne", lambda: write(one + 16, one)
		yield "buckets nowhere", "main.mapOne", lambda: write(one + 16, 0x1234)
		yield "overflow at itself", "main.mapOne", lambda: write(buckets + 8 + 16 * 8 + 8 * 8, buckets)
		yield "old buckets nowhere", "main.mapLarge", lambda: write(large + 24, 0x1230)
		yield "count of 2^63", "main.mapOne", lambda: write(one, 1 << 63)
	yield "a header nowhere", "main.mapOne", lambda: write(where["main.mapOne"], 0x10)
	yield "a header at the end of memory", "main.mapOne", \
		lambda: write(where["main.mapOne"], (1 << 64) - 8)


def value_faults(core, where):
	write = core.write
	ints, text = where["main.ints"], where["main.stringPlain"]
	yield "slice len of 2^63-1", "main.ints", lambda: write(ints + 8, (1 << 63) - 1)
	yield "slice len over cap", "main.ints", lambda: write(ints + 8, 1000)
	yield "slice of 2^40", "main.ints", lambda: (write(ints + 8, 1 << 40), write(ints + 16, 1 << 40))
	yield "slice data nowhere", "main.ints", lambda: write(ints, 0x1234)
	yield "slice data at the end", "main.ints", lambda: write(ints, (1 << 64) - 8)
	yield "string len of 2^63-1", "main.stringPlain", lambda: write(text + 8, (1 << 63) - 1)
	yield "string of 2^40", "main.stringPlain", lambda: write(text + 8, 1 << 40)
	yield "string data nowhere", "main.stringPlain", lambda: write(text, 0x1234)
	iface = where["main.ifaceInt"]
	yield "interface type nowhere", "main.ifaceInt", lambda: write(iface, 0x1238)
	yield "interface type in data", "main.ifaceInt", lambda: write(iface, iface)
	yield "interface data nowhere", "main.ifaceInt", lambda: write(iface + 8, 0x1234)
	error = where["main.errPlain"]
	yield "itab nowhere", "main.errPlain", lambda: write(error, 0x1238)
	yield "itab in data", "main.errPlain", lambda: write(error, where["main.ints"])
	func = where["main.funcByValue"]
	yield "func nowhere", "main.funcByValue", lambda: write(func, 0x1234)
	yield "func in data", "main.funcByValue", lambda: write(func, ints)
	chan = core.read(where["main.chanWrapped"])
	yield "channel of 2^60", "main.chanWrapped", lambda: write(chan + 8, 1 << 60)
	yield "channel count over cap", "main.chanWrapped", lambda: write(chan, 1 << 40)
	yield "channel nowhere", "main.chanWrapped", lambda: write(where["main.chanWrapped"], 0x1234)
	yield "list in a circle", "main.list", lambda: write(core.read(where["main.list"]) + 8,
							     core.read(where["main.list"]))


def absurd_fields(tests, directory, cores):
	for name, swiss in (("1.18/opt", False), ("1.22/opt", False), ("1.26/opt", True),
			    ("1.24/opt", True)):
		exe = cores / name / "values"
		where = addresses(exe.with_suffix(".json"))
		core = Core(str(exe) + ".core", directory / "absurd")
		faults = list(map_faults(core, where, swiss)) + list(value_faults(core, where))
		for fault, expression, damage in faults:
			damage()
			title = f"{name} {fault}"
			tests.expect(title, ("core", exe, core.path, f"print {expression}"), (0, 2, 3))
			tests.expect(title, ("core", exe, core.path,
					     f"print --json --limit 0 --depth 30 {expression}"), (0, 2, 3))
			tests.expect(title, ("core", exe, core.path, f"map {expression}" if "map" in expression
					     else f"slice {expression}"), (0, 2, 3))
			core.restore()
		core.file.close()


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
	parser.add_argument("--cores", default=ROOT / "build/cores", type=pathlib.Path)
	arguments = parser.parse_args()
	tests = Tests(arguments.build.resolve() / "vole")
	directory = pathlib.Path(tempfile.mkdtemp(prefix="vole-bad-"))
	cores = arguments.cores.resolve()
	try:
		wrong_files(tests, directory, cores)
		truncated(tests, directory, cores)
		absurd_fields(tests, directory, cores)
	finally:
		shutil.rmtree(directory)
	print(f"{tests.passed} passed, {tests.failed} failed")
	return tests.failed > 0


if __name__ == "__main__":
	sys.exit(main())
