#!/usr/bin/env python3
"""Speed and memory of vole against its targets, beside Delve on the same cores.

usage: tests/bench/run.py [--runs N]

Whole processes, warm file cache, the best of N runs; memory is the peak of
anonymous pages (RssAnon), seen by looking every millisecond. Exits 1 when a
target is missed: a machine that is busy with other work misses some.
"""

import argparse
import os
import subprocess
import sys
import time

import programs
from programs import COREDNS, DELVE, PROMETHEUS, ROOT, Goroutines

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


def proved(command, text, proof):
	"""Run it once, to warm up; @proof must be in what it says."""
	done = subprocess.run([str(c) for c in command], input=text.encode(),
			      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
	if done.returncode or proof.encode() not in done.stdout:
		raise SystemExit(f"bench: exit {done.returncode}, no {proof!r}: {command}")


def once(command, text):
	"""Seconds and the peak of megabytes of one run."""
	begin = time.perf_counter()
	with subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL,
			      stderr=subprocess.DEVNULL, stdin=subprocess.PIPE) as process:
		process.stdin.write(text.encode())
		process.stdin.close()
		peak = 0
		while process.poll() is None:
			peak = max(peak, anonymous(process.pid))
			time.sleep(0.001)
		return time.perf_counter() - begin, peak * 1024 / 1e6


def best(command, runs, proof, text=""):
	"""Best milliseconds and largest memory of @runs."""
	proved(command, text, proof)
	results = [once(command, text) for _ in range(runs)]
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


def added(table, what, alone, with_plugin, runs):
	"""What a plugin and one command add to a debugger's own start."""
	without, _ = best(alone, runs, "")
	ours, _ = best(with_plugin, runs, f'"{DELVE.exe}"')
	table.row(f"{what} alone: open {DELVE.name}", without, "ms")
	table.row("    the plugin and one variable add", ours - without, "ms", most=100)


def inside_debuggers(table, runs):
	exe, core = DELVE.exe, DELVE.core
	added(table, "gdb", ("gdb", "-nx", "-batch", exe, core),
	      ("gdb", "-nx", "-batch", "-ex", f"source {BUILD}/vole-gdb.py",
	       "-ex", f"go {VARIABLE}", exe, core), runs)
	lldb = programs.lldb()
	if not lldb:
		print("bench: no lldb: skipped")
		return
	added(table, "lldb", (lldb, "-b", "-o", "version", "-c", core, exe),
	      (lldb, "-b", "-o", f"plugin load {BUILD}/vole-lldb.so",
	       "-o", f"go {VARIABLE}", "-c", core, exe), runs)


def million_entries(table, runs):
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


def goroutines(table, program, runs, most=None):
	"""The list of all, and all their stacks, of which there are 14."""
	program.make()
	opened = (VOLE, "core", program.exe, program.core)
	ours, used = best((*opened, "goroutines --limit 0"), runs, "main.choose main.go:")
	table.row(f"vole: list {program.count:,} goroutines", ours, "ms", most=most)
	table.row("    its memory", used, "MB")
	ours, used = best((*opened, "bt all --limit 0"), runs, "main.choose ")
	table.row(f"vole: merge the stacks of {program.count:,} goroutines", ours, "ms",
		  most=most)
	table.row("    its memory", used, "MB")


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--runs", type=int, default=5)
	runs = parser.parse_args().runs
	table = Table()
	print(f"bench: load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
	try:
		for program in (DELVE, COREDNS, PROMETHEUS):
			program.make()
	except programs.Skipped as reason:
		print(f"bench: skipped all programs: {reason}")
	else:
		one_variable(table, DELVE, runs, most=100, faster=5)
		inside_debuggers(table, runs)
		one_variable(table, COREDNS, runs, most=300)
		one_variable(table, PROMETHEUS, runs, most=500, memory=120)
	million_entries(table, runs)
	try:
		goroutines(table, Goroutines(10_000), runs)
		goroutines(table, Goroutines(100_000), runs, most=200)
		goroutines(table, Goroutines(1_000_000), min(runs, 2))
	except programs.Skipped as reason:
		print(f"bench: skipped goroutines: {reason}")
	print(f"bench: load average {os.getloadavg()[0]:.1f}; "
	      f"{table.missed} targets missed")
	return 1 if table.missed else 0


if __name__ == "__main__":
	sys.exit(main())
