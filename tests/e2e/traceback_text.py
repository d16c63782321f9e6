"""Go's own tracebacks, read: what a dying program wrote on stderr.

All releases' forms are known. With GOTRACEBACK=crash the runtime leaves out no
frame of a stack it prints, neither its own nor the compiler's wrappers, and
gives fp, sp and pc of every frame that is not inlined; see
runtime/traceback.go, traceback2 and showfuncinfo.
"""

import dataclasses
import re

HEADER = re.compile(
	r"goroutine (?P<id>\d+)"
	r"(?: gp=(?P<gp>0x[0-9a-f]+) m=(?P<m>\d+|nil)(?: mp=(?P<mp>0x[0-9a-f]+))?)?"
	r" \[(?P<status>.*?)(?P<scan> \(scan\))?(?: \(leaked\))?"
	r"(?:, (?P<minutes>\d+) minutes)?"
	r"(?P<locked>, locked to thread)?"
	r"(?:, synctest (?:group|bubble) \d+)?"
	r"(?: labels:\{.*\})?\]:$")
CREATED = re.compile(r"created by (?P<function>.+?)(?: in goroutine (?P<parent>\d+))?$")
PLACE = re.compile(
	r"\t(?P<file>.+):(?P<line>\d+)(?: \+0x[0-9a-f]+)?"
	r"(?: fp=(?P<fp>0x[0-9a-f]+) sp=(?P<sp>0x[0-9a-f]+) pc=(?P<pc>0x[0-9a-f]+))?$")
ELIDED = re.compile(r"\.\.\.(?P<count>\d+|additional) frames elided\.\.\.$")


@dataclasses.dataclass
class Frame:
	"""One call; pc, sp and fp where they were printed."""

	function: str
	file: str = ""
	line: int = 0
	inlined: bool = False
	pc: int = None
	sp: int = None
	fp: int = None


@dataclasses.dataclass
class Goroutine:
	"""One stack of a traceback, innermost frame first."""

	id: int
	status: str
	gp: int = None
	m: int = None
	minutes: int = 0
	locked: bool = False
	scan: bool = False
	frames: list = dataclasses.field(default_factory=list)
	# Frames left out before frames[elided_at]; None in number: some.
	elided_at: int = None
	elided: int = 0
	created_by: Frame = None
	parent: int = 0
	unavailable: bool = False
	broken: str = ""


def function_name(text):
	"""A function as the runtime prints it: one pair of brackets at most."""
	if text == "panic":
		return "runtime.gopanic"
	first, last = text.find("["), text.rfind("]")
	return text[:first] + "[...]" + text[last + 1:] if 0 <= first < last else text


def number(text):
	return int(text, 0) if text else None


class Reader:
	"""Takes the lines one by one."""

	def __init__(self):
		self.goroutines = []
		self.runtime_stacks = []
		self.now = self.frame = None

	def begin(self, goroutine):
		self.now, self.frame = goroutine, None
		return goroutine

	def header(self, line):
		hit = HEADER.match(line)
		if not hit:
			return False
		m = None if hit["m"] in (None, "nil") else int(hit["m"])
		self.goroutines.append(self.begin(Goroutine(
			int(hit["id"]), hit["status"], number(hit["gp"]), m,
			int(hit["minutes"] or 0), bool(hit["locked"]), bool(hit["scan"]))))
		return True

	def place(self, line):
		hit = PLACE.match(line)
		if not hit or self.frame is None:
			return
		frame, self.frame = self.frame, None
		frame.file, frame.line = hit["file"], int(hit["line"])
		frame.pc, frame.sp, frame.fp = (number(hit[n]) for n in ("pc", "sp", "fp"))

	def call(self, line):
		"""`main.(*T).f(0x1, {0x2, 0x3})`; no argument has parentheses."""
		end = line.rfind("(")
		if end <= 0 or not line.endswith(")"):
			return False
		self.frame = Frame(function_name(line[:end]), inlined=line[end:] == "(...)")
		self.now.frames.append(self.frame)
		return True

	def line(self, line):
		if line == "runtime stack:":
			self.runtime_stacks.append(self.begin(Goroutine(0, "runtime stack")))
		elif self.header(line):
			return
		elif self.now is None:
			return
		elif not line or line.startswith("-----"):
			self.now = None
		elif "stack unavailable" in line:
			self.now.unavailable = True
		elif line.startswith("\t"):
			self.place(line)
		elif hit := CREATED.match(line):
			self.frame = self.now.created_by = Frame(function_name(hit["function"]))
			self.now.parent = int(hit["parent"] or 0)
		elif hit := ELIDED.match(line):
			self.now.elided_at = len(self.now.frames)
			self.now.elided = None if hit["count"] == "additional" else int(hit["count"])
		elif line.startswith("[originating from"):
			self.now = None  # ancestors: stacks that are no more
		elif not self.call(line):
			self.other(line)

	def other(self, line):
		"""Registers end a stack; a complaint of the unwinder spoils it."""
		if re.match(r"r\w+ +0x|exit status|SIG[A-Z]+:|fatal error:", line):
			self.now = None
		elif line.startswith("runtime: "):
			self.now.broken = self.now.broken or line


def read(text):
	"""(goroutines in the order printed, stacks of the runtime's own)."""
	reader = Reader()
	for line in text.split("\n"):
		reader.line(line.rstrip("\r"))
	return reader.goroutines, reader.runtime_stacks


def merged(goroutines):
	"""By id, each once: a thread that is signalled prints its goroutine again,
	then with the stack that was unavailable to the first. Those of id 0 are
	stacks of threads, not goroutines."""
	ret = {}
	for goroutine in goroutines:
		if goroutine.id == 0:
			continue
		before = ret.get(goroutine.id)
		if before is None or before.unavailable or not before.frames:
			ret[goroutine.id] = goroutine
	return ret
