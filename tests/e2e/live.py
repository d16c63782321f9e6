#!/usr/bin/env python3
"""Look into processes that live: in gdb, in lldb and by `vole pid`.

usage: live.py [--build DIR] [--cores DIR] [--only GO/VARIANT] [--skin NAME]...

`values -wait` tells the truth and then sleeps, making one change at a time in
truth.Ticked. Each front end attaches, is asked for everything the program
described, goes on to the next changes and must see them: whatever was cached
has to die when the process runs.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import blocks
import options
import skins
import truth
from run import WHOLE, Report

TARGETS = ("1.18/opt", "1.22/opt", "1.24/opt", "1.26/opt", "1.26/noopt", "1.26/pie")
# What the process changes while it waits.
MOVING = re.compile(r"\b(users|main\.tick|Ticks|main\.ptrMap)\b")
PLACE = "vole.test/targets/truth.Ticked"
# What is chosen stays so until the process runs.
CHOICES = ("goroutine 2", "frame 1 --json", "frame --json")
TICKS = ('print main.tick', 'print main.users["tick"].Age', 'map main.users')


class Process:
	"""One `values -wait`, killed at the end."""

	def __init__(self, exe):
		self.exe = exe

	def __enter__(self):
		self.file = tempfile.TemporaryFile()
		self.process = subprocess.Popen([self.exe, "-wait"], stdout=self.file,
						stderr=subprocess.DEVNULL,
						stdin=subprocess.DEVNULL)
		self.pid = self.process.pid
		for _ in range(500):
			self.file.seek(0)
			text = self.file.read()
			if text.endswith(b"\n"):
				self.truth = json.loads(text)
				return self
			time.sleep(0.02)
		raise RuntimeError(f"{self.exe} -wait said nothing in 10 s")

	def __exit__(self, *_):
		self.process.kill()
		self.process.wait()
		self.file.close()


def gdb(build, process, groups, directory):
	command = ["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load no",
		   "-iex", "set debuginfod enabled off", "-p", str(process.pid),
		   "-ex", f"source {build}/vole-gdb.py",
		   "-ex", "handle SIGURG nostop noprint pass",
		   "-ex", f"break '{PLACE}'"]
	for number, lines in enumerate(groups):
		if number:
			command += ["-ex", "continue"]
		for line in lines:
			command += ["-ex", "go " + line]
	return command + ["-ex", "kill"], None


def lldb(program):
	def start(build, process, groups, directory):
		# A sourced file runs in step: each continue ends at its stop. Its
		# lines are in no history, so lldb would eat the quotes in them
		# (quoted() is for that).
		script = [f"plugin load {build}/vole-lldb.so",
			  "process handle SIGURG --stop false --notify false --pass true",
			  f"breakpoint set --name {PLACE}"]
		for number, lines in enumerate(groups):
			if number:
				script.append("process continue")
			script += ["go " + line for line in lines]
		path = pathlib.Path(directory) / "commands"
		path.write_text("\n".join(script + ["process kill", "quit"]) + "\n")
		return [program, "--no-lldbinit", "--no-use-colors",
			"-O", "settings set interpreter.stop-command-source-on-error false",
			"-p", str(process.pid), "-s", path], None
	return start


def plain(line):
	return line


def quoted(line):
	"""The expression in single quotes, which is the same to vole."""
	command, _, expr = line.partition(" ")
	if command in ("goroutine", "frame"):
		return line
	options = re.match(r"((?:--\w+ (?:\d+ )?)*)(.*)", expr)
	return f"{command} {options[1]}'{options[2]}'"


def numbered(groups, written=plain):
	"""The groups with separators in between, and the flat list of commands.

	One at the head of a group cuts off what the debugger says of the stop.
	"""
	flat, out = [], []
	for number, lines in enumerate(groups):
		group = [written(f'print "{skins.separator(1_000_000 + number)}"')]
		for line in lines:
			flat.append(written(line))
			group += [flat[-1], written(f'print "{skins.separator(len(flat))}"')]
		out.append(group)
	return out, flat


def compare_all(report, where, release, items, outputs):
	# Optimised code keeps only what a closure still needs.
	whole = blocks.version(release) >= (1, 23) and "noopt" in where
	for item, output in zip(items, outputs):
		compare = truth.Comparison(whole)
		try:
			answer = blocks.document(output)
			if "error" in answer:
				compare.differ(item["expr"], item["value"], answer["error"])
			else:
				compare.value(item["expr"], item["value"], answer.get("result"))
		except (AssertionError, TypeError, KeyError, AttributeError) as error:
			compare.differ(item["expr"], "a value", f"{error!r}: {output}")
		if compare.wrong:
			report.fail(where, "\n".join(compare.wrong))
		else:
			report.ok()


def check_ticks(report, where, first, second):
	"""What counts up has counted up between the two."""
	for line, before, after in zip(TICKS, first, second):
		if line.startswith("map"):
			good = before != after
		else:
			try:
				good = int(after) > int(before)
			except ValueError:
				good = False
		if good:
			report.ok()
		else:
			report.fail(where, f"`go {line}` said {truth.short(before)}, "
				    f"then {truth.short(after)}")


def check_choice(report, where, before, after):
	"""Goroutine 2 and its frame 1 are chosen, and no more at the next stop."""
	chosen, asked = (blocks.document(text).get("result", {}) for text in before[1:])
	later = blocks.document(after).get("result", {})
	if chosen == asked and asked["goroutine"] == 2 and asked["frame"]["index"] == 1 \
	   and later.get("goroutine") != 2:
		report.ok()
	else:
		report.fail(where, f"`go frame 1` said {chosen}, `go frame` {asked}, "
			    f"later {later}")


def items_of(process):
	return [item for item in process.truth["vars"] + process.truth["exprs"]
		if not MOVING.search(item["expr"])]


def attach(report, skin, start, exe, release):
	"""gdb or lldb on one process."""
	where = f"{'/'.join(exe.parts[-3:])} live {skin.name}"
	with Process(exe) as process, tempfile.TemporaryDirectory() as directory:
		items = items_of(process)
		written = plain if skin.name == "gdb" else quoted
		if written is quoted:
			items = [i for i in items if not re.search("['`]", i["expr"])]
		# Ticked is not reached before the first continue; tick may be 0 then.
		# One stop in between is not enough: a goroutine preempted on the
		# breakpoint hits it again when it goes on.
		groups, flat = numbered([[WHOLE + i["expr"] for i in items] + list(CHOICES),
					 ["frame --json"], list(TICKS),
					 [], [], list(TICKS)], written)
		command, given = start(skin.build, process, groups, directory)
		try:
			done = subprocess.run(command, input=given, stdin=None if given else
					      subprocess.DEVNULL, stdout=subprocess.PIPE,
					      stderr=subprocess.STDOUT, timeout=skins.DEADLINE,
					      env=skins.environment())
			out, how = done.stdout, f"exit {done.returncode}"
		except subprocess.TimeoutExpired as late:
			out, how = late.stdout or b"", "no end"
		try:
			outputs = skin.split(out.decode("utf-8", "surrogateescape"), flat, how)
		except skins.SkinFailed as error:
			return report.fail(where, str(error))
	compare_all(report, where, release, items, outputs)
	choices = outputs[len(items):]
	check_choice(report, where, choices[:len(CHOICES)], choices[len(CHOICES)])
	ticks = choices[len(CHOICES) + 1:]
	return check_ticks(report, where, ticks[:len(TICKS)], ticks[len(TICKS):])


def by_pid(report, skin, exe, release):
	"""`vole pid`, which stops nothing for longer than it reads."""
	where = f"{'/'.join(exe.parts[-3:])} live vole"
	with Process(exe) as process, tempfile.TemporaryDirectory() as directory:
		items = items_of(process)
		groups, flat = numbered([[WHOLE + i["expr"] for i in items] + list(TICKS)])
		path = pathlib.Path(directory) / "commands"
		path.write_text("\n".join(groups[0]) + "\n")
		command = [skin.build / "vole", "pid", str(process.pid), "-x", path]
		answers = []
		for _ in range(2):
			# So that the first change has been made.
			time.sleep(0.2)
			done = subprocess.run(command, stdout=subprocess.PIPE,
					      stderr=subprocess.STDOUT, timeout=skins.DEADLINE,
					      env=skins.environment(),
					      stdin=subprocess.DEVNULL)
			try:
				answers.append(skin.split(
					done.stdout.decode("utf-8", "surrogateescape"),
					flat, f"exit {done.returncode}"))
			except skins.SkinFailed as error:
				return report.fail(where, str(error))
		if process.process.poll() is not None:
			return report.fail(where, "the process died of being looked at")
	compare_all(report, where, release, items, answers[0])
	first, second = (answer[len(items)] for answer in answers)
	if first.isdigit() and second.isdigit() and int(second) > int(first):
		report.ok()
	else:
		report.fail(where, f"main.tick was {first}, then {second}")
	return None


def main():
	parser = options.parser(__doc__, only="GO/VARIANT")
	parser.add_argument("--skin", action="append", choices=list(skins.ALL))
	arguments = parser.parse_args()
	report = Report(False)
	for target in TARGETS:
		if arguments.only and target != arguments.only:
			continue
		exe = arguments.cores / target / "values"
		if not exe.exists():
			report.fail(target, f"{exe} is not there; run tests/targets/build.py")
			continue
		for name, kind in skins.ALL.items():
			if arguments.skin and name not in arguments.skin:
				continue
			skin = kind(arguments.build)
			if reason := skin.missing():
				print(f"live: without {name}: {reason}")
				if name != "lldb-14":
					report.fail(target, reason)
				continue
			release = target.split("/")[0]
			if name == "vole":
				by_pid(report, skin, exe, release)
			elif name == "gdb":
				attach(report, skin, gdb, exe, release)
			else:
				attach(report, skin, lldb(skin.program), exe, release)
			print(f"live: {target} {name}: done", flush=True)
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
