#!/usr/bin/env python3
"""Does gdb's own print show Go's values as `go print` does?

usage: gdb_print.py [--build DIR] [--cores DIR] [--only GO/VARIANT] [--quick]

Every string, slice, map, channel and interface among the variables of `values`
is printed by gdb and by vole, on cores of many releases: alone, with Go's own
runtime-gdb.py loaded before and after vole, and after a live program went on.
The locals of all frames of all goroutines, most of them not yet set or no more
in use, must print without an error of ours. MI must find the same parts.

The last line is "N passed, N failed".
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import gdb_script
import gdb_view
import live
import options
import skins
from run import Report

TARGETS = ("1.18/opt", "1.22/opt", "1.22/noopt", "1.24/opt", "1.24/noopt", "1.26/opt",
	   "1.26/noopt", "1.26/pie")
QUICK = ("1.18/opt", "1.26/noopt")
KINDS = ("string", "slice", "map", "chan", "interface", "func")
LIMITS = "--depth 3 --limit 16"
MAX_VALUES = 100 # in one text; `go print` has no such option
SECONDS = 60 # for the locals of all goroutines


def one_line(text):
	"""What `go print` broke into lines."""
	text = re.sub(r"\s*\n\s*", "\n", text.strip())
	text = re.sub(r"(?<=[{(\[])\n", "", text)
	return re.sub(r",?\n(?=[})\]])", "", text).replace("\n", " ")


def variables(exe):
	truth = json.loads(pathlib.Path(f"{exe}.json").read_text())
	return [v["expr"] for v in truth["vars"]
		if v["value"].get("kind") in KINDS and re.fullmatch(r"(?:[\w./]+/)?\w+\.\w+", v["expr"])]


def answers(skin, exe, names):
	"""What vole prints, None where gdb would stop earlier."""
	texts = skin.run(exe, f"{exe}.core", [f"print {LIMITS} {name}" for name in names])
	return [None if len(re.findall(r"[{,(]", text)) > MAX_VALUES else one_line(text)
		for text in texts]


def gdb(arguments, lines, typed=False):
	"""What each of lines printed, however wide."""
	return gdb_script.ask(arguments + ["-ex", "set width 0", "-ex", "set height 0"],
			      lines, typed)


def ways(build, exe):
	"""Orders of loading vole and Go's own printers; and whether at a prompt."""
	source = ["-ex", f"source {build}/vole-gdb.py"]
	files = [str(exe), "-c", f"{exe}.core"]
	trusting = ["-iex", "set auto-load safe-path /"]
	late = ["-ex", f"file {exe}", "-ex", f"core-file {exe}.core"]
	script = runtime_script(exe)
	yield "alone", gdb_script.DEAF + files + source, False
	yield "after runtime-gdb.py", trusting + files + source, False
	yield "before runtime-gdb.py", trusting + source + late, False
	if script:
		yield "runtime-gdb.py sourced", gdb_script.DEAF + files + source + \
			["-ex", f"source {script}"], True


def runtime_script(exe):
	done = subprocess.run(["readelf", "-p", ".debug_gdb_scripts", exe],
			      stdout=subprocess.PIPE, check=False)
	found = re.search(rb"(/\S+runtime-gdb\.py)", done.stdout)
	return found[1].decode() if found and pathlib.Path(found[1].decode()).exists() else None


def values(build, exe, where, report):
	names = variables(exe)
	wanted = answers(skins.Vole(build), exe, names)
	for how, arguments, typed in ways(build, exe):
		begin = time.time()
		outputs = gdb(arguments, [f"print '{name}'" for name in names], typed)
		for name, want, output in zip(names, wanted, outputs):
			got = re.sub(r"^\$\d+ = ", "", output)
			if want is None or got == want:
				report.ok()
			else:
				report.fail(f"{where} {how}: print '{name}'",
					    f"{got}\nnot {want}")
		print(f"gdb print: {where} {how}: {len(names)} values, "
		      f"{time.time() - begin:.1f} s", flush=True)


def locals_of_all(build, exe, where, report):
	"""Whatever stands in uninitialised variables, nothing of ours breaks."""
	[all_of_them] = gdb_view.vole(build, ["core", str(exe), f"{exe}.core"],
				      "goroutines --json --limit 0")
	lines = []
	for g in all_of_them["result"]["goroutines"]:
		lines += [f"go goroutine {g['id']}", "bt -full 40"]
	begin = time.time()
	text = "\n".join(gdb(gdb_script.DEAF + [str(exe), "-c", f"{exe}.core", "-ex",
					       f"source {build}/vole-gdb.py"], lines)[1::2])
	took = time.time() - begin
	print(f"gdb print: {where}: locals of {len(lines) // 2} goroutines, "
	      f"{text.count(' = ')} values, {took:.1f} s", flush=True)
	for bad in re.findall(r".*(?:Python Exception|Traceback|Error occurred).*", text)[:5]:
		report.fail(f"{where} locals", bad)
	if took > SECONDS:
		report.fail(f"{where} locals", f"{took:.0f} s")
	else:
		report.ok()


