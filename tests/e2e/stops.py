#!/usr/bin/env python3
"""Goroutines and stacks of processes that live, at moments nobody chose.

usage: stops.py [--build DIR] [--cores DIR] [--go RELEASE]... [--stops N]

`goroutines -wait` told what its goroutines do: `vole pid`, gdb and lldb are asked,
the debuggers again after the process ran on to a breakpoint. Then busy programs
(tests/targets/churn and cgochurn) are stopped by `vole pid` N times each, and
stepped through the runtime's functions that change stacks in gdb (steps.py): each
stack must lead to where the goroutine began, or say why it does not.

The last line is "N passed, N failed".
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import live
import options
import skins
import stacks
import stress

RELEASES = ("1.18", "1.22", "1.26")
HERE = pathlib.Path(__file__).resolve().parent
LIST = "goroutines --json --limit 0"
ALL = "bt all --json --full --limit 0"
# (flags of go build, program, where it stops)
STEPPED = (
	("churn", [], ("runtime.morestack", "runtime.mcall", "runtime.gogo", "gogo",
		       "runtime.systemstack", "runtime.gopanic", "runtime.recovery",
		       "runtime.newstack", "runtime.goexit0", "runtime.execute",
		       "runtime.sigtramp", "gosave_systemstack_switch")),
	("cgochurn", [], ("runtime.asmcgocall", "runtime.cgocallback", "crosscall2",
			  "runtime.cgocallbackg", "c_back", "runtime.mcall")),
	("cgochurn", ["-ldflags=-linkmode=internal"],
	 ("runtime.asmcgocall", "runtime.cgocallback", "c_back", "c_sort")),
)


def documents(out):
	"""The JSON answers among what a front end printed."""
	return [json.loads(line) for line in out.splitlines() if line.startswith(b'{"schema"')]


def unfinished(stack):
	"""What is wrong with where a stack ends, or None."""
	frames = stack.get("frames") or []
	names = [frame.get("function") for frame in frames]
	if stack.get("end") or (names and names[-1] == "runtime.goexit"):
		return None
	# A thread of C came in, and C's own frames are its first.
	if "crosscall2" in names and frames[-1].get("kind") == "c":
		return None
	return f"ends in nothing: {names[:6]} ... {names[-3:]}"


class Waiting(stacks.Task):
	"""What a living `goroutines` told of itself, beside the answers."""

	def __init__(self, name, process, report):
		self.report = report
		self.told = {g["id"]: g for g in process.truth["goroutines"]}
		self.core = argparse.Namespace(name=name)

	def check(self, answers):
		rows = {row["id"]: row for row in answers[0]["result"]["goroutines"]}
		alone = {}
		for stack in answers[1]["result"]["stacks"]:
			for id in stack["goroutines"]:
				alone[id] = stack
		self.judge("each once", [] if set(rows) == set(alone) else [
			f"{sorted(set(rows) ^ set(alone))} are in one answer only"])
		for id, told in self.told.items():
			self.check_told(id, rows.get(id), alone.get(id), told)
		return [f.get("function") for f in alone[1]["frames"]]


def gdb(build, pid, directory):
	return ["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load no",
		"-iex", "set debuginfod enabled off", "-p", str(pid),
		"-ex", f"source {build}/vole-gdb.py", "-ex", "handle SIGURG nostop noprint pass",
		"-ex", f"go {LIST}", "-ex", f"go {ALL}", "-ex", f"break '{live.PLACE}'",
		"-ex", "continue", "-ex", f"go {LIST}", "-ex", f"go {ALL}", "-ex", "kill"]


def lldb(build, pid, directory):
	path = pathlib.Path(directory) / "commands"
	path.write_text("\n".join([
		f"plugin load {build}/vole-lldb.so",
		"process handle SIGURG --stop false --notify false --pass true",
		f"go {LIST}", f"go {ALL}", f"breakpoint set --name {live.PLACE}",
		"process continue", f"go {LIST}", f"go {ALL}", "process kill", "quit"]) + "\n")
	return [skins.ALL["lldb-19"](build).program, "--no-lldbinit", "--no-use-colors",
		"-p", str(pid), "-s", path]


def by_pid(build, pid, directory):
	return [build / "vole", "pid", str(pid), "-e", LIST, "-e", ALL]


def attach(exe, build, report):
	for start in (by_pid, gdb, lldb):
		name = f"{'/'.join(exe.parts[-3:])} {start.__name__}"
		with live.Process(exe) as process, tempfile.TemporaryDirectory() as directory:
			done = subprocess.run(start(build, process.pid, directory),
					      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
					      stderr=subprocess.PIPE, timeout=skins.DEADLINE,
					      env=skins.environment())
			answers = documents(done.stdout)
			waiting = Waiting(name, process, report)
			if len(answers) != (2 if start is by_pid else 4):
				report.judge(name, [f"{len(answers)} answers, exit {done.returncode}: "
						    f"{done.stderr.decode()[-300:]}"])
				continue
			waiting.check(answers[:2])
			if len(answers) == 4:
				waiting.core.name += ", later"
				first = waiting.check(answers[2:])[0]
				report.judge(f"{name} at the breakpoint", [] if first == live.PLACE else
					     [f"main is in {first}"])


def stop_at_random(exe, works, build, report, stops):
	wrong = []
	mix = random.choice([(1 << works) - 1, random.randrange(1, 1 << works)])
	process = subprocess.Popen([exe, f"-mix={mix}", "-after=1h"], stdin=subprocess.DEVNULL,
				   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
	try:
		for _ in range(stops):
			time.sleep(random.uniform(0.01, 0.04))
			done = subprocess.run(by_pid(build, process.pid, None), timeout=skins.DEADLINE,
					      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
			answers = documents(done.stdout)
			if len(answers) != 2:
				wrong.append(f"exit {done.returncode}: {done.stderr.decode()[-300:]}")
				continue
			ids = sorted(row["id"] for row in answers[0]["result"]["goroutines"])
			all_stacks = answers[1]["result"]["stacks"]
			if ids != sorted(id for s in all_stacks for id in s["goroutines"]):
				wrong.append(f"goroutines {ids}, and other ones in `bt all`")
			wrong += [w for w in map(unfinished, all_stacks) if w]
		if process.poll() is not None:
			wrong.append(f"the process died of being looked at: {process.returncode}")
	finally:
		process.kill()
		process.wait()
	report.judge(f"{exe.parent.name} {exe.name} at random, mix {mix}", wrong[:stacks.SHOWN])


def step(exe, places, build, report):
	"""Through some instructions of functions that change stacks."""
	with tempfile.TemporaryDirectory() as directory:
		out = pathlib.Path(directory) / "stacks"
		done = subprocess.run(
			["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load no",
			 "-iex", "set debuginfod enabled off", "-ex", f"source {build}/vole-gdb.py",
			 "-ex", "set args -after=1h", "-x", HERE / "steps.py", exe],
			stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
			timeout=skins.DEADLINE,
			env={**skins.environment(), "PLACES": " ".join(places), "OUT": str(out)})
		lines = out.read_text().splitlines() if out.exists() else []
	if not lines:
		report.judge(f"{exe} stepped", [done.stdout.decode(errors="replace")[-400:]])
	for place in places:
		seen = [json.loads(line) for line in lines]
		answers = [line["answer"] for line in seen if line["place"] == place]
		wrong = [f"at {line['at']}: {w}" for line in seen if line["place"] == place
			 for w in [unfinished(line["answer"])] if w]
		if answers:
			report.judge(f"{exe.parent.name} {exe.name} stepped from {place}",
				     wrong[:stacks.SHOWN])


def main():
	parser = options.parser(__doc__)
	parser.add_argument("--go", action="append", choices=RELEASES)
	parser.add_argument("--stops", type=int, default=30)
	arguments = parser.parse_args()
	build = arguments.build.resolve()
	report = stacks.Report(False)

	def attempt(test, exe, *more):
		try:
			test(exe, *more)
		except (subprocess.TimeoutExpired, RuntimeError, OSError) as error:
			report.judge(f"{exe} {test.__name__}", [f"{type(error).__name__}: {error}"])

	for release in arguments.go or RELEASES:
		attempt(attach, arguments.cores.resolve() / release / "opt/goroutines", build, report)
		directory = build / "stops" / release
		directory.mkdir(parents=True, exist_ok=True)
		for program, flags, works in stress.PROGRAMS:
			exe = stress.built(release, program, flags, directory)
			attempt(stop_at_random, exe, works, build, report, arguments.stops)
		for program, flags, places in STEPPED:
			exe = stress.built(release, program, flags, directory)
			attempt(step, exe, places, build, report)
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
