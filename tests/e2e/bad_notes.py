"""Cores of a PIE that lost what tells where it was loaded.

A core that was cut off before its notes (gcore writes them last), or whose
first page of the executable was not dumped: the answers must be those of the
whole core, in each front end, or an error; never those of another address.
"""

import struct
import subprocess
import tempfile

import elfpatch
import skins

PAGE = 4096
FLAGS = 4  # of a program header
QUESTIONS = ("print main.Answer", "print &main.users", 'print main.users["bob"]',
	     "print main.chanUnbuffered", "vars --limit 5 main.")
BY_LAYOUT = "where the core's segments lie like its own"
UNKNOWN = "was loaded is not known"


class Core:
	"""A core of the kernel, and the places in its file that tell."""

	def __init__(self, exe, core):
		self.exe, self.core = exe, core
		head = exe.read_bytes()[:PAGE]
		self.page, self.text, self.notes = [], [], []
		with open(core, "rb") as file:
			start = file.read(1 << 20)
			offset, = struct.unpack_from("<Q", start, 32)
			count, = struct.unpack_from("<H", start, 56)
			for at in range(offset, offset + 56 * count, 56):
				kind, _, where, _, _, size = struct.unpack_from("<IIQQQQ", start, at)
				if kind == elfpatch.PT_NOTE:
					self.notes.append((at, b"\0" * 4))
				file.seek(where)
				if kind == elfpatch.PT_LOAD and size >= PAGE and file.read(PAGE) == head:
					self.page.append((where, b"\0" * PAGE))
					self.text.append((at + FLAGS, b"\0" * 4))
		if (len(self.notes), len(self.page)) != (1, 1):
			raise ValueError(f"{core}: {len(self.notes)} tables of notes, "
					 f"{len(self.page)} first pages")

	def without(self, target, *what):
		changes = [change for name in what for change in getattr(self, name)]
		return elfpatch.patched(self.core, target, *changes)


def answers(skin, core, path, says, wanted):
	"""What is wrong with what is told of the core at path."""
	info, *got = skin.run(core.exe, path, ["info", *QUESTIONS])
	if says not in info:
		yield f"info does not say {says!r}:\n{info[:600]}"
	for line, text, right in zip(QUESTIONS, got, wanted):
		if text != right:
			yield f"{line}\nprinted {text!r}"


def refusals(skin, core, path):
	"""What is wrong where each question must be refused."""
	with tempfile.TemporaryDirectory() as directory:
		command, given = skin.command(core.exe, path, QUESTIONS, directory)
		out = subprocess.run(command, input=given, stdout=subprocess.PIPE,
				     stderr=subprocess.STDOUT, timeout=skins.DEADLINE,
				     env=skins.environment()).stdout.decode()
	refused = sum(UNKNOWN in line for line in out.splitlines())
	if refused != len(QUESTIONS):
		yield f"{refused} refused:\n{out[-600:]}"


def check(skin, core, path, says, wanted):
	try:
		if says == UNKNOWN:
			return list(refusals(skin, core, path))
		return list(answers(skin, core, path, says, wanted))
	except (skins.SkinFailed, subprocess.TimeoutExpired) as error:
		return [str(error)]


def run(arguments, report):
	path = arguments.build / "bad" / "notes.core"
	for release in ("1.22", "1.26"):
		exe = arguments.cores / release / "pie/values"
		core = Core(exe, exe.with_name("values.core"))
		ways = [kind(arguments.build) for kind in (skins.Vole, skins.Gdb, skins.Lldb)]
		ways = [skin for skin in ways if not skin.missing()]
		wanted = ways[0].run(exe, core.core, QUESTIONS)
		for what, lost, says in (
			("notes lost", ("notes",), "load bias"),
			("notes and first page lost", ("notes", "page"), BY_LAYOUT),
			("notes, first page and layout lost", ("notes", "page", "text"), UNKNOWN),
		):
			name = f"{release} PIE, {what}"
			if (arguments.k or "") not in name:
				continue
			core.without(path, *lost)
			for skin in ways:
				wrong = check(skin, core, path, says, wanted)
				if wrong:
					report.fail(f"bad input: {name}, in {skin.name}",
						    "\n".join(wrong))
				else:
					report.ok(len(QUESTIONS))
		path.unlink(missing_ok=True)