# Every type over memory that is none of it: what uninitialised locals look like.
GARBAGE = """
import random, time
def garbage(names, times, seed=1):
    random.seed(seed)
    texts, worst = 0, 0.0
    spots = [int(gdb.parse_and_eval("&'%s'" % name)) for name in names]
    frame = int(gdb.newest_frame().read_register("rsp"))
    heap = [int(gdb.Value(at).cast(gdb.lookup_type("uintptr").pointer()).dereference())
            for at in spots]
    for name in names:
        pointer = gdb.parse_and_eval("'%s'" % name).type.pointer()
        for _ in range(times):
            at = random.choice([random.choice(spots), frame + random.randrange(4096),
                                random.choice(heap) + random.randrange(-256, 256),
                                random.randrange(1 << 47), random.randrange(4096)])
            begin = time.time()
            try:
                text = gdb.Value(at % (1 << 64)).cast(pointer).dereference().format_string()
                texts += "cannot be read" not in text
            except gdb.MemoryError:
                pass
            worst = max(worst, time.time() - begin)
    print("garbage: %d texts, %.3f s at most" % (texts, worst))
"""


def garbage(build, exe, where, report):
	names = [name for name in variables(exe) if "decoded" not in name]
	with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
		script.write(GARBAGE)
		script.flush()
		out = gdb(gdb_script.DEAF +
			  [str(exe), "-c", f"{exe}.core", "-ex", f"source {build}/vole-gdb.py",
			   "-ex", f"source {script.name}"],
			  [f"python garbage({names}, 100)"])[0]
	print(f"gdb print: {where}: {out[-200:]}", flush=True)
	found = re.search(r"(\d+) texts, ([\d.]+) s at most", out)
	if found and int(found[1]) > len(names) and float(found[2]) < 1 and "Exception" not in out:
		report.ok()
	else:
		report.fail(f"{where} garbage", out[-2000:])


def mi(build, exe, where, report):
	"""Parts of variable objects are the parts that vole knows."""
	names = variables(exe)
	skin = skins.Vole(build)
	wanted = [json.loads(text)["result"] for text in skin.run(
		exe, f"{exe}.core", [f"print --json {LIMITS} {name}" for name in names])]
	lines = ["-enable-pretty-printing"]
	for index, name in enumerate(names):
		lines += [f"{index}1-var-create v{index} * \"'{name}'\"",
			  f"{index}2-var-list-children --all-values v{index}"]
	text = gdb_script.ask_mi(build, exe, f"{exe}.core", lines)
	found = dict(re.findall(r"^(\d+)\^(.*)$", text, flags=re.M))
	for index, (name, value) in enumerate(zip(names, wanted)):
		problem = wrong_parts(value, found.get(f"{index}1", ""), found.get(f"{index}2", ""))
		if problem:
			report.fail(f"{where} mi: {name}", problem)
		else:
			report.ok()


def wrong_parts(value, created, listed):
	if not created.startswith("done") or not listed.startswith("done"):
		return f"{created}\n{listed}"
	num = len(re.findall(r"child=\{", listed))
	kind = value["kind"]
	if kind == "string":
		quoted = json.dumps(value["value"], ensure_ascii=False)
		plain = value["len"] < 256 and re.fullmatch(r"[ -!#-~]*", value["value"])
		return None if num == 0 and (not plain or quoted[1:-1] in created) else created
	if kind == "func":
		want = 0
	elif kind == "interface":
		want = 0 if value.get("nil") else 1
	else:
		want = min(value.get("len") or 0, 1000)
	return None if num == want else f"{num} parts, not {want}: {listed[:300]}"


def goes_on(build, exe, where, report):
	"""What was printed before the program ran is not printed again."""
	source = ["-ex", f"source {build}/vole-gdb.py"]
	with live.Process(exe) as process:
		first, *_, second = gdb(
			gdb_script.DEAF + ["-p", str(process.pid)] + source,
			["print 'main.users'", "handle SIGURG nostop noprint pass",
			 f"break '{live.PLACE}'", "continue", "continue", "continue", "finish",
			 "print 'main.users'"])
	ages = [re.search(r'"tick": .*?Age: (\d+)', text) for text in (first, second)]
	if ages[1] and (not ages[0] or int(ages[1][1]) > int(ages[0][1])):
		report.ok()
	else:
		report.fail(f"{where} live", f"{first}\n{second}")


def main():
	arguments = options.parser(__doc__, only="GO/VARIANT", quick=True).parse_args()
	report = Report(False)
	build = arguments.build.resolve()
	for target in QUICK if arguments.quick else TARGETS:
		if not target.startswith(arguments.only):
			continue
		exe = arguments.cores / target / "values"
		goroutines = exe.with_name("goroutines")
		try:
			values(build, exe, target, report)
			mi(build, exe, target, report)
			locals_of_all(build, goroutines if goroutines.exists() else exe, target,
				      report)
			garbage(build, exe, target, report)
			if not arguments.quick:
				goes_on(build, exe, target, report)
		except (skins.SkinFailed, subprocess.TimeoutExpired, OSError) as error:
			report.fail(target, str(error))
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
