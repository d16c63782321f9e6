#!/usr/bin/env python3
"""Run every test block on every core, in every front end.

usage: run.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT[/PROG]]]
              [--skin NAME]... [-k TEXT] [--jobs N] [--no-truth] [--verbose]

Each front end is started once per core and given all commands (skins.py).
Three things are tested:

  the blocks of *.test (format: blocks.py);
  the program's truth: every variable and expression it described is asked for
  with `print --json` and compared leaf by leaf (truth.py); texts as a whole;
  that every command printed the same bytes in all front ends.

The last line is "N passed, N failed".
"""

import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import threading
import typing

import blocks
import options
import skins
import truth

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
QUICK = {("1.18", "opt"), ("1.23", "opt"), ("1.26", "opt"), ("1.26", "noopt")}
WHOLE = "print --json --depth 20 --limit 0 "


class Core:
	"""One program, its core and what it said before it died."""

	def __init__(self, path, suffix):
		self.exe = path
		self.suffix = suffix
		self.core = path.with_name(path.name + suffix)
		self.release, self.variant, self.prog = path.parts[-3:]
		name = path.name + (".gcore.json" if suffix == ".gcore" else ".json")
		self.truth = json.loads(path.with_name(name).read_text())

	@property
	def name(self):
		return f"{self.release}/{self.variant}/{self.prog}" + \
			("" if self.suffix == ".core" else self.suffix)


class Report:
	"""What passed and what did not, over all threads."""

	def __init__(self, verbose):
		self.lock = threading.Lock()
		self.verbose = verbose
		self.passed = self.failed = 0
		self.seen = set()
		self.facts = collections.Counter()
		self.wrong = collections.Counter()

	def ok(self, count=1):
		with self.lock:
			self.passed += count

	def is_first(self, what):
		"""Was this not asked before?"""
		with self.lock:
			if what in self.seen:
				return False
			self.seen.add(what)
			return True

	def fail(self, where, text):
		with self.lock:
			self.failed += 1
			lines = text.split("\n")
			if len(lines) > 30 and not self.verbose:
				lines = lines[:30] + [f"... {len(lines) - 30} more lines"]
			print(f"FAIL {where}: " + "\n     ".join(lines), flush=True)


class Answer(typing.NamedTuple):
	"""Of a front end, to a block or about a value."""

	what: object
	line: str  # the last one, when a block has more
	output: str
	exit: typing.Optional[int]


