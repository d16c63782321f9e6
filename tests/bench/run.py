#!/usr/bin/env python3
"""Speed and memory of vole against its targets, beside Delve on the same cores.

usage: tests/bench/run.py [--runs N] [--only PART]

Whole processes, warm file cache, the best of N runs; memory is the peak of
anonymous pages (RssAnon), seen by looking every millisecond. Exits 1 when a
target is missed: a machine that is busy with other work misses some.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import programs
from programs import COREDNS, DELVE, PROMETHEUS, ROOT, Target

BUILD = ROOT / "build"
VOLE = BUILD / "vole"
VARIABLE = "print os.Args"
# Delve, started once for each run, needs seconds on the larger ones.
DELVE_RUNS = 3


class Table:
	"""Prints a row for each figure and remembers the missed targets."""

	def __init__(self):
		self.missed = 0

	def row(self, what, figure, unit, most=None, least=None):
		verdict = ""
		if most is not None or least is not None:
			good = figure < most if most is not None else figure >= least
			bound = f"< {most:g}" if most is not None else f">= {least:g}"
			verdict = f"{bound:>8} {'ok' if good else 'MISSED'}"
			self.missed += not good
		print(f"{what:56} {figure:8.1f} {unit:5} {verdict}".rstrip(), flush=True)


def anonymous(pid):
	"""RssAnon of a process in KiB; 0 when it is gone."""
	try:
		with open(f"/proc/{pid}/status", encoding="ascii") as status:
			for line in status:
				if line.startswith("RssAnon:"):
					return int(line.split()[1])
	except OSError:
		pass
	return 0


def once(command, text, proof=""):
	"""
	Seconds and the peak of megabytes of one run; @proof must be in what it
	says.
	"""
	with tempfile.TemporaryFile() as said:
		begin = time.perf_counter()
		with subprocess.Popen([str(c) for c in command], stdout=said,
				      stderr=said, stdin=subprocess.PIPE) as process:
			process.stdin.write(text.encode())
			process.stdin.close()
			peak = 0
			while process.poll() is None:
				peak = max(peak, anonymous(process.pid))
				time.sleep(0.001)
			seconds = time.perf_counter() - begin
		said.seek(0)
		if process.returncode or proof.encode() not in said.read():
			raise SystemExit(f"bench: exit {process.returncode}, "
					 f"no {proof!r}: {command}")
		return seconds, peak * 1024 / 1e6


def best(command, runs, proof, text=""):
	"""Best milliseconds and largest memory of @runs, after one to warm up."""
	results = [once(command, text, proof) for _ in range(runs + 1)][1:]
	return min(r[0] for r in results) * 1000, max(r[1] for r in results)


def one_variable(table, program, runs, most, faster=None, memory=None):
	name = f"{program.name}, {program.megabytes()} MB"
	proof = f'"{program.exe}"'
	ours, used = best((VOLE, "core", program.exe, program.core, VARIABLE), runs, proof)
	table.row(f"vole: open {name}, print one variable", ours, "ms", most=most)
	table.row("    its memory", used, "MB", most=memory)
	theirs, used = best((DELVE.exe, "core", program.exe, program.core,
			     "--allow-non-terminal-interactive=true"),
			    min(runs, DELVE_RUNS), proof, f"{VARIABLE}\nexit\n")
	table.row("    Delve: the same", theirs, "ms")
	table.row("    its memory", used, "MB")
	table.row("    vole is faster by", theirs / ours, "times", least=faster)


def debuggers(program):
	"""Of gdb and lldb: the name, and how each runs one of our commands."""
	def gdb(*commands):
		return ("gdb", "-nx", "-batch", *(word for command in commands
						  for word in ("-ex", command)),
			program.exe, program.core)

	def lldb(*commands):
		return (newest, "-b", *(word for command in commands or ("version",)
					for word in ("-o", command)),
			"-c", program.core, program.exe)

	yield "gdb", gdb, f"source {BUILD}/vole-gdb.py"
	newest = programs.lldb()
	if newest:
		yield "lldb", lldb, f"plugin load {BUILD}/vole-lldb.so"
	else:
		print("bench: no lldb: skipped")


def inside_debuggers(table, runs):
	for name, start, load in debuggers(DELVE):
		alone, _ = best(start(), runs, "")
		ours, _ = best(start(load, f"go {VARIABLE}"), runs, f'"{DELVE.exe}"')
		table.row(f"{name} alone: open {DELVE.name}", alone, "ms")
		table.row("    the plugin and one variable add", ours - alone, "ms",
			  most=100)


def million_entries(table, runs):
	DELVE.make()
	for release in ("1.22", "1.26"):
		exe = BUILD / "cores" / release / "big/bigmap"
		if not exe.exists():
			print(f"bench: no {exe.relative_to(ROOT)}: skipped")
			continue
		ours, used = best((VOLE, "core", exe, f"{exe}.core",
				   "map --limit 0 main.bigInts"), runs, "999999: 2999997")
		table.row(f"vole: a map of 1,000,000 entries, Go {release}", ours,
			  "ms", most=1000)
		table.row("    its memory", used, "MB")
		whole_map(table, release, exe, runs)


def whole_map(table, release, exe, runs):
	"""What of a map needs all of it, and what does not."""
	def ask(command, proof):
		return best((VOLE, "core", exe, f"{exe}.core", command), runs, proof)[0]

	table.row(f"vole: `map --verify` of it, Go {release}",
		  ask("map main.bigInts --verify", "ok"), "ms", most=500)
	opening = ask("print len(main.bigInts)", "1000000")
	table.row("    one key by its hash, after opening",
		  ask("print main.bigInts[999999]", "2999997") - opening, "ms", most=10)
	table.row("    the same with the slots on the way",
		  ask("map main.bigInts --find 999999", "2999997") - opening, "ms",
		  most=10)
	key_by_delve(table, exe)


def key_by_delve(table, exe):
	"""Delve looks through the entries until it meets the key."""
	def ask(line, proof):
		return best((DELVE.exe, "core", exe, f"{exe}.core",
			     "--check-go-version=false",
			     "--allow-non-terminal-interactive=true"),
			    1, proof, f"{line}\nexit\n")[0]

	opening = ask("print len(main.bigInts)", "1000000")
	table.row("    Delve: print one key, after opening",
		  ask("print main.bigInts[999999]", "2999997") - opening, "ms")


def heap(table, runs):
	program = Target("manyobjects", 680_000)
	program.make()
	opened = (VOLE, "core", program.exe, program.core)
	for what, command, proof, most in (
			("`slice --aliases` over 3 million objects of 260 MB",
			 "slice main.shared --aliases", "unreachable bytes", 600),
			("`heap` of them", "heap", "live objects", None),
			("`refs` among them", "refs main.index", "main.index", None)):
		ours, used = best((*opened, command), runs, proof)
		table.row(f"vole: {what}", ours, "ms", most=most)
		table.row("    its memory", used, "MB")


LIST = "goroutines --limit 0", "main.choose main.go:"
MERGE = "bt all --limit 0", "main.choose "


def goroutines(table, program, runs, most=(None, None), memory=None):
	"""The list of all, and all their stacks, of which there are 14: how long."""
	program.make()
	opened = (VOLE, "core", program.exe, program.core)
	times = []
	for what, (command, proof), bound in zip(
			("list", "merge the stacks of"), (LIST, MERGE), most):
		ours, used = best((*opened, command), runs, proof)
		table.row(f"vole: {what} {program.count:,} goroutines", ours, "ms",
			  most=bound)
		table.row("    its memory", used, "MB", most=memory)
		times.append(ours)
	return times


def growth(table, fewer, more):
	"""Each pair: milliseconds for some, and for ten times as many."""
	for what, before, after in zip(("list", "merge"), fewer, more):
		table.row(f"    {what}: ten times as many take", after / before, "times",
			  most=15)


def goroutines_in_debuggers(table, program, ours, runs):
	"""@ours: milliseconds of vole for the same."""
	for name, start, load in debuggers(program):
		alone, _ = best(start(load), runs, "")
		for (command, proof), vole in zip((LIST, MERGE), ours):
			inside, used = best(start(load, f"go {command}"), runs, proof)
			table.row(f"{name}: `{command}` adds to its start", inside - alone,
				  "ms")
			table.row("    more than vole takes", inside - alone - vole, "ms",
				  most=200)
			table.row("    its memory", used, "MB")


def goroutines_elsewhere(table, program, ours):
	"""One run each: they take their time."""
	delve = (DELVE.exe, "core", program.exe, program.core,
		 "--allow-non-terminal-interactive=true")
	script = pathlib.Path(programs.go(["env", "GOROOT"]).decode().strip())
	gdb = ("gdb", "-nx", "-batch", "-ex",
	       f"source {script}/src/runtime/runtime-gdb.py",
	       "-ex", "info goroutines", program.exe, program.core)
	listed, merged = ours
	for what, command, text, vole, least in (
			("Delve: goroutines", delve, "goroutines\nexit\n", listed, 50),
			("Delve: goroutines -t 20", delve, "goroutines -t 20\nexit\n",
			 merged, 200),
			("Go's gdb script: info goroutines", gdb, "", listed, 50)):
		seconds, used = once(command, text, "runtime.gopark"
				     if command is gdb else "main.choose")
		table.row(f"{what}, {program.count:,}", seconds * 1000, "ms")
		table.row("    its memory", used, "MB")
		table.row("    vole is faster by", seconds * 1000 / vole, "times",
			  least=least)


def many_goroutines(table, runs):
	few = goroutines(table, Target("manygoroutines", 10_000), runs)
	program = Target("manygoroutines", 100_000)
	ours = goroutines(table, program, runs, most=(150, 250), memory=40)
	growth(table, few, ours)
	goroutines_in_debuggers(table, program, ours, runs)
	goroutines_elsewhere(table, program, ours)
	growth(table, ours, goroutines(table, Target("manygoroutines", 1_000_000), min(runs, 2)))


def large_programs(table, runs):
	for program in (DELVE, COREDNS, PROMETHEUS):
		program.make()
	one_variable(table, DELVE, runs, most=100, faster=5)
	inside_debuggers(table, runs)
	one_variable(table, COREDNS, runs, most=300)
	one_variable(table, PROMETHEUS, runs, most=500, memory=120)


PARTS = large_programs, million_entries, heap, many_goroutines


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--runs", type=int, default=5)
	parser.add_argument("--only", choices=[part.__name__ for part in PARTS])
	arguments = parser.parse_args()
	table = Table()
	print(f"bench: load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
	for part in PARTS:
		if arguments.only in (None, part.__name__):
			try:
				part(table, arguments.runs)
			except programs.Skipped as reason:
				print(f"bench: skipped {part.__name__}: {reason}")
	print(f"bench: load average {os.getloadavg()[0]:.1f}; "
	      f"{table.missed} targets missed")
	return 1 if table.missed else 0


if __name__ == "__main__":
	sys.exit(main())
