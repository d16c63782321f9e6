"""Absurd words in what the runtime knows of goroutines: nothing may crash,
hang or swell, and what is damaged must be told.

Offsets come from `layout` and addresses from what the program said of a good
core, so that nothing of any release is written down here.
"""

import json

import elfpatch
import guarded

WILD = 0x10
HUGE = 1 << 63
LIST_LIMIT = 100000
# What is said of damage; a good core has none of these words.
TELLING = ("damaged", "cannot be read", "CORRUPT", "UNREADABLE", "does not know", "back to itself",
	   "could not be followed", "warning: ", '"warnings":["', '"problems":[{')
# Values as good as others. A page may name the span that it was of before.
HARMLESS = ("semaphores: semaphore nowhere", "collector: 2^32 cycles",
	    "lists: panics that are the goroutine", "heap: a span that is a goroutine",
	    "heap: a span at the last page", "heap: specials that are their own")


class SchedFaults:
	"""All of them for one core of the program `goroutines`."""

	def __init__(self, vole, exe, core, report, where):
		self.vole, self.exe, self.report, self.where = vole, exe, report, where
		self.image = elfpatch.Image(core)
		fields = self.ask("layout --json")["fields"]
		self.offsets = {f["id"]: f["offset"] for f in fields if "offset" in f}
		self.waits = self.ask("waits --json --limit 0")["waits"]
		listed = self.ask(f"goroutines --json --limit {LIST_LIMIT}")["goroutines"]
		self.g_of = {g["id"]: int(g["address"], 16) for g in listed}
		self.main = self.g_of[1]

	def run_one(self, *commands):
		line = [self.vole, "core", self.exe, self.image.path]
		for command in commands:
			line += ["-e", command]
		return guarded.run(line)

	def ask(self, command):
		return json.loads(self.run_one(command).out)["result"]

	def var(self, name):
		value = self.ask(f"print --json --depth 0 --limit 1 runtime.{name}")
		return int(value["address"], 16)

	def field(self, addr, name):
		return addr + self.offsets[name]

	def follow(self, addr, name):
		return self.image.word(self.field(addr, name))

	def waiting_in(self, kind, select=False):
		"""The g of one that waits so."""
		for wait in self.waits:
			if wait["kind"] == kind and wait["select"] == select:
				return wait, self.g_of[wait["goroutine"]]
		raise KeyError(f"no goroutine waits in a {kind}")

	def all(self):
		"""(what it is, goroutine or None, [(address, bytes or word)])"""
		for group in (self.channels, self.selects, self.semaphores, self.lists,
			      self.goroutines, self.queues, self.collector, self.heap):
			yield from group()

	def channels(self):
		wait, g = self.waiting_in("chan")
		sudog, chan = self.follow(g, "G.WAITING"), int(wait["objects"][0]["address"], 16)
		for what, changes in {
			"sudog nowhere": [(self.field(g, "G.WAITING"), WILD)],
			"sudog at the last word": [(self.field(g, "G.WAITING"), -8)],
			"sudog of another": [(self.field(sudog, "SUDOG.G"), self.main)],
			"sudog of nobody": [(self.field(sudog, "SUDOG.G"), 0)],
			"channel nowhere": [(self.field(sudog, "SUDOG.C"), WILD)],
			"channel that is its sudog": [(self.field(sudog, "SUDOG.C"), sudog)],
			"queue that is its own": [(self.field(sudog, "SUDOG.NEXT"), sudog)],
			"queue that leads nowhere": [(self.field(sudog, "SUDOG.NEXT"), WILD)],
			"queues nowhere": [(self.field(chan, "HCHAN.RECVQ"), WILD),
					   (self.field(chan, "HCHAN.SENDQ"), -8)],
			"queues that are the channel": [(self.field(chan, "HCHAN.RECVQ"), chan),
							(self.field(chan, "HCHAN.SENDQ"), chan)],
		}.items():
			yield "channel: " + what, wait["goroutine"], changes

	def selects(self):
		wait, g = self.waiting_in("chan", True)
		sudog = self.follow(g, "G.WAITING")
		link = self.field(sudog, "SUDOG.WAIT_LINK")
		for what, changes in {
			"a case that is its own": [(link, sudog)],
			"a case nowhere": [(link, WILD)],
			"a case that is a goroutine": [(link, g)],
		}.items():
			yield "select: " + what, wait["goroutine"], changes

	def semaphores(self):
		table = self.var("semtable")
		at = [self.field(table + 64 * i, "SEMA_ROOT.TREAP") for i in range(251)]
		root, sudog = next((a, self.image.word(a)) for a in at if self.image.word(a))
		for what, changes in {
			"root nowhere": [(root, WILD)],
			"root that is the table": [(root, table)],
			"treap that is its own": [(self.field(sudog, "SUDOG.NEXT"), sudog),
						  (self.field(sudog, "SUDOG.PREV"), sudog)],
			"waiters that are their own": [(self.field(sudog, "SUDOG.WAIT_LINK"), sudog)],
			"one treap for all": [(a, sudog) for a in at],
			"semaphore nowhere": [(self.field(sudog, "SUDOG.ELEM"), WILD)],
		}.items():
			yield "semaphores: " + what, None, changes

	def lists(self):
		"""Deferred calls and panics, made of a goroutine's own words."""
		_, g = self.waiting_in("chan")
		number = next(i for i, a in self.g_of.items() if a == g)
		lo = self.follow(g, "G.STACK_LO")
		defers, panics = self.field(g, "G.DEFER"), self.field(g, "G.PANIC")
		zeros = b"\0" * 128
		for what, changes in {
			"deferred calls nowhere": [(defers, WILD)],
			"deferred calls at the last word": [(defers, -8)],
			"deferred calls that are the goroutine": [(defers, g)],
			"deferred calls that are their own": [
				(defers, lo), (lo, zeros), (self.field(lo, "DEFER.LINK"), lo)],
			"panics nowhere": [(panics, WILD)],
			"panics that are the goroutine": [(panics, g)],
			"panics that are their own": [
				(panics, lo), (lo, zeros), (self.field(lo, "PANIC.LINK"), lo)],
		}.items():
			yield "lists: " + what, number, changes

	def goroutines(self):
		wait, g = self.waiting_in("chan")
		allgs = self.var("allgs")
		first = self.image.word(allgs)
		for what, changes in {
			"2^40 of them": [(allgs + 8, 1 << 40)],
			"2^63 of them": [(allgs + 8, HUGE), (allgs + 16, HUGE)],
			"2^24 of them, nowhere": [(allgs, WILD), (allgs + 8, 1 << 24), (allgs + 16, 1 << 24)],
			"list nowhere": [(allgs, WILD)],
			"one nowhere": [(first + 8, WILD)],
			"one at the last word": [(first + 8, -8)],
			"a status that is none": [(self.field(g, "G.STATUS"), b"\x63\0\0\0")],
			"a stack that ends before it begins": [(self.field(g, "G.STACK_HI"), 8)],
			"a stack of all memory": [(self.field(g, "G.STACK_LO"), 0),
						  (self.field(g, "G.STACK_HI"), -8)],
			"a stack pointer nowhere": [(self.field(g, "G.SCHED_SP"), WILD)],
			"a pc nowhere": [(self.field(g, "G.SCHED_PC"), WILD)],
		}.items():
			yield "goroutines: " + what, wait["goroutine"], changes

	def queues(self):
		sched, allp = self.var("sched"), self.var("allp")
		p, g = self.image.word(self.image.word(allp)), self.waiting_in("chan")[1]
		head, link = self.field(sched, "SCHED.RUNQ_HEAD"), self.field(g, "G.SCHEDLINK")
		for what, changes in {
			"the global one is its own": [(head, g), (link, g)],
			"the global one leads nowhere": [(head, g), (link, WILD)],
			"the global one is nowhere": [(head, -8)],
			"a P's tail far on": [(self.field(p, "P.RUNQ_TAIL"), b"\xff\xff\xff\x7f")],
			"a P's head past its tail": [(self.field(p, "P.RUNQ_HEAD"), b"\xff\xff\xff\xff")],
			"a P's next nowhere": [(self.field(p, "P.RUN_NEXT"), WILD)],
			"a P's status that is none": [(self.field(p, "P.STATUS"), b"\x63\0\0\0")],
			"2^40 Ps": [(allp + 8, 1 << 40)],
			"a P nowhere": [(self.image.word(allp), WILD)],
			"Ms that lead back": [(self.field(self.image.word(self.var("allm")),
							  "M.ALL_LINK"),
					       self.image.word(self.var("allm")))],
		}.items():
			yield "queues: " + what, None, changes

	def collector(self):
		stats = self.var("memstats")
		yield "collector: a phase that is none", None, [
			(self.var("gcphase"), b"\x63\0\0\0")]
		yield "collector: 2^32 cycles", None, [
			(self.field(stats, "MSTATS.NUM_GC"), b"\xff" * 4)]

	def heap(self):
		heap = self.var("mheap_")
		arenas = self.field(heap, "MHEAP.HEAP_ARENAS")
		entry, arena = self.span_of(heap, self.main)
		span = self.image.word(entry)
		for what, changes in {
			"2^63 arenas": [(arenas + 8, HUGE)],
			"arenas nowhere": [(arenas, WILD)],
			"an arena nowhere": [(arena, WILD)],
			"a span nowhere": [(entry, WILD)],
			"a span that is a goroutine": [(entry, self.main)],
			"a span of all memory": [(self.field(span, "MSPAN.NPAGES"), 1 << 51)],
			"a span at the last page": [(self.field(span, "MSPAN.START_ADDR"), -8192)],
			"a span of 65535 objects": [(self.field(span, "MSPAN.NELEMS"), b"\xff\xff")],
			"objects of no size": [(self.field(span, "MSPAN.ELEMSIZE"), 0)],
			"objects of 2^63 bytes": [(self.field(span, "MSPAN.ELEMSIZE"), HUGE)],
			"a state that is none": [(self.field(span, "MSPAN.STATE"), b"\x63")],
			"bits nowhere": [(self.field(span, "MSPAN.ALLOC_BITS"), WILD)],
			"specials that are their own": [(self.field(span, "MSPAN.SPECIALS"), span)],
		}.items():
			yield "heap: " + what, None, changes

	def span_of(self, heap, addr):
		"""Where the heap keeps the span and the arena of an address."""
		arena = self.follow(heap, "MHEAP.ARENAS") + 8 * ((addr + (1 << 47)) >> 26)
		page = (addr & (1 << 26) - 1) >> 13
		spans = self.field(self.image.word(arena), "HEAP_ARENA.SPANS")
		return spans + 8 * page, arena

	def commands(self, number):
		wait, _ = self.waiting_in("chan")
		for command in ("waits --json --limit 0", "waits", "sched --json", "heap --json",
				f"goroutines --json --limit {LIST_LIMIT}",
				"goroutines --json --group user", "goroutines --group state",
				f"refs --json {self.main:#x}",
				f"chan --json (chan int)({wait['objects'][0]['address']})"):
			yield (command,)
		if number:
			yield (f"goroutine --json {number}",)
			yield f"goroutine {number}", "locals"

	def run(self, only=""):
		for what, number, changes in self.all():
			if only not in what:
				continue
			for addr, data in changes:
				self.image.write(addr, data)
			told = False
			for commands in self.commands(number):
				told |= self.one(what, commands)
			self.image.restore()
			if told or what in HARMLESS:
				self.report.ok()
			else:
				self.report.fail(f"{self.where} {what}",
						 "no command said that anything is wrong")

	def one(self, what, commands):
		"""Run them; True if they said that something is wrong."""
		end = self.run_one(*commands)
		reasons = list(end.sane())
		if "--json" in commands[-1] and end.whole:
			try:
				json.loads(end.out)
			except ValueError as error:
				reasons.append(f"not one JSON document: {error}")
		if reasons:
			self.report.fail(f"{self.where} {what}",
					 f"`{'; '.join(commands)}`: {'; '.join(reasons)}\n"
					 f"{end.err[:300]}{end.out[:200]}")
		else:
			self.report.ok()
		return end.code in (1, 3) or any(w in end.out + end.err for w in TELLING)