class Task:
	"""All tests of one core."""

	def __init__(self, core, tests, arguments, report):
		self.core, self.report, self.arguments = core, report, arguments
		notes = core.truth.get("notes") or {}
		self.words = blocks.Words(core.release, core.truth)
		self.blocks = [b for b in tests if blocks.wanted(
			b, core.release, core.variant, core.prog, notes)]
		if arguments.k:
			self.blocks = [b for b in self.blocks
				       if arguments.k in f"{b.file}: {b.name}"]
		self.items, self.texts = [], []
		if not arguments.no_truth and core.variant != "stripped":
			self.items = [i for i in (core.truth["vars"] or []) + (core.truth["exprs"] or [])
				      if not arguments.k or arguments.k in i["expr"]]
			self.texts = [i for i in core.truth.get("texts") or []
				      if not arguments.k or arguments.k in i["expr"]]

	def commands(self, skin):
		"""(what for, command line) in the order they are run."""
		for block in self.blocks:
			if not block.skins or skin in block.skins:
				for run in block.runs:
					yield ("block", block), self.words.fill(run)
		for item in self.items:
			# lldb 14 evaluates what stands in backquotes before we see it.
			if skin == "lldb-14" and "`" in item["expr"]:
				continue
			yield ("truth", item), WHOLE + item["expr"]
			yield ("text", item), "print " + item["expr"]
		for item in self.texts:
			yield ("reads", item), "print --json " + item["expr"]

	def run(self, front_ends):
		answers = {}
		for skin in front_ends:
			commands = list(self.commands(skin.name))
			if not commands:
				continue
			try:
				outputs = skin.ask(self.core.exe, self.core.core,
						   [line for _, line in commands],
						   self.arguments.deadline)
			except skins.SkinFailed as error:
				self.report.fail(self.core.name, str(error))
				continue
			answers[skin.name] = self.collect(commands, outputs)
		self.check_blocks(answers)
		self.check_truth(answers)
		self.check_same(answers)
		self.check_exits(front_ends, answers)

	@staticmethod
	def collect(commands, outputs):
		"""By what they were asked for; a block's runs are put together."""
		ret = {}
		for ((kind, what), line), (output, code) in zip(commands, outputs):
			key = (kind, id(what))
			if key in ret:
				output = ret[key].output + "\n" + output
			ret[key] = Answer(what, line, output, code)
		return ret

	def check_blocks(self, answers):
		for skin, answer in answers.items():
			for (kind, _), (block, line, output, _) in answer.items():
				if kind != "block":
					continue
				try:
					blocks.check(block, output, self.words)
					self.report.ok()
				except AssertionError as error:
					self.report.fail(
						f"{self.core.name} {skin} {block.file}: {block.name}",
						f"{error}\nof `go {line}`:\n{output}")

	def check_truth(self, answers):
		"""In one front end: that the others say the same is tested beside."""
		for skin, answer in list(answers.items())[:1]:
			for (kind, _), (item, line, output, _) in answer.items():
				if kind == "truth":
					self.check_item(skin, item, line, output)
				elif kind == "reads":
					self.check_text(item, line, output)

	def check_item(self, skin, item, line, output):
		release = self.core.release
		# Optimised code keeps only what the closure still needs.
		whole = blocks.version(release) >= (1, 23) and "noopt" in self.core.name
		compare = truth.Comparison(whole)
		try:
			answer = blocks.document(output)
			if "error" in answer:
				compare.differ(item["expr"], item["value"], answer["error"])
			else:
				compare.value(item["expr"], item["value"], answer.get("result"))
		except AssertionError as error:
			compare.differ(item["expr"], "a JSON document", f"{error}: {output}")
		except (TypeError, KeyError, AttributeError) as error:
			compare.differ(item["expr"], "the shape of a value", f"{error!r}: {output}")
		with self.report.lock:
			self.report.facts[release] += compare.facts
			self.report.wrong[release] += len(compare.wrong)
		if compare.wrong:
			self.report.fail(f"{self.core.name} {skin} truth",
					 "\n".join(compare.wrong) + f"\nof `go {line}`")
		else:
			self.report.ok()

	def check_text(self, item, line, output):
		try:
			text = truth.text(blocks.document(output).get("result"))
		except AssertionError as error:
			text = f"{error}: {output}"
		if text == item["text"]:
			self.report.ok()
		else:
			self.report.fail(f"{self.core.name} text",
					 f"expected {item['text']}\ngot {text}\nof `go {line}`")

	def check_same(self, answers):
		"""The same bytes in all front ends."""
		names = list(answers)
		for other in names[1:]:
			for key, (_, line, output, _) in answers[other].items():
				if key not in answers[names[0]]:
					continue
				first = answers[names[0]][key].output
				if first == output:
					self.report.ok()
					continue
				self.report.fail(f"{self.core.name} {other} differs from {names[0]}",
						 difference(line, first, output))

	def check_exits(self, front_ends, answers):
		"""gdb tells of each command, the program only how it ended itself."""
		tests = [b for b in self.blocks if b.exit is not None and len(b.runs) == 1]
		for skin in front_ends:
			if isinstance(skin, skins.Vole):
				self.check_own_exits(skin, tests)
				continue
			for block in tests:
				answer = answers.get(skin.name, {}).get(("block", id(block)))
				if answer and answer.exit is not None:
					self.check_exit(skin, block, answer.line, answer.exit)

	def check_own_exits(self, skin, tests):
		"""A process each: once, on whichever core comes first."""
		tests = [b for b in tests if self.report.is_first(id(b))]
		lines = [self.words.fill(b.runs[0]) for b in tests]
		try:
			codes = skin.exits(self.core.exe, self.core.core, lines,
					   self.arguments.deadline)
		except subprocess.TimeoutExpired as error:
			self.report.fail(self.core.name, str(error))
			return
		for block, line, code in zip(tests, lines, codes):
			self.check_exit(skin, block, line, code)

	def check_exit(self, skin, block, line, code):
		if code == block.exit:
			self.report.ok()
		else:
			self.report.fail(f"{self.core.name} {skin.name} {block.file}: {block.name}",
					 f"exit {code}, expected {block.exit}, of `{line}`")


