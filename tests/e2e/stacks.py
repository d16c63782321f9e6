#!/usr/bin/env python3
"""Compare vole's goroutines and stacks with what the runtime itself printed.

usage: stacks.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT[/PROG]]]
                 [--jobs N] [--verbose]

The truth is PROG.trace, the traceback the program died with, and what it said
before of its goroutines (PROG.json). Compared are the goroutines there are, the
state of each, who created it, and its frames one by one: function, file, line,
whether it is inlined, pc, sp and size.

The last line is "N passed, N failed"; a goroutine is one test.
"""

import collections
import concurrent.futures
import sys
import threading

import options
import run
import script
import traceback_text as text
from stack_compare import (SHOWN, Stack, compare_row, compare_told, compare_user, ran_on,
			   show, show_text)


class Task:
	"""All comparisons of one core."""

	def __init__(self, core, build, report):
		self.core, self.report = core, report
		self.vole = build / "vole"
		trace = core.exe.with_name(core.exe.name + core.suffix.replace(".core", "") + ".trace")
		self.trace = trace.read_text(errors="replace") if trace.exists() else ""
		# A signal may come to the thread of one that has just ended.
		self.theirs = {id: theirs for id, theirs in
			       text.merged(text.read(self.trace)[0]).items()
			       if theirs.status != "dead"}
		# The one that told went on to its death; some tell less than stacks.
		self.told = {g["id"]: g for g in core.truth.get("goroutines") or []
			     if g.get("functions") and (g["id"], g["state"]) != (1, "running")}

	def ask(self, commands):
		return script.results(self.vole, ("core", self.core.exe, self.core.core),
				      commands)

	def run(self):
		try:
			self.compare()
		except script.Refused as error:
			if self.core.variant != "stripped":
				raise script.Wrong(str(error)) from error
			self.report.count(refused=1)

	def compare(self):
		goroutines, everything = self.ask(["goroutines --json --limit 0",
						   "bt all --json --full --limit 0"])
		rows = {row["id"]: row for row in goroutines["goroutines"]}
		ids = sorted(rows)
		stacks = dict(zip(ids, self.ask([f"bt {id} --json --full --limit 0"
						 for id in ids])))
		self.check_ids(goroutines, rows)
		self.check_merged(everything, stacks)
		for id, theirs in self.theirs.items():
			if id in rows:
				self.check_stack(id, rows[id], stacks[id], theirs)
		for id, told in self.told.items():
			self.check_told(id, rows.get(id), stacks.get(id), told)

	def judge(self, what, wrong):
		self.report.judge(f"{self.core.name} {what}", wrong)

	def check_ids(self, goroutines, rows):
		wrong = []
		if goroutines.get("count") != len(rows):
			wrong.append(f"count {goroutines.get('count')} of {len(rows)} rows")
		# A thread of C may come into Go meanwhile: nothing created its goroutine.
		# Those that ran on may have ended, and have made others.
		on = {id for id, theirs in self.theirs.items() if ran_on(theirs)}
		more = {id for id in set(rows) - set(self.theirs)
			if (id == 1 or rows[id].get("created_by")) and rows[id].get("parent") not in on}
		less = set(self.theirs) - set(rows) - on
		if self.theirs and (more or less):
			wrong.append(f"only vole has {sorted(more)}, only the runtime {sorted(less)}")
		self.judge("goroutines", wrong)

	def check_merged(self, everything, stacks):
		"""`bt all` has each goroutine once, with the stack it has alone."""
		wrong, seen = [], collections.Counter()
		for stack in everything.get("stacks") or []:
			ids = stack.get("goroutines") or []
			seen.update(ids)
			if stack.get("count") != len(ids):
				wrong.append(f"a stack of {stack.get('count')}, with {len(ids)} ids")
			for id in ids:
				if id in stacks and places(stack) != places(stacks[id]):
					wrong.append(f"goroutine {id} alone has another stack")
		if seen != collections.Counter(list(stacks)):
			wrong.append("not each goroutine once: "
				     f"{sorted(set(stacks) ^ set(seen)) or seen.most_common(3)}")
		self.judge("bt all", wrong[:SHOWN])

	def check_stack(self, id, row, answer, theirs):
		wrong = list(compare_row(row, theirs))
		frames = answer.get("frames") or []
		if frames and frames[0].get("kind") == "go" and \
		   places({"frames": [row]}) != places({"frames": frames[:1]}):
			wrong.append(f"the list has it in {show(row)}, its stack in {show(frames[0])}")
		stack = Stack(frames, theirs, self.core.release)
		# Its registers are in no traceback: it ran on another thread.
		if theirs.frames and not theirs.broken:
			stack.compare()
			if not theirs.frames[0].function.startswith("runtime.asyncPreempt"):
				wrong += compare_user(row, theirs)
			# Where a stack is being changed the runtime is at its end, too.
			if answer.get("end") and theirs.frames[-1].function == "runtime.goexit":
				wrong.append(f"ended early: {answer['end']}")
		else:
			self.report.count(unavailable=1)
		wrong += stack.wrong
		self.report.count(goroutines=1, frames=stack.compared)
		if stack.wrong and self.report.verbose:
			wrong += ["vole's:"] + [f"  {show(f)}" for f in frames[:60]]
			wrong += ["the runtime's:"] + [f"  {show_text(f)}" for f in theirs.frames[:60]]
		self.judge(f"goroutine {id} [{theirs.status}]", wrong)

	def check_told(self, id, row, answer, told):
		name = f"goroutine {id} ({told['name']})"
		if row is None:
			self.judge(name, ["vole has no such goroutine"])
			return
		theirs = text.Goroutine(id, told["state"], parent=told.get("parent", 0))
		if told.get("created_by"):
			theirs.created_by = text.Frame(text.function_name(told["created_by"]))
		wrong = list(compare_row(row, theirs))
		if (row.get("labels") or {}) != (told.get("labels") or {}):
			wrong.append(f"labels: vole {row.get('labels')}, told {told.get('labels')}")
		frames = answer.get("frames") or []
		moving = told["state"] in ("running", "runnable")
		# Where one is just changing its stack, the rest cannot be told.
		if moving and answer.get("end"):
			self.report.count(told=1)
			self.judge(name, wrong)
			return
		if answer.get("end") or not frames or frames[-1].get("function") != "runtime.goexit":
			wrong.append(f"ends in {show(frames[-1]) if frames else 'nothing'}: "
				     f"{answer.get('end')}")
		# One that runs may be anywhere by now, but in the same function still.
		if moving:
			names = [text.function_name(f.get("function") or "") for f in frames]
			if text.function_name(told["functions"][-1]) not in names:
				wrong.append(f"functions: vole {names}, told {told['functions']}")
		elif told["functions"] and (differs := compare_told(frames, told["functions"])):
			wrong.append(differs)
		self.report.count(told=1)
		self.judge(name, wrong)


