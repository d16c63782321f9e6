"""The ways into vole: each runs a list of commands in one process.

A skin is given command lines without "go" and returns what each printed, as
text without the ends of lines that differ between debuggers.
"""

import os
import pathlib
import re
import subprocess
import tempfile

# Where tools/setup unpacks lldb 14, which cannot be installed beside lldb 19.
UNPACKED = pathlib.Path(__file__).resolve().parents[2] / "build/deps/lldb-14/lldb-14"

DEADLINE = 300


class SkinFailed(Exception):
	"""The debugger did not get through all commands; the text says how far."""


def separator(index):
	return f"@@@ {index} @@@"


def unprefixed(text):
	"""vole and lldb say "error: " before an error, gdb does not."""
	return re.sub(r"^error: ", "", text, flags=re.M).strip("\n")


class Skin:
	"""One front end on one program and its core."""

	name = ""

	def __init__(self, build):
		self.build = pathlib.Path(build).resolve()

	def missing(self):
		"""Why this skin cannot run here, or None."""
		raise NotImplementedError

	def command(self, exe, core, lines, directory):
		"""The process to start, and what it is given on stdin."""
		raise NotImplementedError

	def clean(self, text, line):
		"""What line printed, without the debugger's own additions."""
		return unprefixed(text)

	def exit_of(self, text):
		"""What else is in text: the answer, and its exit code or None."""
		return text, None

	def run(self, exe, core, lines, deadline=DEADLINE):
		"""Outputs, one for each of lines."""
		return [output for output, _ in self.ask(exe, core, lines, deadline)]

	def ask(self, exe, core, lines, deadline=DEADLINE):
		"""For each of lines its output, and its exit code or None."""
		script = [f'print "{separator(0)}"']
		for number, line in enumerate(lines, 1):
			script += [line, f'print "{separator(number)}"']
		with tempfile.TemporaryDirectory() as directory:
			command, given = self.command(exe, core, script, directory)
			try:
				done = subprocess.run(
					command, input=given, stdout=subprocess.PIPE,
					stderr=subprocess.STDOUT, timeout=deadline,
					env=environment())
				out, how = done.stdout, f"exit {done.returncode}"
			except subprocess.TimeoutExpired as late:
				out, how = late.stdout or b"", f"no end after {deadline} s"
		return self.split_all(out.decode("utf-8", "surrogateescape"), lines, how)

	def split(self, text, lines, how):
		return [output for output, _ in self.split_all(text, lines, how)]

	def split_all(self, text, lines, how):
		ret = []
		# Also where the command itself is echoed, hence the line's start.
		parts = re.split(r'^(?:\(lldb\) )?"@@@ (\d+) @@@"\n', text, flags=re.M)
		found = dict(zip((int(n) for n in parts[1::2]), parts[0::2]))
		for number, line in enumerate(lines, 1):
			if number not in found:
				before = lines[number - 2] if number > 1 else "the start"
				raise SkinFailed(f"{self.name}: {how}; no answer to `{line}` "
						 f"(after `{before}`); it ended with:\n"
						 + text[-1500:])
			output, code = self.exit_of(found[number])
			ret.append((self.clean(output, line), code))
		return ret


def environment():
	"""Nothing of the user's own may change what is printed."""
	return {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80",
		"LC_ALL": "C.UTF-8", "HOME": "/nonexistent",
		"DEBUGINFOD_URLS": ""}


class Vole(Skin):
	name = "vole"

	def missing(self):
		path = self.build / "vole"
		return None if path.exists() else f"{path} is not there"

	def command(self, exe, core, lines, directory):
		path = pathlib.Path(directory) / "commands"
		path.write_text("\n".join(lines) + "\n")
		return [self.build / "vole", "core", exe, core, "-x", path], None

	def exits(self, exe, core, lines, deadline=DEADLINE):
		"""How each of lines ends a process of its own."""
		return [subprocess.run(
			[self.build / "vole", "core", exe, core, "-e", line],
			stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL, timeout=deadline,
			env=environment()).returncode for line in lines]


# What gdb says when it comes to a thread of a machine that it does not know.
GDB_NOISE = re.compile(r"\n?^warning: Unexpected size of section `\.reg-xstate/\d+' in core file\.\n",
		       re.M)


class Gdb(Skin):
	name = "gdb"

	def missing(self):
		path = self.build / "vole-gdb.py"
		if not path.exists():
			return f"{path} is not there"
		return None if which("gdb") else "no gdb"

	def command(self, exe, core, lines, directory):
		# A script would end at its first error; -ex goes on.
		command = ["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load no",
			   "-iex", "set debuginfod enabled off",
			   "-ex", f"source {self.build}/vole-gdb.py"]
		for line in lines:
			command += ["-ex", "go " + line,
				    "-ex", 'printf "\\n@exit %d\\n", $_go_exit']
		return command + [exe, core], None

	def clean(self, text, line):
		return unprefixed(GDB_NOISE.sub("", text))

	def exit_of(self, text):
		# The first is of the separator before.
		found = re.fullmatch(r"\n@exit \d+\n(.*)\n@exit (\d+)\n", text, re.S)
		return (found[1], int(found[2])) if found else (text, None)


class Lldb(Skin):
	name = "lldb-19"
	program = "lldb-19"

	def missing(self):
		path = self.build / "vole-lldb.so"
		if not path.exists():
			return f"{path} is not there"
		return None if which(self.program) else f"no {self.program}"

	def command(self, exe, core, lines, directory):
		# Commands on stdin go on after an error, which -o and -s do not.
		given = "".join(f"go {line}\n" for line in lines)
		return [self.program, "--no-lldbinit", "--no-use-colors",
			"-O", f"plugin load {self.build}/vole-lldb.so",
			"--core", core, exe], given.encode("utf-8", "surrogateescape")

	def clean(self, text, line):
		# Whatever lldb said of the target comes before its echo.
		text = text.rpartition(f"(lldb) go {line}\n")[2]
		# The echo of the separator's own command comes before it.
		text = re.sub(r"\(lldb\) go print '?\"@@@ \d+ @@@\"'?\n", "", text)
		return unprefixed(text)


class Lldb14(Lldb):
	name = "lldb-14"
	program = os.environ.get("VOLE_LLDB14", str(UNPACKED))

	def missing(self):
		if not os.access(self.program, os.X_OK):
			return f"there is no {self.program} (tools/setup unpacks it)"
		return super().missing()


def which(program):
	for directory in os.environ.get("PATH", "").split(":") + [""]:
		path = os.path.join(directory, program)
		if os.access(path, os.X_OK) and os.path.isfile(path):
			return path
	return None


ALL = {skin.name: skin for skin in (Vole, Gdb, Lldb, Lldb14)}
