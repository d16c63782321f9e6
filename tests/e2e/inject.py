"""Absurd words in a copy of a good core: nothing may crash, hang or swell."""

import json

import elfpatch
import guarded

HUGE = 1 << 63
WILD = 0x10

# What says that something is wrong.
WORDS = ("unreadable", "cannot be read", "CORRUPT", "UNREADABLE", "corrupt", "not mapped",
	 "cycle", '"ok":false', '"ok": false', '"problems":[{', '"warnings":["', '"end":"',
	 "could not be followed")


class Injection:
	"""Faults, one after the other, and commands that meet them."""

	def __init__(self, vole, exe, core, report, where):
		self.vole, self.exe, self.report, self.where = vole, exe, report, where
		self.image = elfpatch.Image(core)

	def all(self):
		"""(what it is, what it is in, [(address, bytes or word)])"""
		raise NotImplementedError

	def commands(self, where):
		"""Those that meet a fault in that."""
		raise NotImplementedError

	@staticmethod
	def harmless(what):
		"""Is the fault one that no command has to tell?"""
		raise NotImplementedError

	def run(self, only=""):
		for what, place, changes in self.all():
			if only not in what:
				continue
			try:
				for addr, data in changes:
					self.image.write(addr, data)
			except KeyError as error:
				self.report.fail(f"{self.where} {what}", f"cannot be made: {error}")
				self.image.restore()
				continue
			told = False
			for command in self.commands(place):
				told |= self.one(what, command)
			self.image.restore()
			if told or self.harmless(what):
				self.report.ok()
			else:
				self.report.fail(f"{self.where} {what}",
						 "no command said that anything is wrong")

	def line(self, command):
		return [self.vole, "core", self.exe, self.image.path, "-e", command]

	def one(self, what, command):
		"""Run one; True if it said that something is wrong."""
		end = guarded.run(self.line(command))
		reasons = list(end.sane())
		if "--json" in command and end.whole:
			try:
				json.loads(end.out)
			except ValueError as error:
				reasons.append(f"not one JSON document: {error}")
		if end.code == 2:
			reasons.append("exit 2: it is not the user's mistake")
		if reasons:
			self.report.fail(f"{self.where} {what}",
					 f"`{command}`: {'; '.join(reasons)}\n"
					 f"{end.err[:300]}{end.out[:200]}")
		else:
			self.report.ok()
		return end.code in (1, 3) or any(word in end.out for word in WORDS)
