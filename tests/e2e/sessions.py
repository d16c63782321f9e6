#!/usr/bin/env python3
"""Are the sessions in README.md and docs/ what gdb says today?

usage: sessions.py [--build DIR] [--cores DIR] [--update]

A session is a block of code with lines "(gdb) COMMAND", after a comment that
names its core:

	<!-- session: 1.26/opt/crash -->

All commands of a page's sessions on one core run in one gdb. Numbers and
addresses differ from core to core, and rows may come in another order: what is
compared is the rest. A line "..." stands for what is left out of the answer,
between the lines before it and those after it. --update writes what gdb said into the pages.

A block with such lines and no such comment is a failure, but for one that says
why no core can answer it again:

	<!-- by hand: REASON -->
"""

import re
import subprocess
import sys

import options
import skins
from run import ROOT, Report

PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")))
SESSION = re.compile(r"<!-- session: (\S+) -->\n```\n(.*?)^```$", re.M | re.S)
BLOCK = re.compile(r"(.*)\n[ \t]*```.*\n((?:(?![ \t]*```).*\n)*)[ \t]*```")
BY_HAND = re.compile(r"\s*<!-- by hand: \S.* -->")
PROMPT = "(gdb) "
MARK = "@@ answered"


class Session:
	"""One block: its commands, and what the page says they answer."""

	def __init__(self, core, text):
		self.core = core
		self.before = []
		self.commands, self.said = [], []
		for line in text.splitlines():
			if line.startswith(PROMPT):
				self.commands.append(line[len(PROMPT):])
				self.said.append([])
			else:
				(self.said[-1] if self.said else self.before).append(line)

	def text(self, answers):
		lines = list(self.before)
		for command, said, answer in zip(self.commands, self.said, answers):
			lines.append(PROMPT + command)
			if "..." in said:
				before, after = ends(said, answer)
				answer = [*before, "...", *after]
			lines += answer
		return "\n".join(lines) + "\n"


def ask(arguments, core, commands):
	"""The lines that each of @commands answers, in one gdb."""
	exe = arguments.cores / core
	words = ["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load no",
		 "-iex", "set width 0", "-iex", "set filename-display basename",
		 "-ex", f"source {arguments.build}/vole-gdb.py", exe, f"{exe}.core",
		 "-ex", f"echo {MARK}\\n"]
	for command in commands:
		words += ["-ex", command, "-ex", f"echo {MARK}\\n"]
	out = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
			     text=True, check=True).stdout
	out = re.sub(r"/\S*/tests/targets/", ".../tests/targets/", out)
	out = skins.GDB_NOISE.sub("", out)
	answers = out.split(f"{MARK}\n")[1:-1]
	return [[line.expandtabs().rstrip() for line in answer.splitlines()]
		for answer in answers]


def plain(lines):
	"""Without what differs from core to core."""
	lines = [re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?(ns|µs|ms|s|m|h)?", "N", line)
		 for line in lines]
	lines = [re.sub(r"other-(hash|key)", "other", line) for line in lines]
	return sorted(re.sub(r"\s+", " ", line) for line in lines)


def ends(said, answer):
	"""The lines of an answer before and after those that "..." stands for."""
	before = said.index("...")
	after = len(said) - before - 1
	return answer[:before], answer[before:][-after:] if after else []


def alike(said, answer):
	if "..." not in said:
		return plain(said) == plain(answer)
	before, after = ends(said, answer)
	cut = said.index("...")
	return len(answer) >= len(said) and \
		plain(said[:cut]) == plain(before) and plain(said[cut + 1:]) == plain(after)


def unmarked(text):
	"""The first commands of blocks that nothing is said of."""
	known = {match.start(2) for match in SESSION.finditer(text)}
	for match in BLOCK.finditer("\n" + text):
		commands = [line.strip() for line in match[2].splitlines()
			    if line.lstrip().startswith(PROMPT)]
		if commands and match.start(2) - 1 not in known and \
		   not BY_HAND.fullmatch(match[1]):
			yield commands[0]


def check_page(arguments, page, report):
	path = ROOT / page
	text = path.read_text()
	for command in unmarked(text):
		report.fail(f"{page}: {command}", "neither a session nor by hand")
	sessions = [Session(*match) for match in SESSION.findall(text)]
	for core in {session.core for session in sessions}:
		of_core = [s for s in sessions if s.core == core]
		answers = iter(ask(arguments, core,
				   [c for s in of_core for c in s.commands]))
		for session in of_core:
			session.answers = [next(answers) for _ in session.commands]
	for session in sessions:
		for command, said, answer in zip(session.commands, session.said,
						 session.answers):
			if alike(said, answer):
				report.ok()
			else:
				report.fail(f"{page}: {command}", "\n".join(
					["it says", *said, "gdb says", *answer]))
	if arguments.update:
		new = iter(s.text(s.answers) for s in sessions)
		path.write_text(SESSION.sub(
			lambda match: f"<!-- session: {match[1]} -->\n```\n{next(new)}```",
			text))
	return len(sessions)


def main():
	parser = options.parser(__doc__)
	parser.add_argument("--update", action="store_true")
	arguments = parser.parse_args()
	arguments.build = arguments.build.resolve()
	report = Report(False)
	found = sum(check_page(arguments, page, report) for page in PAGES)
	if not found:
		report.fail("sessions", "there are none")
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