def difference(line, first, second):
	"""The first lines that are not the same."""
	a, b = first.split("\n"), second.split("\n")
	for number in range(max(len(a), len(b))):
		left = a[number] if number < len(a) else None
		right = b[number] if number < len(b) else None
		if left != right:
			return (f"`go {line}`, line {number + 1}:\n"
				f"{truth.short(left)}\n{truth.short(right)}")
	return f"`go {line}`"


def find_cores(arguments):
	for truth_file in sorted(arguments.cores.resolve().glob("*/*/*.json")):
		suffix = ".gcore" if truth_file.name.endswith(".gcore.json") else ".core"
		path = truth_file.with_name(truth_file.name.removesuffix(".json").removesuffix(".gcore"))
		name = "/".join(path.parts[-3:]) + "/"
		if arguments.quick and path.parts[-3:-1] not in QUICK:
			continue
		if arguments.only and not name.startswith(arguments.only.rstrip("/") + "/"):
			continue
		if path.exists() and path.with_name(path.name + suffix).exists():
			yield Core(path, suffix)


def choose_skins(arguments):
	ret = []
	for name, skin in skins.ALL.items():
		if arguments.skin and name not in arguments.skin:
			continue
		it = skin(arguments.build)
		reason = it.missing()
		if not reason:
			ret.append(it)
			continue
		print(f"e2e: without {name}: {reason}")
		# Only the second lldb may be missing; a test that tests nothing
		# must not pass.
		if name != "lldb-14" or arguments.skin:
			return []
	return ret


def parse_arguments():
	parser = options.parser(__doc__, only="GO[/VARIANT[/PROG]]", quick=True)
	parser.add_argument("--skin", action="append", choices=list(skins.ALL))
	parser.add_argument("-k", metavar="TEXT", help="only blocks or expressions with TEXT")
	parser.add_argument("--jobs", type=int, default=2)
	parser.add_argument("--deadline", type=int, default=skins.DEADLINE,
			    help="seconds a front end may take for one core")
	parser.add_argument("--no-truth", action="store_true")
	parser.add_argument("--verbose", action="store_true")
	return parser.parse_args()


def main():
	arguments = parse_arguments()
	report = Report(arguments.verbose)
	tests = [b for path in sorted(HERE.glob("*.test")) for b in blocks.parse(path)]
	front_ends = choose_skins(arguments)
	cores = list(find_cores(arguments))
	if not front_ends:
		report.fail("e2e", "a front end is missing; build first")
	if not cores:
		report.fail("e2e", f"no cores in {arguments.cores}; run tests/targets/build.py")
	with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
		pending = {pool.submit(Task(core, tests, arguments, report).run, front_ends): core
			   for core in cores if front_ends}
		for done in concurrent.futures.as_completed(pending):
			core = pending[done]
			try:
				done.result()
				print(f"e2e: {core.name}: done", flush=True)
			except Exception as error:  # one core's trouble is not the others'
				report.fail(core.name, repr(error))
	for release in sorted(report.facts, key=blocks.version):
		print(f"go{release}: {report.facts[release]} facts, {report.wrong[release]} wrong")
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
