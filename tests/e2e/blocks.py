"""The .test files: blocks of one command and what must come of it.

	NAME what is tested
	TARGET values opt noopt       program, then variants (default: values, all
	                              that have DWARF)
	SINCE 1.24                    only with these Go releases
	UNTIL 1.23
	MAPS swiss                    only where the program's maps are of this kind
	SKINS vole gdb                default: all
	RUN print main.users          without "go"; more than one is allowed
	EXPECT ^regex                 some line; each after the one before
	EXPECT_NOT regex              in no line
	EXPECT_EXACT                  all lines up to a blank one, and nothing else
	line
	EXPECT_JSON result.len 3      PATH JSON: equal; PATH alone: there is such.
	                              [*] in the path: some element
	EXPECT_ERROR regex            an error, and what it says
	EXIT 2                        what `vole core EXE CORE COMMAND` ends with,
	                              and $_go_exit in gdb

In RUN and EXPECT lines {addr EXPR} is the address the program said EXPR has,
{len EXPR} its length, {g NAME} the id of the goroutine of that name, {wait NAME}
the address it waits for, {go} the Go release. Lines starting with # are comments;
a blank line ends a block.
"""

import dataclasses
import json
import pathlib
import re

NOT_FOUND = object()


@dataclasses.dataclass
class Block:
	"""One test."""

	file: str
	name: str
	target: str = "values"
	variants: tuple = ()
	since: str = "1.0"
	until: str = "1.999"
	maps: str = ""
	skins: tuple = ()
	runs: list = dataclasses.field(default_factory=list)
	checks: list = dataclasses.field(default_factory=list)
	exit: int = None


class BadTest(Exception):
	"""A .test file that cannot be read."""


def version(text):
	return tuple(int(part) for part in text.split("."))


def parse(path):
	"""The blocks of one file."""
	blocks, block, exact = [], None, None
	for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
		if exact is not None and line:
			exact.append(line)
			continue
		exact = None
		if not line.strip():
			block = None
			continue
		if line.startswith("#"):
			continue
		word, _, rest = line.partition(" ")
		rest = rest.strip()
		if word == "NAME":
			block = Block(path.stem, rest)
			blocks.append(block)
			continue
		if block is None:
			raise BadTest(f"{path}:{number}: {word} outside of a block")
		if word == "TARGET":
			block.target, *variants = rest.split()
			block.variants = tuple(variants)
		elif word in ("SINCE", "UNTIL", "MAPS"):
			setattr(block, word.lower(), rest)
		elif word == "SKINS":
			block.skins = tuple(rest.split())
		elif word == "RUN":
			block.runs.append(rest)
		elif word == "EXIT":
			block.exit = int(rest)
		elif word == "EXPECT_EXACT":
			exact = []
			block.checks.append((word, exact))
		elif word in ("EXPECT", "EXPECT_NOT", "EXPECT_JSON", "EXPECT_ERROR"):
			block.checks.append((word, rest))
		else:
			raise BadTest(f"{path}:{number}: no such word: {word}")
	return blocks


def wanted(block, release, variant, prog, notes):
	"""Does the block run on this core?"""
	if block.target != prog:
		return False
	if block.variants and variant not in block.variants:
		return False
	if not block.variants and variant == "stripped":
		return False
	if block.maps and notes.get("maps") != block.maps:
		return False
	return version(block.since) <= version(release) <= version(block.until)


class Words:
	"""Replaces {addr main.x} and the like by what the program said."""

	def __init__(self, release, truth):
		self.release = release
		self.items = {item["expr"]: item["value"]
			      for item in truth.get("vars", [])}
		self.goroutines = {g["name"]: g for g in truth.get("goroutines") or []}

	def fill(self, text, escape=False):
		def replace(hit):
			what, _, expr = hit[1].partition(" ")
			if what == "go":
				ret = self.release
			elif what == "g":
				ret = str(self.goroutines[expr]["id"])
			elif what == "wait":
				ret = self.goroutines[expr]["waits"][0]["address"]
			elif what == "addr":
				ret = self.items[expr]["address"]
			elif what == "value":
				ret = str(self.items[expr]["value"])
			else:
				ret = str(self.items[expr]["len"])
			return re.escape(ret) if escape else ret

		return re.sub(r"\{((?:addr|len|value|g|wait) [^{}]+|go)\}", replace, text)


def look(value, path):
	"""All that a path leads to: `result.fields[0].name`, `[*]` for each."""
	found = [value]
	for name, index in re.findall(r"([^.\[\]]+)|\[(\d+|\*)\]", path):
		after = []
		for it in found:
			if name and isinstance(it, dict) and name in it:
				after.append(it[name])
			elif index == "*" and isinstance(it, list):
				after += it
			elif index.isdigit() and isinstance(it, list) and int(index) < len(it):
				after.append(it[int(index)])
		found = after
	return found


def document(output):
	"""The one JSON document of an output."""
	try:
		first, _, rest = output.partition("\n")
		answer = json.loads(first)
		# A failure is also told as the front end tells its own errors.
		if rest.strip() and "error" not in answer:
			raise ValueError(f"more after it: {rest[:80]!r}")
		return answer
	except ValueError as error:
		raise AssertionError(f"not one JSON document: {error}") from error


def check_json(output, rest, words):
	path, _, text = rest.partition(" ")
	found = look(document(output), path)
	if not text:
		assert found, f"{path}: there is no such"
		return
	want = json.loads(words.fill(text))
	assert want in found and (want is not True or True in found), \
		f"{path}: expected {text}, got {json.dumps(found)[:300]}"


def check(block, output, words):
	"""Raise AssertionError, with the reason, if output is not as expected."""
	lines = output.split("\n")
	at = 0
	for word, rest in block.checks:
		if word == "EXPECT":
			pattern = words.fill(rest, escape=True)
			hits = [i for i in range(at, len(lines)) if re.search(pattern, lines[i])]
			assert hits, f"no line{' after the last hit' if at else ''} matches: {pattern}"
			at = hits[0]
		elif word == "EXPECT_NOT":
			pattern = words.fill(rest, escape=True)
			assert not any(re.search(pattern, line) for line in lines), \
				f"a line matches: {pattern}"
		elif word == "EXPECT_EXACT":
			want = [words.fill(line) for line in rest]
			assert lines == want, "not exactly:\n" + "\n".join(want)
		elif word == "EXPECT_JSON":
			check_json(output, rest, words)
		else:
			assert re.search(words.fill(rest, escape=True), output), f"the error does not say: {rest}"
	for line in block.runs:
		if "--json" in line.split() and len(block.runs) == 1:
			check_envelope(document(output), line)


def check_envelope(doc, line):
	"""What every JSON answer has, whatever the command."""
	assert doc.get("schema") == 1, "no schema"
	assert ("result" in doc) != ("error" in doc), "neither result nor error, or both"
	assert isinstance(doc.get("command"), str), "no command"
	if "error" in doc:
		codes = {"USAGE", "SYNTAX", "NOT_FOUND", "UNREADABLE", "CORRUPT", "MISMATCH",
			 "UNSUPPORTED", "NO_DEBUG_INFO", "INTERRUPTED", "NO_MEMORY"}
		assert doc["error"].get("code") in codes, "no such error code"
		assert doc["error"].get("message"), "an error without a message"