def places(stack):
	return [(f.get("function"), f.get("file"), f.get("line")) for f in stack.get("frames") or []]


class Report:
	"""What passed and what did not, over all threads."""

	def __init__(self, verbose):
		self.lock = threading.Lock()
		self.verbose = verbose
		self.passed = self.failed = 0
		self.counts = collections.Counter()

	def count(self, **counts):
		with self.lock:
			self.counts.update(counts)

	def judge(self, where, wrong):
		with self.lock:
			self.passed += not wrong
			self.failed += bool(wrong)
			if wrong:
				body = "\n".join(wrong).replace("\n", "\n     ")
				print(f"FAIL {where}:\n     {body}", flush=True)


def parse_arguments():
	parser = options.parser(__doc__, only="GO[/VARIANT[/PROG]]", quick=True)
	parser.add_argument("--jobs", type=int, default=2)
	parser.add_argument("--verbose", action="store_true", help="whole stacks where one differs")
	return parser.parse_args()


def main():
	arguments = parse_arguments()
	report = Report(arguments.verbose)
	cores = list(run.find_cores(arguments))
	if not cores:
		report.judge("stacks", [f"no cores in {arguments.cores}; run tests/targets/build.py"])
	with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
		pending = {}
		for core in cores:
			pending[pool.submit(Task(core, arguments.build, report).run)] = core
		for done in concurrent.futures.as_completed(pending):
			try:
				done.result()
			except Exception as error:  # one core's trouble is not the others'
				report.judge(pending[done].name, [f"{type(error).__name__}: {error}"])
	counts = report.counts
	print(f"{len(cores)} cores: {counts['goroutines']} goroutines and {counts['frames']} frames "
	      f"beside the runtime's, {counts['unavailable']} without a stack of it; "
	      f"{counts['told']} beside what programs told; {counts['refused']} stripped ones refused")
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
