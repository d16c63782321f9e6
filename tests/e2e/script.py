"""Many commands in one run of the vole program."""

import json
import subprocess
import tempfile


def ask(vole, exe, core, commands):
	"""The JSON documents of all commands, in one run."""
	with tempfile.NamedTemporaryFile("w", suffix=".vole") as script:
		script.write("\n".join(commands) + "\n")
		script.flush()
		out = subprocess.run([vole, "core", exe, core, "-x", script.name],
				     capture_output=True, text=True, check=False)
	ret = [json.loads(line) for line in out.stdout.splitlines() if line]
	assert len(ret) == len(commands), \
		f"{len(commands)} commands, {len(ret)} answers: {out.stderr[:300]}"
	return ret
