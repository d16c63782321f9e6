"""Many commands in one run of gdb."""

import re
import subprocess

import skins

START = ["gdb", "-nx", "-q", "-iex", "set debuginfod enabled off"]
# Go's own runtime-gdb.py is not loaded.
DEAF = ["-iex", "set auto-load no"]


def text_of(command, given, timeout):
	done = subprocess.run(command, input=given.encode(), stdout=subprocess.PIPE,
			      stderr=subprocess.STDOUT, timeout=timeout,
			      env=skins.environment(), check=False)
	return done.stdout.decode("utf-8", "surrogateescape")


def ask(arguments, lines, typed=False, timeout=300):
	"""What each of lines printed; typed: at the prompt."""
	script = []
	for number, line in enumerate(lines):
		script += [f"echo \\n@@@ {number}\\n", line]
	script.append(f"echo \\n@@@ {len(lines)}\\n")
	command, given = START + arguments, ""
	if typed:
		given = "\n".join(["set prompt", "set confirm off"] + script + ["quit"]) + "\n"
	else:
		command += ["-batch"] + [word for line in script for word in ("-ex", line)]
	text = text_of(command, given, timeout)
	parts = re.split(r"^@@@ (\d+)\n", text, flags=re.M)
	found = {int(n): part.strip("\n") for n, part in zip(parts[1::2], parts[2::2])}
	if len(found) != len(lines) + 1:
		raise skins.SkinFailed(f"gdb came to {len(found)} of {len(lines)} commands:\n"
				       + text[-1500:])
	return [found[i] for i in range(len(lines))]


def ask_mi(build, exe, core, lines):
	"""All that the machine interface says to lines."""
	return text_of(START + ["--interpreter=mi3", *DEAF, exe, "-c", core,
				"-ex", f"source {build}/vole-gdb.py"],
		       "\n".join(lines + ["-gdb-exit"]) + "\n", 300)
