"""The options that all tests of cores take."""

import argparse
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parser(doc, only=None, quick=False):
	"""
	A parser for the test that @doc describes: --build, --cores, and --only
	with what it takes as @only says.
	"""
	ret = argparse.ArgumentParser(description=doc.splitlines()[0])
	ret.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
	ret.add_argument("--cores", type=pathlib.Path, default=ROOT / "build/cores")
	if only:
		ret.add_argument("--only", metavar=only, default="")
	if quick:
		ret.add_argument("--quick", action="store_true")
	return ret
