#!/usr/bin/env python3
"""Compare what vole says goroutines wait for with what they said themselves.

usage: waits.py [--quick] [--build DIR] [--cores DIR] [--only GO[/VARIANT[/PROG]]]
                [--jobs N]

The truth is PROG.json: of each goroutine what it waits for, the holder of a
lock, the locks that go round, and those that nothing can wake. The last line is
"N passed, N failed"; a goroutine is one test.
"""

import concurrent.futures
import sys

import run
import script
import stacks

# What programs say, as vole says it.
KINDS = {
	"receive": ("chan", "receive"), "send": ("chan", "send"),
	"mutex": ("mutex", "lock"),
	"rwmutex read": ("rwmutex", "rlock"), "rwmutex write": ("rwmutex", "lock"),
	"wait group": ("waitgroup", "wait"), "condition": ("cond", "wait"),
}


def objects_missing(told, row):
	mine = {(row["kind"], it.get("op"), it["address"]) for it in row.get("objects") or []}
	for wait in told.get("waits") or []:
		want = (*KINDS[wait["kind"]], wait["address"])
		if want not in mine:
			yield f"vole {sorted(map(str, mine))}, told {want}"


def holder_wrong(told, row):
	"""A holder that was told of must be among those that vole thinks likely."""
	likely = [it["goroutine"] for it in row.get("holders") or [] if it["certainty"] == "likely"]
	if told.get("holder") and likely and told["holder"] not in likely:
		yield f"held by {told['holder']}, vole says {likely}"


def check_goroutine(told, row):
	if row is None:
		return ["vole says it waits for nothing"] if told.get("waits") else []
	wrong = [*objects_missing(told, row), *holder_wrong(told, row)]
	if told["state"] == "sleep" and (row["kind"], row.get("wakes_in_ns", 0) > 0) != ("time", True):
		wrong.append(f"it sleeps; vole says {row}")
	if "(nil chan)" in told["state"] and row["kind"] != "forever":
		wrong.append(f"it waits forever; vole says {row['kind']}")
	if told["state"] == "IO wait" and (row["kind"], row.get("fd", -1) >= 0) != ("fd", True):
		wrong.append(f"it waits for a descriptor; vole says {row}")
	return wrong


def check_core(core, build, report):
	told = [g for g in core.truth.get("goroutines") or []
		if g["state"] not in ("running", "runnable")]
	if not told:
		return
	try:
		answer, = script.results(build / "vole", ("core", core.exe, core.core),
					 ["waits --json --limit 0 --system"])
	except script.Refused:
		report.count(refused=1)
		return
	rows = {row["goroutine"]: row for row in answer["waits"]}
	for it in told:
		report.judge(f"{core.name} goroutine {it['id']} ({it['name']})",
			     check_goroutine(it, rows.get(it["id"])))
	report.count(cores=1)


def main():
	arguments = stacks.parse_arguments()
	report = stacks.Report(arguments.verbose)
	with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
		pending = {pool.submit(check_core, core, arguments.build, report): core
			   for core in run.find_cores(arguments)}
		for done in concurrent.futures.as_completed(pending):
			try:
				done.result()
			except Exception as error:  # one core's trouble is not the others'
				report.judge(pending[done].name, [f"{type(error).__name__}: {error}"])
	if not report.counts["cores"]:
		report.judge("waits", [f"no core with goroutines in {arguments.cores}"])
	print(f"{report.counts['cores']} cores, {report.counts['refused']} stripped ones refused")
	print(f"{report.passed} passed, {report.failed} failed")
	return 1 if report.failed else 0


if __name__ == "__main__":
	sys.exit(main())
