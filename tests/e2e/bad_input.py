#!/usr/bin/env python3
"""Give the vole program files it cannot use, or only in part.

usage: bad_input.py [--build DIR] [--cores DIR] [-k TEXT] [--no-faults]

For each: the exit code, one line that begins with `error: ` and says why, no
crash, little time, little memory. Then the same for good cores with absurd
words in them (faults.py, sched_faults.py).
"""

import json
import os
import re
import shutil
import subprocess
import sys

import bad_notes
import elfpatch
import faults
import goroutine_faults
import guarded
import options
import sched_faults
from run import HERE, ROOT, Report

sys.path.insert(0, str(ROOT / "tests/targets"))
import build as targets  # noqa: E402 (the path must be set first)

EI_CLASS, EI_DATA, E_TYPE, E_MACHINE = 4, 5, 16, 18


class Tests:
	"""The files, made once, and what must come of them."""

	def __init__(self, arguments, report):
		self.vole = arguments.build / "vole"
		self.cores = arguments.cores
		self.work = arguments.build / "bad"
		self.work.mkdir(parents=True, exist_ok=True)
		self.report, self.only = report, arguments.k or ""

	def target(self, release, variant="opt", prog="crash"):
		exe = self.cores / release / variant / prog
		return exe, exe.with_name(prog + ".core")

	def expect(self, what, arguments, code, says=".", error=None, head=("core",)):
		"""code may be several; error is the code in JSON."""
		if self.only not in what:
			return
		codes = code if isinstance(code, tuple) else (code,)
		end = guarded.run([self.vole, *head, *arguments])
		reasons = list(end.sane())
		if not head and end.err.startswith("usage: "):
			reasons = []  # asked for nothing, it tells what can be asked
		if end.code not in codes:
			reasons.append(f"exit {end.code}, expected {' or '.join(map(str, codes))}")
		if end.code >= 2 and head and not error:
			lines = end.err.splitlines()
			if sum(line.startswith("error: ") for line in lines) != 1:
				reasons.append("not one line `error: ...`")
		if not re.search(says, end.err + end.out, re.I):
			reasons.append(f"it does not say: {says}")
		if error:
			try:
				got = json.loads(end.out).get("error", {}).get("code")
				if got != error:
					reasons.append(f"error code {got}, expected {error}")
			except ValueError as bad:
				reasons.append(f"not one JSON document: {bad}")
		if reasons:
			line = " ".join(str(a) for a in arguments)
			self.report.fail(f"bad input: {what}", "\n".join(reasons) +
					 f"\nof `vole {' '.join(head)} {line}`\n{end.err[:600]}"
					 f"{end.out[:300]}")
		else:
			self.report.ok()

	def all(self):
		self.no_elf()
		self.arguments()
		self.kinds()
		self.mismatch()
		self.truncation()
		self.releases()
		self.not_go()
		self.shared_library()
		self.broken_exe()

	def no_elf(self):
		exe, core = self.target("1.26")
		text, empty = self.work / "text", self.work / "empty"
		text.write_text("just words\n" * 100)
		empty.write_bytes(b"")
		none = self.work / "none"
		magic = self.work / "magic"
		magic.write_bytes(b"\x7fELF")
		# Whose mistake a missing file is, is a matter of taste.
		self.expect("no such core", [exe, none, "info"], (2, 3), "no such file|none")
		self.expect("no such executable", [none, core, "info"], (2, 3), "no such file|none")
		self.expect("core is text", [exe, text, "info"], (2, 3), "ELF|not a core|text")
		self.expect("executable is text", [text, core, "info"], (2, 3), "ELF|text")
		self.expect("core is empty", [exe, empty, "info"], (2, 3))
		self.expect("core is only a magic", [exe, magic, "info"], (2, 3))
		self.expect("core is a directory", [exe, self.work, "info"], (2, 3))
		self.expect("core is a device", [exe, "/dev/null", "info"], (2, 3))

	def arguments(self):
		exe, core = self.target("1.26")
		self.expect("executable and core the other way round", [core, exe, "info"], 0)
		self.expect("no executable named", [core, "info"], 0)
		self.expect("two executables", [exe, exe, "info"], (2, 3), "core")
		self.expect("two cores", [core, core, "info"], (2, 3))
		self.expect("no such command", [exe, core, "nosuch"], 2, "nosuch")
		self.expect("no such option", [exe, core, "--nosuch", "info"], 2, "nosuch")
		self.expect("no command file", [exe, core, "-x", self.work / "none"], (2, 3))
		self.expect("nothing at all", [], 2, "usage|core", head=())
		self.expect("core of nothing", [], 2)
		self.expect("a process that is not there", ["999999999", "info"], (2, 3),
			    head=("pid",))
		self.expect("a process that is no number", ["abc", "info"], 2, head=("pid",))
		self.expect("one good, one bad", [exe, core, "-e", "print main.nosuch", "-e",
						  "print main.hits"], (0, 2), "login")

	def kinds(self):
		"""Other machines: refused, whether the core or both are of that kind."""
		exe, core = self.target("1.26")
		for what, change, says in (
			("another machine", (E_MACHINE, b"\x15\0"), "machine|architecture|ppc|21"),
			("32 bits", (EI_CLASS, b"\1"), "32|class"),
			("big-endian", (EI_DATA, b"\2"), "endian|byte order"),
			("no class", (EI_CLASS, b"\x09"), "."),
		):
			name = what.replace(" ", "-")
			bad_exe = elfpatch.patched(exe, self.work / f"exe-{name}", change)
			bad_core = elfpatch.patched(core, self.work / f"core-{name}", change)
			self.expect(f"core of {what}", [exe, bad_core, "info"], 3, says)
			self.expect(f"executable of {what}", [bad_exe, core, "info"], 3, says)
			self.expect(f"both of {what}", [bad_exe, bad_core, "info"], 3, says)

	def mismatch(self):
		exe, core = self.target("1.26")
		_, other = self.target("1.26", "noopt")
		_, older = self.target("1.18")
		for what, it in (("another build", other), ("another release", older)):
			self.expect(f"core of {what}", [exe, it, "print main.hits"], 3,
				    "build|match|differ")
			self.expect(f"core of {what}, as JSON", [exe, it, "-e",
				    "print --json main.hits"], 3, error="MISMATCH")
			self.expect(f"core of {what}, forced", [exe, it, "--force", "info"], 0)
			# Nonsense is allowed here, a crash is not.
			self.expect(f"core of {what}, forced to print",
				    ["--force", exe, it, "print main.hits"], (0, 3))
		exe, core = self.target("1.22", "stripped", "values")
		self.expect("no DWARF", [exe, core, "print --json main.users"], 3,
			    error="NO_DEBUG_INFO")
		self.expect("no DWARF, in words", [exe, core, "print main.users"], 3,
			    "debug|DWARF")
		self.expect("no DWARF, told by info", [exe, core, "info"], 0, "DWARF")

	def truncation(self):
		for release in ("1.18", "1.26"):
			exe, core = self.target(release)
			size = core.stat().st_size
			image = elfpatch.Image(core)
			loads = image.loads()
			image.close()
			notes = min(h[2] for h in image.headers if h[0] == elfpatch.PT_NOTE)
			places = {
				"in the header": 40, "after the header": 64,
				"in the table of segments": 64 + 56 * 2 + 8,
				"in the notes": notes + 100,
				"at the first segment": loads[0][2],
				"in the first segment": loads[0][2] + 8,
				"in the middle": size // 2,
				"near the end": size * 9 // 10,
				"one byte before the end": size - 1,
			}
			for what, at in places.items():
				bad = elfpatch.truncated(core, self.work / "truncated", at)
				whole = at >= size // 2
				self.expect(f"{release} core cut {what}", [exe, bad, "info"],
					    0 if whole else (0, 2, 3),
					    "truncat|cut|short|missing|incomplete|ends")
				self.expect(f"{release} core cut {what}, printed",
					    [exe, bad, "print main.users"], (0, 2, 3))

	def releases(self):
		exe, core = self.target("1.26")
		for release, code in (("go1.17.8", 3), ("go1.12.8", 3), ("go1.99.8", (0, 3)),
				      ("go9.99.8", (0, 3)), ("gx\x1b[31m8", (0, 3)),
				      ("\xff\xff\xff\xff", (0, 3))):
			raw = release.encode("latin-1").ljust(8, b"0")
			bad = elfpatch.replaced(exe, self.work / "release", b"go1.26.8", raw)
			# The running program holds it in writable memory as well.
			dump = elfpatch.replaced(core, self.work / "release.core", b"go1.26.8", raw)
			self.expect(f"release {release!a}", [bad, dump, "--force", "info"], code,
				    re.escape(release) if code == 3 else ".")

	def not_go(self):
		for name, says in (("nogo", "is not a Go program"), ("gccgo", "built by gccgo"),
				   ("tinygo", "built by TinyGo")):
			exe = self.compile(name)
			self.foreign(f"the look of {name}", exe, self.die(exe), says)
		self.real_compilers()

	def real_compilers(self):
		source = HERE / "bad/foreign/main.go"
		for name, says, command in (
			("gccgo", "built by gccgo", ["gccgo", "-g", "-o"]),
			("tinygo", "built by TinyGo", ["tinygo", "build", "-o"]),
		):
			if not shutil.which(name):
				print(f"bad input: skipped: no {name} on this machine, "
				      f"only a C program with its look is tried", flush=True)
				continue
			exe = self.work / f"{name}-real"
			subprocess.run([*command, exe, source], check=True)
			core = self.die(exe)
			self.foreign(f"a program of {name}", exe, core, says)
			bare = self.work / f"{name}-stripped"
			subprocess.run(["strip", "-o", bare, exe], check=True)
			self.foreign(f"a stripped program of {name}", bare, core, says)

	def foreign(self, what, exe, core, says):
		for command in ("info", "print main.hits", "goroutines", "bt"):
			self.expect(f"{what}: {command}", [exe, core, command], 3, says)

	def shared_library(self):
		library = self.work / "libtouch.so"
		env = {**os.environ, "CGO_ENABLED": "1", "GOTOOLCHAIN": "local"}
		subprocess.run([targets.go_command("1.26"), "build", "-buildvcs=false",
				"-buildmode=c-shared", "-o", library, "."],
			       cwd=HERE / "bad/shared", env=env, check=True)
		exe = self.work / "shared-user"
		subprocess.run(["gcc", "-o", exe, HERE / "bad/shared-user.c", library,
				f"-Wl,-rpath,{self.work}"], check=True)
		self.foreign("a Go library in a C program", exe, self.die(exe),
			     "Go lives in the shared library .*libtouch")

	def compile(self, name):
		exe = self.work / name
		subprocess.run(["gcc", "-g", "-o", exe, HERE / f"bad/{name}.c"], check=True)
		return exe

	def die(self, exe):
		core, out, trace = (exe.with_name(exe.name + "." + end)
				    for end in ("core", "out", "trace"))
		if not targets.kernel_core(exe, [], core, out, trace):
			targets.gdb_core(exe, [], core, out, trace)
		return core

	def broken_exe(self):
		exe, core = self.target("1.26")
		size = exe.stat().st_size
		for what, bad in (
			("cut in the middle", elfpatch.truncated(exe, self.work / "half", size // 2)),
			("cut after a page", elfpatch.truncated(exe, self.work / "page", 4096)),
			("without section headers", elfpatch.patched(
				exe, self.work / "sections", (40, b"\0" * 8), (60, b"\0" * 4))),
			("with wild section headers", elfpatch.patched(
				exe, self.work / "wild", (40, b"\xff" * 8))),
			("with zeros for its second half", elfpatch.patched(
				exe, self.work / "zeros", (size // 2, b"\0" * (size // 2)))),
			("with ones for its last tenth", elfpatch.patched(
				exe, self.work / "ones", (size * 9 // 10, b"\xff" * (size // 10)))),
		):
			for command in ("info", "print main.users", "vars main.", "types main."):
				self.expect(f"executable {what}: {command}",
					    [bad, core, "-e", command], (0, 2, 3))
		bad = self.work / "dwarf"
		for number, at in enumerate(range(size // 2, size, size // 40)):
			elfpatch.patched(exe, bad, (at, bytes(range(256))))
			for command in ("print main.users", "types --limit 5 main."):
				self.expect(f"executable with damage {number}: {command}",
					    [bad, core, "-e", command], (0, 2, 3))


def inject(arguments, report):
	"""Faults in classic and swiss cores, one of them written by gdb."""
	work = arguments.build / "bad"
	for release, suffix in (("1.22", ".core"), ("1.18", ".gcore"), ("1.24", ".core"),
				("1.26", ".core")):
		exe = arguments.cores / release / "opt/values"
		name = exe.name + (".gcore.json" if suffix == ".gcore" else ".json")
		truth = json.loads(exe.with_name(name).read_text())
		core = elfpatch.copy(exe.with_name(exe.name + suffix), work / "fault.core")
		where = f"faults {release}{suffix}:"
		faults.Faults(arguments.build / "vole", exe, core, truth, report,
			      where).run(arguments.k or "")
		core.unlink()
		print(f"bad input: {where} done", flush=True)
	for release in ("1.18", "1.22", "1.26"):
		exe = arguments.cores / release / "opt/goroutines"
		core = elfpatch.copy(exe.with_name("goroutines.core"), work / "fault.core")
		where = f"sched faults {release}:"
		sched_faults.SchedFaults(arguments.build / "vole", exe, core, report,
					 where).run(arguments.k or "")
		core.unlink()
		print(f"bad input: {where} done", flush=True)


def inject_goroutines(arguments, report):
	work = arguments.build / "bad"
	for release in ("1.18", "1.26"):
		for program in ("goroutines", "deaths-nested"):
			exe = arguments.cores / release / "opt" / program
			core = exe.with_name(program + ".core")
			bad_exe = elfpatch.copy(exe, work / "fault")
			bad = elfpatch.copy(core, work / "fault.core")
			where = f"faults {release} {program}:"
			vole, only = arguments.build / "vole", arguments.k or ""
			goroutine_faults.GoroutineFaults(vole, exe, bad, report, where).run(only)
			goroutine_faults.TableFaults(vole, bad_exe, core, report, where).run(only)
			bad.unlink()
			bad_exe.unlink()
			print(f"bad input: {where} done", flush=True)
		goroutine_faults.truncations(vole, exe, core, work, report, f"faults {release}:")


def main():
	parser = options.parser(__doc__)
	parser.add_argument("-k", metavar="TEXT", help="only tests with TEXT in their name")
	parser.add_argument("--no-faults", action="store_true")
	arguments = parser.parse_args()
	arguments.build = arguments.build.resolve()
	report = Report(False)
	if not (arguments.build / "vole").exists():
		report.fail("bad input", "vole is not built")
	elif not (arguments.cores / "1.26/opt/crash.core").exists():
		report.fail("bad input", "no cores; run tests/targets/build.py")
	else:
		Tests(arguments, report).all()
		bad_notes.run(arguments, report)
		if not arguments.no_faults:
			inject(arguments, report)
			inject_goroutines(arguments, report)
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
